//! Errors of the configuration file, with their place. They never repeat a value.

use std::io;
use std::path::PathBuf;

use crate::domain::io_words;

/// Why the configuration file is refused.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("{path} cannot be read: {}", io_words(*.kind))]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The kind of I/O error.
        kind: io::ErrorKind,
    },
    /// The file is not TOML, or has a wrong setting.
    #[error("line {line}, column {column}: {rule}")]
    Malformed {
        /// The line, from 1.
        line: usize,
        /// The column in characters, from 1.
        column: usize,
        /// The rule that was broken.
        rule: String,
    },
    /// What is wrong is in this file.
    #[error("{path}: {error}")]
    InFile {
        /// The file.
        path: PathBuf,
        /// What is wrong in it.
        error: Box<ConfigError>,
    },
    /// A setting has a value outside its limits.
    #[error("{setting}: {rule}")]
    Refused {
        /// The name of the setting.
        setting: &'static str,
        /// The rule that was broken.
        rule: &'static str,
    },
}

impl ConfigError {
    pub(super) fn from_toml(text: &str, error: &toml::de::Error) -> Self {
        let at = error.span().map_or(0, |span| span.start).min(text.len());
        let before = text.get(..at).unwrap_or_default();
        let column = before.rsplit('\n').next().unwrap_or_default();
        Self::Malformed {
            line: before.matches('\n').count() + 1,
            column: column.chars().count() + 1,
            rule: rule(error.message()),
        }
    }
}

/// The parser's message without what it quotes: the known beginning, and what was expected, which
/// is our own text.
fn rule(message: &str) -> String {
    const RULES: [(&str, &str); 6] = [
        ("unknown field", "there is no such setting"),
        ("unknown variant", "must be another word"),
        ("missing field", "a setting is missing"),
        ("duplicate", "a setting appears twice"),
        ("invalid type", "wrong type"),
        ("invalid value", "not a valid value here"),
    ];
    let rule = RULES
        .iter()
        .find(|(opening, _)| message.starts_with(opening))
        .map(|(_, rule)| *rule);
    let Some(rule) = rule else {
        return "not TOML, or not a valid value here".to_owned();
    };
    match message.rsplit_once(", expected ") {
        Some((_, expected)) => format!("{rule}: expected {expected}"),
        None => rule.to_owned(),
    }
}
