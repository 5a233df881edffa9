//! Slots of the keyring that come and go, new signing keys, and a new root, with two people: an administrator asks,
//! another one decides, the asker carries it out.
//!
//! One change is under way at a time. It is in one control row, sealed. Whoever carries it out needs the leaf of the
//! decision, proved into the root; no column is believed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::{Reading, RotationBegun, Scope};
use crate::domain::{Moment, OperatorId, SlotLabel};
use crate::policy::{Action, ActionKind, Denial, RequestState, Writes, actions};
use crate::vault::audit::{self, Leaf, Outcome};
use crate::vault::call::target::Why;
use crate::vault::clock::Term;
use crate::vault::core::Core;
use crate::vault::error::{Conflict, OperationError};
use crate::vault::keyring::{
    Fingerprint, Handed, KeyringError, KeyringStatus, PreparedSlot, Programs, SlotStatus,
    SlotWanted, are_numbers_of_a_set,
};
use crate::vault::ledger::{Signing, StatedDecision, verifier_of};
use crate::vault::plaintext::{Aad, open_json};
use crate::vault::store::{Snapshot, slot_change_rows};

/// How long a change waits for its decision, and a yes for whoever carries it out.
const WAITS_S: i64 = 24 * 3600;
const PLACE: &str = "slot change";
const SIGNING_KEYS: &str = "signing-keys";
const ROOT: &str = "root";

/// What somebody wants of the keyring's slots.
pub enum SlotChange {
    /// A new one.
    Add(SlotLabel, SlotWanted),
    /// One that goes, by number.
    Remove(u32),
    /// No slot: new keys that sign the log and packages.
    NewSigningKeys,
    /// No slot: a new root, sealed to every slot, and new signing keys with it.
    NewRoot,
}

/// What is kept of a change.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    asker: String,
    asked_at: i64,
    reason: String,
    change: KeptChange,
    waits: KeptTerm,
    decided: Option<KeptDecision>,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeptDecision {
    by: String,
    leaf: u64,
    holds: KeptTerm,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
enum KeptChange {
    Passphrase {
        label: String,
    },
    Shares {
        label: String,
        k: u8,
        n: u8,
    },
    Age {
        label: String,
        recipients: Vec<String>,
    },
    Command {
        label: String,
    },
    /// The fingerprint too, so that it is the slot that the second person saw.
    Remove {
        slot: u32,
        fingerprint: String,
        /// What it was, for the leaf.
        was: String,
        label: String,
    },
    /// The number of the keys that come, so that they are new once.
    Signing {
        number: u32,
    },
    /// The slots that get the new root are those that the second person saw.
    Root {
        signing: u32,
        slots: Vec<String>,
    },
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeptTerm {
    ends: i64,
    runs_out: i64,
}

/// A change of the keyring's slots that two people are at.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SlotChange)]
pub struct SlotChangeView {
    /// `add`, `remove`, `new-signing-keys` or `rotate-root`.
    pub change: &'static str,
    /// The kind of the slot; of new signing keys `signing-keys`, of a new root `root`.
    pub kind: String,
    /// Its label.
    pub label: String,
    /// Of a slot to be removed: its number.
    pub slot: Option<u32>,
    /// Of a slot to be removed: its fingerprint.
    pub fingerprint: Option<String>,
    /// Of a set of shares: how many are needed.
    pub needed: Option<u8>,
    /// Of a set of shares: how many there are.
    pub shares: Option<u8>,
    /// Of a slot for age: the recipients.
    pub recipients: Vec<String>,
    /// `requested` or `approved`.
    pub state: &'static str,
    /// Who asked.
    pub asked_by: String,
    /// When.
    pub asked_at: Moment,
    /// Why.
    pub reason: String,
    /// Who approved it.
    pub approved_by: Option<String>,
    /// Until when it can be decided, or carried out.
    pub expires_at: Moment,
}

/// A new slot that was made before the act had its turn, for one change.
pub struct SlotForChange {
    /// The digest of the change, as it was approved.
    of: String,
    slot: PreparedSlot,
}

/// What came of a change that was carried out.
pub struct SlotChanged {
    /// The slot; nothing of new signing keys or a new root.
    pub slot: Option<u32>,
    /// Its kind.
    pub kind: &'static str,
    /// Its label.
    pub label: String,
    /// Its fingerprint; of new signing keys or a new root nothing.
    pub fingerprint: Option<String>,
    /// The new public keys: that of the log, and that of packages.
    pub signing: Option<(String, [u8; 32])>,
    /// Of a new set of shares: the fingerprint of the vault, which is on each share, and how many are needed.
    pub set: Option<(String, u8)>,
    /// The keyring's generation.
    pub generation: u64,
    /// What opens a new slot, for the one who carried it out.
    pub handed: Handed,
    /// Of a new root: lets the vault seal again what is under the keys of before.
    pub begins: Option<RotationBegun>,
}

impl Reading<'_> {
    /// The change that is under way, if one is.
    pub fn slot_change(&self) -> Result<Option<SlotChangeView>, OperationError> {
        let Some(kept) = self.kept_change()? else {
            return Ok(None);
        };
        let name = |id: &str| self.operator_name(&id.parse().map_err(|_| damaged())?);
        let mut view = SlotChangeView {
            change: "add",
            kind: String::new(),
            label: String::new(),
            slot: None,
            fingerprint: None,
            needed: None,
            shares: None,
            recipients: Vec::new(),
            state: match kept.decided {
                Some(_) => RequestState::Approved.as_str(),
                None => RequestState::Requested.as_str(),
            },
            asked_by: name(&kept.asker)?,
            asked_at: Moment::from_seconds(kept.asked_at),
            reason: kept.reason.clone(),
            approved_by: kept.decided.as_ref().map(|one| name(&one.by)).transpose()?,
            expires_at: self.core.clock.shown_end(kept.term()),
        };
        match kept.change {
            KeptChange::Passphrase { label } => {
                (view.kind, view.label) = ("passphrase".into(), label)
            }
            KeptChange::Command { label } => (view.kind, view.label) = ("command".into(), label),
            KeptChange::Shares { label, k, n } => {
                (view.kind, view.label) = ("shares".into(), label);
                (view.needed, view.shares) = (Some(k), Some(n));
            }
            KeptChange::Age { label, recipients } => {
                (view.kind, view.label) = ("age".into(), label);
                view.recipients = recipients;
            }
            KeptChange::Remove {
                slot,
                fingerprint,
                was,
                label,
            } => {
                view.change = "remove";
                (view.kind, view.label) = (was, label);
                (view.slot, view.fingerprint) = (Some(slot), Some(fingerprint));
            }
            KeptChange::Signing { .. } => {
                view.change = "new-signing-keys";
                view.kind = SIGNING_KEYS.to_owned();
            }
            KeptChange::Root { .. } => {
                view.change = "rotate-root";
                view.kind = ROOT.to_owned();
            }
        }
        Ok(Some(view))
    }

    /// Who asked for the change and until when, if it waits for the caller: others decide it, and whoever asked carries
    /// it out once it is approved.
    pub(super) fn slot_change_for_caller(
        &self,
    ) -> Result<Option<(OperatorId, Moment)>, OperationError> {
        let Some(kept) = self.kept_change()? else {
            return Ok(None);
        };
        let asker: OperatorId = kept.asker.parse().map_err(|_| damaged())?;
        let own = asker == *self.operator()?;
        let until = self.core.clock.shown_end(kept.term());
        Ok((own == kept.decided.is_some()).then_some((asker, until)))
    }

    /// Makes the slot that the caller may add, before the act has its turn: a passphrase and a program take long.
    pub fn prepare_slot(&self) -> Result<Option<SlotForChange>, OperationError> {
        let Some(kept) = self.kept_change()? else {
            return Ok(None);
        };
        let own = self.operator().is_ok_and(|by| by.as_str() == kept.asker);
        let Some((label, wanted)) = kept
            .change
            .wanted()?
            .filter(|_| own && kept.decided.is_some())
        else {
            return Ok(None);
        };
        let argon2id = self.core.keys().argon2id();
        let made = PreparedSlot::make(
            &self.core.vault,
            label,
            &wanted,
            argon2id,
            &self.core.settings.programs,
            &*self.core.entropy,
        );
        let mut slot = made.map_err(not_changed)?;
        let of = kept.digest()?;
        slot.change = Some(of.clone());
        Ok(Some(SlotForChange { of, slot }))
    }

    fn kept_change(&self) -> Result<Option<Kept>, OperationError> {
        kept_change(self.core, self.connection)
    }

    fn slot_of(&self, no: u32, fingerprint: &str) -> Option<SlotStatus> {
        let slots = self.core.keys().status().slots;
        let mut slots = slots.into_iter();
        slots.find(|slot| slot.no == no && slot.fingerprint.to_string() == fingerprint)
    }
}

/// The change that waits, if one does.
fn kept_change(core: &Core, connection: &Snapshot) -> Result<Option<Kept>, OperationError> {
    let Some(sealed) = slot_change_rows::find(connection)? else {
        return Ok(None);
    };
    let keys = core.keys();
    let sealer = keys.root_keys().operator_secrets();
    let kept: Option<Kept> = open_json(sealer, &Aad::slot_change(&core.vault), &sealed, PLACE)?;
    Ok(kept.filter(|kept| !core.clock.has_ended(kept.term())))
}

/// SHA-256 over the change that waits, in base64: whoever signs a decision or its carrying out signs it for this one.
pub(in crate::vault) fn waiting_change(
    core: &Core,
    connection: &Snapshot,
) -> Result<Option<String>, OperationError> {
    let kept = kept_change(core, connection)?;
    kept.map(|kept| kept.digest()).transpose()
}

impl Scope<'_, actions::RequestSlotChange> {
    /// Asks for a change; answers until when somebody else can decide it. A change of the same person's that was not
    /// carried out is replaced.
    pub fn request_slot_change(
        &mut self,
        change: &SlotChange,
        why: &Why,
    ) -> Result<Moment, OperationError> {
        let asker = self.operator()?.clone();
        if let Some(before) = self.kept_change()? {
            let by: OperatorId = before.asker.parse().map_err(|_| damaged())?;
            if by != asker && self.still_may(ActionKind::RequestSlotChange, &by)? {
                return Err(OperationError::Conflict(Conflict::KeyringSlots));
            }
        }
        let change = self.checked(change)?;
        let term = self.core.clock.term(WAITS_S);
        let kept = Kept {
            asker: asker.to_string(),
            asked_at: self.now.seconds(),
            reason: why.reason.as_str().to_owned(),
            change,
            waits: term.into(),
            decided: None,
        };
        self.note_detail(kept.detail());
        self.keep_change(Some(&kept))?;
        Ok(self.core.clock.shown_end(term))
    }

    fn checked(&self, change: &SlotChange) -> Result<KeptChange, OperationError> {
        let keys = self.core.keys();
        match change {
            SlotChange::Add(label, wanted) => {
                if !keys.has_room() {
                    return Err(OperationError::Conflict(Conflict::KeyringSlots));
                }
                can_be_made(wanted, &self.core.settings.programs)?;
                Ok(KeptChange::of(label, wanted))
            }
            SlotChange::NewSigningKeys => {
                let number = Signing::read(self.connection)?.number();
                let next = number.checked_add(1);
                let number = next.ok_or(OperationError::Conflict(Conflict::KeyringSlots))?;
                Ok(KeptChange::Signing { number })
            }
            SlotChange::NewRoot => {
                if keys.root_rotates() {
                    return Err(OperationError::Conflict(Conflict::KeyringSlots));
                }
                let next = Signing::read(self.connection)?.number().checked_add(1);
                let signing = next.ok_or(OperationError::Conflict(Conflict::KeyringSlots))?;
                Ok(KeptChange::Root {
                    signing,
                    slots: prints(&keys.status()),
                })
            }
            SlotChange::Remove(no) => {
                let slots = keys.status().slots;
                let found = slots.iter().find(|slot| slot.no == *no);
                let rule = "must be the number of a slot";
                let found = found.ok_or_else(|| OperationError::invalid("slot", rule))?;
                keys.may_remove(*no).map_err(not_changed)?;
                Ok(KeptChange::Remove {
                    slot: *no,
                    fingerprint: found.fingerprint.to_string(),
                    was: found.kind.to_owned(),
                    label: found.label.clone(),
                })
            }
        }
    }
}

/// Whether the configuration has what the slot needs, and the numbers are those of a set.
fn can_be_made(wanted: &SlotWanted, programs: &Programs) -> Result<(), OperationError> {
    let unnamed = |setting: &str| {
        let rule = format!("needs the program {setting} in the configuration");
        Err(OperationError::invalid("kind", rule))
    };
    match wanted {
        SlotWanted::Shares { k, n } if !are_numbers_of_a_set(*k, *n) => {
            let rule = "2 to 16 shares, of which 2 or more are needed";
            Err(OperationError::invalid("shares", rule))
        }
        SlotWanted::Command if programs.open.is_none() => unnamed("keyring.open"),
        SlotWanted::Command if programs.wrap.is_none() => unnamed("keyring.wrap"),
        _ => Ok(()),
    }
}

impl Scope<'_, actions::DecideSlotChange> {
    /// Somebody else says yes or no. A no ends it.
    pub fn decide_slot_change(&mut self, approve: bool) -> Result<RequestState, OperationError> {
        let mut kept = self.kept_change()?.ok_or(OperationError::NotFound)?;
        let decider = self.operator()?.clone();
        let asker: OperatorId = kept.asker.parse().map_err(|_| damaged())?;
        if decider == asker {
            return Err(self.deny(Denial::OwnRequest));
        }
        if kept.decided.is_some() {
            return Err(self.deny(Denial::WrongState(RequestState::Approved)));
        }
        if approve && !self.still_may(ActionKind::RequestSlotChange, &asker)? {
            return Err(self.deny(Denial::AskerGone));
        }
        let leaf = self.leaf;
        let leaf = leaf.ok_or(OperationError::Internal("a decision without a leaf"))?;
        kept.decided = Some(KeptDecision {
            by: decider.to_string(),
            leaf,
            holds: self.core.clock.term(WAITS_S).into(),
        });
        self.note_detail(kept.detail());
        self.notes.verdict = Some(StatedDecision {
            decision: match approve {
                true => audit::Decision::Approve,
                false => audit::Decision::Deny,
            },
            asker,
            decided: kept.digest()?,
        });
        self.keep_change(approve.then_some(&kept))?;
        Ok(RequestState::decided(approve))
    }
}

impl Scope<'_, actions::CarryOutSlotChange> {
    /// The asker does what was approved. The keyring is on disk before the leaf is, as with every change of it. A
    /// process that ends between the two has changed the slots and not said so; carrying it out again then comes to the
    /// same: a slot of this change gives way to the new one, whose secret its holder gets, and one that is gone is
    /// gone.
    pub fn carry_out_slot_change(
        &mut self,
        prepared: Option<SlotForChange>,
    ) -> Result<SlotChanged, OperationError> {
        let kept = self.kept_change()?.ok_or(OperationError::NotFound)?;
        if self.operator()?.as_str() != kept.asker {
            return Err(self.deny(Denial::NotTheAsker));
        }
        let Some(decided) = &kept.decided else {
            return Err(self.deny(Denial::WrongState(RequestState::Requested)));
        };
        if decided.leaf >= self.tip.size {
            // The decision is not durable yet.
            return Err(self.deny(Denial::WrongState(RequestState::Requested)));
        }
        let leaf = Leaf::parse(&self.leaf_bytes(decided.leaf)?).map_err(|_| damaged())?;
        let approved = leaf.action == actions::DecideSlotChange::KIND.name()
            && leaf.outcome == Outcome::Done
            && leaf.decision == Some(audit::Decision::Approve)
            && leaf.asker.as_deref() == Some(kept.asker.as_str())
            && leaf.operator.as_deref() == Some(decided.by.as_str())
            && decided.by != kept.asker
            && leaf.decided == Some(kept.digest()?);
        if !approved {
            return Err(damaged());
        }
        // What somebody approved who may not any more does not count.
        let decider: OperatorId = decided.by.parse().map_err(|_| damaged())?;
        if !self.still_may(ActionKind::DecideSlotChange, &decider)? {
            return Err(self.deny(Denial::WrongState(RequestState::Requested)));
        }
        let changed = match (&kept.change, prepared) {
            (KeptChange::Remove { .. }, _) => self.remove_slot(&kept.change)?,
            (KeptChange::Signing { number }, _) => {
                self.succeed_signing(*number)?;
                self.signed_anew(SIGNING_KEYS, *number)?
            }
            (KeptChange::Root { signing, slots }, _) => {
                self.succeed_signing(*signing)?;
                self.rotate_root(*signing, slots, &kept.digest()?)?;
                let begins = Some(self.begin_rotation());
                let changed = self.signed_anew(ROOT, *signing)?;
                SlotChanged { begins, ..changed }
            }
            (_, Some(prepared)) if prepared.of == kept.digest()? => self.add_slot(prepared.slot)?,
            (_, Some(_)) => return Err(OperationError::Conflict(Conflict::KeyringSlots)),
            // The snapshot that the slot was prepared on did not have the decision yet.
            (_, None) => return Err(self.deny(Denial::WrongState(RequestState::Requested))),
        };
        self.keep_change(None)?;
        self.notes.generation = Some(changed.generation);
        let fingerprint = changed.fingerprint.as_deref();
        let told = [
            changed.kind,
            fingerprint.unwrap_or_default(),
            &changed.label,
        ];
        self.notes.object = Some(told.join(" ").trim_end().to_owned());
        self.note_detail(kept.detail());
        Ok(changed)
    }

    /// New signing keys from this act's leaf on. The ledger makes the old key sign the new one in the leaf, and has
    /// both in one commit, so no step of it can be there without the others.
    fn succeed_signing(&mut self, number: u32) -> Result<(), OperationError> {
        let now = Signing::read(self.connection)?.number();
        if now.checked_add(1) != Some(number) {
            return Err(OperationError::Conflict(Conflict::KeyringSlots));
        }
        self.notes.succeeds = true;
        Ok(())
    }

    /// A new root for every slot. The file is on disk before the leaf is: a process that ends between the two has the
    /// new root, whose rotation goes on, and carrying it out again then changes nothing but the leaf.
    fn rotate_root(
        &self,
        signing: u32,
        slots: &[String],
        change: &str,
    ) -> Result<(), OperationError> {
        let mut keyring = self.core.keyring_to_change()?;
        if prints(&keyring.status()) != slots {
            return Err(OperationError::Conflict(Conflict::KeyringSlots));
        }
        let rotated = keyring.rotate_root(signing, change, self.now, &*self.core.entropy);
        rotated.map_err(not_changed)
    }

    fn signed_anew(&self, kind: &'static str, number: u32) -> Result<SlotChanged, OperationError> {
        let keys = self.core.keys();
        let log = verifier_of(&keys, self.core.log_name(), number)?;
        let packages = keys.package_signer(number)?.public();
        let generation = keys.generation();
        drop(keys);
        Ok(SlotChanged {
            slot: None,
            kind,
            label: String::new(),
            fingerprint: None,
            set: None,
            signing: Some((log.to_string(), packages)),
            generation,
            handed: Handed::Nothing,
            begins: None,
        })
    }

    fn add_slot(&self, prepared: PreparedSlot) -> Result<SlotChanged, OperationError> {
        let mut keyring = self.core.keyring_to_change()?;
        let no = keyring.add_slot(&prepared, self.now, &*self.core.entropy);
        let no = no.map_err(not_changed)?;
        let (generation, status) = (keyring.generation(), keyring.status());
        let vault = Fingerprint::of_vault(&status.vault).to_string();
        let slot = status
            .slots
            .into_iter()
            .find(|slot| slot.no == no)
            .ok_or_else(damaged)?;
        Ok(changed(slot, vault, generation, prepared.handed))
    }

    fn remove_slot(&self, change: &KeptChange) -> Result<SlotChanged, OperationError> {
        let KeptChange::Remove {
            slot,
            fingerprint,
            was,
            label,
        } = change
        else {
            return Err(damaged());
        };
        let there = self.slot_of(*slot, fingerprint).is_some();
        let mut keyring = self.core.keyring_to_change()?;
        if there {
            let removed = keyring.remove_slot(*slot, &*self.core.entropy);
            removed.map_err(not_changed)?;
        }
        Ok(SlotChanged {
            slot: Some(*slot),
            kind: kind_of(was)?,
            label: label.clone(),
            fingerprint: Some(fingerprint.clone()),
            set: None,
            signing: None,
            generation: keyring.generation(),
            handed: Handed::Nothing,
            begins: None,
        })
    }
}

impl<A: Writes> Scope<'_, A> {
    /// Ends the change that is under way, if one is: as a restore does.
    pub(super) fn end_slot_change(&self) -> Result<bool, OperationError> {
        let found = slot_change_rows::find(self.connection)?.is_some();
        if found {
            self.keep_change(None)?;
        }
        Ok(found)
    }

    fn keep_change(&self, kept: Option<&Kept>) -> Result<(), OperationError> {
        let sealed = {
            let keys = self.core.keys();
            let sealer = keys.root_keys().operator_secrets();
            let aad = Aad::slot_change(&self.core.vault);
            self.core.seal_json(sealer, &aad, &kept)?
        };
        slot_change_rows::put(self.transaction()?, &sealed)?;
        Ok(())
    }
}

fn changed(slot: SlotStatus, vault: String, generation: u64, handed: Handed) -> SlotChanged {
    SlotChanged {
        slot: Some(slot.no),
        kind: slot.kind,
        label: slot.label,
        fingerprint: Some(slot.fingerprint.to_string()),
        set: slot.shares.map(|(needed, _)| (vault, needed)),
        signing: None,
        generation,
        handed,
        begins: None,
    }
}

/// What tells the slots from all others, in their order.
fn prints(status: &KeyringStatus) -> Vec<String> {
    let slots = status.slots.iter();
    slots.map(|slot| slot.fingerprint.to_string()).collect()
}

fn kind_of(word: &str) -> Result<&'static str, OperationError> {
    let kinds = ["passphrase", "shares", "age", "command"];
    let kind = kinds.into_iter().find(|kind| *kind == word);
    kind.ok_or_else(damaged)
}

/// What the slots and the programs do not allow is a state of things; all else is a fault.
fn not_changed(error: KeyringError) -> OperationError {
    if matches!(error, KeyringError::Program(_) | KeyringError::NotProved) {
        // Who carries it out is told that the slot was not made, and whoever runs the vault why.
        tracing::warn!(fault = %error, "a slot was not made");
    }
    match error {
        KeyringError::TooManySlots
        | KeyringError::LastSlot
        | KeyringError::NoProvedSlot
        | KeyringError::NoSuchSlot
        | KeyringError::NotProved
        | KeyringError::ForeignSlot(_)
        | KeyringError::RootRotates
        | KeyringError::Program(_) => OperationError::Conflict(Conflict::KeyringSlots),
        other => other.into(),
    }
}

fn damaged() -> OperationError {
    OperationError::Damaged {
        place: PLACE.to_owned(),
    }
}

impl Kept {
    fn term(&self) -> Term {
        let kept = self
            .decided
            .as_ref()
            .map_or(self.waits, |decided| decided.holds);
        Term {
            ends: Moment::from_seconds(kept.ends),
            runs_out: Moment::from_seconds(kept.runs_out),
        }
    }

    /// SHA-256 over all of it, in base64: what the decision's leaf says was decided.
    fn digest(&self) -> Result<String, OperationError> {
        let bytes = serde_json::to_vec(self).map_err(|_| OperationError::Internal(PLACE))?;
        Ok(STANDARD.encode(digest(&SHA256, &bytes)))
    }

    fn detail(&self) -> serde_json::Value {
        json!({ "change": self.change, "reason_asked": self.reason })
    }
}

impl KeptChange {
    fn of(label: &SlotLabel, wanted: &SlotWanted) -> Self {
        let label = label.as_str().to_owned();
        match wanted {
            SlotWanted::Passphrase => Self::Passphrase { label },
            SlotWanted::Command => Self::Command { label },
            SlotWanted::Shares { k, n } => Self::Shares {
                label,
                k: *k,
                n: *n,
            },
            SlotWanted::Age { recipients } => Self::Age {
                label,
                recipients: recipients.clone(),
            },
        }
    }

    fn wanted(&self) -> Result<Option<(SlotLabel, SlotWanted)>, OperationError> {
        let (label, wanted) = match self {
            Self::Remove { .. } | Self::Signing { .. } | Self::Root { .. } => return Ok(None),
            Self::Passphrase { label } => (label, SlotWanted::Passphrase),
            Self::Command { label } => (label, SlotWanted::Command),
            Self::Shares { label, k, n } => (label, SlotWanted::Shares { k: *k, n: *n }),
            Self::Age { label, recipients } => {
                let recipients = recipients.clone();
                (label, SlotWanted::Age { recipients })
            }
        };
        let label = SlotLabel::parse(label).map_err(|_| damaged())?;
        Ok(Some((label, wanted)))
    }
}

impl From<Term> for KeptTerm {
    fn from(term: Term) -> Self {
        Self {
            ends: term.ends.seconds(),
            runs_out: term.runs_out.seconds(),
        }
    }
}
