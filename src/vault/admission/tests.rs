use std::io::{Cursor, Read};
use std::sync::Arc;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::domain::{CaseId, CaseRole, HomeRole, OperatorId, OperatorName, Reference, Title};
use crate::ingest::Declared;
use crate::operations::exhibit::{AdmitRequest, Arriving, ListExhibits, Progress, admit};
use crate::operations::record::LookUp;
use crate::operations::{Ids, Request};
use crate::policy::actions;
use crate::vault::clock::ManualClock;
use crate::vault::entropy::SystemEntropy;
use crate::vault::error::Stopped;
use crate::vault::exhibits::description::open_description;
use crate::vault::exhibits::leftovers::Leftover;
use crate::vault::identity::{EnrolmentToken, NewPassword, Password};
use crate::vault::keyring::{Argon2Params, NewPassphrase};
use crate::vault::scope::requests::MembershipWanted;
use crate::vault::scope::{Invitation, Scope};
use crate::vault::store::exhibit_rows::{self, ExhibitRow};
use crate::vault::store::{Tables, case_rows, membership_rows, take_statements};
use crate::vault::*;

mod again;
mod custodian;
mod refused;
mod resealed;
mod same_message;

const HEADER: &str = "account,user,number,carrier,country,state,sent_at,kind,channel,message_ref\n";

/// A vault with an open case, its lead and its custodian.
struct House {
    vault: Vault,
    case: CaseId,
    lead: Caller,
    custodian: Caller,
    _tables: Option<Tables>,
    directory: TempDir,
}

struct Done<T>(T);

impl<T: Send + 'static> Answer for Done<T> {
    type View = Value;

    fn view(self, _: &Receipt) -> Result<Value, OperationError> {
        Ok(json!({}))
    }
}

struct Invite(OperatorName, HomeRole);

impl Operation for Invite {
    type Action = actions::AddOperator;
    type Answer = Done<Invitation>;

    fn target(&self) -> Target {
        Target::Vault
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<Self::Answer, OperationError> {
        scope.invite(&self.0, self.1).map(Done)
    }
}

struct Open;

impl Operation for Open {
    type Action = actions::OpenCase;
    type Answer = Done<CaseId>;

    fn target(&self) -> Target {
        Target::Vault
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<Self::Answer, OperationError> {
        let title = Title::parse("Supplier's log").unwrap();
        let reference = Reference::parse("INC-1").unwrap();
        scope.open_case(&title, &reference, None).map(Done)
    }
}

struct Name(CaseId, OperatorId);

impl Operation for Name {
    type Action = actions::NameMember;
    type Answer = Done<()>;

    fn target(&self) -> Target {
        Target::Member(self.0.clone(), self.1.clone())
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<Self::Answer, OperationError> {
        let operator = self.1.clone();
        scope.name_member(&MembershipWanted {
            operator: self.1,
            role: CaseRole::Custodian,
            account: None,
            account_not_in_log: true,
        })?;
        let (rows, case) = (scope.transaction()?, scope.case_row()?.number);
        let now = "2024-04-02T09:00:00Z".parse().unwrap();
        membership_rows::recognise(rows, case, &operator, &operator, now)?;
        Ok(Done(()))
    }
}

fn done<O: Operation<Answer = Done<T>>, T: Send + 'static>(
    vault: &Vault,
    caller: &Caller,
    operation: O,
) -> T {
    match vault.perform_for(caller, operation).unwrap().1 {
        Ok(Done(answer)) => answer,
        Err(Stopped::Denied(denial)) => panic!("denied: {}", denial.name()),
        Err(Stopped::Failed(error)) => panic!("failed: {error:?}"),
    }
}

fn sign_in(vault: &Vault, name: &str, enrolment: &EnrolmentToken) -> Caller {
    let password = || "a long password of words".to_owned();
    let new = NewPassword::parse(Password::new(password())).ok().unwrap();
    assert!(vault.enrol(enrolment, new, false).is_ok());
    let attempt = SignIn {
        name: OperatorName::parse(name).unwrap(),
        password: Password::new(password()),
        totp: None,
        address: None,
    };
    vault.sign_in_here(attempt).unwrap().unwrap()
}

impl House {
    fn new() -> Self {
        let directory = crate::vault::plaintext::tests::directory::directory();
        let tables = Tables::wanted();
        if let Some(tables) = &tables {
            let paths = Paths::of(directory.path());
            Vault::put_tables_at(&paths, &tables.address(), None).unwrap();
        }
        let mut settings = Settings {
            second_factor: SecondFactor::Offered,
            passkeys: Passkeys::Offered,
            idle_s: 8 * 3600,
            password_cost: Argon2Params::new(8, 1, 1).unwrap(),
            ..Settings::default()
        };
        // Tests withdraw more in a moment than people do in a day.
        settings.allow_lookups(100_000);
        let founded = Vault::create(
            &Paths::of(directory.path()),
            &NewPassphrase::parse("a passphrase for tests".to_owned())
                .ok()
                .unwrap(),
            Argon2Params::new(8, 1, 1).unwrap(),
            OperatorName::parse("admin").unwrap(),
            settings,
            Arc::new(ManualClock::new("2024-04-02T09:00:00Z".parse().unwrap())),
            Arc::new(SystemEntropy::new()),
        )
        .unwrap();
        let vault = founded.vault;
        let admin = sign_in(&vault, "admin", &founded.invitation.enrolment);
        let member = |name: &str, home| {
            let invite = Invite(OperatorName::parse(name).unwrap(), home);
            let invitation = done(&vault, &admin, invite);
            sign_in(&vault, name, &invitation.enrolment)
        };
        let lead = member("lead", HomeRole::Lead);
        let custodian = member("custodian", HomeRole::Custodian);
        let case = done(&vault, &lead, Open);
        let operator = custodian.operator_id().unwrap().clone();
        done(&vault, &lead, Name(case.clone(), operator));
        Self {
            vault,
            case,
            lead,
            custodian,
            _tables: tables,
            directory,
        }
    }

    fn admit(&self, file: &str) -> Result<Value, OperationError> {
        self.admit_from(
            Box::new(Cursor::new(file.to_owned().into_bytes())),
            &mut |_| true,
        )
    }

    fn admit_in(&self, region: &str, file: &str) -> Value {
        let file = Box::new(Cursor::new(file.to_owned().into_bytes()));
        let region = region.parse().unwrap();
        let said = |request: &mut AdmitRequest| {
            request.region = Some(region);
            request.accept_quarantined = true;
        };
        self.send(file, Declared::default(), &mut |_| true, said)
            .unwrap()
    }

    fn admit_from(
        &self,
        file: Box<dyn Read + Send>,
        progress: &mut dyn FnMut(Progress) -> bool,
    ) -> Result<Value, OperationError> {
        self.send(file, Declared::default(), progress, |_| {})
    }

    /// Admits what can be read, even if it is nothing.
    fn admit_anyway(&self, file: &str) -> Result<Value, OperationError> {
        let file = Box::new(Cursor::new(file.to_owned().into_bytes()));
        let accept = |request: &mut AdmitRequest| request.accept_quarantined = true;
        self.send(file, Declared::default(), &mut |_| true, accept)
    }

    fn send(
        &self,
        file: Box<dyn Read + Send>,
        declared: Declared,
        progress: &mut dyn FnMut(Progress) -> bool,
        more: impl FnOnce(&mut AdmitRequest),
    ) -> Result<Value, OperationError> {
        let mut request = AdmitRequest {
            case: self.case.clone(),
            name: Some(Title::parse("march.csv").unwrap()),
            source: Some(Reference::parse("the supplier").unwrap()),
            declared,
            region: None,
            dry_run: false,
            preview: false,
            accept_quarantined: false,
        };
        more(&mut request);
        let arriving = Arriving::whole(file, None);
        match admit(&self.vault, &self.custodian, request, arriving, progress) {
            Ok(reply) => Ok(json_of(reply)),
            Err(Refusal::Failed(error, _)) => Err(error),
            Err(refusal) => panic!("{refusal:?}"),
        }
    }

    /// What the lead is told about each of the numbers.
    fn look_up(&self, numbers: &[&str]) -> Vec<(String, u64)> {
        let ids = Ids::new(vec![("case".to_owned(), self.case.as_str().to_owned())]);
        let asked = json!({
            "numbers": numbers, "purpose": "quality-check", "reason": "asked for by a test",
        });
        let asked = LookUp::read(&ids, serde_json::from_value(asked).unwrap());
        let answer = self.vault.perform(&self.lead, asked.ok().unwrap()).unwrap();
        let results = json_of(answer)["results"].as_array().unwrap().clone();
        let told = results.iter().map(|result| {
            let state = result["state"].as_str().unwrap().to_owned();
            (state, result["messages"].as_u64().unwrap_or_default())
        });
        told.collect()
    }

    /// True when no row of any table is staged.
    /// The exhibits of the case as somebody sees them.
    fn listed(&self, caller: &Caller) -> Vec<Value> {
        let list = ListExhibits::of(self.case.clone());
        let list = json_of(self.vault.perform(caller, list).unwrap());
        list["exhibits"].as_array().unwrap().clone()
    }

    /// What became of the rows of a report's exhibit, compared with the case.
    fn seen(&self, report: &Value) -> Value {
        let reader = self.vault.core.readers.snapshot().unwrap();
        let connection = reader.connection().unwrap();
        let case = case_rows::find(connection, &self.case).unwrap().unwrap();
        let keys = self.vault.core.case_keys(&case.id).unwrap();
        let rows = exhibit_rows::list_all(connection, case.number).unwrap();
        let of_report = |row: &&ExhibitRow| report["exhibit"] == row.id.as_str();
        let row = rows.iter().find(of_report).unwrap();
        let told = open_description(&keys, row).unwrap();
        json!({
            "exhibit": row.id.as_str(),
            "name": told.name,
            "commitment": told.commitment(),
            "rows": told.rows,
            "admitted": told.admitted,
            "duplicates": told.duplicates + told.in_case,
            "duplicates_of_case": told.in_case,
            "quarantined": told.quarantined,
            "numbers": told.numbers,
        })
    }

    fn nothing_is_staged(&self) -> bool {
        let reader = self.vault.core.readers.snapshot().unwrap();
        let connection = reader.connection().unwrap();
        let count = |sql: &str| connection.number(sql);
        let orphans = [
            "block",
            "statistics",
            "seen",
            "dictionary",
            "subject_index",
            "quarantine",
            "duplicate",
        ]
        .map(|table| {
            count(&format!(
                "SELECT COUNT(*) FROM {table} WHERE exhibit NOT IN
                     (SELECT number FROM exhibit WHERE state = 'admitted')"
            ))
        });
        exhibit_rows::staged(connection, None).unwrap().is_empty()
            && orphans == [0; 7]
            && count("SELECT COALESCE(SUM(length(tags) - 49), 0) / 16 FROM term_run")
                == count("SELECT CAST(SUM(numbers + users) AS BIGINT) FROM cases")
            && count(
                "SELECT COUNT(*) FROM term_run WHERE exhibit NOT IN
                     (SELECT number FROM exhibit WHERE state = 'admitted')
                     OR field = 3 AND length(sealed) <> 5 + 36 * (length(tags) - 49) / 16",
            ) == 0
    }

    fn count(&self, sql: &str) -> i64 {
        let reader = self.vault.core.readers.snapshot().unwrap();
        let connection = reader.connection().unwrap();
        connection.number(sql)
    }

    /// Terms of a field.
    fn terms(&self, field: u8) -> i64 {
        self.count(&format!(
            "SELECT COALESCE(SUM(length(tags) - 49), 0) / 16 FROM term_run WHERE field = {field}"
        ))
    }

    fn runs(&self) -> i64 {
        self.count("SELECT COUNT(*) FROM term_run")
    }

    fn is_sound(&self) -> bool {
        let checks = self.vault.check_exhibits().unwrap();
        checks.iter().all(ExhibitCheck::is_sound)
    }

    fn damage(&self, sql: &'static str) {
        self.vault
            .ledger
            .stager()
            .stage(move |connection| {
                connection.change(sql);
                Ok(())
            })
            .unwrap();
    }

    fn faults(&self) -> Vec<String> {
        let checks = self.vault.check_exhibits().unwrap();
        checks.into_iter().flat_map(|check| check.faults).collect()
    }

    fn last_leaf(&self) -> Value {
        let reader = self.vault.core.readers.snapshot().unwrap();
        let newest = "SELECT bytes FROM leaf ORDER BY seq DESC LIMIT 1";
        let bytes: Vec<u8> = reader.connection().unwrap().bytes(newest);
        serde_json::from_slice(&bytes).unwrap()
    }
}

fn json_of(reply: Reply) -> Value {
    match reply.wire.into_body() {
        Body::Bytes(bytes) => serde_json::from_slice(&bytes).unwrap(),
        Body::File(_) => panic!("a file"),
    }
}

/// Rows of numbers +1 202 555 01xx, 100 of them, each with a message reference.
fn rows(from: usize, to: usize) -> String {
    let mut file = HEADER.to_owned();
    for row in from..to {
        file.push_str(&format!(
            "Acme {},user{},+120255501{:02},Example Mobile,US,DC,2024-03-{:02}T10:00:{:02}Z,sms,auth,{:016}\n",
            row % 3,
            row % 7,
            row % 100,
            row % 31 + 1,
            row % 60,
            row
        ));
    }
    file
}

#[test]
fn a_log_is_admitted_and_its_report_counts_every_row() {
    let house = House::new();
    let mut file = rows(0, 250);
    file.push_str("Acme 0,user0,+12025550100,Example Mobile,US,DC,2024-03-01T10:00:00Z,sms,auth,0000000000000000\n");
    file.push_str("Acme 0,,+1202555****,Example Mobile,US,DC,2024-03-01T10:00:00Z,sms,auth,r1\n");
    file.push_str("Acme 0,,not one,Example Mobile,US,DC,2024-03-01T10:00:00Z,sms,auth,r2\n");
    file.push_str("Acme 0,,+447700900123,,,,2024-03-01T10:00:00Z,sms,auth,\n");
    file.push_str("Acme 0,,+44 7700 900123,,,,2024-03-01T10:00:00Z,sms,auth,\n");
    let report = house.admit(&file).unwrap();
    assert_eq!(report["rows"], 255);
    assert_eq!(report["admitted"], 251);
    assert_eq!(report["duplicates"], 2);
    assert_eq!(report["quarantined"], 2);
    assert_eq!(report["numbers"], 101);
    assert_eq!(report["format"], "supplier-csv");
    assert_eq!(
        report["rejects"],
        json!([
            { "line": 253, "column": "number", "kind": "masked" },
            { "line": 254, "column": "number", "kind": "not-a-number" },
        ])
    );
    assert!(house.nothing_is_staged());
    assert!(house.is_sound());
    let leaf = house.last_leaf();
    assert_eq!(leaf["action"], "exhibit.finish");
    assert_eq!(leaf["outcome"], "done");
    assert_eq!(leaf["rows"], 251);
    assert!(leaf["digest"].is_string());
    let listed = house.seen(&report);
    assert_eq!(listed["name"], "march.csv");
    assert_eq!(listed["admitted"], 251);
    assert_eq!(listed["commitment"], report["commitment"]);
}

/// Rows of a number and a country each, a second apart.
fn numbers_in(rows: &[(&str, &str)]) -> String {
    let mut file = HEADER.to_owned();
    for (second, (number, country)) in rows.iter().enumerate() {
        file.push_str(&format!(
            "Acme,,\"{number}\",Example Mobile,{country},,2024-03-10T11:00:{second:02}Z,sms,,\n"
        ));
    }
    file
}

const FOUND: (&str, u64) = ("exposed", 1);
const ABSENT: (&str, u64) = ("not_exposed", 0);

#[track_caller]
fn are(house: &House, numbers: &[(&str, (&str, u64))]) {
    let (numbers, wanted): (Vec<_>, Vec<_>) = numbers.iter().copied().unzip();
    let told = house.look_up(&numbers);
    let told: Vec<_> = told
        .iter()
        .map(|(state, count)| (state.as_str(), *count))
        .collect();
    assert_eq!(told, wanted);
}

#[test]
fn a_number_without_a_plus_is_one_of_its_rows_country() {
    let house = House::new();
    let rows = [
        ("6465550142", "US"),
        ("3235550142", "US"),
        ("13123456780", "CN"),
        // The same spelling, twice more, in two countries.
        ("2045550142", "CA"),
        ("2045550142", "GB"),
        ("2045550142", "CA"),
        ("13035550142.0", "US"),
        ("６４６－５５５－０１４３", "US"),
    ];
    let report = house.admit(&numbers_in(&rows)).unwrap();
    assert_eq!(
        (
            &report["admitted"],
            &report["quarantined"],
            &report["numbers"]
        ),
        (&json!(8), &json!(0), &json!(7))
    );
    are(
        &house,
        &[
            ("+16465550142", FOUND),
            ("+6465550142", ABSENT),
            ("+13235550142", FOUND),
            ("+8613123456780", FOUND),
            ("+13123456780", ABSENT),
            ("+12045550142", ("exposed", 2)),
            ("+442045550142", FOUND),
            ("+13035550142", FOUND),
            ("+16465550143", FOUND),
        ],
    );
    assert!(house.is_sound());
}

#[test]
fn a_number_that_its_rows_country_contradicts_or_nobody_placed_is_quarantined() {
    let house = House::new();
    let rows = [
        ("4795550143", "NO"),
        ("6592345678", "SG"),
        ("2125550143", "PR"),
        ("+4795550144", "US"),
        ("447700900123", "GB"),
        ("2125550144", ""),
    ];
    let report = house.admit_in("US", &numbers_in(&rows));
    let kinds = |report: &Value| -> Vec<(u64, String)> {
        let rejects = report["rejects"].as_array().unwrap().iter();
        let kind = |reject: &Value| reject["kind"].as_str().unwrap().to_owned();
        rejects
            .map(|reject| (reject["line"].as_u64().unwrap(), kind(reject)))
            .collect()
    };
    let expected = [
        (2, "other-country"),
        (3, "other-country"),
        (6, "not-in-region"),
    ];
    assert_eq!(
        kinds(&report),
        expected.map(|(line, kind)| (line, kind.to_owned()))
    );
    are(
        &house,
        &[
            ("+14795550143", ABSENT),
            ("+16592345678", ABSENT),
            ("+4795550143", ABSENT),
            ("+12125550143", FOUND),
            ("+4795550144", FOUND),
            ("+12125550144", FOUND),
        ],
    );
    let report = house
        .admit_anyway(&numbers_in(&[("2125550145", ""), ("5550142", "US")]))
        .unwrap();
    let expected = [(2, "needs-region"), (3, "not-a-number")];
    assert_eq!(
        kinds(&report),
        expected.map(|(line, kind)| (line, kind.to_owned()))
    );
}

#[test]
fn a_number_of_a_plan_that_moved_is_its_new_number_everywhere() {
    let house = House::new();
    let rows = [
        ("+5215512345681", "MX"),
        ("5215512345682", "MX"),
        ("+52 1 55 1234 5683", "MX"),
        ("+525512345684", "MX"),
        ("+5215512345681", "MX"),
        ("+5215512345682", "MX"),
        ("+4407700900123", "GB"),
        ("+4407700900123", "GB"),
    ];
    let report = house.admit(&numbers_in(&rows)).unwrap();
    assert_eq!(
        (&report["admitted"], &report["numbers"]),
        (&json!(8), &json!(5))
    );
    are(
        &house,
        &[
            ("+525512345681", ("exposed", 2)),
            ("+525512345682", ("exposed", 2)),
            ("+525512345683", FOUND),
            ("+525512345684", FOUND),
            ("+5215512345681", ("exposed", 2)),
            ("+52 1 55 1234 5684", FOUND),
            ("+447700900123", ("exposed", 2)),
        ],
    );
    // And in a later exhibit.
    let later = numbers_in(&[("+525512345681", "MX"), ("+52 044 55 1234 5681", "MX")]);
    let report = house.admit(&later.replace("11:00", "12:00")).unwrap();
    assert_eq!(
        (&report["admitted"], &report["numbers"]),
        (&json!(2), &json!(1))
    );
    are(&house, &[("+5215512345681", ("exposed", 4))]);
    assert!(house.is_sound());
}

#[test]
fn the_same_file_is_not_admitted_twice() {
    let house = House::new();
    let report = house.admit(&rows(0, 10)).unwrap();
    let exhibit = report["exhibit"].as_str().unwrap().parse().unwrap();
    assert_eq!(
        house.admit(&rows(0, 10)),
        Err(OperationError::Conflict(Conflict::AlreadyAdmitted(exhibit)))
    );
    assert!(house.nothing_is_staged());
    assert_eq!(house.last_leaf()["kind"], "already-admitted");
}

#[test]
fn each_sheet_of_a_workbook_is_an_exhibit_of_its_own() {
    let house = House::new();
    let workbook = include_bytes!("../../../tests/fixtures/ingest/two-sheets.xlsx");
    let admit = |sheet: Option<&str>| {
        let declared = Declared {
            sheet: sheet.map(str::to_owned),
            zone: Some("UTC".parse().unwrap()),
            ..Declared::default()
        };
        let file = Box::new(Cursor::new(workbook.to_vec()));
        house.send(file, declared, &mut |_| true, |_| {})
    };
    for sheet in [None, Some("Apr")] {
        let report = admit(sheet).unwrap();
        let exhibit = report["exhibit"].as_str().unwrap().parse().unwrap();
        let again = Err(OperationError::Conflict(Conflict::AlreadyAdmitted(exhibit)));
        assert_eq!(admit(sheet), again);
    }
    assert!(house.is_sound());
}

#[test]
fn rows_of_an_earlier_exhibit_are_duplicates_with_and_without_reference() {
    let house = House::new();
    let unmarked = |file: String| file.replace("message_ref", "nothing");
    house.admit(&rows(0, 60)).unwrap();
    let second = house.seen(&house.admit(&rows(40, 120)).unwrap());
    assert_eq!(
        (&second["admitted"], &second["duplicates"]),
        (&json!(60), &json!(20))
    );
    assert_eq!(second["numbers"], 60);
    // Without references the whole row counts.
    let house = House::new();
    house.admit(&unmarked(rows(0, 60))).unwrap();
    let report = house.admit(&unmarked(rows(40, 120))).unwrap();
    assert_eq!(report["dropped_columns"], json!(["nothing"]));
    let second = house.seen(&report);
    assert_eq!(
        (&second["admitted"], &second["duplicates"]),
        (&json!(60), &json!(20))
    );
    assert_eq!(second["duplicates_of_case"], 20);
    assert!(house.nothing_is_staged());
    assert!(house.is_sound());
}

#[test]
fn numbers_and_users_are_found_again_across_three_exhibits() {
    for unmarked in [false, true] {
        let file = |from, to| match unmarked {
            true => rows(from, to).replace("message_ref", "nothing"),
            false => rows(from, to),
        };
        let house = House::new();
        // 300 rows on come the same number and account with another user: he is not the kept one.
        let mut counts = Vec::new();
        for (from, to) in [(0, 700), (350, 1000), (600, 1100)] {
            let seen = house.seen(&house.admit(&file(from, to)).unwrap());
            counts.push((seen["admitted"].clone(), seen["duplicates"].clone()));
        }
        assert_eq!(
            counts,
            [(700, 0), (300, 350), (100, 400)].map(|(new, again)| (json!(new), json!(again)))
        );
        assert_eq!(house.terms(3), 100);
        assert_eq!(house.terms(2), 7);
        assert!(house.nothing_is_staged());
        assert!(house.is_sound());
    }
}

#[test]
fn another_user_makes_another_record_where_there_is_no_reference() {
    let house = House::new();
    let file = |users: &[&str]| {
        let mut file = HEADER.to_owned();
        for user in users {
            file.push_str(&format!(
                "Acme,{user},+12025550101,Example Mobile,US,DC,2024-03-01T10:00:00Z,sms,auth,\n"
            ));
        }
        file
    };
    let count = |report: &Value| {
        let seen = house.seen(report);
        (seen["admitted"].clone(), seen["duplicates"].clone())
    };
    let report = house.admit(&file(&["ann", "bob", "ann", ""])).unwrap();
    assert_eq!(count(&report), (json!(3), json!(1)));
    let report = house.admit(&file(&["bob", "", "cid", "ann"])).unwrap();
    assert_eq!(count(&report), (json!(1), json!(3)));
    let report = house.admit(&file(&["cid", "dot", "bob"])).unwrap();
    assert_eq!(count(&report), (json!(1), json!(2)));
    assert!(house.is_sound());
}

#[test]
fn one_reference_to_many_numbers_is_no_duplicate() {
    let house = House::new();
    let file = |numbers: std::ops::Range<u32>| {
        let mut file = HEADER.to_owned();
        for number in numbers {
            file.push_str(&format!(
                "Acme,ann,+120255501{number:02},Example Mobile,US,DC,2024-03-01T10:00:00Z,sms,auth,batch-1\n"
            ));
        }
        file
    };
    let first = house.admit(&file(0..50)).unwrap();
    assert_eq!(first["admitted"], 50);
    assert_eq!(first["duplicates"], 0);
    let second = house.seen(&house.admit(&file(30..60)).unwrap());
    assert_eq!(second["admitted"], 10);
    assert_eq!(second["duplicates"], 20);
    assert!(house.is_sound());
}

#[test]
fn terms_of_several_runs_are_found_again() {
    let house = House::new();
    let file = |numbers: std::ops::Range<u32>, day: u32| {
        let mut file = HEADER.to_owned();
        for number in numbers {
            file.push_str(&format!(
                "Acme,user.{number},+1202555{number:04},Example Mobile,US,DC,2024-03-{day:02}T10:00:00Z,sms,auth,{day}-{number}\n"
            ));
        }
        file
    };
    house.admit(&file(0..5000, 1)).unwrap();
    assert_eq!((house.terms(3), house.terms(2)), (5000, 5000));
    house.admit(&file(3000..8000, 2)).unwrap();
    assert_eq!((house.terms(3), house.terms(2)), (8000, 8000));
    // Of 311 numbers and of 2,048 user names.
    assert_eq!(house.runs(), (17 + 10) + (3 + 2));
    // A check looks each tag up in both exhibits, and reads each run for all of its tags.
    take_statements();
    assert!(house.is_sound());
    let mut reads = take_statements();
    let names = ["around", "last", "from", "together"].map(|name| format!("term_run::{name}\n"));
    reads.retain(|sql| names.iter().any(|name| sql.contains(name)));
    assert!((32..=3 * 32).contains(&reads.len()), "{}", reads.len());
    assert!(house.nothing_is_staged());
}

#[test]
fn a_run_or_segment_that_is_away_is_no_reason_to_add_its_values_again() {
    for (sql, named) in [
        ("DELETE FROM term_run WHERE field = 3", "term_run"),
        ("DELETE FROM term_run WHERE field = 2", "term_run"),
        ("DELETE FROM dictionary WHERE field = 4", "dictionary"),
        ("DELETE FROM block WHERE field = 3", "block"),
        ("DELETE FROM block WHERE field = 10", "block"),
        ("DELETE FROM seen", "seen"),
        ("UPDATE seen SET sealed = zeroblob(length(sealed))", "seen"),
        ("UPDATE seen SET sealed = substr(sealed, 1, 100000)", "seen"),
        ("UPDATE seen SET no = 1", "seen"),
        (
            "UPDATE seen SET sealed = (SELECT b.sealed FROM block AS b WHERE b.field = 10)",
            "seen",
        ),
    ] {
        let house = House::new();
        house.admit(&rows(0, 50)).unwrap();
        house.damage(sql);
        let Err(OperationError::Damaged { place }) = house.admit(&rows(25, 60)) else {
            panic!("{sql}");
        };
        assert_eq!(place, named);
        let admitted = "SELECT COUNT(*) FROM exhibit";
        assert_eq!(house.count(admitted), 1, "{sql}");
    }
}

#[test]
fn a_file_that_breaks_off_or_is_given_up_leaves_nothing() {
    let house = House::new();
    let file = Cursor::new(rows(0, 100_000).into_bytes()).chain(Breaking);
    let error = house.admit_from(Box::new(file), &mut |_| true).unwrap_err();
    assert_eq!(error.name(), "cut-off");
    assert!(house.nothing_is_staged());
    assert_eq!(house.last_leaf()["action"], "exhibit.abandon");
    assert_eq!(house.last_leaf()["outcome"], "failed");
    assert_eq!(house.last_leaf()["kind"], "cut-off");
    let file = Cursor::new(rows(0, 200_000).into_bytes());
    let error = house.admit_from(Box::new(file), &mut |so_far| so_far.rows < 100_000);
    assert_eq!(error, Err(OperationError::Cancelled));
    assert!(house.nothing_is_staged());
    let file = Cursor::new(rows(0, 10).into_bytes());
    let error = house.admit_from(Box::new(file), &mut |_| panic!("in the middle"));
    assert_eq!(error.unwrap_err().name(), "internal");
    assert!(house.nothing_is_staged());
    assert_eq!(
        house
            .admit("only,strange,columns\n1,2,3\n")
            .unwrap_err()
            .name(),
        "unknown-format"
    );
    assert!(house.nothing_is_staged());
    let report = house.admit(&rows(0, 200_000)).unwrap();
    assert_eq!(report["admitted"], 200_000);
    assert!(house.is_sound());
}

/// Fails as a connection does that goes away.
struct Breaking;

impl Read for Breaking {
    fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
        Err(std::io::ErrorKind::UnexpectedEof.into())
    }
}

#[test]
fn one_exhibit_of_a_case_is_admitted_at_a_time() {
    let house = House::new();
    let facts = ExhibitFacts::default();
    let first = house
        .vault
        .begin_admission(&house.custodian, &house.case, facts);
    let first = first.ok().unwrap();
    assert_eq!(
        house.admit(&rows(0, 10)),
        Err(OperationError::Conflict(Conflict::AdmissionInProgress))
    );
    let end = house
        .vault
        .abandon_admission(&house.custodian, first, OperationError::Cancelled);
    assert!(matches!(end, Refusal::Failed(OperationError::Cancelled, _)));
    assert!(house.admit(&rows(0, 10)).is_ok());
}

#[test]
fn what_could_not_be_removed_when_an_admission_ended_is_removed_with_the_next_commit() {
    let house = House::new();
    let facts = ExhibitFacts::default();
    let first = house
        .vault
        .begin_admission(&house.custodian, &house.case, facts);
    let first = first.ok().unwrap();
    // As when the disk was full.
    let leftover = Leftover(first.begun.exhibit.clone());
    house.vault.core.leftovers.put(leftover);
    drop(first);
    assert_eq!(
        house.admit(&rows(0, 10)),
        Err(OperationError::Conflict(Conflict::AdmissionInProgress))
    );
    assert!(house.admit(&rows(0, 10)).is_ok());
    assert!(house.vault.core.leftovers.take().is_none());
}

#[test]
fn nobody_but_a_custodian_admits() {
    let house = House::new();
    let facts = ExhibitFacts::default();
    let begun = house.vault.begin_admission(&house.lead, &house.case, facts);
    assert!(matches!(begun.err(), Some(Refusal::Denied(..))));
    assert!(house.nothing_is_staged());
}

#[test]
fn a_missing_a_changed_and_a_swapped_part_are_found_and_named() {
    for (sql, named) in [
        (
            "DELETE FROM block WHERE field = 4",
            "carrier block 0 is missing",
        ),
        (
            "UPDATE block SET sealed = zeroblob(length(sealed)) WHERE field = 3",
            "number block 0 does not open",
        ),
        (
            "UPDATE block SET sealed = (SELECT b.sealed FROM block AS b WHERE b.field = 5) WHERE field = 6",
            "state block 0 does not open",
        ),
        (
            "DELETE FROM statistics",
            "the statistics of block 0 are missing",
        ),
        ("DELETE FROM seen", "the prints of block 0 are missing"),
        (
            "UPDATE seen SET sealed = (SELECT b.sealed FROM block AS b WHERE b.field = 10)",
            "the prints of block 0 do not open",
        ),
        (
            "DELETE FROM subject_index",
            "the set of sealed parts is not the one that was admitted",
        ),
        (
            "DELETE FROM dictionary WHERE field = 1",
            "the set of sealed parts is not the one that was admitted",
        ),
        (
            "DELETE FROM term_run WHERE field = 3",
            "number term 5 is missing",
        ),
        (
            "DELETE FROM term_run WHERE field = 2",
            "user term 5 is missing",
        ),
        (
            "UPDATE term_run SET tags = CAST(substr(tags, 1, 80) || zeroblob(16)
                 || substr(tags, 97) AS BLOB) WHERE field = 3",
            "number term 6 is not found by its tag",
        ),
        (
            "UPDATE term_run SET sealed = CAST(substr(sealed, 1, 185) || zeroblob(36)
                 || substr(sealed, 222) AS BLOB) WHERE field = 3",
            "number term 6 does not open",
        ),
        (
            "UPDATE term_run SET first = first + 1 WHERE field = 3",
            "number term 6 does not open",
        ),
    ] {
        let house = House::new();
        house.admit(&rows(0, 100)).unwrap();
        assert!(house.is_sound());
        house.damage(sql);
        let faults = house.faults();
        assert!(
            faults.iter().any(|fault| fault == named),
            "{sql}: {faults:?}"
        );
    }
}

#[test]
fn no_number_and_no_name_is_in_the_clear_on_disk() {
    let house = House::new();
    let mut file = rows(0, 300);
    file.push_str("Acme 0,,+1202555****,Example Mobile,US,DC,2024-03-01T10:00:00Z,sms,auth,r1\n");
    house.admit(&file).unwrap();
    for entry in std::fs::read_dir(house.directory.path().join("data")).unwrap() {
        let path = entry.unwrap().path();
        if !path.is_file() {
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        let number = 12_025_550_142_u64;
        for needle in [
            b"120255501".as_slice(),
            b"1202555",
            b"Example Mobile",
            b"user3",
            b"Acme",
            b"march.csv",
            number.to_be_bytes().get(3..).unwrap(),
            number.to_le_bytes().get(..5).unwrap(),
        ] {
            let found = bytes.windows(needle.len()).any(|window| window == needle);
            assert!(!found, "{}", path.display());
        }
    }
}
