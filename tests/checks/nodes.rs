//! Several nodes that write one log: one real PostgreSQL, a vault directory for each node.

use std::collections::BTreeSet;
use std::fs::{self, Permissions};
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use breachvault::domain::{ExportId, NodeId, NodeName, OperatorName};
use breachvault::operations::audit::{ReadLeaf, SearchLeaves};
use breachvault::operations::case::ReadCase;
use breachvault::operations::export::take_package;
use breachvault::operations::node::{JoinNode, ListNodes, StrikeOffNode};
use breachvault::operations::only_reason;
use breachvault::operations::operator::AddOperator;
use breachvault::operations::record::LookUp;
use breachvault::operations::session::CloseSession;
use breachvault::vault::clock::ManualClock;
use breachvault::vault::entropy::SystemEntropy;
use breachvault::vault::identity::{EnrolmentToken, Password};
use breachvault::vault::keyring::{LockedKeyring, Passphrase};
use breachvault::vault::{
    Caller, ExhibitFacts, Paths, Refusal, Reply, Settings, SignIn, StartError, Vault, trail,
};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::clock::approved_export;
use crate::directory::directory;
use crate::erasure;
use crate::house::{self, House, PASSPHRASE, REASON, ask, log, numbers, perform};
use crate::outside;
use crate::proxy::{Does, Proxy};
use crate::secret_file::write_secret;
use crate::server::TestServer;

pub(crate) const ROWS: u64 = 3000;

/// The directory of another node of the house: what somebody copies to its machine, and an administrator lets in.
pub(crate) fn joined(house: &House, name: &str) -> TempDir {
    let to = copied(house.directory.path());
    let paths = Paths::of(to.path());
    let refused = house::open_with(&paths, clock(), house::settings());
    assert!(matches!(refused.err(), Some(StartError::NotANode)));
    let vault = join(&paths).unwrap();
    let administrator = sign_in(&vault, "archibald");
    let lead = sign_in(&vault, "leopoldine");
    let join = || JoinNode(NodeName::parse(name).unwrap());
    let refused = vault.perform(&lead, join()).err();
    assert!(matches!(refused, Some(Refusal::Denied(..))), "{refused:?}");
    let told = house::json_of(vault.perform(&administrator, join()).unwrap());
    let twice = vault.perform(&administrator, join()).err();
    assert!(matches!(twice, Some(Refusal::Failed(..))), "{twice:?}");
    vault.stop().unwrap();
    let node = told["node"].as_str().unwrap().parse().unwrap();
    Vault::become_node(&paths, &node).unwrap();
    to
}

fn join(paths: &Paths) -> Result<Vault, StartError> {
    let locked = LockedKeyring::read(&paths.keyring())?;
    let keyring = locked.unlock(&Passphrase::new(PASSPHRASE.to_owned()))?;
    let entropy = Arc::new(SystemEntropy::new());
    Vault::join(
        paths,
        keyring,
        house::settings(),
        Arc::new(clock()),
        entropy,
    )
}

pub(crate) fn nodes(vault: &Vault) -> Vec<Value> {
    let administrator = sign_in(vault, "archibald");
    let list = house::json_of(vault.perform(&administrator, ListNodes).unwrap());
    list["nodes"].as_array().unwrap().clone()
}

fn copied(from: &Path) -> TempDir {
    let to = directory();
    for folder in ["keys", "data", "data/packages"] {
        if from.join(folder).exists() {
            let made = to.path().join(folder);
            fs::create_dir(&made).unwrap();
            fs::set_permissions(
                &made,
                fs::metadata(from.join(folder)).unwrap().permissions(),
            )
            .unwrap();
        }
    }
    let keys = fs::read_dir(from.join("keys")).unwrap();
    let keys = keys.map(|entry| Path::new("keys").join(entry.unwrap().file_name()));
    for file in keys.chain([Path::new("data/store").to_owned()]) {
        fs::copy(from.join(&file), to.path().join(&file)).unwrap();
    }
    to
}

pub(crate) fn clock() -> ManualClock {
    ManualClock::new("2024-04-02T09:00:00Z".parse().unwrap())
}

pub(crate) fn open(directory: &TempDir, settings: Settings) -> Vault {
    house::open_with(&Paths::of(directory.path()), clock(), settings).unwrap()
}

pub(crate) fn look_up(vault: &Vault, who: &Caller, case: &str) -> Result<Reply, Refusal> {
    let body = json!({
        "numbers": numbers(ROWS, 1, 1), "purpose": "quality-check", "reason": REASON,
    });
    perform::<LookUp>(vault, who, &[("case", case)], body)
}

pub(crate) fn leaf(vault: &Vault, who: &Caller, seq: u64) -> Result<Value, Refusal> {
    let seq = seq.to_string();
    ask::<ReadLeaf>(vault, who, &[("leaf", seq.as_str())], json!({}))
}

pub(crate) fn sign_in(vault: &Vault, name: &str) -> Caller {
    let attempt = SignIn {
        name: OperatorName::parse(name).unwrap(),
        password: Password::new(format!("the long password of {name}")),
        totp: None,
        address: None,
    };
    vault.sign_in_here(attempt).unwrap().unwrap()
}

/// Another administrator, who is new.
pub(crate) fn second_administrator(house: &House) -> Caller {
    let administrator = sign_in(&house.vault, "archibald");
    let body = json!({ "name": "adalbert", "role": "administrator" });
    let invited = ask::<AddOperator>(&house.vault, &administrator, &[], body).unwrap();
    let token = EnrolmentToken::parse(invited["enrolment"].as_str().unwrap()).unwrap();
    house::enter(&house.vault, "adalbert", &token)
}

/// Two administrators strike a node off.
pub(crate) fn strike_off(house: &House, node: &Value) {
    for who in [
        sign_in(&house.vault, "archibald"),
        second_administrator(house),
    ] {
        let node = node.as_str().unwrap().parse().unwrap();
        let why = only_reason(REASON).unwrap();
        house
            .vault
            .perform(&who, StrikeOffNode { node, why })
            .unwrap();
    }
}

pub(crate) fn is_sound(vault: &Vault) {
    assert_eq!(vault.health().damage(), None);
    assert!(vault.health().is_green());
}

/// How many leaves the log has, which is whole and one, as each node's directory says.
pub(crate) fn verified(directories: &[&Path]) -> u64 {
    let sizes = directories.iter().map(|directory| {
        let verdict = trail::verify_directory(&Paths::of(directory), None, &[]);
        verdict.unwrap().size
    });
    let sizes: BTreeSet<u64> = sizes.collect();
    assert_eq!(sizes.len(), 1, "{sizes:?}");
    sizes.into_iter().next().unwrap()
}

#[test]
fn two_nodes_write_one_log_and_what_ends_on_one_has_ended_on_the_other() {
    let Some(server) = TestServer::start(&[]) else {
        return;
    };
    let (house, _room) = crate::postgresql::house(&server, false);
    house.admit(log(ROWS, 1)).unwrap();
    let people = house.people.clone();
    let case = people.case.as_str();
    // Two nodes start at once, while a third one writes.
    let (other, third) = (joined(&house, "second"), joined(&house, "third"));
    let (second, third) = thread::scope(|scope| {
        let starts = [&other, &third].map(|at| scope.spawn(|| open(at, house::settings())));
        for _ in 0..10 {
            look_up(&house.vault, &people.investigator, case).unwrap();
        }
        let [second, third] = starts.map(|start| start.join().unwrap());
        (second, third)
    });
    third.stop().unwrap();
    drop(third);

    // In turns: each goes on from where the other one left the log.
    let mut last = look_up(&house.vault, &people.investigator, case)
        .unwrap()
        .leaf;
    for no in 0..10 {
        let vault = [&second, &house.vault][no % 2];
        let next = look_up(vault, &people.investigator, case).unwrap().leaf;
        assert_eq!(next, last + 1);
        last = next;
    }
    // A leaf of one is read on the other at once.
    let told = leaf(&second, &people.auditor, last).unwrap();
    assert_eq!(told["leaf"]["action"], "record.lookup", "{told}");
    let by_action = json!({ "action": "record.lookup" });
    for vault in [&house.vault, &second] {
        look_up(&house.vault, &people.investigator, case).unwrap();
        look_up(&second, &people.investigator, case).unwrap();
        let found = ask::<SearchLeaves>(vault, &people.auditor, &[], by_action.clone()).unwrap();
        assert!(found["leaves"].as_array().unwrap().len() >= 20, "{found}");
    }

    // What it costs that the other one moved the head.
    let takes = |vaults: [&Vault; 2]| {
        let since = Instant::now();
        for no in 0..100 {
            look_up(vaults[no % 2], &people.investigator, case).unwrap();
        }
        since.elapsed() / 100
    };
    let (alone, in_turns) = (
        takes([&house.vault, &house.vault]),
        takes([&house.vault, &second]),
    );
    println!("a lookup on one node takes {alone:.1?}, on two in turns {in_turns:.1?}");

    // Both at once, several callers each.
    let answered: Vec<u64> = thread::scope(|scope| {
        let asking = [&house.vault, &second, &house.vault, &second].map(|vault| {
            scope.spawn(|| {
                let ask = |_| look_up(vault, &people.investigator, case).unwrap().leaf;
                (0..25).map(ask).collect::<Vec<u64>>()
            })
        });
        let answered = asking.map(|one| one.join().unwrap());
        answered.concat()
    });
    let distinct: BTreeSet<u64> = answered.iter().copied().collect();
    assert_eq!(distinct.len(), 100, "two answers have one leaf");

    // A session that ends on one node has ended on the other.
    let guest = sign_in(&second, "leander");
    let ids = [("case", case)];
    ask::<ReadCase>(&house.vault, &guest, &ids, json!({})).unwrap();
    ask::<ReadCase>(&second, &guest, &ids, json!({})).unwrap();
    ask::<CloseSession>(&house.vault, &guest, &[], json!({})).unwrap();
    let refused = ask::<ReadCase>(&second, &guest, &ids, json!({}));
    assert!(matches!(refused, Err(Refusal::Denied(..))), "{refused:?}");
    is_sound(&house.vault);
    is_sound(&second);

    // A row that was changed behind both is found by both, at the latest when all rows are compared again.
    server.sql(
        "breach",
        "UPDATE membership SET role = 'lead' WHERE role = 'custodian'",
    );
    for vault in [&second, &house.vault] {
        let until = Instant::now() + Duration::from_secs(20);
        let refused = loop {
            match ask::<ReadCase>(vault, &people.lead, &ids, json!({})) {
                Err(refused) => break refused,
                Ok(_) => assert!(Instant::now() < until, "the row was not found"),
            }
        };
        assert!(!matches!(refused, Refusal::Denied(..)), "{refused:?}");
        assert_eq!(vault.health().damage(), Some("membership"));
    }
    let size = verified(&[house.directory.path(), other.path()]);
    assert!(size > *distinct.last().unwrap());
}

#[test]
fn a_budget_is_one_budget_and_a_log_that_was_put_back_is_found_by_the_node_that_knew_it() {
    let Some(server) = TestServer::start(&[]) else {
        return;
    };
    let (house, _room) = crate::postgresql::house(&server, false);
    house.admit(log(ROWS, 1)).unwrap();
    let people = house.people.clone();
    let case = people.case.as_str();
    let (first, other) = (joined(&house, "second"), joined(&house, "third"));
    house.vault.stop().unwrap();
    let few = || {
        let mut settings = house::settings();
        settings.allow_lookups(6);
        settings
    };
    let (first_node, second) = (open(&first, few()), open(&other, few()));
    let pay = |vault: &Vault, no: usize| {
        let numbers = numbers(ROWS, 1, 8);
        let body = json!({
            "numbers": [numbers[no]], "purpose": "quality-check", "reason": REASON,
        });
        perform::<LookUp>(vault, &people.investigator, &[("case", case)], body)
    };
    let nodes = [&first_node, &second];
    for no in 0..6 {
        pay(nodes[no % 2], no).unwrap();
    }
    for vault in nodes {
        let refused = pay(vault, 7);
        assert!(matches!(refused, Err(Refusal::Denied(..))));
    }
    is_sound(&first_node);
    is_sound(&second);

    // Somebody puts the head of the log back. A node that knew better signs nothing after it.
    server.sql(
        "breach",
        "CREATE SCHEMA aside; CREATE TABLE aside.old AS SELECT * FROM checkpoint",
    );
    ask::<ReadCase>(&second, &people.lead, &[("case", case)], json!({})).unwrap();
    server.sql(
        "breach",
        "UPDATE checkpoint SET size = old.size, note = old.note, control = old.control FROM aside.old",
    );
    let refused = ask::<ReadCase>(&second, &people.lead, &[("case", case)], json!({}));
    assert!(matches!(refused, Err(Refusal::Unaudited(_))), "{refused:?}");
    assert_eq!(second.health().damage(), Some("checkpoint"));
    let known = house::open_with(&Paths::of(other.path()), clock(), few());
    assert!(known.is_err());
}

#[test]
fn a_node_without_the_newest_keyring_answers_nothing_until_the_file_is_there() {
    let Some(server) = TestServer::start(&[]) else {
        return;
    };
    let (house, _room) = crate::postgresql::house(&server, false);
    house.admit(log(ROWS, 1)).unwrap();
    let people = house.people.clone();
    let case = people.case.as_str();
    let other = joined(&house, "second");
    let second = open(&other, house::settings());
    look_up(&second, &people.investigator, case).unwrap();
    house::open_case(&house.vault, &people.lead, "Another supplier");
    for _ in 0..2 {
        let refused = look_up(&second, &people.investigator, case);
        assert!(matches!(refused, Err(Refusal::Unaudited(_))));
        assert!(second.health().waits_for_keyring() && !second.health().is_green());
        assert_eq!(second.health().damage(), None);
    }
    // The other node is not kept from anything.
    look_up(&house.vault, &people.investigator, case).unwrap();
    // As `cp` does it: written beside, and renamed.
    let (from, to) = (house.paths().keyring(), Paths::of(other.path()).keyring());
    let beside = to.with_extension("copied");
    fs::copy(from, &beside).unwrap();
    fs::rename(&beside, to).unwrap();
    look_up(&second, &people.investigator, case).unwrap();
    assert!(!second.health().waits_for_keyring());
    is_sound(&second);
    look_up(&house.vault, &people.investigator, case).unwrap();
    is_sound(&house.vault);
}

#[test]
fn a_node_clears_what_it_left_itself_and_writes_nothing_once_it_is_struck_off() {
    let Some(server) = TestServer::start(&[]) else {
        return;
    };
    let (house, _room) = crate::postgresql::house(&server, false);
    let people = house.people.clone();
    let case = people.case.as_str();
    let other = joined(&house, "second");
    // An admission that is under way on one node outlives the start of another.
    let facts = || ExhibitFacts {
        name: None,
        source: None,
        region: None,
        bytes: None,
        accept_quarantined: false,
    };
    let begun = house
        .vault
        .begin_admission(&people.custodian, &people.case, facts());
    let admission = begun.ok().unwrap();
    let second = open(&other, house::settings());
    let in_the_way = second.begin_admission(&people.custodian, &people.case, facts());
    assert!(in_the_way.is_err());
    let mut names = nodes(&second);
    names.sort_by_key(|node| node["name"].to_string());
    let running: Vec<_> = names
        .iter()
        .map(|node| (node["name"].as_str().unwrap(), node["running"] == true))
        .collect();
    assert_eq!(running, [("first", true), ("second", true)]);
    // Whoever starts with a clock that is ahead takes nobody for gone, and clears nothing.
    drop(admission);
    second.stop().unwrap();
    drop(second);
    let ahead = clock();
    ahead.jump_seconds(200);
    let second = house::open_at(&Paths::of(other.path()), ahead.clone()).unwrap();
    assert_eq!(second.clear_left_admissions(), Ok(0));
    let in_the_way = second.begin_admission(&people.custodian, &people.case, facts());
    assert!(in_the_way.is_err());
    let both = [&house.vault, &second];
    assert_eq!(both.iter().filter(|vault| vault.takes_up()).count(), 1);
    // A node of which nothing new was heard for three minutes leaves it to those that run.
    ahead.advance_seconds(180);
    assert!(second.takes_up());
    assert_eq!(second.clear_left_admissions(), Ok(1));
    let admitted = house::admit_as(&second, &people.custodian, &people.case, log(ROWS, 1));
    assert_eq!(admitted.unwrap()["admitted"], ROWS);
    look_up(&house.vault, &people.investigator, case).unwrap();

    // The same directory twice: the one that started last is the node.
    let twin = copied(other.path());
    fs::copy(
        other.path().join("data/node"),
        twin.path().join("data/node"),
    )
    .unwrap();
    // It is that node already, and joins as no other one.
    let refused = join(&Paths::of(twin.path())).err();
    assert!(
        matches!(refused, Some(StartError::NamesANode)),
        "{refused:?}"
    );
    let newer = open(&twin, house::settings());
    look_up(&newer, &people.investigator, case).unwrap();
    let refused = look_up(&second, &people.investigator, case);
    assert!(matches!(refused, Err(Refusal::Unaudited(_))));
    look_up(&newer, &people.investigator, case).unwrap();

    let node = names[1]["node"].as_str().unwrap().parse().unwrap();
    let strike = |who: &Caller, node: &NodeId| {
        let why = only_reason(REASON).unwrap();
        let node = node.clone();
        house
            .vault
            .perform(who, StrikeOffNode { node, why })
            .map(house::json_of)
    };
    let refused = strike(&people.lead, &node);
    assert!(matches!(refused, Err(Refusal::Denied(..))));
    // It takes two administrators, and a wish of the same one is the same wish. Another node is another wish.
    let administrator = sign_in(&house.vault, "archibald");
    let other_one = second_administrator(&house);
    let _third = joined(&house, "third");
    let third = nodes(&house.vault).pop().unwrap();
    assert_eq!(third["name"], "third");
    let third: NodeId = third["node"].as_str().unwrap().parse().unwrap();
    assert_eq!(strike(&administrator, &third).unwrap()["struck_off"], false);
    for _ in 0..2 {
        assert_eq!(strike(&administrator, &node).unwrap()["struck_off"], false);
    }
    look_up(&newer, &people.investigator, case).unwrap();
    assert_eq!(strike(&other_one, &third).unwrap()["struck_off"], true);
    look_up(&newer, &people.investigator, case).unwrap();
    assert_eq!(strike(&other_one, &node).unwrap()["struck_off"], true);
    assert!(matches!(
        strike(&administrator, &node),
        Err(Refusal::Failed(..))
    ));
    let all = nodes(&house.vault);
    let own = all.iter().find(|node| node["name"] == "first").unwrap();
    let own = own["node"].as_str().unwrap().parse();
    let refused = strike(&administrator, &own.unwrap());
    assert!(matches!(refused, Err(Refusal::Failed(..))));
    let refused = look_up(&newer, &people.investigator, case);
    assert!(matches!(refused, Err(Refusal::Unaudited(_))));
    assert_eq!(newer.health().damage(), None);
    // Each of them knows why. With the next change of the keyring too, which nobody sends them, here and at a start.
    assert!(newer.health().is_no_node() && second.health().is_no_node());
    house::open_case(&house.vault, &people.lead, "Another supplier");
    assert!(look_up(&newer, &people.investigator, case).is_err());
    assert!(newer.health().is_no_node() && !newer.health().waits_for_keyring());
    drop((newer, second));
    let refused = house::open_with(&Paths::of(other.path()), clock(), house::settings());
    assert!(matches!(refused.err(), Some(StartError::NotANode)));
    look_up(&house.vault, &people.investigator, case).unwrap();
    is_sound(&house.vault);
    let mut list = nodes(&house.vault);
    list.sort_by_key(|node| node["name"].to_string());
    assert_eq!(list.len(), 3);
    assert_eq!(
        (&list[0]["state"], &list[0]["struck_off_by"]),
        (&json!("runs"), &json!([]))
    );
    let struck = &list[1];
    assert_eq!(struck["state"], "struck-off");
    assert_eq!(struck["struck_off_by"], json!(["archibald", "adalbert"]));
    assert_ne!(struck["struck_off_at"], Value::Null);
    assert_eq!(
        (&struck["running"], &struck["address"]),
        (&json!(false), &Value::Null)
    );
    verified(&[house.directory.path()]);
}

/// A proxy between the server and a node that has this directory.
pub(crate) fn proxy_before(server: &TestServer, node: &TempDir, between: &TempDir) -> Proxy {
    let proxy = Proxy::at_socket(between.path(), &server.socket());
    let through = between.path().display();
    let through = format!("postgresql://vault@/breach?host={through}&port=5432\n\n");
    fs::write(node.path().join("data/store"), through).unwrap();
    proxy
}

#[test]
fn a_commit_without_an_answer_is_found_again_without_a_person_and_nothing_is_doubled() {
    let Some(server) = TestServer::start(&[]) else {
        return;
    };
    let (house, _room) = crate::postgresql::house(&server, false);
    house.admit(log(ROWS, 1)).unwrap();
    let people = house.people.clone();
    let case = people.case.as_str();
    let other = joined(&house, "second");
    let between = directory();
    let proxy = proxy_before(&server, &other, &between);
    let second = open(&other, house::settings());
    let mut last = look_up(&second, &people.investigator, case).unwrap().leaf;
    for lost in [Does::LoseAnswer, Does::LoseCommit, Does::LoseAnswer] {
        proxy.set(lost);
        let refused = look_up(&second, &people.investigator, case);
        assert!(matches!(refused, Err(Refusal::Unaudited(_))));
        assert_eq!(proxy.does(), Does::Pass);
        assert!(!second.health().is_green());
        let next = look_up(&second, &people.investigator, case).unwrap().leaf;
        // The one that nobody was answered is in the log, once, or it is not.
        let between = u64::from(lost == Does::LoseAnswer);
        assert_eq!(next, last + 1 + between, "{lost:?}");
        is_sound(&second);
        last = look_up(&house.vault, &people.investigator, case)
            .unwrap()
            .leaf;
        assert_eq!(last, next + 1);
    }
    // Another node goes on before the one that does not know.
    proxy.set(Does::LoseAnswer);
    assert!(look_up(&second, &people.investigator, case).is_err());
    let theirs = look_up(&house.vault, &people.investigator, case)
        .unwrap()
        .leaf;
    assert_eq!(theirs, last + 2);
    let next = look_up(&second, &people.investigator, case).unwrap().leaf;
    assert_eq!(next, theirs + 1);
    is_sound(&second);
    is_sound(&house.vault);

    // The first commit of an admission: the exhibit is there, and nobody goes on with it.
    for (lost, seed) in [(Does::LoseAnswer, 2), (Does::LoseCommit, 3)] {
        proxy.set(lost);
        let begun =
            second.begin_admission(&people.custodian, &people.case, ExhibitFacts::default());
        assert!(matches!(begun.err(), Some(Refusal::Unaudited(_))));
        look_up(&second, &people.investigator, case).unwrap();
        let file = log(200, seed);
        let admitted = house::admit_as(&second, &people.custodian, &people.case, file);
        assert_eq!(admitted.unwrap()["admitted"], 200, "{lost:?}");
    }
    is_sound(&second);
    verified(&[house.directory.path(), other.path()]);
}

#[test]
fn an_erasure_reaches_packages_and_lists_at_every_node() {
    let Some(server) = TestServer::start(&[]) else {
        return;
    };
    let (house, _room) = crate::postgresql::house(&server, false);
    house.admit(log(ROWS, 1)).unwrap();
    let people = house.people.clone();
    let other = joined(&house, "second");
    let paths = Paths::of(other.path());
    let second = open(&other, house::settings());
    // As its server does once it begins.
    second.keep_up().unwrap();
    let take = |vault: &Vault, export: &str| {
        let id: ExportId = export.parse().unwrap();
        take_package(vault, &people.custodian, &id, None).map(drop)
    };
    let file = |paths: &Paths, export: &str| paths.packages().join(format!("{export}.tar"));
    let is_deleted = |taken: Result<(), Refusal>| {
        let found = taken.unwrap_err();
        let is_it =
            matches!(&found, Refusal::Failed(error, _) if error.name() == "package-deleted");
        assert!(is_it, "{found:?}");
    };
    let [here, there] = [(); 2].map(|()| approved_export(&house));
    take(&house.vault, &here).unwrap();
    for _ in 0..2 {
        take(&second, &there).unwrap();
    }
    assert!(file(&house.paths(), &here).exists() && file(&paths, &there).exists());
    // What another node built is not here, and nothing is damaged.
    let elsewhere = take(&second, &here).unwrap_err();
    let is_elsewhere =
        matches!(&elsewhere, Refusal::Failed(error, _) if error.name() == "package-elsewhere");
    assert!(is_elsewhere, "{elsewhere:?}");
    is_sound(&second);

    // From its commit on neither is handed out, before anybody has deleted one.
    let asked = numbers(ROWS, 1, 3);
    erasure::carried_out(&house, &asked[0]);
    is_deleted(take(&second, &there));
    is_deleted(take(&house.vault, &here));
    assert!(file(&paths, &there).exists());
    assert_eq!(house.vault.erase(), Ok(1));
    second.keep_up_if_due().unwrap();
    for (vault, paths, export) in [
        (&house.vault, &house.paths(), &here),
        (&second, &paths, &there),
    ] {
        assert!(!file(paths, export).exists());
        is_deleted(take(vault, export));
        assert!(paths.erasures().exists());
    }
    // What is built afterwards is handed out as before, and goes with the next erasure, also if the node does not run.
    let after = approved_export(&house);
    for _ in 0..2 {
        take(&second, &after).unwrap();
    }
    second.keep_up().unwrap();
    assert!(file(&paths, &after).exists());
    let list = fs::read(paths.erasures()).unwrap();
    drop(second);
    erasure::carried_out(&house, &asked[1]);
    assert_eq!(house.vault.erase(), Ok(1));
    let second = open(&other, house::settings());
    assert!(!file(&paths, &after).exists());
    assert_ne!(fs::read(paths.erasures()).unwrap(), list);
    is_deleted(take(&second, &after));
    // Then the nodes get a folder that they share. What is in its own is handed out, and goes with an erasure.
    let left = approved_export(&house);
    take(&second, &left).unwrap();
    second.stop().unwrap();
    drop(second);
    let shared = directory();
    let sharing = Settings {
        packages: Some(shared.path().to_owned()),
        ..house::settings()
    };
    let second = open(&other, sharing);
    take(&second, &left).unwrap();
    assert_eq!(fs::read_dir(shared.path()).unwrap().count(), 0);
    let own = paths.data().join("packages").join(format!("{left}.tar"));
    assert!(own.exists());
    erasure::carried_out(&house, &asked[2]);
    assert_eq!(house.vault.erase(), Ok(1));
    second.keep_up().unwrap();
    assert!(!own.exists());
    is_deleted(take(&second, &left));
    is_sound(&second);
    is_sound(&house.vault);
}

#[test]
fn nodes_that_share_a_folder_hand_out_what_any_of_them_built() {
    let Some(server) = TestServer::start(&[]) else {
        return;
    };
    let (house, _room) = crate::postgresql::house(&server, false);
    house.admit(log(ROWS, 1)).unwrap();
    let people = house.people.clone();
    let (one, other) = (joined(&house, "second"), joined(&house, "third"));
    let shared = directory();
    let sharing = || Settings {
        packages: Some(shared.path().to_owned()),
        ..house::settings()
    };
    let (second, third) = (open(&one, sharing()), open(&other, sharing()));
    let take = |vault: &Vault, export: &str| {
        let id: ExportId = export.parse().unwrap();
        take_package(vault, &people.custodian, &id, None).map(house::bytes_of)
    };
    let there = || -> Vec<String> {
        let all = fs::read_dir(shared.path()).unwrap();
        let names = all.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.collect()
    };
    let exports = [(); 2].map(|()| approved_export(&house));

    // What one built, the other one has, byte by byte.
    let package = take(&second, &exports[0]).unwrap();
    assert_eq!(take(&third, &exports[0]).unwrap(), package);
    assert_eq!(there().len(), 1);
    for node in [&one, &other] {
        let own = Paths::of(node.path()).packages();
        assert_eq!(fs::read_dir(own).unwrap().count(), 0);
    }
    // Both asked at once: one package, whoever built it.
    let [here, beside] = thread::scope(|scope| {
        let asked = [&second, &third].map(|vault| scope.spawn(|| take(vault, &exports[1])));
        asked.map(|taken| taken.join().unwrap().unwrap())
    });
    assert_eq!(here, beside);
    assert_eq!(there().len(), 2, "{:?}", there());

    // What a node was building is cleared once it runs no longer, and not before.
    let ids = nodes(&house.vault);
    let id = |name: &str| {
        let found = ids.iter().find(|node| node["name"] == name).unwrap();
        found["node"].as_str().unwrap().to_owned()
    };
    let begun = |name: &str| {
        let folder = shared
            .path()
            .join(format!("{}.{}.0.work", exports[0], id(name)));
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("part"), "sealed").unwrap();
        folder
    };
    let [of_second, of_third] = ["second", "third"].map(begun);
    assert_eq!(third.clear_left_builds().unwrap(), 0);
    second.stop().unwrap();
    drop(second);
    assert_eq!(third.clear_left_builds().unwrap(), 1);
    assert!(!of_second.exists() && of_third.exists());
    let again = begun("second");
    let second = open(&one, sharing());
    assert!(
        !again.exists() && of_third.exists(),
        "its own, and not that of another one"
    );

    // After an erasure none of them hands one out from before, and each keeps what was built since.
    erasure::carried_out(&house, &numbers(ROWS, 1, 1)[0]);
    for vault in [&second, &third] {
        let refused = take(vault, &exports[0]).unwrap_err();
        let is_deleted =
            matches!(&refused, Refusal::Failed(error, _) if error.name() == "package-deleted");
        assert!(is_deleted, "{refused:?}");
    }
    assert_eq!(house.vault.erase(), Ok(1));
    second.keep_up().unwrap();
    assert_eq!(there(), [of_third.file_name().unwrap().to_str().unwrap()]);
    let after = approved_export(&house);
    let package = take(&second, &after).unwrap();
    third.keep_up().unwrap();
    assert_eq!(take(&third, &after).unwrap(), package);
    // A folder that is not there, or that others use, is no folder for packages.
    third.stop().unwrap();
    drop(third);
    let start = || house::open_with(&Paths::of(other.path()), clock(), sharing());
    fs::set_permissions(shared.path(), Permissions::from_mode(0o777)).unwrap();
    assert!(matches!(start().err(), Some(StartError::Exposed(_))));
    fs::set_permissions(shared.path(), Permissions::from_mode(0o700)).unwrap();
    second.stop().unwrap();
    drop(second);
    drop(start().unwrap());
    fs::remove_dir_all(shared.path()).unwrap();
    assert!(matches!(start().err(), Some(StartError::Packages(_))));
    is_sound(&house.vault);
}

#[test]
fn what_a_node_left_that_is_gone_is_taken_up_by_one_of_those_that_run_on() {
    let Some(server) = TestServer::start(&[]) else {
        return;
    };
    let (house, _room) = crate::postgresql::house(&server, false);
    house.admit(log(ROWS, 1)).unwrap();
    let people = house.people.clone();
    let (other, third) = (joined(&house, "second"), joined(&house, "third"));
    let second = open(&other, house::settings());
    let time = clock();
    let third = house::open_at(&Paths::of(third.path()), time.clone()).unwrap();
    erasure::carried_out(&house, &numbers(ROWS, 1, 1)[0]);
    let begin = |vault: &Vault| {
        vault
            .begin_admission(&people.custodian, &people.case, ExhibitFacts::default())
            .ok()
    };
    drop(begin(&second).unwrap());
    // One of those that run takes up what was left, and nobody what a node does that runs.
    let all = [&house.vault, &second, &third];
    assert_eq!(all.iter().filter(|vault| vault.takes_up()).count(), 1);
    for vault in all {
        assert_eq!(vault.clear_left_admissions(), Ok(0));
    }
    // It ends without a word, and its heartbeat lapses; the others go on.
    drop(second);
    let both = [&house.vault, &third];
    for clock in [&house.clock, &time] {
        clock.advance_seconds(200);
    }
    both.iter().for_each(|vault| vault.watch_clock());
    let (mut takes, rests): (Vec<&Vault>, Vec<&Vault>) =
        both.iter().partition(|vault| vault.takes_up());
    assert_eq!((takes.len(), rests.len()), (1, 1));
    let takes = takes.remove(0);
    assert_eq!(takes.erase(), Ok(1));
    assert_eq!(rests[0].erase(), Ok(0));
    assert!(begin(rests[0]).is_none(), "an exhibit is in the way");
    assert_eq!(takes.clear_left_admissions(), Ok(1));
    assert_eq!(takes.clear_left_admissions(), Ok(0));
    for (vault, seed) in both.iter().zip(2..) {
        let admitted = house::admit_as(vault, &people.custodian, &people.case, log(200, seed));
        assert_eq!(admitted.unwrap()["admitted"], 200);
        is_sound(vault);
    }
}

const BEGINS: &str = "the node begins";
const ANSWERED: &str = "answered by leaf ";

/// The process that is stopped and killed: this test, which another one starts. It asks without end.
#[test]
#[ignore = "the process that the tests of this file start and kill"]
fn node() {
    let told = |name: &str| outside::setting(name).unwrap_or_default();
    let paths = Paths::of(Path::new(&told("NODE_VAULT")));
    let case = told("NODE_CASE");
    let vault = house::open_with(&paths, clock(), house::settings()).unwrap();
    let who = sign_in(&vault, "ingeborg");
    println!("{BEGINS}");
    loop {
        match look_up(&vault, &who, &case) {
            Ok(reply) => println!("{ANSWERED}{}", reply.leaf),
            // Stopped or cut off: it asks again, and whoever waits too long for an answer shows why.
            Err(refusal) => println!("refused: {refusal:?}"),
        }
    }
}

/// A node of its own process, and what it says.
struct Node {
    child: Child,
    lines: Receiver<String>,
    reader: Option<JoinHandle<()>>,
}

impl Node {
    fn start(directory: &Path, case: &str) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["nodes::node", "--exact", "--ignored", "--nocapture"])
            .env("NODE_VAULT", directory)
            .env("NODE_CASE", case)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let (said, lines) = channel();
        let reader = thread::spawn(move || {
            let mut all = out.lines().map_while(Result::ok);
            while all.next().is_some_and(|line| said.send(line).is_ok()) {}
        });
        let node = Self {
            child,
            lines,
            reader: Some(reader),
        };
        while !node.line().contains(BEGINS) {}
        node
    }

    fn line(&self) -> String {
        let line = self.lines.recv_timeout(PATIENCE);
        line.expect("the node says nothing")
    }

    /// The leaf of its next answer.
    fn answer(&self) -> u64 {
        let since = Instant::now();
        loop {
            let line = self.line();
            if let Some(leaf) = answered(&line) {
                return leaf;
            }
            assert!(since.elapsed() < PATIENCE, "no answer: {line}");
        }
    }

    /// Ends it; the leaves that it answered and nobody heard of yet.
    fn kill(mut self) -> Vec<u64> {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.reader.take().unwrap().join().unwrap();
        self.lines
            .iter()
            .filter_map(|line| answered(&line))
            .collect()
    }
}

impl Drop for Node {
    /// A test that failed leaves no process behind.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// How long a node may be without an answer, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

fn answered(line: &str) -> Option<u64> {
    line.split_once(ANSWERED)
        .map(|(_, leaf)| leaf.trim().parse().unwrap())
}

pub(crate) fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill")
        .args([name, &child.id().to_string()])
        .status();
    assert!(sent.unwrap().success());
}

#[test]
fn nodes_that_are_stopped_or_killed_keep_nobody_and_lose_no_leaf_that_was_answered() {
    let Some(server) = TestServer::start(&[]) else {
        return;
    };
    let (house, _room) = crate::postgresql::house(&server, false);
    house.admit(log(ROWS, 1)).unwrap();
    let people = house.people.clone();
    let case = people.case.as_str();
    let other = joined(&house, "second");
    let mut told = BTreeSet::new();
    let mut tell = |leaf: u64| assert!(told.insert(leaf), "leaf {leaf} answers twice");
    let here = || look_up(&house.vault, &people.investigator, case);

    // Stopped, and perhaps with the head of the log: it is cut off, and goes on when it wakes.
    let mut node = Node::start(other.path(), case);
    for pause in [0, 3, 7] {
        tell(node.answer());
        thread::sleep(Duration::from_millis(pause));
        signal(&node.child, "-STOP");
        let since = Instant::now();
        tell(here().unwrap().leaf);
        assert!(since.elapsed() < Duration::from_secs(10), "{pause}");
        signal(&node.child, "-CONT");
        is_sound(&house.vault);
    }
    (0..3).for_each(|_| tell(node.answer()));

    // Killed at any moment. A series: `KILLS=500 cargo test --test checks nodes::`.
    for no in 1..=crate::kills::kills() {
        let part = (f64::from(no) * 0.618_033_988_749_895).fract();
        let until = Instant::now() + Duration::from_millis(300).mul_f64(part);
        while Instant::now() < until {
            tell(here().unwrap().leaf);
        }
        node.kill().into_iter().for_each(&mut tell);
        tell(here().unwrap().leaf);
        node = Node::start(other.path(), case);
    }
    node.kill().into_iter().for_each(&mut tell);
    is_sound(&house.vault);
    // Every leaf that was answered is there, and is a lookup.
    let size = verified(&[house.directory.path(), other.path()]);
    assert!(size > *told.last().unwrap());
    for seq in told.iter().rev().take(50) {
        let found = leaf(&house.vault, &people.auditor, *seq).unwrap();
        assert_eq!(found["leaf"]["action"], "record.lookup", "{found}");
    }
}

/// The built program: two directories, two servers, one vault.
struct Program {
    room: TempDir,
}

impl Program {
    fn path(&self, name: &str) -> String {
        self.room.path().join(name).to_str().unwrap().to_owned()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_breachvault"));
        command
            .args(arguments)
            .env("HOME", self.room.path())
            .env("BREACHVAULT_PROFILES", self.path("profiles"))
            .stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> String {
        let done = self.command(arguments).output().unwrap();
        assert!(
            done.status.success(),
            "{arguments:?}: {}",
            house::said(&done)
        );
        String::from_utf8(done.stdout).unwrap()
    }

    /// A command on a directory that is not served, as the administrator.
    fn on(&self, vault: &str, arguments: &[&str]) -> String {
        let (dir, config) = (self.path(vault), self.path("config"));
        let (passphrase, password) = (self.path("passphrase"), self.path("password"));
        let common = [
            "--dir",
            &dir,
            "--config",
            &config,
            "--passphrase-file",
            &passphrase,
            "--operator",
            "administrator",
            "--password-file",
            &password,
        ];
        self.run(&[arguments, &common].concat())
    }

    /// Serves a directory; answers where.
    fn serve(&self, vault: &str) -> (Child, String) {
        let mut child = self
            .command(&["serve", "--listen", "127.0.0.1:0"])
            .args(["--dir", &self.path(vault), "--config", &self.path("config")])
            .args(["--passphrase-file", &self.path("passphrase")])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap())
            .lines()
            .map_while(Result::ok);
        let mut said = Vec::new();
        let url = lines.by_ref().find_map(|line| {
            let at = line.find("https://127.0.0.1:");
            let url = at.map(|at| line[at..].split_whitespace().next().unwrap().to_owned());
            said.push(line);
            url
        });
        thread::spawn(move || lines.for_each(drop));
        (child, url.unwrap_or_else(|| panic!("{said:?}")))
    }
}

#[test]
fn two_servers_of_one_vault_answer_over_https_and_their_log_verifies_as_one() {
    let Some(server) = TestServer::start(&[]) else {
        return;
    };
    server.sql("postgres", "CREATE ROLE vault LOGIN");
    server.sql("postgres", "CREATE DATABASE breach OWNER vault");
    let program = Program { room: directory() };
    for (name, text) in [
        ("passphrase", PASSPHRASE),
        ("password", "a password of the tests"),
        (
            "config",
            "[identity]\nsecond_factor = \"offered\"\n[sign_in]\npasskeys = \"offered\"",
        ),
    ] {
        write_secret(program.path(name), &format!("{text}\n"));
    }
    let (one, two) = (program.path("one"), program.path("two"));
    program.run(&[
        "init",
        "--dir",
        &one,
        "--config",
        &program.path("config"),
        "--store",
        &server.by_socket("vault", "breach"),
        "--passphrase-file",
        &program.path("passphrase"),
        "--administrator-password-file",
        &program.path("password"),
    ]);
    let copy = copied(Path::new(&one));
    fs::rename(copy.path(), &two).unwrap();
    let refused = program
        .command(&["serve", "--listen", "127.0.0.1:0", "--dir", &two])
        .args(["--passphrase-file", &program.path("passphrase")])
        .output()
        .unwrap();
    let said = house::said(&refused);
    assert!(
        !refused.status.success() && said.contains("node join"),
        "{said}"
    );
    let (first, url) = program.serve("one");
    // A node joins while another one is served.
    let joined = program.on("two", &["node", "join", "--name", "second", "--json"]);
    let joined: Value = serde_json::from_str(&joined).unwrap();
    let (second, other) = program.serve("two");

    let profile = |name: &str, url: &str, vault: &str| {
        let ca = format!("{vault}/keys/ca.crt");
        program.run(&[
            "login",
            "--profile",
            name,
            "--server",
            url,
            "--ca-file",
            &ca,
            "--operator",
            "administrator",
            "--password-file",
            &program.path("password"),
        ]);
    };
    profile("here", &url, &one);
    profile("there", &other, &two);
    for (no, who) in ["here", "there", "here", "there"].iter().enumerate() {
        let name = format!("lead.{no}");
        let invite = ["operators", "invite", &name, "--role", "lead"];
        program.run(&[&invite[..], &["--profile", who]].concat());
        for who in ["there", "here"] {
            let list = program.run(&["operators", "list", "--profile", who]);
            assert!(list.contains(&name), "{who}: {list}");
        }
    }
    let sizes = [&one, &two].map(|dir| {
        let told = program.run(&["audit", "verify", "--dir", dir, "--json"]);
        let told: Value = serde_json::from_str(&told).unwrap();
        told["size"].as_u64().unwrap()
    });
    assert_eq!(sizes[0], sizes[1]);
    for mut child in [first, second] {
        signal(&child, "-TERM");
        assert!(child.wait().unwrap().success());
    }
    let list = program.on("one", &["node", "list", "--json"]);
    let list: Value = serde_json::from_str(&list).unwrap();
    let running = |name: &str| {
        let mut all = list["nodes"].as_array().unwrap().iter();
        all.find(|node| node["name"] == name).unwrap()["running"] == true
    };
    assert!(running("first") && !running("second"), "{list}");
    let id = joined["node"].as_str().unwrap();
    let strike = ["node", "strike-off", id, "--reason", REASON, "--json"];
    let told: Value = serde_json::from_str(&program.on("one", &strike)).unwrap();
    assert_eq!(told["struck_off"], false, "it takes another administrator");
    let list = program.on("one", &["node", "list"]);
    assert!(list.contains("first") && list.contains("second"), "{list}");
}
