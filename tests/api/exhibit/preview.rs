//! The columns of a file, looked at before anything is said about it.

use serde_json::{Value, json};

use crate::support::{Incident, Who};

const FILE: &str = "Tel;Datum;Land;Text;Bemerkung;Konto\n\
    +44 7700 900001;21.03.2024 22:34;GB;Your code is 123456;north;acme\n\
    +44 7700 900002;22.03.2024 09:01;US;Hello again;south;acme\n";

#[test]
fn columns_are_told_by_name_and_kind_and_no_cell_is_quoted() {
    let incident = Incident::new();
    let before = incident.exhibits().len();
    let path = incident.of_case("/exhibits?preview=true");
    let looked = incident.custodian().upload(&path, FILE.as_bytes());
    let looked = looked.assert_status(200);
    let json = looked.json();
    let column = |name: &str| {
        let mut all = json["columns"].as_array().unwrap().iter();
        let found = all.find(|one| one["column"] == name);
        found.unwrap_or_else(|| panic!("{name}: {json}")).clone()
    };
    assert_eq!(column("Tel")["field"], "number");
    assert_eq!(
        column("Tel")["values"],
        "phone numbers with a plus or a calling code"
    );
    assert_eq!(column("Datum")["field"], "sent_at");
    let times = column("Datum")["values"].as_str().unwrap().to_owned();
    assert_eq!(times, "times without a zone, written as %d.%m.%Y %H:%M");
    assert_eq!(
        column("Text")["values"],
        "message content; it is never read"
    );
    assert_eq!(column("Bemerkung").get("field"), None);
    assert_eq!(column("Bemerkung")["values"], "other values");
    let mapping = json["mapping"].as_str().unwrap();
    assert!(mapping.contains("[number]\ncolumn = \"Tel\""), "{mapping}");
    for cell in ["7700", "north", "123456", "Hello", "acme", "22:34"] {
        assert!(!looked.text().contains(cell), "{cell}: {json}");
    }
    assert_eq!(incident.exhibits().len(), before);
    let leaf = incident.leaf(looked.leaf().unwrap());
    assert_eq!(
        (&leaf["action"], &leaf["outcome"]),
        (&json!("exhibit.check"), &json!("done"))
    );
}

#[test]
fn only_a_custodian_looks_at_files_and_whoever_may_not_is_told_nothing_of_them() {
    let incident = Incident::new();
    let path = incident.of_case("/exhibits?preview=true");
    for (who, status, kind) in [
        (Who::Lead, 403, "not-allowed"),
        (Who::Investigator, 403, "not-allowed"),
        (Who::Liaison, 403, "not-allowed"),
        (Who::Outsider, 404, "not-found"),
        (Who::Auditor, 404, "not-found"),
    ] {
        let refused = incident.client(who).upload(&path, FILE.as_bytes());
        let refused = refused.assert_problem(status, kind);
        assert!(refused.leaf().is_some() && !refused.text().contains("Tel"));
    }
    let custodian = incident.custodian();
    for (query, file, status, kind) in [
        ("?preview=yes", FILE, 422, "invalid"),
        ("?preview=true", "", 422, "unreadable"),
    ] {
        let path = incident.of_case(&format!("/exhibits{query}"));
        let refused = custodian.upload(&path, file.as_bytes());
        let leaf = refused.assert_problem(status, kind).leaf().unwrap();
        assert_eq!(incident.leaf(leaf)["outcome"], "failed");
    }
}

#[test]
fn only_the_beginning_of_a_file_is_looked_at() {
    let incident = Incident::new();
    let path = incident.of_case("/exhibits?preview=true");
    // Its end would not be read as a row of it.
    let mut file = FILE.as_bytes().to_vec();
    file.extend(b"+44 7700 900003;22.03.2024 09:01;US;x;y;acme\n".repeat(200_000));
    file.extend(b"\xff\xfe\x00 broken");
    let looked = incident.custodian().upload(&path, &file);
    let json: Value = looked.assert_status(200).json();
    assert_eq!(json["columns"].as_array().unwrap().len(), 6);
}

#[test]
fn a_line_of_data_in_place_of_a_header_is_not_shown() {
    let incident = Incident::new();
    let path = incident.of_case("/exhibits?preview=true");
    for file in [
        "1,2,3\n4,5,6\n",
        // Most cells of it look like names.
        "acme,jdoe,+44 7700 900001,Verizon,GB,sms\nacme,mroe,+44 7700 900002,Sprint,GB,voice\n",
        "Jane Doe;+44 7700 900001\nMax Roe;+44 7700 900002\n",
    ] {
        let looked = incident.custodian().upload(&path, file.as_bytes());
        let looked = looked.assert_status(200);
        let json = looked.json();
        assert_eq!(json["has_names"], false, "{json}");
        for (at, column) in json["columns"].as_array().unwrap().iter().enumerate() {
            assert_eq!(column["column"], format!("column {}", at + 1), "{json}");
        }
        let mapping = json["mapping"].as_str().unwrap();
        assert!(mapping.contains("seems to have no header"), "{mapping}");
        for cell in ["acme", "jdoe", "Verizon", "7700", "Jane", "sms"] {
            assert!(!looked.text().contains(cell), "{cell}: {json}");
        }
    }
    let looked = incident.custodian().upload(&path, FILE.as_bytes());
    assert_eq!(looked.assert_status(200).json()["has_names"], true);
}
