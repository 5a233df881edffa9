//! A vault with a case, its members and one admitted log.

use std::ops::Deref;
use std::sync::OnceLock;

use breachvault::vault::clock::Clock as _;
use serde_json::{Value, json};
use ureq::http::Method;

use super::{Answer, Client, Log, TestVault, Who, invented};

/// Budgets that no test spends.
const AMPLE: &str = "[budgets]\nlookup_points = 1000000\nlookup_points_per_month = 1000000\n\
    case_points_per_month = 1000000\nview_points = 1000000\ncases_per_day = 1000000\n";

pub struct Incident {
    vault: TestVault,
    pub case: String,
    /// The liaison's account.
    pub account: String,
    /// Another account.
    pub other_account: String,
    pub log: Log,
}

impl Deref for Incident {
    type Target = TestVault;

    fn deref(&self) -> &TestVault {
        &self.vault
    }
}

/// One incident for all tests that only read, or leave nothing that others see.
pub fn shared() -> &'static Incident {
    static SHARED: OnceLock<Incident> = OnceLock::new();
    SHARED.get_or_init(|| {
        let directory = tidy_directory();
        let incident = Incident::of(TestVault::in_directory(AMPLE, directory), invented(3000, 7));
        // Before tests use it side by side, everybody has enrolled and was recognised.
        for who in Who::ALL {
            incident.client(who);
        }
        incident
    })
}

impl Incident {
    pub fn new() -> Self {
        Self::with("", invented(300, 11))
    }

    /// Budgets are ample where the configuration says nothing of them.
    pub fn with(toml: &str, log: Log) -> Self {
        let budgets = match toml.contains("[budgets]") {
            true => "",
            false => AMPLE,
        };
        Self::of(TestVault::with(&format!("{toml}\n{budgets}")), log)
    }

    fn of(vault: TestVault, log: Log) -> Self {
        let (account, other_account) = log.accounts();
        let case = vault.open_case();
        for who in Who::ALL {
            if let Some(role) = who.in_case()
                && who != Who::Lead
            {
                let account = (who == Who::Liaison).then_some(account.as_str());
                vault.name_member(&case, who, role, account);
            }
        }
        let incident = Self {
            vault,
            case,
            account,
            other_account,
            log,
        };
        incident.admit(&incident.log.csv).assert_status(201);
        incident
    }

    /// A path under the case.
    pub fn of_case(&self, rest: &str) -> String {
        format!("/cases/{}{rest}", self.case)
    }

    pub fn admit(&self, bytes: &[u8]) -> Answer {
        self.custodian().upload(&self.of_case("/exhibits"), bytes)
    }

    pub fn look_up(&self, client: &Client, numbers: &[&str]) -> Answer {
        client.post(&self.of_case("/lookups"), &body::look_up(numbers))
    }

    /// The token of a number that is in the case.
    pub fn subject(&self, number: &str) -> String {
        let answer = self.look_up(&self.lead(), &[number]).assert_status(200);
        let result = &answer.json()["results"][0];
        result["subject"].as_str().unwrap().to_owned()
    }

    pub fn ask_reveal(&self, client: &Client, subjects: &[String]) -> String {
        let path = self.of_case("/reveals");
        let answer = client.post(&path, &body::reveal(subjects));
        answer.assert_status(201).member("reveal")
    }

    /// Asked by the investigator, approved by a lead.
    pub fn approved_reveal(&self, subjects: &[String]) -> String {
        let reveal = self.ask_reveal(&self.investigator(), subjects);
        let path = format!("/reveals/{reveal}/decision");
        self.lead().post(&path, &body::approve()).assert_status(200);
        reveal
    }

    pub fn ask_export(&self, client: &Client, request: &Value) -> String {
        let answer = client.post(&self.of_case("/exports"), request);
        answer.assert_status(201).member("export")
    }

    /// Asked by the investigator, approved by a lead.
    pub fn approved_export(&self, request: &Value) -> String {
        let export = self.ask_export(&self.investigator(), request);
        let path = format!("/exports/{export}/decision");
        self.lead().post(&path, &body::approve()).assert_status(200);
        export
    }

    /// A request for so many points until tomorrow.
    pub fn raise(&self, points: u32) -> Value {
        let until = self.clock.now().plus_seconds(86_400).to_string();
        json!({ "points": points, "until": until, "reason": body::REASON })
    }

    pub fn ask_raise(&self, client: &Client, points: u32) -> String {
        let answer = client.post(&self.of_case("/raises"), &self.raise(points));
        answer.assert_status(201).member("raise")
    }

    /// Of a number that the case does not have, asked by the investigator.
    pub fn ask_erasure(&self) -> String {
        let body = json!({
            "number": "+447700900999",
            "purpose": "victim-inquiry",
            "reason": "the person asked for it",
        });
        let asked = self.investigator().post(&self.of_case("/erasures"), &body);
        asked.assert_status(201).member("erasure")
    }

    /// One that a lead approved.
    pub fn approved_erasure(&self) -> String {
        let erasure = self.ask_erasure();
        let path = format!("/erasures/{erasure}/decision");
        self.lead().post(&path, &body::approve()).assert_status(200);
        erasure
    }

    pub fn ask_withdrawal(&self, client: &Client, exhibit: &str) -> String {
        let path = self.of_case(&format!("/exhibits/{exhibit}/withdrawal"));
        let answer = client.post(&path, &body::reason());
        answer.assert_status(201).member("withdrawal")
    }

    /// Asked by the custodian.
    pub fn ask_withdrawal_of_a_fresh_one(&self) -> String {
        let admitted = self.admit(&super::fresh_csv()).assert_status(201);
        self.ask_withdrawal(&self.custodian(), &admitted.member("exhibit"))
    }

    /// Asked by a lead.
    pub fn ask_quarantine_of_a_fresh_one(&self) -> String {
        let file = super::fresh_csv_with_a_reject();
        let exhibit = self.admit(&file).assert_status(201).member("exhibit");
        let path = self.of_case(&format!("/exhibits/{exhibit}/quarantine"));
        let answer = self.lead().post(&path, &body::reason());
        answer.assert_status(201).member("quarantine")
    }

    /// A sealed list of a fresh exhibit's quarantine.
    pub fn ask_list(&self, client: &Client, recipient: &str) -> String {
        let file = super::fresh_csv_with_a_reject();
        let exhibit = self.admit(&file).assert_status(201).member("exhibit");
        let path = self.of_case(&format!("/exhibits/{exhibit}/quarantine"));
        let answer = client.post(&path, &body::list(recipient));
        answer.assert_status(201).member("quarantine")
    }

    /// Asked by a lead, approved by the custodian.
    pub fn approved_list(&self, recipient: &str) -> String {
        let list = self.ask_list(&self.lead(), recipient);
        let path = format!("/quarantines/{list}/decision");
        let custodian = self.custodian();
        custodian.post(&path, &body::approve()).assert_status(200);
        list
    }

    /// Asked by the custodian, approved by a lead.
    pub fn withdraw(&self, exhibit: &str) {
        let withdrawal = self.ask_withdrawal(&self.custodian(), exhibit);
        let path = format!("/withdrawals/{withdrawal}/decision");
        self.lead().post(&path, &body::approve()).assert_status(200);
    }

    /// Ends somebody's account.
    pub fn revoke(&self, who: Who) {
        let path = format!("/operators/{}", self.operator(who));
        self.administrator().delete(&path).assert_status(200);
    }

    pub fn exhibits(&self) -> Vec<Value> {
        let answer = self.lead().get(&self.of_case("/exhibits"));
        let json = answer.assert_status(200).json();
        json["exhibits"].as_array().unwrap().clone()
    }

    /// The one every incident begins with.
    pub fn first_exhibit(&self) -> String {
        self.exhibits()[0]["exhibit"].as_str().unwrap().to_owned()
    }

    /// Asked by the first lead: a role for somebody new.
    pub fn ask_membership(&self, name: &str) -> String {
        let (operator, _) = self.invite(name, "investigator");
        let path = self.of_case(&format!("/members/{operator}"));
        let named = self.lead().put(&path, &json!({ "role": "investigator" }));
        named.assert_status(200).member("membership")
    }

    /// What the auditor reads at a leaf.
    pub fn leaf(&self, number: u64) -> Value {
        let answer = self.auditor().get(&format!("/audit/leaves/{number}"));
        answer.assert_status(200).json()["leaf"].clone()
    }
}

impl TestVault {
    pub fn open_case(&self) -> String {
        let body = json!({
            "title": "SMS logs of March",
            "reference": "INC-2024-0401",
            "reason": "the supplier told us of a breach",
        });
        let answer = self.lead().post("/cases", &body);
        answer.assert_status(201).member("case")
    }

    pub fn name_member(&self, case: &str, who: Who, role: &str, account: Option<&str>) {
        self.give(case, &self.operator(who), role, account);
    }

    /// Asked by a lead and, where there is another one, decided by that one.
    pub fn give(&self, case: &str, operator: &str, role: &str, account: Option<&str>) {
        let path = format!("/cases/{case}/members/{operator}");
        // Tests name liaisons before they admit a log.
        let body = json!({
            "role": role,
            "account": account,
            "account_not_in_log": account.is_some(),
        });
        let named = self.lead().put(&path, &body).assert_status(200);
        if named.member("state") == "requested" {
            let path = format!("/memberships/{}/decision", named.member("membership"));
            let decided = self.second_lead().post(&path, &body::approve());
            decided.assert_status(200);
        }
        self.recognise(case, operator);
    }

    /// What the first lead asks for and nobody has decided yet: to `close` a case, or to `reopen` one that is held.
    pub fn ask_move(&self, case: &str, act: &str) -> String {
        let asked = self
            .lead()
            .post(&format!("/cases/{case}/{act}"), &body::reason());
        asked.assert_status(200).member("move")
    }

    /// The same, and the custodian approves it.
    pub fn move_by_two(&self, case: &str, act: &str) {
        let path = format!("/moves/{}/decision", self.ask_move(case, act));
        let decided = self.custodian().post(&path, &body::approve());
        decided.assert_status(200);
    }

    /// The case is open, whatever it was.
    pub fn work_on(&self, case: &str) {
        let read = self.lead().get(&format!("/cases/{case}"));
        match read.assert_status(200).member("state").as_str() {
            "held" => self.move_by_two(case, "reopen"),
            "closed" => {
                let path = format!("/cases/{case}/reopen");
                self.lead().post(&path, &body::reason()).assert_status(200);
            }
            _ => {}
        }
    }

    /// A case of two leads and a custodian.
    pub fn case_of_three(&self) -> String {
        let case = self.open_case();
        self.name_member(&case, Who::Custodian, "custodian", None);
        self.name_member(&case, Who::SecondLead, "lead", None);
        case
    }

    /// A destruction that the first lead asks for and nobody has decided yet.
    pub fn ask_destruction(&self, case: &str) -> String {
        let path = format!("/cases/{case}/destructions");
        let asked = self.lead().post(&path, &body::reason());
        asked.assert_status(201).member("destruction")
    }

    /// One that the custodian approved, and whose delay runs.
    pub fn approved_destruction(&self, case: &str) -> String {
        let destruction = self.ask_destruction(case);
        let path = format!("/destructions/{destruction}/decision");
        let decided = self.custodian().post(&path, &body::approve());
        decided.assert_status(200);
        destruction
    }

    /// A case of three of which the certificate is left.
    pub fn destroyed_case(&self) -> String {
        let case = self.case_of_three();
        let destruction = self.approved_destruction(&case);
        self.clock.advance_seconds(61);
        let path = format!("/destructions/{destruction}/carrying-out");
        let ended = self.lead().post(&path, &body::reason());
        ended.assert_status(200);
        let path = format!("/cases/{case}/certificate");
        let is_signed = || {
            let read = self.lead().get(&path).assert_status(200);
            read.json()["state"] == "signed"
        };
        for _ in 0..300 {
            if is_signed() {
                return case;
            }
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
        panic!("the certificate was not signed");
    }

    /// A case with a custodian, whose two leads are suspended: the first one by the administrator, the second one by
    /// another administrator.
    pub fn case_of_suspended_leads(&self) -> String {
        let case = self.open_case();
        self.name_member(&case, Who::Custodian, "custodian", None);
        self.name_member(&case, Who::SecondLead, "lead", None);
        // They enrol and are recognised while somebody can do that.
        for who in [Who::Custodian, Who::SecondLead] {
            self.client(who);
        }
        let second = self.operator(Who::SecondLead);
        let path = format!("/cases/{case}/members/{second}/suspension");
        let suspended = self.other_administrator().post(&path, &body::reason());
        suspended.assert_status(200);
        self.suspend(&case, Who::Administrator, Who::Lead)
            .assert_status(200);
        case
    }

    /// Lets a suspended lead in again.
    pub fn lift(&self, case: &str, by: Who, who: Who) -> Answer {
        self.lift_as(case, &self.client(by), who)
    }

    /// The same by anybody.
    pub fn lift_as(&self, case: &str, by: &Client, who: Who) -> Answer {
        let path = format!(
            "/api/v1/cases/{case}/members/{}/suspension",
            self.operator(who)
        );
        let json = [("content-type", "application/json")];
        let body = body::reason().to_string();
        by.send(Method::DELETE, &path, &json, body.as_bytes())
    }

    /// Ends somebody's rights in a case.
    pub fn suspend(&self, case: &str, by: Who, who: Who) -> Answer {
        let path = format!("/cases/{case}/members/{}/suspension", self.operator(who));
        self.client(by).post(&path, &body::reason())
    }
}

/// Bodies that are understood.
pub mod body {
    use super::*;

    pub const REASON: &str = "a reason of the tests";

    pub fn look_up(numbers: &[&str]) -> Value {
        json!({ "numbers": numbers, "purpose": "victim-inquiry", "reason": REASON })
    }

    pub fn search(filter: &Value) -> Value {
        json!({ "filter": filter, "purpose": "scoping", "reason": REASON })
    }

    pub fn reveal(subjects: &[String]) -> Value {
        json!({ "subjects": subjects, "purpose": "notification", "reason": REASON })
    }

    pub fn approve() -> Value {
        json!({ "decision": "approve", "reason": REASON })
    }

    pub fn deny() -> Value {
        json!({ "decision": "deny", "reason": REASON })
    }

    pub fn export(profile: &str, filter: &Value, recipient: &str) -> Value {
        json!({
            "profile": profile,
            "filter": filter,
            "recipients": [recipient],
            "purpose": "notification",
            "reason": REASON,
            "legal_basis": "GDPR Art. 33(2)",
        })
    }

    /// The rows of a quarantine as a sealed list.
    pub fn list(recipient: &str) -> Value {
        json!({
            "form": "list",
            "recipients": [{ "name": "the supplier", "key": recipient }],
            "legal_basis": "contract, section 9",
            "reason": REASON,
        })
    }

    pub fn reason() -> Value {
        json!({ "reason": REASON })
    }
}

/// A static is never dropped, so what earlier runs left is cleared here.
fn tidy_directory() -> tempfile::TempDir {
    let all = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("api");
    std::fs::create_dir_all(&all).unwrap();
    for left in std::fs::read_dir(&all).unwrap().flatten() {
        let name = left.file_name();
        let process = name.to_str().and_then(|name| name.split('.').next());
        let runs = process.is_some_and(|id| std::path::Path::new("/proc").join(id).exists());
        if !runs {
            let _ = std::fs::remove_dir_all(left.path());
        }
    }
    let prefix = format!("{}.", std::process::id());
    tempfile::Builder::new()
        .prefix(&prefix)
        .tempdir_in(all)
        .unwrap()
}
