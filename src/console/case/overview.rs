//! `GET /console/cases/{case}`: what a case is about.

use askama::Template;

use crate::console::page::{Page, Shown};
use crate::console::refused::Refused;
use crate::console::visit::Visit;
use crate::operations::case::ReadCase;
use crate::vault::OperationError;
use crate::vault::scope::CaseView;

/// One case.
pub struct CasePage;

#[derive(Template)]
#[template(path = "case/overview.html")]
struct Shows<'a> {
    visit: &'a Visit,
    /// No form of this page is refused on it.
    refused: Option<&'a Refused>,
    case: CaseView,
}

impl Page for CasePage {
    type Operation = ReadCase;

    fn show(case: CaseView, visit: &Visit) -> Result<Shown, OperationError> {
        Shown::page(&Shows {
            visit,
            refused: None,
            case,
        })
    }
}
