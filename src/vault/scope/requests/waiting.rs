//! What waits for somebody among the requests of one kind in one case.
//!
//! Says who asked and why; nothing of what a request is about, which is charged where it is shown. Only a membership
//! says whom it names and for which role: that costs nothing there either, and several could not be told apart.

use std::sync::Arc;

use serde::Serialize;
use utoipa::ToSchema;

use super::asked_view::AskedView;
use super::found::{Found, SealedOf, left_of_delay};
use super::kind::RequestKind;
use super::sealed::{Sealed, parsed};
use crate::domain::{AccountName, CaseId, CaseRole, OperatorName, Title, words};
use crate::policy::{Action, RequestState, Seat, allows_seat, allows_state};
use crate::vault::OperationError;
use crate::vault::keyring::CaseKeys;
use crate::vault::scope::{Reading, could_be_one_person, is_known_by_alone};
use crate::vault::store::case_rows::CaseRow;
use crate::vault::store::request_rows;

words! {
    /// Whom a request waits for.
    pub enum WaitsFor {
        /// The reader may decide it.
        YourDecision => "your-decision",
        /// It was approved, and the reader may open it or hand it out.
        YourUse => "your-use",
        /// It was approved and a delay runs; the reader can stop it.
        Delay => "delay",
        /// The reader asked for it, and somebody else decides it.
        OthersDecision => "others-decision",
    }
}

/// A request that waits.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Waiting)]
pub struct WaitingView {
    /// The case.
    pub case: CaseId,
    /// The title of the case.
    #[schema(value_type = Title)]
    pub title: String,
    /// The kind of request, such as `reveal`.
    pub kind: String,
    /// The id of the request.
    pub request: String,
    /// Whom it waits for.
    pub waits_for: WaitsFor,
    /// Who asked and why, and until when it holds.
    #[serde(flatten)]
    pub asked: AskedView,
    /// The name of who would get a role; left out if it is not a membership.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = OperatorName, required = false)]
    pub member: Option<String>,
    /// The role in the case that they would get; left out if it is not a membership.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = CaseRole, required = false)]
    pub member_role: Option<String>,
}

/// One of the reader's cases.
pub(super) struct Place<'c> {
    pub(super) case: &'c CaseRow,
    pub(super) keys: Arc<CaseKeys>,
    pub(super) seat: Seat,
    /// The one account that the reader may know of, if there is one.
    pub(super) account: Option<AccountName>,
}

/// Adds what waits among the requests of a kind.
pub(super) fn add_waiting<K: RequestKind>(
    reading: &Reading<'_>,
    place: &Place<'_>,
    all: &mut Vec<WaitingView>,
) -> Result<(), OperationError> {
    if !request_rows::may_have(reading.connection, place.case.number, K::NAME)? {
        return Ok(());
    }
    let decide = <K::Decide as Action>::KIND;
    let decides = allows_seat(decide, place.seat) && allows_state(decide, place.case.state);
    let reads = allows_seat(<K::Read as Action>::KIND, place.seat);
    let reader = reading.operator()?;
    // Whoever may know of one account sees what they asked about it, and nobody else's request is read.
    let asker = place.account.is_some().then_some(reader);
    for row in request_rows::list(reading.connection, place.case.number, K::NAME, asker)? {
        let own = row.asker == *reader;
        let waits = match row.state {
            RequestState::Requested if own => true,
            RequestState::Requested => {
                let case = place.case.number;
                decides
                    && !is_known_by_alone(reading.connection, case, reader, &row.asker)?
                    && !(decide.ends_for_others()
                        && could_be_one_person(reading.connection, case, &row.asker, reader)?)
            }
            // What could not be used is not said to wait for it, once whoever approved it could not any more.
            RequestState::Approved => match &row.decider {
                Some(decider) => reading.decider_stands::<K>(row.case, decider)?,
                None => false,
            },
            _ => false,
        };
        if !waits {
            continue;
        }
        let sealed: SealedOf<K> = Sealed::open(reading.core, &place.keys, &row)?;
        let waits_for = match row.state {
            RequestState::Requested if own => WaitsFor::OthersDecision,
            RequestState::Requested => WaitsFor::YourDecision,
            _ if K::waits_for_use(&sealed.body, own, place.seat) => {
                match left_of_delay::<K>(sealed.term(), &reading.core.clock) {
                    0 => WaitsFor::YourUse,
                    _ => WaitsFor::Delay,
                }
            }
            _ => continue,
        };
        let about_own =
            place.account.is_none() || parsed(sealed.account.as_deref())? == place.account;
        if !about_own || reading.core.clock.has_ended(sealed.term()) {
            continue;
        }
        let keys = Arc::clone(&place.keys);
        let Found { row, sealed, .. } = Found::<K> { row, keys, sealed }.sound()?;
        // Whoever asked and is no lead any more may not read what they asked for.
        let member = match reads {
            true => K::member(reading, &sealed.body)?,
            false => None,
        };
        let (member, member_role) = member.unzip();
        all.push(WaitingView {
            case: place.case.id.clone(),
            title: reading.describe(place.case)?.title,
            kind: K::NAME.to_owned(),
            request: row.id.as_str().to_owned(),
            waits_for,
            asked: AskedView::of(reading, &row, &sealed, K::AT_ONCE)?,
            member,
            member_role,
        });
    }
    Ok(())
}
