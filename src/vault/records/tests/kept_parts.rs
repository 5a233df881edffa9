//! What a machine keeps of a vault whose tables a server has: what it still asks the server, what the server can learn
//! from that, and what becomes of files and rows that somebody changed.

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::super::{Dimension, TableQuery};
use super::fixture::{Fixture, sent};
use super::{by, look_up, place, table};
use crate::domain::{CaseId, ExhibitId, Field};
use crate::policy::{CaseState, actions};
use crate::vault::call::answer::Answer;
use crate::vault::call::caller::Caller;
use crate::vault::call::receipt::Receipt;
use crate::vault::call::target::{Target, Why};
use crate::vault::clock::Clock as _;
use crate::vault::door::Operation;
use crate::vault::error::OperationError;
use crate::vault::exhibits::description::open_description;
use crate::vault::exhibits::exhibit_parts::ExhibitParts;
use crate::vault::exhibits::known_parts::KnownParts;
use crate::vault::plaintext::{AskedNumbers, Phone, RawText};
use crate::vault::scope::Scope;
use crate::vault::store::exhibit_rows::{self, ExhibitNumber};
use crate::vault::store::part_list::PartKind;
use crate::vault::store::term_rows::Terms;
use crate::vault::store::{
    Reader, Snapshot, StoreError, StoreFault, Tables, TestServer, block_rows, case_rows, leaf_rows,
    statistics_rows, stored_parts, subject_index_rows, take_statements,
};
use crate::vault::{Body, Settings};

/// The tables whose rows are large, as statements name them.
const LARGE: [&str; 3] = ["block::", "statistics::", "subject_index::"];

fn counted() -> TableQuery {
    by(
        &[Dimension::Country, Dimension::Account],
        json!({ "kind": ["sms-passcode"] }),
    )
}

/// A table that opens statistics and blocks, and a lookup, which opens the subject index.
fn asked(fixture: &Fixture) -> [Value; 2] {
    [
        table(fixture, &fixture.lead, counted()).unwrap(),
        look_up(fixture, &fixture.lead, &["+447700900001", "+447700900099"]).unwrap(),
    ]
}

/// Which statements for large rows the thread has run since the last call.
fn large() -> Vec<String> {
    let mut all = take_statements();
    all.retain(|sql| LARGE.iter().any(|name| sql.contains(name)));
    all
}

fn files(fixture: &Fixture) -> Vec<PathBuf> {
    let folder = fs::read_dir(fixture.vault.core.paths.cache()).unwrap();
    folder.map(|entry| entry.unwrap().path()).collect()
}

/// Changes a byte in the middle of each part that is kept.
fn damage(fixture: &Fixture) {
    const HEADER: usize = 44;
    for path in files(fixture) {
        let mut content = fs::read(&path).unwrap();
        let mut at = 0;
        while at < content.len() {
            let length = content[at + 8..at + 12].try_into().unwrap();
            let length = u32::from_be_bytes(length) as usize;
            content[at + HEADER + length / 2] ^= 1;
            at += HEADER + length;
        }
        fs::write(path, content).unwrap();
    }
}

fn is_kept(fixture: &Fixture, exhibit: ExhibitNumber, place: (PartKind, u8, u32)) -> bool {
    let list = stored_parts::list(&fixture.writer, exhibit).unwrap();
    // Whoever counts statements does not mean these.
    take_statements();
    let at_hand = fixture.vault.core.readers.at_hand().unwrap();
    at_hand.holds(list.find(place).unwrap())
}

#[test]
fn what_was_read_once_is_not_read_from_the_server_again_until_it_is_damaged_or_forgotten() {
    let Some(tables) = Tables::empty() else {
        return;
    };
    let mut fixture = Fixture::at(Settings::default(), Some(tables.address()));
    let exhibit = fixture.admit(&[sent(1, "acme", 0), sent(2, "globex", 60)]);
    take_statements();
    let first = asked(&fixture);
    let cold = large();
    for name in LARGE {
        assert!(cold.iter().any(|sql| sql.contains(name)), "{name} {cold:?}");
    }
    assert_eq!(asked(&fixture), first);
    assert_eq!(large(), Vec::<String>::new());
    assert!(is_kept(&fixture, exhibit, (PartKind::Statistics, 0, 0)));

    let mut fixture = fixture.opened_again();
    take_statements();
    assert_eq!(asked(&fixture), first);
    assert_eq!(large(), Vec::<String>::new());

    // The file is at fault, and not the vault.
    damage(&fixture);
    assert_eq!(asked(&fixture), first);
    assert_eq!(large().len(), cold.len());
    assert_eq!(asked(&fixture), first);
    assert_eq!(large(), Vec::<String>::new());
    assert_eq!(fixture.vault.health().damage(), None);

    exhibit_rows::forget_parts(&fixture.vault.core.readers, exhibit);
    assert!(!is_kept(&fixture, exhibit, (PartKind::Statistics, 0, 0)));
    assert_eq!(files(&fixture), Vec::<PathBuf>::new());
    assert_eq!(asked(&fixture), first);
    assert_eq!(large().len(), cold.len());

    // What is kept of one exhibit is of use beside another one.
    fixture.admit(&[sent(1, "acme", 90)]);
    let both = asked(&fixture);
    assert_ne!(both, first);
    assert!(!large().is_empty());
    assert_eq!(asked(&fixture), both);
    assert_eq!(large(), Vec::<String>::new());

    // An exhibit that is not there any more leaves nothing behind.
    let at_hand = fixture.vault.core.readers.at_hand().unwrap();
    at_hand.forget_all_but(&[]);
    assert_eq!(files(&fixture), Vec::<PathBuf>::new());
}

#[test]
fn a_lookup_asks_the_server_for_no_run_of_terms_that_was_read_until_the_case_changes() {
    let Some(tables) = Tables::empty() else {
        return;
    };
    let mut fixture = Fixture::at(Settings::default(), Some(tables.address()));
    fixture.admit(&[sent(1, "acme", 0), sent(2, "globex", 60)]);
    let numbers = ["+447700900001", "+447700900099"];
    let look_up = |fixture: &Fixture| {
        take_statements();
        let answer = look_up(fixture, &fixture.lead, &numbers).unwrap();
        let run = take_statements().into_iter();
        (answer, run.filter(|sql| sql.contains("term_run")).count())
    };
    let (first, cold) = look_up(&fixture);
    assert!(cold > 0);
    assert_eq!(look_up(&fixture), (first.clone(), 0));
    // Nor anything else.
    take_statements();
    super::look_up(&fixture, &fixture.lead, &numbers).unwrap();
    assert_eq!(take_statements(), Vec::<String>::new());
    // Another exhibit: both have runs, which are read with one statement.
    fixture.admit(&[sent(1, "acme", 90), sent(3, "acme", 120)]);
    let (both, cold) = look_up(&fixture);
    assert!(cold > 0);
    assert_ne!(both, first);
    assert_eq!(look_up(&fixture), (both.clone(), 0));
    // What an erasure, a rotation and a destruction call.
    let case = case_rows::find(&fixture.writer, &fixture.case).unwrap();
    let at_hand = fixture.vault.core.readers.at_hand().unwrap();
    at_hand.forget_terms_of(case.unwrap().number.0);
    let (again, cold) = look_up(&fixture);
    assert!(cold > 0);
    assert_eq!(again, both);
    assert_eq!(look_up(&fixture), (both.clone(), 0));
    // Another node may have changed something.
    fixture.vault.keep_up().unwrap();
    assert!(look_up(&fixture).1 > 0);
    assert_eq!(look_up(&fixture), (both, 0));
}

#[test]
fn what_was_in_memory_is_not_mixed_with_what_the_server_has_by_then() {
    let Some(tables) = Tables::empty() else {
        return;
    };
    let settings = Settings {
        readers: 3,
        ..Settings::default()
    };
    let mut fixture = Fixture::at(settings, Some(tables.address()));
    fixture.admit(&[sent(1, "acme", 0)]);
    let core = Arc::clone(&fixture.vault.core);
    let case = case_rows::find(&fixture.writer, &fixture.case).unwrap();
    let terms = Terms {
        case: case.unwrap().number,
        field: Field::Number,
    };
    let asks = |connection: &Snapshot| terms.run_of(connection, 1).map(|run| run.is_some());
    let moved = Err(StoreError {
        at: "snapshot::late",
        fault: StoreFault::Moved,
    });
    // Nothing on which records rest was changed since.
    let reader = core.readers.in_memory(None).unwrap();
    assert_eq!(asks(reader.connection().unwrap()), Ok(true));
    drop(reader);
    let reader = core.readers.in_memory(None).unwrap();
    let also = core.readers.in_memory(None).unwrap();
    fixture.stage(move |rows| case_rows::set_state(rows, terms.case, CaseState::Closed));
    let connection = reader.connection().unwrap();
    assert_eq!(asks(connection), moved);
    assert_eq!(asks(connection), Ok(true));
    // So it is if a control row has to be asked for: what was read before it rests on another state.
    let connection = also.connection().unwrap();
    let find = || case_rows::find_by_number(connection, terms.case);
    assert_eq!(find().map(|_| true), moved);
    assert_eq!(find().unwrap().unwrap().state, CaseState::Closed);
    assert_eq!(asks(connection), Ok(true));
}

#[test]
fn what_a_snapshot_of_before_still_shows_is_not_kept_once_it_was_forgotten() {
    let Some(tables) = Tables::empty() else {
        return;
    };
    let settings = Settings {
        readers: 4,
        ..Settings::default()
    };
    let mut fixture = Fixture::at(settings, Some(tables.address()));
    let exhibit = fixture.admit(&[sent(1, "acme", 0), sent(2, "globex", 60)]);
    let place = (PartKind::Statistics, 0, 0);
    let core = &fixture.vault.core;
    let keys = core.case_keys(&fixture.case).unwrap();
    // A scan that goes on for long: it has its snapshot, and the list of the exhibit's parts.
    let scan = || {
        let reader = core.readers.snapshot().unwrap();
        let connection = reader.connection().unwrap();
        let row = exhibit_rows::find(connection, exhibit).unwrap().unwrap();
        let digest = open_description(&keys, &row).unwrap().blocks_digest;
        let parts = KnownParts::of(connection, (exhibit, &row.id), &digest);
        (parts.unwrap().unwrap(), reader)
    };
    let reads = |(parts, reader): &(KnownParts, Reader<'_>)| {
        let read = parts.statistics(reader.connection().unwrap(), 0);
        assert!(read.unwrap().is_some());
        is_kept(&fixture, exhibit, place)
    };
    let before = scan();
    assert!(reads(&before));
    // An erasure, a rotation or a destruction has overwritten the exhibit's parts.
    exhibit_rows::forget_parts(&core.readers, exhibit);
    assert!(!is_kept(&fixture, exhibit, place));
    assert!(!reads(&before), "the scan brings back what was forgotten");
    let after = scan();
    assert!(!reads(&before));
    assert!(reads(&after));

    // The exhibit is withdrawn while somebody reads: what that one reads before the commit and after it goes.
    let leaf = 1;
    let begun = fixture.writer.begin().unwrap();
    exhibit_rows::withdraw(&begun, exhibit, fixture.clock.now(), leaf).unwrap();
    begun.commit().unwrap();
    core.control.accept(&fixture.writer).unwrap();
    assert!(reads(&after));
    fixture.vault.keep_up().unwrap();
    assert!(!is_kept(&fixture, exhibit, place));
    assert!(!reads(&after) && !reads(&before));
    assert_eq!(files(&fixture), Vec::<PathBuf>::new());
}

#[test]
fn an_older_part_that_the_server_shows_in_the_place_of_a_newer_one_is_damage() {
    let Some(tables) = Tables::empty() else {
        return;
    };
    let mut fixture = Fixture::at(Settings::default(), Some(tables.address()));
    let exhibit = fixture.admit(&[sent(1, "acme", 0), sent(2, "globex", 60)]);
    let truth = asked(&fixture);
    let core = &fixture.vault.core;
    let keys = core.case_keys(&fixture.case).unwrap();
    let id = ExhibitId::from_random([1; 13]);
    let parts = ExhibitParts::of(&keys, &id);
    let rows = fixture.writer.each_alone();
    let field = Field::Country;
    let mut block = Vec::new();
    block_rows::read(rows, exhibit, field, 0, &mut block).unwrap();
    let statistics = statistics_rows::TABLE
        .find(rows, exhibit, 0)
        .unwrap()
        .unwrap();
    let subjects = subject_index_rows::TABLE
        .find(rows, exhibit, 0)
        .unwrap()
        .unwrap();

    // Each is sealed by the vault, for this place: as one that was there before an erasure.
    let other = |sealed: &[u8], part: crate::vault::exhibits::exhibit_parts::Part<'_>| {
        let plain: Zeroizing<Vec<u8>> = part.open(sealed).unwrap();
        part.seal(core.nonce().unwrap(), &plain).unwrap()
    };
    let put = |place: &str, block: &[u8], statistics: &[u8], subjects: &[u8]| {
        let begun = fixture.writer.begin().unwrap();
        match place {
            "block" => block_rows::replace(&begun, exhibit, field, 0, block),
            "statistics" => statistics_rows::TABLE.replace(&begun, exhibit, 0, statistics),
            _ => subject_index_rows::TABLE.replace(&begun, exhibit, 0, subjects),
        }
        .unwrap();
        begun.commit().unwrap();
    };
    for name in ["block", "statistics", "subject_index"] {
        put(
            name,
            &other(&block, parts.block(field, 0)),
            &other(&statistics, parts.statistics(0)),
            &other(&subjects, parts.subject_index(0)),
        );
        // What is kept is the right one, so nothing is asked of the server.
        assert_eq!(asked(&fixture), truth, "{name}");
        // Nothing is kept, but the digests are known.
        damage(&fixture);
        let said = match name {
            "subject_index" => place(look_up(&fixture, &fixture.lead, &["+447700900001"])),
            _ => place(table(&fixture, &fixture.lead, counted())),
        };
        assert_eq!(said, name);
        // Nothing is known: all digests together are not those of the description.
        exhibit_rows::forget_parts(&core.readers, exhibit);
        let said = place(table(&fixture, &fixture.lead, counted()));
        assert_eq!(said, "exhibit", "{name}");
        put(name, &block, &statistics, &subjects);
        assert_eq!(asked(&fixture), truth, "{name}");
    }
}

#[test]
fn no_more_is_kept_than_may_be_and_nothing_where_nothing_may_be() {
    let Some(tables) = Tables::empty() else {
        return;
    };
    let settings = Settings {
        cache_bytes: 64 << 10,
        ..Settings::default()
    };
    let mut fixture = Fixture::at(settings, Some(tables.address()));
    for no in 0..3 {
        fixture.admit(&[sent(no, "acme", 0), sent(no + 1, "globex", 60)]);
    }
    let truth = asked(&fixture);
    for _ in 0..3 {
        assert_eq!(asked(&fixture), truth);
        let lengths = files(&fixture).into_iter();
        let kept: u64 = lengths.map(|path| fs::metadata(path).unwrap().len()).sum();
        assert!(kept <= 64 << 10, "{kept}");
    }
    assert!(!files(&fixture).is_empty());

    let Some(tables) = Tables::empty() else {
        return;
    };
    let settings = Settings {
        cache_bytes: 0,
        ..Settings::default()
    };
    let mut fixture = Fixture::at(settings, Some(tables.address()));
    fixture.admit(&[sent(1, "acme", 0), sent(2, "globex", 60)]);
    let first = asked(&fixture);
    assert_eq!(asked(&fixture), first);
    assert!(!fixture.vault.core.paths.cache().exists());
}

#[test]
fn no_statement_that_a_server_can_note_has_a_tag_that_is_asked_for() {
    let Some(server) = TestServer::start(&["log_statement=all"]) else {
        return;
    };
    server.sql("postgres", "CREATE DATABASE breach");
    let address = server.by_socket("owner", "breach");
    let noted = || fs::read_to_string(server.authorities().with_file_name("log")).unwrap();
    let mut fixture = Fixture::at(Settings::default(), Some(address));
    fixture.admit(&[
        sent(1, "acme", 0),
        sent(2, "globex", 60),
        sent(3, "acme", 90),
    ]);
    fixture.admit(&[sent(1, "acme", 120), sent(5, "globex", 150)]);
    let before = noted();
    let numbers = [1, 3, 5, 99].map(|no| format!("+447700900{no:03}"));
    for caller in [&fixture.lead, &fixture.liaison] {
        for _ in 0..2 {
            let all: Vec<&str> = numbers.iter().map(String::as_str).collect();
            look_up(&fixture, caller, &all).unwrap();
        }
    }
    let noted = noted();
    let since = &noted[before.len()..];
    // The server notes its statements with their values, and the lookups were among them.
    assert!(since.contains("term_run::together") && since.contains("parameters: $1"));
    assert!(since.contains("term_run::first_tags"));
    assert!(!since.contains("first_tag <="));
    let keys = fixture.vault.core.case_keys(&fixture.case).unwrap();
    for number in &numbers {
        let phone = Phone::parse(&RawText::new(number.clone()), None)
            .unwrap()
            .phone;
        let tag = keys.tags(Field::Number).tag_phone(&phone);
        let hex: String = tag
            .as_bytes()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        // Each number is a run of its own here, whose first tag an admission writes.
        assert_eq!(
            before.contains(&hex),
            !number.ends_with("99"),
            "a tag is not found where it is"
        );
        for piece in [&hex[..12], &hex[20..]] {
            assert!(!since.contains(piece), "a statement has a tag");
        }
        assert!(!since.contains(&number[1..]), "a statement has a number");
    }
}

/// A lookup, before which something else happens the first time it is run.
#[derive(Clone)]
struct Interrupted {
    case: CaseId,
    runs: Arc<AtomicU32>,
    interruption: Arc<Mutex<Option<Interruption>>>,
}

type Interruption = Box<dyn FnOnce() + Send>;

struct Found(Value);

impl Answer for Found {
    type View = Value;

    fn view(self, _: &Receipt) -> Result<Value, OperationError> {
        Ok(self.0)
    }
}

impl Operation for Interrupted {
    type Action = actions::LookUp;
    type Answer = Found;

    const IS_IN_MEMORY: bool = true;

    fn again(&self) -> Option<Self> {
        Some(self.clone())
    }

    fn target(&self) -> Target {
        Target::Case(self.case.clone())
    }

    fn why(&self) -> Option<&Why> {
        None
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<Found, OperationError> {
        self.runs.fetch_add(1, Ordering::Relaxed);
        let case = scope.case_row()?.number;
        // From memory, as the state is by now.
        exhibit_rows::list_all(scope.connection, case)?;
        if let Some(interruption) = self.interruption.lock().unwrap().take() {
            interruption();
        }
        let asked = [RawText::new("+447700900001".to_owned())];
        let (results, basis) = scope.look_up(&AskedNumbers::read(&asked, None))?;
        Ok(Found(json!({ "results": results, "basis": basis })))
    }
}

#[test]
fn a_lookup_that_comes_between_two_states_is_made_once_more_of_the_later_one() {
    let Some(tables) = Tables::empty() else {
        return;
    };
    let mut fixture = Fixture::at(Settings::default(), Some(tables.address()));
    let first = fixture.admit(&[sent(1, "acme", 0)]);
    let second = fixture.admit(&[sent(1, "acme", 3600)]);
    let (other, _directory) = fixture.second_node();
    let interrupted = |interruption: Option<Interruption>| Interrupted {
        case: fixture.case.clone(),
        runs: Arc::default(),
        interruption: Arc::new(Mutex::new(interruption)),
    };
    let told = |caller: &Caller, operation: Interrupted| {
        let reply = other.perform(caller, operation).unwrap();
        let Body::Bytes(bytes) = reply.wire.into_body() else {
            panic!("no file was asked for");
        };
        let told: Value = serde_json::from_slice(&bytes).unwrap();
        (
            told["results"][0]["messages"].as_u64().unwrap(),
            told["basis"]["exhibits"].as_u64().unwrap(),
        )
    };
    let quiet = interrupted(None);
    for _ in 0..2 {
        assert_eq!(told(&fixture.liaison, quiet.clone()), (2, 2));
    }
    assert_eq!(quiet.runs.load(Ordering::Relaxed), 2);
    // The other node withdraws an exhibit after the list of them was read, and before the server is asked for parts
    // that are not in memory.
    for exhibit in [first, second] {
        exhibit_rows::forget_parts(&other.core.readers, exhibit);
    }
    let (stager, now) = (fixture.vault.ledger.stager(), fixture.clock.now());
    let leaf = leaf_rows::count(&fixture.writer).unwrap();
    let lookup = interrupted(Some(Box::new(move || {
        let withdrawn = stager.stage(move |rows| exhibit_rows::withdraw(rows, first, now, leaf));
        withdrawn.unwrap();
    })));
    assert_eq!(told(&fixture.liaison, lookup.clone()), (1, 1));
    assert_eq!(lookup.runs.load(Ordering::Relaxed), 2);
}
