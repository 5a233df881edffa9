//! Exhibits that have messages of earlier ones again: compared with a plain list of all records.

use proptest::prelude::*;

use super::*;
use crate::domain::{AccountName, Format};
use crate::operations::withdrawal::{DecideWithdrawal, RequestWithdrawal};
use crate::vault::admission::message_print::tests::KEPT;

/// One row of a made-up file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Message {
    account: u8,
    user: u8,
    number: u8,
    minute: u8,
    /// Not written: to the minute.
    second: Option<u8>,
    kind: u8,
    /// 0: none.
    reference: u8,
}

#[derive(Debug, Clone)]
struct File {
    /// A format whose references are ids of messages.
    ids: bool,
    messages: Vec<Message>,
    /// Withdrawn once it is admitted.
    withdrawn: bool,
}

/// The records of an exhibit that counts.
struct Listed {
    ids: bool,
    minutes: bool,
    records: Vec<Message>,
}

impl Message {
    fn time(&self) -> u32 {
        u32::from(self.minute) * 60 + u32::from(self.second.unwrap_or(0))
    }

    /// The rule of duplicates, as SECURITY and `seen.rs` say it, between a row of a file and a record of an exhibit.
    fn is_again(&self, file: &File, record: &Self, exhibit: &Listed) -> bool {
        match (self.reference, record.reference) {
            (0, 0) => self.whole_row() == record.whole_row(),
            (reference, other) => {
                let person = (self.account, self.number) == (record.account, record.number);
                let same = reference == other && person;
                // What was written to the minute, is stored with the second 0.
                let by_minute = exhibit.minutes && record.time().is_multiple_of(60);
                let time = match (file.ids && exhibit.ids, self.second.is_none() || by_minute) {
                    (true, _) => true,
                    (_, true) => self.minute == record.minute,
                    _ => self.time() == record.time(),
                };
                same && time
            }
        }
    }

    fn whole_row(&self) -> (u8, u8, u8, u32, u8) {
        (self.account, self.user, self.number, self.time(), self.kind)
    }

    /// The rule of duplicates between two rows of one file.
    fn is_again_in_its_file(&self, other: &Self, ids: bool) -> bool {
        let of = |message: &Self| (message.reference, message.account, message.number);
        match self.reference {
            0 => other.reference == 0 && self.whole_row() == other.whole_row(),
            _ if ids => of(self) == of(other),
            _ if self.second.is_some() && other.second.is_some() => {
                of(self) == of(other) && self.time() == other.time()
            }
            _ => of(self) == of(other) && self.minute == other.minute,
        }
    }

    fn written(&self) -> String {
        let second = self.second.map(|second| format!(":{second:02}"));
        let second = second.unwrap_or_default();
        format!("2024-03-10T11:{:02}{second}Z", self.minute)
    }
}

impl File {
    fn csv(&self, own: usize) -> String {
        let mut file = "account,user,number,sent_at,kind,message_ref\n".to_owned();
        for message in &self.messages {
            let user = ["", "ann", "bob"][usize::from(message.user)];
            let reference = ["", "r1", "r2"][usize::from(message.reference)];
            file.push_str(&format!(
                "A{},{user},+1303555010{},{},k{},{reference}\n",
                message.account,
                message.number,
                message.written(),
                message.kind
            ));
        }
        // No two files are the same, and none is empty.
        file.push_str(&format!(
            "A0,,+13035550199,2024-03-10T12:00:00Z,k0,own-{own}\n"
        ));
        file
    }

    fn json(&self, own: usize) -> String {
        let item = |number: &str, time: &str, reference: &str| json!({ "phone": number, "ts": time, "type": "sms", "telephony_id": reference });
        let mut items: Vec<Value> = self
            .messages
            .iter()
            .map(|message| {
                let reference = ["", "r1", "r2"][usize::from(message.reference)];
                let number = format!("+1303555010{}", message.number);
                item(&number, &message.written(), reference)
            })
            .collect();
        items.push(item(
            "+13035550199",
            "2024-03-10T12:00:00Z",
            &format!("own-{own}"),
        ));
        json!({ "items": items }).to_string()
    }

    /// New records, and duplicates of the file and of the case.
    fn compared_with(&self, case: &[Listed]) -> (Listed, u64, u64) {
        let mut seen: Vec<&Message> = Vec::new();
        let (mut of_file, mut of_case, mut records) = (0, 0, Vec::new());
        for message in &self.messages {
            let again = |exhibit: &Listed| {
                let mut records = exhibit.records.iter();
                records.any(|record| message.is_again(self, record, exhibit))
            };
            if seen
                .iter()
                .any(|other| message.is_again_in_its_file(other, self.ids))
            {
                of_file += 1;
                continue;
            }
            seen.push(message);
            match case.iter().any(again) {
                true => of_case += 1,
                false => records.push(message.clone()),
            }
        }
        let minutes = self.messages.iter().any(|message| message.second.is_none());
        let listed = Listed {
            ids: self.ids,
            minutes,
            records,
        };
        (listed, of_file, of_case)
    }
}

impl House {
    fn admit_file(&self, file: &File, own: usize) -> Value {
        let (bytes, declared) = match file.ids {
            true => {
                let declared = Declared {
                    format: Some(Format::DuoV2),
                    account: AccountName::parse("A0").ok(),
                    ..Declared::default()
                };
                (file.json(own), declared)
            }
            false => (file.csv(own), Declared::default()),
        };
        let bytes = Box::new(Cursor::new(bytes.into_bytes()));
        self.send(bytes, declared, &mut |_| true, |_| {}).unwrap()
    }

    fn withdraw(&self, report: &Value) {
        let ids = |ids: &[(&str, &str)]| {
            let ids = ids
                .iter()
                .map(|(name, id)| ((*name).to_owned(), (*id).to_owned()));
            Ids::new(ids.collect())
        };
        let reason = "asked for by a test";
        let exhibit = report["exhibit"].as_str().unwrap();
        let of_exhibit = ids(&[("case", self.case.as_str()), ("exhibit", exhibit)]);
        let input = serde_json::from_value(json!({ "reason": reason })).unwrap();
        let ask = RequestWithdrawal::read(&of_exhibit, input).ok().unwrap();
        let asked = json_of(self.vault.perform(&self.custodian, ask).unwrap());
        let withdrawal = ids(&[("withdrawal", asked["withdrawal"].as_str().unwrap())]);
        let input = json!({ "decision": "approve", "reason": reason });
        let input = serde_json::from_value(input).unwrap();
        let decide = DecideWithdrawal::read(&withdrawal, input).ok().unwrap();
        self.vault.perform(&self.lead, decide).unwrap();
    }
}

fn some_files() -> impl Strategy<Value = Vec<File>> {
    let second = prop_oneof![1 => Just(None), 6 => (0_u8..3).prop_map(Some)];
    let message = (0_u8..2, 0_u8..3, 0_u8..4, 0_u8..2, second, 0_u8..2, 0_u8..3);
    let message =
        message.prop_map(
            |(account, user, number, minute, second, kind, reference)| Message {
                account,
                user,
                number,
                minute,
                second,
                kind,
                reference,
            },
        );
    let messages = prop::collection::vec(message, 0..40);
    let file = (
        messages,
        prop::bool::weighted(0.3),
        prop::bool::weighted(0.25),
    );
    let file = file.prop_map(|(mut messages, ids, withdrawn)| {
        if ids {
            // Such a format always has a reference, and seconds.
            for message in &mut messages {
                // And its account is declared.
                message.account = 0;
                message.reference = message.reference.max(1);
                message.second = message.second.or(Some(0));
            }
        }
        File {
            ids,
            messages,
            withdrawn,
        }
    });
    prop::collection::vec(file, 2..7)
}

/// Short prints of 38 bits, of four, and all the same.
const KEEP: [u64; 3] = [u64::MAX, 0b1111 << 32, 0];

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn the_same_messages_are_left_out_as_by_a_list_of_all_records(
        files in some_files(),
        keep in 0..KEEP.len(),
    ) {
        KEPT.set(KEEP[keep]);
        let house = House::new();
        let mut case = Vec::new();
        for (own, file) in files.iter().enumerate() {
            let (listed, of_file, of_case) = file.compared_with(&case);
            let report = house.admit_file(file, own);
            let seen = house.seen(&report);
            let counted = ["admitted", "duplicates", "duplicates_of_case"]
                .map(|name| seen[name].as_u64().unwrap_or_default());
            let admitted = listed.records.len() as u64 + 1;
            prop_assert_eq!(counted, [admitted, of_file + of_case, of_case], "{}: {:?}", own, &files);
            match file.withdrawn {
                true => house.withdraw(&report),
                false => case.push(listed),
            }
        }
        prop_assert!(house.nothing_is_staged());
        prop_assert!(house.is_sound());
        KEPT.set(u64::MAX);
    }
}

#[test]
fn a_block_that_many_rows_may_be_in_is_read_as_a_whole() {
    for unmarked in [false, true] {
        let file = |from, to| match unmarked {
            true => rows(from, to).replace("message_ref", "nothing"),
            false => rows(from, to),
        };
        let house = House::new();
        house.admit(&file(0, 12_000)).unwrap();
        let seen = house.seen(&house.admit(&file(5_000, 13_000)).unwrap());
        assert_eq!(
            (&seen["admitted"], &seen["duplicates"]),
            (&json!(1_000), &json!(7_000))
        );
        assert!(house.is_sound());
    }
}

#[test]
fn a_block_that_is_looked_into_again_and_again_is_read_as_a_whole() {
    let house = House::new();
    // One message of each of the parts in which a file is read.
    let mut few = HEADER.to_owned();
    for row in (0..200_000).step_by(8_000) {
        few.push_str(rows(row, row + 1).strip_prefix(HEADER).unwrap());
    }
    house.admit(&few).unwrap();
    let seen = house.seen(&house.admit(&rows(0, 200_000)).unwrap());
    assert_eq!(
        (&seen["admitted"], &seen["duplicates"]),
        (&json!(199_975), &json!(25))
    );
    assert!(house.is_sound());
}

/// The rows with much text in a column that is not read.
fn padded(file: &str, bytes: usize) -> String {
    let padding = "x".repeat(bytes);
    let lines = file.lines().enumerate();
    let padded = lines.map(|(at, line)| match at {
        0 => format!("{line},padding\n"),
        _ => format!("{line},{padding}\n"),
    });
    padded.collect()
}

#[test]
fn a_small_file_and_a_large_one_are_compared_alike_in_one_part_and_in_many() {
    // Few rows; many; few in some parts; few in many parts.
    for (count, bytes) in [(100, 0), (300, 0), (40, 300_000), (60, 900_000)] {
        let house = House::new();
        house.admit(&rows(0, 20)).unwrap();
        house.admit(&rows(30, 35)).unwrap();
        let file = padded(&rows(10, 10 + count), bytes);
        let seen = house.seen(&house.admit(&file).unwrap());
        assert_eq!(
            (&seen["admitted"], &seen["duplicates_of_case"]),
            (&json!(count - 15), &json!(15)),
            "{count}, {bytes}"
        );
        assert!(house.is_sound());
    }
}

#[test]
fn prints_of_another_exhibit_are_damage() {
    for sql in [
        "UPDATE seen SET sealed = (SELECT s.sealed FROM seen AS s WHERE s.exhibit <> seen.exhibit)",
        "DELETE FROM seen WHERE exhibit = 1",
        "DELETE FROM seen WHERE exhibit = 2",
    ] {
        // Also where the file has none of the messages.
        for file in [rows(20, 60), rows(200, 210)] {
            let house = House::new();
            house.admit(&rows(0, 50)).unwrap();
            house.admit(&rows(50, 90)).unwrap();
            house.damage(sql);
            let place = "seen".to_owned();
            let refused = house.admit(&file);
            assert_eq!(refused, Err(OperationError::Damaged { place }), "{sql}");
            assert!(house.nothing_is_staged());
            assert!(!house.is_sound());
        }
    }
}

#[test]
fn a_dry_run_compares_with_no_exhibit() {
    let house = House::new();
    house.admit(&rows(0, 50)).unwrap();
    house.damage("DELETE FROM seen");
    let file = Box::new(Cursor::new(rows(20, 60).into_bytes()));
    let dry = |request: &mut AdmitRequest| request.dry_run = true;
    let report = house
        .send(file, Declared::default(), &mut |_| true, dry)
        .unwrap();
    assert_eq!(report["readable"], 40);
}

/// One row for each number, with a user of its own.
fn people(numbers: std::ops::Range<u32>, day: u32) -> String {
    let mut file = HEADER.to_owned();
    for number in numbers {
        file.push_str(&format!(
            "Acme,user.{number},+1202555{number:04},Example Mobile,US,DC,2024-03-{day:02}T10:00:00Z,sms,auth,{day}-{number}\n"
        ));
    }
    file
}

/// A case with 17 runs of numbers, and then with `more` exhibits that added a number each.
fn case_of_people(more: u32) -> House {
    let house = House::new();
    house.admit(&people(0..5000, 1)).unwrap();
    for no in 0..more {
        house.admit(&people(5000 + no..5001 + no, 2)).unwrap();
    }
    house
}

#[test]
fn known_numbers_are_found_one_by_one_by_a_pass_and_in_a_table() {
    for more in [0, 10] {
        let house = case_of_people(more);
        let mut known = i64::from(5000 + more);
        // Few, many, many of whom some are new, and few again.
        for (day, (from, to)) in (3..).zip([(70, 75), (100, 4000), (3000, 5040), (4990, 4994)]) {
            house.admit(&people(from..to, day)).unwrap();
            known = known.max(i64::from(to));
            assert_eq!(
                (house.terms(3), house.terms(2)),
                (known, known),
                "{more}, {day}"
            );
        }
        let told = house.look_up(&["+12025550071", "+12025553500", "+12025559999"]);
        let told: Vec<(&str, u64)> = told
            .iter()
            .map(|(state, no)| (state.as_str(), *no))
            .collect();
        assert_eq!(told, [("exposed", 2), ("exposed", 3), ("not_exposed", 0)]);
        assert!(house.nothing_is_staged());
        assert!(house.is_sound());
    }
}

#[test]
fn a_ring_of_runs_with_a_gap_or_a_swap_is_damage_for_a_pass_and_for_a_table() {
    for more in [0, 10] {
        for sql in [
            "DELETE FROM term_run WHERE field = 3 AND first = 312",
            "DELETE FROM term_run WHERE field = 3 AND first = 1",
            "DELETE FROM term_run WHERE field = 3 AND first = 4977",
            "DELETE FROM term_run WHERE field = 2 AND first = 2049",
            "UPDATE term_run SET tags = (SELECT t.tags FROM term_run AS t WHERE t.field = 3 AND t.first = 1)
             WHERE field = 3 AND first = 312",
            "UPDATE term_run SET first = first + 1000000 WHERE field = 3 AND first = 623",
            "UPDATE term_run SET tags = CAST(substr(tags, 1, 100) || x'5a5a5a5a' || substr(tags, 105) AS BLOB)
             WHERE field = 3 AND first = 934",
        ] {
            let house = case_of_people(more);
            house.damage(sql);
            let refused = house.admit(&people(100..4900, 3));
            let place = "term_run".to_owned();
            assert_eq!(refused, Err(OperationError::Damaged { place }), "{more}: {sql}");
        }
    }
}
