//! `POST /cases/{case}/exhibits/{exhibit}/withdrawal`: the request to withdraw an exhibit.

use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::docs;
use crate::domain::{CaseId, ExhibitId, Reason};
use crate::operations::sheet::asked_columns;
use crate::operations::two_person::{Ask, Requested, StepDocs, TwoPerson};
use crate::operations::{Ids, only_reason};
use crate::vault::scope::requests::Withdrawal;
use crate::vault::{OperationError, Target, Why};

/// Why an exhibit should be withdrawn.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestWithdrawalInput {
    /// What is wrong with the exhibit.
    #[schema(value_type = Reason)]
    pub reason: String,
}

impl TwoPerson for Withdrawal {
    const DOCS: StepDocs = docs::STEPS;
    const COLUMNS: &'static [&'static str] = asked_columns!(
        "withdrawal",
        "exhibit",
        "messages",
        "numbers",
        "numbers_only_here",
        "changed_since"
    );
    type Input = RequestWithdrawalInput;
    type Requested = Requested<Self>;

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
