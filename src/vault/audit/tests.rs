//! What the tests of this room share.

mod succeeded;
mod tampered;

use super::{Leaf, Outcome};

/// A leaf with what every leaf has and nothing else.
pub(in crate::vault::audit) fn least() -> Leaf {
    Leaf {
        v: 1,
        seq: 7,
        time: "2024-04-02T09:00:00Z".to_owned(),
        origin: "log.example/a".to_owned(),
        action: "record.search".to_owned(),
        outcome: Outcome::Denied,
        operator: None,
        role: None,
        session: None,
        case: None,
        object: None,
        purpose: None,
        kind: None,
        rows: None,
        subjects: None,
        successor: None,
        detail: None,
        digest: None,
        generation: None,
        alarm: None,
        asker: None,
        assertion: None,
        decided: None,
        decision: None,
    }
}
