//! Reads the configuration file for a local command.

use std::path::Path;

use super::error::CliError;
use crate::config::Config;
use crate::vault::Settings;

/// The vault's settings: those of the file, or the defaults if none is given.
pub(super) fn read(path: Option<&Path>) -> Result<Settings, CliError> {
    Ok(config(path)?.settings())
}

/// The whole file, for the server.
pub(super) fn config(path: Option<&Path>) -> Result<Config, CliError> {
    Config::load(path).map_err(|error| CliError::usage(error.to_string()))
}
