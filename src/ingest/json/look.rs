//! Looking at one record of a JSON file, to find the format or to draft a mapping.

use std::borrow::Cow;

use zeroize::Zeroize;

use super::dropped::Dropped;
use super::members::{broken, cell, each_member, object};
use super::stream::JsonStream;
use super::walk::Walk;
use super::wanted::Wanted;
use crate::domain::Field;
use crate::ingest::error::IngestError;
use crate::ingest::formats::shape::Shape;

/// True if the stream's record has the columns that identify a format.
pub(in crate::ingest) fn fits(stream: &JsonStream, shape: &Shape) -> Result<bool, IngestError> {
    let found = columns(stream, shape)?;
    Ok(shape.fits(|field| found.iter().any(|(of, _)| *of == field)))
}

/// The paths of a format that the stream's record has, in the order of the alphabet.
pub(in crate::ingest) fn found(
    stream: &JsonStream,
    shape: &Shape,
) -> Result<Vec<String>, IngestError> {
    let found = columns(stream, shape)?;
    let mut paths: Vec<_> = found.into_iter().map(|(_, path)| path).collect();
    paths.sort_unstable();
    paths.dedup();
    Ok(paths)
}

/// The fields and paths of a format that the stream's record has.
fn columns(stream: &JsonStream, shape: &Shape) -> Result<Vec<(Field, String)>, IngestError> {
    let (bytes, at) = stream.record();
    let Some(record) = object((bytes, at))? else {
        return Ok(Vec::new());
    };
    let wanted = Wanted::new(shape, &[]);
    let mut dropped = Dropped::default();
    let mut walk = Walk::new(&wanted, &mut dropped);
    walk.read(record).map_err(|error| broken(&error, at))?;
    let seen = walk.seen();
    Ok(seen
        .map(|column| (column.field, column.path.clone()))
        .collect())
}

/// The names of the members of the stream's record; none if it is not an object.
pub(in crate::ingest) fn names(stream: &JsonStream) -> Result<Vec<String>, IngestError> {
    let (bytes, at) = stream.record();
    let mut names = Vec::new();
    if let Some(record) = object((bytes, at))? {
        let read = each_member(record, |name, _| {
            names.push(name.into_owned());
            Ok(())
        });
        read.map_err(|error| broken(&error, at))?;
    }
    Ok(names)
}

/// Calls `with` for the path and the text of each value in the stream's record. The text of a list
/// is blank.
pub(in crate::ingest) fn each_text(
    stream: &JsonStream,
    with: &mut dyn FnMut(&str, &str),
) -> Result<(), IngestError> {
    let (bytes, at) = stream.record();
    match object((bytes, at))? {
        None => Ok(()),
        Some(record) => texts(record, "", 0, with).map_err(|error| broken(&error, at)),
    }
}

/// The same for an object; `above` is the path to it, with a dot at the end.
fn texts(
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
        let mut cell = cell(value)?;
        with(&path, cell.as_deref().unwrap_or_default());
        if let Some(Cow::Owned(copy)) = &mut cell {
            copy.zeroize();
        }
        Ok(())
    })
}

/// How deep a draft looks into objects.
const DEPTH: usize = 4;
