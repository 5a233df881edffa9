//! The pages, as a browser without a script meets them; in `every_look` and `journeys`, as a real one does.

use crate::support::{Incident, Who};

mod attacks;
mod audit;
mod every_look;
mod every_page;
mod exhibits;
mod journeys;
mod links;
mod look_up;
mod machines;
mod passkeys;
mod people;
mod pictures;
mod provider;
mod records;
mod requests;
mod scope;
mod sessions;
mod slots;
mod standing;
mod whence;

use Who::{Administrator, Auditor, Custodian, Investigator, Lead, Liaison};

/// Pages that anybody of a role reads without asking for anything first, and somebody who reads each.
const READ: &[(Who, &str)] = &[
    (Lead, "/console"),
    (Lead, "/console/sessions"),
    (Lead, "/console/passkeys"),
    (Lead, "/console/machines"),
    (Lead, "/console/budgets"),
    (Lead, "/console/health"),
    (Lead, "/console/clock"),
    (Lead, "/console/operators"),
    (Lead, "/console/cases"),
    (Lead, "/console/cases/{case}"),
    (Lead, "/console/cases/{case}/members"),
    (Lead, "/console/cases/{case}/exhibits"),
    (Lead, "/console/cases/{case}/requests"),
    (Lead, "/console/cases/{case}/reveals"),
    (Lead, "/console/cases/{case}/exports"),
    (Lead, "/console/cases/{case}/raises"),
    (Lead, "/console/cases/{case}/raises/new"),
    (Lead, "/console/cases/{case}/withdrawals"),
    (Lead, "/console/cases/{case}/quarantines"),
    (Lead, "/console/cases/{case}/memberships"),
    (Investigator, "/console"),
    (Investigator, "/console/budgets"),
    (Investigator, "/console/keys"),
    (Investigator, "/console/cases/{case}/lookup"),
    (Investigator, "/console/cases/{case}/records"),
    (
        Investigator,
        "/console/cases/{case}/scope?by=country&audience=team",
    ),
    (Custodian, "/console/cases/{case}/exhibits/new"),
    (Custodian, "/console/cases/{case}/members"),
    (Custodian, "/console/cases/{case}/lookup"),
    (Liaison, "/console/cases/{case}"),
    (Auditor, "/console/audit"),
    (Auditor, "/console/audit/sign-off"),
    (Auditor, "/console/nodes"),
    (Administrator, "/console"),
    (Administrator, "/console/operators"),
    (Administrator, "/console/keys"),
    (Administrator, "/console/keys/slots"),
];

/// Their addresses in this vault, by reader.
fn read_by(incident: &Incident, who: Who) -> Vec<String> {
    let own = READ.iter().filter(|(reader, _)| *reader == who);
    own.map(|(_, path)| path.replace("{case}", &incident.case))
        .collect()
}

/// A count as pages have it: with a comma between thousands.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<String> = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .map(|group| String::from_utf8_lossy(group).into_owned())
        .collect();
    groups.join(",")
}
