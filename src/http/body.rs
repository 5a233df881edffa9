//! Reads bodies, and decodes those that are JSON: bounded, and in memory that is wiped.
//!
//! Messages of the JSON decoder quote the body, so they are never passed on.

use std::collections::HashMap;
use std::error::Error;
use std::io::{self, ErrorKind};
use std::time::Duration;

use axum::body::Body;
use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http::request::Parts;
use http_body_util::BodyExt;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::error::Category;
use serde_json::value::RawValue;
use utoipa::PartialSchema;
use utoipa::openapi::{RefOr, Schema};
use zeroize::{Zeroize as _, Zeroizing};

use super::ProblemKind;
use super::problem::Problem;
use crate::config::Limits;
use crate::domain::WipedBuffer;

/// What the API takes.
pub(super) const JSON: &str = "application/json";
/// What a form on a page sends.
pub(super) const FORM: &str = "application/x-www-form-urlencoded";

/// Reads the whole body, within the limits of time and size. It must be declared as `media`.
pub(super) async fn read(
    limits: &Limits,
    parts: &Parts,
    body: Body,
    media: &str,
) -> Result<Zeroizing<Vec<u8>>, Problem> {
    let within = Duration::from_secs(limits.request_s);
    let bytes = tokio::time::timeout(within, gather(body, limits.body_bytes))
        .await
        .map_err(|_| Problem::new(ProblemKind::Timeout))??;
    if !bytes.is_empty() && !is_declared(&parts.headers, media) {
        return Err(Problem::new(ProblemKind::UnsupportedMediaType));
    }
    if !bytes.is_empty() {
        not_coded(&parts.headers)?;
    }
    Ok(bytes)
}

/// Decodes a body. An empty body counts as an empty object.
pub(super) fn decode<T: DeserializeOwned + PartialSchema>(bytes: &[u8]) -> Result<T, Problem> {
    let bytes = if bytes.is_empty() { b"{}" } else { bytes };
    // serde would accept a list as the members of a struct, in their order.
    if bytes.trim_ascii_start().starts_with(b"[") {
        return Err(Problem::new(ProblemKind::Invalid).at("body", "must be an object"));
    }
    serde_json::from_slice(bytes).map_err(|error| {
        let mut problem = explain(&error);
        if problem.at.is_none() {
            problem.at = member_at::<T>(bytes, &error);
        }
        let missing = missing_of::<T>(bytes);
        if problem.rule.as_deref() == Some(MISSING) && missing.len() > 1 {
            problem.rule = Some(format!("these members are missing: {}", missing.join(", ")));
        }
        problem
    })
}

/// The member that the decoder was in when it failed, if it is one that the body may have.
fn member_at<T: PartialSchema>(bytes: &[u8], error: &serde_json::Error) -> Option<String> {
    let RefOr::T(Schema::Object(object)) = T::schema() else {
        return None;
    };
    let mut line_ends = memchr::memchr_iter(b'\n', bytes);
    let before = match error.line() {
        0 | 1 => 0,
        line => line_ends.nth(line - 2)? + 1,
    };
    let place = before + error.column();
    let there: HashMap<&str, &RawValue> = serde_json::from_slice(bytes).ok()?;
    let start = bytes.as_ptr() as usize;
    let found = there.into_iter().find(|(_, value)| {
        let from = (value.get().as_ptr() as usize).saturating_sub(start);
        (from..=from + value.get().len()).contains(&place)
    });
    let (name, _) = found?;
    object
        .properties
        .contains_key(name)
        .then(|| name.to_owned())
}

/// The members that the body must have and has not. The decoder names the first only.
fn missing_of<T: PartialSchema>(bytes: &[u8]) -> Vec<String> {
    // Of the body only the names are read.
    let there: HashMap<String, IgnoredAny> = serde_json::from_slice(bytes).unwrap_or_default();
    let RefOr::T(Schema::Object(object)) = T::schema() else {
        return Vec::new();
    };
    let mut missing = object.required;
    missing.retain(|name| !there.contains_key(name));
    there.into_keys().for_each(|mut name| name.zeroize());
    missing
}

/// Why a body ended before its end: the client broke the rules of HTTP, or the connection broke off.
pub(super) fn broken_off(error: &(dyn Error + 'static)) -> ProblemKind {
    let causes = std::iter::successors(Some(error), |one: &&(dyn Error + 'static)| (*one).source());
    let mut kinds = causes.filter_map(|one| one.downcast_ref::<io::Error>().map(io::Error::kind));
    match kinds.any(|kind| matches!(kind, ErrorKind::InvalidInput | ErrorKind::InvalidData)) {
        true => ProblemKind::MalformedRequest,
        false => ProblemKind::Timeout,
    }
}

async fn gather(mut body: Body, limit: usize) -> Result<Zeroizing<Vec<u8>>, Problem> {
    let mut bytes = WipedBuffer::default();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| Problem::new(broken_off(&error)))?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        if bytes.len() + data.len() > limit {
            return Err(Problem::new(ProblemKind::TooLarge));
        }
        bytes.push(&data);
    }
    Ok(bytes.into_bytes())
}

/// Declared once, as this media type; of its parameters a `charset` must be UTF-8.
fn is_declared(headers: &HeaderMap, media: &str) -> bool {
    let mut values = headers.get_all(CONTENT_TYPE).iter();
    let Some(Ok(value)) = values.next().map(|value| value.to_str()) else {
        return false;
    };
    let mut parts = value.split(';').map(str::trim);
    let kind = parts.next().unwrap_or_default();
    let other_text = |part: &str| {
        part.split_once('=').is_some_and(|(name, value)| {
            name.trim().eq_ignore_ascii_case("charset")
                && !value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
        })
    };
    kind.eq_ignore_ascii_case(media) && values.next().is_none() && !parts.any(other_text)
}

/// A body that was coded on its way, by gzip for example, is not taken.
pub(super) fn not_coded(headers: &HeaderMap) -> Result<(), Problem> {
    let coded = headers
        .get_all(CONTENT_ENCODING)
        .iter()
        .any(|value| !value.as_bytes().eq_ignore_ascii_case(b"identity"));
    match coded {
        true => Err(Problem::new(ProblemKind::UnsupportedMediaType)
            .at("Content-Encoding", "must not be there")),
        false => Ok(()),
    }
}

/// A problem with kind and place. From the decoder's message it takes only which rule was broken,
/// and the names of members and words that would be right, which are ours and not the client's.
fn explain(error: &serde_json::Error) -> Problem {
    let kind = match error.classify() {
        Category::Syntax | Category::Eof | Category::Io => ProblemKind::MalformedJson,
        Category::Data => ProblemKind::Invalid,
    };
    let mut problem = Problem::new(kind);
    problem.line = u64::try_from(error.line()).ok();
    problem.column = u64::try_from(error.column()).ok();
    if kind == ProblemKind::Invalid {
        let text = Zeroizing::new(error.to_string());
        problem.at = missing(&text).map(str::to_owned);
        problem.rule = Some(rule(&text));
    }
    problem
}

const MISSING: &str = "a member is missing";

fn rule(text: &str) -> String {
    const RULES: [(&str, &str); 6] = [
        ("missing field", MISSING),
        ("unknown field", "there is no such member"),
        ("duplicate field", "a member is there twice"),
        ("unknown variant", "must be another word"),
        ("invalid type", "not of the right type"),
        ("invalid length", "not of the right length"),
    ];
    let rule = RULES
        .iter()
        .find(|(opening, _)| text.starts_with(opening))
        .map_or("not a value that is taken here", |(_, rule)| rule);
    match known_words(text) {
        Some(known) => format!("{rule}: {known}"),
        None => rule.to_owned(),
    }
}

/// The names or words that would be right. They are what the decoder's message ends in, and ours; what stands before
/// them is the client's.
fn known_words(text: &str) -> Option<String> {
    let listed = ["unknown field", "unknown variant"];
    listed.iter().find(|opening| text.starts_with(**opening))?;
    let (_, expected) = text.rsplit_once(", expected ")?;
    let (expected, _) = expected.rsplit_once(" at line ")?;
    let ours = |c: char| c.is_ascii_lowercase() || " ,`_-".contains(c);
    let ours = expected.chars().all(ours);
    ours.then(|| expected.replace('`', ""))
}

fn missing(text: &str) -> Option<&str> {
    let name = text.strip_prefix("missing field `")?.split('`').next()?;
    let ours = name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    ours.then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize, utoipa::ToSchema)]
    #[serde(deny_unknown_fields)]
    struct Wanted {
        #[expect(dead_code, reason = "only decoded")]
        count: u64,
    }

    #[derive(Debug, serde::Deserialize, utoipa::ToSchema)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only decoded")]
    struct Many {
        name: String,
        kind: crate::domain::Purpose,
        note: Option<String>,
        reason: String,
    }

    #[test]
    fn all_missing_members_are_named_at_once_and_the_right_words_too() {
        let problem = |text: &str| decode::<Many>(text.as_bytes()).err().unwrap();
        let missing = problem(r#"{"kind":"scoping"}"#);
        assert_eq!(missing.at.as_deref(), Some("name"));
        assert_eq!(
            missing.rule.as_deref(),
            Some("these members are missing: name, reason")
        );
        let one = problem(r#"{"kind":"scoping","name":"x"}"#);
        assert_eq!(
            (one.at.as_deref(), one.rule.as_deref()),
            (Some("reason"), Some(MISSING))
        );
        let word = problem(r#"{"kind":"+447700900123, expected `+447700900124`"}"#);
        let rule = word.rule.unwrap();
        assert!(
            rule.starts_with("must be another word: one of victim-inquiry, scoping"),
            "{rule}"
        );
        assert_eq!(word.at.as_deref(), Some("kind"));
        for (text, at) in [
            (r#"{"name":"x","note":7,"reason":"y"}"#, "note"),
            (r#"{"reason": {"name":"x"}}"#, "reason"),
            ("{\n \"note\": null,\n \"name\": [\"x\"]\n}", "name"),
            (r#"{"kind":"","name":"x"}"#, "kind"),
        ] {
            assert_eq!(problem(text).at.as_deref(), Some(at), "{text}");
        }
        let member = problem(r#"{"+447700900123":1}"#);
        assert_eq!(member.at, None);
        let rule = member.rule.unwrap();
        assert_eq!(
            rule,
            "there is no such member: one of name, kind, note, reason"
        );
    }

    fn problem(text: &str) -> Problem {
        decode::<Wanted>(text.as_bytes()).err().unwrap()
    }

    #[test]
    fn what_was_sent_is_never_said_back() {
        for text in [
            r#"{"count":"+447700900123"}"#,
            r#"{"+447700900123":1}"#,
            r#"{"count":1,"+447700900123":1}"#,
            r#"{"count":+447700900123}"#,
            r#"{"count":447700900123.5}"#,
        ] {
            let problem = problem(text);
            let said = String::from_utf8(problem.to_json("r")).unwrap();
            assert!(!said.contains("7700900"), "{said}");
            assert_eq!(problem.line, Some(1));
        }
    }

    #[test]
    fn a_list_is_no_object() {
        let problem = problem(" [7]");
        assert_eq!(problem.kind, ProblemKind::Invalid);
        assert_eq!(problem.at.as_deref(), Some("body"));
    }

    #[test]
    fn the_place_and_the_missing_member_are_said() {
        let missing = problem("{\n}");
        assert_eq!(missing.kind, ProblemKind::Invalid);
        assert_eq!(missing.at.as_deref(), Some("count"));
        assert_eq!((missing.line, missing.column), (Some(2), Some(1)));
        assert_eq!(problem("").at.as_deref(), Some("count"));
        assert_eq!(problem("{\"count\":").kind, ProblemKind::MalformedJson);
    }
}
