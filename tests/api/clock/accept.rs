//! Two people accept a time; one does not, and nobody accepts another than the machine shows.

use breachvault::vault::clock::Clock as _;
use serde_json::{Value, json};

use crate::support::{Incident, TestVault, body};

fn accepting(time: &str) -> Value {
    json!({ "time": time, "reason": body::REASON })
}

#[test]
fn two_people_accept_a_time_with_a_leaf_each() {
    let incident = Incident::new();
    incident.clock.jump_seconds(86_400);
    let time = accepting("2024-04-03T09:02:00Z");
    let (lead, administrator) = (incident.lead(), incident.administrator());
    let first = lead.post("/clock/acceptance", &time).assert_status(200);
    assert_eq!(first.json()["accepted"], false);
    assert_eq!(first.member("time"), "2024-04-02T09:00:00Z");
    lead.post("/clock/acceptance", &time)
        .assert_problem(403, "own-request");
    assert_eq!(lead.get("/clock").json()["in_doubt"], true);
    let second = administrator.post("/clock/acceptance", &time);
    let second = second.assert_status(200);
    assert_eq!(second.json()["accepted"], true);
    assert_eq!(second.member("time"), "2024-04-03T09:00:00Z");
    assert_eq!(lead.get("/clock").json()["in_doubt"], false);
    for (answer, operator) in [(first, &lead), (second, &administrator)] {
        let leaf = incident.leaf(answer.leaf().unwrap());
        assert_eq!(leaf["action"], "clock.accept");
        assert_eq!(leaf["outcome"], "done");
        assert_eq!(leaf["operator"], operator.get("/me").json()["operator"]);
    }
    let after = lead.get("/clock").leaf().unwrap();
    assert_eq!(incident.leaf(after)["time"], "2024-04-03T09:00:00Z");
}

#[test]
fn what_somebody_accepted_whose_account_ended_counts_no_more() {
    let incident = Incident::new();
    incident.clock.jump_seconds(86_400);
    let time = accepting("2024-04-03T09:02:00Z");
    let accept = |client: &crate::support::Client| {
        let answer = client.post("/clock/acceptance", &time).assert_status(200);
        answer.json()["accepted"].clone()
    };
    let (lead, second, administrator) = (
        incident.lead(),
        incident.second_lead(),
        incident.administrator(),
    );
    assert_eq!(accept(&lead), false);
    incident.revoke(crate::support::Who::Lead);
    // It is the first acceptance again, and another person's is the second.
    assert_eq!(accept(&second), false);
    assert_eq!(accept(&administrator), true);
}

#[test]
fn nobody_accepts_a_time_that_the_machine_does_not_show() {
    let vault = TestVault::new();
    let lead = vault.lead();
    let right = accepting("2024-04-02T09:00:00Z");
    lead.post("/clock/acceptance", &right)
        .assert_problem(409, "clock-right");
    vault.clock.jump_seconds(86_400);
    for wrong in ["2024-04-02T09:00:00Z", "2024-04-03T09:06:00Z"] {
        let answer = lead.post("/clock/acceptance", &accepting(wrong));
        let answer = answer.assert_problem(422, "invalid");
        assert_eq!(answer.json()["at"], "time");
    }
    let malformed = lead.post("/clock/acceptance", &accepting("tomorrow"));
    assert_eq!(
        malformed.assert_problem(422, "invalid").json()["at"],
        "time"
    );
}

#[test]
fn an_accepted_time_moves_no_deadline_and_gives_no_points() {
    let toml = "[budgets]\nlookup_points = 10\nlookup_points_per_hour = 60\n";
    let incident = Incident::with(toml, crate::support::invented(300, 11));
    let (one, two) = (incident.lead(), incident.second_lead());
    let left =
        |at: &crate::support::Client| at.get("/me").json()["cases"][0]["lookup_budget"].clone();
    let number = incident.log.messages[0].number.clone();
    incident.look_up(&one, &[&number]).assert_status(200);
    let before = left(&one);
    for seconds in [365 * 86_400, -2 * 365 * 86_400] {
        incident.clock.jump_seconds(seconds);
        let time = accepting(&incident.clock.now().to_string());
        one.post("/clock/acceptance", &time).assert_status(200);
        let second = two.post("/clock/acceptance", &time).assert_status(200);
        assert_eq!(second.json()["accepted"], true);
        assert_eq!(left(&one), before);
    }
    incident.clock.advance_seconds(8 * 3600 - 1);
    let me = one.get("/me").assert_status(200);
    let now = incident.clock.now().plus_seconds(1).to_string();
    assert_eq!(me.member("expires_at"), now);
    assert_eq!(left(&one), 10);
    incident.clock.advance_seconds(1);
    one.get("/me").assert_problem(401, "session-ended");
}
