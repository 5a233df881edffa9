//! `exhibit check`: reads a whole file and says what an admission would make of it. Nothing is admitted.
//!
//! For a case the custodian does it, and the check has a leaf. Without one it needs no right, because people who have
//! the file can see more of it than the report shows.

use std::path::PathBuf;

use clap::Args;

use super::options::{FileOptions, as_options, open, wrong};
use super::report::show;
use super::upload::upload;
use super::{admit, withdraw};
use crate::cli::answer;
use crate::cli::error::CliError;
use crate::cli::local::LocalIfAny;
use crate::cli::progress::{Progress, Unit};
use crate::client::Client;
use crate::operations::exhibit::{AdmitRequest, Arriving, check_file};
use crate::vault::Settings;

#[derive(Args)]
#[command(after_help = "Examples:\n  \
                  breachvault exhibit check log.csv             # here, without a vault\n  \
                  # at a served vault, and recorded in its log\n  \
                  breachvault exhibit check log.csv --case C")]
pub(in crate::cli) struct Check {
    /// The file as received: CSV or JSON, also in gzip or zip
    file: PathBuf,
    #[command(flatten)]
    options: FileOptions,
    /// The case it would be admitted to; then the check is recorded in the vault's log
    #[arg(long, value_name = "C")]
    case: Option<String>,
    #[command(flatten)]
    local: LocalIfAny,
    #[command(flatten)]
    client: Client,
}

impl Check {
    pub(in crate::cli) fn run(self) -> Result<(), CliError> {
        let mut words = self.options.words(&self.file)?;
        let local = self.local.given();
        if let (Some(case), None) = (&self.case, &local) {
            let report = upload(&self.client, case, &self.file, words, true)?;
            return match report["refused"].as_str() {
                None => Ok(()),
                Some(why) => Err(refused(why)),
            };
        }
        let output = &self.client.output;
        let (file, bytes) = open(&self.file)?;
        let arriving = Arriving::whole(Box::new(file), bytes);
        let mut progress = Progress::new("reading", bytes, Unit::Bytes);
        let Some(local) = local else {
            let most = Settings::default().max_quarantined;
            let report = check_file(&words, arriving, most, &mut |reached| {
                progress.reach(reached.bytes);
                true
            });
            progress.finish();
            let report = report.map_err(|error| wrong(error, &self.file))?;
            let shown = serde_json::to_value(&report);
            let shown = shown.map_err(|_| CliError::failed("the report could not be written"))?;
            show(&shown, output)?;
            output.words("read without a vault: nothing was admitted or recorded");
            return match report.refused {
                None => Ok(()),
                Some(why) => Err(refused(&why)),
            };
        };
        let case = self.case.ok_or_else(|| {
            CliError::usage("--case: name the case that the file would be admitted to")
        })?;
        let case = withdraw::id("--case", &case)?;
        words.dry_run = Some("true".to_owned());
        let request = AdmitRequest::read(case, &words).map_err(|error| wrong(error, &self.file))?;
        let reply = local.act(|vault, caller| {
            let reply = admit(vault, caller, request, arriving, &mut progress, output.json);
            progress.finish();
            reply
        })?;
        let leaf = reply.leaf;
        show(&answer::read(reply)?, output)?;
        output.words(&format!("nothing was admitted (audit leaf {leaf})"));
        Ok(())
    }
}

fn refused(why: &str) -> CliError {
    CliError::failed(format!("it would be refused: {}", as_options(why)))
}
