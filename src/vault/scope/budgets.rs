//! Whose points count together, and whose lookups thaw.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{Reading, Scope, is_known_by_alone};
use crate::domain::{AccountName, Moment, OperatorId};
use crate::policy::{Denial, Writes};
use crate::vault::budget::charge::{self, Payer};
use crate::vault::budget::price::BudgetKind;
use crate::vault::core::Core;
use crate::vault::error::OperationError;
use crate::vault::keyring::RequestDigest;
use crate::vault::store::case_rows::CaseRow;
use crate::vault::store::membership_rows::{self, MembershipRow};

/// Empty for the team of a case. The liaisons of one account count for that account: a keyed tag in base64, so that the
/// file does not say which.
pub(in crate::vault) fn party_of(
    core: &Core,
    case: &CaseRow,
    account: Option<&AccountName>,
) -> Result<String, OperationError> {
    let Some(account) = account else {
        return Ok(String::new());
    };
    let mut digest = RequestDigest::of(&*core.case_keys(&case.id)?, "budget of an account");
    digest.part(account.as_str().as_bytes());
    Ok(STANDARD.encode(digest.finish()))
}

impl Reading<'_> {
    /// Until when the lookups of a member are frozen, as the vault's clock shows it.
    pub(in crate::vault::scope) fn frozen_until(
        &self,
        case: &CaseRow,
        member: &MembershipRow,
    ) -> Result<Option<Moment>, OperationError> {
        let measured = self.core.clock.measured();
        let payer = Payer {
            operator: &member.operator,
            case: case.number,
            // A freeze is of one operator, whoever shares a limit with them.
            party: "",
        };
        let settings = &self.core.settings;
        let told = payer.told(settings, self.connection, BudgetKind::Lookups, measured)?;
        let shown = |until: Moment| self.now.plus_seconds(until.seconds() - measured.seconds());
        Ok(told.frozen_until.map(shown))
    }
}

impl<A: Writes> Scope<'_, A> {
    /// Ends the freeze of a member's lookups; whether there was one. Nobody thaws their own.
    pub fn thaw_lookups(&mut self, operator: &OperatorId) -> Result<bool, OperationError> {
        self.not_oneself(operator)?;
        let case = self.case_row()?;
        membership_rows::find(self.connection, case.number, operator)?
            .ok_or(OperationError::NotFound)?;
        if is_known_by_alone(self.connection, case.number, self.operator()?, operator)? {
            return Err(self.deny(Denial::RecognisedByAsker));
        }
        Ok(charge::thaw(
            self.transaction()?,
            operator,
            case.number,
            self.core.clock.measured(),
        )?)
    }
}
