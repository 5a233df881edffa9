//! Reveals: asked by one, decided by another, opened once by the asker.
//!
//! A request is bound by a digest to what would be shown: the subjects, and how
//! many messages each has. If that changes before the decision or the opening,
//! nobody decides or opens something other than what was looked at.

use serde::Serialize;

use super::Scope;
use crate::domain::{Moment, OperatorId, RevealId, Ticket};
use crate::policy::{Action, RequestState, Reveals, Writes};
use crate::vault::keyring::CaseKeys;
use crate::vault::operation::{Conflict, OperationError, Why};
use crate::vault::plaintext::{Disclosed, MaskedPhone, SubjectToken};
use crate::vault::requests::{self, RequestDigest, RevealBody};
use crate::vault::store::reveal_rows::{self, NewReveal, RevealRow};

/// How many masked subjects a decider is shown.
const SAMPLE: usize = 20;

/// What is asked to be shown.
pub struct RevealRequest {
    pub subjects: Vec<SubjectToken>,
    pub why: Why,
    pub ticket: Option<Ticket>,
}

/// A request as those see it who ask and decide.
#[derive(Serialize)]
pub struct RevealView {
    pub reveal: RevealId,
    pub state: &'static str,
    pub asked_by: String,
    pub asked_at: Moment,
    pub expires_at: Moment,
    pub purpose: String,
    pub reason: String,
    pub ticket: Option<String>,
    pub decided_by: Option<String>,
    pub decided_at: Option<Moment>,
    pub decision_reason: Option<String>,
    /// Exactly how many numbers would be shown.
    pub numbers: usize,
    /// The first of them, masked.
    pub sample: Vec<MaskedSubject>,
}

#[derive(Serialize)]
pub struct MaskedSubject {
    pub subject: SubjectToken,
    pub number_masked: MaskedPhone,
    pub messages: u64,
}

impl<A: Writes> Scope<'_, A> {
    pub fn request_reveal(
        &mut self,
        request: &RevealRequest,
    ) -> Result<(RevealId, Moment), OperationError> {
        let case = self.case_row()?;
        let keys = self.core.case_keys(&case.id)?;
        let most = self.core.settings.reveal_subjects;
        if request.subjects.is_empty() || request.subjects.len() > most {
            let rule = format!("must name 1 to {most} subjects");
            return Err(OperationError::invalid("subjects", rule));
        }
        let mut subjects = Vec::with_capacity(request.subjects.len());
        for (at, token) in request.subjects.iter().enumerate() {
            let no = keys
                .tokens()
                .subject(token)
                .filter(|no| (1..=case.numbers).contains(no))
                .ok_or_else(|| {
                    OperationError::invalid(format!("subjects[{at}]"), "is no subject of this case")
                })?;
            if subjects.contains(&no) {
                return Err(OperationError::invalid(
                    format!("subjects[{at}]"),
                    "is named twice",
                ));
            }
            subjects.push(no);
        }
        let id = RevealId::from_random(self.core.draw()?);
        let expires_at = self.now.plus_seconds(self.core.settings.reveal_s);
        let body = RevealBody {
            subjects,
            purpose: request
                .why
                .purpose
                .map_or("", |purpose| purpose.as_str())
                .to_owned(),
            reason: request.why.reason.as_str().to_owned(),
            ticket: request
                .ticket
                .as_ref()
                .map(|ticket| ticket.as_str().to_owned()),
            decision_reason: None,
        };
        reveal_rows::insert(
            self.connection,
            &NewReveal {
                id: &id,
                case: case.number,
                asker: self.operator()?,
                asked_at: self.now,
                expires_at,
                digest: &self.reveal_digest(&id, &body)?,
                sealed: &requests::seal_reveal(self.core, &keys, &id, &body)?,
            },
        )?;
        self.notes.touched.extend(&body.subjects);
        self.notes.rows = Some(body.subjects.len() as u64);
        self.notes.object = Some(id.to_string());
        Ok((id, expires_at))
    }

    pub fn decide_reveal(
        &mut self,
        id: &RevealId,
        approve: bool,
        why: &Why,
    ) -> Result<RequestState, OperationError> {
        let (row, keys) = self.reveal_row(id)?;
        let mut body = requests::open_reveal(self.core, &keys, &row)?;
        if approve && self.reveal_digest(id, &body)?[..] != row.digest[..] {
            return Err(OperationError::Conflict(Conflict::ResultChanged));
        }
        body.decision_reason = Some(why.reason.as_str().to_owned());
        let state = if approve {
            RequestState::Approved
        } else {
            RequestState::Denied
        };
        let expires_at = self.now.plus_seconds(self.core.settings.reveal_s);
        let sealed = requests::seal_reveal(self.core, &keys, id, &body)?;
        let decider = self.operator()?;
        reveal_rows::decide(
            self.connection,
            id,
            state,
            decider,
            self.now,
            expires_at,
            &sealed,
        )?;
        self.notes.touched.extend(&body.subjects);
        self.notes.rows = Some(body.subjects.len() as u64);
        Ok(state)
    }
}

impl<A: Writes + Reveals> Scope<'_, A> {
    /// Uses an approved reveal up and opens its numbers.
    pub fn open_reveal(
        &mut self,
        id: &RevealId,
    ) -> Result<Vec<(SubjectToken, Disclosed)>, OperationError> {
        let (row, keys) = self.reveal_row(id)?;
        let body = requests::open_reveal(self.core, &keys, &row)?;
        if self.reveal_digest(id, &body)?[..] != row.digest[..] {
            return Err(OperationError::Conflict(Conflict::ResultChanged));
        }
        reveal_rows::advance(
            self.connection,
            id,
            RequestState::Approved,
            RequestState::Used,
        )?;
        self.notes.rows = Some(body.subjects.len() as u64);
        body.subjects
            .iter()
            .map(|no| Ok((keys.tokens().token(*no), self.disclose(*no)?)))
            .collect()
    }
}

impl<A: Action> Scope<'_, A> {
    pub fn read_reveal(&mut self, id: &RevealId) -> Result<RevealView, OperationError> {
        let (row, keys) = self.reveal_row(id)?;
        self.view_reveal(row, &keys)
    }

    pub fn list_reveals(&mut self) -> Result<Vec<RevealView>, OperationError> {
        let case = self.case_row()?;
        let keys = self.core.case_keys(&case.id)?;
        reveal_rows::list(self.connection, case.number)?
            .into_iter()
            .map(|row| self.view_reveal(row, &keys))
            .collect()
    }

    fn view_reveal(&self, row: RevealRow, keys: &CaseKeys) -> Result<RevealView, OperationError> {
        let body = requests::open_reveal(self.core, keys, &row)?;
        let records = self.records()?;
        let sample = body
            .subjects
            .iter()
            .take(SAMPLE)
            .map(|no| {
                Ok(MaskedSubject {
                    subject: keys.tokens().token(*no),
                    number_masked: records.mask(*no)?,
                    messages: self.messages_of(*no)?,
                })
            })
            .collect::<Result<_, OperationError>>()?;
        let name = |id: &OperatorId| self.operator_name(id);
        Ok(RevealView {
            state: shown(row.state, row.expires_at, self.now),
            asked_by: name(&row.asker)?,
            asked_at: row.asked_at,
            expires_at: row.expires_at,
            purpose: body.purpose,
            reason: body.reason,
            ticket: body.ticket,
            decided_by: row.decider.as_ref().map(name).transpose()?,
            decided_at: row.decided_at,
            decision_reason: body.decision_reason,
            numbers: body.subjects.len(),
            sample,
            reveal: row.id,
        })
    }

    fn reveal_row(
        &self,
        id: &RevealId,
    ) -> Result<(RevealRow, std::sync::Arc<CaseKeys>), OperationError> {
        let case = self.case_row()?;
        let row = reveal_rows::find(self.connection, id)?
            .filter(|row| row.case == case.number)
            .ok_or(OperationError::NotFound)?;
        Ok((row, self.core.case_keys(&case.id)?))
    }

    /// Binds a request to the subjects and to how many messages each has.
    fn reveal_digest(&self, id: &RevealId, body: &RevealBody) -> Result<[u8; 32], OperationError> {
        let keys = self.core.case_keys(&self.case_row()?.id)?;
        let mut digest = RequestDigest::of(&keys, "reveal");
        digest.part(id.as_str().as_bytes());
        digest.part(body.purpose.as_bytes());
        digest.part(body.reason.as_bytes());
        for no in &body.subjects {
            digest.part(&no.to_be_bytes());
            digest.part(&self.messages_of(*no)?.to_be_bytes());
        }
        Ok(digest.finish())
    }
}

/// A request past its time is shown as expired, whatever its row says.
pub(super) fn shown(state: RequestState, expires_at: Moment, now: Moment) -> &'static str {
    match state {
        RequestState::Requested | RequestState::Approved if expires_at <= now => "expired",
        other => other.as_str(),
    }
}
