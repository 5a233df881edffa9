//! A package is handed out: after a yes, in time, always the same one.

use serde_json::json;

use super::{Receiver, acknowledge, decide, digest, tagmanifest, take, unpack};
use crate::support::{Answer, Incident, Log, Who, body, csv_of, shared};

#[test]
fn a_package_that_is_taken_again_is_the_same_bytes() {
    let incident = shared();
    let receiver = Receiver::new();
    let request = body::export("scope-report", &json!({}), &receiver.recipient);
    let export = incident.approved_export(&request);
    let first = take(&incident.custodian(), &export).assert_status(200);
    let second = take(&incident.custodian(), &export).assert_status(200);
    assert_eq!(first.body, second.body);
    assert_ne!(first.leaf(), second.leaf());
}

#[test]
fn a_package_that_many_take_at_once_is_one_package() {
    let incident = shared();
    let receiver = Receiver::new();
    let filter = json!({});
    let export = incident.approved_export(&body::export("evidence", &filter, &receiver.recipient));
    let client = incident.custodian();
    let taken: Vec<Answer> = std::thread::scope(|threads| {
        let all: Vec<_> = (0..5)
            .map(|_| threads.spawn(|| take(&client, &export)))
            .collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let last = take(&client, &export).assert_status(200);
    unpack(incident, &last.body, &receiver);
    for answer in &taken {
        assert!([200, 409].contains(&answer.status), "{}", answer.status);
        if answer.status == 200 {
            assert!(answer.body == last.body, "two packages of one export");
        }
    }
    acknowledge(incident, &export, &digest(incident, &export)).assert_status(200);
    let manifest = tagmanifest(&last.body);
    assert_eq!(digest(incident, &export), manifest);
}

#[test]
fn what_was_not_approved_cannot_be_taken() {
    let incident = shared();
    let receiver = Receiver::new();
    let request = body::export("scope-report", &json!({}), &receiver.recipient);
    let export = incident.ask_export(&incident.investigator(), &request);
    take(&incident.custodian(), &export).assert_problem(409, "wrong-state");
    decide(&incident.lead(), &export, &body::deny()).assert_status(200);
    take(&incident.custodian(), &export).assert_problem(409, "wrong-state");
    take(&incident.lead(), &export).assert_problem(403, "not-allowed");
    take(&incident.investigator(), &export).assert_problem(403, "not-allowed");
    take(&incident.outsider(), &export).assert_problem(404, "not-found");
    let packages = incident.paths.packages();
    assert!(!packages.join(format!("{export}.tar")).exists());
}

#[test]
fn an_export_that_comes_late_is_not_handed_out() {
    let incident = Incident::new();
    let receiver = Receiver::new();
    let request = body::export("scope-report", &json!({}), &receiver.recipient);
    let (late, undecided) = (
        incident.approved_export(&request),
        incident.ask_export(&incident.investigator(), &request),
    );
    incident.clock.advance_seconds(7 * 86_400);
    incident.forget_sessions();
    take(&incident.custodian(), &late).assert_problem(409, "expired");
    decide(&incident.lead(), &undecided, &body::approve()).assert_problem(409, "expired");
}

#[test]
fn an_approval_does_not_outlive_what_was_approved() {
    let rows = [
        ("one", "+447700900001", "2024-03-10T12:00:00Z"),
        ("two", "+447700900003", "2024-03-10T12:00:00Z"),
    ];
    let incident = Incident::with("", Log::read_short(csv_of(&rows)));
    let receiver = Receiver::new();
    let request = body::export("scope-report", &json!({}), &receiver.recipient);
    let undecided = incident.ask_export(&incident.investigator(), &request);
    let [earlier, approved] = [0, 1].map(|_| incident.approved_export(&request));
    // What comes later is in another report.
    incident
        .admit(&csv_of(&[("one", "+447700900002", "2024-03-11T12:00:00Z")]))
        .assert_status(201);
    take(&incident.custodian(), &earlier).assert_status(200);
    incident.withdraw(&incident.first_exhibit());
    decide(&incident.lead(), &undecided, &body::approve()).assert_problem(409, "exhibit-withdrawn");
    for export in [&earlier, &approved] {
        take(&incident.custodian(), export).assert_problem(409, "exhibit-withdrawn");
    }
}

/// Two accounts, each with a file of its own, and a file that has both.
fn two_accounts() -> Incident {
    let rows = |account: &'static str| {
        [
            (account, "+447700900001", "2024-03-10T12:00:00Z"),
            (account, "+447700900003", "2024-03-11T12:00:00Z"),
        ]
    };
    let both = [rows("one"), rows("two")].concat();
    let incident = Incident::with("", Log::read_short(csv_of(&both)));
    let late = [("three", "+447700900005", "2024-03-12T12:00:00Z")];
    incident.admit(&csv_of(&late)).assert_status(201);
    incident
}

#[test]
fn an_export_is_of_the_exhibits_that_counted_when_it_was_asked_for() {
    let incident = two_accounts();
    let receiver = Receiver::new();
    let filter = json!({ "account": ["one"] });
    let request = body::export("account-notice", &filter, &receiver.recipient);
    let (undecided, approved, taken) = (
        incident.ask_export(&incident.investigator(), &request),
        incident.approved_export(&request),
        incident.approved_export(&request),
    );
    take(&incident.custodian(), &taken).assert_status(200);
    // Files come and go, with rows of others, of the account, and of people who are in the export.
    let others = [
        ("four", "+447700900001", "2024-03-14T12:00:00Z"),
        ("one", "+447700900007", "2024-03-14T12:00:01Z"),
    ];
    let other = incident.admit(&csv_of(&others)).assert_status(201);
    let own = [("one", "+447700900001", "2024-03-15T12:00:00Z")];
    incident.admit(&csv_of(&own)).assert_status(201);
    decide(&incident.lead(), &undecided, &body::approve()).assert_status(200);
    for export in [&undecided, &approved, &taken] {
        let package = take(&incident.custodian(), export).assert_status(200);
        let files = unpack(&incident, &package.body, &receiver);
        let people = super::json_of(&files);
        let messages = people.iter().map(|person| person["messages"].clone());
        assert_eq!(messages.collect::<Vec<_>>(), [json!(1), json!(1)]);
    }
    incident.withdraw(&other.member("exhibit"));
    take(&incident.custodian(), &taken).assert_status(200);
    // An exhibit of those goes, though no row of it is in the package.
    let late = incident.exhibits()[1]["exhibit"].clone();
    incident.withdraw(late.as_str().unwrap());
    for export in [&undecided, &approved, &taken] {
        take(&incident.custodian(), export).assert_problem(409, "exhibit-withdrawn");
    }
    let again = incident.approved_export(&request);
    take(&incident.custodian(), &again).assert_status(200);
}

/// When another account's file comes or goes, if at all.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Meanwhile {
    Nothing,
    AdmittedBeforeTheDecision,
    AdmittedBeforeThePackage,
    WithdrawnBeforeTheDecision,
    WithdrawnBeforeThePackage,
    WithdrawnAfterThePackage,
}

#[test]
fn a_liaison_cannot_tell_from_its_export_that_others_logs_come_and_go() {
    let late = csv_of(&[("somebody else", "+447700900001", "2024-03-12T12:00:00Z")]);
    let told = |meanwhile: Meanwhile| {
        let incident = Incident::new();
        let receiver = Receiver::new();
        let there = [
            Meanwhile::WithdrawnBeforeTheDecision,
            Meanwhile::WithdrawnBeforeThePackage,
            Meanwhile::WithdrawnAfterThePackage,
        ];
        let admit = || {
            let admitted = incident.admit(&late).assert_status(201);
            admitted.member("exhibit")
        };
        let exhibit = there.contains(&meanwhile).then(admit);
        let withdraw = || incident.withdraw(exhibit.as_deref().unwrap());
        let liaison = incident.liaison();
        let request = body::export("account-notice", &json!({}), &receiver.recipient);
        let export = incident.ask_export(&liaison, &request);
        match meanwhile {
            Meanwhile::AdmittedBeforeTheDecision => drop(admit()),
            Meanwhile::WithdrawnBeforeTheDecision => withdraw(),
            _ => {}
        }
        decide(&incident.lead(), &export, &body::approve()).assert_status(200);
        match meanwhile {
            Meanwhile::AdmittedBeforeThePackage => drop(admit()),
            Meanwhile::WithdrawnBeforeThePackage => withdraw(),
            _ => {}
        }
        let first = take(&liaison, &export).assert_status(200);
        if meanwhile == Meanwhile::WithdrawnAfterThePackage {
            withdraw();
        }
        let again = take(&liaison, &export).assert_status(200);
        assert_eq!(first.body, again.body, "{meanwhile:?}");
        let seen = liaison.get(&format!("/exports/{export}"));
        let seen = seen.assert_status(200).json();
        let told = ["state", "messages", "numbers"].map(|member| seen[member].clone());
        let files = unpack(&incident, &again.body, &receiver);
        let mut people = super::json_of(&files);
        people.sort_by_key(|person| person["number"].to_string());
        (told, people)
    };
    let nothing = told(Meanwhile::Nothing);
    for meanwhile in [
        Meanwhile::AdmittedBeforeTheDecision,
        Meanwhile::AdmittedBeforeThePackage,
        Meanwhile::WithdrawnBeforeTheDecision,
        Meanwhile::WithdrawnBeforeThePackage,
        Meanwhile::WithdrawnAfterThePackage,
    ] {
        assert_eq!(told(meanwhile), nothing, "{meanwhile:?}");
    }
}

#[test]
fn a_custodian_voids_nobodys_approval_with_a_file_that_is_not_in_it() {
    let incident = two_accounts();
    let receiver = Receiver::new();
    let filter = json!({ "country": ["GB"], "sent_to": "2024-03-11T00:00:00Z" });
    let request = body::export("evidence", &filter, &receiver.recipient);
    let approved = incident.approved_export(&request);
    let withdrawal = incident.ask_withdrawal(&incident.lead(), &incident.first_exhibit());
    for day in 13..16 {
        let at = format!("2024-03-{day}T12:00:00Z");
        let file = csv_of(&[("one", "+447700900011", &at)]);
        incident.admit(&file).assert_status(201);
    }
    let package = take(&incident.custodian(), &approved).assert_status(200);
    let files = unpack(&incident, &package.body, &receiver);
    assert_eq!(super::json_of(&files).len(), 2);
    let path = format!("/withdrawals/{withdrawal}/decision");
    let decided = incident.second_lead().post(&path, &body::approve());
    decided.assert_status(200);
    // What it holds is withdrawn now.
    take(&incident.custodian(), &approved).assert_problem(409, "exhibit-withdrawn");
}

#[test]
fn what_a_revoked_operator_asked_for_is_not_handed_out_not_even_again() {
    let incident = Incident::new();
    let receiver = Receiver::new();
    let request = body::export("scope-report", &json!({}), &receiver.recipient);
    let (built, unbuilt) = (
        incident.approved_export(&request),
        incident.approved_export(&request),
    );
    take(&incident.custodian(), &built).assert_status(200);
    incident.revoke(Who::Investigator);
    for export in [&built, &unbuilt] {
        take(&incident.custodian(), export).assert_problem(409, "asker-gone");
    }
    let packages = incident.paths.packages();
    assert!(!packages.join(format!("{unbuilt}.tar")).exists());
}

#[test]
fn a_liaison_takes_no_package_that_somebody_else_asked_for_about_its_account() {
    let incident = Incident::new();
    let receiver = Receiver::new();
    let filter = json!({ "account": [incident.account] });
    let request = body::export("account-notice", &filter, &receiver.recipient);
    let export = incident.approved_export(&request);
    let liaison = incident.liaison();
    take(&liaison, &export).assert_problem(404, "not-found");
    take(&incident.custodian(), &export).assert_status(200);
    let there = take(&liaison, &export).assert_problem(404, "not-found");
    let absent = take(&liaison, "e_00000000000000000000");
    assert_eq!(there.comparable(), absent.comparable());
}

/// A request for a part of a package.
fn take_part(client: &crate::support::Client, export: &str) -> Answer {
    let path = format!("/api/v1/exports/{export}/package");
    let range = [("range", "bytes=10-20")];
    client.send(ureq::http::Method::GET, &path, &range, b"")
}

#[test]
fn a_package_that_somebody_replaced_is_not_handed_out_whole_or_in_part() {
    let incident = Incident::new();
    let receiver = Receiver::new();
    let request = body::export("scope-report", &json!({}), &receiver.recipient);
    let [one, two] = [(); 2].map(|()| incident.approved_export(&request));
    let custodian = incident.custodian();
    let whole = take(&custodian, &one).assert_status(200);
    take(&custodian, &two).assert_status(200);
    let file = |export: &str| incident.paths.packages().join(format!("{export}.tar"));
    let kept = std::fs::read(file(&one)).unwrap();
    let mut changed = kept.clone();
    *changed.last_mut().unwrap() ^= 1;
    let refused = |what: &str| {
        for answer in [take(&custodian, &one), take_part(&custodian, &one)] {
            let answer = answer.assert_problem(503, "damaged");
            let leaf = incident.leaf(answer.leaf().unwrap());
            assert_eq!(leaf["outcome"], "failed", "{what}");
            assert!(
                leaf.get("digest").is_none_or(|digest| digest.is_null()),
                "{what}"
            );
        }
    };
    let other = std::fs::read(file(&two)).unwrap();
    for (what, bytes) in [
        ("another export's", &other[..]),
        ("junk", b"junk"),
        ("a part", &kept[..kept.len() - 1]),
        ("one bit", &changed),
    ] {
        std::fs::write(file(&one), bytes).unwrap();
        refused(what);
    }
    std::fs::remove_file(file(&one)).unwrap();
    refused("nothing");
    let beside = incident.paths.data().join("beside.tar");
    std::fs::write(&beside, &kept).unwrap();
    std::os::unix::fs::symlink(&beside, file(&one)).unwrap();
    refused("a link");
    std::fs::remove_file(file(&one)).unwrap();
    std::fs::write(file(&one), &kept).unwrap();
    let again = take(&custodian, &one).assert_status(200);
    assert_eq!(again.body, whole.body);
    let part = take_part(&custodian, &one).assert_status(206);
    assert_eq!(part.body, whole.body[10..=20]);
}
