//! `tests/api` mirrors `src/operations`: each operation has a file of tests at the
//! same place, and each such file stands for an operation.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use breachvault::domain::RequestWords;

/// Files of `src/operations` that no request reaches by themselves, and what does.
/// The list may only shrink: an entry that nothing needs any more fails the test.
const WITHOUT_TESTS_HERE: &[(&str, &str)] = &[
    ("case/recover", "a command: checks/recovery.rs"),
    ("destruction/docs", "words of the API's description"),
    ("erasure/docs", "words of the API's description"),
    ("exhibit/docs", "words of the API's description"),
    ("exhibit/draft", "a command: checks/mapping.rs"),
    ("export/docs", "words of the API's description"),
    ("key/rotate", "a command: checks/cmd.rs"),
    ("node/join", "a command: checks/nodes.rs"),
    ("node/strike_off", "a command: checks/nodes.rs"),
    (
        "operator/reset_second_factor",
        "a command: checks/recovery.rs",
    ),
    ("quarantine/docs", "words of the API's description"),
    ("reveal/docs", "words of the API's description"),
];

#[test]
fn each_operation_has_a_file_of_tests_at_the_same_place() {
    let operations = operations();
    let tests = files_in_folders("tests/api");
    let excepted: BTreeSet<String> = WITHOUT_TESTS_HERE
        .iter()
        .map(|(file, _)| (*file).to_owned())
        .collect();
    assert!(operations.len() > 40, "the operations were not found");
    let missing: Vec<_> = operations.difference(&tests).collect();
    let known: Vec<_> = excepted.iter().collect();
    assert_eq!(missing, known, "operations without tests in tests/api");
    let stray: Vec<_> = tests
        .difference(&operations)
        .filter(|file| {
            !["across/", "console/", "network/", "support/"]
                .iter()
                .any(|other| file.starts_with(other))
        })
        .collect();
    assert!(stray.is_empty(), "tests of no operation: {stray:?}");
}

#[test]
fn each_of_these_files_has_a_test() {
    for file in files_in_folders("tests/api") {
        let helps = file.starts_with("support/") || file == "across/routes";
        let path = root().join("tests/api").join(&file).with_extension("rs");
        let tests = fs::read_to_string(&path).unwrap().contains("\n#[test]\n");
        assert!(tests || helps, "{file}");
    }
}

/// Tokens of scripts and machines are listed and ended by the files in `src/operations/pass`.
const OF_PASSES: [(&str, [&str; 2]); 2] = [
    ("list", ["token/list", "machine/list"]),
    ("end", ["token/revoke", "machine/end"]),
];

/// The files of `src/operations`. A step of two people has one file for all kinds of request there, and a file of tests
/// for each kind.
fn operations() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for file in files_in_folders("src/operations") {
        if let Some(step) = file.strip_prefix("pass/") {
            let of_both = OF_PASSES.into_iter().find(|(one, _)| *one == step);
            let tests = of_both.into_iter().flat_map(|(_, tests)| tests);
            found.extend(tests.map(str::to_owned));
            continue;
        }
        match file.strip_prefix("two_person/") {
            // What comes back is tested with the steps.
            Some("answers" | "docs") => {}
            Some(step) => {
                // What asks is called like what is asked for.
                let step = if step == "ask" { "request" } else { step };
                let kinds = RequestWords::ALL.iter().map(|kind| kind.one);
                found.extend(kinds.map(|kind| format!("{kind}/{step}")));
            }
            None => {
                found.insert(file);
            }
        }
    }
    found
}

/// `noun/verb` for each file one folder down, but for `mod.rs`.
fn files_in_folders(folder: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for noun in fs::read_dir(root().join(folder)).unwrap() {
        let noun = noun.unwrap().path();
        if !noun.is_dir() {
            continue;
        }
        for file in fs::read_dir(&noun).unwrap() {
            let file = file.unwrap().path();
            let verb = file.file_stem().unwrap().to_str().unwrap();
            if file.extension().is_some_and(|ending| ending == "rs") && verb != "mod" {
                let noun = noun.file_name().unwrap().to_str().unwrap();
                found.insert(format!("{noun}/{verb}"));
            }
        }
    }
    found
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
