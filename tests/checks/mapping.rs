//! A file of an unknown format on the command line: the program drafts a mapping, a person
//! completes it, and the program admits the file with it.

use std::fs;
use std::process::{Command, Output};

use crate::house::{House, PASSPHRASE, said};
use serde_json::Value;

use crate::secret_file::write_secret;

#[test]
fn a_drafted_mapping_admits_its_file_from_the_command_line() {
    let closed = House::new().close();
    let room = tempfile::tempdir().unwrap();
    let path = |name: &str| room.path().join(name).to_string_lossy().into_owned();
    let file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/fixtures/ingest/mapped-local.csv"
    );
    let program = |arguments: &[&str]| -> Output {
        Command::new(env!("CARGO_BIN_EXE_breachvault"))
            .args(arguments)
            .output()
            .unwrap()
    };
    let (draft, mapping) = (path("draft.toml"), path("mapping.toml"));
    let drafted = program(&["exhibit", "map", file, "--out", &draft]);
    assert!(drafted.status.success(), "{}", said(&drafted));
    let text = fs::read_to_string(&draft).unwrap();
    assert!(!text.contains("canary"), "{text}");
    fs::write(&mapping, text.replace("# zone", "zone")).unwrap();
    write_secret(path("passphrase"), PASSPHRASE);
    write_secret(path("password"), "the long password of cunegonde");
    let (passphrase, password) = (path("passphrase"), path("password"));
    let config = path("config.toml");
    fs::write(&config, "[identity]\nsecond_factor = \"offered\"\n").unwrap();
    let dir = closed.directory.path().to_string_lossy().into_owned();
    let case = closed.people.case.to_string();
    let admit = |mapping: &str| {
        program(&[
            "exhibit",
            "admit",
            file,
            "--case",
            &case,
            "--mapping",
            mapping,
            "--json",
            "--dir",
            &dir,
            "--passphrase-file",
            &passphrase,
            "--operator",
            "cunegonde",
            "--password-file",
            &password,
            "--config",
            &config,
        ])
    };
    // As drafted, nobody knows in which zone its times are.
    let refused = admit(&draft);
    assert!(!refused.status.success());
    assert!(said(&refused).contains("zone"), "{}", said(&refused));
    let admitted = admit(&mapping);
    assert!(admitted.status.success(), "{}", said(&admitted));
    let report: Value = serde_json::from_slice(&admitted.stdout).unwrap();
    assert_eq!(report["format"], "mapped", "{report}");
    assert_eq!(report["admitted"], 3, "{report}");
}
