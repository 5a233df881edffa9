//! The network that somebody signs in from.

use std::net::IpAddr;

/// An address as one customer's: a whole IPv4 address, or the /64 of an IPv6 address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::vault) struct Subnet(IpAddr);

impl Subnet {
    /// An IPv4 address that is written as IPv6 is the same one.
    pub(in crate::vault) fn of(address: IpAddr) -> Self {
        Self(cut(address, 32, 64))
    }

    /// The neighbours that one party may well have too: an IPv4 /24, an IPv6 /48.
    pub(in crate::vault) fn around(self) -> Self {
        Self(cut(self.0, 24, 48))
    }
}

impl std::fmt::Display for Subnet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)
    }
}

fn cut(address: IpAddr, bits_of_4: u32, bits_of_6: u32) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            IpAddr::V4((u32::from(address) & (u32::MAX << (32 - bits_of_4))).into())
        }
        IpAddr::V6(address) => {
            IpAddr::V6((u128::from(address) & (u128::MAX << (128 - bits_of_6))).into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Subnet {
        Subnet::of(text.parse().unwrap())
    }

    #[test]
    fn one_customer_is_one_network() {
        assert_eq!(of("192.0.2.1"), of("::ffff:192.0.2.1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
        assert_eq!(of("2001:db8::1"), of("2001:db8::2"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
        assert_eq!(of("192.0.2.1").around(), of("192.0.2.255").around());
        assert_ne!(of("192.0.2.1").around(), of("192.0.3.1").around());
        assert_eq!(
            of("2001:db8::1").around(),
            of("2001:db8:0:ffff::1").around()
        );
        assert_ne!(of("2001:db8::1").around(), of("2001:db8:1::1").around());
    }
}
