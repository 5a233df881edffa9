//! A real server for tests, in a folder of its own. It ends with the process that started it, however that ends, and
//! takes its folder along.

use std::fs::{self, Permissions};
use std::io::Write as _;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use tempfile::TempDir;

/// Where Linux keeps files in memory.
const MEMORY: &str = "/dev/shm";
/// How many bytes must be free there.
const ROOM: u64 = 2 << 30;
/// Tells a server's keeper that its folder is used again.
const AGAIN: &str = "again\n";
/// Where a server keeps what has little room, if it is asked for.
const LITTLE: &str = "little";

/// A server that was started.
pub(crate) struct TestServer {
    folder: TempDir,
    programs: PathBuf,
    port: u16,
    settings: Vec<String>,
    keeper: Child,
    /// How many bytes the folder has room for that is soon full.
    little: Option<u64>,
}

/// Where the server's own programs are; nothing where it is not installed.
fn programs() -> Option<PathBuf> {
    let all = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let mut found: Vec<PathBuf> = all
        .flatten()
        .map(|version| version.path().join("bin"))
        .filter(|bin| bin.join("initdb").exists())
        .collect();
    found.sort();
    found.pop()
}

/// Whom the server runs as: it refuses root.
fn user() -> Option<(u32, u32)> {
    if fs::metadata("/proc/self").unwrap().uid() != 0 {
        return None;
    }
    let users = fs::read_to_string("/etc/passwd").unwrap();
    let of = |name: &str| {
        let line = users
            .lines()
            .find(|line| line.split(':').next() == Some(name))?;
        let mut parts = line.split(':').skip(2).map(|part| part.parse().unwrap());
        Some((parts.next()?, parts.next()?))
    };
    of("postgres").or_else(|| of("nobody"))
}

/// A new database of databases.
fn initialise(programs: &Path, folder: &Path) {
    let data = folder.join("data");
    let made = as_user(&programs.join("initdb"))
        .args([
            "--auth=trust",
            "--no-sync",
            "--encoding=UTF8",
            "--locale=C",
            "--username=owner",
            "-D",
        ])
        .arg(&data)
        .output()
        .unwrap();
    succeeded(&made);
    fs::write(data.join("pg_hba.conf"), who_comes_in("scram-sha-256")).unwrap();
    certify(&folder.join("ca.pem"), &data);
    // Not an argument of the server, so that a test can turn it off while it runs.
    let settings = data.join("postgresql.conf");
    let text = fs::read_to_string(&settings).unwrap();
    fs::write(&settings, text + "\nssl = on\n").unwrap();
}

fn succeeded(done: &Output) {
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{said}");
}

/// What runs a shell in which this folder is a file system with little room, which nobody else sees and which goes with
/// it.
fn with_little_room(folder: &Path, bytes: u64) -> Command {
    let script = r#"
        mount -t tmpfs -o "size=$1,mode=0700,uid=$2,gid=$3" tmpfs "$0" || exit 1
        user=$2 group=$3; shift 3
        exec setpriv --reuid "$user" --regid "$group" --clear-groups /bin/sh "$@"
    "#;
    let (user, group) = user().unwrap();
    let mut command = Command::new("unshare");
    command.args(["-m", "/bin/sh", "-c", script]).arg(folder);
    command.args([bytes.to_string(), user.to_string(), group.to_string()]);
    command.current_dir("/").env("LC_ALL", "C");
    command
}

/// The processes that a process started, and which run.
fn children(parent: u32) -> Vec<u32> {
    let all = fs::read_dir("/proc").unwrap().flatten();
    let ids = all.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    ids.filter(|id| state(*id).is_some_and(|(_, of)| of == parent))
        .collect()
}

/// Whether a process has not ended. One that ended is there until somebody asks how.
fn runs(process: u32) -> bool {
    state(process).is_some_and(|(state, _)| state != "Z")
}

/// The state of a process, and whose it is.
fn state(process: u32) -> Option<(String, u32)> {
    let text = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let (_, rest) = text.rsplit_once(')')?;
    let mut parts = rest.split_whitespace();
    Some((parts.next()?.to_owned(), parts.next()?.parse().ok()?))
}

/// Some may have ended already.
fn send(signal: &str, processes: &[u32]) {
    let ids = processes.iter().map(ToString::to_string);
    let _ = Command::new("kill")
        .arg(signal)
        .args(ids)
        .stderr(Stdio::null())
        .status()
        .unwrap();
}

fn as_user(program: &Path) -> Command {
    let mut command = Command::new(program);
    if let Some((user, group)) = user() {
        command.gid(group).uid(user);
    }
    command.current_dir("/").env("LC_ALL", "C");
    command
}

impl TestServer {
    /// Starts one with these settings beside its own. None, with a note, where it is not installed; `CI` demands it.
    pub(crate) fn start(settings: &[&str]) -> Option<Self> {
        let server = Self::prepared(settings)?;
        initialise(&server.programs, server.folder.path());
        Some(server.begun())
    }

    /// The same, with a tablespace `little` that has room for so many bytes. Only root can make one; None for others,
    /// and where the system does not let root.
    pub(crate) fn start_with_little_room(bytes: u64) -> Option<Self> {
        let (owner, _) = user()?;
        let mounts = ["-m", "mount", "-t", "tmpfs", "tmpfs", "/mnt"];
        let may = Command::new("unshare").args(mounts).output();
        if !may.is_ok_and(|done| done.status.success()) {
            return None;
        }
        let mut server = Self::prepared(&[])?;
        let place = server.folder.path().join(LITTLE);
        fs::create_dir(&place).unwrap();
        chown(&place, Some(owner), None).unwrap();
        server.little = Some(bytes);
        initialise(&server.programs, server.folder.path());
        let server = server.begun();
        let space = format!("CREATE TABLESPACE {LITTLE} LOCATION '{}'", place.display());
        server.sql("postgres", &space);
        Some(server)
    }

    /// A copy that follows this server until it is promoted.
    pub(crate) fn replica(&self) -> Self {
        let replica = Self::prepared(&[]).expect("PostgreSQL is not installed");
        let made = as_user(&self.programs.join("pg_basebackup"))
            .args([
                "--no-sync",
                "-c",
                "fast",
                "-X",
                "stream",
                "-R",
                "-U",
                "owner",
            ])
            .arg("-h")
            .arg(self.folder.path())
            .args(["-p", &self.port.to_string(), "-D"])
            .arg(replica.folder.path().join("data"))
            .output()
            .unwrap();
        succeeded(&made);
        fs::copy(self.authorities(), replica.authorities()).unwrap();
        replica.begun()
    }

    /// A folder, and nothing in it.
    fn prepared(settings: &[&str]) -> Option<Self> {
        let Some(programs) = programs() else {
            assert!(
                std::env::var_os("CI").is_none(),
                "PostgreSQL is not installed"
            );
            eprintln!("skipped: PostgreSQL is not installed");
            return None;
        };
        let folder = folder();
        if let Some((user, group)) = user() {
            chown(folder.path(), Some(user), Some(group)).unwrap();
        }
        Some(Self {
            // Nothing yet.
            keeper: Command::new("true").spawn().unwrap(),
            folder,
            programs,
            port: free_port(),
            settings: settings.iter().map(ToString::to_string).collect(),
            little: None,
        })
    }

    fn begun(mut self) -> Self {
        self.begin();
        self
    }

    /// Starts it, where it ended before.
    pub(crate) fn begin(&mut self) {
        let _ = self.keeper.wait();
        self.keeper = self.keep();
        self.wait_until_it_answers();
    }

    fn wait_until_it_answers(&mut self) {
        let until = Instant::now() + Duration::from_secs(60);
        while !self.psql("postgres", "SELECT 1").status.success() {
            let ended = self.keeper.try_wait().unwrap();
            if ended.is_some() || Instant::now() > until {
                let log = fs::read_to_string(self.folder.path().join("log"));
                panic!("it did not start: {log:?}");
            }
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// The address of a database, by the socket of this machine.
    pub(crate) fn by_socket(&self, user: &str, database: &str) -> String {
        let folder = self.folder.path().display();
        format!(
            "postgresql://{user}@/{database}?host={folder}&port={}",
            self.port
        )
    }

    /// The socket itself.
    pub(crate) fn socket(&self) -> PathBuf {
        self.folder.path().join(format!(".s.PGSQL.{}", self.port))
    }

    /// The address of a database, by the sockets of this machine, of this server and of another one.
    pub(crate) fn by_sockets(&self, other: &Self, user: &str, database: &str) -> String {
        let [own, others] = [self, other].map(|server| server.folder.path().display());
        format!(
            "postgresql://{user}@/{database}?host={own},{others}&port={},{}",
            self.port, other.port
        )
    }

    /// The same over the network, which is encrypted.
    pub(crate) fn by_network(&self, user: &str, database: &str) -> String {
        let port = self.port;
        let ca = self.authorities();
        format!(
            "postgresql://{user}@localhost:{port}/{database}?hostaddr=127.0.0.1&sslrootcert={}",
            ca.display()
        )
    }

    pub(crate) fn authorities(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// Ends the server at once, as a crash does, and starts it again.
    pub(crate) fn crash(&mut self) {
        send("-QUIT", &[self.postmaster()]);
        self.note_end();
        self.begin();
    }

    /// Kills all of its processes at once.
    pub(crate) fn kill(&mut self) {
        let server = self.postmaster();
        // It is stopped first, so that it starts no other ones meanwhile.
        send("-STOP", &[server]);
        let mut all = children(server);
        all.push(server);
        send("-KILL", &all);
        self.note_end();
        let until = Instant::now() + Duration::from_secs(60);
        while all.iter().any(|process| runs(*process)) {
            assert!(Instant::now() < until, "they do not end");
            thread::sleep(Duration::from_millis(2));
        }
        // Another process may have got its number.
        fs::remove_file(self.folder.path().join("data/postmaster.pid")).unwrap();
    }

    /// Kills one of its processes, which is chosen by this number. The server then ends all others, and goes on with
    /// new ones.
    pub(crate) fn kill_one(&mut self, which: usize) {
        let all = children(self.postmaster());
        if !all.is_empty() {
            send("-KILL", &[all[which % all.len()]]);
        }
    }

    fn postmaster(&self) -> u32 {
        let note = fs::read_to_string(self.folder.path().join("data/postmaster.pid")).unwrap();
        note.lines().next().unwrap().trim().parse().unwrap()
    }

    /// It has ended, and its folder is used again.
    fn note_end(&mut self) {
        let stdin = self.keeper.stdin.as_mut().unwrap();
        stdin.write_all(AGAIN.as_bytes()).unwrap();
        self.end();
    }

    fn end(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }

    /// Runs the server until the input of this command ends, which is when whoever started it ends. Without a last
    /// word its folder goes too: nobody else is left to remove that of a server which all tests of a process share.
    fn keep(&self) -> Child {
        let script = r#"
            "$@" >>"$0/log" 2>&1 & server=$!
            read -r word
            kill -INT "$server" 2>/dev/null; wait "$server" 2>/dev/null
            [ "$word" = again ] || rm -rf "$0" 2>/dev/null
        "#;
        let folder = self.folder.path();
        let mut command = match self.little {
            None => as_user(Path::new("/bin/sh")),
            Some(bytes) => with_little_room(&folder.join(LITTLE), bytes),
        };
        command.arg("-c").arg(script).arg(folder);
        command
            .arg(self.programs.join("postgres"))
            .arg("-D")
            .arg(folder.join("data"));
        command
            .arg("-k")
            .arg(folder)
            .args(["-p", &self.port.to_string()]);
        let own = [
            "listen_addresses=127.0.0.1",
            "shared_buffers=32MB",
            // A vault of a test has ten.
            "max_connections=400",
            "max_wal_size=128MB",
        ];
        let settings = self.settings.iter().map(String::as_str);
        for setting in own.into_iter().chain(settings) {
            command.args(["-c", setting]);
        }
        command.stdin(Stdio::piped()).spawn().unwrap()
    }

    /// Soon it asks over the network for a password in this way.
    pub(crate) fn ask_for_passwords_by(&self, method: &str) {
        let path = self.folder.path().join("data/pg_hba.conf");
        fs::write(path, who_comes_in(method)).unwrap();
        self.sql("postgres", "SELECT pg_reload_conf()");
    }

    /// Runs statements as the owner of everything; answers what they print.
    pub(crate) fn sql(&self, database: &str, sql: &str) -> String {
        let done = self.psql(database, sql);
        succeeded(&done);
        String::from_utf8(done.stdout).unwrap().trim().to_owned()
    }

    /// The same for whoever does not mind that it fails.
    pub(crate) fn psql(&self, database: &str, sql: &str) -> Output {
        self.terminal(database).args(["-c", sql]).output().unwrap()
    }

    /// The server's own program for statements, which stops at the first one that fails.
    pub(crate) fn terminal(&self, database: &str) -> Command {
        let mut command = Command::new(self.programs.join("psql"));
        command
            .args([
                "-X",
                "-A",
                "-t",
                "-v",
                "ON_ERROR_STOP=1",
                "-U",
                "owner",
                "-d",
                database,
            ])
            .arg("-h")
            .arg(self.folder.path())
            .args(["-p", &self.port.to_string()]);
        command
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        self.end();
    }
}

/// In memory if there is room, so that a commit does not wait for a disk: no test is about what a disk loses.
fn folder() -> TempDir {
    let found = rustix::fs::statvfs(MEMORY);
    let has_room = found.is_ok_and(|found| found.f_bavail.saturating_mul(found.f_frsize) >= ROOM);
    let in_memory = has_room.then(|| tempfile::tempdir_in(MEMORY));
    in_memory.unwrap_or_else(tempfile::tempdir).unwrap()
}

/// Whoever is on this machine, and over the network whoever gives a password.
fn who_comes_in(method: &str) -> String {
    format!("local all,replication all trust\nhostssl all all 127.0.0.1/32 {method}\n")
}

/// One that nobody uses at this moment.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// A certificate for `localhost`, and the authority that made it.
fn certify(authority: &Path, data: &Path) {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let own = params.self_signed(&key).unwrap();
    fs::write(authority, own.pem()).unwrap();
    let issuer = Issuer::new(params, key);
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let server = params.signed_by(&key, &issuer).unwrap();
    for (name, text) in [
        ("server.crt", server.pem()),
        ("server.key", key.serialize_pem()),
    ] {
        let path = data.join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
        if let Some((user, group)) = user() {
            chown(&path, Some(user), Some(group)).unwrap();
        }
    }
}
