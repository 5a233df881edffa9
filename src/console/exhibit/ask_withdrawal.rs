//! `POST /console/cases/{case}/exhibits/{exhibit}/withdrawal`: asks that an exhibit counts no more.

use askama::Template;

use crate::console::form::Field;
use crate::console::html::Html;
use crate::console::page::{Page, Shown};
use crate::console::refused::Refused;
use crate::console::visit::Visit;
use crate::operations::withdrawal::{RequestWithdrawal, RequestedWithdrawal};
use crate::vault::OperationError;

/// The request for a withdrawal.
pub struct WithdrawalPage;

#[derive(Template)]
#[template(path = "exhibit/ask_withdrawal.html")]
struct Again<'a> {
    visit: &'a Visit,
    refused: Option<&'a Refused>,
    case: String,
}

impl Page for WithdrawalPage {
    type Operation = RequestWithdrawal;
    const FIELDS: &'static [Field] = &[Field::Text("reason")];

    fn show(requested: RequestedWithdrawal, visit: &Visit) -> Result<Shown, OperationError> {
        let path = format!("/console/withdrawals/{}", requested.withdrawal);
        Ok(Shown::Next(visit.done_at(&path)))
    }

    fn form_at(visit: &Visit) -> String {
        format!(
            "/console/cases/{}/exhibits",
            visit.case().unwrap_or_default()
        )
    }

    fn again(visit: &Visit, refused: &Refused) -> Option<Result<Html, OperationError>> {
        Some(Html::of(&Again {
            visit,
            refused: Some(refused),
            case: visit.case().unwrap_or_default(),
        }))
    }
}
