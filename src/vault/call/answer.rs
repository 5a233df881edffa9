//! The answers of operations.
//!
//! Handles the values of an answer. They are shown only under a receipt.

use serde::Serialize;
use utoipa::ToSchema;

use super::receipt::Receipt;
use super::wire::View;
use crate::vault::error::OperationError;

/// The answer of an operation. Its view is made only under a receipt.
///
/// A type that is `Serialize` and `ToSchema` is its own view.
pub trait Answer: Send + 'static {
    /// What is shown of it: as JSON to a machine, on a page to a person.
    type View: View;

    /// Makes the view. It takes the receipt as proof that the leaf of this act is durable.
    fn view(self, receipt: &Receipt) -> Result<Self::View, OperationError>;
}

impl<V: Serialize + ToSchema + Send + 'static> Answer for V {
    type View = Self;

    fn view(self, _: &Receipt) -> Result<Self, OperationError> {
        Ok(self)
    }
}
