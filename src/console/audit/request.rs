//! `GET /console/requests/{request}/leaves`: everything that was done under one request, whatever became of it.

use askama::Template;

use crate::console::form::Field;
use crate::console::page::{Page, Shown};
use crate::console::visit::Visit;
use crate::operations::audit::ListRequestLeaves;
use crate::vault::OperationError;
use crate::vault::scope::requests::RequestLeavesView;

/// The leaves of a request.
pub struct RequestLeavesPage;

#[derive(Template)]
#[template(path = "audit/request.html")]
struct Shows<'a> {
    visit: &'a Visit,
    page: RequestLeavesView,
}

impl Page for RequestLeavesPage {
    type Operation = ListRequestLeaves;
    const FIELDS: &'static [Field] = &[Field::Optional("after"), Field::Optional("limit")];

    fn show(page: RequestLeavesView, visit: &Visit) -> Result<Shown, OperationError> {
        Shown::page(&Shows { visit, page })
    }
}
