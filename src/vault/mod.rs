//! The trusted core: keys, plaintext, the database, the audit log, and one door.
//!
//! Everything anybody can do is an [`Operation`]; [`Vault::perform`] is the only
//! way to keys, plaintext and rows. It decides, runs, writes one leaf, commits,
//! and only the [`Receipt`] of that commit can turn an answer into bytes.
//! `operations` sees scopes, never a connection or a key. Not promised: anything
//! against root on the host, who can read this process's memory.

mod admission;
mod argon2id;
pub mod audit;
pub mod backup;
mod budget;
mod call;
mod claims;
pub mod clock;
pub mod columns;
mod core;
mod door;
pub mod entropy;
mod erase;
mod erasure_file;
mod error;
mod exhibits;
mod held_up;
pub mod identity;
mod inspection;
mod keep_up;
mod kept_here;
mod key_ages;
pub mod keyring;
mod last_backups;
mod ledger;
mod left_copies;
mod lock;
mod moving;
mod named_generation;
mod node_key;
mod other_nodes;
mod paths;
mod peers;
pub mod plaintext;
pub mod private_files;
mod program;
pub mod records;
mod rotate;
mod rotations;
pub mod scope;
mod serving;
mod settings;
mod shred;
mod sign_in;
mod start;
mod store;
pub mod store_copy;
mod this_node;

#[cfg(feature = "kernels")]
pub use self::admission::SeenRows;
pub use self::admission::{
    Admission, AdmittedView, Batches, DryRun, ExhibitCheck, ExhibitFacts, FileFacts, FileReport,
    TakesRows,
};
pub use self::budget::package_turns::{Build, BuildCancellation, PackageTurn, PackageTurns};
pub use self::budget::price::Price;
pub use self::call::answer::Answer;
pub use self::call::caller::{Caller, Said};
pub use self::call::done::Done;
pub use self::call::receipt::Receipt;
pub use self::call::refusal::{Refusal, Unaudited};
pub use self::call::shown_once::ShownOnce;
pub use self::call::target::{Target, Why};
pub use self::call::wire::{Body, Part, SentFile, View, Wire};
pub use self::door::{AskChallenge, ChallengeView, Ended, Operation, Reply, Rights, Vault};
pub use self::erase::EraseError;
pub use self::erasure_file::ErasureFileFault;
pub use self::error::{Conflict, DataRefusal, NearMisses, OperationError};
pub use self::exhibits::checks_under_way::CheckUnderWay;
pub use self::exhibits::duplicate_lines::DuplicateOf;
pub use self::exhibits::under_way::{
    AdmissionProgress, AdmissionUnderWay, AdmissionView, Admits, Cancellation, Stage,
};
pub use self::held_up::HeldUp;
pub use self::inspection::{FilesBeside, Inspection};
pub use self::key_ages::{KeyAges, KeyDue, KeyKind};
pub use self::last_backups::BackupReport;
pub use self::ledger::{BookError, ControlFault, Health, MarkFault, trail};
pub use self::moving::Found as MovedTables;
pub use self::node_key::NodeKeyFault;
pub use self::paths::Paths;
pub use self::peers::PeersFault;
#[cfg(feature = "kernels")]
pub use self::plaintext::kernels;
pub use self::rotate::RotateError;
pub use self::rotations::RotationProgress;
pub use self::scope::{Arrived, Asking, Enrolled, InvitationUsed, SecondFactorSet, SessionOpened};
pub use self::settings::{
    Budget, NodeAddress, Passkeys, SecondFactor, Settings, TrustedProvider, WorkHours,
};
pub use self::shred::ShredError;
pub use self::sign_in::{
    Arrival, ProviderFlow, Recover, SetSecondFactor, SignIn, SignInChallenge, Unauthenticated,
};
pub use self::start::{Founded, StartError};
#[cfg(test)]
pub(crate) use self::store::Tables;
pub use self::store::{Look, PlaceFault, SchemaDifference, SchemaFault, StoreError, StoreFault};
