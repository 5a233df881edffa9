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
use super::objects_only::ObjectsOnly;
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
    if bytes.trim_ascii_start().starts_with(b"[") {
        return Err(Problem::new(ProblemKind::Invalid).at("body", "must be an object"));
    }
    let mut decoder = serde_json::Deserializer::from_slice(bytes);
    let decoded = T::deserialize(ObjectsOnly(&mut decoder));
    let decoded = decoded.and_then(|input| decoder.end().map(|()| input));
    decoded.map_err(|error| {
        let mut problem = explain(&error);
        if problem.kind != ProblemKind::Invalid {
            return problem;
        }
        let text = Zeroizing::new(error.to_string());
        // Above what is wrong there are members that the decoder took, so their names are ours.
        let mut path = path_to(bytes, &error);
        path.extend(named(&text, "duplicate field").map(str::to_owned));
        path.extend(named(&text, "missing field").map(str::to_owned));
        problem.at = joined(&path);
        let missing = missing_of::<T>(bytes);
        if problem.rule.as_deref() == Some(MISSING) && path.len() == 1 && missing.len() > 1 {
            problem.rule = Some(format!("these members are missing: {}", missing.join(", ")));
        }
        problem
    })
}

/// The members and places in lists that lead to where the decoder failed, such as `filter`, `country`, `[0]`.
fn path_to(bytes: &[u8], error: &serde_json::Error) -> Vec<String> {
    let mut path = Vec::new();
    let Some(place) = place_of(bytes, error) else {
        return path;
    };
    let Ok(mut inside) = serde_json::from_slice::<&RawValue>(bytes) else {
        return path;
    };
    let start = bytes.as_ptr() as usize;
    let is_there = |value: &&RawValue| {
        let from = (value.get().as_ptr() as usize).saturating_sub(start);
        // The decoder may have gone as far as the end of the value.
        (from..=from + value.get().len()).contains(&place)
    };
    loop {
        let text = inside.get();
        let (name, next) = if text.starts_with('{') {
            let Ok(Members(members)) = serde_json::from_str(text) else {
                return path;
            };
            let mut members = members.into_iter();
            match members.find(|(_, value)| is_there(value)) {
                Some((name, value)) if is_ours(name) => (name.to_owned(), value),
                // A name that is none of ours may be anything.
                Some(_) => {
                    path.push(String::new());
                    return path;
                }
                None => return path,
            }
        } else if text.starts_with('[') {
            let items: Vec<&RawValue> = serde_json::from_str(text).unwrap_or_default();
            match items
                .into_iter()
                .enumerate()
                .find(|(_, item)| is_there(item))
            {
                Some((at, item)) => (format!("[{at}]"), item),
                None => return path,
            }
        } else {
            return path;
        };
        path.push(name);
        inside = next;
    }
}

/// All members of an object, also those that are there twice.
struct Members<'b>(Vec<(&'b str, &'b RawValue)>);

impl<'de: 'b, 'b> serde::Deserialize<'de> for Members<'b> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Each;
        impl<'de> serde::de::Visitor<'de> for Each {
            type Value = Vec<(&'de str, &'de RawValue)>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(
                self,
                mut map: A,
            ) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(members)
            }
        }
        deserializer.deserialize_map(Each).map(Members)
    }
}

/// The byte where the decoder was.
fn place_of(bytes: &[u8], error: &serde_json::Error) -> Option<usize> {
    let mut line_ends = memchr::memchr_iter(b'\n', bytes);
    let before = match error.line() {
        0 | 1 => 0,
        line => line_ends.nth(line - 2)? + 1,
    };
    Some(before + error.column())
}

/// `filter.country[0]`. Nothing for an empty path, and nothing below a name that is not ours.
fn joined(path: &[String]) -> Option<String> {
    let mut at = String::new();
    for name in path.iter().take_while(|name| !name.is_empty()) {
        if !at.is_empty() && !name.starts_with('[') {
            at.push('.');
        }
        at.push_str(name);
    }
    (!at.is_empty()).then_some(at)
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
        problem.rule = Some(rule(&text));
    }
    problem
}

const MISSING: &str = "a member is missing";

/// Which rule was broken, as a sentence about the member.
fn rule(text: &str) -> String {
    let known = known_words(text);
    if text.starts_with("unknown field") {
        return match known {
            Some(known) => format!("unknown member: the members are {known}"),
            None => "unknown member: there are none here".to_owned(),
        };
    }
    if text.starts_with("unknown variant") {
        return match known {
            Some(known) if known.contains(',') => format!("must be one of {known}"),
            Some(known) => format!("must be {known}"),
            None => "must be another word".to_owned(),
        };
    }
    if text.starts_with("missing field") {
        return MISSING.to_owned();
    }
    if text.starts_with("duplicate field") {
        return "is there twice; send it once".to_owned();
    }
    match wanted_type(text) {
        Some(wanted) => format!("must be {wanted}"),
        None => "is a value that this member does not take".to_owned(),
    }
}

/// What the decoder wanted instead, in our own words. What stands before that in its message is the client's.
fn wanted_type(text: &str) -> Option<&'static str> {
    let (_, expected) = text.rsplit_once(", expected ")?;
    let (expected, _) = expected.rsplit_once(" at line ")?;
    Some(match expected {
        "a string" | "a borrowed string" | "a text" | "a word" | "string" | "a character" => {
            "a text, in quotes"
        }
        "a sequence" => "a list",
        "a boolean" => "true or false",
        "a map" | "an object" => "an object",
        "u8" => "a whole number from 0 to 255",
        "u16" => "a whole number from 0 to 65535",
        "u32" => "a whole number from 0 to 4294967295",
        "u64" | "usize" => "a whole number from 0",
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number",
        "f32" | "f64" => "a number",
        "a string or map" | "string or map" => "a text, in quotes",
        other if other.starts_with("struct ") => "an object",
        other if other.starts_with("enum ") => "a text, in quotes",
        _ => return None,
    })
}

/// The names or words that would be right. They are what the decoder's message ends in, and ours; what stands before
/// them is the client's.
fn known_words(text: &str) -> Option<String> {
    let listed = ["unknown field", "unknown variant"];
    listed.iter().find(|opening| text.starts_with(**opening))?;
    let (_, expected) = text.rsplit_once(", expected ")?;
    let (expected, _) = expected.rsplit_once(" at line ")?;
    let ours = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || " ,`_-".contains(c);
    let ours = expected.chars().all(ours);
    let expected = expected.strip_prefix("one of ").unwrap_or(expected);
    ours.then(|| expected.replace('`', ""))
}

/// The name in a message that begins so, which is the decoder's own.
fn named<'t>(text: &'t str, opening: &str) -> Option<&'t str> {
    let name = text.strip_prefix(opening)?.strip_prefix(" `")?;
    name.split('`').next().filter(|name| is_ours(name))
}

fn is_ours(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
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
            rule.starts_with("must be one of victim-inquiry, scoping"),
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
            "unknown member: the members are name, kind, note, reason"
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

    #[derive(Debug, serde::Deserialize, utoipa::ToSchema)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only decoded")]
    struct Nested {
        filter: Conditions,
        #[serde(default)]
        top: Option<u32>,
    }

    #[derive(Debug, serde::Deserialize, utoipa::ToSchema)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only decoded")]
    struct Conditions {
        #[serde(default)]
        country: Vec<String>,
        #[serde(default)]
        role: Option<crate::domain::Purpose>,
    }

    #[test]
    fn what_is_wrong_is_told_with_its_whole_path_and_what_it_must_be() {
        for (text, at, rule) in [
            (
                r#"{"filter":{"country":7}}"#,
                "filter.country",
                "must be a list",
            ),
            (
                r#"{"filter":{"country":["GB", 7]}}"#,
                "filter.country[1]",
                "must be a text, in quotes",
            ),
            (r#"{"filter":[]}"#, "filter", "must be an object"),
            (r#"{"filter":"x"}"#, "filter", "must be an object"),
            (
                r#"{"filter":{"country":[],"country":[]}}"#,
                "filter.country",
                "is there twice; send it once",
            ),
            (
                r#"{"top":1,"filter":{},"top":2}"#,
                "top",
                "is there twice; send it once",
            ),
            (
                r#"{"filter":{"+447700900123":1}}"#,
                "filter",
                "unknown member: the members are country or role",
            ),
            (
                r#"{"filter":{"cuntry":{"a":1}}}"#,
                "filter",
                "unknown member: the members are country or role",
            ),
            (
                r#"{"filter":{},"top":-1}"#,
                "top",
                "must be a whole number from 0 to 4294967295",
            ),
        ] {
            let problem = decode::<Nested>(text.as_bytes()).err().unwrap();
            assert_eq!(problem.at.as_deref(), Some(at), "{text}");
            assert_eq!(problem.rule.as_deref(), Some(rule), "{text}");
        }
        let word = r#"{"filter":{"role":"boss"}}"#;
        let problem = decode::<Nested>(word.as_bytes()).err().unwrap();
        assert_eq!(problem.at.as_deref(), Some("filter.role"));
        assert!(problem.rule.unwrap().starts_with("must be one of "));
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
