//! `GET /console/keys/slots`: the keyring's slots, the change of them that waits, and the forms for the next step.

use askama::Template;

use crate::console::page::{Page, Shown};
use crate::console::refused::Refused;
use crate::console::visit::Visit;
use crate::operations::key::{ListSlots, SlotStep, Slots};
use crate::policy::RequestState;
use crate::vault::OperationError;
use crate::vault::scope::SlotChangeView;

/// The slots of the keyring.
pub struct SlotsPage;

#[derive(Template)]
#[template(path = "key/slots.html")]
struct Shows<'a> {
    visit: &'a Visit,
    refused: Option<&'a Refused>,
    slots: Slots,
    /// Whether the reader asked for the change that waits.
    own: bool,
    /// Whether the change was approved.
    approved: bool,
}

impl Page for SlotsPage {
    type Operation = ListSlots;

    fn show(slots: Slots, visit: &Visit) -> Result<Shown, OperationError> {
        let reader = visit.person.as_ref().map(|person| person.name.as_str());
        let change = slots.change.as_ref();
        Shown::page(&Shows {
            visit,
            refused: None,
            own: change.is_some_and(|change| reader == Some(change.asked_by.as_str())),
            approved: change.is_some_and(|change| change.state == RequestState::Approved.as_str()),
            slots,
        })
    }
}

/// What is asked for, in words.
fn wanted(change: &SlotChangeView) -> String {
    match change.slot {
        Some(slot) => format!("slot {slot} goes"),
        None if change.change == SlotStep::NewSigningKeys.as_str() => "new signing keys".to_owned(),
        None if change.change == SlotStep::RotateRoot.as_str() => "a new root".to_owned(),
        None => "a new slot".to_owned(),
    }
}
