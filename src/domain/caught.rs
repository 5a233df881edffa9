//! Turns a panic into an error of the work that panicked, so that nothing else fails.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// The work panicked. The text of the panic is dropped, because it can hold anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a panic was caught")]
pub struct Panicked;

/// Runs the work and returns its result; a panic becomes its error. After a panic, the caller must
/// not use what the work borrowed.
pub fn caught<T, E: From<Panicked>>(work: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(Panicked.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_error_and_everything_else_stays_as_it_is() {
        assert_eq!(caught(|| Ok::<_, Panicked>(1)), Ok(1));
        let panics = || -> Result<(), Panicked> { panic!("secret") };
        assert_eq!(caught(panics), Err(Panicked));
    }
}
