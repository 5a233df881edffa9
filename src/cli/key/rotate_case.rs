//! `key rotate-case`: gives a case a new key.

use clap::Args;

use super::change::Asking;
use crate::cli::error::CliError;
use crate::cli::{answer, streams};

/// Give a case a new key, and seal everything again that the old one sealed.
///
/// A served vault does that in the background, and `breachvault key slots` says how far it is. On a directory it is
/// done when the command ends. A backup of the keyring from before does not have the new key.
#[derive(Args)]
#[command(after_help = "Example:
  breachvault key rotate-case c_0123456789abcdefghjk \\
      --reason 'a disk with the vault was stolen'")]
pub(in crate::cli) struct RotateCase {
    /// The case
    case: String,
    #[command(flatten)]
    asking: Asking,
}

impl RotateCase {
    pub(in crate::cli) fn run(self) -> Result<(), CliError> {
        let (told, json, ended) = self.asking.rotate_case(&self.case)?;
        answer::show(&told, json)?;
        streams::words(match ended {
            true => "everything is sealed under the new key, and the old one left the keyring",
            false => "the case is being sealed again: `breachvault key slots` says how far it is",
        });
        streams::words("make a new backup of the keyring when it has ended");
        Ok(())
    }
}
