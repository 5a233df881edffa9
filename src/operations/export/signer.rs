//! `GET /evidence/signer`: the key that signs packages, as `ssh-keygen` reads it.

use super::docs;
use crate::evidence::allowed_signers_line;
use crate::operations::{Docs, Empty, Ids, Request};
use crate::policy::actions;
use crate::vault::scope::Scope;
use crate::vault::{Answer, Operation, OperationError, Receipt, Target, Wire};

/// The principal in the line, for `ssh-keygen -Y verify -I`.
const PRINCIPAL: &str = "breachvault";

/// Reads the public key that signs packages.
pub struct ReadSigner;

/// A line of an `allowed_signers` file (ssh-keygen(1)).
pub struct SignerText(String);

impl Answer for SignerText {
    type View = Wire;

    fn view(self, _: &Receipt) -> Result<Wire, OperationError> {
        Ok(Wire::text(&self.0))
    }
}

impl Operation for ReadSigner {
    type Action = actions::ReadSigner;
    type Answer = SignerText;

    fn target(&self) -> Target {
        Target::Vault
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<SignerText, OperationError> {
        let line = allowed_signers_line(PRINCIPAL, scope.package_signer().public())
            .map_err(|_| OperationError::Internal("allowed signers"))?;
        Ok(SignerText(format!("{}\n", line.trim_end())))
    }
}

impl Request for ReadSigner {
    type Input = Empty;
    const DOCS: Docs = docs::SIGNER;

    fn target(_: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Vault)
    }

    fn read(_: &Ids, _: Empty) -> Result<Self, OperationError> {
        Ok(Self)
    }
}
