//! What an operation may touch while it runs.
//!
//! A scope is made by `perform` for one granted action and ends with it. Its
//! methods are sorted by what they need: any action may read what its grant
//! covers, `A: Writes` may change rows, `A: Reveals` may disclose. A liaison's
//! scope is narrowed to one account in here, so that no operation can forget it.
//! What was touched is noted by the scope itself: an operation cannot
//! under-report.

mod admissions;
mod arrival;
mod asking;
mod audit;
mod bound_account;
mod budgets;
mod by_whom;
mod cases;
mod clock;
mod credentials;
mod difference;
mod disclose;
pub(in crate::vault) mod effect;
mod ended_sessions;
mod exhibits;
mod health;
mod integrity;
mod key_dues;
mod keys;
mod leaf_volume;
mod leaf_words;
mod machines;
mod nodes;
mod operators;
mod page;
mod passes;
mod passkeys;
mod password;
mod reading;
mod recognition;
mod records;
mod recovering;
mod recovery;
mod remains;
pub mod requests;
mod restoring;
mod session;
mod slot_changes;
mod tasks;
mod tokens;
mod told;

use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

pub use self::arrival::Arrived;
pub(in crate::vault) use self::arrival::{Arriving, Regrouped, Regrouping};
pub use self::asking::Asking;
pub use self::audit::{LeafQuery, LeafView, LogProof};
pub(in crate::vault) use self::bound_account::{open_account, seal_account};
pub(in crate::vault) use self::budgets::party_of;
pub use self::by_whom::ByWhomView;
pub use self::cases::{CaseView, LeftOut, LiftedBy, MemberView, OverviewView};
pub(in crate::vault) use self::credentials::{counted_step, right_password, was_here};
pub use self::difference::{AccountDifferenceView, ChangesView, DifferenceView, SidesView};
pub use self::exhibits::{DuplicateLine, DuplicatesView, ExhibitView, RuleCount};
pub use self::health::Standing;
pub use self::integrity::{IntegrityView, VerifiedView};
pub(in crate::vault) use self::key_dues::key_dues;
pub use self::keys::RotationBegun;
pub use self::leaf_volume::{HourView, VolumeView};
pub use self::leaf_words::{LeafWords, ListedLeaf};
pub use self::machines::{MachineAddedView, MachineWanted};
pub use self::nodes::{NodeView, StruckOff};
pub use self::operators::{Enrolled, Invitation, InvitationUsed, OperatorView, SecondFactorSet};
pub use self::page::{RowsOf, WantedRows};
pub use self::passes::{Pass, PassKind};
pub use self::passkeys::{OwnPassword, PasskeyBegun, PasskeyEnrolled, PasskeyView, PasskeyWanted};
pub(in crate::vault) use self::passkeys::{keep_secrets, sign_in_statement};
pub use self::password::{NewPasswordChecked, PasswordChanged};
pub use self::reading::Reading;
pub(in crate::vault) use self::recognition::{could_be_one_person, is_known_by_alone};
pub(in crate::vault) use self::records::question_of;
pub(in crate::vault) use self::recovery::Recovering;
pub use self::recovery::{Recovered, RecoveryStopped, RecoveryView};
#[cfg(test)]
pub(in crate::vault) use self::remains::Remains;
pub use self::remains::{
    ActOf, CertificateState, CertificateView, DestroyedExhibit, DestructionFacts, HandedOut,
};
pub(in crate::vault) use self::remains::{
    carried_out_at, certified, keyless_since, note_keyless, waits_for,
};
pub use self::restoring::TakenAway;
pub(in crate::vault) use self::session::{Entering, SessionFor, SignsInWith, Verified};
pub use self::session::{SelfMembership, SelfView, SessionOpened, SessionView, SignedIn};
pub(in crate::vault) use self::slot_changes::waiting_change;
pub use self::slot_changes::{SlotChange, SlotChangeView, SlotChanged, SlotForChange};
pub use self::tasks::{TaskKind, TaskView};
pub(in crate::vault) use self::tokens::TokenScope;
pub use self::tokens::{TokenMade, TokenMadeView, TokenWanted};
use crate::domain::{CaseId, Moment};
use crate::policy::{Action, Denial, Grant, Writes};
use crate::vault::audit::Tip;
use crate::vault::budget::alarm::Alarm;
use crate::vault::call::caller::Caller;
use crate::vault::core::Core;
use crate::vault::error::OperationError;
use crate::vault::exhibits::added_terms::AddedTerms;
use crate::vault::exhibits::terms::NumberTerms;
use crate::vault::exhibits::under_way::FoundAdmission;
use crate::vault::ledger::StatedDecision;
pub use crate::vault::records::{Exposure, LookUpResult};
use crate::vault::scope::effect::Effect;
use crate::vault::store::case_rows::CaseRow;
use crate::vault::store::{Snapshot, Transaction};

/// One granted action at work.
pub struct Scope<'v, A: Action> {
    reading: Reading<'v>,
    /// Where a writing act writes.
    transaction: Option<&'v Transaction>,
    /// The position this act's leaf will have; known to writing acts only.
    pub(in crate::vault) leaf: Option<u64>,
    pub(in crate::vault) notes: Notes,
    /// Runs of recently disclosed numbers, sealed.
    pub(in crate::vault) numbers: NumberTerms,
    /// Which exhibit added which of them; read with the first.
    pub(in crate::vault) added: Option<Arc<AddedTerms>>,
    /// The admission that the act is about, as it was found for the decision.
    pub(in crate::vault) admission: Option<FoundAdmission>,
    action: PhantomData<A>,
}

impl<'v, A: Action> Deref for Scope<'v, A> {
    type Target = Reading<'v>;

    fn deref(&self) -> &Reading<'v> {
        &self.reading
    }
}

/// What a scope reads, and where it may write.
#[derive(Clone, Copy)]
pub(in crate::vault) enum Rows<'v> {
    Reading(&'v Snapshot),
    /// The ledger's transaction, and the position that the act's leaf will have.
    Writing(&'v Transaction, u64),
}

/// What the leaf will say that only the act itself could find out.
#[derive(Default)]
pub(in crate::vault) struct Notes {
    pub(in crate::vault) rows: Option<u64>,
    pub(in crate::vault) subjects: Option<String>,
    pub(in crate::vault) digest: Option<String>,
    /// The digest of what the caller's passkey signed for this act, and what is sealed of that.
    pub(in crate::vault) assertion: Option<(String, Value)>,
    pub(in crate::vault) generation: Option<u64>,
    /// Whether the vault has new signing keys from this act's leaf on.
    pub(in crate::vault) succeeds: bool,
    pub(in crate::vault) alarm: Option<Alarm>,
    pub(in crate::vault) verdict: Option<StatedDecision>,
    pub(in crate::vault) object: Option<String>,
    pub(in crate::vault) case: Option<CaseId>,
    /// At sign-in the caller becomes somebody.
    pub(in crate::vault) caller: Option<Caller>,
    pub(in crate::vault) detail: Value,
    /// Term numbers of the subjects touched; the leaf gets a keyed digest of them.
    pub(in crate::vault) touched: Vec<u32>,
    pub(in crate::vault) effects: Vec<Effect>,
    /// A refusal the act itself found: it turns `done` into `denied`.
    pub(in crate::vault) denial: Option<Denial>,
    /// After how many foreign writes the log that the act searched was verified.
    pub(in crate::vault) log_verified: Option<u64>,
}

impl Notes {
    pub(in crate::vault) fn touch(&mut self, no: u32) {
        self.touched.push(no);
    }

    /// What was touched becomes a token or a keyed digest.
    fn told(mut self, reading: &Reading<'_>) -> Self {
        self.touched.sort_unstable();
        self.touched.dedup();
        let keys = reading
            .case
            .and_then(|case| reading.core.case_keys(&case.id).ok());
        if let Some(keys) = keys {
            self.subjects = match self.touched.as_slice() {
                [] => None,
                [one] => Some(keys.tokens().token(*one).to_string()),
                many => {
                    let mut digest = keys.digests().begin();
                    digest.update(b"touched");
                    for no in many {
                        digest.update(&no.to_be_bytes());
                    }
                    let digest = STANDARD.encode(digest.finish());
                    Some(format!("{} subjects, hmac-sha256 {digest}", many.len()))
                }
            };
        }
        self
    }
}

impl<'v, A: Action> Scope<'v, A> {
    pub(in crate::vault) fn new(
        core: &'v Arc<Core>,
        rows: Rows<'v>,
        caller: &'v Caller,
        grant: Grant,
        case: Option<&'v CaseRow>,
        now: Moment,
        tip: Tip,
    ) -> Self {
        let (connection, transaction, leaf) = match rows {
            Rows::Reading(snapshot) => (snapshot, None, None),
            Rows::Writing(transaction, leaf) => (&**transaction, Some(transaction), Some(leaf)),
        };
        Self {
            reading: Reading {
                core,
                connection,
                caller,
                grant,
                case,
                now,
                tip,
            },
            transaction,
            leaf,
            notes: Notes::default(),
            numbers: NumberTerms::default(),
            added: None,
            admission: None,
            action: PhantomData,
        }
    }

    /// Ends the scope; what was touched becomes a token or a keyed digest.
    pub(in crate::vault) fn into_notes(self) -> Notes {
        self.notes.told(&self.reading)
    }

    /// Refuses the act for a reason of the policy that the act itself found; answers what to return.
    pub(in crate::vault) fn deny(&mut self, denial: Denial) -> OperationError {
        self.notes.denial = Some(denial);
        OperationError::Internal("denied")
    }

    /// How many records or rows the answer rests on; the leaf says it.
    pub fn note_rows(&mut self, rows: u64) {
        self.notes.rows = Some(rows);
    }

    /// What was found, for the sealed detail; never a number.
    pub fn note_detail(&mut self, detail: Value) {
        self.notes.detail = detail;
    }

    /// The same beside what was noted before in this act.
    pub(in crate::vault::scope) fn add_detail(&mut self, detail: Value) {
        let before = std::mem::replace(&mut self.notes.detail, detail);
        if let (Value::Object(before), Some(detail)) = (before, self.notes.detail.as_object_mut()) {
            detail.extend(before);
        }
    }
}

impl<'v, A: Writes> Scope<'v, A> {
    /// Where rows are written.
    pub(in crate::vault) fn transaction(&self) -> Result<&'v Transaction, OperationError> {
        let missing = OperationError::Internal("written outside a transaction");
        self.transaction.ok_or(missing)
    }
}
