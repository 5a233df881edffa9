//! Everything that was done under one request, for those who may read it and for auditors.

use serde_json::{Value, json};

use crate::support::{Client, Incident, Who, body};

fn leaves(client: &Client, request: &str, query: &str) -> Value {
    let answer = client.get(&format!("/requests/{request}/leaves{query}"));
    answer.assert_status(200).json()
}

fn actions(listed: &Value) -> Vec<(String, String)> {
    let text = |leaf: &Value, name: &str| leaf[name].as_str().unwrap().to_owned();
    let all = listed["leaves"].as_array().unwrap().iter();
    all.map(|leaf| (text(leaf, "action"), text(leaf, "operator_name")))
        .collect()
}

#[test]
fn a_request_lists_its_leaves() {
    let incident = Incident::new();
    let subject = incident.subject(&incident.log.messages[0].number);
    let subjects = [subject];
    let reveal = incident.ask_reveal(&incident.investigator(), &subjects);
    let other = incident.ask_reveal(&incident.investigator(), &subjects);
    let path = format!("/reveals/{reveal}");
    incident.lead().get(&path).assert_status(200);
    // Refused: nobody decides their own request, and whoever is not in the case reads none.
    let decision = format!("{path}/decision");
    let own = incident.investigator().post(&decision, &body::approve());
    assert!([403, 409].contains(&own.status), "{}", own.text());
    incident
        .outsider()
        .get(&path)
        .assert_problem(404, "not-found");
    let approved = json!({ "decision": "approve", "reason": "checked against the notice" });
    let decided = incident
        .lead()
        .post(&decision, &approved)
        .assert_status(200);
    let open = format!("{path}/open");
    let opened = incident.investigator().post(&open, &json!({}));
    let opened = opened.assert_status(200).leaf();

    // A member sees what was done, also when it is over, with names and reasons and without counts.
    let of = |action: &str, name: &str| (action.to_owned(), name.to_owned());
    let done = [
        of("reveal.open", "investigator"),
        of("reveal.decide", "lead.one"),
        of("reveal.request", "investigator"),
    ];
    let seen = leaves(&incident.investigator(), &reveal, "");
    assert_eq!(actions(&seen), done, "{seen}");
    assert_eq!(seen, leaves(&incident.lead(), &reveal, ""));
    assert_eq!(seen["kind"], "reveal");
    assert_eq!(seen["title"], "SMS logs of March");
    let [used, yes, asked] = [0, 1, 2].map(|at| &seen["leaves"][at]);
    assert_eq!(used["leaf"].as_u64(), opened);
    assert_eq!(yes["leaf"].as_u64(), decided.leaf());
    assert_eq!(yes["decision"], "approve");
    assert_eq!(yes["reason"], "checked against the notice");
    assert_eq!(asked["reason"], body::REASON);
    let text = seen.to_string();
    assert!(!text.contains(&subjects[0]), "{text}");
    assert!(asked.get("rows").is_none() && asked.get("subjects").is_none());

    // The auditor also sees who read it and what was refused.
    let all = leaves(&incident.auditor(), &reveal, "");
    let actions_of_all = actions(&all);
    assert!(actions_of_all.contains(&of("reveal.read", "lead.one")));
    assert!(actions_of_all.contains(&of("reveal.read", "outsider")));
    assert!(actions_of_all.contains(&of("request.leaves", "investigator")));
    let refused = all["leaves"].as_array().unwrap().iter();
    let refused = refused.filter(|leaf| leaf["outcome"] == "denied").count();
    assert_eq!(refused, 2, "{all}");
    assert_eq!(
        leaves(&incident.auditor(), &other, "")["leaves"][0]["action"],
        "reveal.request"
    );

    // A page at a time, each leaf once.
    let (mut paged, mut after) = (Vec::new(), String::new());
    loop {
        let page = leaves(&incident.lead(), &reveal, &format!("?limit=2{after}"));
        paged.extend(actions(&page));
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    assert_eq!(paged, done);
}

#[test]
fn whoever_may_not_read_a_request_does_not_learn_what_was_done_under_it() {
    let incident = Incident::new();
    let withdrawal = incident.ask_withdrawal_of_a_fresh_one();
    let path = format!("/requests/{withdrawal}/leaves");
    for (who, status) in [
        (Who::Custodian, 200),
        (Who::Lead, 200),
        (Who::Auditor, 200),
        (Who::Investigator, 403),
        (Who::Liaison, 404),
        (Who::Outsider, 404),
        (Who::Administrator, 404),
    ] {
        assert_eq!(incident.client(who).get(&path).status, status, "{who:?}");
    }
    let nobody = "/requests/r_00000000000000000000/leaves";
    let unknown = incident.auditor().get(nobody);
    unknown.assert_problem(404, "not-found");
}

#[test]
fn a_number_in_a_query_is_written_one_way() {
    let incident = Incident::new();
    let number = incident.log.messages[0].number.as_str();
    let subjects = [incident.subject(number)];
    let reveal = incident.ask_reveal(&incident.investigator(), &subjects);
    let path = format!("/requests/{reveal}/leaves");
    let auditor = incident.auditor();
    auditor
        .get(&format!("{path}?after=1&limit=1"))
        .assert_status(200);
    for number in ["%2B1", "01", "-1", "1.0", "%201", "1e1"] {
        for query in [format!("after={number}"), format!("limit={number}")] {
            let refused = auditor.get(&format!("{path}?{query}"));
            refused.assert_problem(422, "invalid");
        }
        let refused = incident.lead().get(&format!("/cases?limit={number}"));
        refused.assert_problem(422, "invalid");
        let search = json!({ "cursor": number.replace("%2B", "+").replace("%20", " ") });
        let refused = auditor.post("/audit/leaves/search", &search);
        refused.assert_problem(422, "invalid");
    }
}

#[test]
fn the_leaf_of_a_hold_is_among_those_of_each_request_that_it_stopped() {
    let incident = Incident::new();
    let case = &incident.case;
    let (waits, approved) = (
        incident.ask_destruction(case),
        incident.approved_destruction(case),
    );
    let over = incident.ask_destruction(case);
    let denied = incident
        .custodian()
        .post(&format!("/destructions/{over}/decision"), &body::deny());
    denied.assert_status(200);
    let hold = incident.of_case("/hold");
    let held = incident.second_lead().post(&hold, &body::reason());
    assert_eq!(held.assert_status(200).json()["requests_ended"], 2);
    let of = |request: &str, query: &str| leaves(&incident.auditor(), request, query);
    let first = |listed: &Value| actions(listed)[0].0.clone();
    for request in [&waits, &approved] {
        let listed = of(request, "");
        assert_eq!(first(&listed), "case.hold", "{listed}");
        let leaf = listed["leaves"][0]["leaf"].as_u64().unwrap();
        let told = incident.auditor().get(&format!("/audit/leaves/{leaf}"));
        let told = told.assert_status(200).json();
        let ended = told["detail"]["detail"]["found"]["requests"]
            .as_array()
            .unwrap();
        assert!(ended.contains(&json!(request)), "{told}");
        assert!(!ended.contains(&json!(over)), "{told}");
        // Those who read the request see it as well.
        let seen = leaves(&incident.lead(), request, "");
        assert_eq!(first(&seen), "case.hold", "{seen}");
        // A page at a time, each leaf once.
        let (mut paged, mut after) = (Vec::new(), String::new());
        loop {
            let page = leaves(&incident.lead(), request, &format!("?limit=1{after}"));
            paged.extend(actions(&page));
            match page["next"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => break,
            }
        }
        assert_eq!(paged, actions(&seen));
    }
    assert_eq!(first(&of(&over, "")), "destruction.decide");
}

#[test]
fn the_leaf_of_a_removal_is_among_those_of_each_request_that_it_ended() {
    let incident = Incident::new();
    let subject = incident.subject(&incident.log.messages[0].number);
    let reveal = incident.ask_reveal(&incident.investigator(), &[subject]);
    let investigator = incident.operator(Who::Investigator);
    let member = incident.of_case(&format!("/members/{investigator}"));
    let removed = incident.lead().delete_with(&member, &body::reason());
    let removed = removed.assert_status(200).leaf();
    let listed = leaves(&incident.auditor(), &reveal, "");
    assert_eq!(listed["leaves"][0]["leaf"].as_u64(), removed, "{listed}");
    assert_eq!(listed["leaves"][0]["action"], "member.remove", "{listed}");
}
