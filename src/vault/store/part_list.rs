//! The sealed parts of an exhibit by their places, with the SHA-256 of each, and the digest over the set. That digest
//! is in the exhibit's description, so a list that has it is the list of the parts that there have to be.

use ring::digest::{Context, SHA256, digest};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(crate) enum PartKind {
    Block = 1,
    Statistics,
    Dictionary,
    SubjectIndex,
    Quarantine,
    Duplicates,
    Seen,
}

impl PartKind {
    const ALL: [Self; 7] = [
        Self::Block,
        Self::Statistics,
        Self::Dictionary,
        Self::SubjectIndex,
        Self::Quarantine,
        Self::Duplicates,
        Self::Seen,
    ];

    /// The kind with this code.
    pub(super) fn of(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| *kind as u8 == code)
    }
}

/// Where a part is: its kind, the code of its field (0 where a part is of none), its position.
pub(crate) type PartPlace = (PartKind, u8, u32);

/// The SHA-256 of a part's ciphertext.
pub(crate) type PartDigest = [u8; 32];

/// The digest of a part.
pub(crate) fn digest_of(sealed: &[u8]) -> PartDigest {
    array(digest(&SHA256, sealed).as_ref())
}

/// All parts of an exhibit, in the order of their places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PartList(Vec<(PartPlace, PartDigest)>);

impl PartList {
    pub(crate) fn of(mut parts: Vec<(PartPlace, PartDigest)>) -> Self {
        parts.sort_unstable();
        Self(parts)
    }

    /// SHA-256 over the number of parts and, in order, kind, field, position (big-endian) and SHA-256 of each.
    pub(crate) fn digest(&self) -> [u8; 32] {
        let mut context = Context::new(&SHA256);
        context.update(b"breachvault exhibit 1\0");
        context.update(&(self.0.len() as u64).to_be_bytes());
        for ((kind, field, no), hash) in &self.0 {
            context.update(&[*kind as u8, *field]);
            context.update(&no.to_be_bytes());
            context.update(hash);
        }
        array(context.finish().as_ref())
    }

    /// The digest of the part in a place, if there is to be one.
    pub(crate) fn find(&self, place: PartPlace) -> Option<&PartDigest> {
        let found = self.0.binary_search_by_key(&place, |(place, _)| *place);
        let (_, digest) = self.0.get(found.ok()?)?;
        Some(digest)
    }

    /// The positions of the parts of a kind, in order.
    pub(crate) fn positions(&self, kind: PartKind) -> impl Iterator<Item = u32> {
        let places = self.0.iter().map(|(place, _)| place);
        let places = places.filter(move |(other, ..)| *other == kind);
        places.map(|(.., no)| *no)
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn digests(&self) -> impl Iterator<Item = &PartDigest> {
        self.0.iter().map(|(_, digest)| digest)
    }
}

fn array(bytes: &[u8]) -> [u8; 32] {
    let mut array = [0; 32];
    for (out, byte) in array.iter_mut().zip(bytes) {
        *out = *byte;
    }
    array
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_has_its_parts_whatever_the_order_and_its_digest_tells_any_change() {
        let part = |kind, field, no, content: &[u8]| ((kind, field, no), digest_of(content));
        let parts = vec![
            part(PartKind::Seen, 0, 0, b"a"),
            part(PartKind::Block, 3, 1, b"b"),
            part(PartKind::Block, 3, 0, b"c"),
        ];
        let list = PartList::of(parts.clone());
        let mut turned = parts.clone();
        turned.reverse();
        assert_eq!(list, PartList::of(turned));
        assert_eq!(list.find((PartKind::Block, 3, 1)), Some(&digest_of(b"b")));
        assert_eq!(list.find((PartKind::Block, 3, 2)), None);
        assert_eq!(list.find((PartKind::Statistics, 0, 0)), None);
        let others = [
            parts[..2].to_vec(),
            vec![parts[0], parts[1], part(PartKind::Block, 3, 0, b"d")],
            vec![parts[0], parts[1], part(PartKind::Block, 4, 0, b"c")],
            [parts.clone(), vec![part(PartKind::Block, 3, 2, b"e")]].concat(),
        ];
        for other in others {
            assert_ne!(PartList::of(other).digest(), list.digest());
        }
        for kind in PartKind::ALL {
            assert_eq!(PartKind::of(kind as u8), Some(kind));
        }
        assert_eq!([0, 8].map(PartKind::of), [None; 2]);
    }
}
