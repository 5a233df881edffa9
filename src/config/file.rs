//! The whole configuration file.

use std::path::Path;

use serde::Deserialize;

use super::{Budgets, ConfigError, Identity, Ingest, Limits, Log, Serve, Sessions, Tls};
use crate::vault::Settings;

/// All sections; an absent section has its defaults.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// `[serve]`
    pub serve: Serve,
    /// `[tls]`
    pub tls: Tls,
    /// `[limits]`
    pub limits: Limits,
    /// `[budgets]`
    pub budgets: Budgets,
    /// `[ingest]`
    pub ingest: Ingest,
    /// `[identity]`
    pub identity: Identity,
    /// `[sessions]`
    pub sessions: Sessions,
    /// `[log]`
    pub log: Log,
}

impl Config {
    /// Reads the file, or returns the defaults if none is given.
    pub fn load(path: Option<&Path>) -> Result<Self, ConfigError> {
        let Some(path) = path else {
            return Ok(Self::default());
        };
        let text = std::fs::read_to_string(path).map_err(|error| ConfigError::Unreadable {
            path: path.to_owned(),
            kind: error.kind(),
        })?;
        Self::parse(&text)
    }

    /// Parses the text of a configuration file and checks every setting.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        let config: Self =
            toml::from_str(text).map_err(|error| ConfigError::from_toml(text, &error))?;
        config.limits.check()?;
        config.budgets.check()?;
        config.ingest.check()?;
        config.sessions.check()?;
        config.tls.check()?;
        Ok(config)
    }

    /// The settings of the vault.
    pub fn settings(&self) -> Settings {
        Settings {
            session_s: i64::from(self.sessions.session_minutes) * 60,
            enrolment_s: i64::from(self.sessions.enrolment_hours) * 3600,
            reveal_s: i64::from(self.sessions.reveal_hours) * 3600,
            export_s: i64::from(self.sessions.export_hours) * 3600,
            second_factor: self.identity.second_factor,
            reveal_subjects: self.limits.reveal_subjects,
            lookup_numbers: self.limits.lookup_numbers,
            lookup_budget: self.budgets.lookups(),
            view_budget: self.budgets.views(),
            case_points: self.budgets.case_points_per_month,
            slowed_points: self.budgets.slowed_points_per_day,
            work_hours: self.budgets.work_hours(),
            readers: self.limits.readers,
            protected_threshold: self.limits.protected_threshold,
            table_bytes: self.limits.table_bytes,
            max_quarantined: self.ingest.max_quarantined,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_file_gives_the_vaults_own_defaults() {
        let ours = format!("{:?}", Config::load(None).unwrap().settings());
        assert_eq!(ours, format!("{:?}", Settings::default()));
    }

    #[test]
    fn the_example_in_the_documents_is_the_defaults() {
        let document = include_str!("../../docs/configuration.md");
        let example = document.split("```toml\n").nth(1).unwrap();
        let example = example.split("```").next().unwrap();
        let config = Config::parse(example).unwrap();
        let same = Config {
            tls: Tls::default(),
            ..config
        };
        assert_eq!(format!("{same:?}"), format!("{:?}", Config::default()));
    }

    #[test]
    fn an_error_names_the_place_and_not_the_value() {
        let cases = [
            ("[serve]\nlisten = \"hunter2\"\n", 2),
            ("[serve]\n\nhunter2 = 1\n", 3),
            ("[limits]\nbody_bytes = \"hunter2, expected hunter2\"\n", 2),
            ("[log]\nlevel = \"hunter2\"\n", 2),
            ("[tls\nkey = 'hunter2'\n", 1),
        ];
        for (text, line) in cases {
            let error = Config::parse(text).err().unwrap();
            let said = error.to_string();
            assert!(said.contains(&format!("line {line}")), "{said}");
            assert!(!said.contains("hunter2"), "{said}");
        }
    }

    #[test]
    fn a_limit_that_stops_everything_is_refused() {
        assert!(Config::parse("[limits]\nconnections = 0").is_err());
        assert!(Config::parse("[tls]\nkey = \"only-a-key.pem\"").is_err());
    }
}
