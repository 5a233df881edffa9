//! The web address at which people open the vault: a passkey is made for it and works nowhere else.
//!
//! WebAuthn calls it the relying party. Its id is the host; a host is a name, never an IP address.

use std::net::IpAddr;

use serde::{Serialize, Serializer};

/// The text is not such an address. The error does not contain the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "must be https://NAME or https://NAME:PORT, in lower case and without a path; an IP address has no passkeys"
)]
pub struct RelyingPartyError;

/// Where the vault is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelyingParty {
    id: String,
    /// The one origin; without one, the host at any port.
    origin: Option<String>,
}

impl RelyingParty {
    /// The address `https://NAME` or `https://NAME:PORT`, as a browser shows it.
    pub fn at(origin: &str) -> Result<Self, RelyingPartyError> {
        let rest = origin.strip_prefix("https://").ok_or(RelyingPartyError)?;
        let (host, port) = match rest.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (rest, None),
        };
        // A browser leaves out the usual port and zeros before one.
        let usual = |port: &str| port == "443" || port.starts_with(['0', '+']);
        if port.is_some_and(|port| usual(port) || port.parse::<u16>().is_err()) || !is_name(host) {
            return Err(RelyingPartyError);
        }
        Ok(Self {
            id: host.to_owned(),
            origin: Some(origin.to_owned()),
        })
    }

    /// This machine by its name `localhost`, at whichever port.
    pub fn localhost() -> Self {
        Self {
            id: "localhost".to_owned(),
            origin: None,
        }
    }

    /// The host: what passkeys are made for.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The address to open; `port` is the one that is used where any is right.
    pub fn address(&self, port: Option<u16>) -> String {
        match (&self.origin, port) {
            (Some(origin), _) => origin.clone(),
            (None, None | Some(443)) => format!("https://{}", self.id),
            (None, Some(port)) => format!("https://{}:{port}", self.id),
        }
    }

    /// Whether a page of this origin is the vault's.
    pub(super) fn is_origin(&self, origin: &str) -> bool {
        match &self.origin {
            Some(own) => own == origin,
            None => {
                let rest = origin.strip_prefix("https://");
                let rest = rest.and_then(|rest| rest.strip_prefix(self.id.as_str()));
                rest.is_some_and(|port| {
                    let port = port.strip_prefix(':').map(str::parse::<u16>);
                    port.map_or(origin.len() == "https://".len() + self.id.len(), |port| {
                        port.is_ok()
                    })
                })
            }
        }
    }
}

impl Serialize for RelyingParty {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let any = format!("https://{}", self.id);
        serializer.serialize_str(self.origin.as_deref().unwrap_or(&any))
    }
}

fn is_name(host: &str) -> bool {
    let letters = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let label = |label: &str| {
        !label.is_empty()
            && label.len() < 64
            && !label.starts_with('-')
            && label.bytes().all(letters)
    };
    host.len() < 254
        && host.split('.').all(label)
        && host.parse::<IpAddr>().is_err()
        && !host.ends_with(|end: char| end.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_name_with_or_without_a_port() {
        for (origin, id) in [
            ("https://vault.example", "vault.example"),
            ("https://localhost:8443", "localhost"),
            ("https://a-b.example:1", "a-b.example"),
        ] {
            let party = RelyingParty::at(origin).unwrap();
            assert_eq!(party.id(), id);
            assert!(party.is_origin(origin));
            assert!(!party.is_origin(&format!("{origin}0")));
            assert!(!party.is_origin("https://other.example"));
        }
        for wrong in [
            "",
            "vault.example",
            "http://vault.example",
            "https://",
            "https://vault.example/",
            "https://vault.example:443",
            "https://vault.example:08443",
            "https://vault.example:+1",
            "https://vault.example:",
            "https://Vault.example",
            "https://192.0.2.1",
            "https://192.0.2.1:8443",
            "https://[::1]:8443",
            "https://user@vault.example",
            "https://vault..example",
        ] {
            assert_eq!(RelyingParty::at(wrong), Err(RelyingPartyError), "{wrong}");
        }
    }

    #[test]
    fn without_an_address_it_is_this_machine_at_any_port() {
        let party = RelyingParty::localhost();
        assert_eq!(party.id(), "localhost");
        for origin in [
            "https://localhost",
            "https://localhost:8443",
            "https://localhost:1",
        ] {
            assert!(party.is_origin(origin), "{origin}");
        }
        for origin in [
            "http://localhost",
            "https://localhost.example",
            "https://localhost:8443.example",
            "https://localhost:",
            "https://localhost:8443/x",
            "https://127.0.0.1:8443",
        ] {
            assert!(!party.is_origin(origin), "{origin}");
        }
    }
}
