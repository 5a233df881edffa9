//! What the configuration file says to a local command.

use std::path::Path;

use super::error::CliError;
use crate::config::Config;
use crate::vault::Settings;

/// The vault's settings: the file's, or the defaults where none is named.
pub(super) fn read(path: Option<&Path>) -> Result<Settings, CliError> {
    Ok(config(path)?.settings())
}

/// The whole file, for who serves.
pub(super) fn config(path: Option<&Path>) -> Result<Config, CliError> {
    Config::load(path).map_err(|error| CliError::usage(error.to_string()))
}
