//! The API's description before outside judges: validators, generators of clients, and a
//! tester that asks the served vault what the description allows.
//!
//! If a tool is not installed, the test prints a line and is skipped; where `CI` is set it fails
//! instead. Python's tools are looked for beside `TOOLS_PYTHON`, those of
//! Node in `TOOLS_NODE`, then both on the path.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::support::{Incident, Who, invented};

const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/openapi.json");
const HOOKS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/openapi");

#[expect(
    clippy::disallowed_methods,
    reason = "a test finds its tools by its environment"
)]
fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// A tool of Python, beside the interpreter that is named.
fn python(tool: &str) -> Command {
    let beside =
        setting("TOOLS_PYTHON").and_then(|python| Some(Path::new(&python).parent()?.join(tool)));
    Command::new(beside.unwrap_or_else(|| PathBuf::from(tool)))
}

fn node(tool: &str) -> Command {
    let installed = setting("TOOLS_NODE").map(|place| Path::new(&place).join(".bin").join(tool));
    Command::new(installed.unwrap_or_else(|| PathBuf::from(tool)))
}

/// Runs a tool; `None` if it is not installed and `CI` is not set.
fn run(command: &mut Command) -> Option<Output> {
    match command.output() {
        Ok(output) => Some(output),
        Err(error) => {
            let tool = command.get_program().to_string_lossy().into_owned();
            assert!(setting("CI").is_none(), "{tool} is not there: {error}");
            // Past the capture of test output, so that plain `cargo test` shows it.
            let _ = writeln!(std::io::stderr(), "skipped: {tool} is not installed");
            None
        }
    }
}

/// True if the tool was there; it must have agreed.
fn agrees(command: &mut Command) -> bool {
    let Some(output) = run(command) else {
        return false;
    };
    let said = [&output.stdout[..], &output.stderr[..]].concat();
    let said = String::from_utf8_lossy(&said);
    assert!(output.status.success(), "{command:?}: {said}");
    true
}

#[test]
fn three_validators_accept_the_description() {
    agrees(python("openapi-spec-validator").arg(DOCUMENT));
    let rules = Path::new(HOOKS).join("spectral.yaml");
    let ruleset = ["--fail-severity=warn", "--ruleset"];
    agrees(
        node("spectral")
            .arg("lint")
            .args(ruleset)
            .arg(rules)
            .arg(DOCUMENT),
    );
    let rules = Path::new(HOOKS).join("redocly.yaml");
    agrees(
        node("redocly")
            .arg("lint")
            .arg("--config")
            .arg(rules)
            .arg(DOCUMENT),
    );
}

#[test]
fn a_client_in_python_is_generated_and_compiles() {
    let work = TempDir::new().unwrap();
    let client = work.path().join("client");
    let generated = agrees(
        python("openapi-python-client")
            .args(["generate", "--meta", "none", "--fail-on-warning"])
            .arg("--config")
            .arg(Path::new(HOOKS).join("client.yaml"))
            .args(["--path", DOCUMENT, "--output-path"])
            .arg(&client),
    );
    if generated {
        agrees(
            python("python")
                .args(["-m", "compileall", "-q"])
                .arg(&client),
        );
        // The generator's own `__exit__` is not typed as mypy wants it.
        let checks = ["--no-error-summary", "--disable-error-code", "arg-type"];
        agrees(
            python("mypy")
                .args(checks)
                .args(["-p", "client"])
                .current_dir(&work),
        );
    }
}

#[test]
fn types_for_typescript_are_generated_and_compile() {
    let work = TempDir::new().unwrap();
    let types = work.path().join("api.ts");
    let mut generator = node("openapi-typescript");
    if agrees(generator.arg(DOCUMENT).arg("-o").arg(&types)) {
        agrees(node("tsc").args(["--noEmit", "--strict"]).arg(&types));
    }
}

/// No request that the description allows is refused as malformed, no answer breaks
/// its schema, and nothing fails inside.
#[test]
fn what_the_description_allows_is_taken() {
    let quiet = "[budgets]\nlookup_points = 1000000\n[limits]\nstranger_burst = 1000000\n";
    for who in [
        Who::Lead,
        Who::Investigator,
        Who::Custodian,
        Who::Liaison,
        Who::Auditor,
        Who::Administrator,
    ] {
        let incident = Incident::with(quiet, invented(300, 11));
        // Enrols whoever has no session yet.
        incident.client(who);
        let token = incident.new_session(who);
        // What it keeps between runs goes with the folder.
        let own = TempDir::new().unwrap();
        let asked = run(python("schemathesis")
            .current_dir(own.path())
            .env("SCHEMATHESIS_HOOKS", "hooks")
            .env("PYTHONPATH", HOOKS)
            .env("API_CASE", &incident.case)
            .arg("run")
            .arg(DOCUMENT)
            .args(["--url", &format!("https://{}", incident.address)])
            .args([
                "--header",
                &format!("Authorization: Bearer {}", token.token()),
            ])
            .args([
                "--tls-verify",
                &incident.paths.keys().join("ca.crt").to_string_lossy(),
            ])
            // These two would end the run: the session, or the work on the case.
            .args(["--exclude-operation-id", "closeSession"])
            .args(["--exclude-operation-id", "closeCase"])
            .args(["--mode", "positive", "--phases", "examples,fuzzing"])
            .args(["--workers", "2"])
            .args([
                "--max-examples",
                "6",
                "--seed",
                "7",
                "--request-timeout",
                "30",
            ])
            .args([
                "--generation-database",
                "none",
                "--no-color",
                "--continue-on-failure",
            ])
            .args(["--checks", "not_a_server_error,status_code_conformance"])
            .args([
                "--checks",
                "content_type_conformance,response_schema_conformance",
            ])
            .args(["--checks", "allowed_is_taken"]));
        let Some(output) = asked else {
            return;
        };
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{who:?}: {said}");
    }
}

#[test]
fn the_configurations_of_the_judges_are_there() {
    for file in ["spectral.yaml", "redocly.yaml", "client.yaml", "hooks.py"] {
        assert!(fs::exists(Path::new(HOOKS).join(file)).unwrap(), "{file}");
    }
}
