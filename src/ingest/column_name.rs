//! Names of columns: how they are compared, and which may appear in errors and reports.

use std::fmt;

use super::times::serial::is_day;
use crate::domain::invisible::{cleaned, is_invisible};

/// The name without case, what nobody sees, underscores and hyphens. Two names that fold to the same
/// text are the same column.
pub(super) fn fold(name: &str) -> String {
    let kept = name
        .chars()
        .filter(|c| !is_invisible(*c) && *c != '_' && *c != '-');
    kept.flat_map(char::to_lowercase).collect()
}

/// A column's name that may be shown: at most 48 characters, beginning with a letter or an
/// underscore, which may be behind `@` or `$`, with at most three digits. Any other text may be a cell of a file that
/// has no header, and is not shown.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ShownName(String);

impl ShownName {
    /// The name, or `None` if the text might be a cell.
    pub fn of(text: &str) -> Option<Self> {
        let text = cleaned(text);
        let fits = text.chars().count() <= 48
            && text
                .strip_prefix(['@', '$'])
                .unwrap_or(&text)
                .starts_with(|c: char| c.is_alphabetic() || c == '_')
            && text
                .chars()
                .enumerate()
                .all(|(at, c)| c.is_alphanumeric() || MARKS.contains(c) || (at, c) == (0, '@'))
            && may_be_a_name(&text);
        fits.then(|| Self(text.into_owned()))
    }

    /// The name of a sheet, which people choose by it: `2024-03`, `March 16-31`. Only what may be a phone number is not
    /// shown.
    pub(super) fn of_sheet(text: &str) -> Option<Self> {
        let text = cleaned(text);
        let digits = text.chars().filter(|c| c.is_numeric()).count();
        let marks = |c: char| c.is_numeric() || " +-.()/".contains(c);
        let day = is_day(&text);
        let run = text
            .split(|c: char| !c.is_numeric())
            .any(|run| run.chars().count() >= DIGITS);
        let number = digits >= DIGITS && text.chars().all(marks) && !day;
        let shown = !text.is_empty() && !run && !number && !text.contains(char::is_control);
        shown.then(|| Self(text.into_owned()))
    }

    /// `column 7` in place of a name that may not be shown. `index` counts from 0.
    pub(super) fn of_column(index: usize) -> Self {
        Self(format!("column {}", index + 1))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ShownName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// `the name "a"`, or that there was one which may not be shown.
pub(super) fn as_given(name: Option<&ShownName>) -> String {
    match name {
        Some(name) => format!("the name {:?}", name.as_str()),
        None => "the name that was given".to_owned(),
    }
}

/// ` (its columns: a, b)`, or nothing if there are none. For the end of a sentence.
pub(super) fn in_brackets(names: &[ShownName]) -> String {
    if names.is_empty() {
        return String::new();
    }
    format!(" (its columns: {})", join(names))
}

/// False for what is a cell and no name, because it has as many digits as a number or a time, or is an address.
pub(super) fn may_be_a_name(text: &str) -> bool {
    let address = text.chars().skip(1).any(|c| c == '@');
    !address && text.chars().filter(|c| c.is_numeric()).count() <= 3
}

/// ` (its sheets: a, b)`, or nothing.
pub(super) fn sheets_in_brackets(names: &[ShownName]) -> String {
    in_brackets(names).replacen("columns", "sheets", 1)
}

/// `a, b, c`; of many names the first ones, and how many more there are.
pub(super) fn join(names: &[ShownName]) -> String {
    let shown = names.iter().take(JOINED).map(ShownName::as_str);
    let shown = shown.collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(JOINED) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// What may stand between the letters of a name, as in `date d'envoi`, `N° de téléphone`, `Date & time`.
const MARKS: &str = " _-./():#$%[]'\u{2019}\u{b0}\u{ba}\u{aa}&?!*+";
/// So many digits may be a phone number.
const DIGITS: usize = 7;
/// How many names are in a sentence.
const JOINED: usize = 40;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_names_the_first_are_said() {
        let name = ShownName::of("a").unwrap();
        assert_eq!(join(&vec![name.clone(); 2]), "a, a");
        let many = join(&vec![name; 140_000]);
        assert!(many.ends_with("a, a and 139960 more"), "{many}");
    }

    #[test]
    fn a_sheet_is_called_by_its_name_unless_that_may_be_a_number() {
        for name in [
            "2024-03",
            "2024-03-16",
            "Mar 2024",
            "March 16-31",
            "SMS (1)",
            "Q1/24",
            "a@b",
        ] {
            assert!(ShownName::of_sheet(name).is_some(), "{name}");
        }
        for name in [
            "",
            "+13035550101",
            "303-555-0101",
            "of 3035550101",
            "(303) 555 0101",
        ] {
            assert!(ShownName::of_sheet(name).is_none(), "{name}");
        }
    }

    #[test]
    fn only_what_looks_like_a_name_is_shown() {
        for name in [
            "phone_number",
            "Phone Number",
            "Date/Time Start (UTC)",
            "Téléphone",
            "id2",
            "@timestamp",
            "$number",
            "delivered [%]",
            "date d'envoi",
            "Heure d\u{2019}envoi",
            "N\u{b0} de t\u{e9}l\u{e9}phone",
            "Date & time",
            "Delivered?",
        ] {
            assert!(ShownName::of(name).is_some(), "{name}");
        }
        for cell in [
            "",
            "+12025550142",
            "2024-03-21",
            "a.user@example.com",
            "SM0001",
            "\u{1}",
        ] {
            assert!(ShownName::of(cell).is_none(), "{cell}");
        }
    }
}
