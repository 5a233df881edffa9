//! Operators, for administrators: inviting, listing, revoking.
//!
//! An invited operator enrols with the token that is shown once here; enrolment
//! itself is [`crate::vault::Vault::enrol`].

mod add;
mod list;
mod revoke;

pub use add::{AddOperator, AddOperatorInput, OperatorAdded};
pub use list::{ListOperators, OperatorList};
pub use revoke::{OperatorRevoked, RevokeOperator, RevokeOperatorInput};
