//! One leaf: what an operation did, or that it was denied or failed, as canonical JSON (RFC 8785).
//! The bytes are stored as made and never made again.
//!
//! The members are plain texts that the ledger fills from typed values. None may ever hold a phone
//! number. Of a reason the leaf holds only a commitment.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::{CaseId, Moment, OperatorId, Purpose, SessionId, words};
use crate::policy::ActionKind;

// The members are declared in the order of their names, which is the canonical order, so that the
// plain encoder gives the canonical bytes (a test compares it with a canonical encoder).
/// One entry of the audit log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Leaf {
    /// The action, from the closed list in `policy::action`.
    #[schema(value_type = ActionKind)]
    pub action: String,
    /// What about the call raised an alarm.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub alarm: Option<String>,
    /// The operator who asked for what this decision is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = OperatorId, required = false)]
    pub asker: Option<String>,
    /// SHA-256 over the assertion by which the caller's passkey signed this act, in base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub assertion: Option<String>,
    /// The case's id, if the call was about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = CaseId, required = false)]
    pub case: Option<String>,
    /// The digest of what was decided, in base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub decided: Option<String>,
    /// What a decision said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub decision: Option<Decision>,
    /// The salted commitment to the detail (see [`super::Commitment`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub detail: Option<String>,
    /// A digest in base64, such as that of an exhibit's blocks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub digest: Option<String>,
    /// The keyring's generation after the call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub generation: Option<u64>,
    /// The kind of denial or failure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub kind: Option<String>,
    /// The id of what the call was about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub object: Option<String>,
    /// The operator's id; absent for the vault itself and for strangers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = OperatorId, required = false)]
    pub operator: Option<String>,
    /// The name of the log.
    pub origin: String,
    /// How the call ended.
    pub outcome: Outcome,
    /// The purpose that was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Purpose, required = false)]
    pub purpose: Option<String>,
    /// The operator's role in the case or the vault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub role: Option<String>,
    /// How many records, numbers or rows the call was about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub rows: Option<u64>,
    /// The leaf's own number in the log, from 0.
    pub seq: u64,
    /// The session's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = SessionId, required = false)]
    pub session: Option<String>,
    /// A keyed token of a subject, or a digest of the list that was touched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub subjects: Option<String>,
    /// The successor of the log's key, signed by the key before (see [`super::Successor`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub successor: Option<String>,
    /// RFC 3339, in UTC with `Z`.
    #[schema(value_type = Moment)]
    pub time: String,
    /// The version of this format: 1.
    pub v: u64,
}

words! {
    /// How a call ended.
    pub enum Outcome {
        /// It was done.
        Done => "done",
        /// It was refused by the policy.
        Denied => "denied",
        /// It was allowed and failed.
        Failed => "failed",
    }
}

words! {
    /// What somebody said to what somebody else had asked.
    pub enum Decision {
        /// Yes.
        Approve => "approve",
        /// No.
        Deny => "deny",
    }
}

/// Why a leaf is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LeafError {
    /// A leaf has at most [`LEAF_BYTES_MAX`] bytes, but this one has `bytes`.
    #[error("a leaf has at most {LEAF_BYTES_MAX} bytes, but this one has {bytes}")]
    TooLong {
        /// The length in bytes.
        bytes: usize,
    },
    /// Not the JSON of a leaf: at a line and column.
    #[error("not the JSON of a leaf: line {line}, column {column}")]
    Json {
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
    },
    /// The JSON of the leaf is not in its canonical form.
    #[error("the JSON of the leaf is not in its canonical form")]
    NotCanonical,
    /// The leaf has version `v`, which this program does not know.
    #[error("the leaf has version {v}, which this program does not know")]
    Version {
        /// The version.
        v: u64,
    },
    /// The leaf's time is not RFC 3339 in UTC.
    #[error("the leaf's time is not RFC 3339 in UTC")]
    Time,
    /// A number in the leaf is too large for JSON to keep exactly.
    #[error("a number in the leaf is too large for JSON to keep exactly")]
    Number,
    /// The leaf could not be written as JSON.
    #[error("the leaf could not be written as JSON")]
    Encode,
}

impl Leaf {
    /// The canonical bytes. Refuses to write what `parse` would refuse.
    pub fn to_bytes(&self) -> Result<Vec<u8>, LeafError> {
        self.check()?;
        let bytes = self.encode(BYTES_USUAL)?;
        if bytes.len() > LEAF_BYTES_MAX {
            return Err(LeafError::TooLong { bytes: bytes.len() });
        }
        Ok(bytes)
    }

    /// Parses exactly what [`Leaf::to_bytes`] writes, and no other member, order or spelling.
    pub fn parse(bytes: &[u8]) -> Result<Self, LeafError> {
        Self::parse_timed(bytes).map(|(leaf, _)| leaf)
    }

    /// The same, with the parsed time.
    pub(super) fn parse_timed(bytes: &[u8]) -> Result<(Self, Timestamp), LeafError> {
        if bytes.len() > LEAF_BYTES_MAX {
            return Err(LeafError::TooLong { bytes: bytes.len() });
        }
        let leaf: Self = serde_json::from_slice(bytes).map_err(|e| LeafError::Json {
            line: e.line(),
            column: e.column(),
        })?;
        let time = leaf.check()?;
        if leaf.encode(bytes.len())? == bytes {
            Ok((leaf, time))
        } else {
            Err(LeafError::NotCanonical)
        }
    }

    fn check(&self) -> Result<Timestamp, LeafError> {
        if self.v != VERSION {
            return Err(LeafError::Version { v: self.v });
        }
        let numbers = [Some(self.seq), self.rows, self.generation];
        if numbers
            .into_iter()
            .flatten()
            .any(|number| number > NUMBER_MAX)
        {
            return Err(LeafError::Number);
        }
        match self.time.parse() {
            Ok(time) if self.time.ends_with('Z') => Ok(time),
            _ => Err(LeafError::Time),
        }
    }

    fn encode(&self, capacity: usize) -> Result<Vec<u8>, LeafError> {
        let mut bytes = Vec::with_capacity(capacity);
        serde_json::to_writer(&mut bytes, self).map_err(|_| LeafError::Encode)?;
        Ok(bytes)
    }
}

/// The largest entry that the two-byte length in a tile allows, in bytes.
pub const LEAF_BYTES_MAX: usize = 65_535;
const BYTES_USUAL: usize = 512;
const VERSION: u64 = 1;
/// 2^53 - 1, because JSON numbers are doubles.
pub(super) const NUMBER_MAX: u64 = (1 << 53) - 1;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::audit::tests::least;
    use proptest::prelude::*;

    fn parse(text: &str) -> Result<Leaf, LeafError> {
        Leaf::parse(text.as_bytes())
    }

    #[test]
    fn a_leaf_has_these_bytes() {
        let bytes = least().to_bytes().unwrap();
        let text = r#"{"action":"record.search","origin":"log.example/a","outcome":"denied","seq":7,"time":"2024-04-02T09:00:00Z","v":1}"#;
        assert_eq!(std::str::from_utf8(&bytes).unwrap(), text);
        assert_eq!(parse(text), Ok(least()));
    }

    #[test]
    fn what_is_not_canonical_or_not_a_member_is_refused() {
        let text = String::from_utf8(least().to_bytes().unwrap()).unwrap();
        for (from, to, error) in [
            (r#""v":1"#, r#""v":1 "#, Some(LeafError::NotCanonical)),
            (
                r#""v":1"#,
                r#""rows":null,"v":1"#,
                Some(LeafError::NotCanonical),
            ),
            (r#""seq":7"#, r#""seq":7.0"#, None),
            (r#""seq":7"#, r#""seq":-7"#, None),
            (r#""seq":7"#, r#""seq":7,"seq":7"#, None),
            (r#""v":1"#, r#""v":1,"x":1"#, None),
            (r#""v":1"#, r#""v":2"#, Some(LeafError::Version { v: 2 })),
            ("denied", "allowed", None),
            ("\"seq\":7,", "", None),
            ("2024-04-02T09:00:00Z", "yesterday", Some(LeafError::Time)),
            ("09:00:00Z", "09:00:00+00:00", Some(LeafError::Time)),
            (
                "record.search",
                r"record\u002esearch",
                Some(LeafError::NotCanonical),
            ),
            (
                "\"seq\":7",
                "\"seq\":9007199254740992",
                Some(LeafError::Number),
            ),
        ] {
            let changed = text.replacen(from, to, 1);
            assert_ne!(changed, text);
            let refused = parse(&changed).unwrap_err();
            assert!(
                error.is_none_or(|error| error == refused),
                "{changed} {refused}"
            );
        }
        assert_eq!(parse(&format!("{text}\n")), Err(LeafError::NotCanonical));
    }

    #[test]
    fn a_leaf_fills_a_tile_entry_and_no_more() {
        let mut leaf = least();
        leaf.alarm = Some(String::new());
        let room = LEAF_BYTES_MAX - leaf.to_bytes().unwrap().len();
        leaf.alarm = Some("x".repeat(room));
        assert_eq!(leaf.to_bytes().unwrap().len(), LEAF_BYTES_MAX);
        leaf.alarm = Some("x".repeat(room + 1));
        assert_eq!(
            leaf.to_bytes(),
            Err(LeafError::TooLong {
                bytes: LEAF_BYTES_MAX + 1
            })
        );
    }

    #[test]
    fn an_error_does_not_quote_the_leaf() {
        let text = r#"{"action":"record.search","unheard-of":1}"#;
        let error = parse(text).unwrap_err().to_string();
        assert!(
            !error.contains("unheard") && !error.contains("record"),
            "{error}"
        );
    }

    proptest! {
        #[test]
        fn the_bytes_are_those_of_the_canonical_encoder_and_read_back(
            texts: [String; 6],
            some: [bool; 6],
            rows in proptest::option::of(0..=NUMBER_MAX),
            seq in 0..=NUMBER_MAX,
        ) {
            let text = |at: usize| some[at].then(|| texts[at].clone());
            let leaf = Leaf {
                seq,
                rows,
                action: texts[0].clone(),
                case: text(1),
                object: text(2),
                detail: text(3),
                subjects: text(4),
                alarm: text(5),
                asker: text(2),
                assertion: text(4),
                decided: text(3),
                decision: some[0].then_some(Decision::Deny),
                generation: rows,
                successor: text(5),
                ..least()
            };
            let bytes = leaf.to_bytes().unwrap();
            prop_assert_eq!(&bytes, &serde_json_canonicalizer::to_vec(&leaf).unwrap());
            prop_assert_eq!(Leaf::parse(&bytes), Ok(leaf));
        }

        #[test]
        fn any_bytes_are_read_as_they_would_be_written_or_refused(bytes: Vec<u8>) {
            if let Ok(leaf) = Leaf::parse(&bytes) {
                prop_assert_eq!(leaf.to_bytes(), Ok(bytes));
            }
        }
    }
}
