//! The cases one is a member of.

use crate::support::{Incident, Who};

#[test]
fn everybody_sees_the_cases_they_are_a_member_of_and_their_role_there() {
    let incident = Incident::new();
    let other = incident.open_case();
    incident.name_member(&other, Who::Liaison, "liaison", Some("somebody"));
    let cases = |who: Who| {
        let json = incident.client(who).get("/cases").assert_status(200).json();
        let mut seen: Vec<(String, String)> = json["cases"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| {
                let text = |name: &str| one[name].as_str().unwrap().to_owned();
                (text("case"), text("role"))
            })
            .collect();
        seen.sort();
        seen
    };
    let both = |role: &str| {
        let mut both = [&incident.case, &other].map(|case| (case.clone(), role.to_owned()));
        both.sort();
        both
    };
    assert_eq!(cases(Who::Lead), both("lead"));
    assert_eq!(cases(Who::Liaison), both("liaison"));
    assert_eq!(
        cases(Who::Custodian),
        [(incident.case.clone(), "custodian".to_owned())]
    );
    assert_eq!(cases(Who::Outsider), []);
}

#[test]
fn those_who_stay_outside_cases_have_no_list_of_them() {
    let incident = Incident::new();
    for who in [Who::Auditor, Who::Administrator] {
        let answer = incident.client(who).get("/cases");
        answer.assert_problem(403, "not-allowed");
    }
}
