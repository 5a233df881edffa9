//! What a backup says about itself, for people and as JSON.

use crate::cli::error::CliError;
use crate::cli::streams;
use crate::vault::backup::{Kind, Manifest};

/// Prints what is in a backup.
pub(super) fn tell(manifest: &Manifest, json: bool) -> Result<(), CliError> {
    match json {
        true => streams::json(manifest),
        false => streams::data(&told(manifest)),
    }
}

/// What is in a backup, in a line.
pub(super) fn told(manifest: &Manifest) -> String {
    let what = match (manifest.kind, &manifest.log) {
        (Kind::Database, Some(log)) => format!(
            "{} leaves, root {}, {} exhibits verified",
            log.leaves, log.root, log.exhibits
        ),
        (Kind::Erasures, _) => format!("{} bytes, sealed", manifest.bytes),
        _ => format!("generation {}", manifest.generation.unwrap_or_default()),
    };
    format!(
        "{} of vault {} at {}: {what}",
        manifest.kind.as_str(),
        manifest.vault,
        manifest.made_at
    )
}
