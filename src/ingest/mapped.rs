//! Files of no known format: all that is read of them is what a mapping names.

use super::shape::{Shape, Written};
use crate::domain::Format;

impl Written {
    pub(super) fn mapped(self) -> Shape {
        Shape::new(Format::Mapped, self, Vec::new())
    }
}
