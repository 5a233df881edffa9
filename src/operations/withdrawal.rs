//! Withdrawals: ask to take a wrong exhibit out of all answers, decide it.
//!
//! Sees ids and counts. Called by `http` and `cli`. Answers that were given before are not
//! corrected; `exhibit::CompareExhibits` shows what changed.

use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::domain::{CaseId, ExhibitId, Reason};
use crate::operations::sheet::asked_columns;
use crate::operations::two_person::{
    Ask, AskedAt, Decide, List, Read, Requested, StepDocs, TwoPerson, step_docs,
};
use crate::operations::{Ids, only_reason};
use crate::vault::scope::requests::Withdrawal;
use crate::vault::{OperationError, Target, Why};

/// Asks to withdraw an exhibit.
pub type RequestWithdrawal = Ask<Withdrawal>;
/// Lists the withdrawals of a case.
pub type ListWithdrawals = List<Withdrawal>;
/// Shows one withdrawal with its counts, as its decider sees it.
pub type ReadWithdrawal = Read<Withdrawal>;
/// Approves or denies a withdrawal. If approved, the exhibit is withdrawn at once.
pub type DecideWithdrawal = Decide<Withdrawal>;

/// Why an exhibit should be withdrawn.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestWithdrawalInput {
    /// What is wrong with the exhibit.
    #[schema(value_type = Reason)]
    pub reason: String,
}

impl TwoPerson for Withdrawal {
    const DOCS: StepDocs = STEPS;
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
    const ASKED_AT: AskedAt = AskedAt::Exhibit;

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

/// What the API's description says about these operations.
const STEPS: StepDocs = step_docs! {
    tag: "Exhibits",
    name: "Withdrawal",
    many: "withdrawals",
    ask: {
        id: "requestWithdrawal",
        summary: "Ask for a withdrawal",
        description: "Asks to take an exhibit out of all answers. Somebody else decides. Leads are shown how it differs from \
            the rest of the case, so it costs a difference of exhibits and 10 points.",
        request: r#"{"reason": "the wrong file was sent"}"#,
        answer: r#"{"withdrawal": "w_0123456789abcdefghjk", "state": "requested", "expires_at":
            "2024-03-21T22:34:49Z"}"#,
        problems: ["exhibit-withdrawn", "budget-spent", "over-budget", "lookups-frozen"],
    },
    list: {
        summary: "List the withdrawals of a case",
        description: "The withdrawals of a case.",
    },
    read: {
        summary: "Read a withdrawal",
        description: "How many messages and numbers would go with the exhibit. What compares it with the case \
            (`numbers_only_here`, `later_duplicates`) is told to leads only, and rests on the exhibits that counted \
            when this was asked; `changed_since` says whether an exhibit came or went since. A custodian gets the counts of the exhibit's \
            file, rounded if somebody else admitted it.",
        example: r#"{"withdrawal": "w_0123456789abcdefghjk", "state": "requested", "asked_by": "lead.one",
            "asked_at": "2024-03-21T22:34:49Z", "expires_at": "2024-03-22T22:34:49Z", "decided_by":
            null, "decided_at": null, "exhibit": "x_0123456789abcdefghjk", "reason":
            "the wrong file was sent", "decision_reason": null, "messages": 1200, "numbers": 800,
            "numbers_only_here": 40, "changed_since": false, "later_duplicates": []}"#,
    },
    decide: {
        summary: "Decide a withdrawal",
        description: " A yes takes the exhibit out at once.",
        reason: "checked against the notice",
        problems: ["exhibit-withdrawn"],
    },
};
