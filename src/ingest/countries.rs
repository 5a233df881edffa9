//! Which column has the country of each row, where no format or mapping says it.
//!
//! It is read if its name and its cells leave no doubt. What remains in doubt is named, and the file is refused if
//! numbers without a plus are to be read as those of one country: they may be of the other countries in that column.

use std::collections::BTreeMap;
use std::io::Cursor;

use zeroize::Zeroizing;

use super::column_name::ShownName;
use super::csv::dialect::unquoted;
use super::csv::header::{Header, two_columns};
use super::declared::Declared;
use super::delimited::{Delimited, each_record};
use super::error::IngestError;
use super::formats::shape::{Reads, Shape};
use super::json::layout::Layout;
use super::json::look;
use super::json::path::{last, parent};
use super::mapping::column::ColumnMapping;
use super::mapping::country_column::{CountryLook, Standing, Wording};
use super::mapping::recipient_column::gets_something;
use super::mapping::usual_names::by_name;
use crate::domain::invisible::cleaned;
use crate::domain::{Field, Format};

/// What was found among members of JSON.
pub(super) enum Found {
    /// The path that is read.
    Read(ShownName),
    /// Those that are in doubt.
    Open(Vec<String>),
}

/// A column or member that may have the country of each row: how it stands, its name, the name that is shown, and what
/// its first cells look like.
type Open<'o, N> = (Standing, N, &'o str, &'o CountryLook);

/// The header with the column of countries, and the names of the columns that are in doubt. `looks` are of the
/// columns of these names, and `head` is the beginning of the file.
pub(super) fn of_columns(
    header: Header,
    (names, looks): (&[&str], &[CountryLook]),
    (head, delimited): (&[u8], &Delimited),
    declared: &mut Declared,
    shape: &mut Shape,
) -> Result<(Header, Vec<String>), IngestError> {
    let own = declared.calling_code();
    let bound = header.place(Field::Country);
    let open = header.dropped_columns().iter().filter_map(|(at, shown)| {
        let (name, look) = (*names.get(*at)?, looks.get(*at)?);
        let said = declared.drops(name) || declared.drops(shown.as_str());
        let standing = look.standing(name, own).filter(|_| !said)?;
        Some((standing, *at, shown.as_str(), look))
    });
    let open: Vec<Open<'_, usize>> = open.collect();
    let name_of = |at: usize| names.get(at).copied().unwrap_or_default();
    let read = match bound {
        Some(at) => Some(at),
        None => beyond_doubt(&open, shape).map(|(_, at, ..)| *at),
    };
    if open.is_empty() && read.is_none() {
        return Ok((header, Vec::new()));
    }
    let mut rows = Rows::of(declared, shape);
    let number = header.place(Field::Number);
    if open.iter().any(|(_, at, ..)| Some(*at) != read) {
        let bound = read.and_then(|at| Some((at, looks.get(at)?)));
        each_record(head, delimited, declared, |record| {
            let cell = |at: usize| std::str::from_utf8(record.get(at)?).ok().map(unquoted);
            let said = |at: usize, look: &CountryLook| look.said(name_of(at), cell(at)?);
            let others = open.iter().filter(|(_, at, ..)| Some(*at) != read);
            let others = others.filter_map(|(_, at, _, look)| Some((*at, said(*at, look)?)));
            let number = number.and_then(cell).unwrap_or_default();
            rows.see(number, bound.and_then(|(at, look)| said(at, look)), others);
        });
    }
    if let (Some(at), Some(other)) = (read, rows.other) {
        return Err(two_columns(Field::Country, names, [at, other]));
    }
    if let Some(at) = read {
        let look = looks.get(at);
        shape.country_digits = look.map_or(shape.country_digits, |look| look.digits(name_of(at)));
        if bound.is_some() {
            return Ok((header, Vec::new()));
        }
        let mapped = ColumnMapping::new(Field::Country, name_of(at))?;
        declared.columns.push(mapped);
        return Ok((Header::bind(shape, names, declared)?, Vec::new()));
    }
    let doubted = open
        .iter()
        .filter(|(_, at, _, look)| look.is_doubt(name_of(*at), own));
    let columns = doubted.filter_map(|(_, at, shown, _)| Some((*at, ShownName::of(shown)?)));
    in_doubt(columns.collect(), &rows, declared).map(|columns| (header, columns))
}

/// The same of the members of a JSON file. `head` is its beginning.
pub(super) fn of_members(
    (head, layout): (&[u8], &Layout),
    declared: &mut Declared,
    shape: &mut Shape,
) -> Result<Found, IngestError> {
    let paths: Vec<String> = paths_of(Field::Country, shape, declared);
    let looks = member_looks(head, layout);
    let own = declared.calling_code();
    let numbers = paths_of(Field::Number, shape, declared);
    let numbers: Vec<_> = numbers
        .iter()
        .filter(|path| looks.contains_key(*path))
        .collect();
    let open = looks.iter().filter_map(|(path, look)| {
        let is_read = declared.names(path) || shape.reads(path);
        let standing = look.standing(path, own).filter(|_| !is_read)?;
        let standing = match is_beside(path, &numbers) {
            true => standing,
            false => Standing::Doubt,
        };
        Some((standing, path.as_str(), path.as_str(), look))
    });
    let open: Vec<Open<'_, &str>> = open.collect();
    let bound = paths
        .iter()
        .find_map(|path| Some((path.as_str(), looks.get(path)?)));
    let read = match bound {
        Some((path, _)) => Some(path),
        None if !paths.is_empty() => None,
        None => beyond_doubt(&open, shape).map(|(_, path, ..)| *path),
    };
    let mut rows = Rows::of(declared, shape);
    if open.iter().any(|(_, path, ..)| Some(*path) != read) {
        each_member_row(head, layout, |texts| {
            let cell = |path: &str| texts.get(path).map_or("", |text| text.as_str());
            let said = |path: &str| looks.get(path)?.said(path, cell(path));
            let others = open.iter().enumerate();
            let others = others.filter(|(_, (_, path, ..))| Some(*path) != read);
            let others = others.filter_map(|(at, (_, path, ..))| Some((at, said(path)?)));
            let mut numbers = numbers.iter().map(|path| cell(path));
            let number = numbers.find(|number| !number.is_empty());
            rows.see(number.unwrap_or_default(), read.and_then(said), others);
        });
    }
    if let (Some(path), Some(other)) = (read, rows.other) {
        let other = open.get(other).map_or("", |(_, path, ..)| *path);
        return Err(two_columns(Field::Country, &[path, other], [0, 1]));
    }
    if let Some(path) = read {
        shape.country_digits = looks
            .get(path)
            .map_or(shape.country_digits, |look| look.digits(path));
        if bound.is_none()
            && let Some(shown) = ShownName::of(path)
        {
            let mapped = ColumnMapping::new(Field::Country, path)?;
            declared.columns.push(mapped);
            return Ok(Found::Read(shown));
        }
        return Ok(Found::Open(Vec::new()));
    }
    let doubted = open.iter().enumerate();
    let doubted = doubted.filter(|(_, (_, path, _, look))| look.is_doubt(path, own));
    let columns = doubted.filter_map(|(at, (_, path, ..))| Some((at, ShownName::of(path)?)));
    in_doubt(columns.collect(), &rows, declared).map(Found::Open)
}

/// What the first rows say where a column that is not read may have the country.
struct Rows {
    own: Option<u16>,
    international: bool,
    /// There are numbers, and all have a plus.
    numbers: bool,
    bare: bool,
    /// The first column that says another country of a number without a plus than the column that is read, or than
    /// the declared region where that column says nothing.
    other: Option<usize>,
    /// The same where none is read and the format's numbers are international: the number begins with another code.
    unlike: Option<usize>,
}

impl Rows {
    fn of(declared: &Declared, shape: &Shape) -> Self {
        let mut reads = shape.columns.iter().map(|column| column.reads);
        Self {
            own: declared.calling_code(),
            international: reads.any(|reads| reads == Reads::International),
            numbers: false,
            bare: false,
            other: None,
            unlike: None,
        }
    }

    /// Looks at a row: its number, what the column that is read says, and what others say.
    fn see(
        &mut self,
        number: &str,
        bound: Option<u16>,
        others: impl Iterator<Item = (usize, u16)>,
    ) {
        let number = cleaned(number);
        if number.is_empty() {
            return;
        }
        self.numbers = true;
        if number.contains(['+', '\u{ff0b}']) {
            return;
        }
        self.bare = true;
        let digits = number.trim_start_matches('0');
        for (at, code) in others {
            if bound.or(self.own).is_some_and(|bound| bound != code) {
                self.other = self.other.or(Some(at));
            }
            if self.international && !digits.starts_with(&code.to_string()) {
                self.unlike = self.unlike.or(Some(at));
            }
        }
    }
}

/// The one column that is beyond doubt, of those that say it in the best way. What a mapping does not name it does not
/// want to be read, and a named format has its own reasons for codes.
fn beyond_doubt<'o, 'p, N>(open: &'o [Open<'p, N>], shape: &Shape) -> Option<&'o Open<'p, N>> {
    let sure = |standing: &Standing| match standing {
        Standing::Sure(wording) => Some(*wording),
        Standing::Doubt => None,
    };
    let best: Wording = open
        .iter()
        .filter_map(|(standing, ..)| sure(standing))
        .min()?;
    let mut found = open
        .iter()
        .filter(|(standing, ..)| sure(standing) == Some(best));
    let is_read = match shape.format {
        Format::SupplierCsv => true,
        Format::Mapped => false,
        _ => matches!(best, Wording::Names | Wording::Blank),
    };
    match (found.next(), found.next()) {
        (Some(only), None) if is_read => Some(only),
        _ => None,
    }
}

/// Whether what is at the path is of the same person as one of the numbers: in an object with it, or in one that is
/// called as a number or a recipient is. The country of an account or of a bill is another matter.
fn is_beside(path: &str, numbers: &[&String]) -> bool {
    let own = parent(path);
    let of_number = by_name(last(own)) == Some(Field::Number) || gets_something(last(own));
    let mut above_numbers = numbers.iter().map(|number| parent(number));
    let within = |number: &str| {
        let rest = number.strip_prefix(own);
        own.is_empty() || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    of_number || above_numbers.any(within)
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
    let mut looks: BTreeMap<String, CountryLook> = BTreeMap::new();
    each_member_row(head, layout, |texts| {
        for (path, text) in texts {
            if looks.len() < NAMES || looks.contains_key(path) {
                looks.entry(path.to_owned()).or_default().see(text);
            }
        }
    });
    looks
}

/// Calls `with` for the texts of each of the first records, by their paths.
fn each_member_row(
    head: &[u8],
    layout: &Layout,
    mut with: impl FnMut(&BTreeMap<String, Zeroizing<String>>),
) {
    let copy = Cursor::new(Zeroizing::new(head.to_vec()));
    let mut stream = layout.stream(Box::new(copy));
    for _ in 0..RECORDS {
        if !matches!(stream.advance(), Ok(true)) {
            break;
        }
        let mut texts = BTreeMap::new();
        let _ = look::each_text(&stream, layout.way(), &mut |path, text| {
            texts.insert(path.to_owned(), Zeroizing::new(text.to_owned()));
        });
        with(&texts);
    }
}

/// The names of columns that look like the country of each row, unless numbers are to be read as those of one country,
/// or begin with another calling code. Where all have a plus, no region is needed: then none is used, so that none is
/// read in it that comes later.
fn in_doubt(
    columns: Vec<(usize, ShownName)>,
    rows: &Rows,
    declared: &mut Declared,
) -> Result<Vec<String>, IngestError> {
    let unlike = columns.iter().find(|(at, _)| rows.unlike == Some(*at));
    if let Some((_, column)) = unlike {
        return Err(IngestError::CountryColumn {
            column: column.clone(),
        });
    }
    let only_plus = rows.numbers && !rows.bare && declared.mapping.is_none();
    match columns.first() {
        Some(_) if only_plus => declared.region = None,
        Some((_, column)) if declared.is_of_one_country() => {
            return Err(IngestError::CountryColumn {
                column: column.clone(),
            });
        }
        _ => {}
    }
    let names = columns.iter().map(|(_, column)| column.to_string());
    Ok(names.collect())
}

/// How many records are looked at, and how many names of members.
const RECORDS: usize = 1000;
const NAMES: usize = 256;
