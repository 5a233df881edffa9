//! Handing data out: ask, have it decided, build the package, hand it out, have
//! its arrival acknowledged.

mod acknowledge;
mod build;
mod decide;
pub(crate) mod docs;
mod list;
mod read;
mod request;
mod signer;
mod take;

pub use acknowledge::{AcknowledgeExport, AcknowledgeInput};
pub use decide::DecideExport;
pub use list::{ExportList, ListExports};
pub use read::ReadExport;
pub use request::{RequestExport, RequestExportInput, RequestedExport};
pub use signer::ReadSigner;
pub use take::take_package;
