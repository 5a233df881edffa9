//! The supplier's CSV: the fields of the notice in any order, under any of their usual names.

use super::shape::{Reads, Shape, Syntax, TableLine};
use crate::domain::{Field, Format};

pub(super) fn shape() -> Shape {
    let mut shape = Shape::of_table(Format::SupplierCsv, Syntax::Delimited, &TABLE);
    shape.required.push(Field::Account);
    shape
}

const TABLE: [TableLine; 13] = [
    (Field::Account, ACCOUNT, Reads::Text),
    (Field::User, &["user", "username"], Reads::Text),
    (Field::Number, NUMBER, Reads::Text),
    (Field::Carrier, CARRIER, Reads::Text),
    (Field::Country, &["country", "countrycode"], Reads::Text),
    (Field::State, &["state", "province"], Reads::Text),
    (Field::SentAt, SENT_AT, Reads::Text),
    (Field::SentAt, DAY, Reads::Day),
    (Field::SentAt, CLOCK, Reads::Clock),
    (Field::Kind, &["kind", "type", "messagetype"], Reads::Text),
    (Field::Channel, &["channel"], Reads::Text),
    (Field::Channel, DIRECTION, Reads::Direction),
    (Field::MessageRef, MESSAGE_REF, Reads::Text),
];

const ACCOUNT: &[&str] = &["account", "accountid", "accountname", "customer"];
const NUMBER: &[&str] = &[
    "number",
    "phone",
    "phonenumber",
    "msisdn",
    "mobile",
    "recipient",
    "to",
];
const CARRIER: &[&str] = &["carrier", "phonecarrier", "network", "operator"];
const SENT_AT: &[&str] = &["sentat", "timestamp", "datetime", "sent"];
/// With a column of times of day, a column of these names holds the day; alone, it holds whole times.
const DAY: &[&str] = &[
    "date",
    "day",
    "sentdate",
    "datesent",
    "senddate",
    "messagedate",
];
const CLOCK: &[&str] = &[
    "time",
    "timeofday",
    "senttime",
    "timesent",
    "sendtime",
    "messagetime",
];
const DIRECTION: &[&str] = &["direction", "messagedirection"];
const MESSAGE_REF: &[&str] = &["messageref", "messageid", "sid", "reference", "ref", "id"];
