//! Appending: leaves, tree hashes, sealed details, the signed checkpoint.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::{fs, io};

use ring::signature::Ed25519KeyPair;

use super::act::{Act, Done};
use super::clock_keeper;
use super::control_seal::{self, ControlFault};
use super::draft::{ActOutcome, Draft};
use super::edge::{Edge, has_keyring};
use super::fault::{BookError, is_uncertain, of_store};
use super::files::{Files, missing_keyring};
use super::holds::Waiting;
use super::mark::{self, MarkFault, Marking};
use super::signing::{Signing, Succession, public, successor, verifier_of};
use super::stored_log::{LOG_NAME, StoredHashes, origin};
use crate::domain::CaseId;
use crate::vault::audit::{
    Checkpoint, CheckpointError, Commitment, Frontier, Hash, KeyName, Leaf, Outcome as LeafOutcome,
    SALT_BYTES, Tip, VerifierKey, leaf_hash, stored_hash_count,
};
use crate::vault::clock::Standing;
use crate::vault::core::Core;
use crate::vault::entropy::{Drawn, Entropy, draw};
use crate::vault::keyring::{Keyring, replace_file};
use crate::vault::other_nodes::OtherNodes;
use crate::vault::paths::Paths;
use crate::vault::plaintext::{Aad, Nonce};
use crate::vault::store::{
    ControlState, Recent, Snapshot, StoreError, StoreFault, Transaction, Writer, checkpoint_rows,
    detail_rows, leaf_index_rows, leaf_rows, meta_rows, node_rows, tree_hash_rows,
};

/// The log under writing: the store's writer, and where the log ends.
pub(crate) struct Book {
    writer: Writer,
    core: Arc<Core>,
    edge: Edge,
    marking: Marking,
    files: Files,
}

impl Book {
    /// Continues the log where it ends; see [`Edge::read`].
    pub(crate) fn open(writer: Writer, core: Arc<Core>) -> Result<Self, BookError> {
        let edge = Edge::read(&writer, &core)?;
        let files = Files::of(&core.paths);
        Ok(Self {
            writer,
            core,
            edge,
            marking: Marking::new(),
            files,
        })
    }

    /// Lets other nodes write again, which were kept from it while this one started.
    pub(in crate::vault) fn let_go(&self) -> Result<(), StoreError> {
        self.writer.let_go()
    }

    /// Compares the control rows with their seal, which must be of the log's end, and their indexes with the rows.
    /// A keyring that is not the one of the log's end is told last, when the rows were verified.
    pub(in crate::vault) fn verify_control(&self) -> Result<(), ControlFault> {
        let end = self.edge.frontier.tip();
        let named = control_seal::verify(&self.writer, &self.core.keys(), end)?;
        let indexes = self.writer.verify_indexes();
        indexes.map_err(|error| match error.fault {
            StoreFault::Tampered => ControlFault::Table(error.at),
            _ => ControlFault::Store(error),
        })?;
        let nodes = node_rows::list(&self.writer)?;
        self.core.know_nodes(nodes, end.size);
        has_keyring(&self.core, &self.writer, &named)
    }

    /// Compares the log with its high-water mark.
    pub(in crate::vault) fn verify_mark(&self) -> Result<(), MarkFault> {
        let mark = mark::read(&self.core.paths, &self.core.keys())?.tip;
        mark::verify(mark, self.edge.frontier.size(), |size| {
            let at = Frontier::read(size, &StoredHashes(&self.writer));
            at.ok().map(|frontier| frontier.root())
        })?;
        self.core.marked.store(mark.size, Ordering::Release);
        Ok(())
    }

    /// Begins a new log, which goes on from the leaves of this one under another name, so that no checkpoint of it
    /// contradicts one of this log that was signed after these leaves and is lost.
    pub(in crate::vault) fn begin_new_log(&mut self) -> Result<(), BookError> {
        let random: [u8; 8] = draw(&*self.core.entropy).map_err(|_| BookError::Detail)?;
        let name = self.edge.origin.renewed(random)?;
        let transaction = self.writer.begin()?;
        meta_rows::put(&transaction, LOG_NAME, name.as_str())?;
        let (keys, end) = (self.core.keys(), self.edge.frontier.tip());
        let note = signed(&name, &self.edge.pair, end)?;
        let recent = transaction.recent(&self.edge.recent, self.core.has_server);
        let put = Put {
            from: None,
            note: &note,
            recent: &recent,
        };
        let seal = put_checkpoint(&transaction, &keys, &*self.core.entropy, end, &put)?;
        let generation = keys.generation();
        drop(keys);
        self.core.control.note_head(&seal);
        transaction.commit()?;
        self.core.has_named(generation);
        (self.edge.seal, self.edge.recent) = (seal, recent);
        self.core.set_log_name(name.clone());
        self.edge.key = VerifierKey::new(name.clone(), public(&self.edge.pair));
        (self.edge.origin, self.edge.checkpoint) = (name, Arc::from(note));
        self.core.others.has_checkpoint(&self.edge.checkpoint);
        Ok(())
    }

    /// Writes the mark if the log is above it.
    pub(super) fn mark_rest(&mut self) -> Result<(), BookError> {
        self.present()?;
        match self.marking.is_behind(self.edge.frontier.size()) {
            true => self.mark(),
            false => Ok(()),
        }
    }

    pub(super) fn mark(&mut self) -> Result<(), BookError> {
        let core = &self.core;
        let written = mark::write(
            &core.paths,
            &core.keys(),
            &*core.entropy,
            self.edge.frontier.tip(),
        );
        self.files.marked(&core.paths);
        written.map_err(BookError::Mark)?;
        let points = self.core.charged.load(Ordering::Relaxed);
        self.marking.written(self.edge.frontier.size(), points);
        core.marked
            .store(self.edge.frontier.size(), Ordering::Release);
        Ok(())
    }

    /// Some acts must not be answered above the mark: see `draft.rs`.
    fn mark_if_due(&mut self) -> Result<(), BookError> {
        match self
            .marking
            .is_due(self.core.charged.load(Ordering::Relaxed))
        {
            true => self.mark(),
            false => Ok(()),
        }
    }

    /// Notes what a commit that failed says of the file.
    pub(super) fn note_failure(&self, fault: &BookError) {
        if let BookError::Store(error) = fault {
            self.core.control.note_failure(*error);
        }
    }

    pub(super) fn control(&self) -> Arc<ControlState> {
        Arc::clone(&self.core.control)
    }

    pub(super) fn has_server(&self) -> bool {
        self.core.has_server
    }

    pub(super) fn others(&self) -> Arc<OtherNodes> {
        Arc::clone(&self.core.others)
    }

    pub(crate) fn verifier_key_text(&self) -> String {
        self.edge.key.to_string()
    }

    pub(super) fn checkpoint(&self) -> Arc<str> {
        Arc::clone(&self.edge.checkpoint)
    }

    /// Runs the acts, writes their leaves and signs a checkpoint, all in one transaction. Returns the
    /// number of the first leaf. On an error nothing is written and the log is as before; the acts
    /// that ran are in `finished`.
    pub(super) fn enter(
        &mut self,
        acts: Vec<Act>,
        finished: &mut Vec<Done>,
    ) -> Result<u64, BookError> {
        let mut before = None;
        let entered = self.try_enter(acts, finished, &mut before);
        if let Err(fault) = &entered {
            self.edge.is_unsure |= is_uncertain(fault);
            if let Some((frontier, clock)) = before {
                self.edge.frontier = frontier;
                self.core.clock.restore(clock);
            }
        }
        // From here on new snapshots see what the acts wrote.
        self.core.editions.end_change();
        self.core.kept_here.transaction_ended();
        let first = entered?;
        self.files.committed(&self.core.paths);
        // What went into a file that vanished meanwhile is not answered.
        self.present()?;
        self.mark_if_due()?;
        self.clear_leftovers();
        Ok(first)
    }

    /// Empties the write-ahead log.
    pub(super) fn empty_log(&self) -> Result<(), StoreError> {
        match self.writer.empty_log()? {
            true => Ok(()),
            false => Err(StoreError {
                at: "book::empty_log",
                fault: StoreFault::Busy,
            }),
        }
    }

    /// Removes what admissions left that could not be removed before. What still cannot waits for the next commit.
    fn clear_leftovers(&mut self) {
        while let Some(leftover) = self.core.leftovers.take() {
            if let Err(fault) = self.in_transaction(|transaction| leftover.discard(transaction)) {
                tracing::warn!(fault = %fault, "a staged exhibit could not be discarded");
                return self.core.leftovers.put(leftover);
            }
        }
    }

    /// Fails while a file of the vault is not the one that was opened.
    fn present(&self) -> Result<(), BookError> {
        self.one()?;
        let missing = self.files.missing(&self.core.paths);
        // Where other nodes write, somebody may have put the keyring there that the head of the log names.
        let missing = missing.or_else(|| match self.core.has_server {
            true => None,
            false => missing_keyring(&self.core),
        });
        missing.map_or(Ok(()), |name| Err(BookError::Gone(name)))
    }

    /// Fails once another node was found to have another log.
    fn one(&self) -> Result<(), BookError> {
        match self.core.others.is_forked() {
            true => Err(BookError::Forked),
            false => Ok(()),
        }
    }

    /// Runs one step in a transaction of its own.
    pub(super) fn in_transaction(
        &mut self,
        step: impl FnOnce(&Transaction) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.one().map_err(|fault| of_store(&fault))?;
        let core = &*self.core;
        let transaction = self.writer.lock()?;
        let gone_on = self.edge.go_on(core, &transaction, transaction.head());
        let gone_on = gone_on.map_err(|fault| of_store(&fault))?;
        self.writer.notice_others(&transaction, gone_on)?;
        core.control.intact()?;
        step(&transaction)?;
        let (mut seal, mut generation) = (None, None);
        if transaction.changed_control() {
            let note = &*self.edge.checkpoint;
            let (keys, end) = (core.keys(), self.edge.frontier.tip());
            let from = transaction.head().map(|head| head.note.as_str());
            let recent = transaction.recent(&self.edge.recent, core.has_server);
            let put = Put {
                from,
                note,
                recent: &recent,
            };
            let put = put_checkpoint(&transaction, &keys, &*core.entropy, end, &put);
            let put = put.map_err(|_| StoreError::inconsistent("checkpoint::put"))?;
            core.control.note_head(&put);
            (seal, generation) = (Some((put, recent)), Some(keys.generation()));
        }
        let committed = transaction.commit();
        match &committed {
            Ok(()) => {
                if let (Some(seal), Some(generation)) = (seal, generation) {
                    (self.edge.seal, self.edge.recent) = seal;
                    core.has_named(generation);
                }
            }
            Err(error) => self.edge.is_unsure |= error.fault == StoreFault::Uncertain,
        }
        committed
    }

    /// Goes on from where another node left the log. The head stays where it is until `waiting` have their snapshots.
    pub(super) fn go_on(&mut self, waiting: Waiting) -> Result<(), BookError> {
        let gone_on = self.present().and_then(|()| {
            let transaction = self.writer.lock()?;
            let core = &*self.core;
            let gone_on = self.edge.go_on(core, &transaction, transaction.head())?;
            self.writer.notice_others(&transaction, gone_on)?;
            in_place(core)?;
            Ok(transaction)
        });
        waiting.end(gone_on.as_ref().map(drop).map_err(of_store));
        gone_on.map(drop)
    }

    fn try_enter(
        &mut self,
        acts: Vec<Act>,
        finished: &mut Vec<Done>,
        before: &mut Option<(Frontier, Standing)>,
    ) -> Result<u64, BookError> {
        let length = acts.len() * (SALT_BYTES + Nonce::BYTES) + Nonce::BYTES;
        let random = Drawn::of(&*self.core.entropy, length).map_err(|_| BookError::Detail)?;
        self.present()?;
        let transaction = self.writer.lock()?;
        let gone_on = self
            .edge
            .go_on(&self.core, &transaction, transaction.head())?;
        self.writer.notice_others(&transaction, gone_on)?;
        in_place(&self.core)?;
        *before = Some((self.edge.frontier.clone(), self.core.clock.standing()));
        let first = self.edge.frontier.size();
        let mut leaves = Vec::with_capacity(acts.len());
        let mut details = Vec::with_capacity(acts.len());
        let mut hashes = Vec::with_capacity(acts.len() * 2);
        let mut signing = self.edge.signing.clone();
        for act in acts {
            let seq = self.edge.frontier.size();
            let acted = act(&transaction, seq);
            finished.push(acted.done);
            if transaction.has_ended() {
                return Err(BookError::Ended);
            }
            let salt: [u8; SALT_BYTES] = draw(&random).map_err(|_| BookError::Detail)?;
            let mut draft = acted.draft;
            if draft.is_marked_at_once() {
                self.marking.hurry();
            }
            let detail = draft.detail.take().ok_or(BookError::Detail)?;
            let commitment = Commitment::to_canonical(&salt, seq, detail.json());
            let case = draft.case.clone();
            let successor = match draft.succeeds && draft.outcome == ActOutcome::Done {
                true => Some(self.succeed(&transaction, &mut signing, seq)?),
                false => None,
            };
            let leaf = self.leaf(draft, seq, &commitment, successor)?;
            let kept = detail.with_salt(&salt);
            details.push(self.seal_detail(&random, case.as_ref(), seq, &kept)?);
            self.edge
                .frontier
                .append_storing(leaf_hash(&leaf.bytes), &mut hashes);
            leaves.push(leaf);
        }
        // No act reads leaves of its own transaction. So they are written together.
        leaf_rows::insert_all(&transaction, &leaves)?;
        detail_rows::insert_all(&transaction, first, &details)?;
        let stored = hashes.iter().map(Hash::as_bytes);
        tree_hash_rows::insert_all(&transaction, stored_hash_count(first), stored)?;
        leaf_index_rows::fill(&transaction, first, self.edge.frontier.size())?;
        clock_keeper::keep(&self.core, &transaction)?;
        let (keys, end) = (self.core.keys(), self.edge.frontier.tip());
        // A checkpoint over a leaf that names a successor is the successor's.
        let pair = match signing == self.edge.signing {
            true => None,
            false => Some(keys.log_signing(signing.number()).map_err(BookError::Key)?),
        };
        let signed = signed(
            &self.edge.origin,
            pair.as_ref().unwrap_or(&self.edge.pair),
            end,
        )?;
        let from = transaction.head().map(|head| head.note.as_str());
        let recent = transaction.recent(&self.edge.recent, self.core.has_server);
        let put = Put {
            from,
            note: &signed,
            recent: &recent,
        };
        let seal = put_checkpoint(&transaction, &keys, &random, end, &put)?;
        let generation = keys.generation();
        drop(keys);
        // Before anybody can see it.
        self.core.control.note_head(&seal);
        transaction.commit()?;
        self.core.has_named(generation);
        (self.edge.seal, self.edge.recent) = (seal, recent);
        if let Some(pair) = pair {
            self.edge.key = VerifierKey::new(self.edge.origin.clone(), public(&pair));
            (self.edge.signing, self.edge.pair) = (signing, pair);
            self.tell_key();
        }
        self.core.set_tip(end);
        self.edge.checkpoint = Arc::from(signed);
        self.core.others.has_checkpoint(&self.edge.checkpoint);
        Ok(first)
    }

    /// Writes that the next signing keys are in force from this leaf on; answers what the leaf says of it.
    fn succeed(
        &self,
        transaction: &Transaction,
        signing: &mut Signing,
        seq: u64,
    ) -> Result<String, BookError> {
        let text = successor(&self.core.keys(), &self.edge.origin, seq, signing.number());
        let text = text.map_err(BookError::Key)?;
        let at = self.core.clock.now();
        *signing = signing.succeed(transaction, Succession { at, leaf: seq })?;
        Ok(text)
    }

    /// Writes the public key beside the log, if it is another one now. If that fails or the process is killed before,
    /// the next start does it.
    fn tell_key(&self) {
        let written = write_vkey(&self.core.paths, &self.verifier_key_text());
        if let Err(error) = written {
            tracing::warn!(kind = %error.kind(), "the public key of the log could not be written beside it");
        }
    }

    fn leaf(
        &self,
        draft: Draft,
        seq: u64,
        commitment: &Commitment,
        successor: Option<String>,
    ) -> Result<leaf_rows::NewLeaf, BookError> {
        let verdict = draft.verdict.as_ref();
        let now = self.core.clock.now();
        let operator = draft.caller.operator_id().map(ToString::to_string);
        let case = draft.case.as_ref().map(ToString::to_string);
        let leaf = Leaf {
            v: 1,
            seq,
            time: now.to_string(),
            origin: self.edge.origin.to_string(),
            operator: operator.clone(),
            role: draft.role.map(ToOwned::to_owned),
            session: draft.caller.session_id().map(ToString::to_string),
            action: draft.action.name().to_owned(),
            case: case.clone(),
            object: draft.object.clone(),
            purpose: draft.purpose.map(|purpose| purpose.as_str().to_owned()),
            outcome: match draft.outcome {
                ActOutcome::Done => LeafOutcome::Done,
                ActOutcome::Denied(_) => LeafOutcome::Denied,
                ActOutcome::Failed(_) => LeafOutcome::Failed,
            },
            kind: draft.outcome.kind().map(ToOwned::to_owned),
            rows: draft.rows,
            subjects: draft.subjects,
            successor,
            digest: draft.digest,
            generation: draft.generation,
            alarm: draft.alarm.map(ToOwned::to_owned),
            asker: verdict.map(|verdict| verdict.asker.to_string()),
            assertion: draft.assertion,
            decided: verdict.map(|verdict| verdict.decided.clone()),
            decision: verdict.map(|verdict| verdict.decision),
            detail: Some(commitment.to_string()),
        };
        Ok(leaf_rows::NewLeaf {
            seq,
            time: now,
            operator,
            case,
            object: draft.object,
            action: draft.action.name(),
            outcome: draft.outcome.as_str(),
            bytes: leaf.to_bytes().map_err(|_| BookError::Leaf)?,
        })
    }

    /// Seals the detail of a leaf under a key of its case, so that it ends with the case; without a case that has a
    /// key, under the root's.
    fn seal_detail(
        &self,
        random: &dyn Entropy,
        case: Option<&CaseId>,
        seq: u64,
        kept: &[u8],
    ) -> Result<Vec<u8>, BookError> {
        let nonce = Nonce::draw(random).map_err(|_| BookError::Detail)?;
        let keys = self.core.keys();
        let of_case = case.and_then(|case| keys.case_keys(case).ok());
        let details = match &of_case {
            Some(keys) => keys.details(),
            None => keys.root_keys().details(),
        };
        details
            .seal(nonce, &Aad::detail(&self.core.vault, seq), kept)
            .map_err(|_| BookError::Detail)
    }
}

/// Where other nodes write, the keyring has to be in its place once the log's head says which one that is.
fn in_place(core: &Core) -> Result<(), BookError> {
    match missing_keyring(core).filter(|_| core.has_server) {
        Some(name) => Err(BookError::Gone(name)),
        None => Ok(()),
    }
}

/// Begins the log of a new vault: its checkpoint speaks of no leaf.
pub(in crate::vault) fn found_log(
    transaction: &Transaction,
    keyring: &Keyring,
    entropy: &dyn Entropy,
) -> Result<(), BookError> {
    let end = Frontier::new().tip();
    let pair = keyring.log_signing(0).map_err(BookError::Key)?;
    let note = signed(&origin(keyring.vault())?, &pair, end)?;
    let put = Put {
        from: None,
        note: &note,
        recent: &Recent::default(),
    };
    put_checkpoint(transaction, keyring, entropy, end, &put).map(drop)
}

/// The checkpoint of a log that ends there.
fn signed(origin: &KeyName, pair: &Ed25519KeyPair, end: Tip) -> Result<String, CheckpointError> {
    let checkpoint = Checkpoint {
        origin: origin.clone(),
        size: end.size,
        root: end.root,
    };
    checkpoint.sign(pair)
}

/// What goes into the row of the log's head.
struct Put<'p> {
    /// Where other nodes write, the checkpoint that the head still has to be at.
    from: Option<&'p str>,
    note: &'p str,
    recent: &'p Recent,
}

/// Writes a checkpoint in the place of the one before, with the control rows as they are in this transaction. Answers
/// the seal over them.
fn put_checkpoint(
    transaction: &Transaction,
    keyring: &Keyring,
    entropy: &dyn Entropy,
    end: Tip,
    put: &Put<'_>,
) -> Result<Vec<u8>, BookError> {
    let control = control_seal::seal(transaction, keyring, entropy, end, put.recent)?;
    match put.from {
        Some(from) => checkpoint_rows::move_on(transaction, from, end.size, put.note, &control)?,
        None => checkpoint_rows::put(transaction, end.size, put.note, &control)?,
    }
    Ok(control)
}

/// What verifies a checkpoint over so many leaves.
pub(in crate::vault) fn log_key_at(
    core: &Core,
    connection: &Snapshot,
    size: u64,
) -> Result<VerifierKey, StoreError> {
    let number = Signing::read(connection)?.number_at(size);
    verifier_of(&core.keys(), core.log_name(), number)
        .map_err(|_| StoreError::inconsistent("meta::signing"))
}

/// Writes the public key of the log beside it, if it is not there.
pub(in crate::vault) fn write_vkey(paths: &Paths, text: &str) -> io::Result<()> {
    let path = paths.vkey();
    match fs::read_to_string(&path) {
        Ok(found) if found.trim() == text => Ok(()),
        _ => replace_file(&path, format!("{text}\n").as_bytes()),
    }
}
