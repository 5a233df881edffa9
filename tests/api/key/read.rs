//! The public keys, for everybody to compare.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use ring::digest::{SHA256, digest};
use serde_json::Value;

use crate::support::{TestVault, Who};

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn everybody_reads_the_public_keys_and_their_fingerprints_are_those_of_other_tools() {
    let vault = TestVault::new();
    for who in [Who::Investigator, Who::Liaison, Who::Auditor, Who::Lead] {
        let client = vault.client(who);
        let keys = client.get("/keys").assert_status(200);
        let vkey = client.get("/audit/vkey").assert_status(200);
        assert_eq!(format!("{}\n", keys.member("log_key")), vkey.text());
        let digest_of = digest(&SHA256, &vkey.body);
        assert_eq!(keys.member("log_key_sha256"), hex(digest_of.as_ref()));
        let kept = std::fs::read(vault.paths.vkey()).unwrap();
        assert_eq!(kept, vkey.body);
        let signer = client.get("/evidence/signer").assert_status(200).text();
        let package_key = keys.member("package_key");
        assert!(signer.contains(&package_key), "{signer}");
        let blob = STANDARD
            .decode(package_key.split(' ').nth(1).unwrap())
            .unwrap();
        let print = STANDARD_NO_PAD.encode(digest(&SHA256, &blob));
        assert_eq!(
            keys.member("package_key_fingerprint"),
            format!("SHA256:{print}")
        );
        let size = keys.member("checkpoint");
        let size: u64 = size.lines().nth(1).unwrap().parse().unwrap();
        assert!(size > keys.leaf().unwrap(), "it covers its own leaf");
        assert_eq!(keys.json()["keyring"], Value::Null, "{who:?}");
    }
}

#[test]
fn the_keyring_is_for_administrators_and_nothing_of_it_is_secret() {
    let vault = TestVault::new();
    let administrator = vault.administrator();
    let keys = administrator.get("/keys").assert_status(200).json();
    let status = administrator.get("/keys/status").assert_status(200).json();
    assert_eq!(keys["keyring"], status);
}
