//! `--listen`: an address, or a host's name that this machine resolves to one of its own addresses.

use std::net::{SocketAddr, ToSocketAddrs};
use std::str::FromStr;

/// Where to listen, and the host as it was written, for a certificate.
#[derive(Clone)]
pub(super) struct Listen {
    pub(super) address: SocketAddr,
    pub(super) host: String,
}

impl FromStr for Listen {
    type Err = String;

    /// Reads `192.0.2.1:8443`, `[::1]:8443` or `vault.example:8443`. Of several addresses the first one is taken.
    fn from_str(text: &str) -> Result<Self, String> {
        let host = text.rsplit_once(':').map_or(text, |(host, _)| host);
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let port = text.rsplit_once(':').map(|(_, port)| port.parse::<u16>());
        if !matches!(port, Some(Ok(_))) || host.is_empty() {
            return Err(
                "it is a host and a port, such as 127.0.0.1:8443 or vault.example:8443".to_owned(),
            );
        }
        // The resolver's own reasons say nothing more.
        let found = text.to_socket_addrs().ok();
        let address = found.and_then(|mut found| found.next());
        Ok(Self {
            address: address.ok_or(
                "no host of this name is known here; check its spelling, or give an address such as 127.0.0.1:8443",
            )?,
            host: host.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_or_a_name_and_always_a_port() {
        for (text, read, host) in [
            ("127.0.0.1:8443", "127.0.0.1:8443", "127.0.0.1"),
            ("[::1]:0", "[::1]:0", "::1"),
        ] {
            let listen: Listen = text.parse().ok().unwrap();
            assert_eq!(listen.address.to_string(), read);
            assert_eq!(listen.host, host);
        }
        let local: Listen = "localhost:8443".parse().ok().unwrap();
        assert!(local.address.ip().is_loopback() && local.address.port() == 8443);
        for text in [
            "localhost",
            "127.0.0.1",
            "localhost:",
            "localhost:x",
            "localhost:70000",
            ":8443",
            "",
        ] {
            assert!(text.parse::<Listen>().is_err(), "{text}");
        }
    }
}
