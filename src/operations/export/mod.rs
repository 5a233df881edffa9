//! Exports: ask for one, decide it, build its package, hand the package out, record that it
//! arrived.

mod acknowledge;
mod build;
mod cancel;
pub(crate) mod docs;
mod request;
mod signer;
mod take;

pub use acknowledge::{Acknowledge, AcknowledgeInput, Acknowledgeable, Acknowledged};
pub use cancel::{BuildCancelState, CancelBuild, CancelledBuild};
pub(in crate::operations) use request::recipients;
pub use request::{RecipientInput, RecipientKey, RequestExportInput};
pub use signer::ReadSigner;
pub(in crate::operations) use take::package_of;
pub use take::take_package;

use crate::operations::two_person::{Ask, Decide, List, Read};
use crate::vault::scope::requests::Export;

/// Asks for a package of data, sealed to named recipients.
pub type RequestExport = Ask<Export>;
/// Lists the exports of a case.
pub type ListExports = List<Export>;
/// Shows one export with the counts of its contents, as its decider sees it.
pub type ReadExport = Read<Export>;
/// Approves or denies an export.
pub type DecideExport = Decide<Export>;
/// Records that the receiver has the package of an export.
pub type AcknowledgeExport = Acknowledge<Export>;
/// Stops the package of an export that is being built.
pub type CancelPackage = CancelBuild<Export>;
