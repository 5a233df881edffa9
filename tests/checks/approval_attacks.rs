//! Somebody without a key writes into the request's row, or into the log, of a vault that is served.
//! A reveal, an export, the list of a quarantine and a withdrawal follow the decision's leaf, so nothing is
//! opened, handed out or taken away.

use breachvault::domain::{ExportId, QuarantineId};
use breachvault::operations::export::{DecideExport, RequestExport, take_package};
use breachvault::operations::quarantine::{DecideQuarantine, RequestQuarantine, take_list};
use breachvault::operations::record::LookUp;
use breachvault::operations::reveal::{DecideReveal, OpenReveal, RequestReveal};
use breachvault::operations::withdrawal::{DecideWithdrawal, ReadWithdrawal, RequestWithdrawal};
use breachvault::vault::{Caller, OperationError, Refusal};
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::house::{House, REASON, bytes_of, log, numbers};
use crate::tables::only_on_sqlite;

const ROWS: u64 = 600;

/// What is asked for by one and decided by another.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Reveal,
    Export,
    Withdrawal,
}

/// What is used up after a decision.
const USED_UP: [Kind; 2] = [Kind::Reveal, Kind::Export];

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::Reveal => "reveal",
            Self::Export => "export",
            Self::Withdrawal => "withdrawal",
        }
    }

    /// The action of asking.
    fn asked(self) -> &'static str {
        match self {
            Self::Reveal => "reveal.request",
            Self::Export => "export.request",
            Self::Withdrawal => "withdrawal.request",
        }
    }

    /// The action of deciding.
    fn decided(self) -> &'static str {
        match self {
            Self::Reveal => "reveal.decide",
            Self::Export => "export.decide",
            Self::Withdrawal => "withdrawal.decide",
        }
    }
}

/// A vault with an exhibit, and the token of somebody in it.
struct Scene {
    house: House,
    exhibit: String,
    subject: String,
    number: String,
    recipient: String,
}

impl Scene {
    fn new() -> Self {
        let house = House::new();
        let admitted = house.admit(log(ROWS, 1)).unwrap();
        let number = numbers(ROWS, 1, 1).remove(0);
        let body = json!({ "numbers": [number], "purpose": "quality-check", "reason": REASON });
        let case = [("case", house.people.case.as_str())];
        let found = house
            .ask::<LookUp>(&house.people.investigator, &case, body)
            .unwrap();
        let subject = found["results"][0]["subject"].as_str().unwrap().to_owned();
        Self {
            exhibit: admitted["exhibit"].as_str().unwrap().to_owned(),
            subject,
            number,
            recipient: age::x25519::Identity::generate().to_public().to_string(),
            house,
        }
    }

    /// Asks for something of this kind; the answer is its id.
    fn ask(&self, kind: Kind, asker: &Caller) -> String {
        let house = &self.house;
        let case = ("case", house.people.case.as_str());
        let exhibit = ("exhibit", self.exhibit.as_str());
        let asked = match kind {
            Kind::Reveal => {
                let body = json!({ "subjects": [self.subject], "purpose": "notification", "reason": REASON });
                house.ask::<RequestReveal>(asker, &[case], body)
            }
            Kind::Export => {
                let body = json!({
                    "profile": "evidence", "filter": {}, "recipients": [self.recipient],
                    "purpose": "law-enforcement", "reason": REASON, "legal_basis": "Production order 1",
                });
                house.ask::<RequestExport>(asker, &[case], body)
            }
            Kind::Withdrawal => {
                let body = json!({ "reason": REASON });
                house.ask::<RequestWithdrawal>(asker, &[case, exhibit], body)
            }
        };
        asked.unwrap()[kind.word()].as_str().unwrap().to_owned()
    }

    fn decide(
        &self,
        kind: Kind,
        decider: &Caller,
        request: &str,
        word: &str,
    ) -> Result<Value, Refusal> {
        let body = json!({ "decision": word, "reason": REASON });
        let ids = [(kind.word(), request)];
        match kind {
            Kind::Reveal => self.house.ask::<DecideReveal>(decider, &ids, body),
            Kind::Export => self.house.ask::<DecideExport>(decider, &ids, body),
            Kind::Withdrawal => self.house.ask::<DecideWithdrawal>(decider, &ids, body),
        }
    }

    /// Asked for by the investigator and approved by the lead.
    fn approved(&self, kind: Kind) -> String {
        let people = &self.house.people;
        let request = self.ask(kind, &people.investigator);
        self.decide(kind, &people.lead, &request, "approve")
            .unwrap();
        request
    }

    fn open(&self, asker: &Caller, reveal: &str) -> Result<Value, Refusal> {
        self.house
            .ask::<OpenReveal>(asker, &[("reveal", reveal)], json!({}))
    }

    fn take(&self, export: &str) -> Result<Vec<u8>, Refusal> {
        let id: ExportId = export.parse().unwrap();
        take_package(&self.house.vault, &self.house.people.custodian, &id, None).map(bytes_of)
    }

    /// An exhibit with a row in quarantine.
    fn quarantined(&self) -> String {
        let file = "account,number,carrier,country,state,sent_at,kind\n\
            one,+12025550147,Carrier,US,,2024-03-10T12:00:00Z,sms\n\
            one,abc123,Carrier,US,,2024-03-10T12:00:00Z,sms\n";
        let admitted = self.house.admit(file.into()).unwrap();
        assert_eq!(admitted["quarantined"], 1, "{admitted}");
        admitted["exhibit"].as_str().unwrap().to_owned()
    }

    /// Asked by a lead.
    fn ask_list(&self, exhibit: &str) -> String {
        let ids = [
            ("case", self.house.people.case.as_str()),
            ("exhibit", exhibit),
        ];
        let body = json!({
            "form": "list", "recipients": [{ "name": "the supplier", "key": self.recipient }],
            "legal_basis": "contract, section 9", "reason": REASON,
        });
        let lead = &self.house.people.lead;
        let asked = self.house.ask::<RequestQuarantine>(lead, &ids, body);
        asked.unwrap()["quarantine"].as_str().unwrap().to_owned()
    }

    /// Decided by another lead.
    fn decide_list(&self, list: &str, word: &str) {
        let body = json!({ "decision": word, "reason": REASON });
        let (lead, ids) = (&self.house.people.other_lead, [("quarantine", list)]);
        self.house
            .ask::<DecideQuarantine>(lead, &ids, body)
            .unwrap();
    }

    fn take_list(&self, list: &str) -> Result<Vec<u8>, Refusal> {
        let id: QuarantineId = list.parse().unwrap();
        take_list(&self.house.vault, &self.house.people.custodian, &id, None).map(bytes_of)
    }

    /// The investigator opens a reveal, or the custodian takes a package.
    fn use_up(&self, kind: Kind, request: &str) -> Result<(), Refusal> {
        match kind {
            Kind::Reveal => self
                .open(&self.house.people.investigator, request)
                .map(drop),
            Kind::Export => self.take(request).map(drop),
            Kind::Withdrawal => panic!("a decision carries it out"),
        }
    }

    /// Whether the exhibit still counts.
    fn counts(&self) -> bool {
        let body =
            json!({ "numbers": [self.number], "purpose": "quality-check", "reason": REASON });
        let case = [("case", self.house.people.case.as_str())];
        self.house
            .ask::<LookUp>(&self.house.people.investigator, &case, body)
            .is_ok_and(|found| found["results"][0]["state"] == "exposed")
    }

    fn is_withdrawn(&self) -> bool {
        let sql = "SELECT count(*) FROM exhibit WHERE withdrawn_at IS NOT NULL";
        let row = self
            .database()
            .query_row(sql, [], |row| row.get::<_, i64>(0));
        row.unwrap() > 0
    }

    /// The database of the served vault, for changes past every constraint.
    #[expect(
        clippy::disallowed_methods,
        reason = "a test changes the file past the vault"
    )]
    fn database(&self) -> Connection {
        let connection = Connection::open(self.house.paths().database()).unwrap();
        for pragma in ["foreign_keys", "ignore_check_constraints"] {
            let on = if pragma == "foreign_keys" {
                "OFF"
            } else {
                "ON"
            };
            connection.pragma_update(None, pragma, on).unwrap();
        }
        connection
    }

    fn sql(&self, sql: &str) {
        assert!(self.database().execute(sql, []).unwrap() > 0, "{sql}");
    }

    /// The row says that it was approved by a lead, by this leaf.
    fn say_approved(&self, request: &str, leaf: u64) {
        let lead = id(&self.house.people.lead);
        self.sql(&format!(
            "UPDATE request SET state = 'approved', decider = '{lead}', decided_at = asked_at,
                    decided_leaf = {leaf} WHERE id = '{request}'"
        ));
    }

    /// The number of the newest leaf of an action.
    fn leaf_of(&self, action: &str) -> u64 {
        let sql = "SELECT max(seq) FROM leaf WHERE action = ?1";
        let row = self
            .database()
            .query_row(sql, [action], |row| row.get::<_, i64>(0));
        row.unwrap().try_into().unwrap()
    }

    fn leaf(&self, seq: u64) -> String {
        let sql = format!("SELECT CAST(bytes AS TEXT) FROM leaf WHERE seq = {seq}");
        self.database()
            .query_row(&sql, [], |row| row.get(0))
            .unwrap()
    }

    /// Writes other bytes in the place of a leaf.
    fn forge(&self, seq: u64, bytes: &str) {
        let database = self.database();
        let sql = format!("UPDATE leaf SET bytes = CAST(?1 AS BLOB) WHERE seq = {seq}");
        database.execute(&sql, [bytes]).unwrap();
    }
}

fn id(caller: &Caller) -> String {
    caller.operator_id().unwrap().to_string()
}

/// It was refused because the vault found that something was changed.
#[track_caller]
fn damaged<T>(answer: Result<T, Refusal>) {
    match answer {
        Err(Refusal::Failed(OperationError::Damaged { .. }, _)) => {}
        Err(other) => panic!("refused as {other:?}"),
        Ok(_) => panic!("it was done"),
    }
}

#[test]
fn a_row_that_says_approved_opens_no_reveal_and_builds_no_package() {
    only_on_sqlite!();
    for kind in USED_UP {
        let scene = Scene::new();
        let request = scene.ask(kind, &scene.house.people.investigator);
        scene.say_approved(&request, scene.leaf_of(kind.asked()));
        damaged(scene.use_up(kind, &request));
        // A leaf that is not there yet.
        scene.say_approved(&request, 1_000_000);
        assert!(scene.use_up(kind, &request).is_err());
    }
}

#[test]
fn a_deny_leaf_opens_no_reveal_and_builds_no_package() {
    only_on_sqlite!();
    for kind in USED_UP {
        let scene = Scene::new();
        let people = &scene.house.people;
        let request = scene.ask(kind, &people.investigator);
        scene.decide(kind, &people.lead, &request, "deny").unwrap();
        scene.say_approved(&request, scene.leaf_of(kind.decided()));
        damaged(scene.use_up(kind, &request));
    }
}

#[test]
fn the_approval_of_another_request_opens_no_reveal_and_builds_no_package() {
    only_on_sqlite!();
    for (approved, used) in [
        (Kind::Reveal, Kind::Reveal),
        (Kind::Export, Kind::Export),
        // Nor does the approval of a reveal hand a package out, or that of an export open a reveal.
        (Kind::Reveal, Kind::Export),
        (Kind::Export, Kind::Reveal),
    ] {
        let scene = Scene::new();
        scene.approved(approved);
        let request = scene.ask(used, &scene.house.people.investigator);
        scene.say_approved(&request, scene.leaf_of(approved.decided()));
        damaged(scene.use_up(used, &request));
    }
}

#[test]
fn the_list_of_a_quarantine_leaves_on_its_own_approval_alone() {
    only_on_sqlite!();
    let nobody = |_: &Scene, _: &str| ();
    let denied = |scene: &Scene, list: &str| scene.decide_list(list, "deny");
    type Before<'a> = &'a dyn Fn(&Scene, &str);
    let attacks: [(Before<'_>, &str); 3] = [
        (&nobody, "quarantine.request"),
        (&denied, "quarantine.decide"),
        // The approval of another list of the same exhibit.
        (&nobody, "quarantine.decide"),
    ];
    for (before, leaf) in attacks {
        let scene = Scene::new();
        let exhibit = scene.quarantined();
        let approved = scene.ask_list(&exhibit);
        scene.decide_list(&approved, "approve");
        scene.take_list(&approved).unwrap();
        let list = scene.ask_list(&exhibit);
        before(&scene, &list);
        scene.say_approved(&list, scene.leaf_of(leaf));
        damaged(scene.take_list(&list));
    }
}

#[test]
fn a_decision_of_ones_own_is_not_made_by_changing_who_asked() {
    only_on_sqlite!();
    for kind in [Kind::Reveal, Kind::Export, Kind::Withdrawal] {
        let scene = Scene::new();
        let people = &scene.house.people;
        let (lead, other) = (&people.lead, id(&people.other_lead));
        let request = scene.ask(kind, lead);
        scene.sql(&format!(
            "UPDATE request SET asker = '{other}' WHERE id = '{request}'"
        ));
        for word in ["approve", "deny"] {
            damaged(scene.decide(kind, lead, &request, word));
        }
        assert!(!scene.is_withdrawn());
    }
}

#[test]
fn whoever_puts_themselves_in_the_place_of_the_asker_opens_nothing() {
    only_on_sqlite!();
    let scene = Scene::new();
    let people = &scene.house.people;
    let reveal = scene.approved(Kind::Reveal);
    for thief in [&people.lead, &people.other_lead] {
        let sql = format!(
            "UPDATE request SET asker = '{}' WHERE id = '{reveal}'",
            id(thief)
        );
        scene.sql(&sql);
        damaged(scene.open(thief, &reveal));
    }
}

#[test]
fn a_leaf_forged_in_the_file_opens_no_reveal_and_builds_no_package() {
    only_on_sqlite!();
    for kind in USED_UP {
        let scene = Scene::new();
        let people = &scene.house.people;
        let request = scene.ask(kind, &people.investigator);
        scene.decide(kind, &people.lead, &request, "deny").unwrap();
        let seq = scene.leaf_of(kind.decided());
        let leaf = scene.leaf(seq);
        let forged = leaf.replace("\"decision\":\"deny\"", "\"decision\":\"approve\"");
        assert_ne!(forged, leaf);
        scene.forge(seq, &forged);
        scene.say_approved(&request, seq);
        damaged(scene.use_up(kind, &request));
    }
}

#[test]
fn a_package_is_not_handed_out_again_on_another_requests_approval() {
    only_on_sqlite!();
    let scene = Scene::new();
    let export = scene.approved(Kind::Export);
    let decided = scene.leaf_of("export.decide");
    scene.take(&export).unwrap();
    scene.take(&export).unwrap();
    scene.approved(Kind::Export);
    let sql = |leaf| format!("UPDATE request SET decided_leaf = {leaf} WHERE id = '{export}'");
    scene.sql(&sql(scene.leaf_of("export.decide")));
    damaged(scene.take(&export));
    // It stays so until a restart, also if the row is put back.
    scene.sql(&sql(decided));
    damaged(scene.take(&export));
}

#[test]
fn a_row_that_says_it_lasts_longer_opens_nothing() {
    only_on_sqlite!();
    let scene = Scene::new();
    let people = &scene.house.people;
    let reveal = scene.approved(Kind::Reveal);
    // No column says until when: that is sealed. These are later by ten days.
    scene.sql(&format!(
        "UPDATE request SET asked_at = asked_at + 864000, decided_at = decided_at + 864000 WHERE id = '{reveal}'"
    ));
    damaged(scene.open(&people.investigator, &reveal));
    scene.house.clock.advance_seconds(3600);
    assert!(scene.open(&people.investigator, &reveal).is_err());
}

#[test]
fn a_row_that_says_approved_withdraws_nothing() {
    only_on_sqlite!();
    let scene = Scene::new();
    let people = &scene.house.people;
    let withdrawal = scene.ask(Kind::Withdrawal, &people.custodian);
    assert!(scene.counts());
    scene.say_approved(&withdrawal, scene.leaf_of(Kind::Withdrawal.asked()));
    let ids = [("withdrawal", withdrawal.as_str())];
    damaged(scene.decide(Kind::Withdrawal, &people.lead, &withdrawal, "approve"));
    damaged(
        scene
            .house
            .ask::<ReadWithdrawal>(&people.lead, &ids, json!({})),
    );
    assert!(!scene.is_withdrawn());
}

#[test]
fn the_leaf_of_a_decision_says_yes_or_no_to_whom_and_to_what_and_no_count() {
    only_on_sqlite!();
    let scene = Scene::new();
    let people = &scene.house.people;
    for word in ["approve", "deny"] {
        let export = scene.ask(Kind::Export, &people.investigator);
        let decided = scene.decide(Kind::Export, &people.lead, &export, word);
        decided.unwrap();
        let leaf: Value =
            serde_json::from_str(&scene.leaf(scene.leaf_of("export.decide"))).unwrap();
        assert_eq!(leaf["decision"], word);
        assert_eq!(leaf["asker"], id(&people.investigator));
        assert_eq!(leaf["operator"], id(&people.lead));
        assert_eq!(leaf["object"], export);
        assert_eq!(leaf["decided"].as_str().unwrap().len(), 44);
    }
}
