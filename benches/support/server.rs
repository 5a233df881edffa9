//! A PostgreSQL server of the benchmarks, in a folder of its own, with the server's usual promises about what is
//! durable.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::Res;

/// A server that runs until this is dropped.
pub struct Server {
    folder: TempDir,
    port: u16,
    keeper: Child,
}

impl Server {
    /// Starts one with an empty database.
    pub fn start() -> Res<Self> {
        let programs = programs().ok_or("PostgreSQL is not installed")?;
        let folder = tempfile::Builder::new().prefix("server-").tempdir()?;
        if let Some((user, group)) = user() {
            chown(folder.path(), Some(user), Some(group))?;
        }
        let data = folder.path().join("data");
        let made = as_user(&programs.join("initdb"))
            .args([
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C",
                "--username=owner",
                "-D",
            ])
            .arg(&data)
            .output()?;
        if !made.status.success() {
            return Err(String::from_utf8_lossy(&made.stderr).into_owned().into());
        }
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let server = Self {
            keeper: keep(&programs, folder.path(), port)?,
            folder,
            port,
        };
        let until = Instant::now() + Duration::from_secs(60);
        while !server.sql(&programs, "CREATE DATABASE breach")? {
            if Instant::now() > until {
                return Err("the server does not answer".into());
            }
            thread::sleep(Duration::from_millis(100));
        }
        Ok(server)
    }

    /// The address of the database, by the socket of this machine.
    pub fn address(&self) -> String {
        let folder = self.folder.path().display();
        format!(
            "postgresql://owner@/breach?host={folder}&port={}",
            self.port
        )
    }

    fn sql(&self, programs: &Path, sql: &str) -> Res<bool> {
        let done = Command::new(programs.join("psql"))
            .args(["-q", "-U", "owner", "-d", "postgres", "-c", sql, "-p"])
            .arg(self.port.to_string())
            .arg("-h")
            .arg(self.folder.path())
            .output()?;
        Ok(done.status.success())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

/// Where the server's own programs are.
fn programs() -> Option<PathBuf> {
    let all = fs::read_dir("/usr/lib/postgresql").ok()?;
    let all = all.flatten().map(|version| version.path().join("bin"));
    all.filter(|bin| bin.join("initdb").exists()).max()
}

/// Whom the server runs as: it refuses root.
fn user() -> Option<(u32, u32)> {
    if fs::metadata("/proc/self").ok()?.uid() != 0 {
        return None;
    }
    let users = fs::read_to_string("/etc/passwd").ok()?;
    let line = users.lines().find(|line| line.starts_with("postgres:"))?;
    let mut ids = line.split(':').skip(2).map(str::parse);
    Some((ids.next()?.ok()?, ids.next()?.ok()?))
}

fn as_user(program: &Path) -> Command {
    let mut command = Command::new(program);
    if let Some((user, group)) = user() {
        command.gid(group).uid(user);
    }
    command.current_dir("/").env("LC_ALL", "C");
    command
}

/// Runs the server until the input of this command ends, which is when the benchmark ends.
fn keep(programs: &Path, folder: &Path, port: u16) -> Res<Child> {
    let script = r#""$@" >"$0/log" 2>&1 & server=$!; read -r _; kill -INT "$server" 2>/dev/null; wait "$server""#;
    let mut command = as_user(Path::new("/bin/sh"));
    command.args(["-c", script]).arg(folder);
    command.arg(programs.join("postgres")).arg("-D");
    command.arg(folder.join("data")).arg("-k").arg(folder);
    command.args(["-p", &port.to_string()]);
    for setting in [
        "listen_addresses=",
        "shared_buffers=256MB",
        "max_wal_size=4GB",
    ] {
        command.args(["-c", setting]);
    }
    Ok(command.stdin(Stdio::piped()).spawn()?)
}
