//! A sheet of an Excel workbook, written as lines: a row of the sheet is a line of the same number.
//!
//! Everything is in memory, in buffers that are wiped where they are ours; `calamine` keeps copies of its own for as
//! long as the sheet is read. What a workbook may unpack to is checked before it reads any of it, one workbook is in
//! memory at a time, and reading ends when nobody waits for it any longer.

use std::io::Read;

use calamine::{DataRef, ExcelDateTime, Reader, SheetType, SheetVisible, Xlsx, XlsxError};
use memchr::memmem;
use zeroize::{Zeroize, Zeroizing};

use super::growth::Growth;
use super::sheet::Sheet;
use super::workbook_bytes::{Watch, WatchedBytes};
use super::workbook_parts::{UNPACKED, check_parts};
use super::workbook_turn::{Turn, WorkbookText};
use crate::domain::caught;
use crate::ingest::column_name::{ShownName, fold, may_be_a_name};
use crate::ingest::error::{IngestError, WorkbookFault};

/// True if the file with these first bytes is a workbook. Another document of its kind is refused.
pub(super) fn is_one(head: &[u8]) -> Result<bool, IngestError> {
    let Some(rest) = head.strip_prefix(b"PK\x03\x04") else {
        return Ok(false);
    };
    let length = rest.get(22..24).and_then(|length| length.try_into().ok());
    let length = length.map_or(0, |length| usize::from(u16::from_le_bytes(length)));
    let name = rest.get(26..26 + length).unwrap_or_default();
    if name == b"mimetype" {
        let advice = "save it as CSV";
        let kind = memmem::find(head, b"application/vnd.oasis.opendocument");
        return match kind {
            Some(_) => Err(IngestError::Foreign {
                name: "an OpenDocument file",
                advice,
            }),
            None => Ok(false),
        };
    }
    let beginnings: [&[u8]; 4] = [b"_rels/", b"docProps/", b"xl/", b"customXml/"];
    let mut beginnings = beginnings.iter();
    Ok(name == b"[Content_Types].xml" || beginnings.any(|begins| name.starts_with(begins)))
}

/// Reads a sheet: the first that is not hidden, or the one of this name. Gives its lines.
pub(super) fn read(
    mut source: Box<dyn Read + Send>,
    sheet: Option<&str>,
) -> Result<(WorkbookText, Sheet), IngestError> {
    let mut packed = Zeroizing::new(Vec::new());
    (&mut source)
        .take(PACKED + 1)
        .read_to_end(&mut packed)
        .map_err(|error| IngestError::reading(error, 1))?;
    if packed.len() as u64 > PACKED {
        return Err(fault(WorkbookFault::TooLarge));
    }
    let turn = Turn::wait(&mut source)?;
    let watch = Watch::new(&mut source);
    // A library that is given a file of an attacker may fail in any way.
    let read = caught(|| lines_of(&packed, &watch, sheet));
    match watch.gone() {
        Some(gone) => Err(gone),
        None => read.map(|(text, sheet)| (WorkbookText::new(text, turn), sheet)),
    }
}

/// The lines of a sheet, and what is said of it.
fn lines_of(
    packed: &[u8],
    watch: &Watch<'_>,
    sheet: Option<&str>,
) -> Result<(Zeroizing<Vec<u8>>, Sheet), IngestError> {
    let length = packed.len() as u64;
    check_parts(WatchedBytes::new(packed, watch), length)?;
    let mut book = Xlsx::new(WatchedBytes::new(packed, watch)).map_err(unreadable)?;
    let name = choose(&book, sheet)?;
    let form = SheetForm::of(&mut book, &name)?;
    let text = write(&mut book, &name, (&form, length))?;
    // Each part is read once at most for what is said of the others.
    watch.allow(length);
    let sheet = chosen(&mut book, &name);
    Ok((text, sheet))
}

/// The name of the sheet to read.
fn choose<R: Read + std::io::Seek>(
    book: &Xlsx<R>,
    wanted: Option<&str>,
) -> Result<String, IngestError> {
    let sheets = || {
        let all = book.sheets_metadata().iter();
        all.filter(|sheet| sheet.typ == SheetType::WorkSheet)
    };
    let found = match wanted {
        Some(name) => sheets().find(|sheet| sheet.name == name).or_else(|| {
            let folded = name.trim().to_lowercase();
            sheets().find(|sheet| sheet.name.trim().to_lowercase() == folded)
        }),
        None => sheets()
            .find(|sheet| sheet.visible == SheetVisible::Visible)
            .or_else(|| sheets().next()),
    };
    found.map(|sheet| sheet.name.clone()).ok_or_else(|| {
        let shown = sheets().filter_map(|sheet| ShownName::of_sheet(&sheet.name));
        match wanted {
            Some(_) => fault(WorkbookFault::NoSuchSheet(shown.collect())),
            None => broken(),
        }
    })
}

/// What is said of the sheet that was chosen. Many sheets may be one part, so only some of them are looked at. A hidden
/// one is named if it may be a part of the log.
fn chosen<R: Read + std::io::Seek>(book: &mut Xlsx<R>, name: &str) -> Sheet {
    let others = book.sheets_metadata().iter();
    let others = others.filter(|sheet| sheet.typ == SheetType::WorkSheet && sheet.name != name);
    let others = others.map(|sheet| (sheet.name.clone(), sheet.visible == SheetVisible::Visible));
    let others: Vec<_> = others.collect();
    let first = first_rows(book, name).unwrap_or_default();
    let usual = choose(book, None).is_ok_and(|usual| usual == name);
    let mut all = book.sheets_metadata().iter();
    let place = all.position(|sheet| sheet.name == name);
    let mut sheet = Sheet {
        name: ShownName::of_sheet(name),
        place: place.filter(|_| !usual).map(|at| at as u32),
        unread: Vec::new(),
        more_unread: 0,
        alike: Vec::new(),
    };
    for (looked, (other, visible)) in others.into_iter().enumerate() {
        let shown = ShownName::of_sheet(&other).filter(|_| looked < NAMED);
        let Some(shown) = shown else {
            sheet.more_unread += usize::from(visible);
            continue;
        };
        // A sheet that cannot be read is like no other.
        let rows = first_rows(book, &other).unwrap_or_default();
        let alike = rows
            .iter()
            .any(|row| first.iter().any(|of_log| are_alike(row, of_log)));
        if !alike && !visible {
            continue;
        }
        if alike {
            sheet.alike.push(shown.clone());
        }
        sheet.unread.push(shown);
    }
    sheet
}

/// The texts of the first rows, as names of columns. A row with what is no name has none.
fn first_rows<R: Read + std::io::Seek>(
    book: &mut Xlsx<R>,
    name: &str,
) -> Result<Vec<Vec<String>>, IngestError> {
    let mut cells = book.worksheet_cells_reader(name).map_err(unreadable)?;
    let mut rows: Vec<Vec<String>> = Vec::new();
    let (mut row, mut of_names) = (None, true);
    while let Some(cell) = cells.next_cell().map_err(unreadable)? {
        if *cell.get_value() == DataRef::Empty {
            continue;
        }
        let at = cell.get_position().0;
        if row != Some(at) {
            if rows.len() >= HEADER_ROWS {
                break;
            }
            rows.push(Vec::new());
            (row, of_names) = (Some(at), true);
        }
        let mut text = Zeroizing::new(String::new());
        write_cell(cell.get_value(), false, &mut text);
        of_names &= may_be_a_name(&text);
        if let Some(names) = rows.last_mut() {
            match of_names {
                true => names.push(fold(text.trim())),
                false => names.clear(),
            }
        }
    }
    Ok(rows)
}

/// Whether two rows have most names in common, in any order.
fn are_alike(one: &[String], other: &[String]) -> bool {
    let common = one.iter().filter(|name| other.contains(name)).count();
    common >= 2 && common * 2 > one.len().max(other.len())
}

/// What must be known of a whole sheet before it is written.
struct SheetForm {
    /// By column: its dates are all days without a time of day.
    days: Vec<bool>,
    /// How many columns the first rows have, among them the header. A shorter row has blank cells at its end.
    width: usize,
}

impl SheetForm {
    fn of<R: Read + std::io::Seek>(book: &mut Xlsx<R>, name: &str) -> Result<Self, IngestError> {
        let mut cells = book.worksheet_cells_reader(name).map_err(unreadable)?;
        let (mut days, mut width) = (Vec::new(), 0);
        while let Some(cell) = cells.next_cell().map_err(unreadable)? {
            let (row, column) = place(cell.get_position())?;
            if row < FIRST_ROWS && *cell.get_value() != DataRef::Empty {
                width = width.max(column + 1);
            }
            if let DataRef::DateTime(time) = cell.get_value() {
                if days.len() <= column {
                    days.resize(column + 1, true);
                }
                if let Some(all) = days.get_mut(column) {
                    *all &= time.as_f64().fract() == 0.0;
                }
            }
        }
        Ok(Self { days, width })
    }
}

/// Writes the lines of a sheet.
fn write<R: Read + std::io::Seek>(
    book: &mut Xlsx<R>,
    name: &str,
    (form, packed): (&SheetForm, u64),
) -> Result<Zeroizing<Vec<u8>>, IngestError> {
    let mut cells = book.worksheet_cells_reader(name).map_err(unreadable)?;
    // Grown by copying, so that what is left behind is wiped.
    let mut text = Zeroizing::new(Vec::with_capacity(PIECE));
    let (mut row, mut column, mut cell_text) = (0, 0, Zeroizing::new(String::new()));
    // How many cells are missing at the end of a row, if it has any.
    let missing = |column: usize| form.width.saturating_sub(column + 1);
    let mut begun = false;
    while let Some(cell) = cells.next_cell().map_err(unreadable)? {
        if *cell.get_value() == DataRef::Empty {
            continue;
        }
        let at = place(cell.get_position())?;
        if at.0 < row || (at.0 == row && at.1 < column) {
            return Err(broken());
        }
        let (missing, rows, columns) = match at.0 - row {
            0 => (0, 0, at.1 - column),
            rows if begun => (missing(column), rows, at.1),
            rows => (0, rows, at.1),
        };
        cell_text.zeroize();
        let day = form.days.get(at.1).copied().unwrap_or_default();
        write_cell(cell.get_value(), day, &mut cell_text);
        make_room(
            &mut text,
            missing + rows + columns + cell_text.len() + 1,
            packed,
        )?;
        text.extend(std::iter::repeat_n(Sheet::DELIMITER, missing));
        text.extend(std::iter::repeat_n(b'\n', rows));
        text.extend(std::iter::repeat_n(Sheet::DELIMITER, columns));
        text.extend_from_slice(cell_text.as_bytes());
        (row, column, begun) = (at.0, at.1, true);
    }
    if begun {
        make_room(&mut text, missing(column) + 1, packed)?;
        text.extend(std::iter::repeat_n(Sheet::DELIMITER, missing(column)));
        text.push(b'\n');
    }
    Ok(text)
}

/// Makes room for more bytes of text. The old room is wiped. The text may not grow further than what is unpacked.
fn make_room(text: &mut Zeroizing<Vec<u8>>, more: usize, packed: u64) -> Result<(), IngestError> {
    let needed = text.len() + more;
    if needed as u64 > Growth::most(packed) {
        let unpacked = needed as u64;
        return Err(IngestError::Bomb { packed, unpacked });
    }
    if needed as u64 > UNPACKED {
        return Err(fault(WorkbookFault::TooLarge));
    }
    if needed > text.capacity() {
        let room = (text.capacity() * 2).min(UNPACKED as usize).max(needed);
        let mut larger = Zeroizing::new(Vec::with_capacity(room));
        larger.extend_from_slice(text);
        *text = larger;
    }
    Ok(())
}

/// The row and the column of a cell, if a sheet may have it.
fn place((row, column): (u32, u32)) -> Result<(usize, usize), IngestError> {
    match row < ROWS && column < COLUMNS {
        true => Ok((row as usize, column as usize)),
        false => Err(broken()),
    }
}

/// Writes a cell. `day`: its column has only days.
fn write_cell(value: &DataRef<'_>, day: bool, text: &mut String) {
    match value {
        DataRef::Empty => {}
        DataRef::Int(number) => text.push_str(&number.to_string()),
        DataRef::Float(number) => write_number(*number, text),
        DataRef::String(written) => write_text(written, text),
        DataRef::SharedString(written) => write_text(written, text),
        DataRef::Bool(is) => text.push_str(if *is { "true" } else { "false" }),
        DataRef::DateTime(time) => write_time(time, day, text),
        DataRef::DateTimeIso(written) | DataRef::DurationIso(written) => write_text(written, text),
        // An error, such as `#N/A`, stands where a value would be.
        DataRef::Error(_) => text.push_str("#N/A"),
    }
}

/// A text on one line.
fn write_text(written: &str, text: &mut String) {
    let kept = written.chars().map(|c| match c {
        // What separates cells is in none.
        '\n' | '\r' | '\u{1f}' => ' ',
        other => other,
    });
    text.extend(kept);
}

/// A whole number as its digits. Excel keeps fifteen; what has more is written as it shows it, which every reader
/// of numbers and ids takes for damaged.
fn write_number(number: f64, text: &mut String) {
    if !number.is_finite() || number.abs() >= EXACT {
        let rounded = format!("{number:.5E}");
        text.push_str(&match rounded.contains("E-") {
            true => rounded,
            false => rounded.replacen('E', "E+", 1),
        });
    } else if number.fract() == 0.0 {
        text.push_str(&format!("{number:.0}"));
    } else {
        text.push_str(&number.to_string());
    }
}

/// A day, a time of day, or both, as ISO 8601 has them. None has a zone.
fn write_time(time: &ExcelDateTime, day: bool, text: &mut String) {
    let serial = time.as_f64();
    let (year, month, date, hour, minute, second, millis) = time.to_ymd_hms_milli();
    let clock = match millis {
        0 => format!("{hour:02}:{minute:02}:{second:02}"),
        _ => format!("{hour:02}:{minute:02}:{second:02}.{millis:03}"),
    };
    text.push_str(&match serial {
        _ if (0.0..1.0).contains(&serial) => clock,
        _ if day => format!("{year:04}-{month:02}-{date:02}"),
        _ => format!("{year:04}-{month:02}-{date:02}T{clock}"),
    });
}

fn unreadable(_: XlsxError) -> IngestError {
    broken()
}

fn broken() -> IngestError {
    fault(WorkbookFault::Unreadable)
}

fn fault(fault: WorkbookFault) -> IngestError {
    IngestError::Workbook(fault)
}

/// The most bytes that a workbook may have.
const PACKED: u64 = 64 << 20;
/// The most rows and columns of a sheet.
const ROWS: u32 = 1 << 20;
const COLUMNS: u32 = 1 << 14;
/// How many rows the header is among.
const FIRST_ROWS: usize = 60;
/// How many rows of a sheet are looked at for the names of its columns.
const HEADER_ROWS: usize = 20;
/// How many of the sheets that are not read are named and looked at.
const NAMED: usize = 32;
/// From here on a number has more digits than Excel keeps.
const EXACT: f64 = 1e15;
/// How much room a text has at first, in bytes.
const PIECE: usize = 64 << 10;
