//! The members of a JSON object, and their values as cells.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserializer as _, Error as _, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::bytes::Position;
use crate::ingest::error::IngestError;

/// The text of a record that is an object; `None` if it is another value. Not JSON, or not UTF-8,
/// is an error.
pub(super) fn object((bytes, at): (&[u8], Position)) -> Result<Option<&str>, IngestError> {
    let record = std::str::from_utf8(bytes).map_err(|error| {
        let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let lines = before.iter().filter(|byte| **byte == b'\n').count();
        IngestError::NotText {
            line: at.line + lines as u64,
        }
    })?;
    if record.starts_with('{') {
        return Ok(Some(record));
    }
    match serde_json::from_str::<IgnoredAny>(record) {
        Ok(IgnoredAny) => Ok(None),
        Err(error) => Err(broken(&error, at)),
    }
}

/// Calls `with` for the name and the value of each member of an object, in the order of the text.
pub(super) fn each_member<'de>(
    object: &'de str,
    with: impl FnMut(Cow<'de, str>, &'de RawValue) -> Result<(), serde_json::Error>,
) -> Result<(), serde_json::Error> {
    struct Members<F>(F);
    impl<'de, F> Visitor<'de> for Members<F>
    where
        F: FnMut(Cow<'de, str>, &'de RawValue) -> Result<(), serde_json::Error>,
    {
        type Value = ();

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
            while let Some(Text(name)) = map.next_key::<Text<'de>>()? {
                let value: &'de RawValue = map.next_value()?;
                (self.0)(name, value).map_err(A::Error::custom)?;
            }
            Ok(())
        }
    }
    let mut source = serde_json::Deserializer::from_str(object);
    source
        .deserialize_map(Members(with))
        .and_then(|()| source.end())
}

/// A string, or a number as it is written; blank for null; `None` for any other value.
pub(super) fn cell(value: &RawValue) -> Result<Option<Cow<'_, str>>, serde_json::Error> {
    let raw = value.get();
    Ok(match raw.as_bytes().first() {
        Some(b'"') => Some(serde_json::from_str::<Text<'_>>(raw)?.0),
        Some(b'-' | b'0'..=b'9') => Some(Cow::Borrowed(raw)),
        Some(b'n') => Some(Cow::Borrowed("")),
        _ => None,
    })
}

/// A JSON string, borrowed if it has no escapes.
struct Text<'a>(Cow<'a, str>);

impl<'de> serde::Deserialize<'de> for Text<'de> {
    fn deserialize<D: serde::Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        struct Texts;
        impl<'de> Visitor<'de> for Texts {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
        }
        source.deserialize_str(Texts)
    }
}

/// The error of a record that begins at `at`. Nothing of the parser's message is kept, because it
/// may quote the record.
pub(super) fn broken(error: &serde_json::Error, at: Position) -> IngestError {
    let (line, column) = (error.line() as u64, error.column() as u64);
    if line <= 1 {
        let column = at.column + column.saturating_sub(1);
        return IngestError::BrokenJson {
            line: at.line,
            column,
        };
    }
    IngestError::BrokenJson {
        line: at.line + line - 1,
        column,
    }
}
