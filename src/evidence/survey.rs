//! One pass over a package: the digests of every file, and the few small files that are kept.
//! Memory does not grow with the payload.

use std::collections::BTreeMap;
use std::io::Read;

use crate::evidence::EvidenceError;
use crate::evidence::approval::{DECIDED, LEAF, PROOF};
use crate::evidence::device;
use crate::evidence::digest::Digests;
use crate::evidence::error::During;
use crate::evidence::source::Source;

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Survey {
    /// Every file, by its path in the bag.
    pub(super) files: BTreeMap<String, Digests>,
    /// The bytes of tag files, of the leaf, of what it decided and of the proof.
    held: BTreeMap<String, Vec<u8>>,
}

impl Survey {
    pub(super) fn of(source: &Source) -> Result<Self, EvidenceError> {
        let mut survey = Self::default();
        let mut left = HELD_LIMIT;
        source.each(&mut |member, from| {
            let path = member.path.to_owned();
            if path == "fetch.txt" {
                return Err(EvidenceError::Fetch);
            }
            if !is_held(&path) {
                let digests = Digests::of_stream(from).during("read a file of the package")?;
                survey.files.insert(path, digests);
                return Ok(());
            }
            let too_large = EvidenceError::MemberTooLarge {
                member: member.number,
            };
            if member.bytes > left.min(FILE_LIMIT) {
                return Err(too_large);
            }
            let mut bytes = Vec::new();
            let limit = member.bytes + 1;
            from.take(limit)
                .read_to_end(&mut bytes)
                .during("read a file of the package")?;
            if bytes.len() as u64 == limit {
                return Err(too_large);
            }
            left -= member.bytes;
            survey.files.insert(path.clone(), Digests::of(&bytes));
            survey.held.insert(path, bytes);
            Ok(())
        })?;
        Ok(survey)
    }

    pub(super) fn held(&self, path: &str) -> Option<&[u8]> {
        self.held.get(path).map(Vec::as_slice)
    }

    /// Paths of the payload.
    pub(super) fn payload(&self) -> impl Iterator<Item = (&str, &Digests)> {
        self.files
            .iter()
            .map(|(path, digests)| (path.as_str(), digests))
            .filter(|(path, _)| path.starts_with("data/"))
    }

    /// Paths of everything else.
    pub(super) fn tags(&self) -> impl Iterator<Item = (&str, &Digests)> {
        self.files
            .iter()
            .map(|(path, digests)| (path.as_str(), digests))
            .filter(|(path, _)| !path.starts_with("data/"))
    }

    /// Proofs of the decision.
    pub(super) fn proofs(&self) -> impl Iterator<Item = &[u8]> {
        self.held
            .iter()
            .filter(|(path, _)| path.ends_with(PROOF) && *path != device::ENROLMENT_PROOF)
            .map(|(_, bytes)| bytes.as_slice())
    }
}

fn is_held(path: &str) -> bool {
    let kept = [LEAF, DECIDED].contains(&path) || device::PATHS.contains(&path);
    !path.starts_with("data/") || kept || path.ends_with(PROOF)
}

const FILE_LIMIT: u64 = 4 * 1024 * 1024;
const HELD_LIMIT: u64 = 16 * 1024 * 1024;
