//! `GET /console/keys`: the vault's public keys and their fingerprints, and how to compare them.

use askama::Template;

use crate::console::page::{Page, Shown};
use crate::console::refused::who_can;
use crate::console::visit::Visit;
use crate::operations::key::{PublicKeys, ReadKeys};
use crate::policy::ActionKind;
use crate::vault::OperationError;

/// The vault's public keys.
pub struct KeysPage;

#[derive(Template)]
#[template(path = "key/read.html")]
struct Shows<'a> {
    visit: &'a Visit,
    keys: PublicKeys,
    /// Who sees the state of the keyring.
    keyring_for: String,
}

impl Page for KeysPage {
    type Operation = ReadKeys;

    fn show(keys: PublicKeys, visit: &Visit) -> Result<Shown, OperationError> {
        Shown::page(&Shows {
            visit,
            keys,
            keyring_for: who_can(ActionKind::KeyStatus).join(", "),
        })
    }
}
