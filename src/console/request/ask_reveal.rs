//! `GET` and `POST /console/cases/{case}/reveals/new`: asks to see the numbers of people who were ticked.

use askama::Template;

use crate::console::form::Field;
use crate::console::html::Html;
use crate::console::page::{Page, Shown};
use crate::console::refused::{Refused, who_can, who_else_can};
use crate::console::visit::Visit;
use crate::operations::case::ReadCase;
use crate::operations::reveal::{RequestReveal, RequestedReveal};
use crate::policy::ActionKind;
use crate::vault::OperationError;
use crate::vault::scope::CaseView;

/// The form.
pub struct RevealForm;

/// What the form does.
pub struct RevealPage;

#[derive(Template)]
#[template(path = "request/ask_reveal.html")]
struct Asks<'a> {
    visit: &'a Visit,
    refused: Option<&'a Refused>,
    subjects: Vec<&'a str>,
    case: String,
    /// Who can, for a reader who cannot.
    who_can: Option<String>,
    who_decides: String,
}

impl<'a> Asks<'a> {
    fn of(visit: &'a Visit, refused: Option<&'a Refused>, who_can_ask: Option<String>) -> Self {
        Self {
            visit,
            refused,
            subjects: visit.form.all("subjects").collect(),
            case: visit.case().unwrap_or_default(),
            who_can: who_can_ask,
            who_decides: who_can(ActionKind::DecideReveal).join(", "),
        }
    }
}

impl Page for RevealForm {
    type Operation = ReadCase;

    fn show(case: CaseView, visit: &Visit) -> Result<Shown, OperationError> {
        Shown::page(&Asks::of(
            visit,
            None,
            who_else_can(case.role, ActionKind::RequestReveal),
        ))
    }
}

impl Page for RevealPage {
    type Operation = RequestReveal;
    const FIELDS: &'static [Field] = &[
        Field::Tokens("subjects"),
        Field::Optional("ticket"),
        Field::Text("purpose"),
        Field::Text("reason"),
    ];

    fn show(requested: RequestedReveal, visit: &Visit) -> Result<Shown, OperationError> {
        let path = format!("/console/reveals/{}", requested.reveal);
        Ok(Shown::Next(visit.done_at(&path)))
    }

    fn again(visit: &Visit, refused: &Refused) -> Option<Result<Html, OperationError>> {
        Some(Html::of(&Asks::of(visit, Some(refused), None)))
    }
}
