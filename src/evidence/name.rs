//! Names inside a package: plain enough for every tool that reads it.
//!
//! BagIt tools disagree about `%` and line ends in names, and a tar can contain `../`. A name
//! therefore has only letters, digits, `.`, `_` and `-`.

use crate::evidence::EvidenceError;

/// The name of a package and of its single top directory: 1 to 64 plain characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackageName(String);

impl PackageName {
    /// Parses a name of 1 to 64 plain characters.
    pub fn parse(text: &str) -> Result<Self, EvidenceError> {
        plain(text).map(|name| Self(name.to_owned()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Accepts a name of 1 to 64 plain characters that begins with a letter or a digit.
pub(super) fn plain(text: &str) -> Result<&str, EvidenceError> {
    let begins = text.starts_with(|c: char| c.is_ascii_alphanumeric());
    if begins && text.len() <= MAX_LENGTH && text.bytes().all(is_plain) {
        Ok(text)
    } else {
        Err(EvidenceError::Name)
    }
}

/// True if a path read from a package has plain components only. Hidden files are accepted, so that
/// a verdict can name them.
pub(super) fn is_plain_path(path: &str) -> bool {
    path.split('/').all(|part| {
        !part.is_empty()
            && part.len() <= MAX_COMPONENT
            && part != "."
            && part != ".."
            && part.bytes().all(is_plain)
    })
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"._-".contains(&byte)
}

const MAX_LENGTH: usize = 64;
const MAX_COMPONENT: usize = 100;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_name_is_plain() {
        assert!(PackageName::parse("EXP-0003").is_ok());
        let long = "x".repeat(65);
        for name in [
            "", ".", "..", ".x", "-x", "a/b", "a b", "a%b", "a\nb", "é", &long,
        ] {
            assert!(PackageName::parse(name).is_err(), "{name:?}");
        }
    }

    #[test]
    fn a_path_never_leaves_its_directory() {
        assert!(is_plain_path("data/export.csv.age"));
        assert!(is_plain_path(".DS_Store"));
        for path in [
            "", "/etc", "../x", "a/../b", "a//b", "a/", "./a", "a\\b", "C:x",
        ] {
            assert!(!is_plain_path(path), "{path:?}");
        }
    }
}
