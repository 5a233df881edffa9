//! Verifies a package offline: its manifests, who signed it, and its place in the audit log.
//!
//! Nothing is decrypted, and no recipient's key is needed. A check for which no trusted key was
//! given counts as failed, not as passed. A package that is dangerous to read is an error and gets
//! no verdict.

use std::path::Path;

use crate::evidence::checks;
use crate::evidence::device::Demands;
use crate::evidence::proof_check::ProofCheck;
use crate::evidence::source::Source;
use crate::evidence::survey::Survey;
use crate::evidence::{Check, CheckName, EvidenceError, Verdict};

/// The keys the verifying party trusts, obtained from another source than the package.
#[derive(Default)]
pub struct Trust<'a> {
    /// The vault's signing keys: that of today, and earlier ones of which no end is known.
    pub signers: Vec<[u8; 32]>,
    /// Earlier ones, each with the time in UTC at which it got its successor, such as `20240402090005Z`. They vouch for
    /// what was decided before that: whoever got hold of one later must not sign new packages with it.
    pub ended: Vec<([u8; 32], String)>,
    /// Checks an inclusion proof of a leaf against the log's key; both texts are for people.
    pub check_proof: Option<&'a ProofCheck>,
    /// A package that no passkey of its decider approved fails.
    pub passkey_required: bool,
    /// The address at which the decider has to have signed.
    pub origin: Option<&'a str>,
}

/// Verifies the package at `path`, a tar or the directory it was unpacked to.
pub fn verify(path: &Path, trust: &Trust<'_>) -> Result<Verdict, EvidenceError> {
    let survey = Survey::of(&Source::at(path)?)?;
    Ok(judge(&survey, trust))
}

pub(super) fn judge(survey: &Survey, trust: &Trust<'_>) -> Verdict {
    use CheckName::*;
    let info = checks::info(survey);
    let labels = info.as_deref().unwrap_or_default();
    let oxum = checks::oxum(survey, labels);
    let approval = checks::approval(survey, labels);
    let signature = checks::signature(survey);
    let signer = checks::signer(
        survey,
        signature.as_ref().ok(),
        &trust.signers,
        &trust.ended,
    );
    let demands = Demands {
        required: trust.passkey_required,
        origin: trust.origin,
    };
    let device = checks::device(survey, labels, demands, trust.check_proof);
    let outcomes = [
        (Declaration, checks::declaration(survey)),
        (BagInfo, info.and_then(|info| checks::labels(&info))),
        (PayloadOxum, oxum),
        (ManifestSha256, checks::manifest_sha256(survey)),
        (ManifestSha512, checks::manifest_sha512(survey)),
        (Tagmanifest, checks::tagmanifest(survey)),
        (UnlistedFiles, checks::unlisted(survey)),
        (
            Signature,
            signature.map(|_| "it matches the tag manifest".to_owned()),
        ),
        (Signer, signer),
        (InclusionProof, checks::proof(survey, trust.check_proof)),
        (Approval, approval),
        (Passkey, device),
    ];
    let check = |(name, outcome)| Check::new(name, outcome);
    Verdict {
        checks: outcomes.into_iter().map(check).collect(),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::evidence::approval::{DECIDED, LEAF};
    use crate::evidence::digest::sha256;
    use crate::evidence::package::{SIGNATURE, TAGMANIFEST};
    use crate::evidence::sshsig;
    use crate::evidence::sshsig::NAMESPACE;
    use crate::evidence::tests::fixture::{Sample, Signer, judged, trust};

    fn failed(verdict: &Verdict) -> Vec<CheckName> {
        verdict
            .checks
            .iter()
            .filter(|check| !check.holds)
            .map(|check| check.name)
            .collect()
    }

    #[test]
    fn a_package_holds_as_tar_and_as_directory() {
        let sample = Sample::new();
        for path in [&sample.tar, &sample.unpacked()] {
            let verdict = judged(path);
            assert!(verdict.holds(), "{verdict:?}");
            assert_eq!(verdict.checks.len(), 12);
        }
        let bytes = fs::metadata(&sample.tar).unwrap().len();
        assert_eq!(sample.finished.bytes, bytes);
        let tagmanifest = fs::read(sample.unpacked().join(TAGMANIFEST)).unwrap();
        assert_eq!(sample.finished.tagmanifest_sha256, sha256(&tagmanifest));
    }

    #[test]
    fn a_changed_sealed_file_shows() {
        let verdict = Sample::new().with("data/export.csv.age", |bytes| {
            *bytes.last_mut().unwrap() ^= 1
        });
        assert_eq!(
            failed(&verdict),
            [CheckName::ManifestSha256, CheckName::ManifestSha512]
        );
    }

    #[test]
    fn a_changed_bag_info_shows() {
        let verdict = Sample::new().with("bag-info.txt", |bytes| {
            let text = String::from_utf8(bytes.clone()).unwrap();
            *bytes = text.replace("Example Telephony", "Another Company").into();
        });
        assert_eq!(failed(&verdict), [CheckName::Tagmanifest]);
        let verdict = Sample::new().with("bag-info.txt", |bytes| {
            let text = String::from_utf8(bytes.clone()).unwrap();
            *bytes = text.replace("Payload-Oxum: ", "Payload-Oxum: 1").into();
        });
        assert_eq!(
            failed(&verdict),
            [CheckName::PayloadOxum, CheckName::Tagmanifest]
        );
        let verdict = Sample::new().with("bag-info.txt", |bytes| bytes.clear());
        assert_eq!(
            failed(&verdict),
            [
                CheckName::BagInfo,
                CheckName::PayloadOxum,
                CheckName::Tagmanifest,
                CheckName::Approval
            ]
        );
    }

    #[test]
    fn a_changed_declaration_shows() {
        let verdict = Sample::new().with("bagit.txt", |bytes| bytes.insert(0, b' '));
        assert_eq!(
            failed(&verdict),
            [CheckName::Declaration, CheckName::Tagmanifest]
        );
    }

    #[test]
    fn an_extra_payload_file_shows_and_is_named() {
        let verdict = Sample::new().with("data/extra.txt", |bytes| bytes.push(1));
        assert_eq!(
            failed(&verdict),
            [
                CheckName::PayloadOxum,
                CheckName::ManifestSha256,
                CheckName::ManifestSha512
            ]
        );
        let check = verdict.check(CheckName::ManifestSha256).unwrap();
        assert!(check.explanation.contains("data/extra.txt"));
    }

    #[test]
    fn a_missing_payload_file_shows() {
        let sample = Sample::new();
        let bag = sample.unpacked();
        fs::remove_file(bag.join("data/README.txt")).unwrap();
        assert_eq!(
            failed(&judged(&bag)),
            [
                CheckName::PayloadOxum,
                CheckName::ManifestSha256,
                CheckName::ManifestSha512
            ]
        );
    }

    #[test]
    fn a_file_that_one_manifest_leaves_out_shows() {
        let verdict = Sample::new().with("manifest-sha512.txt", |bytes| {
            let text = String::from_utf8(bytes.clone()).unwrap();
            *bytes = text
                .split_inclusive('\n')
                .skip(1)
                .collect::<String>()
                .into();
        });
        assert_eq!(
            failed(&verdict),
            [CheckName::ManifestSha512, CheckName::Tagmanifest]
        );
    }

    #[test]
    fn each_missing_tag_file_shows() {
        for (file, check) in [
            ("bagit.txt", CheckName::Declaration),
            ("bag-info.txt", CheckName::BagInfo),
            ("manifest-sha256.txt", CheckName::ManifestSha256),
            ("manifest-sha512.txt", CheckName::ManifestSha512),
            (TAGMANIFEST, CheckName::Tagmanifest),
            (SIGNATURE, CheckName::Signature),
            (LEAF, CheckName::InclusionProof),
            (LEAF, CheckName::Approval),
            (DECIDED, CheckName::Approval),
            ("data/EXP-0003.tlog-proof", CheckName::InclusionProof),
        ] {
            let sample = Sample::new();
            let bag = sample.unpacked();
            fs::remove_file(bag.join(file)).unwrap();
            assert!(failed(&judged(&bag)).contains(&check), "{file}");
        }
    }

    #[test]
    fn an_extra_tag_file_shows_and_is_named() {
        for path in ["notes.txt", ".DS_Store", "tagmanifest-sha512.txt"] {
            let verdict = Sample::new().with(path, |bytes| bytes.push(1));
            assert_eq!(failed(&verdict), [CheckName::UnlistedFiles], "{path}");
            let check = verdict.check(CheckName::UnlistedFiles).unwrap();
            assert!(check.explanation.contains(path));
        }
        let verdict = Sample::new().with("tagmanifest-sha256.txt.tsr", |bytes| bytes.push(1));
        assert!(verdict.holds());
        let check = verdict.check(CheckName::UnlistedFiles).unwrap();
        assert!(check.explanation.contains("not checked"));
    }

    #[test]
    fn a_fetch_file_is_refused() {
        let sample = Sample::new();
        let bag = sample.unpacked();
        fs::write(bag.join("fetch.txt"), "https://example.org/x 1 data/x\n").unwrap();
        assert!(matches!(verify(&bag, &trust()), Err(EvidenceError::Fetch)));
    }

    #[test]
    fn a_tag_file_too_large_to_read_is_refused() {
        let sample = Sample::new();
        let bag = sample.unpacked();
        fs::write(bag.join("bag-info.txt"), vec![b'x'; 5 << 20]).unwrap();
        assert!(matches!(
            verify(&bag, &trust()),
            Err(EvidenceError::MemberTooLarge { .. })
        ));
    }

    #[test]
    fn a_tar_cut_anywhere_is_refused() {
        let sample = Sample::new();
        let whole = fs::read(&sample.tar).unwrap();
        let cut_tar = sample.dir.path().join("cut.tar");
        for cut in (0..whole.len()).step_by(211) {
            fs::write(&cut_tar, &whole[..cut]).unwrap();
            assert!(verify(&cut_tar, &trust()).is_err(), "{cut}");
        }
    }

    #[test]
    fn no_changed_byte_of_the_tar_goes_unseen() {
        let sample = Sample::new();
        let whole = fs::read(&sample.tar).unwrap();
        let members = tar::Archive::new(&whole[..])
            .entries()
            .unwrap()
            .map(|entry| {
                let entry = entry.unwrap();
                let start = usize::try_from(entry.raw_file_position()).unwrap();
                start..start + usize::try_from(entry.size()).unwrap()
            })
            .collect::<Vec<_>>();
        let spoiled_tar = sample.dir.path().join("spoiled.tar");
        for at in members.into_iter().flatten().step_by(37) {
            let mut spoiled = whole.clone();
            spoiled[at] ^= 1;
            fs::write(&spoiled_tar, &spoiled).unwrap();
            let unseen = verify(&spoiled_tar, &trust()).is_ok_and(|verdict| verdict.holds());
            assert!(!unseen, "{at}");
        }
    }

    #[test]
    fn a_key_that_has_a_successor_vouches_for_what_was_decided_before_that() {
        let sample = Sample::new();
        let told: serde_json::Value =
            serde_json::from_slice(&fs::read(sample.unpacked().join("data/entry.json")).unwrap())
                .unwrap();
        let decided = told["time"].as_str().unwrap();
        let by = |signers: Vec<[u8; 32]>, until: &str| {
            let trust = Trust {
                signers,
                ended: vec![(Signer::new(1).public(), until.to_owned())],
                ..trust()
            };
            failed(&verify(&sample.tar, &trust).unwrap())
        };
        let other = || vec![Signer::new(2).public()];
        assert_eq!(by(other(), "20990101000000Z"), []);
        assert_eq!(by(Vec::new(), "2099-01-01T00:00:00Z"), []);
        for until in [decided, "20010101000000Z", "2001", ""] {
            assert_eq!(by(other(), until), [CheckName::Signer], "{until}");
        }
        // It is named without an end as well.
        assert_eq!(by(vec![Signer::new(1).public()], "20010101000000Z"), []);
    }

    #[test]
    fn another_signer_is_not_the_trusted_one() {
        let sample = Sample::new();
        let other = Trust {
            signers: vec![Signer::new(2).public()],
            ..trust()
        };
        assert_eq!(
            failed(&verify(&sample.tar, &other).unwrap()),
            [CheckName::Signer]
        );
        let bag = sample.unpacked();
        let signer = Signer::new(2);
        let message = fs::read(bag.join(TAGMANIFEST)).unwrap();
        let forged = sshsig::sign(
            &message,
            NAMESPACE,
            &|bytes| signer.sign(bytes),
            signer.public(),
        );
        fs::write(bag.join(SIGNATURE), forged).unwrap();
        assert_eq!(failed(&judged(&bag)), [CheckName::Signer]);
    }

    #[test]
    fn a_changed_signature_shows() {
        let verdict = Sample::new().with(SIGNATURE, |bytes| {
            let at = bytes.len() - 60;
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        });
        assert_eq!(failed(&verdict), [CheckName::Signature, CheckName::Signer]);
        let verdict = Sample::new().with(SIGNATURE, |bytes| bytes.clear());
        assert_eq!(failed(&verdict), [CheckName::Signature, CheckName::Signer]);
    }

    #[test]
    fn a_signature_for_another_purpose_does_not_count() {
        let sample = Sample::new();
        let bag = sample.unpacked();
        let signer = Signer::new(1);
        let message = fs::read(bag.join(TAGMANIFEST)).unwrap();
        let sign = |bytes: &[u8]| signer.sign(bytes);
        let other = sshsig::sign(&message, "breachvault-receipt", &sign, signer.public());
        fs::write(bag.join(SIGNATURE), other).unwrap();
        assert_eq!(
            failed(&judged(&bag)),
            [CheckName::Signature, CheckName::Signer]
        );
    }

    #[test]
    fn without_anybody_to_trust_signer_and_proof_fail() {
        let sample = Sample::new();
        let verdict = verify(&sample.tar, &Trust::default()).unwrap();
        assert_eq!(
            failed(&verdict),
            [CheckName::Signer, CheckName::InclusionProof]
        );
        let signer = verdict.check(CheckName::Signer).unwrap();
        assert!(signer.explanation.contains("no trusted key was given"));
    }

    #[test]
    fn a_proof_of_another_leaf_fails() {
        let verdict = Sample::new().with(LEAF, |bytes| bytes.push(b' '));
        assert!(failed(&verdict).contains(&CheckName::InclusionProof));
    }

    #[test]
    fn a_package_whose_leaf_or_statement_was_changed_is_not_approved() {
        let verdict = Sample::new().with(DECIDED, |bytes| bytes.push(b' '));
        let check = verdict.check(CheckName::Approval).unwrap();
        assert!(!check.holds && check.explanation.starts_with("digest: "));
        let verdict = Sample::new().with(LEAF, |bytes| {
            let text = String::from_utf8(bytes.clone()).unwrap();
            *bytes = text.replace("approve", "deny").into();
        });
        let check = verdict.check(CheckName::Approval).unwrap();
        assert!(!check.holds && check.explanation.starts_with("decision: "));
    }
}
