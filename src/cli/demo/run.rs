//! The steps of the demo, in order.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use zeroize::Zeroizing;

use super::cast::{Cast, secret};
use super::guide::Guide;
use super::incident::{self, Incident};
use super::tour;
use crate::cli::error::CliError;
use crate::cli::serve::listen;
use crate::cli::{init, streams, tls};
use crate::config::Config;
use crate::domain::Format;
use crate::http::{self, ServeConfig};
use crate::synthesis::Recipe;
use crate::vault::{Founded, Paths, Vault};

#[derive(Args)]
pub(in crate::cli) struct Demo {
    /// A directory for the vault; it must not contain one yet
    #[arg(long, value_name = "D", default_value = "breachvault-demo")]
    dir: PathBuf,
    /// Where to listen
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8443")]
    listen: SocketAddr,
    /// How many messages to make
    #[arg(long, value_name = "N", default_value_t = 100_000)]
    rows: u64,
    /// The seed of the log; the same seed gives the same log
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// A log of your own to load instead of a synthetic one
    #[arg(long, value_name = "FILE", conflicts_with_all = ["rows", "seed"])]
    exhibit: Option<PathBuf>,
    /// The zone of times in the exhibit that name none
    #[arg(long, value_name = "Z", requires = "exhibit")]
    zone: Option<String>,
    /// Lookup points that an operator has in the case, in an hour at least, and without a limit over 30 days
    #[arg(long, value_name = "N")]
    lookup_budget: Option<u32>,
    /// Give everybody a second factor, not only those who need one
    #[arg(long)]
    totp: bool,
    /// Print one JSON object when the demo is ready
    #[arg(long)]
    json: bool,
}

impl Demo {
    pub(in crate::cli) fn run(self) -> Result<(), CliError> {
        let paths = Paths::of(&self.dir);
        if paths.keyring().exists() || paths.database().exists() {
            return Err(CliError::failed("this directory contains a vault already")
                .hint("choose another with --dir, or remove the old demo first"));
        }
        let founded = self.found(&paths)?;
        tls::make_development(&paths, &[self.listen.ip().to_string()])?;
        let vault = founded.vault;
        let ended = Cast::enrol(&vault, &founded.invitation, self.totp)
            .and_then(|cast| Ok((self.load(&vault, &cast)?, cast)));
        let (incident, cast) = match ended {
            Ok(ended) => ended,
            Err(error) => {
                vault.stop()?;
                return Err(error);
            }
        };
        self.serve(vault, cast, incident)
    }

    /// Creates a vault with a random passphrase, which is kept in a file in the same directory.
    fn found(&self, paths: &Paths) -> Result<Founded, CliError> {
        let mut settings = self.config().settings();
        if let Some(points) = self.lookup_budget {
            settings.allow_lookups(points);
        }
        fs::create_dir_all(&self.dir).map_err(CliError::io("make the demo's directory"))?;
        let text = secret()?;
        keep(&self.dir.join(PASSPHRASE_FILE), &text)?;
        let passphrase = init::new_passphrase(&mut String::clone(&text))?;
        let administrator = Cast::administrator_name()?;
        streams::words("making a vault");
        init::found(paths, &passphrase, administrator, settings)
    }

    fn config(&self) -> Config {
        let mut config = Config::default();
        config.serve.listen = self.listen;
        config
    }

    fn load(&self, vault: &Vault, cast: &Cast) -> Result<Incident, CliError> {
        match &self.exhibit {
            Some(path) => {
                let file = File::open(path).map_err(CliError::io("open the exhibit"))?;
                incident::received(vault, cast, path, file, self.zone.as_deref())
            }
            None => {
                let recipe = Recipe {
                    rows: self.rows,
                    seed: self.seed,
                    format: Format::SupplierCsv,
                    people: None,
                };
                incident::synthetic(vault, cast, recipe)
            }
        }
    }

    fn serve(&self, vault: Vault, cast: Cast, incident: Incident) -> Result<(), CliError> {
        let paths = Paths::of(&absolute(&self.dir));
        tour::write(
            paths.root(),
            &tls::ca_file(&paths),
            self.listen,
            &cast,
            &incident,
        )?;
        let guide = Guide {
            ca_file: tls::ca_file(&paths),
            vault_dir: paths.root().to_owned(),
            passphrase_file: paths.root().join(PASSPHRASE_FILE),
            cast,
            incident,
        };
        let config = self.config();
        http::log::init(config.log.json, config.log.level);
        let listening = ServeConfig::new(&config, &paths);
        let json = self.json;
        listen(Arc::new(vault), &listening, move |address| {
            let told = match json {
                true => guide.announce(address),
                false => streams::data(&guide.text(address)),
            };
            if told.is_err() {
                streams::words("warning: the instructions could not be printed");
            }
        })
    }
}

fn absolute(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

fn keep(path: &Path, text: &Zeroizing<String>) -> Result<(), CliError> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .and_then(|mut file| file.write_all(format!("{}\n", text.as_str()).as_bytes()))
        .map_err(CliError::io("write the demo's passphrase"))
}

const PASSPHRASE_FILE: &str = "demo-passphrase.txt";
