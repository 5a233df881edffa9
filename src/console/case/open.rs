//! `GET` and `POST /console/cases/new`: opens a case.

use askama::Template;

use crate::console::form::Field;
use crate::console::html::Html;
use crate::console::page::{Page, Shown};
use crate::console::refused::Refused;
use crate::console::visit::Visit;
use crate::operations::case::{OpenCase, OpenedCase};
use crate::operations::session::ReadSelf;
use crate::policy::ActionKind;
use crate::policy::who_may;
use crate::vault::OperationError;
use crate::vault::scope::SelfView;

/// The form.
pub struct NewCase;

/// What the form does.
pub struct OpenCasePage;

#[derive(Template)]
#[template(path = "case/open.html")]
struct Shows<'a> {
    visit: &'a Visit,
    refused: Option<&'a Refused>,
    /// Who can, for a reader who cannot.
    who_can: Option<String>,
}

impl Page for NewCase {
    type Operation = ReadSelf;

    fn show(me: SelfView, visit: &Visit) -> Result<Shown, OperationError> {
        let can = who_may(ActionKind::OpenCase);
        Shown::page(&Shows {
            visit,
            refused: None,
            who_can: (!can.contains(&me.role)).then(|| can.join(", ")),
        })
    }
}

impl Page for OpenCasePage {
    type Operation = OpenCase;
    const FIELDS: &'static [Field] = &[
        Field::Text("title"),
        Field::Text("reference"),
        Field::Optional("keep_until"),
        Field::Text("reason"),
    ];

    fn show(opened: OpenedCase, visit: &Visit) -> Result<Shown, OperationError> {
        let path = format!("/console/cases/{}", opened.case);
        Ok(Shown::Next(visit.done_at(&path)))
    }

    fn again(visit: &Visit, refused: &Refused) -> Option<Result<Html, OperationError>> {
        Some(Html::of(&Shows {
            visit,
            refused: Some(refused),
            who_can: None,
        }))
    }
}
