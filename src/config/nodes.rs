//! `[nodes]`: where the other nodes of a vault ask this one.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

use super::ConfigError;
use crate::vault::NodeAddress;

/// The settings of `[nodes]`.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Nodes {
    /// Address and port; if absent, other nodes are not asked and ask nothing.
    pub listen: Option<SocketAddr>,
    /// The host and the port by which others reach it; what it listens on, if empty.
    pub address: String,
}

impl Nodes {
    /// Where that is, if it is anywhere.
    pub(super) fn address(&self) -> Option<NodeAddress> {
        self.listen.map(|listen| NodeAddress {
            listen,
            address: self.address.clone(),
        })
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let refused = |rule| {
            Err(ConfigError::Refused {
                setting: "nodes.address",
                rule,
            })
        };
        let Some(listen) = self.listen else {
            return match self.address.as_str() {
                "" => Ok(()),
                _ => refused("has no effect without nodes.listen: give both, or neither"),
            };
        };
        match self.address.as_str() {
            "" if listen.ip().is_unspecified() => {
                refused("is needed where nodes.listen is every address of the machine")
            }
            "" => Ok(()),
            named if is_host_and_port(named) => Ok(()),
            _ => refused("must be a host and a port, such as vault-1.example:8445"),
        }
    }
}

fn is_host_and_port(text: &str) -> bool {
    let Some((host, port)) = text.rsplit_once(':') else {
        return false;
    };
    let is_sound = |sign: u8| sign.is_ascii_graphic() && !b"/?#@\"".contains(&sign);
    let is_host = (1..=253).contains(&host.len()) && host.bytes().all(is_sound);
    is_host && port.parse::<u16>().is_ok_and(|port| port > 0)
}

#[cfg(test)]
mod tests {
    use crate::config::Config;

    #[test]
    fn others_need_an_address_that_they_can_use() {
        let read = |text: &str| Config::parse(&format!("[nodes]\n{text}\n"));
        for text in [
            "",
            "listen = \"192.0.2.1:8445\"",
            "listen = \"0.0.0.0:8445\"\naddress = \"one.example:8445\"",
            "listen = \"[::]:8445\"\naddress = \"[2001:db8::1]:8445\"",
        ] {
            assert!(read(text).is_ok(), "{text}");
        }
        for text in [
            "address = \"one.example:8445\"",
            "listen = \"0.0.0.0:8445\"",
            "listen = \"0.0.0.0:8445\"\naddress = \"one.example\"",
            "listen = \"0.0.0.0:8445\"\naddress = \"one.example:0\"",
            "listen = \"0.0.0.0:8445\"\naddress = \"https://one.example:8445\"",
            "listen = \"0.0.0.0:8445\"\naddress = \":8445\"",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
        let none = read("").unwrap().settings().nodes;
        assert_eq!(none, None);
    }
}
