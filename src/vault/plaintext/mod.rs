//! The only folder in which a phone number is in the clear.
//!
//! It sees digits, and the keys that seal and tag them. Only the files of this folder read the digits of a [`Phone`],
//! and the number table of an admission through `expose_digits`. All other parts of the vault pass numbers on without
//! reading them. Only the vault calls it.
//!
//! Not promised: the buffers that `rlibphonenumber` and the JSON reader use are not wiped. `rlibphonenumber` also
//! writes numbers to its `trace` log, so a log filter must keep it off.

mod aad;
mod area_state;
mod asked_numbers;
mod blind_index;
mod calling_code;
mod canonical;
mod disclose;
mod fingerprinter;
mod json;
#[cfg(feature = "kernels")]
pub mod kernels;
mod key_id;
mod mask;
mod moved;
mod nonce;
mod parse;
mod phone;
mod raw_number;
mod raw_text;
mod recent_numbers;
mod region;
mod reject;
mod rows;
mod schema;
mod seal;
mod shape;
mod sip_hash;
mod skip;
mod subject_token;
mod term_run;
#[cfg(test)]
pub(in crate::vault) mod tests;
mod texts;
mod unreadable;
mod wiped_text;
mod written;

pub use aad::Aad;
pub use area_state::{area_code_of_digits, area_state_of};
pub use asked_numbers::AskedNumbers;
pub use blind_index::{Tag, TagKey};
pub use disclose::Disclosed;
pub use fingerprinter::Fingerprinter;
pub(in crate::vault) use json::{Sealer, open_json, seal_json};
pub use key_id::KeyId;
pub use mask::MaskedPhone;
pub use nonce::{Nonce, Nonces};
pub use phone::{NumberState, Parsed, Phone};
pub use raw_number::RawNumber;
pub use raw_text::RawText;
pub use recent_numbers::{RecentNumbers, StandsOut};
pub use region::{Region, RegionError, region_of};
pub(in crate::vault) use reject::rejects_of_account;
pub use reject::{Reject, RejectCells, RejectKind};
pub(in crate::vault) use rows::TEXTS;
pub use rows::{Basis, BatchFull, Fineness, Row, RowBatch};
pub(in crate::vault) use seal::HEADER;
pub use seal::{BlockSealer, OVERHEAD, OpenError, SealError, TermSealer};
pub(in crate::vault) use shape::shape;
pub use skip::SkipKind;
pub use subject_token::{SubjectToken, SubjectTokenError, TokenKey};
pub use term_run::UserRun;
pub(in crate::vault) use texts::Texts;
pub use unreadable::Unreadable;
pub(in crate::vault) use wiped_text::WipedText;
