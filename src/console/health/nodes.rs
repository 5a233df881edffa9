//! `GET /console/nodes`: the nodes of the vault, and which of them run.

use askama::Template;

use crate::console::page::{Page, Shown};
use crate::console::visit::Visit;
use crate::operations::node::{ListNodes, NodeList};
use crate::vault::OperationError;

/// The nodes of the vault.
pub struct NodesPage;

#[derive(Template)]
#[template(path = "health/nodes.html")]
struct Shows<'a> {
    visit: &'a Visit,
    list: NodeList,
}

impl Page for NodesPage {
    type Operation = ListNodes;

    fn show(list: NodeList, visit: &Visit) -> Result<Shown, OperationError> {
        Shown::page(&Shows { visit, list })
    }
}

/// What a state means to somebody who reads the page.
fn in_words(state: &str) -> &'static str {
    match state {
        "runs" => "runs",
        "silent" => "runs, and does not answer",
        "lapsed" => "said nothing for three minutes",
        "cannot-start" => "cannot start: the tables are in a file of another directory",
        "struck-off" => "struck off",
        _ => "stopped",
    }
}
