//! `GET /console/cases/{case}/requests`: the kinds of request that a reader of this role can see.

use askama::Template;

use super::KINDS;
use super::kind::SeenKind;
use crate::console::page::{Page, Shown};
use crate::console::visit::Visit;
use crate::operations::case::ReadCase;
use crate::vault::OperationError;
use crate::vault::scope::CaseView;

/// The kinds of request in a case.
pub struct KindsPage;

#[derive(Template)]
#[template(path = "request/kinds.html")]
struct Shows<'a> {
    visit: &'a Visit,
    case: CaseView,
    kinds: Vec<SeenKind>,
}

impl Page for KindsPage {
    type Operation = ReadCase;

    fn show(case: CaseView, visit: &Visit) -> Result<Shown, OperationError> {
        Shown::page(&Shows {
            visit,
            case,
            kinds: KINDS.iter().filter_map(|kind| kind(visit)).collect(),
        })
    }
}
