//! Numbers that somebody asks to see.

use super::{open, subjects};
use crate::support::{Incident, body, shared};

#[test]
fn a_reveal_names_some_subjects_of_this_case_once_each() {
    let incident = Incident::with(
        "[limits]\nreveal_subjects = 2\n",
        crate::support::invented(100, 3),
    );
    let (tokens, _) = subjects(&incident, 3);
    let ask = |subjects: &[String]| {
        let path = incident.of_case("/reveals");
        incident.investigator().post(&path, &body::reveal(subjects))
    };
    let twice = vec![tokens[0].clone(), tokens[0].clone()];
    let unknown = vec!["S-00000000".to_owned()];
    let malformed = vec![tokens[0].clone(), "+447700900123".to_owned()];
    for subjects in [&[][..], &tokens, &twice, &unknown, &malformed] {
        let answer = ask(subjects).assert_problem(422, "invalid");
        assert!(!answer.text().contains("7700"));
    }
    ask(&tokens[..2]).assert_status(201);
}

#[test]
fn a_custodian_and_a_liaison_have_nothing_to_do_with_reveals() {
    let incident = shared();
    let (tokens, _) = subjects(incident, 1);
    let reveal = incident.approved_reveal(&tokens);
    for client in [incident.custodian(), incident.liaison()] {
        let asked = client.post(&incident.of_case("/reveals"), &body::reveal(&tokens));
        asked.assert_problem(403, "not-allowed");
        open(&client, &reveal);
        assert_ne!(open(&client, &reveal).status, 200);
        assert_ne!(client.get(&format!("/reveals/{reveal}")).status, 200);
    }
    open(&incident.outsider(), &reveal).assert_problem(404, "not-found");
    open(&incident.investigator(), &reveal).assert_status(200);
}
