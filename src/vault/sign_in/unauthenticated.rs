//! Why nobody is signed in.

/// Why nobody is signed in. The wrong name and the wrong password look alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unauthenticated {
    NoSession,
    Expired,
    Revoked,
    Throttled {
        retry_after: u32,
    },
    /// The database did not answer.
    Unavailable,
}
