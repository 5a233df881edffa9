//! A spreadsheet of text cells: `export.xlsx`.
//!
//! Each cell is text, so that no program makes a number or a date of it, and holds exactly what the JSON holds. The
//! sheet is made in memory and goes from there into age, so no plaintext reaches the disk. A row of six cells needs 1.5
//! kB of memory, the largest sheet 1.6 GB, so only one is made at a time. The library's memory is not wiped.

use std::io::Write;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, XlsxError};

use crate::domain::Moment;
use crate::evidence::EvidenceError;

/// A sheet that is filled row by row.
pub struct Spreadsheet {
    /// Nothing once a row or a cell did not fit.
    filled: Option<Filled>,
    _turn: MutexGuard<'static, ()>,
}

struct Filled {
    workbook: Workbook,
    properties: DocProperties,
    rows: u32,
}

impl Spreadsheet {
    /// How many rows a sheet holds beside its header.
    pub const ROWS: u32 = 1_048_575;
    /// The longest cell in UTF-16 units.
    const CELL: usize = 32_767;

    /// Begins a sheet with a header. Waits while another one is made.
    pub fn begin(header: &[&str], made_at: Moment) -> Result<Self, EvidenceError> {
        let turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        let mut workbook = Workbook::new();
        let made_at = ExcelDateTime::from_timestamp(made_at.seconds()).map_err(failed)?;
        let properties = DocProperties::new().set_creation_datetime(&made_at);
        // Cells take the format of their column.
        let text = Format::new().set_num_format("@");
        let sheet = workbook.add_worksheet();
        for (column, _) in (0..).zip(header) {
            sheet.set_column_format(column, &text).map_err(failed)?;
        }
        let mut filled = Filled {
            workbook,
            properties,
            rows: 0,
        };
        filled.add(header)?;
        Ok(Self {
            filled: Some(filled),
            _turn: turn,
        })
    }

    /// Adds a row. If it does not fit, there will be no sheet at all rather than one that lacks something.
    pub fn row(&mut self, cells: &[&str]) -> Result<(), EvidenceError> {
        let fits = |filled: &Filled| {
            let mut cells = cells.iter();
            filled.rows <= Self::ROWS && cells.all(|cell| cell.encode_utf16().count() <= Self::CELL)
        };
        match self.filled.take_if(|filled| !fits(filled)) {
            Some(_) => Ok(()),
            None => match &mut self.filled {
                Some(filled) => filled.add(cells),
                None => Ok(()),
            },
        }
    }

    /// Adds a text that no cell shows, as properties of the document: ASCII.
    pub fn pad(&mut self, text: &str) {
        let Some(filled) = &mut self.filled else {
            return;
        };
        let pieces = text
            .as_bytes()
            .chunks(PROPERTY)
            .map(String::from_utf8_lossy);
        for (no, piece) in (1..).zip(pieces) {
            let properties = std::mem::take(&mut filled.properties);
            let name = format!("padding {no}");
            filled.properties = properties.set_custom_property(name, piece.into_owned());
        }
    }

    /// Whether everything fitted.
    pub fn is_whole(&self) -> bool {
        self.filled.is_some()
    }

    /// Writes the file.
    pub fn write(self, out: impl Write + Send) -> Result<(), EvidenceError> {
        match self.filled {
            Some(mut filled) => {
                filled.workbook.set_properties(&filled.properties);
                filled.workbook.save_to_writer(out).map_err(failed)
            }
            None => Ok(()),
        }
    }
}

impl Filled {
    fn add(&mut self, cells: &[&str]) -> Result<(), EvidenceError> {
        let sheet = self.workbook.worksheet_from_index(0).map_err(failed)?;
        for (column, cell) in (0..).zip(cells) {
            sheet
                .write_string(self.rows, column, *cell)
                .map_err(failed)?;
        }
        self.rows += 1;
        Ok(())
    }
}

/// The library's errors can name a place on the disk or in the sheet, so only the kind of a failed write is kept.
fn failed(error: XlsxError) -> EvidenceError {
    let source = match error {
        XlsxError::IoError(source) => source,
        XlsxError::ZipError(_) => std::io::Error::other("the spreadsheet was not packed"),
        _ => std::io::Error::other("the spreadsheet was not filled"),
    };
    EvidenceError::Io {
        step: "write the spreadsheet",
        source,
    }
}

/// Spreadsheets keep 255 characters of a property.
const PROPERTY: usize = 220;

static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

#[cfg(test)]
mod tests {
    use super::*;

    fn begin() -> Spreadsheet {
        Spreadsheet::begin(&["number", "users"], Moment::from_seconds(1_712_044_800)).unwrap()
    }

    #[test]
    fn a_cell_that_is_too_long_leaves_no_sheet_rather_than_a_shorter_one() {
        let mut sheet = begin();
        sheet.row(&["+12025550100", &"x".repeat(32_767)]).unwrap();
        assert!(sheet.is_whole());
        sheet.row(&["+12025550101", &"x".repeat(32_768)]).unwrap();
        assert!(!sheet.is_whole());
        sheet.row(&["+12025550102", "x"]).unwrap();
        let mut out = Vec::new();
        sheet.write(&mut out).unwrap();
        assert!(out.is_empty());
    }

    #[test]
    fn padding_makes_the_file_longer_and_changes_no_sheet() {
        let made = |padding: &str| {
            let mut sheet = begin();
            sheet.row(&["+12025550100", "0012345"]).unwrap();
            sheet.pad(padding);
            let mut out = Vec::new();
            sheet.write(&mut out).unwrap();
            out
        };
        let text = crate::evidence::Padding::of([7; 32]).for_xlsx();
        let (plain, padded) = (made(""), made(&text));
        assert!(
            padded.len() >= plain.len() + text.len() / 2,
            "{}",
            padded.len()
        );
        let sheet = |bytes: &[u8]| {
            let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes.to_vec())).unwrap();
            let mut sheet = Vec::new();
            let mut file = zip.by_name("xl/worksheets/sheet1.xml").unwrap();
            std::io::Read::read_to_end(&mut file, &mut sheet).unwrap();
            sheet
        };
        assert_eq!(sheet(&plain), sheet(&padded));
    }

    #[test]
    fn the_same_rows_give_the_same_bytes() {
        let made = || {
            let mut sheet = begin();
            sheet.row(&["+12025550100", "0012345"]).unwrap();
            let mut out = Vec::new();
            sheet.write(&mut out).unwrap();
            out
        };
        let bytes = made();
        assert!(bytes.starts_with(b"PK"));
        assert_eq!(bytes, made());
    }
}
