//! `POST /console/quarantines/{quarantine}/open`: the asker sees the rows in quarantine once, masked.

use askama::Template;

use crate::console::page::{Page, Shown};
use crate::console::visit::Visit;
use crate::operations::quarantine::{OpenQuarantine, OpenedQuarantine};
use crate::vault::OperationError;

/// The rows of an opened quarantine.
pub struct OpenQuarantinePage;

#[derive(Template)]
#[template(path = "request/open_quarantine.html")]
struct Shows<'a> {
    visit: &'a Visit,
    opened: OpenedQuarantine,
}

impl Page for OpenQuarantinePage {
    type Operation = OpenQuarantine;

    fn show(opened: OpenedQuarantine, visit: &Visit) -> Result<Shown, OperationError> {
        Shown::page(&Shows { visit, opened })
    }

    fn form_at(visit: &Visit) -> String {
        visit.path.trim_end_matches("/open").to_owned()
    }
}
