//! Asking for more lookup points.

use serde_json::json;

use super::incident;
use crate::support::body;

#[test]
fn points_and_end_are_bounded_and_a_reason_is_needed() {
    let incident = incident();
    let ask = |points: u32, until: &str, reason: &str| {
        let body = json!({ "points": points, "until": until, "reason": reason });
        incident
            .investigator()
            .post(&incident.of_case("/raises"), &body)
    };
    let soon = "2024-04-05T00:00:00Z";
    for (points, until, reason, at) in [
        (0, soon, body::REASON, "points"),
        (100_001, soon, body::REASON, "points"),
        (5, "2024-04-01T00:00:00Z", body::REASON, "until"),
        (5, "2024-05-20T00:00:00Z", body::REASON, "until"),
        (5, "tomorrow", body::REASON, "until"),
        (5, soon, "x", "reason"),
    ] {
        let refused = ask(points, until, reason).assert_problem(422, "invalid");
        assert_eq!(refused.json()["at"], at);
    }
    let asked = ask(5, soon, body::REASON).assert_status(201);
    assert_eq!(asked.member("state"), "requested");
    let leaf = incident.leaf(asked.leaf().unwrap());
    assert_eq!(leaf["action"], "budget.request");
}
