//! What a difference of two exhibits tells: exact counts, to investigators and leads. A custodian chooses one of the
//! files and gets none.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::{AccountName, ExhibitId};
use crate::vault::records::{AccountDifference, Changes, Difference, Sides};

/// The difference of one exhibit against another. Either may be withdrawn.
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
    pub newly_exposed: u64,
    /// For each account of either exhibit, in the order of account names.
    pub accounts: Vec<AccountDifferenceView>,
}

/// The same count for both exhibits.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Sides)]
pub struct SidesView {
    /// The count of this exhibit.
    pub exhibit: u64,
    /// The count of the other exhibit.
    pub against: u64,
}

/// Counts of distinct numbers.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Changes)]
pub struct ChangesView {
    /// In this exhibit, not in the other.
    pub new: u64,
    /// In the other, not in this one.
    pub gone: u64,
    /// In both.
    pub unchanged: u64,
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

impl From<Difference> for DifferenceView {
    fn from(difference: Difference) -> Self {
        let accounts = difference.accounts.into_iter();
        Self {
            exhibit: difference.exhibit,
            against: difference.against,
            messages: difference.messages.into(),
            numbers: difference.numbers.into(),
            newly_exposed: difference.newly_exposed,
            accounts: accounts.map(AccountDifferenceView::from).collect(),
        }
    }
}

impl From<AccountDifference> for AccountDifferenceView {
    fn from(one: AccountDifference) -> Self {
        Self {
            account: one.account,
            messages: one.messages.into(),
            numbers: one.numbers.into(),
        }
    }
}

impl From<Sides> for SidesView {
    fn from(sides: Sides) -> Self {
        Self {
            exhibit: sides.exhibit,
            against: sides.against,
        }
    }
}

impl From<Changes> for ChangesView {
    fn from(changes: Changes) -> Self {
        Self {
            new: changes.new,
            gone: changes.gone,
            unchanged: changes.unchanged,
        }
    }
}
