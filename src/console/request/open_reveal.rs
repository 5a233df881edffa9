//! `POST /console/reveals/{reveal}/open`: the asker sees the numbers once, on this page and nowhere else.

use askama::Template;

use crate::console::page::{Page, Shown};
use crate::console::visit::Visit;
use crate::operations::reveal::{OpenReveal, OpenedBody};
use crate::vault::OperationError;

/// The numbers of an opened reveal.
pub struct OpenRevealPage;

#[derive(Template)]
#[template(path = "request/open_reveal.html")]
struct Shows<'a> {
    visit: &'a Visit,
    opened: OpenedBody,
}

impl Page for OpenRevealPage {
    type Operation = OpenReveal;

    fn show(opened: OpenedBody, visit: &Visit) -> Result<Shown, OperationError> {
        Shown::page(&Shows { visit, opened })
    }

    fn form_at(visit: &Visit) -> String {
        visit.path.trim_end_matches("/open").to_owned()
    }
}
