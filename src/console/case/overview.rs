//! `GET /console/cases/{case}`: what a case is about.

use askama::Template;

use crate::console::page::{Page, Shown};
use crate::console::refused::Refused;
use crate::console::request::called::one;
use crate::console::visit::Visit;
use crate::operations::case::ReadOverview;
use crate::vault::OperationError;
use crate::vault::records::SearchedView;
use crate::vault::scope::requests::{ComingDestruction, WaitingView};
use crate::vault::scope::{CaseView, IntegrityView, LeftOut, OverviewView};

/// One case.
pub struct CasePage;

#[derive(Template)]
#[template(path = "case/overview.html")]
struct Shows<'a> {
    visit: &'a Visit,
    /// No form of this page is refused on it.
    refused: Option<&'a Refused>,
    case: CaseView,
    basis: Option<SearchedView>,
    integrity: IntegrityView,
    waiting: Vec<WaitingView>,
    left_out: Vec<LeftOut>,
    destruction: Option<ComingDestruction>,
}

impl Page for CasePage {
    type Operation = ReadOverview;
    const ASKS: Option<&'static str> = Some("GET /cases/{case}/overview");

    fn show(overview: OverviewView, visit: &Visit) -> Result<Shown, OperationError> {
        Shown::page(&Shows {
            visit,
            refused: None,
            case: overview.case,
            basis: overview.basis,
            integrity: overview.integrity,
            waiting: overview.waiting,
            left_out: overview.left_out.unwrap_or_default(),
            destruction: overview.destruction,
        })
    }
}

/// The act for which the whole log was recomputed, in words.
fn act(name: &str) -> &'static str {
    match name {
        "audit.search" => "a search of the audit log",
        "audit.volume" => "a count of its leaves",
        "audit.sign-off" => "a sign-off",
        _ => "a look at what was done under a request",
    }
}
