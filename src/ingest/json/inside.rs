//! The object inside a record that is the record proper: `result` of Splunk, `_source` of
//! Elasticsearch, `detail` of EventBridge, the JSON in the `message` of CloudWatch.

use std::borrow::Cow;

use serde_json::value::RawValue;
use zeroize::Zeroize;

use super::line::json_in_text;
use super::members::{cell, each_member};

/// The names that lead to it from the outside in. Under each is an object, or a text with an
/// object at its end. Empty if the record is the record proper.
pub(super) type Inside = Vec<String>;

/// The object that these names lead to. What is passed on the way is given to `beside`, with its
/// name. Nothing if the record has no such object.
pub(super) fn follow<'r>(
    record: &'r str,
    inside: &[String],
    beside: &mut dyn FnMut(&str),
) -> Result<Option<Cow<'r, str>>, serde_json::Error> {
    let mut at = Cow::Borrowed(record);
    for name in inside {
        let next = match &at {
            Cow::Borrowed(object) => under(object, name, beside)?,
            Cow::Owned(object) => {
                let next = under(object, name, beside)?;
                next.map(|next| Cow::Owned(next.into_owned()))
            }
        };
        wipe(&mut at);
        match next {
            Some(next) => at = next,
            None => return Ok(None),
        }
    }
    Ok(Some(at))
}

/// The object under one name.
fn under<'r>(
    object: &'r str,
    name: &str,
    beside: &mut dyn FnMut(&str),
) -> Result<Option<Cow<'r, str>>, serde_json::Error> {
    let mut found = None;
    each_member(object, |member, value| {
        if member == name && found.is_none() {
            found = object_in(value)?;
        } else {
            beside(&member);
        }
        Ok(())
    })?;
    Ok(found)
}

/// A value that is an object, or the object at the end of its text.
fn object_in(value: &RawValue) -> Result<Option<Cow<'_, str>>, serde_json::Error> {
    let raw = value.get();
    match raw.as_bytes().first() {
        Some(b'{') => Ok(Some(Cow::Borrowed(raw))),
        Some(b'"') if raw.contains('{') => Ok(match cell(value)? {
            Some(Cow::Borrowed(text)) => json_in_text(text).map(Cow::Borrowed),
            Some(Cow::Owned(mut text)) => {
                let object = json_in_text(&text).map(|object| Cow::Owned(object.to_owned()));
                text.zeroize();
                object
            }
            None => None,
        }),
        _ => Ok(None),
    }
}

/// The shortest way into a record to an object that `fits`.
pub(super) fn search(record: &str, fits: &dyn Fn(&str) -> bool) -> Option<Inside> {
    let mut level = vec![(Inside::new(), Cow::Borrowed(record))];
    for _ in 0..=DEPTH {
        let fitting = level.iter().position(|(_, object)| fits(object));
        let mut below = Vec::new();
        if fitting.is_none() {
            for (inside, object) in &level {
                let _ = each_member(object, |name, value| {
                    if let Some(object) = object_in(value)?
                        && below.len() < WIDTH
                    {
                        let mut inside = inside.clone();
                        inside.push(name.into_owned());
                        below.push((inside, Cow::Owned(object.into_owned())));
                    }
                    Ok(())
                });
            }
        }
        let found = fitting.map(|at| level.swap_remove(at));
        level.iter_mut().for_each(|(_, object)| wipe(object));
        if let Some((inside, mut object)) = found {
            wipe(&mut object);
            return Some(inside);
        }
        level = below;
    }
    level.iter_mut().for_each(|(_, object)| wipe(object));
    None
}

/// Wipes a copy of a part of a record.
pub(super) fn wipe(text: &mut Cow<'_, str>) {
    if let Cow::Owned(copy) = text {
        copy.zeroize();
    }
}

/// How deep into a record it is looked.
const DEPTH: usize = 4;
/// How many objects of a record are looked at on each level.
const WIDTH: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_record_proper_is_found_in_objects_and_in_texts() {
        let proper = r#"{"phone":"+12025550142"}"#;
        let text = serde_json::Value::from(format!("2024-03-10 {proper}\n"));
        let twice = serde_json::Value::from(format!("{{\"Message\":{text}}}"));
        for (record, inside) in [
            (proper.to_owned(), vec![]),
            (
                format!(r#"{{"n":1,"result":{proper},"o":{{}}}}"#),
                vec!["result"],
            ),
            (
                format!(r#"{{"a":{{"n":"{{"}},"b":{{"c":{proper}}}}}"#),
                vec!["b", "c"],
            ),
            (format!(r#"{{"message":{text}}}"#), vec!["message"]),
            (format!(r#"{{"body":{twice}}}"#), vec!["body", "Message"]),
        ] {
            let found = search(&record, &|object| object == proper).unwrap();
            assert_eq!(found, inside, "{record}");
            let mut beside = Vec::new();
            let object = follow(&record, &found, &mut |name| beside.push(name.to_owned()));
            assert_eq!(object.unwrap().as_deref(), Some(proper), "{record}");
            let other = follow(r#"{"x":1}"#, &found, &mut |_| {}).unwrap();
            assert_eq!(other.is_none(), !inside.is_empty());
        }
        assert_eq!(search(r#"{"a":{"b":1}}"#, &|object| object == proper), None);
    }
}
