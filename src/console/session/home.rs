//! `GET /console`: who is signed in, what waits for them across all cases, their cases and budgets.

use askama::Template;

use crate::console::form::Field;
use crate::console::page::{Page, Shown};
use crate::console::request::called::one;
use crate::console::visit::{Visit, word};
use crate::domain::CaseId;
use crate::operations::inbox::{Inbox, ListInbox};
use crate::policy::ActionKind;
use crate::vault::OperationError;
use crate::vault::scope::requests::{WaitingView, WaitsFor};
use crate::vault::scope::{SelfMembership, TaskKind, TaskView};

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

/// A page of a case that home leads to at once.
struct Link {
    to: String,
    read: &'static str,
}

/// The work that most begin with, as far as a member of the case may do it.
fn straight(visit: &Visit, case: &SelfMembership) -> Vec<Link> {
    const WORK: [(ActionKind, &str, &str); 5] = [
        (ActionKind::LookUp, "/lookup", "Look up"),
        (ActionKind::SearchRecords, "/records", "Records"),
        (ActionKind::Scope, "/scope", "Scope"),
        (
            ActionKind::RequestExport,
            "/exports/new",
            "Ask for an export",
        ),
        (ActionKind::BeginExhibit, "/exhibits/new", "Admit a file"),
    ];
    let may = |(action, _, _): &(ActionKind, _, _)| visit.may_in(case.role, case.state, *action);
    let link = |(_, path, read)| Link {
        to: format!("/console/cases/{}{path}", case.case),
        read,
    };
    WORK.into_iter().filter(may).map(link).collect()
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
        WaitsFor::Delay => "approved; a delay runs, and you can stop it",
        WaitsFor::OthersDecision => "somebody else decides",
    }
}

/// What a task is called.
fn called(task: &TaskView) -> &'static str {
    match task.kind {
        TaskKind::Clock => "The clock is in doubt",
        TaskKind::Thaw => "Lookups are frozen",
        TaskKind::Recognition => "A member is not recognised yet",
        TaskKind::Suspension => "A member is suspended",
        TaskKind::Retention => "A case is kept past its date",
        TaskKind::Backup => "The last backup failed",
        TaskKind::Destruction => "A destroyed case cannot be ended",
        TaskKind::Erasure => "An erasure cannot be ended",
        TaskKind::Slots => "The keyring's slots are to change",
        TaskKind::Recovery => "Somebody recovers their account",
        TaskKind::Keys => "A key is due",
    }
}

/// The page about the case of a task.
fn about(task: &TaskView, case: &CaseId) -> String {
    let page = match task.kind {
        TaskKind::Destruction => "/certificate",
        TaskKind::Erasure => "",
        _ if task.yours => "/members",
        _ => "",
    };
    format!("/console/cases/{case}{page}")
}

/// Who does what the reader cannot do.
fn who_else(task: &TaskView) -> &'static str {
    match task.kind {
        TaskKind::Clock => "You accepted it. Who can now: another lead or administrator.",
        TaskKind::Thaw => "These are yours. Who can thaw them: another lead of the case.",
        TaskKind::Recognition => "Who can recognise them: another lead of the case.",
        TaskKind::Suspension => "Who can lift it: another lead or administrator.",
        TaskKind::Retention => "Who can ask for its destruction or set another date: a lead.",
        TaskKind::Slots => "Who can decide it: another administrator.",
        TaskKind::Recovery => "Who can stop it: a lead or an administrator.",
        TaskKind::Keys => "Who can make a new one: an administrator.",
        TaskKind::Backup => "Who can mend it: an administrator, on the host.",
        TaskKind::Erasure => {
            "What is stored of the number could not be overwritten. It is tried again; who can mend it: an administrator, \
             on the host."
        }
        TaskKind::Destruction => {
            "Its keys or rows could not be deleted. It is tried again; who can mend it: an administrator, on the host."
        }
    }
}
