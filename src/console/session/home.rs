//! `GET /console`: who is signed in, what waits for them across all cases, their cases and budgets.

use askama::Template;

use crate::console::page::{Page, Shown};
use crate::console::visit::{Visit, word};
use crate::operations::inbox::{Inbox, ListInbox};
use crate::vault::OperationError;
use crate::vault::scope::requests::{WaitingView, WaitsFor};

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
