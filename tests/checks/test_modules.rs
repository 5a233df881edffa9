//! Code that is compiled for tests only is named one way: `mod tests`, in the file
//! itself, in `tests.rs` beside it or in a folder `tests/`.

use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn a_module_for_tests_is_named_tests() {
    let mut others = Vec::new();
    for path in sources() {
        let name = path.strip_prefix(root()).unwrap().display().to_string();
        // What is in such a folder may be named after what it tests.
        if name.contains("/tests/") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let lines: Vec<_> = text.lines().map(str::trim).collect();
        for pair in lines.windows(2).filter(|pair| pair[0] == "#[cfg(test)]") {
            let module = pair[1].split_once("mod ").map(|(_, rest)| rest);
            let module = module.and_then(|rest| rest.split([' ', ';']).next());
            if let Some(module) = module.filter(|module| *module != "tests") {
                others.push(format!("{name}: {module}"));
            }
        }
    }
    assert!(others.is_empty(), "{others:?}");
}

fn sources() -> Vec<PathBuf> {
    let mut folders = vec![root().join("src")];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                found.push(path);
            }
        }
    }
    assert!(found.len() > 200, "the sources were not found");
    found
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
