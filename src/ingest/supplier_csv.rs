//! The supplier's CSV: the fields of the notice, in any order, under any of
//! the names people give them.

use super::shape::{Shape, Written, text};
use crate::domain::{Field, Format};

pub(super) const SHAPE: Shape = Shape {
    format: Format::SupplierCsv,
    written: Written::Delimited,
    columns: &[
        text(
            Field::Account,
            &["account", "accountid", "accountname", "customer"],
        ),
        text(Field::User, &["user", "username"]),
        text(
            Field::Number,
            &[
                "number",
                "phone",
                "phonenumber",
                "msisdn",
                "mobile",
                "recipient",
                "to",
            ],
        ),
        text(
            Field::Carrier,
            &["carrier", "phonecarrier", "network", "operator"],
        ),
        text(Field::Country, &["country", "countrycode"]),
        text(Field::State, &["state", "province"]),
        text(
            Field::SentAt,
            &["sentat", "timestamp", "time", "datetime", "sent", "date"],
        ),
        text(Field::Kind, &["kind", "type", "messagetype"]),
        text(Field::Channel, &["channel"]),
        text(
            Field::MessageRef,
            &["messageref", "messageid", "sid", "reference", "ref", "id"],
        ),
    ],
    required: &[Field::Number, Field::SentAt, Field::Account],
    kind: None,
};
