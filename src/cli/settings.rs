//! What the configuration file says to a local command.

use std::path::Path;

use super::error::CliError;
use crate::vault::Settings;

/// The vault's settings: the file's, or the defaults where none is named.
pub(super) fn read(path: Option<&Path>) -> Result<Settings, CliError> {
    // To be linked: Config::load(path)?.settings().
    match path {
        None => Ok(Settings::default()),
        Some(_) => Err(CliError::failed("configuration files are not linked in")),
    }
}
