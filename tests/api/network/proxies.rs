//! Behind a load balancer: the PROXY protocol, version 2, from listed proxies only.

use std::net::{IpAddr, SocketAddr};

use crate::support::{TestVault, Wire};

const ASK: &[u8] = b"GET /api/v1/me HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";

pub fn header(source: &str) -> Vec<u8> {
    let source: SocketAddr = source.parse().unwrap();
    let (family, mut rest) = match source.ip() {
        IpAddr::V4(address) => (0x11, [address.octets(), [192, 0, 2, 9]].concat()),
        IpAddr::V6(address) => (0x21, [address.octets(), [0; 16]].concat()),
    };
    rest.extend(source.port().to_be_bytes());
    rest.extend(443_u16.to_be_bytes());
    let mut bytes = b"\r\n\r\n\0\r\nQUIT\n".to_vec();
    bytes.extend([0x21, family]);
    bytes.extend(u16::try_from(rest.len()).unwrap().to_be_bytes());
    bytes.extend(rest);
    bytes
}

fn ask(vault: &TestVault, first: &[u8]) -> String {
    let mut wire = Wire::behind(vault, first);
    if !wire.try_send(ASK) {
        return String::new();
    }
    wire.read_all()
}

#[test]
fn a_listed_proxy_says_whose_connection_it_is() {
    let toml = "[serve]\nproxies = [\"127.0.0.0/8\"]\n[limits]\nstranger_burst = 3\n\
                stranger_per_minute = 1\naddress_connections = 4\n";
    let vault = TestVault::with(toml);
    // The throttle counts the address that the proxy names.
    for (source, refused) in [("192.0.2.1:1", 3), ("[2001:db8::1]:1", 3)] {
        for no in 0..refused + 2 {
            let said = ask(&vault, &header(source));
            let status = if no < refused { "401" } else { "429" };
            assert!(
                said.starts_with(&format!("HTTP/1.1 {status}")),
                "{source} {no}: {said}"
            );
        }
    }
    // One /64 of IPv6 is one address; others are not touched.
    assert!(ask(&vault, &header("[2001:db8::2]:1")).starts_with("HTTP/1.1 429"));
    assert!(ask(&vault, &header("[2001:db8:0:1::1]:1")).starts_with("HTTP/1.1 401"));
    // So do the limits of connections: many of one address do not close another's.
    let mut other = Wire::behind(&vault, &header("198.51.100.7:1"));
    other.send(b"GET /healthz HTTP/1.1\r\n");
    let many: Vec<Wire> = (0..20)
        .map(|no| {
            let mut wire = Wire::behind(&vault, &header(&format!("198.51.100.8:{}", no + 1)));
            wire.try_send(b"GET ");
            wire
        })
        .collect();
    other.send(b"host: a\r\nconnection: close\r\n\r\n");
    assert!(other.read_all().starts_with("HTTP/1.1 200"));
    drop(many);
}

#[test]
fn a_listed_proxy_that_says_nothing_or_version_1_is_refused() {
    let vault = TestVault::with("[serve]\nproxies = [\"127.0.0.1\"]\n[limits]\nheader_s = 3\n");
    let mut cut = header("192.0.2.1:1");
    cut.truncate(20);
    let mut unix = header("192.0.2.1:1");
    unix[13] = 0x31;
    for first in [
        &b""[..],
        b"PROXY TCP4 192.0.2.1 192.0.2.9 4000 443\r\n",
        b"PROXY UNKNOWN\r\n",
        &cut,
        &unix,
    ] {
        assert_eq!(ask(&vault, first), "", "{first:?}");
    }
    assert!(ask(&vault, &header("192.0.2.1:1")).starts_with("HTTP/1.1 401"));
}

#[test]
fn nobody_else_can_say_whose_connection_it_is() {
    for toml in ["", "[serve]\nproxies = [\"192.0.2.0/24\", \"::1\"]\n"] {
        let vault = TestVault::with(toml);
        assert_eq!(ask(&vault, &header("192.0.2.1:1")), "");
        assert_eq!(
            ask(&vault, b"PROXY TCP4 192.0.2.1 192.0.2.9 4000 443\r\n"),
            ""
        );
        assert!(ask(&vault, &[]).starts_with("HTTP/1.1 401"));
    }
}

#[test]
fn metrics_are_for_the_machine_itself_or_whom_the_configuration_names() {
    let read = |config: &str, source: &str| {
        let toml = format!("[serve]\nproxies = [\"127.0.0.1\"]\n{config}");
        let vault = TestVault::with(&toml);
        let mut wire = Wire::behind(&vault, &header(source));
        wire.send(b"GET /metrics HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
        wire.read_all()
    };
    let named = "metrics = [\"198.51.100.0/24\"]\n";
    for (config, source, there) in [
        ("", "127.0.0.1:1", true),
        ("", "[::1]:1", true),
        ("", "198.51.100.7:1", false),
        (named, "198.51.100.7:1", true),
        (named, "198.51.101.7:1", false),
        (named, "127.0.0.1:1", false),
        ("metrics = []\n", "127.0.0.1:1", false),
    ] {
        let said = read(config, source);
        let status = if there { "200" } else { "404" };
        assert!(
            said.starts_with(&format!("HTTP/1.1 {status}")),
            "{config} {source}: {said}"
        );
        assert_eq!(
            said.contains("breachvault_strangers_total"),
            there,
            "{source}"
        );
    }
}
