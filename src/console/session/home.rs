//! `GET /console`: who is signed in, their cases and what is left of their budgets.

use askama::Template;

use crate::console::page::{Page, Shown};
use crate::console::visit::Visit;
use crate::operations::session::ReadSelf;
use crate::vault::OperationError;
use crate::vault::scope::SelfView;

/// The first page of somebody who is signed in.
pub struct Home;

#[derive(Template)]
#[template(path = "session/home.html")]
struct Shows<'a> {
    visit: &'a Visit,
    me: SelfView,
}

impl Page for Home {
    type Operation = ReadSelf;

    fn show(me: SelfView, visit: &Visit) -> Result<Shown, OperationError> {
        Shown::page(&Shows { visit, me })
    }
}
