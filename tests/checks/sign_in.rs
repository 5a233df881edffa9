//! Somebody tries passwords from one network or many, and a policy that changed over a stop.

use std::net::IpAddr;

use breachvault::domain::OperatorName;
use breachvault::operations::session::{CloseSession, ListSessions};
use breachvault::policy::Denial;
use breachvault::vault::identity::{Password, TotpCode};
use breachvault::vault::{
    Refusal, SecondFactor, SetSecondFactor, Settings, SignIn, Unauthenticated, Vault,
};
use serde_json::{Value, json};

use crate::house::{House, code, json_of, open_with, settings};
use crate::tables::only_on_sqlite;

const HOME: &str = "203.0.113.9";

/// What a stranger sees.
#[derive(Debug, PartialEq, Eq)]
enum Seen {
    In,
    Wrong,
    Wait,
}

fn attempt(name: &str, password: &str, address: &str) -> SignIn {
    SignIn {
        name: OperatorName::parse(name).unwrap(),
        password: Password::new(password.to_owned()),
        totp: None,
        address: Some(address.parse::<IpAddr>().unwrap()),
    }
}

fn sign_in(vault: &Vault, name: &str, password: &str, address: &str) -> Seen {
    match vault.sign_in(attempt(name, password, address)) {
        Ok(Ok(_)) => Seen::In,
        Ok(Err(Refusal::Denied(Denial::WrongCredential, _))) => Seen::Wrong,
        Err(Unauthenticated::Throttled { .. }) => Seen::Wait,
        Ok(Err(refusal)) => panic!("neither in nor out: {refusal:?}"),
        Err(refusal) => panic!("neither in nor out: {refusal:?}"),
    }
}

fn right(vault: &Vault, name: &str, address: &str) -> Seen {
    sign_in(
        vault,
        name,
        &format!("the long password of {name}"),
        address,
    )
}

/// Tries until it has to wait.
fn attack(vault: &Vault, name: &str, address: &str) -> usize {
    let mut tries = 0;
    while sign_in(vault, name, "a wrong password of it", address) == Seen::Wrong {
        tries += 1;
    }
    tries
}

fn attack_from_many(vault: &Vault, name: &str) {
    for host in 0..11 {
        attack(vault, name, &format!("198.51.{host}.7"));
    }
}

#[test]
fn wrong_passwords_from_one_network_keep_nobody_out_who_comes_from_another() {
    let house = House::new();
    let vault = &house.vault;
    assert_eq!(attack(vault, "leopoldine", "192.0.2.1"), 5);
    assert_eq!(right(vault, "leopoldine", "192.0.2.1"), Seen::Wait);
    for address in ["192.0.2.2", HOME, "2001:db8::1"] {
        assert_eq!(right(vault, "leopoldine", address), Seen::In, "{address}");
    }
    // One customer of IPv6 has many addresses and is one network.
    assert_eq!(attack(vault, "leander", "2001:db8:7::1"), 5);
    assert_eq!(right(vault, "leander", "2001:db8:7::2"), Seen::Wait);
    assert_eq!(right(vault, "leander", "2001:db8:8::1"), Seen::In);
}

#[test]
fn wrong_passwords_from_many_networks_keep_nobody_out_where_they_were_before() {
    let house = House::new();
    let vault = &house.vault;
    assert_eq!(right(vault, "leopoldine", HOME), Seen::In);
    attack_from_many(vault, "leopoldine");
    assert_eq!(right(vault, "leopoldine", HOME), Seen::In);
    assert_eq!(right(vault, "leopoldine", "203.0.114.1"), Seen::Wait);
    // What was remembered is kept over a stop.
    let clock = house.clock.clone();
    let closed = house.close();
    let vault = open_with(&closed.paths(), clock, settings()).unwrap();
    attack_from_many(&vault, "leopoldine");
    assert_eq!(right(&vault, "leopoldine", HOME), Seen::In);
    assert_eq!(right(&vault, "leopoldine", "203.0.114.1"), Seen::Wait);
}

#[test]
fn a_refusal_to_sign_in_does_not_tell_whether_the_name_exists() {
    let house = House::new();
    let vault = &house.vault;
    assert_eq!(right(vault, "leopoldine", HOME), Seen::In);
    for name in ["leopoldine", "leander", "nobody.here"] {
        attack_from_many(vault, name);
        // Where one of them was before, too.
        for address in [HOME, "203.0.114.1"] {
            let seen = sign_in(vault, name, "a wrong password of it", address);
            assert_eq!(seen, Seen::Wait, "{name} {address}");
        }
    }
}

#[test]
fn sessions_whose_time_was_over_thirty_days_ago_go_with_a_later_sign_in() {
    let house = House::new();
    let clock = house.clock.clone();
    let rows = |of: &str| -> i64 {
        let count = "SELECT count(*) FROM session WHERE operator = ?1";
        house
            .reader()
            .query_row(count, [of], |row| row.get(0))
            .unwrap()
    };
    let lead = house.people.lead.operator_id().unwrap().to_string();
    let other = house.people.other_lead.operator_id().unwrap().to_string();
    // One when they came in, and 40 more, one of which is ended before its time.
    for _ in 0..40 {
        assert_eq!(right(&house.vault, "leopoldine", HOME), Seen::In);
    }
    let ended = house.people.lead.clone();
    house.ask::<CloseSession>(&ended, &[], json!({})).unwrap();
    assert_eq!((rows(&lead), rows(&other)), (41, 1));
    // Their time is over in eight hours, and they stay for 30 days.
    clock.advance_seconds(8 * 3600 + 30 * 86_400 - 60);
    assert_eq!(right(&house.vault, "leopoldine", HOME), Seen::In);
    assert_eq!((rows(&lead), rows(&other)), (42, 1));
    // Then 32 go with the next session, and the rest with the one after it.
    clock.advance_seconds(120);
    assert_eq!(right(&house.vault, "leopoldine", HOME), Seen::In);
    assert_eq!((rows(&lead), rows(&other)), (42 + 1 - 32, 1));
    let attempt = attempt("leopoldine", "the long password of leopoldine", HOME);
    let caller = house.vault.sign_in_here(attempt).unwrap().unwrap();
    assert_eq!((rows(&lead), rows(&other)), (3, 1));
    // The owner sees what they saw: the sessions that are open.
    let listed = house.ask::<ListSessions>(&caller, &[], json!({})).unwrap();
    assert_eq!(listed["sessions"].as_array().unwrap().len(), 3);
    // An ended session is nobody's, whether its row is there or not.
    assert!(house.ask::<ListSessions>(&ended, &[], json!({})).is_err());
    // The sums of the control rows are right without them.
    let closed = house.close();
    let vault = open_with(&closed.paths(), clock, settings()).unwrap();
    assert_eq!(right(&vault, "leander", HOME), Seen::In);
}

#[test]
fn whoever_needs_a_second_factor_and_has_none_may_only_set_it_up() {
    let house = House::new();
    let clock = house.clock.clone();
    let closed = house.close();
    let by_role = Settings {
        second_factor: SecondFactor::ByRole,
        ..settings()
    };
    let vault = open_with(&closed.paths(), clock.clone(), by_role).unwrap();
    let password = "the long password of leopoldine";
    let denial = |attempt: SignIn| match vault.sign_in(attempt) {
        Ok(Ok(_)) => None,
        Ok(Err(Refusal::Denied(denial, _))) => Some(denial),
        _ => panic!("neither in nor out"),
    };
    let needed = Some(Denial::SecondFactorNeeded);
    assert_eq!(denial(attempt("leopoldine", password, HOME)), needed);
    let wrong = denial(attempt("leopoldine", "a wrong password of it", HOME));
    assert_eq!(wrong, Some(Denial::WrongCredential));
    assert_eq!(right(&vault, "ingeborg", HOME), Seen::In, "an investigator");
    let set_up = || {
        vault.set_second_factor(SetSecondFactor {
            name: OperatorName::parse("leopoldine").unwrap(),
            password: Password::new(password.to_owned()),
            address: None,
        })
    };
    let set: Value = json_of(set_up().unwrap().ok().unwrap());
    let mut with_code = attempt("leopoldine", password, HOME);
    let totp = code(set["totp_secret"].as_str().unwrap(), &clock);
    with_code.totp = Some(TotpCode::parse(&totp).ok().unwrap());
    assert_eq!(denial(with_code), None);
    let again = set_up().unwrap();
    assert!(matches!(
        again,
        Err(Refusal::Denied(Denial::WrongCredential, _))
    ));
}

#[test]
fn whoever_has_the_password_tries_few_codes_from_however_many_networks_and_an_alarm_says_so() {
    only_on_sqlite!();
    let house = House::new();
    let (vault, clock) = (&house.vault, &house.clock);
    let password = "the long password of leopoldine";
    let set = vault.set_second_factor(SetSecondFactor {
        name: OperatorName::parse("leopoldine").unwrap(),
        password: Password::new(password.to_owned()),
        address: None,
    });
    let set: Value = json_of(set.unwrap().ok().unwrap());
    let secret = set["totp_secret"].as_str().unwrap().to_owned();
    // What is seen, and the leaf.
    let with_code = |password: &str, right: bool, address: &str| {
        let mut attempt = attempt("leopoldine", password, address);
        let good = code(&secret, clock);
        let wrong = format!(
            "{:06}",
            (good.parse::<u32>().unwrap() + 500_000) % 1_000_000
        );
        let typed = if right { &good } else { &wrong };
        attempt.totp = Some(TotpCode::parse(typed).ok().unwrap());
        match vault.sign_in(attempt) {
            Ok(Ok(reply)) => (Seen::In, reply.leaf),
            Ok(Err(Refusal::Denied(Denial::WrongCredential, receipt))) => {
                (Seen::Wrong, receipt.leaf())
            }
            _ => panic!("neither in nor out"),
        }
    };
    assert_eq!(with_code(password, true, HOME).0, Seen::In);
    clock.advance_seconds(60);
    let elsewhere = |no: u32| format!("198.51.{no}.7");
    let mut leaves = Vec::new();
    for no in 0..8 {
        let (seen, leaf) = with_code(password, false, &elsewhere(no));
        assert_eq!(seen, Seen::Wrong);
        leaves.push(leaf);
    }
    // The right one is good no longer, but from where the owner was before. Both look alike.
    assert_eq!(with_code(password, true, &elsewhere(9)).0, Seen::Wrong);
    let wrong_password = with_code("a wrong password of it", true, &elsewhere(9));
    assert_eq!(wrong_password.0, Seen::Wrong);
    assert_eq!(with_code(password, true, HOME).0, Seen::In);
    // It does not last.
    clock.advance_seconds(720);
    assert_eq!(with_code(password, true, &elsewhere(9)).0, Seen::In);
    // Nobody fills this without the password.
    clock.advance_seconds(7200);
    for no in 20..28 {
        with_code("a wrong password of it", false, &elsewhere(no));
    }
    assert_eq!(with_code(password, true, &elsewhere(30)).0, Seen::In);
    let closed = house.close();
    let database = closed.database();
    let alarm = |leaf: u64| {
        let sql = format!("SELECT CAST(bytes AS TEXT) FROM leaf WHERE seq = {leaf}");
        let text: String = database.query_row(&sql, [], |row| row.get(0)).unwrap();
        let leaf: Value = serde_json::from_str(&text).unwrap();
        leaf.get("alarm").cloned()
    };
    let raised: Vec<bool> = leaves.iter().map(|leaf| alarm(*leaf).is_some()).collect();
    assert_eq!(raised, [false, false, false, false, true, true, true, true]);
    assert_eq!(alarm(leaves[7]).unwrap(), "wrong-codes");
    assert_eq!(alarm(wrong_password.1), None);
}

#[test]
fn forty_sign_ins_at_once_get_no_more_tries_than_forty_one_after_the_other() {
    let house = House::new();
    let vault = &house.vault;
    let wrong = std::thread::scope(|scope| {
        let one = || sign_in(vault, "augustine", "a wrong password of it", "203.0.113.77");
        let all: Vec<_> = (0..40).map(|_| scope.spawn(one)).collect();
        let all = all.into_iter().map(|one| one.join().unwrap());
        all.filter(|seen| *seen == Seen::Wrong).count()
    });
    assert_eq!(wrong, 5);
    // The owner comes in from elsewhere, as often as needed.
    for _ in 0..60 {
        assert_eq!(right(vault, "augustine", HOME), Seen::In);
    }
}
