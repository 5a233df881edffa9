//! The client at a real terminal, against a served vault, as people use it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

use nix::sys::wait::WaitStatus;
use rexpect::session::{PtySession, spawn_command};
use serde_json::Value;
use tempfile::TempDir;

use crate::demo::{Demo, PROGRAM};
use crate::secret_file::write_secret;

const PATIENCE_MS: u64 = 60_000;

/// A demo, and a room to run the client in.
struct Shell {
    room: TempDir,
    demo: Demo,
}

/// What was seen at the terminal, and the exit status.
struct Seen {
    text: String,
    status: i32,
}

impl Shell {
    fn new() -> Self {
        Self::with_points(100_000)
    }

    fn with_points(points: u32) -> Self {
        let room = tempfile::tempdir().unwrap();
        let demo = Demo::with_points(room.path(), points);
        Self { room, demo }
    }

    fn path(&self, name: &str) -> String {
        self.room.path().join(name).to_str().unwrap().to_owned()
    }

    /// The client as one of the demo's people, in the demo's case.
    fn command(&self, who: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        command
            .args(arguments)
            .current_dir(self.room.path())
            .env_clear()
            .env("TERM", "xterm")
            .env("HOME", self.path("home"))
            .env("BREACHVAULT_PROFILE", who)
            .env(
                "BREACHVAULT_PROFILES",
                self.path("breachvault-demo/profiles"),
            )
            .env("BREACHVAULT_CASE", self.demo.text("case"));
        command
    }

    /// Starts the client at a terminal.
    fn at_terminal(&self, who: &str, arguments: &[&str]) -> PtySession {
        spawn_command(self.command(who, arguments), Some(PATIENCE_MS)).unwrap()
    }

    /// Runs the client at a terminal to its end. It shows nothing that a terminal would obey.
    fn see(&self, who: &str, arguments: &[&str]) -> Seen {
        let seen = ended(self.at_terminal(who, arguments));
        // A bar of progress moves the cursor; it is no data.
        let bar = arguments.first() == Some(&"exhibit");
        let obeyed = |c: char| !bar && c.is_control() && !matches!(c, '\r' | '\n');
        assert!(
            !seen.text.contains(obeyed),
            "{arguments:?}: {:?}",
            seen.text
        );
        seen
    }

    fn done(&self, who: &str, arguments: &[&str]) -> String {
        let seen = self.see(who, arguments);
        assert_eq!(seen.status, 0, "{who} {arguments:?}: {}", seen.text);
        seen.text
    }

    /// The answer as JSON, without a terminal.
    fn json(&self, who: &str, arguments: &[&str]) -> Value {
        let run = self
            .command(who, &[arguments, &["--json"]].concat())
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let err = String::from_utf8_lossy(&run.stderr);
        assert!(run.status.success(), "{who} {arguments:?}: {err}");
        serde_json::from_slice(&run.stdout).unwrap()
    }

    fn id(&self, who: &str, arguments: &[&str], member: &str) -> String {
        self.json(who, arguments)[member]
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// A file with a number of the log, in another spelling, and one that is not in it.
    fn list(&self) -> String {
        let number = self.demo.number();
        let (start, end) = number.split_at(number.len() - 4);
        let text = format!("phone;name\n{start} {end};a\n+44 1632 960999;b\n");
        fs::write(self.path("list.csv"), text).unwrap();
        self.path("list.csv")
    }
}

fn ended(mut session: PtySession) -> Seen {
    let text = session.exp_eof().unwrap();
    // `rexpect` makes a character of each byte.
    let bytes: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(c).ok()).collect();
    let text = String::from_utf8(bytes.unwrap()).unwrap();
    match session.process().wait().unwrap() {
        WaitStatus::Exited(_, status) => Seen { text, status },
        other => panic!("{other:?}: {text}"),
    }
}

fn mode(path: impl AsRef<Path>) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn every_command_at_a_terminal() {
    let shell = Shell::new();
    let case = shell.demo.text("case").to_owned();
    let why = [
        "--purpose",
        "notification",
        "--reason",
        "somebody has to be told",
    ];
    let reason = ["--reason", "a reason of the tests"];
    let list = shell.list();

    // Who they are, cases, members, operators.
    for (who, arguments, shown) in [
        ("investigator", vec!["whoami"], "LOOKUP POINTS"),
        ("lead.one", vec!["case", "list"], "TITLE"),
        ("lead.one", vec!["case", "show", &case], "state: open"),
        ("lead.one", vec!["members", "list"], "SUSPENDED"),
        ("administrator", vec!["operators", "list"], "SECOND FACTOR"),
        (
            "administrator",
            vec!["operators", "invite", "lead.three", "--role", "lead"],
            "enrolment: ",
        ),
        ("custodian", vec!["exhibit", "list"], "supplier-csv"),
    ] {
        let seen = shell.done(who, &arguments);
        assert!(seen.contains(shown), "{arguments:?}: {seen}");
    }
    let operators = shell.json("administrator", &["operators", "list"]);
    let operator = |name: &str| {
        let all = operators["operators"].as_array().unwrap();
        let found = all.iter().find(|one| one["name"] == name).unwrap();
        found["operator"].as_str().unwrap().to_owned()
    };
    let third = operator("lead.three");
    let revoke = [&["operators", "revoke", &third][..], &reason].concat();
    assert!(
        shell
            .done("administrator", &revoke)
            .contains("sessions_ended: 0")
    );
    let new = shell.id(
        "lead.one",
        &[
            &["case", "open", "--title", "Another", "--reference", "IR-2"][..],
            &reason,
        ]
        .concat(),
        "case",
    );
    for to in ["hold", "reopen", "close", "reopen"] {
        let seen = shell.done("lead.one", &[&["case", to, &new][..], &reason].concat());
        assert!(seen.contains("audit leaf "), "{to}: {seen}");
    }
    let investigator = operator("investigator");
    let named = shell.done(
        "lead.one",
        &[
            "members",
            "name",
            &investigator,
            "--role",
            "investigator",
            "--case",
            &new,
        ],
    );
    assert!(named.contains("state: "), "{named}");
    let second = operator("lead.two");
    for (who, act, whom, told) in [
        ("administrator", "suspend", &second, "audit leaf"),
        ("lead.one", "lift", &second, "audit leaf"),
        ("lead.one", "thaw", &investigator, "thawed: false"),
    ] {
        let seen = shell.done(who, &[&["members", act, whom][..], &reason].concat());
        assert!(seen.contains(told), "{act}: {seen}");
    }

    // Numbers: by a file, and never seen again.
    let asked = [&["lookup", "--file", &list, "--column", "Phone"][..], &why].concat();
    let seen = shell.done("investigator", &asked);
    assert!(
        seen.contains("exposed") && seen.contains("2 numbers: 1 exposed, 1 not"),
        "{seen}"
    );
    let digits = &shell.demo.number()[shell.demo.number().len() - 4..];
    assert!(
        !seen.contains("960999") && !seen.contains(&format!(" {digits}")),
        "{seen}"
    );
    let found = shell.json("investigator", &asked);
    let subject = found["results"][0]["subject"].as_str().unwrap();
    for (arguments, shown) in [
        ([&["records", "--limit", "2"][..], &why].concat(), "2 of "),
        (
            [
                &["records", "--subject", subject, "--order", "time", "--all"][..],
                &why,
            ]
            .concat(),
            subject,
        ),
        (vec!["scope", "--by", "country,kind"], "MESSAGES"),
        (vec!["scope"], "NUMBERS"),
        (
            vec!["scope", "--by", "country", "--audience", "protected"],
            "NUMBERS",
        ),
        (
            vec!["scope", "--by", "country", "--csv"],
            "\"country\",\"numbers\",\"messages\"",
        ),
        (vec!["scope", "--charts"], "FOR OTHERS"),
        (
            vec!["scope", "--charts", "--csv"],
            "\"by\",\"value\",\"numbers\",\"messages\",\"small\"",
        ),
        (
            vec!["scope", "--charts", "--json"],
            "\"charts\":[{\"by\":\"day\"",
        ),
    ] {
        let seen = shell.done("investigator", &arguments);
        assert!(seen.contains(shown), "{arguments:?}: {seen}");
    }

    // A reveal, with a second person.
    let ask = [&["reveal", "request", subject][..], &why].concat();
    let reveal = shell.id("investigator", &ask, "reveal");
    let seen = shell.done("lead.one", &["decide", &reveal]);
    assert!(
        seen.contains("number_masked") && seen.contains("nothing was decided"),
        "{seen}"
    );
    let early = shell.see("investigator", &["reveal", "open", &reveal]);
    assert!(
        early.status == 1 && early.text.contains("hint: "),
        "{}",
        early.text
    );
    shell.done(
        "lead.one",
        &[&["decide", &reveal, "approve"][..], &reason].concat(),
    );
    assert!(
        shell
            .done("lead.one", &["reveal", "list"])
            .contains("approved")
    );
    assert!(
        shell
            .done("investigator", &["reveal", "show", &reveal])
            .contains("decided_by: lead.one")
    );
    let numbers = shell.path("numbers.csv");
    shell.done(
        "investigator",
        &["reveal", "open", &reveal, "--out", &numbers],
    );
    assert_eq!(mode(&numbers), 0o600);
    let opened = fs::read_to_string(&numbers).unwrap();
    assert!(
        opened.contains(&format!("\"'{}\"", shell.demo.number())),
        "{opened}"
    );

    // A package, with a second person.
    let key = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";
    let basis = ["--recipient", key, "--legal-basis", "contract, section 9"];
    let ask = [&["export", "request", "scope-report"][..], &basis, &why].concat();
    let export = shell.id("lead.one", &ask, "export");
    let own = shell.see(
        "lead.one",
        &[&["export", "decide", &export, "approve"][..], &reason].concat(),
    );
    assert!(
        own.status == 1 && own.text.contains("own-request"),
        "{}",
        own.text
    );
    shell.done(
        "lead.two",
        &[&["export", "decide", &export, "approve"][..], &reason].concat(),
    );
    assert!(
        shell
            .done("lead.one", &["export", "list"])
            .contains("scope-report")
    );
    let shown = shell.json("lead.one", &["export", "show", &export]);
    let package = shell.path("package.tar");
    shell.done(
        "custodian",
        &["export", "download", &export, "--out", &package],
    );
    assert!(mode(&package) == 0o600 && fs::metadata(&package).unwrap().len() > 1000);
    let again = shell.see(
        "custodian",
        &["export", "download", &export, "--out", &package],
    );
    assert!(
        again.status == 2 && again.text.contains("is there already"),
        "{}",
        again.text
    );
    assert!(
        shell
            .done("custodian", &["export", "signer"])
            .contains("breachvault")
    );
    let digest = match shown["tagmanifest_sha256"].as_str() {
        Some(digest) => digest.to_owned(),
        None => shell.id(
            "lead.one",
            &["export", "show", &export],
            "tagmanifest_sha256",
        ),
    };
    let receipt = ["--received-by", "Acme", "--tagmanifest-sha256", &digest];
    shell.done(
        "custodian",
        &[&["export", "acknowledge", &export][..], &receipt, &reason].concat(),
    );

    // Another file, and it was the wrong one.
    let second = shell.path("second.csv");
    shell.done(
        "custodian",
        &[
            "exhibit",
            "synthesise",
            "--rows",
            "50",
            "--seed",
            "9",
            "--out",
            &second,
        ],
    );
    assert!(
        shell
            .done("custodian", &["exhibit", "check", &second])
            .contains("read without a vault")
    );
    let checked = shell.done("custodian", &["exhibit", "check", &second, "--case", &case]);
    assert!(
        checked.contains("rows: 50") && checked.contains("audit leaf "),
        "{checked}"
    );
    let sent = shell.json("custodian", &["exhibit", "upload", &second]);
    let wrong = sent["exhibit"].as_str().unwrap();
    let twice = shell.see("custodian", &["exhibit", "upload", &second]);
    assert!(
        twice.status == 1 && twice.text.contains(wrong),
        "{}",
        twice.text
    );
    let exhibits = shell.json("lead.one", &["exhibit", "list"]);
    let first = exhibits["exhibits"].as_array().unwrap().iter();
    let first = first
        .map(|one| one["exhibit"].as_str().unwrap())
        .find(|id| *id != wrong);
    let difference = ["exhibit", "difference", wrong, "--against", first.unwrap()];
    assert!(
        shell
            .done("lead.one", &difference)
            .contains("newly_exposed: ")
    );
    let ask = [&["exhibit", "withdraw", "ask", wrong][..], &reason].concat();
    let withdrawal = shell.id("custodian", &ask, "withdrawal");
    shell.done(
        "lead.one",
        &[
            &["exhibit", "withdraw", "decide", &withdrawal, "approve"][..],
            &reason,
        ]
        .concat(),
    );

    // The audit log.
    for (arguments, shown) in [
        (
            vec!["audit", "search", "--action", "reveal.open"],
            "reveal.open",
        ),
        (vec!["audit", "search", "--limit", "3"], "there are more"),
        (
            vec!["audit", "search", "--outcome", "denied", "--all", "--csv"],
            "\"seq\",\"time\"",
        ),
        (vec!["audit", "show", "1"], "action: "),
        (vec!["audit", "proof", "1"], "c2sp.org/tlog-proof"),
        (vec!["audit", "checkpoint"], "breachvault"),
        (vec!["audit", "vkey"], "+"),
        (
            [&["audit", "sign-off", "--size", "5"][..], &reason].concat(),
            "size: 5",
        ),
    ] {
        let seen = shell.done("auditor", &arguments);
        assert!(seen.contains(shown), "{arguments:?}: {seen}");
    }
}

#[test]
fn somebody_signs_in_by_prompt_types_numbers_and_signs_out() {
    let shell = Shell::new();
    let profiles = shell.path("home/.config/breachvault");
    let server = shell.demo.text("url").to_owned();
    let ca = shell.demo.text("ca_file").to_owned();
    let client = |arguments: &[&str]| {
        let mut command = shell.command("evening", arguments);
        command.env_remove("BREACHVAULT_PROFILES");
        spawn_command(command, Some(PATIENCE_MS)).unwrap()
    };
    let before = ended(client(&["whoami"]));
    assert_eq!(before.status, 1);
    assert!(before.text.contains("breachvault login"), "{}", before.text);

    // A server that nobody vouches for gets no password; plain HTTP gets nothing at all.
    let login = ["login", "--server", &server, "--operator", "investigator"];
    let password = shell.demo.password("investigator");
    let file = shell.path("password");
    write_secret(shell.room.path().join("password"), &format!("{password}\n"));
    let unknown = ended(client(&[&login[..], &["--password-file", &file]].concat()));
    assert_eq!(unknown.status, 1);
    assert!(unknown.text.contains("--ca-file"), "{}", unknown.text);
    let plain = server.replace("https://", "http://");
    let plain = [
        "login",
        "--server",
        &plain,
        "--operator",
        "investigator",
        "--password-file",
        &file,
    ];
    assert_eq!(ended(client(&plain)).status, 2);

    let mut session = client(&[&login[..], &["--ca-file", &ca]].concat());
    session.exp_string("password: ").unwrap();
    session.send_line(password).unwrap();
    session
        .exp_string("six-digit code (Enter if you have none): ")
        .unwrap();
    session.send_line("").unwrap();
    let seen = ended(session);
    assert_eq!(seen.status, 0, "{}", seen.text);
    assert!(seen.text.contains("expires_at: ") && !seen.text.contains(password));
    assert_eq!(
        (mode(&profiles), mode(format!("{profiles}/evening.json"))),
        (0o700, 0o600)
    );
    let kept = fs::read_to_string(format!("{profiles}/evening.json")).unwrap();
    let kept: Value = serde_json::from_str(&kept).unwrap();
    let token = kept["token"].as_str().unwrap();
    assert!(!seen.text.contains(token) && !kept.to_string().contains(password));
    assert!(
        ended(client(&["whoami"]))
            .text
            .contains("name: investigator")
    );

    // A token goes to the server that gave it and to no other.
    let elsewhere = ended(client(&["whoami", "--server", "https://127.0.0.1:9"]));
    assert_eq!(elsewhere.status, 2);
    assert!(
        elsewhere.text.contains("signed in to"),
        "{}",
        elsewhere.text
    );

    // Numbers are typed, one a line.
    let mut session = client(&[
        "lookup",
        "--purpose",
        "victim-inquiry",
        "--reason",
        "somebody asks about it",
    ]);
    session.exp_string("an empty line ends them:").unwrap();
    session.send_line(shell.demo.number()).unwrap();
    session.send_line("+44 1632 960998").unwrap();
    session.send_line("").unwrap();
    session.exp_string("LINE").unwrap();
    let seen = ended(session);
    assert_eq!(seen.status, 0, "{}", seen.text);
    assert!(seen.text.contains("not_exposed") && seen.text.contains("2 numbers: 1 exposed"));

    // A reason that the server refuses is told with its rule and the way out.
    let refused = ended(client(&[
        "lookup",
        "--file",
        "/dev/null",
        "--purpose",
        "scoping",
        "--reason",
        "x",
    ]));
    assert_eq!(refused.status, 2, "{}", refused.text);

    assert_eq!(ended(client(&["logout"])).status, 0);
    assert!(!Path::new(&format!("{profiles}/evening.json")).exists());
    assert_eq!(ended(client(&["whoami"])).status, 1);

    // The server puts off whoever guesses, and the client says for how long.
    write_secret(shell.room.path().join("wrong"), "a wrong password of it\n");
    let wrong = shell.path("wrong");
    let guess = [
        "login",
        "--server",
        &server,
        "--ca-file",
        &ca,
        "--operator",
        "nobody.here",
        "--password-file",
        &wrong,
        "--wait",
        "0",
    ];
    let told: Vec<_> = (0..12).map(|_| ended(client(&guess))).collect();
    assert!(told.iter().all(|seen| seen.status == 1));
    assert!(
        told.last()
            .unwrap()
            .text
            .contains("the server asks to wait"),
        "{}",
        told.last().unwrap().text
    );
}

#[test]
fn a_long_list_is_asked_in_parts_and_a_closed_pipe_is_no_error() {
    let shell = Shell::new();
    let mut list = String::new();
    for number in 0..2500 {
        list.push_str(&format!("+1 202 555 {:04}\n", number % 100 + 100));
    }
    list.push_str(shell.demo.number());
    fs::write(shell.path("list.txt"), &list).unwrap();
    let (file, out) = (shell.path("list.txt"), shell.path("hits.csv"));
    let asked = [
        "lookup",
        "--file",
        &file,
        "--out",
        &out,
        "--purpose",
        "notification",
        "--reason",
        "a list of a customer",
    ];
    let seen = shell.done("investigator", &asked);
    assert_eq!(seen.matches("audit leaf").count(), 3, "{seen}");
    assert!(seen.contains("2501 numbers: "), "{seen}");
    assert_eq!(mode(&out), 0o600);
    let hits = fs::read_to_string(&out).unwrap();
    assert_eq!(hits.lines().count(), 2502);
    assert!(
        hits.lines()
            .last()
            .unwrap()
            .starts_with("\"2501\",\"exposed\",\"S-")
    );
    assert!(!hits.contains("202 555") && !hits.contains(shell.demo.number()));
    let leaves = shell.json("auditor", &["audit", "search", "--action", "record.lookup"]);
    assert_eq!(leaves["leaves"].as_array().unwrap().len(), 3);

    // A file that is there already costs no points.
    let again = shell.see("investigator", &asked);
    assert!(
        again.status == 2 && again.text.contains("is there already"),
        "{}",
        again.text
    );
    let leaves = shell.json("auditor", &["audit", "search", "--action", "record.lookup"]);
    assert_eq!(leaves["leaves"].as_array().unwrap().len(), 3);
    // What was answered before is left out.
    let rest = [
        "lookup",
        "--file",
        &file,
        "--skip",
        "2500",
        "--purpose",
        "notification",
        "--reason",
        "a list of a customer",
    ];
    let rest = shell.json("investigator", &rest);
    assert_eq!(rest["results"][0]["line"], 2501);

    for (colours, escapes) in [(None, true), (Some("1"), false)] {
        let mut command = shell.command("investigator", &["lookup", "--help"]);
        command.envs(colours.map(|value| ("NO_COLOR", value)));
        let seen = ended(spawn_command(command, Some(PATIENCE_MS)).unwrap());
        assert_eq!(seen.text.contains('\u{1b}'), escapes);
    }

    let script = "set -o pipefail; \"$0\" records --limit 1000 --purpose scoping --reason 'a look at all of it' | head -n 1";
    let mut command = shell.command("investigator", &[]);
    let environment: Vec<_> = command
        .get_envs()
        .map(|(name, value)| (name.to_owned(), value.unwrap().to_owned()))
        .collect();
    command = Command::new("bash");
    let run = command
        .args(["-c", script, PROGRAM])
        .env_clear()
        .envs(environment)
        .env("PATH", "/usr/bin:/bin")
        .output()
        .unwrap();
    let err = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success() && !err.contains("error"), "{err}");
    assert!(run.stdout.starts_with(b"RECORD"));

    // Nobody is there any more.
    let Shell { room, demo } = shell;
    drop(demo);
    let mut command = Command::new(PROGRAM);
    command
        .arg("whoami")
        .env(
            "BREACHVAULT_PROFILES",
            room.path().join("breachvault-demo/profiles"),
        )
        .env("BREACHVAULT_PROFILE", "investigator");
    let seen = ended(spawn_command(command, Some(PATIENCE_MS)).unwrap());
    assert_eq!(seen.status, 1);
    assert!(
        seen.text.contains("nothing listens there") && seen.text.contains("hint: "),
        "{}",
        seen.text
    );
}

#[test]
fn a_list_that_cannot_be_paid_for_gives_out_what_was_paid() {
    let shell = Shell::with_points(1500);
    let list: String = (0..2500)
        .map(|number| format!("+44 1632 96{number:04}\n"))
        .collect();
    fs::write(shell.path("list.txt"), list).unwrap();
    let (file, out) = (shell.path("list.txt"), shell.path("hits.csv"));
    let why = [
        "--purpose",
        "notification",
        "--reason",
        "a list of a customer",
    ];
    let asked = [&["lookup", "--file", &file, "--out", &out][..], &why].concat();
    let seen = shell.see("investigator", &asked);
    assert_eq!(seen.status, 1, "{}", seen.text);
    for told in [
        "1000 numbers were answered, then: ",
        "--skip 1000",
        "budget",
    ] {
        assert!(seen.text.contains(told), "{told}: {}", seen.text);
    }
    assert_eq!(fs::read_to_string(&out).unwrap().lines().count(), 1001);
}
