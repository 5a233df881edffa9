//! `POST /cases/{case}/exhibits/{exhibit}/withdrawal`: the request to withdraw an exhibit.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::docs;
use crate::domain::schema::PageCursor;
use crate::domain::{CaseId, ExhibitId, Moment, Reason, WithdrawalId};
use crate::operations::sheet::{Sheet, asked_columns};
use crate::operations::two_person::{Ask, StepDocs, TwoPerson};
use crate::operations::{Ids, only_reason};
use crate::vault::scope::requests::{RequestPage, ShownState, Withdrawal, WithdrawalView};
use crate::vault::{OperationError, Target, Why};

/// Why an exhibit should be withdrawn.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestWithdrawalInput {
    /// What is wrong with the exhibit.
    #[schema(value_type = Reason)]
    pub reason: String,
}

/// A withdrawal that was requested and is not decided yet.
#[derive(Serialize, ToSchema)]
pub struct RequestedWithdrawal {
    /// The id of the withdrawal.
    pub withdrawal: WithdrawalId,
    /// Its state: `requested`.
    pub state: ShownState,
    /// When the request expires if nobody decides it.
    pub expires_at: Moment,
}

/// The withdrawals of a case.
#[derive(Serialize, ToSchema)]
pub struct WithdrawalList {
    /// The withdrawals, newest first.
    pub withdrawals: Vec<WithdrawalView>,
    /// The `after` of the next page; null on the last one.
    #[schema(value_type = Option<PageCursor>)]
    pub next: Option<String>,
}

impl Sheet for WithdrawalList {
    const ROWS: &'static str = "withdrawals";
    const COLUMNS: &'static [&'static str] = asked_columns!(
        "withdrawal",
        "exhibit",
        "messages",
        "numbers",
        "numbers_only_here",
        "changed_since"
    );
}

impl From<RequestPage<WithdrawalView>> for WithdrawalList {
    fn from(page: RequestPage<WithdrawalView>) -> Self {
        Self {
            withdrawals: page.requests,
            next: page.next,
        }
    }
}

impl TwoPerson for Withdrawal {
    const DOCS: StepDocs = docs::STEPS;
    type Input = RequestWithdrawalInput;
    type Requested = RequestedWithdrawal;
    type Listed = WithdrawalList;

    fn about(ids: &Ids) -> Result<Target, OperationError> {
        Ok(Target::NamedExhibit(ids.case()?, ids.exhibit()?))
    }

    fn wanted(
        ids: &Ids,
        input: RequestWithdrawalInput,
    ) -> Result<(ExhibitId, Why), OperationError> {
        Ok((ids.exhibit()?, only_reason(&input.reason)?))
    }

    fn detail(exhibit: &ExhibitId) -> Value {
        json!({ "exhibit": exhibit })
    }

    fn requested(withdrawal: WithdrawalId, expires_at: Moment) -> RequestedWithdrawal {
        RequestedWithdrawal {
            withdrawal,
            state: ShownState::Requested,
            expires_at,
        }
    }
}

impl Ask<Withdrawal> {
    /// The request to withdraw this exhibit, for the command line.
    ///
    /// # Errors
    ///
    /// `Invalid` if the reason breaks its rules.
    pub fn of_exhibit(
        case: CaseId,
        exhibit: ExhibitId,
        reason: &str,
    ) -> Result<Self, OperationError> {
        let about = Target::NamedExhibit(case, exhibit.clone());
        Ok(Self::new(about, exhibit, only_reason(reason)?))
    }
}
