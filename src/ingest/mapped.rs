//! Files of no known format: all that is read of them is what a mapping names.

use super::shape::{Shape, Written};
use crate::domain::{Field, Format};

pub(super) static CSV: Shape = of(Written::Delimited);
pub(super) static JSON: Shape = of(Written::Json);

impl Written {
    pub(super) fn mapped(self) -> &'static Shape {
        match self {
            Self::Delimited => &CSV,
            Self::Json => &JSON,
        }
    }
}

const fn of(written: Written) -> Shape {
    Shape {
        format: Format::Mapped,
        written,
        columns: &[],
        required: &[Field::Number, Field::SentAt],
        kind: None,
    }
}
