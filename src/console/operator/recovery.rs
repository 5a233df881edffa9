//! `GET /console/recovery`: the form of somebody who lost their passkeys; and the end of a recovery by somebody else.

use askama::Template;

use crate::console::form::Field;
use crate::console::page::{Page, Shown};
use crate::console::refused::Refused;
use crate::console::visit::Visit;
use crate::domain::Moment;
use crate::operations::recovery::StopRecovery;
use crate::vault::OperationError;
use crate::vault::scope::RecoveryStopped;

/// The form to recover an account.
#[derive(Template)]
#[template(path = "operator/recovery.html")]
pub struct RecoveryPage<'a> {
    /// The request.
    pub visit: &'a Visit,
    /// Why the last try was refused.
    pub refused: Option<&'a Refused>,
    /// From when a new passkey can be enrolled, if the recovery waits.
    pub waits_until: Option<Moment>,
}

/// Stops the recovery of somebody.
pub struct StopRecoveryPage;

impl Page for StopRecoveryPage {
    type Operation = StopRecovery;
    const FIELDS: &'static [Field] = &[Field::Optional("reason")];

    fn show(_: RecoveryStopped, visit: &Visit) -> Result<Shown, OperationError> {
        Ok(Shown::Next(visit.done_at(&Self::form_at(visit))))
    }

    fn form_at(_: &Visit) -> String {
        "/console/operators".to_owned()
    }
}
