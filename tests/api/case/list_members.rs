//! The members of a case, for each other.

use crate::support::Incident;

#[test]
fn a_lead_names_members_and_the_list_shows_them() {
    let incident = Incident::new();
    let members = incident.lead().get(&incident.of_case("/members"));
    let json = members.assert_status(200).json();
    let roles: Vec<(&str, &str)> = json["members"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["name"].as_str().unwrap(), one["role"].as_str().unwrap()))
        .collect();
    assert_eq!(roles.len(), 5);
    assert!(roles.contains(&("liaison", "liaison")));
    assert!(roles.contains(&("lead.two", "lead")));
    let liaison = json["members"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["role"] == "liaison")
        .unwrap();
    assert_eq!(liaison["account"], incident.account.as_str());
}
