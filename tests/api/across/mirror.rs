//! `tests/api` mirrors `src/operations`: each operation has a file of tests at the
//! same place, and each such file stands for an operation.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Files of `src/operations` that no request reaches by themselves, and what does.
/// The list may only shrink: an entry that nothing needs any more fails the test.
const WITHOUT_TESTS_HERE: &[(&str, &str)] = &[
    ("exhibit/arriving", "a part of admit"),
    ("exhibit/ask", "a part of admit"),
    ("exhibit/draft", "a command: checks/mapping.rs"),
    ("exhibit/reading", "a part of admit"),
    ("exhibit/received", "a part of admit"),
    ("exhibit/report", "a part of admit"),
    ("exhibit/unreadable", "a part of admit"),
    ("key/rotate", "a command: checks/cmd.rs"),
];

#[test]
fn each_operation_has_a_file_of_tests_at_the_same_place() {
    let operations = files_in_folders("src/operations");
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
        .filter(|file| !file.starts_with("across/") && !file.starts_with("support/"))
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
