//! What LibreOffice makes of the CSV and of the spreadsheet of a package: nothing.
//!
//! `soffice` (Debian `libreoffice-calc-nogui`) opens each file, saves it in its own format, opens that and writes CSV.
//! Every cell is compared with what it was.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use breachvault::evidence::{Padding, Spreadsheet, safe_cell, write_row};
use serde_json::Value;

use crate::house::said;
use crate::outside::run;

/// Cells that a spreadsheet would run or change, and some that it leaves alone.
const CELLS: [&str; 66] = [
    "",
    "*",
    "0",
    "7",
    "42",
    "123456789012345",
    "1234567890123456",
    "12345678901234567890",
    "9007199254740993",
    "0012345",
    "00",
    "0",
    "1E5",
    "1e-3",
    "1.20255E+10",
    "5e",
    "1.0",
    "1.20",
    "1,000",
    "1.000,50",
    "1 000",
    "-5",
    "+5",
    "5%",
    "$5",
    "€ 5,00",
    "EUR 5",
    "(5)",
    "½",
    "１２",
    "1/2",
    "1:30",
    "22:34:49",
    "2024-03-21",
    "2024-03-21T22:34:49Z",
    "2024-03-21T22:34:49",
    "2024-03-21 22:34",
    "21.03.2024",
    "03/04/2024",
    "5 Mar",
    "Mar 5",
    "MAR1",
    "SEPT2",
    "March 2024",
    "Mon, 4 Mar 2024 10:00 PM",
    "10:00 PM",
    "TRUE",
    "false",
    "#N/A",
    "+12025550100",
    "=1+1",
    "=HYPERLINK(\"https://example.org\",\"x\")",
    "@SUM(A1)",
    "-1+1",
    "'",
    "'x",
    "''0012",
    "'+12025550100",
    "DF9",
    "SM0123456789abcdef",
    "S-7Q4M2KXA",
    "user.12@example.org",
    "say \"hi\"; a,b",
    "Côte d’Ivoire",
    "電話 5",
    "Washington, United States",
];

const HEADER: [&str; 2] = ["cell", "again"];

/// Cells that mean something in the XML of a sheet, and those that only a sheet holds as they are.
const ODD_CELLS: [&str; 10] = [
    " a ",
    "a\nb",
    "a & b < c > d",
    "<r>x</r>",
    "</t></is></c>",
    "&amp;]]>",
    "_x000D_",
    "__x0041_x0042_",
    "_x005F_x000D_",
    "u_xabcd_1@example.org",
];

/// Rows whose first cell is one of these and whose second is another one.
fn rows() -> Vec<[String; 2]> {
    let mut rows: Vec<[String; 2]> = (0..CELLS.len())
        .map(|at| [CELLS[at], CELLS[(at * 7 + 3) % CELLS.len()]].map(str::to_owned))
        .collect();
    // Texts of digits, letters and punctuation, the same in every run.
    let mut state = 7_u64;
    let mut next = |end: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 33) as usize % end
    };
    let letters: Vec<char> = "0123456789+-.,:/%$E TJanMary'=".chars().collect();
    for _ in 0..600 {
        let mut cell = || -> String {
            let length = 1 + next(12);
            let text: String = (0..length).map(|_| letters[next(letters.len())]).collect();
            // What a log's cell is: without spaces at its ends.
            text.trim().to_owned()
        };
        rows.push([cell(), cell()]);
    }
    rows
}

fn csv_file(directory: &Path) -> PathBuf {
    let path = directory.join("export.csv");
    let mut csv = Vec::new();
    write_row(&mut csv, HEADER).unwrap();
    for row in rows() {
        write_row(&mut csv, row.iter().map(String::as_str)).unwrap();
    }
    Padding::of([1; 32]).end_csv(&mut csv).unwrap();
    fs::write(&path, csv).unwrap();
    path
}

/// The rows of the spreadsheet.
fn sheet_rows() -> Vec<[String; 2]> {
    let mut rows = rows();
    rows.extend(ODD_CELLS.map(|cell| [cell.to_owned(), "x".to_owned()]));
    rows
}

fn xlsx_file(directory: &Path) -> PathBuf {
    let path = directory.join("export.xlsx");
    let mut sheet = Spreadsheet::begin(fs::File::create(&path).unwrap(), &HEADER).unwrap();
    for row in sheet_rows() {
        let cells: Vec<&str> = row.iter().map(String::as_str).collect();
        sheet.row(&cells).unwrap();
    }
    assert!(sheet.is_whole());
    sheet.finish(&Padding::of([1; 32]).for_xlsx()).unwrap();
    path
}

/// Opens a file and saves it as `kind` in a folder of its own. `None` if LibreOffice is not installed.
fn saved(file: &Path, kind: &str, reading: Option<&str>) -> Option<PathBuf> {
    let extension = kind.split(':').next().unwrap();
    let directory = file.parent().unwrap();
    let folder = directory.join(format!("as-{extension}"));
    let mut soffice = Command::new("soffice");
    let profile = format!(
        "-env:UserInstallation=file://{}/profile",
        directory.display()
    );
    soffice.arg("--headless").arg(profile);
    soffice.args(reading.map(|options| format!("--infilter=CSV:{options}")));
    soffice.arg("--convert-to").arg(kind);
    soffice.arg("--outdir").arg(&folder).arg(file);
    let output = run(&mut soffice)?;
    let path = folder
        .join(file.file_stem().unwrap())
        .with_extension(extension);
    assert!(path.exists(), "{}", said(&output));
    Some(path)
}

/// The cells as LibreOffice has them: as they are stored and not as they look, every text in quotes.
fn cells_of(file: &Path) -> Option<Vec<Vec<String>>> {
    let plain = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,true,false,false";
    let bytes = fs::read(saved(file, plain, None)?).unwrap();
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(&bytes[..]);
    let record = |record: csv::StringRecord| record.iter().map(str::to_owned).collect();
    Some(reader.records().map(|row| record(row.unwrap())).collect())
}

#[test]
fn a_spreadsheet_that_opens_the_csv_and_saves_it_changes_no_cell() {
    let directory = tempfile::tempdir().unwrap();
    let csv = csv_file(directory.path());
    // Comma, quotes, UTF-8; first as it comes, then with every kind of number and date looked for.
    for reading in ["44,34,76,1,,0,false,false", "44,34,76,1,,0,false,true"] {
        let Some(opened) = saved(&csv, "xlsx", Some(reading)) else {
            return;
        };
        let found = cells_of(&opened).unwrap();
        let rows = rows();
        assert_eq!(found.len(), rows.len() + 1);
        for (row, found) in rows.iter().zip(&found[1..]) {
            for (cell, found) in row.iter().zip(found) {
                assert_eq!(*found, safe_cell(cell), "{reading}: {cell:?}");
                let undone = found.strip_prefix('\'').unwrap_or(found);
                assert_eq!(undone, cell);
            }
        }
    }
}

/// Cells that begin with a letter and are dates, amounts or truth values in one of these locales.
const LOCALES: [(&str, &[&str]); 12] = [
    (
        "1031",
        &["Mrz 5", "Jän 5", "Dez5", "Sa 5", "WAHR", "falsch"],
    ),
    (
        "1049",
        &["фев 5", "мар 2024", "пн 5", "руб.5", "ИСТИНА", "ложь"],
    ),
    (
        "1055",
        &["Nis 5", "şub 2024", "Ocak 2024", "TL5", "YANLIŞ", "doğru"],
    ),
    ("1061", &["veebr 5", "märts 5", "TÕENE", "väär"]),
    ("1062", &["janv 5", "jūn 5", "PATIESS", "aplams"]),
    ("1032", &["Ιαν 5", "Μαρ 2024", "ΑΛΗΘΕΣ", "ΨΕΥΔΕΣ"]),
    ("1041", &["令和6年3月5日", "H30.3.5", "R6.3.5", "円5"]),
    ("1028", &["NT$5", "一月 5"]),
    ("2052", &["一月 5", "三月2024", "星期一 5", "假"]),
    ("1057", &["Rp5", "Mei 5", "Agt 5"]),
    ("1086", &["RM5", "Mac 5", "Ogo 5"]),
    ("1054", &["ม.ค. 5", "บาท5", "เท็จ"]),
];

#[test]
fn a_spreadsheet_of_another_language_changes_no_cell_either() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("locales.csv");
    let all = LOCALES.iter().flat_map(|(_, cells)| cells.iter().copied());
    let all: Vec<&str> = all.chain(CELLS).filter(|cell| !cell.is_empty()).collect();
    let mut csv = Vec::new();
    for cell in &all {
        write_row(&mut csv, [*cell]).unwrap();
    }
    fs::write(&path, csv).unwrap();
    for (locale, _) in LOCALES {
        let reading = format!("44,34,76,1,,{locale},false,true");
        let plain = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,true,false,false";
        let Some(read) = saved(&path, plain, Some(&reading)) else {
            return;
        };
        let bytes = fs::read(read).unwrap();
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .from_reader(&bytes[..]);
        let found: Vec<_> = reader.records().map(|row| row.unwrap()).collect();
        assert_eq!(found.len(), all.len());
        for (cell, found) in all.iter().zip(&found) {
            assert_eq!(&found[0], safe_cell(cell), "{locale}: {cell:?}");
        }
    }
}

#[test]
fn the_spreadsheet_holds_every_cell_as_text() {
    let directory = tempfile::tempdir().unwrap();
    let xlsx = xlsx_file(directory.path());
    // Opened, saved in LibreOffice's own format, and opened again.
    let Some(again) = saved(&xlsx, "ods", None) else {
        return;
    };
    for file in [&xlsx, &again] {
        let found = cells_of(file).unwrap();
        let rows = sheet_rows();
        assert_eq!(found[0], HEADER);
        assert_eq!(found.len(), rows.len() + 1);
        for (row, found) in rows.iter().zip(&found[1..]) {
            assert_eq!(found, row, "{}", file.display());
        }
    }
}

/// The program that docs/evidence-package.md shows.
#[test]
fn the_documented_program_gives_the_exact_cells_back() {
    let page = include_str!("../../docs/evidence-package.md");
    let (_, program) = page.split_once("# exact_cells.py\n").unwrap();
    let program = program.split_once("```").unwrap().0;
    let directory = tempfile::tempdir().unwrap();
    let csv = csv_file(directory.path());
    let mut python = Command::new("python3");
    python.arg("-c").arg(program).arg(&csv);
    let Some(output) = run(&mut python) else {
        return;
    };
    assert!(output.status.success(), "{}", said(&output));
    let found: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    let rows = rows();
    assert_eq!(found.len(), rows.len());
    for (row, found) in rows.iter().zip(&found) {
        assert_eq!(found["cell"], row[0].as_str());
        assert_eq!(found["again"], row[1].as_str());
    }
}
