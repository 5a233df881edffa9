//! Operators, for administrators: invite, list, revoke.
//!
//! The answer to an invitation shows a token once. The operator enrols with it, through
//! [`crate::vault::Vault::enrol`].

mod add;
mod list;
mod revoke;

pub use add::{AddOperator, AddOperatorInput, OperatorAdded};
pub use list::{ListOperators, OperatorList};
pub use revoke::{OperatorRevoked, RevokeOperator, RevokeOperatorInput};
