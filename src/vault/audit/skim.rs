//! Reading what the verifier needs of a leaf without building the leaf.
//!
//! Takes the plain canonical spelling only (no escapes). What it does not take
//! is left to `Leaf::parse`: this makes verifying faster and never looser.

use jiff::Timestamp;

use super::checkpoint::decimal;
use super::leaf::{LEAF_BYTES_MAX, Leaf, LeafError, NUMBER_MAX, Outcome};

/// What the verifier needs of a leaf.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) seq: u64,
    pub(super) outcome: Outcome,
    pub(super) time: Timestamp,
    pub(super) of_this_log: bool,
}

impl Told {
    /// As strict as `Leaf::parse`.
    pub(super) fn by(leaf: &[u8], origin: &str) -> Result<Self, LeafError> {
        match skim(leaf, origin) {
            Some(told) => Ok(told),
            None => Leaf::parse_timed(leaf).map(|(leaf, time)| Self {
                seq: leaf.seq,
                outcome: leaf.outcome,
                time,
                of_this_log: leaf.origin == origin,
            }),
        }
    }
}

fn skim(leaf: &[u8], origin: &str) -> Option<Told> {
    let plain = leaf.iter().all(|&byte| byte >= 0x20 && byte != b'\\');
    if !plain || leaf.len() > LEAF_BYTES_MAX {
        return None;
    }
    let mut rest = Rest(std::str::from_utf8(leaf).ok()?.strip_prefix('{')?);
    rest.text("\"action\":")?;
    for name in [",\"alarm\":", ",\"case\":", ",\"detail\":", ",\"digest\":"] {
        rest.may(name, Rest::text)?;
    }
    rest.may(",\"generation\":", Rest::number)?;
    for name in [",\"kind\":", ",\"object\":", ",\"operator\":"] {
        rest.may(name, Rest::text)?;
    }
    let of_this_log = rest.text(",\"origin\":")? == origin;
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
    let time = rest
        .text(",\"time\":")
        .filter(|time| time.ends_with('Z'))?
        .parse()
        .ok()?;
    (rest.0 == ",\"v\":1}").then_some(Told {
        seq,
        outcome,
        time,
        of_this_log,
    })
}

/// What is still to be read.
struct Rest<'a>(&'a str);

impl<'a> Rest<'a> {
    fn text(&mut self, name: &str) -> Option<&'a str> {
        let (text, rest) = self
            .0
            .strip_prefix(name)?
            .strip_prefix('"')?
            .split_once('"')?;
        self.0 = rest;
        Some(text)
    }

    fn number(&mut self, name: &str) -> Option<u64> {
        let rest = self.0.strip_prefix(name)?;
        let (number, _) = rest.split_once(',')?;
        self.0 = &rest[number.len()..];
        decimal(number).filter(|number| *number <= NUMBER_MAX)
    }

    /// A member that may be absent; `None` when it is there and not as it should be.
    fn may<T>(&mut self, name: &str, read: fn(&mut Self, &str) -> Option<T>) -> Option<()> {
        if self.0.starts_with(name) {
            read(self, name)?;
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
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
            rows,
            generation: rows,
        }
    }

    fn parsed(bytes: &[u8]) -> Option<Told> {
        let (leaf, time) = Leaf::parse_timed(bytes).ok()?;
        let of_this_log = leaf.origin == "log.example/a";
        Some(Told {
            seq: leaf.seq,
            outcome: leaf.outcome,
            time,
            of_this_log,
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
            prop_assert_eq!(Told::by(&bytes, "log.example/a").ok(), parsed(&bytes));
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
            if let Some(told) = skim(&bytes, "log.example/a") {
                prop_assert_eq!(Some(told), parsed(&bytes));
            }
        }
    }
}
