//! More requests than the ledger takes at once: an operator with too many is refused, and nobody
//! has to wait for another operator's requests.

use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::support::{Answer, Client, Incident, Stall, TestVault, body, invented};

fn gauge(vault: &TestVault, name: &str) -> u64 {
    let metrics = vault.anonymous().get("/metrics").assert_status(200).text();
    let line = metrics
        .lines()
        .find_map(|line| line.strip_prefix(&format!("breachvault_{name} ")));
    line.unwrap().parse().unwrap()
}

fn until(what: &str, met: impl Fn() -> bool) {
    let begun = Instant::now();
    while !met() {
        assert!(begun.elapsed() < Duration::from_secs(60), "{what}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// Sends so many lookups at once, each on its own connection.
fn flood(
    incident: &Incident,
    client: &Client,
    many: usize,
    meanwhile: impl FnOnce(),
) -> Vec<Answer> {
    let number = incident.log.messages[0].number.as_str();
    thread::scope(|threads| {
        let asking: Vec<_> = (0..many)
            .map(|_| threads.spawn(|| incident.look_up(client, &[number])))
            .collect();
        meanwhile();
        asking.into_iter().map(|one| one.join().unwrap()).collect()
    })
}

#[test]
fn who_has_too_many_requests_is_sent_away_without_a_leaf_and_others_are_not() {
    let incident = Incident::with("[limits]\noperator_requests = 4\n", invented(300, 11));
    let (investigator, lead) = (incident.investigator(), incident.lead());
    let number = incident.log.messages[0].number.clone();
    let before = incident.leaves();
    let stall = Stall::of(&incident);
    let answers = flood(&incident, &investigator, 4, || {
        until("four wait", || gauge(&incident, "requests_in_flight") > 4);
        let refused = incident
            .look_up(&investigator, &[&number])
            .assert_problem(503, "busy");
        assert_eq!(refused.header("retry-after"), Some("1"));
        assert_eq!(refused.leaf(), None);
        let answers = flood(&incident, &lead, 1, || {
            until("five wait", || gauge(&incident, "requests_in_flight") > 5);
            stall.end();
        });
        assert_eq!(answers[0].status, 200, "{}", answers[0].text());
    });
    for answer in answers {
        answer.assert_status(200);
    }
    // One leaf for each accepted request, and none for the refused one.
    assert_eq!(incident.leaves(), before + 5);
    incident
        .look_up(&investigator, &[&number])
        .assert_status(200);
}

#[test]
fn an_operator_who_floods_the_ledger_waits_behind_themselves() {
    let toml = "[budgets]\nlookup_points = 100000\n";
    let incident = Incident::with(toml, invented(300, 11));
    let (investigator, lead) = (incident.investigator(), incident.lead());
    let waiting = |many: u64| until("acts to wait", || gauge(&incident, "acts_waiting") == many);
    let stall = Stall::of(&incident);
    let mut of_lead = Vec::new();
    // The first one keeps the ledger, so that the others come into one commit.
    let first = flood(&incident, &lead, 1, || {
        until("the first to be taken", || {
            gauge(&incident, "requests_in_flight") > 1 && gauge(&incident, "acts_waiting") == 0
        });
        thread::sleep(Duration::from_millis(200));
        waiting(0);
        let flooded = flood(&incident, &investigator, 64, || {
            waiting(64);
            of_lead = flood(&incident, &lead, 4, || {
                waiting(68);
                stall.end();
            });
        });
        assert!(flooded.iter().all(|answer| answer.status == 200));
        let mut leaves: Vec<u64> = flooded.iter().filter_map(Answer::leaf).collect();
        leaves.sort_unstable();
        assert_eq!(leaves.len(), 64);
        for answer in &of_lead {
            assert_eq!(answer.status, 200);
            let leaf = answer.leaf().unwrap();
            let before = leaves.iter().filter(|other| **other < leaf).count();
            // They came after all sixty-four, and take turns with them.
            assert!(before <= 4, "{before} leaves of the flood came first");
        }
    });
    assert_eq!(first.len(), 1);
}

#[test]
fn what_was_counted_before_the_records_changed_is_not_asked_for() {
    let incident = Incident::new();
    let (lead, investigator) = (incident.lead(), incident.investigator());
    let withdrawal = incident.ask_withdrawal_of_a_fresh_one();
    let recipient = age::x25519::Identity::generate().to_public().to_string();
    let request = body::export("scope-report", &json!({}), &recipient);
    let in_flight = || gauge(&incident, "requests_in_flight");
    let stall = Stall::of(&incident);
    let (decided, asked) = thread::scope(|threads| {
        let path = format!("/withdrawals/{withdrawal}/decision");
        let decided = threads.spawn(move || lead.post(&path, &body::approve()));
        until("the decision to come", || in_flight() > 1);
        thread::sleep(Duration::from_millis(300));
        // Counted beside the ledger, before the decision is carried out.
        let path = incident.of_case("/exports");
        let asked = threads.spawn({
            let (investigator, request) = (&investigator, &request);
            move || investigator.post(&path, request)
        });
        until("the request to wait", || {
            gauge(&incident, "acts_waiting") > 0
        });
        stall.end();
        (decided.join().unwrap(), asked.join().unwrap())
    });
    decided.assert_status(200);
    let refused = asked.assert_problem(409, "exhibit-withdrawn");
    assert_eq!(incident.leaf(refused.leaf().unwrap())["outcome"], "failed");
    // Asked again it is counted again.
    incident.ask_export(&investigator, &request);
}
