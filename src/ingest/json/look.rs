//! Looking at one record of a JSON file, to find the format or to draft a mapping.

use std::borrow::Cow;

use zeroize::Zeroize;

use super::dropped::Dropped;
use super::inside;
use super::members::{cell, each_member, object};
use super::numbers::plain_numbers;
use super::stream::JsonStream;
use super::walk::Walk;
use super::wanted::{Wanted, WantedColumn};
use crate::domain::Field;
use crate::ingest::error::IngestError;

/// The fields that a record has. None, if it cannot be read.
pub(super) fn fields_of(record: &str, wanted: &Wanted) -> Vec<Field> {
    seen(record, wanted, &|column| column.field)
}

/// True if an object has a number, or the columns that identify the format.
pub(super) fn is_near_format(object: &str, wanted: &Wanted) -> bool {
    if !wanted.may_be_near(object) {
        return false;
    }
    let fields = fields_of(object, wanted);
    let mut marks = wanted.marks.iter();
    fields.contains(&Field::Number) || marks.all(|field| fields.contains(field))
}

/// True if an object has the columns that identify the format.
pub(super) fn is_of_format(object: &str, wanted: &Wanted) -> bool {
    if !wanted.may_fit(object) {
        return false;
    }
    let fields = fields_of(object, wanted);
    wanted.marks.iter().all(|field| fields.contains(field))
}

/// The paths of a format that a record has, in the order of the alphabet.
pub(super) fn paths_of(record: &str, wanted: &Wanted) -> Vec<String> {
    let mut paths = seen(record, wanted, &|column| column.path.clone());
    paths.sort_unstable();
    paths.dedup();
    paths
}

/// Something of each column that a record has.
fn seen<T>(record: &str, wanted: &Wanted, of: &dyn Fn(&WantedColumn) -> T) -> Vec<T> {
    let mut dropped = Dropped::unheeded();
    let mut walk = Walk::new(wanted, &mut dropped);
    if walk.read(record).is_ok() {
        return walk.seen().map(of).collect();
    }
    match plain_numbers(record) {
        Some(plain) => seen(&plain, wanted, of),
        None => Vec::new(),
    }
}

/// The names of the members of the stream's record; none if it is not an object.
pub(in crate::ingest) fn names(stream: &JsonStream) -> Result<Vec<String>, IngestError> {
    let mut names = Vec::new();
    if let Ok(Some(record)) = object(stream.record()) {
        let _ = each_member(record, |name, _| {
            names.push(name.into_owned());
            Ok(())
        });
    }
    Ok(names)
}

/// Whether an object has at least two texts that `looks` likes, by their path and themselves.
pub(super) fn has_two(object: &str, looks: &dyn Fn(&str, &str) -> bool) -> bool {
    let mut liked = 0;
    let _ = texts(object, "", 0, &mut |name, text| {
        liked += usize::from(looks(name, text));
    });
    liked >= 2
}

/// Whether what the stream is at has two texts that `looks` likes: one of several objects in a line may be no record.
pub(in crate::ingest) fn is_likely_record(
    stream: &JsonStream,
    way: &[String],
    looks: &dyn Fn(&str, &str) -> bool,
) -> bool {
    let mut liked = 0;
    let read = each_text(stream, way, &mut |name, text| {
        liked += usize::from(looks(name, text));
    });
    read.is_ok() && liked >= 2
}

/// Calls `with` for the path and the text of each value in the object of the stream's record that
/// `way` leads to. The text of a list is blank.
pub(in crate::ingest) fn each_text(
    stream: &JsonStream,
    way: &[String],
    with: &mut dyn FnMut(&str, &str),
) -> Result<(), IngestError> {
    let Ok(Some(record)) = object(stream.record()) else {
        return Ok(());
    };
    let Ok(Some(mut object)) = inside::follow(record, way, &mut |_, _| {}) else {
        return Ok(());
    };
    let plain = plain_numbers(&object);
    let text = plain.as_deref().map_or(object.as_ref(), String::as_str);
    let _ = texts(text, "", 0, with);
    inside::wipe(&mut object);
    Ok(())
}

/// The same for an object; `above` is the path to it, with a dot at the end.
pub(super) fn texts(
    object: &str,
    above: &str,
    depth: usize,
    with: &mut dyn FnMut(&str, &str),
) -> Result<(), serde_json::Error> {
    each_member(object, |name, value| {
        let path = format!("{above}{name}");
        if value.get().starts_with('{') && depth < DEPTH {
            return texts(value.get(), &format!("{path}."), depth + 1, with);
        }
        if value.get().starts_with('[') {
            return list(value.get(), &format!("{path}[]"), depth, with);
        }
        let mut cell = cell(value)?;
        with(&path, cell.as_deref().unwrap_or_default());
        if let Some(Cow::Owned(copy)) = &mut cell {
            copy.zeroize();
        }
        Ok(())
    })
}

/// The same for the texts and numbers in a list, whose path is with `[]`.
fn list(
    list: &str,
    path: &str,
    depth: usize,
    with: &mut dyn FnMut(&str, &str),
) -> Result<(), serde_json::Error> {
    for item in serde_json::from_str::<Vec<&serde_json::value::RawValue>>(list)? {
        if item.get().starts_with('{') && depth < DEPTH {
            texts(item.get(), &format!("{path}."), depth + 1, with)?;
        } else if let Some(mut cell) = cell(item)? {
            with(path, &cell);
            inside::wipe(&mut cell);
        }
    }
    Ok(())
}

/// How deep a draft looks into objects.
const DEPTH: usize = 4;
