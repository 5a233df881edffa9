//! `GET /console/budgets`: what the reader has left in each case and when it fills up again, and the raises that wait.

use askama::Template;

use crate::console::page::{Page, Shown};
use crate::console::visit::Visit;
use crate::operations::inbox::{Inbox, ListInbox};
use crate::vault::OperationError;
use crate::vault::scope::SelfView;
use crate::vault::scope::requests::{WaitingView, WaitsFor};

/// The reader's budgets.
pub struct BudgetsPage;

#[derive(Template)]
#[template(path = "session/budgets.html")]
struct Shows<'a> {
    visit: &'a Visit,
    me: SelfView,
    /// Raises that the reader asked for, and those that the reader decides.
    asked: Vec<WaitingView>,
    decides: Vec<WaitingView>,
}

impl Page for BudgetsPage {
    type Operation = ListInbox;

    fn show(inbox: Inbox, visit: &Visit) -> Result<Shown, OperationError> {
        let raises = inbox.waiting.into_iter().filter(|one| one.kind == "raise");
        let (decides, asked) = raises.partition(|one| one.waits_for == WaitsFor::YourDecision);
        Shown::page(&Shows {
            visit,
            me: inbox.me,
            asked,
            decides,
        })
    }
}
