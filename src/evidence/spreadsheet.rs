//! A spreadsheet of text cells: `export.xlsx`.
//!
//! Each cell is text, so that no program makes a number or a date of it, and holds exactly what the JSON holds. The
//! sheet goes out while it is filled, so a long one needs no more memory than a short one, and no plaintext reaches the
//! disk. Its XML is our own: libraries that write workbooks keep the whole sheet in memory, 1.5 kB for a row, or in
//! temporary files in the clear, and take half a minute for a million rows.

use std::io::Write;

use crate::evidence::EvidenceError;
use crate::evidence::error::During;
use crate::evidence::sheet_xml::{BEGIN, END, write_row};
use crate::evidence::workbook::Workbook;

/// A sheet that is filled row by row.
pub struct Spreadsheet<W> {
    workbook: Workbook<W>,
    columns: usize,
    /// How many there are beside the header.
    rows: u32,
    whole: bool,
}

impl<W: Write + Send + 'static> Spreadsheet<W> {
    /// How many rows a sheet holds beside its header.
    pub const ROWS: u32 = 1_048_575;
    /// The longest cell in UTF-16 units.
    const CELL: usize = 32_767;
    /// The longest sheet in bytes of XML. From 4 GiB on a zip has another form, which not every program reads.
    const BYTES: u64 = 4_000_000_000;

    /// Begins a sheet with a header. It goes to `out`.
    pub fn begin(out: W, header: &[&str]) -> Result<Self, EvidenceError> {
        let mut workbook = Workbook::begin(out).during(STEP)?;
        workbook.write_all(BEGIN.as_bytes()).during(STEP)?;
        write_row(&mut workbook, 1, header).during(STEP)?;
        Ok(Self {
            workbook,
            columns: header.len(),
            rows: 0,
            whole: true,
        })
    }

    /// Adds a row. If it does not fit, the sheet is not whole, and no further row is added.
    pub fn row(&mut self, cells: &[&str]) -> Result<(), EvidenceError> {
        self.whole &= self.rows < Self::ROWS
            && self.workbook.bytes <= Self::BYTES
            && cells.len() == self.columns
            && cells.iter().all(|cell| Self::fits(cell));
        if self.whole {
            self.rows += 1;
            write_row(&mut self.workbook, self.rows + 1, cells).during(STEP)?;
        }
        Ok(())
    }

    /// Whether everything fitted. A sheet that lacks something must not be given out.
    pub fn is_whole(&self) -> bool {
        self.whole
    }

    /// Ends the file and gives back where it went. The padding, which is ASCII, goes where no reader looks: into a
    /// comment behind the sheet.
    pub fn finish(mut self, padding: &str) -> Result<W, EvidenceError> {
        for text in [END, "<!--", padding, "-->"] {
            self.workbook.write_all(text.as_bytes()).during(STEP)?;
        }
        self.workbook.finish().during(STEP)
    }

    /// A text has at least as many bytes as UTF-16 units.
    fn fits(cell: &str) -> bool {
        cell.len() <= Self::CELL || cell.encode_utf16().count() <= Self::CELL
    }
}

const STEP: &str = "write the spreadsheet";

#[cfg(test)]
mod tests {
    use std::io::{self, Cursor};

    use calamine::{Data, Reader, Xlsx};

    use super::*;

    fn begin() -> Spreadsheet<Vec<u8>> {
        Spreadsheet::begin(Vec::new(), &["number", "users"]).unwrap()
    }

    /// The cells as another program reads them; all must be text.
    fn read(bytes: Vec<u8>) -> Vec<Vec<String>> {
        let mut book = Xlsx::new(Cursor::new(bytes)).unwrap();
        assert_eq!(book.sheet_names(), ["export"]);
        let text = |cell: &Data| match cell {
            Data::String(text) => text.clone(),
            Data::Empty => String::new(),
            other => panic!("{other:?}"),
        };
        let range = book.worksheet_range("export").unwrap();
        range
            .rows()
            .map(|row| row.iter().map(text).collect())
            .collect()
    }

    #[test]
    fn every_cell_reads_back_as_it_was() {
        let texts = [
            "+12025550100",
            "0012345",
            "1E5",
            "12345678901234567890",
            "2024-03-21",
            "TRUE",
            "=1+1",
            "'x",
            "",
            " a ",
            "\ta\n",
            "a\nb\tc",
            "a\rb\r\nc",
            "a&b<c>\"d\"",
            "&amp;",
            "<r>x</r>",
            "</t></is></c>",
            "]]>",
            "\u{1}\u{b}\u{1f}\u{7f}\u{85}",
            "\u{fffe}\u{ffff}\u{feff}",
            "_x000D_",
            "__x0041_x0042_",
            "_x005F_x000D_",
            "電話 🙂\u{a0}",
            "u_xabcd_1@example.org",
        ];
        let mut sheet = begin();
        for (at, text) in texts.iter().enumerate() {
            let other = texts[(at * 7 + 3) % texts.len()];
            sheet.row(&[text, other]).unwrap();
        }
        assert!(sheet.is_whole());
        let found = read(sheet.finish("").unwrap());
        assert_eq!(found[0], ["number", "users"]);
        assert_eq!(found.len(), texts.len() + 1);
        for (at, (text, found)) in texts.iter().zip(&found[1..]).enumerate() {
            let other = texts[(at * 7 + 3) % texts.len()];
            assert_eq!(found, &[*text, other]);
        }
    }

    /// More than one piece goes to the packer, and long cells reach over the end of one.
    #[test]
    fn a_long_sheet_reads_back_as_it_was() {
        let row = |at: u32| {
            let users = "u&_".repeat(at as usize % 7 * 800);
            [format!("+1202555{at:04}"), format!("{users}{at}")]
        };
        let mut sheet = begin();
        for at in 0..2000 {
            let [number, users] = row(at);
            sheet.row(&[&number, &users]).unwrap();
        }
        assert!(sheet.is_whole());
        let found = read(sheet.finish("").unwrap());
        assert_eq!(found.len(), 2001);
        for (at, found) in (0..).zip(&found[1..]) {
            assert!(found == &row(at), "{at}");
        }
    }

    #[test]
    fn a_cell_that_is_too_long_leaves_no_whole_sheet() {
        let mut sheet = begin();
        sheet.row(&["+12025550100", &"x".repeat(32_767)]).unwrap();
        // Three bytes, one unit; four bytes, two units.
        sheet.row(&["+12025550101", &"電".repeat(32_767)]).unwrap();
        sheet.row(&["+12025550102", &"🙂".repeat(16_383)]).unwrap();
        assert!(sheet.is_whole());
        for long in ["x".repeat(32_768), "🙂".repeat(16_384)] {
            let mut sheet = begin();
            sheet.row(&["+12025550103", &long]).unwrap();
            assert!(!sheet.is_whole());
            sheet.row(&["+12025550104", "x"]).unwrap();
            assert!(!sheet.is_whole());
        }
    }

    #[test]
    fn a_row_with_another_count_of_cells_leaves_no_whole_sheet() {
        for cells in [&["x"][..], &["x", "y", "z"]] {
            let mut sheet = begin();
            sheet.row(cells).unwrap();
            assert!(!sheet.is_whole());
        }
    }

    #[test]
    fn a_sheet_holds_so_many_rows_and_so_many_bytes_and_no_more() {
        let mut sheet = begin();
        sheet.rows = Spreadsheet::<Vec<u8>>::ROWS - 1;
        sheet.row(&["+12025550100", "x"]).unwrap();
        assert!(sheet.is_whole());
        sheet.row(&["+12025550101", "x"]).unwrap();
        assert!(!sheet.is_whole());
        let mut sheet = begin();
        sheet.workbook.bytes = Spreadsheet::<Vec<u8>>::BYTES;
        sheet.row(&["+12025550100", "x"]).unwrap();
        assert!(sheet.is_whole());
        sheet.row(&["+12025550101", "x"]).unwrap();
        assert!(!sheet.is_whole());
    }

    #[test]
    fn padding_makes_the_file_longer_and_changes_no_sheet() {
        let made = |padding: &str| {
            let mut sheet = begin();
            sheet.row(&["+12025550100", "0012345"]).unwrap();
            sheet.finish(padding).unwrap()
        };
        let text = crate::evidence::Padding::of([7; 32]).for_xlsx();
        let (plain, padded) = (made(""), made(&text));
        assert!(
            padded.len() >= plain.len() + text.len() / 2,
            "{}",
            padded.len()
        );
        assert_eq!(read(plain), read(padded));
    }

    #[test]
    fn the_same_rows_give_the_same_bytes() {
        let made = || {
            let mut sheet = begin();
            sheet.row(&["+12025550100", "0012345"]).unwrap();
            sheet.finish("").unwrap()
        };
        let bytes = made();
        assert!(bytes.starts_with(b"PK"));
        assert_eq!(bytes, made());
    }

    /// A place that takes nothing, as a full disk does.
    struct Full;

    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::StorageFull.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_full_disk_is_told_as_one() {
        for rows in [1, 40_000] {
            let mut sheet = Spreadsheet::begin(Full, &["number", "users"]).unwrap();
            for _ in 0..rows {
                sheet.row(&["+12025550100", "x"]).unwrap();
            }
            match sheet.finish("").map(drop) {
                Err(EvidenceError::Io { source, .. }) => {
                    assert_eq!(source.kind(), io::ErrorKind::StorageFull);
                }
                other => panic!("{other:?}"),
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_reads_back_as_it_was(
            texts in proptest::collection::vec("[_xX0Aaf\u{1}\r\n &<>'\u{ffff}é🙂]{0,20}", 1..60)
        ) {
            let mut sheet = begin();
            for text in &texts {
                sheet.row(&["x", text]).unwrap();
            }
            let found = read(sheet.finish("").unwrap());
            let found: Vec<&String> = found[1..].iter().map(|row| &row[1]).collect();
            assert_eq!(found, texts.iter().collect::<Vec<_>>());
        }
    }
}
