//! Lines that people read have at most 120 columns: prose in Markdown files, and comments in Rust
//! files. Code blocks, lines that are one long link, and the tables of a few pages are excepted.

use std::fs;
use std::path::{Path, PathBuf};

const COLUMNS: usize = 120;

/// The pages whose tables have rows that are wider. What does not fit elsewhere becomes a list.
const WIDE_TABLES: [&str; 5] = [
    "SECURITY.md",
    "docs/benchmarks.md",
    "docs/console.md",
    "docs/data-format.md",
    "docs/data-sources.md",
];

#[test]
fn prose_and_comments_have_at_most_120_columns() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for folder in ["src", "tests", "benches", "docs", "keys", "migrations"] {
        collect(&root.join(folder), &mut files);
    }
    let at_the_top = fs::read_dir(root)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    files.extend(at_the_top.filter(|path| path.is_file()));

    let mut checked = 0;
    let (mut long, mut wide) = (Vec::new(), Vec::new());
    for file in files {
        let name = file
            .strip_prefix(root)
            .unwrap()
            .to_str()
            .unwrap()
            .to_owned();
        let kept: fn(&str) -> Vec<(usize, &str)> = match file.extension() {
            Some(extension) if extension == "md" => prose,
            Some(extension) if extension == "rs" => comments,
            _ => continue,
        };
        checked += 1;
        let text = fs::read_to_string(&file).unwrap();
        let is_wide = |line: &str| line.starts_with('|') && line.chars().count() > COLUMNS;
        if name.ends_with(".md") && text.lines().any(is_wide) {
            wide.push(name.clone());
        }
        for (number, line) in kept(&text) {
            if line.chars().count() > COLUMNS {
                long.push(format!("{name}:{number}"));
            }
        }
    }
    assert!(checked > 300, "only {checked} files were found");
    assert!(
        long.is_empty(),
        "more than {COLUMNS} columns:\n{}",
        long.join("\n")
    );
    wide.sort_unstable();
    assert_eq!(wide, WIDE_TABLES, "pages with wide tables");
}

/// The lines of a Markdown file, numbered from 1, without tables, code blocks and bare links.
fn prose(text: &str) -> Vec<(usize, &str)> {
    let mut in_code = false;
    numbered(text)
        .filter(|(_, line)| {
            let fence = line.trim_start().starts_with("```");
            in_code ^= fence;
            let one_link = line.contains("://") && line.split_whitespace().count() < 3;
            !(in_code || fence || one_link || line.starts_with('|') || line.starts_with("    "))
        })
        .collect()
}

/// The comment lines of a Rust file, numbered from 1.
fn comments(text: &str) -> Vec<(usize, &str)> {
    numbered(text)
        .filter(|(_, line)| line.trim_start().starts_with("//"))
        .filter(|(_, line)| !line.contains("://"))
        .collect()
}

fn numbered(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().map(|(at, line)| (at + 1, line))
}

fn collect(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, into);
        } else {
            into.push(path);
        }
    }
}

#[test]
fn what_is_excepted_is_excepted_and_nothing_else() {
    let text = "prose\n```\ncode\n```\n    code\n| a | table |\n* https://a.example/b\nend\n";
    let kept: Vec<_> = prose(text).into_iter().map(|(number, _)| number).collect();
    assert_eq!(kept, [1, 8]);
    let source = "//! doc\nlet a = 1; // not alone on its line\n    // comment\n";
    let kept: Vec<_> = comments(source)
        .into_iter()
        .map(|(number, _)| number)
        .collect();
    assert_eq!(kept, [1, 3]);
}
