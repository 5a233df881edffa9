//! Somebody else says yes or no to a withdrawal; after a yes the exhibit is in no
//! answer.

use serde_json::{Value, json};

use super::{BOTH, RIGHT, WRONG, decide, incident, look_up, scope};
use crate::support::{Answer, Client, Incident, Log, Who, body, csv_of};

const DAY: i64 = 86_400;

fn ask(incident: &Incident, client: &Client, exhibit: &str) -> Answer {
    let path = incident.of_case(&format!("/exhibits/{exhibit}/withdrawal"));
    client.post(&path, &body::reason())
}

fn search(incident: &Incident, body: &Value) -> Answer {
    incident
        .investigator()
        .post(&incident.of_case("/records/search"), body)
}

#[test]
fn two_people_withdraw_an_exhibit_and_nothing_of_it_is_in_any_answer() {
    let incident = incident();
    let wrong = incident.first_exhibit();
    assert_eq!(
        look_up(&incident, &incident.liaison(), WRONG)["state"],
        "exposed"
    );
    let asked = ask(&incident, &incident.custodian(), &wrong).assert_status(201);
    assert_eq!(asked.member("state"), "requested");
    assert_eq!(asked.member("expires_at"), "2024-04-03T09:00:00Z");
    let withdrawal = asked.member("withdrawal");
    let leaf = incident.leaf(asked.leaf().unwrap());
    assert_eq!(leaf["action"], "withdrawal.request");
    assert_eq!(leaf["object"], withdrawal.as_str());

    let path = format!("/withdrawals/{withdrawal}");
    let seen = incident.lead().get(&path).assert_status(200).json();
    assert_eq!(seen["exhibit"], wrong.as_str());
    assert_eq!(seen["asked_by"], "custodian");
    assert_eq!(
        (
            &seen["messages"],
            &seen["numbers"],
            &seen["numbers_only_here"]
        ),
        (&json!(4), &json!(2), &json!(1))
    );
    assert!(!seen.to_string().contains("7700900"), "{seen}");
    incident
        .investigator()
        .get(&path)
        .assert_problem(403, "not-allowed");
    incident.liaison().get(&path).assert_status(404);
    // Asking changes nothing.
    assert_eq!(
        look_up(&incident, &incident.lead(), WRONG)["state"],
        "exposed"
    );

    let decided = decide(&incident.lead(), &withdrawal, &body::approve()).assert_status(200);
    assert_eq!(decided.member("state"), "approved");
    let leaf = incident.leaf(decided.leaf().unwrap());
    assert_eq!(leaf["action"], "withdrawal.decide");
    assert!(leaf["digest"].is_string(), "{leaf}");
    let listed = incident.exhibits();
    assert_eq!(listed[0]["state"], "withdrawn");
    assert_eq!(listed[0]["withdrawn_at"], "2024-04-02T09:00:00Z");
    assert_eq!(listed[1]["state"], "admitted");

    for client in [incident.investigator(), incident.liaison()] {
        assert_eq!(
            look_up(&incident, &client, WRONG),
            json!({ "ref": 0, "state": "not_exposed" })
        );
        let both = look_up(&incident, &client, BOTH);
        assert_eq!(
            (&both["messages"], &both["first"]),
            (&json!(1), &json!("2024-03-20T12:00:00Z"))
        );
    }
    let page = search(&incident, &body::search(&json!({})))
        .assert_status(200)
        .json();
    assert_eq!(page["total"], 2);
    assert!(!page.to_string().contains(&wrong));
    let table = scope(&incident, &incident.lead(), "account");
    assert_eq!(table["totals"], json!({ "messages": 2, "numbers": 2 }));
    let accounts: Vec<&Value> = table["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| &row["account"])
        .collect();
    assert_eq!(accounts, ["one", "three"]);
    let own = scope(&incident, &incident.liaison(), "day");
    assert_eq!(own["totals"], json!({ "messages": 1, "numbers": 1 }));
    let case = incident
        .lead()
        .get(&incident.of_case(""))
        .assert_status(200)
        .json();
    assert_eq!((&case["exhibits"], case.get("numbers")), (&json!(1), None));
    let key = age::x25519::Identity::generate().to_public().to_string();
    let notice = body::export("account-notice", &json!({ "account": ["two"] }), &key);
    let refused = incident.lead().post(&incident.of_case("/exports"), &notice);
    assert_eq!(
        refused.assert_problem(422, "invalid").json()["at"],
        "filter.account"
    );
}

#[test]
fn a_subject_of_a_withdrawn_exhibit_is_no_subject_any_more() {
    let incident = incident();
    let (gone, stays) = (incident.subject(WRONG), incident.subject(RIGHT));
    let pending = incident.ask_reveal(&incident.investigator(), std::slice::from_ref(&gone));
    incident.withdraw(&incident.first_exhibit());
    let path = incident.of_case("/reveals");
    let asked = incident
        .investigator()
        .post(&path, &body::reveal(&[stays, gone.clone()]));
    assert_eq!(
        asked.assert_problem(422, "invalid").json()["at"],
        "subjects[1]"
    );
    let filter = json!({ "subject": [gone] });
    let page = search(&incident, &body::search(&filter))
        .assert_status(200)
        .json();
    assert_eq!(page["total"], 0);
    // Whoever decides an earlier request is not shown it either.
    let seen = incident.lead().get(&format!("/reveals/{pending}"));
    assert_eq!(seen.assert_status(200).json()["sample"], json!([]));
}

#[test]
fn what_was_asked_approved_or_begun_before_is_refused_as_changed() {
    let incident = incident();
    let key = age::x25519::Identity::generate().to_public().to_string();
    let notice = body::export("account-notice", &json!({ "account": ["one"] }), &key);
    let changed = [incident.subject(WRONG)];
    let asked = incident.ask_reveal(&incident.investigator(), &changed);
    let approved = incident.approved_reveal(&changed);
    let untouched = incident.approved_reveal(&[incident.subject(RIGHT)]);
    let export = incident.approved_export(&notice);
    let handed_out = incident.approved_export(&notice);
    let take = |export: &str| {
        incident
            .custodian()
            .get(&format!("/exports/{export}/package"))
    };
    take(&handed_out).assert_status(200);
    take(&handed_out).assert_status(200);
    let mut body = body::search(&json!({}));
    body["limit"] = json!(1);
    let next = search(&incident, &body).assert_status(200).member("next");
    body["cursor"] = json!(next);
    search(&incident, &body).assert_status(200);

    incident.withdraw(&incident.first_exhibit());
    let path = |reveal: &str, act: &str| format!("/reveals/{reveal}/{act}");
    let yes = body::approve();
    incident
        .lead()
        .post(&path(&asked, "decision"), &yes)
        .assert_problem(409, "result-changed");
    let open = |reveal: &str| {
        incident
            .investigator()
            .post(&path(reveal, "open"), &json!({}))
    };
    open(&approved).assert_problem(409, "result-changed");
    open(&untouched).assert_status(200);
    take(&export).assert_problem(409, "exhibit-withdrawn");
    let late = take(&handed_out).assert_problem(409, "exhibit-withdrawn");
    let leaf = incident.leaf(late.leaf().unwrap());
    assert_eq!(
        (&leaf["action"], &leaf["outcome"]),
        (&json!("export.package"), &json!("failed"))
    );
    search(&incident, &body).assert_problem(409, "result-changed");
    // What is asked for now holds.
    let again = incident.approved_export(&notice);
    take(&again).assert_status(200);
    take(&again).assert_status(200);
}

#[test]
fn nobody_decides_their_own_withdrawal_and_few_decide_any() {
    let incident = incident();
    let exhibit = incident.first_exhibit();
    for client in [incident.investigator(), incident.liaison()] {
        ask(&incident, &client, &exhibit).assert_problem(403, "not-allowed");
    }
    for client in [
        incident.outsider(),
        incident.auditor(),
        incident.administrator(),
    ] {
        ask(&incident, &client, &exhibit).assert_problem(404, "not-found");
    }
    let by_custodian = incident.ask_withdrawal(&incident.custodian(), &exhibit);
    let by_lead = incident.ask_withdrawal(&incident.lead(), &exhibit);
    for decision in [body::approve(), body::deny()] {
        decide(&incident.custodian(), &by_custodian, &decision).assert_problem(403, "own-request");
        decide(&incident.lead(), &by_lead, &decision).assert_problem(403, "own-request");
        decide(&incident.investigator(), &by_lead, &decision).assert_problem(403, "not-allowed");
        decide(&incident.liaison(), &by_lead, &decision).assert_status(404);
        decide(&incident.outsider(), &by_lead, &decision).assert_problem(404, "not-found");
    }
    assert_eq!(incident.exhibits()[0]["state"], "admitted");
    let denied = decide(&incident.second_lead(), &by_custodian, &body::deny()).assert_status(200);
    assert_eq!(denied.member("state"), "denied");
    decide(&incident.lead(), &by_custodian, &body::approve()).assert_problem(409, "wrong-state");
    assert_eq!(incident.exhibits()[0]["state"], "admitted");
    decide(&incident.custodian(), &by_lead, &body::approve()).assert_status(200);
    assert_eq!(incident.exhibits()[0]["state"], "withdrawn");
    ask(&incident, &incident.lead(), &exhibit).assert_problem(409, "exhibit-withdrawn");
    let unknown = ask(&incident, &incident.lead(), "x_00000000000000000000");
    let leaf = incident.leaf(unknown.assert_problem(404, "not-found").leaf().unwrap());
    assert!(leaf.get("object").is_none(), "{leaf}");
    let listed = incident
        .lead()
        .get(&incident.of_case("/withdrawals"))
        .assert_status(200);
    assert_eq!(listed.json()["withdrawals"].as_array().unwrap().len(), 2);
}

#[test]
fn a_decision_that_comes_late_does_not_count_and_a_later_file_ends_no_request() {
    let incident = incident();
    let exhibit = incident.first_exhibit();
    let late = incident.ask_withdrawal(&incident.custodian(), &exhibit);
    incident.clock.advance_seconds(DAY);
    incident.forget_sessions();
    decide(&incident.lead(), &late, &body::approve()).assert_problem(409, "expired");
    let seen = incident.lead().get(&format!("/withdrawals/{late}"));
    assert_eq!(seen.member("state"), "expired");
    let earlier = incident.ask_withdrawal(&incident.custodian(), &exhibit);
    let rows = [
        ("one", WRONG, "2024-03-30T12:00:00Z"),
        ("one", WRONG, "2024-03-10T12:00:00Z"),
    ];
    let later = incident.admit(&csv_of(&rows)).assert_status(201);
    // Now another exhibit has the number; one of that file's rows leans on this one. A lead sees that something came
    // since, and what is so now by asking anew.
    let again = incident.ask_withdrawal(&incident.custodian(), &exhibit);
    let left_out = json!([{ "exhibit": later.member("exhibit"), "duplicates": 1 }]);
    for (withdrawal, only_here, changed, left_out) in
        [(&earlier, 1, true, json!([])), (&again, 0, false, left_out)]
    {
        let seen = incident.lead().get(&format!("/withdrawals/{withdrawal}"));
        let seen = seen.assert_status(200).json();
        assert_eq!(seen["numbers_only_here"], only_here);
        assert_eq!(seen["changed_since"], changed);
        assert_eq!(seen["later_duplicates"], left_out);
    }
    decide(&incident.lead(), &earlier, &body::approve()).assert_status(200);
    assert_eq!(incident.exhibits()[0]["state"], "withdrawn");
    decide(&incident.lead(), &again, &body::approve()).assert_problem(409, "exhibit-withdrawn");
    let seen = incident.lead().get(&format!("/withdrawals/{earlier}"));
    assert_eq!(seen.json()["changed_since"], true);
}

#[test]
fn protected_tables_before_and_after_a_withdrawal_do_not_tell_a_few_people_apart() {
    let numbers = |from: u32, to: u32| -> Vec<(String, String)> {
        (from..to)
            .map(|no| {
                (
                    format!("+4477009{no:05}"),
                    "2024-03-10T12:00:00Z".to_owned(),
                )
            })
            .collect()
    };
    let csv = |rows: Vec<(String, String)>| {
        let rows: Vec<_> = rows
            .iter()
            .map(|(n, at)| ("one", n.as_str(), at.as_str()))
            .collect();
        csv_of(&rows)
    };
    // The liaison's account is the larger of two.
    let mut first = csv(numbers(0, 40));
    first.extend_from_slice(b"two,+447700999999,Carrier,GB,,2024-03-10T12:00:00Z,sms\n");
    let incident = Incident::with("", Log::read_short(first));
    let protected = |incident: &Incident| {
        let body = json!({ "by": ["country"], "audience": "protected" });
        incident
            .investigator()
            .post(&incident.of_case("/scope"), &body)
    };
    let before = protected(&incident).assert_status(200).json();
    // Three people come and go: what was given out before is given again, as it was.
    let few = incident
        .admit(&csv(numbers(100, 103)))
        .assert_status(201)
        .member("exhibit");
    protected(&incident).assert_problem(409, "cut-too-close");
    incident.withdraw(&few);
    assert_eq!(
        protected(&incident).assert_status(200).json()["rows"],
        before["rows"]
    );
    // Many come; then those are taken for others, of whom three are new: as many as
    // before, and not the same.
    let many = incident
        .admit(&csv(numbers(200, 220)))
        .assert_status(201)
        .member("exhibit");
    protected(&incident).assert_status(200);
    incident.withdraw(&many);
    incident.admit(&csv(numbers(203, 223))).assert_status(201);
    protected(&incident).assert_problem(409, "cut-too-close");
}

#[test]
fn what_a_revoked_operator_asked_for_is_not_approved() {
    let incident = Incident::new();
    let withdrawal = incident.ask_withdrawal(&incident.custodian(), &incident.first_exhibit());
    incident.revoke(Who::Custodian);
    decide(&incident.lead(), &withdrawal, &body::approve()).assert_problem(409, "asker-gone");
    assert_eq!(incident.exhibits()[0]["state"], "admitted");
}
