//! What a person can do: one file for each operation, in a folder for its subject.
//!
//! `http` and `cli` pass an operation to [`crate::vault::Vault::perform`]. While it runs it has a
//! scope; otherwise it sees ids, values and sealed answers. It never sees a connection or a key,
//! and only two files turn a phone number into text. Rights are not checked here: the policy decides before
//! an operation runs.

pub mod audit;
pub mod case;
pub mod case_move;
pub mod clock;
pub mod destruction;
mod docs;
pub mod erasure;
pub mod exhibit;
pub mod export;
pub mod health;
pub mod inbox;
pub mod key;
pub mod machine;
pub mod membership;
pub mod node;
pub mod on_member;
pub mod operator;
mod page;
pub mod pass;
pub mod passkey;
pub mod quarantine;
pub mod raise;
pub mod record;
pub mod recovery;
mod request;
pub mod reveal;
pub mod session;
mod sheet;
pub mod token;
pub mod two_person;
pub mod withdrawal;

pub use crate::vault::Done;
pub use docs::Docs;
pub use page::PageInput;
pub use request::{Empty, Ids, Request, only_reason, why};
pub use sheet::Sheet;
pub use two_person::{DecidedBody, DecidedState, DecisionInput};
