//! Who am I?

use crate::support::shared;

#[test]
fn whoever_signs_in_is_told_who_they_are() {
    let me = shared().investigator().get("/me").assert_status(200);
    let json = me.json();
    assert_eq!(json["name"], "investigator");
    assert_eq!(json["role"], "investigator");
    assert_eq!(json["cases"][0]["role"], "investigator");
    assert!(me.leaf().is_some());
}
