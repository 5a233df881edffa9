//! Whether the first line of a delimited file has the names of its columns, or is a line of data like those below it.
//!
//! A line of data is shown nowhere, so a cell of it that looks like a name must not pass for one.

use super::usual_names::by_name;
use crate::ingest::column_name::may_be_a_name;

/// The first line, compared with the lines below it.
pub(super) struct FirstLine {
    columns: Vec<Compared>,
}

/// A cell of the first line, and how often a cell below it is like it.
struct Compared {
    first: String,
    shape: String,
    below: u32,
    same: u32,
    alike: u32,
}

impl FirstLine {
    pub(super) fn of(cells: &[&str]) -> Self {
        let compared = |cell: &&str| Compared {
            first: cell.trim().to_owned(),
            shape: shape(cell.trim()),
            below: 0,
            same: 0,
            alike: 0,
        };
        Self {
            columns: cells.iter().map(compared).collect(),
        }
    }

    /// Compares a line below it. Files that were joined have the same names once more; that tells nothing.
    pub(super) fn compare(&mut self, cells: &[&str]) {
        let cells = cells.iter().map(|cell| cell.trim());
        let again = cells.clone().take(self.columns.len());
        if self
            .columns
            .iter()
            .map(|column| column.first.as_str())
            .eq(again)
        {
            return;
        }
        for (column, cell) in self.columns.iter_mut().zip(cells) {
            if column.first.is_empty() || cell.is_empty() {
                continue;
            }
            column.below += 1;
            column.same += u32::from(cell == column.first);
            column.alike += u32::from(shape(cell) == column.shape);
        }
    }

    /// Whether it is data: a cell stands again below it, or one with the digits of a number or a time has the shape of
    /// those below it. Two usual names of columns make a header of it all the same, unless a cell has as many digits as
    /// a phone number or a day.
    pub(super) fn is_data(&self) -> bool {
        let named = |column: &&Compared| column.same == 0 && by_name(&column.first).is_some();
        let digits = |column: &Compared| {
            let digits = column.first.chars().filter(|letter| letter.is_numeric());
            digits.count()
        };
        let shaped =
            |column: &Compared| !may_be_a_name(&column.first) && column.alike * 2 > column.below;
        let of_data = |column: &Compared| column.same > 0 || shaped(column);
        let mut columns = self.columns.iter();
        columns.any(|column| (shaped(column) || column.below == 0) && digits(column) >= DIGITS)
            || (self.columns.iter().filter(named).count() < 2 && self.columns.iter().any(of_data))
    }
}

/// So many digits are in a phone number or in a day, and in no name of a column.
const DIGITS: usize = 7;

/// The text with a 9 for digits in a row and an a for letters in a row.
fn shape(text: &str) -> String {
    let mut shape = String::new();
    for letter in text.chars() {
        let class = match letter {
            _ if letter.is_numeric() => '9',
            _ if letter.is_alphabetic() => 'a',
            other => other,
        };
        if !(class.is_alphanumeric() && shape.ends_with(class)) {
            shape.push(class);
        }
    }
    shape
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_data(lines: &[&str]) -> bool {
        let cells = |at: usize| -> Vec<&str> { lines[at].split(',').collect() };
        let mut first = FirstLine::of(&cells(0));
        (1..lines.len()).for_each(|at| first.compare(&cells(at)));
        first.is_data()
    }

    #[test]
    fn a_line_of_data_is_told_by_those_below_it() {
        for lines in [
            // Texts that stand again.
            &["acme,jdoe,Verizon,US,sms", "acme,mroe,Sprint,US,voice"][..],
            // Numbers and times of the same shape, beside names of people.
            &["Jane Doe,+12025550101", "Max Roe,+12025550102"],
            &["north,2024-03-21 22:34", "south,2024-03-22 01:02"],
            &["a,4711081,x", "b,4711082,y"],
            // Nothing is below it.
            &["Jane,+12025550101"],
            // Values that are usual names too.
            &[
                "mobile,carrier,+12025550101",
                "landline,carrier,+12025550102",
            ],
        ] {
            assert!(is_data(lines), "{lines:?}");
        }
    }

    #[test]
    fn names_stay_names() {
        for lines in [
            &[
                "Wer,Wann,Bemerkung",
                "+447700900001,21.03.2024 22:34,north wing",
            ][..],
            &["alpha,beta", "canary,canary"],
            &["who,2024", "acme,17", "initech,18x"],
            &["number,carrier,2024", "+12025550101,Verizon,17"],
            // A usual name that is a value too.
            &["phone,carrier,sms", "+12025550101,Verizon,sms"],
            // The names once more, where files were joined.
            &["Wer,Was", "Jane,north", "Wer,Was", "Max,south"],
            // Nothing is below it.
            &["acme,jdoe"],
        ] {
            assert!(!is_data(lines), "{lines:?}");
        }
    }
}
