//! Where the tables of the tests' vaults are: in a file each, or, where `BREACHVAULT_TEST_STORE` says `postgresql`, in
//! a database each of one server, which all tests of a process share. The library's own tests, those of the API and the
//! checks use this file.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

use super::server::TestServer;

/// For all tests that leave it as it is. It cleans up nothing by itself: that takes numbers of transactions, and a
/// vault that sees one missing takes it for somebody else's.
static SHARED: LazyLock<Option<TestServer>> =
    LazyLock::new(|| TestServer::start(&["autovacuum=off"]));

/// None, with a note, where PostgreSQL is not installed.
pub(crate) fn shared() -> Option<&'static TestServer> {
    SHARED.as_ref()
}

/// Whether vaults of tests have their tables with a server.
pub(crate) fn on_a_server() -> bool {
    std::env::var_os("BREACHVAULT_TEST_STORE").is_some_and(|store| store == "postgresql")
}

/// Ends a test that looks into SQLite's file, or is about that file, where the tables are with a server. It is the
/// first line of the test; `tests/only_on_sqlite.txt` has all that begin so.
macro_rules! only_on_sqlite {
    () => {
        if ::std::env::var_os("BREACHVAULT_TEST_STORE").is_some_and(|store| store == "postgresql") {
            println!("skipped: it is about SQLite's file");
            return;
        }
    };
}
pub(crate) use only_on_sqlite;

/// A database of the shared server, which goes when this is dropped.
pub(crate) struct Tables {
    server: &'static TestServer,
    name: String,
}

impl Tables {
    /// An empty one for a vault, where vaults have their tables with a server.
    pub(crate) fn wanted() -> Option<Self> {
        on_a_server().then(|| Self::made("").expect("PostgreSQL is not installed"))
    }

    /// An empty one. None, with a note, where PostgreSQL is not installed.
    pub(crate) fn empty() -> Option<Self> {
        Self::made("")
    }

    /// Another one with the same tables, which nobody uses at this moment.
    pub(crate) fn copy(&self) -> Self {
        Self::made(&format!(" TEMPLATE {}", self.name)).unwrap()
    }

    fn made(of: &str) -> Option<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let server = shared()?;
        let name = format!("tables{}", NEXT.fetch_add(1, Ordering::Relaxed));
        server.sql("postgres", &format!("CREATE DATABASE {name}{of}"));
        Some(Self { server, name })
    }

    pub(crate) fn address(&self) -> String {
        self.server.by_socket("owner", &self.name)
    }

    pub(crate) fn server(&self) -> &'static TestServer {
        self.server
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }
}

impl Drop for Tables {
    fn drop(&mut self) {
        let gone = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        self.server.psql("postgres", &gone);
    }
}
