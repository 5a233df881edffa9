//! Which counts of a case a custodian gets: exact ones of the files it admitted, and rounded ones of everything else,
//! as a protected table shows them.

use serde::Serialize;
use utoipa::ToSchema;

use super::Reading;
use crate::domain::{AccountName, CaseRole, ExhibitId};
use crate::vault::exhibits::description::ExhibitDescription;
use crate::vault::records::{AccountDifference, Changes, Difference, Shown, Sides, protect};

impl Reading<'_> {
    /// Whether the caller may know exact counts of what is in the case.
    pub(in crate::vault) fn knows_counts(&self) -> bool {
        self.grant.role() != Some(CaseRole::Custodian)
    }

    /// A count about the case, as the caller may see it.
    pub(in crate::vault) fn told(&self, count: u64) -> Shown {
        match self.knows_counts() {
            true => Shown::Number(count),
            false => protect(count, self.core.settings.protected_threshold),
        }
    }

    /// A count about one exhibit, as the caller may see it.
    pub(in crate::vault) fn told_of(&self, exhibit: &ExhibitDescription, count: u64) -> Shown {
        match self.knows_counts_of(exhibit) {
            true => Shown::Number(count),
            false => self.told(count),
        }
    }

    /// Whether the caller may know exact counts of one exhibit.
    pub(in crate::vault) fn knows_counts_of(&self, exhibit: &ExhibitDescription) -> bool {
        let operator = self.caller.operator_id().map(|id| id.as_str());
        self.knows_counts() || operator == Some(exhibit.admitted_by.as_str())
    }
}

/// The difference of one exhibit against another. Either may be withdrawn. A custodian gets rounded counts, without
/// `accounts` and `newly_exposed`.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Difference)]
pub struct DifferenceView {
    /// The id of this exhibit.
    #[schema(value_type = ExhibitId)]
    pub exhibit: String,
    /// The id of the other exhibit.
    #[schema(value_type = ExhibitId)]
    pub against: String,
    /// How many messages each exhibit has.
    pub messages: SidesView,
    /// How many numbers are new, gone and unchanged.
    pub numbers: ChangesView,
    /// Numbers of this exhibit that were in no exhibit admitted before it, withdrawn or not.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub newly_exposed: Option<u64>,
    /// For each account of either exhibit, in the order of account names.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub accounts: Option<Vec<AccountDifferenceView>>,
}

/// The same count for both exhibits.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Sides)]
pub struct SidesView {
    /// The count of this exhibit.
    pub exhibit: Shown,
    /// The count of the other exhibit.
    pub against: Shown,
}

/// Counts of distinct numbers.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Changes)]
pub struct ChangesView {
    /// In this exhibit, not in the other.
    pub new: Shown,
    /// In the other, not in this one.
    pub gone: Shown,
    /// In both.
    pub unchanged: Shown,
}

/// The difference in one account. A number counts in each account that it is in.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = AccountDifference)]
pub struct AccountDifferenceView {
    /// The name of the account.
    #[schema(value_type = AccountName)]
    pub account: String,
    /// How many messages of the account each exhibit has.
    pub messages: SidesView,
    /// How many numbers of the account are new, gone and unchanged.
    pub numbers: ChangesView,
}

impl DifferenceView {
    pub(super) fn of(reading: &Reading<'_>, difference: Difference) -> Self {
        let exact = reading.knows_counts();
        let sides = |sides: Sides| SidesView {
            exhibit: reading.told(sides.exhibit),
            against: reading.told(sides.against),
        };
        let changes = |changes: Changes| ChangesView {
            new: reading.told(changes.new),
            gone: reading.told(changes.gone),
            unchanged: reading.told(changes.unchanged),
        };
        let account = |one: AccountDifference| AccountDifferenceView {
            account: one.account,
            messages: sides(one.messages),
            numbers: changes(one.numbers),
        };
        Self {
            exhibit: difference.exhibit,
            against: difference.against,
            messages: sides(difference.messages),
            numbers: changes(difference.numbers),
            newly_exposed: exact.then_some(difference.newly_exposed),
            accounts: exact.then(|| difference.accounts.into_iter().map(account).collect()),
        }
    }
}
