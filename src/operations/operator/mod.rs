//! Operators, for administrators: invite, list, revoke, replace a lost second factor.
//!
//! The answer to an invitation shows a token once. The operator enrols with it, through
//! [`crate::vault::Vault::enrol`].

mod add;
mod list;
mod reset_second_factor;
mod revoke;

pub use add::{AddOperator, AddOperatorInput, OperatorAdded};
pub use list::{ListOperators, OperatorList};
pub use reset_second_factor::{ResetSecondFactor, SecondFactorReset};
pub use revoke::{OperatorRevoked, RevokeOperator, RevokeOperatorInput};
