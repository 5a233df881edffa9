//! `POST …/acknowledgement`: the receiver has the package.

use std::marker::PhantomData;

use askama::Template;

use crate::console::form::Field;
use crate::console::html::Html;
use crate::console::page::{Page, Shown, ViewOf};
use crate::console::refused::Refused;
use crate::console::visit::Visit;
use crate::operations::export::{Acknowledge, Acknowledgeable};
use crate::vault::OperationError;

/// Records that the receiver has the package.
pub struct AcknowledgePage<K>(PhantomData<fn(K)>);

#[derive(Template)]
#[template(path = "export/acknowledge.html")]
struct Again<'a> {
    visit: &'a Visit,
    refused: Option<&'a Refused>,
    /// The address of the request.
    request: String,
}

impl<K: Acknowledgeable> Page for AcknowledgePage<K> {
    type Operation = Acknowledge<K>;
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
            request: Self::form_at(visit),
        }))
    }
}
