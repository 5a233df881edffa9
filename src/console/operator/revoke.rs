//! `POST /console/operators/{operator}/revoke`: ends an account, its sessions and its rights.

use crate::console::form::Field;
use crate::console::page::{Page, Shown};
use crate::console::visit::Visit;
use crate::operations::operator::{OperatorRevoked, RevokeOperator};
use crate::vault::OperationError;

/// The end of an account.
pub struct RevokePage;

impl Page for RevokePage {
    type Operation = RevokeOperator;
    const FIELDS: &'static [Field] = &[Field::Optional("reason")];

    fn show(_: OperatorRevoked, visit: &Visit) -> Result<Shown, OperationError> {
        Ok(Shown::Next(visit.done_at(&Self::form_at(visit))))
    }

    fn form_at(_: &Visit) -> String {
        "/console/operators".to_owned()
    }
}
