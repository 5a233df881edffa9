//! `[identity]`: what people sign in with.

use serde::{Deserialize, Serialize};

use crate::vault::SecondFactor;

/// The settings of `[identity]`.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Identity {
    /// Who must have a second factor.
    pub second_factor: SecondFactor,
}

impl Default for Identity {
    fn default() -> Self {
        Self {
            second_factor: SecondFactor::ByRole,
        }
    }
}
