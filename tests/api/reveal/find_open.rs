//! Whoever is about to ask for people is told which open reveals are about them already.

use super::{decide, subjects};
use crate::support::{Browser, Incident, Who, body};

#[test]
fn open_reveals_of_the_people_are_told_and_no_others() {
    let incident = Incident::new();
    let (tokens, numbers) = subjects(&incident, 3);
    let waiting = incident.ask_reveal(&incident.investigator(), &tokens[..2]);
    let approved = incident.approved_reveal(&tokens[1..2]);
    let denied = incident.ask_reveal(&incident.investigator(), &tokens[..1]);
    decide(&incident.lead(), &denied, &body::deny()).assert_status(200);
    let lead = Browser::signed_in(&incident, Who::Lead);
    let new = format!("/console{}", incident.of_case("/reveals/new"));
    let told = |people: &[&str]| {
        let people: Vec<String> = people.iter().map(|one| format!("subjects={one}")).collect();
        let page = lead.get(&format!("{new}?{}", people.join("&")));
        let text = page.assert_status(200).text();
        for number in &numbers {
            assert!(!text.contains(&number[1..]), "{text}");
        }
        [&waiting, &approved, &denied]
            .map(|reveal| text.contains(&format!("href=\"/console/reveals/{reveal}\"")))
    };
    let [first, second, third] = [0, 1, 2].map(|at: usize| tokens[at].as_str());
    assert_eq!(told(&[first]), [true, false, false]);
    assert_eq!(told(&[second]), [true, true, false]);
    assert_eq!(told(&[third]), [false; 3]);
    assert_eq!(told(&[first, second, third]), [true, true, false]);
    assert_eq!(told(&["xylophone"]), [false; 3]);
    // It costs nothing, and is for those who list reveals.
    let path = format!("{new}?subjects={first}");
    let left = || incident.lead().get("/me").json()["cases"][0]["view_budget"].clone();
    let before = left();
    let page = lead.get(&path).assert_status(200);
    assert_eq!(left(), before);
    let leaf = incident.leaf(page.leaf().unwrap());
    assert_eq!(leaf["action"], "reveal.list");
    let custodian = Browser::signed_in(&incident, Who::Custodian);
    let refused = custodian.get(&path).assert_status(403).text();
    assert!(!refused.contains(&waiting), "{refused}");
    // What has run out is open no more.
    incident.clock.advance_seconds(8 * 86_400);
    let lead = Browser::signed_in(&incident, Who::Lead);
    let text = lead.get(&path).assert_status(200).text();
    assert!(!text.contains("is open and about"), "{text}");
}
