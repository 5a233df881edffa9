//! Reveals: asked by one, decided by another, opened once by the asker.
//!
//! A request is bound by a digest to what would be shown: the subjects, and how
//! many messages each has. If that changes before the decision or the opening,
//! nobody decides or opens something other than what was looked at.

use serde::Serialize;
use utoipa::ToSchema;

use super::Scope;
use super::requests::{AskedView, same_result};
use crate::domain::Purpose;
use crate::domain::{Moment, RevealId, Ticket};
use crate::policy::{Action, RequestState, Reveals, Writes};
use crate::vault::keyring::CaseKeys;
use crate::vault::operation::{OperationError, Why};
use crate::vault::plaintext::{Disclosed, MaskedPhone, SubjectToken};
use crate::vault::requests::{self, RequestDigest, RevealBody};
use crate::vault::store::request_rows::{NewRequest, RequestRow};
use crate::vault::store::reveal_rows;

/// How many masked subjects a decider is shown.
const SAMPLE: usize = 20;

/// What is asked to be shown.
pub struct RevealRequest {
    pub subjects: Vec<SubjectToken>,
    pub why: Why,
    pub ticket: Option<Ticket>,
}

/// A request as those see it who ask and decide.
#[derive(Serialize, ToSchema)]
#[schema(as = Reveal)]
pub struct RevealView {
    pub reveal: RevealId,
    #[serde(flatten)]
    pub asked: AskedView,
    #[schema(value_type = Purpose)]
    pub purpose: String,
    pub reason: String,
    pub ticket: Option<String>,
    pub decision_reason: Option<String>,
    /// Exactly how many numbers would be shown.
    pub numbers: usize,
    /// The first of them, masked.
    pub sample: Vec<MaskedSubject>,
}

/// A subject of the sample.
#[derive(Serialize, ToSchema)]
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
        // All its records may have been withdrawn.
        let messages = self.messages_of(&subjects)?;
        if let Some(at) = messages.iter().position(|messages| *messages == 0) {
            let rule = "is no subject of this case";
            return Err(OperationError::invalid(format!("subjects[{at}]"), rule));
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
        reveal_rows::TABLE.insert(
            self.connection,
            &NewRequest {
                id: id.as_str(),
                case: case.number,
                asker: self.operator()?,
                asked_at: self.now,
                expires_at,
                digest: &self.reveal_digest(&id, &body)?,
                sealed: &requests::seal(self.core, &keys, &id, &body)?,
            },
            &[],
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
        let mut body: RevealBody = requests::open(self.core, &keys, &row)?;
        if approve {
            same_result(&row, self.reveal_digest(id, &body)?)?;
        }
        body.decision_reason = Some(why.reason.as_str().to_owned());
        let state = RequestState::decided(approve);
        let sealed = requests::seal(self.core, &keys, id, &body)?;
        let decision = self.decision(state, self.core.settings.reveal_s, &sealed)?;
        reveal_rows::TABLE.decide(self.connection, id.as_str(), &decision, &[])?;
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
        let body: RevealBody = requests::open(self.core, &keys, &row)?;
        same_result(&row, self.reveal_digest(id, &body)?)?;
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
        reveal_rows::TABLE
            .list(self.connection, case.number, reveal_rows::read)?
            .into_iter()
            .map(|row| self.view_reveal(row, &keys))
            .collect()
    }

    fn view_reveal(
        &self,
        row: RequestRow<RevealId>,
        keys: &CaseKeys,
    ) -> Result<RevealView, OperationError> {
        let body: RevealBody = requests::open(self.core, keys, &row)?;
        let records = self.records()?;
        let first = body.subjects.get(..SAMPLE).unwrap_or(&body.subjects);
        let mut sample = Vec::with_capacity(first.len());
        for (no, messages) in first.iter().zip(self.messages_of(first)?) {
            // What was withdrawn is shown to nobody.
            if messages > 0 {
                sample.push(MaskedSubject {
                    subject: keys.tokens().token(*no),
                    number_masked: records.mask(*no)?,
                    messages,
                });
            }
        }
        Ok(RevealView {
            asked: self.view_asked(&row)?,
            purpose: body.purpose,
            reason: body.reason,
            ticket: body.ticket,
            decision_reason: body.decision_reason,
            numbers: body.subjects.len(),
            sample,
            reveal: row.id,
        })
    }

    fn reveal_row(
        &self,
        id: &RevealId,
    ) -> Result<(RequestRow<RevealId>, std::sync::Arc<CaseKeys>), OperationError> {
        let case = self.case_row()?;
        let row = reveal_rows::TABLE
            .find(self.connection, id.as_str(), reveal_rows::read)?
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
        for (no, messages) in body.subjects.iter().zip(self.messages_of(&body.subjects)?) {
            digest.part(&no.to_be_bytes());
            digest.part(&messages.to_be_bytes());
        }
        Ok(digest.finish())
    }
}
