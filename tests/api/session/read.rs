//! Who am I?

use breachvault::domain::Moment;

use crate::support::{TestVault, Who, shared};

#[test]
fn whoever_signs_in_is_told_who_they_are() {
    let me = shared().investigator().get("/me").assert_status(200);
    let json = me.json();
    assert_eq!(json["name"], "investigator");
    assert_eq!(json["role"], "investigator");
    assert_eq!(json["cases"][0]["role"], "investigator");
    assert!(me.leaf().is_some());
}

#[test]
fn a_session_that_rests_ends_and_one_that_is_used_lasts_its_whole_time() {
    let vault = TestVault::with("[sessions]\nidle_minutes = 30\nsession_minutes = 120\n");
    let used = vault.lead();
    let rests = vault.new_session(Who::Lead);
    let left = |of: &str| {
        let me = used.get("/me").assert_status(200);
        let then: Moment = me.member(of).parse().unwrap();
        then.seconds() - vault.seconds()
    };
    assert_eq!((left("idle_at"), left("expires_at")), (1800, 7200));
    for _ in 0..2 {
        vault.clock.advance_seconds(20 * 60);
        // A request moves it, to the minute.
        assert!((1741..=1800).contains(&left("idle_at")));
    }
    let ended = rests.get("/me").assert_problem(401, "session-ended");
    assert!(ended.text().contains("not used"), "{}", ended.text());
    let listed = used.get("/sessions").assert_status(200).json();
    assert_eq!(listed["sessions"].as_array().unwrap().len(), 1, "{listed}");
    for _ in 0..3 {
        vault.clock.advance_seconds(25 * 60);
        used.get("/health").assert_status(200);
    }
    assert_eq!(left("expires_at"), 5 * 60);
    vault.clock.advance_seconds(5 * 60);
    let ended = used.get("/me").assert_problem(401, "session-ended");
    assert!(ended.text().contains("whole time"), "{}", ended.text());
}
