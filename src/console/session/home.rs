//! `GET /console`: who is signed in, what waits for them across all cases, their cases and budgets.

use askama::Template;

use crate::console::form::Field;
use crate::console::page::{Page, Shown};
use crate::console::visit::{Visit, word};
use crate::operations::inbox::{Inbox, ListInbox};
use crate::vault::OperationError;
use crate::vault::scope::requests::{WaitingView, WaitsFor};
use crate::vault::scope::{TaskKind, TaskView};

/// The first page of somebody who is signed in.
pub struct Home;

#[derive(Template)]
#[template(path = "session/home.html")]
struct Shows<'a> {
    visit: &'a Visit,
    inbox: Inbox,
}

impl Page for Home {
    type Operation = ListInbox;
    const ASKS: Option<&'static str> = Some("GET /inbox");
    const FIELDS: &'static [Field] = &[Field::Optional("limit"), Field::Optional("after")];

    fn show(inbox: Inbox, visit: &Visit) -> Result<Shown, OperationError> {
        Shown::page(&Shows { visit, inbox })
    }
}

/// The address of a request.
fn address(waiting: &WaitingView) -> String {
    format!("/console/{}s/{}", waiting.kind, waiting.request)
}

/// What the reader can do about it.
fn next_step(waiting: &WaitingView) -> &'static str {
    match waiting.waits_for {
        WaitsFor::YourDecision => "you decide",
        WaitsFor::YourUse => "approved; you go on",
        WaitsFor::OthersDecision => "somebody else decides",
    }
}

/// What a task is called.
fn called(task: &TaskView) -> &'static str {
    match task.kind {
        TaskKind::Clock => "The clock is in doubt",
        TaskKind::Thaw => "Lookups are frozen",
        TaskKind::Suspension => "A member is suspended",
        TaskKind::Backup => "The last backup failed",
    }
}

/// Who does what the reader cannot do.
fn who_else(task: &TaskView) -> &'static str {
    match task.kind {
        TaskKind::Clock => "You accepted it. Who can now: another lead or administrator.",
        TaskKind::Thaw => "These are yours. Who can thaw them: another lead of the case.",
        TaskKind::Suspension => "Who can lift it: another lead or administrator.",
        TaskKind::Backup => "Who can mend it: an administrator, on the host.",
    }
}
