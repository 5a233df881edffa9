//! The boundaries inside the crate: which folder may import which, who may see a digit, where SQL
//! is, and that no migration was altered.
//!
//! It reads the source as text, without comments and without code that is compiled for tests only.
//! Every list below may only shrink: an entry that is no longer needed fails the test too.

mod circles;
mod graph;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// What each layer may name beside itself: main -> cli, http -> operations -> ingest, evidence, synthesis -> vault
/// -> policy -> domain. The console shows the same operations as pages, which http mounts; main, cli and http read
/// config.
const LAYERS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("outgoing", &[]),
    ("policy", &["domain"]),
    ("vault", &["policy", "domain"]),
    ("ingest", &["vault", "policy", "domain"]),
    ("evidence", &["domain"]),
    ("synthesis", &["domain"]),
    (
        "operations",
        &[
            "ingest",
            "evidence",
            "synthesis",
            "vault",
            "policy",
            "domain",
        ],
    ),
    // A served vault is known by its API alone.
    ("client", &["evidence", "outgoing", "domain"]),
    ("console", &["operations", "vault", "policy", "domain"]),
    ("config", &["vault", "domain"]),
    (
        "http",
        &[
            "config",
            "console",
            "operations",
            "ingest",
            "evidence",
            "vault",
            "policy",
            "outgoing",
            "domain",
        ],
    ),
    (
        "cli",
        &[
            "client",
            "config",
            "operations",
            "ingest",
            "evidence",
            "synthesis",
            "vault",
            "policy",
            "domain",
        ],
    ),
];

/// Files that name a layer they should not, and why.
const EXCEPTIONS: &[(&str, &str, &str)] = &[
    ("src/cli/demo/run.rs", "http", "the demo serves"),
    ("src/cli/serve.rs", "http", "the command is to serve"),
    (
        "src/cli/tls.rs",
        "http",
        "`init` makes the development certificate",
    ),
];

/// The two files that turn a number into text.
const EXPOSING: &[&str] = &[
    "src/operations/export/build.rs",
    "src/operations/reveal/open.rs",
];

/// Where a banned method is used after all.
const BANS_LIFTED: &[(&str, usize)] = &[
    ("src/http/mount.rs", 2),
    ("src/vault/clock.rs", 1),
    ("src/vault/entropy.rs", 1),
    ("src/vault/store/sqlite/connection.rs", 1),
];

/// Who calls what shows digits, beside `vault/plaintext/` itself.
const SEEING: &[(&str, &[&str])] = &[
    (
        "expose_digits",
        &[
            "src/vault/admission/numbers.rs",
            // The numbers of a batch of rows, on their way into the number table.
            "src/vault/admission/rows.rs",
            "src/vault/admission/number_table.rs",
        ],
    ),
    ("from_exposed_digits", &["src/vault/admission/numbers.rs"]),
    (
        ".text()",
        &[
            "src/vault/admission/numbers.rs",
            "src/vault/admission/quarantine.rs",
            "src/vault/identity/password.rs",
            "src/vault/identity/totp.rs",
            // Secrets of slots, which are no numbers.
            "src/vault/keyring/age_slot.rs",
            "src/vault/keyring/new_slot.rs",
        ],
    ),
];

#[test]
fn a_layer_names_only_those_under_it() {
    let mut used: BTreeSet<&(&str, &str, &str)> = BTreeSet::new();
    for (path, code) in sources() {
        let Some((layer, _)) = layer_of(&path) else {
            continue;
        };
        let allowed = LAYERS
            .iter()
            .find(|(known, _)| *known == layer)
            .unwrap_or_else(|| panic!("{path}: `{layer}` is no layer of the design"))
            .1;
        for named in named_layers(&path, &code) {
            if named == layer || allowed.contains(&named.as_str()) {
                continue;
            }
            let exception = EXCEPTIONS
                .iter()
                .find(|(file, to, _)| *file == path && *to == named);
            assert!(
                exception.is_some(),
                "{path} names `{named}`: {layer} -> {named} is not a direction of the design"
            );
            used.extend(exception);
        }
    }
    for exception in EXCEPTIONS {
        assert!(
            used.contains(exception),
            "nothing needs the exception of {} any more",
            exception.0
        );
    }
}

#[test]
fn the_layers_do_not_go_round_in_a_circle() {
    for (layer, below) in LAYERS {
        for lower in *below {
            let (_, further) = LAYERS.iter().find(|(known, _)| known == lower).unwrap();
            assert!(!further.contains(layer), "{layer} and {lower}");
        }
    }
}

#[test]
fn two_files_turn_a_number_into_text() {
    let found: BTreeSet<_> = with(".expose(").into_keys().collect();
    assert_eq!(found, EXPOSING.iter().map(ToString::to_string).collect());
}

#[test]
fn a_password_is_hashed_where_somebody_signs_in_enrols_or_changes_it_and_nowhere_else() {
    let found: BTreeSet<_> = with("PasswordHash::")
        .into_keys()
        .filter(|path| !path.starts_with("src/vault/identity/"))
        .collect();
    assert_eq!(
        found,
        BTreeSet::from([
            "src/vault/scope/credentials.rs".to_owned(),
            "src/vault/scope/password.rs".to_owned(),
            "src/vault/sign_in/enrol.rs".to_owned(),
        ])
    );
    // What a hash costs is a constant that tests of the whole vault lower; no configuration and no command does.
    let cost: BTreeSet<_> = with("password_cost").into_keys().collect();
    assert_eq!(
        cost,
        BTreeSet::from([
            "src/config/file.rs".to_owned(),
            "src/vault/scope/password.rs".to_owned(),
            "src/vault/settings.rs".to_owned(),
            "src/vault/sign_in/credentials.rs".to_owned(),
            "src/vault/sign_in/enrol.rs".to_owned(),
        ])
    );
    assert!(
        source("src/config/file.rs").contains("password_cost: Settings::default().password_cost,")
    );
    assert!(source("src/vault/settings.rs").contains("password_cost: Argon2Params::PASSWORD,"));
    // What every request goes through knows tokens only, by their SHA-256.
    for path in [
        "src/http/authenticate.rs",
        "src/http/mount.rs",
        "src/http/run.rs",
    ] {
        let code = source(path);
        assert!(
            !code.contains("Password") && !code.contains("sign_in"),
            "{path}"
        );
    }
}

#[test]
fn every_lifted_ban_is_known() {
    let found = with("clippy::disallowed_methods");
    let known = BANS_LIFTED
        .iter()
        .map(|(path, count)| (path.to_string(), *count))
        .collect();
    assert_eq!(found, known);
    assert_eq!(with("clippy::disallowed_types"), BTreeMap::new());
}

#[test]
fn digits_are_seen_in_few_files() {
    for (call, files) in SEEING {
        let found: BTreeSet<_> = with(call)
            .into_keys()
            .filter(|path| !path.starts_with("src/vault/plaintext/"))
            .filter(|path| path.starts_with("src/vault/") || *call != ".text()")
            .collect();
        let known = files.iter().map(ToString::to_string).collect();
        assert_eq!(found, known, "{call}");
    }
}

#[test]
fn what_shows_digits_cannot_be_called_from_outside_the_vault() {
    for (path, call) in [
        ("src/vault/plaintext/raw_text.rs", "fn text(&self)"),
        ("src/vault/plaintext/raw_number.rs", "fn text(&self)"),
        ("src/vault/plaintext/phone.rs", "fn expose_digits(&self)"),
        ("src/vault/plaintext/phone.rs", "fn from_exposed_digits("),
        ("src/vault/plaintext/rows.rs", "fn expose_digits(&self)"),
        ("src/vault/scope/disclose.rs", "fn disclose(&mut self"),
    ] {
        let code = source(path);
        let line = code.lines().find(|line| line.contains(call)).unwrap();
        assert!(
            line.trim_start().starts_with("pub(in crate::vault) fn"),
            "{path}: {line}"
        );
    }
}

#[test]
fn a_number_never_becomes_debug_display_clone_or_serialize() {
    for (path, name) in [
        ("src/vault/plaintext/phone.rs", "struct Phone"),
        ("src/vault/plaintext/raw_text.rs", "struct RawText"),
        ("src/vault/plaintext/raw_number.rs", "struct RawNumber"),
        ("src/vault/plaintext/disclose.rs", "struct Disclosed"),
    ] {
        let code = source(path);
        let lines: Vec<_> = code.lines().collect();
        let at = lines.iter().position(|line| line.contains(name)).unwrap();
        let derives = lines[..at]
            .iter()
            .rev()
            .take_while(|line| line.trim_start().starts_with("#["));
        for line in derives {
            // A borrowed text may be copied: its owner wipes it.
            let harmless = name == "struct RawNumber" && line.trim() == "#[derive(Clone, Copy)]";
            assert!(harmless, "{path}: {line}");
        }
    }
    let noun = ["Phone", "RawText", "RawNumber<'_>", "Disclosed"];
    for (path, code) in sources() {
        for noun in noun {
            for shown in ["Debug", "Display", "Serialize"] {
                let written = format!("{shown} for {noun} ");
                assert!(!code.contains(&written), "{path}: {written}");
            }
        }
    }
}

#[test]
fn sql_stands_in_the_store_alone() {
    let statement = |code: &str| {
        let begins = |line: &str, word: &str| {
            let mut text = line
                .split('"')
                .map(str::trim_start)
                .chain([line.trim_start()]);
            text.any(|text| text.starts_with(word))
        };
        code.lines().any(|line| {
            ["SELECT ", "INSERT INTO ", "UPDATE ", "DELETE FROM "]
                .iter()
                .any(|word| begins(line, word))
        })
    };
    assert!(statement("x(\"DELETE FROM block\")") && statement("   SELECT 1"));
    assert!(!statement("Method::DELETE => 1"));
    for (path, code) in sources() {
        assert!(
            path.starts_with("src/vault/store/") || !statement(&code),
            "{path} has an SQL statement"
        );
    }
}

/// Only this file makes the associated data of parts and terms; `kernels.rs` is compiled for benchmarks only.
#[test]
fn one_file_seals_and_opens_the_parts_of_an_exhibit() {
    let known = [
        "src/vault/exhibits/exhibit_parts.rs",
        "src/vault/plaintext/kernels.rs",
    ];
    for part in [
        "block",
        "waiting",
        "statistics",
        "seen",
        "subject_index",
        "dictionary",
        "term",
        "user_run",
        "tag_run",
        "quarantine",
        "duplicates",
        "exhibit_description",
    ] {
        let found = with(&format!("Aad::{part}("));
        assert!(found.contains_key(known[0]), "{part}");
        for path in found.keys() {
            assert!(known.contains(&path.as_str()), "{path}: {part}");
        }
    }
    // The keys of blocks are taken there too, and nowhere else.
    let found: BTreeSet<_> = with(".blocks(").into_keys().collect();
    assert_eq!(found, BTreeSet::from([known[0].to_owned()]));
}

/// The files of the tables, and what is above them, work with the store's own rows and values, for another engine to
/// take over. Tests inside `src` keep to it too.
/// Every file that a kind of request touches which is asked for and decided: three of its own, and a line or a few in
/// five (CONTRIBUTING.md). A new kind touches no other.
const OF_A_KIND: [&str; 8] = [
    "src/console/request/mod.rs",
    "src/console/request/withdrawal.rs",
    "src/domain/id.rs",
    "src/operations/mod.rs",
    "src/operations/withdrawal.rs",
    "src/policy/action.rs",
    "src/vault/scope/requests/mod.rs",
    "src/vault/scope/requests/withdrawal.rs",
];

/// What withdrawals have beside: a command, a form of their own, and a check of which exhibits were withdrawn.
const OF_WITHDRAWALS: [&str; 3] = [
    "src/cli/exhibit/withdraw.rs",
    "src/console/exhibit/ask_withdrawal.rs",
    "src/vault/admission/withdrawn.rs",
];

#[test]
fn a_kind_of_request_is_named_in_eight_files_and_where_it_does_more() {
    let names = [
        "Withdrawal",
        "WithdrawalId",
        "RequestWithdrawal",
        "ListWithdrawals",
        "ReadWithdrawal",
        "DecideWithdrawal",
    ];
    let names_one = |code: &str| {
        let mut words = code.split(|sign: char| !sign.is_alphanumeric());
        words.any(|word| names.contains(&word)) || code.contains("mod withdrawal;")
    };
    let found: BTreeSet<String> = sources()
        .into_iter()
        .filter(|(_, code)| names_one(code))
        .map(|(path, _)| path)
        .collect();
    let known = OF_A_KIND.iter().chain(&OF_WITHDRAWALS);
    assert_eq!(found, known.map(|file| (*file).to_owned()).collect());
}

#[test]
fn only_the_folder_of_an_engine_names_its_library() {
    let mut paths = Vec::new();
    collect(&root().join("src"), &mut paths);
    for path in paths {
        let name = path.strip_prefix(root()).unwrap().to_string_lossy();
        let text = fs::read_to_string(&path).unwrap();
        assert!(
            name.starts_with("src/vault/store/sqlite/") || !text.contains("rusqlite"),
            "{name}"
        );
        assert!(
            name.starts_with("src/vault/store/postgresql/") || !text.contains("tokio_postgres"),
            "{name}"
        );
    }
}

#[test]
fn nothing_is_left_to_do_and_nothing_is_unwrapped() {
    for mark in [
        ".unwrap()",
        ".unwrap_err()",
        ".expect(",
        "todo!(",
        "unimplemented!(",
        "dbg!(",
        "unsafe ",
    ] {
        assert_eq!(with(mark), BTreeMap::new(), "{mark}");
    }
}

#[test]
fn every_migration_is_embedded_and_none_was_altered() {
    let code = source("src/vault/store/sqlite/migrations.rs");
    let mut found = String::new();
    for name in names_of("migrations", "sql") {
        let text = fs::read(root().join("migrations").join(&name)).unwrap();
        let hash: String = ring::digest::digest(&ring::digest::SHA256, &text)
            .as_ref()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        found.push_str(&format!("{hash}  {name}\n"));
        let embedded = format!("include_str!(\"../../../../migrations/{name}\")");
        assert!(code.contains(&embedded), "{name} is not embedded");
        let step = name.strip_suffix(".sql").unwrap();
        assert!(
            code.contains(&format!("\"{step}\"")),
            "{name} has another name"
        );
    }
    assert_eq!(
        code.matches("include_str!(").count(),
        found.lines().count(),
        "a step is embedded that is not in migrations/"
    );
    let kept = fs::read_to_string(root().join("tests/migrations.sha256")).unwrap();
    assert_eq!(
        found, kept,
        "a migration is never altered; a new one is added to the list"
    );
}

#[test]
fn the_reader_of_sources_sees_what_it_should() {
    let code = strip(
        "use crate::a; // crate::b\n/// crate::c\nlet x = \"// crate::d\";\n\
         #[cfg(test)]\nmod tests {\n use crate::e;\n}\n",
    );
    assert_eq!(code, "use crate::a; \n\nlet x = \"// crate::d\";\n");
    let named = |code| named_layers("src/vault/scope/mod.rs", code);
    assert_eq!(named("use crate::http::x;"), ["http"]);
    assert_eq!(
        named("use crate::{cli, policy::{x, y}, domain};"),
        ["cli", "domain", "policy"]
    );
    assert_eq!(named("use super::super::operations::x;"), ["operations"]);
    assert_eq!(named("use super::core::x;"), [""; 0]);
    assert_eq!(named("pub(in crate::vault) fn f()"), ["vault"]);
    assert_eq!(named("breachvault::cli::x"), ["cli"]);
}

/// Paths from the root and the code in them, without comments and tests.
fn sources() -> Vec<(String, String)> {
    let mut paths = Vec::new();
    collect(&root().join("src"), &mut paths);
    paths.sort();
    let all: Vec<(String, String)> = paths
        .iter()
        .map(|path| {
            let name = path.strip_prefix(root()).unwrap().to_string_lossy();
            (name.into_owned(), fs::read_to_string(path).unwrap())
        })
        .collect();
    let for_tests: BTreeSet<String> = all
        .iter()
        .flat_map(|(path, text)| test_modules(path, text))
        .collect();
    assert!(all.len() > 200, "the sources were not found");
    all.into_iter()
        .filter(|(path, _)| !for_tests.iter().any(|module| is_in(path, module)))
        .map(|(path, text)| (path, strip(&text)))
        .collect()
}

fn source(path: &str) -> String {
    strip(&fs::read_to_string(root().join(path)).unwrap())
}

/// How often `text` stands in each file that has it.
fn with(text: &str) -> BTreeMap<String, usize> {
    sources()
        .into_iter()
        .map(|(path, code)| (path, code.matches(text).count()))
        .filter(|(_, count)| *count > 0)
        .collect()
}

/// The modules that a file declares for tests only, as paths without ending.
fn test_modules(path: &str, text: &str) -> Vec<String> {
    let folder = path
        .strip_suffix("/mod.rs")
        .or_else(|| path.strip_suffix(".rs"))
        .unwrap();
    let lines: Vec<_> = text.lines().map(str::trim).collect();
    lines
        .windows(2)
        .filter(|pair| pair[0] == "#[cfg(test)]" && pair[1].ends_with(';'))
        .filter_map(|pair| pair[1].strip_suffix(';')?.rsplit_once("mod "))
        .map(|(_, name)| format!("{folder}/{name}"))
        .collect()
}

fn is_in(path: &str, module: &str) -> bool {
    path.strip_prefix(module)
        .is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
}

/// Code without comments, up to the tests at the bottom of the file.
fn strip(text: &str) -> String {
    let mut code = String::new();
    let lines: Vec<_> = text.lines().collect();
    for (at, line) in lines.iter().enumerate() {
        let next = lines.get(at + 1).map_or("", |line| line.trim_start());
        let module = next.contains("mod tests ") || next.starts_with("mod ");
        if line.trim() == "#[cfg(test)]" && module && next.ends_with('{') {
            break;
        }
        code.push_str(&line[..comment_of(line)]);
        code.push('\n');
    }
    code
}

/// Where the comment of a line begins; one inside a text is none.
fn comment_of(line: &str) -> usize {
    let bytes = line.as_bytes();
    let mut quoted = false;
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if quoted => at += 1,
            b'"' if at == 0 || bytes[at - 1] != b'\'' => quoted = !quoted,
            b'/' if !quoted && bytes.get(at + 1) == Some(&b'/') => return at,
            _ => {}
        }
        at += 1;
    }
    line.len()
}

/// The folder of `src/` a file is in; `main.rs` and `lib.rs` are in none.
fn layer_of(path: &str) -> Option<(&str, usize)> {
    let within = path.strip_prefix("src/")?;
    let (layer, rest) = within.split_once('/')?;
    let depth = 1 + rest.matches('/').count() + usize::from(!rest.ends_with("mod.rs"));
    Some((layer, depth))
}

/// The layers that a file's paths begin with, however they are written.
fn named_layers(path: &str, code: &str) -> Vec<String> {
    let depth = layer_of(path).map_or(0, |(_, depth)| depth);
    let climb = "super::".repeat(depth);
    let mut named = BTreeSet::new();
    for start in ["crate::", "breachvault::", climb.as_str()] {
        let mut rest = code;
        while let Some(at) = rest.find(start) {
            let before = rest[..at].chars().next_back();
            rest = &rest[at + start.len()..];
            let whole_word = before
                .is_none_or(|before| !before.is_alphanumeric() && before != '_' && before != ':');
            if whole_word {
                named.extend(first_segments(rest));
            }
        }
    }
    named.into_iter().collect()
}

/// `a` of `a::b`; `a` and `c` of `{a::b, c}`.
fn first_segments(path: &str) -> Vec<String> {
    let Some(group) = path.strip_prefix('{') else {
        return vec![word(path)];
    };
    let mut depth = 0;
    let mut all = Vec::new();
    let mut part = String::new();
    for letter in group.chars() {
        match letter {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => all.push(std::mem::take(&mut part)),
            _ if depth == 0 => part.push(letter),
            _ => {}
        }
    }
    all.push(part);
    all.iter()
        .map(|part| word(part.trim()))
        .filter(|word| !word.is_empty())
        .collect()
}

fn word(text: &str) -> String {
    text.chars()
        .take_while(|letter| letter.is_alphanumeric() || *letter == '_')
        .collect()
}

fn names_of(folder: &str, ending: &str) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(root().join(folder))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(&format!(".{ending}")))
        .collect();
    names.sort();
    names
}

fn collect(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, into);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            into.push(path);
        }
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn no_statement_outside_the_control_folder_names_a_control_table() {
    let tables = fs::read_to_string(root().join("src/vault/store/control/tables.rs")).unwrap();
    let names: Vec<&str> = tables
        .lines()
        .filter_map(|line| line.trim().strip_prefix("name: \""))
        .map(|rest| rest.trim_end_matches("\","))
        .collect();
    assert!(names.len() >= 9, "{names:?}");
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        if !path.starts_with("src/") || path.starts_with("src/vault/store/control/") {
            continue;
        }
        let words: Vec<&str> = text
            .split(|letter: char| !letter.is_alphanumeric() && letter != '_')
            .filter(|word| !word.is_empty())
            .collect();
        for pair in words.windows(2) {
            let verb = matches!(pair[0], "FROM" | "JOIN" | "INTO" | "UPDATE");
            if verb && names.contains(&pair[1]) {
                wrong.push(format!("{path}: {} {}", pair[0], pair[1]));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_log_is_only_added_to() {
    let mut added = 0;
    for (path, text) in sources() {
        if !path.starts_with("src/") {
            continue;
        }
        // An escaped end of a line is no part of the word after it.
        let text = text.replace("\\n", " ");
        let words: Vec<&str> = text
            .split(|letter: char| !letter.is_alphanumeric() && letter != '_')
            .filter(|word| !word.is_empty())
            .collect();
        for three in words.windows(3) {
            let names = |word: &str| matches!(word, "leaf" | "leaf_index" | "tree_hash");
            match three {
                ["INSERT", "INTO", table] if names(table) => added += 1,
                ["UPDATE", table, _] | ["DELETE", "FROM", table] | [_, "INTO", table]
                    if names(table) =>
                {
                    panic!("{path}: {three:?}");
                }
                _ => {}
            }
        }
    }
    assert_eq!(
        added, 3,
        "one statement adds a leaf, one entries of the index, one a hash"
    );
}
