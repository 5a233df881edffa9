//! `[limits]`: limits of one request, one connection or one answer.

use serde::{Deserialize, Serialize};

use super::ConfigError;

/// The settings of `[limits]`.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// The largest JSON body, in bytes.
    pub body_bytes: usize,
    /// The largest uploaded file, in bytes.
    pub upload_bytes: u64,
    /// How long an upload may pause, in seconds.
    pub upload_idle_s: u64,
    /// All headers of a request, in bytes.
    pub header_bytes: usize,
    /// For the TLS handshake, for everything until the first request, and for the headers of each,
    /// in seconds.
    pub header_s: u64,
    /// How long a connection may be without a request, in seconds.
    pub idle_s: u64,
    /// For the body, and again for the work after it, in seconds.
    pub request_s: u64,
    /// Open connections. Three quarters of them are for callers who have not signed in.
    pub connections: usize,
    /// Open connections of one address, or of one /64 of IPv6; shared in the same way.
    pub address_connections: usize,
    /// Concurrent requests on one HTTP/2 connection.
    pub streams: u32,
    /// Concurrent requests of one operator, over all connections.
    pub operator_requests: usize,
    /// Requests without a session that one address may make at once.
    pub stranger_burst: u32,
    /// Further requests without a session that one address may make each minute.
    pub stranger_per_minute: u32,
    /// Snapshots that can be read in parallel.
    pub readers: usize,
    /// Numbers in one lookup.
    pub lookup_numbers: usize,
    /// Requests of one kind that one operator may have waiting for a decision in a case.
    pub open_requests: usize,
    /// Subjects in one reveal.
    pub reveal_subjects: usize,
    /// The smallest count that a protected table shows.
    pub protected_threshold: u64,
    /// Memory in which one table may count distinct numbers, in bytes.
    pub table_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 1 << 20,
            upload_bytes: 16 << 30,
            upload_idle_s: 60,
            header_bytes: 32 << 10,
            header_s: 10,
            idle_s: 30,
            request_s: 60,
            connections: 1024,
            address_connections: 64,
            streams: 64,
            operator_requests: 512,
            stranger_burst: 200,
            stranger_per_minute: 120,
            readers: 8,
            lookup_numbers: 1000,
            open_requests: 50,
            reveal_subjects: 1000,
            protected_threshold: 8,
            table_bytes: 512 << 20,
        }
    }
}

impl Limits {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let at_least = |setting, fits: bool, rule| match fits {
            true => Ok(()),
            false => Err(ConfigError::Refused { setting, rule }),
        };
        let one = "must be at least 1";
        at_least(
            "limits.body_bytes",
            (1024..=1 << 30).contains(&self.body_bytes),
            "must be between 1 KiB and 1 GiB",
        )?;
        at_least(
            "limits.header_bytes",
            (4096..=1 << 20).contains(&self.header_bytes),
            "must be between 4 KiB and 1 MiB",
        )?;
        at_least("limits.upload_bytes", self.upload_bytes > 0, one)?;
        at_least("limits.upload_idle_s", self.upload_idle_s > 0, one)?;
        at_least("limits.header_s", self.header_s > 0, one)?;
        at_least("limits.idle_s", self.idle_s > 0, one)?;
        at_least("limits.request_s", self.request_s > 0, one)?;
        at_least(
            "limits.connections",
            (1..=1_000_000).contains(&self.connections),
            "must be between 1 and 1,000,000",
        )?;
        at_least(
            "limits.address_connections",
            self.address_connections > 0,
            one,
        )?;
        at_least("limits.streams", self.streams > 0, one)?;
        at_least("limits.operator_requests", self.operator_requests > 0, one)?;
        at_least("limits.stranger_burst", self.stranger_burst > 0, one)?;
        at_least(
            "limits.stranger_per_minute",
            self.stranger_per_minute > 0,
            one,
        )?;
        at_least(
            "limits.readers",
            (1..=256).contains(&self.readers),
            "must be between 1 and 256",
        )?;
        at_least("limits.lookup_numbers", self.lookup_numbers > 0, one)?;
        at_least("limits.open_requests", self.open_requests > 0, one)?;
        at_least("limits.reveal_subjects", self.reveal_subjects > 0, one)?;
        at_least(
            "limits.protected_threshold",
            self.protected_threshold >= 2,
            "must be at least 2",
        )?;
        at_least(
            "limits.table_bytes",
            (1 << 20..=1 << 36).contains(&self.table_bytes),
            "must be between 1 MiB and 64 GiB",
        )
    }
}
