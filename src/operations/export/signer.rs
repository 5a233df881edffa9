//! `GET /evidence/signer`: the keys that sign packages or did, as `ssh-keygen` reads them.

use super::docs;
use crate::evidence::{allowed_signers_line, allowed_signers_line_until};
use crate::operations::{Docs, Empty, Ids, Request};
use crate::policy::actions;
use crate::vault::scope::Scope;
use crate::vault::{Answer, Operation, OperationError, Receipt, Target, Wire};

/// The principal in the line, for `ssh-keygen -Y verify -I`.
const PRINCIPAL: &str = "breachvault";

/// Reads the public keys of packages.
pub struct ReadSigner;

/// The lines of an `allowed_signers` file (ssh-keygen(1)).
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
        let mut lines = String::new();
        // The key of today is the first line, for whoever reads one.
        for (key, until) in scope.package_keys()?.into_iter().rev() {
            let line = match until {
                None => allowed_signers_line(PRINCIPAL, key),
                Some(until) => allowed_signers_line_until(PRINCIPAL, key, &until.to_string()),
            };
            lines.push_str(&line.map_err(|_| OperationError::Internal("allowed signers"))?);
        }
        Ok(SignerText(lines))
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
