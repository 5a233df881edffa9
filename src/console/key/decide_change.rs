//! `POST /console/keys/slots/change/decision`: another administrator says yes or no to a change of the slots.

use askama::Template;

use super::SLOTS;
use crate::console::form::Field;
use crate::console::html::Html;
use crate::console::page::{Page, Shown};
use crate::console::refused::Refused;
use crate::console::visit::Visit;
use crate::operations::DecidedBody;
use crate::operations::key::DecideSlotChange;
use crate::vault::OperationError;

/// The decision about a change of the slots.
pub struct DecideSlotChangePage;

#[derive(Template)]
#[template(path = "key/decide_change.html")]
struct Again<'a> {
    visit: &'a Visit,
    refused: Option<&'a Refused>,
}

impl Page for DecideSlotChangePage {
    type Operation = DecideSlotChange;
    const FIELDS: &'static [Field] = &[Field::Text("decision"), Field::Text("reason")];

    fn show(_: DecidedBody, visit: &Visit) -> Result<Shown, OperationError> {
        Ok(Shown::Next(visit.done_at(SLOTS)))
    }

    fn form_at(_: &Visit) -> String {
        SLOTS.to_owned()
    }

    fn again(visit: &Visit, refused: &Refused) -> Option<Result<Html, OperationError>> {
        Some(Html::of(&Again {
            visit,
            refused: Some(refused),
        }))
    }
}
