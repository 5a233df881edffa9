//! Ends destructions and erasures that were carried out, and rotations of case keys that were begun, while the server
//! runs: at the start, once somebody did so, and again and again where a fault is in the way. Where a vault has several
//! nodes, one of them takes up what was left elsewhere; what each keeps beside the tables, each looks after itself.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::MissedTickBehavior;

use crate::vault::{EraseError, RotateError, ShredError, Vault};

/// Where a caller went away before the answer, nobody said that there is something to do, so it is looked for.
const LOOK_EVERY_S: u64 = 60;
/// The longest pause after a failure, in seconds.
const LONGEST_PAUSE_S: u64 = 60;

/// What came of one try.
pub(super) enum Tried {
    /// So many were ended.
    Ended(usize),
    /// Somebody still works on the case, or the vault stops.
    NotNow,
    /// A fault is in the way: what the log says of it.
    Fault(String),
}

/// One kind of thing that is ended after it was carried out.
pub(super) struct Endings {
    /// Looks whether there is something to do, and does it.
    look: fn(&Vault) -> Tried,
    /// Does it if somebody said that there is something to do.
    if_due: fn(&Vault) -> Tried,
    /// Whether each node looks, and not only the one that takes up what was left elsewhere.
    everywhere: bool,
    /// What the log says when some were ended.
    ended: &'static str,
    /// What the log says when one could not be ended.
    failed: &'static str,
}

/// What goes on in every vault.
pub(super) const ALWAYS: [Endings; 3] = [DESTRUCTIONS, ERASURES, ROTATIONS];

/// What has to be done only where other nodes may write too. Elsewhere whoever erases or destroys looks after what is
/// beside the tables as well, and a start clears what an admission left.
pub(super) const WITH_NODES: [Endings; 2] = [ADMISSIONS, KEPT];

/// Destroyed cases get their certificates.
const DESTRUCTIONS: Endings = Endings {
    look: |vault| shredded(vault.shred()),
    if_due: |vault| shredded(vault.shred_if_due()),
    everywhere: false,
    ended: "destroyed cases have their certificates",
    failed: "a destroyed case could not be ended; it is tried again",
};

/// What is stored of erased numbers is overwritten.
const ERASURES: Endings = Endings {
    look: |vault| erased(vault.erase()),
    if_due: |vault| erased(vault.erase_if_due()),
    everywhere: false,
    ended: "erasures were finished",
    failed: "an erasure could not be ended yet; it is tried again",
};

/// What the older key of a case, or an older one of the vault itself, sealed is sealed again.
const ROTATIONS: Endings = Endings {
    look: |vault| rotated(vault.rotate()),
    if_due: |vault| rotated(vault.rotate_if_due()),
    everywhere: false,
    ended: "keys of cases or of the vault itself were rotated",
    failed: "a key of a case or of the vault itself could not be rotated yet; it is tried again",
};

/// What a node was admitting that runs no longer is removed, so that its case gets other files.
const ADMISSIONS: Endings = Endings {
    look: |vault| match vault.clear_left_admissions() {
        Ok(exhibits) => Tried::Ended(exhibits),
        Err(fault) => Tried::Fault(fault.to_string()),
    },
    if_due: |_| Tried::Ended(0),
    everywhere: false,
    ended: "exhibits were removed that a node was admitting which runs no longer",
    failed: "an exhibit that a node left could not be removed yet; it is tried again",
};

/// Sealed parts, packages and erasure lists of this machine follow what was done elsewhere.
const KEPT: Endings = Endings {
    look: |vault| erased(vault.keep_up_if_due().map(|()| 0)),
    if_due: |vault| erased(vault.keep_up_if_due().map(|()| 0)),
    everywhere: true,
    ended: "what this machine keeps was brought up to date",
    failed: "what this machine keeps beside the tables could not be brought up to date yet; it is tried again",
};

fn shredded(ended: Result<usize, ShredError>) -> Tried {
    match ended {
        Ok(cases) => Tried::Ended(cases),
        Err(fault) if fault.is_fault() => Tried::Fault(fault.to_string()),
        Err(_) => Tried::NotNow,
    }
}

fn erased(ended: Result<usize, EraseError>) -> Tried {
    match ended {
        Ok(numbers) => Tried::Ended(numbers),
        Err(fault) if fault.is_fault() => Tried::Fault(fault.to_string()),
        Err(_) => Tried::NotNow,
    }
}

fn rotated(ended: Result<usize, RotateError>) -> Tried {
    match ended {
        Ok(cases) => Tried::Ended(cases),
        Err(fault) if fault.is_fault() => Tried::Fault(fault.to_string()),
        Err(_) => Tried::NotNow,
    }
}

/// Goes on with one kind until the task is aborted.
pub(super) async fn go_on(vault: Arc<Vault>, endings: Endings) {
    let mut tick = tokio::time::interval(Duration::from_secs(1));
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut failures = Failures::default();
    let mut next_look_s = 0;
    loop {
        tick.tick().await;
        let looks = next_look_s == 0;
        next_look_s = match looks {
            true => LOOK_EVERY_S - 1,
            false => next_look_s - 1,
        };
        if failures.any() && !looks {
            continue;
        }
        let vault = Arc::clone(&vault);
        // What began at another node that runs goes on there.
        let work = move || match looks && (endings.everywhere || vault.takes_up()) {
            true => (endings.look)(&vault),
            false => (endings.if_due)(&vault),
        };
        match tokio::task::spawn_blocking(work).await {
            Ok(Tried::Ended(count)) => {
                failures = Failures::default();
                if count > 0 {
                    tracing::info!(count, "{}", endings.ended);
                }
            }
            Ok(Tried::NotNow) => {}
            Ok(Tried::Fault(fault)) => {
                next_look_s = failures.one_more();
                if failures.is_said() {
                    tracing::error!(fault, failures = failures.0, "{}", endings.failed);
                }
            }
            Err(_) => return,
        }
    }
}

/// How often it failed without a success.
#[derive(Default)]
struct Failures(u32);

impl Failures {
    fn any(&self) -> bool {
        self.0 > 0
    }

    /// How many seconds to wait until it is tried again: 1, 2, 4, … up to a minute.
    fn one_more(&mut self) -> u64 {
        let pause = 1_u64.checked_shl(self.0).unwrap_or(LONGEST_PAUSE_S);
        self.0 = self.0.saturating_add(1);
        // The tick that ends the pause is one of its seconds.
        pause.min(LONGEST_PAUSE_S) - 1
    }

    /// Whether the log says this one: the first, the second, the fourth, … so that it stays readable.
    fn is_said(&self) -> bool {
        self.0.is_power_of_two()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_a_minute_and_the_log_says_less_and_less() {
        let mut failures = Failures::default();
        assert!(!failures.any());
        let mut pauses = Vec::new();
        let mut said = Vec::new();
        for nth in 1..=200 {
            pauses.push(failures.one_more() + 1);
            if failures.is_said() {
                said.push(nth);
            }
        }
        assert!(failures.any());
        assert_eq!(pauses[..8], [1, 2, 4, 8, 16, 32, 60, 60]);
        assert!(pauses[6..].iter().all(|pause| *pause == LONGEST_PAUSE_S));
        assert_eq!(said, [1, 2, 4, 8, 16, 32, 64, 128]);
    }
}
