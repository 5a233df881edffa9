//! `restore`: makes a vault of a backup of its database and one of its keyring, or only tries whether that would work.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use serde_json::json;

use super::error::CliError;
use super::sign_in::SignInIfAny;
use super::unlock_args::{SecondUnlockArgs, UnlockArgs};
use super::{settings, streams, tls, unlock};
use crate::operations::only_reason;
use crate::vault::backup::{Room, Sources};
use crate::vault::clock::SystemClock;
use crate::vault::entropy::SystemEntropy;

/// Restore a vault from a backup of its database and one of its keyring.
///
/// Everything is verified with the keys before anything is in place: the log, who may do what, every sealed part. It
/// needs whoever opens the keyring and an administrator; where the keyring has two slots or more, the holders of two.
/// The vault goes on under a new log, whose first leaf names what was restored and what was lost. Sessions, invitations
/// and open requests are ended, budgets count as spent, every membership is suspended until a lead of the case confirms
/// it, every open case is on hold, and the accounts of other administrators end.
#[derive(Args)]
#[command(after_help = "Examples:
  breachvault restore --from vault.bvdata --keyring vault.bvkeys --drill
  breachvault restore --from vault.bvdata --keyring vault.bvkeys \\
    --erasures vault.bverased --dir /srv/restored \\
    --operator archibald --totp --reason 'the disk failed'

Exit status 3: a backup does not verify.
Exit status 4: the keyring does not open, or a second holder is missing.")]
pub(super) struct Restore {
    /// A backup of the database
    #[arg(long, value_name = "FILE")]
    from: PathBuf,
    /// A backup of the keyring, or a file keys/keyring
    #[arg(long, value_name = "FILE")]
    keyring: PathBuf,
    /// The new directory of the vault
    #[arg(long, value_name = "D", required_unless_present = "drill")]
    dir: Option<PathBuf>,
    /// The file keys/high-water-mark, if it is left: it says how far the log had come
    #[arg(long, value_name = "FILE")]
    mark: Option<PathBuf>,
    /// The newest backup of the erasure lists, or a file keys/erasures: whoever was erased after the backup is erased
    /// again
    #[arg(long, value_name = "FILE")]
    erasures: Option<PathBuf>,
    /// A checkpoint that you kept, the newest best; may be given more than once
    #[arg(long = "checkpoint", value_name = "FILE")]
    kept: Vec<PathBuf>,
    /// Only try it: verify all with the keys, sign nothing, and leave nothing
    #[arg(long, conflicts_with_all = ["operator", "reason"])]
    drill: bool,
    /// Why it is restored: 10 to 500 characters
    #[arg(long, value_name = "TEXT", required_unless_present = "drill")]
    reason: Option<String>,
    /// A further name or address of this machine for the development certificate
    #[arg(long = "tls-name", value_name = "NAME")]
    tls_names: Vec<String>,
    /// A configuration file
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print what was restored as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    unlock: UnlockArgs,
    #[command(flatten)]
    second: SecondUnlockArgs,
    #[command(flatten)]
    sign_in: SignInIfAny,
}

impl Restore {
    pub(super) fn run(self) -> Result<(), CliError> {
        let (clock, entropy) = (Arc::new(SystemClock), Arc::new(SystemEntropy::new()));
        let settings = settings::read(self.config.as_deref())?;
        let kept = unlock::read_kept(&self.kept)?;
        let place = match &self.dir {
            Some(dir) => dir.clone(),
            None => std::env::temp_dir().join(".breachvault-drill"),
        };
        let entry = match self.drill {
            true => None,
            false => {
                let signs_in = self.sign_in.given().ok_or_else(|| {
                    CliError::usage("an administrator has to restore: name one with --operator")
                })?;
                Some((
                    signs_in,
                    only_reason(self.reason.as_deref().unwrap_or_default())?,
                ))
            }
        };
        let sources = Sources {
            database: &self.from,
            keyring: &self.keyring,
            erasures: self.erasures.as_deref(),
            mark: self.mark.as_deref(),
            kept: &kept,
        };
        let room = Room::prepare(&sources, &place)?;
        let locked = room.keyring()?;
        let mut keyring = self.unlock.unlock(&locked, &settings.programs)?;
        if let Some(second) = self.second.unlock(&locked, &settings.programs)? {
            keyring.joined_by(&second)?;
        }
        let verified = room.verify(&keyring, &*entropy)?;
        let told = room.manifest().clone();
        let leaves = told.log.as_ref().map_or(0, |log| log.leaves);
        let lost = verified.lost.clone();
        match entry {
            None => {
                let exhibits = room.look(keyring, settings, clock, entropy)?;
                streams::words("a drill: everything opens; nothing was signed, nothing is left");
                if self.json {
                    return streams::json(&json!({
                        "drill": true, "leaves": leaves, "exhibits": exhibits, "lost": lost,
                    }));
                }
                streams::data(&format!(
                    "would restore: {leaves} leaves, {exhibits} exhibits"
                ))
            }
            Some((signs_in, why)) => {
                let restored = room.begin(&verified, keyring, settings, clock, entropy)?;
                tls::make_development(restored.paths(), &self.tls_names)?;
                let caller = signs_in.sign_in(restored.vault())?;
                restored.put_in_place(&caller, why)?;
                streams::words(
                    "the log goes on under a new name, so its public key has another text: fetch data/audit.vkey and a \
                     new checkpoint. Every member is suspended: let one lead of each case in with `breachvault \
                     operator let-in`; they confirm the others. Every open case is on hold, and the accounts of other \
                     administrators have ended: invite them anew",
                );
                if self.json {
                    return streams::json(&json!({
                        "drill": false, "leaves": leaves, "lost": lost, "dir": place.to_string_lossy(),
                    }));
                }
                let lost = match lost {
                    Some(lost) => format!("; the log had {} leaves ({})", lost.leaves, lost.by),
                    None => "; nothing says how many leaves are lost".to_owned(),
                };
                streams::data(&format!(
                    "restored: {leaves} leaves in {}{lost}",
                    place.display()
                ))
            }
        }
    }
}
