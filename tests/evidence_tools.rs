//! A package made by the library, checked with the tools that its recipients have.
//!
//! A tool that is not installed is skipped with a note; where `CI` is set, the test fails instead.
//! `bagit.py` is looked for in `BAGIT_PY` first, then on the path.

#[cfg(test)]
mod tools {
    use std::ffi::OsString;
    use std::fs::{self, File};
    use std::io::Write;
    use std::path::{Path, PathBuf};
    use std::process::{Command, Output, Stdio};

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
        let mut writer =
            PackageWriter::begin(&dir.path().join("work"), &name, &recipients).unwrap();
        let mut sealed = writer.seal("export.csv").unwrap();
        sealed.write_all(PLAINTEXT).unwrap();
        sealed.finish().unwrap();
        writer.attach("entry.json", b"{\"seq\":41}").unwrap();
        writer.attach("README.txt", b"Read me.\n").unwrap();
        let signer = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
        let public = signer.public_key().as_ref().try_into().unwrap();
        let extra = [
            ("Audit-Origin", "vault.example/breachvault"),
            ("Audit-Index", "41"),
            ("Audit-Checkpoint-Root", "cm9vdA=="),
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

    #[expect(
        clippy::disallowed_methods,
        reason = "a test finds its tools by its environment"
    )]
    fn setting(name: &str) -> Option<String> {
        std::env::var(name).ok().filter(|value| !value.is_empty())
    }

    /// Runs a tool; `None` if it is not installed and may be skipped.
    fn run(command: &mut Command, may_lack: bool) -> Option<Output> {
        match command.output() {
            Ok(output) => Some(output),
            Err(_) if may_lack || setting("CI").is_none() => {
                println!("skipped: {:?} is not installed", command.get_program());
                None
            }
            Err(error) => panic!(
                "{:?} is needed where CI is set: {error}",
                command.get_program()
            ),
        }
    }

    fn tool(variable: &str, name: &str) -> Command {
        Command::new(setting(variable).map_or_else(|| OsString::from(name), OsString::from))
    }

    fn said(output: &Output) -> String {
        let [out, err] = [&output.stdout, &output.stderr].map(|b| String::from_utf8_lossy(b));
        format!("{out}{err}")
    }

    fn open(path: &Path) -> Stdio {
        File::open(path).unwrap().into()
    }

    #[test]
    fn bagit_finds_the_bag_valid_and_a_changed_one_not() {
        let bag = bag();
        let mut command = tool("BAGIT_PY", "bagit.py");
        command.arg("--validate").arg(bag.path(""));
        let Some(output) = run(&mut command, false) else {
            return;
        };
        assert!(output.status.success(), "{}", said(&output));

        fs::write(bag.path("data/README.txt"), "Read m3.\n").unwrap();
        let output = run(&mut command, false).unwrap();
        assert!(!output.status.success());
    }

    /// `bagit_profile.py` (PyPI `bagit-profile`, `BAGIT_PROFILE_PY`) is never required.
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
        let Some(output) = run(&mut command, true) else {
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
        let Some(output) = run(&mut command, false) else {
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
            run(&mut command, false)
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
        let Some(made) = run(&mut make, false) else {
            return;
        };
        assert!(made.status.success(), "{}", said(&made));
        let mut sign = Command::new("ssh-keygen");
        sign.args(["-Y", "sign", "-n", "breachvault-receipt", "-f"])
            .arg(&key)
            .arg(&receipt);
        let signed = run(&mut sign, false).unwrap();
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
            run(&mut command, false)
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
}
