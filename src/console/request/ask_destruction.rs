//! `GET` and `POST /console/cases/{case}/destructions/new`: asks for the destruction of a case.

use askama::Template;

use crate::console::form::Field;
use crate::console::html::Html;
use crate::console::page::{Page, Shown};
use crate::console::refused::{Refused, who_else_can};
use crate::console::visit::Visit;
use crate::operations::case::ReadCase;
use crate::operations::destruction::RequestDestruction;
use crate::operations::two_person::Requested;
use crate::policy::ActionKind;
use crate::policy::who_may;
use crate::vault::OperationError;
use crate::vault::scope::CaseView;
use crate::vault::scope::requests::Destruction;

/// The form.
pub struct DestructionForm;

/// What the form does.
pub struct DestructionPage;

#[derive(Template)]
#[template(path = "request/ask_destruction.html")]
struct Asks<'a> {
    visit: &'a Visit,
    refused: Option<&'a Refused>,
    case: String,
    held: bool,
    /// Who can ask, if the reader cannot.
    who_can: Option<String>,
    who_decides: String,
}

impl<'a> Asks<'a> {
    fn of(visit: &'a Visit, refused: Option<&'a Refused>) -> Self {
        Self {
            visit,
            refused,
            case: visit.case().unwrap_or_default(),
            held: false,
            who_can: None,
            who_decides: who_may(ActionKind::DecideDestruction).join(", "),
        }
    }
}

impl Page for DestructionForm {
    type Operation = ReadCase;

    fn show(case: CaseView, visit: &Visit) -> Result<Shown, OperationError> {
        Shown::page(&Asks {
            held: case.state == "held",
            who_can: who_else_can(case.role, ActionKind::RequestDestruction),
            ..Asks::of(visit, None)
        })
    }
}

impl Page for DestructionPage {
    type Operation = RequestDestruction;
    const FIELDS: &'static [Field] = &[Field::Text("reason")];

    fn show(requested: Requested<Destruction>, visit: &Visit) -> Result<Shown, OperationError> {
        let path = format!("/console/destructions/{}", requested.id);
        Ok(Shown::Next(visit.done_at(&path)))
    }

    fn again(visit: &Visit, refused: &Refused) -> Option<Result<Html, OperationError>> {
        Some(Html::of(&Asks::of(visit, Some(refused))))
    }
}
