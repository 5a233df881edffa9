//! What is left of a destroyed case: a title, what was destroyed by whom, and the certificate.
//!
//! It stands in the place of the case's description, sealed under a key of the root, so that a thief of the file learns
//! nothing of it. Until the certificate is signed it is what the vault still has to know to sign it. Sees no number and
//! no reason: those ended with the case.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Reading, Scope};
use crate::domain::schema::Digest;
use crate::domain::{
    CaseId, ExhibitId, Moment, NodeId, OperatorId, OperatorName, Reference, RequestId, Title, words,
};
use crate::policy::{Action, CaseState, actions};
use crate::vault::OperationError;
use crate::vault::audit::sign;
use crate::vault::core::Core;
use crate::vault::ledger::Signing;
use crate::vault::plaintext::{Aad, open_json};
use crate::vault::records::Shown;
use crate::vault::store::case_rows::{self, CaseNumber, CaseRow};
use crate::vault::store::node_rows::{self, NodeRow};
use crate::vault::store::{Snapshot, StoreError, Transaction};

/// The most exhibits that a certificate lists one by one, and the most packages. A leaf's digest covers the text, and a
/// signed note has at most a million bytes.
const MOST_LISTED: usize = 2000;

words! {
    /// How far a destruction is.
    pub enum CertificateState {
        /// It was carried out; the vault takes the keys away and deletes the rows.
        Shredding => "shredding",
        /// All of it is done, and the certificate is signed.
        Signed => "signed",
        /// The keyring has no key of the case, and nobody carried a destruction out by this log. Nothing is deleted:
        /// the keyring may be the wrong one, or the database an older one.
        NoKey => "no-key",
    }
}

/// What is left of a destroyed case.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::vault) struct Remains {
    pub(in crate::vault) title: String,
    pub(in crate::vault) reference: String,
    /// What was destroyed, and by whom; nothing where a case had lost its key before anybody carried anything out, as
    /// where an older database was put back.
    pub(in crate::vault) facts: Option<DestructionFacts>,
    /// The first generation of the keyring without the keys of the case, once they left it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::vault) keyless_since: Option<u64>,
    pub(in crate::vault) certificate: Option<SignedCertificate>,
}

/// The certificate, signed, and the leaf that has its digest.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::vault) struct SignedCertificate {
    note: String,
    leaf: u64,
    generation: u64,
    at: i64,
}

/// What was destroyed and who did what for it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DestructionFacts {
    /// When the case was opened.
    #[schema(value_type = Moment)]
    pub opened_at: String,
    /// The request that was approved.
    #[schema(value_type = RequestId)]
    pub request: String,
    /// Who asked for it.
    pub asked: ActOf,
    /// Who approved it.
    pub approved: ActOf,
    /// Who carried it out.
    pub carried_out: ActOf,
    /// How long it waited between the approval and the carrying out at least, in seconds.
    pub delay_s: i64,
    /// The exhibits, also those that were withdrawn; at most 2,000.
    #[schema(max_items = 2000)]
    pub exhibits: Vec<DestroyedExhibit>,
    /// How many exhibits there were.
    pub exhibits_in_all: u64,
    /// Packages that were handed out and are with their receivers; at most 2,000.
    #[schema(max_items = 2000)]
    pub packages: Vec<HandedOut>,
    /// How many packages were handed out.
    pub packages_in_all: u64,
    /// How many numbers had been erased from the case before, rounded; left out if none was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub erasures: Option<Shown>,
}

/// What somebody did, and the leaf that says so.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActOf {
    /// Who did it.
    #[schema(value_type = OperatorId)]
    pub operator: String,
    /// Their name.
    #[schema(value_type = OperatorName)]
    pub name: String,
    /// When.
    #[schema(value_type = Moment)]
    pub at: String,
    /// The number of the leaf. Left out of the request, whose leaf names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub leaf: Option<u64>,
}

/// An exhibit that was destroyed.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DestroyedExhibit {
    /// The id of the exhibit.
    #[schema(value_type = ExhibitId)]
    pub exhibit: String,
    /// When it was admitted.
    #[schema(value_type = Moment)]
    pub admitted_at: String,
    /// The commitment to the digest of its file. Who has the file and the salt of its admission can check it.
    #[schema(value_type = Digest)]
    pub commitment: String,
    /// Messages of its file.
    pub messages: u64,
    /// Distinct numbers in its file.
    pub numbers: u64,
    /// Rows that had been in quarantine.
    pub quarantined: u64,
    /// Whether it had been withdrawn before.
    pub withdrawn: bool,
}

/// A package that had left the vault.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HandedOut {
    /// The request on which it left.
    #[schema(value_type = RequestId)]
    pub request: String,
    /// What kind of package it is.
    pub profile: String,
    /// To how many recipients it is sealed.
    pub recipients: u64,
    /// SHA-256 of its tag manifest, in hexadecimal.
    pub tagmanifest_sha256: String,
}

/// The certificate of a destruction.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Certificate)]
pub struct CertificateView {
    /// The case.
    pub case: CaseId,
    /// Its title.
    #[schema(value_type = Title)]
    pub title: String,
    /// The file number under which it is known elsewhere.
    #[schema(value_type = Reference)]
    pub reference: String,
    /// Whether it is signed.
    pub state: CertificateState,
    /// What was destroyed and by whom. Left out where the case had lost its key before anybody carried anything out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub destroyed: Option<DestructionFacts>,
    /// The certificate: a signed note under the key of the log (c2sp.org/signed-note).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub note: Option<String>,
    /// The leaf whose `digest` is SHA-256 over the note.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub leaf: Option<u64>,
    /// The first generation of the keyring without the keys of the case.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub generation: Option<u64>,
    /// When it was signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub signed_at: Option<Moment>,
    /// The nodes of the vault that have not said yet that their keyring is without the keys; the certificate waits for
    /// them. Left out if there is none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 1000)]
    pub waits_for: Vec<String>,
}

impl Remains {
    /// Of a case about which nothing is known any more.
    fn unknown() -> Self {
        let gone = "(destroyed)".to_owned();
        Self {
            title: gone.clone(),
            reference: gone,
            facts: None,
            keyless_since: None,
            certificate: None,
        }
    }
}

/// Whether the certificate of a destroyed case is signed, so that nothing of the case is left but this.
pub(in crate::vault) fn certified(core: &Core, case: &CaseRow) -> bool {
    open(core, case).is_ok_and(|remains| remains.certificate.is_some())
}

/// When the destruction of a case was carried out, as its remains say it; none if they do not open.
pub(in crate::vault) fn carried_out_at(core: &Core, case: &CaseRow) -> Option<String> {
    Some(open(core, case).ok()?.facts?.carried_out.at)
}

/// The first generation of the keyring without the keys of a destroyed case, as its remains say it.
pub(in crate::vault) fn keyless_since(core: &Core, case: &CaseRow) -> Option<u64> {
    open(core, case).ok()?.keyless_since
}

/// Writes down that the keyring is without the keys of a destroyed case, and since which generation, unless that is
/// known. A keyring that the head of the log names from this commit on never has them again. Answers the generation.
pub(in crate::vault) fn note_keyless(
    core: &Core,
    rows: &Transaction,
    case: CaseNumber,
) -> Result<u64, OperationError> {
    let gone = OperationError::Internal("a destroyed case without a row");
    let case = case_rows::find_by_number(rows, case)?.ok_or(gone)?;
    let mut remains = open(core, &case)?;
    if let Some(since) = remains.keyless_since {
        return Ok(since);
    }
    let since = core.keyless_since(&case.id);
    remains.keyless_since = Some(since);
    case_rows::destroy(rows, case.number, &seal(core, &case, &remains)?)?;
    Ok(since)
}

fn open(core: &Core, case: &CaseRow) -> Result<Remains, OperationError> {
    let aad = Aad::remains(&core.vault, &case.id);
    let keys = core.keys();
    let details = keys.root_keys().details();
    open_json(details, &aad, &case.sealed, "remains of a case")
}

fn seal(core: &Core, case: &CaseRow, remains: &Remains) -> Result<Vec<u8>, OperationError> {
    let aad = Aad::remains(&core.vault, &case.id);
    let keys = core.keys();
    core.seal_json(keys.root_keys().details(), &aad, remains)
}

impl Reading<'_> {
    /// What is left of a destroyed case.
    pub(in crate::vault) fn remains(&self, case: &CaseRow) -> Result<Remains, OperationError> {
        let before = case.sealed.is_empty() || case.state != CaseState::Destroyed;
        match before {
            // The row is of a time before the destruction, and nothing opens what it holds.
            true => Ok(Remains::unknown()),
            false => open(self.core, case),
        }
    }
}

impl<A: Action> Scope<'_, A> {
    /// Seals what is left of a case.
    pub(in crate::vault) fn seal_remains(
        &self,
        case: &CaseRow,
        remains: &Remains,
    ) -> Result<Vec<u8>, OperationError> {
        seal(self.core, case, remains)
    }

    /// The certificate of the destroyed case; `NotFound` if it was not destroyed.
    pub fn read_certificate(&mut self) -> Result<CertificateView, OperationError> {
        let case = self.case_row()?;
        if !self.core.is_destroyed(case) {
            return Err(OperationError::NotFound);
        }
        let remains = self.remains(case)?;
        let signed = remains.certificate;
        let is_shredding = signed.is_none() && case.state == CaseState::Destroyed;
        let waits_for = match remains.keyless_since.filter(|_| is_shredding) {
            Some(generation) => waits_for(self.core, self.connection, generation)?,
            None => Vec::new(),
        };
        Ok(CertificateView {
            case: case.id.clone(),
            title: remains.title,
            reference: remains.reference,
            state: match &signed {
                Some(_) => CertificateState::Signed,
                None if case.state == CaseState::Destroyed => CertificateState::Shredding,
                None => CertificateState::NoKey,
            },
            destroyed: remains.facts,
            leaf: signed.as_ref().map(|signed| signed.leaf),
            generation: signed.as_ref().map(|signed| signed.generation),
            signed_at: signed
                .as_ref()
                .map(|signed| Moment::from_seconds(signed.at)),
            note: signed.map(|signed| signed.note),
            waits_for: waits_for.into_iter().map(|row| row.name).collect(),
        })
    }
}

impl Scope<'_, actions::CertifyDestruction> {
    /// Signs the certificate of a case of which nothing but this is left. The leaf has its digest.
    pub(in crate::vault) fn certify(&mut self) -> Result<(), OperationError> {
        let case = self.case_row()?;
        let mut remains = self.remains(case)?;
        if !self.core.is_destroyed(case) || remains.certificate.is_some() {
            return Err(OperationError::Internal("certified out of turn"));
        }
        let internal = OperationError::Internal("certificate");
        let leaf = self.leaf.ok_or(internal.clone())?;
        let unnoted = OperationError::Internal("nobody noted that the keys are gone");
        let generation = remains.keyless_since.ok_or(unnoted)?;
        // Looked at again where nobody can move the log in between.
        if self.core.keys().has_case(&case.id)
            || !waits_for(self.core, self.connection, generation)?.is_empty()
        {
            return Err(OperationError::Internal("a node still has the keys"));
        }
        let nodes = node_rows::list_all(self.connection)?;
        let text = text(&Written {
            vault: self.core.vault.as_str(),
            case: &case.id,
            remains: &remains,
            leaf,
            generation,
            nodes: &nodes,
            own: self.core.own_node.as_ref(),
            now: self.now,
        });
        let note = {
            let number = Signing::read(self.connection)?.number();
            let pair = self.core.keys().log_signing(number)?;
            sign(&text, &self.core.log_name(), &pair).map_err(|_| internal)?
        };
        self.notes.digest = Some(STANDARD.encode(digest(&SHA256, note.as_bytes())));
        self.notes.generation = Some(generation);
        remains.certificate = Some(SignedCertificate {
            note,
            leaf,
            generation,
            at: self.now.seconds(),
        });
        let sealed = self.seal_remains(case, &remains)?;
        Ok(case_rows::destroy(
            self.transaction()?,
            case.number,
            &sealed,
        )?)
    }
}

/// What a certificate is written of.
struct Written<'w> {
    vault: &'w str,
    case: &'w CaseId,
    remains: &'w Remains,
    leaf: u64,
    /// The first one without the keys.
    generation: u64,
    /// Those of the vault, and all that were struck off: when that was, depends on a clock that two people can set.
    nodes: &'w [NodeRow],
    /// The one that signs: its own keyring was looked at.
    own: Option<&'w NodeId>,
    now: Moment,
}

/// The other nodes that have not said yet that they have the keyring of this generation, or a later one. Where a file
/// has the tables no other node can start and say it, so nobody is waited for, and the certificate says of whom nobody
/// knows it.
pub(in crate::vault) fn waits_for(
    core: &Core,
    connection: &Snapshot,
    generation: u64,
) -> Result<Vec<NodeRow>, StoreError> {
    if !core.has_server {
        return Ok(Vec::new());
    }
    let own = core.own_node.as_ref();
    let mut all = node_rows::list(connection)?;
    all.retain(|row| Some(&row.id) != own && row.generation < generation);
    Ok(all)
}

/// What is known of the keyring of a node.
fn of_node(node: &NodeRow, own: Option<&NodeId>, generation: u64) -> String {
    let name = one_line(&node.name);
    let (id, last) = (&node.id, node.generation);
    match node.struck {
        _ if own == Some(id) => format!(
            "node {name} ({id}): its keyring is of generation {generation} or later and has none left"
        ),
        Some(at) => format!(
            "node {name} ({id}): struck off {at} with a keyring of generation {last}; not known to be destroyed"
        ),
        None if last >= generation => format!(
            "node {name} ({id}): its keyring is of generation {generation} or later and has none left"
        ),
        None => format!(
            "node {name} ({id}): it cannot start since the tables moved into a file; it had a keyring of generation \
             {last}, which is not known to be destroyed"
        ),
    }
}

fn one_line(words: &str) -> String {
    words.replace(char::is_control, " ")
}

/// The text that is signed. Its first line is no origin of a log, so nobody can take it for a checkpoint.
fn text(of: &Written<'_>) -> String {
    let mut text = String::from("breachvault certificate of destruction 1\n");
    // Writing to a string does not fail.
    let mut line = |words: std::fmt::Arguments<'_>| {
        let _ = writeln!(text, "{words}");
    };
    let one = one_line;
    line(format_args!("vault: {}", of.vault));
    line(format_args!("case: {}", of.case));
    line(format_args!("title: {}", one(&of.remains.title)));
    line(format_args!("reference: {}", one(&of.remains.reference)));
    line(format_args!("signed: {}", of.now));
    line(format_args!(
        "leaf: {} (its digest is SHA-256 over this whole note)",
        of.leaf
    ));
    line(format_args!(
        "keys: none left in the keyring since generation {}",
        of.generation
    ));
    for node in of.nodes {
        let known = of_node(node, of.own, of.generation);
        line(format_args!("{known}"));
    }
    if let Some(facts) = &of.remains.facts {
        line(format_args!("opened: {}", facts.opened_at));
        let did = |act: &ActOf| {
            let leaf = act.leaf.map(|leaf| format!(", leaf {leaf}"));
            let leaf = leaf.unwrap_or_default();
            format!("{} ({}), {}{leaf}", one(&act.name), act.operator, act.at)
        };
        line(format_args!("request: {}", facts.request));
        line(format_args!("asked: {}", did(&facts.asked)));
        line(format_args!("approved: {}", did(&facts.approved)));
        line(format_args!("carried out: {}", did(&facts.carried_out)));
        line(format_args!("delay: {} seconds", facts.delay_s));
        match &facts.erasures {
            None => {}
            Some(Shown::Number(count)) => {
                line(format_args!("numbers erased before: about {count}"))
            }
            Some(Shown::Hidden(_)) => line(format_args!("numbers erased before: a few")),
        }
        line(format_args!("exhibits: {}", facts.exhibits_in_all));
        for exhibit in &facts.exhibits {
            let withdrawn = if exhibit.withdrawn {
                ", withdrawn before"
            } else {
                ""
            };
            line(format_args!(
                "exhibit {}: admitted {}, {} messages, {} numbers, {} rows in quarantine, commitment {}{withdrawn}",
                exhibit.exhibit,
                exhibit.admitted_at,
                exhibit.messages,
                exhibit.numbers,
                exhibit.quarantined,
                exhibit.commitment,
            ));
        }
        line(format_args!(
            "packages handed out: {}",
            facts.packages_in_all
        ));
        for package in &facts.packages {
            line(format_args!(
                "package {}: {}, {} recipients, tag manifest SHA-256 {}",
                package.request, package.profile, package.recipients, package.tagmanifest_sha256,
            ));
        }
    }
    if of.nodes.len() > 1 {
        line(format_args!(
            "Remaining: packages of the case in folders of other nodes alone, until each of them has cleared its own."
        ));
    }
    for words in SAID {
        line(format_args!("{words}"));
    }
    text
}

/// What every certificate says.
const SAID: &[&str] = &[
    "Destroyed: the keys of the case; every row that was sealed under them; built packages in the vault.",
    "Remaining: the leaves of the audit log, with the tokens that link acts; this certificate; who was a member.",
    "Remaining: packages that were handed out, with their receivers.",
    "Remaining: copies of the keyring from before. Whoever has one, with what unlocks it, opens old copies of the rows.",
    "To do: destroy old copies of keys/keyring, on every machine, medium and archive, and on replicas of the vault.",
    "To do: let copies of the database run out. Without an old keyring they are noise.",
    "To do: on SSDs and snapshotting file systems, old blocks outlive a deletion: trim, or retire the medium.",
];

/// As many as a certificate lists.
pub(in crate::vault::scope) fn listed<T>(mut all: Vec<T>) -> Vec<T> {
    all.truncate(MOST_LISTED);
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::audit::Checkpoint;

    #[test]
    fn a_certificate_is_no_checkpoint_and_has_no_control_character() {
        let case = CaseId::from_random([1; 13]);
        let remains = Remains {
            title: "a title\nwith a line of its own".to_owned(),
            ..Remains::unknown()
        };
        let text = text(&Written {
            vault: "v",
            case: &case,
            remains: &remains,
            leaf: 7,
            generation: 3,
            nodes: &[],
            own: None,
            now: Moment::from_seconds(0),
        });
        assert!(text.parse::<Checkpoint>().is_err());
        assert!(text.contains("\ntitle: a title with a line of its own\n"));
        assert!(text.contains("\nkeys: none left in the keyring since generation 3\n"));
        assert!(text.ends_with('\n') && !text.contains("\n\n"));
    }

    #[test]
    fn a_certificate_says_of_each_node_what_is_known_of_its_keyring_and_no_more() {
        let node = |no: u8, generation: u64, struck: Option<i64>| NodeRow {
            id: NodeId::from_random([no; 13]),
            name: format!("node\n{no}"),
            run: Vec::new(),
            since: Moment::from_seconds(1),
            seen_at: Moment::from_seconds(0),
            generation,
            key: Vec::new(),
            address: String::new(),
            struck: struck.map(Moment::from_seconds),
        };
        let own = node(1, 3, None);
        let says = |node: &NodeRow| of_node(node, Some(&own.id), 7);
        // The row of the one that signs may be of the time before the tables moved into a file, or be struck off.
        for own in [&own, &node(1, 3, Some(60))] {
            assert!(says(own).ends_with("of generation 7 or later and has none left"));
        }
        assert!(says(&node(2, 7, None)).ends_with("or later and has none left"));
        let left = says(&node(3, 6, None));
        assert!(
            left.contains("cannot start") && left.contains("generation 6"),
            "{left}"
        );
        assert!(left.ends_with("not known to be destroyed"), "{left}");
        let struck = says(&node(4, 9, Some(60)));
        assert!(struck.contains("struck off") && struck.ends_with("not known to be destroyed"));
        assert!(
            [left, struck]
                .iter()
                .all(|line| !line.contains(char::is_control))
        );
    }
}
