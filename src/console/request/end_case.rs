//! `POST /console/destructions/{destruction}/{stop|carrying-out}`: an approved destruction is stopped or carried out.

use askama::Template;

use crate::console::form::Field;
use crate::console::html::Html;
use crate::console::page::{Page, Shown};
use crate::console::refused::Refused;
use crate::console::visit::Visit;
use crate::operations::Done;
use crate::operations::destruction::{CarryOutDestruction, DestroyedBody, StopDestruction};
use crate::vault::OperationError;

/// Stops a destruction.
pub struct StopPage;
/// Carries a destruction out.
pub struct CarryOutPage;

#[derive(Template)]
#[template(path = "request/end_case.html")]
struct Again<'a> {
    visit: &'a Visit,
    refused: Option<&'a Refused>,
    back: String,
    button: &'static str,
}

impl Page for StopPage {
    type Operation = StopDestruction;
    const FIELDS: &'static [Field] = &[Field::Text("reason")];

    fn show(_: Done, visit: &Visit) -> Result<Shown, OperationError> {
        Ok(Shown::Next(visit.done_at(&Self::form_at(visit))))
    }

    fn form_at(visit: &Visit) -> String {
        visit.path.trim_end_matches("/stop").to_owned()
    }

    fn again(visit: &Visit, refused: &Refused) -> Option<Result<Html, OperationError>> {
        Some(Html::of(&Again {
            visit,
            refused: Some(refused),
            back: Self::form_at(visit),
            button: "Stop the destruction",
        }))
    }
}

impl Page for CarryOutPage {
    type Operation = CarryOutDestruction;
    const FIELDS: &'static [Field] = &[Field::Text("reason")];

    fn show(destroyed: DestroyedBody, visit: &Visit) -> Result<Shown, OperationError> {
        let path = format!("/console/cases/{}/certificate", destroyed.case);
        Ok(Shown::Next(visit.done_at(&path)))
    }

    fn form_at(visit: &Visit) -> String {
        visit.path.trim_end_matches("/carrying-out").to_owned()
    }

    fn again(visit: &Visit, refused: &Refused) -> Option<Result<Html, OperationError>> {
        Some(Html::of(&Again {
            visit,
            refused: Some(refused),
            back: Self::form_at(visit),
            button: "Destroy the case",
        }))
    }
}
