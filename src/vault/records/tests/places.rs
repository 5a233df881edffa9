//! States with their countries: in filters, and in protected tables.

use serde_json::{Value, json};

use super::{by, protected, table};
use crate::vault::records::tests::fixture::{Fixture, Sent, sent};
use crate::vault::records::{Dimension, Rule};

/// So many people of a country and a state, with numbers from `from` on.
fn people(from: u32, count: u32, country: &'static str, state: &'static str) -> Vec<Sent> {
    let person = |no: u32| Sent {
        country,
        state,
        ..sent(no, "acme", 0)
    };
    (from..from + count).map(person).collect()
}

fn world() -> Fixture {
    let mut fixture = Fixture::new();
    let mut rows = people(0, 20, "US", "WA");
    rows.extend(people(20, 30, "AU", "WA"));
    rows.extend(people(50, 40, "US", "Washington"));
    rows.extend(people(90, 10, "", "WA"));
    rows.extend(people(100, 50, "US", "TX"));
    rows.extend(people(150, 60, "FR", "Bretagne"));
    // Some are in the log by both words.
    rows.extend(people(0, 5, "US", "Washington"));
    fixture.admit(&rows);
    fixture
}

#[test]
fn a_state_is_named_by_code_key_or_name() {
    let fixture = world();
    let asked = |state: Value| {
        let query = by(&[], json!({ "state": state }));
        table(&fixture, &fixture.lead, query).unwrap()
    };
    for (state, numbers) in [
        // A code is of every country, and of those that write the name instead.
        (json!(["WA"]), 100),
        (json!(["wa "]), 100),
        // A key or a name is of one country, and of records that name none.
        (json!(["US-WA"]), 70),
        (json!(["Washington"]), 70),
        (json!(["Western Australia"]), 40),
        (json!(["AU-WA", "Texas"]), 90),
        (json!(["Bretagne"]), 60),
        (json!(["Bretagne", "texas"]), 110),
    ] {
        let counted = asked(state.clone());
        assert_eq!(counted["totals"]["numbers"], numbers, "{state}");
        assert!(counted.get("unknown_values").is_none(), "{state}");
    }
    for state in ["Atlantis", "Ohio", "DE-BY"] {
        let counted = asked(json!([state]));
        assert_eq!(counted["totals"]["numbers"], 0);
        assert_eq!(counted["unknown_values"], json!({ "state": [state] }));
    }
    let query = by(&[], json!({"state": ["WA"], "country": ["Australia"]}));
    let counted = table(&fixture, &fixture.lead, query).unwrap();
    assert_eq!(counted["totals"]["numbers"], 30);
}

#[test]
fn a_state_that_no_list_has_is_the_same_in_any_letter_case_and_spelling_of_accents() {
    let mut fixture = Fixture::new();
    let mut rows = people(0, 3, "CO", "Antioquia");
    rows.extend(people(10, 4, "CO", "ANTIOQUIA"));
    rows.extend(people(20, 5, "CO", "Boyac\u{e1}"));
    fixture.admit(&rows);
    for (state, numbers) in [
        ("antioquia", 7),
        ("Antioquia", 7),
        ("ANTIOQUIA ", 7),
        ("Boyaca\u{301}", 5),
        ("BOYACÁ", 5),
    ] {
        let query = by(&[], json!({ "state": [state] }));
        let counted = table(&fixture, &fixture.lead, query).unwrap();
        assert_eq!(counted["totals"]["numbers"], numbers, "{state}");
        assert!(counted.get("unknown_values").is_none(), "{state}");
    }
}

#[test]
fn what_a_protected_table_shows_is_taken_as_a_filter() {
    let mut fixture = Fixture::new();
    let mut rows = people(0, 20, "ES", "Madrid");
    rows.extend(people(20, 10, "ES", "MADRID"));
    rows.extend(people(40, 20, "FR", "FR-IDF"));
    rows.extend(people(60, 10, "FR", "IDF"));
    rows.extend(people(80, 20, "PR", "PR"));
    rows.extend(people(100, 10, "PR", "Puerto Rico"));
    rows.extend(people(120, 20, "PR", "San Juan"));
    rows.extend(people(140, 20, "CO", "Madrid"));
    fixture.admit(&rows);
    let told = protected(&fixture, Dimension::State, Rule::Nhs).unwrap();
    let shown = told["rows"].as_array().unwrap().iter();
    let shown: Vec<&str> = shown.map(|row| row["state"].as_str().unwrap()).collect();
    assert!(
        shown.contains(&"FR-IDF") && shown.contains(&"PR-PR"),
        "{shown:?}"
    );
    assert!(!shown.contains(&"FR-FR-IDF"), "{shown:?}");
    for (state, numbers) in [
        ("ES-Madrid", 30),
        ("es-madrid", 30),
        ("CO-Madrid", 20),
        ("FR-IDF", 30),
        ("PR-PR", 30),
        ("PR-San Juan", 20),
    ] {
        let query = by(&[], json!({ "state": [state] }));
        let counted = table(&fixture, &fixture.lead, query).unwrap();
        assert_eq!(counted["totals"]["numbers"], numbers, "{state}");
        assert!(counted.get("unknown_values").is_none(), "{state}");
    }
}

#[test]
fn a_protected_table_gives_a_state_with_its_country() {
    let fixture = world();
    let told = protected(&fixture, Dimension::State, Rule::Nhs).unwrap();
    let rows: Vec<Value> = told["rows"].as_array().unwrap().clone();
    let row = |country: &str, state: &str, name: &str, numbers: u64| json!({"country": country, "state": state, "name": name, "numbers": numbers});
    assert_eq!(
        rows,
        [
            row("AU", "AU-WA", "Western Australia, Australia", 30),
            row("FR", "FR-Bretagne", "Bretagne, France", 60),
            row("US", "US-TX", "Texas, United States", 50),
            // Somebody who is there by two words counts once.
            row("US", "US-WA", "Washington, United States", 60),
            row("", "WA", "WA, no country", 10),
        ]
    );
    assert_eq!(told["totals"]["numbers"], 210);
    // The team sees what the log says.
    let team = table(&fixture, &fixture.lead, by(&[Dimension::State], json!({}))).unwrap();
    assert_eq!(team["rows"].as_array().unwrap().len(), 4);
    let again = protected(&fixture, Dimension::State, Rule::Nhs).unwrap();
    assert_eq!(again["rows"], told["rows"]);
}

#[test]
fn a_table_by_country_is_compared_with_one_by_state() {
    let mut fixture = Fixture::new();
    let mut rows = people(0, 40, "US", "Washington");
    rows.extend(people(100, 2, "US", "TX"));
    rows.extend(people(200, 30, "AU", "WA"));
    rows.extend(people(300, 30, "AU", "Victoria"));
    fixture.admit(&rows);
    let first = protected(&fixture, Dimension::State, Rule::Nhs).unwrap();
    assert_eq!(first["rows"][2]["state"], "US-TX");
    assert_eq!(first["rows"][2]["numbers"], "*");
    // At most 42 in the country and at least 38 in one of its two states: at most four are in the other.
    assert!(protected(&fixture, Dimension::Country, Rule::Nhs).is_err());
}
