//! `POST /exports/{export}/acknowledgement`: the receiver has the package.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::docs;
use crate::domain::schema::HexDigest;
use crate::domain::{Reason, Reference, RequestIdOfKind as _};
use crate::operations::two_person::TwoPerson;
use crate::operations::{Docs, Ids, Request, only_reason};
use crate::policy::actions;
use crate::vault::scope::Scope;
use crate::vault::scope::requests::{Export, PackageFile, Packaged};
use crate::vault::{Answer, Operation, OperationError, Receipt, Target, Why};

/// A kind of request whose package is acknowledged over the API, and stopped while it is built.
pub trait Acknowledgeable: TwoPerson + Packaged {
    /// What the API's description says about the acknowledgement.
    const ACKNOWLEDGE: Docs;
    /// The same about stopping it.
    const CANCEL: Docs;
}

impl Acknowledgeable for Export {
    const ACKNOWLEDGE: Docs = docs::ACKNOWLEDGE;
    const CANCEL: Docs = docs::CANCEL;
}

/// Records that the receiver has the package of a request.
pub struct Acknowledge<K: Packaged> {
    id: K::Id,
    tagmanifest: String,
    received_by: Reference,
    why: Why,
}

/// Who received a package, and the digest that they read from it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcknowledgeInput {
    /// SHA-256 of `tagmanifest-sha256.txt` in the package, in hexadecimal.
    #[schema(value_type = HexDigest)]
    pub tagmanifest_sha256: String,
    /// Who received it.
    #[schema(value_type = Reference)]
    pub received_by: String,
    /// How it is known that the package arrived.
    #[schema(value_type = Reason)]
    pub reason: String,
}

/// What became of the package.
#[derive(Serialize, ToSchema)]
pub struct Acknowledged {
    /// The vault has deleted its copy of the package.
    package_deleted: bool,
}

pub struct Arrived(PackageFile);

impl Answer for Arrived {
    type View = Acknowledged;

    /// The acknowledgement is durable: nobody needs the file any more.
    fn view(self, _: &Receipt) -> Result<Acknowledged, OperationError> {
        // If that fails, the sweep of old packages tries again.
        let _ = self.0.delete();
        Ok(Acknowledged {
            package_deleted: !self.0.is_there(),
        })
    }
}

impl<K: Packaged> Operation for Acknowledge<K> {
    type Action = actions::AcknowledgeExport;
    type Answer = Arrived;

    fn target(&self) -> Target {
        Target::Request(self.id.of_any_kind())
    }

    fn why(&self) -> Option<&Why> {
        Some(&self.why)
    }

    fn detail(&self) -> Value {
        json!({ "received_by": self.received_by.as_str() })
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<Arrived, OperationError> {
        let receipt = BTreeMap::from([
            ("tagmanifest_sha256".to_owned(), self.tagmanifest),
            (
                "received_by".to_owned(),
                self.received_by.as_str().to_owned(),
            ),
            ("acknowledged_at".to_owned(), scope.now().to_string()),
        ]);
        scope
            .acknowledge_package::<K>(&self.id, receipt)
            .map(Arrived)
    }
}

impl<K: Acknowledgeable> Request for Acknowledge<K> {
    type Input = AcknowledgeInput;
    const DOCS: Docs = K::ACKNOWLEDGE;

    fn target(ids: &Ids) -> Result<Target, OperationError> {
        let id: K::Id = ids.named(K::NAME)?;
        Ok(Target::Request(id.of_any_kind()))
    }

    fn read(ids: &Ids, input: AcknowledgeInput) -> Result<Self, OperationError> {
        let hex = input.tagmanifest_sha256.to_ascii_lowercase();
        if hex.len() != 64 || !hex.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(OperationError::invalid(
                "tagmanifest_sha256",
                "must be 64 hexadecimal digits",
            ));
        }
        Ok(Self {
            id: ids.named(K::NAME)?,
            tagmanifest: hex,
            received_by: Reference::parse(&input.received_by)
                .map_err(|error| OperationError::invalid("received_by", error))?,
            why: only_reason(&input.reason)?,
        })
    }
}
