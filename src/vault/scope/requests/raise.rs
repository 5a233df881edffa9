//! Raises of a lookup budget: a member asks, another lead decides, and the raise has an end.
//!
//! The decision that approves gives the points to the asker, and to nobody else.

use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::asked_view::AskedView;
use super::kind::{RequestKind, Touched, seal};
use super::sealed::damaged;
use crate::domain::{Moment, OperatorId, RaiseId};
use crate::policy::actions;
use crate::vault::budget::charge;
use crate::vault::keyring::RequestDigest;
use crate::vault::scope::{Asking, Reading, Scope};
use crate::vault::store::budget_rows::Raised;
use crate::vault::{OperationError, Settings};

/// The most points of one raise.
const MOST_POINTS: u32 = 100_000;
/// How far away its end may be, in days.
const MOST_DAYS: i64 = 31;

/// More lookup points for a time.
pub enum Raise {}

/// How many points, until when.
pub struct RaiseWanted {
    /// Points in addition to the usual ones.
    pub points: u32,
    /// When the points end.
    pub until: Moment,
}

/// What is sealed of a raise, and covered by its digest.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RaiseBody {
    operator: String,
    points: u32,
    /// In seconds since 1970.
    until: i64,
    /// The account of a liaison who asked.
    account: Option<String>,
}

/// A request as its asker and its decider see it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Raise)]
pub struct RaiseView {
    /// The id of the raise.
    pub raise: RaiseId,
    /// Who asked and who decided.
    #[serde(flatten)]
    pub asked: AskedView,
    /// Points in addition to the usual ones.
    pub points: u32,
    /// When the points end.
    pub until: Moment,
}

impl seal::Listed for Raise {}

impl RequestKind for Raise {
    type Id = RaiseId;
    type Ask = actions::RequestRaise;
    type List = actions::ListRaises;
    type Read = actions::ReadRaise;
    type Decide = actions::DecideRaise;
    type Wanted = RaiseWanted;
    type Counted = ();
    type Body = RaiseBody;
    type After = ();
    type View = RaiseView;

    const AT_ONCE: bool = true;

    fn seconds(settings: &Settings) -> i64 {
        settings.reveal_s
    }

    fn check(wanted: &RaiseWanted, asking: &Asking<'_>) -> Result<(), OperationError> {
        if !(1..=MOST_POINTS).contains(&wanted.points) {
            let rule = format!("must be 1 to {MOST_POINTS}");
            return Err(OperationError::invalid("points", rule));
        }
        let latest = asking.now.plus_seconds(MOST_DAYS * 86_400);
        if wanted.until <= asking.now || wanted.until > latest {
            let rule = format!("must be in the next {MOST_DAYS} days");
            return Err(OperationError::invalid("until", rule));
        }
        Ok(())
    }

    fn body(
        reading: &Reading<'_>,
        wanted: RaiseWanted,
        _: Option<&()>,
    ) -> Result<RaiseBody, OperationError> {
        Ok(RaiseBody {
            operator: reading.operator()?.to_string(),
            points: wanted.points,
            until: wanted.until.seconds(),
            account: reading
                .grant
                .account()
                .map(|account| account.as_str().to_owned()),
        })
    }

    fn account(body: &RaiseBody) -> Option<&str> {
        body.account.as_deref()
    }

    fn bind(_: &Reading<'_>, _: &RaiseBody, _: &mut RequestDigest) -> Result<(), OperationError> {
        Ok(())
    }

    fn touched(body: &RaiseBody) -> Touched<'_> {
        Touched {
            rows: 0,
            subjects: &[],
            detail: json!({
                "operator": body.operator,
                "points": body.points,
                "until": Moment::from_seconds(body.until),
            }),
        }
    }

    fn approve(
        scope: &mut Scope<'_, actions::DecideRaise>,
        body: &RaiseBody,
    ) -> Result<(), OperationError> {
        let case = scope.case_row()?;
        let operator: OperatorId = body.operator.parse().map_err(|_| damaged())?;
        // The budget uses the time that the vault measures.
        let left = body.until.saturating_sub(scope.now.seconds()).max(0);
        let measured = scope.core.clock.measured();
        let raised = Raised {
            points: body.points,
            until: measured.plus_seconds(left),
        };
        charge::raise(
            scope.transaction()?,
            &operator,
            case.number,
            raised,
            measured,
        )?;
        Ok(())
    }

    fn view(
        _: &Reading<'_>,
        id: RaiseId,
        asked: AskedView,
        body: RaiseBody,
        (): (),
    ) -> Result<RaiseView, OperationError> {
        Ok(RaiseView {
            raise: id,
            asked,
            points: body.points,
            until: Moment::from_seconds(body.until),
        })
    }
}
