//! Identifiers and values that all other layers use.
//!
//! No input or output, no secret keys, no clock. Each value is parsed once, where it enters the program,
//! by a constructor that returns a `Result`. No type here ever holds a phone number; see
//! `vault::plaintext` for that.

mod act_statement;
pub mod area_code;
mod bucket;
mod caught;
pub mod country;
pub mod country_code;
mod daily;
mod field;
mod format;
pub mod hex;
mod id;
pub mod invisible;
mod io_words;
pub mod mobile_country;
mod moment;
pub mod network;
mod niceness;
mod number_runs;
pub mod oidc;
mod p256;
mod passkey;
mod phone_like;
mod place_name;
mod profile;
mod purpose;
mod relying_party;
mod role;
pub(crate) mod schema;
pub mod subdivision;
mod text;
mod unknown_value;
mod validity;
mod vault_id;
mod wiped_buffer;
mod words;

pub use act_statement::ActStatement;
pub use bucket::Bucket;
pub use caught::{Panicked, caught};
pub use daily::Daily;
pub use field::Field;
pub use format::Format;
pub use id::*;
pub use io_words::{io_words, listen_words};
pub use moment::{Moment, MomentError};
pub use niceness::set_nice;
pub use number_runs::{has_digits_of_number, number_runs};
pub use passkey::{Assertion, AssertionFault, MadePasskey, Making, NotByPasskey, PasskeyPoint};
pub use phone_like::{
    digit, holds_whole_number, is_bare_number, is_short_number, may_hold_number, written_numbers,
};
pub use profile::Profile;
pub use purpose::Purpose;
pub use relying_party::{RelyingParty, RelyingPartyError};
pub use role::{CaseRole, HomeRole};
pub use text::{
    AccountName, LegalBasis, NodeName, OperatorName, Reason, Reference, SlotLabel, TextError,
    Ticket, Title,
};
pub use unknown_value::unknown_value_words;
pub use validity::Validity;
pub use vault_id::{VaultId, VaultIdError};
pub use wiped_buffer::{WipedBuffer, wipe};
pub use words::UnknownWord;
pub(crate) use words::words;
