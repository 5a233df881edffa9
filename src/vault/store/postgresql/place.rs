//! Where a server is, and how one gets in: an address without a password, and the file that has it.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;

use tokio_postgres::Config;
use tokio_postgres::config::{ChannelBinding, Host, SslMode, TargetSessionAttrs};
use zeroize::Zeroizing;

/// The address of a database.
#[derive(Clone)]
pub(crate) struct ServerPlace {
    config: Config,
    /// Whose certificates are trusted; without it, whom this machine trusts.
    authorities: Option<PathBuf>,
    password: Option<PathBuf>,
}

/// An address cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PlaceFault {
    /// It is no address of a PostgreSQL database.
    #[error("it is not an address like postgresql://user@host/database")]
    Form,
    /// It has a password, which everybody sees who sees the arguments of a process.
    #[error("a password may not be in it; name a file with `password_file` or PGPASSFILE")]
    Password,
    /// It names a host and says that the connection may be in the clear.
    #[error("over a network the connection has to be encrypted: `sslmode` can only be `require`")]
    Plain,
    /// It names a host and a socket of this machine.
    #[error("it names a host and a socket of this machine")]
    Mixed,
    /// It lacks a user or a database.
    #[error("it has to name a user and a database")]
    Incomplete,
    /// It names several hosts, and not as many ports or addresses.
    #[error("it has to name a port for all hosts or for each, and an address for each or for none")]
    Uneven,
    /// The file of the password cannot be read.
    #[error("the file of the password cannot be read")]
    PasswordFile,
    /// The file of the password can be read by others.
    #[error("the file of the password can be read by others; its mode has to be 0600")]
    Exposed,
}

/// What the library calls `sslrootcert` is not known to it.
const AUTHORITIES: &str = "sslrootcert=";

impl ServerPlace {
    /// Whether a text looks like such an address, and not like a file.
    pub(crate) fn is_one(text: &str) -> bool {
        text.starts_with("postgresql://") || text.starts_with("postgres://")
    }

    /// `password` names a file that has nothing but the password.
    pub(crate) fn read(text: &str, password: Option<PathBuf>) -> Result<Self, PlaceFault> {
        if !Self::is_one(text) {
            return Err(PlaceFault::Form);
        }
        let (text, authorities) = without_authorities(text)?;
        let text = with_single_hosts(&text);
        let mut config = Config::from_str(&text).map_err(|_| PlaceFault::Form)?;
        if config.get_password().is_some() {
            return Err(PlaceFault::Password);
        }
        if config.get_user().is_none() || config.get_dbname().is_none() {
            return Err(PlaceFault::Incomplete);
        }
        let sockets = config.get_hosts().iter();
        let sockets = sockets.filter(|host| matches!(host, Host::Unix(_))).count();
        match (config.get_hosts().len(), sockets) {
            (0, _) => return Err(PlaceFault::Incomplete),
            (all, sockets) if all == sockets => {
                config.ssl_mode(SslMode::Disable);
            }
            (_, 0) if config.get_ssl_mode() == SslMode::Disable => return Err(PlaceFault::Plain),
            (_, 0) => {
                config.ssl_mode(SslMode::Require);
                if config.get_channel_binding() == ChannelBinding::Disable {
                    config.channel_binding(ChannelBinding::Prefer);
                }
            }
            _ => return Err(PlaceFault::Mixed),
        }
        let hosts = config.get_hosts().len();
        let is_even = |count: usize, few: usize| count <= few || count == hosts;
        if !is_even(config.get_ports().len(), 1) || !is_even(config.get_hostaddrs().len(), 0) {
            return Err(PlaceFault::Uneven);
        }
        Ok(Self {
            config,
            authorities,
            password,
        })
    }

    pub(super) fn authorities(&self) -> Option<&Path> {
        self.authorities.as_deref()
    }

    /// What the library connects with, for each host of the address: of several one accepts writes, and is meant. The
    /// password is read anew each time, so that it can be changed.
    pub(super) fn configs(&self) -> Result<Vec<Config>, PlaceFault> {
        let password = self.find_password()?;
        let hosts = self.config.get_hosts().iter().enumerate();
        let configs = hosts.map(|(no, host)| {
            let mut config = self.at(no, host);
            if let Some(password) = &password {
                config.password(password.as_str());
            }
            config
        });
        Ok(configs.collect())
    }

    /// The same for one host.
    fn at(&self, no: usize, host: &Host) -> Config {
        let all = &self.config;
        let mut config = Config::new();
        match host {
            Host::Tcp(name) => config.host(name),
            Host::Unix(folder) => config.host_path(folder),
        };
        if let Some(address) = all.get_hostaddrs().get(no) {
            config.hostaddr(*address);
        }
        let ports = all.get_ports();
        if let Some(port) = ports.get(no).or(ports.first()) {
            config.port(*port);
        }
        if let Some(user) = all.get_user() {
            config.user(user);
        }
        if let Some(name) = all.get_dbname() {
            config.dbname(name);
        }
        if let Some(options) = all.get_options() {
            config.options(options);
        }
        config
            .ssl_mode(all.get_ssl_mode())
            .ssl_negotiation(all.get_ssl_negotiation())
            .channel_binding(all.get_channel_binding())
            .target_session_attrs(TargetSessionAttrs::ReadWrite)
            .keepalives(all.get_keepalives())
            .keepalives_idle(all.get_keepalives_idle());
        if let Some(interval) = all.get_keepalives_interval() {
            config.keepalives_interval(interval);
        }
        if let Some(retries) = all.get_keepalives_retries() {
            config.keepalives_retries(retries);
        }
        config
    }

    fn find_password(&self) -> Result<Option<Zeroizing<String>>, PlaceFault> {
        if let Some(path) = &self.password {
            let text = private_text(path)?;
            let line = text.lines().next().unwrap_or_default();
            return Ok(Some(Zeroizing::new(line.to_owned())));
        }
        let Some(path) = std::env::var_os("PGPASSFILE") else {
            return Ok(None);
        };
        let text = private_text(Path::new(&path))?;
        Ok(text.lines().find_map(|line| self.password_in(line)))
    }

    /// The password of a line `host:port:database:user:password`, if it is for this address.
    fn password_in(&self, line: &str) -> Option<Zeroizing<String>> {
        if line.starts_with('#') {
            return None;
        }
        let mut parts = split(line);
        let password = parts.pop()?;
        let [host, port, database, user] = parts.as_slice() else {
            return None;
        };
        let is = |part: &str, known: Option<&str>| part == "*" || Some(part) == known;
        let hosts: Vec<String> = self.config.get_hosts().iter().map(name_of).collect();
        let ports = self.config.get_ports();
        let port_is = port.as_str() == "*"
            || port.parse().is_ok_and(|port: u16| match ports {
                [] => port == 5432,
                ports => ports.contains(&port),
            });
        let fits = port_is
            && hosts.iter().any(|known| is(host, Some(known)))
            && is(database, self.config.get_dbname())
            && is(user, self.config.get_user());
        fits.then_some(password)
    }
}

/// A socket is `localhost` in a file of passwords.
fn name_of(host: &Host) -> String {
    match host {
        Host::Tcp(name) => name.clone(),
        Host::Unix(_) => "localhost".to_owned(),
    }
}

/// The parts of a line, between colons that no backslash is before.
fn split(line: &str) -> Vec<Zeroizing<String>> {
    let mut parts = vec![Zeroizing::new(String::with_capacity(line.len()))];
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        let letter = match letter {
            ':' => {
                parts.push(Zeroizing::new(String::with_capacity(line.len())));
                continue;
            }
            '\\' => letters.next().unwrap_or('\\'),
            letter => letter,
        };
        if let Some(part) = parts.last_mut() {
            part.push(letter);
        }
    }
    parts
}

fn private_text(path: &Path) -> Result<Zeroizing<String>, PlaceFault> {
    let known = fs::metadata(path).map_err(|_| PlaceFault::PasswordFile)?;
    if known.permissions().mode() & 0o077 != 0 {
        return Err(PlaceFault::Exposed);
    }
    let text = fs::read_to_string(path).map_err(|_| PlaceFault::PasswordFile)?;
    Ok(Zeroizing::new(text))
}

/// The address without `sslrootcert`, and what that says.
fn without_authorities(text: &str) -> Result<(String, Option<PathBuf>), PlaceFault> {
    let Some((address, options)) = text.split_once('?') else {
        return Ok((text.to_owned(), None));
    };
    let (own, rest): (Vec<&str>, Vec<&str>) = options
        .split('&')
        .partition(|option| option.starts_with(AUTHORITIES));
    let path = own
        .first()
        .and_then(|option| option.strip_prefix(AUTHORITIES));
    let path = path.map(|path| {
        let decoded = percent_encoding::percent_decode_str(path).decode_utf8();
        decoded.map(|path| PathBuf::from(path.as_ref()))
    });
    let path = path.transpose().map_err(|_| PlaceFault::Form)?;
    let rest = rest.join("&");
    let address = match rest.is_empty() {
        true => address.to_owned(),
        false => format!("{address}?{rest}"),
    };
    Ok((address, path))
}

/// The address with an option for each host that an option names: the library takes `host=/a,/b` for one.
fn with_single_hosts(text: &str) -> String {
    let Some((address, options)) = text.split_once('?') else {
        return text.to_owned();
    };
    let single = |option: &str| match option.strip_prefix("host=") {
        Some(hosts) => {
            let hosts = hosts.split(',').map(|host| format!("host={host}"));
            hosts.collect::<Vec<_>>().join("&")
        }
        None => option.to_owned(),
    };
    let options: Vec<String> = options.split('&').map(single).collect();
    format!("{address}?{}", options.join("&"))
}

#[cfg(test)]
mod tests {
    use std::fs::Permissions;
    use std::net::IpAddr;
    use std::time::Duration;

    use super::*;

    fn read(text: &str) -> Result<ServerPlace, PlaceFault> {
        ServerPlace::read(text, None)
    }

    #[test]
    fn an_address_names_user_and_database_and_no_password() {
        let place =
            read("postgresql://vault@db.example/breach?sslrootcert=/etc/a%20b.pem").unwrap();
        assert_eq!(place.authorities(), Some(Path::new("/etc/a b.pem")));
        assert_eq!(place.config.get_ssl_mode(), SslMode::Require);
        for (text, fault) in [
            (
                "postgresql://vault:secret@db.example/breach",
                PlaceFault::Password,
            ),
            ("postgresql://db.example/breach", PlaceFault::Incomplete),
            ("postgresql://vault@db.example", PlaceFault::Incomplete),
            ("postgresql://vault@/breach", PlaceFault::Incomplete),
            ("/var/lib/vault", PlaceFault::Form),
            (
                "postgresql://vault@db.example/breach?sslmode=disable",
                PlaceFault::Plain,
            ),
            (
                "postgresql://vault@db.example/breach?no=such",
                PlaceFault::Form,
            ),
            (
                "postgresql://vault@/breach?host=/a,/b,/c&port=1,2",
                PlaceFault::Uneven,
            ),
            (
                "postgresql://vault@one.example,two.example/breach?hostaddr=127.0.0.1",
                PlaceFault::Uneven,
            ),
            (
                "postgresql://vault@one.example/breach?host=/a",
                PlaceFault::Mixed,
            ),
        ] {
            assert_eq!(read(text).err(), Some(fault), "{text}");
        }
    }

    #[test]
    fn a_socket_of_this_machine_needs_no_encryption() {
        let place = read("postgresql://vault@/breach?host=/run/postgresql").unwrap();
        assert_eq!(place.config.get_ssl_mode(), SslMode::Disable);
    }

    #[test]
    fn each_host_of_an_address_is_asked_alone_and_has_to_accept_writes() {
        let text = "postgresql://vault@one.example,two.example:5433/breach\
                    ?hostaddr=127.0.0.1,127.0.0.2&channel_binding=require&keepalives_interval=7";
        let configs = read(text).unwrap().configs().unwrap();
        let told: Vec<_> = configs
            .iter()
            .map(|one| (one.get_hosts(), one.get_hostaddrs(), one.get_ports()))
            .collect();
        let name = |name: &str| Host::Tcp(name.to_owned());
        let address = |no| [IpAddr::from([127, 0, 0, no])];
        assert_eq!(
            told,
            [
                (&[name("one.example")][..], &address(1)[..], &[5432][..]),
                (&[name("two.example")][..], &address(2)[..], &[5433][..]),
            ]
        );
        for one in &configs {
            assert_eq!(
                one.get_target_session_attrs(),
                TargetSessionAttrs::ReadWrite
            );
            assert_eq!(one.get_user(), Some("vault"));
            assert_eq!(one.get_dbname(), Some("breach"));
            assert_eq!(one.get_ssl_mode(), SslMode::Require);
            assert_eq!(one.get_channel_binding(), ChannelBinding::Require);
            assert_eq!(one.get_keepalives_interval(), Some(Duration::from_secs(7)));
        }
        // Whatever an address says of it, nothing is read from a copy.
        let text = "postgresql://vault@/breach?host=/a,/b&port=7&target_session_attrs=any";
        let configs = read(text).unwrap().configs().unwrap();
        let sockets: Vec<_> = configs.iter().map(Config::get_hosts).collect();
        assert_eq!(
            sockets,
            [[Host::Unix("/a".into())], [Host::Unix("/b".into())]]
        );
        for one in &configs {
            assert_eq!(one.get_ports(), [7]);
            assert_eq!(
                one.get_target_session_attrs(),
                TargetSessionAttrs::ReadWrite
            );
        }
    }

    #[test]
    fn a_password_comes_from_a_file_that_nobody_else_can_read() {
        let room = tempfile::tempdir().unwrap();
        let path = room.path().join("password");
        fs::write(&path, "s3cret\n").unwrap();
        let text = "postgresql://vault@db.example/breach";
        let place = ServerPlace::read(text, Some(path.clone())).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o640)).unwrap();
        assert_eq!(place.configs().err(), Some(PlaceFault::Exposed));
        fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
        let config = place.configs().unwrap().remove(0);
        assert_eq!(config.get_password(), Some(&b"s3cret"[..]));
        // The library's own text for debugging does not show it.
        assert!(!format!("{config:?}").contains("s3cret"));
        fs::remove_file(&path).unwrap();
        assert_eq!(place.configs().err(), Some(PlaceFault::PasswordFile));
    }

    #[test]
    fn a_line_of_a_password_file_is_for_one_address() {
        let place = read("postgresql://vault@db.example/breach").unwrap();
        let found = |line| place.password_in(line).map(|found| found.to_string());
        for line in [
            "db.example:5432:breach:vault:a:b",
            "db.example:5432:breach:other:ab",
            "other:5432:breach:vault:ab",
            "db.example:5433:breach:vault:ab",
            "#db.example:5432:breach:vault:ab",
            "",
        ] {
            assert_eq!(found(line), None, "{line}");
        }
        for line in [
            r"db.example:5432:breach:vault:a\:b\\c",
            r"*:*:*:*:a\:b\\c",
            r"db.example:*:breach:vault:a\:b\\c",
        ] {
            assert_eq!(found(line).as_deref(), Some(r"a:b\c"), "{line}");
        }
    }
}
