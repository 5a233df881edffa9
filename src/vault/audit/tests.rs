//! What the tests of this room share.

mod succeeded;
mod tampered;
