//! Another column of a delimited file than the one that is read that may be of the recipients, as its first records
//! show.

use std::borrow::Cow;

use super::column_name::{ShownName, fold};
use super::csv::dialect::unquoted;
use super::csv::header::{Header, numbers, two_columns};
use super::declared::Declared;
use super::delimited::{Delimited, each_record};
use super::error::IngestError;
use super::formats::shape::Shape;
use super::guard::columns::is_content;
use super::mapping::column::ColumnMapping;
use super::mapping::recipient_column::{NumberLook, is_of_anything};
use super::mapping::usual_names::by_name;
use crate::domain::{Field, Format};

/// The names of the columns; of several columns of numbers that have the same number in each row, in one form or
/// another, all but one are dropped, and their places are given. A column with a name that another has is then called
/// `column 7`.
pub(super) fn one_of_the_same<'n>(
    names: &[&'n str],
    (head, delimited): (&[u8], &Delimited),
    declared: &mut Declared,
    shape: &Shape,
) -> (Vec<Cow<'n, str>>, Vec<usize>) {
    let mut called: Vec<_> = names.iter().copied().map(Cow::Borrowed).collect();
    let places = numbers(shape, names, declared);
    let Some((read, [_, ..])) = places.split_first() else {
        return (called, Vec::new());
    };
    let mut looks: Vec<_> = places
        .iter()
        .map(|at| (*at, NumberLook::default()))
        .collect();
    each_record(head, delimited, declared, |record| {
        let cell = |at: usize| std::str::from_utf8(record.get(at)?).ok().map(unquoted);
        let number = cell(*read).unwrap_or_default();
        for (at, look) in &mut looks {
            look.see(cell(*at).unwrap_or_default(), number, declared.region);
        }
    });
    if !looks.iter().all(|(_, look)| look.is_same()) {
        return (called, Vec::new());
    }
    // Numbers with a plus need no region. Of columns that are as good, the first.
    let best = looks
        .iter()
        .rev()
        .max_by_key(|(_, look)| look.international());
    let best = best.map_or(*read, |(at, _)| *at);
    let twins: Vec<usize> = places.iter().copied().filter(|at| *at != best).collect();
    for at in &twins {
        let place = ShownName::of_column(*at).to_string();
        let folded = names.get(*at).map(|name| fold(name));
        let twice = names.iter().filter(|name| Some(fold(name)) == folded);
        let (twice, name) = (twice.count() > 1, called.get_mut(*at));
        if let Some(name) = name {
            if twice {
                *name = Cow::Owned(place);
            }
            declared.drop.push(name.to_string());
        }
    }
    (called, twins)
}

/// Refuses a file with another column of numbers of people, whatever its name. Of a supplier's CSV, whose columns may
/// be called anything, a name that is usual for the recipient is enough. Gives the places of the columns in
/// which a later row may have somebody else.
pub(super) fn one_recipient(
    header: &Header,
    (names, (head, delimited)): (&[&str], (&[u8], &Delimited)),
    declared: &Declared,
    shape: &Shape,
) -> Result<Vec<usize>, IngestError> {
    let mapped = |column: &ColumnMapping| column.field() == Field::Number;
    let Some(read) = header.place(Field::Number) else {
        return Ok(Vec::new());
    };
    if declared.mapping.is_some() || declared.columns.iter().any(mapped) {
        return Ok(Vec::new());
    }
    let name_of = |at: usize| names.get(at).copied().unwrap_or_default();
    let open = header.dropped_columns().iter().filter(|(at, shown)| {
        let name = name_of(*at);
        !declared.drops(name) && !declared.drops(shown.as_str()) && !is_content(name)
    });
    let mut looks: Vec<_> = open.map(|(at, _)| (*at, NumberLook::default())).collect();
    each_record(head, delimited, declared, |record| {
        let cell = |at: usize| std::str::from_utf8(record.get(at)?).ok().map(unquoted);
        let number = cell(read).unwrap_or_default();
        for (at, look) in &mut looks {
            look.see(cell(*at).unwrap_or_default(), number, declared.region);
        }
    });
    let other = looks.iter().find(|(at, look)| {
        let name = name_of(*at);
        let usual = shape.format == Format::SupplierCsv && by_name(name) == Some(Field::Number);
        let named = usual && !is_of_anything(name) && !look.is_same() && !look.is_of_other_things();
        named || look.may_be_recipient(name)
    });
    match other {
        Some((other, _)) => Err(two_columns(Field::Number, names, [read, *other])),
        None => {
            let watched = looks.iter();
            let watched =
                watched.filter(|(at, look)| look.is_same() || look.is_watched(name_of(*at)));
            Ok(watched.map(|(at, _)| *at).collect())
        }
    }
}
