//! The steps every request goes through: asked, read, decided.

use super::asked_view::AskedView;
use super::found::{Found, SealedOf, bound};
use super::kind::RequestKind;
use super::sealed::Sealed;
use super::statement::Statement;
use crate::domain::{Moment, RequestIdOfKind as _};
use crate::policy::{Action, Decides, Denial, RequestState, Writes};
use crate::vault::audit;
use crate::vault::keyring::{CaseKeys, RequestDigest};
use crate::vault::ledger::StatedDecision;
use crate::vault::scope::effect::Effect;
use crate::vault::scope::{Reading, Scope};
use crate::vault::store::request_rows::{self, Decided, NewRequest, RequestRow};
use crate::vault::{Conflict, OperationError, Why};

impl Reading<'_> {
    /// What a request rests on, counted before the request has its turn.
    pub fn count_to_ask<K: RequestKind>(
        &self,
        wanted: &K::Wanted,
    ) -> Result<Option<K::Counted>, OperationError> {
        K::count(self, wanted)
    }

    pub(super) fn request<K: RequestKind>(&self, id: &K::Id) -> Result<Found<K>, OperationError> {
        let case = self.case_row()?;
        let row = request_rows::find(self.connection, &id.of_any_kind())?
            .filter(|row| row.case == case.number && row.kind == K::NAME)
            .ok_or(OperationError::NotFound)?;
        let keys = self.core.case_keys(&case.id)?;
        let sealed = Sealed::open(self.core, &keys, &row)?;
        Found { row, keys, sealed }.sound()
    }

    /// What is found for it is still what was found when it was asked.
    pub(super) fn unchanged<K: RequestKind>(&self, found: &Found<K>) -> Result<(), OperationError> {
        match self.find::<K>(&found.keys, &found.sealed.body)? == found.sealed.found {
            true => Ok(()),
            false => Err(OperationError::Conflict(Conflict::ResultChanged)),
        }
    }

    /// Keyed digest of what is found for a request as things are now.
    fn find<K: RequestKind>(
        &self,
        keys: &CaseKeys,
        body: &K::Body,
    ) -> Result<[u8; 32], OperationError> {
        let mut digest = RequestDigest::of(keys, "found");
        K::bind(self, body, &mut digest)?;
        Ok(digest.finish())
    }

    pub(super) fn view<K: RequestKind>(
        &self,
        id: K::Id,
        row: &RequestRow,
        sealed: SealedOf<K>,
    ) -> Result<K::View, OperationError> {
        let asked = AskedView::of(self, row, &sealed, K::AT_ONCE)?;
        K::view(self, id, asked, sealed.body, sealed.after)
    }
}

impl<A: Writes> Scope<'_, A> {
    /// Answers the request's identifier, and until when it can be decided.
    pub fn ask<K: RequestKind<Ask = A>>(
        &mut self,
        wanted: K::Wanted,
        why: &Why,
        counted: Option<&K::Counted>,
    ) -> Result<(K::Id, Moment), OperationError> {
        self.ask_by_this::<K>(wanted, why, counted)
    }

    /// The same by an act that is not named after the request.
    pub(super) fn ask_by_this<K: RequestKind>(
        &mut self,
        wanted: K::Wanted,
        why: &Why,
        counted: Option<&K::Counted>,
    ) -> Result<(K::Id, Moment), OperationError> {
        let case = self.case_row()?;
        let keys = self.core.case_keys(&case.id)?;
        let body = K::body(self, wanted, counted)?;
        let id = K::Id::from_random(self.core.draw()?);
        let term = self.core.clock.term(K::seconds(&self.core.settings));
        let sealed: SealedOf<K> = Sealed {
            purpose: why.purpose,
            reason: why.reason.as_str().to_owned(),
            account: K::account(&body).map(str::to_owned),
            decision_reason: None,
            waits: term.into(),
            holds: None,
            found: self.find::<K>(&keys, &body)?,
            stopped: None,
            body,
            after: K::After::default(),
        };
        let asker = self.operator()?;
        request_rows::insert(
            self.transaction()?,
            &NewRequest {
                id: &id.of_any_kind(),
                case: case.number,
                kind: K::NAME,
                asker,
                asked_at: self.now,
                digest: &bound::<K>(&keys, &id.of_any_kind(), asker, &sealed)?,
                sealed: &sealed.seal(self.core, &keys, &id.of_any_kind())?,
            },
        )?;
        let released = counted.and_then(K::released);
        self.notes.effects.extend(released.map(Effect::Release));
        self.note_request::<K>(&sealed.body);
        self.notes.object = Some(id.to_string());
        Ok((id, self.core.clock.shown_end(term)))
    }

    /// Moves a decided request on, sealed with what came after the decision.
    pub(super) fn advance<K: RequestKind>(
        &mut self,
        found: &Found<K>,
        from: RequestState,
        to: RequestState,
    ) -> Result<(), OperationError> {
        let id = &found.row.id;
        let sealed = found.sealed.seal(self.core, &found.keys, id)?;
        request_rows::advance(self.transaction()?, id, from, to, &sealed)?;
        Ok(())
    }
}

impl<A: Decides> Scope<'_, A> {
    /// Decides what somebody else asked; what a yes does is done in this act.
    pub fn decide<K: RequestKind<Decide = A>>(
        &mut self,
        id: &K::Id,
        approve: bool,
        why: &Why,
    ) -> Result<RequestState, OperationError> {
        let mut found = self.request::<K>(id)?;
        if approve {
            if !self.asker_stands(&found)? {
                return Err(self.deny(Denial::AskerGone));
            }
            self.unchanged(&found)?;
            K::approve(self, &found.sealed.body)?;
        }
        found.sealed.decision_reason = Some(why.reason.as_str().to_owned());
        let seconds = K::seconds_held(&found.sealed.body, &self.core.settings);
        let term = self.core.clock.term(seconds);
        found.sealed.holds = Some(term.into());
        let to = RequestState::decided(approve);
        let leaf = self
            .leaf
            .ok_or(OperationError::Internal("a decision without a leaf"))?;
        request_rows::decide(
            self.transaction()?,
            &found.row.id,
            &Decided {
                to,
                decider: self.operator()?,
                now: self.now,
                leaf,
                sealed: &found.sealed.seal(self.core, &found.keys, &found.row.id)?,
            },
        )?;
        self.note_request::<K>(&found.sealed.body);
        // Beside what the yes did.
        self.add_detail(K::touched(&found.sealed.body).detail);
        self.notes.rows = self.notes.rows.filter(|_| !K::LEAVES);
        self.notes.verdict = Some(StatedDecision {
            decision: match approve {
                true => audit::Decision::Approve,
                false => audit::Decision::Deny,
            },
            asker: found.row.asker.clone(),
            decided: Statement::of(&found, &found.row.asker)?.digest(),
        });
        Ok(to)
    }
}

impl<A: Action> Scope<'_, A> {
    /// One request. `NotFound` if the case has no such request that the caller may see.
    pub fn read_request<K: RequestKind<Read = A>>(
        &mut self,
        id: &K::Id,
    ) -> Result<K::View, OperationError> {
        let found = self.request::<K>(id)?;
        self.view::<K>(id.clone(), &found.row, found.sealed)
    }

    /// What is touched by a request is noted for the leaf.
    pub(super) fn note_request<K: RequestKind>(&mut self, body: &K::Body) {
        let touched = K::touched(body);
        self.notes.touched.extend(touched.subjects);
        self.notes.rows = Some(touched.rows);
    }
}
