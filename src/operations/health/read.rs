//! `GET /health`: whether the vault is ready and why not, its log, its disk and its clock.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::Moment;
use crate::operations::clock::ClockState;
use crate::operations::{Docs, Empty, Ids, Request};
use crate::policy::actions;
use crate::vault::scope::{Scope, Standing};
use crate::vault::{Answer, Operation, OperationError, Receipt, Target};

/// Reads how the vault stands.
pub struct ReadHealth;

/// How the vault stood while the act ran; the receipt adds the log.
pub struct Stood {
    standing: Standing,
    clock: ClockState,
}

/// How the vault stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct HealthState {
    /// Whether nothing is in the way of work. The leaf of this answer is durable, so the log can be written.
    pub ready: bool,
    /// The table or the kind of sealed part in which damage was found; null if none was.
    pub damage: Option<String>,
    /// How many leaves the log has, with that of this answer.
    pub log_size: u64,
    /// The newest checkpoint, signed (c2sp.org/tlog-checkpoint): it covers the leaf of this answer.
    pub checkpoint: String,
    /// The generation of the keyring file.
    pub keyring_generation: u64,
    /// The bytes of the database on the disk.
    pub database_bytes: u64,
    /// The bytes of packages that were built.
    pub package_bytes: u64,
    /// The bytes that are free on the disk of the vault; null if the system does not say.
    pub free_bytes: Option<u64>,
    /// The backups that the server makes by itself.
    pub backups: BackupState,
    /// Destroyed cases that cannot be ended now. The vault answers about all others meanwhile.
    pub destructions: DestructionState,
    /// Cases with an erasure that cannot be ended now. The numbers answer as absent already.
    pub erasures: ErasureState,
    /// The vault's clock beside the machine's.
    pub clock: ClockState,
}

/// How the scheduled backups went.
#[derive(Debug, Serialize, ToSchema)]
pub struct BackupState {
    /// Whether the configuration has a schedule.
    pub scheduled: bool,
    /// When the newest one was made; null if there is none.
    pub done_at: Option<Moment>,
    /// When one failed, if none was made since; null otherwise.
    pub failed_at: Option<Moment>,
}

/// Destructions that were carried out, whose keys or rows a fault keeps from being deleted.
#[derive(Debug, Serialize, ToSchema)]
pub struct DestructionState {
    /// How many.
    pub held_up: u64,
    /// Since when the first of them; null if there is none.
    pub since: Option<Moment>,
}

/// Erasures that were carried out, and that a fault keeps from their end: what is stored of a number is not overwritten
/// yet, or the write-ahead log not cut.
#[derive(Debug, Serialize, ToSchema)]
pub struct ErasureState {
    /// In how many cases.
    pub held_up: u64,
    /// Since when in the first of them; null if there is none.
    pub since: Option<Moment>,
}

impl Answer for Stood {
    type View = HealthState;

    fn view(self, receipt: &Receipt) -> Result<HealthState, OperationError> {
        let Standing {
            damage,
            keyring_generation,
            database_bytes,
            package_bytes,
            free_bytes,
            backups,
            held_up,
            erasures_held_up,
        } = self.standing;
        Ok(HealthState {
            ready: damage.is_none(),
            damage: damage.map(str::to_owned),
            log_size: receipt.leaf() + 1,
            checkpoint: receipt.checkpoint().to_owned(),
            keyring_generation,
            database_bytes,
            package_bytes,
            free_bytes,
            backups: BackupState {
                scheduled: backups.scheduled,
                done_at: backups.done_at,
                failed_at: backups.failed_at,
            },
            destructions: DestructionState {
                held_up: held_up.0,
                since: held_up.1,
            },
            erasures: ErasureState {
                held_up: erasures_held_up.0,
                since: erasures_held_up.1,
            },
            clock: self.clock,
        })
    }
}

impl Operation for ReadHealth {
    type Action = actions::ReadHealth;
    type Answer = Stood;

    fn target(&self) -> Target {
        Target::Vault
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<Stood, OperationError> {
        Ok(Stood {
            standing: scope.standing()?,
            clock: ClockState::of(scope)?,
        })
    }
}

impl Request for ReadHealth {
    type Input = Empty;
    const DOCS: Docs = Docs {
        id: "readVaultHealth",
        tag: "Clock",
        summary: "Read how the vault stands",
        description: "Whether the vault is ready and why not, the height of the log and its newest checkpoint, the \
            disk, and the clock. `/readyz` says to everybody whether it is ready, and nothing else.",
        request: "",
        answer: r#"{"ready": true, "damage": null, "log_size": 43, "checkpoint":
            "breachvault/v_0123456789abcdefghjk\n43\nqlNmCsQmLH2C0lq8+1lGgGMq2hjrNTsV8Yu1TnJ7aPw=\n\n— breachvault/v_0123456789abcdefghjk …\n",
            "keyring_generation": 3, "database_bytes": 1433600, "package_bytes": 0, "free_bytes": 53687091200,
            "backups": {"scheduled": true, "done_at": "2024-03-21T02:00:00Z", "failed_at": null},
            "destructions": {"held_up": 0, "since": null}, "erasures": {"held_up": 0, "since": null},
            "clock": {"time": "2024-03-21T22:34:49Z", "machine": "2024-03-21T22:34:49Z", "in_doubt": false,
            "off_by_s": null, "stopped_s": null, "accepted_by": null}}"#,
        problems: &[],
    };

    fn target(_: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Vault)
    }

    fn read(_: &Ids, _: Empty) -> Result<Self, OperationError> {
        Ok(Self)
    }
}
