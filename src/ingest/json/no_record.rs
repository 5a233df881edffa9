//! Why a JSON file seems to have no record, or none of a known format, as its beginning shows.

use super::line::first_object;
use super::members::each_member;
use crate::ingest::column_name::ShownName;
use crate::ingest::error::IngestError;
use crate::ingest::mapping::usual_names::by_name;

/// Why a JSON file fits no format, if its beginning shows another cause.
pub(in crate::ingest) fn cause_in_json(head: &[u8], error: IngestError) -> IngestError {
    if !matches!(
        error,
        IngestError::UnknownFormat { .. } | IngestError::Empty
    ) {
        return error;
    }
    let broken = std::str::from_utf8(head).err();
    if let Some(broken) = broken.filter(|broken| broken.error_len().is_some()) {
        let before = head.get(..broken.valid_up_to()).unwrap_or_default();
        let line = before.iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
        return IngestError::NotText { line };
    }
    let first = first_object(head).and_then(|found| head.get(found));
    let first = first.and_then(|object| std::str::from_utf8(object).ok());
    if let Some(column) = first.and_then(|object| list_of_values(object, 0)) {
        return IngestError::MultiValue { column };
    }
    let bare = head
        .iter()
        .take(LISTS)
        .filter(|byte| !byte.is_ascii_whitespace());
    let mut before = 0;
    let lists = bare.map(|byte| std::mem::replace(&mut before, *byte) == b'[' && *byte == b'[');
    match lists.into_iter().any(|list| list) {
        true => IngestError::CellLists,
        false => error,
    }
}

/// The first of at least two members of an object whose values are lists of texts, one of them under a usual name.
fn list_of_values(object: &str, depth: usize) -> Option<ShownName> {
    let mut lists: Vec<String> = Vec::new();
    let mut inner = None;
    let _ = each_member(object, |name, value| {
        let value = value.get();
        let is_list = value
            .strip_prefix('[')
            .is_some_and(|list| list.trim_start().starts_with('"'));
        if is_list {
            lists.push(name.into_owned());
        } else if value.starts_with('{') && depth < DEPTH && inner.is_none() {
            inner = list_of_values(value, depth + 1);
        }
        Ok(())
    });
    let usual = lists.iter().any(|name| by_name(name).is_some());
    let first = lists.first().filter(|_| usual && lists.len() > 1);
    first.and_then(|name| ShownName::of(name)).or(inner)
}

/// How deep lists of values are looked for.
const DEPTH: usize = 4;
/// How much of a JSON file is looked at for lists in lists, in bytes.
const LISTS: usize = 4 << 10;
