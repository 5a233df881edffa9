//! Compares what another node knows of the log with the log as this node sees it.
//!
//! Whatever another node knows was committed before it said so. So it has to be in a snapshot that is taken afterwards:
//! its checkpoint is of a prefix of the log there (RFC 6962, 2.1.2). If it is longer, this node is shown an older
//! state; if it is no prefix, the log was continued twice. Neither needs anything but the signed checkpoint of the
//! other side, because each node asks by itself. The hashes that are stored are not trusted: they have to lead to the
//! root of the checkpoint that this node verified.

use std::thread;
use std::time::Duration;

use crate::vault::audit::{
    Checkpoint, CheckpointError, Tip, TreeError, consistency_proof, verify_consistency,
};
use crate::vault::core::Core;
use crate::vault::ledger::{Signing, StoredHashes, log_key_at, verifier_of};
use crate::vault::store::{Snapshot, StoreError, checkpoint_rows};

/// How the two differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Difference {
    /// It was signed by the vault and is not in the log here.
    #[error("the log of the other node is not the one that this node sees")]
    Forked,
    /// It is not signed by a key of the vault that this node knows, or is of a log of another name.
    #[error("what the other node answered is no checkpoint of this log")]
    NoCheckpoint,
    /// This node cannot compare.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How often it is looked, and the pause between, if the other node knows a longer log: a server that answers from a
/// copy which lags behind may follow in a moment.
const LOOKS: usize = 3;
const PAUSE: Duration = Duration::from_millis(300);

/// Compares the checkpoint that another node answered.
pub(super) fn compare(core: &Core, note: &[u8]) -> Result<(), Difference> {
    let mut looks = 1;
    loop {
        let is_shorter = {
            let reader = core.readers.snapshot()?;
            let connection = reader.connection()?;
            let own = own(core, connection)?;
            let theirs = opened(core, connection, note)?;
            match theirs.size > own.size {
                true => true,
                false => return is_prefix(connection, theirs, own),
            }
        };
        if is_shorter && looks == LOOKS {
            return Err(Difference::Forked);
        }
        looks += 1;
        thread::sleep(PAUSE);
    }
}

/// Where the log ends in a snapshot, as the vault signed it.
fn own(core: &Core, connection: &Snapshot) -> Result<Tip, Difference> {
    let wrong = StoreError::inconsistent("checkpoint::newest");
    let (size, note) = checkpoint_rows::newest(connection)?.ok_or(wrong)?;
    let key = log_key_at(core, connection, size)?;
    let own = Checkpoint::open(note.as_bytes(), &key).map_err(|_| wrong)?;
    Ok(Tip {
        size: own.size,
        root: own.root,
    })
}

/// What the other node's checkpoint says. It counts whichever of the vault's signing keys signed it: a log that went
/// another way may have got its next key elsewhere.
fn opened(core: &Core, connection: &Snapshot, note: &[u8]) -> Result<Tip, Difference> {
    let newest = Signing::read(connection)?.number();
    let keys = core.keys();
    for number in (0..=newest.saturating_add(1)).rev() {
        let Ok(key) = verifier_of(&keys, core.log_name(), number) else {
            continue;
        };
        match Checkpoint::open(note, &key) {
            Ok(Checkpoint { size, root, .. }) => return Ok(Tip { size, root }),
            Err(CheckpointError::Note(_)) => {}
            Err(_) => return Err(Difference::NoCheckpoint),
        }
    }
    Err(Difference::NoCheckpoint)
}

fn is_prefix(connection: &Snapshot, theirs: Tip, own: Tip) -> Result<(), Difference> {
    let path = match consistency_proof(theirs.size, own.size, &StoredHashes(connection)) {
        Ok(path) => path,
        Err(TreeError::Read(error)) => return Err(Difference::Store(error)),
        Err(_) => return Err(Difference::Store(StoreError::inconsistent("tree_hash"))),
    };
    verify_consistency(theirs.size, own.size, &theirs.root, &own.root, &path)
        .map_err(|_| Difference::Forked)
}
