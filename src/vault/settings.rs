//! What an installation may choose. `config` reads it; the defaults are sensible.

use serde::Serialize;

use crate::domain::{HomeRole, words};

words! {
    /// Who must have a second factor; everybody else may.
    pub enum SecondFactor {
        /// Leads, custodians and administrators must.
        ByRole => "by-role",
        /// Everybody must.
        Required => "required",
        /// Nobody must.
        Offered => "offered",
    }
}

impl SecondFactor {
    /// Whether somebody of this home role cannot sign in without one.
    pub fn is_needed_by(self, role: HomeRole) -> bool {
        match self {
            Self::ByRole => matches!(
                role,
                HomeRole::Lead | HomeRole::Custodian | HomeRole::Administrator
            ),
            Self::Required => true,
            Self::Offered => false,
        }
    }
}

/// Limits and lifetimes. Units are in the names.
#[derive(Debug, Clone, Serialize)]
pub struct Settings {
    /// How long a session lasts, in seconds.
    pub session_s: i64,
    /// How long an invitation can be used, in seconds.
    pub enrolment_s: i64,
    /// How long a request waits for a decision, and an approved reveal for its opening, in seconds.
    pub reveal_s: i64,
    /// The same for exports.
    pub export_s: i64,
    /// Who must have a second factor.
    pub second_factor: SecondFactor,
    /// How many subjects one reveal may name.
    pub reveal_subjects: usize,
    /// How many numbers one lookup may ask about.
    pub lookup_numbers: usize,
    /// The lookup budget of an operator in a case.
    pub lookup_budget: Budget,
    /// Snapshots that may be read beside each other.
    pub readers: usize,
    /// The smallest count a protected table shows, and how the rest is rounded.
    pub protected_threshold: u64,
    /// What one table may count distinct numbers in, beside two or four bytes for
    /// each number of the case and thread.
    pub table_bytes: usize,
}

/// A leaking bucket, counted in points: a number that is found costs 1, one that
/// is not costs 2.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Budget {
    /// Points of a full bucket: the most that can be spent at once.
    pub capacity: u32,
    /// Points that flow back in an hour.
    pub per_hour: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            session_s: 8 * 3600,
            enrolment_s: 3 * 86_400,
            reveal_s: 24 * 3600,
            export_s: 7 * 86_400,
            second_factor: SecondFactor::ByRole,
            reveal_subjects: 1000,
            lookup_numbers: 1000,
            lookup_budget: Budget {
                capacity: 2000,
                per_hour: 200,
            },
            readers: 8,
            protected_threshold: 8,
            table_bytes: 512 << 20,
        }
    }
}
