//! What was asked in a case.

use super::name;
use crate::support::{Incident, Who};

#[test]
fn leads_see_who_would_get_which_role_and_nobody_else_does() {
    let incident = Incident::new();
    let asked = name(&incident, Who::Lead, Who::Outsider, "custodian").member("membership");
    let path = incident.of_case("/memberships");
    for who in [Who::Lead, Who::SecondLead] {
        let json = incident.client(who).get(&path).assert_status(200).json();
        let listed = json["memberships"].as_array().unwrap();
        let one = listed
            .iter()
            .find(|one| one["membership"] == asked.as_str())
            .unwrap();
        assert_eq!(one["name"], "outsider");
        assert_eq!(
            (&one["role"], &one["state"]),
            (&"custodian".into(), &"requested".into())
        );
    }
    for (who, status) in [
        (Who::Investigator, 403),
        (Who::Custodian, 403),
        (Who::Liaison, 403),
        (Who::Outsider, 404),
        (Who::Administrator, 404),
    ] {
        incident.client(who).get(&path).assert_status(status);
    }
}
