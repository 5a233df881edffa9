//! The report on a file: each count on a line, and the rows in quarantine by reason.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::cli::error::CliError;
use crate::cli::streams;
use crate::client::Output;

/// Prints the report: all of it as JSON or CSV, else each member on a line, the rows in quarantine by reason.
pub(super) fn show(report: &Value, output: &Output) -> Result<(), CliError> {
    if output.json || output.csv {
        return Ok(output.object(report)?);
    }
    let mut told = report.clone();
    let members = told.as_object_mut();
    let rejects = members.and_then(|members| {
        members.remove("rejects_more");
        members.remove("quarantined_by_kind");
        members.remove("rejects")
    });
    output.object(&told)?;
    let rejects = rejects.and_then(|rejects| rejects.as_array().cloned());
    for line in by_reason(&rejects.unwrap_or_default(), report) {
        streams::data(&line)?;
    }
    Ok(())
}

/// `quarantined: 319 (needs-region in number; first lines 8, 10, 20, …)`, a line for each reason.
fn by_reason(rejects: &[Value], report: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let mut reasons: BTreeMap<(String, Option<String>), Vec<u64>> = BTreeMap::new();
    for reject in rejects {
        let kind = text(&reject["kind"]).unwrap_or_default();
        let lines = reasons.entry((kind, text(&reject["column"]))).or_default();
        lines.extend(reject["line"].as_u64());
    }
    let counted = report["quarantined_by_kind"].as_array();
    let of_kind = |kind: &str| {
        let mut counted = counted.into_iter().flatten();
        let found = counted.find(|one| one["kind"] == kind)?;
        found["rows"].as_u64()
    };
    let told = reasons.iter().map(|((kind, column), lines)| {
        let alone = reasons.keys().filter(|(other, _)| other == kind).count() == 1;
        let listed = lines.len() as u64;
        // Of a reason in several columns only the rows that are listed are known by column.
        let rows = of_kind(kind).filter(|_| alone).unwrap_or(listed);
        let column = column
            .as_ref()
            .map_or(String::new(), |column| format!(" in {column}"));
        let first: Vec<_> = lines.iter().take(FIRST).map(u64::to_string).collect();
        let more = if rows > first.len() as u64 {
            ", …"
        } else {
            ""
        };
        format!(
            "quarantined: {rows} ({kind}{column}; first lines {}{more})",
            first.join(", ")
        )
    });
    told.collect()
}

/// How many lines are named for each reason.
const FIRST: usize = 5;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn rows_in_quarantine_are_told_by_reason() {
        let reject = |line: u64, column: &str, kind: &str| json!({"line": line, "column": column, "kind": kind});
        let rejects: Vec<_> = (1..=7)
            .map(|line| reject(line * 10, "number", "needs-region"))
            .chain([reject(9, "sent_at", "bad-time")])
            .collect();
        let report = json!({"quarantined_by_kind": [
            {"kind": "needs-region", "rows": 319}, {"kind": "bad-time", "rows": 1}]});
        assert_eq!(
            by_reason(&rejects, &report),
            [
                "quarantined: 1 (bad-time in sent_at; first lines 9)",
                "quarantined: 319 (needs-region in number; first lines 10, 20, 30, 40, 50, …)",
            ]
        );
    }
}
