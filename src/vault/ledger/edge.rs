//! Where the log ends, and what signs what follows: in memory, and found again where another node left it.
//!
//! Several nodes may write one log, each with a ledger of its own. A transaction locks the row of the log's head before
//! anything else. If it is not the head that this node knows, then nothing that was read before is good any more. The
//! tree has to continue the one that is known here, the control rows have to be those of the head's seal, and the
//! checkpoint has to be signed by the vault's own key. Then memory is made that of the new head. Whoever wrote to the
//! database without the vault's keys cannot make any of the three.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use ring::signature::Ed25519KeyPair;

use super::clock_keeper;
use super::control_seal::{self, ControlFault};
use super::fault::{BookError, tree};
use super::signing::{Signing, public};
use super::stored_log::{StoredHashes, name_of_log};
use crate::policy::CaseState;
use crate::vault::audit::{
    Checkpoint, Frontier, KeyName, VerifierKey, consistency_proof, verify_consistency,
};
use crate::vault::core::Core;
use crate::vault::keyring::NamedKeyring;
use crate::vault::other_nodes::WantedKeyring;
use crate::vault::store::{
    Head, ReadControl, Snapshot, StoreError, StoreFault, Transaction, Writer, case_rows,
    checkpoint_rows, leaf_rows, node_rows,
};

/// The end of the log.
pub(super) struct Edge {
    pub(super) origin: KeyName,
    pub(super) key: VerifierKey,
    pub(super) signing: Signing,
    /// Of the number that `signing` says.
    pub(super) pair: Ed25519KeyPair,
    pub(super) frontier: Frontier,
    pub(super) checkpoint: Arc<str>,
    /// Over the control rows; no two are alike.
    pub(super) seal: Vec<u8>,
    /// Whether the last commit may have been made or not.
    pub(super) is_unsure: bool,
}

impl Edge {
    /// The log where it ends. It is refused if its newest checkpoint disagrees with it, so that the vault never signs
    /// two checkpoints that contradict each other.
    pub(super) fn read(writer: &Writer, core: &Core) -> Result<Self, BookError> {
        let origin = core.log_name();
        let signing = Signing::read(writer)?;
        let pair = core.keys().log_signing(signing.number());
        let pair = pair.map_err(BookError::Key)?;
        let key = VerifierKey::new(origin.clone(), public(&pair));
        let leaves = leaf_rows::count(writer)?;
        let frontier = Frontier::read(leaves, &StoredHashes(writer)).map_err(tree)?;
        let checkpoint: Arc<str> = match checkpoint_rows::newest(writer)? {
            None => {
                return Err(BookError::CutOff {
                    leaves,
                    checkpoint: 0,
                });
            }
            Some((size, note)) => {
                let signed = Checkpoint::open(note.as_bytes(), &key)?;
                if size != leaves || signed.size != leaves {
                    return Err(BookError::CutOff {
                        leaves,
                        checkpoint: signed.size,
                    });
                }
                if signed.root != frontier.root() {
                    return Err(BookError::Root);
                }
                Arc::from(note)
            }
        };
        let seal = checkpoint_rows::control_seal(writer)?.ok_or(ControlFault::Missing)?;
        core.control.note_head(&seal);
        core.set_tip(frontier.tip());
        core.others.has_checkpoint(&checkpoint);
        Ok(Self {
            origin,
            key,
            signing,
            pair,
            frontier,
            checkpoint,
            seal,
            is_unsure: false,
        })
    }

    /// Goes on from where another node left the log, if one moved it; or from what became of a commit of this node that
    /// nobody knew the end of. Answers whether that was so; then the control rows were verified.
    ///
    /// What is not as a node of this vault leaves it is noted as damage. A keyring that is not the one of the log's end
    /// is none: it waits until somebody brings the right one.
    pub(super) fn go_on(
        &mut self,
        core: &Core,
        transaction: &Transaction,
        head: Option<&Head>,
    ) -> Result<bool, BookError> {
        let Some(head) = head else {
            return Ok(false);
        };
        let is_same = head.size == self.frontier.size()
            && head.control == self.seal
            && head.note == *self.checkpoint;
        if is_same && !self.is_unsure {
            return Ok(false);
        }
        let was_unsure = self.is_unsure;
        match self.take_over(core, transaction, head) {
            Ok(()) if was_unsure => {
                // What its callers were to go on with may be there after all.
                for due in [&core.shred_due, &core.erase_due, &core.rotate_due] {
                    due.store(true, Ordering::Release);
                }
                core.kept_here.is_behind();
                Ok(true)
            }
            Ok(()) => Ok(true),
            Err(fault) if self.is_still_here(head, &fault) => {
                tracing::error!(fault = %fault, "somebody else wrote to the row of the log's head");
                core.control.note_head(&head.control);
                Ok(false)
            }
            Err(fault) => {
                if let Some(table) = damaged(&fault) {
                    tracing::error!(fault = %fault, "the log's head is not as a node of this vault leaves it");
                    core.control.found_damaged(table);
                }
                Err(fault)
            }
        }
    }

    /// Whether the log is where this node left it, and its seal is none: no node wrote that. The control rows are then
    /// compared with what this node knows, and the next commit writes the seal anew.
    fn is_still_here(&self, head: &Head, fault: &BookError) -> bool {
        let is_no_seal = matches!(
            fault,
            BookError::Control(ControlFault::Seal | ControlFault::OtherRoot)
        );
        is_no_seal
            && !self.is_unsure
            && head.size == self.frontier.size()
            && head.note == *self.checkpoint
    }

    fn take_over(
        &mut self,
        core: &Core,
        transaction: &Transaction,
        head: &Head,
    ) -> Result<(), BookError> {
        let before = self.frontier.tip();
        if head.size < before.size {
            return Err(BookError::CutOff {
                leaves: head.size,
                checkpoint: before.size,
            });
        }
        // The stored hashes are not trusted: the old root has to be in the new one, and that in the seal.
        let hashes = StoredHashes(transaction);
        let frontier = Frontier::read(head.size, &hashes).map_err(tree)?;
        let end = frontier.tip();
        let path = consistency_proof(before.size, end.size, &hashes).map_err(tree)?;
        verify_consistency(before.size, end.size, &before.root, &end.root, &path)
            .map_err(|_| BookError::Root)?;
        let elements = {
            let keys = core.keys();
            control_seal::elements_of(control_seal::keys_of(&head.control, &keys)?)
        };
        let rows = ReadControl::read(transaction, elements)?;
        let sums = rows.table_sums()?;
        let named = control_seal::verify_sums(&head.control, &core.keys(), end, sums)?;
        let follows = rows.changes_what_is_kept(&core.control)?;
        rows.adopt(&core.control);
        if follows {
            core.kept_here.is_behind();
        }
        // From here on control rows are compared with what the other node wrote.
        core.know_nodes(node_rows::list(transaction)?, end.size);
        if name_of_log(transaction, &core.vault)? != self.origin {
            return Err(BookError::OtherLog);
        }
        has_keyring(core, transaction, &named)?;
        let signing = Signing::read(transaction)?;
        let pair = core.keys().log_signing(signing.number());
        let pair = pair.map_err(BookError::Key)?;
        let key = VerifierKey::new(self.origin.clone(), public(&pair));
        let signed = Checkpoint::open(head.note.as_bytes(), &key)?;
        if (signed.size, signed.root) != (end.size, end.root) {
            return Err(BookError::Root);
        }
        clock_keeper::follow(core, transaction)?;
        let is_node = core.node.as_ref().map(|node| node.is_one(transaction));
        if !is_node.transpose()?.unwrap_or(true) {
            return Err(BookError::NoNode);
        }
        (self.signing, self.pair, self.key) = (signing, pair, key);
        (self.frontier, self.checkpoint) = (frontier, Arc::from(head.note.as_str()));
        self.seal.clone_from(&head.control);
        core.others.has_checkpoint(&self.checkpoint);
        self.is_unsure = false;
        core.control.note_head(&head.control);
        core.set_tip(end);
        // What rests on the facts of before is looked at again.
        core.editions.begin_change();
        core.editions.end_change();
        Ok(())
    }
}

/// Whether this node has the keyring that the log's end names, whose control rows were verified. If not, it takes the
/// one that somebody put in the place of its own, or says which one it needs.
pub(super) fn has_keyring(
    core: &Core,
    connection: &Snapshot,
    named: &NamedKeyring,
) -> Result<(), ControlFault> {
    let found = control_seal::verify_keyring(named, &core.keys());
    let Err(fault) = found else {
        return Ok(core.found_named(named.generation, connection)?);
    };
    if !core.has_server {
        return Err(fault);
    }
    let cases = case_rows::list(connection)?.into_iter();
    let there = cases.filter(|case| case.state != CaseState::Destroyed);
    let wanted = WantedKeyring {
        named: *named,
        cases: there.map(|case| case.id).collect(),
    };
    if core.take_keyring_in_place(&wanted) {
        return Ok(core.found_named(named.generation, connection)?);
    }
    core.others.wants(Some(wanted));
    Err(fault)
}

/// The table that somebody else must have written to, if a fault says that.
fn damaged(fault: &BookError) -> Option<&'static str> {
    match fault {
        BookError::Store(StoreError {
            fault: StoreFault::Inconsistent,
            ..
        })
        | BookError::Tree => Some("tree_hash"),
        BookError::Control(ControlFault::Table(table)) => Some(table),
        BookError::CutOff { .. }
        | BookError::Root
        | BookError::Checkpoint(_)
        | BookError::OtherLog
        | BookError::Control(ControlFault::Seal | ControlFault::Missing) => Some("checkpoint"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::domain::ExhibitId;
    use crate::vault::entropy::SystemEntropy;
    use crate::vault::exhibits::under_way::Tracked;
    use crate::vault::keyring::{Keyring, KeyringError};
    use crate::vault::named_generation::NamedGeneration;
    use crate::vault::records::tests::fixture::Fixture;
    use crate::vault::store::Tables;
    use crate::vault::{Caller, Settings};

    fn named(keyring: &Keyring) -> NamedKeyring {
        NamedKeyring {
            generation: keyring.generation(),
            digest: *keyring.digest(),
        }
    }

    #[test]
    fn a_change_of_the_keyring_that_no_commit_named_gives_way_to_that_of_another_node() {
        let Some(tables) = Tables::empty() else {
            return;
        };
        let fixture = Fixture::at(Settings::default(), Some(tables.address()));
        let (core, case) = (&fixture.vault.core, &fixture.case);
        let commit = || {
            let core = Arc::clone(core);
            fixture.stage(move |rows| core.tell_of_node(rows, true).map(drop));
        };
        let kept = |of: u64| NamedGeneration::read(&core.paths, of).newest();
        commit();
        let before = core.keys().generation();
        assert_eq!(kept(before), before);
        // Two nodes make a key of one case at once, and the other one commits it.
        let elsewhere = tempfile::tempdir().unwrap();
        let path = elsewhere.path().join("keyring");
        fs::copy(core.paths.keyring(), &path).unwrap();
        let mut theirs = fixture.keyring_at(&path);
        let entropy = SystemEntropy::new();
        theirs.add_case_key(case, &entropy).unwrap();
        let mut own = core.keyring_to_change().unwrap();
        own.add_case_key(case, &entropy).unwrap();
        drop(own);
        assert!(!core.has_named_keyring());
        assert!(core.keyring_to_change().is_err(), "one change at a time");
        assert_eq!(kept(before + 1), before, "a restart knows it");
        let reader = core.readers.snapshot().unwrap();
        let connection = reader.connection().unwrap();
        assert!(has_keyring(core, connection, &named(&theirs)).is_err());
        let wanted = core.others.wanted().unwrap();
        assert_eq!(wanted.named, named(&theirs));
        let sent = fs::read(&path).unwrap();
        // It would not, if its own key had been committed.
        core.named.is(before + 1);
        let refused = core.take_keyring(&sent, &wanted);
        assert_eq!(refused, Err(KeyringError::LacksKey));
        core.named.is(before);
        assert_eq!(core.take_keyring(&sent, &wanted), Ok(()));
        has_keyring(core, connection, &named(&theirs)).unwrap();
        assert!(core.has_named_keyring());
        commit();
        assert_eq!(kept(before + 1), before + 1);
        assert_eq!(fixture.vault.health().damage(), None);
    }

    #[test]
    fn a_keyring_that_somebody_copied_here_ends_admissions_to_cases_that_have_no_key_in_it() {
        let Some(tables) = Tables::empty() else {
            return;
        };
        let fixture = Fixture::at(Settings::default(), Some(tables.address()));
        let core = &fixture.vault.core;
        let (told, case) = (Arc::clone(core), fixture.case.clone());
        fixture.stage(move |rows| {
            let case = case_rows::find(rows, &case)?;
            let case = case.ok_or(StoreError::inconsistent("test"))?;
            case_rows::destroy(rows, case.number, b"")?;
            told.tell_of_node(rows, true).map(drop)
        });
        let exhibit = ExhibitId::from_random([9; 13]);
        let (admissions, caller) = (&core.admissions, Caller::system());
        let admission = Tracked::begin(admissions, &fixture.case, &exhibit, &caller, None);
        let reader = core.readers.snapshot().unwrap();
        let connection = reader.connection().unwrap();
        let of_now = named(&core.keys());
        has_keyring(core, connection, &of_now).unwrap();
        assert!(!admission.progress().is_cancelled());
        // Another node takes the keys away, and somebody copies its file.
        let mut theirs = fixture.keyring_at(&core.paths.keyring());
        let destroyed = theirs.destroy_case(&fixture.case, &SystemEntropy::new());
        destroyed.unwrap();
        has_keyring(core, connection, &named(&theirs)).unwrap();
        assert!(!core.keys().has_case(&fixture.case));
        assert!(admission.progress().is_cancelled());
        assert_eq!(core.others.wanted(), None);
    }
}
