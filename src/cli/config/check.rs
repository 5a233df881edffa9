//! `config check`: reads a configuration file as `serve` would.
//!
//! Opens no vault, no folder and no certificate: whether those are there, and whether `[backup]` suits the place of the
//! tables, is found at the start.

use std::path::PathBuf;

use clap::Args;
use serde_json::Value;

use super::super::error::CliError;
use super::super::{settings, streams};
use crate::config::Config;

#[derive(Args)]
#[command(after_help = "Example: breachvault config check /etc/breachvault/breachvault.toml")]
pub(in crate::cli) struct Check {
    /// The configuration file
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

impl Check {
    pub(in crate::cli) fn run(self) -> Result<(), CliError> {
        let config = settings::config(Some(&self.file))?;
        let changed = changed(&config.stated(), &Config::default().stated());
        for line in &changed {
            streams::data(line)?;
        }
        let told = match changed.as_slice() {
            [] => "all settings are the defaults",
            _ => "all settings but those above are the defaults",
        };
        streams::words(&format!(
            "{} is sound by itself; {told}. `serve` looks at the vault, the folders and the certificates when it starts.",
            self.file.display()
        ));
        Ok(())
    }
}

/// `section.setting = value`, for each setting that is not its default.
fn changed(ours: &Value, defaults: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    for (section, settings) in ours.as_object().into_iter().flatten() {
        for (setting, value) in settings.as_object().into_iter().flatten() {
            if defaults[section.as_str()][setting.as_str()] != *value {
                lines.push(format!("{section}.{setting} = {value}"));
            }
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_from_its_default_is_named_and_nothing_else() {
        let text = "[serve]\ngrace_s = 7\n[limits]\nreaders = 8\n[log]\njson = true\n";
        let config = Config::parse(text).unwrap();
        let lines = changed(&config.stated(), &Config::default().stated());
        assert_eq!(lines, ["log.json = true", "serve.grace_s = 7"]);
        assert!(changed(&Config::default().stated(), &Config::default().stated()).is_empty());
    }
}
