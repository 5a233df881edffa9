//! Compares our parsing of numbers with that of Python's `phonenumbers`, on the example numbers of every region
//! (`tests/independent/phone_oracle.py`).
//!
//! `TOOLS_PYTHON` names a Python that has the package in the pinned version.

#[path = "../../../tests/checks/outside.rs"]
mod outside;

use serde::Deserialize;

use super::*;

/// A text, and what the oracle parses it to.
#[derive(Debug, Deserialize)]
struct Case {
    text: String,
    region: Option<String>,
    e164: Option<String>,
    possible: bool,
    valid: bool,
    /// Its E.164 comes out unchanged.
    again: bool,
}

/// The intended differences from the oracle. In each of them we refuse a text that it accepts; we never parse it to
/// another number.
#[derive(Debug, PartialEq, Eq)]
enum Refusal {
    /// No text of such a length is a number of its plan. The oracle says so too.
    Impossible,
    /// Without `+`, fewer than seven digits may as well be a short code.
    ShortCode,
    /// E.164 of fewer than seven digits is not what a log means.
    ShortE164,
    /// E.164 comes out unchanged or not at all.
    Changed,
    /// The E.164 of a national text would not be read as that number again.
    NotAgain,
}

impl Case {
    fn wanted(&self) -> Result<(&str, bool), Refusal> {
        let Some(e164) = self.e164.as_deref().filter(|_| self.possible) else {
            return Err(Refusal::Impossible);
        };
        let digits = |text: &str| text.bytes().filter(u8::is_ascii_digit).count();
        let is_e164 = self
            .text
            .strip_prefix('+')
            .is_some_and(|rest| digits(rest) == rest.len());
        if digits(&self.text) < 7 && !self.text.contains('+') {
            Err(Refusal::ShortCode)
        } else if digits(e164) < 7 {
            Err(Refusal::ShortE164)
        } else if is_e164 && self.text != e164 {
            Err(Refusal::Changed)
        } else if !self.again {
            Err(Refusal::NotAgain)
        } else {
            Ok((e164, self.valid))
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
fn the_example_numbers_of_every_region_are_read_as_python_reads_them() {
    let Some(cases) = cases() else { return };
    let mut refused = Vec::new();
    let mut differences = Vec::new();
    for case in &cases {
        let wanted = case.wanted();
        let ours = case.ours();
        let same = match (&wanted, &ours) {
            (Ok((e164, valid)), Some((ours, is_valid))) => {
                (e164, valid) == (&ours.as_str(), is_valid)
            }
            (Err(_), None) => true,
            _ => false,
        };
        if !same {
            differences.push(format!("{case:?}: {wanted:?}, ours {ours:?}"));
        }
        refused.extend(wanted.err());
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    let count = |why: Refusal| refused.iter().filter(|other| **other == why).count();
    println!(
        "{} cases, {} read alike; refused alike {}, as short codes {}, as short E.164 {}, as changed {}, as not read again {}",
        cases.len(),
        cases.len() - refused.len(),
        count(Refusal::Impossible),
        count(Refusal::ShortCode),
        count(Refusal::ShortE164),
        count(Refusal::Changed),
        count(Refusal::NotAgain)
    );
    assert!(cases.len() - refused.len() > 7_000, "too few were compared");
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
