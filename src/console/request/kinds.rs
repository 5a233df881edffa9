//! `GET /console/cases/{case}/requests`: the kinds of request that a reader of this role can see.

use askama::Template;

use super::each_kind;
use super::kind::{EachKind, Kind, SeenKind, listed};
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

/// Those that the reader can see.
struct Seen<'v> {
    visit: &'v Visit,
    kinds: Vec<SeenKind>,
}

impl EachKind for Seen<'_> {
    fn kind<K: Kind>(mut self) -> Self {
        self.kinds.extend(listed::<K>(self.visit));
        self
    }
}

impl Page for KindsPage {
    type Operation = ReadCase;

    fn show(case: CaseView, visit: &Visit) -> Result<Shown, OperationError> {
        let kinds = Vec::new();
        let Seen { kinds, .. } = each_kind(Seen { visit, kinds });
        Shown::page(&Shows { visit, case, kinds })
    }
}
