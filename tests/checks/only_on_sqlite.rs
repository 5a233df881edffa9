//! Which tests end at once where a server has the tables, because they are about SQLite's file: a list, so that no test
//! joins them unseen.

use std::fs;
use std::path::Path;

const LISTED: &str = include_str!("../only_on_sqlite.txt");
const MARK: &str = "only_on_sqlite!();";

#[test]
fn the_tests_that_are_left_out_on_a_server_are_those_of_the_list() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let mut folders = vec![root.join("src"), root.join("tests")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                found.extend(marked(root, &path));
            }
        }
    }
    found.sort();
    let listed: Vec<&str> = LISTED.lines().collect();
    assert!(!found.is_empty() && found == listed, "{found:#?}");
}

/// The tests of a file that begin with the mark.
fn marked(root: &Path, path: &Path) -> Vec<String> {
    let text = fs::read_to_string(path).unwrap();
    let file = path.strip_prefix(root).unwrap().display().to_string();
    let mut above = "";
    let mut found = Vec::new();
    for line in text.lines().map(str::trim) {
        if line == MARK {
            let (_, rest) = above.split_once("fn ").unwrap_or_else(|| {
                panic!("{file}: the mark is not the first line of a test, but follows {above}")
            });
            let name = rest.split('(').next().unwrap();
            found.push(format!("{file}::{name}"));
        }
        above = line;
    }
    found
}
