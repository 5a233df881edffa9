//! Kinds of requests whose yes lets a package leave, and what becomes of one.
//!
//! `package.rs` builds and hands out what any of them opens.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::kind::RequestKind;
use super::package_file::Tar;
use super::reject_list::RejectList;
use crate::policy::Reveals;
use crate::vault::OperationError;
use crate::vault::records::ExportContents;
use crate::vault::scope::Scope;

/// A kind of request whose package leaves the vault.
pub trait Packaged: RequestKind<After = Delivery> {
    /// To whom the package leaves and why it may; refused if nothing leaves on this request.
    fn leaving(body: &Self::Body) -> Result<Leaving, OperationError>;

    /// Opens what goes into the package.
    fn open<A: Reveals>(
        scope: &mut Scope<'_, A>,
        body: &Self::Body,
    ) -> Result<PackageRows, OperationError>;
}

/// To whom a package leaves, and why it may.
pub struct Leaving {
    /// What kind of package it is.
    pub profile: &'static str,
    /// The age recipients it is sealed to.
    pub recipients: Vec<String>,
    /// Why the data may be handed out.
    pub legal_basis: String,
}

/// What goes into a package, opened.
pub enum PackageRows {
    /// Of an export: the people, counts or records, with numbers in the clear where the profile has them.
    Export(ExportContents),
    /// Of a quarantine: its rows, with their cells in the clear.
    Quarantine(RejectList),
}

/// What became of a package.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Delivery {
    /// SHA-256 of the tag manifest of the package that was handed out.
    pub(super) package: Option<[u8; 32]>,
    /// The whole file, which is compared with this each time before it goes out.
    pub(super) tar: Option<Tar>,
    /// What the receiver sent back.
    pub(super) receipt: Option<BTreeMap<String, String>>,
    /// When it was first handed out.
    pub(super) taken: Option<Taken>,
    /// How many steps the erasures of the case had come to when it was opened.
    #[serde(default)]
    pub(super) steps: u64,
}

/// The first handing out.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Taken {
    pub(super) leaf: u64,
    /// In seconds, as the vault measures time.
    pub(super) at: i64,
}
