//! Erasures: one person asks that a case forgets their number. A member passes that on, somebody else decides it, and
//! then it is carried out.
//!
//! A request names a number or the token of a subject. Of a number it keeps a keyed tag and nothing else, so a request
//! is made, decided and carried out for a number that no exhibit has as well: asking tells and refuses the same. A hold
//! stops what was asked for before it, approved or not, and is in the way of asking. Carrying it out writes the tag
//! into the erasure list of the case; from that commit on the number is answered as absent. `vault/erase.rs` then
//! overwrites what is stored.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::asked_view::AskedView;
use super::kind::{RequestKind, Touched, seal};
use super::sealed::damaged;
use crate::domain::{ErasureId, Moment, OperatorId, OperatorName, words};
use crate::policy::{ActionKind, RequestState, Seat, Writes, actions, allows_seat};
use crate::vault::call::receipt::Receipt;
use crate::vault::core::Core;
use crate::vault::exhibits::erasures::{Erasure as Listed, Erasures};
use crate::vault::keyring::RequestDigest;
use crate::vault::plaintext::{AskedNumbers, SubjectToken, Tag};
use crate::vault::scope::{Asking, Reading, Scope};
use crate::vault::store::exhibit_rows;
use crate::vault::{Conflict, DataRefusal, OperationError, Price, Settings};

/// How long an approved erasure can be carried out, in seconds.
const OPEN_S: i64 = 30 * 86_400;

/// The end of what a case has of one person.
pub enum Erasure {}

/// Whose number is to be erased.
pub enum ErasureWanted {
    /// One number.
    Number(AskedNumbers),
    /// The subject with this token.
    Subject(SubjectToken),
}

words! {
    /// By what a person was named.
    pub enum NamedBy {
        /// By the number.
        Number => "number",
        /// By the token of a subject.
        Subject => "subject",
    }
}

/// What is sealed of an erasure, and covered by its digest. No number is in it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErasureBody {
    by_number: bool,
    /// The tag of the number for the erasure list, and its region.
    tag: [u8; 16],
    region: Option<String>,
    /// The term that it was then.
    term: Option<u32>,
    /// The same if a lookup would have told it: at most one.
    exposed: Vec<u32>,
}

/// Who carried an erasure out, and when.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CarriedOut {
    by: String,
    at: i64,
}

/// The same as it is shown. For a number that no exhibit has it says the same.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CarriedOutErasure)]
pub struct CarriedOutView {
    /// The name of who did.
    #[schema(value_type = OperatorName)]
    pub by: String,
    /// When.
    pub at: Moment,
    /// Whether all that the vault stored of the number is overwritten.
    pub overwritten: bool,
}

/// A request as those see it who ask, decide and carry out.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Erasure)]
pub struct ErasureView {
    /// The id of the erasure.
    pub erasure: ErasureId,
    /// Who asked and who decided.
    #[serde(flatten)]
    pub asked: AskedView,
    /// By what the person was named.
    pub named_by: NamedBy,
    /// The token of the subject, if the number was exposed when this was asked. A custodian is not told.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub subject: Option<SubjectToken>,
    /// Whether the number was exposed when this was asked. A custodian is not told.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub exposed: Option<bool>,
    /// Who carried it out; left out until somebody did.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub carried_out: Option<CarriedOutView>,
}

/// An erasure that was carried out by an act whose leaf is durable once there is a receipt.
pub struct ErasureBegun(Arc<Core>);

impl ErasureBegun {
    /// Lets the vault overwrite what it has stored: the server within a second, or the next start.
    pub fn begin(self, _: &Receipt) {
        self.0.erase_due.store(true, Ordering::Release);
        self.0.kept_here.is_behind();
    }
}

impl seal::Listed for Erasure {}

impl RequestKind for Erasure {
    type Id = ErasureId;
    type Ask = actions::RequestErasure;
    type List = actions::ListErasures;
    type Read = actions::ReadErasure;
    type Decide = actions::DecideErasure;
    type Wanted = ErasureWanted;
    type Counted = ();
    type Body = ErasureBody;
    type After = Option<CarriedOut>;
    type View = ErasureView;

    // Whoever reads one is told what a lookup would tell, so it costs what a reveal of one subject costs.
    const PRICE_TO_READ: Option<Price> = Some(Price::of_reading_request(1));
    const PRICE_TO_LIST: Option<Price> = Some(Price::of_request_list());

    fn price_to_ask(_: &ErasureWanted) -> Option<Price> {
        Some(Price::of_request(1))
    }

    fn check(wanted: &ErasureWanted, _: &Asking<'_>) -> Result<(), OperationError> {
        match wanted {
            ErasureWanted::Number(numbers) if numbers.distinct() != 1 => {
                let rule = "must be one phone number; without a calling code it needs a region";
                Err(OperationError::invalid("number", rule))
            }
            _ => Ok(()),
        }
    }

    fn seconds(settings: &Settings) -> i64 {
        settings.export_s
    }

    fn seconds_held(_: &ErasureBody, _: &Settings) -> i64 {
        OPEN_S
    }

    fn body(
        reading: &Reading<'_>,
        wanted: ErasureWanted,
        _: Option<&()>,
    ) -> Result<ErasureBody, OperationError> {
        let case = reading.not_held()?;
        let keys = reading.core.case_keys(&case.id)?;
        match wanted {
            ErasureWanted::Number(numbers) => {
                let phone = numbers.readable().next();
                let phone = phone.ok_or(OperationError::Internal("no number to erase"))?;
                let (exposed, term) = reading.subject_of(phone)?;
                let listed = Listed::of(&keys, phone);
                Ok(ErasureBody {
                    by_number: true,
                    tag: listed.tag,
                    region: listed.region,
                    term,
                    exposed: exposed.into_iter().collect(),
                })
            }
            ErasureWanted::Subject(token) => {
                let unknown = || DataRefusal::NoSubject.at("subject".to_owned());
                let no = keys.tokens().subject(&token);
                let no = no.filter(|no| (1..=case.numbers).contains(no));
                let no = no.ok_or_else(unknown)?;
                // All its records may have been withdrawn, or its number erased.
                if reading.messages_of(&[no])? == [0] || reading.has_erased(&[no])? {
                    return Err(unknown());
                }
                let listed = reading.records_of(case, None)?.erasure_of(no)?;
                let listed = listed.ok_or_else(unknown)?;
                Ok(ErasureBody {
                    by_number: false,
                    tag: listed.tag,
                    region: listed.region,
                    term: Some(no),
                    exposed: vec![no],
                })
            }
        }
    }

    fn bind(_: &Reading<'_>, _: &ErasureBody, _: &mut RequestDigest) -> Result<(), OperationError> {
        Ok(())
    }

    fn touched(body: &ErasureBody) -> Touched<'_> {
        Touched {
            // Whether the number is in the case is in no leaf of a request but by the subject that was touched.
            rows: 1,
            subjects: &body.exposed,
            detail: json!({ "named_by": body.named_by() }),
        }
    }

    fn waits_for_use(_: &ErasureBody, _: bool, seat: Seat) -> bool {
        allows_seat(ActionKind::CarryOutErasure, seat)
    }

    fn approve(
        scope: &mut Scope<'_, actions::DecideErasure>,
        _: &ErasureBody,
    ) -> Result<(), OperationError> {
        scope.not_held().map(drop)
    }

    fn view(
        reading: &Reading<'_>,
        id: ErasureId,
        asked: AskedView,
        body: ErasureBody,
        carried_out: Option<CarriedOut>,
    ) -> Result<ErasureView, OperationError> {
        let case = reading.case_row()?;
        let keys = reading.core.case_keys(&case.id)?;
        let carried_out = match carried_out {
            Some(done) => {
                let by: OperatorId = done.by.parse().map_err(|_| damaged())?;
                let listed = Erasures::load(reading.connection, &keys, case.number)?;
                Some(CarriedOutView {
                    by: reading.operator_name(&by)?,
                    at: Moment::from_seconds(done.at),
                    overwritten: listed.is_done(&Tag::from_bytes(body.tag)),
                })
            }
            None => None,
        };
        let knows = reading.knows_counts();
        let subject = body.exposed.first().filter(|_| knows);
        Ok(ErasureView {
            erasure: id,
            asked,
            named_by: body.named_by(),
            subject: subject.map(|no| keys.tokens().token(*no)),
            exposed: knows.then_some(!body.exposed.is_empty()),
            carried_out,
        })
    }
}

impl ErasureBody {
    fn named_by(&self) -> NamedBy {
        match self.by_number {
            true => NamedBy::Number,
            false => NamedBy::Subject,
        }
    }
}

impl<A: Writes> Scope<'_, A> {
    /// Writes the number of an approved erasure into the erasure list. From the commit on it is answered as absent.
    pub fn carry_out_erasure(&mut self, id: &ErasureId) -> Result<ErasureBegun, OperationError> {
        let mut found = self.request::<Erasure>(id)?;
        self.approved(&found)?;
        let case = self.not_held()?;
        // An admission that began before knows of no erasure of this number.
        if !exhibit_rows::staged(self.connection, Some(case.number))?.is_empty() {
            return Err(OperationError::Conflict(Conflict::AdmissionInProgress));
        }
        self.unchanged(&found)?;
        found.sealed.after = Some(CarriedOut {
            by: self.operator()?.to_string(),
            at: self.now.seconds(),
        });
        self.advance(&found, RequestState::Approved, RequestState::Used)?;
        let body = &found.sealed.body;
        let listed = Erasures::load(self.connection, &found.keys, case.number)?;
        let tag = Tag::from_bytes(body.tag);
        // Two requests may have named one number.
        if !listed.has_tag(&tag) {
            let erasure = Listed {
                tag: body.tag,
                region: body.region.clone(),
                term: body.term,
                users: Vec::new(),
                overwritten: false,
                done: false,
            };
            let nonce = self.core.nonce()?;
            erasure.insert(self.transaction()?, &found.keys, case.number, nonce)?;
        }
        self.note_request::<Erasure>(body);
        Ok(ErasureBegun(Arc::clone(self.core)))
    }
}
