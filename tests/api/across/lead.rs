//! A lead may look numbers up, within a budget. With files of its own making, which a custodian admits, it gets no
//! answer beside that budget: two cases that differ only in who is in the file that somebody else admitted are the same
//! in everything that the team can see for nothing. What compares a file with the case is paid for.

use serde_json::json;

use super::custodian::{AT, TARGET, Watch, alike, duplicates_of_case, numbers, pair};
use crate::support::{Client, body};

/// What is left of the lookup budget of a member, and of that for views.
fn left(client: &Client) -> [u64; 2] {
    let me = client.get("/me").assert_status(200).json();
    ["lookup_budget", "view_budget"].map(|name| me["cases"][0][name].as_u64().unwrap())
}

/// Looks at everything that costs nothing.
fn look(watch: &mut Watch<'_>, client: &Client) {
    let before = left(client);
    let incident = watch.incident;
    for path in ["/cases", "/me", "/inbox"] {
        let answer = client.get(path);
        watch.note(path, answer).assert_status(200);
    }
    for rest in ["", "/overview", "/exhibits"] {
        let answer = client.get(&incident.of_case(rest));
        watch.note(rest, answer).assert_status(200);
        // Follows from the time too: what strangers did is summed up every minute.
        let (.., seen) = watch.seen.last_mut().unwrap();
        seen.as_object_mut().unwrap().remove("log_size");
    }
    for exhibit in incident.exhibits() {
        let exhibit = exhibit["exhibit"].as_str().unwrap();
        let answer = client.get(&incident.of_case(&format!("/exhibits/{exhibit}/duplicates")));
        watch.note("duplicates", answer).assert_status(200);
    }
    let unreadable = body::look_up(&["+44123"]);
    let answer = client.post(&incident.of_case("/lookups"), &unreadable);
    watch.note("lookup", answer).assert_status(200);
    assert_eq!(left(client), before, "something was paid");
}

#[test]
fn what_a_file_has_in_common_with_the_case_is_told_to_no_lead_for_nothing() {
    let incidents = pair();
    alike(&incidents, |watch| {
        let (lead, investigator) = (watch.incident.lead(), watch.incident.investigator());
        let later = "2024-03-11T12:00:00Z";
        for rows in [
            // A number in a message of its own making, a message as it may be there, and both with one that is new.
            vec![("one", TARGET, later)],
            vec![("one", TARGET, AT)],
            vec![
                ("two", TARGET, AT),
                ("one", TARGET, "2024-03-12T12:00:00Z"),
                ("one", "+447700900300", AT),
            ],
        ] {
            watch.send(&rows);
            look(watch, &lead);
            look(watch, &investigator);
        }
    });
    // Who pays is told.
    for (incident, had) in incidents.iter().zip([[0, 1, 1], [0, 0, 0]]) {
        let before = left(&incident.lead());
        let exhibits = incident.exhibits();
        let told = [1, 2, 3].map(|at: usize| {
            let exhibit = exhibits[at]["exhibit"].as_str().unwrap();
            duplicates_of_case(incident, exhibit)
        });
        assert_eq!(told, had);
        numbers(incident);
        let now = left(&incident.lead());
        assert_eq!(before[0] - now[0], 300);
        // Some of these flow back every few seconds.
        assert!((80..=100).contains(&(before[1] - now[1])), "{now:?}");
    }
    let [with, without] = incidents.each_ref().map(numbers);
    assert_eq!((with, without), (json!(13), json!(14)));
}
