//! Reads the published test vectors of `tests/vectors/`, for the tests beside
//! the functions that they hold to account.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// One case: its name, and its lines.
pub(in crate::vault) struct Case {
    pub(in crate::vault) name: String,
    lines: BTreeMap<String, String>,
}

/// Every case of a folder; at least one.
pub(in crate::vault) fn cases(folder: &str) -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/vectors")
        .join(folder);
    let cases: Vec<Case> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| read(&entry.unwrap().path()))
        .collect();
    assert!(!cases.is_empty());
    cases
}

fn read(path: &Path) -> Case {
    let text = fs::read_to_string(path).unwrap();
    let lines = text
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| {
            let (name, value) = line.split_once('=').expect("name = value");
            (name.trim().to_owned(), value.trim().to_owned())
        })
        .collect();
    let name = path.file_stem().unwrap().to_string_lossy().into_owned();
    Case { name, lines }
}

impl Case {
    pub(in crate::vault) fn has(&self, name: &str) -> bool {
        self.lines.contains_key(name)
    }

    pub(in crate::vault) fn text(&self, name: &str) -> &str {
        &self.lines[name]
    }

    pub(in crate::vault) fn number<N: std::str::FromStr>(&self, name: &str) -> N {
        self.text(name).parse().ok().expect("a number")
    }

    pub(in crate::vault) fn bytes(&self, name: &str) -> Vec<u8> {
        let text = self.text(name);
        assert_eq!(text.len() % 2, 0, "{}", self.name);
        (0..text.len() / 2)
            .map(|at| u8::from_str_radix(&text[2 * at..][..2], 16).unwrap())
            .collect()
    }

    pub(in crate::vault) fn array<const N: usize>(&self, name: &str) -> [u8; N] {
        self.bytes(name).try_into().expect("another length")
    }
}
