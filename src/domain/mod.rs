//! Identifiers and values: what the other layers talk about.
//!
//! No input or output, no keys, no clock. Everything here is parsed once, at
//! the edge, by a constructor that returns a `Result`. Nothing here ever holds
//! a phone number; see `vault::plaintext` for that.

pub mod area_code;
mod bucket;
pub mod country;
mod field;
mod format;
mod id;
mod moment;
pub mod network;
mod purpose;
mod role;
pub(crate) mod schema;
mod text;

pub use bucket::Bucket;
pub use field::Field;
pub use format::Format;
pub use id::{CaseId, ExhibitId, ExportId, IdError, OperatorId, RevealId, SessionId, WithdrawalId};
pub use moment::{Moment, MomentError};
pub use purpose::Purpose;
pub use role::{CaseRole, HomeRole};
pub use text::{
    AccountName, LegalBasis, OperatorName, Reason, Reference, TextError, Ticket, Title,
};
