//! What the program says of itself: help of every command and the manual page, compared with files.
//!
//! A test that fails writes what it found beside `target/` and says where; read the difference and copy it.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use breachvault::cli::Arguments;
use clap::{Command, CommandFactory};

#[test]
fn the_help_of_every_command_is_as_it_was_read_last() {
    let mut text = String::new();
    each(&mut built(), "", &mut |name, command| {
        let help = command.clone().term_width(100).render_help();
        writeln!(text, "==== {name}\n").unwrap();
        for line in help.to_string().trim_end().lines() {
            writeln!(text, "{}", line.trim_end()).unwrap();
        }
        writeln!(text).unwrap();
    });
    compare("help.txt", &text);
}

#[test]
fn the_manual_page_is_as_it_was_read_last() {
    let mut page = Vec::new();
    clap_mangen::Man::new(Arguments::command())
        .render(&mut page)
        .unwrap();
    compare("breachvault.1", &String::from_utf8(page).unwrap());
}

#[test]
fn every_command_has_a_manual_page_and_completions() {
    let room = tempfile::tempdir().unwrap();
    clap_mangen::generate_to(Arguments::command(), room.path()).unwrap();
    let mut names = Vec::new();
    each(&mut built(), "", &mut |name, command| {
        if command.get_name() != "help" && !name.contains(" help") {
            names.push(name.to_owned());
        }
    });
    assert!(names.len() > 60, "{names:?}");
    for name in &names {
        let page = room.path().join(format!("{}.1", name.replace(' ', "-")));
        let page = fs::read_to_string(&page).unwrap_or_else(|_| panic!("{}", page.display()));
        assert!(page.contains(".SH SYNOPSIS"), "{name}");
    }
    let mut script = Vec::new();
    let shell = clap_complete::Shell::Bash;
    clap_complete::generate(shell, &mut Arguments::command(), "breachvault", &mut script);
    let script = String::from_utf8(script).unwrap();
    for word in ["sign-off", "acknowledge", "--ca-file", "victim-inquiry"] {
        assert!(script.contains(word), "{word}");
    }
}

#[test]
fn every_option_is_explained_and_every_command_of_the_client_has_an_example() {
    let mut client = 0;
    each(&mut built(), "", &mut |name, command| {
        for argument in command.get_arguments().filter(|one| !one.is_hide_set()) {
            let help = argument.get_help().map(ToString::to_string);
            let id = argument.get_id();
            assert!(help.is_some_and(|help| help.len() > 5), "{name}: {id}");
        }
        let leaf = command.get_subcommands().next().is_none();
        if leaf
            && command
                .get_arguments()
                .any(|one| one.get_long() == Some("server"))
        {
            client += 1;
            let after = command.get_after_help().map(ToString::to_string);
            let example = after.unwrap_or_default();
            assert!(example.contains("Example"), "{name}");
            assert!(example.contains(name), "{name}: {example}");
        }
        // A terminal of 80 columns breaks no example, which could be inside quotes.
        let after = command.get_after_help().map(ToString::to_string);
        for line in after.unwrap_or_default().lines() {
            assert!(line.chars().count() < 80, "{name}: {line}");
        }
    });
    assert!(client >= 40, "only {client} commands go to a server");
}

/// The options of the client are the same everywhere, and nothing that is secret or personal is the value of one.
#[test]
fn nothing_personal_can_be_an_argument() {
    each(&mut built(), "", &mut |name, command| {
        for argument in command.get_arguments() {
            let long = argument.get_long().unwrap_or_default();
            for word in ["number", "phone", "token", "password", "insecure"] {
                assert!(!long.ends_with(word), "{name}: --{long}");
            }
        }
    });
}

fn built() -> Command {
    let mut command = Arguments::command();
    command.build();
    command
}

fn each(command: &mut Command, above: &str, with: &mut dyn FnMut(&str, &Command)) {
    let name = match above {
        "" => command.get_name().to_owned(),
        above => format!("{above} {}", command.get_name()),
    };
    if command.get_name() == "help" {
        return;
    }
    with(&name, command);
    for below in command.get_subcommands_mut() {
        each(below, &name, with);
    }
}

fn compare(file: &str, found: &str) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let kept = fs::read_to_string(root.join("tests/fixtures/cli").join(file)).unwrap_or_default();
    if kept != found {
        let written = root.join("target").join(file);
        fs::write(&written, found).unwrap();
        panic!(
            "tests/fixtures/cli/{file} is another one; the new one is in {}",
            written.display()
        );
    }
}
