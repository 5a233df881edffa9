//! What a ciphertext is bound to: the one encoder of associated data.
//!
//! Every part is `kind (1) || length (2, BE) || bytes`, so that no two lists of
//! parts have the same encoding. The sealer adds its key id as the last part.
//! A ciphertext that was moved, swapped or relabelled does not open. Putting an
//! older ciphertext back in the same place is not found here; the audit log's
//! digests find it.

use crate::domain::{CaseId, ExhibitId, Field, OperatorId, RequestId, SessionId, VaultId};

use super::key_id::{FORMAT_VERSION, KeyId};

/// The largest one, a block, has 170 bytes.
const CAPACITY: usize = 256;

/// The associated data of a ciphertext: the place that it belongs to.
#[derive(Clone, Copy)]
pub struct Aad {
    bytes: [u8; CAPACITY],
    length: usize,
}

#[derive(Clone, Copy)]
#[repr(u8)]
enum Part {
    Version = 1,
    Label,
    Vault,
    Case,
    Exhibit,
    Field,
    Position,
    Rows,
    Name,
    Digest,
    Key,
}

impl Aad {
    /// Block number `no` of a field of an exhibit.
    pub fn block(
        vault: &VaultId,
        case: &CaseId,
        exhibit: &ExhibitId,
        field: Field,
        no: u64,
        rows: u32,
    ) -> Self {
        Self::of_exhibit("block", vault, case, exhibit)
            .field(field)
            .position(no)
            .rows(rows)
    }

    /// The part of a block that is kept until its admission ends.
    pub fn waiting(vault: &VaultId, case: &CaseId, exhibit: &ExhibitId, no: u64) -> Self {
        Self::of_exhibit("waiting", vault, case, exhibit).position(no)
    }

    /// The statistics of the same block.
    pub fn statistics(vault: &VaultId, case: &CaseId, exhibit: &ExhibitId, no: u64) -> Self {
        Self::of_exhibit("statistics", vault, case, exhibit).position(no)
    }

    /// The prints of the messages in the blocks with number `no`.
    pub fn seen(vault: &VaultId, case: &CaseId, exhibit: &ExhibitId, no: u64) -> Self {
        Self::of_exhibit("seen", vault, case, exhibit).position(no)
    }

    /// The values an exhibit added to the dictionary of a field.
    pub fn dictionary(vault: &VaultId, case: &CaseId, exhibit: &ExhibitId, field: Field) -> Self {
        Self::of_exhibit("dictionary", vault, case, exhibit).field(field)
    }

    /// Term number `no` of a field, which an exhibit added to the case.
    pub fn term(
        vault: &VaultId,
        case: &CaseId,
        exhibit: &ExhibitId,
        field: Field,
        no: u64,
    ) -> Self {
        Self::of_exhibit("term", vault, case, exhibit)
            .field(field)
            .position(no)
    }

    /// The run of user names that begins with term `first`.
    pub fn user_run(vault: &VaultId, case: &CaseId, exhibit: &ExhibitId, first: u64) -> Self {
        Self::of_exhibit("user run", vault, case, exhibit)
            .field(Field::User)
            .position(first)
    }

    /// The tags of the run of terms that begins with term `first`.
    pub fn tag_run(
        vault: &VaultId,
        case: &CaseId,
        exhibit: &ExhibitId,
        field: Field,
        first: u64,
    ) -> Self {
        Self::of_exhibit("tag run", vault, case, exhibit)
            .field(field)
            .position(first)
    }

    /// Part `no` of the index from subjects to the blocks of an exhibit.
    pub fn subject_index(vault: &VaultId, case: &CaseId, exhibit: &ExhibitId, no: u64) -> Self {
        Self::of_exhibit("subject index", vault, case, exhibit).position(no)
    }

    /// Part `no` of the rows of an exhibit that could not be read.
    pub fn quarantine(vault: &VaultId, case: &CaseId, exhibit: &ExhibitId, no: u64) -> Self {
        Self::of_exhibit("quarantine", vault, case, exhibit).position(no)
    }

    /// Part `no` of the lines of an exhibit that were left out as duplicates.
    pub fn duplicates(vault: &VaultId, case: &CaseId, exhibit: &ExhibitId, no: u64) -> Self {
        Self::of_exhibit("duplicates", vault, case, exhibit).position(no)
    }

    /// The sealed description of an exhibit.
    pub fn exhibit_description(vault: &VaultId, case: &CaseId, exhibit: &ExhibitId) -> Self {
        Self::of_exhibit("exhibit description", vault, case, exhibit)
    }

    /// The title and reference of a case.
    pub fn case_description(vault: &VaultId, case: &CaseId) -> Self {
        Self::of_case("case description", vault, case)
    }

    /// What is left of a destroyed case.
    pub(in crate::vault) fn remains(vault: &VaultId, case: &CaseId) -> Self {
        Self::of_case("remains", vault, case)
    }

    /// An operator's second factor.
    pub fn operator_secret(vault: &VaultId, operator: &OperatorId) -> Self {
        Self::new("operator secret", vault).name(operator.as_str())
    }

    /// What a script's token is good for.
    pub(in crate::vault) fn token_scope(vault: &VaultId, session: &SessionId) -> Self {
        Self::new("token scope", vault).name(session.as_str())
    }

    /// Where the vault's clock stands.
    pub fn clock(vault: &VaultId) -> Self {
        Self::new("clock", vault)
    }

    /// The change of the keyring's slots that two people are at.
    pub fn slot_change(vault: &VaultId) -> Self {
        Self::new("slot change", vault)
    }

    /// The detail of audit leaf `leaf`.
    pub fn detail(vault: &VaultId, leaf: u64) -> Self {
        Self::new("detail", vault).position(leaf)
    }

    /// The sums of the control rows at a log of `size` leaves.
    pub(in crate::vault) fn control_seal(vault: &VaultId, size: u64) -> Self {
        Self::new("control seal", vault).position(size)
    }

    /// The high-water mark of the log.
    pub(in crate::vault) fn high_water_mark(vault: &VaultId) -> Self {
        Self::new("high-water mark", vault)
    }

    /// An erasure of a case, by its number.
    pub(in crate::vault) fn erasure(vault: &VaultId, case: &CaseId, no: u64) -> Self {
        Self::of_case("erasure", vault, case).position(no)
    }

    /// The copy of a case's erasure list in the file beside the keyring.
    pub(in crate::vault) fn erasure_list(vault: &VaultId, case: &CaseId) -> Self {
        Self::of_case("erasure list", vault, case)
    }

    /// That file.
    pub(in crate::vault) fn erasure_file(vault: &VaultId) -> Self {
        Self::new("erasure file", vault)
    }

    /// What a request asks for; its identifier tells the kind.
    pub fn request(vault: &VaultId, case: &CaseId, request: &RequestId) -> Self {
        Self::of_case("request", vault, case).name(request.as_str())
    }

    /// The account a liaison is bound to.
    pub fn membership(vault: &VaultId, case: &CaseId, operator: &OperatorId) -> Self {
        Self::of_case("membership", vault, case).name(operator.as_str())
    }

    /// A protected table that was given out.
    pub fn release(vault: &VaultId, case: &CaseId, no: u64) -> Self {
        Self::of_case("release", vault, case).position(no)
    }

    /// Where the next page of a question about the records of a case begins.
    pub(in crate::vault) fn cursor(vault: &VaultId, case: &CaseId, question: &[u8; 32]) -> Self {
        Self::of_case("cursor", vault, case).part(Part::Digest, question)
    }

    /// Slot number `no` of the keyring, written at `generation`.
    pub(in crate::vault) fn keyring_slot(
        vault: &VaultId,
        generation: u64,
        no: u32,
        kind: &str,
    ) -> Self {
        Self::new("keyring slot", vault)
            .position(generation)
            .rows(no)
            .name(kind)
    }

    /// The root in slot `no`, as it came in at `generation`.
    pub(in crate::vault) fn keyring_root(vault: &VaultId, generation: u64, no: u32) -> Self {
        Self::new("keyring root", vault)
            .position(generation)
            .rows(no)
    }

    /// The seal of the vault over a slot of the keyring, all of whose other members have this digest.
    pub(in crate::vault) fn keyring_slot_seal(vault: &VaultId, no: u32, slot: &[u8; 32]) -> Self {
        Self::new("keyring slot seal", vault)
            .rows(no)
            .part(Part::Digest, slot)
    }

    /// The body of the keyring at `generation`, under these slots.
    pub(in crate::vault) fn keyring_body(
        vault: &VaultId,
        generation: u64,
        slots: &[u8; 32],
    ) -> Self {
        Self::new("keyring body", vault)
            .position(generation)
            .part(Part::Digest, slots)
    }

    /// The whole, bound to the key it is used with.
    pub(super) fn under(self, key: KeyId) -> Self {
        self.part(Part::Key, &key.to_be_bytes())
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }

    fn new(label: &str, vault: &VaultId) -> Self {
        Self {
            bytes: [0; CAPACITY],
            length: 0,
        }
        .part(Part::Version, &[FORMAT_VERSION])
        .part(Part::Label, label.as_bytes())
        .part(Part::Vault, vault.as_str().as_bytes())
    }

    fn of_case(label: &str, vault: &VaultId, case: &CaseId) -> Self {
        Self::new(label, vault).part(Part::Case, case.as_str().as_bytes())
    }

    fn of_exhibit(label: &str, vault: &VaultId, case: &CaseId, exhibit: &ExhibitId) -> Self {
        Self::of_case(label, vault, case).part(Part::Exhibit, exhibit.as_str().as_bytes())
    }

    fn field(self, field: Field) -> Self {
        self.part(Part::Field, &[field.code()])
    }

    fn position(self, position: u64) -> Self {
        self.part(Part::Position, &position.to_be_bytes())
    }

    fn rows(self, rows: u32) -> Self {
        self.part(Part::Rows, &rows.to_be_bytes())
    }

    fn name(self, name: &str) -> Self {
        self.part(Part::Name, name.as_bytes())
    }

    /// Labels and ids have fixed lengths, so this always fits; if it ever did
    /// not, the slice would stop the program rather than cut a part off.
    fn part(mut self, part: Part, bytes: &[u8]) -> Self {
        let length = (bytes.len() as u16).to_be_bytes();
        for piece in [&[part as u8][..], &length, bytes] {
            let end = self.length + piece.len();
            self.bytes[self.length..end].copy_from_slice(piece);
            self.length = end;
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ExportId, RequestIdOfKind as _, RevealId};

    #[test]
    fn every_part_changes_the_encoding() {
        let (vault, other_vault) = (VaultId::from_random([1; 16]), VaultId::from_random([2; 16]));
        let case = CaseId::from_random([1; 13]);
        let other_case = CaseId::from_random([2; 13]);
        let exhibit = ExhibitId::from_random([1; 13]);
        let other_exhibit = ExhibitId::from_random([2; 13]);
        let reveal = RevealId::from_random([1; 13]).of_any_kind();
        let export = ExportId::from_random([1; 13]).of_any_kind();
        let all = [
            Aad::block(&vault, &case, &exhibit, Field::Number, 7, 9),
            Aad::block(&other_vault, &case, &exhibit, Field::Number, 7, 9),
            Aad::block(&vault, &other_case, &exhibit, Field::Number, 7, 9),
            Aad::block(&vault, &case, &other_exhibit, Field::Number, 7, 9),
            Aad::block(&vault, &case, &exhibit, Field::User, 7, 9),
            Aad::block(&vault, &case, &exhibit, Field::Number, 8, 9),
            Aad::block(&vault, &case, &exhibit, Field::Number, 7, 8),
            Aad::statistics(&vault, &case, &exhibit, 7),
            Aad::dictionary(&vault, &case, &exhibit, Field::Number),
            Aad::term(&vault, &case, &exhibit, Field::Number, 7),
            Aad::term(&vault, &case, &other_exhibit, Field::Number, 7),
            Aad::user_run(&vault, &case, &exhibit, 7),
            Aad::user_run(&vault, &case, &other_exhibit, 7),
            Aad::term(&vault, &case, &exhibit, Field::User, 7),
            Aad::tag_run(&vault, &case, &exhibit, Field::Number, 7),
            Aad::tag_run(&vault, &case, &other_exhibit, Field::Number, 7),
            Aad::tag_run(&vault, &case, &exhibit, Field::User, 7),
            Aad::tag_run(&vault, &case, &exhibit, Field::Number, 8),
            Aad::subject_index(&vault, &case, &exhibit, 7),
            Aad::quarantine(&vault, &case, &exhibit, 7),
            Aad::duplicates(&vault, &case, &exhibit, 7),
            Aad::seen(&vault, &case, &exhibit, 7),
            Aad::exhibit_description(&vault, &case, &exhibit),
            Aad::case_description(&vault, &case),
            Aad::remains(&vault, &case),
            Aad::remains(&vault, &other_case),
            Aad::request(&vault, &case, &reveal),
            Aad::request(&vault, &case, &export),
            Aad::request(&vault, &other_case, &export),
            Aad::cursor(&vault, &case, &[9; 32]),
            Aad::cursor(&vault, &other_case, &[9; 32]),
            Aad::cursor(&vault, &case, &[8; 32]),
            Aad::detail(&vault, 7),
            Aad::keyring_slot(&vault, 7, 9, "passphrase"),
            Aad::keyring_root(&vault, 7, 9),
            Aad::keyring_slot_seal(&vault, 9, &[9; 32]),
            Aad::slot_change(&vault),
            Aad::keyring_body(&vault, 7, &[9; 32]),
        ];
        for (at, one) in all.iter().enumerate() {
            assert!(one.under(KeyId::new(1)).as_bytes() != one.under(KeyId::new(2)).as_bytes());
            for other in &all[at + 1..] {
                assert!(one.as_bytes() != other.as_bytes(), "number {at}");
            }
        }
    }

    #[test]
    fn parts_are_length_prefixed() {
        let aad = Aad::detail(&VaultId::from_random([0; 16]), 5);
        let mut expected = vec![1, 0, 1, 1, 2, 0, 6];
        expected.extend(b"detail");
        expected.extend([3, 0, 32]);
        expected.extend([b'0'; 32]);
        expected.extend([7, 0, 8, 0, 0, 0, 0, 0, 0, 0, 5]);
        assert_eq!(aad.as_bytes(), expected);
    }
}
