//! `GET /console/audit/leaves/{leaf}`: one leaf, and what it commits to.

use askama::Template;
use serde_json::Value;

use crate::console::page::{Page, Shown};
use crate::console::visit::{Visit, word};
use crate::operations::audit::ReadLeaf;
use crate::vault::OperationError;
use crate::vault::scope::LeafView;

/// One leaf.
pub struct LeafPage;

#[derive(Template)]
#[template(path = "audit/leaf.html")]
struct Shows<'a> {
    visit: &'a Visit,
    seq: u64,
    members: Vec<(String, String)>,
    detail: Vec<(String, String)>,
}

impl Page for LeafPage {
    type Operation = ReadLeaf;

    fn show(view: LeafView, visit: &Visit) -> Result<Shown, OperationError> {
        let leaf = serde_json::to_value(&view.leaf)
            .map_err(|_| OperationError::Internal("audit::leaf"))?;
        Shown::page(&Shows {
            visit,
            seq: view.leaf.seq,
            members: members(&leaf),
            detail: members(view.detail.get("detail").unwrap_or(&Value::Null)),
        })
    }
}

/// The members of an object, each with its value in words.
fn members(object: &Value) -> Vec<(String, String)> {
    let members = object.as_object().into_iter().flatten();
    members
        .map(|(name, value)| (name.clone(), word(value)))
        .collect()
}
