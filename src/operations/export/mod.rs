//! Handing data out: ask, have it decided, build the package, hand it out, have
//! its arrival acknowledged.

mod acknowledge;
mod build;
pub(crate) mod docs;
mod request;
mod signer;
mod take;

pub use acknowledge::{AcknowledgeExport, AcknowledgeInput, Acknowledged};
pub use request::{ExportList, RequestExportInput, RequestedExport};
pub use signer::ReadSigner;
pub use take::take_package;

use crate::operations::two_person::{Ask, Decide, List, Read};
use crate::vault::scope::requests::Export;

pub type RequestExport = Ask<Export>;
pub type ListExports = List<Export>;
pub type ReadExport = Read<Export>;
pub type DecideExport = Decide<Export>;
