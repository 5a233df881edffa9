//! `GET /console/sessions` and `POST /console/sessions/{session}/end`: the reader's own open sessions, and the end of
//! one.

use askama::Template;

use crate::console::form::Field;
use crate::console::page::{Page, Shown};
use crate::console::visit::Visit;
use crate::operations::Done;
use crate::operations::session::{EndSession, ListSessions, SessionList};
use crate::vault::OperationError;

/// The reader's open sessions.
pub struct SessionsPage;

/// The end of one of them.
pub struct EndSessionPage;

#[derive(Template)]
#[template(path = "session/sessions.html")]
struct Shows<'a> {
    visit: &'a Visit,
    list: SessionList,
}

impl Page for SessionsPage {
    type Operation = ListSessions;
    const FIELDS: &'static [Field] = &[Field::Optional("limit"), Field::Optional("after")];

    fn show(list: SessionList, visit: &Visit) -> Result<Shown, OperationError> {
        Shown::page(&Shows { visit, list })
    }
}

impl Page for EndSessionPage {
    type Operation = EndSession;

    fn show(_: Done, visit: &Visit) -> Result<Shown, OperationError> {
        Ok(Shown::Next(visit.done_at(&Self::form_at(visit))))
    }

    fn form_at(_: &Visit) -> String {
        "/console/sessions".to_owned()
    }
}
