//! The parts of a workbook as XML: a sheet of text cells, written row by row, and what goes with it.
//!
//! The names are those of ECMA-376 (SpreadsheetML). Each cell has its text in itself (`inlineStr`), because a table of
//! all texts beside the sheet would have to be kept in memory until the sheet ends.

use std::io::{self, Write};

/// The parts beside the sheet, by their names.
pub(super) const PARTS: [(&str, &str); 5] = [
    ("[Content_Types].xml", CONTENT_TYPES),
    ("_rels/.rels", RELATIONS),
    ("xl/workbook.xml", WORKBOOK),
    ("xl/_rels/workbook.xml.rels", WORKBOOK_RELATIONS),
    ("xl/styles.xml", STYLES),
];

/// The name of the sheet's part.
pub(super) const SHEET: &str = "xl/worksheets/sheet1.xml";

/// How a sheet begins. All its columns are text, also where they are empty.
pub(super) const BEGIN: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#,
    r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">"#,
    r#"<cols><col min="1" max="16384" width="20" style="1" customWidth="1"/></cols>"#,
    "<sheetData>",
);

/// How a sheet ends. Excel would offer to make numbers of texts that look like some; here it does not.
pub(super) const END: &str = concat!(
    "</sheetData>",
    r#"<ignoredErrors><ignoredError sqref="A1:XFD1048576" numberStoredAsText="1"/></ignoredErrors>"#,
    "</worksheet>",
);

/// Writes a row, whose number is counted from 1. A cell without text is left out.
pub(super) fn write_row(out: &mut impl Write, row: u32, cells: &[&str]) -> io::Result<()> {
    let row = row.to_string();
    out.write_all(b"<row r=\"")?;
    out.write_all(row.as_bytes())?;
    out.write_all(b"\">")?;
    for (column, cell) in cells.iter().enumerate() {
        if cell.is_empty() {
            continue;
        }
        out.write_all(b"<c r=\"")?;
        write_column(out, column)?;
        out.write_all(row.as_bytes())?;
        // A reader may drop white space from the ends of a text otherwise.
        let begin: &[u8] = match cell.starts_with(SPACE) || cell.ends_with(SPACE) {
            true => b"\" s=\"1\" t=\"inlineStr\"><is><t xml:space=\"preserve\">",
            false => b"\" s=\"1\" t=\"inlineStr\"><is><t>",
        };
        out.write_all(begin)?;
        match cell.bytes().all(is_plain) {
            true => out.write_all(cell.as_bytes())?,
            false => write_text(out, cell)?,
        }
        out.write_all(b"</t></is></c>")?;
    }
    out.write_all(b"</row>")
}

/// Whether a byte stands for itself, whatever is around it.
fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..=b'~') && !matches!(byte, b'&' | b'<' | b'>' | b'_')
}

/// Writes the letters of a column, counted from 0: A to Z, then AA.
fn write_column(out: &mut impl Write, column: usize) -> io::Result<()> {
    if column >= 26 {
        write_column(out, column / 26 - 1)?;
    }
    out.write_all(&[b'A' + (column % 26) as u8])
}

/// Writes a text. What XML cannot hold becomes `_xHHHH_`, and so does a `_` that would be read as the beginning of one.
fn write_text(out: &mut impl Write, text: &str) -> io::Result<()> {
    let mut from = 0;
    for (at, c) in text.char_indices() {
        let escaped = match c {
            '&' => "&amp;",
            '<' => "&lt;",
            '>' => "&gt;",
            '_' if begins_escape(text.get(at..).unwrap_or_default()) => "_x005F_",
            c if is_no_xml(c) => &format!("_x{:04X}_", u32::from(c)),
            _ => continue,
        };
        out.write_all(text.get(from..at).unwrap_or_default().as_bytes())?;
        out.write_all(escaped.as_bytes())?;
        from = at + c.len_utf8();
    }
    out.write_all(text.get(from..).unwrap_or_default().as_bytes())
}

/// Whether a text, once written, begins with `_xHHHH_`. Its last `_` may be the first of another such escape.
fn begins_escape(text: &str) -> bool {
    let digits = text.as_bytes().get(2..6).unwrap_or_default();
    text.starts_with("_x")
        && digits.len() == 4
        && digits.iter().all(u8::is_ascii_hexdigit)
        && text
            .get(6..)
            .is_some_and(|rest| rest.starts_with(|c| c == '_' || is_no_xml(c)))
}

/// Whether XML cannot hold a character, or would not keep it as it is.
fn is_no_xml(c: char) -> bool {
    matches!(c, '\0'..' ' | '\u{fffe}' | '\u{ffff}') && !matches!(c, '\t' | '\n')
}

/// What XML calls white space.
const SPACE: [char; 3] = [' ', '\t', '\n'];

const CONTENT_TYPES: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#,
    r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">"#,
    r#"<Default Extension="rels" "#,
    r#"ContentType="application/vnd.openxmlformats-package.relationships+xml"/>"#,
    r#"<Default Extension="xml" ContentType="application/xml"/>"#,
    r#"<Override PartName="/xl/workbook.xml" "#,
    r#"ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>"#,
    r#"<Override PartName="/xl/styles.xml" "#,
    r#"ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>"#,
    r#"<Override PartName="/xl/worksheets/sheet1.xml" "#,
    r#"ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>"#,
    "</Types>",
);

const RELATIONS: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#,
    r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">"#,
    r#"<Relationship Id="rId1" "#,
    r#"Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" "#,
    r#"Target="xl/workbook.xml"/>"#,
    "</Relationships>",
);

const WORKBOOK: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#,
    r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" "#,
    r#"xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">"#,
    r#"<sheets><sheet name="export" sheetId="1" r:id="rId1"/></sheets>"#,
    "</workbook>",
);

const WORKBOOK_RELATIONS: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#,
    r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">"#,
    r#"<Relationship Id="rId1" "#,
    r#"Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" "#,
    r#"Target="worksheets/sheet1.xml"/>"#,
    r#"<Relationship Id="rId2" "#,
    r#"Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" "#,
    r#"Target="styles.xml"/>"#,
    "</Relationships>",
);

/// Style 1 is text: number format 49, which is `@`.
const STYLES: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#,
    r#"<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">"#,
    r#"<fonts count="1"><font><sz val="11"/><name val="Calibri"/><family val="2"/></font></fonts>"#,
    r#"<fills count="2"><fill><patternFill patternType="none"/></fill>"#,
    r#"<fill><patternFill patternType="gray125"/></fill></fills>"#,
    "<borders count=\"1\"><border><left/><right/><top/><bottom/><diagonal/></border></borders>",
    r#"<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>"#,
    r#"<cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>"#,
    r#"<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>"#,
    r#"<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>"#,
    "</styleSheet>",
);

#[cfg(test)]
mod tests {
    use super::*;

    fn written(cells: &[&str]) -> String {
        let mut out = Vec::new();
        write_row(&mut out, 12, cells).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_row_has_its_number_and_each_cell_its_place() {
        assert_eq!(
            written(&["+12025550100", "", "0012"]),
            concat!(
                r#"<row r="12"><c r="A12" s="1" t="inlineStr"><is><t>+12025550100</t></is></c>"#,
                r#"<c r="C12" s="1" t="inlineStr"><is><t>0012</t></is></c></row>"#,
            )
        );
    }

    #[test]
    fn columns_have_letters() {
        for (column, letters) in [
            (0, "A"),
            (25, "Z"),
            (26, "AA"),
            (51, "AZ"),
            (52, "BA"),
            (701, "ZZ"),
            (702, "AAA"),
            (16_383, "XFD"),
        ] {
            let mut out = Vec::new();
            write_column(&mut out, column).unwrap();
            assert_eq!(out, letters.as_bytes());
        }
    }

    #[test]
    fn what_means_something_else_in_xml_or_in_a_sheet_is_escaped() {
        for (text, xml) in [
            ("a&b<c>\"d'", "a&amp;b&lt;c&gt;\"d'"),
            ("<r>x</r>", "&lt;r&gt;x&lt;/r&gt;"),
            ("&amp;", "&amp;amp;"),
            ("]]>", "]]&gt;"),
            ("a\tb\nc", "a\tb\nc"),
            ("a\rb\r\nc", "a_x000D_b_x000D_\nc"),
            ("\0\u{1}\u{1b}\u{1f}", "_x0000__x0001__x001B__x001F_"),
            ("\u{fffe}\u{ffff}", "_xFFFE__xFFFF_"),
            ("_x000D_", "_x005F_x000D_"),
            ("_x00e9_", "_x005F_x00e9_"),
            ("__x0041_x0042_", "__x005F_x0041_x005F_x0042_"),
            ("_x0041\u{1}", "_x005F_x0041_x0001_"),
            ("\u{1}x0041_", "_x0001_x0041_"),
            ("_x005F_x000D_", "_x005F_x005F_x005F_x000D_"),
            (
                "_x00D_ _X000D_ _x00GD_ _x000D",
                "_x00D_ _X000D_ _x00GD_ _x000D",
            ),
            ("_xéé_", "_xéé_"),
            ("電話 🙂\u{a0}\u{200b}", "電話 🙂\u{a0}\u{200b}"),
        ] {
            let mut out = Vec::new();
            write_text(&mut out, text).unwrap();
            assert_eq!(String::from_utf8(out).unwrap(), xml, "{text:?}");
        }
    }

    #[test]
    fn white_space_at_an_end_is_kept() {
        for (text, kept) in [
            (" a", true),
            ("a ", true),
            ("\ta", true),
            ("a\n", true),
            (" ", true),
            ("a b", false),
            ("\u{a0}a", false),
        ] {
            let row = written(&[text]);
            assert_eq!(row.contains(" xml:space=\"preserve\">"), kept, "{text:?}");
        }
    }
}
