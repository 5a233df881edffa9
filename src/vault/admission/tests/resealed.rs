//! Parts that a rotation seals again: those that the digest over the set was compared with, and no other.

use super::*;
use crate::domain::Field;
use crate::vault::admission::resealed_parts::Resealing;
use crate::vault::exhibits::exhibit_parts::ExhibitParts;
use crate::vault::plaintext::Nonces;
use crate::vault::store::block_rows;

#[test]
fn an_earlier_part_that_is_put_back_after_the_set_was_compared_is_not_sealed_again() {
    let house = House::new();
    let row = "one,user.1,+447700900123,Carrier,GB,,2024-03-01T12:00:00Z,sms,,m-1\n";
    house.admit(&format!("{HEADER}{row}")).unwrap();
    let core = &house.vault.core;
    let before = core.case_keys(&house.case).unwrap();
    let id = core
        .keyring_to_change()
        .unwrap()
        .add_case_key(&house.case, &*core.entropy);
    assert_eq!(id.unwrap().number(), 2);
    let keys = core.case_keys(&house.case).unwrap();
    let exhibit = || {
        let reader = core.readers.snapshot().unwrap();
        let connection = reader.connection().unwrap();
        let case = case_rows::find(connection, &house.case).unwrap().unwrap();
        let mut all = exhibit_rows::list_all(connection, case.number).unwrap();
        all.remove(0)
    };
    let begin = || {
        let reader = core.readers.snapshot().unwrap();
        let connection = reader.connection().unwrap();
        Resealing::begin(connection, &keys, exhibit())
    };
    let step = |resealing: &mut Resealing| {
        let reader = core.readers.snapshot().unwrap();
        let connection = reader.connection().unwrap();
        let mut nonces = Nonces::new(&*core.entropy);
        let step = resealing.next(connection, &keys, &mut nonces, usize::MAX);
        step.map(|step| step.is_some())
    };
    let mut resealing = begin().unwrap();
    assert_eq!(step(&mut resealing).ok(), Some(true));
    assert_eq!(step(&mut resealing).ok(), Some(false));

    // Somebody writes to the file between the look at the set and the step: a part as the vault could have sealed it
    // at another time, under the same key and for the same place.
    let mut resealing = begin().unwrap();
    let exhibit = exhibit();
    let field = Field::Number;
    let mut other = Vec::new();
    {
        let reader = core.readers.snapshot().unwrap();
        let connection = reader.connection().unwrap();
        let found = block_rows::read(connection, exhibit.number, field, 0, &mut other);
        assert!(found.unwrap());
    }
    let nonce = Nonces::new(&*core.entropy).take().unwrap();
    let parts = ExhibitParts::of(&before, &exhibit.id);
    parts.block(field, 0).reseal(nonce, &mut other).unwrap();
    let number = exhibit.number;
    let put_back =
        move |rows: &store::Transaction| block_rows::overwrite(rows, number, field, 0, &other);
    house.vault.ledger.stager().stage(put_back).unwrap();
    match step(&mut resealing) {
        Err(OperationError::Damaged { place }) => assert!(place.contains("block 0"), "{place}"),
        other => panic!("{other:?}"),
    }
    // Nor is it by a new look: the set has another digest.
    assert!(matches!(begin(), Err(OperationError::Damaged { .. })));
}
