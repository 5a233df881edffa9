//! The account a liaison is bound to: sealed under the case's key.

use crate::domain::{AccountName, OperatorId};
use crate::vault::OperationError;
use crate::vault::core::Core;
use crate::vault::plaintext::{Aad, open_json};
use crate::vault::store::case_rows::CaseRow;

pub(in crate::vault) fn seal_account(
    core: &Core,
    case: &CaseRow,
    operator: &OperatorId,
    account: &AccountName,
) -> Result<Vec<u8>, OperationError> {
    let keys = core.case_keys(&case.id)?;
    let aad = Aad::membership(&core.vault, &case.id, operator);
    core.seal_json(keys.descriptions(), &aad, &account.as_str())
}

pub(in crate::vault) fn open_account(
    core: &Core,
    case: &CaseRow,
    operator: &OperatorId,
    sealed: &[u8],
) -> Result<AccountName, OperationError> {
    let keys = core.case_keys(&case.id)?;
    let aad = Aad::membership(&core.vault, &case.id, operator);
    let name: String = open_json(keys.descriptions(), &aad, sealed, "membership")?;
    AccountName::parse(&name).map_err(|_| OperationError::Damaged {
        place: "membership".to_owned(),
    })
}
