//! Where the log ends, and what signs what follows: in memory, and found again where another node left it.
//!
//! Several nodes may write one log, each with a ledger of its own. A transaction locks the row of the log's head before
//! anything else. If it is not the head that this node knows, then nothing that was read before is good any more. The
//! tree has to continue the one that is known here, the control rows have to be those of the head's seal, and the
//! checkpoint has to be signed by the vault's own key. Then memory is made that of the new head. Whoever wrote to the
//! database without the vault's keys cannot make any of the three.
//!
//! Only what may be something else is read: the hashes of the new leaves, and the control rows of which the seal says
//! that they were changed. What is known and what was read has to make the sealed sum of each table.

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
    Checkpoint, Frontier, Hash, KeyName, LeafHash, VerifierKey, consistency_proof,
    stored_hash_count, stored_hash_index, verify_consistency,
};
use crate::vault::core::Core;
use crate::vault::keyring::NamedKeyring;
use crate::vault::other_nodes::WantedKeyring;
use crate::vault::store::{
    Head, ReadControl, Recent, Snapshot, StoreError, StoreFault, Transaction, Writer, case_rows,
    checkpoint_rows, leaf_rows, node_rows, tree_hash_rows,
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
    /// What it says of the control rows that were changed lately.
    pub(super) recent: Recent,
    /// Whether the last commit may have been made or not.
    pub(super) is_unsure: bool,
    unread: Unread,
}

/// What of the verified control rows this node has not gone by yet.
#[derive(Clone, Copy, Default)]
struct Unread {
    nodes: bool,
    meta: bool,
    clock: bool,
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
        // One that does not open is told of when the control rows are compared with it.
        let recent = control_seal::open(&seal, &core.keys(), frontier.tip());
        let recent = recent.map(|seal| seal.recent).unwrap_or_default();
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
            recent,
            is_unsure: false,
            // Whether this process is a node still is looked at with the first head that another one moved.
            unread: Unread {
                nodes: true,
                meta: true,
                clock: true,
            },
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
        let frontier = self.grown(transaction, head.size)?;
        let end = frontier.tip();
        let sealed = control_seal::open(&head.control, &core.keys(), end)?;
        let elements = {
            let keys = core.keys();
            control_seal::elements_of(control_seal::keys_of(&head.control, &keys)?)
        };
        let recent = [&sealed.recent, &self.recent];
        let rows = ReadControl::read(transaction, &core.control, elements, &sealed.sums, recent);
        let rows = rows.map_err(|error| match error.fault {
            StoreFault::Tampered => ControlFault::Table(error.at),
            _ => ControlFault::Store(error),
        })?;
        // What fails from here on is looked at again the next time.
        self.unread.nodes |= rows.changes_nodes() || self.is_unsure;
        self.unread.meta |= rows.changes_meta() || self.is_unsure;
        self.unread.clock |= rows.changes_clock() || self.is_unsure;
        let unread = self.unread;
        if rows.changes_what_is_kept() {
            core.kept_here.is_behind();
        }
        rows.adopt(&core.control);
        // From here on control rows are compared with what the other node wrote.
        self.recent = sealed.recent;
        if unread.nodes {
            core.know_nodes(node_rows::list(transaction)?, end.size);
        }
        if unread.meta && name_of_log(transaction, &core.vault)? != self.origin {
            return Err(BookError::OtherLog);
        }
        // Before its keyring: nobody sends one to a node that was struck off, and it needs none.
        if unread.nodes {
            let is_node = core.node.as_ref().map(|node| node.is_one(transaction));
            if !is_node.transpose()?.unwrap_or(true) {
                return Err(BookError::NoNode);
            }
        }
        has_keyring(core, transaction, &sealed.named)?;
        let signing = match unread.meta {
            true => Signing::read(transaction)?,
            false => self.signing.clone(),
        };
        let pair = core.keys().log_signing(signing.number());
        let pair = pair.map_err(BookError::Key)?;
        let key = VerifierKey::new(self.origin.clone(), public(&pair));
        let signed = Checkpoint::open(head.note.as_bytes(), &key)?;
        if (signed.size, signed.root) != (end.size, end.root) {
            return Err(BookError::Root);
        }
        if unread.clock {
            clock_keeper::follow(core, transaction)?;
        }
        (self.signing, self.pair, self.key) = (signing, pair, key);
        (self.frontier, self.checkpoint) = (frontier, Arc::from(head.note.as_str()));
        self.seal.clone_from(&head.control);
        core.others.has_checkpoint(&self.checkpoint);
        (self.is_unsure, self.unread) = (false, Unread::default());
        core.control.note_head(&head.control);
        core.set_tip(end);
        // What rests on the facts of before is looked at again.
        core.editions.begin_change();
        core.editions.end_change();
        Ok(())
    }

    /// The edge of the tree of so many leaves. The stored hashes are not trusted. If few leaves are new, the known edge
    /// grows by their hashes, so what comes out continues it; the seal of the new head opens for that root alone.
    /// Otherwise the old root has to be in the new one.
    fn grown(&self, transaction: &Transaction, size: u64) -> Result<Frontier, BookError> {
        let before = self.frontier.tip();
        if size - before.size > MOST_GROWN {
            let hashes = StoredHashes(transaction);
            let frontier = Frontier::read(size, &hashes).map_err(tree)?;
            let end = frontier.tip();
            let path = consistency_proof(before.size, end.size, &hashes).map_err(tree)?;
            verify_consistency(before.size, end.size, &before.root, &end.root, &path)
                .map_err(|_| BookError::Root)?;
            return Ok(frontier);
        }
        let mut frontier = self.frontier.clone();
        if size == before.size {
            return Ok(frontier);
        }
        let (first, end) = (stored_hash_count(before.size), stored_hash_count(size));
        let mut stored = tree_hash_rows::range(transaction, first, end - 1)?.into_iter();
        for leaf in before.size..size {
            let position = stored_hash_index(0, leaf);
            let (_, hash) = stored
                .find(|(at, _)| *at == position)
                .ok_or(BookError::Tree)?;
            frontier.append(LeafHash::from_stored(Hash::from_bytes(hash)));
        }
        Ok(frontier)
    }
}

/// For so many new leaves their hashes are read, which is one statement; for more, the edge and a proof.
const MOST_GROWN: u64 = 256;

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
    use std::cell::Cell;
    use std::fs;
    use std::sync::mpsc::channel;

    use super::*;
    use crate::domain::{ExhibitId, Moment, NodeId};
    use crate::policy::actions;
    use crate::vault::entropy::SystemEntropy;
    use crate::vault::exhibits::under_way::Tracked;
    use crate::vault::keyring::{Keyring, KeyringError};
    use crate::vault::named_generation::NamedGeneration;
    use crate::vault::plaintext::{AskedNumbers, RawText};
    use crate::vault::records::tests::fixture::{Fixture, sent};
    use crate::vault::store::node_rows::Seen;
    use crate::vault::store::{ControlState, StoreError, Tables, meta_rows, take_statements};
    use crate::vault::{Caller, Price, Settings, Vault};

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

    fn stage(
        vault: &Vault,
        step: impl FnOnce(&Transaction) -> Result<(), StoreError> + Send + 'static,
    ) {
        vault.ledger.stager().stage(step).unwrap();
    }

    /// The names of the statements that ran on the ledger's thread since the last call, among them those by which it
    /// went on from where another node left the log.
    fn statements(vault: &Vault) -> Vec<String> {
        let (told, names) = channel();
        stage(vault, move |_| {
            let run = take_statements().into_iter();
            let name = |sql: String| {
                let all = !sql.contains("WHERE") && sql.contains("::read");
                let name = sql.lines().next().unwrap_or_default().to_owned();
                if all { format!("{name}, all") } else { name }
            };
            let _ = told.send(run.map(name).collect());
            Ok(())
        });
        names.recv().unwrap()
    }

    /// What it takes to follow what another node does. All rows are compared once a second besides: then it is tried
    /// again.
    fn follows(vault: &Vault, mut other: impl FnMut()) -> Vec<String> {
        for _ in 0..100 {
            statements(vault);
            other();
            let names = statements(vault);
            let whole = names.iter().filter(|name| name.ends_with(", all")).count();
            if whole < ControlState::tables().count() {
                return names;
            }
        }
        panic!("all rows were compared each time");
    }

    #[test]
    fn a_node_that_follows_another_one_reads_what_that_one_changed_and_no_more() {
        let Some(tables) = Tables::empty() else {
            return;
        };
        let mut fixture = Fixture::at(Settings::default(), Some(tables.address()));
        fixture.admit(&[sent(1, "acme", 0), sent(2, "acme", 0)]);
        let (second, _directory) = fixture.second_node();
        let look_up = || {
            let text = RawText::new("+447700900001".to_owned());
            let numbers = AskedNumbers::read(&[text], None);
            let price = Some(Price::of_numbers(numbers.distinct()));
            let ask = move |scope: &mut crate::vault::scope::Scope<'_, actions::LookUp>| {
                scope.look_up(&numbers)
            };
            let asked = fixture.ask_for::<actions::LookUp, _>(&fixture.lead, price, ask);
            asked.unwrap();
        };
        look_up();
        // One leaf, two budgets of one operator: one statement for the tree, one for the rows that were charged.
        let read = follows(&second, look_up);
        assert_eq!(read, ["-- tree_hash::range", "-- budget::changed"]);
        // Some more leaves are no more statements.
        let read = follows(&second, || (0..5).for_each(|_| look_up()));
        assert_eq!(read, ["-- tree_hash::range", "-- budget::changed"]);
        // As many rows as there is no room for: their table.
        let count = Cell::new(0_i64);
        let read = follows(&second, || {
            count.set(count.get() + 1);
            let value = count.get().to_string();
            stage(&fixture.vault, move |rows| {
                (0..60).try_for_each(|no| meta_rows::put(rows, &format!("test-{no}"), &value))
            });
        });
        assert!(read.iter().any(|name| name == "-- meta::read, all"));
        assert!(!read.iter().any(|name| name.starts_with("-- budget")));
        // A row of the node itself: it looks who is a node.
        let seen_at = second.core.clock.in_seconds(0).seconds();
        let read = follows(&second, || {
            count.set(count.get() + 1);
            let at = Moment::from_seconds(seen_at + count.get());
            stage(&fixture.vault, move |rows| {
                let seen = Seen {
                    run: &[1; 16],
                    at,
                    generation: 1,
                    key: None,
                    address: "",
                };
                let first = node_rows::list(rows)?.into_iter();
                let first: Vec<NodeId> = first.map(|row| row.id).collect();
                let other = first.iter().find(|id| **id != NodeId::from_random([9; 13]));
                other.map_or(Ok(()), |id| node_rows::saw(rows, id, &seen).map(drop))
            });
        });
        assert!(read.contains(&"-- node::changed".to_owned()), "{read:?}");
        assert!(read.len() <= 3, "{read:?}");
        assert_eq!(second.core.control.damage(), None);
    }
}
