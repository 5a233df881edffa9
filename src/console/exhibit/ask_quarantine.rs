//! `GET` and `POST /console/cases/{case}/exhibits/{exhibit}/quarantine`: asks for an exhibit's rows in quarantine, to
//! be shown masked or to leave as a sealed list.

use askama::Template;

use crate::console::form::Field;
use crate::console::html::Html;
use crate::console::page::{Page, Shown};
use crate::console::refused::{Refused, who_else_can};
use crate::console::visit::Visit;
use crate::operations::case::ReadCase;
use crate::operations::quarantine::RequestQuarantine;
use crate::operations::two_person::Requested;
use crate::policy::ActionKind;
use crate::policy::who_may;
use crate::vault::OperationError;
use crate::vault::scope::CaseView;
use crate::vault::scope::requests::Quarantine;

/// The form.
pub struct QuarantineForm;

/// The request for a quarantine.
pub struct QuarantinePage;

#[derive(Template)]
#[template(path = "exhibit/ask_quarantine.html")]
struct Asks<'a> {
    visit: &'a Visit,
    refused: Option<&'a Refused>,
    case: String,
    /// Who can ask, if the reader cannot.
    who_can: Option<String>,
    who_decides: String,
}

/// The ways in which the rows are told, and how each reads.
const FORMS: [(&str, &str); 2] = [
    ("masked", "shown once to you, without a digit or a letter"),
    (
        "list",
        "sealed to recipients, with the cells of mapped columns",
    ),
];

impl<'a> Asks<'a> {
    fn of(visit: &'a Visit, refused: Option<&'a Refused>) -> Self {
        Self {
            visit,
            refused,
            case: visit.case().unwrap_or_default(),
            who_can: None,
            who_decides: who_may(ActionKind::DecideQuarantine).join(", "),
        }
    }
}

impl Page for QuarantineForm {
    type Operation = ReadCase;

    fn show(case: CaseView, visit: &Visit) -> Result<Shown, OperationError> {
        Shown::page(&Asks {
            who_can: who_else_can(case.role, ActionKind::RequestQuarantine),
            ..Asks::of(visit, None)
        })
    }
}

impl Page for QuarantinePage {
    type Operation = RequestQuarantine;
    const FIELDS: &'static [Field] = &[
        Field::Optional("form"),
        Field::Holders("recipients"),
        Field::Optional("legal_basis"),
        Field::Text("reason"),
    ];

    fn show(requested: Requested<Quarantine>, visit: &Visit) -> Result<Shown, OperationError> {
        let path = format!("/console/quarantines/{}", requested.id);
        Ok(Shown::Next(visit.done_at(&path)))
    }

    fn again(visit: &Visit, refused: &Refused) -> Option<Result<Html, OperationError>> {
        Some(Html::of(&Asks::of(visit, Some(refused))))
    }
}
