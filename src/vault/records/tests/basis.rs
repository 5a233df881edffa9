//! What answers rest on, and what they say of values that the case does not have.

use serde_json::{Value, json};

use super::{HOUR, by, small, table};
use crate::policy::{Denial, actions};
use crate::vault::plaintext::{AskedNumbers, RawText};
use crate::vault::records::tests::fixture::{Fixture, Sent, sent};
use crate::vault::records::{Dimension, ProtectedQuery, Rule};
use crate::vault::{Caller, OperationError, Refusal};

fn look_up(fixture: &Fixture, caller: &Caller, number: &str) -> Result<Value, Refusal> {
    let numbers = AskedNumbers::read(&[RawText::new(number.to_owned())], None);
    fixture.ask::<actions::LookUp, _>(caller, move |scope| scope.look_up(&numbers))
}

#[test]
fn a_lookup_says_what_was_searched_and_a_liaison_learns_of_its_own_account_alone() {
    let mut fixture = Fixture::new();
    fixture.admit(&small());
    let absent = "+447700900099";
    let of = |fixture: &Fixture, caller: &Caller| {
        let answer = look_up(fixture, caller, absent).unwrap();
        assert_eq!(answer[0][0]["state"], "not_exposed");
        answer[1].clone()
    };
    let all = json!({"exhibits": 1, "records": 4, "span": {"first": "2024-03-01T00:00:00Z",
        "last": "2024-03-01T03:00:00Z"}, "quarantined": 0});
    assert_eq!(of(&fixture, &fixture.lead), all);
    let own = json!({"exhibits": 1, "records": 2, "span": {"first": "2024-03-01T00:00:00Z",
        "last": "2024-03-01T02:00:00Z"}, "quarantined": 0, "account_in_log": true});
    assert_eq!(of(&fixture, &fixture.liaison), own);
    // Another account's exhibit changes nothing for the liaison.
    fixture.admit(&[sent(8, "globex", 90 * HOUR)]);
    assert_eq!(of(&fixture, &fixture.liaison), own);
    let team = of(&fixture, &fixture.lead);
    assert_eq!(
        (&team["exhibits"], &team["records"]),
        (&json!(2), &json!(5))
    );
    fixture.admit(&[sent(9, "acme", 91 * HOUR)]);
    let own = of(&fixture, &fixture.liaison);
    assert_eq!((&own["exhibits"], &own["records"]), (&json!(2), &json!(3)));
    assert_eq!(own["span"]["last"], "2024-03-04T19:00:00Z");
}

#[test]
fn a_liaison_whose_account_no_exhibit_has_is_told_so_and_nothing_of_the_others() {
    let mut fixture = Fixture::new();
    let none = json!({"exhibits": 0, "records": 0, "quarantined": 0, "account_in_log": false});
    fixture.admit(&[sent(3, "globex", 0)]);
    let told = look_up(&fixture, &fixture.liaison, "+447700900003").unwrap();
    assert_eq!(told[1], none);
}

#[test]
fn where_nothing_was_admitted_nobody_looks_anything_up_and_nobody_pays() {
    let mut fixture = Fixture::new();
    for caller in [&fixture.lead, &fixture.liaison] {
        let refused = look_up(&fixture, caller, "+447700900003");
        assert!(matches!(
            refused,
            Err(Refusal::Denied(Denial::NothingAdmitted, _))
        ));
        let leaf = fixture.last_leaf();
        assert_eq!(
            (&leaf["outcome"], &leaf["kind"]),
            (&json!("denied"), &json!("nothing-admitted"))
        );
    }
    fixture.admit(&small());
    assert!(look_up(&fixture, &fixture.lead, "+447700900003").is_ok());
}

#[test]
fn tables_rest_on_the_same_and_a_protected_one_tells_no_count_of_records() {
    let mut fixture = Fixture::new();
    let rows: Vec<_> = (0..40)
        .map(|no| sent(no, "acme", i64::from(no) * HOUR))
        .collect();
    fixture.admit(&rows);
    let team = table(
        &fixture,
        &fixture.lead,
        by(&[Dimension::Country], json!({})),
    )
    .unwrap();
    assert_eq!(team["basis"]["exhibits"], 1);
    assert_eq!(team["basis"]["records"], 40);
    assert_eq!(team["basis"]["exhibit_ids"].as_array().unwrap().len(), 1);
    assert!(team.get("unknown_values").is_none());
    let query = ProtectedQuery {
        by: Dimension::Country,
        rule: Rule::Nhs,
    };
    let asked =
        fixture.ask::<actions::Scope, _>(&fixture.lead, move |scope| scope.protected_table(&query));
    let basis = asked.unwrap()["basis"].clone();
    assert!(basis.get("records").is_none());
    assert_eq!(
        basis["span"],
        json!({"first": "2024-03-01", "last": "2024-03-02"})
    );
    assert_eq!(basis["quarantined"], 0);
}

#[test]
fn values_are_folded_as_their_columns_and_unknown_ones_are_named() {
    let mut fixture = Fixture::new();
    let mut rows = small();
    rows[0].carrier = "Verizon";
    fixture.admit(&rows);
    let asked = |filter: Value| {
        let query = by(&[], filter);
        table(&fixture, &fixture.lead, query).unwrap()
    };
    for (filter, messages) in [
        (json!({"kind": ["SMS-Passcode"]}), 3),
        (json!({"kind": [" voice\u{200b}"]}), 1),
        (json!({"carrier": ["Verizon "]}), 1),
        (json!({"carrier": ["\u{feff}Veri\u{ad}zon"]}), 1),
        (json!({"carrier": ["verizon"]}), 1),
        (json!({"carrier": ["VERIZON", "Verizon"]}), 1),
        (json!({"account": ["acme\u{a0}"]}), 2),
        (json!({"country": ["united kingdom"]}), 3),
        (json!({"country": ["GBR", "France"]}), 4),
        (json!({"country": ["U.K."]}), 3),
        (json!({"channel": ["SMS"]}), 4),
        (json!({"state": [""]}), 4),
    ] {
        let counted = asked(filter.clone());
        assert_eq!(counted["totals"]["messages"], messages, "{filter}");
        assert!(counted.get("unknown_values").is_none(), "{filter}");
    }
    for (filter, unknown) in [
        (
            json!({"country": ["Atlantis"]}),
            json!({"country": ["Atlantis"]}),
        ),
        (json!({"country": ["US", "GB"]}), json!({"country": ["US"]})),
        // Where every record has a value, none has no value.
        (json!({"country": ["", "GB"]}), json!({"country": [""]})),
        // An account's letter case tells two accounts apart.
        (json!({"account": ["ACME"]}), json!({"account": ["ACME"]})),
        (
            json!({"carrier": ["T-Mobile", "T-Mobile"], "kind": ["fax"]}),
            json!({"carrier": ["T-Mobile"], "kind": ["fax"]}),
        ),
        (
            json!({"subject": ["S-00000000"]}),
            json!({"subject": ["S-00000000"]}),
        ),
    ] {
        let counted = asked(filter.clone());
        assert_eq!(counted["unknown_values"], unknown, "{filter}");
    }
}

#[test]
fn a_liaison_is_told_of_no_value_but_those_that_no_public_list_has() {
    let mut fixture = Fixture::new();
    fixture.admit(&small());
    let asked = |filter: Value| {
        let query = by(&[], filter);
        table(&fixture, &fixture.liaison, query).unwrap()
    };
    for filter in [
        json!({"account": ["globex"]}),
        json!({"account": ["nobody"]}),
        json!({"carrier": ["no carrier"]}),
        json!({"kind": ["no kind"]}),
        json!({"country": ["Brazil"]}),
        json!({"state": ["Texas"]}),
        json!({"subject": ["S-00000000"]}),
    ] {
        let counted = asked(filter.clone());
        assert_eq!(counted["totals"]["messages"], 0, "{filter}");
        assert!(counted.get("unknown_values").is_none(), "{filter}");
    }
    let counted = asked(json!({"country": ["Atlantis"], "state": ["Nowhere"]}));
    let unknown = json!({"country": ["Atlantis"], "state": ["Nowhere"]});
    assert_eq!(counted["unknown_values"], unknown);
}

#[test]
fn a_state_that_only_the_liaisons_own_account_has_is_not_called_unknown() {
    let mut fixture = Fixture::new();
    let mut rows = small();
    rows[0].state = "Antioquia";
    rows.push(Sent {
        state: "Boyacá",
        ..sent(7, "globex", 0)
    });
    fixture.admit(&rows);
    assert_eq!(rows[0].account, "acme");
    let asked = |state: &str| {
        let query = by(&[], json!({ "state": [state] }));
        table(&fixture, &fixture.liaison, query).unwrap()
    };
    for state in ["Antioquia", "ANTIOQUIA"] {
        let counted = asked(state);
        assert_eq!(counted["totals"]["messages"], 1);
        assert!(counted.get("unknown_values").is_none(), "{state}");
    }
    // What another account has is told like what nobody has.
    for state in ["Boyacá", "Nowhere"] {
        let counted = asked(state);
        assert_eq!(counted["totals"]["messages"], 0);
        assert_eq!(counted["unknown_values"], json!({ "state": [state] }));
    }
}

#[test]
fn no_record_of_a_second_that_is_asked_for_in_part_is_left_out() {
    let mut fixture = Fixture::new();
    fixture.admit(&small());
    let asked = |filter: Value| {
        let query = by(&[], filter);
        table(&fixture, &fixture.lead, query).unwrap()["totals"]["messages"].clone()
    };
    assert_eq!(asked(json!({"sent_from": "2024-03-01T00:00:00Z"})), 4);
    // The record of this second may have been sent after that.
    assert_eq!(asked(json!({"sent_from": "2024-03-01T00:00:00.900Z"})), 4);
    assert_eq!(asked(json!({"sent_from": "2024-03-01T00:00:01Z"})), 3);
    assert_eq!(asked(json!({"sent_to": "2024-03-01T00:00:00Z"})), 0);
    assert_eq!(asked(json!({"sent_to": "2024-03-01T00:00:00.001Z"})), 1);
    let within =
        json!({"sent_from": "2024-03-01T00:00:00.2Z", "sent_to": "2024-03-01T00:00:00.8Z"});
    assert_eq!(asked(within), 1);
}

#[test]
fn an_account_that_no_exhibit_has_is_near_to_those_that_one_has() {
    let mut fixture = Fixture::new();
    fixture.admit(&[sent(1, "ACME Corp", 0), sent(2, "Globex", 0)]);
    let near = |name: &str| {
        let name = crate::domain::AccountName::parse(name).unwrap();
        let asked = fixture.ask::<actions::Scope, Vec<String>>(&fixture.lead, move |scope| {
            let near = scope.records()?.near_misses(&name)?;
            Ok(near.map_or(vec!["it is there".to_owned()], |near| near.0))
        });
        asked.unwrap()
    };
    assert_eq!(near("ACME Corp"), json!(["it is there"]));
    assert_eq!(near("acme corp"), json!(["ACME Corp"]));
    assert_eq!(near("ACME"), json!(["ACME Corp"]));
    assert_eq!(near("globx"), json!(["Globex"]));
    assert_eq!(near("Initech"), json!([]));
    let refused = OperationError::NoSuchAccount(crate::vault::NearMisses(vec!["Globex".into()]));
    assert_eq!(format!("{refused:?}"), "NoSuchAccount(NearMisses(1))");
}
