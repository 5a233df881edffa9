//! `POST /console/keys/slots/change`: an administrator asks for a new slot of the keyring, for the end of one, for new
//! signing keys, or for a new root.

use askama::Template;

use super::SLOTS;
use crate::console::form::Field;
use crate::console::html::Html;
use crate::console::page::{Page, Shown};
use crate::console::refused::Refused;
use crate::console::visit::Visit;
use crate::operations::key::{RequestSlotChange, SlotChangeAsked, SlotStep};
use crate::vault::OperationError;

/// The question for a change of the slots.
pub struct AskSlotChangePage;

#[derive(Template)]
#[template(path = "key/ask_change.html")]
struct Again<'a> {
    visit: &'a Visit,
    refused: Option<&'a Refused>,
    /// Whether it is the form that removes a slot.
    removes: bool,
    /// Whether it is the form for new signing keys.
    signs: bool,
    /// Whether it is the form for a new root; the fourth one adds a slot.
    renews: bool,
}

impl Page for AskSlotChangePage {
    type Operation = RequestSlotChange;
    const FIELDS: &'static [Field] = &[
        Field::Text("change"),
        Field::Optional("kind"),
        Field::Optional("label"),
        Field::Number("needed"),
        Field::Number("shares"),
        Field::AnyLines("recipients"),
        Field::Number("slot"),
        Field::Text("reason"),
    ];

    fn show(_: SlotChangeAsked, visit: &Visit) -> Result<Shown, OperationError> {
        Ok(Shown::Next(visit.done_at(SLOTS)))
    }

    fn form_at(_: &Visit) -> String {
        SLOTS.to_owned()
    }

    fn again(visit: &Visit, refused: &Refused) -> Option<Result<Html, OperationError>> {
        Some(Html::of(&Again {
            visit,
            refused: Some(refused),
            removes: visit.form.text("change") == SlotStep::Remove.as_str(),
            signs: visit.form.text("change") == SlotStep::NewSigningKeys.as_str(),
            renews: visit.form.text("change") == SlotStep::RotateRoot.as_str(),
        }))
    }
}
