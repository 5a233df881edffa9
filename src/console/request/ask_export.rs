//! `GET` and `POST /console/cases/{case}/exports/new`: asks for a package.

use askama::Template;

use crate::console::form::Field;
use crate::console::html::Html;
use crate::console::page::{Page, Shown};
use crate::console::refused::{Refused, who_can, who_else_can};
use crate::console::visit::Visit;
use crate::operations::case::ReadCase;
use crate::operations::export::{RequestExport, RequestedExport};
use crate::policy::ActionKind;
use crate::vault::OperationError;
use crate::vault::scope::CaseView;

/// The form.
pub struct ExportForm;

/// What the form does.
pub struct ExportPage;

/// The profiles, each with what it holds.
const PROFILES: [(&str, &str); 3] = [
    (
        "account-notice",
        "Account notice: the numbers and messages of one account, for its customer",
    ),
    ("scope-report", "Scope report: counts alone, no number"),
    (
        "evidence",
        "Evidence: every matching record with its number",
    ),
];

const FILTER: &[Field] = &[
    Field::Optional("sent_from"),
    Field::Optional("sent_to"),
    Field::Lines("country"),
    Field::Lines("kind"),
    Field::Lines("account"),
];

#[derive(Template)]
#[template(path = "request/ask_export.html")]
struct Asks<'a> {
    visit: &'a Visit,
    refused: Option<&'a Refused>,
    /// Who can, for a reader who cannot.
    who_can: Option<String>,
    who_decides: String,
}

impl<'a> Asks<'a> {
    fn of(visit: &'a Visit, refused: Option<&'a Refused>, who_can_ask: Option<String>) -> Self {
        Self {
            visit,
            refused,
            who_can: who_can_ask,
            who_decides: who_can(ActionKind::DecideExport).join(", "),
        }
    }
}

impl Page for ExportForm {
    type Operation = ReadCase;

    fn show(case: CaseView, visit: &Visit) -> Result<Shown, OperationError> {
        Shown::page(&Asks::of(
            visit,
            None,
            who_else_can(case.role, ActionKind::RequestExport),
        ))
    }
}

impl Page for ExportPage {
    type Operation = RequestExport;
    const FIELDS: &'static [Field] = &[
        Field::Text("profile"),
        Field::Group("filter", FILTER),
        Field::Lines("recipients"),
        Field::Text("legal_basis"),
        Field::Text("purpose"),
        Field::Text("reason"),
    ];

    fn show(requested: RequestedExport, visit: &Visit) -> Result<Shown, OperationError> {
        let path = format!("/console/exports/{}", requested.export);
        Ok(Shown::Next(visit.done_at(&path)))
    }

    fn again(visit: &Visit, refused: &Refused) -> Option<Result<Html, OperationError>> {
        Some(Html::of(&Asks::of(visit, Some(refused), None)))
    }
}
