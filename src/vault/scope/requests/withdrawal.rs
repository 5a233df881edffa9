//! Withdrawals: a wrong exhibit is taken out of the answers by two people, and
//! stays in the file as evidence.
//!
//! Bound to the exhibit and its parts, and to nothing of the rest of the case: what a custodian admits between asking
//! and the decision must not end the request, or the custodian would learn from that what else the case holds. What
//! compares the exhibit with the case is counted once, when it is asked for, at the price of a difference, and shown to
//! leads. The decision that approves is the withdrawal. Counts are shown here, no number and no mask.

use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::asked_view::AskedView;
use super::kind::{RequestKind, Touched, seal};
use super::sealed::damaged;
use crate::domain::{ExhibitId, WithdrawalId};
use crate::policy::actions;
use crate::vault::exhibits::description::open_description;
use crate::vault::keyring::RequestDigest;
use crate::vault::records::{CaseRecords, Share, Shown};
use crate::vault::scope::{Reading, Scope};
use crate::vault::store::exhibit_rows;
use crate::vault::{Conflict, OperationError, Price, Settings};

/// Taking an exhibit out of the answers.
pub enum Withdrawal {}

/// What would go with an exhibit.
pub struct CountedWithdrawal {
    exhibit: ExhibitId,
    share: Share,
    /// The other exhibits that it was compared with.
    others: Vec<String>,
}

/// What is sealed of a withdrawal, and covered by its digest.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WithdrawalBody {
    exhibit: String,
    /// The rows of its file that are messages, whether the case had them or not.
    rows: u64,
    /// What would go.
    messages: u64,
    numbers: u64,
    /// Those of the numbers that no other exhibit had that counted.
    numbers_only_here: u64,
    /// The exhibits that counted beside it.
    others: Vec<String>,
}

/// A request as those see it who ask and decide.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Withdrawal)]
pub struct WithdrawalView {
    /// The id of the withdrawal.
    pub withdrawal: WithdrawalId,
    /// Who asked and who decided.
    #[serde(flatten)]
    pub asked: AskedView,
    /// The exhibit that goes.
    pub exhibit: String,
    /// What goes with the exhibit: messages. A custodian is told this and `numbers` of the exhibit's file alone,
    /// rounded if somebody else admitted it, and nothing of what compares it with the case.
    pub messages: Shown,
    /// Distinct numbers that go with it.
    pub numbers: Shown,
    /// Those of the numbers that no other exhibit had that counted when this was asked. Left out for a custodian.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub numbers_only_here: Option<u64>,
    /// Whether another exhibit was admitted or withdrawn since, so that `numbers_only_here` may be another count by
    /// now; who asks anew gets it. Left out for a custodian.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub changed_since: Option<bool>,
    /// Exhibits that were admitted after it and left out rows because the case had them: some may have been duplicates
    /// of this one's, and would be missing without it. Those of them that counted when this was asked: what was
    /// admitted since, only who asks anew is told of, and pays for. Left out for a custodian.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub later_duplicates: Option<Vec<LaterDuplicates>>,
}

/// What a later exhibit left out.
#[derive(Debug, Serialize, ToSchema)]
pub struct LaterDuplicates {
    /// The later exhibit.
    pub exhibit: String,
    /// How many rows it left out because the case had them.
    pub duplicates: u64,
}

impl CountedWithdrawal {
    fn of(reading: &Reading<'_>, exhibit: &ExhibitId) -> Result<Self, OperationError> {
        let records = reading.records()?;
        Ok(Self {
            exhibit: exhibit.clone(),
            share: records.share_of(counting(&records, exhibit)?)?,
            others: others(records.exhibits(), exhibit.as_str()),
        })
    }
}

impl seal::Listed for Withdrawal {}

impl RequestKind for Withdrawal {
    type Id = WithdrawalId;
    type Ask = actions::RequestWithdrawal;
    type List = actions::ListWithdrawals;
    type Read = actions::ReadWithdrawal;
    type Decide = actions::DecideWithdrawal;
    type Wanted = ExhibitId;
    type Counted = CountedWithdrawal;
    type Body = WithdrawalBody;
    type After = ();
    type View = WithdrawalView;

    const COUNTED_TO_ASK: bool = true;

    fn price_to_ask(_: &ExhibitId) -> Option<Price> {
        // Leads are shown how it differs from the rest of the case.
        Some(Price::of_request(0).comparing(true))
    }

    const AT_ONCE: bool = true;

    fn seconds(settings: &Settings) -> i64 {
        settings.reveal_s
    }

    fn count(
        reading: &Reading<'_>,
        exhibit: &ExhibitId,
    ) -> Result<Option<CountedWithdrawal>, OperationError> {
        CountedWithdrawal::of(reading, exhibit).map(Some)
    }

    fn body(
        reading: &Reading<'_>,
        exhibit: ExhibitId,
        counted: Option<&CountedWithdrawal>,
    ) -> Result<WithdrawalBody, OperationError> {
        let counted = counted.filter(|counted| counted.exhibit == exhibit);
        let counted = counted.ok_or(OperationError::Internal("nothing was counted"))?;
        let case = reading.case_row()?;
        let keys = reading.core.case_keys(&case.id)?;
        let records = reading.records()?;
        let description = open_description(&keys, counting(&records, &exhibit)?)?;
        Ok(WithdrawalBody {
            exhibit: exhibit.to_string(),
            rows: description.admitted_alone(),
            messages: counted.share.messages,
            numbers: counted.share.numbers,
            numbers_only_here: counted.share.numbers_only_here,
            others: counted.others.clone(),
        })
    }

    fn bind(
        reading: &Reading<'_>,
        body: &WithdrawalBody,
        digest: &mut RequestDigest,
    ) -> Result<(), OperationError> {
        reading.bind_exhibits(std::slice::from_ref(&body.exhibit), digest)
    }

    fn touched(body: &WithdrawalBody) -> Touched<'_> {
        Touched {
            // As the leaf of its admission says it: a custodian can check its own leaves.
            rows: body.rows,
            subjects: &[],
            detail: json!({ "exhibit": body.exhibit }),
        }
    }

    fn approve(
        scope: &mut Scope<'_, actions::DecideWithdrawal>,
        body: &WithdrawalBody,
    ) -> Result<(), OperationError> {
        let case = scope.case_row()?;
        // It has left out what it took for duplicates of this exhibit.
        if !exhibit_rows::staged(scope.connection, Some(case.number))?.is_empty() {
            return Err(OperationError::Conflict(Conflict::AdmissionInProgress));
        }
        let records = scope.records()?;
        let mut exhibits = records.exhibits().iter();
        let exhibit = exhibits
            .find(|exhibit| exhibit.id.as_str() == body.exhibit)
            .ok_or_else(damaged)?;
        let leaf = scope
            .leaf
            .ok_or(OperationError::Internal("a decision without a leaf"))?;
        exhibit_rows::withdraw(scope.transaction()?, exhibit.number, scope.now, leaf)?;
        // What is kept of it here goes after the commit: until then it is read and kept.
        scope.core.kept_here.will_be_behind();
        // Binds the leaf to the exhibit: `doctor` compares the two.
        let keys = scope.core.case_keys(&case.id)?;
        let description = open_description(&keys, exhibit)?;
        scope.notes.digest = Some(description.admitted_digest);
        Ok(())
    }

    fn view(
        reading: &Reading<'_>,
        id: WithdrawalId,
        asked: AskedView,
        body: WithdrawalBody,
        (): (),
    ) -> Result<WithdrawalView, OperationError> {
        if !reading.knows_counts() {
            let case = reading.case_row()?;
            let keys = reading.core.case_keys(&case.id)?;
            let all = exhibit_rows::list_all(reading.connection, case.number)?;
            let mut all = all.iter();
            let this = all
                .find(|exhibit| exhibit.id.as_str() == body.exhibit)
                .ok_or_else(damaged)?;
            let this = open_description(&keys, this)?;
            return Ok(WithdrawalView {
                withdrawal: id,
                asked,
                exhibit: body.exhibit,
                messages: reading.told_of(&this, this.admitted_alone()),
                numbers: reading.told_of(&this, u64::from(this.file_numbers)),
                numbers_only_here: None,
                changed_since: None,
                later_duplicates: None,
            });
        }
        let later_duplicates = later_duplicates(reading, &body)?;
        let now = exhibit_rows::list(reading.connection, reading.case_row()?.number)?;
        let changed_since = others(&now, &body.exhibit) != body.others;
        Ok(WithdrawalView {
            withdrawal: id,
            asked,
            exhibit: body.exhibit,
            messages: Shown::Number(body.messages),
            numbers: Shown::Number(body.numbers),
            numbers_only_here: Some(body.numbers_only_here),
            changed_since: Some(changed_since),
            later_duplicates: Some(later_duplicates),
        })
    }
}

/// What the exhibits have left out that were admitted after it, counted when this was asked, and count.
fn later_duplicates(
    reading: &Reading<'_>,
    body: &WithdrawalBody,
) -> Result<Vec<LaterDuplicates>, OperationError> {
    let case = reading.case_row()?;
    let keys = reading.core.case_keys(&case.id)?;
    let all = exhibit_rows::list_all(reading.connection, case.number)?;
    let mut later = all.iter();
    later
        .find(|exhibit| exhibit.id.as_str() == body.exhibit)
        .ok_or_else(damaged)?;
    let mut left_out = Vec::new();
    let counted = |exhibit: &&exhibit_rows::ExhibitRow| {
        exhibit.withdrawn.is_none() && body.others.iter().any(|id| id == exhibit.id.as_str())
    };
    for exhibit in later.filter(counted) {
        let duplicates = open_description(&keys, exhibit)?.in_case;
        if duplicates > 0 {
            left_out.push(LaterDuplicates {
                exhibit: exhibit.id.to_string(),
                duplicates,
            });
        }
    }
    Ok(left_out)
}

/// The exhibits that count beside this one.
fn others(counting: &[exhibit_rows::ExhibitRow], exhibit: &str) -> Vec<String> {
    let ids = counting.iter().map(|one| one.id.to_string());
    ids.filter(|id| id != exhibit).collect()
}

/// The exhibit, if it counts.
fn counting<'r>(
    records: &'r CaseRecords<'_>,
    exhibit: &ExhibitId,
) -> Result<&'r exhibit_rows::ExhibitRow, OperationError> {
    let row = records.exhibit(exhibit).ok_or(OperationError::NotFound)?;
    match row.withdrawn {
        Some(_) => Err(OperationError::Conflict(Conflict::ExhibitWithdrawn)),
        None => Ok(row),
    }
}
