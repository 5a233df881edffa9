//! What a lead is to decide.

use super::name;
use crate::support::{Incident, Who};

#[test]
fn a_lead_reads_who_asked_for_whom_and_others_nothing() {
    let incident = Incident::new();
    let asked = name(&incident, Who::Lead, Who::Outsider, "lead").member("membership");
    let path = format!("/memberships/{asked}");
    let json = incident.second_lead().get(&path).assert_status(200).json();
    assert_eq!(json["asked_by"], "lead.one");
    assert_eq!(json["operator"], incident.operator(Who::Outsider));
    assert_eq!(json["role"], "lead");
    for (who, status) in [
        (Who::Custodian, 403),
        (Who::Liaison, 404),
        (Who::Outsider, 404),
    ] {
        incident.client(who).get(&path).assert_status(status);
    }
}
