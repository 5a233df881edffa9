//! `POST /console/cases/{case}/exhibits/{exhibit}/quarantine`: asks to see an exhibit's rows in quarantine, masked.

use askama::Template;

use crate::console::form::Field;
use crate::console::html::Html;
use crate::console::page::{Page, Shown};
use crate::console::refused::Refused;
use crate::console::visit::Visit;
use crate::operations::quarantine::{RequestQuarantine, RequestedQuarantine};
use crate::vault::OperationError;

/// The request for a quarantine.
pub struct QuarantinePage;

#[derive(Template)]
#[template(path = "exhibit/ask_quarantine.html")]
struct Again<'a> {
    visit: &'a Visit,
    refused: Option<&'a Refused>,
    case: String,
}

impl Page for QuarantinePage {
    type Operation = RequestQuarantine;
    const FIELDS: &'static [Field] = &[Field::Text("reason")];

    fn show(requested: RequestedQuarantine, visit: &Visit) -> Result<Shown, OperationError> {
        let path = format!("/console/quarantines/{}", requested.quarantine);
        Ok(Shown::Next(visit.done_at(&path)))
    }

    fn form_at(visit: &Visit) -> String {
        format!(
            "/console/cases/{}/exhibits",
            visit.case().unwrap_or_default()
        )
    }

    fn again(visit: &Visit, refused: &Refused) -> Option<Result<Html, OperationError>> {
        Some(Html::of(&Again {
            visit,
            refused: Some(refused),
            case: visit.case().unwrap_or_default(),
        }))
    }
}
