//! Somebody moves the machine's clock while the vault is stopped, or changes what it has kept.

use breachvault::domain::{ExportId, Moment, OperatorName};
use breachvault::operations::clock::AcceptTime;
use breachvault::operations::export::{DecideExport, RequestExport, take_package};
use breachvault::operations::session::ReadSelf;
use breachvault::policy::Denial;
use breachvault::vault::clock::{Clock as _, ManualClock};
use breachvault::vault::identity::{Password, TotpCode};
use breachvault::vault::{Caller, Paths, Refusal, SetSecondFactor, SignIn, Vault};
use serde_json::json;

use crate::house::{House, REASON, ask, code, json_of, log, open_at, open_with, settings};
use crate::tables::only_on_sqlite;

const YEAR: i64 = 365 * 86_400;

/// Stops the vault and starts it when its machine's clock is ahead by so many seconds.
fn restart(vault: Vault, paths: &Paths, clock: &ManualClock, ahead: i64) -> (Vault, ManualClock) {
    vault.stop().unwrap();
    drop(vault);
    let clock = ManualClock::new(clock.now().plus_seconds(ahead));
    let vault = open_at(paths, clock.clone()).ok().unwrap();
    (vault, clock)
}

/// An export that is approved.
pub(crate) fn approved_export(house: &House) -> String {
    let people = &house.people;
    let recipient = age::x25519::Identity::generate().to_public().to_string();
    let body = json!({
        "profile": "evidence", "filter": {}, "recipients": [recipient],
        "purpose": "law-enforcement", "reason": REASON, "legal_basis": "Production order 1",
    });
    let case = [("case", people.case.as_str())];
    let asked = house.ask::<RequestExport>(&people.investigator, &case, body);
    let export = asked.unwrap()["export"].as_str().unwrap().to_owned();
    let yes = json!({ "decision": "approve", "reason": REASON });
    let ids = [("export", export.as_str())];
    let decided = house.ask::<DecideExport>(&people.lead, &ids, yes);
    decided.unwrap();
    export
}

fn lives(vault: &Vault, caller: &Caller) -> bool {
    ask::<ReadSelf>(vault, caller, &[], json!({})).is_ok()
}

#[test]
fn a_session_that_ended_stays_so_if_the_vault_starts_with_an_earlier_clock() {
    let House {
        vault,
        people,
        clock,
        directory,
    } = House::new();
    let paths = Paths::of(directory.path());
    clock.advance_seconds(8 * 3600);
    assert!(!lives(&vault, &people.lead));
    let (vault, clock) = restart(vault, &paths, &clock, -8 * 3600);
    assert!(!lives(&vault, &people.lead));
    assert!(vault.clock().in_doubt());
    let (vault, _) = restart(vault, &paths, &clock, -YEAR);
    assert!(!lives(&vault, &people.lead));
}

#[test]
fn a_session_that_ended_while_nothing_was_written_stays_so_after_a_crash() {
    let House {
        vault,
        people,
        clock,
        directory,
    } = House::new();
    clock.advance_seconds(8 * 3600);
    vault.watch_clock();
    let start = clock.now().plus_seconds(-8 * 3600);
    // Not stopped: the process was killed.
    drop(vault);
    let vault = open_at(&Paths::of(directory.path()), ManualClock::new(start))
        .ok()
        .unwrap();
    assert!(!lives(&vault, &people.lead));
}

#[test]
fn a_clock_that_is_ahead_at_a_start_deletes_no_package() {
    let house = House::new();
    house.admit(log(300, 1)).unwrap();
    let export = approved_export(&house);
    let id: ExportId = export.parse().unwrap();
    let custodian = &house.people.custodian;
    take_package(&house.vault, custodian, &id, None).unwrap();
    let House {
        mut vault,
        mut clock,
        directory,
        ..
    } = house;
    let paths = Paths::of(directory.path());
    let file = paths.packages().join(format!("{export}.tar"));
    // Not in doubt, in doubt, and for years.
    for ahead in [29 * 86_400, 30 * 86_400 + 3600, 40 * 86_400, 10 * YEAR] {
        (vault, clock) = restart(vault, &paths, &clock, ahead);
        for _ in 0..24 {
            assert_eq!(vault.delete_old_packages(), 0, "{ahead}");
            clock.advance_seconds(3600);
        }
        assert!(file.exists(), "{ahead}");
    }
    // It is served for 30 days, with a clock that nobody has accepted; then with one that is right.
    clock.advance_seconds(30 * 86_400);
    assert!(vault.clock().in_doubt());
    assert_eq!(vault.delete_old_packages(), 0);
    let house = House::new();
    house.admit(log(300, 1)).unwrap();
    let id: ExportId = approved_export(&house).parse().unwrap();
    let custodian = &house.people.custodian;
    take_package(&house.vault, custodian, &id, None).unwrap();
    house.clock.advance_seconds(30 * 86_400 - 1);
    assert_eq!(house.vault.delete_old_packages(), 0);
    house.clock.advance_seconds(1);
    assert_eq!(house.vault.delete_old_packages(), 1);
}

#[test]
fn an_approval_that_a_clock_ahead_at_a_start_ended_lives_again_when_two_people_have_put_it_right() {
    const AHEAD: i64 = 20 * 86_400;
    let house = House::new();
    house.admit(log(300, 1)).unwrap();
    let id: ExportId = approved_export(&house).parse().unwrap();
    let House {
        vault,
        clock,
        directory,
        ..
    } = house;
    let paths = Paths::of(directory.path());
    let (vault, clock) = restart(vault, &paths, &clock, AHEAD);
    let custodian = enter(&vault, "cunegonde", None);
    let is_expired = || {
        let taken = take_package(&vault, &custodian, &id, None);
        matches!(taken, Err(Refusal::Denied(Denial::Expired, _)))
    };
    assert!(is_expired());
    clock.jump_seconds(-AHEAD);
    assert!(is_expired(), "the machine alone takes nothing back");
    for name in ["leopoldine", "leander"] {
        assert!(is_expired(), "one person alone takes nothing back");
        let lead = enter(&vault, name, None);
        let body = json!({ "time": clock.now().to_string(), "reason": REASON });
        ask::<AcceptTime>(&vault, &lead, &[], body).unwrap();
    }
    take_package(&vault, &custodian, &id, None).unwrap();
}

#[test]
fn a_session_from_a_time_ahead_does_not_outlive_the_correction() {
    let House {
        vault,
        clock,
        directory,
        ..
    } = House::new();
    let paths = Paths::of(directory.path());
    let (vault, ahead) = restart(vault, &paths, &clock, YEAR);
    assert!(vault.clock().in_doubt(), "so long a stop is told");
    let caller = enter(&vault, "leopoldine", None);
    let (vault, clock) = restart(vault, &paths, &ahead, -YEAR);
    assert!(lives(&vault, &caller));
    clock.advance_seconds(8 * 3600);
    assert!(!lives(&vault, &caller));
}

#[test]
fn a_vault_that_starts_with_a_clock_ahead_gives_no_points_for_it() {
    let house = House::new();
    house.admit(crate::house::log(300, 3)).unwrap();
    let House {
        vault,
        people,
        clock,
        directory,
    } = house;
    let paths = Paths::of(directory.path());
    let left = |vault: &Vault| {
        let caller = enter(vault, "ingeborg", None);
        let me = ask::<ReadSelf>(vault, &caller, &[], json!({}))
            .ok()
            .unwrap();
        me["cases"][0]["lookup_budget"].as_u64().unwrap()
    };
    let full = left(&vault);
    let body = json!({ "numbers": crate::house::numbers(300, 3, 10), "purpose": "scoping", "reason": crate::house::REASON });
    let ids = [("case", people.case.as_str())];
    let look_up = ask::<breachvault::operations::record::LookUp>;
    look_up(&vault, &people.investigator, &ids, body)
        .ok()
        .unwrap();
    let spent = left(&vault);
    assert!(spent < full);
    let (vault, ahead) = restart(vault, &paths, &clock, YEAR);
    assert_eq!(left(&vault), spent);
    let (vault, clock) = restart(vault, &paths, &ahead, -YEAR);
    assert_eq!(left(&vault), spent);
    clock.advance_seconds(3600);
    assert_eq!(left(&vault), full, "time that passes gives them back");
}

#[test]
fn a_second_factor_that_was_used_ahead_of_time_is_not_locked_out_once_the_clock_is_right() {
    let House {
        vault,
        clock,
        directory,
        ..
    } = House::new();
    let paths = Paths::of(directory.path());
    let set = vault.set_second_factor(SetSecondFactor {
        name: OperatorName::parse("leopoldine").unwrap(),
        password: Password::new("the long password of leopoldine".to_owned()),
        address: None,
    });
    let set = json_of(set.unwrap().ok().unwrap());
    let secret = set["totp_secret"].as_str().unwrap();
    let (vault, ahead) = restart(vault, &paths, &clock, YEAR);
    enter(&vault, "leopoldine", Some(code(secret, &ahead)));
    let (vault, clock) = restart(vault, &paths, &ahead, -YEAR);
    let right = code(secret, &clock);
    enter(&vault, "leopoldine", Some(right.clone()));
    assert!(
        try_to_enter(&vault, "leopoldine", Some(right)).is_none(),
        "once"
    );
    clock.advance_seconds(30);
    enter(&vault, "leopoldine", Some(code(secret, &clock)));
}

#[test]
fn what_the_vault_has_kept_of_its_clock_can_be_neither_changed_nor_removed() {
    only_on_sqlite!();
    let house = House::new();
    let clock = house.clock.clone();
    let closed = house.close();
    for sql in [
        "DELETE FROM clock",
        "UPDATE clock SET sealed = zeroblob(length(sealed))",
        "UPDATE clock SET sealed = (SELECT sealed FROM operator LIMIT 1)",
    ] {
        let copy = closed.copy();
        copy.sql(sql);
        let refused = open_with(&copy.paths(), clock.clone(), settings()).err();
        let said = refused.map(|error| error.to_string()).unwrap_or_default();
        assert!(said.contains("`clock`"), "{sql}: {said}");
    }
    assert!(open_with(&closed.paths(), clock, settings()).is_ok());
}

fn try_to_enter(vault: &Vault, name: &str, totp: Option<String>) -> Option<Caller> {
    let attempt = SignIn {
        name: OperatorName::parse(name).unwrap(),
        password: Password::new(format!("the long password of {name}")),
        totp: totp.map(|code| TotpCode::parse(&code).ok().unwrap()),
        address: None,
    };
    vault.sign_in_here(attempt).ok().unwrap().ok()
}

fn enter(vault: &Vault, name: &str, totp: Option<String>) -> Caller {
    try_to_enter(vault, name, totp).unwrap()
}

#[test]
fn a_vault_that_was_stopped_for_a_night_is_not_in_doubt() {
    let House {
        vault,
        clock,
        directory,
        ..
    } = House::new();
    let paths = Paths::of(directory.path());
    let (vault, later) = restart(vault, &paths, &clock, 14 * 3600);
    assert!(!vault.clock().in_doubt());
    let expected: Moment = later.now();
    assert_eq!(vault.clock().time, expected);
}
