//! The words for a change of the keyring's slots, and for the kinds of slots.

use crate::domain::words;

words! {
    /// What becomes of a slot.
    pub enum SlotStep {
        /// A new slot.
        Add => "add",
        /// A slot that goes.
        Remove => "remove",
    }
}

words! {
    /// The kind of a slot.
    pub enum SlotKind {
        /// Opens with a passphrase.
        Passphrase => "passphrase",
        /// Opens with some of several shares.
        Shares => "shares",
        /// Opens with an age identity.
        Age => "age",
        /// Opens with the program of the configuration.
        Command => "command",
    }
}
