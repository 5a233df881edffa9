//! `GET` and `POST /console/cases/{case}/erasures/new`: asks for the erasure of one person's number. And
//! `POST /console/erasures/{erasure}/carrying-out`: carries one out.
//!
//! The number is in the request alone: no page shows it again.

use askama::Template;

use crate::console::form::Field;
use crate::console::html::Html;
use crate::console::page::{Page, Shown};
use crate::console::refused::{Refused, who_else_can};
use crate::console::visit::Visit;
use crate::operations::case::ReadCase;
use crate::operations::erasure::{CarryOutErasure, ErasureCarriedOut, RequestErasure};
use crate::operations::two_person::Requested;
use crate::policy::ActionKind;
use crate::policy::who_may;
use crate::vault::OperationError;
use crate::vault::scope::CaseView;
use crate::vault::scope::requests::Erasure;

/// The form.
pub struct ErasureForm;

/// What the form does.
pub struct ErasurePage;

/// Carries an erasure out.
pub struct CarryOutErasurePage;

#[derive(Template)]
#[template(path = "request/ask_erasure.html")]
struct Asks<'a> {
    visit: &'a Visit,
    refused: Option<&'a Refused>,
    case: String,
    held: bool,
    /// Who can ask, if the reader cannot.
    who_can: Option<String>,
    who_decides: String,
}

#[derive(Template)]
#[template(path = "request/carry_out_erasure.html")]
struct Again<'a> {
    visit: &'a Visit,
    refused: Option<&'a Refused>,
    back: String,
}

impl<'a> Asks<'a> {
    fn of(visit: &'a Visit, refused: Option<&'a Refused>) -> Self {
        Self {
            visit,
            refused,
            case: visit.case().unwrap_or_default(),
            held: false,
            who_can: None,
            who_decides: who_may(ActionKind::DecideErasure).join(", "),
        }
    }
}

impl Page for ErasureForm {
    type Operation = ReadCase;

    fn show(case: CaseView, visit: &Visit) -> Result<Shown, OperationError> {
        Shown::page(&Asks {
            held: case.state == "held",
            who_can: who_else_can(case.role, ActionKind::RequestErasure),
            ..Asks::of(visit, None)
        })
    }
}

impl Page for ErasurePage {
    type Operation = RequestErasure;
    const FIELDS: &'static [Field] = &[
        Field::Secret("number"),
        Field::Optional("region"),
        Field::Text("purpose"),
        Field::Text("reason"),
    ];

    fn show(requested: Requested<Erasure>, visit: &Visit) -> Result<Shown, OperationError> {
        let path = format!("/console/erasures/{}", requested.id);
        Ok(Shown::Next(visit.done_at(&path)))
    }

    fn again(visit: &Visit, refused: &Refused) -> Option<Result<Html, OperationError>> {
        Some(Html::of(&Asks::of(visit, Some(refused))))
    }
}

impl Page for CarryOutErasurePage {
    type Operation = CarryOutErasure;
    const FIELDS: &'static [Field] = &[Field::Text("reason")];

    fn show(_: ErasureCarriedOut, visit: &Visit) -> Result<Shown, OperationError> {
        Ok(Shown::Next(visit.done_at(&Self::form_at(visit))))
    }

    fn form_at(visit: &Visit) -> String {
        visit.path.trim_end_matches("/carrying-out").to_owned()
    }

    fn again(visit: &Visit, refused: &Refused) -> Option<Result<Html, OperationError>> {
        Some(Html::of(&Again {
            visit,
            refused: Some(refused),
            back: Self::form_at(visit),
        }))
    }
}
