//! `GET /keys`: the vault's public keys, their fingerprints, and the keyring as far as the caller may know it.

use serde::Serialize;
use utoipa::ToSchema;

use super::status::KeyState;
use crate::evidence::{key_fingerprint, print_public_key, sha256_hex};
use crate::operations::{Docs, Empty, Ids, Request};
use crate::policy::actions;
use crate::vault::scope::Scope;
use crate::vault::{Answer, Operation, OperationError, Receipt, Target};

/// Reads the vault's public keys.
pub struct ReadKeys;

/// The keys; the receipt adds the checkpoint.
pub struct Keys {
    log_key: String,
    package_key: [u8; 32],
    keyring: Option<KeyState>,
}

/// The vault's public keys, to be compared with what somebody has from elsewhere.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublicKeys {
    /// The key that signs the checkpoints of the log (c2sp.org/signed-note).
    pub log_key: String,
    /// SHA-256 of that key and a line feed, in hex: what `sha256sum` says of `GET /audit/vkey` and of
    /// `data/audit.vkey`.
    pub log_key_sha256: String,
    /// The key that signs packages, as OpenSSH writes it.
    pub package_key: String,
    /// Its fingerprint, as `ssh-keygen -l` shows it.
    pub package_key_fingerprint: String,
    /// The newest signed checkpoint. It covers the leaf of this answer.
    pub checkpoint: String,
    /// The state of the keyring, for administrators; null for everybody else.
    pub keyring: Option<KeyState>,
}

impl Answer for Keys {
    type View = PublicKeys;

    fn view(self, receipt: &Receipt) -> Result<PublicKeys, OperationError> {
        Ok(PublicKeys {
            log_key_sha256: sha256_hex(format!("{}\n", self.log_key).as_bytes()),
            log_key: self.log_key,
            package_key_fingerprint: key_fingerprint(self.package_key),
            package_key: print_public_key(self.package_key),
            checkpoint: receipt.checkpoint().to_owned(),
            keyring: self.keyring,
        })
    }
}

impl Operation for ReadKeys {
    type Action = actions::ReadKeys;
    type Answer = Keys;

    fn target(&self) -> Target {
        Target::Vault
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<Keys, OperationError> {
        Ok(Keys {
            log_key: scope.verifier_key()?,
            package_key: scope.package_signer()?.public(),
            keyring: match scope.may_know_key_status()? {
                true => Some(KeyState::of(scope)?),
                false => None,
            },
        })
    }
}

impl Request for ReadKeys {
    type Input = Empty;
    const DOCS: Docs = Docs {
        id: "readKeys",
        tag: "Keys",
        summary: "Read the vault's public keys",
        description: "The keys that check checkpoints and packages, with fingerprints to compare with what an auditor \
            or a recipient has from elsewhere. An administrator gets the state of the keyring too.",
        request: "",
        answer: r#"{"log_key": "breachvault/v_0123456789abcdefghjk+1a2b3c4d+AU3x…", "log_key_sha256":
            "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "package_key":
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA…", "package_key_fingerprint":
            "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU", "checkpoint":
            "breachvault/v_0123456789abcdefghjk\n43\nqlNmCsQmLH2C0lq8+1lGgGMq2hjrNTsV8Yu1TnJ7aPw=\n\n— breachvault/v_0123456789abcdefghjk …\n",
            "keyring": null}"#,
        problems: &[],
    };

    fn target(_: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Vault)
    }

    fn read(_: &Ids, _: Empty) -> Result<Self, OperationError> {
        Ok(Self)
    }
}
