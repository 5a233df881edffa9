//! Which column has the country of each row, where no format or mapping says it.
//!
//! It is read if its name and its cells leave no doubt. What remains in doubt is named, and the file is refused if
//! numbers without a plus are to be read as those of one country: they may be of the other countries in that column.

use std::collections::BTreeMap;
use std::io::Cursor;

use zeroize::Zeroizing;

use super::column_name::ShownName;
use super::csv::header::Header;
use super::declared::Declared;
use super::error::IngestError;
use super::formats::shape::Shape;
use super::json::layout::Layout;
use super::json::look;
use super::mapping::column::ColumnMapping;
use super::mapping::country_column::{CountryLook, Standing, Wording};
use super::mapping::recipient_column::gets_something;
use super::mapping::usual_names::by_name;
use crate::domain::{Field, Format};

/// What was found among members of JSON.
pub(super) enum Found {
    /// The path that is read.
    Read(ShownName),
    /// Those that are in doubt.
    Open(Vec<String>),
}

/// The header with the column of countries, and the names of the columns that are in doubt. `looks` are of the
/// columns of these names.
pub(super) fn of_columns(
    header: Header,
    (names, looks): (&[&str], &[CountryLook]),
    declared: &mut Declared,
    shape: &mut Shape,
) -> Result<(Header, Vec<String>), IngestError> {
    if let Some(at) = header.place(Field::Country) {
        if let (Some(name), Some(look)) = (names.get(at), looks.get(at)) {
            shape.country_digits = look.digits(name);
        }
        return Ok((header, Vec::new()));
    }
    let own = declared.calling_code();
    let open = header.dropped_columns().iter().filter_map(|(at, shown)| {
        let (name, look) = (*names.get(*at)?, looks.get(*at)?);
        let said = declared.drops(name) || declared.drops(shown.as_str());
        let standing = look.standing(name, own).filter(|_| !said)?;
        Some((standing, (name, shown, look)))
    });
    let open: Vec<_> = open.collect();
    if let Some((name, _, look)) = beyond_doubt(&open, shape) {
        let mapped = ColumnMapping::new(Field::Country, name)?;
        declared.columns.push(mapped);
        shape.country_digits = look.digits(name);
        return Ok((Header::bind(shape, names, declared)?, Vec::new()));
    }
    let doubted = open
        .iter()
        .filter(|(_, (name, _, look))| look.is_doubt(name, own));
    let columns = doubted.map(|(_, (_, shown, _))| (*shown).clone());
    in_doubt(columns.collect(), declared).map(|columns| (header, columns))
}

/// The same of the members of a JSON file. `head` is its beginning.
pub(super) fn of_members(
    (head, layout): (&[u8], &Layout),
    declared: &mut Declared,
    shape: &mut Shape,
) -> Result<Found, IngestError> {
    let paths: Vec<String> = paths_of(Field::Country, shape, declared);
    let looks = member_looks(head, layout);
    if !paths.is_empty() {
        let mut read = paths
            .iter()
            .filter_map(|path| Some((path, looks.get(path)?)));
        if let Some((path, look)) = read.next() {
            shape.country_digits = look.digits(path);
        }
        return Ok(Found::Open(Vec::new()));
    }
    let own = declared.calling_code();
    let numbers = paths_of(Field::Number, shape, declared);
    let numbers: Vec<_> = numbers
        .iter()
        .filter(|path| looks.contains_key(*path))
        .collect();
    let open = looks.iter().filter_map(|(path, look)| {
        let standing = look.standing(path, own).filter(|_| !declared.names(path))?;
        let standing = match is_beside(path, &numbers) {
            true => standing,
            false => Standing::Doubt,
        };
        Some((standing, (path, ShownName::of(path)?, look)))
    });
    let open: Vec<_> = open.collect();
    if let Some((path, shown, look)) = beyond_doubt(&open, shape) {
        let mapped = ColumnMapping::new(Field::Country, path)?;
        declared.columns.push(mapped);
        shape.country_digits = look.digits(path);
        return Ok(Found::Read(shown.clone()));
    }
    let doubted = open
        .iter()
        .filter(|(_, (path, _, look))| look.is_doubt(path, own));
    let columns = doubted.map(|(_, (_, shown, _))| shown.clone());
    in_doubt(columns.collect(), declared).map(Found::Open)
}

/// The one column that is beyond doubt, of those that say it in the best way. What a mapping does not name it does not
/// want to be read, and a named format has its own reasons for codes.
fn beyond_doubt<'o, T>(open: &'o [(Standing, T)], shape: &Shape) -> Option<&'o T> {
    let sure = |standing: &Standing| match standing {
        Standing::Sure(wording) => Some(*wording),
        Standing::Doubt => None,
    };
    let best: Wording = open
        .iter()
        .filter_map(|(standing, _)| sure(standing))
        .min()?;
    let mut found = open
        .iter()
        .filter(|(standing, _)| sure(standing) == Some(best));
    let is_read = match shape.format {
        Format::SupplierCsv => true,
        Format::Mapped => false,
        _ => best == Wording::Names,
    };
    match (found.next(), found.next()) {
        (Some((_, only)), None) if is_read => Some(only),
        _ => None,
    }
}

/// Whether what is at the path is of the same person as one of the numbers: in an object with it, or in one that is
/// called as a number or a recipient is. The country of an account or of a bill is another matter.
fn is_beside(path: &str, numbers: &[&String]) -> bool {
    let above = |path: &str| {
        path.rsplit_once('.')
            .map_or(String::new(), |(above, _)| above.to_owned())
    };
    let own = above(path);
    let last = own.rsplit('.').next().unwrap_or_default();
    let of_number = by_name(last) == Some(Field::Number) || gets_something(last);
    let mut above_numbers = numbers.iter().map(|number| above(number));
    let within = |number: &str| {
        let rest = number.strip_prefix(own.as_str());
        own.is_empty() || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    of_number || above_numbers.any(|number| within(&number))
}

/// The paths of a field in JSON.
fn paths_of(field: Field, shape: &Shape, declared: &Declared) -> Vec<String> {
    let columns = shape.columns.iter().filter(|column| column.field == field);
    let names = columns.flat_map(|column| column.names.iter().map(String::as_str));
    let mapped = declared.columns.iter();
    let mapped = mapped.filter(|column| column.field() == field);
    let all = names.chain(mapped.map(ColumnMapping::column));
    all.map(str::to_owned).collect()
}

/// What the members of the first records look like, by their paths.
fn member_looks(head: &[u8], layout: &Layout) -> BTreeMap<String, CountryLook> {
    let copy = Cursor::new(Zeroizing::new(head.to_vec()));
    let mut stream = layout.stream(Box::new(copy));
    let mut looks: BTreeMap<String, CountryLook> = BTreeMap::new();
    for _ in 0..RECORDS {
        if !matches!(stream.advance(), Ok(true)) {
            break;
        }
        let _ = look::each_text(&stream, layout.way(), &mut |name, cell| {
            if looks.len() < NAMES || looks.contains_key(name) {
                looks.entry(name.to_owned()).or_default().see(cell);
            }
        });
    }
    looks
}

/// The names of columns that look like the country of each row, unless numbers are to be read as those of one country.
fn in_doubt(columns: Vec<ShownName>, declared: &Declared) -> Result<Vec<String>, IngestError> {
    match columns.first() {
        Some(column) if declared.is_of_one_country() => Err(IngestError::CountryColumn {
            column: column.clone(),
        }),
        _ => Ok(columns.iter().map(ShownName::to_string).collect()),
    }
}

/// How many records are looked at, and how many names of members.
const RECORDS: usize = 1000;
const NAMES: usize = 256;
