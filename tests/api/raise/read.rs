//! What a decider sees of a raise.

use super::incident;

#[test]
fn who_decides_sees_how_many_points_for_whom_and_until_when() {
    let incident = incident();
    let raise = incident.ask_raise(&incident.investigator(), 5);
    let path = format!("/raises/{raise}");
    let json = incident.lead().get(&path).assert_status(200).json();
    assert_eq!(json["asked_by"], "investigator");
    assert_eq!(json["points"], 5);
    assert_eq!(json["until"], "2024-04-03T09:00:00Z");
    assert_eq!(json["state"], "requested");
    incident
        .outsider()
        .get(&path)
        .assert_problem(404, "not-found");
    // Another's request is none to a liaison.
    incident
        .liaison()
        .get(&path)
        .assert_problem(404, "not-found");
}
