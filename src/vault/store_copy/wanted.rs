//! Where tables are to be, and what whoever moves them brings along.

use std::path::Path;
use std::sync::Arc;

use super::fault::CopyError;
use crate::vault::clock::Clock;
use crate::vault::entropy::Entropy;
use crate::vault::settings::Settings;
use crate::vault::store::note_of;

/// Where tables are to be.
#[derive(Debug, Clone, Copy)]
pub enum Place<'a> {
    /// In a file of the vault's directory.
    File,
    /// With a server.
    Server {
        /// Its address, without a password.
        address: &'a str,
        /// The file that has the password.
        password: Option<&'a Path>,
    },
}

impl Place<'_> {
    /// What `data/store` says of it.
    pub(super) fn note(self) -> Result<Option<String>, CopyError> {
        Ok(match self {
            Self::File => None,
            Self::Server { address, password } => Some(note_of(address, password)?),
        })
    }
}

/// What is being done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Rows are copied.
    Copy,
    /// The rows of both are compared.
    Compare,
    /// What was copied is opened.
    Verify,
}

/// What every opening of a vault needs beside its keyring.
pub struct With {
    /// The vault's settings.
    pub settings: Settings,
    /// The machine's clock.
    pub clock: Arc<dyn Clock>,
    /// Where random bytes come from.
    pub entropy: Arc<dyn Entropy>,
}

/// Who gets told how far it is: the step, and how many rows of how many.
pub type Told<'t> = &'t mut dyn FnMut(Step, u64, u64);
