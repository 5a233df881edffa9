//! `key unseal`: gives one share to a vault that was started sealed.

use clap::Args;
use serde_json::Value;

use crate::cli::error::CliError;
use crate::cli::secret::ShareArgs;
use crate::cli::{answer, streams};
use crate::client::{Client, key};
use crate::vault::keyring::{Fingerprint, Share};

/// Give a share to a vault that was started sealed.
///
/// The share says which vault it is for. It is sent only if the server has that fingerprint, and the one that you type,
/// if you type one.
#[derive(Args)]
#[command(after_help = "Examples:
  breachvault key unseal --server https://vault.example:8443 --ca-file ca.pem
  breachvault key unseal --share-file my-share \\
    --fingerprint 0123-4567-89ab-cdef
  breachvault key unseal --progress

Exit status 4, with --progress: the vault is still sealed.")]
pub(in crate::cli) struct Unseal {
    /// Only show how many shares there are
    #[arg(long)]
    progress: bool,
    /// The fingerprint of the vault, if you have it from elsewhere
    #[arg(long, value_name = "FINGERPRINT")]
    fingerprint: Option<String>,
    #[command(flatten)]
    share: ShareArgs,
    #[command(flatten)]
    client: Client,
}

impl Unseal {
    pub(in crate::cli) fn run(self) -> Result<(), CliError> {
        let json = self.client.output.json;
        let told = match self.progress {
            true => key::unsealing(&self.client)?,
            false => self.give()?,
        };
        answer::show(&told, json)?;
        match told.get("state").and_then(Value::as_str) {
            Some("sealed") if self.progress => Err(CliError::sealed("the vault is still sealed")
                .hint("the holders of shares run this command without --progress")),
            // One share alone opens nothing, and its holder has done everything.
            Some("sealed") => {
                streams::words(&taken(&told));
                Ok(())
            }
            _ => {
                streams::words("the vault is opening");
                Ok(())
            }
        }
    }

    fn give(&self) -> Result<Value, CliError> {
        let text = self.share.secret().read()?;
        let share = Share::parse(&text).map_err(|fault| CliError::usage(fault.to_string()))?;
        let own = share.vault();
        drop(share);
        if let Some(typed) = &self.fingerprint {
            let typed: Fingerprint = typed
                .parse()
                .map_err(|error| CliError::usage(format!("--fingerprint: {error}")))?;
            if typed != own {
                let what = format!("the share is for the vault {own}, not for the one you named");
                return Err(CliError::usage(what).hint("nothing was sent"));
            }
        }
        Ok(key::give_share(&self.client, &text, &own.to_string())?)
    }
}

/// How far the vault is after a share that was taken and is not the last one.
fn taken(told: &Value) -> String {
    let given = told.get("given").and_then(Value::as_array);
    let needed = told.get("needed").and_then(Value::as_u64);
    match (given, needed) {
        (Some(given), Some(needed)) => {
            let last = given.last().map(answer::plain).unwrap_or_default();
            match needed.saturating_sub(given.len() as u64) {
                1 => format!("share {last} taken, 1 more is needed"),
                more => format!("share {last} taken, {more} more are needed"),
            }
        }
        _ => "the share was taken, and more are needed".to_owned(),
    }
}
