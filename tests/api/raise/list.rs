//! The raises of a case.

use serde_json::Value;

use super::incident;
use crate::support::{Client, Incident, Who, body};

/// The ids of a page, and its `next`.
fn page(incident: &Incident, client: &Client, query: &str) -> (Vec<String>, Value) {
    let path = incident.of_case(&format!("/raises{query}"));
    let json = client.get(&path).assert_status(200).json();
    let raises = json["raises"].as_array().unwrap().iter();
    let ids = raises.map(|raise| raise["raise"].as_str().unwrap().to_owned());
    (ids.collect(), json["next"].clone())
}

/// Every id, so many at a time.
fn all(incident: &Incident, client: &Client, query: &str, limit: usize) -> Vec<String> {
    let (mut ids, mut next) = page(incident, client, &format!("?limit={limit}{query}"));
    while let Some(after) = next.as_str() {
        assert_eq!(ids.len() % limit, 0, "a short page that is not the last");
        let further = page(
            incident,
            client,
            &format!("?limit={limit}{query}&after={after}"),
        );
        assert!(!further.0.is_empty(), "an empty page");
        ids.extend(further.0);
        next = further.1;
    }
    ids
}

#[test]
fn members_see_what_was_asked_newest_first_and_others_nothing() {
    let incident = incident();
    let older = incident.ask_raise(&incident.investigator(), 5);
    incident.clock.advance_seconds(60);
    let newer = incident.ask_raise(&incident.lead(), 6);
    let path = incident.of_case("/raises");
    let json = incident.second_lead().get(&path).assert_status(200).json();
    assert_eq!(json["raises"][0]["raise"], newer.as_str());
    assert_eq!(json["raises"][1]["raise"], older.as_str());
    assert_eq!(json["raises"][1]["points"], 5);
    // A liaison sees those of its account.
    let own = incident.liaison().get(&path).assert_status(200).json();
    assert_eq!(own["raises"].as_array().unwrap().len(), 0);
    for who in [Who::Outsider, Who::Auditor, Who::Administrator] {
        incident
            .client(who)
            .get(&path)
            .assert_problem(404, "not-found");
    }
}

#[test]
fn others_requests_push_nobodys_own_out_of_a_list_and_those_that_wait_are_found() {
    let incident = incident();
    let liaison = incident.ask_raise(&incident.liaison(), 5);
    let asker = incident.investigator();
    let mut asked = vec![liaison.clone()];
    for no in 1..=510 {
        incident.clock.advance_seconds(1);
        let raise = incident.ask_raise(&asker, no);
        let path = format!("/raises/{raise}/decision");
        let decided = incident.lead().post(&path, &body::deny());
        decided.assert_status(200);
        asked.push(raise);
    }
    asked.reverse();
    let own = page(&incident, &incident.liaison(), "");
    assert_eq!(own, (vec![liaison.clone()], Value::Null));
    let lead = incident.lead();
    let waiting = page(&incident, &lead, "?state=requested");
    assert_eq!(waiting, (vec![liaison.clone()], Value::Null));
    let first = page(&incident, &lead, "");
    assert_eq!(first.0, asked[..500]);
    let rest = format!("?after={}", first.1.as_str().unwrap());
    assert_eq!(
        page(&incident, &lead, &rest),
        (asked[500..].to_vec(), Value::Null)
    );
    for limit in [73, 255, 500] {
        assert_eq!(all(&incident, &lead, "", limit), asked);
        let denied = all(&incident, &lead, "&state=denied", limit);
        assert_eq!(denied, asked[..510]);
    }
    // Past its time it waits for nobody.
    incident.clock.advance_seconds(25 * 3600);
    incident.forget_sessions();
    let lead = incident.lead();
    let none = (Vec::new(), Value::Null);
    assert_eq!(page(&incident, &lead, "?state=requested"), none);
    assert_eq!(page(&incident, &lead, "?state=expired").0, [liaison]);
}

#[test]
fn a_page_begins_only_where_an_earlier_one_of_the_same_caller_ended() {
    let incident = incident();
    let others = incident.ask_raise(&incident.investigator(), 5);
    let own = incident.ask_raise(&incident.liaison(), 5);
    let liaison = incident.liaison();
    let path = |query: &str| incident.of_case(&format!("/raises{query}"));
    // To a liaison the request of another is like one that is not there.
    let refused = [others.as_str(), "b_00000000000000000000", "b_1", "x"].map(|after| {
        let answer = liaison.get(&path(&format!("?after={after}")));
        let answer = answer.assert_problem(422, "invalid");
        assert_eq!(answer.json()["at"], "after");
        answer.comparable()
    });
    assert!(refused.iter().all(|other| *other == refused[0]));
    let after = page(&incident, &liaison, &format!("?after={own}"));
    assert_eq!(after, (Vec::new(), Value::Null));
    for query in ["?limit=0", "?limit=501", "?limit=one", "?state=open"] {
        liaison.get(&path(query)).assert_problem(422, "invalid");
    }
    for query in ["?colour=red", "?limit=1&limit=2"] {
        let answer = liaison.get(&path(query));
        answer.assert_problem(400, "malformed-query");
    }
}
