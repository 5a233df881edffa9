//! The tag files `bagit.txt` and `bag-info.txt` of a bag (RFC 8493).
//!
//! `bag-info.txt` is not encrypted, so it has no count of rows and no free text about people.

use crate::domain::Moment;
use crate::evidence::EvidenceError;
use crate::evidence::profile::PROFILE_IDENTIFIER;

/// What a package says about itself in the clear.
#[derive(Debug, Clone)]
pub struct BagInfo {
    /// `Source-Organization`.
    pub source_organization: String,
    /// `External-Description`: the profile of the export.
    pub external_description: String,
    /// `External-Identifier`: the id of the export.
    pub external_identifier: String,
    /// `Bagging-Date` is its day in UTC; the members of the tar have it as their time.
    pub bagged_at: Moment,
    /// Further labels, such as `Audit-Origin`, `Audit-Index` and `Audit-Checkpoint-Root`.
    pub extra: Vec<(String, String)>,
}

impl BagInfo {
    pub(super) fn render(&self, oxum: Oxum) -> Result<String, EvidenceError> {
        let moment = self.bagged_at.to_string();
        let date = moment.split_once('T').map_or("", |(date, _)| date);
        let agent = concat!("breachvault ", env!("CARGO_PKG_VERSION"));
        let oxum = oxum.to_string();
        let own: [(&'static str, &str); 7] = [
            ("Source-Organization", &self.source_organization),
            ("External-Description", &self.external_description),
            ("External-Identifier", &self.external_identifier),
            ("Bagging-Date", date),
            ("Bag-Software-Agent", agent),
            ("Payload-Oxum", &oxum),
            ("BagIt-Profile-Identifier", PROFILE_IDENTIFIER),
        ];
        let mut text = String::new();
        for (label, value) in own {
            if !is_value(value) {
                return Err(EvidenceError::InfoValue { label });
            }
            text.push_str(&format!("{label}: {value}\n"));
        }
        for (at, (label, value)) in self.extra.iter().enumerate() {
            if label == "BagIt-Profile-Identifier" && value == PROFILE_IDENTIFIER {
                continue;
            }
            let earlier = self.extra.iter().take(at).map(|(label, _)| label.as_str());
            let taken = own
                .iter()
                .map(|(label, _)| *label)
                .chain(earlier)
                .any(|other| other.eq_ignore_ascii_case(label));
            if taken || !is_label(label) || !is_value(value) {
                return Err(EvidenceError::InfoExtra { position: at + 1 });
            }
            text.push_str(&format!("{label}: {value}\n"));
        }
        for label in REQUIRED {
            let there = |line: &str| line.split_once(':').is_some_and(|(l, _)| l == label);
            if !text.lines().any(there) {
                return Err(EvidenceError::InfoMissing { label });
            }
        }
        Ok(text)
    }
}

/// Payload-Oxum: how many bytes and how many files the payload has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Oxum {
    pub(super) bytes: u64,
    pub(super) files: u64,
}

impl Oxum {
    pub(super) fn count(&mut self, bytes: u64) {
        self.bytes = self.bytes.saturating_add(bytes);
        self.files += 1;
    }
}

impl std::fmt::Display for Oxum {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.bytes, self.files)
    }
}

/// Parses a bag-info into labels and values, in order; `Err` is the number of the bad line.
pub(super) fn parse_info(bytes: &[u8]) -> Result<Vec<(String, String)>, usize> {
    let text = std::str::from_utf8(bytes).map_err(|_| 1_usize)?;
    let mut entries: Vec<(String, String)> = Vec::new();
    for (at, line) in text.lines().enumerate() {
        if line.starts_with([' ', '\t']) {
            let (_, value) = entries.last_mut().ok_or(at + 1)?;
            value.push(' ');
            value.push_str(line.trim());
        } else {
            let (label, value) = line.split_once(':').ok_or(at + 1)?;
            entries.push((label.to_owned(), value.trim().to_owned()));
        }
    }
    Ok(entries)
}

fn is_label(label: &str) -> bool {
    (1..=64).contains(&label.len())
        && label
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

fn is_value(value: &str) -> bool {
    (1..=1000).contains(&value.chars().count())
        && value.trim() == value
        && !value
            .chars()
            .any(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}'))
}

pub(super) const DECLARATION: &str = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";

/// The labels that a package must have exactly once, as the BagIt profile says too.
pub(super) const REQUIRED: [&str; 11] = [
    "Source-Organization",
    "External-Description",
    "External-Identifier",
    "Bagging-Date",
    "Payload-Oxum",
    "BagIt-Profile-Identifier",
    "Audit-Origin",
    "Audit-Index",
    "Audit-Checkpoint-Root",
    "Export-Profile",
    "Legal-Basis",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::tests::fixture::info;

    fn oxum() -> Oxum {
        Oxum {
            bytes: 10,
            files: 2,
        }
    }

    #[test]
    fn bag_info_has_every_required_label_and_reads_back() {
        let text = info().render(oxum()).unwrap();
        assert!(text.contains("Bagging-Date: 2024-04-02\n"));
        assert!(text.contains("Payload-Oxum: 10.2\n"));
        let entries = parse_info(text.as_bytes()).unwrap();
        for label in REQUIRED {
            assert_eq!(
                entries.iter().filter(|(l, _)| l == label).count(),
                1,
                "{label}"
            );
        }
    }

    #[test]
    fn a_value_that_would_make_another_line_is_refused() {
        for value in ["", "a\nPayload-Oxum: 1.1", "a\r", " a", "a ", "a\u{2028}b"] {
            let mut info = info();
            info.external_description = value.to_owned();
            assert!(
                matches!(
                    info.render(oxum()),
                    Err(EvidenceError::InfoValue {
                        label: "External-Description"
                    })
                ),
                "{value:?}"
            );
        }
    }

    #[test]
    fn an_extra_label_is_plain_and_new() {
        for label in ["", "a b", "a:b", "payload-oxum", "Audit-Index", "é"] {
            let mut info = info();
            info.extra.push((label.to_owned(), "x".to_owned()));
            let position = info.extra.len();
            assert!(
                matches!(info.render(oxum()), Err(EvidenceError::InfoExtra { position: p }) if p == position),
                "{label:?}"
            );
        }
        let mut info = info();
        info.extra.push((
            "BagIt-Profile-Identifier".to_owned(),
            PROFILE_IDENTIFIER.to_owned(),
        ));
        let text = info.render(oxum()).unwrap();
        assert_eq!(text.matches("BagIt-Profile-Identifier").count(), 1);
    }

    #[test]
    fn a_package_without_its_place_in_the_log_is_not_made() {
        let mut info = info();
        info.extra.retain(|(label, _)| label != "Audit-Index");
        assert!(matches!(
            info.render(oxum()),
            Err(EvidenceError::InfoMissing {
                label: "Audit-Index"
            })
        ));
    }

    #[test]
    fn a_time_out_of_range_is_refused() {
        let mut info = info();
        info.bagged_at = Moment::from_seconds(i64::MAX);
        assert!(matches!(
            info.render(oxum()),
            Err(EvidenceError::InfoValue {
                label: "Bagging-Date"
            })
        ));
    }

    #[test]
    fn continued_lines_are_joined() {
        assert_eq!(
            parse_info(b"A: b\n  c\nD: e\n"),
            Ok(vec![("A".into(), "b c".into()), ("D".into(), "e".into())])
        );
        assert_eq!(parse_info(b" x\n"), Err(1));
        assert_eq!(parse_info(b"A: b\nx\n"), Err(2));
    }
}
