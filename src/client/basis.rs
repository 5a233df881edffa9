//! What an answer rests on, in words: without that nobody knows what a 'not exposed' is worth.

use std::io::{self, Write};

use serde_json::Value;

use super::failure::Failure;
use super::output::Output;
use super::shown::shown;
use super::table::plain;

/// Says what was searched: below a table, and beside CSV, which only rows may be in. JSON has it as the server said it.
pub(crate) fn tell_basis(output: &Output, answer: &Value) -> Result<(), Failure> {
    if output.json {
        return Ok(());
    }
    let told = basis_lines(answer.get("basis").unwrap_or(&Value::Null));
    if output.csv {
        told.iter().for_each(|line| output.words(line));
        return Ok(());
    }
    let mut out = io::stdout().lock();
    for line in &told {
        writeln!(out, "{}", shown(line)).map_err(Failure::output)?;
    }
    out.flush().map_err(Failure::output)
}

/// The same beside a file that has the answers.
pub(crate) fn tell_basis_of_file(output: &Output, answer: &Value) {
    let told = basis_lines(answer.get("basis").unwrap_or(&Value::Null));
    told.iter().for_each(|line| output.words(line));
}

fn basis_lines(basis: &Value) -> Vec<String> {
    let Some(exhibits) = basis.get("exhibits") else {
        return vec!["the server did not say what it searched".to_owned()];
    };
    let in_log = basis.get("account_in_log").and_then(Value::as_bool);
    let of = match in_log {
        Some(_) => "searched of your account",
        None => "searched",
    };
    let counted = |count: &Value, one: &str, many: &str| match count.as_u64() {
        Some(1) => format!("1 {one}"),
        _ => format!("{} {many}", plain(count)),
    };
    let mut line = format!("{of}: {}", counted(exhibits, "exhibit", "exhibits"));
    if let Some(records) = basis.get("records") {
        line.push_str(&format!(", {}", counted(records, "record", "records")));
    }
    if let (Some(first), Some(last)) = (basis.pointer("/span/first"), basis.pointer("/span/last")) {
        line.push_str(&format!(", sent from {} to {}", plain(first), plain(last)));
    }
    if let Some(rows) = basis.get("quarantined") {
        let rows = counted(rows, "row is", "rows are");
        line.push_str(&format!("; {rows} in quarantine and in no answer"));
    }
    if let Some(erased) = basis.get("erasures") {
        let erased = plain(erased);
        line.push_str(&format!("; numbers erased from the case: {erased}"));
        if erased == "*" {
            line.push_str(" (a few)");
        }
    }
    let mut lines = vec![line];
    if in_log == Some(false) {
        lines.push(
            "no admitted record has your account: no answer says anything about its people"
                .to_owned(),
        );
    }
    lines
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_basis_is_told_in_words() {
        let span = json!({ "first": "2024-03-01T00:04:11Z", "last": "2024-03-31T23:58:40Z" });
        let team = json!({ "exhibits": 1, "records": 1190, "span": span, "quarantined": 2,
            "erasures": "*" });
        assert_eq!(
            basis_lines(&team),
            [
                "searched: 1 exhibit, 1190 records, sent from 2024-03-01T00:04:11Z to \
                2024-03-31T23:58:40Z; 2 rows are in quarantine and in no answer; numbers erased \
                from the case: * (a few)"
            ]
        );
        let protected = json!({ "exhibits": 2, "quarantined": "*" });
        assert_eq!(
            basis_lines(&protected),
            ["searched: 2 exhibits; * rows are in quarantine and in no answer"]
        );
    }

    #[test]
    fn a_liaison_whose_account_is_in_no_exhibit_is_told_that_no_answer_counts() {
        let mut basis = json!({ "exhibits": 0, "records": 0, "quarantined": 0,
            "account_in_log": false });
        let told = basis_lines(&basis);
        assert!(told[0].starts_with("searched of your account: 0 exhibits, 0 records"));
        assert!(told[1].contains("no answer says anything about its people"));
        basis["account_in_log"] = json!(true);
        assert_eq!(basis_lines(&basis).len(), 1);
    }

    #[test]
    fn an_answer_without_a_basis_does_not_pass_for_one_that_has_it() {
        assert_eq!(basis_lines(&Value::Null).len(), 1);
    }
}
