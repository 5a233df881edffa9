//! `GET` and `POST /console/cases/{case}/exhibits/{exhibit}/withdrawal`: asks for the withdrawal of an exhibit.

use askama::Template;

use crate::console::form::Field;
use crate::console::html::Html;
use crate::console::page::{Page, Shown};
use crate::console::refused::{Refused, who_else_can};
use crate::console::visit::Visit;
use crate::operations::case::ReadCase;
use crate::operations::two_person::Requested;
use crate::operations::withdrawal::RequestWithdrawal;
use crate::policy::ActionKind;
use crate::vault::scope::CaseView;
use crate::vault::scope::requests::Withdrawal;
use crate::vault::{OperationError, Price};

/// The form.
pub struct WithdrawalForm;

/// The request for a withdrawal.
pub struct WithdrawalPage;

#[derive(Template)]
#[template(path = "exhibit/ask_withdrawal.html")]
struct Asks<'a> {
    visit: &'a Visit,
    refused: Option<&'a Refused>,
    case: String,
    /// What asking costs.
    price: u32,
    /// Who can ask, if the reader cannot.
    who_can: Option<String>,
}

impl Page for WithdrawalForm {
    type Operation = ReadCase;

    fn show(case: CaseView, visit: &Visit) -> Result<Shown, OperationError> {
        Shown::page(&Asks {
            visit,
            refused: None,
            case: visit.case().unwrap_or_default(),
            price: Price::of_request(0).comparing(true).points(),
            who_can: who_else_can(case.role, ActionKind::RequestWithdrawal),
        })
    }
}

impl Page for WithdrawalPage {
    type Operation = RequestWithdrawal;
    const FIELDS: &'static [Field] = &[Field::Text("reason")];

    fn show(requested: Requested<Withdrawal>, visit: &Visit) -> Result<Shown, OperationError> {
        let path = format!("/console/withdrawals/{}", requested.id);
        Ok(Shown::Next(visit.done_at(&path)))
    }

    fn again(visit: &Visit, refused: &Refused) -> Option<Result<Html, OperationError>> {
        Some(Html::of(&Asks {
            visit,
            refused: Some(refused),
            case: visit.case().unwrap_or_default(),
            price: Price::of_request(0).comparing(true).points(),
            who_can: None,
        }))
    }
}
