//! The log of the process, on standard error. It never has a path, a body or a header of a
//! request. No request waits until a line is written.

use std::io::IsTerminal as _;
use std::panic::PanicHookInfo;
use std::sync::OnceLock;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt;
use tracing_subscriber::util::SubscriberInitExt as _;

use super::log_thread::{self, LogThread};
use crate::config::LogLevel;

/// Starts the log, once for the process; a second call changes nothing.
///
/// `level` applies to this crate only. Libraries log headers and parsed texts at their lower
/// levels, and the number library logs numbers at every level.
pub fn init(json: bool, level: LogLevel) {
    let filter = EnvFilter::new(filter(level));
    // If the thread cannot be started there is no log, but the vault still serves.
    if let Ok(thread) = LogThread::of_process() {
        let log = fmt()
            .with_env_filter(filter)
            .with_ansi(std::io::stderr().is_terminal())
            .with_writer(thread);
        if json {
            let log = log.json().with_filter_reloading();
            let handle = log.reload_handle();
            if log.finish().try_init().is_ok() {
                let _ = FILTER.set(Box::new(move |filter| handle.reload(filter).is_ok()));
            }
        } else {
            let log = log.compact().with_filter_reloading();
            let handle = log.reload_handle();
            if log.finish().try_init().is_ok() {
                let _ = FILTER.set(Box::new(move |filter| handle.reload(filter).is_ok()));
            }
        }
    }
    std::panic::set_hook(Box::new(say_where));
}

type SetFilter = dyn Fn(EnvFilter) -> bool + Send + Sync;

/// Sets the filter of the log, once it was started.
static FILTER: OnceLock<Box<SetFilter>> = OnceLock::new();

/// Sets the level of the log; false if there is none.
pub(super) fn set_level(level: LogLevel) -> bool {
    FILTER
        .get()
        .is_some_and(|set| set(EnvFilter::new(filter(level))))
}

/// Waits a moment for the last lines before the process ends.
pub fn flush() {
    log_thread::flush();
}

fn filter(level: LogLevel) -> String {
    format!("warn,breachvault={},rlibphonenumber=off", level.as_str())
}

/// Logs where a panic happened. Its text is left out, because it can hold anything.
fn say_where(panic: &PanicHookInfo<'_>) {
    let (file, line) = panic
        .location()
        .map_or(("unknown", 0), |place| (place.file(), place.line()));
    tracing::error!(code.file = file, code.line = line, "a panic was caught");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_library_is_never_heard() {
        for level in LogLevel::ALL {
            assert!(filter(level).ends_with("rlibphonenumber=off"));
            assert!(filter(level).parse::<EnvFilter>().is_ok());
        }
    }
}
