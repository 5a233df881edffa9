//! The named formats, one table a file: which columns a log has and which of
//! our fields each holds. What is not in a table is dropped.
//!
//! Names only; no cell passes here.

mod duo_v1;
mod duo_v2;
mod supplier_csv;
mod twilio_csv;

use super::shape::Shape;
use crate::domain::Format;

pub(super) fn shape(format: Format) -> Shape {
    match format {
        Format::SupplierCsv => supplier_csv::shape(),
        Format::DuoV1 => duo_v1::shape(),
        Format::DuoV2 => duo_v2::shape(),
        Format::TwilioCsv => twilio_csv::shape(),
    }
}
