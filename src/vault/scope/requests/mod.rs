//! What needs two people: one asks, somebody else decides in time.
//!
//! `kind.rs` says what is a kind's own, and a file for each kind says it; `steps.rs` has what
//! is the same for all of them: ask, read, decide; `listing.rs` lists them. A request is sealed whole
//! (`sealed.rs`) and bound by a keyed digest to what was asked and to what was found for it:
//! nobody decides or opens something other than what was looked at. Who may ask and decide
//! is for the policy, which lets nobody decide what they asked. The leaf of a decision says yes
//! or no, to whom and to what (`statement.rs`); whatever is done on a yes demands that leaf,
//! proved into the log's root in memory (`approval.rs`), and trusts no column of the row.
//!
//! Not promised: what becomes of a decision. A reveal is opened in `reveal.rs`, a quarantine in `quarantine.rs`; what
//! leaves as a package (`packaged.rs`) is handed out in `package.rs`.

mod approval;
mod asked_view;
mod bound_exhibits;
mod case_move;
mod decider_device;
mod destruction;
mod end;
mod erasure;
mod export;
mod found;
mod inbox;
mod kind;
mod leaves;
mod listed_kind;
mod listing;
mod membership;
mod open;
mod open_reveals;
mod package;
mod package_file;
mod packaged;
mod quarantine;
mod raise;
mod reject_list;
mod resealed;
mod reveal;
mod room;
mod sealed;
mod standing;
mod statement;
mod steps;
mod stop;
mod waiting;
mod withdrawal;

#[cfg(test)]
mod tests;

/// All kinds.
pub(in crate::vault) static REQUEST_KINDS: &[ListedKind] = &[
    ListedKind::of::<Reveal>(),
    ListedKind::of::<Export>(),
    ListedKind::of::<Raise>(),
    ListedKind::of::<Withdrawal>(),
    ListedKind::of::<Quarantine>(),
    ListedKind::of::<Membership>(),
    ListedKind::of::<Destruction>(),
    ListedKind::of::<Erasure>(),
    ListedKind::of::<CaseMove>(),
];

use self::listed_kind::ListedKind;

pub use self::asked_view::{AskedView, ShownState};
pub use self::case_move::{CaseMove, CaseMoveView, Reopening};
pub use self::decider_device::DeciderDevice;
pub use self::destruction::{
    ComingDestruction, Destruction, DestructionView, EndedCase, EndingExhibit,
};
pub use self::erasure::{Erasure, ErasureBegun, ErasureView, ErasureWanted, NamedBy};
pub use self::export::{Export, ExportView, ExportWanted};
pub use self::kind::RequestKind;
pub(in crate::vault) use self::leaves::read_by;
pub use self::leaves::{RequestLeafView, RequestLeavesView};
pub use self::listing::{RequestPage, WantedPage};
pub use self::membership::{Membership, MembershipView, MembershipWanted};
pub(in crate::vault::scope) use self::open::is_open;
pub use self::open_reveals::OpenRevealView;
pub use self::package::{Built, PackageContents, WantedBytes, WantedPart};
pub use self::package_file::{PACKAGE_DAYS, PackageFile, SoundTar, Tar};
pub use self::packaged::{Leaving, PackageRows, Packaged};
pub use self::quarantine::{
    ListRecipient, ListWanted, MaskedReject, Quarantine, QuarantineForm, QuarantineView,
    QuarantineWanted,
};
pub use self::raise::{Raise, RaiseView, RaiseWanted};
pub use self::reject_list::{RejectList, RejectRow};
pub use self::reveal::{MaskedSubject, Reveal, RevealView, RevealWanted};
pub(in crate::vault) use self::sealed::Outline;
pub use self::waiting::{WaitingView, WaitsFor};
pub use self::withdrawal::{LaterDuplicates, Withdrawal, WithdrawalView};
