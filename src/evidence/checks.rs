//! The checks of a verdict, each a function of what the survey found.
//!
//! Paths in explanations are plain (the survey rejects all others) and few. The content of a file
//! is never repeated.

use serde::Deserialize;

use crate::domain::hex;
use crate::evidence::approval::{Claim, DECIDED, LEAF};
use crate::evidence::bag::{DECLARATION, Oxum, REQUIRED, parse_info};
use crate::evidence::device::{self, Demands, Signed};
use crate::evidence::digest::Digests;
use crate::evidence::manifest::Manifest;
use crate::evidence::package::{SIGNATURE, TAGMANIFEST};
use crate::evidence::profile::PROFILE_IDENTIFIER;
use crate::evidence::proof_check::ProofCheck;
use crate::evidence::sshsig::{NAMESPACE, SshSignature, print_public_key};
use crate::evidence::survey::Survey;

/// What was found, or what is wrong; never the content of a file.
pub(super) type Outcome = Result<String, String>;

pub(super) fn declaration(survey: &Survey) -> Outcome {
    match survey.held("bagit.txt") {
        Some(bytes) if bytes == DECLARATION.as_bytes() => Ok("BagIt 1.0, UTF-8".to_owned()),
        Some(_) => Err("bagit.txt does not declare BagIt 1.0 in UTF-8".to_owned()),
        None => Err("bagit.txt is missing".to_owned()),
    }
}

pub(super) fn info(survey: &Survey) -> Result<Vec<(String, String)>, String> {
    let bytes = survey
        .held("bag-info.txt")
        .ok_or("bag-info.txt is missing")?;
    parse_info(bytes)
        .map_err(|line| format!("bag-info.txt: line {line} is not a label and a value"))
}

pub(super) fn labels(info: &[(String, String)]) -> Outcome {
    for required in REQUIRED {
        let mut values = info.iter().filter(|(label, _)| label == required);
        match (values.next(), values.next()) {
            (Some((_, value)), None) if !value.is_empty() => {}
            _ => return Err(format!("{required} must occur once, with a value")),
        }
    }
    let profile = info
        .iter()
        .find(|(label, _)| label == "BagIt-Profile-Identifier");
    if profile.is_none_or(|(_, value)| value != PROFILE_IDENTIFIER) {
        return Err("BagIt-Profile-Identifier names another profile".to_owned());
    }
    Ok("every required label is present".to_owned())
}

pub(super) fn oxum(survey: &Survey, info: &[(String, String)]) -> Outcome {
    let mut found = Oxum::default();
    for (_, digests) in survey.payload() {
        found.count(digests.bytes);
    }
    let found = found.to_string();
    if info
        .iter()
        .any(|(label, value)| label == "Payload-Oxum" && *value == found)
    {
        Ok(format!("{found} (bytes.files)"))
    } else {
        Err(format!(
            "the payload has {found} (bytes.files), but bag-info disagrees"
        ))
    }
}

pub(super) fn manifest_sha256(survey: &Survey) -> Outcome {
    manifest(survey, "manifest-sha256.txt", 32, |digests| {
        hex::encode(&digests.sha256)
    })
}

pub(super) fn manifest_sha512(survey: &Survey) -> Outcome {
    manifest(survey, "manifest-sha512.txt", 64, |digests| {
        hex::encode(&digests.sha512)
    })
}

/// Every payload file is in the manifest and agrees with it, and the manifest lists no other file.
fn manifest(
    survey: &Survey,
    name: &str,
    digest_bytes: usize,
    digest: fn(&Digests) -> String,
) -> Outcome {
    let manifest = read_manifest(survey, name, digest_bytes)?;
    let missing = manifest
        .paths()
        .filter(|path| !path.starts_with("data/") || !survey.files.contains_key(*path));
    none(missing, "listed but missing, or not payload")?;
    let unlisted = survey.payload().map(|(path, _)| path);
    none(
        unlisted.filter(|path| manifest.digest(path).is_none()),
        "not listed",
    )?;
    let changed = survey
        .payload()
        .filter(|(path, digests)| manifest.digest(path) != Some(digest(digests).as_str()));
    none(changed.map(|(path, _)| path), "changed")?;
    Ok(format!("{} files, none changed", manifest.paths().count()))
}

pub(super) fn tagmanifest(survey: &Survey) -> Outcome {
    let manifest = read_manifest(survey, TAGMANIFEST, 32)?;
    let missing = manifest
        .paths()
        .filter(|path| !survey.files.contains_key(*path));
    none(missing, "listed but missing")?;
    let unfit = manifest
        .paths()
        .filter(|path| path.starts_with("data/") || path.starts_with("tagmanifest-"));
    none(unfit, "a file that a tag manifest must not list")?;
    let required = [
        "bagit.txt",
        "bag-info.txt",
        "manifest-sha256.txt",
        "manifest-sha512.txt",
    ];
    none(
        required
            .into_iter()
            .filter(|path| manifest.digest(path).is_none()),
        "not listed",
    )?;
    let changed = manifest.paths().filter(|path| {
        let found = survey
            .files
            .get(*path)
            .map(|digests| hex::encode(&digests.sha256));
        found.as_deref() != manifest.digest(path)
    });
    none(changed, "changed")?;
    Ok(format!(
        "{} tag files, none changed",
        manifest.paths().count()
    ))
}

/// RFC 8493 permits tag files that no manifest lists. Nothing protects them, so only signatures and
/// time stamps over the tag manifest are accepted.
pub(super) fn unlisted(survey: &Survey) -> Outcome {
    let manifest = read_manifest(survey, TAGMANIFEST, 32).unwrap_or_default();
    let unlisted = survey
        .tags()
        .map(|(path, _)| path)
        .filter(|path| *path != TAGMANIFEST && manifest.digest(path).is_none())
        .filter(|path| !BESIDE.contains(path));
    none(unlisted, "a tag file that no manifest lists")?;
    let other_kinds = survey.tags().map(|(path, _)| path).filter(|path| {
        path.starts_with("manifest-")
            && !matches!(*path, "manifest-sha256.txt" | "manifest-sha512.txt")
    });
    none(
        other_kinds,
        "a manifest with an algorithm that is not checked",
    )?;
    let unchecked: Vec<&str> = survey
        .tags()
        .map(|(path, _)| path)
        .filter(|path| *path != SIGNATURE && BESIDE.contains(path))
        .collect();
    Ok(match unchecked.is_empty() {
        true => "none".to_owned(),
        false => format!("present, not checked here: {}", unchecked.join(", ")),
    })
}

pub(super) fn signature(survey: &Survey) -> Result<SshSignature, String> {
    let armored = survey
        .held(SIGNATURE)
        .ok_or(format!("{SIGNATURE} is missing"))?;
    let signed = survey
        .held(TAGMANIFEST)
        .ok_or(format!("{TAGMANIFEST} is missing"))?;
    let armored = std::str::from_utf8(armored).unwrap_or_default();
    let signature = SshSignature::parse(armored).map_err(|error| error.to_string())?;
    signature
        .verify(NAMESPACE, signature.public(), signed)
        .map_err(|error| error.to_string())?;
    Ok(signature)
}

pub(super) fn signer(
    survey: &Survey,
    signature: Option<&SshSignature>,
    trusted: &[[u8; 32]],
    ended: &[([u8; 32], String)],
) -> Outcome {
    let by = signature.ok_or("there is no valid signature")?.public();
    let text = print_public_key(by);
    let until = ended.iter().filter(|(key, _)| *key == by);
    let until = until.map(|(_, until)| digits(until)).max();
    if let Some(until) = until.filter(|_| !trusted.contains(&by)) {
        return match decided_at(survey).is_some_and(|at| at < until) {
            true => Ok(format!("signed by the earlier trusted key {text}")),
            false => Err(format!(
                "signed by {text}, which had a successor when the package was decided"
            )),
        };
    }
    let ended = ended.iter().map(|(key, _)| *key);
    let known: Vec<[u8; 32]> = trusted.iter().copied().chain(ended).collect();
    match &known[..] {
        [] => Err(format!("signed by {text}; no trusted key was given")),
        _ if known.contains(&by) => Ok(format!("signed by the trusted key {text}")),
        [_] => Err(format!("signed by {text}, which is not the trusted key")),
        _ => Err(format!(
            "signed by {text}, which is none of the trusted keys"
        )),
    }
}

/// When the package was decided, as its leaf says, which another check proves.
fn decided_at(survey: &Survey) -> Option<String> {
    #[derive(Deserialize)]
    struct Leaf {
        time: String,
    }
    let leaf: Leaf = serde_json::from_slice(survey.held(LEAF)?).ok()?;
    Some(digits(&leaf.time))
}

/// A time in UTC by its digits from the year to the second, so that an earlier one is a lesser text.
fn digits(time: &str) -> String {
    let digits = time.chars().filter(char::is_ascii_digit).take(14);
    format!("{:0<14}", digits.collect::<String>())
}

pub(super) fn proof(survey: &Survey, check: Option<&ProofCheck>) -> Outcome {
    let leaf = survey
        .held(LEAF)
        .ok_or("data/entry.json, the audit leaf, is missing")?;
    let mut proofs = survey.proofs();
    let (Some(proof), None) = (proofs.next(), proofs.next()) else {
        return Err("there must be exactly one .tlog-proof".to_owned());
    };
    match check {
        Some(check) => check(proof, leaf),
        None => Err("there is a proof, but no trusted log key was given".to_owned()),
    }
}

/// The leaf says that another operator than the asker approved this package.
pub(super) fn approval(survey: &Survey, info: &[(String, String)]) -> Outcome {
    Claim {
        info,
        leaf: survey.held(LEAF),
        decided: survey.held(DECIDED),
        proof: survey.proofs().next(),
    }
    .check()
}

/// Whether the decider's own device approved it.
pub(super) fn device(
    survey: &Survey,
    info: &[(String, String)],
    demands: Demands<'_>,
    check: Option<&ProofCheck>,
) -> Outcome {
    let signed = Signed {
        info,
        leaf: survey.held(LEAF),
        assertion: survey.held(device::ASSERTION),
        statement: survey.held(device::STATEMENT),
        key: survey.held(device::KEY),
        enrolment: survey.held(device::ENROLMENT),
        proof: survey.held(device::ENROLMENT_PROOF),
    };
    signed.check(demands, check)
}

fn read_manifest(survey: &Survey, name: &str, digest_bytes: usize) -> Result<Manifest, String> {
    let bytes = survey.held(name).ok_or(format!("{name} is missing"))?;
    Manifest::parse(bytes, digest_bytes)
        .map_err(|line| format!("{name}: line {} is not a digest and a plain path", line.0))
}

/// Fails with the first few paths, if there are any.
fn none<'a>(paths: impl Iterator<Item = &'a str>, what: &str) -> Result<(), String> {
    let paths: Vec<&str> = paths.collect();
    if paths.is_empty() {
        return Ok(());
    }
    let shown = paths
        .iter()
        .take(SHOWN)
        .copied()
        .collect::<Vec<_>>()
        .join(", ");
    let more = match paths.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    Err(format!("{what}: {shown}{more}"))
}

/// Unlisted files that are accepted, because they are made over the tag manifest.
const BESIDE: [&str; 3] = [
    SIGNATURE,
    "tagmanifest-sha256.txt.minisig",
    "tagmanifest-sha256.txt.tsr",
];
const SHOWN: usize = 5;
