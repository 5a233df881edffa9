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
    /// those below it. Two usual names of columns make a header of it all the same.
    pub(super) fn is_data(&self) -> bool {
        let named = |column: &&Compared| column.same == 0 && by_name(&column.first).is_some();
        let of_data = |column: &Compared| {
            let shaped = !may_be_a_name(&column.first) && column.alike * 2 > column.below;
            column.same > 0 || shaped
        };
        self.columns.iter().filter(named).count() < 2 && self.columns.iter().any(of_data)
    }
}

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
