//! What two people decide: asking, the requests of a case, one request with exactly what a yes would do, deciding it.
//!
//! `kind` says what differs between the kinds; each kind has a file for it. The pages are the same for all of them.

mod ask_destruction;
mod ask_erasure;
mod ask_export;
mod ask_raise;
mod ask_reveal;
pub(in crate::console) mod called;
mod case_move;
mod decide;
mod destruction;
mod end_case;
mod erasure;
mod export;
mod kind;
mod kinds;
mod list;
mod membership;
mod open_quarantine;
mod open_reveal;
mod quarantine;
mod raise;
mod read;
mod reveal;
mod withdrawal;

/// All kinds, in the order in which pages list them. `http` mounts their routes and pages by this list.
pub fn each_kind<E: EachKind>(each: E) -> E {
    each.kind::<Reveal>()
        .kind::<Export>()
        .kind::<Raise>()
        .kind::<Withdrawal>()
        .kind::<Quarantine>()
        .kind::<Membership>()
        .kind::<Destruction>()
        .kind::<Erasure>()
        .kind::<CaseMove>()
}

use crate::vault::scope::requests::{
    CaseMove, Destruction, Erasure, Export, Membership, Quarantine, Raise, Reveal, Withdrawal,
};

pub use self::ask_destruction::{DestructionForm, DestructionPage};
pub use self::ask_erasure::{CarryOutErasurePage, ErasureForm, ErasurePage};
pub use self::ask_export::{ExportForm, ExportPage};
pub use self::ask_raise::{RaiseForm, RaisePage};
pub use self::ask_reveal::{RevealForm, RevealPage};
pub use self::decide::DecidePage;
pub use self::end_case::{CarryOutPage, StopPage};
pub use self::kind::{EachKind, Kind};
pub use self::kinds::KindsPage;
pub use self::list::ListPage;
pub use self::open_quarantine::OpenQuarantinePage;
pub use self::open_reveal::OpenRevealPage;
pub use self::read::ReadPage;
