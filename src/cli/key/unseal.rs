//! `key unseal`: gives one share to a vault that was started sealed.

use clap::Args;

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

Exit status 4: the vault is still sealed.")]
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
        match told.get("state").and_then(serde_json::Value::as_str) {
            Some("sealed") => Err(CliError::sealed("the vault is still sealed")
                .hint("the holders of other shares run the same command")),
            _ => {
                streams::words("the vault is opening");
                Ok(())
            }
        }
    }

    fn give(&self) -> Result<serde_json::Value, CliError> {
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
