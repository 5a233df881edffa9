//! The pages that say what to type (people, a first vault, backup): every command on them is one of the program's, with
//! these options, and every route is one of the API's.

use std::process::Command;

use breachvault::http::table;

const PEOPLE: &str = include_str!("../../docs/people.md");
const FIRST_VAULT: &str = include_str!("../../docs/first-vault.md");
const BACKUP: &str = include_str!("../../docs/backup.md");
/// The pages, and how many commands and routes each has at least.
const PAGES: [(&str, usize, usize); 3] = [(PEOPLE, 10, 8), (FIRST_VAULT, 18, 0), (BACKUP, 5, 1)];

/// The lines of the shell blocks, continued ones joined.
fn shell_lines(page: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut in_block = false;
    for line in page.replace("\\\n", " ").lines() {
        let line = line.trim();
        match line {
            "```sh" => in_block = true,
            "```" => in_block = false,
            _ if in_block => lines.push(line.to_owned()),
            _ => {}
        }
    }
    lines
}

/// What stands between backticks in the text.
fn in_backticks(page: &str) -> Vec<String> {
    let prose: String = page.split("```").step_by(2).collect();
    let pieces = prose.split('`').skip(1).step_by(2);
    pieces.map(|piece| piece.replace('\n', " ")).collect()
}

/// The commands that the page shows: the words of each, and its options.
fn commands(page: &str) -> Vec<(Vec<String>, Vec<String>)> {
    let all = shell_lines(page).into_iter().chain(in_backticks(page));
    let is_word = |token: &&str| {
        let plain = |letter: char| letter.is_ascii_lowercase() || letter == '-';
        token.starts_with(|first: char| first.is_ascii_lowercase()) && token.chars().all(plain)
    };
    all.filter_map(|line| {
        let line = line.strip_prefix("breachvault ")?.to_owned();
        let words = line.split_whitespace().take_while(is_word);
        let words: Vec<String> = words.map(str::to_owned).collect();
        let options = line.split_whitespace().filter(|one| one.starts_with("--"));
        let options = options.map(str::to_owned).collect();
        (!words.is_empty()).then_some((words, options))
    })
    .collect()
}

#[test]
fn every_command_of_the_pages_is_there_with_its_options() {
    for (page, at_least, _) in PAGES {
        let commands = commands(page);
        assert!(commands.len() >= at_least, "{commands:?}");
        check_commands(commands);
    }
}

fn check_commands(commands: Vec<(Vec<String>, Vec<String>)>) {
    for (words, options) in commands {
        let help = Command::new(env!("CARGO_BIN_EXE_breachvault"))
            .args(&words)
            .arg("--help")
            .output()
            .unwrap();
        assert!(help.status.success(), "{words:?}");
        let told = String::from_utf8(help.stdout).unwrap();
        let usage = format!("Usage: breachvault {}", words.join(" "));
        assert!(told.contains(&usage), "{words:?}: {told}");
        for option in options {
            assert!(told.contains(&option), "{words:?} has no {option}");
        }
    }
}

#[test]
fn every_route_of_the_pages_is_there() {
    let routes: Vec<String> = table()
        .into_iter()
        .map(|route| format!("{} {}", route.method, route.path))
        .collect();
    for (page, _, at_least) in PAGES {
        let mut found = 0;
        for line in shell_lines(page).into_iter().chain(in_backticks(page)) {
            let tokens: Vec<&str> = line.split_whitespace().collect();
            for pair in tokens.windows(2) {
                let is_method = ["GET", "POST", "PUT", "DELETE"].contains(&pair[0]);
                if is_method && pair[1].starts_with('/') {
                    let route = format!("{} /api/v1{}", pair[0], pair[1]);
                    assert!(routes.contains(&route), "{route}");
                    found += 1;
                }
            }
        }
        assert!(found >= at_least, "{found}");
    }
}
