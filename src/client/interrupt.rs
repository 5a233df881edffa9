//! Ctrl-C while a file is sent: the server is told to cancel its admission, and the person what became of it.

use std::io;
use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::thread;

use serde_json::Value;
use tokio::runtime::{Builder, Runtime};
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::connection::Connection;
use super::failure::Failure;
use super::output::Output;
use crate::domain::io_words;

/// Whether ctrl-C was pressed, and what came of it. Clones share the same state.
#[derive(Clone)]
pub(crate) struct Interrupt(Arc<AtomicU8>);

const NOT_PRESSED: u8 = 0;
/// The server had nothing to cancel, or was not reached: the file is not sent on.
const STOPPED: u8 = 1;
/// The server has cancelled the admission.
const CANCELLED: u8 = 2;
/// What a shell expects of a program that ctrl-C ended.
const ENDED: i32 = 130;

impl Interrupt {
    /// Waits for ctrl-C on a thread of its own, from now on. `path` is that of the admission that is cancelled then; a
    /// second ctrl-C ends the program.
    pub(crate) fn watch(
        connection: Connection,
        path: String,
        quiet: bool,
    ) -> Result<Self, Failure> {
        let failed = |error: io::Error| {
            let why = io_words(error.kind());
            Failure::failed(format!("ctrl-C cannot be waited for: {why}"))
        };
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(failed)?;
        let pressed = {
            let _entered = runtime.enter();
            signal(SignalKind::interrupt()).map_err(failed)?
        };
        let state = Arc::new(AtomicU8::new(NOT_PRESSED));
        let own = Arc::clone(&state);
        let output = Output::of(quiet);
        thread::spawn(move || wait(&runtime, pressed, (&connection, &path), &own, &output));
        Ok(Self(state))
    }

    /// Whether the file is not to be sent on.
    pub(crate) fn is_stopped(&self) -> bool {
        self.0.load(Ordering::Relaxed) != NOT_PRESSED
    }

    /// The failure of an upload that was interrupted; another one stays what it is.
    pub(crate) fn told(&self, failure: Failure) -> Failure {
        match self.0.load(Ordering::Relaxed) {
            CANCELLED => {
                Failure::failed("the admission was cancelled; nothing of the file was kept")
            }
            STOPPED => Failure::failed("the file was not sent to its end, so it was not admitted"),
            _ => failure,
        }
    }
}

fn wait(
    runtime: &Runtime,
    mut pressed: Signal,
    (connection, path): (&Connection, &str),
    state: &AtomicU8,
    output: &Output,
) {
    if runtime.block_on(pressed.recv()).is_none() {
        return;
    }
    output.words("cancelling the admission; ctrl-C once more leaves without waiting");
    let told = connection
        .delete_nothing(path)
        .and_then(|answer| answer.value());
    match told.as_ref().map(|answer| answer.get("state").and_then(Value::as_str)) {
        Ok(Some("cancelling")) => state.store(CANCELLED, Ordering::Relaxed),
        Ok(Some("finishing")) => output.words(
            "it is too late to cancel: the file is almost admitted; `exhibit withdraw ask` asks for its withdrawal",
        ),
        _ => state.store(STOPPED, Ordering::Relaxed),
    }
    if runtime.block_on(pressed.recv()).is_some() {
        process::exit(ENDED);
    }
}
