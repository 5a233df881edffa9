//! `GET` and `POST /console/sitting`: the purpose and the reason of a sitting, which stand for every page that needs
//! them until they are changed here or somebody signs out.

use askama::Template;

use crate::console::form::Field;
use crate::console::page::{Page, Shown};
use crate::console::refused::Refused;
use crate::console::visit::{Visit, next_page};
use crate::domain::{Purpose, Reason, TextError};
use crate::operations::session::ReadSelf;
use crate::vault::OperationError;
use crate::vault::scope::SelfView;

/// The form.
pub struct SittingForm;

/// What the form does.
pub struct SittingPage;

#[derive(Template)]
#[template(path = "session/sitting.html")]
struct Shows<'a> {
    visit: &'a Visit,
    refused: Option<&'a Refused>,
    next: &'a str,
}

impl Page for SittingForm {
    type Operation = ReadSelf;

    fn show(_: SelfView, visit: &Visit) -> Result<Shown, OperationError> {
        Shown::page(&Shows {
            visit,
            refused: None,
            next: next_page(visit.form.text("next")),
        })
    }
}

impl Page for SittingPage {
    type Operation = ReadSelf;
    const KEPT: &'static [Field] = &[
        Field::Text("purpose"),
        Field::Text("reason"),
        Field::Optional("next"),
    ];

    fn show(_: SelfView, visit: &Visit) -> Result<Shown, OperationError> {
        let next = next_page(visit.form.text("next"));
        let purpose = visit.form.text("purpose").parse::<Purpose>();
        let reason = match visit.form.held_number("reason") {
            true => Err(TextError::HoldsNumber),
            false => Reason::parse(visit.form.text("reason")),
        };
        let wrong = match (purpose, reason) {
            (Ok(_), Ok(_)) => return Ok(Shown::Next(next.to_owned())),
            (Err(error), _) => ("purpose", error.to_string()),
            (_, Err(error)) => ("reason", error.to_string()),
        };
        let refused = Refused {
            kind: "invalid",
            title: "A part of the form breaks a rule.",
            at: Some(wrong.0.to_owned()),
            rule: Some(wrong.1),
            ..Refused::default()
        };
        Shown::page(&Shows {
            visit,
            refused: Some(&refused),
            next,
        })
    }
}
