//! The id of an operator, as an argument.

use crate::cli::error::CliError;
use crate::domain::OperatorId;

/// Reads an operator's id; a name is no id.
pub(super) fn operator_id(text: &str) -> Result<OperatorId, CliError> {
    text.parse().map_err(|_| {
        CliError::usage("the operator is not an id: o_ and 20 letters and digits").hint(
            "`breachvault operator list`, or GET /operators of a vault that is served, shows the id beside the name",
        )
    })
}
