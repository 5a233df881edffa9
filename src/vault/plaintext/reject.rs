//! Rows that could not be admitted: their line, the reason, and their cells.

use std::collections::BTreeMap;

use zeroize::Zeroize as _;

use super::wiped_text::WipedText;
use crate::domain::invisible::cleaned;
use crate::domain::{Field, words};

/// One row that was not admitted. Line, column and kind may be shown. The cells are only put into the sealed
/// quarantine.
pub struct Reject {
    /// The line of the file, from 1.
    pub line: u64,
    /// The label of the field at fault, if it is one field.
    pub column: Option<&'static str>,
    /// Why the row was not admitted.
    pub kind: RejectKind,
    /// The cells that the quarantine seals.
    pub cells: RejectCells,
}

/// The mapped cells of a rejected row, as a JSON object from field label to text. They are wiped on drop, and only the
/// vault can read them.
pub struct RejectCells(WipedText);

impl RejectCells {
    /// No cells, for a record that cannot be split into cells.
    pub fn none() -> Self {
        Self::new(std::iter::empty())
    }

    /// The cells as a JSON object, in the order given.
    pub fn new<'a>(cells: impl Iterator<Item = (Field, &'a str)>) -> Self {
        let mut object = WipedText::default();
        for (field, cell) in cells {
            object.push_str(if object.len() == 0 { "{\"" } else { ",\"" });
            object.push_str(field.label());
            object.push_str("\":\"");
            push_escaped(&mut object, cell);
            object.push_str("\"");
        }
        object.push_str(if object.len() == 0 { "{}" } else { "}" });
        Self(object)
    }

    /// Whether one of the cells is such, together with the cell of the country. `None` if they are no cells.
    pub(in crate::vault) fn any_cell(&self, is: impl Fn(&str, &str) -> bool) -> Option<bool> {
        let mut cells: BTreeMap<String, String> = serde_json::from_str(self.text()).ok()?;
        let country = cells.get(Field::Country.label()).cloned();
        let country = country.unwrap_or_default();
        let found = cells.values().any(|cell| is(cell, &country));
        cells.values_mut().for_each(|cell| cell.zeroize());
        Some(found)
    }

    /// How many bytes the cells hold.
    pub fn size(&self) -> usize {
        self.0.len()
    }

    pub(in crate::vault) fn text(&self) -> &str {
        self.0.as_str()
    }

    #[cfg(test)]
    pub(crate) fn text_in_tests(&self) -> &str {
        self.text()
    }
}

words! {
    /// Why a row was not admitted.
    pub enum RejectKind {
        /// The cell is not a phone number, or no numbering plan has such a number.
        NotANumber => "not-a-number",
        /// There is more than one number in the cell.
        SeveralNumbers => "several-numbers",
        /// A number without a plus, and neither a region was declared nor has the row a country to read it in.
        NeedsRegion => "needs-region",
        /// A number without a plus that is none of the declared region, or else of the row's country.
        NotInRegion => "not-in-region",
        /// A number without a plus that begins with the calling code of its region and is a number with and without it.
        Ambiguous => "ambiguous",
        /// A number without a plus whose calling code is not that of the row's country.
        OtherCountry => "other-country",
        /// Digits replaced by the supplier: `+1202555****`.
        Masked => "masked",
        /// Digits lost on the way: `1.20255E+10`.
        Damaged => "damaged",
        /// The cell of the number is blank or absent.
        MissingNumber => "missing-number",
        /// The cell of the time is blank or absent.
        MissingTime => "missing-time",
        /// The time cannot be read in the form expected.
        BadTime => "bad-time",
        /// A day without a time of day.
        NoTimeOfDay => "no-time-of-day",
        /// The number by which a spreadsheet keeps a time, and nobody said that the times are such numbers.
        SpreadsheetTime => "spreadsheet-time",
        /// A local time that was skipped when the clocks went forward.
        TimeDoesNotExist => "time-does-not-exist",
        /// A local time that occurred twice when the clocks went back.
        TimeIsAmbiguous => "time-is-ambiguous",
        /// The cell looks like the text of a message, which the vault never stores.
        LooksLikeContent => "looks-like-content",
        /// A phone number in another column than that of the numbers, which would be shown.
        PhoneNumber => "phone-number",
        /// The cell is longer than its field may be.
        TooLong => "too-long",
        /// The cell has control characters.
        NotPrintable => "not-printable",
        /// The record has more or fewer cells than the header.
        WrongCellCount => "wrong-cell-count",
        /// The line or record is not JSON, and the file is.
        BrokenJson => "broken-json",
        /// The JSON value is not an object.
        NotAnObject => "not-an-object",
        /// A JSON value that is neither text nor a number.
        NotText => "not-text",
        /// A JSON name that occurs twice in one object.
        RepeatedName => "repeated-name",
    }
}

/// How many rejects of one sealed part of a quarantine name this account. None if the part is not what was sealed.
pub(in crate::vault) fn rejects_of_account(part: &[u8], account: &str) -> Option<u64> {
    #[derive(serde::Deserialize)]
    struct Line {
        cells: Cells,
    }
    #[derive(serde::Deserialize)]
    struct Cells {
        #[serde(default)]
        account: String,
    }
    let mut found = 0;
    for line in part.split(|byte| *byte == b'\n') {
        if !line.is_empty() {
            let line: Line = serde_json::from_slice(line).ok()?;
            found += u64::from(cleaned(&line.cells.account) == account);
        }
    }
    Some(found)
}

/// Appends a text with JSON string escapes (RFC 8259, section 7).
fn push_escaped(object: &mut WipedText, cell: &str) {
    let mut rest = cell;
    while let Some(at) = rest.find(|c: char| c == '"' || c == '\\' || c < ' ') {
        let (plain, tail) = rest.split_at(at);
        object.push_str(plain);
        match tail.as_bytes().first() {
            Some(b'"') => object.push_str("\\\""),
            Some(b'\\') => object.push_str("\\\\"),
            Some(byte) => object.push_str(&format!("\\u{byte:04x}")),
            None => {}
        }
        rest = tail.get(1..).unwrap_or_default();
    }
    object.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_a_json_object_of_labels_and_texts() {
        let cells = [
            (Field::Number, "+1 (202) 555-0142"),
            (Field::Carrier, "a \"quoted\"\\\nname\u{1}é"),
        ];
        let text = RejectCells::new(cells.into_iter());
        let value: serde_json::Value = serde_json::from_str(text.text()).unwrap();
        assert_eq!(value["number"], "+1 (202) 555-0142");
        assert_eq!(value["carrier"], "a \"quoted\"\\\nname\u{1}é");
        assert_eq!(RejectCells::none().text(), "{}");
    }

    #[test]
    fn the_rejects_of_one_account_are_counted_by_their_cell() {
        let part = concat!(
            r#"{"line":2,"column":"number","kind":"damaged","cells":{"account":"one","number":"1E+5"}}"#,
            "\n",
            r#"{"line":3,"column":null,"kind":"wrong-cell-count","cells":{}}"#,
            "\n",
            r#"{"line":4,"column":null,"kind":"bad-time","cells":{"account":" one\u200b"}}"#,
            "\n",
            r#"{"line":5,"column":null,"kind":"bad-time","cells":{"account":"One"}}"#,
            "\n",
        );
        assert_eq!(rejects_of_account(part.as_bytes(), "one"), Some(2));
        assert_eq!(rejects_of_account(b"", "one"), Some(0));
        assert_eq!(rejects_of_account(b"{}\n", "one"), None);
    }

    #[test]
    fn every_kind_has_its_own_name() {
        let mut names: Vec<_> = RejectKind::ALL.iter().map(|kind| kind.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), RejectKind::ALL.len());
    }
}
