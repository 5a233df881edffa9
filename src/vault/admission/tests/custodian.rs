//! What a custodian is told of its own file is the same whatever the case holds.

use super::*;

/// Without what no two admissions have in common.
fn comparable(mut value: Value) -> Value {
    // The salt is random.
    let members = value.as_object_mut().unwrap();
    for own in ["exhibit", "admitted_at", "commitment", "digest_salt"] {
        members.remove(own);
    }
    value
}

/// Two cases of which the first holds all rows of every file below, and the second none.
fn houses() -> [House; 2] {
    [0, 700].map(|from| {
        let house = House::new();
        house.admit(&rows(from, from + 300)).unwrap();
        house
    })
}

#[test]
fn reports_lists_and_leaves_do_not_tell_what_was_in_the_case() {
    let houses = houses();
    let mut more = rows(40, 120);
    more.push_str(rows(100, 110).strip_prefix(HEADER).unwrap());
    for file in [rows(3, 4), rows(40, 60), more] {
        let seen = houses.each_ref().map(|house| {
            let report = house.admit(&file).unwrap();
            let leaf = house.last_leaf();
            let listed = house.listed(&house.custodian);
            let within = house.duplicates(&house.custodian, &report["exhibit"], "file");
            let all = house.duplicates(&house.custodian, &report["exhibit"], "case");
            assert!(matches!(all, Err(Refusal::Denied(..))));
            let of_lead = house.listed(&house.lead);
            let counted = house.seen(&report);
            let told = (
                comparable(listed.last().unwrap().clone()),
                comparable(within.unwrap()),
                (leaf["outcome"].clone(), leaf["rows"].clone()),
                // The second time: the file is known, though in the first case no row of it is a record.
                house.admit(&file).unwrap_err().name(),
                comparable(report),
                comparable(of_lead.last().unwrap().clone()),
            );
            (told, counted)
        });
        let [(one, there), (other, new)] = seen;
        assert_eq!(one, other);
        assert_eq!(one.3, "already-admitted");
        // It does make a difference, which nobody is told for nothing.
        assert_eq!(there["admitted"], 0);
        assert_ne!(new["admitted"], 0);
        assert_eq!(there["rows"], there["duplicates"]);
    }
    for house in &houses {
        assert!(house.nothing_is_staged());
        assert!(house.is_sound());
    }
}

#[test]
fn what_is_counted_adds_up_for_whoever_is_told() {
    let [house, _] = houses();
    let mut file = rows(290, 310);
    file.push_str(rows(305, 308).strip_prefix(HEADER).unwrap());
    file.push_str("Acme 0,,not one,Example Mobile,US,DC,2024-03-01T10:00:00Z,sms,auth,r2\n");
    let report = house.admit(&file).unwrap();
    let of_custodian = house.listed(&house.custodian).pop().unwrap();
    for (told, wanted) in [
        (&report, [20, 3, 1]),
        (&of_custodian, [20, 3, 1]),
        (&house.seen(&report), [10, 13, 1]),
    ] {
        let names = ["admitted", "duplicates", "quarantined"];
        let counts = names.map(|name| told[name].as_u64().unwrap());
        assert_eq!((&told["rows"], counts), (&json!(24), wanted));
    }
    assert_eq!(house.seen(&report)["duplicates_of_case"], 10);
}
