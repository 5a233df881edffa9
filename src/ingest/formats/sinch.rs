//! Sinch delivery reports of recipients. There is one for each change of a message's state; the
//! vault keeps the first. The codes of the network are in one cell (`23410`), if Sinch gives them.
//! A batch is one message to many recipients. `client_reference` is the customer's own text and may
//! name a user.

use super::shape::{Reads, Shape, Syntax, TableLine};
use crate::domain::{Field, Format};

pub(super) fn shape() -> Shape {
    Shape::of_table(Format::Sinch, Syntax::Json, &TABLE)
        .kind("sms")
        .in_both_spellings()
}

const TABLE: [TableLine; 5] = [
    (Field::User, &["client_reference"], Reads::Text),
    (Field::Number, &["recipient"], Reads::International),
    (Field::Carrier, &["operator"], Reads::MccMnc),
    (Field::SentAt, &["at"], Reads::Text),
    (Field::MessageRef, &["batch_id"], Reads::Text),
];
