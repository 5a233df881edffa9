//! `POST /console/cases/{case}/{close|hold|reopen}`: a case moves from state to state, with a reason.

use askama::Template;

use crate::console::form::Field;
use crate::console::html::Html;
use crate::console::page::{Page, Shown};
use crate::console::refused::Refused;
use crate::console::visit::Visit;
use crate::operations::case::{CaseMoved, CloseCase, HoldCase, ReopenCase};
use crate::vault::OperationError;

/// Closes a case.
pub struct CloseCasePage;
/// Puts a case on hold.
pub struct HoldCasePage;
/// Opens a case again.
pub struct ReopenCasePage;

#[derive(Template)]
#[template(path = "case/move_on.html")]
struct Again<'a> {
    visit: &'a Visit,
    refused: Option<&'a Refused>,
    case: String,
}

macro_rules! moves {
    ($($page:ident $operation:ident;)*) => {$(
        impl Page for $page {
            type Operation = $operation;
            const FIELDS: &'static [Field] = &[Field::Text("reason")];

            fn show(_: CaseMoved, visit: &Visit) -> Result<Shown, OperationError> {
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
    )*};
}

moves! {
    CloseCasePage CloseCase;
    HoldCasePage HoldCase;
    ReopenCasePage ReopenCase;
}
