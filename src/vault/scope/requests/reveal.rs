//! Reveals: asked by one, decided by another, opened once by the asker.
//!
//! Bound to the subjects. Records that come later change nothing of their numbers; once all records of one were
//! withdrawn, or its number was erased, it is shown no more.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::asked_view::AskedView;
use super::kind::{RequestKind, Touched, seal};
use crate::domain::{RevealId, Ticket};
use crate::policy::{RequestState, Reveals, Seat, Writes, actions};
use crate::vault::keyring::RequestDigest;
use crate::vault::plaintext::{Disclosed, MaskedPhone, SubjectToken};
use crate::vault::scope::{Asking, Reading, Scope};
use crate::vault::{Conflict, DataRefusal, OperationError, Price, Settings};

/// How many masked subjects a decider is shown.
const SAMPLE: usize = 20;

/// Seeing numbers in the clear.
pub enum Reveal {}

/// What somebody wants to be shown.
pub struct RevealWanted {
    /// Tokens of the numbers to be shown.
    pub subjects: Vec<SubjectToken>,
    /// The ticket in another system that the request belongs to.
    pub ticket: Option<Ticket>,
}

/// What is sealed of a reveal, and covered by its digest.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RevealBody {
    /// Term numbers of the subjects, in the order asked.
    pub(super) subjects: Vec<u32>,
    ticket: Option<String>,
}

/// A request as those see it who ask and decide.
#[derive(Serialize, ToSchema)]
#[schema(as = Reveal)]
pub struct RevealView {
    /// The id of the reveal.
    pub reveal: RevealId,
    /// Who asked and who decided.
    #[serde(flatten)]
    pub asked: AskedView,
    /// The ticket in another system that the request belongs to.
    pub ticket: Option<String>,
    /// Exactly how many numbers would be shown.
    pub numbers: usize,
    /// The first of them, masked.
    pub sample: Vec<MaskedSubject>,
}

/// A subject of the sample.
#[derive(Serialize, ToSchema)]
pub struct MaskedSubject {
    /// The token of the number in this case.
    pub subject: SubjectToken,
    /// The number's calling code; no other digit is shown.
    pub number_masked: MaskedPhone,
    /// How many messages it was sent.
    pub messages: u64,
}

impl seal::Listed for Reveal {}

impl RequestKind for Reveal {
    type Id = RevealId;
    type Ask = actions::RequestReveal;
    type List = actions::ListReveals;
    type Read = actions::ReadReveal;
    type Decide = actions::DecideReveal;
    type Wanted = RevealWanted;
    type Counted = ();
    type Body = RevealBody;
    type After = ();
    type View = RevealView;

    const PRICE_TO_READ: Option<Price> = Some(Price::of_reading_request(SAMPLE as u32));
    const PRICE_TO_LIST: Option<Price> = Some(Price::of_request_list());

    fn price_to_ask(wanted: &RevealWanted) -> Option<Price> {
        Some(Price::of_request(wanted.subjects.len().min(SAMPLE) as u32))
    }

    fn check(wanted: &RevealWanted, asking: &Asking<'_>) -> Result<(), OperationError> {
        let most = asking.settings.reveal_subjects;
        if !(1..=most).contains(&wanted.subjects.len()) {
            let rule = format!("must name 1 to {most} subjects");
            return Err(OperationError::invalid("subjects", rule));
        }
        let mut seen = HashSet::new();
        let twice = |subject: &SubjectToken| !seen.insert(*subject);
        match wanted.subjects.iter().position(twice) {
            Some(at) => {
                let rule = "is named twice";
                Err(OperationError::invalid(format!("subjects[{at}]"), rule))
            }
            None => Ok(()),
        }
    }

    fn seconds(settings: &Settings) -> i64 {
        settings.reveal_s
    }

    fn body(
        reading: &Reading<'_>,
        wanted: RevealWanted,
        _: Option<&()>,
    ) -> Result<RevealBody, OperationError> {
        let case = reading.case_row()?;
        let keys = reading.core.case_keys(&case.id)?;
        let unknown = |at: usize| DataRefusal::NoSubject.at(format!("subjects[{at}]"));
        let mut subjects = Vec::with_capacity(wanted.subjects.len());
        for (at, token) in wanted.subjects.iter().enumerate() {
            let no = keys
                .tokens()
                .subject(token)
                .filter(|no| (1..=case.numbers).contains(no))
                .ok_or_else(|| unknown(at))?;
            subjects.push(no);
        }
        // All its records may have been withdrawn.
        let messages = reading.messages_of(&subjects)?;
        let erased = reading.erased_among(&subjects)?;
        let mut gone = messages.iter().zip(erased);
        if let Some(at) = gone.position(|(messages, erased)| *messages == 0 || erased) {
            return Err(unknown(at));
        }
        Ok(RevealBody {
            subjects,
            ticket: wanted.ticket.map(|ticket| ticket.as_str().to_owned()),
        })
    }

    fn bind(
        reading: &Reading<'_>,
        body: &RevealBody,
        _: &mut RequestDigest,
    ) -> Result<(), OperationError> {
        let subjects = &body.subjects;
        match reading.messages_of(subjects)?.contains(&0) || reading.has_erased(subjects)? {
            true => Err(OperationError::Conflict(Conflict::ResultChanged)),
            false => Ok(()),
        }
    }

    fn touched(body: &RevealBody) -> Touched<'_> {
        Touched {
            rows: body.subjects.len() as u64,
            subjects: &body.subjects,
            detail: Value::Null,
        }
    }

    fn waits_for_use(_: &Self::Body, own: bool, _: Seat) -> bool {
        own
    }

    fn view(
        reading: &Reading<'_>,
        id: RevealId,
        asked: AskedView,
        body: RevealBody,
        (): (),
    ) -> Result<RevealView, OperationError> {
        let records = reading.records()?;
        let first = body.subjects.get(..SAMPLE).unwrap_or(&body.subjects);
        let mut sample = Vec::with_capacity(first.len());
        let erased = reading.erased_among(first)?;
        let told = first.iter().zip(reading.messages_of(first)?).zip(erased);
        for ((no, messages), erased) in told {
            // What was withdrawn or erased is shown to nobody.
            if messages > 0 && !erased {
                sample.push(MaskedSubject {
                    subject: records.token(*no),
                    number_masked: records.mask(*no)?,
                    messages,
                });
            }
        }
        Ok(RevealView {
            reveal: id,
            asked,
            ticket: body.ticket,
            numbers: body.subjects.len(),
            sample,
        })
    }
}

impl<A: Writes + Reveals> Scope<'_, A> {
    /// Uses an approved reveal up and opens its numbers.
    pub fn open_reveal(
        &mut self,
        id: &RevealId,
    ) -> Result<Vec<(SubjectToken, Disclosed)>, OperationError> {
        let found = self.request::<Reveal>(id)?;
        self.approved(&found)?;
        self.unchanged(&found)?;
        self.advance(&found, RequestState::Approved, RequestState::Used)?;
        let subjects = &found.sealed.body.subjects;
        self.notes.rows = Some(subjects.len() as u64);
        subjects
            .iter()
            .map(|no| Ok((found.keys.tokens().token(*no), self.disclose(*no)?)))
            .collect()
    }
}
