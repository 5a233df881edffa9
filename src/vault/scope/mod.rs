//! What an operation may touch while it runs.
//!
//! A scope is made by `perform` for one granted action and ends with it. Its
//! methods are sorted by what they need: any action may read what its grant
//! covers, `A: Writes` may change rows, `A: Reveals` may disclose. A liaison's
//! scope is narrowed to one account in here, so that no operation can forget it.
//! What was touched is noted by the scope itself: an operation cannot
//! under-report.

mod admissions;
mod audit;
mod cases;
mod exhibits;
mod exports;
mod keys;
mod operators;
mod records;
mod requests;
mod reveals;
mod session;
mod withdrawals;

use std::marker::PhantomData;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rusqlite::Connection;
use serde_json::Value;

pub use self::audit::{LeafQuery, LeafView, LogProof};
pub use self::cases::{CaseView, MemberView};
pub use self::exhibits::ExhibitView;
pub use self::exports::{
    CountedExport, ExportRequest, ExportView, PackageContents, PackageSigner, Profile,
};
pub use self::operators::{Invitation, OperatorView};
pub use self::records::{Exposure, LookUpResult};
pub use self::requests::AskedView;
pub use self::reveals::{MaskedSubject, RevealRequest, RevealView};
pub use self::session::SessionOpened;
pub use self::session::{SelfMembership, SelfView, SignedIn};
pub use self::withdrawals::{CountedWithdrawal, LaterDuplicates, WithdrawalView};
use super::caller::Caller;
use super::core::Core;
use super::effect::Effect;
use super::operation::OperationError;
use super::store::case_rows::CaseRow;
use super::terms::NumberTerms;
use crate::domain::{CaseId, Moment, OperatorId};
use crate::policy::{Action, Denial, Grant};

/// One granted action at work.
pub struct Scope<'v, A: Action> {
    pub(in crate::vault) core: &'v Arc<Core>,
    pub(in crate::vault) connection: &'v Connection,
    pub(in crate::vault) caller: &'v Caller,
    pub(in crate::vault) grant: Grant,
    pub(in crate::vault) case: Option<&'v CaseRow>,
    pub(in crate::vault) now: Moment,
    /// The position this act's leaf will have; known to writing acts only.
    pub(in crate::vault) leaf: Option<u64>,
    pub(in crate::vault) notes: Notes,
    /// Runs of numbers that were disclosed of late, sealed.
    pub(in crate::vault) numbers: NumberTerms,
    action: PhantomData<A>,
}

/// What the leaf will say that only the act itself could find out.
#[derive(Default)]
pub(in crate::vault) struct Notes {
    pub(in crate::vault) rows: Option<u64>,
    pub(in crate::vault) subjects: Option<String>,
    pub(in crate::vault) digest: Option<String>,
    pub(in crate::vault) generation: Option<u64>,
    pub(in crate::vault) alarm: Option<&'static str>,
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
}

impl Notes {
    pub(in crate::vault) fn touch(&mut self, no: u32) {
        self.touched.push(no);
    }
}

impl<'v, A: Action> Scope<'v, A> {
    pub(in crate::vault) fn new(
        core: &'v Arc<Core>,
        connection: &'v Connection,
        caller: &'v Caller,
        grant: Grant,
        case: Option<&'v CaseRow>,
        now: Moment,
        leaf: Option<u64>,
    ) -> Self {
        let notes = Notes::default();
        Self {
            core,
            connection,
            caller,
            grant,
            case,
            now,
            leaf,
            notes,
            numbers: NumberTerms::default(),
            action: PhantomData,
        }
    }

    /// Ends the scope; what was touched becomes a token or a keyed digest.
    pub(in crate::vault) fn into_notes(self) -> Notes {
        let mut notes = self.notes;
        notes.touched.sort_unstable();
        notes.touched.dedup();
        let keys = self
            .case
            .and_then(|case| self.core.case_keys(&case.id).ok());
        if let Some(keys) = keys {
            notes.subjects = match notes.touched.as_slice() {
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
        notes
    }

    pub fn now(&self) -> Moment {
        self.now
    }

    /// How many records or rows the answer rests on; the leaf says it.
    pub fn note_rows(&mut self, rows: u64) {
        self.notes.rows = Some(rows);
    }

    /// What was found, for the sealed detail; never a number.
    pub fn note_detail(&mut self, detail: Value) {
        self.notes.detail = detail;
    }

    pub(in crate::vault) fn operator(&self) -> Result<&'v OperatorId, OperationError> {
        self.caller
            .operator_id()
            .ok_or(OperationError::Internal("nobody is signed in"))
    }

    pub(in crate::vault) fn case_row(&self) -> Result<&'v CaseRow, OperationError> {
        self.case.ok_or(OperationError::NotFound)
    }
}
