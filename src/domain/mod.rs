//! Identifiers and values that all other layers use.
//!
//! No input or output, no keys, no clock. Each value is parsed once, where it enters the program,
//! by a constructor that returns a `Result`. No type here ever holds a phone number; see
//! `vault::plaintext` for that.

pub mod area_code;
pub mod country;
mod field;
mod format;
mod id;
mod moment;
pub mod network;
mod profile;
mod purpose;
mod role;
mod text;
mod words;

pub use field::Field;
pub use format::Format;
pub use id::*;
pub use moment::{Moment, MomentError};
pub use profile::Profile;
pub use purpose::Purpose;
pub use role::{CaseRole, HomeRole};
pub use text::{
    AccountName, LegalBasis, OperatorName, Reason, Reference, TextError, Ticket, Title,
};
pub use words::UnknownWord;
pub(crate) use words::words;
