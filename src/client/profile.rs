//! Profiles: the server, its certificate authority and the session, each in a file of the user's configuration folder
//! that only its owner may read.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;
use serde::{Deserialize, Serialize};
use zeroize::{ZeroizeOnDrop, Zeroizing};

use super::failure::Failure;

/// A sign-in at a server. It has no `Debug`, because of the token.
#[derive(Serialize, Deserialize, ZeroizeOnDrop)]
#[serde(deny_unknown_fields)]
pub(crate) struct Profile {
    /// The server's address.
    pub(crate) server: String,
    /// The certificate authorities that are trusted for it, in PEM; those of the machine if there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) authorities: Option<String>,
    /// Who signed in.
    pub(crate) operator: String,
    /// The token of the session.
    pub(crate) token: String,
}

/// A command for a profile, as people type it.
pub(crate) fn command(command: &str, profile: Option<&str>) -> String {
    match profile {
        None | Some("default") => format!("breachvault {command}"),
        Some(name) => format!("breachvault {command} --profile {name}"),
    }
}

/// The folder of the profiles.
pub(crate) struct Profiles(pub(crate) PathBuf);

impl Profiles {
    /// Reads a profile, if there is one.
    pub(crate) fn read(&self, name: &str) -> Result<Option<Profile>, Failure> {
        let path = self.path(name)?;
        // Without waiting: a pipe of this name has nobody who writes.
        let opened = OpenOptions::new()
            .read(true)
            .custom_flags(OFlags::NONBLOCK.bits().cast_signed())
            .open(&path);
        let mut file = match opened {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Failure::file("read the profile", &path)(error)),
        };
        check_private(&file, &path, name)?;
        let mut text = Zeroizing::new(String::new());
        file.read_to_string(&mut text)
            .map_err(Failure::file("read the profile", &path))?;
        serde_json::from_str(&text).map(Some).map_err(|_| {
            Failure::failed(format!("{} is not a profile", path.display())).way_out(again(name))
        })
    }

    /// Writes a profile in place of the one before.
    pub(crate) fn write(&self, name: &str, profile: &Profile) -> Result<(), Failure> {
        let path = self.path(name)?;
        let text = serde_json::to_string_pretty(profile)
            .map(Zeroizing::new)
            .map_err(|_| Failure::failed("the profile could not be written"))?;
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&self.0)
            .map_err(Failure::file("make the profiles' folder", &self.0))?;
        // Files of this crate have the mode 0600.
        let failed = Failure::file("write the profile", &path);
        let mut file = tempfile::NamedTempFile::new_in(&self.0).map_err(&failed)?;
        writeln!(file, "{}", text.as_str())
            .and_then(|()| file.as_file().sync_all())
            .map_err(&failed)?;
        match file.persist(&path) {
            Ok(_) => Ok(()),
            Err(error) => Err(failed(error.error)),
        }
    }

    /// Removes a profile; one that is not there is no error.
    pub(crate) fn remove(&self, name: &str) -> Result<(), Failure> {
        let path = self.path(name)?;
        match fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(Failure::file("remove the profile", &path)(error))
            }
            _ => Ok(()),
        }
    }

    fn path(&self, name: &str) -> Result<PathBuf, Failure> {
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        match name.starts_with(|c: char| c.is_ascii_alphanumeric())
            && name.len() <= 64
            && name.chars().all(fits)
        {
            true => Ok(self.0.join(format!("{name}.json"))),
            false => Err(Failure::usage(
                "--profile: must be up to 64 letters, digits, `.`, `_` or `-`, beginning with a letter or digit",
            )),
        }
    }
}

fn again(name: &str) -> String {
    let login = command("login", Some(name));
    format!("remove it and sign in again with `{login}`")
}

/// Refuses a file that others can read or change, or that is somebody else's.
fn check_private(file: &File, path: &Path, name: &str) -> Result<(), Failure> {
    let found = file
        .metadata()
        .map_err(Failure::file("read the profile", path))?;
    if !found.is_file() {
        let text = format!("the profile {} is no file", path.display());
        return Err(Failure::failed(text).way_out(again(name)));
    }
    let ours = found.uid() == rustix::process::getuid().as_raw();
    match ours && found.mode() & 0o077 == 0 {
        true => Ok(()),
        false => Err(Failure::failed(format!(
            "the profile {} is refused: other users can read or change it",
            path.display()
        ))
        .way_out(format!(
            "chmod 600 it if nobody else has read it; otherwise close its session with `{}`",
            command("logout", Some(name))
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn profile(token: &str) -> Profile {
        Profile {
            server: "https://vault.example:8443".to_owned(),
            authorities: None,
            operator: "ingeborg".to_owned(),
            token: token.to_owned(),
        }
    }

    #[test]
    fn a_profile_is_its_owners_alone_and_is_refused_otherwise() {
        let room = tempfile::tempdir().unwrap();
        let profiles = Profiles(room.path().join("a").join("breachvault"));
        assert!(profiles.read("work").ok().unwrap().is_none());
        profiles.write("work", &profile("one")).unwrap();
        profiles.write("work", &profile("two")).unwrap();
        assert_eq!(profiles.read("work").ok().unwrap().unwrap().token, "two");
        let path = profiles.0.join("work.json");
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(&profiles.0)), (0o600, 0o700));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(profiles.read("work").is_err());
        profiles.remove("work").unwrap();
        profiles.remove("work").unwrap();
        assert_eq!(fs::read_dir(&profiles.0).unwrap().count(), 0);
    }

    #[test]
    fn a_pipe_is_no_profile_and_nobody_waits_for_it() {
        let room = tempfile::tempdir().unwrap();
        let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
        let pipe = room.path().join("work.json");
        rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, mode, 0).unwrap();
        assert!(Profiles(room.path().to_owned()).read("work").is_err());
    }

    #[test]
    fn a_name_is_no_path() {
        let profiles = Profiles(PathBuf::from("/nowhere"));
        for name in ["", "..", "../a", "a/b", ".hidden", "a\n", "-q"] {
            assert!(profiles.path(name).is_err(), "{name:?}");
        }
        assert!(profiles.path("lead.one").is_ok());
    }
}
