//! The tour of docs/shell.md, run word for word by a shell with the built program.

use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;

use crate::demo::{Demo, PROGRAM, path_with, there};
use crate::directory::directory;
use crate::outside;

#[test]
fn the_tour_of_the_shell_runs_word_for_word() {
    let needed = ["bash", "age-keygen", "ssh-keygen", "sha256sum", "tar"];
    if let Some(missing) = needed.into_iter().find(|tool| !there(tool)) {
        return outside::skip(&format!("{missing} is not installed"));
    }
    let steps = steps();
    assert!(steps.len() >= 8, "the tour has lost its steps");
    assert_eq!(steps[0].trim(), "breachvault demo");
    let room = directory();
    let _demo = Demo::start(room.path());
    fs::create_dir(room.path().join("bin")).unwrap();
    symlink(PROGRAM, room.path().join("bin/breachvault")).unwrap();

    let run = Command::new("bash")
        .arg("-c")
        .arg(format!("set -euo pipefail\n{}", steps[1..].join("\n")))
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
        "name: investigator",
        "dropped_columns: ",
        "LINE  STATE",
        "not_exposed",
        "number_masked: ",
        "state: approved",
        "SUBJECT",
        "nobody decides their own request",
        "reveal.open",
        "in words:",
    ] {
        assert!(out.contains(shown), "the tour does not show {shown}\n{out}");
    }
    for made in ["hits.csv", "package.tar", "log.vkey", "leaf-0.proof"] {
        assert!(room.path().join(made).exists(), "{made}");
    }
    // Nobody's number is in what went past, but for the one that was revealed.
    let number = fs::read_to_string(room.path().join("list.txt")).unwrap();
    let number = number.lines().next().unwrap();
    assert_eq!(out.matches(number).count(), 1, "{out}");
    assert!(!err.contains(number), "{err}");
    let hits = fs::read_to_string(room.path().join("hits.csv")).unwrap();
    assert!(!hits.contains(number), "{hits}");
}

/// The `sh` blocks of the page, in order.
fn steps() -> Vec<String> {
    let page = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/shell.md")).unwrap();
    page.split("```sh\n")
        .skip(1)
        .map(|block| block.split("```").next().unwrap().to_owned())
        .collect()
}
