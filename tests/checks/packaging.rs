//! What a machine is given beside the program: the unit, the alerts, the dashboard, the example of a configuration.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::outside;
use crate::secret_file::write_secret;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

fn text(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

/// The names that begin with `breachvault_` and stand in a text.
fn metrics(text: &str) -> BTreeSet<String> {
    let word = |character: char| character.is_ascii_lowercase() || character == '_';
    text.split(|character| !word(character))
        .filter(|name| name.starts_with("breachvault_"))
        .map(str::to_owned)
        .collect()
}

#[test]
fn alerts_and_dashboard_name_only_metrics_that_the_vault_has() {
    let source = text("src/http/metrics.rs");
    for path in [
        "packaging/prometheus/breachvault.rules.yml",
        "packaging/grafana/breachvault.json",
        "docs/operations.md",
    ] {
        for name in metrics(&text(path)) {
            let own = name.strip_prefix("breachvault_").unwrap();
            let there = source.contains(&format!("\"{own}\",")) || source.contains(&name);
            assert!(there, "{path} names {name}");
        }
    }
    assert!(metrics(&text("packaging/grafana/breachvault.json")).len() > 10);
}

#[test]
fn an_alert_names_a_section_that_says_what_to_do() {
    let rules = text("packaging/prometheus/breachvault.rules.yml");
    let runbooks = rules
        .lines()
        .filter_map(|line| line.trim().strip_prefix("runbook: "));
    let mut named = 0;
    for runbook in runbooks {
        let (page, section) = runbook.split_once(", ").unwrap();
        let heading = format!("\n## {}\n", section.trim_matches('"'));
        assert!(text(page).contains(&heading), "{runbook}");
        named += 1;
    }
    assert_eq!(named, rules.matches("- alert:").count());
}

#[test]
fn the_unit_is_a_sandbox() {
    let unit = root().join("packaging/systemd/breachvault.service");
    let mut command = Command::new("systemd-analyze");
    command.args(["security", "--offline=true", "--no-pager", "--threshold=20"]);
    let Some(output) = outside::run(command.arg(unit)) else {
        return;
    };
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    // The figure of docs/operations.md.
    let rated = said.lines().last().unwrap_or_default();
    assert!(rated.contains(": 1.3 "), "{rated}");
}

/// A drop-in takes away what opens the vault in the unit, and starts it in another way with the same words.
#[test]
fn the_unit_and_its_drop_ins_start_the_vault_with_words_that_it_knows() {
    let lines = |path: &str, name: &str| -> Vec<String> {
        let text = text(path);
        let lines = text
            .lines()
            .filter_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        lines.map(str::to_owned).collect()
    };
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("breachvault.toml");
    fs::write(&config, text("packaging/breachvault.toml")).unwrap();
    let passphrase = folder.path().join("passphrase");
    write_secret(&passphrase, "nobody's passphrase");
    let (config, passphrase) = (config.to_str().unwrap(), passphrase.to_str().unwrap());
    let vault = folder.path().join("vault");
    let vault = vault.to_str().unwrap();
    let starts = |command: &str| {
        let words = command
            .replace("/var/lib/breachvault", vault)
            .replace("/etc/breachvault/breachvault.toml", config)
            .replace("${CREDENTIALS_DIRECTORY}/passphrase", passphrase);
        let mut words = words.split(' ');
        assert_eq!(words.next(), Some("/usr/bin/breachvault"));
        let mut program = Command::new(env!("CARGO_BIN_EXE_breachvault"));
        let output = program.args(words).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{command}: {said}");
        assert!(said.contains("there is no vault in"), "{command}: {said}");
    };
    let unit = lines("packaging/systemd/breachvault.service", "ExecStart");
    let [unit] = &unit[..] else {
        panic!("{unit:?}");
    };
    starts(unit);
    let (same, _) = unit.split_once(" --passphrase-file ").unwrap();
    for (path, option) in [
        ("packaging/start/sealed.conf", "--sealed"),
        ("packaging/start/keyring-command.conf", "--keyring-command"),
    ] {
        let commands = lines(path, "ExecStart");
        assert_eq!(
            commands,
            [String::new(), format!("{same} {option}")],
            "{path}"
        );
        assert_eq!(lines(path, "LoadCredentialEncrypted"), [""], "{path}");
        starts(&commands[1]);
    }
}

#[test]
fn a_configuration_is_checked_before_it_is_used() {
    let folder = tempfile::tempdir().unwrap();
    let check = |text: &str| {
        let file = folder.path().join("breachvault.toml");
        fs::write(&file, text).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_breachvault"));
        let output = command
            .args(["config", "check"])
            .arg(file)
            .output()
            .unwrap();
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        (
            output.status.code(),
            text(&output.stdout),
            text(&output.stderr),
        )
    };
    let (code, changed, said) = check("[log]\njson = true\n");
    assert_eq!(
        (code, changed.as_str()),
        (Some(0), "log.json = true\n"),
        "{said}"
    );
    let (code, changed, said) = check("[log]\n\njsn = true\n");
    assert_eq!((code, changed.as_str()), (Some(2), ""), "{said}");
    assert!(said.contains("line 3"), "{said}");
    let example = Command::new(env!("CARGO_BIN_EXE_breachvault"))
        .args(["config", "example"])
        .output()
        .unwrap();
    let (code, changed, said) = check(&String::from_utf8(example.stdout).unwrap());
    assert_eq!((code, changed.as_str()), (Some(0), ""), "{said}");
}

#[test]
fn a_package_names_only_files_that_are_there() {
    let manifest = text("Cargo.toml");
    let assets = manifest.split("assets = [").nth(1).unwrap();
    let assets = assets.split("\n]").next().unwrap();
    let mut named = 0;
    for line in assets.lines().filter(|line| line.contains('[')) {
        let path = line.split('"').nth(1).unwrap();
        if !path.starts_with("target/") && !path.contains('*') {
            assert!(root().join(path).is_file(), "{path}");
            named += 1;
        }
    }
    assert!(named >= 6);
    for path in ["packaging/debian/postinst", "packaging/image"] {
        assert!(text(path).starts_with("#!"), "{path}");
    }
}
