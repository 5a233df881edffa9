//! `POST /keys/slots/change/carrying-out`: whoever asked for a change of the keyring's slots does it.

use serde::Serialize;
use utoipa::ToSchema;

use crate::evidence::print_public_key;
use crate::operations::case::MoveInput;
use crate::operations::{Docs, Ids, Request, only_reason};
use crate::policy::actions;
use crate::vault::keyring::Handed;
use crate::vault::scope::{Reading, Scope, SlotChanged, SlotForChange};
use crate::vault::{Answer, Operation, OperationError, Receipt, Target, Why};

/// Carries out the change that was approved.
pub struct CarryOutSlotChange {
    prepared: Option<SlotForChange>,
    why: Why,
}

/// A change that was carried out; the receipt lets the secret out.
pub struct CarriedOutChange(SlotChanged);

/// What was carried out. This answer is the only one that ever has the secret of a new slot.
#[derive(Serialize, ToSchema)]
pub struct SlotCarriedOut {
    /// The number of the slot; null for new signing keys and a new root.
    pub slot: Option<u32>,
    /// Its kind; `signing-keys` for new signing keys, `root` for a new root.
    pub kind: &'static str,
    /// Its label.
    pub label: String,
    /// Its fingerprint; null for new signing keys and a new root.
    pub fingerprint: Option<String>,
    /// Of a new set of shares: the fingerprint of the vault, which is on each share.
    pub vault_fingerprint: Option<String>,
    /// Of a new set of shares: how many are needed.
    pub needed: Option<u8>,
    /// The keyring's generation.
    pub generation: u64,
    /// The passphrase of a new slot of one.
    pub passphrase: Option<String>,
    /// The shares of a new set; one for each holder.
    pub shares: Option<Vec<String>>,
    /// The new public key of the log, as `GET /audit/vkey` gives it from now on.
    pub log_key: Option<String>,
    /// The new public key of packages, as OpenSSH writes it.
    pub package_key: Option<String>,
}

impl Answer for CarriedOutChange {
    type View = SlotCarriedOut;

    fn view(self, receipt: &Receipt) -> Result<SlotCarriedOut, OperationError> {
        let Self(mut changed) = self;
        if let Some(begins) = changed.begins.take() {
            begins.begin(receipt);
        }
        let (passphrase, shares) = match changed.handed {
            Handed::Nothing => (None, None),
            Handed::Passphrase(text) => (Some(text.to_string()), None),
            Handed::Shares(texts) => {
                let texts = texts.iter().map(|text| text.to_string());
                (None, Some(texts.collect()))
            }
        };
        let (vault_fingerprint, needed) = changed.set.unzip();
        Ok(SlotCarriedOut {
            vault_fingerprint,
            needed,
            slot: changed.slot,
            kind: changed.kind,
            label: changed.label,
            fingerprint: changed.fingerprint,
            generation: changed.generation,
            passphrase,
            shares,
            log_key: changed.signing.as_ref().map(|(key, _)| key.clone()),
            package_key: changed.signing.map(|(_, key)| print_public_key(key)),
        })
    }
}

impl Operation for CarryOutSlotChange {
    type Action = actions::CarryOutSlotChange;
    type Answer = CarriedOutChange;

    const PREPARES: bool = true;

    fn target(&self) -> Target {
        Target::Vault
    }

    fn why(&self) -> Option<&Why> {
        Some(&self.why)
    }

    fn prepare(&mut self, reading: &Reading<'_>) -> Result<(), OperationError> {
        self.prepared = reading.prepare_slot()?;
        Ok(())
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<CarriedOutChange, OperationError> {
        scope
            .carry_out_slot_change(self.prepared)
            .map(CarriedOutChange)
    }
}

impl Request for CarryOutSlotChange {
    type Input = MoveInput;
    const DOCS: Docs = Docs {
        id: "carryOutSlotChange",
        tag: "Keys",
        summary: "Carry out a change of the keyring's slots",
        description: "For the administrator who asked, once another one has approved. A new slot is opened before it \
            is written. Its passphrase or shares are in this answer and nowhere else. New signing keys are in force from \
            the leaf of this act on, which has the signature of the old key of the log over the new one. A new root \
            brings new signing keys; what is under the vault's own keys of before is sealed again afterwards.",
        request: r#"{"reason": "the holders of the shares are here"}"#,
        answer: r#"{"slot": 1, "kind": "shares", "label": "board", "fingerprint": "0123-4567-89ab-cdef",
            "vault_fingerprint": "89ab-cdef-0123-4567", "needed": 2, "generation": 4, "passphrase": null,
            "shares": ["BVSHARE1-AAAA-…", "BVSHARE1-BBBB-…", "BVSHARE1-CCCC-…"], "log_key": null, "package_key": null}"#,
        problems: &["not-the-asker", "wrong-state", "keyring-slots", "not-found"],
    };

    fn target(_: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Vault)
    }

    fn read(_: &Ids, input: MoveInput) -> Result<Self, OperationError> {
        Ok(Self {
            prepared: None,
            why: only_reason(&input.reason)?,
        })
    }
}
