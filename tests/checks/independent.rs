//! What a real vault hands out, checked with independent programs: Go's transparency log, age,
//! bagit.py, ssh-keygen and sha256sum; and tables that Python packages make again.
//!
//! `bagit.py` is looked for in `BAGIT_PY`, a Python with the packages in `TOOLS_PYTHON`.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::house::{self, House, REASON, bytes_of, log, numbers, perform, said};
use crate::outside::{run, run_python, setting};
use breachvault::domain::area_code;
use breachvault::operations::audit::{ProveLeaf, ReadCheckpoint, ReadLeafBytes, ReadVkey};
use breachvault::operations::export::{DecideExport, ReadSigner, RequestExport, take_package};
use breachvault::operations::record::LookUp;
use breachvault::vault::audit::{ExportedLog, consistency_proof};
use breachvault::vault::trail;
use serde_json::{Value, json};
use tempfile::TempDir;

fn text(house: &House, answer: Result<Value, breachvault::vault::Refusal>) -> String {
    let _ = house;
    answer.unwrap().as_str().unwrap().to_owned()
}

#[test]
fn go_accepts_checkpoint_inclusion_and_consistency_of_a_real_vault() {
    let directory = TempDir::new().unwrap();
    let checker = directory.path().join("tlogcheck");
    let mut go = Command::new("go");
    go.args(["build", "-o"])
        .arg(&checker)
        .arg("main.go")
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/independent/tlog"))
        .envs([
            ("GO111MODULE", "off"),
            ("GOPATH", "/usr/share/gocode"),
            ("GOFLAGS", ""),
        ])
        .env("GOCACHE", directory.path().join("cache"));
    let Some(built) = run(&mut go) else { return };
    assert!(built.status.success(), "{}", said(&built));

    let house = House::new();
    let auditor = &house.people.auditor;
    house.admit(log(500, 1)).unwrap();
    let old = text(&house, house.ask::<ReadCheckpoint>(auditor, &[], json!({})));
    let case = [("case", house.people.case.as_str())];
    let mut looked_up = 0;
    for number in numbers(500, 1, 9) {
        let body = json!({ "numbers": [number], "purpose": "quality-check", "reason": REASON });
        looked_up = perform::<LookUp>(&house.vault, &house.people.investigator, &case, body)
            .unwrap()
            .leaf;
    }
    let leaf = looked_up.to_string();
    let ids = [("leaf", leaf.as_str())];
    let bytes = perform::<ReadLeafBytes>(&house.vault, auditor, &ids, json!({})).unwrap();
    // Whoever asked has the receipt, without being an auditor.
    let proof = house.ask::<ProveLeaf>(&house.people.investigator, &ids, json!({}));
    let vkey = house.ask::<ReadVkey>(auditor, &[], json!({}));
    let newest = text(&house, house.ask::<ReadCheckpoint>(auditor, &[], json!({})));

    let exported = directory.path().join("exported");
    trail::export_directory(&house.paths(), &exported).unwrap();
    let hashes = ExportedLog::open(&exported).unwrap();
    let size = |note: &str| note.lines().nth(1).unwrap().parse::<u64>().unwrap();
    let consistency = consistency_proof(size(&old), size(&newest), &hashes).unwrap();
    let consistency: Vec<String> = consistency.iter().map(ToString::to_string).collect();

    let shown = directory.path().join("shown");
    fs::create_dir(&shown).unwrap();
    for (name, bytes) in [
        ("checkpoint", newest.into_bytes()),
        ("checkpoint-old", old.into_bytes()),
        ("log.vkey", text(&house, vkey).into_bytes()),
        ("leaf.bin", bytes_of(bytes)),
        ("leaf.index", leaf.clone().into_bytes()),
        ("leaf.tlog-proof", text(&house, proof).into_bytes()),
        (
            "consistency.b64",
            format!("{}\n", consistency.join("\n")).into_bytes(),
        ),
    ] {
        fs::write(shown.join(name), bytes).unwrap();
    }
    let output = run(Command::new(&checker).arg(&shown)).unwrap();
    assert!(output.status.success(), "{}", said(&output));
    for line in [
        "OK consistency proof",
        "OK inclusion proof",
        "OK tampered leaf rejected",
    ] {
        assert!(said(&output).contains(line), "{}", said(&output));
    }
    let certificate = crate::destruction::destroy(&house);
    fs::write(
        shown.join("certificate"),
        certificate["note"].as_str().unwrap(),
    )
    .unwrap();
    let output = run(Command::new(&checker).arg(&shown)).unwrap();
    assert!(output.status.success(), "{}", said(&output));
    assert!(
        said(&output).contains("OK certificate of destruction"),
        "{}",
        said(&output)
    );
    fs::write(shown.join("leaf.index"), (looked_up - 1).to_string()).unwrap();
    assert!(
        !run(Command::new(&checker).arg(&shown))
            .unwrap()
            .status
            .success()
    );
}

/// A package that was asked for, approved and handed out, unpacked.
struct Package {
    directory: TempDir,
    bag: PathBuf,
}

impl Package {
    fn in_bag(&self, name: &str) -> PathBuf {
        self.bag.join(name)
    }
}

/// `None` without `age-keygen`.
fn package() -> Option<Package> {
    let directory = TempDir::new().unwrap();
    let identity = directory.path().join("identity");
    let made = run(Command::new("age-keygen").arg("-o").arg(&identity))?;
    assert!(made.status.success(), "{}", said(&made));
    let recipient = fs::read_to_string(&identity)
        .unwrap()
        .lines()
        .find_map(|line| line.strip_prefix("# public key: ").map(str::to_owned))
        .unwrap();

    let house = House::new();
    let people = &house.people;
    house.admit(log(2000, 1)).unwrap();
    let case = [("case", people.case.as_str())];
    let body = json!({
        "profile": "evidence", "filter": { "country": ["US"] }, "recipients": [recipient],
        "purpose": "law-enforcement", "reason": REASON, "legal_basis": "Production order 1/2024",
    });
    let asked = house
        .ask::<RequestExport>(&people.investigator, &case, body)
        .unwrap();
    let export = asked["export"].as_str().unwrap();
    let ids = [("export", export)];
    let decision = json!({ "decision": "approve", "reason": REASON });
    house
        .ask::<DecideExport>(&people.lead, &ids, decision)
        .unwrap();
    let export_id = export.parse().unwrap();
    let reply = take_package(&house.vault, &people.custodian, &export_id, None).unwrap();
    let tar = directory.path().join("package.tar");
    fs::write(&tar, bytes_of(reply)).unwrap();
    tar::Archive::new(File::open(&tar).unwrap())
        .unpack(directory.path())
        .unwrap();
    let signer = text(
        &house,
        house.ask::<ReadSigner>(&people.custodian, &[], json!({})),
    );
    fs::write(directory.path().join("allowed_signers"), signer).unwrap();
    let bag = directory.path().join(export);
    assert!(bag.join("bagit.txt").exists());
    Some(Package { directory, bag })
}

fn checked(output: &Output) {
    assert!(output.status.success(), "{}", said(output));
}

#[test]
fn the_tools_of_its_recipients_accept_a_package_of_a_real_vault() {
    let Some(package) = package() else { return };
    let bagit = setting("BAGIT_PY").unwrap_or_else(|| "bagit.py".to_owned());
    if let Some(output) = run(Command::new(bagit).arg("--validate").arg(&package.bag)) {
        checked(&output);
    }
    for (tool, manifest) in [
        ("sha256sum", "manifest-sha256.txt"),
        ("sha512sum", "manifest-sha512.txt"),
        ("sha256sum", "tagmanifest-sha256.txt"),
    ] {
        let mut sums = Command::new(tool);
        sums.args(["--strict", "--quiet", "-c", manifest])
            .current_dir(&package.bag);
        if let Some(output) = run(&mut sums) {
            checked(&output);
        }
    }
    let verify = |message: &str| {
        let mut keygen = Command::new("ssh-keygen");
        keygen
            .args([
                "-Y",
                "verify",
                "-I",
                "breachvault",
                "-n",
                breachvault::evidence::NAMESPACE,
                "-f",
            ])
            .arg(package.directory.path().join("allowed_signers"))
            .arg("-s")
            .arg(package.in_bag("tagmanifest-sha256.txt.sig"))
            .stdin(File::open(package.in_bag(message)).unwrap());
        run(&mut keygen)
    };
    if let Some(output) = verify("tagmanifest-sha256.txt") {
        checked(&output);
        assert!(!verify("manifest-sha256.txt").unwrap().status.success());
    }
}

#[test]
fn age_opens_a_package_and_finds_every_record_in_it() {
    let Some(package) = package() else { return };
    let open = |name: &str| -> Option<Vec<u8>> {
        let mut age = Command::new("age");
        age.arg("-d")
            .arg("-i")
            .arg(package.directory.path().join("identity"))
            .arg(package.in_bag("data").join(name));
        let output = run(&mut age)?;
        checked(&output);
        Some(output.stdout)
    };
    let Some(json) = open("export.json.age") else {
        return;
    };
    let records: Vec<Value> = serde_json::from_slice(&json).unwrap();
    let source = String::from_utf8(log(2000, 1)).unwrap();
    let header: Vec<&str> = source.lines().next().unwrap().split(',').collect();
    let at = |name: &str| header.iter().position(|column| *column == name).unwrap();
    let (number, country) = (at("number"), at("country"));
    let mut wanted: Vec<&str> = source
        .lines()
        .skip(1)
        .map(|line| line.split(',').collect::<Vec<_>>())
        .filter(|cells| cells[country] == "US")
        .map(|cells| cells[number])
        .collect();
    let mut found: Vec<&str> = records
        .iter()
        .map(|record| record["number"].as_str().unwrap())
        .collect();
    wanted.sort_unstable();
    found.sort_unstable();
    assert!(wanted.len() > 100, "{}", wanted.len());
    assert_eq!(found.len(), wanted.len());
    assert!(found == wanted, "other numbers than those of the log");
    let csv = String::from_utf8(open("export.csv.age").unwrap()).unwrap();
    // Blank lines at the end hide how many rows there are from whoever sees the length.
    let lines = csv.lines().filter(|line| !line.is_empty());
    assert_eq!(lines.count(), 1 + wanted.len());
    // Nothing of it is in the clear beside it.
    for path in house::files(package.directory.path()) {
        let bytes = fs::read(&path).unwrap();
        let digits = &wanted[0].as_bytes()[1..];
        assert!(
            !bytes.windows(digits.len()).any(|window| window == digits),
            "{}",
            path.display()
        );
    }
}

#[test]
fn the_table_of_area_codes_is_what_two_sources_say() {
    let Some(made) = run_python("area_code_table.py") else {
        return;
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let frozen = fs::read(root.join("src/domain/area_code.txt")).unwrap();
    assert!(made.stdout == frozen, "the sources say otherwise");
    let said = String::from_utf8_lossy(&made.stderr);
    let versions = said.lines().last().unwrap();
    assert!(area_code::VERSION.contains(versions), "{versions}");
}

#[test]
fn the_table_of_states_is_what_its_source_says() {
    let Some(made) = run_python("subdivision_table.py") else {
        return;
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let frozen = fs::read(root.join("src/domain/subdivision.txt")).unwrap();
    assert!(made.stdout == frozen, "the source says otherwise");
    let said = String::from_utf8_lossy(&made.stderr);
    let sources = fs::read_to_string(root.join("docs/data-sources.md")).unwrap();
    let version = said
        .lines()
        .last()
        .unwrap()
        .replace("pycountry ", "`pycountry` ");
    assert!(sources.contains(&version), "{version}");
}
