//! Rows in quarantine: a lead asks, somebody else decides, and the lead sees them once, masked; or they leave as a
//! sealed list.

mod acknowledge;
mod decide;
mod list;
mod open;
mod read;
mod request;
mod take;

use serde_json::Value;

use crate::export::Receiver;
use crate::support::{Answer, Client, Incident, Log, body, csv_of, fresh_csv_with_a_reject};

/// A row that is admitted, and four that are not, of each for another reason. No other file has these cells.
const FILE: &str = "\
account,number,carrier,country,state,sent_at,kind,body
one,+447700900001,Carrier,GB,,2024-03-10T12:00:00Z,sms,see you at nine
one,qk71zz,-Carrier,GB,,2024-03-10T12:00:00Z,sms,see you at nine
two,+447700900002,Example,GB,,qyesterdayq,sms,see you at nine
two,+447700900003
two,1.20255E+10,Carrier,GB,,2024-03-10T12:00:00Z,sms,see you at nine
";

/// A case with one number.
fn small() -> Incident {
    let log = csv_of(&[("one", "+447700900009", "2024-03-10T12:00:00Z")]);
    Incident::with("", Log::read_short(log))
}

/// An exhibit with one row in quarantine, and a request of a lead to see it.
fn asked(incident: &Incident) -> String {
    incident.ask_quarantine_of_a_fresh_one()
}

fn ask(incident: &Incident, client: &Client, exhibit: &str) -> Answer {
    ask_with(incident, client, exhibit, &body::reason())
}

fn ask_with(incident: &Incident, client: &Client, exhibit: &str, body: &Value) -> Answer {
    let path = incident.of_case(&format!("/exhibits/{exhibit}/quarantine"));
    client.post(&path, body)
}

/// [`FILE`], and the request of a lead for its list.
fn asked_list(incident: &Incident, receiver: &Receiver) -> (String, String) {
    let admitted = incident.admit(FILE.as_bytes()).assert_status(201);
    assert_eq!(admitted.json()["quarantined"], 4, "{}", admitted.text());
    let exhibit = admitted.member("exhibit");
    let list = body::list(&receiver.recipient);
    let asked = ask_with(incident, &incident.lead(), &exhibit, &list);
    let asked = asked.assert_status(201).member("quarantine");
    (exhibit, asked)
}

fn decide(client: &Client, quarantine: &str, body: &Value) -> Answer {
    client.post(&format!("/quarantines/{quarantine}/decision"), body)
}

fn open(client: &Client, quarantine: &str) -> Answer {
    client.post(
        &format!("/quarantines/{quarantine}/open"),
        &serde_json::json!({}),
    )
}

fn take(client: &Client, quarantine: &str) -> Answer {
    client.get(&format!("/quarantines/{quarantine}/package"))
}

fn admitted(incident: &Incident) -> String {
    let admitted = incident.admit(&fresh_csv_with_a_reject());
    admitted.assert_status(201).member("exhibit")
}
