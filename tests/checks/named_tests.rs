//! Every claim of SECURITY.md's table names the tests that hold it, and they are there.

use std::fs;
use std::path::Path;

const HEADING: &str = "## Threats, controls and tests";

#[test]
fn each_claim_of_the_security_table_names_tests_that_exist() {
    let text = read("SECURITY.md");
    let rows = table(&text);
    assert!(rows.len() >= 20, "only {} rows were found", rows.len());
    let mut wrong = Vec::new();
    for row in rows {
        let cells: Vec<_> = row.trim_matches('|').split('|').map(str::trim).collect();
        assert_eq!(cells.len(), 3, "threat, control, tests: {row}");
        let tests: Vec<_> = cells[2].split('`').skip(1).step_by(2).collect();
        if tests.is_empty() {
            wrong.push(format!("no test is named for: {}", cells[0]));
        }
        wrong.extend(
            tests
                .into_iter()
                .filter(|name| !is_there(name))
                .map(str::to_owned),
        );
    }
    assert!(
        wrong.is_empty(),
        "SECURITY.md names what is not there:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn a_test_that_is_gone_is_missed() {
    assert!(is_there(
        "tests/checks/named_tests.rs::a_test_that_is_gone_is_missed"
    ));
    assert!(!is_there(
        "tests/checks/named_tests.rs::a_test_that_is_gone"
    ));
    assert!(
        !is_there("tests/checks/named_tests.rs::table"),
        "a function that is no test"
    );
    assert!(!is_there(
        "tests/checks/nowhere.rs::a_test_that_is_gone_is_missed"
    ));
}

/// The rows below the heading, without the table's own two lines.
fn table(text: &str) -> Vec<&str> {
    let (_, rest) = text.split_once(HEADING).expect("the heading");
    rest.lines()
        .skip_while(|line| !line.starts_with('|'))
        .take_while(|line| line.starts_with('|'))
        .skip(2)
        .collect()
}

/// `path::name`: the file has a function of that name with a test's attribute above it.
fn is_there(named: &str) -> bool {
    let Some((path, name)) = named.rsplit_once("::") else {
        return false;
    };
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let Ok(text) = fs::read_to_string(path) else {
        return false;
    };
    let lines: Vec<_> = text.lines().map(str::trim).collect();
    let declared = format!("fn {name}(");
    lines.iter().enumerate().any(|(at, line)| {
        let is_it = line.trim_start_matches("async ").starts_with(&declared);
        let above = lines[..at].iter().rev();
        let mut marks = above.take_while(|line| line.starts_with("#[") || line.starts_with("//"));
        is_it && marks.any(|line| line.starts_with("#[test]") || line.starts_with("#[tokio::test"))
    })
}

fn read(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}
