//! The whole configuration file.

use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    Backup, Budgets, ConfigError, Destruction, Identity, Ingest, Keyring, Limits, Log, Nodes, Oidc,
    Packages, Serve, Sessions, SignInSettings, Store, Tls, keys,
};
use crate::vault::{KeyAges, Settings};

/// All sections; an absent section has its defaults.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
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
    /// `[sign_in]`
    pub sign_in: SignInSettings,
    /// `[oidc]`
    pub oidc: Oidc,
    /// `[sessions]`
    pub sessions: Sessions,
    /// `[keyring]`
    pub keyring: Keyring,
    /// `[keys]`
    pub keys: KeyAges,
    /// `[backup]`
    pub backup: Backup,
    /// `[destruction]`
    pub destruction: Destruction,
    /// `[store]`
    pub store: Store,
    /// `[nodes]`
    pub nodes: Nodes,
    /// `[packages]`
    pub packages: Packages,
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
        Self::parse(&text).map_err(|error| ConfigError::InFile {
            path: path.to_owned(),
            error: Box::new(error),
        })
    }

    /// Parses the text of a configuration file and checks every setting.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        let config: Self =
            toml::from_str(text).map_err(|error| ConfigError::from_toml(text, &error))?;
        config.limits.check()?;
        config.budgets.check()?;
        config.ingest.check()?;
        config.sign_in.check()?;
        config.oidc.check()?;
        config.sessions.check()?;
        config.destruction.check()?;
        config.tls.check(&config.serve)?;
        config.keyring.check()?;
        keys::check(&config.keys)?;
        config.backup.check()?;
        config.store.check()?;
        config.nodes.check()?;
        config.packages.check()?;
        Ok(config)
    }

    /// Every setting, as the leaf of a start states it. None is a secret.
    pub fn stated(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }

    /// The settings of the vault.
    pub fn settings(&self) -> Settings {
        Settings {
            session_s: i64::from(self.sessions.session_minutes) * 60,
            idle_s: i64::from(self.sessions.idle_minutes) * 60,
            enrolment_s: i64::from(self.sessions.enrolment_hours) * 3600,
            reveal_s: i64::from(self.sessions.reveal_hours) * 3600,
            export_s: i64::from(self.sessions.export_hours) * 3600,
            destruction_delay_s: self.destruction.delay_s,
            password_cost: Settings::default().password_cost,
            second_factor: self.identity.second_factor,
            passkeys: self.sign_in.passkeys,
            recovery_s: self.sign_in.recovery_hours * 3600,
            relying_party: self.sign_in.relying_party(),
            provider: self.oidc.trusted(),
            open_requests: self.limits.open_requests,
            reveal_subjects: self.limits.reveal_subjects,
            lookup_numbers: self.limits.lookup_numbers,
            lookup_budget: self.budgets.lookups(),
            view_budget: self.budgets.views(),
            case_points: self.budgets.case_points_per_month,
            slowed_points: self.budgets.slowed_points_per_day,
            cases_per_day: self.budgets.cases_per_day,
            work_hours: self.budgets.work_hours(),
            readers: self.limits.readers,
            rotation_step_bytes: Settings::default().rotation_step_bytes,
            protected_threshold: self.limits.protected_threshold,
            table_bytes: self.limits.table_bytes,
            cache_bytes: self.store.cache_bytes,
            nodes: self.nodes.address(),
            packages: self.packages.directory.clone(),
            max_quarantined: self.ingest.max_quarantined,
            kept_checkpoints: 0,
            key_ages: self.keys,
            programs: self.keyring.programs(),
            configuration: self.stated(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_file_gives_the_vaults_own_defaults() {
        let ours = Settings {
            configuration: Value::Null,
            ..Config::load(None).unwrap().settings()
        };
        assert_eq!(format!("{ours:?}"), format!("{:?}", Settings::default()));
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
    fn the_file_that_a_package_installs_is_the_example_of_the_documents() {
        let document = include_str!("../../docs/configuration.md");
        let example = document.split("```toml\n").nth(1).unwrap();
        let example = example.split("```").next().unwrap();
        let ours = include_str!("../../packaging/breachvault.toml");
        let (_, ours) = ours.split_once("\n\n").unwrap();
        // The two paths are examples.
        let off = |text: &str| {
            text.replace("\n# certificate =", "\ncertificate =")
                .replace("\n# key =", "\nkey =")
        };
        assert_eq!(off(ours), example);
        let config = Config::parse(ours).unwrap();
        assert_eq!(format!("{config:?}"), format!("{:?}", Config::default()));
    }

    /// Every setting by its path, with the text of a value that is not its default. A new setting belongs
    /// here; the leaf of a start then states it, or the test fails.
    const OTHER: &[(&str, &str)] = &[
        ("serve.listen", "\"192.0.2.1:443\""),
        ("serve.machines", "\"192.0.2.1:8444\""),
        ("serve.grace_s", "7"),
        ("serve.sealed", "true"),
        ("serve.proxies", "[\"192.0.2.0/24\"]"),
        ("serve.metrics", "[\"192.0.2.0/24\"]"),
        ("tls.certificate", "\"other.crt\""),
        ("tls.key", "\"other.key\""),
        ("tls.machine_ca", "\"machines.pem\""),
        ("tls.allow_tls_1_2", "true"),
        ("limits.body_bytes", "4096"),
        ("limits.upload_bytes", "4096"),
        ("limits.upload_idle_s", "7"),
        ("limits.header_bytes", "8192"),
        ("limits.header_s", "7"),
        ("limits.idle_s", "7"),
        ("limits.request_s", "7"),
        ("limits.connections", "7"),
        ("limits.address_connections", "7"),
        ("limits.streams", "7"),
        ("limits.operator_requests", "7"),
        ("limits.stranger_burst", "7"),
        ("limits.stranger_per_minute", "7"),
        ("limits.readers", "7"),
        ("limits.lookup_numbers", "7"),
        ("limits.open_requests", "7"),
        ("limits.reveal_subjects", "7"),
        ("limits.protected_threshold", "7"),
        ("limits.table_bytes", "2097152"),
        ("budgets.lookup_points", "7"),
        ("budgets.lookup_points_per_hour", "7"),
        ("budgets.lookup_points_per_month", "7"),
        ("budgets.view_points", "7"),
        ("budgets.view_points_per_hour", "7"),
        ("budgets.view_points_per_month", "7"),
        ("budgets.case_points_per_month", "7"),
        ("budgets.slowed_points_per_day", "7"),
        ("budgets.cases_per_day", "7"),
        ("budgets.work_from_hour", "7"),
        ("budgets.work_to_hour", "7"),
        ("identity.second_factor", "\"offered\""),
        ("sign_in.passkeys", "\"offered\""),
        ("sign_in.address", "\"https://vault.example\""),
        ("sign_in.recovery_hours", "7"),
        ("oidc.issuer", "\"https://login.example\""),
        ("oidc.client_id", "\"vault\""),
        ("oidc.client_secret_file", "\"secret\""),
        ("oidc.name", "\"Example Ltd\""),
        (
            "oidc.redirect",
            "\"https://vault.example/console/provider/back\"",
        ),
        ("oidc.scopes", "[\"profile\"]"),
        ("oidc.required_claims", "{ acr = \"mfa\" }"),
        ("oidc.groups_claim", "\"roles\""),
        ("oidc.roles", "{ leads = \"lead\" }"),
        ("oidc.ca_file", "\"ca.pem\""),
        ("ingest.max_quarantined", "0.07"),
        ("sessions.session_minutes", "7"),
        ("sessions.idle_minutes", "7"),
        ("sessions.enrolment_hours", "7"),
        ("sessions.reveal_hours", "7"),
        ("sessions.export_hours", "7"),
        ("keyring.open", "[\"/bin/cat\"]"),
        ("keyring.wrap", "[\"/bin/cat\", \"-u\"]"),
        ("keyring.age", "[\"/usr/bin/age\"]"),
        ("keys.passphrase_days", "7"),
        ("keys.shares_days", "7"),
        ("keys.age_days", "7"),
        ("keys.command_days", "7"),
        ("keys.root_days", "7"),
        ("keys.signing_days", "7"),
        ("keys.case_days", "7"),
        ("keys.certificate_days", "7"),
        ("backup.directory", "\"backups\""),
        ("backup.keyring_directory", "\"keyrings\""),
        ("backup.every_hours", "7"),
        ("backup.keep", "8"),
        ("destruction.delay_s", "77"),
        ("store.cache_bytes", "67108864"),
        ("nodes.listen", "\"192.0.2.1:8445\""),
        ("nodes.address", "\"one.example:8445\""),
        ("packages.directory", "\"/mnt/packages\""),
        ("log.level", "\"debug\""),
        ("log.json", "true"),
    ];

    fn paths(stated: &Value) -> Vec<String> {
        let sections = stated.as_object().unwrap().iter();
        let paths = sections.flat_map(|(section, settings)| {
            let names = settings.as_object().unwrap().keys();
            names.map(move |name| format!("{section}.{name}"))
        });
        let mut paths: Vec<String> = paths.collect();
        paths.sort();
        paths
    }

    #[test]
    fn every_setting_is_stated_with_its_own_value() {
        let mut known: Vec<&str> = OTHER.iter().map(|(path, _)| *path).collect();
        known.sort_unstable();
        let default = Config::default().stated();
        assert_eq!(paths(&default), known, "a setting is in no list");
        // The struct itself: `Debug` prints each field, also one that serde would skip.
        let text = format!("{:#?}", Config::default());
        let fields = text.lines().filter(|line| {
            let is_setting = line.starts_with("        ") && !line.starts_with("         ");
            is_setting && line.contains(": ")
        });
        assert_eq!(fields.count(), known.len(), "a setting is skipped");
        for (path, value) in OTHER {
            let (section, name) = path.split_once('.').unwrap();
            // What is given together.
            let pair = match *path {
                "tls.certificate" => "key = \"x\"\n",
                "tls.key" => "certificate = \"x\"\n",
                "tls.machine_ca" => "[serve]\nmachines = \"127.0.0.1:8444\"\n",
                "nodes.address" => "listen = \"192.0.2.1:8445\"\n",
                "backup.keyring_directory" => "directory = \"x\"\n",
                "oidc.issuer" => {
                    "client_id = \"x\"\nclient_secret_file = \"x\"\n\
                     redirect = \"https://x/console/provider/back\"\nroles = { x = \"lead\" }\n"
                }
                _ => "",
            };
            let text = format!("[{section}]\n{name} = {value}\n{pair}");
            let stated = Config::parse(&text).unwrap().settings().configuration;
            assert_ne!(stated[section][name], default[section][name], "{path}");
            let value: toml::Table = toml::from_str(&format!("x = {value}")).unwrap();
            let value = serde_json::to_value(&value["x"]).unwrap();
            assert_eq!(stated[section][name], value, "{path}");
        }
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
        assert!(Config::parse("[keys]\ncase_days = 36501").is_err());
        assert!(Config::parse("[keyring]\nopen = [\"cat\"]").is_err());
        assert!(Config::parse("[tls]\nkey = \"only-a-key.pem\"").is_err());
    }
}
