//! The files of a served vault, changed past SQLite: by a copy that was put back, or by a disk that lost something.

use std::fs::{self, File};

use breachvault::operations::case::{CloseCase, ListMembers, SetRetention};
use breachvault::operations::record::LookUp;
use breachvault::operations::session::ReadSelf;
use breachvault::vault::{OperationError, Refusal};
use serde_json::{Value, json};

use crate::house::{House, REASON, log, numbers};
use crate::tables::only_on_sqlite;

/// What somebody does to the file that SQLite writes first, and the bytes that it had before.
type Change = fn(&std::path::Path, &[u8]);

const CHANGES: [(&str, Change); 3] = [
    ("an earlier one is copied over it", |path, earlier| {
        fs::write(path, earlier).unwrap();
    }),
    ("it loses its end", |path, _| {
        let file = File::options().write(true).open(path).unwrap();
        file.set_len(file.metadata().unwrap().len() / 3).unwrap();
    }),
    ("its pages are nothing", |path, _| {
        let bytes = fs::read(path).unwrap();
        // The header of the file stays.
        let mut zeros = bytes[..32].to_vec();
        zeros.resize(bytes.len(), 0);
        fs::write(path, zeros).unwrap();
    }),
];

/// Something that reads control rows, something that reads records, something that writes.
fn acts(house: &House, number: &str) -> Vec<Result<Value, Refusal>> {
    let people = &house.people;
    let case = [("case", people.case.as_str())];
    let look_up = json!({ "numbers": [number], "purpose": "scoping", "reason": REASON });
    let reason = json!({ "reason": REASON });
    vec![
        house.ask::<ReadSelf>(&people.lead, &[], json!({})),
        house.ask::<ListMembers>(&people.lead, &case, json!({})),
        house.ask::<LookUp>(&people.investigator, &case, look_up),
        house.ask::<CloseCase>(&people.lead, &case, reason.clone()),
        house.ask::<SetRetention>(&people.lead, &case, reason),
    ]
}

#[test]
fn a_file_put_back_under_a_served_vault_ends_all_acts_and_readiness() {
    only_on_sqlite!();
    let number = numbers(2000, 7, 1).remove(0);
    for (what, change) in CHANGES {
        let house = House::new();
        let path = house.paths().database().with_file_name("vault.db-wal");
        let earlier = fs::read(&path).unwrap();
        house.admit(log(2000, 7)).unwrap();
        for done in acts(&house, &number) {
            done.unwrap();
        }
        assert!(house.vault.health().is_green(), "{what}");
        change(&path, &earlier);
        // What is in memory may answer for a moment; then it is met, and all is over.
        let mut refused = 0;
        for _ in 0..20 {
            for refusal in acts(&house, &number).into_iter().filter_map(Result::err) {
                let closed = match &refusal {
                    Refusal::Unaudited(_) => true,
                    Refusal::Failed(error, _) => matches!(error, OperationError::Damaged { .. }),
                    Refusal::Denied(..) => false,
                };
                assert!(closed, "{what}: {refusal:?}");
                refused += 1;
            }
        }
        assert!(refused > 0, "{what}: nobody noticed");
        assert!(!house.vault.health().is_green(), "{what}");
        let after = acts(&house, &number);
        assert!(after.iter().all(Result::is_err), "{what}: {after:?}");
    }
}
