//! Loads the file into the programs that breachvault is compared with.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use super::{Peer, Ran, Res, run};

/// Where a program keeps what it loaded.
pub fn store(peer: Peer, directory: &Path) -> PathBuf {
    directory.join(match peer {
        Peer::Breachvault => "vault",
        Peer::DuckDb => "log.duckdb",
        Peer::Sqlite => "log.sqlite",
        Peer::SqlCipher => "log.sqlcipher",
    })
}

/// Loads into a new store; returns the seconds.
pub fn load(peer: Peer, csv: &Path, directory: &Path) -> Res<(f64, Ran)> {
    let store = store(peer, directory);
    if peer == Peer::DuckDb {
        let mut command = Command::new("python3");
        command.args(["-c", DUCKDB]).arg(&store).arg(csv);
        let ran = run(command, "")?;
        return Ok((ran.seconds()?, ran));
    }
    let mut command = Command::new(peer.command());
    command.arg("-bail").arg(&store);
    let script = format!(
        "{}.mode csv\n.import {} m\ncreate index m_number on m(number);\n",
        key(peer),
        csv.display()
    );
    let begun = Instant::now();
    let ran = run(command, &script)?;
    Ok((begun.elapsed().as_secs_f64(), ran))
}

/// The statement that opens the store with its key.
pub fn key(peer: Peer) -> &'static str {
    match peer {
        Peer::SqlCipher => "pragma key = 'a passphrase of the benchmarks';\n",
        Peer::Breachvault | Peer::DuckDb | Peer::Sqlite => "",
    }
}

const DUCKDB: &str = r#"
import sys, time, duckdb
store, csv = sys.argv[1:]
connection = duckdb.connect(store, config={"threads": 2})
begun = time.perf_counter()
connection.execute("set enable_progress_bar = false")
connection.execute("create table m as select * from read_csv(?)", [csv])
connection.execute("checkpoint")
taken = time.perf_counter() - begun
print(f"\n{taken}")
connection.close()
"#;
