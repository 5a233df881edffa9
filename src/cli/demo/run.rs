//! The steps of the demo, in order.

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use zeroize::Zeroizing;

use super::cast::{Cast, Person, secret};
use super::guide::Guide;
use super::incident::{self, Incident};
use super::kept::{self, Kept, Place};
use super::tour;
use crate::cli::error::CliError;
use crate::cli::exhibit::options::{FileOptions, as_options, open, wrong};
use crate::cli::listen::Listen;
use crate::cli::progress::{Progress, Unit};
use crate::cli::serve::{serve, tell_machines};
use crate::cli::{init, streams, tls, unlock};
use crate::config::{Config, LogLevel};
use crate::domain::{Format, listen_words};
use crate::http::{self, MadeUpPerson, ServeConfig};
use crate::operations::exhibit::{AdmitWords, Arriving, check_file};
use crate::synthesis::Recipe;
use crate::vault::clock::{Clock as _, SystemClock};
use crate::vault::{Founded, Passkeys, Paths, Settings, Vault};

/// How long a destruction can be stopped, in seconds.
const DESTRUCTION_DELAY_S: i64 = 120;

/// How many messages a demo has at most.
const MOST_ROWS: u64 = 100_000_000;

/// Where the demo's log comes from.
enum Log {
    Synthetic(Recipe),
    Received {
        path: PathBuf,
        words: Box<AdmitWords>,
    },
}

#[derive(Args)]
pub(in crate::cli) struct Demo {
    /// A directory for the vault; a demo that was stopped there is resumed
    #[arg(long, value_name = "D", default_value = "breachvault-demo")]
    dir: PathBuf,
    /// Where to listen, by address or by a host's name
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:8443")]
    listen: Listen,
    /// Where machines show a certificate, which is nowhere by default
    #[arg(long, value_name = "ADDRESS:PORT")]
    machines: Option<SocketAddr>,
    /// How many messages to make; by default 100,000
    #[arg(long, value_name = "N")]
    rows: Option<u64>,
    /// The seed of the log, by default 1; the same seed gives the same log
    #[arg(long, value_name = "S")]
    seed: Option<u64>,
    /// A log of your own to load instead of a synthetic one
    #[arg(long, value_name = "FILE", conflicts_with_all = ["rows", "seed"])]
    exhibit: Option<PathBuf>,
    #[command(flatten)]
    options: FileOptions,
    /// Lookup points that an operator has in the case, in an hour at least, and without a limit over 30 days
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
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
        // Everything that can be wrong is looked at before anything is built.
        self.check_port()?;
        let place = kept::look(&self.dir)?;
        let is_there = matches!(place, Place::Stopped(_));
        if is_there && (self.rows.is_some() || self.seed.is_some() || self.exhibit.is_some()) {
            let shown = self.dir.display();
            return Err(
                CliError::usage(format!("{shown} has a demo already")).hint(
                    "leave --rows, --seed and --exhibit out to resume it, or choose another directory with --dir",
                ),
            );
        }
        let log = self.log()?;
        let (vault, cast, incident) = match place {
            Place::Free => {
                kept::make(&self.dir)?;
                self.build(log)?
            }
            Place::Stopped(kept) => self.resume(kept)?,
        };
        self.serve(vault, cast, incident)
    }

    /// Whether the addresses can be listened on, both at a time. They are free again until the demo serves.
    fn check_port(&self) -> Result<(), CliError> {
        let listen = ("--listen", self.listen.address);
        let machines = self.machines.map(|address| ("--machines", address));
        if self.machines == Some(self.listen.address) && self.listen.address.port() != 0 {
            return Err(CliError::usage(
                "--machines: must be another address or port than --listen",
            )
            .hint("people and machines are served at two addresses; choose another port for one of them"));
        }
        let mut held = Vec::new();
        for (option, address) in [listen].into_iter().chain(machines) {
            held.push(TcpListener::bind(address).map_err(|error| {
                CliError::usage(format!(
                    "{option} {address}: {}",
                    listen_words(error.kind())
                ))
                .hint("choose another address or port, or the port 0 for any that is free")
            })?);
        }
        Ok(())
    }

    /// Where the log comes from. A log of the user's own is read to its end, so that what is wrong with it is said now.
    fn log(&self) -> Result<Log, CliError> {
        let Some(path) = &self.exhibit else {
            if self.options.are_given() {
                let rule = "these are about a log of your own; name it with --exhibit";
                return Err(CliError::usage(format!(
                    "--format, --zone, --account, --map, --drop, --mapping, --name, --source, --region, --quotes, \
                     --sheet and --accept-quarantined: {rule}"
                )));
            }
            let rows = self.rows.unwrap_or(100_000);
            if !(1..=MOST_ROWS).contains(&rows) {
                return Err(CliError::usage(format!(
                    "--rows: a demo has 1 to {MOST_ROWS} messages"
                ))
                .hint("leave it out for 100,000"));
            }
            return Ok(Log::Synthetic(Recipe {
                rows,
                seed: self.seed.unwrap_or(1),
                format: Format::SupplierCsv,
                people: None,
            }));
        };
        let words = self.options.words(path)?;
        let (file, bytes) = open(path)?;
        if bytes.is_none() {
            // A pipe cannot be read a second time, and nothing is built before the log was read once.
            return Err(CliError::usage(format!(
                "--exhibit: {} is no regular file, and a demo reads its log twice",
                path.display()
            ))
            .hint("save the log to a file first, and name that"));
        }
        let mut progress = Progress::new("reading the log", bytes, Unit::Bytes);
        let arriving = Arriving::whole(Box::new(file), bytes);
        let most = self.settings().max_quarantined;
        let report = check_file(&words, arriving, most, &mut |reached| {
            progress.reach(reached.bytes);
            true
        });
        progress.finish();
        let report = report.map_err(|error| wrong(error, path))?;
        match report.refused {
            Some(why) => Err(
                CliError::failed(format!("{}: {}", path.display(), as_options(&why)))
                    .hint("`breachvault exhibit check FILE` reports on the whole file"),
            ),
            // The demo's liaison speaks for an account, and could see nothing.
            None if report.blank_accounts >= report.readable => Err(CliError::failed(format!(
                "{}: no row names an account, and the demo's liaison needs one",
                path.display()
            ))
            .hint(
                "name the account of all rows with --account NAME, or the column that has it with \
                 --map account=COLUMN",
            )),
            None => Ok(Log::Received {
                path: path.clone(),
                words: Box::new(words),
            }),
        }
    }

    fn config(&self) -> Config {
        let mut config = Config::default();
        config.serve.listen = self.listen.address;
        config.serve.machines = self.machines;
        // Its people sign in by their buttons and by a script, which have no authenticator.
        config.sign_in.passkeys = Passkeys::Offered;
        // Its people are made up, and their tokens lie in its directory: they last as long as the page says.
        config.sessions.idle_minutes = config.sessions.session_minutes;
        // The terminal stays as it is: who does what is in the audit log.
        config.log.level = LogLevel::Warn;
        config
    }

    fn settings(&self) -> Settings {
        let mut settings = self.config().settings();
        // Whoever tries it does not wait for days.
        settings.destruction_delay_s = DESTRUCTION_DELAY_S;
        if let Some(points) = self.lookup_budget {
            settings.allow_lookups(points);
        }
        settings
    }

    fn build(&self, log: Log) -> Result<(Vault, Cast, Incident), CliError> {
        let paths = Paths::of(&self.dir);
        let founded = self.found(&paths)?;
        tls::make_development(&paths, std::slice::from_ref(&self.listen.host))?;
        let vault = founded.vault;
        let ended = Cast::enrol(&vault, &founded.invitation, self.totp).and_then(|cast| {
            let incident = match log {
                Log::Synthetic(recipe) => incident::synthetic(&vault, &cast, recipe),
                Log::Received { path, words } => incident::received(&vault, &cast, &path, &words),
            }?;
            kept::keep(&self.dir, &incident.kept(&cast))?;
            Ok((cast, incident))
        });
        match ended {
            Ok((cast, incident)) => Ok((vault, cast, incident)),
            Err(error) => {
                vault.stop()?;
                Err(error)
            }
        }
    }

    /// Opens a demo that was stopped, with new sessions of its people.
    fn resume(&self, kept: Kept) -> Result<(Vault, Cast, Incident), CliError> {
        streams::words(&format!("resuming the demo in {}", self.dir.display()));
        let path = kept::passphrase_file(&self.dir);
        let mut text = fs::read_to_string(&path)
            .map(Zeroizing::new)
            .map_err(CliError::file("read the demo's passphrase", &path))?;
        let end = text.trim_end().len();
        text.truncate(end);
        let vault = unlock::open_with(&self.dir, std::mem::take(&mut *text), self.settings())?;
        let resumed = Incident::of_kept(&kept).and_then(|incident| {
            let cast = Cast::sign_in_again(&vault, kept.people)?;
            Ok((cast, incident))
        });
        match resumed {
            Ok((cast, incident)) => Ok((vault, cast, incident)),
            Err(error) => {
                vault.stop()?;
                Err(error)
            }
        }
    }

    /// Creates a vault with a random passphrase, which is kept in a file in the same directory.
    fn found(&self, paths: &Paths) -> Result<Founded, CliError> {
        let text = secret()?;
        kept::write_private(&kept::passphrase_file(&self.dir), &text)?;
        let passphrase = init::new_passphrase(&mut String::clone(&text))?;
        let administrator = Cast::administrator_name()?;
        streams::words("making a vault");
        init::found(paths, &passphrase, administrator, self.settings())
    }

    fn serve(&self, vault: Vault, cast: Cast, incident: Incident) -> Result<(), CliError> {
        let paths = Paths::of(&absolute(&self.dir));
        let guide = Guide {
            ca_file: tls::ca_file(&paths),
            vault_dir: paths.root().to_owned(),
            cast,
            incident,
        };
        let config = self.config();
        http::log::init(config.log.json, config.log.level);
        let mut listening = ServeConfig::new(&config, &paths);
        listening.made_up = guide.cast.people.iter().map(made_up).collect();
        if !self.listen.address.ip().is_loopback() {
            streams::words(
                "warning: this address can be reached from other machines, and whoever learns a password of these \
                 made-up people signs in as them. The passwords are in the files of the demo's directory. The buttons \
                 to sign in are there on this machine only. Put no real log into it.",
            );
        }
        let (json, shown) = (self.json, &listening);
        serve(Arc::new(vault), &listening, move |address| {
            tell_machines(shown);
            let Guide {
                ca_file,
                vault_dir,
                cast,
                incident,
            } = &guide;
            if tour::write(vault_dir, ca_file, address, cast, incident).is_err() {
                streams::words("warning: the tour could not be written");
            }
            if tour::write_profiles(vault_dir, ca_file, address, cast).is_err() {
                streams::words("warning: the profiles for the shell could not be written");
            }
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

/// Somebody on the page to sign in.
fn made_up(person: &Person) -> MadeUpPerson {
    let signs_in = person.clone();
    MadeUpPerson {
        name: person.name.to_owned(),
        does: person.does().to_owned(),
        credentials: Arc::new(move || signs_in.credentials(SystemClock.now())),
    }
}

fn absolute(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}
