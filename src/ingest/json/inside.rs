//! The object inside a record that is the record proper: `result` of Splunk, `_source` of
//! Elasticsearch, `detail` of EventBridge, the JSON in the `message` of CloudWatch.

use std::borrow::Cow;

use serde_json::value::RawValue;
use zeroize::{Zeroize, Zeroizing};

use super::line::objects_in_text;
use super::members::{cell, each_member};

/// The names that lead to it from the outside in. Under each is an object, or a text with an
/// object in it. Empty if the record is the record proper.
pub(super) type Inside = Vec<String>;

/// Is told what is passed on the way: the name and the JSON of a member. What is no member has no name: an object of a
/// text before the one that is taken, or what is under the right name and holds no object.
pub(super) type Beside<'b> = dyn FnMut(&str, &str) + 'b;

/// The object that these names lead to. What is passed on the way is given to `beside`. Nothing if the record has no
/// such object.
pub(super) fn follow<'r>(
    record: &'r str,
    inside: &[String],
    beside: &mut Beside<'_>,
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
    beside: &mut Beside<'_>,
) -> Result<Option<Cow<'r, str>>, serde_json::Error> {
    let mut found = None;
    each_member(object, |member, value| {
        if member != name || found.is_some() {
            beside(&member, value.get());
            return Ok(());
        }
        let mut objects = objects_in(value)?;
        found = objects.pop();
        if found.is_none() {
            beside("", value.get());
        }
        for object in &mut objects {
            beside("", object);
            wipe(object);
        }
        Ok(())
    })?;
    Ok(found)
}

/// A value that is an object, the objects in its text, or those in a list.
fn objects_in(value: &RawValue) -> Result<Vec<Cow<'_, str>>, serde_json::Error> {
    let raw = value.get();
    match raw.as_bytes().first() {
        Some(b'{') => Ok(vec![Cow::Borrowed(raw)]),
        Some(b'[') if raw.contains('{') => {
            let items = serde_json::from_str::<Vec<&RawValue>>(raw)?.into_iter();
            let objects = items
                .map(RawValue::get)
                .filter(|item| item.starts_with('{'));
            Ok(objects.map(Cow::Borrowed).collect())
        }
        Some(b'"') if raw.contains('{') => Ok(match cell(value)? {
            Some(Cow::Borrowed(text)) => {
                let objects = objects_in_text(text).into_iter();
                objects.map(Cow::Borrowed).collect()
            }
            Some(Cow::Owned(mut text)) => {
                let objects = objects_in_text(&text).into_iter();
                let objects = objects.map(|object| Cow::Owned(object.to_owned()));
                let objects = objects.collect();
                text.zeroize();
                objects
            }
            None => Vec::new(),
        }),
        _ => Ok(Vec::new()),
    }
}

/// Adds copies of the objects in a value that fit: itself, those in its texts, and those in what is in it. Nothing is
/// looked for in an object that fits.
pub(super) fn gather(value: &str, fits: &dyn Fn(&str) -> bool, into: &mut Vec<Zeroizing<String>>) {
    // What cannot be read is no record.
    let _ = gather_to(value, DEPTH, fits, into);
}

fn gather_to(
    value: &str,
    depth: usize,
    fits: &dyn Fn(&str) -> bool,
    into: &mut Vec<Zeroizing<String>>,
) -> Result<(), serde_json::Error> {
    // Of most values nothing more is asked.
    if !value.starts_with(['{', '[', '"']) || !value.contains('{') {
        return Ok(());
    }
    if value.starts_with('{') && fits(value) {
        into.push(Zeroizing::new(value.to_owned()));
        return Ok(());
    }
    let Some(depth) = depth.checked_sub(1) else {
        return Ok(());
    };
    match value.as_bytes().first() {
        Some(b'{') => each_member(value, |_, inner| gather_to(inner.get(), depth, fits, into)),
        Some(b'[') => {
            for item in serde_json::from_str::<Vec<&RawValue>>(value)? {
                gather_to(item.get(), depth, fits, into)?;
            }
            Ok(())
        }
        _ => {
            for object in &mut objects_in(serde_json::from_str::<&RawValue>(value)?)? {
                gather_to(object, depth, fits, into)?;
                wipe(object);
            }
            Ok(())
        }
    }
}

/// The first object that fits: the one that the names lead to, or else one beside it. Where they lead to none, the
/// record may be one that is in no other.
pub(super) fn fitting(
    record: &str,
    inside: &[String],
    fits: &dyn Fn(&str) -> bool,
) -> Option<Zeroizing<String>> {
    let mut others = Vec::new();
    let found = follow(record, inside, &mut |_, value| {
        gather(value, fits, &mut others);
    });
    let mut object = found.ok()?.unwrap_or(Cow::Borrowed(record));
    if fits(&object) {
        return Some(Zeroizing::new(object.into_owned()));
    }
    wipe(&mut object);
    others.into_iter().next()
}

/// The shortest way into a record to an object that `fits`.
/// Lists are entered where the stream enters none: behind other text (`prefixed`) and in texts.
pub(super) fn search(record: &str, prefixed: bool, fits: &dyn Fn(&str) -> bool) -> Option<Inside> {
    let mut level = vec![(Inside::new(), prefixed, Cow::Borrowed(record))];
    for _ in 0..=DEPTH {
        let fitting = level.iter().position(|(.., object)| fits(object));
        let mut below = Vec::new();
        if fitting.is_none() {
            for (inside, lists, object) in &level {
                let _ = each_member(object, |name, value| {
                    if value.get().starts_with('[') && !lists {
                        return Ok(());
                    }
                    let lists = *lists || value.get().starts_with('"');
                    for object in objects_in(value)? {
                        if below.len() < WIDTH {
                            let mut inside = inside.clone();
                            inside.push(name.as_ref().to_owned());
                            below.push((inside, lists, Cow::Owned(object.into_owned())));
                        }
                    }
                    Ok(())
                });
            }
        }
        let found = fitting.map(|at| level.swap_remove(at));
        level.iter_mut().for_each(|(.., object)| wipe(object));
        if let Some((inside, _, mut object)) = found {
            wipe(&mut object);
            return Some(inside);
        }
        level = below;
    }
    level.iter_mut().for_each(|(.., object)| wipe(object));
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
const WIDTH: usize = 512;

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
            let found = search(&record, false, &|object| object == proper).unwrap();
            assert_eq!(found, inside, "{record}");
            let mut beside = Vec::new();
            let object = follow(&record, &found, &mut |name, _| beside.push(name.to_owned()));
            assert_eq!(object.unwrap().as_deref(), Some(proper), "{record}");
            let other = follow(r#"{"x":1}"#, &found, &mut |_, _| {}).unwrap();
            assert_eq!(other.is_none(), !inside.is_empty());
        }
        assert_eq!(
            search(r#"{"a":{"b":1}}"#, true, &|object| object == proper),
            None
        );
    }

    #[test]
    fn every_object_that_fits_is_gathered_wherever_it_is() {
        let [one, two] = [r#"{"phone":"1"}"#, r#"{"phone":"2","in":{"phone":"3"}}"#];
        let fits = |object: &str| object.starts_with(r#"{"phone""#);
        let text = serde_json::Value::from(format!("a {one}\n{{b}} {two} c"));
        for value in [
            format!(r#"{{"0":{one},"1":{two}}}"#),
            format!(r#"{{"a":{{"x":{one},"n":1}},"b":[7,[{two}]]}}"#),
            format!("[{one},{two}]"),
            text.to_string(),
            format!(r#"{{"message":{text}}}"#),
        ] {
            let mut found = Vec::new();
            gather(&value, &fits, &mut found);
            let found: Vec<_> = found.iter().map(|object| object.as_str()).collect();
            assert_eq!(found, [one, two], "{value}");
        }
        for value in ["1", "null", "\"{\"", "{\"a\":{\"b\":1}}", "[{\"a\""] {
            let mut found = Vec::new();
            gather(value, &fits, &mut found);
            assert!(found.is_empty(), "{value}");
        }
    }
}
