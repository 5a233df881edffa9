//! On a real server.

#[expect(dead_code, reason = "kills, copies and little room are for the checks")]
pub(crate) mod server;
#[expect(
    dead_code,
    reason = "copies are for the checks, terminals for the API's tests"
)]
pub(crate) mod tables;

use std::fs::{self, Permissions};
use std::ops::Deref;
use std::os::unix::fs::PermissionsExt as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ring::digest::{SHA256, digest};
use zeroize::Zeroizing;

use self::server::TestServer;
use self::tables::{Tables, shared};
use super::{Server, ServerPlace, Session, migrations, schema};
use crate::domain::{CaseId, Field, Moment};
use crate::vault::store::block_rows::{self, BlockReader};
use crate::vault::store::case_rows;
use crate::vault::store::error::{StoreError, StoreFault};
use crate::vault::store::exhibit_rows;
use crate::vault::store::leaf_rows::{self, LeafFilter, NewLeaf};
use crate::vault::store::schema::SchemaFault;
use crate::vault::store::term_rows::Terms;
use crate::vault::store::{
    Access, ControlState, Database, Elements, Readers, Snapshot, Transaction, Writer,
    checkpoint_rows, detail_rows, meta_rows, sealed_under, take_statements, tree_hash_rows,
};

fn now() -> Moment {
    Moment::from_seconds(5)
}

fn at(address: &str) -> Arc<Server> {
    Server::at(ServerPlace::read(address, None).unwrap()).unwrap()
}

/// Somebody else at the database.
fn other(server: &Arc<Server>) -> Session {
    Session::writer(server).unwrap()
}

fn run(session: &Session, sql: &str) {
    session.link().run("test", sql).unwrap();
}

/// An empty database of the server that all tests share.
struct Place {
    server: Arc<Server>,
    _tables: Tables,
}

impl Deref for Place {
    type Target = Arc<Server>;

    fn deref(&self) -> &Arc<Server> {
        &self.server
    }
}

fn fresh() -> Option<Place> {
    let tables = Tables::empty()?;
    Some(Place {
        server: at(&tables.address()),
        _tables: tables,
    })
}

/// A vault's database.
fn made() -> Option<(Place, Writer)> {
    let place = fresh()?;
    let writer = vault_at(&place);
    Some((place, writer))
}

fn vault_at(server: &Arc<Server>) -> Writer {
    let writer = Writer::open(Database::Server(Arc::clone(server))).unwrap();
    writer.migrate(now()).unwrap();
    writer
}

/// The same of a server that only one test has.
fn made_of(server: &TestServer) -> (Arc<Server>, Writer) {
    server.sql("postgres", "CREATE DATABASE breach");
    let server = at(&server.by_socket("owner", "breach"));
    let writer = vault_at(&server);
    (server, writer)
}

fn watched(writer: &mut Writer) -> Arc<ControlState> {
    let element = |row: &[u8]| digest(&SHA256, row).as_ref().try_into().unwrap();
    let control = Arc::new(ControlState::load(writer, Elements::new(1, element)).unwrap());
    writer.watch(&control);
    control
}

fn leaf(seq: u64) -> NewLeaf {
    NewLeaf {
        seq,
        time: now(),
        operator: seq.is_multiple_of(2).then(|| "o_1".to_owned()),
        case: None,
        object: None,
        action: "record.lookup",
        outcome: "done",
        bytes: b"{}".to_vec(),
    }
}

#[test]
fn the_steps_make_the_schema_that_is_kept_beside_them() {
    let Some(server) = fresh() else { return };
    let session = other(&server);
    assert!(session.is_empty().unwrap());
    let kept = format!(
        "{}/migrations/postgresql/schema.txt",
        env!("CARGO_MANIFEST_DIR")
    );
    run(&session, "BEGIN");
    migrations::make_all(session.link(), now()).unwrap();
    let made = schema::written(&schema::read(session.link()).unwrap());
    if std::env::var_os("BREACHVAULT_WRITE_SCHEMA").is_some() {
        fs::write(&kept, &made).unwrap();
    }
    run(&session, "ROLLBACK");
    assert_eq!(fs::read_to_string(&kept).unwrap(), made);
}

#[test]
fn a_changed_or_newer_schema_is_refused() {
    let Some((server, writer)) = made() else {
        return;
    };
    writer.migrate(now()).unwrap();
    assert!(!writer.is_empty().unwrap());
    let theirs = other(&server);
    for (change, back) in [
        ("CREATE VIEW v AS SELECT * FROM operator", "DROP VIEW v"),
        (
            "ALTER TABLE meta ADD COLUMN more TEXT",
            "ALTER TABLE meta DROP COLUMN more",
        ),
        (
            "ALTER TABLE meta ALTER COLUMN value SET DEFAULT 'x'",
            "ALTER TABLE meta ALTER COLUMN value DROP DEFAULT",
        ),
        (
            "CREATE RULE r AS ON INSERT TO session DO INSTEAD NOTHING",
            "DROP RULE r ON session",
        ),
        (
            "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
             CREATE TRIGGER t BEFORE UPDATE ON session FOR EACH ROW EXECUTE FUNCTION f()",
            "DROP TRIGGER t ON session; DROP FUNCTION f()",
        ),
        (
            "DROP INDEX exhibit_of_case",
            "CREATE INDEX exhibit_of_case ON exhibit (case_number)",
        ),
        (
            "ALTER TABLE session ENABLE ROW LEVEL SECURITY",
            "ALTER TABLE session DISABLE ROW LEVEL SECURITY",
        ),
    ] {
        run(&theirs, change);
        let found = writer.check_schema();
        assert!(
            matches!(found, Err(SchemaFault::Object { .. })),
            "{change}: {found:?}"
        );
        run(&theirs, back);
        assert_eq!(writer.check_schema(), Ok(()), "{back}");
    }
    let newer = "INSERT INTO migration VALUES (99, '0099_later', '\\x00', 0)";
    run(&theirs, newer);
    assert_eq!(writer.check_schema(), Err(SchemaFault::Newer));
    assert_eq!(writer.migrate(now()), Err(SchemaFault::Newer));
}

#[test]
fn rows_of_every_kind_are_written_and_read_back() {
    let Some((server, mut writer)) = made() else {
        return;
    };
    let control = watched(&mut writer);
    let begun = writer.begin().unwrap();
    meta_rows::insert(&begun, "vault", "v_1").unwrap();
    let case_id = CaseId::from_random([7; 13]);
    let case = case_rows::insert(&begun, &case_id, b"sealed", now()).unwrap();
    let exhibit_id = crate::domain::ExhibitId::from_random([8; 13]);
    let exhibit = exhibit_rows::stage(&begun, &exhibit_id, case, None, now()).unwrap();
    let block = vec![7; 100_000];
    for no in 0..3 {
        block_rows::insert(&begun, exhibit, Field::Country, no, &block).unwrap();
    }
    let terms = Terms {
        case,
        field: Field::Number,
    };
    let tags = [1; 49 + 32];
    terms
        .insert(&begun, exhibit, 1, &[5; 16], &tags, b"terms")
        .unwrap();
    for seq in 0..100 {
        leaf_rows::insert_all(&begun, &[leaf(seq)]).unwrap();
        detail_rows::insert_all(&begun, seq, &[b"12345detail".to_vec()]).unwrap();
        tree_hash_rows::insert_all(&begun, seq, [&[3; 32]].into_iter()).unwrap();
    }
    checkpoint_rows::put(&begun, 100, "note", b"control").unwrap();
    begun.commit().unwrap();
    let smaller = writer.begin().unwrap();
    let put = checkpoint_rows::put(&smaller, 99, "note", b"control");
    assert!(put.and_then(|()| smaller.commit()).is_err());
    control.note_head(b"control");

    let readers = Readers::open(
        Database::Server(Arc::clone(&server)),
        2,
        &control,
        Access::Work,
    );
    let readers = readers.unwrap();
    let reader = readers.snapshot().unwrap();
    let snapshot = reader.connection().unwrap();
    assert_eq!(meta_rows::find(snapshot, "vault").unwrap().unwrap(), "v_1");
    assert_eq!(
        case_rows::find(snapshot, &case_id).unwrap().unwrap().sealed,
        b"sealed"
    );
    assert_eq!(
        checkpoint_rows::newest(snapshot).unwrap(),
        Some((100, "note".to_owned()))
    );
    assert_eq!(leaf_rows::count(snapshot).unwrap(), 100);
    let filter = LeafFilter {
        operator: Some("o_1".to_owned()),
        action: Some("record.lookup".to_owned()),
        outcome: Some("done".to_owned()),
        ..LeafFilter::default()
    };
    assert_eq!(
        leaf_rows::search(snapshot, &filter, 1000).unwrap().len(),
        50
    );
    assert_eq!(
        leaf_rows::count_by_hour(snapshot, &filter).unwrap()[0].leaves,
        50
    );
    assert_eq!(
        leaf_rows::times_between(snapshot, 5, 9).unwrap(),
        Some((now(), now()))
    );
    let mut seen = 0;
    leaf_rows::with_all(snapshot, |leaves| {
        while let Some(leaf) = leaves.next().unwrap() {
            assert_eq!((leaf.seq, leaf.bytes), (seen, &b"{}"[..]));
            seen += 1;
        }
    })
    .unwrap();
    assert_eq!(seen, 100);
    let hashes = tree_hash_rows::range(snapshot, 10, 19).unwrap();
    assert_eq!((hashes.len(), hashes[0]), (10, (10, [3; 32])));
    let mut into = Zeroizing::new(Vec::new());
    let mut blocks = BlockReader::new(snapshot);
    assert!(blocks.read(exhibit, Field::Country, 2, &mut into).unwrap());
    assert_eq!(*into, block);
    assert!(!blocks.read(exhibit, Field::Country, 3, &mut into).unwrap());
    assert_eq!(
        sealed_under::bytes_of_exhibit(snapshot, exhibit).unwrap(),
        300_000
    );
    assert_eq!(
        sealed_under::bytes_under(snapshot, exhibit, [7; 5]).unwrap(),
        300_000
    );
    assert_eq!(
        sealed_under::left_of_exhibit(snapshot, exhibit, [8; 5]).unwrap(),
        Some("block")
    );
    assert!(sealed_under::terms_are_left(snapshot, case, [1; 5]).unwrap());
    assert!(!sealed_under::details_are_left(snapshot, &case_id, [1; 5]).unwrap());
    let mut tags_read = Vec::new();
    let mut tag_reader = terms.tag_reader(snapshot);
    assert_eq!(
        tag_reader
            .read((exhibit, (1, 2)), &[6; 16], &mut tags_read)
            .unwrap(),
        Some(1)
    );
    assert_eq!(
        tag_reader
            .read((exhibit, (1, 2)), &[4; 16], &mut tags_read)
            .unwrap(),
        Some(1)
    );
    assert_eq!(tags_read, tags);
    let run = terms.run_of(snapshot, 2).unwrap().unwrap();
    assert_eq!((run.first, run.terms), (1, 2));
    assert!(terms.run_of(snapshot, 3).unwrap().is_none());
    // A snapshot is of its moment.
    let begun = writer.begin().unwrap();
    block_rows::overwrite(&begun, exhibit, Field::Country, 2, &vec![9; 100_000]).unwrap();
    block_rows::overwrite(&begun, exhibit, Field::Country, 1, b"short").unwrap();
    assert!(block_rows::overwrite(&begun, exhibit, Field::Country, 3, b"none").is_err());
    begun.commit().unwrap();
    assert!(blocks.read(exhibit, Field::Country, 2, &mut into).unwrap());
    assert_eq!(*into, block);
    let later = readers.snapshot().unwrap();
    let mut blocks = BlockReader::new(later.connection().unwrap());
    assert!(blocks.read(exhibit, Field::Country, 2, &mut into).unwrap());
    assert_eq!(**into, vec![9; 100_000]);
    let begun = writer.begin().unwrap();
    assert_eq!(exhibit_rows::shred_parts(&begun, exhibit, 2).unwrap(), 2);
    exhibit_rows::discard(&begun, exhibit).unwrap();
    begun.commit().unwrap();
}

#[test]
fn a_savepoint_that_fails_undoes_its_own_rows_only() {
    let Some((_place, writer)) = made() else {
        return;
    };
    let begun = writer.begin().unwrap();
    let put = |key| begun.in_savepoint(|| meta_rows::insert(&begun, key, ""));
    put("a").unwrap();
    let twice: Result<(), StoreError> = put("a");
    assert_eq!(twice.unwrap_err().fault, StoreFault::Constraint);
    put("b").unwrap();
    begun.commit().unwrap();
    let rolled_back = writer.begin().unwrap();
    meta_rows::insert(&rolled_back, "c", "").unwrap();
    drop(rolled_back);
    let found = ["a", "b", "c"].map(|key| meta_rows::find(&writer, key).unwrap().is_some());
    assert_eq!(found, [true, true, false]);
}

#[test]
fn what_is_written_without_waiting_is_there_for_what_follows_and_fails_with_its_transaction() {
    let Some((_place, writer)) = made() else {
        return;
    };
    let begun = writer.begin().unwrap();
    for seq in 0..1500 {
        leaf_rows::insert_all(&begun, &[leaf(seq)]).unwrap();
    }
    assert_eq!(leaf_rows::count(&begun), Ok(1500));
    begun.commit().unwrap();
    // A statement fails, and nothing is waited for until the transaction ends.
    let begun = writer.begin().unwrap();
    let failed = StoreError {
        at: "leaf::insert",
        fault: StoreFault::Constraint,
    };
    // The answer may be there at once.
    let may_fail = |inserted: Result<(), StoreError>| {
        assert!([Ok(()), Err(failed)].contains(&inserted), "{inserted:?}");
    };
    leaf_rows::insert_all(&begun, &[leaf(1500)]).unwrap();
    may_fail(leaf_rows::insert_all(&begun, &[leaf(3)]));
    assert_eq!(begun.commit(), Err(failed));
    assert_eq!(leaf_rows::count(&writer), Ok(1500));
    // Something is asked meanwhile: it fails as what came before did.
    let begun = writer.begin().unwrap();
    may_fail(leaf_rows::insert_all(&begun, &[leaf(3)]));
    assert_eq!(leaf_rows::count(&begun), Err(failed));
    drop(begun);
    // It changes no row, which the end of its savepoint tells; what follows goes on.
    let begun = writer.begin().unwrap();
    let none: Result<(), StoreError> =
        begun.in_savepoint(|| detail_rows::reseal(&begun, 9999, b"12345"));
    assert_eq!(none.unwrap_err().fault, StoreFault::RowCount(0));
    leaf_rows::insert_all(&begun, &[leaf(1500)]).unwrap();
    begun.commit().unwrap();
    assert_eq!(leaf_rows::count(&writer), Ok(1501));
}

#[test]
fn something_else_is_asked_while_rows_are_read_and_each_row_is_read_once() {
    let Some((_place, writer)) = made() else {
        return;
    };
    let begun = writer.begin().unwrap();
    for seq in 0..1200 {
        leaf_rows::insert_all(&begun, &[leaf(seq)]).unwrap();
        detail_rows::insert_all(&begun, seq, &[seq.to_be_bytes().to_vec()]).unwrap();
    }
    let numbers = "SELECT seq FROM leaf ORDER BY seq";
    for ask_at in [0, 1, 700, 1199] {
        let mut seen = 0;
        begun
            .each("test", numbers, &[], |row| {
                let seq: u64 = row.get(0)?;
                assert_eq!(seq, seen);
                seen += 1;
                if seq == ask_at {
                    // Two more statements, one inside the other.
                    let mut inner = 0;
                    begun.each("test", numbers, &[], |_| {
                        inner += 1;
                        if inner % 100 == 0 {
                            let detail = detail_rows::find(&begun, seq)?;
                            assert_eq!(detail.as_deref(), Some(&seq.to_be_bytes()[..]));
                        }
                        Ok(())
                    })?;
                    assert_eq!(inner, 1200);
                }
                Ok(())
            })
            .unwrap();
        assert_eq!(seen, 1200);
    }
    // Whoever reads the first row only leaves the rest, and what follows is answered.
    let first: Option<u64> = begun.first("test", numbers, &[], |row| row.get(0)).unwrap();
    assert_eq!(first, Some(0));
    let mut seen = 0;
    let read = leaf_rows::with_all(&begun, |leaves| -> Result<u64, StoreError> {
        while let Some(leaf) = leaves.next()? {
            assert_eq!(leaf.seq, seen);
            assert!(detail_rows::find(&begun, seen)?.is_some());
            seen += 1;
        }
        Ok(seen)
    });
    assert_eq!(read, Ok(Ok(1200)));
}

#[test]
fn what_the_vault_writes_itself_is_no_foreign_write() {
    // Nobody else takes numbers of this server.
    let Some(server) = TestServer::start(&["autovacuum=off"]) else {
        return;
    };
    let (place, writer) = made_of(&server);
    drop(writer.begin().unwrap());
    let wrote = || writer.session().content_number().unwrap();
    let before = wrote();
    for no in 0..3 {
        let begun = writer.begin().unwrap();
        let key = |what: &str| format!("{what} {no}");
        meta_rows::insert(&begun, &key("outside"), "").unwrap();
        for what in ["one", "two"] {
            let put = || meta_rows::insert(&begun, &key(what), "");
            begun.in_savepoint(put).unwrap();
        }
        let nothing: Result<(), StoreError> = begun.in_savepoint(|| Ok(()));
        nothing.unwrap();
        let undone: Result<(), StoreError> = begun.in_savepoint(|| {
            meta_rows::insert(&begun, &key("undone"), "")?;
            Err(StoreError::inconsistent("test"))
        });
        assert!(undone.is_err());
        match no {
            1 => drop(begun),
            _ => begun.commit().unwrap(),
        }
        drop(writer.begin().unwrap());
        assert_eq!(wrote(), before, "{no}");
    }
    let theirs = other(&place);
    run(&theirs, "UPDATE meta SET value = value WHERE key = 'one 0'");
    drop(writer.begin().unwrap());
    assert_eq!(wrote(), before + 1);
    drop(writer.begin().unwrap());
    assert_eq!(wrote(), before + 1);
}

#[test]
fn a_row_that_somebody_else_changed_is_found() {
    let Some((server, mut writer)) = made() else {
        return;
    };
    let control = watched(&mut writer);
    let begun = writer.begin().unwrap();
    meta_rows::insert(&begun, "a", "ours").unwrap();
    begun.commit().unwrap();
    drop(writer.begin().unwrap());
    assert_eq!(control.damage(), None);
    let theirs = other(&server);
    run(&theirs, "UPDATE meta SET value = 'theirs'");
    drop(writer.begin().unwrap());
    assert_eq!(control.damage(), Some("meta"));
}

#[test]
fn a_row_that_is_set_several_times_is_written_once_and_before_anything_else_is_asked() {
    let Some((server, mut writer)) = made() else {
        return;
    };
    let control = watched(&mut writer);
    let updates = || {
        let run = take_statements().into_iter();
        run.filter(|sql| sql.starts_with("-- meta::update")).count()
    };
    let put = |to: &Transaction, key, value| meta_rows::put(to, key, value).unwrap();
    let value = |from: &Snapshot, key| meta_rows::find(from, key).unwrap().unwrap();
    let begun = writer.begin().unwrap();
    put(&begun, "a", "0");
    put(&begun, "b", "0");
    begun.commit().unwrap();

    // From now on they are known, so that nothing is asked before they are set.
    let begun = writer.begin().unwrap();
    assert_eq!([value(&begun, "a"), value(&begun, "b")], ["0", "0"]);
    updates();
    put(&begun, "a", "1");
    put(&begun, "b", "1");
    put(&begun, "a", "2");
    assert_eq!([value(&begun, "a"), value(&begun, "b")], ["2", "1"]);
    assert_eq!(updates(), 0);
    assert_eq!(
        begun.number("SELECT count(*) FROM meta WHERE value = '2'"),
        1
    );
    assert_eq!(updates(), 2);
    // What a savepoint undoes is not written, and what was set before it is.
    put(&begun, "a", "3");
    let undone: Result<(), StoreError> = begun.in_savepoint(|| {
        put(&begun, "a", "4");
        put(&begun, "b", "4");
        Err(StoreError::inconsistent("test"))
    });
    assert!(undone.is_err());
    assert_eq!([value(&begun, "a"), value(&begun, "b")], ["3", "1"]);
    let done: Result<(), StoreError> = begun.in_savepoint(|| {
        put(&begun, "b", "5");
        Ok(())
    });
    done.unwrap();
    put(&begun, "a", "6");
    begun.commit().unwrap();
    let of_others = |key| value(&vault_at(&server), key);
    assert_eq!(["a", "b"].map(of_others), ["6", "5"]);
    // What is not committed is not there.
    let begun = writer.begin().unwrap();
    put(&begun, "a", "7");
    drop(begun);
    let begun = writer.begin().unwrap();
    assert_eq!(value(&begun, "a"), "6");
    // The row went meanwhile.
    let theirs = other(&server);
    put(&begun, "a", "8");
    run(&theirs, "DELETE FROM meta WHERE key = 'a'");
    assert!(begun.commit().is_err());
    assert_eq!(of_others("b"), "5");
    drop(writer.begin().unwrap());
    assert_eq!(control.damage(), Some("meta"));
}

#[test]
fn a_schema_that_somebody_changes_is_found_by_the_next_transaction() {
    let Some((server, mut writer)) = made() else {
        return;
    };
    let control = watched(&mut writer);
    drop(writer.begin().unwrap());
    assert_eq!(control.damage(), None);
    let theirs = other(&server);
    run(
        &theirs,
        "CREATE RULE r AS ON DELETE TO session DO INSTEAD NOTHING",
    );
    drop(writer.begin().unwrap());
    assert_eq!(control.damage(), Some("session"));
}

#[test]
fn whoever_stops_with_the_head_of_the_log_is_cut_off_and_the_next_one_goes_on() {
    let Some((server, writer)) = made() else {
        return;
    };
    let begun = writer.begin().unwrap();
    checkpoint_rows::put(&begun, 0, "note", b"control").unwrap();
    begun.commit().unwrap();
    let second = Writer::open(Database::Server(Arc::clone(&server))).unwrap();
    let stopped = writer.begin().unwrap();
    checkpoint_rows::put(&stopped, 7, "of the first", b"control").unwrap();
    let waited = Instant::now();
    let begun = second.begin().unwrap();
    assert!(waited.elapsed() < Duration::from_secs(12));
    checkpoint_rows::put(&begun, 8, "of the second", b"control").unwrap();
    begun.commit().unwrap();
    assert!(stopped.commit().is_err());
    let newest = checkpoint_rows::newest(&second).unwrap().unwrap();
    assert_eq!(newest, (8, "of the second".to_owned()));
}

#[test]
fn a_connection_that_was_lost_is_made_anew() {
    let Some((server, mut writer)) = made() else {
        return;
    };
    let control = watched(&mut writer);
    let readers = Readers::open(
        Database::Server(Arc::clone(&server)),
        1,
        &control,
        Access::Work,
    );
    let readers = readers.unwrap();
    drop(readers.snapshot().unwrap());
    let theirs = other(&server);
    let end = "DO $$ BEGIN PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
               WHERE datname = current_database() AND pid <> pg_backend_pid(); END $$";
    run(&theirs, end);
    // The library notices it with the first statement that follows.
    let until = Instant::now() + Duration::from_secs(20);
    let begun = loop {
        match writer.begin() {
            Ok(begun) => break begun,
            Err(error) => assert!(Instant::now() < until, "{error:?}"),
        }
    };
    meta_rows::insert(&begun, "a", "1").unwrap();
    begun.commit().unwrap();
    let read = || {
        let reader = readers.snapshot()?;
        meta_rows::find(reader.connection()?, "a")
    };
    let found = loop {
        match read() {
            Ok(found) => break found,
            Err(error) => assert!(Instant::now() < until, "{error:?}"),
        }
    };
    assert_eq!(found.as_deref(), Some("1"));
    assert_eq!(control.damage(), None);
}

#[test]
fn over_the_network_a_certificate_and_a_password_are_needed() {
    let Some(server) = shared() else { return };
    server.sql("postgres", "CREATE ROLE guest LOGIN PASSWORD 'horse'");
    let room = tempfile::tempdir().unwrap();
    let file = |text: &str| {
        let path = room.path().join(text);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
        path
    };
    let enter = |address: &str, password: &str| {
        let place = ServerPlace::read(address, Some(file(password))).unwrap();
        Server::at(place)
            .and_then(|server| Session::reader(&server))
            .map(drop)
    };
    let address = server.by_network("guest", "postgres");
    assert_eq!(enter(&address, "horse"), Ok(()));
    let fault = |entered: Result<(), StoreError>| entered.unwrap_err().fault;
    assert_eq!(fault(enter(&address, "donkey")), StoreFault::Unauthorised);
    // Another name than that of the certificate.
    let other = address.replace("localhost", "db.example");
    assert_eq!(fault(enter(&other, "horse")), StoreFault::Untrusted);
    // Another authority.
    let key = rcgen::KeyPair::generate().unwrap();
    let own = rcgen::CertificateParams::default()
        .self_signed(&key)
        .unwrap();
    let authority = file("authority.pem");
    fs::write(&authority, own.pem()).unwrap();
    let known = server.authorities();
    let other = address.replace(known.to_str().unwrap(), authority.to_str().unwrap());
    assert_eq!(fault(enter(&other, "horse")), StoreFault::Untrusted);
}

#[test]
fn a_server_is_told_a_password_by_scram_alone_and_bound_to_its_connection() {
    let Some(server) = TestServer::start(&[]) else {
        return;
    };
    // Kept as MD5, so that the server can ask for it in each way.
    let role = "SET password_encryption = md5; CREATE ROLE guest LOGIN PASSWORD 'horse'";
    server.sql("postgres", role);
    server.sql("postgres", "CREATE ROLE scram LOGIN PASSWORD 'horse'");
    let room = tempfile::tempdir().unwrap();
    let password = room.path().join("password");
    fs::write(&password, "horse").unwrap();
    fs::set_permissions(&password, Permissions::from_mode(0o600)).unwrap();
    let enter = |user: &str, more: &str| {
        let address = server.by_network(user, "postgres") + more;
        let place = ServerPlace::read(&address, Some(password.clone())).unwrap();
        Server::at(place)
            .and_then(|server| Session::reader(&server))
            .map(drop)
            .map_err(|error| error.fault)
    };
    // The server offers channel binding, so it is used; without it this would be refused.
    assert_eq!(enter("scram", "&channel_binding=require"), Ok(()));
    for (method, expected) in [
        ("password", Err(StoreFault::AsksOpenly)),
        ("md5", Err(StoreFault::AsksOpenly)),
        ("trust", Ok(())),
    ] {
        server.ask_for_passwords_by(method);
        let until = Instant::now() + Duration::from_secs(20);
        // It reads its rules anew a moment later.
        while enter("guest", "") != expected {
            assert!(Instant::now() < until, "{method}");
        }
    }
}

#[test]
fn a_server_that_is_careless_or_in_the_clear_is_refused() {
    let Some(careless) = TestServer::start(&["synchronous_commit=off"]) else {
        return;
    };
    let refused = Session::writer(&at(&careless.by_socket("owner", "postgres")));
    assert_eq!(
        refused.err().unwrap().fault,
        StoreFault::Careless("synchronous_commit")
    );
    drop(careless);
    let clear = TestServer::start(&["ssl=off", "fsync=off"]).unwrap();
    let refused = Session::writer(&at(&clear.by_socket("owner", "postgres")));
    assert_eq!(refused.err().unwrap().fault, StoreFault::Careless("fsync"));
    let refused = Session::reader(&at(&clear.by_network("owner", "postgres")));
    assert_eq!(refused.err().unwrap().fault, StoreFault::Untrusted);
}

#[test]
fn a_server_that_ends_takes_no_answer_along() {
    let Some(mut server) = TestServer::start(&[]) else {
        return;
    };
    let (place, writer) = made_of(&server);
    let begun = writer.begin().unwrap();
    leaf_rows::insert_all(&begun, &[leaf(0)]).unwrap();
    begun.commit().unwrap();
    let begun = writer.begin().unwrap();
    leaf_rows::insert_all(&begun, &[leaf(1)]).unwrap();
    assert_eq!(leaf_rows::count(&begun), Ok(2));
    server.crash();
    assert_eq!(begun.commit().unwrap_err().fault, StoreFault::Uncertain);
    // Whether it was committed is found by whoever has the lock of the head next.
    let begun = writer.begin().unwrap();
    assert_eq!(leaf_rows::count(&begun), Ok(1));
    leaf_rows::insert_all(&begun, &[leaf(1)]).unwrap();
    begun.commit().unwrap();
    let later = Writer::open(Database::Server(place)).unwrap();
    assert_eq!(leaf_rows::count(&later), Ok(2));
}

#[test]
fn the_steps_are_those_of_sqlite_in_other_words() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations");
    for (name, text) in migrations::STEPS {
        let own = fs::read_to_string(format!("{folder}/{name}.sql")).unwrap();
        let mut own = own.replace("DOUBLE PRECISION", "?");
        for (theirs, ours) in [
            (") STRICT, WITHOUT ROWID;", ");"),
            (") STRICT;", ");"),
            ("INTEGER", "BIGINT"),
            ("BLOB", "BYTEA"),
            ("REAL", "DOUBLE PRECISION"),
        ] {
            own = own.replace(theirs, ours);
        }
        let rest = text.strip_prefix(own.as_str());
        let rest = rest.unwrap_or_else(|| panic!("{name} differs"));
        // Digests are the server's own, and no statement writes them.
        let digest = "digest BYTEA NOT NULL GENERATED ALWAYS AS (sha256(sealed)) STORED;";
        let mut rest = rest.lines().filter(|line| !line.ends_with(digest));
        let only_storage = rest.all(|line| {
            line.is_empty()
                || line.starts_with("-- ")
                || line.ends_with(" SET STORAGE EXTERNAL;")
                || line.ends_with(
                    " SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 0);",
                )
        });
        assert!(only_storage, "{name}: {:?}", rest.next());
    }
}
