//! A package for tests, and ways to damage it.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use age::secrecy::ExposeSecret;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{Ed25519KeyPair, KeyPair};

use crate::domain::Moment;
use crate::evidence::digest::sha256;
use crate::evidence::{BagInfo, Finished, PackageName, PackageWriter, Trust, Verdict, verify};

/// An Ed25519 key made from one byte.
pub(in crate::evidence) struct Signer(Ed25519KeyPair);

impl Signer {
    pub(in crate::evidence) fn new(seed: u8) -> Self {
        Self(Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap())
    }

    pub(in crate::evidence) fn public(&self) -> [u8; 32] {
        self.0.public_key().as_ref().try_into().unwrap()
    }

    pub(in crate::evidence) fn sign(&self, bytes: &[u8]) -> [u8; 64] {
        self.0.sign(bytes).as_ref().try_into().unwrap()
    }
}

pub(in crate::evidence) fn info() -> BagInfo {
    let extra = [
        ("Audit-Origin", "vault.example/breachvault"),
        ("Audit-Index", "41"),
        ("Audit-Checkpoint-Root", "cm9vdA=="),
        ("Export-Profile", "evidence"),
        ("Legal-Basis", "GDPR Art. 33(2)"),
    ];
    BagInfo {
        source_organization: "Example Telephony".to_owned(),
        external_description: "Evidence of one account".to_owned(),
        external_identifier: "EXP-0003".to_owned(),
        bagged_at: Moment::from_seconds(1_712_044_800),
        extra: extra
            .map(|(label, value)| (label.to_owned(), value.to_owned()))
            .into(),
    }
}

/// What was decided.
pub(in crate::evidence) const DECIDED: &str = concat!(
    r#"{"bound":"Ym91bmQ=","kind":"export","legal_basis":"GDPR Art. 33(2)","#,
    r#""profile":"evidence","request":"EXP-0003"}"#,
);

/// The leaf of the decision.
pub(in crate::evidence) fn leaf() -> String {
    let decided = STANDARD.encode(sha256(DECIDED.as_bytes()));
    format!(
        concat!(
            r#"{{"action":"export.decide","asker":"o_asker","decided":"{}","decision":"approve","#,
            r#""object":"EXP-0003","operator":"o_decider","origin":"vault.example/breachvault","#,
            r#""outcome":"done","seq":41,"time":"2024-04-02T09:00:00Z","v":1}}"#,
        ),
        decided
    )
}

pub(in crate::evidence) const PROOF: &str =
    "c2sp.org/tlog-proof@v1\nindex 41\n\nvault.example/breachvault\n42\ncm9vdA==\n";

pub(in crate::evidence) fn attach_approval(writer: &mut PackageWriter, name: &str) {
    writer.attach("entry.json", leaf().as_bytes()).unwrap();
    writer.attach("decided.json", DECIDED.as_bytes()).unwrap();
    let proof = format!("{name}.tlog-proof");
    writer.attach(&proof, PROOF.as_bytes()).unwrap();
}

pub(in crate::evidence) const CSV: &[u8] = b"\"number\"\r\n\"'+12025550100\"\r\n";
pub(in crate::evidence) const JSON: &[u8] = b"[{\"number\":\"+12025550100\"}]\n";

/// A directory with a package, and the identity that opens it.
pub(in crate::evidence) struct Sample {
    pub(in crate::evidence) dir: tempfile::TempDir,
    pub(in crate::evidence) tar: PathBuf,
    pub(in crate::evidence) identity: String,
    pub(in crate::evidence) finished: Finished,
}

impl Sample {
    pub(in crate::evidence) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let key = age::x25519::Identity::generate();
        let recipients = [key.to_public().to_string().parse().unwrap()];
        let name = PackageName::parse("EXP-0003").unwrap();
        let mut writer =
            PackageWriter::begin(&dir.path().join("work"), &name, &recipients).unwrap();
        let mut csv = writer.seal("export.csv").unwrap();
        let mut json = writer.seal("export.json").unwrap();
        csv.write_all(CSV).unwrap();
        json.write_all(JSON).unwrap();
        json.finish().unwrap();
        csv.finish().unwrap();
        attach_approval(&mut writer, "EXP-0003");
        writer.attach("README.txt", b"Read me.\n").unwrap();
        let tar = dir.path().join("EXP-0003.tar");
        let signer = Signer::new(1);
        let finished = writer
            .finish(&info(), &|bytes| signer.sign(bytes), signer.public(), &tar)
            .unwrap();
        let identity = key.to_string().expose_secret().to_owned();
        Self {
            dir,
            tar,
            identity,
            finished,
        }
    }

    /// The bag unpacked.
    pub(in crate::evidence) fn unpacked(&self) -> PathBuf {
        tar::Archive::new(File::open(&self.tar).unwrap())
            .unpack(self.dir.path())
            .unwrap();
        self.dir.path().join("EXP-0003")
    }

    /// Changes one file of an unpacked bag and verifies the bag.
    pub(in crate::evidence) fn with(&self, path: &str, change: impl Fn(&mut Vec<u8>)) -> Verdict {
        let bag = self.unpacked();
        let path = bag.join(path);
        let mut bytes = fs::read(&path).unwrap_or_default();
        change(&mut bytes);
        fs::write(&path, bytes).unwrap();
        judged(&bag)
    }
}

/// Verifies with the fixture's key and a proof check that knows the fixture's proof.
pub(in crate::evidence) fn judged(path: &Path) -> Verdict {
    verify(path, &trust()).unwrap()
}

pub(in crate::evidence) fn trust() -> Trust<'static> {
    Trust {
        signers: vec![Signer::new(1).public()],
        check_proof: Some(&|proof, leaf| {
            if proof == PROOF.as_bytes() && leaf == self::leaf().as_bytes() {
                Ok("leaf 41".to_owned())
            } else {
                Err("the proof does not fit".to_owned())
            }
        }),
        ..Trust::default()
    }
}
