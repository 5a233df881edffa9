//! `Accept: text/csv`: the rows of a list as CSV, of the same view and under the same receipt as its JSON.
//!
//! Cells are written by `evidence`, so that a spreadsheet neither runs nor changes them. The `next` of a page is in the
//! header `Page-Next`.

use std::io::Write as _;

use axum::extract::Request;
use axum::response::Response;
use http::{HeaderName, HeaderValue, StatusCode, header};
use serde_json::Value;

use super::accept;
use super::answer::respond;
use super::app::App;
use super::authenticate::authenticate;
use super::problem::Problem;
use super::query;
use super::run::{Act, ids, pass};
use crate::domain::WipedBuffer;
use crate::evidence::write_row;
use crate::operations::{Request as Asked, Sheet};
use crate::vault::{Answer, Operation, OperationError, Reply, View as _, Wire};

/// The forms of a list, the server's favourite first.
pub(super) const FORMS: [&str; 2] = ["application/json", CSV];
/// What a sheet is sent as.
pub(super) const CSV: &str = "text/csv";
/// Names the next page of a sheet, which has no member for it.
pub(super) const PAGE_NEXT: HeaderName = HeaderName::from_static("page-next");

/// An answer and the name of the next page of a sheet.
pub(super) type Listed = (Reply, Option<String>);

/// An operation whose answer is a list: as JSON, or as CSV.
pub(super) fn listing<O: Asked>(as_sheet: bool) -> Act<Listed>
where
    <<O as Operation>::Answer as Answer>::View: Sheet,
{
    Act::of::<O>(O::SMALL, move |ended| {
        let (leaf, (wire, next)) = ended.render(|view, _| match as_sheet {
            true => of(&view),
            false => Ok((view.into_wire()?, None)),
        })?;
        Ok((Reply { leaf, wire }, next))
    })
}

/// Runs an operation whose input is the query and whose answer is a list. `act` is given whether CSV is wanted.
pub(super) async fn run_list(
    app: std::sync::Arc<App>,
    request: Request,
    names: &'static [&'static str],
    act: fn(bool) -> Act<Listed>,
) -> Result<Response, Problem> {
    let (mut parts, _) = request.into_parts();
    let as_sheet = accept::choose(&parts.headers, &FORMS) == Some(1);
    let caller = authenticate(&app, &parts).await?;
    let turn = app.turns.enter(&caller)?;
    let ids = ids(&mut parts).await;
    let asked = query::to_json(parts.uri.query().unwrap_or_default(), names);
    let (reply, next) = pass(&app, caller, &turn, ids, asked, act(as_sheet)).await?;
    let mut response = respond(reply, StatusCode::OK)?;
    let headers = response.headers_mut();
    headers.insert(header::VARY, HeaderValue::from_static("accept"));
    if let Some(next) = next.and_then(|next| HeaderValue::try_from(next).ok()) {
        headers.insert(PAGE_NEXT, next);
    }
    Ok(response)
}

/// The rows of a view as CSV, and the `next` of the view.
pub(super) fn of<S: Sheet>(view: &S) -> Result<(Wire, Option<String>), OperationError> {
    let failed = || OperationError::Internal("sheet::of");
    let view = serde_json::to_value(view).map_err(|_| failed())?;
    let rows = view.get(S::ROWS).and_then(Value::as_array);
    let mut out = WipedBuffer::with_capacity(4096);
    write_row(&mut out, S::COLUMNS.iter().copied()).map_err(|_| failed())?;
    for row in rows.ok_or_else(failed)? {
        let cells: Vec<String> = S::COLUMNS.iter().map(|column| cell(row, column)).collect();
        write_row(&mut out, cells.iter().map(String::as_str)).map_err(|_| failed())?;
    }
    out.flush().map_err(|_| failed())?;
    let next = view.get("next").and_then(Value::as_str).map(str::to_owned);
    let media = "text/csv; charset=utf-8; header=present";
    Ok((Wire::wiped(media, out.into_bytes()), next))
}

/// A cell: what is not there is empty, and the entries of a list stand side by side.
fn cell(row: &Value, column: &str) -> String {
    let mut names = column.split('.');
    let value = names.try_fold(row, |value, name| value.get(name));
    value.map(text).unwrap_or_default()
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(entries) if entries.iter().all(|entry| !entry.is_object()) => {
            entries.iter().map(text).collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde::Serialize;
    use serde_json::json;

    use super::*;
    use crate::vault::Body;

    #[derive(Serialize)]
    struct Names {
        names: Vec<Value>,
        next: Option<&'static str>,
    }

    impl Sheet for Names {
        const ROWS: &'static str = "names";
        const COLUMNS: &'static [&'static str] = &["name", "of.count", "roles", "absent"];
    }

    fn lines(names: Vec<Value>) -> Vec<String> {
        let (wire, next) = of(&Names {
            names,
            next: Some("n_1"),
        })
        .unwrap();
        assert_eq!(next.as_deref(), Some("n_1"));
        let Body::Bytes(bytes) = wire.into_body() else {
            panic!("a file");
        };
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        text.split_terminator("\r\n").map(str::to_owned).collect()
    }

    #[test]
    fn the_rows_of_a_list_become_lines_with_a_heading() {
        let row = json!({ "name": "a, \"b\"", "of": { "count": 7 }, "roles": ["lead", "liaison"] });
        assert_eq!(
            lines(vec![row]),
            [
                r#""name","of.count","roles","absent""#,
                r#""a, ""b""","7","lead, liaison","""#,
            ]
        );
        assert_eq!(lines(Vec::new()).len(), 1);
    }

    #[test]
    fn no_cell_is_a_formula() {
        for start in ["=", "+", "-", "@", "\t", "\r", "\n", "\u{ff1d}"] {
            let name = format!("{start}HYPERLINK(1)");
            let lines = lines(vec![json!({ "name": name })]).join("\r\n");
            let cell = lines.split_once("\r\n").unwrap().1;
            assert!(cell.starts_with("\"'"), "{cell:?}");
        }
    }
}
