//! For tests: a vault with a case, its members, and exhibits written straight into the store. Parts and terms are
//! sealed by the vault's own sealer, `exhibits/exhibit_parts.rs`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::marker::PhantomData;
use std::path::Path;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use serde_json::Value;
use tempfile::TempDir;

use crate::domain::{
    AccountName, CaseId, CaseRole, ExhibitId, Field, HomeRole, Moment, NodeId, OperatorId,
    OperatorName, SessionId,
};
use crate::policy::{Action, CaseState};
use crate::vault::budget::price::Price;
use crate::vault::call::target::Why;
use crate::vault::clock::ManualClock;
use crate::vault::columns::{
    BLOCK_ROWS, BlockStatistics, CodeBlock, Dictionary, Messages, SubjectBlock,
    SubjectIndexBuilder, TextBlock, TimeBlock, UserBlock,
};
use crate::vault::core::Core;
use crate::vault::entropy::SystemEntropy;
use crate::vault::exhibits::description::ExhibitDescription;
use crate::vault::exhibits::exhibit_parts::{ExhibitParts, Part};
use crate::vault::exhibits::file_accounts::FileAccounts;
use crate::vault::exhibits::index_ranges::IndexRanges;
use crate::vault::exhibits::tag_runs;
use crate::vault::keyring::{
    Argon2Params, CaseKeys, Keyring, LockedKeyring, NewPassphrase, Passphrase,
};
use crate::vault::plaintext::{Phone, RawText};
use crate::vault::private_files::make_folder;
use crate::vault::scope::Scope;
use crate::vault::scope::seal_account;
use crate::vault::store::exhibit_rows::ExhibitNumber;
use crate::vault::store::node_rows::{self, NodeRow, Seen};
use crate::vault::store::operator_rows::NewOperator;
use crate::vault::store::session_rows::{NewSession, SessionMeans};
use crate::vault::store::term_rows::Terms;
use crate::vault::store::{
    Database, StoreError, Tables, Transaction, Writer, block_rows, case_rows, dictionary_rows,
    exhibit_rows, leaf_rows, membership_rows, operator_rows, session_rows, statistics_rows,
    stored_parts, subject_index_rows,
};
use crate::vault::this_node::ThisNode;
use crate::vault::{
    Answer, Body, Caller, Operation, OperationError, Passkeys, Paths, Receipt, Refusal,
    SecondFactor, Settings, Target, Vault,
};

const PASSPHRASE: &str = "correct horse battery staple lamp";

pub(in crate::vault) const MARCH: i64 = 1_709_251_200;

/// A record as a test writes it.
#[derive(Clone)]
pub(in crate::vault) struct Sent {
    pub(in crate::vault) number: String,
    pub(in crate::vault) account: &'static str,
    pub(in crate::vault) country: &'static str,
    pub(in crate::vault) state: &'static str,
    pub(in crate::vault) carrier: &'static str,
    pub(in crate::vault) kind: &'static str,
    /// Seconds since 1 March 2024.
    pub(in crate::vault) at: i64,
}

/// To a number in +44 7700 900xxx.
pub(in crate::vault) fn sent(number: u32, account: &'static str, at: i64) -> Sent {
    Sent {
        number: format!("+447700900{number:03}"),
        account,
        country: "GB",
        state: "",
        carrier: "Example Mobile",
        kind: "sms-passcode",
        at,
    }
}

pub(in crate::vault) struct Fixture {
    pub(in crate::vault) vault: Vault,
    pub(in crate::vault) case: CaseId,
    pub(in crate::vault) lead: Caller,
    /// Bound to the account `acme`.
    pub(in crate::vault) liaison: Caller,
    pub(in crate::vault) writer: Writer,
    pub(in crate::vault) clock: ManualClock,
    dictionaries: BTreeMap<u8, Dictionary>,
    numbers: BTreeMap<String, u32>,
    exhibits: u8,
    tables: Option<Tables>,
    _directory: TempDir,
}

/// Nobody needs more than a password, and sessions rest as long as they last.
fn without_factors(settings: Settings) -> Settings {
    Settings {
        second_factor: SecondFactor::Offered,
        passkeys: Passkeys::Offered,
        idle_s: settings.session_s,
        ..settings
    }
}

impl Fixture {
    pub(in crate::vault) fn new() -> Self {
        Self::with(Settings::default())
    }

    /// With a server where the environment says so; a test that looks into the file is for SQLite alone.
    pub(in crate::vault) fn with(settings: Settings) -> Self {
        let tables = Tables::wanted();
        let server = tables.as_ref().map(Tables::address);
        Self {
            tables,
            ..Self::at(settings, server)
        }
    }

    /// With the server of this address, or a file.
    pub(in crate::vault) fn at(settings: Settings, server: Option<String>) -> Self {
        let directory = crate::vault::plaintext::tests::directory::directory();
        let paths = Paths::of(directory.path());
        if let Some(address) = server {
            Vault::put_tables_at(&paths, &address, None).unwrap();
        }
        let clock = ManualClock::new(Moment::from_seconds(MARCH + 40 * 86_400));
        let vault = Vault::create(
            &paths,
            &NewPassphrase::parse(PASSPHRASE.to_owned()).unwrap(),
            Argon2Params::new(8, 1, 1).unwrap(),
            OperatorName::parse("admin").unwrap(),
            without_factors(settings),
            Arc::new(clock.clone()),
            Arc::new(SystemEntropy::new()),
        )
        .unwrap()
        .vault;
        let database = Database::of(paths.database(), &paths.store()).unwrap();
        let writer = Writer::open(database).unwrap();
        let case = CaseId::from_random([7; 13]);
        vault
            .core
            .keyring
            .write()
            .unwrap()
            .add_case(&case, &*vault.core.entropy)
            .unwrap();
        case_rows::insert(writer.each_alone(), &case, b"", Moment::from_seconds(MARCH)).unwrap();
        let mut fixture = Self {
            lead: Caller::system(),
            liaison: Caller::system(),
            vault,
            case,
            writer,
            clock,
            dictionaries: BTreeMap::new(),
            numbers: BTreeMap::new(),
            exhibits: 0,
            tables: None,
            _directory: directory,
        };
        fixture.lead = fixture.member(1, HomeRole::Lead, CaseRole::Lead, None);
        fixture.liaison = fixture.member(2, HomeRole::Liaison, CaseRole::Liaison, Some("acme"));
        fixture
    }

    /// Ends the process, as it were, and opens the vault again.
    pub(in crate::vault) fn opened_again(self) -> Self {
        let Self {
            vault,
            writer,
            tables,
            _directory: directory,
            ..
        } = self;
        let _ = vault.stop();
        drop((vault, writer));
        let paths = Paths::of(directory.path());
        let locked = LockedKeyring::read(&paths.keyring()).unwrap();
        let keyring = locked.unlock(&Passphrase::new(PASSPHRASE.to_owned()));
        let database = Database::of(paths.database(), &paths.store()).unwrap();
        let vault = Vault::open(
            &paths,
            keyring.unwrap(),
            without_factors(Settings::default()),
            Arc::new(self.clock.clone()),
            Arc::new(SystemEntropy::new()),
        );
        Self {
            vault: vault.unwrap(),
            writer: Writer::open(database).unwrap(),
            case: self.case,
            lead: self.lead,
            liaison: self.liaison,
            clock: self.clock,
            dictionaries: self.dictionaries,
            numbers: self.numbers,
            exhibits: self.exhibits,
            tables,
            _directory: directory,
        }
    }

    /// The keyring of this file, as another process opens it.
    pub(in crate::vault) fn keyring_at(&self, path: &Path) -> Keyring {
        let locked = LockedKeyring::read(path).unwrap();
        let keyring = locked.unlock(&Passphrase::new(PASSPHRASE.to_owned()));
        keyring.unwrap()
    }

    /// Another node of a vault whose tables a server has, as it says now that it runs. It is in no row yet.
    pub(in crate::vault) fn another_node(&self, no: u8) -> NodeRow {
        let now = self.vault.core.clock.in_seconds(0);
        NodeRow {
            id: NodeId::from_random([no; 13]),
            name: format!("node {no}"),
            run: vec![7; 16],
            since: now,
            seen_at: now,
            generation: 1,
            key: Vec::new(),
            address: String::new(),
            struck: None,
        }
    }

    /// Another node that works, in a directory of its own.
    pub(in crate::vault) fn second_node(&self) -> (Vault, TempDir) {
        let row = self.another_node(9);
        let id = row.id.clone();
        self.stage(move |rows| node_rows::insert(rows, &row));
        let directory = crate::vault::plaintext::tests::directory::directory();
        let [from, to] = [self._directory.path(), directory.path()].map(Paths::of);
        for folder in [to.keys(), to.data(), to.packages()] {
            make_folder(&folder).unwrap();
        }
        let keys = fs::read_dir(from.keys()).unwrap();
        for file in keys.map(|entry| entry.unwrap().file_name()) {
            fs::copy(from.keys().join(&file), to.keys().join(&file)).unwrap();
        }
        fs::copy(from.store(), to.store()).unwrap();
        ThisNode::put(&to, &id).unwrap();
        let vault = Vault::open(
            &to,
            self.keyring_at(&to.keyring()),
            without_factors(Settings::default()),
            Arc::new(self.clock.clone()),
            Arc::new(SystemEntropy::new()),
        );
        (vault.unwrap(), directory)
    }

    /// It says so again.
    pub(in crate::vault) fn saw(&self, id: &NodeId, generation: u64) {
        let (id, at) = (id.clone(), self.vault.core.clock.in_seconds(0));
        self.stage(move |rows| {
            let seen = Seen {
                run: &[7; 16],
                at,
                generation,
                key: None,
                address: "",
            };
            node_rows::saw(rows, &id, &seen).map(drop)
        });
    }

    /// Writes rows as the vault does.
    pub(in crate::vault) fn stage(
        &self,
        step: impl FnOnce(&Transaction) -> Result<(), StoreError> + Send + 'static,
    ) {
        self.vault.ledger.stager().stage(step).unwrap();
    }

    pub(in crate::vault) fn member(
        &self,
        no: u8,
        home: HomeRole,
        role: CaseRole,
        account: Option<&str>,
    ) -> Caller {
        let operator = OperatorId::from_random([no; 13]);
        let session = SessionId::from_random([no; 13]);
        let now = Moment::from_seconds(MARCH);
        let new = NewOperator {
            id: &operator,
            name_tag: &[no; 16],
            home,
            sealed: b"",
            enrolment: &[no; 32],
            enrol_by: now,
            created_at: now,
        };
        let db = self.writer.each_alone();
        operator_rows::insert(db, &new).unwrap();
        operator_rows::activate(db, &operator, b"").unwrap();
        let expires = now.plus_seconds(100 * 86_400);
        let new = NewSession {
            id: &session,
            token: &[no; 32],
            operator: &operator,
            opened_at: now,
            expires_at: expires,
            idle_at: expires,
            second_factor: false,
            means: SessionMeans::Password,
            scope: None,
        };
        session_rows::insert(db, &new).unwrap();
        let case = case_rows::find(db, &self.case).unwrap().unwrap();
        let account = account.map(|name| AccountName::parse(name).unwrap());
        let sealed = account
            .map(|account| seal_account(&self.vault.core, &case, &operator, &account).unwrap());
        membership_rows::upsert(db, case.number, &operator, role, sealed.as_deref()).unwrap();
        membership_rows::recognise(db, case.number, &operator, &operator, now).unwrap();
        self.vault.core.control.accept(db).unwrap();
        Caller::operator(operator, session)
    }

    /// Writes an admitted exhibit and says its number.
    pub(in crate::vault) fn admit(&mut self, rows: &[Sent]) -> exhibit_rows::ExhibitNumber {
        self.exhibits += 1;
        let core = &self.vault.core;
        let keys = core.case_keys(&self.case).unwrap();
        let case = &self.case;
        let transaction = self.writer.begin().unwrap();
        let db = &*transaction;
        let row = case_rows::find(db, case).unwrap().unwrap();
        let id = ExhibitId::from_random([self.exhibits; 13]);
        let now = Moment::from_seconds(MARCH + 40 * 86_400);
        let exhibit = exhibit_rows::stage(db, &id, row.number, None, now).unwrap();
        let parts = ExhibitParts::of(&keys, &id);
        let seal = |part: Part<'_>, plain: &[u8]| part.seal(core.nonce().unwrap(), plain).unwrap();
        let mut columns: Vec<(Field, Vec<u32>)> = Vec::new();
        for field in Field::DICTIONARIES {
            let values: Vec<&str> = rows.iter().map(|row| row.value(field)).collect();
            let dictionary = self.dictionaries.entry(field.code()).or_default();
            if let Some(segment) = dictionary.extend(values.iter().copied()) {
                let sealed = seal(parts.dictionary(field), &segment.encode().unwrap());
                dictionary_rows::insert(db, exhibit, field, &sealed).unwrap();
            }
            let codes = values.iter().map(|value| dictionary.code(value).unwrap());
            columns.push((field, codes.collect()));
        }
        let terms = Terms {
            case: row.number,
            field: Field::Number,
        };
        let known = self.numbers.len();
        let adder = (exhibit, parts);
        let numbers = number_terms(db, (&keys, terms), core, adder, rows, &mut self.numbers);
        let new_numbers = (self.numbers.len() - known) as u32;
        columns.push((Field::Number, numbers.clone()));
        let times: Vec<i64> = rows.iter().map(|row| MARCH + row.at).collect();
        let blocks = rows.len().div_ceil(BLOCK_ROWS) as u32;
        let mut plain = Vec::new();
        for no in 0..blocks {
            let from = no as usize * BLOCK_ROWS;
            let span = from..rows.len().min(from + BLOCK_ROWS);
            let mut statistics = BlockStatistics::of_times(&times[span.clone()]).unwrap();
            let put = |field: Field, plain: &[u8]| {
                let sealed = seal(parts.block(field, no), plain);
                block_rows::insert(db, exhibit, field, no, &sealed).unwrap();
            };
            for (field, codes) in &columns {
                let codes = &codes[span.clone()];
                CodeBlock::encode(codes, &mut plain).unwrap();
                put(*field, &plain);
                if Field::DICTIONARIES.contains(field) {
                    statistics = statistics.with_codes(*field, codes).unwrap();
                }
            }
            UserBlock::encode(span.len(), &[], &mut plain).unwrap();
            put(Field::User, &plain);
            TimeBlock::encode(&times[span.clone()], &mut plain).unwrap();
            put(Field::SentAt, &plain);
            let references = vec![None; span.len()];
            put(Field::MessageRef, &TextBlock::encode(&references).unwrap());
            statistics.encode(&mut plain);
            let sealed = seal(parts.statistics(no), &plain);
            let stored = statistics_rows::TABLE.insert(db, exhibit, no, &sealed);
            stored.unwrap();
        }
        let code_of = |field: Field| &columns.iter().find(|(other, _)| *other == field).unwrap().1;
        let mut index = SubjectIndexBuilder::new();
        let messages = Messages {
            numbers: &numbers,
            accounts: code_of(Field::Account),
            kinds: code_of(Field::Kind),
            seconds: &times,
        };
        let mut others = Vec::new();
        let nobody = |_: usize, users: &mut [u32]| {
            users.fill(0);
            Ok(())
        };
        index.count_all(&messages, nobody, &mut others).unwrap();
        let same: Vec<u32> = (0..=self.numbers.len() as u32).collect();
        let mut ranges = Vec::new();
        for (range, entries) in index.finish(&same, vec![0]).unwrap() {
            ranges.push(range);
            SubjectBlock::encode(range, &entries, &mut plain).unwrap();
            let sealed = seal(parts.subject_index(range), &plain);
            let stored = subject_index_rows::TABLE.insert(db, exhibit, range, &sealed);
            stored.unwrap();
        }
        let sizes = Field::DICTIONARIES.into_iter().map(|field| {
            let size = self.dictionaries[&field.code()].size();
            (field.label().to_owned(), size)
        });
        let names = rows.iter().map(|row| row.value(Field::Account));
        let accounts = &self.dictionaries[&Field::Account.code()];
        let accounts = names.filter_map(|name| accounts.code(name)).collect();
        let description = ExhibitDescription {
            new_numbers,
            file_accounts: FileAccounts::of(&accounts),
            dictionaries: sizes.collect(),
            index_ranges: IndexRanges::of(ranges),
            blocks_digest: STANDARD.encode(stored_parts::list(db, exhibit).unwrap().digest()),
            ..describe(self.exhibits, rows, &times, blocks)
        };
        let sealed = parts
            .description()
            .seal_json(core.nonce().unwrap(), &description)
            .unwrap();
        let tag = [self.exhibits; 32];
        exhibit_rows::admit(db, (exhibit, &id, None), Some(&tag), &sealed, now).unwrap();
        case_rows::set_terms(db, row.number, self.numbers.len() as u32, 0).unwrap();
        case_rows::set_state(db, row.number, CaseState::Open).unwrap();
        transaction.commit().unwrap();
        core.control.accept(&self.writer).unwrap();
        exhibit
    }

    /// Which part is named of an exhibit of which this one was changed or taken away, and nothing is known yet: with a
    /// server, the digests of all parts are compared before one of them is read.
    pub(in crate::vault) fn named(&self, part: &'static str) -> &'static str {
        match self.vault.core.has_server {
            true => "exhibit",
            false => part,
        }
    }

    /// What this machine keeps of the parts of exhibits, which it does of a server's tables, is forgotten.
    pub(in crate::vault) fn forget_parts(&self) {
        let db = &self.writer;
        let case = case_rows::find(db, &self.case).unwrap().unwrap();
        for exhibit in exhibit_rows::numbers(db, case.number).unwrap() {
            exhibit_rows::forget_parts(&self.vault.core.readers, exhibit);
        }
    }

    /// Asks under an action; what `ask` gives comes back as JSON.
    pub(in crate::vault) fn ask<A: Action, T: Serialize>(
        &self,
        caller: &Caller,
        ask: impl FnOnce(&mut Scope<'_, A>) -> Result<T, OperationError> + Send + 'static,
    ) -> Result<Value, Refusal> {
        self.ask_for(caller, None, ask)
    }

    /// The same for a price.
    pub(in crate::vault) fn ask_for<A: Action, T: Serialize>(
        &self,
        caller: &Caller,
        price: Option<Price>,
        ask: impl FnOnce(&mut Scope<'_, A>) -> Result<T, OperationError> + Send + 'static,
    ) -> Result<Value, Refusal> {
        // Each question is asked as after a restart: what was damaged before closes nothing.
        self.vault.core.control.forget_spoilt();
        self.ask_on(caller, price, ask)
    }

    /// The same without a restart before.
    pub(in crate::vault) fn ask_on<A: Action, T: Serialize>(
        &self,
        caller: &Caller,
        price: Option<Price>,
        ask: impl FnOnce(&mut Scope<'_, A>) -> Result<T, OperationError> + Send + 'static,
    ) -> Result<Value, Refusal> {
        let operation = Ask::<A, _> {
            price,
            case: self.case.clone(),
            ask: |scope: &mut Scope<'_, A>| {
                let answer = ask(scope)?;
                serde_json::to_value(answer).map_err(|_| OperationError::Internal("test"))
            },
            action: PhantomData,
        };
        let reply = self.vault.perform(caller, operation)?;
        match reply.wire.into_body() {
            Body::Bytes(bytes) => Ok(serde_json::from_slice(&bytes).unwrap()),
            Body::File(_) => panic!("no file was asked for"),
        }
    }

    /// The newest leaf.
    pub(in crate::vault) fn last_leaf(&self) -> Value {
        let seq = leaf_rows::count(&self.writer).unwrap() - 1;
        let bytes = leaf_rows::find(&self.writer, seq).unwrap().unwrap();
        serde_json::from_slice(&bytes).unwrap()
    }
}

/// Writes the terms that are new in `rows`, and says the term of each row. Each is a run of its
/// own: terms are then numbered in the order of the rows, and a test can say which is which.
fn number_terms(
    db: &Transaction,
    (keys, terms): (&CaseKeys, Terms),
    core: &Core,
    (exhibit, parts): (ExhibitNumber, ExhibitParts<'_>),
    rows: &[Sent],
    known: &mut BTreeMap<String, u32>,
) -> Vec<u32> {
    let mut runs = Vec::new();
    for row in rows {
        if known.contains_key(&row.number) {
            continue;
        }
        let no = known.len() as u32 + 1;
        let text = RawText::new(row.number.clone());
        let phone = Phone::parse(&text, None).unwrap().phone;
        let tag = keys.tags(Field::Number).tag_phone(&phone);
        let mut sealed = Vec::new();
        let nonce = core.nonce().unwrap();
        parts.seal_number(nonce, no, &phone, &mut sealed).unwrap();
        runs.push((tag, no, sealed));
        known.insert(row.number.clone(), no);
    }
    runs.sort();
    let next_tags = runs.iter().map(|(tag, ..)| tag).cycle().skip(1);
    for ((tag, no, sealed), next) in runs.iter().zip(next_tags) {
        let tags = tag_runs::encode(next, [tag].into_iter());
        let part = parts.tag_run(Field::Number, *no);
        let tags = part.seal(core.nonce().unwrap(), &tags).unwrap();
        let first_tag = tag.as_bytes();
        let stored = terms.insert(db, exhibit, *no, first_tag, &tags, sealed);
        stored.unwrap();
    }
    rows.iter().map(|row| known[&row.number]).collect()
}

impl Sent {
    fn value(&self, field: Field) -> &'static str {
        match field {
            Field::Account => self.account,
            Field::Carrier => self.carrier,
            Field::Country => self.country,
            Field::State => self.state,
            Field::Kind => self.kind,
            Field::Channel => "sms",
            Field::AreaState => "",
            _ => "in-record",
        }
    }
}

fn describe(no: u8, rows: &[Sent], times: &[i64], blocks: u32) -> ExhibitDescription {
    ExhibitDescription {
        admitted_by: String::new(),
        name: None,
        source: None,
        format: "supplier-csv".to_owned(),
        format_evidence: String::new(),
        zone: None,
        mapping: None,
        digest: String::new(),
        digest_salt: String::new(),
        bytes: 0,
        rows: rows.len() as u64,
        admitted: rows.len() as u64,
        duplicates: 0,
        duplicates_by_rule: Vec::new(),
        in_case: 0,
        in_case_by_rule: Vec::new(),
        quarantined: 0,
        lines: Default::default(),
        unknown_countries: 0,
        blank_accounts: 0,
        file_accounts: FileAccounts::default(),
        file_numbers: 0,
        numbers: rows
            .iter()
            .map(|row| row.number.as_str())
            .collect::<BTreeSet<_>>()
            .len() as u32,
        new_numbers: 0,
        erased_numbers: 0,
        users: 0,
        new_users: 0,
        dictionaries: Vec::new(),
        index_ranges: IndexRanges::default(),
        dropped_columns: Vec::new(),
        first: times.iter().copied().min(),
        last: times.iter().copied().max(),
        blocks,
        quarantine_parts: 0,
        duplicate_parts: 0,
        in_case_parts: 0,
        references_are_ids: false,
        times_to_the_minute: false,
        rejects: Vec::new(),
        blocks_digest: format!("digest {no}"),
        admitted_digest: format!("digest {no}"),
    }
}

struct Ask<A, F> {
    case: CaseId,
    price: Option<Price>,
    ask: F,
    action: PhantomData<fn() -> A>,
}

struct Said(Value);

impl Answer for Said {
    type View = Value;

    fn view(self, _: &Receipt) -> Result<Value, OperationError> {
        Ok(self.0)
    }
}

impl<A, F> Operation for Ask<A, F>
where
    A: Action,
    F: FnOnce(&mut Scope<'_, A>) -> Result<Value, OperationError> + Send + 'static,
{
    type Action = A;
    type Answer = Said;

    fn target(&self) -> Target {
        Target::Case(self.case.clone())
    }

    fn why(&self) -> Option<&Why> {
        None
    }

    fn price(&self) -> Option<Price> {
        self.price
    }

    fn run(self, scope: &mut Scope<'_, A>) -> Result<Said, OperationError> {
        (self.ask)(scope).map(Said)
    }
}
