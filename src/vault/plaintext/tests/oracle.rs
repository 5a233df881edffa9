//! Compares our reading of numbers with that of Python's `phonenumbers`, on sample numbers of every region in more than
//! forty human spellings (`tests/independent/phone_oracle.py`).
//!
//! `TOOLS_PYTHON` names a Python that has the package in the pinned version.

#[path = "../../../../tests/checks/outside.rs"]
mod outside;

use std::collections::BTreeSet;

use serde::Deserialize;

use super::super::*;

/// A text, and the number that the oracle reads in it.
#[derive(Debug, Deserialize)]
struct Case {
    spelling: String,
    text: String,
    region: Option<String>,
    e164: Option<String>,
    possible: bool,
    valid: bool,
    /// Its E.164 comes out unchanged.
    again: bool,
}

impl Case {
    /// The number, and whether its plan assigns it; `None` if the oracle knows of no such number.
    fn wanted(&self) -> Option<(String, bool)> {
        let e164 = self.e164.as_deref()?;
        match moved::new_form(e164.strip_prefix('+')?) {
            Some(new) => Some((format!("+{}", new.as_str()), true)),
            // Fewer than seven digits are no E.164 of a log.
            None if self.possible && self.again && e164.len() > 7 => {
                Some((e164.to_owned(), self.valid))
            }
            None => None,
        }
    }

    fn ours(&self) -> Option<(String, bool)> {
        let region = self.region.as_ref().map(|code| code.parse().unwrap());
        let parsed = Phone::parse_raw(RawNumber::new(&self.text), region).ok()?;
        Some((
            parsed.phone.e164().to_string(),
            parsed.state == NumberState::Valid,
        ))
    }
}

#[test]
fn sample_numbers_in_forty_spellings_are_the_numbers_that_python_reads() {
    let Some(cases) = cases() else { return };
    let (mut readable, mut read) = (0, 0);
    let (mut wrong, mut unread) = (Vec::new(), Vec::new());
    for case in &cases {
        let (wanted, ours) = (case.wanted(), case.ours());
        readable += usize::from(wanted.is_some());
        match (&wanted, &ours) {
            (Some(wanted), Some(ours)) if wanted == ours => read += 1,
            (_, Some(ours)) => wrong.push(format!("{case:?}: {ours:?}")),
            (Some(_), None) => unread.push(format!("{case:?}")),
            (None, None) => {}
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    let spellings: BTreeSet<&str> = cases.iter().map(|case| case.spelling.as_str()).collect();
    println!(
        "{} spellings of samples in {} ways, {read} of {readable} read",
        cases.len(),
        spellings.len()
    );
    assert!(
        spellings.len() >= 40 && readable > 50_000,
        "too few were compared"
    );
    assert!(
        read * 100 >= readable * 98,
        "unread:\n{}",
        unread.join("\n")
    );
}

/// `None` without the oracle.
fn cases() -> Option<Vec<Case>> {
    let output = outside::run_python("phone_oracle.py")?;
    let lines = String::from_utf8(output.stdout).unwrap();
    let cases = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap());
    Some(cases.collect())
}
