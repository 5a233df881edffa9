//! `GET /console/keys`: the vault's public keys and their fingerprints, and how to compare them.

use askama::Template;

use crate::console::page::{Page, Shown};
use crate::console::refused::Refused;
use crate::console::visit::Visit;
use crate::domain::CaseId;
use crate::operations::key::{PublicKeys, ReadKeys};
use crate::policy::ActionKind;
use crate::policy::who_may;
use crate::vault::OperationError;

/// The vault's public keys.
pub struct KeysPage;

#[derive(Template)]
#[template(path = "key/read.html")]
struct Shows<'a> {
    visit: &'a Visit,
    keys: PublicKeys,
    refused: Option<&'a Refused>,
    /// Whether the reader may give a case a new key.
    rotates: bool,
    /// The case that the reader named for it; empty if none.
    new_key_for: String,
    /// Who sees the state of the keyring.
    keyring_for: String,
}

impl Page for KeysPage {
    type Operation = ReadKeys;

    fn show(keys: PublicKeys, visit: &Visit) -> Result<Shown, OperationError> {
        Shown::page(&Shows {
            visit,
            keys,
            refused: None,
            rotates: visit.may(ActionKind::RotateCaseKey),
            new_key_for: visit
                .form
                .text("case")
                .parse()
                .map_or_else(|_| String::new(), |case: CaseId| case.to_string()),
            keyring_for: who_may(ActionKind::KeyStatus).join(", "),
        })
    }
}
