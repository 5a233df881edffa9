//! Programs that must not compile: each tries to get round the door from outside.
//!
//! Every program says in `// refused:` lines which errors the compiler must give,
//! by code and a part of the text; no others may come. The library that this test
//! was built with is used as it is, so that nothing is built a second time. Walls
//! inside the crate are held by privacy, clippy and `architecture.rs`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Mutex;

#[test]
fn programs_that_go_round_the_door_do_not_compile() {
    let mut programs: Vec<PathBuf> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "rs"))
        .filter(|path| path.file_stem().is_some_and(|name| name != "lawful"))
        .collect();
    programs.sort();
    assert!(programs.len() >= 20, "the programs were not found");
    let next = Mutex::new(programs.into_iter());
    std::thread::scope(|threads| {
        for _ in 0..2 {
            threads.spawn(|| {
                loop {
                    let program = next.lock().unwrap().next();
                    match program {
                        Some(program) => assert_refused(&program),
                        None => return,
                    }
                }
            });
        }
    });
}

#[test]
fn a_program_that_keeps_to_the_door_compiles() {
    let output = compile(&folder().join("lawful.rs"));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
}

fn assert_refused(program: &Path) {
    let text = fs::read_to_string(program).unwrap();
    let wanted: Vec<(&str, &str)> = text
        .lines()
        .filter_map(|line| line.strip_prefix("// refused: "))
        .map(|error| error.split_once(' ').unwrap())
        .collect();
    assert!(!wanted.is_empty(), "{}: says no error", program.display());
    let output = compile(program);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success(), "{} compiles", program.display());
    let errors: Vec<&str> = said
        .lines()
        .filter(|line| line.starts_with("error["))
        .collect();
    for (code, part) in &wanted {
        let found = errors
            .iter()
            .any(|error| error.starts_with(&format!("error[{code}]")) && error.contains(part));
        assert!(found, "{}: no {code} {part} in\n{said}", program.display());
    }
    assert_eq!(errors.len(), wanted.len(), "{}:\n{said}", program.display());
}

/// Checks a program against the library beside this test.
fn compile(program: &Path) -> Output {
    let built = std::env::current_exe().unwrap();
    let built = built.parent().unwrap();
    let library = fs::read_dir(built)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            let name = path.file_name().unwrap().to_string_lossy();
            name.starts_with("libbreachvault-") && name.ends_with(".rlib")
        })
        .max_by_key(|path| fs::metadata(path).unwrap().modified().unwrap())
        .expect("the library is beside its tests");
    let out = tempfile::tempdir().unwrap();
    // The compiler that cargo uses stands beside it.
    Command::new(Path::new(env!("CARGO")).with_file_name("rustc"))
        .args([
            "--edition",
            "2024",
            "--crate-type",
            "bin",
            "--emit",
            "metadata",
            "-A",
            "warnings",
        ])
        .arg("--extern")
        .arg(format!("breachvault={}", library.display()))
        .arg("-L")
        .arg(format!("dependency={}", built.display()))
        .arg("--out-dir")
        .arg(out.path())
        .arg(program)
        .output()
        .unwrap()
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/compile_fail")
}
