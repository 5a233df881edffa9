//! The tour of docs/tour.md, run word for word by a shell with the built program.
//!
//! All `sh` blocks of the tour are run in order in one shell that stops at the first line that
//! fails. Afterwards the test checks that the output has what each step must show. Only
//! `cargo run --release --` is replaced by the program that was built for the tests, and the demo
//! is small and listens on a free port.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use crate::demo::{Demo, PROGRAM, path_with, there};
use crate::directory::directory;
use crate::outside;

#[test]
fn the_tour_by_curl_runs_word_for_word() {
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
    let room = directory();
    let steps = steps();
    assert!(steps.len() >= 8, "the tour has lost its steps");
    assert_eq!(steps[0].trim(), "cargo run --release -- demo");
    let _demo = Demo::start(room.path());
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
    let tour = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/tour.md")).unwrap();
    tour.split("```sh\n")
        .skip(1)
        .map(|block| block.split("```").next().unwrap().to_owned())
        .collect()
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
