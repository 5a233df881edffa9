//! `POST /console/keys/slots/change/carrying-out`: the asker changes the slots, and sees what opens a new one once, on
//! this page and nowhere else.

use askama::Template;

use super::SLOTS;
use crate::console::form::Field;
use crate::console::html::Html;
use crate::console::page::{Page, Shown};
use crate::console::refused::Refused;
use crate::console::visit::Visit;
use crate::operations::key::{CarryOutSlotChange, SlotCarriedOut};
use crate::vault::OperationError;

/// The change of the slots, and the secret of a new one.
pub struct CarryOutSlotChangePage;

#[derive(Template)]
#[template(path = "key/carried_out.html")]
struct Shows<'a> {
    visit: &'a Visit,
    done: SlotCarriedOut,
}

#[derive(Template)]
#[template(path = "key/carry_out_change.html")]
struct Again<'a> {
    visit: &'a Visit,
    refused: Option<&'a Refused>,
}

impl Page for CarryOutSlotChangePage {
    type Operation = CarryOutSlotChange;
    const FIELDS: &'static [Field] = &[Field::Text("reason")];

    fn show(done: SlotCarriedOut, visit: &Visit) -> Result<Shown, OperationError> {
        Shown::page(&Shows { visit, done })
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
