//! A whole vault whose tables a server has: it answers as one with a file, and loses nothing when either is killed.

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::Value;

use super::fixture::{Fixture, sent};
use crate::policy::actions;
use crate::vault::plaintext::{AskedNumbers, RawText};
use crate::vault::store::{Tables, TestServer};
use crate::vault::{Caller, Price, Refusal, Settings, trail};

fn look_up(fixture: &Fixture, caller: &Caller, numbers: &[&str]) -> Result<Value, Refusal> {
    let texts = numbers.iter().map(|text| RawText::new((*text).to_owned()));
    let numbers = AskedNumbers::read(&texts.collect::<Vec<_>>(), None);
    let price = Some(Price::of_numbers(numbers.distinct()));
    fixture.ask_for::<actions::LookUp, _>(caller, price, move |scope| scope.look_up(&numbers))
}

fn without_tokens(mut answer: Value) -> Value {
    for result in answer[0].as_array_mut().unwrap() {
        result.as_object_mut().unwrap().remove("subject");
    }
    answer
}

#[test]
fn a_vault_with_a_server_answers_as_one_with_a_file_and_its_log_verifies() {
    let Some(tables) = Tables::empty() else {
        return;
    };
    let numbers = [
        "+447700900001",
        "+447700900002",
        "+447700900005",
        "+447700900099",
    ];
    let answers = [Some(tables.address()), None].map(|server| {
        let mut fixture = Fixture::at(Settings::default(), server);
        fixture.admit(&[
            sent(1, "acme", 0),
            sent(1, "acme", 60),
            sent(2, "umbrella", 90),
        ]);
        fixture.admit(&[sent(5, "acme", 120)]);
        let by_lead = look_up(&fixture, &fixture.lead, &numbers).unwrap();
        let by_liaison = look_up(&fixture, &fixture.liaison, &numbers).unwrap();
        assert_eq!(fixture.vault.health().damage(), None);
        fixture.vault.check_details().unwrap();
        fixture.vault.stop().unwrap();
        let verdict = trail::verify_directory(fixture.vault.paths(), None, &[]).unwrap();
        // Tokens are of the case's own keys.
        (
            without_tokens(by_lead),
            without_tokens(by_liaison),
            verdict.size,
        )
    });
    let [of_server, of_file] = answers;
    assert_eq!(of_server, of_file);
}

#[test]
fn what_was_answered_is_there_after_the_server_was_killed_while_it_wrote() {
    let Some(mut server) = TestServer::start(&[]) else {
        return;
    };
    server.sql("postgres", "CREATE DATABASE breach");
    let address = server.by_socket("owner", "breach");
    let mut fixture = Fixture::at(Settings::default(), Some(address));
    fixture.admit(&[sent(1, "acme", 0)]);
    let mut answered = 0;
    for round in 1..=3 {
        let done = AtomicU64::new(0);
        thread::scope(|scope| {
            scope.spawn(|| {
                while done.load(Ordering::Acquire) < 3 * round {
                    thread::yield_now();
                }
                thread::sleep(Duration::from_millis(7 * round));
                server.crash();
            });
            while look_up(&fixture, &fixture.lead, &["+447700900001"]).is_ok() {
                done.fetch_add(1, Ordering::AcqRel);
            }
        });
        answered += done.into_inner();
        fixture = fixture.opened_again();
        assert_eq!(fixture.vault.health().damage(), None);
        look_up(&fixture, &fixture.lead, &["+447700900001"]).unwrap();
        answered += 1;
        let verdict = trail::verify_directory(fixture.vault.paths(), None, &[]).unwrap();
        // Each answer has a leaf, and so has each start.
        assert!(
            verdict.size > answered + round,
            "{} {answered}",
            verdict.size
        );
    }
    fixture.vault.check_details().unwrap();
}

#[test]
fn a_row_that_was_changed_in_the_server_is_damage_for_every_act() {
    let Some(server) = TestServer::start(&[]) else {
        return;
    };
    server.sql("postgres", "CREATE DATABASE breach");
    let address = server.by_socket("owner", "breach");
    let mut fixture = Fixture::at(Settings::default(), Some(address));
    fixture.admit(&[sent(1, "acme", 0)]);
    look_up(&fixture, &fixture.lead, &["+447700900001"]).unwrap();
    server.sql(
        "breach",
        "UPDATE membership SET role = 'lead' WHERE role = 'liaison'",
    );
    // What is kept in memory stands for a second, and the commit of the act looks whether somebody else wrote.
    assert!(look_up(&fixture, &fixture.lead, &["+447700900001"]).is_err());
    assert_eq!(fixture.vault.health().damage(), Some("membership"));
    assert!(look_up(&fixture, &fixture.liaison, &["+447700900001"]).is_err());
}
