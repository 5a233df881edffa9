//! What an installation may configure. `config` reads it; each setting has a default.

/// Limits and lifetimes. Units are in the names.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How long a session lasts, in seconds.
    pub session_s: i64,
    /// How long an invitation can be used, in seconds.
    pub enrolment_s: i64,
    /// How long a request waits for a decision, and an approved reveal for its opening, in seconds.
    pub reveal_s: i64,
    /// The same for exports.
    pub export_s: i64,
    /// The largest number of subjects in one request for a reveal.
    pub reveal_subjects: usize,
    /// The largest number of phone numbers in one lookup.
    pub lookup_numbers: usize,
    /// The lookup budget of an operator in a case.
    pub lookup_budget: Budget,
    /// How many snapshots can be read at the same time.
    pub readers: usize,
    /// The smallest count that a protected table shows. A rule may have a higher one of its own.
    pub protected_threshold: u64,
    /// The memory in bytes that one table may use to count distinct numbers, in addition to two or four bytes for each
    /// number of the case in each thread.
    pub table_bytes: usize,
}

/// A leaking bucket, counted in points: a number that is found costs 1, one that is not found costs 2.
#[derive(Debug, Clone, Copy)]
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
