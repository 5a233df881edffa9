//! `POST /console/cases/{case}/retention`: until when a case is to be kept.

use askama::Template;

use crate::console::form::Field;
use crate::console::html::Html;
use crate::console::page::{Page, Shown};
use crate::console::refused::Refused;
use crate::console::visit::Visit;
use crate::operations::Done;
use crate::operations::case::SetRetention;
use crate::vault::OperationError;

/// Sets until when a case is kept.
pub struct RetentionPage;

#[derive(Template)]
#[template(path = "case/retention.html")]
struct Again<'a> {
    visit: &'a Visit,
    refused: Option<&'a Refused>,
    case: String,
}

impl Page for RetentionPage {
    type Operation = SetRetention;
    const FIELDS: &'static [Field] = &[Field::Optional("keep_until"), Field::Text("reason")];

    fn show(_: Done, visit: &Visit) -> Result<Shown, OperationError> {
        Ok(Shown::Next(visit.done_at(&Self::form_at(visit))))
    }

    fn form_at(visit: &Visit) -> String {
        format!("/console/cases/{}", visit.case().unwrap_or_default())
    }

    fn again(visit: &Visit, refused: &Refused) -> Option<Result<Html, OperationError>> {
        Some(Html::of(&Again {
            visit,
            refused: Some(refused),
            case: visit.case().unwrap_or_default(),
        }))
    }
}
