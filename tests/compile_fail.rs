//! Programs that must not compile: each tries to get round the door from outside.
//!
//! The first line of each says the error it must fail with, so that none fails
//! for another reason; one program must compile, so that the others do not fail
//! for want of the crate. Each is given to `rustc` with the library that was built
//! for the tests. Walls inside the crate are held by privacy, clippy and
//! `architecture.rs`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

#[test]
fn programs_that_go_round_the_door_do_not_compile() {
    let programs = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/compile_fail");
    let room = tempfile::tempdir().unwrap();
    let mut wrong = Vec::new();
    let mut tried = 0;
    for entry in fs::read_dir(programs).unwrap() {
        let program = entry.unwrap().path();
        if program.extension().is_none_or(|kind| kind != "rs") {
            continue;
        }
        tried += 1;
        let text = fs::read_to_string(&program).unwrap();
        let wanted = text
            .lines()
            .next()
            .unwrap()
            .trim_start_matches("// ")
            .to_owned();
        let told = compile(&program, room.path());
        if told != wanted {
            wrong.push(format!(
                "{}\n  wanted: {wanted}\n  told:   {told}",
                program.display()
            ));
        }
    }
    assert!(tried > 20, "the programs are gone");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The first error of the compiler, or `compiles`.
fn compile(program: &Path, room: &Path) -> String {
    let (library, beside) = library();
    let output = Command::new("rustc")
        .args(["--edition", "2024", "--emit=metadata", "--color=never"])
        .arg("-o")
        .arg(room.join("program.rmeta"))
        .arg("-L")
        .arg(format!("dependency={}", beside.display()))
        .arg("--extern")
        .arg(format!("breachvault={}", library.display()))
        .arg(program)
        .output()
        .unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    let error = told.lines().find(|line| line.starts_with("error"));
    error.map_or_else(|| "compiles".to_owned(), str::to_owned)
}

/// The newest library beside this test, and its folder.
fn library() -> (PathBuf, PathBuf) {
    let beside = std::env::current_exe()
        .unwrap()
        .parent()
        .unwrap()
        .to_owned();
    let newest = fs::read_dir(&beside)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            name.starts_with("libbreachvault-") && name.ends_with(".rlib")
        })
        .max_by_key(|path| fs::metadata(path).unwrap().modified().unwrap());
    (newest.unwrap(), beside)
}
