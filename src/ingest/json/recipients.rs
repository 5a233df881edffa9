//! Another member of a record than the one that is read that may be the recipient, as the first records show.

use std::collections::BTreeMap;

use super::dropped::Dropped;
use super::inside::fitting;
use super::layout::{Layout, each_record};
use super::look::{is_of_format, texts};
use super::path::{last, parent};
use super::walk::Walk;
use super::wanted::Wanted;
use crate::domain::Field;
use crate::ingest::column_name::ShownName;
use crate::ingest::declared::Declared;
use crate::ingest::error::IngestError;
use crate::ingest::formats::shape::Shape;
use crate::ingest::guard::columns::is_content;
use crate::ingest::mapping::recipient_column::{NumberLook, are_one, digits_of};

/// Refuses a file whose records have the numbers of other people beside the number that is read, in a member of the
/// same object or of the record itself. What is in lists and in other objects is told record by record.
pub(in crate::ingest) fn one_recipient(
    (beginning, layout): (&[u8], &Layout),
    declared: &Declared,
    shape: &Shape,
) -> Result<(), IngestError> {
    let mut mapped = declared.columns.iter().map(|column| column.field());
    if declared.mapping.is_some() || mapped.any(|field| field == Field::Number) {
        return Ok(());
    }
    let wanted = Wanted::new(shape, &declared.columns);
    let is_number = |column: &&super::wanted::WantedColumn| column.field == Field::Number;
    let numbers = wanted.columns.iter().filter(is_number);
    let parents: Vec<_> = numbers.map(|column| parent(&column.path)).collect();
    let is_level = |path: &str| {
        let above = parent(path);
        !path.contains('[') && (above.is_empty() || parents.contains(&above))
    };
    let is_read = |path: &str| wanted.columns.iter().any(|column| column.path == path);
    let fits = |object: &str| is_of_format(object, &wanted);
    let mut looks: BTreeMap<String, NumberLook> = BTreeMap::new();
    let mut read_from = None;
    let place = (layout.descent, layout.prefixed);
    each_record(beginning, place, RECORDS, &mut |_, record| {
        let Some(object) = fitting(record, layout.way(), &fits) else {
            return;
        };
        let mut dropped = Dropped::unheeded();
        let mut walk = Walk::new(&wanted, &mut dropped);
        if walk.read(&object).is_err() {
            return;
        }
        let own = walk.numbers();
        let mut seen = walk.seen().filter(is_number);
        read_from = read_from
            .take()
            .or_else(|| seen.next().map(|column| column.path.clone()));
        let first = own.first();
        let _ = texts(&object, "", 0, &mut |path, cell| {
            let name = last(path);
            if !is_level(path) || is_read(path) || declared.names(path) || is_content(name) {
                return;
            }
            if looks.len() >= NAMES && !looks.contains_key(path) {
                return;
            }
            let digits = digits_of(cell);
            let read = own.iter().find(|own| are_one(own, &digits)).or(first);
            let read = read.map_or("", |read| read.as_str());
            let look = looks.entry(path.to_owned()).or_default();
            look.see_member(cell, read, declared.region);
        });
    });
    let mut others = looks
        .iter()
        .filter(|(path, look)| look.may_be_recipient(path));
    let other = others.find_map(|(path, _)| ShownName::of(path));
    let first = read_from.as_deref().and_then(ShownName::of);
    match (first, other) {
        (Some(first), Some(second)) => Err(IngestError::TwoColumns {
            field: Field::Number.label(),
            first,
            second,
        }),
        _ => Ok(()),
    }
}

/// How many records are looked at, and how many names of members.
const RECORDS: usize = 1000;
const NAMES: usize = 256;
