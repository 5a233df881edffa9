//! Lists of addresses: single ones, or networks with the length of their prefix.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::{Deserialize, Serialize, Serializer};

/// Whoever has one of these addresses.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Vec<String>")]
pub struct Networks(Vec<Network>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Network {
    address: IpAddr,
    prefix: u32,
}

impl Networks {
    /// The machine itself.
    pub fn of_this_machine() -> Self {
        let own = |address: IpAddr, prefix| Network { address, prefix };
        Self(vec![
            own(Ipv4Addr::new(127, 0, 0, 0).into(), 8),
            own(Ipv6Addr::LOCALHOST.into(), 128),
        ])
    }

    /// Whether this address is one of them.
    pub fn lists(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.holds(address))
    }
}

impl Network {
    fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix.parse().ok()?)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let all = if address.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.unwrap_or(all);
        // A network of everybody names nobody.
        (1..=all)
            .contains(&prefix)
            .then_some(Self { address, prefix })
    }

    fn holds(self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                (u32::from(own) ^ u32::from(other)) >> (32 - self.prefix) == 0
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                (u128::from(own) ^ u128::from(other)) >> (128 - self.prefix) == 0
            }
            _ => false,
        }
    }
}

impl Serialize for Networks {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let texts = self.0.iter().map(|network| network.to_string());
        serializer.collect_seq(texts)
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix)
    }
}

impl TryFrom<Vec<String>> for Networks {
    type Error = &'static str;

    fn try_from(texts: Vec<String>) -> Result<Self, Self::Error> {
        let networks = texts.iter().map(|text| Network::parse(text));
        networks
            .collect::<Option<_>>()
            .map(Self)
            .ok_or("must be addresses or networks such as 192.0.2.0/24")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_is_listed_by_its_address_or_its_network() {
        let texts = ["192.0.2.7", "10.0.0.0/8", "2001:db8::/32"];
        let proxies = Networks::try_from(texts.map(str::to_owned).to_vec()).unwrap();
        for (address, expected) in [
            ("192.0.2.7", true),
            ("::ffff:192.0.2.7", true),
            ("192.0.2.8", false),
            ("10.255.0.1", true),
            ("11.0.0.1", false),
            ("2001:db8:ffff::1", true),
            ("2001:db9::1", false),
        ] {
            assert_eq!(
                proxies.lists(address.parse().unwrap()),
                expected,
                "{address}"
            );
        }
        let here = Networks::of_this_machine();
        let lists = |address: &str| here.lists(address.parse().unwrap());
        assert!(
            ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"]
                .into_iter()
                .all(lists)
        );
        assert!(!["192.0.2.7", "::2", "10.0.0.1"].into_iter().any(lists));
        assert!(!Networks::default().lists("127.0.0.1".parse().unwrap()));
    }

    #[test]
    fn what_is_no_network_and_a_network_of_everybody_are_refused() {
        for text in [
            "",
            "localhost",
            "10.0.0.0/33",
            "10.0.0.0/0",
            "::/0",
            "10.0.0.0/x",
        ] {
            assert!(Networks::try_from(vec![text.to_owned()]).is_err(), "{text}");
        }
    }
}
