//! A vault with one operator for each role and an open case, made through the library's public
//! door; and the same vault closed, so that tests can damage its files.

use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

use breachvault::domain::{CaseId, Format, Moment, OperatorName, Reference, Title};
use breachvault::ingest::Declared;
use breachvault::operations::case::{NameMember, OpenCase, RecogniseMember};
use breachvault::operations::exhibit::{AdmitRequest, Arriving, admit};
use breachvault::operations::operator::AddOperator;
use breachvault::operations::session::ReadSelf;
use breachvault::operations::{Ids, Request};
use breachvault::synthesis::{self, Recipe};
use breachvault::vault::clock::{Clock as _, ManualClock};
use breachvault::vault::entropy::SystemEntropy;
use breachvault::vault::identity::{EnrolmentToken, NewPassword, Password};
use breachvault::vault::keyring::{Argon2Params, LockedKeyring, NewPassphrase, Passphrase};
use breachvault::vault::{
    Body, Caller, Founded, Passkeys, Paths, Refusal, Reply, SecondFactor, Settings, SignIn,
    StartError, Vault,
};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::beside::Beside;
use crate::directory::directory;
use crate::secret_file::write_secret;
use crate::tables::Tables;

pub(crate) const PASSPHRASE: &str = "a passphrase for tests";
pub(crate) const REASON: &str = "asked for by a test";

/// An open vault.
pub(crate) struct House {
    pub(crate) vault: Vault,
    pub(crate) people: People,
    pub(crate) clock: ManualClock,
    pub(crate) directory: Room,
}

/// The operators and their case.
#[derive(Clone)]
pub(crate) struct People {
    pub(crate) case: CaseId,
    pub(crate) auditor: Caller,
    pub(crate) lead: Caller,
    pub(crate) other_lead: Caller,
    pub(crate) investigator: Caller,
    pub(crate) custodian: Caller,
}

/// The same vault, closed.
pub(crate) struct Closed {
    pub(crate) people: People,
    pub(crate) directory: Room,
}

/// The folder of a vault, and its tables where a server has them.
pub(crate) struct Room {
    tables: Option<Tables>,
    folder: TempDir,
}

impl Room {
    fn new() -> Self {
        let room = Self::with_a_file();
        let tables = Tables::wanted();
        if let Some(tables) = &tables {
            Vault::put_tables_at(&room.paths(), &tables.address(), None).unwrap();
        }
        Self { tables, ..room }
    }

    fn with_a_file() -> Self {
        Self {
            tables: None,
            folder: directory(),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    fn paths(&self) -> Paths {
        Paths::of(self.path())
    }

    /// The same files, and the same tables, which nobody may use at this moment if a server has them.
    fn copy(&self) -> Self {
        let copy = Self::with_a_file();
        copy_into(self.path(), copy.path());
        let tables = self.tables.as_ref().map(Tables::copy);
        if let Some(tables) = &tables {
            fs::remove_file(copy.paths().store()).unwrap();
            Vault::put_tables_at(&copy.paths(), &tables.address(), None).unwrap();
        }
        Self { tables, ..copy }
    }
}

impl House {
    pub(crate) fn new() -> Self {
        Self::at("2024-04-02T09:00:00Z".parse().unwrap())
    }

    /// A house whose people enter at this moment.
    pub(crate) fn at(moment: Moment) -> Self {
        Self::in_room(moment, Room::new())
    }

    /// The same, in a directory in which something is done before.
    pub(crate) fn after(moment: Moment, prepare: impl FnOnce(&Paths)) -> Self {
        let room = Room::with_a_file();
        prepare(&room.paths());
        Self::in_room(moment, room)
    }

    fn in_room(moment: Moment, directory: Room) -> Self {
        let clock = ManualClock::new(moment);
        let Founded { vault, invitation } = Vault::create(
            &directory.paths(),
            &NewPassphrase::parse(PASSPHRASE.to_owned()).ok().unwrap(),
            Argon2Params::new(8, 1, 1).unwrap(),
            OperatorName::parse("archibald").unwrap(),
            settings(),
            Arc::new(clock.clone()),
            Arc::new(SystemEntropy::new()),
        )
        .unwrap();
        let administrator = enter(&vault, "archibald", &invitation.enrolment);
        let invited = |name: &str, role: &str| {
            let answer = ask::<AddOperator>(
                &vault,
                &administrator,
                &[],
                json!({ "name": name, "role": role }),
            )
            .unwrap();
            let token = answer["enrolment"].as_str().unwrap();
            enter(&vault, name, &EnrolmentToken::parse(token).unwrap())
        };
        let auditor = invited("augustine", "auditor");
        let lead = invited("leopoldine", "lead");
        let other_lead = invited("leander", "lead");
        let investigator = invited("ingeborg", "investigator");
        let custodian = invited("cunegonde", "custodian");
        let case = open_case(&vault, &lead, "The zeppelin supplier");
        for (member, role) in [
            (&investigator, "investigator"),
            (&custodian, "custodian"),
            // From here on two leads decide who gets rights.
            (&other_lead, "lead"),
        ] {
            name_member(&vault, &lead, &case, member, json!({ "role": role })).unwrap();
            recognise(&vault, &lead, &case, member).unwrap();
        }
        let people = People {
            case,
            auditor,
            lead,
            other_lead,
            investigator,
            custodian,
        };
        Self {
            vault,
            people,
            clock,
            directory,
        }
    }

    pub(crate) fn paths(&self) -> Paths {
        self.directory.paths()
    }

    /// Somebody outside of the vault who reads its database until this is dropped.
    #[expect(
        clippy::disallowed_methods,
        reason = "a test reads the file past the vault"
    )]
    pub(crate) fn reader(&self) -> rusqlite::Connection {
        let reader = rusqlite::Connection::open(self.paths().database()).unwrap();
        let held = "BEGIN; SELECT count(*) FROM leaf";
        reader.execute_batch(held).unwrap();
        reader
    }

    pub(crate) fn admit(&self, file: Vec<u8>) -> Result<Value, Refusal> {
        admit_as(&self.vault, &self.people.custodian, &self.people.case, file)
    }

    pub(crate) fn ask<O: Request>(
        &self,
        caller: &Caller,
        ids: &[(&str, &str)],
        body: Value,
    ) -> Result<Value, Refusal> {
        ask::<O>(&self.vault, caller, ids, body)
    }

    /// The files as they are now: what a process that is killed leaves. The tables that a server has cannot be copied
    /// while they are used.
    pub(crate) fn left_by_a_kill(&self) -> Closed {
        Closed {
            people: self.people.clone(),
            directory: self.directory.copy(),
        }
    }

    pub(crate) fn close(self) -> Closed {
        self.vault.stop().unwrap();
        Closed {
            people: self.people,
            directory: self.directory,
        }
    }
}

impl Closed {
    /// A copy of the files of another directory.
    pub(crate) fn copied(people: &People, from: &Path) -> Self {
        let directory = Room::with_a_file();
        copy_into(from, directory.path());
        Self {
            people: people.clone(),
            directory,
        }
    }

    pub(crate) fn paths(&self) -> Paths {
        self.directory.paths()
    }

    /// A copy of the vault's files, to be damaged instead of the original.
    pub(crate) fn copy(&self) -> Self {
        Self {
            people: self.people.clone(),
            directory: self.directory.copy(),
        }
    }

    /// The term number behind a subject token, which only the keys tell.
    pub(crate) fn term_of(&self, token: &str) -> u32 {
        let locked = LockedKeyring::read(&self.paths().keyring()).unwrap();
        let keyring = locked.unlock(&Passphrase::new(PASSPHRASE.to_owned()));
        let case = &self.people.case;
        let found = keyring.unwrap().subject(case, &token.parse().unwrap());
        found.unwrap().unwrap()
    }

    pub(crate) fn open(&self) -> Result<Vault, StartError> {
        open(&self.paths())
    }

    /// Somebody who reads and changes its rows, past its constraints.
    pub(crate) fn beside(&self) -> Beside {
        Beside::of(&self.paths())
    }

    /// SQLite's file, for changes that go past the vault and its constraints.
    #[expect(
        clippy::disallowed_methods,
        reason = "a test changes the file past the vault"
    )]
    pub(crate) fn database(&self) -> rusqlite::Connection {
        let connection = rusqlite::Connection::open(self.paths().database()).unwrap();
        connection
            .pragma_update(None, "foreign_keys", "OFF")
            .unwrap();
        connection
    }

    /// What `doctor` says of it, which finds nothing wrong.
    pub(crate) fn doctor(&self) -> String {
        let passphrase = self.directory.path().join("passphrase");
        write_secret(&passphrase, PASSPHRASE);
        let doctor = Command::new(env!("CARGO_BIN_EXE_breachvault"))
            .args(["doctor", "--dir", self.directory.path().to_str().unwrap()])
            .arg("--passphrase-file")
            .arg(&passphrase)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert_eq!(doctor.status.code(), Some(0), "{}", said(&doctor));
        said(&doctor)
    }

    /// Runs `change` on SQLite's file.
    pub(crate) fn change(&self, change: impl FnOnce(&rusqlite::Connection)) {
        change(&self.database());
    }

    pub(crate) fn sql(&self, sql: &str) {
        let changed = self.beside().execute(sql, &[]);
        assert!(
            changed.is_some_and(|rows| rows > 0),
            "{sql} changed nothing"
        );
    }
}

pub(crate) fn settings() -> Settings {
    let mut settings = Settings {
        readers: 3,
        second_factor: SecondFactor::Offered,
        passkeys: Passkeys::Offered,
        // Hours pass in most tests, and few are about a session that rests.
        idle_s: 8 * 3600,
        reveal_s: 3600,
        destruction_delay_s: 3600,
        // Every house lets six people in, and no test guesses passwords.
        password_cost: Argon2Params::new(8, 1, 1).unwrap(),
        // Small vaults are rotated in several steps, too.
        rotation_step_bytes: 256 << 10,
        ..Settings::default()
    };
    settings.allow_lookups(1_000_000);
    settings
}

pub(crate) fn open(paths: &Paths) -> Result<Vault, StartError> {
    open_at(
        paths,
        ManualClock::new("2024-04-02T10:00:00Z".parse().unwrap()),
    )
}

pub(crate) fn open_at(paths: &Paths, clock: ManualClock) -> Result<Vault, StartError> {
    open_with(paths, clock, settings())
}

pub(crate) fn open_with(
    paths: &Paths,
    clock: ManualClock,
    settings: Settings,
) -> Result<Vault, StartError> {
    let keyring =
        LockedKeyring::read(&paths.keyring())?.unlock(&Passphrase::new(PASSPHRASE.to_owned()))?;
    let (clock, entropy) = (Arc::new(clock), Arc::new(SystemEntropy::new()));
    Vault::open(paths, keyring, settings, clock, entropy)
}

/// What an authenticator shows (RFC 6238), for a secret in base32.
pub(crate) fn code(secret: &str, clock: &ManualClock) -> String {
    let (mut bits, mut held, mut key) = (0_u64, 0, Vec::new());
    for byte in secret.bytes() {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            _ => byte - b'2' + 26,
        };
        bits = bits << 5 | u64::from(value);
        held += 5;
        if held >= 8 {
            held -= 8;
            key.push((bits >> held) as u8);
        }
    }
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &key);
    let tag = ring::hmac::sign(&key, &(clock.now().seconds() / 30).to_be_bytes());
    let tag = tag.as_ref();
    let at = usize::from(tag[19] & 15);
    let number = u32::from_be_bytes([tag[at], tag[at + 1], tag[at + 2], tag[at + 3]]) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}

/// Uses an invitation up and signs in.
pub(crate) fn enter(vault: &Vault, name: &str, enrolment: &EnrolmentToken) -> Caller {
    let password = || Password::new(format!("the long password of {name}"));
    let new = NewPassword::parse(password()).ok().unwrap();
    assert!(vault.enrol(enrolment, new, false).is_ok());
    let attempt = SignIn {
        name: OperatorName::parse(name).unwrap(),
        password: password(),
        totp: None,
        address: None,
    };
    vault.sign_in_here(attempt).unwrap().unwrap()
}

pub(crate) fn open_case(vault: &Vault, lead: &Caller, title: &str) -> CaseId {
    let body = json!({ "title": title, "reference": "INC-2024-0401", "reason": REASON });
    let answer = ask::<OpenCase>(vault, lead, &[], body).unwrap();
    answer["case"].as_str().unwrap().parse().unwrap()
}

pub(crate) fn name_member(
    vault: &Vault,
    lead: &Caller,
    case: &CaseId,
    member: &Caller,
    body: Value,
) -> Result<Value, Refusal> {
    let operator = member.operator_id().unwrap().to_string();
    let ids = [("case", case.as_str()), ("operator", operator.as_str())];
    ask::<NameMember>(vault, lead, &ids, body)
}

/// A lead types what the member reads out.
pub(crate) fn recognise(
    vault: &Vault,
    lead: &Caller,
    case: &CaseId,
    member: &Caller,
) -> Result<Value, Refusal> {
    let operator = member.operator_id().unwrap().to_string();
    let ids = [("case", case.as_str()), ("operator", operator.as_str())];
    let me = ask::<ReadSelf>(vault, member, &[], json!({}))?;
    let body = json!({ "fingerprint": me["fingerprint"], "reason": REASON });
    ask::<RecogniseMember>(vault, lead, &ids, body)
}

/// Asks as a machine would: ids, a JSON body, a JSON answer (or text).
pub(crate) fn ask<O: Request>(
    vault: &Vault,
    caller: &Caller,
    ids: &[(&str, &str)],
    body: Value,
) -> Result<Value, Refusal> {
    perform::<O>(vault, caller, ids, body).map(json_of)
}

pub(crate) fn perform<O: Request>(
    vault: &Vault,
    caller: &Caller,
    ids: &[(&str, &str)],
    body: Value,
) -> Result<Reply, Refusal> {
    let ids = ids
        .iter()
        .map(|(name, id)| ((*name).to_owned(), (*id).to_owned()));
    let input = serde_json::from_value(body).ok().unwrap();
    let operation = O::read(&Ids::new(ids.collect()), input).unwrap();
    vault.perform(caller, operation)
}

pub(crate) fn admit_as(
    vault: &Vault,
    custodian: &Caller,
    case: &CaseId,
    file: Vec<u8>,
) -> Result<Value, Refusal> {
    let request = AdmitRequest {
        case: case.clone(),
        name: Some(Title::parse("zeppelin-march.csv").unwrap()),
        source: Some(Reference::parse("zeppelin supplier").unwrap()),
        declared: Declared::default(),
        region: None,
        dry_run: false,
        preview: false,
        accept_quarantined: false,
    };
    admit(
        vault,
        custodian,
        request,
        Arriving::whole(Box::new(Cursor::new(file)), None),
        &mut |_| true,
    )
    .map(json_of)
}

/// A supplier's log of so many rows.
pub(crate) fn log(rows: u64, seed: u64) -> Vec<u8> {
    let mut file = Vec::new();
    synthesis::write(&recipe(rows, seed), &mut file, &mut |_| ()).unwrap();
    file
}

/// Numbers that occur in it.
pub(crate) fn numbers(rows: u64, seed: u64, count: usize) -> Vec<String> {
    synthesis::sample_numbers(&recipe(rows, seed), count)
}

fn recipe(rows: u64, seed: u64) -> Recipe {
    Recipe {
        rows,
        seed,
        format: Format::SupplierCsv,
        people: None,
    }
}

/// The answer's JSON, or its text as a JSON string.
pub(crate) fn json_of(reply: Reply) -> Value {
    let bytes = bytes_of(reply);
    serde_json::from_slice(&bytes)
        .unwrap_or_else(|_| Value::String(String::from_utf8(bytes).unwrap()))
}

pub(crate) fn bytes_of(reply: Reply) -> Vec<u8> {
    match reply.wire.into_body() {
        Body::Bytes(bytes) => bytes.to_vec(),
        Body::File(mut sent) => {
            let mut bytes = Vec::new();
            std::io::Read::read_to_end(&mut sent.file, &mut bytes).unwrap();
            bytes
        }
    }
}

pub(crate) fn said(output: &Output) -> String {
    let [out, err] = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes));
    format!("{out}{err}")
}

/// Every file under a directory.
pub(crate) fn files(directory: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(files(&path));
        } else {
            all.push(path);
        }
    }
    all
}

fn copy_into(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    fs::set_permissions(to, fs::metadata(from).unwrap().permissions()).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let other = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy_into(&path, &other);
        } else {
            fs::copy(&path, &other).unwrap();
        }
    }
}
