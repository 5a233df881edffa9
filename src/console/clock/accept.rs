//! `GET` and `POST /console/clock`: the vault's time beside the machine's, and the acceptance of the machine's after it
//! jumped.

use askama::Template;

use crate::console::form::Field;
use crate::console::html::Html;
use crate::console::page::{Page, Shown};
use crate::console::refused::Refused;
use crate::console::visit::Visit;
use crate::operations::clock::{AcceptTime, ClockState, ReadClock, TimeAccepted};
use crate::policy::ActionKind;
use crate::policy::who_may;
use crate::vault::OperationError;

/// The vault's clock.
pub struct ClockPage;

/// The acceptance of a time.
pub struct AcceptTimePage;

#[derive(Template)]
#[template(path = "clock/accept.html")]
struct Shows<'a> {
    visit: &'a Visit,
    refused: Option<&'a Refused>,
    /// None where the form is shown once more.
    clock: Option<ClockState>,
    /// Whether the form is there.
    asks: bool,
    who_can: String,
}

impl Page for ClockPage {
    type Operation = ReadClock;

    fn show(clock: ClockState, visit: &Visit) -> Result<Shown, OperationError> {
        Shown::page(&shows(visit, None, Some(clock)))
    }
}

impl Page for AcceptTimePage {
    type Operation = AcceptTime;
    const FIELDS: &'static [Field] = &[Field::Text("time"), Field::Text("reason")];

    fn show(_: TimeAccepted, visit: &Visit) -> Result<Shown, OperationError> {
        Ok(Shown::Next(visit.done_at(&visit.path)))
    }

    fn again(visit: &Visit, refused: &Refused) -> Option<Result<Html, OperationError>> {
        Some(Html::of(&shows(visit, Some(refused), None)))
    }
}

fn shows<'a>(
    visit: &'a Visit,
    refused: Option<&'a Refused>,
    clock: Option<ClockState>,
) -> Shows<'a> {
    Shows {
        visit,
        refused,
        asks: refused.is_some() || clock.as_ref().is_some_and(|clock| clock.in_doubt),
        clock,
        who_can: who_may(ActionKind::AcceptTime).join(", "),
    }
}
