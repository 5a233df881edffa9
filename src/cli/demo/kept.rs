//! What a demo keeps of itself in its own directory, so that it can be stopped and resumed: the passphrase, who the
//! people are and what they sign in with.
//!
//! These files are for a demo only, and only their owner may read them. A real vault keeps no secret of a person.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use zeroize::{ZeroizeOnDrop, Zeroizing};

use crate::cli::error::CliError;
use crate::vault::Paths;

/// What a directory is to a demo.
pub(super) enum Place {
    /// A new demo may be built in it.
    Free,
    /// It has a demo that was stopped.
    Stopped(Kept),
}

/// A demo that was built.
#[derive(Serialize, Deserialize)]
pub(super) struct Kept {
    about: String,
    pub(super) case: String,
    pub(super) account: String,
    pub(super) sample_numbers: Vec<String>,
    pub(super) people: Vec<KeptPerson>,
}

/// One of its people.
#[derive(Serialize, Deserialize, ZeroizeOnDrop)]
pub(super) struct KeptPerson {
    pub(super) name: String,
    pub(super) operator: String,
    pub(super) password: String,
    pub(super) totp_secret: Option<String>,
}

impl Kept {
    pub(super) fn new(
        case: String,
        account: String,
        sample_numbers: Vec<String>,
        people: Vec<KeptPerson>,
    ) -> Self {
        Self {
            about: ABOUT.to_owned(),
            case,
            account,
            sample_numbers,
            people,
        }
    }
}

/// Looks at the directory before anything is built, and makes nothing.
pub(super) fn look(directory: &Path) -> Result<Place, CliError> {
    let paths = Paths::of(directory);
    let shown = directory.display();
    let kept = directory.join(PEOPLE_FILE);
    // What may not be looked at is not taken for what is not there.
    let exists = |path: &Path| {
        path.try_exists().map_err(|error| {
            CliError::file("look at", path)(error)
                .hint("it may be another user's; choose a directory of your own with --dir")
        })
    };
    let a_vault = exists(&paths.keyring())? || exists(&paths.database())?;
    let passphrase = passphrase_file(directory);
    match (a_vault, exists(&kept)?, exists(&passphrase)?) {
        (true, true, true) => {
            let text = fs::read_to_string(&kept).map(Zeroizing::new);
            let text = text.map_err(CliError::file("read", &kept))?;
            let read = serde_json::from_str(&text).map_err(|_| {
                CliError::failed(format!("{} is not what a demo wrote", kept.display())).hint(
                    format!(
                        "remove {shown} if nobody needs it, or choose another directory with --dir"
                    ),
                )
            })?;
            Ok(Place::Stopped(read))
        }
        (true, false, true) => Err(CliError::failed(format!(
            "{shown} has a demo that was not finished"
        ))
        .hint(format!(
            "remove {shown} and start again, or choose another directory with --dir"
        ))),
        (true, _, false) => Err(CliError::failed(format!(
            "{shown} has a vault that is not a demo's"
        ))
        .hint("choose another directory with --dir; `breachvault serve` serves a vault")),
        (false, ..) => {
            for left in [passphrase, kept] {
                if exists(&left)? {
                    return Err(CliError::failed(format!("{} is left over", left.display()))
                        .hint("choose another directory with --dir, or remove the file if nobody needs it"));
                }
            }
            may_be_made(directory)?;
            Ok(Place::Free)
        }
    }
}

/// Whether files can be made in the directory or, if it is not there, in the nearest one above it.
fn may_be_made(directory: &Path) -> Result<(), CliError> {
    let above = directory.ancestors().map(|path| match path.as_os_str() {
        name if name.is_empty() => Path::new("."),
        _ => path,
    });
    for path in above {
        let refused = |error| {
            CliError::file("make the demo's directory in", path)(error)
                .hint("choose a directory of your own with --dir")
        };
        if path.try_exists().map_err(refused)? {
            // It is gone when it is closed.
            return tempfile::tempfile_in(path).map(drop).map_err(refused);
        }
    }
    Ok(())
}

/// Makes the directory for a new demo.
pub(super) fn make(directory: &Path) -> Result<(), CliError> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory)
        .map_err(CliError::file("make the demo's directory", directory))
}

/// Keeps what a demo needs to be resumed.
pub(super) fn keep(directory: &Path, kept: &Kept) -> Result<(), CliError> {
    let text = serde_json::to_string_pretty(kept)
        .map(Zeroizing::new)
        .map_err(|_| CliError::failed("the demo's people could not be written"))?;
    write_private(&directory.join(PEOPLE_FILE), &text)
}

pub(super) fn passphrase_file(directory: &Path) -> PathBuf {
    directory.join("demo-passphrase.txt")
}

/// Writes a new file that only its owner may read.
pub(super) fn write_private(path: &Path, text: &str) -> Result<(), CliError> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .and_then(|mut file| writeln!(file, "{text}"))
        .map_err(CliError::file("write", path))
}

const PEOPLE_FILE: &str = "demo-people.json";
const ABOUT: &str = "What `breachvault demo` needs to be resumed. Never keep the passwords of a real vault in a file.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_is_free_or_says_what_is_in_it() {
        use std::os::unix::fs::PermissionsExt as _;

        let room = tempfile::tempdir().unwrap();
        let directory = room.path().join("a").join("b");
        assert!(matches!(look(&directory), Ok(Place::Free)));
        assert!(!directory.exists(), "a look makes nothing");
        make(&directory).unwrap();
        assert!(matches!(look(&directory), Ok(Place::Free)));
        let mode = fs::metadata(&directory).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
        let paths = Paths::of(&directory);
        fs::create_dir_all(paths.keys()).unwrap();
        fs::write(paths.keyring(), "x").unwrap();
        let told = |directory: &Path| {
            let mut text = Vec::new();
            let error = look(directory).err().unwrap();
            error.write_to(&mut text).unwrap();
            String::from_utf8(text).unwrap()
        };
        assert!(told(&directory).contains("not a demo's"));
        fs::write(passphrase_file(&directory), "x").unwrap();
        assert!(told(&directory).contains("not finished"));
        fs::write(directory.join(PEOPLE_FILE), "x").unwrap();
        assert!(told(&directory).contains("not what a demo wrote"));
        let kept = json_of_nobody();
        fs::write(directory.join(PEOPLE_FILE), kept).unwrap();
        assert!(matches!(look(&directory), Ok(Place::Stopped(_))));
        // A file is in the way.
        let file = room.path().join("file");
        fs::write(&file, "x").unwrap();
        assert!(told(&file.join("c")).contains("not a directory"));
    }

    fn json_of_nobody() -> String {
        serde_json::json!({
            "about": "", "case": "c", "account": "a", "sample_numbers": [], "people": [],
        })
        .to_string()
    }
}
