//! `POST /console/cases/{case}/key/rotation`: an administrator gives a case a new key. The form is on the page Keys.

use askama::Template;

use crate::console::form::Field;
use crate::console::html::Html;
use crate::console::page::{Page, Shown};
use crate::console::refused::Refused;
use crate::console::visit::Visit;
use crate::operations::key::{CaseKeyRotating, RotateCaseKey};
use crate::vault::OperationError;

/// A new key for a case.
pub struct RotateCasePage;

#[derive(Template)]
#[template(path = "key/rotate_case.html")]
struct Again<'a> {
    visit: &'a Visit,
    refused: Option<&'a Refused>,
    new_key_for: String,
}

impl Page for RotateCasePage {
    type Operation = RotateCaseKey;
    const FIELDS: &'static [Field] = &[Field::Text("reason")];

    fn show(_: CaseKeyRotating, visit: &Visit) -> Result<Shown, OperationError> {
        Ok(Shown::Next(visit.done_at(KEYS)))
    }

    fn form_at(visit: &Visit) -> String {
        format!("{KEYS}?case={}", visit.case().unwrap_or_default())
    }

    fn again(visit: &Visit, refused: &Refused) -> Option<Result<Html, OperationError>> {
        Some(Html::of(&Again {
            visit,
            refused: Some(refused),
            new_key_for: visit.case().unwrap_or_default(),
        }))
    }
}

const KEYS: &str = "/console/keys";
