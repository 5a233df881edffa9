//! Whether the audit leaf in a package is the decision that approved exactly this package.
//!
//! The leaf must say that another operator than the asker approved this export, and have the digest
//! of `data/decided.json`, which names the export, its profile and its legal basis. The list of a
//! quarantine is an export that was asked for and decided as a quarantine. That the leaf is in the
//! log is another check.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use crate::evidence::digest::sha256;

/// What a package says of itself in `bag-info.txt`, and what comes with it.
pub(super) struct Claim<'a> {
    /// Labels and values, in any order.
    pub(super) info: &'a [(String, String)],
    pub(super) leaf: Option<&'a [u8]>,
    pub(super) decided: Option<&'a [u8]>,
    pub(super) proof: Option<&'a [u8]>,
}

/// The members of a leaf that matter here. That it is canonical is for the proof's check.
#[derive(Deserialize)]
struct Leaf<'a> {
    #[serde(borrow)]
    action: Text<'a>,
    asker: Option<Text<'a>>,
    decided: Option<Text<'a>>,
    decision: Option<Text<'a>>,
    object: Option<Text<'a>>,
    operator: Option<Text<'a>>,
    origin: Text<'a>,
    outcome: Text<'a>,
    seq: u64,
}

#[derive(Deserialize)]
struct Decided<'a> {
    kind: Text<'a>,
    legal_basis: Option<Text<'a>>,
    profile: Option<Text<'a>>,
    request: Text<'a>,
}

type Text<'a> = std::borrow::Cow<'a, str>;

impl Claim<'_> {
    /// Who approved what, or the first thing that is wrong.
    pub(super) fn check(&self) -> Result<String, String> {
        let leaf: Leaf<'_> = read(self.leaf, LEAF)?;
        let bytes = self
            .decided
            .ok_or_else(|| format!("{DECIDED} is missing"))?;
        let decided: Decided<'_> = read(self.decided, DECIDED)?;
        let export = self.label("External-Identifier")?;
        let kind = match decided.kind.as_ref() {
            "quarantine" => "quarantine",
            _ => "export",
        };
        let holds = |holds: bool, wrong: &str| match holds {
            true => Ok(()),
            false => Err(wrong.to_owned()),
        };
        holds(
            leaf.action == format!("{kind}.decide"),
            "action: the leaf is not of a decision about an export",
        )?;
        holds(leaf.outcome == "done", "outcome: the decision was not done")?;
        holds(
            leaf.decision.as_deref() == Some("approve"),
            "decision: the leaf does not say approve",
        )?;
        holds(
            leaf.object.as_deref() == Some(export),
            "export: the leaf decides another export than the package names",
        )?;
        holds(
            leaf.operator.is_some() && leaf.asker.is_some() && leaf.operator != leaf.asker,
            "asker: the export was not decided by another operator than asked for it",
        )?;
        holds(
            leaf.seq.to_string() == self.label("Audit-Index")?,
            "index: the leaf has another number than the package names",
        )?;
        holds(
            leaf.origin == self.label("Audit-Origin")?,
            "origin: the leaf is of another log than the package names",
        )?;
        holds(
            self.root().as_deref() == Some(self.label("Audit-Checkpoint-Root")?),
            "root: the proof has another root than the package names",
        )?;
        holds(
            leaf.decided.as_deref() == Some(STANDARD.encode(sha256(bytes)).as_str()),
            "digest: the leaf does not have the digest of data/decided.json",
        )?;
        holds(
            decided.kind == kind && decided.request == export,
            "digest: data/decided.json is about another export than the package names",
        )?;
        holds(
            decided.profile.as_deref() == Some(self.label("Export-Profile")?)
                && decided.legal_basis.as_deref() == Some(self.label("Legal-Basis")?),
            "digest: profile or legal basis of the package is not the one that was approved",
        )?;
        Ok(format!("leaf {} approves {export}", leaf.seq))
    }

    /// The one value of a label.
    fn label(&self, label: &str) -> Result<&str, String> {
        let mut values = self.info.iter().filter(|(name, _)| name == label);
        match (values.next(), values.next()) {
            (Some((_, value)), None) => Ok(value),
            _ => Err(format!("{label} must occur once in bag-info.txt")),
        }
    }

    /// The root in the proof's checkpoint.
    fn root(&self) -> Option<String> {
        let text = std::str::from_utf8(self.proof?).ok()?;
        let (_, checkpoint) = text.split_once("\n\n")?;
        checkpoint.lines().nth(2).map(str::to_owned)
    }
}

fn read<'a, T: Deserialize<'a>>(bytes: Option<&'a [u8]>, path: &str) -> Result<T, String> {
    let bytes = bytes.ok_or_else(|| format!("{path} is missing"))?;
    serde_json::from_slice(bytes).map_err(|_| format!("{path} cannot be read"))
}

pub(super) const LEAF: &str = "data/entry.json";
/// What was decided; its digest is in the leaf.
pub(super) const DECIDED: &str = "data/decided.json";
pub(super) const PROOF: &str = ".tlog-proof";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::tests::fixture::{DECIDED as STATEMENT, PROOF as PROVED, info, leaf};

    fn judge(leaf: &str, decided: &str) -> Result<String, String> {
        let info = info();
        let mut labels = info.extra.clone();
        labels.push(("External-Identifier".to_owned(), info.external_identifier));
        Claim {
            info: &labels,
            leaf: Some(leaf.as_bytes()),
            decided: Some(decided.as_bytes()),
            proof: Some(PROVED.as_bytes()),
        }
        .check()
    }

    #[test]
    fn the_leaf_of_a_package_is_its_own_approval_and_what_is_wrong_is_named() {
        assert_eq!(
            judge(&leaf(), STATEMENT).unwrap(),
            "leaf 41 approves EXP-0003"
        );
        for (from, to, word) in [
            ("export.decide", "export.request", "action: "),
            ("\"done\"", "\"failed\"", "outcome: "),
            ("\"approve\"", "\"deny\"", "decision: "),
            ("\"decision\":\"approve\",", "", "decision: "),
            ("EXP-0003", "EXP-0004", "export: "),
            ("o_asker", "o_decider", "asker: "),
            ("\"asker\":\"o_asker\",", "", "asker: "),
            ("\"operator\":\"o_decider\",", "", "asker: "),
            ("\"seq\":41", "\"seq\":42", "index: "),
            ("vault.example", "other.example", "origin: "),
            ("\"decided\":\"", "\"decided\":\"A", "digest: "),
        ] {
            let changed = leaf().replacen(from, to, 1);
            assert_ne!(changed, leaf(), "{from}");
            let wrong = judge(&changed, STATEMENT).unwrap_err();
            assert!(wrong.starts_with(word), "{from}: {wrong}");
        }
        let changed = STATEMENT.replacen("evidence", "account-notice", 1);
        assert!(
            judge(&leaf(), &changed)
                .unwrap_err()
                .starts_with("digest: ")
        );
    }

    #[test]
    fn the_list_of_a_quarantine_is_approved_by_the_decision_about_a_quarantine() {
        let list = STATEMENT.replacen("\"export\"", "\"quarantine\"", 1);
        let digest = STANDARD.encode(sha256(STATEMENT.as_bytes()));
        let of_list = leaf().replace(&digest, &STANDARD.encode(sha256(list.as_bytes())));
        let wrong = judge(&of_list, &list).unwrap_err();
        assert!(wrong.starts_with("action: "), "{wrong}");
        let decided = of_list.replacen("export.decide", "quarantine.decide", 1);
        assert!(judge(&decided, &list).is_ok());
        // Its leaf approves no export of the other profiles.
        let decided = leaf().replacen("export.decide", "quarantine.decide", 1);
        let wrong = judge(&decided, STATEMENT).unwrap_err();
        assert!(wrong.starts_with("action: "), "{wrong}");
    }

    #[test]
    fn what_was_approved_is_what_the_package_says_it_is() {
        for (from, to) in [
            ("EXP-0003", "EXP-0004"),
            ("\"export\"", "\"reveal\""),
            ("\"evidence\"", "\"account-notice\""),
            ("Art. 33", "Art. 6"),
        ] {
            let other = STATEMENT.replacen(from, to, 1);
            let digest = STANDARD.encode(sha256(STATEMENT.as_bytes()));
            let leaf = leaf().replace(&digest, &STANDARD.encode(sha256(other.as_bytes())));
            assert!(
                judge(&leaf, &other).unwrap_err().starts_with("digest: "),
                "{from}"
            );
        }
    }
}
