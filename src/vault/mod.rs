//! The trusted core: keys, plaintext, the database, the audit log, and one door.
//!
//! Everything anybody can do is an [`Operation`]; [`Vault::perform`] is the only
//! way to keys, plaintext and rows. It decides, runs, writes one leaf, commits,
//! and only the [`Receipt`] of that commit can turn an answer into bytes.
//! `operations` sees scopes, never a connection or a key. Not promised: anything
//! against root on the host, who can read this process's memory.

mod admission;
pub mod audit;
mod budget;
mod caller;
pub mod clock;
pub mod columns;
mod core;
mod edition;
mod effect;
pub mod entropy;
mod exhibits;
mod facts;
pub mod identity;
mod kept_users;
#[cfg(feature = "kernels")]
pub mod kernels;
pub mod keyring;
mod known_case;
mod ledger;
mod lock;
mod operation;
mod perform;
pub mod plaintext;
mod receipt;
pub mod records;
mod refusal;
pub mod requests;
mod run_alarm;
pub mod scope;
mod settings;
mod shown_once;
mod sign_in;
mod start;
mod store;
mod terms;
pub mod trail;
mod under_way;
#[cfg(test)]
mod vectors;
mod wire;

pub use self::admission::{
    Admission, AdmittedView, Batches, ExhibitCheck, ExhibitFacts, FileFacts,
};
pub use self::caller::Caller;
pub use self::ledger::{BookError, Health};
pub use self::operation::{Answer, Conflict, Operation, OperationError, Target, Why};
pub use self::perform::{Ended, Reply};
pub use self::receipt::Receipt;
pub use self::refusal::{Refusal, Unaudited};
pub use self::scope::SessionOpened;
pub use self::settings::{Budget, Settings};
pub use self::shown_once::ShownOnce;
pub use self::sign_in::{Enrolled, InvitationUsed, SignIn, Unauthenticated};
pub use self::start::{Founded, Paths, StartError, Vault};
pub use self::store::{StoreError, StoreFault};
pub use self::under_way::{AdmissionProgress, AdmissionView, Cancellation};
pub use self::wire::{Body, View, Wire};
