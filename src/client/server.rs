//! Which server a command speaks to, and with which session.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use http::Uri;
use zeroize::Zeroizing;

use super::connection::{Connection, trusted};
use super::failure::Failure;
use super::machine_key;
use super::output::Output;
use super::profile::{self, Profiles};
use crate::outgoing::Authorities;

/// What every command of the client takes.
#[derive(Args)]
pub(crate) struct Client {
    #[command(flatten)]
    pub(crate) output: Output,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
}

#[derive(Args)]
#[command(next_help_heading = "Server")]
pub(crate) struct ServerArgs {
    /// The vault's address, such as https://vault.example:8443; by default the one of the profile
    #[arg(
        long = "server",
        value_name = "URL",
        env = "BREACHVAULT_SERVER",
        hide_env_values = true
    )]
    address: Option<String>,
    /// Which sign-in to use: each profile has a server and a session
    #[arg(
        long,
        value_name = "NAME",
        default_value = "default",
        env = "BREACHVAULT_PROFILE",
        hide_env_values = true
    )]
    pub(crate) profile: String,
    /// Trust the certificate authorities in this file (PEM) and no others; `login` keeps them in the profile
    #[arg(
        long,
        value_name = "FILE",
        env = "BREACHVAULT_CA_FILE",
        hide_env_values = true
    )]
    ca_file: Option<PathBuf>,
    /// Send the token of a script that is in this file, in the place of the profile's session
    #[arg(
        long,
        value_name = "FILE",
        env = "BREACHVAULT_TOKEN_FILE",
        hide_env_values = true
    )]
    token_file: Option<PathBuf>,
    /// Prove the key of the certificate in this file (PEM), in the place of the profile's session
    #[arg(
        long,
        value_name = "FILE",
        env = "BREACHVAULT_CERTIFICATE_FILE",
        hide_env_values = true,
        requires = "key_file",
        conflicts_with = "token_file"
    )]
    certificate_file: Option<PathBuf>,
    /// The key of that certificate (PEM), which only you may read
    #[arg(
        long,
        value_name = "FILE",
        env = "BREACHVAULT_KEY_FILE",
        hide_env_values = true,
        requires = "certificate_file"
    )]
    key_file: Option<PathBuf>,
    /// The folder of the profiles; by default `breachvault` in your configuration folder
    #[arg(
        long,
        value_name = "DIR",
        env = "BREACHVAULT_PROFILES",
        hide_env_values = true
    )]
    profiles: Option<PathBuf>,
    /// How long to wait in all where the server asks to try again later
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    wait: u64,
    /// The folder of settings; read from the environment
    #[arg(long, hide = true, env = "XDG_CONFIG_HOME")]
    config_home: Option<OsString>,
    /// The user's own folder; read from the environment
    #[arg(long, hide = true, env = "HOME")]
    home: Option<OsString>,
}

impl Client {
    /// Connects with the session of the profile.
    pub(crate) fn connect(&self) -> Result<Connection, Failure> {
        let name = &self.server.profile;
        let not_signed_in = || {
            let login = profile::command("login", Some(name));
            let how = format!("{login} --server URL --operator NAME");
            Failure::failed(format!("you are not signed in: there is no profile {name}"))
                .way_out(format!("sign in with `{how}`"))
        };
        if let Some(path) = &self.server.token_file {
            return self.connect_with(path);
        }
        let (certificate, key) = (&self.server.certificate_file, &self.server.key_file);
        if let Some((certificate, key)) = certificate.as_ref().zip(key.as_ref()) {
            return self.connect_as_machine(certificate, key);
        }
        let kept = self.server.profiles()?.read(name)?;
        let kept = kept.ok_or_else(not_signed_in)?;
        // A token is sent to the server that gave it and to no other.
        if let Some(asked) = &self.server.address
            && address(asked)? != kept.server
        {
            return Err(Failure::usage(format!(
                "the profile {name} is signed in to {}, and --server or BREACHVAULT_SERVER names another server",
                kept.server
            ))
            .way_out("name another profile with --profile, or sign in there with `breachvault login`"));
        }
        let given = self.server.given_authorities()?;
        let trusted = trusted(given.as_deref().or(kept.authorities.as_deref()))?;
        let (wait, quiet) = (self.server.wait, self.output.quiet);
        let connection = Connection::new(&kept.server, trusted, None, wait, quiet);
        Ok(connection.with_token(&kept.token, name))
    }
}

impl Client {
    /// Connects with the token of a script, which no profile has. The server and who vouches for it are named with it.
    fn connect_with(&self, token: &Path) -> Result<Connection, Failure> {
        let (server, trusted) = self.named_server("the vault's address beside --token-file")?;
        let text = fs::read_to_string(token)
            .map(Zeroizing::new)
            .map_err(Failure::file("read the token in", token))?;
        let (wait, quiet) = (self.server.wait, self.output.quiet);
        let connection = Connection::new(&server, trusted, None, wait, quiet);
        Ok(connection.with_token(text.trim(), &self.server.profile))
    }

    /// The same as a machine, at the address for machines.
    fn connect_as_machine(&self, certificate: &Path, key: &Path) -> Result<Connection, Failure> {
        let (server, trusted) =
            self.named_server("the vault's address for machines beside --certificate-file")?;
        let shown = machine_key::read(certificate, key)?;
        let (wait, quiet) = (self.server.wait, self.output.quiet);
        Ok(Connection::new(&server, trusted, Some(shown), wait, quiet))
    }

    /// The server of the command line, and who vouches for it.
    fn named_server(&self, what: &str) -> Result<(String, Authorities), Failure> {
        let server = self.server.address()?.ok_or_else(|| {
            Failure::usage(format!("--server: name {what}"))
                .way_out("such as --server https://vault.example:8443")
        })?;
        let trusted = trusted(self.server.given_authorities()?.as_deref())?;
        Ok((server, trusted))
    }
}

impl ServerArgs {
    /// The address on the command line or of the environment.
    pub(crate) fn address(&self) -> Result<Option<String>, Failure> {
        self.address.as_deref().map(address).transpose()
    }

    /// The text of `--ca-file`.
    pub(crate) fn given_authorities(&self) -> Result<Option<String>, Failure> {
        let read = |path: &PathBuf| {
            fs::read_to_string(path)
                .map_err(Failure::file("read the certificate authorities in", path))
        };
        self.ca_file.as_ref().map(read).transpose()
    }

    pub(crate) fn wait(&self) -> u64 {
        self.wait
    }

    pub(crate) fn profiles(&self) -> Result<Profiles, Failure> {
        if let Some(folder) = &self.profiles {
            return Ok(Profiles(folder.clone()));
        }
        let given = |folder: &Option<OsString>| {
            let folder = PathBuf::from(folder.clone()?);
            folder.is_absolute().then_some(folder)
        };
        let configuration = given(&self.config_home)
            .or_else(|| given(&self.home).map(|home| home.join(".config")))
            .ok_or_else(|| {
                Failure::usage("it is not known where your configuration folder is")
                    .way_out("name a folder for the profiles with --profiles")
            })?;
        Ok(Profiles(configuration.join("breachvault")))
    }
}

/// Reads an address: `https://host:port` or `host:port`. Anything else is refused, plain HTTP above all.
fn address(text: &str) -> Result<String, Failure> {
    let wrong = |why: &str| {
        Failure::usage(format!("--server: {why}"))
            .way_out("write it as https://vault.example:8443, without a path")
    };
    let text = text.trim_end_matches('/');
    let whole = match text.contains("://") {
        true => text.to_owned(),
        false => format!("https://{text}"),
    };
    let uri: Uri = whole.parse().map_err(|_| wrong("it is no address"))?;
    if uri.scheme_str() != Some("https") {
        return Err(wrong("a vault is served over https only"));
    }
    match uri.authority() {
        Some(authority)
            if !authority.as_str().contains('@') && uri.path() == "/" && uri.query().is_none() =>
        {
            Ok(format!(
                "https://{}",
                authority.as_str().to_ascii_lowercase()
            ))
        }
        _ => Err(wrong("it names a host and a port and nothing else")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_https_and_a_host_and_nothing_else() {
        for (text, read) in [
            (
                "https://Vault.example:8443/",
                Some("https://vault.example:8443"),
            ),
            ("vault.example:8443", Some("https://vault.example:8443")),
            ("127.0.0.1:8443", Some("https://127.0.0.1:8443")),
            ("https://[::1]:8443", Some("https://[::1]:8443")),
            ("http://vault.example", None),
            ("https://a@vault.example", None),
            ("https://vault.example/api", None),
            ("https://vault.example?x", None),
            ("", None),
            ("a b", None),
        ] {
            assert_eq!(address(text).ok().as_deref(), read, "{text}");
        }
    }
}
