//! Names of columns that may stand in errors and reports.

use std::fmt;

/// A column's name: short, begun by a letter, nearly without digits. What does
/// not look like that may be a cell of a file without a header.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ShownName(String);

impl ShownName {
    /// The name, or nothing if the text might be more than a name.
    pub fn of(text: &str) -> Option<Self> {
        let text = text.trim();
        let fits = text.chars().count() <= 48
            && text.starts_with(|c: char| c.is_alphabetic() || c == '_')
            && text
                .chars()
                .all(|c| c.is_alphanumeric() || " _-./():#".contains(c))
            && text.chars().filter(|c| c.is_numeric()).count() <= 3;
        fits.then(|| Self(text.to_owned()))
    }

    /// `column 7` for a column whose name cannot be shown.
    pub(super) fn of_column(index: usize) -> Self {
        Self(format!("column {}", index + 1))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ShownName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// ` (its columns: a, b)`, or nothing.
pub(super) fn list(names: &[ShownName]) -> String {
    if names.is_empty() {
        return String::new();
    }
    format!(" (its columns: {})", join(names))
}

pub(super) fn join(names: &[ShownName]) -> String {
    let names: Vec<_> = names.iter().map(ShownName::as_str).collect();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_looks_like_a_name_is_shown() {
        for name in [
            "phone_number",
            "Phone Number",
            "Date/Time Start (UTC)",
            "Téléphone",
            "id2",
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
