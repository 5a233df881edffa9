//! `GET` and `POST /console/cases/{case}/raises/new`: asks for more lookup points.

use askama::Template;

use crate::console::form::Field;
use crate::console::html::Html;
use crate::console::page::{Page, Shown};
use crate::console::refused::Refused;
use crate::console::visit::Visit;
use crate::operations::case::ReadCase;
use crate::operations::raise::RequestRaise;
use crate::operations::two_person::Requested;
use crate::policy::ActionKind;
use crate::policy::who_may;
use crate::vault::OperationError;
use crate::vault::scope::CaseView;
use crate::vault::scope::requests::Raise;

/// The form.
pub struct RaiseForm;

/// What the form does.
pub struct RaisePage;

#[derive(Template)]
#[template(path = "request/ask_raise.html")]
struct Asks<'a> {
    visit: &'a Visit,
    refused: Option<&'a Refused>,
    who_decides: String,
}

impl<'a> Asks<'a> {
    fn of(visit: &'a Visit, refused: Option<&'a Refused>) -> Self {
        Self {
            visit,
            refused,
            who_decides: who_may(ActionKind::DecideRaise).join(", "),
        }
    }
}

impl Page for RaiseForm {
    type Operation = ReadCase;

    fn show(_: CaseView, visit: &Visit) -> Result<Shown, OperationError> {
        Shown::page(&Asks::of(visit, None))
    }
}

impl Page for RaisePage {
    type Operation = RequestRaise;
    const FIELDS: &'static [Field] = &[
        Field::Number("points"),
        Field::Text("until"),
        Field::Text("reason"),
    ];

    fn show(requested: Requested<Raise>, visit: &Visit) -> Result<Shown, OperationError> {
        let path = format!("/console/raises/{}", requested.id);
        Ok(Shown::Next(visit.done_at(&path)))
    }

    fn again(visit: &Visit, refused: &Refused) -> Option<Result<Html, OperationError>> {
        Some(Html::of(&Asks::of(visit, Some(refused))))
    }
}
