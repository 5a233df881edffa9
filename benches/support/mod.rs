//! What the benchmarks share: their arguments, a vault with a case, the other programs, tables.

use std::error::Error;
use std::fs::{self, File};
use std::io::{BufWriter, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use breachvault::domain::{
    CaseId, CaseRole, Format, HomeRole, OperatorId, OperatorName, Reference, Title,
};
use breachvault::ingest::Declared;
use breachvault::operations::case::{
    NameMember, OpenCase, OpenCaseInput, RecogniseMember, RecognitionInput,
};
use breachvault::operations::exhibit::{AdmitRequest, Arriving, admit};
use breachvault::operations::export::{DecideExport, RequestExport, take_package};
use breachvault::operations::membership::NameMemberInput;
use breachvault::operations::operator::AddOperator;
use breachvault::operations::session::ReadSelf;
use breachvault::operations::{Ids, PageInput, Request};
use breachvault::synthesis::{Recipe, write};
use breachvault::vault::clock::SystemClock;
use breachvault::vault::entropy::SystemEntropy;
use breachvault::vault::identity::{EnrolmentToken, NewPassword, Password};
use breachvault::vault::keyring::{Argon2Params, NewPassphrase};
use breachvault::vault::{
    Body, Caller, Passkeys, Paths, Reply, SecondFactor, Settings, SignIn, Vault,
};
use serde_json::{Value, json};

pub mod https;
pub mod load;
pub mod server;

pub type Res<T> = Result<T, Box<dyn Error>>;

/// The arguments after the program's name, without those that `cargo bench` adds.
pub struct Words(Vec<String>);

impl Words {
    pub fn new() -> Self {
        Self(
            std::env::args()
                .skip(1)
                .filter(|word| word != "--bench")
                .collect(),
        )
    }

    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|word| word == name)
    }

    pub fn text(&self, name: &str) -> Option<&str> {
        let at = self.0.iter().position(|word| word == name)?;
        self.0.get(at + 1).map(String::as_str)
    }

    pub fn number(&self, name: &str, usual: u64) -> Res<u64> {
        match self.text(name) {
            None => Ok(usual),
            Some(text) => Ok(text
                .replace('_', "")
                .parse()
                .map_err(|error| format!("{name} {text}: {error}"))?),
        }
    }

    pub fn numbers(&self, name: &str, usual: &str) -> Res<Vec<u64>> {
        let text = self.text(name).unwrap_or(usual);
        text.split(',')
            .map(|one| {
                let read = one.replace('_', "").parse();
                Ok(read.map_err(|error| format!("{name} {one}: {error}"))?)
            })
            .collect()
    }
}

pub fn recipe(rows: u64) -> Recipe {
    Recipe {
        rows,
        seed: 1,
        format: Format::SupplierCsv,
        people: None,
    }
}

/// The same file for all programs.
pub fn make_csv(path: &Path, rows: u64) -> Res<u64> {
    let mut out = BufWriter::with_capacity(1 << 20, File::create(path)?);
    write(&recipe(rows), &mut out, &mut |_| {})?;
    out.flush()?;
    Ok(fs::metadata(path)?.len())
}

/// A vault with a case and its members.
pub struct House {
    pub vault: Arc<Vault>,
    pub case: CaseId,
    pub custodian: Caller,
    pub investigator: Caller,
    pub auditor: Caller,
    pub lead: Caller,
    pub administrator: Caller,
    /// The investigator's session over HTTPS.
    pub token: String,
}

impl House {
    pub fn found(directory: &Path) -> Res<Self> {
        Self::found_at(directory, None)
    }

    /// With its tables at the server of this address, or in a file.
    pub fn found_at(directory: &Path, server: Option<&str>) -> Res<Self> {
        fs::create_dir_all(directory)?;
        if let Some(address) = server {
            Vault::put_tables_at(&Paths::of(directory), address, None)?;
        }
        let mut settings = Settings {
            second_factor: SecondFactor::Offered,
            passkeys: Passkeys::Offered,
            idle_s: 8 * 3600,
            cases_per_day: usize::MAX,
            ..Settings::default()
        };
        settings.allow_lookups(u32::MAX);
        let founded = Vault::create(
            &Paths::of(directory),
            &NewPassphrase::parse("a passphrase of the benchmarks".to_owned())?,
            Argon2Params::KEYRING,
            OperatorName::parse("administrator")?,
            settings,
            Arc::new(SystemClock),
            Arc::new(SystemEntropy::new()),
        )?;
        let vault = founded.vault;
        enrol(&vault, &founded.invitation.enrolment)?;
        let administrator = sign_in(&vault, "administrator")?;
        let invite = |name: &str, role| -> Res<OperatorId> {
            let name = OperatorName::parse(name)?;
            let added = vault.perform(&administrator, AddOperator { name, role });
            let added = read(added.map_err(refused)?)?;
            let token = EnrolmentToken::parse(member(&added, "enrolment")?);
            enrol(&vault, &token.map_err(|_| "no enrolment token")?)?;
            Ok(member(&added, "operator")?.parse()?)
        };
        invite("lead", HomeRole::Lead)?;
        invite("auditor", HomeRole::Auditor)?;
        let investigator = invite("investigator", HomeRole::Investigator)?;
        let custodian = invite("custodian", HomeRole::Custodian)?;
        let lead = sign_in(&vault, "lead")?;
        let input = OpenCaseInput {
            title: "The log of the benchmarks".to_owned(),
            reference: "BENCH-1".to_owned(),
            keep_until: None,
            reason: "to be measured".to_owned(),
        };
        let opened = ask::<OpenCase>(&vault, &lead, &Ids::default(), input)?;
        let case: CaseId = member(&opened, "case")?.parse()?;
        for (name, operator, role) in [
            ("investigator", &investigator, CaseRole::Investigator),
            ("custodian", &custodian, CaseRole::Custodian),
        ] {
            let ids = ids(&[("case", case.as_str()), ("operator", operator.as_str())]);
            let input = NameMemberInput {
                role: role.as_str().to_owned(),
                account: None,
                account_not_in_log: false,
                reason: None,
            };
            ask::<NameMember>(&vault, &lead, &ids, input)?;
            let person = sign_in(&vault, name)?;
            let me = ask::<ReadSelf>(&vault, &person, &Ids::default(), PageInput::default())?;
            let input = RecognitionInput {
                fingerprint: member(&me, "fingerprint")?.to_owned(),
                reason: "to be measured".to_owned(),
            };
            ask::<RecogniseMember>(&vault, &lead, &ids, input)?;
        }
        let session = vault
            .sign_in(attempt("investigator")?)
            .map_err(|_| "nobody can sign in")?
            .map_err(refused)?;
        Ok(Self {
            case,
            custodian: sign_in(&vault, "custodian")?,
            investigator: sign_in(&vault, "investigator")?,
            auditor: sign_in(&vault, "auditor")?,
            lead,
            administrator,
            token: member(&read(session)?, "token")?.to_owned(),
            vault: Arc::new(vault),
        })
    }

    /// Opens cases of the lead alone, beside the one of the benchmarks.
    pub fn open_cases(&self, cases: u64) -> Res<()> {
        for no in 0..cases {
            let input = OpenCaseInput {
                title: format!("Another log, {no}"),
                reference: "BENCH-2".to_owned(),
                keep_until: None,
                reason: "to be measured".to_owned(),
            };
            ask::<OpenCase>(&self.vault, &self.lead, &Ids::default(), input)?;
        }
        Ok(())
    }

    /// Seconds from the beginning of the admission to its report.
    pub fn admit(&self, csv: &Path) -> Res<Value> {
        let file = File::open(csv)?;
        let bytes = Some(file.metadata()?.len());
        let request = AdmitRequest {
            case: self.case.clone(),
            declared: Declared::default(),
            name: Title::parse("log.csv").ok(),
            source: Reference::parse("exhibit synthesise").ok(),
            region: None,
            dry_run: false,
            preview: false,
            accept_quarantined: false,
        };
        let arriving = Arriving::whole(Box::new(file), bytes);
        let reply = admit(&self.vault, &self.custodian, request, arriving, &mut |_| {
            true
        });
        read(reply.map_err(refused)?)
    }

    /// An export asked for by the investigator and approved by the custodian, who then takes the
    /// package. Returns the tar, and the seconds of the last step, which builds it.
    pub fn export(&self, input: Value) -> Res<(Vec<u8>, f64)> {
        let asked = self.ask::<RequestExport>(input)?;
        let export = member(&asked, "export")?;
        let yes = json!({"decision": "approve", "reason": "to be measured"});
        let ids = ids(&[("export", export)]);
        let yes = serde_json::from_value(yes)?;
        ask::<DecideExport>(&self.vault, &self.custodian, &ids, yes)?;
        let begun = Instant::now();
        let reply = take_package(&self.vault, &self.custodian, &export.parse()?, None);
        let seconds = begun.elapsed().as_secs_f64();
        let mut tar = Vec::new();
        if let Body::File(mut sent) = reply.map_err(refused)?.wire.into_body() {
            sent.file.read_to_end(&mut tar)?;
        }
        Ok((tar, seconds))
    }

    /// Asks as the auditor.
    pub fn ask_as_auditor<O: Request>(&self, input: Value) -> Res<Value>
    where
        O::Input: serde::de::DeserializeOwned,
    {
        let input = serde_json::from_value(input)?;
        ask::<O>(&self.vault, &self.auditor, &Ids::default(), input)
    }

    /// Asks as the investigator, as a request over HTTPS would.
    pub fn ask<O: Request>(&self, input: Value) -> Res<Value>
    where
        O::Input: serde::de::DeserializeOwned,
    {
        let input = serde_json::from_value(input)?;
        let ids = ids(&[("case", self.case.as_str())]);
        ask::<O>(&self.vault, &self.investigator, &ids, input)
    }
}

fn ask<O: Request>(vault: &Vault, caller: &Caller, ids: &Ids, input: O::Input) -> Res<Value> {
    let operation = O::read(ids, input).map_err(|error| error.name())?;
    read(vault.perform(caller, operation).map_err(refused)?)
}

fn enrol(vault: &Vault, token: &EnrolmentToken) -> Res<()> {
    let password = NewPassword::parse(Password::new(PASSWORD.to_owned()))?;
    vault.enrol(token, password, false).map_err(refused)?;
    Ok(())
}

fn attempt(name: &str) -> Res<SignIn> {
    Ok(SignIn {
        name: OperatorName::parse(name)?,
        password: Password::new(PASSWORD.to_owned()),
        totp: None,
        address: None,
    })
}

fn sign_in(vault: &Vault, name: &str) -> Res<Caller> {
    let signed_in = vault.sign_in_here(attempt(name)?).map_err(refused)?;
    Ok(signed_in.map_err(|_| "not let in")?)
}

fn ids(named: &[(&str, &str)]) -> Ids {
    Ids::new(
        named
            .iter()
            .map(|(name, id)| ((*name).to_owned(), (*id).to_owned()))
            .collect(),
    )
}

pub fn refused(refusal: breachvault::vault::Refusal) -> Box<dyn Error> {
    format!("the vault refused: {refusal:?}").into()
}

fn read(reply: Reply) -> Res<Value> {
    match reply.wire.into_body() {
        Body::Bytes(bytes) => Ok(serde_json::from_slice(&bytes)?),
        Body::File(_) => Err("the answer is a file".into()),
    }
}

pub fn member<'v>(value: &'v Value, name: &str) -> Res<&'v str> {
    Ok(value[name]
        .as_str()
        .ok_or_else(|| format!("no text `{name}` in the answer"))?)
}

/// A program to compare with, run as a process of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Peer {
    Breachvault,
    DuckDb,
    Sqlite,
    SqlCipher,
}

impl Peer {
    pub const ALL: [Self; 4] = [
        Self::Breachvault,
        Self::DuckDb,
        Self::Sqlite,
        Self::SqlCipher,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Breachvault => "breachvault",
            Self::DuckDb => "DuckDB (plaintext)",
            Self::Sqlite => "SQLite (plaintext)",
            Self::SqlCipher => "SQLCipher",
        }
    }

    /// The version; `None` if the tool is not installed.
    pub fn version(self) -> Option<String> {
        let mut command = match self {
            Self::Breachvault => return Some(env!("CARGO_PKG_VERSION").to_owned()),
            Self::DuckDb => {
                let mut command = Command::new("python3");
                command.args(["-c", "import duckdb; print(duckdb.__version__)"]);
                command
            }
            Self::Sqlite | Self::SqlCipher => {
                let mut command = Command::new(self.command());
                command.arg("--version");
                command
            }
        };
        let told = command.stdin(Stdio::null()).output().ok()?;
        let text = String::from_utf8(told.stdout).ok()?;
        let version = text.split_whitespace().next()?.to_owned();
        told.status.success().then_some(version)
    }

    pub fn command(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite3",
            Self::SqlCipher => "sqlcipher",
            Self::Breachvault | Self::DuckDb => "python3",
        }
    }
}

/// The programs that are installed; prints a note about the others.
pub fn present() -> Vec<Peer> {
    let mut found = Vec::new();
    for peer in Peer::ALL {
        match peer.version() {
            Some(version) => {
                println!("{} {version}", peer.name());
                found.push(peer);
            }
            None => println!(
                "{}: skipped, because its tool is not installed",
                peer.name()
            ),
        }
    }
    found
}

/// The output of a process, and the most memory it ever held, in KiB.
pub struct Ran {
    pub output: String,
    pub peak_kib: u64,
}

impl Ran {
    /// The last line of the output, as seconds; a tool may print other things before it.
    pub fn seconds(&self) -> Res<f64> {
        let line = self.output.lines().last().unwrap_or_default();
        let read = line.trim().parse();
        Ok(read.map_err(|_| format!("no seconds in {:?}", self.output))?)
    }
}

/// Runs the command to its end and meanwhile reads `VmHWM`, which only grows.
pub fn run(mut command: Command, input: &str) -> Res<Ran> {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let status = PathBuf::from(format!("/proc/{}/status", child.id()));
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(input.as_bytes())?;
    }
    let watching = thread::spawn(move || {
        let mut peak = 0;
        while let Some(now) = peak_of(&status) {
            peak = now.max(peak);
            thread::sleep(Duration::from_millis(5));
        }
        peak
    });
    let told = child.wait_with_output()?;
    let peak_kib = watching.join().unwrap_or(0);
    if !told.status.success() {
        let words = String::from_utf8_lossy(&told.stderr);
        return Err(format!("{command:?} failed: {words}").into());
    }
    Ok(Ran {
        output: String::from_utf8(told.stdout)?,
        peak_kib,
    })
}

/// `None` when the process has ended.
fn peak_of(status: &Path) -> Option<u64> {
    let text = fs::read_to_string(status).ok()?;
    let line = text.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// Bytes of a file, or of all files under a directory.
pub fn size_of(path: &Path) -> Res<u64> {
    let about = fs::metadata(path)?;
    if !about.is_dir() {
        return Ok(about.len());
    }
    let mut sum = 0;
    for entry in fs::read_dir(path)? {
        sum += size_of(&entry?.path())?;
    }
    Ok(sum)
}

pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    match sorted.len() {
        0 => f64::NAN,
        n if n % 2 == 1 => sorted[n / 2],
        n => f64::midpoint(sorted[n / 2 - 1], sorted[n / 2]),
    }
}

/// Prints columns of text, the first aligned to the left.
pub fn table(head: &[&str], rows: &[Vec<String>]) {
    let line = |cells: Vec<&str>| println!("| {} |", cells.join(" | "));
    line(head.to_vec());
    let rule = head.iter().enumerate();
    line(
        rule.map(|(at, _)| if at == 0 { "---" } else { "---:" })
            .collect(),
    );
    for row in rows {
        line(row.iter().map(String::as_str).collect());
    }
    println!();
}

/// 5000000 as 5,000,000.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Everybody's.
pub const PASSWORD: &str = "a password of the benchmarks";
