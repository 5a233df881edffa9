//! `GET /console/audit/leaves/{leaf}`: one leaf, what it commits to, and its proof, which the script checks.

use askama::Template;
use serde_json::Value;

use crate::console::page::{Page, Shown};
use crate::console::visit::{Visit, word};
use crate::domain::RequestId;
use crate::operations::audit::ReadLeaf;
use crate::vault::OperationError;
use crate::vault::audit::Leaf;
use crate::vault::scope::{LeafView, LeafWords};

/// One leaf.
pub struct LeafPage;

#[derive(Template)]
#[template(path = "audit/leaf.html")]
struct Shows<'a> {
    visit: &'a Visit,
    seq: u64,
    members: Vec<(String, String)>,
    detail: Vec<(String, String)>,
    words: LeafWords,
    time: String,
    /// The request that it is about.
    request: Option<String>,
    /// The bytes that were hashed, as text.
    bytes: String,
    proof: String,
    vkey: String,
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
            request: request(&view.leaf),
            bytes: text(&view.leaf)?,
            time: view.leaf.time,
            words: view.words,
            proof: view.proof,
            vkey: view.vkey,
        })
    }
}

/// The id of the request that a leaf is about. Ids of all kinds are spelt alike, and some are no request's.
fn request(leaf: &Leaf) -> Option<String> {
    let object = leaf.object.as_ref()?;
    let other = object.starts_with(['c', 'o', 's', 'x']);
    (!other && object.parse::<RequestId>().is_ok()).then(|| object.clone())
}

/// The bytes of a leaf, which are JSON in its canonical form.
fn text(leaf: &Leaf) -> Result<String, OperationError> {
    let bytes = leaf.to_bytes().ok();
    let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    text.ok_or(OperationError::Internal("audit::leaf"))
}

/// The members of an object, each with its value in words.
fn members(object: &Value) -> Vec<(String, String)> {
    let members = object.as_object().into_iter().flatten();
    members
        .map(|(name, value)| (name.clone(), word(value)))
        .collect()
}
