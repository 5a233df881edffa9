//! `[serve]`: where to listen.

use std::net::{Ipv4Addr, SocketAddr};

use serde::{Deserialize, Serialize};

use super::Networks;

/// The settings of `[serve]`.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Serve {
    /// Address and port.
    pub listen: SocketAddr,
    /// Address and port for machines, which show a certificate there; nowhere if absent.
    pub machines: Option<SocketAddr>,
    /// When the server stops, how many seconds it waits for running requests.
    pub grace_s: u64,
    /// Whether the vault starts sealed and waits for shares, as with `serve --sealed`.
    pub sealed: bool,
    /// Load balancers that say by the PROXY protocol (version 2) whose connection it is.
    pub proxies: Networks,
    /// Who may read `/metrics`. To everybody else it is not there.
    pub metrics: Networks,
}

impl Default for Serve {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8443)),
            machines: None,
            grace_s: 20,
            sealed: false,
            proxies: Networks::default(),
            metrics: Networks::of_this_machine(),
        }
    }
}
