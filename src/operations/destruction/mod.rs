//! Destructions: ask for the end of a case, decide it, stop it, carry it out, read the certificate.
//!
//! Sees ids and counts. Called by `http`. What is destroyed is in `vault/scope/requests/destruction.rs`; what then is
//! done with keys and rows, in `vault/shred.rs`.

mod carry_out;
mod certificate;
pub(crate) mod docs;
mod request;
mod stop;

pub use carry_out::{CarryOutDestruction, DestroyedBody};
pub use certificate::{ReadCertificate, ReadCertificateText};
pub use request::RequestDestructionInput;
pub use stop::StopDestruction;

use crate::operations::two_person::{Ask, Decide, List, Read};
use crate::vault::scope::requests::Destruction;

/// Asks for the destruction of a case.
pub type RequestDestruction = Ask<Destruction>;
/// Lists the destructions of a case.
pub type ListDestructions = List<Destruction>;
/// Shows one destruction, as its decider sees it.
pub type ReadDestruction = Read<Destruction>;
/// Approves or denies a destruction. Once it is approved, its delay runs.
pub type DecideDestruction = Decide<Destruction>;
