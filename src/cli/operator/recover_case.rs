//! `operator recover-case`: names a lead of a case whose leads are gone.
//!
//! It takes the holders of two slots of the keyring, so it is for a vault that is not served.

use clap::Args;

use super::operator_id::operator_id;
use crate::cli::answer;
use crate::cli::error::CliError;
use crate::cli::local::Local;
use crate::cli::unlock_args::SecondUnlockArgs;
use crate::domain::CaseId;
use crate::operations::case::RecoverCase;
use crate::operations::only_reason;
use crate::vault::identity::Fingerprint;

#[derive(Args)]
#[command(
    after_help = "It takes the holders of two slots of the keyring, or where there is one\n\
                  slot its holder, and an administrator. The new lead reads out the\n\
                  fingerprint that `breachvault whoami` shows. It has a leaf with an alarm.\n\n\
                  Example:\n  \
                  breachvault operator recover-case o_0123456789abcdefghjk \\\n      \
                  --case c_0123456789abcdefghjk --fingerprint 7K3M-9QTX-2BWD \\\n      \
                  --reason 'both leads have left' --dir ./vault \\\n      \
                  --operator administrator --totp \\\n      \
                  --second-share-file one --second-share-file two"
)]
pub(in crate::cli) struct RecoverLead {
    /// The id of the new lead, as `operator list` shows it
    id: String,
    /// The case that no lead can act in
    #[arg(long, value_name = "C")]
    case: String,
    /// What the new lead reads out
    #[arg(long, value_name = "F")]
    fingerprint: String,
    /// The reason: 10 to 500 characters
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Print the answer as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    local: Local,
    #[command(flatten)]
    second: SecondUnlockArgs,
}

impl RecoverLead {
    pub(in crate::cli) fn run(self) -> Result<(), CliError> {
        let case: CaseId = self
            .case
            .parse()
            .map_err(|error| CliError::usage(format!("--case is {error}")))?;
        let typed = Fingerprint::parse(&self.fingerprint)
            .map_err(|error| CliError::usage(format!("--fingerprint {error}")))?;
        let why = only_reason(&self.reason)?;
        let act = RecoverCase::with(case, operator_id(&self.id)?, typed, why);
        let reply = self.local.perform_with(&self.second, act)?;
        answer::print(reply, self.json)
    }
}
