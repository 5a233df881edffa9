//! The README's tour, run word for word by a shell with the built program.
//!
//! All `sh` blocks of the tour are run in order in one shell that stops at the first line that
//! fails. Afterwards the test checks that the output has what each step must show. Only
//! `cargo run --release --` is replaced by the program that was built for the tests, and the demo
//! is small and listens on a free port.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::outside;

const PROGRAM: &str = env!("CARGO_BIN_EXE_breachvault");

#[test]
fn the_tour_of_the_readme_runs_word_for_word() {
    let needed = [
        "bash",
        "curl",
        "age",
        "age-keygen",
        "ssh-keygen",
        "sha256sum",
        "tar",
    ];
    if let Some(missing) = needed.into_iter().find(|tool| !there(tool)) {
        return outside::skip(&format!("{missing} is not installed"));
    }
    let room = tempfile::tempdir().unwrap();
    let steps = steps();
    assert!(steps.len() >= 8, "the tour has lost its steps");
    let _demo = Demo::start(room.path(), steps.first().unwrap());
    lead_cargo_to_the_program(room.path());

    let script = format!("set -euo pipefail\n{}", steps[1..].join("\n"));
    let run = Command::new("bash")
        .arg("-c")
        .arg(script)
        .current_dir(room.path())
        .env("PATH", path_with(room.path()))
        .output()
        .unwrap();
    let out = String::from_utf8_lossy(&run.stdout);
    let err = String::from_utf8_lossy(&run.stderr);
    assert!(
        run.status.success(),
        "the tour failed\n--- out\n{out}\n--- err\n{err}"
    );
    for shown in [
        "\"dropped_columns\":",
        "\"state\":\"exposed\"",
        "\"state\":\"not_exposed\"",
        "\"number_masked\":",
        "\"state\":\"approved\"",
        "\"numbers\":[{\"subject\":\"S-",
        "manifest-sha256.txt: OK",
        "Good \"breachvault-evidence\" signature for breachvault",
        "\"number\",\"users\",\"messages\"",
        "\"newly_exposed\":",
        "\"action\":\"reveal.open\"",
        "\"reason\":\"the call is on the list\"",
        "\"outcome\":\"denied\"",
    ] {
        assert!(out.contains(shown), "the tour does not show {shown}\n{out}");
    }
}

/// The `sh` blocks of the tour, in order.
fn steps() -> Vec<String> {
    let readme = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let tour = readme.split("\n## A tour in ten minutes\n").nth(1).unwrap();
    let tour = tour.split("\n## ").next().unwrap();
    tour.split("```sh\n")
        .skip(1)
        .map(|block| block.split("```").next().unwrap().to_owned())
        .collect()
}

struct Demo(Child);

impl Demo {
    /// The first block, with a small log and on a free port.
    fn start(room: &Path, step: &str) -> Self {
        assert_eq!(step.trim(), "cargo run --release -- demo");
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let mut child = Command::new(PROGRAM)
            .args([
                "demo",
                "--rows",
                "3000",
                "--listen",
                &format!("127.0.0.1:{port}"),
            ])
            .current_dir(room)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        assert!(lines.any(|line| line.unwrap().starts_with("Serving https://")));
        // Keeps reading, so that the demo does not find its output closed.
        std::thread::spawn(move || lines.for_each(drop));
        Self(child)
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A `cargo` that understands only `run --release --`.
fn lead_cargo_to_the_program(room: &Path) {
    let bin = room.join("bin");
    fs::create_dir(&bin).unwrap();
    let script = format!(
        "#!/bin/sh\n[ \"$1 $2 $3\" = 'run --release --' ] || exit 9\nshift 3\nexec '{PROGRAM}' \"$@\"\n"
    );
    fs::write(bin.join("cargo"), script).unwrap();
    fs::set_permissions(bin.join("cargo"), fs::Permissions::from_mode(0o755)).unwrap();
}

#[expect(
    clippy::disallowed_methods,
    reason = "a test finds its tools by the PATH"
)]
fn path_with(room: &Path) -> String {
    format!(
        "{}:{}",
        room.join("bin").display(),
        std::env::var("PATH").unwrap_or_default()
    )
}

fn there(tool: &str) -> bool {
    Command::new("sh")
        .args(["-c", &format!("command -v {tool}")])
        .stdout(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}
