//! `POST /console/cases/{case}/{close|hold|reopen|retention}`: a case moves from state to state, or is kept until
//! another date, with a reason.

use askama::Template;

use crate::console::form::Field;
use crate::console::html::Html;
use crate::console::page::{Page, Shown, ViewOf};
use crate::console::refused::Refused;
use crate::console::visit::Visit;
use crate::operations::case::{CaseMoved, CloseCase, HoldCase, ReopenCase, SetRetention};
use crate::policy::Action as _;
use crate::vault::{Done, Operation, OperationError};

/// Closes a case.
pub struct CloseCasePage;
/// Puts a case on hold.
pub struct HoldCasePage;
/// Opens a case again.
pub struct ReopenCasePage;
/// Sets until when a case is kept.
pub struct RetentionPage;

#[derive(Template)]
#[template(path = "case/move_on.html")]
struct Again<'a> {
    visit: &'a Visit,
    refused: Option<&'a Refused>,
    /// Whether it is about the date.
    dated: bool,
    /// Whether a passkey signs it.
    signed: bool,
    case: String,
}

/// Where to go on: to the request that somebody else decides, if there is one.
trait Next {
    fn request(&self) -> Option<String>;
}

impl Next for CaseMoved {
    fn request(&self) -> Option<String> {
        self.asked.as_ref().map(|id| format!("/console/moves/{id}"))
    }
}

impl Next for Done {
    fn request(&self) -> Option<String> {
        None
    }
}

macro_rules! moves {
    ($($page:ident $operation:ident $fields:expr;)*) => {$(
        impl Page for $page {
            type Operation = $operation;
            const FIELDS: &'static [Field] = $fields;

            fn show(view: ViewOf<Self>, visit: &Visit) -> Result<Shown, OperationError> {
                let next = view.request().unwrap_or_else(|| Self::form_at(visit));
                Ok(Shown::Next(visit.done_at(&next)))
            }

            fn form_at(visit: &Visit) -> String {
                format!("/console/cases/{}", visit.case().unwrap_or_default())
            }

            fn again(visit: &Visit, refused: &Refused) -> Option<Result<Html, OperationError>> {
                Some(Html::of(&Again {
                    visit,
                    refused: Some(refused),
                    dated: Self::FIELDS.len() == DATE_AND_REASON.len(),
                    signed: <$operation as Operation>::Action::KIND.needs_assertion(),
                    case: visit.case().unwrap_or_default(),
                }))
            }
        }
    )*};
}

moves! {
    CloseCasePage CloseCase REASON;
    HoldCasePage HoldCase REASON;
    ReopenCasePage ReopenCase REASON;
    RetentionPage SetRetention DATE_AND_REASON;
}

const REASON: &[Field] = &[Field::Text("reason")];
const DATE_AND_REASON: &[Field] = &[Field::Optional("keep_until"), Field::Text("reason")];
