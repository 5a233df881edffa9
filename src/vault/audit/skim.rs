//! Reads what the verifier needs from a leaf without building the leaf.
//!
//! It accepts the plain canonical spelling only (no escapes) and leaves all else to `Leaf::parse`.
//! It makes verification faster and never less strict.

use jiff::Timestamp;

use super::batch::Beside;
use super::checkpoint::decimal;
use super::key::continues;
use super::leaf::{LEAF_BYTES_MAX, Leaf, LeafError, NUMBER_MAX, Outcome};

/// What the verifier needs of a leaf.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) seq: u64,
    pub(super) outcome: Outcome,
    pub(super) time: Timestamp,
    pub(super) log: OfLog,
    /// Whether it names a successor of the log's key.
    pub(super) succeeds: bool,
}

/// The log that a leaf names as its origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OfLog {
    /// The one that is looked at.
    This,
    /// An earlier one of the vault, from whose leaves this one goes on since a restore.
    Earlier,
    Other,
}

impl OfLog {
    fn named(origin: &str, this: &str) -> Self {
        match origin == this {
            true => Self::This,
            false if continues(this, origin) => Self::Earlier,
            false => Self::Other,
        }
    }
}

/// The members of a leaf that are also stored beside it.
struct Repeated<'a> {
    operator: Option<&'a str>,
    case: Option<&'a str>,
    object: Option<&'a str>,
    action: &'a str,
}

impl Told {
    /// As strict as `Leaf::parse`. Also returns the first column beside the leaf that disagrees
    /// with it.
    pub(super) fn by(
        leaf: &[u8],
        origin: &str,
        beside: Option<&Beside<'_>>,
    ) -> Result<(Self, Option<&'static str>), LeafError> {
        if let Some((told, repeated)) = skim(leaf, origin) {
            return Ok((
                told,
                beside.and_then(|beside| told.differs(&repeated, beside)),
            ));
        }
        let (leaf, time) = Leaf::parse_timed(leaf)?;
        let told = Self {
            seq: leaf.seq,
            outcome: leaf.outcome,
            time,
            log: OfLog::named(&leaf.origin, origin),
            succeeds: leaf.successor.is_some(),
        };
        let repeated = Repeated {
            operator: leaf.operator.as_deref(),
            case: leaf.case.as_deref(),
            object: leaf.object.as_deref(),
            action: &leaf.action,
        };
        Ok((
            told,
            beside.and_then(|beside| told.differs(&repeated, beside)),
        ))
    }

    fn differs(&self, leaf: &Repeated<'_>, beside: &Beside<'_>) -> Option<&'static str> {
        [
            (self.time.as_second() == beside.time.seconds(), "time"),
            (leaf.operator == beside.operator, "operator"),
            (leaf.case == beside.case, "case_id"),
            (leaf.object == beside.object, "object"),
            (leaf.action == beside.action, "action"),
            (self.outcome.as_str() == beside.outcome, "outcome"),
        ]
        .into_iter()
        .find_map(|(same, column)| (!same).then_some(column))
    }
}

fn skim<'a>(leaf: &'a [u8], origin: &str) -> Option<(Told, Repeated<'a>)> {
    // Without an early exit, so that the compiler can check many bytes at once.
    let strange = leaf.iter().fold(false, |strange, &byte| {
        strange | (byte < 0x20) | (byte == b'\\')
    });
    if strange || leaf.len() > LEAF_BYTES_MAX {
        return None;
    }
    let mut rest = Rest(std::str::from_utf8(leaf).ok()?.strip_prefix('{')?);
    let action = rest.text("\"action\":")?;
    rest.may(",\"alarm\":", Rest::text)?;
    rest.may(",\"asker\":", Rest::text)?;
    rest.may(",\"assertion\":", Rest::text)?;
    let case = rest.may(",\"case\":", Rest::text)?;
    rest.may(",\"decided\":", Rest::text)?;
    match rest.may(",\"decision\":", Rest::text)? {
        None | Some("approve" | "deny") => {}
        Some(_) => return None,
    }
    rest.may(",\"detail\":", Rest::text)?;
    rest.may(",\"digest\":", Rest::text)?;
    rest.may(",\"generation\":", Rest::number)?;
    rest.may(",\"kind\":", Rest::text)?;
    let object = rest.may(",\"object\":", Rest::text)?;
    let operator = rest.may(",\"operator\":", Rest::text)?;
    let log = OfLog::named(rest.text(",\"origin\":")?, origin);
    let outcome = match rest.text(",\"outcome\":")? {
        "done" => Outcome::Done,
        "denied" => Outcome::Denied,
        "failed" => Outcome::Failed,
        _ => return None,
    };
    rest.may(",\"purpose\":", Rest::text)?;
    rest.may(",\"role\":", Rest::text)?;
    rest.may(",\"rows\":", Rest::number)?;
    let seq = rest.number(",\"seq\":")?;
    rest.may(",\"session\":", Rest::text)?;
    rest.may(",\"subjects\":", Rest::text)?;
    let succeeds = rest.may(",\"successor\":", Rest::text)?.is_some();
    let time = rest
        .text(",\"time\":")
        .filter(|time| time.ends_with('Z'))?
        .parse()
        .ok()?;
    let told = Told {
        seq,
        outcome,
        time,
        log,
        succeeds,
    };
    let repeated = Repeated {
        operator,
        case,
        object,
        action,
    };
    (rest.0 == ",\"v\":1}").then_some((told, repeated))
}

/// What is still to be read.
struct Rest<'a>(&'a str);

impl<'a> Rest<'a> {
    fn text(&mut self, name: &str) -> Option<&'a str> {
        let quoted = self.0.strip_prefix(name)?.strip_prefix('"')?;
        let end = memchr::memchr(b'"', quoted.as_bytes())?;
        let (text, rest) = quoted.split_at_checked(end)?;
        self.0 = rest.strip_prefix('"')?;
        Some(text)
    }

    fn number(&mut self, name: &str) -> Option<u64> {
        let rest = self.0.strip_prefix(name)?;
        let (number, _) = rest.split_once(',')?;
        self.0 = &rest[number.len()..];
        decimal(number).filter(|number| *number <= NUMBER_MAX)
    }

    /// A member that may be absent; `None` if it is present but malformed.
    fn may<T>(&mut self, name: &str, read: fn(&mut Self, &str) -> Option<T>) -> Option<Option<T>> {
        if self.0.starts_with(name) {
            return read(self, name).map(Some);
        }
        Some(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Moment;
    use crate::vault::audit::leaf::Decision;
    use proptest::prelude::*;

    fn leaf(texts: &[Option<String>; 10], seq: u64, rows: Option<u64>) -> Leaf {
        let [
            case,
            detail,
            digest,
            kind,
            object,
            operator,
            purpose,
            role,
            session,
            subjects,
        ] = texts.clone();
        Leaf {
            v: 1,
            seq,
            time: "2024-04-02T09:00:00.25Z".to_owned(),
            origin: "log.example/a".to_owned(),
            action: "record.search".to_owned(),
            outcome: Outcome::Done,
            alarm: case.clone(),
            asker: operator.clone(),
            assertion: digest.clone(),
            decided: digest.clone(),
            decision: rows.map(|_| Decision::Approve),
            case,
            detail,
            digest,
            kind,
            object,
            operator,
            purpose,
            role,
            session,
            successor: subjects.clone(),
            subjects,
            rows,
            generation: rows,
        }
    }

    fn parsed(bytes: &[u8]) -> Option<Told> {
        let (leaf, time) = Leaf::parse_timed(bytes).ok()?;
        let log = OfLog::named(&leaf.origin, "log.example/a");
        Some(Told {
            seq: leaf.seq,
            outcome: leaf.outcome,
            time,
            log,
            succeeds: leaf.successor.is_some(),
        })
    }

    proptest! {
        #[test]
        fn a_plain_leaf_is_skimmed_as_it_is_parsed(
            texts: [Option<String>; 10],
            seq in 0..=NUMBER_MAX,
            rows in proptest::option::of(0..=NUMBER_MAX),
        ) {
            let bytes = leaf(&texts, seq, rows).to_bytes().unwrap();
            let skimmed = skim(&bytes, "log.example/a");
            prop_assert_eq!(skimmed.is_some(), !bytes.contains(&b'\\'));
            let told = Told::by(&bytes, "log.example/a", None).ok();
            prop_assert_eq!(told.map(|(told, _)| told), parsed(&bytes));
            // The skimmed values are those that were written, and a column that disagrees is named.
            let leaf = Leaf::parse(&bytes).unwrap();
            let beside = Beside {
                time: Moment::from_seconds(1_712_048_400),
                operator: leaf.operator.as_deref(),
                case: leaf.case.as_deref(),
                object: leaf.object.as_deref(),
                action: &leaf.action,
                outcome: "done",
            };
            let wrong = |beside: &Beside<'_>| {
                Told::by(&bytes, "log.example/a", Some(beside)).unwrap().1
            };
            prop_assert_eq!(wrong(&beside), None);
            for (column, beside) in [
                ("time", Beside { time: Moment::from_seconds(1_712_048_401), ..beside }),
                ("operator", Beside { operator: Some("somebody else"), ..beside }),
                ("case_id", Beside { case: Some("another case"), ..beside }),
                ("object", Beside { object: Some("another object"), ..beside }),
                ("action", Beside { action: "another act", ..beside }),
                ("outcome", Beside { outcome: "denied", ..beside }),
            ] {
                prop_assert_eq!(wrong(&beside), Some(column));
            }
        }

        #[test]
        fn nothing_is_skimmed_that_would_not_parse(
            some: [bool; 10],
            at: prop::sample::Index,
            width in 0_usize..3,
            put in "[\\x00-\\x7f]{0,2}|[\",:{}0-9Zv]{0,3}",
        ) {
            let texts = some.map(|some| some.then(|| "x, y".to_owned()));
            let mut bytes = leaf(&texts, 10, Some(0)).to_bytes().unwrap();
            let at = at.index(bytes.len());
            let end = (at + width).min(bytes.len());
            bytes.splice(at..end, put.bytes());
            if let Some((told, _)) = skim(&bytes, "log.example/a") {
                prop_assert_eq!(Some(told), parsed(&bytes));
            }
        }
    }
}
