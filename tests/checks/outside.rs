//! Programs that are not ours, and what a test does without them.
//!
//! A test whose program is not installed is skipped, and says so on the console
//! under plain `cargo test`. Where `CI` is set it fails instead, so that nothing
//! goes unchecked there. The library's own tests use this file too.

use std::io::{self, Write as _};
use std::path::Path;
use std::process::{Command, Output};

/// How the Python programs end when a package that they need is missing.
const MISSING: i32 = 77;

/// Runs a program. `None` if it is not installed: the test is then skipped.
pub(crate) fn run(command: &mut Command) -> Option<Output> {
    let program = command.get_program().to_string_lossy().into_owned();
    match command.output() {
        Ok(output) => Some(output),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            skip(&format!("{program} is not installed"));
            None
        }
        Err(error) => panic!("{program}: {error}"),
    }
}

/// Runs a program of `tests/independent/` by the Python that `TOOLS_PYTHON` names.
/// `None` if that Python or one of the packages is missing.
pub(crate) fn run_python(program: &str) -> Option<Output> {
    let python = setting("TOOLS_PYTHON").unwrap_or_else(|| "python3".to_owned());
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/independent");
    let output = run(Command::new(&python).arg(folder.join(program)))?;
    if output.status.code() == Some(MISSING) {
        skip(&format!("{python} lacks the packages of {program}"));
        return None;
    }
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program}: {said}");
    Some(output)
}

/// Says that the running test is skipped, and why.
///
/// Written to the console itself: what `println!` says in a test that passes is
/// shown with `--nocapture` only.
pub(crate) fn skip(why: &str) {
    assert!(setting("CI").is_none(), "needed where CI is set: {why}");
    let thread = std::thread::current();
    let test = thread.name().unwrap_or("a test");
    let line = format!("skipped: {test}: {why}\n");
    io::stderr().write_all(line.as_bytes()).unwrap();
}

#[expect(
    clippy::disallowed_methods,
    reason = "a test finds its tools by its environment"
)]
pub(crate) fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
