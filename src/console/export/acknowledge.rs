//! `POST /console/exports/{export}/acknowledgement`: the receiver has the package.

use askama::Template;

use crate::console::form::Field;
use crate::console::html::Html;
use crate::console::page::ViewOf;
use crate::console::page::{Page, Shown};
use crate::console::refused::Refused;
use crate::console::visit::Visit;
use crate::operations::export::AcknowledgeExport;
use crate::vault::OperationError;

/// Records that the receiver has the package.
pub struct AcknowledgePage;

#[derive(Template)]
#[template(path = "export/acknowledge.html")]
struct Again<'a> {
    visit: &'a Visit,
    refused: Option<&'a Refused>,
    export: String,
}

impl Page for AcknowledgePage {
    type Operation = AcknowledgeExport;
    const FIELDS: &'static [Field] = &[
        Field::Text("tagmanifest_sha256"),
        Field::Text("received_by"),
        Field::Text("reason"),
    ];

    fn show(_: ViewOf<Self>, visit: &Visit) -> Result<Shown, OperationError> {
        Ok(Shown::Next(visit.done_at(&Self::form_at(visit))))
    }

    fn form_at(visit: &Visit) -> String {
        visit.path.trim_end_matches("/acknowledgement").to_owned()
    }

    fn again(visit: &Visit, refused: &Refused) -> Option<Result<Html, OperationError>> {
        Some(Html::of(&Again {
            visit,
            refused: Some(refused),
            export: Self::form_at(visit),
        }))
    }
}
