//! The client at a real terminal, against a served vault, as people use it.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

use breachvault::vault::clock::{Clock as _, SystemClock};
use nix::sys::wait::WaitStatus;
use rexpect::session::{PtySession, spawn_command};
use serde_json::Value;
use tempfile::TempDir;

use crate::demo::{Demo, PROGRAM};
use crate::directory::directory;
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
        let room = directory();
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
    let stop = [&["operators", "stop-recovery", &third][..], &reason].concat();
    assert!(shell.done("administrator", &stop).contains("stopped: "));
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
    for (to, by_two) in [
        ("hold", false),
        ("reopen", true),
        ("close", true),
        ("reopen", false),
    ] {
        let seen = shell.done("lead.one", &[&["case", to, &case][..], &reason].concat());
        assert!(seen.contains("audit leaf "), "{to}: {seen}");
        let told = seen.contains("another lead or a custodian decides it");
        assert_eq!(told, by_two, "{to}: {seen}");
        if by_two {
            let listed = shell.json("custodian", &["case", "moves", &case]);
            let mut all = listed["moves"].as_array().unwrap().iter();
            let asked = all.find(|one| one["state"] == "requested").unwrap();
            let asked = asked["move"].as_str().unwrap();
            let shown = shell.done("custodian", &["decide", asked]);
            assert!(shown.contains("from: "), "{shown}");
            let yes = [&["decide", asked, "approve"][..], &reason].concat();
            let decided = shell.done("custodian", &yes);
            assert!(decided.contains("state: approved"), "{decided}");
        }
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
    assert!(named.contains("members recognise"), "{named}");
    let told = shell.done("investigator", &["whoami"]);
    assert!(told.contains("no lead has recognised you there"), "{told}");
    let me = shell.json("investigator", &["whoami"]);
    assert_eq!(me["unrecognised_in"], serde_json::json!([new]));
    let heard = me["fingerprint"].as_str().unwrap().to_owned();
    let recognise = |heard: &str| {
        let member = ["members", "recognise", &investigator, "--case", &new];
        let arguments = [&member[..], &["--fingerprint", heard], &reason].concat();
        shell.see("lead.one", &arguments)
    };
    let wrong = recognise("0000-0000-0000");
    assert_eq!(wrong.status, 1, "{}", wrong.text);
    assert!(wrong.text.contains("not the fingerprint"), "{}", wrong.text);
    let right = recognise(&heard);
    assert_eq!(right.status, 0, "{}", right.text);
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
        (
            vec!["audit", "search", "--action", "reveal.open", "--csv"],
            "\"operator_name\"",
        ),
        (vec!["audit", "volume", "--csv"], "\"hour\",\"leaves\""),
        (vec!["audit", "leaf", "1"], "{\"action\":"),
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

    // All that was done under one request, for the one who asked and for an auditor.
    let opened = shell.json("auditor", &["audit", "search", "--action", "reveal.open"]);
    let reveal = opened["leaves"][0]["object"].as_str().unwrap().to_owned();
    for who in ["investigator", "auditor"] {
        let seen = shell.done(who, &["audit", "search", "--request", &reveal]);
        for done in ["reveal.request", "reveal.decide", "reveal.open", "lead.one"] {
            assert!(seen.contains(done), "{who}: {seen}");
        }
    }

    // A leaf is checked away from the vault, and another one is not that leaf.
    let [leaf, other, proof, key] =
        ["leaf.json", "other.json", "leaf.proof", "log.vkey"].map(|name| shell.path(name));
    for (what, out) in [
        (&["leaf", "1"][..], &leaf),
        (&["leaf", "2"], &other),
        (&["proof", "1"], &proof),
        (&["vkey"], &key),
    ] {
        let arguments = [&["audit"], what, &["--out", out.as_str()]].concat();
        shell.done("auditor", &arguments);
    }
    let check = |leaf: &str| {
        let arguments = ["audit", "check", leaf, "--proof", &proof, "--vkey", &key];
        shell.see("auditor", &arguments)
    };
    let checked = check(&leaf);
    assert_eq!(checked.status, 0, "{}", checked.text);
    assert!(checked.text.contains("leaf 1 of "), "{}", checked.text);
    let checked = check(&other);
    assert_eq!(checked.status, 3, "{}", checked.text);
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

#[test]
fn a_file_is_checked_dropped_and_stopped_and_its_quarantine_seen_from_a_shell() {
    let shell = Shell::new();
    let case = shell.demo.text("case").to_owned();
    let reason = ["--reason", "a reason of the tests"];

    // The rejects of a served vault read as those without one.
    let bad = shell.path("bad.csv");
    let text = "account,number,carrier,country,state,sent_at,kind\n\
                one,+447700900001,Mobile,GB,,2024-03-10T12:00:00Z,sms\n\
                one,abc123,Mobile,GB,,2024-03-10T12:00:00Z,sms\n";
    fs::write(&bad, text).unwrap();
    let told = "quarantined: 1 (not-a-number in number; first lines 3)";
    let here = shell.done("custodian", &["exhibit", "check", &bad]);
    let there = shell.done("custodian", &["exhibit", "check", &bad, "--case", &case]);
    for seen in [&here, &there] {
        assert!(seen.contains(told) && !seen.contains("abc123"), "{seen}");
    }
    let json = shell.json("custodian", &["exhibit", "check", &bad, "--case", &case]);
    assert_eq!(json["rejects"][0]["line"], 3);
    // What would be refused fails there as it does here.
    let none = shell.path("none.csv");
    let header = text.lines().next().unwrap();
    fs::write(
        &none,
        format!("{header}\none,abc,Mobile,GB,,2024-03-10T12:00:00Z,sms\n"),
    )
    .unwrap();
    let refused = shell.see("custodian", &["exhibit", "check", &none, "--case", &case]);
    assert_eq!(refused.status, 1, "{}", refused.text);
    assert!(
        refused.text.contains("it would be refused: "),
        "{}",
        refused.text
    );

    // A column that looks like the country and is none.
    let dropped = shell.path("dropped.csv");
    let log = include_str!("../cases/logs/n3-country-column-region-declared.csv");
    fs::write(&dropped, log).unwrap();
    let upload = ["exhibit", "upload", &dropped, "--region", "GB"];
    let refused = shell.see("custodian", &upload);
    assert_eq!(refused.status, 1, "{}", refused.text);
    assert!(refused.text.contains("--drop C7"), "{}", refused.text);
    let drop_it = ["--drop", "C7", "--accept-quarantined"];
    let taken = shell.json("custodian", &[&upload[..], &drop_it].concat());
    let columns = taken["dropped_columns"].as_array().unwrap();
    assert!(columns.iter().any(|column| column == "C7"), "{taken}");

    // Its quarantine, with a second person.
    let admitted = shell.done("custodian", &["exhibit", "upload", &bad]);
    assert!(admitted.contains(told), "{admitted}");
    let exhibits = shell.json("lead.one", &["exhibit", "list"]);
    let last = exhibits["exhibits"].as_array().unwrap().last().unwrap();
    let exhibit = last["exhibit"].as_str().unwrap();
    let ask = [&["quarantine", "request", exhibit][..], &reason].concat();
    let asked = shell.id("lead.one", &ask, "quarantine");
    let early = shell.see("lead.one", &["quarantine", "open", &asked]);
    assert_eq!(early.status, 1, "{}", early.text);
    let own = [&["decide", &asked, "approve"][..], &reason].concat();
    let own = shell.see("lead.one", &own);
    assert!(own.text.contains("own-request"), "{}", own.text);
    let refused = shell.see("investigator", &ask);
    assert!(refused.text.contains("not-allowed"), "{}", refused.text);
    shell.done(
        "custodian",
        &[&["decide", &asked, "approve"][..], &reason].concat(),
    );
    let listed = shell.done("lead.one", &["quarantine", "list", "--state", "approved"]);
    assert!(listed.contains(&asked), "{listed}");
    let shown = shell.done("lead.one", &["quarantine", "show", &asked]);
    assert!(shown.contains("decided_by: custodian"), "{shown}");
    let opened = shell.done("lead.one", &["quarantine", "open", &asked]);
    assert!(
        opened.contains("not-a-number") && opened.contains("aaa999"),
        "{opened}"
    );
    let again = shell.see("lead.one", &["quarantine", "open", &asked]);
    assert_eq!(again.status, 1, "{}", again.text);
    // As a sealed list it leaves like an export.
    let key = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";
    let recipient = format!("{key}=the supplier");
    let list = [
        "--recipient",
        &recipient,
        "--legal-basis",
        "contract, section 9",
    ];
    let list = shell.id("lead.one", &[&ask[..], &list].concat(), "quarantine");
    let shown = shell.json("lead.one", &["quarantine", "show", &list]);
    assert_eq!(shown["list"]["recipients"][0]["name"], "the supplier");
    shell.done(
        "lead.two",
        &[&["decide", &list, "approve"][..], &reason].concat(),
    );
    let package = shell.path("list.tar");
    shell.done(
        "custodian",
        &["quarantine", "download", &list, "--out", &package],
    );
    assert!(fs::metadata(&package).unwrap().len() > 1000);

    // Ctrl-C cancels the admission at the server, which says so.
    let nothing = shell.json("lead.one", &["exhibit", "cancel"]);
    assert_eq!(nothing["state"], "none");
    let pipe = shell.path("slow.csv");
    let made = Command::new("mkfifo").arg(&pipe).status().unwrap();
    assert!(made.success());
    let mut session = shell.at_terminal("custodian", &["exhibit", "upload", &pipe]);
    let mut writer = fs::OpenOptions::new().write(true).open(&pipe).unwrap();
    writer.write_all(text.as_bytes()).unwrap();
    let under_way = loop {
        let list = shell.json("lead.one", &["exhibit", "list"]);
        if let Some(under_way) = list.get("under_way") {
            break under_way.clone();
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    };
    assert_eq!(under_way["state"], "running");
    let listed = shell.done("lead.one", &["exhibit", "list"]);
    assert!(listed.contains("a file is being admitted as"), "{listed}");
    session.send_control('c').unwrap();
    session.exp_string("cancelling the admission").unwrap();
    // What is read next finds that nothing is wanted any more.
    let until = std::time::Instant::now() + std::time::Duration::from_secs(10);
    while writer
        .write_all(b"one,+447700900002,Mobile,GB,,2024-03-10T12:00:00Z,sms\n")
        .is_ok()
    {
        assert!(std::time::Instant::now() < until);
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let seen = ended(session);
    assert_eq!(seen.status, 1, "{}", seen.text);
    let told = "the admission was cancelled; nothing of the file was kept";
    assert!(seen.text.contains(told), "{}", seen.text);
    let list = shell.json("lead.one", &["exhibit", "list"]);
    assert_eq!(list["exhibits"], exhibits["exhibits"]);
    assert_eq!(list.get("under_way"), None);
}

#[test]
fn what_waits_is_listed_and_decided_from_the_shell() {
    let shell = Shell::new();
    let raise = shell.id(
        "investigator",
        &[
            "raise",
            "request",
            "--points",
            "50",
            "--until",
            &in_days(3),
            "--reason",
            "a list of sixty came in",
        ],
        "raise",
    );
    let mine = shell.done("investigator", &["inbox"]);
    assert!(
        mine.contains(&raise) && mine.contains("others-decision"),
        "{mine}"
    );
    let waits = shell.json("lead.one", &["inbox"]);
    let all = waits["waiting"].as_array().unwrap();
    let one = all
        .iter()
        .find(|one| one["request"] == raise.as_str())
        .unwrap();
    assert_eq!(one["waits_for"], "your-decision");
    assert_eq!(waits["tasks"], serde_json::json!([]));
    let listed = shell.done("lead.one", &["raise", "list", "--state", "requested"]);
    assert!(listed.contains(&raise), "{listed}");
    let own = shell.see(
        "investigator",
        &[
            "decide",
            &raise,
            "approve",
            "--reason",
            "I need them myself",
        ],
    );
    assert_eq!(own.status, 1, "{}", own.text);
    let before = shell.json("investigator", &["budgets"])["cases"][0].clone();
    let decide = [
        "decide",
        &raise,
        "approve",
        "--reason",
        "the list is known to me",
    ];
    shell.done("lead.one", &decide);
    let after = shell.json("investigator", &["budgets"])["cases"][0].clone();
    assert_eq!(after["raised"], 50);
    assert!(
        after["lookup_most"].as_u64() > before["lookup_most"].as_u64(),
        "{after}"
    );
    let shown = shell.done("investigator", &["raise", "show", &raise]);
    assert!(shown.contains("state: approved"), "{shown}");

    // The clock agrees, so there is nothing to accept; and it is not for everybody.
    let clock = shell.done("lead.one", &["clock", "read"]);
    assert!(clock.contains("in_doubt: false"), "{clock}");
    let accept = [
        "clock",
        "accept",
        "--time",
        "2024-04-02T09:00:00Z",
        "--reason",
        "by my own watch",
    ];
    let refused = shell.see("lead.one", &accept);
    assert_eq!(refused.status, 1, "{}", refused.text);
    let refused = shell.see("investigator", &["clock", "read"]);
    assert_eq!(refused.status, 1, "{}", refused.text);

    // A session on another device is ended from here.
    let sessions = shell.json("lead.one", &["sessions", "list"]);
    let sessions = sessions["sessions"].as_array().unwrap().clone();
    let other = sessions.iter().find(|one| one["current"] == false);
    if let Some(other) = other {
        shell.done(
            "lead.one",
            &["sessions", "end", other["session"].as_str().unwrap()],
        );
    }
    let left = shell.json("lead.one", &["sessions", "list"]);
    let left = left["sessions"].as_array().unwrap().len();
    assert_eq!(left, sessions.len() - usize::from(other.is_some()));
    let sheet = shell.done("lead.one", &["sessions", "list", "--csv"]);
    assert!(sheet.contains("\"session\",\"current\""), "{sheet}");
}

#[test]
fn an_invitation_is_used_at_a_terminal_and_its_second_factor_is_shown_once() {
    let shell = Shell::new();
    let invited = ["operators", "invite", "new.lead", "--role", "lead"];
    let invitation = shell.id("administrator", &invited, "enrolment");
    let (server, ca) = (
        shell.demo.text("url").to_owned(),
        shell.demo.text("ca_file").to_owned(),
    );
    let enrol = ["enrol", "--server", &server, "--ca-file", &ca, "--totp"];
    let mut terminal = shell.at_terminal("nobody-yet", &enrol);
    for (asked, typed) in [
        ("invitation: ", invitation.as_str()),
        ("password: ", "a password of the shell's tests"),
        ("password again: ", "a password of the shell's tests"),
    ] {
        terminal.exp_string(asked).unwrap();
        terminal.send_line(typed).unwrap();
    }
    let seen = ended(terminal);
    assert_eq!(seen.status, 0, "{}", seen.text);
    assert!(seen.text.contains("name: new.lead"), "{}", seen.text);
    assert!(seen.text.contains("totp_secret: "), "{}", seen.text);
    // Neither secret was echoed, and the invitation works once.
    assert!(!seen.text.contains(&invitation), "{}", seen.text);
    assert!(!seen.text.contains("of the shell's tests"), "{}", seen.text);
    write_secret(shell.room.path().join("invitation"), &invitation);
    write_secret(
        shell.room.path().join("password"),
        "another password of the tests",
    );
    let (file, password) = (shell.path("invitation"), shell.path("password"));
    let files = ["--enrolment-file", &file, "--password-file", &password];
    let again = shell.see("nobody-yet", &[&enrol[..], &files].concat());
    assert_eq!(again.status, 1, "{}", again.text);
}

#[test]
fn what_is_typed_wrong_is_named_as_it_was_typed_and_countries_are_spelt_alike() {
    let shell = Shell::new();
    let list = shell.list();
    let why = ["--purpose", "scoping", "--reason", "counting the exposed"];
    let look = ["lookup", "--file", &list, "--column", "phone"];
    for region in ["UK", "GB", "United Kingdom", "gbr"] {
        let seen = shell.done(
            "investigator",
            &[&look[..], &["--region", region], &why].concat(),
        );
        assert!(seen.contains("1 exposed"), "{region}: {seen}");
        shell.done(
            "investigator",
            &["scope", "--by", "country", "--country", region],
        );
    }
    let short = ["--purpose", "scoping", "--reason", "x"];
    let wrongs: [(&str, Vec<&str>, &str); 4] = [
        (
            "investigator",
            [&look[..], &["--region", "Atlantis"], &why].concat(),
            "error: --region: ",
        ),
        (
            "investigator",
            [&look[..], &short].concat(),
            "error: --reason: ",
        ),
        (
            "investigator",
            vec!["scope", "--by", "day", "--zone", "Mars/Olympus"],
            "error: --zone: ",
        ),
        (
            "lead.one",
            vec!["case", "hold", shell.demo.text("case"), "--reason", "short"],
            "error: --reason: ",
        ),
    ];
    for (who, command, told) in wrongs {
        let seen = shell.see(who, &command);
        assert_eq!(seen.status, 2, "{command:?}: {}", seen.text);
        assert!(seen.text.contains(told), "{command:?}: {}", seen.text);
        assert!(!seen.text.contains("query of the address"), "{}", seen.text);
    }
}

#[test]
fn a_no_says_what_it_rests_on_in_a_table_and_beside_csv() {
    let shell = Shell::new();
    fs::write(shell.path("none.txt"), "+44 1632 960999\n").unwrap();
    let (list, out) = (shell.path("none.txt"), shell.path("hits.csv"));
    let why = ["--purpose", "scoping", "--reason", "counting the exposed"];
    let look = [&["lookup", "--file", &list][..], &why].concat();
    let records = [&["records", "--limit", "1"][..], &why].concat();
    let run = |who: &str, arguments: &[&str]| {
        let run = shell.command(who, arguments).output().unwrap();
        assert!(run.status.success(), "{who} {arguments:?}: {run:?}");
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (text(run.stdout), text(run.stderr))
    };
    // A liaison lists no records.
    let every = [
        vec!["scope"],
        vec!["scope", "--charts"],
        look.clone(),
        records,
    ];
    let (of_team, of_liaison) = (&every[..], &every[..3]);
    let (team, own) = ("searched: 1 exhibit", "searched of your account: 1 exhibit");
    for (who, basis, asked) in [
        ("investigator", team, of_team),
        ("liaison", own, of_liaison),
    ] {
        for arguments in asked {
            let (shown, _) = run(who, arguments);
            assert!(shown.contains(basis), "{who} {arguments:?}: {shown}");
            assert!(shown.contains("in quarantine and in no answer"), "{shown}");
            // Only rows are in CSV, so what they rest on is beside it.
            let (rows, told) = run(who, &[&arguments[..], &["--csv"]].concat());
            assert!(!rows.contains("searched"), "{rows}");
            assert!(told.contains(basis), "{who} {arguments:?}: {told}");
            let (json, told) = run(who, &[&arguments[..], &["--json"]].concat());
            assert!(json.contains("\"basis\":"), "{json}");
            assert!(!told.contains(basis), "{told}");
        }
    }
    let (_, told) = run("liaison", &[&look[..], &["--out", &out]].concat());
    assert!(told.contains(own), "{told}");

    // A name that nobody has is told where nothing is counted by, too.
    for (filter, words) in [
        (["--country", "Atlantis"], "no country is called Atlantis"),
        (
            ["--country", "Tuvalu"],
            "the case has no such country: Tuvalu",
        ),
    ] {
        for by in [&["scope"][..], &["scope", "--by", "country"]] {
            let (_, told) = run("investigator", &[by, &filter[..]].concat());
            assert!(told.contains(words), "{by:?}: {told}");
        }
    }

    // A liaison of an account that nothing was sent for.
    let members = shell.json("lead.one", &["members", "list"]);
    let members = members["members"].as_array().unwrap();
    let liaison = members.iter().find(|one| one["role"] == "liaison").unwrap();
    let liaison = liaison["operator"].as_str().unwrap();
    let name = [
        "members",
        "name",
        liaison,
        "--role",
        "liaison",
        "--account",
        "Nobody",
    ];
    let asked = shell.json("lead.one", &[&name[..], &["--account-not-in-log"]].concat());
    if let Some(membership) = asked["membership"].as_str() {
        let yes = [
            "decide",
            membership,
            "approve",
            "--reason",
            "it is another account",
        ];
        shell.done("lead.two", &yes);
    }
    for arguments in of_liaison {
        let (shown, _) = run("liaison", arguments);
        let warned = shown.contains("no admitted record has your account: no answer says anything");
        assert!(warned, "{arguments:?}: {shown}");
    }
    let (_, told) = run("liaison", &[&look[..], &["--csv"]].concat());
    assert!(
        told.contains("no admitted record has your account"),
        "{told}"
    );
}

#[test]
fn a_password_is_changed_at_a_terminal_and_a_member_is_removed() {
    let shell = Shell::new();
    let new = "a new password of the shell's tests";
    let mut terminal = shell.at_terminal("investigator", &["password"]);
    for (asked, typed) in [
        ("password: ", shell.demo.password("investigator")),
        ("six-digit code (Enter if you have none): ", ""),
        ("new password: ", new),
        ("new password again: ", new),
    ] {
        terminal.exp_string(asked).unwrap();
        terminal.send_line(typed).unwrap();
    }
    let seen = ended(terminal);
    assert_eq!(seen.status, 0, "{}", seen.text);
    assert!(seen.text.contains("sessions_ended: "), "{}", seen.text);
    assert!(!seen.text.contains(new), "{}", seen.text);
    // It is the same session, and the way back in names its profile.
    let whoami = shell.done("investigator", &["whoami"]);
    assert!(whoami.contains("idle_at: "), "{whoami}");
    let members = shell.json("lead.one", &["members", "list"]);
    let members = members["members"].as_array().unwrap();
    let of = |name: &str| {
        let found = members.iter().find(|one| one["name"] == name).unwrap();
        found["operator"].as_str().unwrap().to_owned()
    };
    let reason = ["--reason", "she works on another case now"];
    let remove = |name: &str| {
        [&["members", "remove", &of(name)][..], &reason]
            .concat()
            .join("\n")
    };
    let ask = |name: &str| {
        let words = remove(name);
        shell.see("lead.one", &words.split('\n').collect::<Vec<_>>())
    };
    let removed = ask("investigator");
    assert_eq!(removed.status, 0, "{}", removed.text);
    assert!(
        removed.text.contains("requests_ended: 0"),
        "{}",
        removed.text
    );
    let lead = ask("lead.two");
    assert!(
        lead.status == 1 && lead.text.contains("not-allowed"),
        "{}",
        lead.text
    );
    let operator = of("liaison");
    let revoke = ["operators", "revoke", operator.as_str()];
    shell.done("administrator", &[&revoke[..], &reason].concat());
    let gone = shell.see("liaison", &["whoami"]);
    assert_eq!(gone.status, 1, "{}", gone.text);
    let hint = "`breachvault login --profile liaison`";
    assert!(
        gone.text.contains(hint) && gone.text.contains("It was ended"),
        "{}",
        gone.text
    );

    // The demo has the password of before, so it is not resumed.
    let Shell { room, demo } = shell;
    drop(demo);
    let resumed = Command::new(PROGRAM)
        .args(["demo", "--listen", "127.0.0.1:0"])
        .current_dir(room.path())
        .output()
        .unwrap();
    assert_eq!(resumed.status.code(), Some(1));
    let told = String::from_utf8(resumed.stderr).unwrap();
    for words in [
        "the demo cannot be resumed: investigator does not sign in any more",
        "start a new demo in another directory with --dir",
    ] {
        assert!(told.contains(words), "{words}: {told}");
    }
}

/// So many days from now, as the program takes a time.
fn in_days(days: i64) -> String {
    SystemClock.now().plus_seconds(days * 86_400).to_string()
}
