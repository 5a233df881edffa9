//! `[serve]`: where to listen.

use std::net::{Ipv4Addr, SocketAddr};

use serde::Deserialize;

/// The settings of `[serve]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Serve {
    /// Address and port.
    pub listen: SocketAddr,
    /// When the server stops, how many seconds it waits for running requests.
    pub grace_s: u64,
}

impl Default for Serve {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8443)),
            grace_s: 20,
        }
    }
}
