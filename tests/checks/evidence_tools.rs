//! A package made by the library, in the hands of the tools its recipients have.
//!
//! `bagit.py` and `bagit_profile.py` (PyPI `bagit` and `bagit-profile`) are looked
//! for in `BAGIT_PY` and `BAGIT_PROFILE_PY` first, then on the path.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::demo::PROGRAM;
use crate::house::said;
use crate::outside::{run, setting};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use breachvault::domain::Moment;
use breachvault::evidence::{
    BagInfo, NAMESPACE, PROFILE, PROFILE_IDENTIFIER, PackageName, PackageWriter, SshSignature,
    allowed_signers_line, parse_public_key,
};
use ring::signature::{Ed25519KeyPair, KeyPair};

const PLAINTEXT: &[u8] = b"\"number\",\"kind\"\r\n\"'+12025550100\",\"passcode\"\r\n";

/// A package, unpacked, and the identity that opens it.
struct Bag {
    dir: tempfile::TempDir,
    identity: String,
    public: [u8; 32],
}

impl Bag {
    fn path(&self, file: &str) -> PathBuf {
        self.dir.path().join("EXP-0003").join(file)
    }
}

fn bag() -> Bag {
    use age::secrecy::ExposeSecret;
    let dir = tempfile::tempdir().unwrap();
    let key = age::x25519::Identity::generate();
    let other = age::x25519::Identity::generate();
    let recipients = [&other, &key].map(|k| k.to_public().to_string().parse().unwrap());
    let name = PackageName::parse("EXP-0003").unwrap();
    let mut writer = PackageWriter::begin(&dir.path().join("work"), &name, &recipients).unwrap();
    let mut sealed = writer.seal("export.csv").unwrap();
    sealed.write_all(PLAINTEXT).unwrap();
    sealed.finish().unwrap();
    let decided = r#"{"bound":"Ym91bmQ=","kind":"export","legal_basis":"GDPR Art. 33(2)","profile":"evidence","request":"EXP-0003"}"#;
    let digest = STANDARD.encode(ring::digest::digest(
        &ring::digest::SHA256,
        decided.as_bytes(),
    ));
    let leaf = format!(
        r#"{{"action":"export.decide","asker":"o_asker","decided":"{digest}","decision":"approve","object":"EXP-0003","operator":"o_decider","origin":"vault.example/breachvault","outcome":"done","seq":41,"v":1}}"#
    );
    let proof = "c2sp.org/tlog-proof@v1\nindex 41\n\nvault.example/breachvault\n42\ncm9vdA==\n";
    writer.attach("entry.json", leaf.as_bytes()).unwrap();
    writer.attach("decided.json", decided.as_bytes()).unwrap();
    writer
        .attach("EXP-0003.tlog-proof", proof.as_bytes())
        .unwrap();
    writer.attach("README.txt", b"Read me.\n").unwrap();
    let signer = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
    let public = signer.public_key().as_ref().try_into().unwrap();
    let extra = [
        ("Audit-Origin", "vault.example/breachvault"),
        ("Audit-Index", "41"),
        ("Audit-Checkpoint-Root", "cm9vdA=="),
        ("Export-Profile", "evidence"),
        ("Legal-Basis", "GDPR Art. 33(2)"),
    ];
    let info = BagInfo {
        source_organization: "Example Telephony".to_owned(),
        external_description: "Evidence of one account".to_owned(),
        external_identifier: "EXP-0003".to_owned(),
        bagged_at: Moment::from_seconds(1_712_044_800),
        extra: extra
            .map(|(label, value)| (label.to_owned(), value.to_owned()))
            .into(),
    };
    let tar = dir.path().join("EXP-0003.tar");
    let sign = |bytes: &[u8]| signer.sign(bytes).as_ref().try_into().unwrap();
    writer.finish(&info, &sign, public, &tar).unwrap();
    tar::Archive::new(File::open(&tar).unwrap())
        .unpack(dir.path())
        .unwrap();
    Bag {
        identity: key.to_string().expose_secret().to_owned(),
        public,
        dir,
    }
}

fn tool(variable: &str, name: &str) -> Command {
    Command::new(setting(variable).map_or_else(|| OsString::from(name), OsString::from))
}

fn open(path: &Path) -> Stdio {
    File::open(path).unwrap().into()
}

#[test]
fn bagit_finds_the_bag_valid_and_a_changed_one_not() {
    let bag = bag();
    let mut command = tool("BAGIT_PY", "bagit.py");
    command.arg("--validate").arg(bag.path(""));
    let Some(output) = run(&mut command) else {
        return;
    };
    assert!(output.status.success(), "{}", said(&output));

    fs::write(bag.path("data/README.txt"), "Read m3.\n").unwrap();
    let output = run(&mut command).unwrap();
    assert!(!output.status.success());
}

#[test]
fn the_bag_fits_the_profile_it_names() {
    let bag = bag();
    let profile = bag.dir.path().join("profile.json");
    fs::write(&profile, PROFILE).unwrap();
    let mut command = tool("BAGIT_PROFILE_PY", "bagit_profile.py");
    command
        .arg("--no-logfile")
        .arg("--file")
        .arg(profile)
        .arg(PROFILE_IDENTIFIER);
    command.arg(bag.path(""));
    let Some(output) = run(&mut command) else {
        return;
    };
    assert!(output.status.success(), "{}", said(&output));
}

#[test]
fn age_opens_a_sealed_file() {
    let bag = bag();
    let identity = bag.dir.path().join("identity");
    fs::write(&identity, &bag.identity).unwrap();
    let mut command = Command::new("age");
    command
        .arg("-d")
        .arg("-i")
        .arg(identity)
        .arg(bag.path("data/export.csv.age"));
    let Some(output) = run(&mut command) else {
        return;
    };
    assert!(output.status.success(), "{}", said(&output));
    assert_eq!(output.stdout, PLAINTEXT);
}

#[test]
fn ssh_keygen_verifies_the_signature_for_our_namespace_only() {
    let bag = bag();
    let principal = "vault@example.org";
    let allowed = bag.dir.path().join("allowed_signers");
    fs::write(
        &allowed,
        allowed_signers_line(principal, bag.public).unwrap(),
    )
    .unwrap();
    let verify = |namespace: &str, message: &str| {
        let mut command = Command::new("ssh-keygen");
        command.args(["-Y", "verify", "-I", principal, "-n", namespace, "-f"]);
        command
            .arg(&allowed)
            .arg("-s")
            .arg(bag.path("tagmanifest-sha256.txt.sig"));
        command.stdin(open(&bag.path(message)));
        run(&mut command)
    };
    let Some(output) = verify(NAMESPACE, "tagmanifest-sha256.txt") else {
        return;
    };
    assert!(output.status.success(), "{}", said(&output));
    let output = verify("breachvault-receipt", "tagmanifest-sha256.txt").unwrap();
    assert!(!output.status.success());
    let output = verify(NAMESPACE, "manifest-sha256.txt").unwrap();
    assert!(!output.status.success());
}

#[test]
fn a_signature_ssh_keygen_made_verifies_here() {
    let dir = tempfile::tempdir().unwrap();
    let key = dir.path().join("key");
    let receipt = dir.path().join("receipt.json");
    fs::write(&receipt, "{\"export\":\"EXP-0003\"}").unwrap();
    let mut make = Command::new("ssh-keygen");
    make.args(["-q", "-t", "ed25519", "-N", "", "-C", "a recipient", "-f"])
        .arg(&key);
    let Some(made) = run(&mut make) else {
        return;
    };
    assert!(made.status.success(), "{}", said(&made));
    let mut sign = Command::new("ssh-keygen");
    sign.args(["-Y", "sign", "-n", "breachvault-receipt", "-f"])
        .arg(&key)
        .arg(&receipt);
    let signed = run(&mut sign).unwrap();
    assert!(signed.status.success(), "{}", said(&signed));

    let public = fs::read_to_string(key.with_extension("pub")).unwrap();
    let public = parse_public_key(&public).unwrap();
    let armored = fs::read_to_string(dir.path().join("receipt.json.sig")).unwrap();
    let signature = SshSignature::parse(&armored).unwrap();
    let message = fs::read(&receipt).unwrap();
    assert_eq!(signature.public(), public);
    assert_eq!(
        signature.verify("breachvault-receipt", public, &message),
        Ok(())
    );
}

#[test]
fn sha256sum_checks_the_manifests_and_finds_a_change() {
    let bag = bag();
    let check = |tool: &str, manifest: &str| {
        let mut command = Command::new(tool);
        command
            .args(["--strict", "-c", manifest])
            .current_dir(bag.path(""));
        run(&mut command)
    };
    for (tool, manifest) in [
        ("sha256sum", "manifest-sha256.txt"),
        ("sha512sum", "manifest-sha512.txt"),
        ("sha256sum", "tagmanifest-sha256.txt"),
    ] {
        let Some(output) = check(tool, manifest) else {
            return;
        };
        assert!(output.status.success(), "{}", said(&output));
    }
    fs::write(bag.path("data/entry.json"), "{}").unwrap();
    assert!(
        !check("sha256sum", "manifest-sha256.txt")
            .unwrap()
            .status
            .success()
    );
}

/// The script that docs/evidence-package.md shows.
fn approval_script() -> String {
    let page = include_str!("../../docs/evidence-package.md");
    let (_, script) = page.split_once("# approval.sh\n").unwrap();
    script.split_once("```").unwrap().0.to_owned()
}

#[test]
fn the_documented_script_finds_the_approval_and_says_what_is_wrong_with_another() {
    let bag = bag();
    let check = || {
        let mut command = Command::new("sh");
        command.arg("-c").arg(approval_script());
        command.current_dir(bag.path(""));
        run(&mut command).unwrap()
    };
    if run(Command::new("xxd").arg("--version")).is_none() {
        return;
    }
    let output = check();
    assert!(output.status.success(), "{}", said(&output));
    let leaf = fs::read_to_string(bag.path("data/entry.json")).unwrap();
    for (from, to, wrong) in [
        ("approve", "deny", "decision"),
        ("EXP-0003", "EXP-0004", "export"),
        ("o_asker", "o_decider", "asker"),
        ("\"seq\":41", "\"seq\":42", "index"),
        ("\"decided\":\"", "\"decided\":\"A", "digest"),
        ("export.decide", "reveal.decide", "action"),
    ] {
        let changed = leaf.replacen(from, to, 1);
        assert_ne!(changed, leaf);
        fs::write(bag.path("data/entry.json"), changed).unwrap();
        let output = check();
        assert!(!output.status.success(), "{from}");
        assert!(
            said(&output).contains(&format!("FAILED {wrong}")),
            "{}",
            said(&output)
        );
    }
}

#[test]
fn the_command_says_that_no_device_approved_a_package_and_fails_where_one_is_required() {
    let bag = bag();
    let passkey = |more: &[&str]| {
        let mut command = Command::new(PROGRAM);
        command.args(["evidence", "verify", "--json"]).args(more);
        let output = command.arg(bag.path("")).env_clear().output().unwrap();
        // No key of the log was given.
        assert_eq!(output.status.code(), Some(3), "{}", said(&output));
        let verdict: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let checks = verdict["checks"].as_array().unwrap();
        let check = checks.iter().find(|check| check["name"] == "passkey");
        check.unwrap().clone()
    };
    let told = passkey(&[]);
    assert_eq!(told["holds"], true, "{told}");
    let words = told["explanation"].as_str().unwrap();
    assert!(words.starts_with("none: "), "{words}");
    let required = passkey(&["--require-passkey"]);
    assert_eq!(required["holds"], false, "{required}");
}
