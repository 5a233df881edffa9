//! Random sequences of acts against a simple model of their results.
//!
//! The clock is manual and the sequences come from a seed, so that a failure can be repeated: its
//! message names the seed and the step.

use std::collections::{BTreeMap, BTreeSet};

use crate::house::{
    self, House, REASON, admit_as, json_of, name_member, open_case, perform, recognise,
};
use breachvault::operations::case::{CloseCase, ListCases, ReopenCase};
use breachvault::operations::case_move::DecideMove;
use breachvault::operations::record::{CountRecords, LookUp, SearchRecords};
use breachvault::operations::reveal::{DecideReveal, OpenReveal, RequestReveal};
use breachvault::operations::withdrawal::{DecideWithdrawal, RequestWithdrawal};
use breachvault::vault::{Caller, OperationError, Refusal, Reply, trail};
use serde_json::{Value, json};

const CASES: usize = 3;
const NUMBERS: usize = 12;
const STEPS: usize = 260;

/// The model: the expected state.
#[derive(Default)]
struct Model {
    leaves: u64,
    cases: Vec<ModelCase>,
    reveals: BTreeMap<String, ModelReveal>,
    /// Their ids in the order of asking: ids are random, and a seed picks the same ones each time.
    asked: Vec<String>,
}

#[derive(Default)]
struct ModelCase {
    open: bool,
    /// Number, and how many messages it has.
    messages: BTreeMap<usize, u64>,
    exhibits: u64,
    /// Those that count, and what each has.
    counting: Vec<(String, BTreeMap<usize, u64>)>,
    /// Indices into the cast of those who are in it.
    members: BTreeSet<usize>,
    subjects: BTreeMap<usize, String>,
}

struct ModelReveal {
    case: usize,
    asker: usize,
    state: &'static str,
    number: usize,
    expires: i64,
}

/// Small, fast and the same everywhere (splitmix64).
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % end as u64) as usize
    }
}

fn number(index: usize) -> String {
    format!("+120255501{index:02}")
}

struct Run {
    house: House,
    model: Model,
    random: Random,
    /// The case of each model case.
    ids: Vec<String>,
    cast: Vec<Caller>,
    now: i64,
    /// How often each act ended how.
    came: BTreeMap<(&'static str, bool), u64>,
}

const LEAD: usize = 0;
const OTHER_LEAD: usize = 1;
const INVESTIGATOR: usize = 2;
const CUSTODIAN: usize = 3;

impl Run {
    fn new(seed: u64) -> Self {
        let house = House::new();
        let people = house.people.clone();
        let cast = vec![
            people.lead,
            people.other_lead,
            people.investigator,
            people.custodian,
        ];
        let mut model = Model::default();
        let mut ids = vec![people.case.to_string()];
        for at in 1..CASES {
            ids.push(
                open_case(&house.vault, &cast[LEAD], &format!("Case number {at}")).to_string(),
            );
        }
        for at in 0..CASES {
            let members = match at {
                0 => (0..4).collect(),
                _ => [LEAD].into(),
            };
            model.cases.push(ModelCase {
                open: true,
                members,
                ..ModelCase::default()
            });
        }
        let now = 0;
        let mut run = Self {
            house,
            model,
            random: Random(seed),
            ids,
            cast,
            now,
            came: BTreeMap::new(),
        };
        run.model.leaves = run.stored_leaves();
        run
    }

    fn stored_leaves(&self) -> u64 {
        let paths = self.house.paths();
        trail::verify_directory(&paths, None, &[]).unwrap().size
    }

    fn step(&mut self) {
        // Most of it in the first case, where everybody is: else little would be allowed.
        let case = self.random.below(2 * CASES).saturating_sub(CASES);
        let who = self.random.below(4);
        match self.random.below(15) {
            0 => {
                let who = [CUSTODIAN, CUSTODIAN, who][self.random.below(3)];
                self.admit(case, who);
            }
            1 => self.join(case, who),
            2 => self.close_or_reopen(case, who),
            3 | 4 => self.look_up(case, who),
            5 => self.count(case, who),
            6 => self.search(case, who),
            7 => self.ask_reveal(case, who),
            8 => self.decide_reveal(who),
            9 | 10 => self.open_reveal(who),
            11 => self.ask_reveal(case, who),
            12 => self.decide_reveal(who),
            13 => self.withdraw(case, who),
            _ => {
                self.house.clock.advance_seconds(600);
                self.now += 600;
                self.list(who);
            }
        }
    }

    /// An act that leaves one leaf, and what came of it.
    fn act(
        &mut self,
        name: &'static str,
        act: impl FnOnce(&Self) -> Result<Reply, Refusal>,
    ) -> Result<Value, String> {
        let ended = act(self);
        self.came(name, &ended);
        self.model.leaves += 1;
        match ended {
            Ok(reply) => {
                assert_eq!(
                    reply.leaf + 1,
                    self.model.leaves,
                    "the leaf is the next one"
                );
                Ok(json_of(reply))
            }
            Err(Refusal::Denied(denial, receipt)) => {
                assert_eq!(receipt.leaf() + 1, self.model.leaves);
                Err(denial.name().to_owned())
            }
            Err(Refusal::Failed(error, receipt)) => {
                assert_eq!(receipt.leaf() + 1, self.model.leaves);
                assert!(!matches!(error, OperationError::Internal(_)), "{error:?}");
                Err(error.name().to_owned())
            }
            Err(refusal) => panic!("{refusal:?}"),
        }
    }

    fn came<T, E>(&mut self, act: &'static str, ended: &Result<T, E>) {
        *self.came.entry((act, ended.is_ok())).or_default() += 1;
    }

    fn is_member(&self, case: usize, who: usize) -> bool {
        self.model.cases[case].members.contains(&who)
    }

    fn may(&self, case: usize, who: usize, roles: &[usize]) -> bool {
        self.is_member(case, who) && self.model.cases[case].open && roles.contains(&who)
    }

    fn admit(&mut self, case: usize, who: usize) {
        let (from, count) = (self.random.below(NUMBERS), 1 + self.random.below(6));
        let exhibit = self.model.cases[case].exhibits;
        let mut file = "account,number,carrier,country,state,sent_at,kind,message_ref\n".to_owned();
        for row in 0..count {
            let number = number((from + row) % NUMBERS);
            file.push_str(&format!(
                "Acme,{number},Example Mobile,US,DC,2024-03-05T10:00:{row:02}Z,sms,{case}-{exhibit}-{row}\n"
            ));
        }
        let id = self.ids[case].parse().unwrap();
        let ended = admit_as(&self.house.vault, &self.cast[who], &id, file.into_bytes());
        self.came("admit", &ended);
        if self.may(case, who, &[CUSTODIAN]) {
            let report = ended.unwrap();
            assert_eq!(report["admitted"], count as u64);
            self.model.leaves += 2;
            let model = &mut self.model.cases[case];
            model.exhibits += 1;
            let mut messages = BTreeMap::new();
            for row in 0..count {
                let number = (from + row) % NUMBERS;
                *messages.entry(number).or_default() += 1;
                *model.messages.entry(number).or_default() += 1;
            }
            let exhibit = report["exhibit"].as_str().unwrap().to_owned();
            model.counting.push((exhibit, messages));
        } else {
            assert!(matches!(ended, Err(Refusal::Denied(..))), "{ended:?}");
            self.model.leaves += 1;
        }
    }

    /// Asked by one and decided by anybody.
    fn withdraw(&mut self, case: usize, who: usize) {
        const MAY: [usize; 3] = [LEAD, OTHER_LEAD, CUSTODIAN];
        let counting = &self.model.cases[case].counting;
        let Some(at) = (!counting.is_empty()).then(|| self.random.below(counting.len())) else {
            return;
        };
        let (exhibit, messages) = counting[at].clone();
        let id = self.ids[case].clone();
        let ended = self.act("ask_withdrawal", |run| {
            let ids = [("case", id.as_str()), ("exhibit", exhibit.as_str())];
            let body = json!({ "reason": REASON });
            perform::<RequestWithdrawal>(&run.house.vault, &run.cast[who], &ids, body)
        });
        assert_eq!(ended.is_ok(), self.may(case, who, &MAY), "{ended:?}");
        let Ok(asked) = ended else { return };
        let (decider, approve) = (self.random.below(4), self.random.below(4) > 0);
        let ended = self.act("decide_withdrawal", |run| {
            let decision = if approve { "approve" } else { "deny" };
            let body = json!({ "decision": decision, "reason": REASON });
            let ids = [("withdrawal", asked["withdrawal"].as_str().unwrap())];
            perform::<DecideWithdrawal>(&run.house.vault, &run.cast[decider], &ids, body)
        });
        let may = self.may(case, decider, &MAY) && decider != who;
        assert_eq!(ended.is_ok(), may, "{ended:?}");
        if may && approve {
            let model = &mut self.model.cases[case];
            model.counting.remove(at);
            for (number, gone) in messages {
                *model.messages.get_mut(&number).unwrap() -= gone;
            }
            model.messages.retain(|_, messages| *messages > 0);
        }
    }

    fn join(&mut self, case: usize, who: usize) {
        let by = self.random.below(2);
        let role = ["lead", "lead", "investigator", "custodian"][who];
        let id = self.ids[case].parse().unwrap();
        let (house, cast) = (&self.house, &self.cast);
        let ended = name_member(
            &house.vault,
            &cast[by],
            &id,
            &cast[who],
            json!({ "role": role }),
        );
        self.came("join", &ended);
        self.model.leaves += 1;
        if by != who && self.is_member(case, by) {
            let named = ended.unwrap();
            if named["state"] == "given" {
                // What the member reads out, and what the lead types.
                let (house, cast) = (&self.house, &self.cast);
                recognise(&house.vault, &cast[by], &id, &cast[who]).unwrap();
                self.model.leaves += 2;
            }
            self.model.cases[case].members.insert(who);
        } else {
            assert!(ended.is_err());
        }
    }

    fn close_or_reopen(&mut self, case: usize, who: usize) {
        // Cases are reopened more often than closed, so that most acts remain possible.
        let close = self.random.below(3) == 0;
        let ids = [("case", self.ids[case].clone())];
        let ended = self.act("close_or_reopen", |run| {
            let ids = [("case", ids[0].1.as_str())];
            let body = json!({ "reason": REASON });
            match close {
                true => perform::<CloseCase>(&run.house.vault, &run.cast[who], &ids, body),
                false => perform::<ReopenCase>(&run.house.vault, &run.cast[who], &ids, body),
            }
        });
        let open = self.model.cases[case].open;
        let may = self.is_member(case, who) && who <= OTHER_LEAD && open == close;
        assert_eq!(ended.is_ok(), may, "{ended:?}");
        match ended {
            Ok(asked) if close => self.decide_close(case, who, asked["move"].as_str().unwrap()),
            Ok(_) => self.model.cases[case].open = true,
            Err(_) => {}
        }
    }

    /// Somebody tries to approve that a case is closed. Only another lead or the custodian can.
    fn decide_close(&mut self, case: usize, asker: usize, asked: &str) {
        let who = self.random.below(4);
        let ended = self.act("close_or_reopen", |run| {
            let body = json!({ "decision": "approve", "reason": REASON });
            perform::<DecideMove>(&run.house.vault, &run.cast[who], &[("move", asked)], body)
        });
        let may = self.may(case, who, &[LEAD, OTHER_LEAD, CUSTODIAN]) && who != asker;
        assert_eq!(ended.is_ok(), may, "{ended:?}");
        if may {
            self.model.cases[case].open = false;
        }
    }

    fn look_up(&mut self, case: usize, who: usize) {
        let index = self.random.below(NUMBERS);
        let id = self.ids[case].clone();
        let ended = self.act("look_up", |run| {
            let body = json!({ "numbers": [number(index)], "purpose": "victim-inquiry", "reason": REASON });
            perform::<LookUp>(&run.house.vault, &run.cast[who], &[("case", &id)], body)
        });
        let counts = !self.model.cases[case].counting.is_empty();
        let may = counts && self.may(case, who, &[LEAD, OTHER_LEAD, INVESTIGATOR]);
        assert_eq!(ended.is_ok(), may, "{ended:?}");
        let Ok(answer) = ended else { return };
        let result = &answer["results"][0];
        let model = &mut self.model.cases[case];
        match model.messages.get(&index) {
            None => assert_eq!(result, &json!({ "ref": 0, "state": "not_exposed" })),
            Some(messages) => {
                assert_eq!(result["state"], "exposed");
                assert_eq!(result["messages"], *messages);
                let subject = result["subject"].as_str().unwrap().to_owned();
                // The same person has the same token, and nobody else has it.
                let known = model
                    .subjects
                    .entry(index)
                    .or_insert_with(|| subject.clone());
                assert_eq!(*known, subject);
                let distinct: BTreeSet<&String> = model.subjects.values().collect();
                assert_eq!(distinct.len(), model.subjects.len());
            }
        }
    }

    fn count(&mut self, case: usize, who: usize) {
        let id = self.ids[case].clone();
        let ended = self.act("count", |run| {
            let body = json!({ "by": ["country"], "audience": "team" });
            perform::<CountRecords>(&run.house.vault, &run.cast[who], &[("case", &id)], body)
        });
        assert_eq!(
            ended.is_ok(),
            self.may(case, who, &[LEAD, OTHER_LEAD, INVESTIGATOR])
        );
        let Ok(table) = ended else { return };
        let model = &self.model.cases[case];
        assert_eq!(
            table["totals"]["messages"],
            model.messages.values().sum::<u64>()
        );
        assert_eq!(table["totals"]["numbers"], model.messages.len());
    }

    fn search(&mut self, case: usize, who: usize) {
        let id = self.ids[case].clone();
        let ended = self.act("search", |run| {
            let body = json!({ "limit": 500, "purpose": "scoping", "reason": REASON });
            perform::<SearchRecords>(&run.house.vault, &run.cast[who], &[("case", &id)], body)
        });
        assert_eq!(
            ended.is_ok(),
            self.may(case, who, &[LEAD, OTHER_LEAD, INVESTIGATOR])
        );
        let Ok(page) = ended else { return };
        let total: u64 = self.model.cases[case].messages.values().sum();
        assert_eq!(page["total"], total);
        assert_eq!(page["records"].as_array().unwrap().len() as u64, total);
        assert!(
            !page.to_string().contains("20255501"),
            "a number in the clear"
        );
    }

    fn list(&mut self, who: usize) {
        let ended = self.act("list", |run| {
            perform::<ListCases>(&run.house.vault, &run.cast[who], &[], json!({}))
        });
        let told = ended.unwrap().to_string();
        for case in 0..CASES {
            // Nobody sees that another case exists.
            assert_eq!(
                told.contains(&self.ids[case]),
                self.is_member(case, who),
                "{told}"
            );
        }
    }

    fn ask_reveal(&mut self, case: usize, who: usize) {
        let known = self.model.cases[case].subjects.clone();
        let at = self.random.below(known.len().max(1));
        let Some((index, subject)) = known.into_iter().nth(at) else {
            return;
        };
        let id = self.ids[case].clone();
        let ended = self.act("ask_reveal", |run| {
            let body =
                json!({ "subjects": [subject], "purpose": "notification", "reason": REASON });
            perform::<RequestReveal>(&run.house.vault, &run.cast[who], &[("case", &id)], body)
        });
        // Somebody whose records were all withdrawn is no subject any more.
        let counts = self.model.cases[case].messages.contains_key(&index);
        assert_eq!(
            ended.is_ok(),
            counts && self.may(case, who, &[LEAD, OTHER_LEAD, INVESTIGATOR]),
            "{ended:?}"
        );
        if let Ok(asked) = ended {
            let reveal = asked["reveal"].as_str().unwrap().to_owned();
            let expires = self.now + house::settings().reveal_s;
            let model = ModelReveal {
                case,
                asker: who,
                state: "requested",
                number: index,
                expires,
            };
            self.model.asked.push(reveal.clone());
            self.model.reveals.insert(reveal, model);
        }
    }

    fn any_reveal(&mut self) -> Option<String> {
        let count = self.model.reveals.len();
        let at = self.random.below(count.max(1));
        self.model.asked.get(at).cloned()
    }

    fn decide_reveal(&mut self, who: usize) {
        let Some(id) = self.any_reveal() else { return };
        let approve = self.random.below(4) > 0;
        let ended = self.act("decide_reveal", |run| {
            let decision = if approve { "approve" } else { "deny" };
            let body = json!({ "decision": decision, "reason": REASON });
            perform::<DecideReveal>(&run.house.vault, &run.cast[who], &[("reveal", &id)], body)
        });
        let reveal = &self.model.reveals[&id];
        let may = self.may(reveal.case, who, &[LEAD, OTHER_LEAD])
            && who != reveal.asker
            && reveal.state == "requested"
            && reveal.expires > self.now;
        match ended {
            Ok(_) => {
                assert!(may, "decided by {who} without a right to");
                let state = if approve { "approved" } else { "denied" };
                self.model.reveals.get_mut(&id).unwrap().state = state;
            }
            // Records that came in meanwhile may have changed what was asked for.
            Err(kind) if may => assert_eq!(kind, "result-changed"),
            Err(_) => {}
        }
    }

    fn open_reveal(&mut self, who: usize) {
        let Some(id) = self.any_reveal() else { return };
        let ended = self.act("open_reveal", |run| {
            perform::<OpenReveal>(
                &run.house.vault,
                &run.cast[who],
                &[("reveal", &id)],
                json!({}),
            )
        });
        let reveal = &self.model.reveals[&id];
        let may = self.may(reveal.case, who, &[LEAD, OTHER_LEAD, INVESTIGATOR])
            && who == reveal.asker
            && reveal.state == "approved";
        match ended {
            Ok(opened) => {
                assert!(
                    may,
                    "opened by {who} without a right to: {:?}",
                    reveal.state
                );
                assert_eq!(opened["numbers"][0]["number"], number(reveal.number));
                assert_eq!(opened["numbers"].as_array().unwrap().len(), 1);
                self.model.reveals.get_mut(&id).unwrap().state = "used";
            }
            Err(kind) if may => assert!(
                ["result-changed", "expired"].contains(&kind.as_str()),
                "{kind}"
            ),
            Err(_) => {}
        }
    }
}

#[test]
fn whatever_is_done_agrees_with_the_model_and_every_call_is_one_leaf() {
    let mut came = BTreeMap::new();
    for seed in 1..=8 {
        let mut run = Run::new(seed);
        for step in 0..STEPS {
            println!("seed {seed}, step {step}");
            run.step();
            if step % 20 == 19 {
                // The log verifies at any time, and has a leaf for every call and no other.
                assert_eq!(run.stored_leaves(), run.model.leaves);
            }
        }
        let checks = run.house.vault.check_exhibits().unwrap();
        assert!(
            checks
                .iter()
                .all(breachvault::vault::ExhibitCheck::is_sound)
        );
        for (act, count) in &run.came {
            *came.entry(*act).or_insert(0) += count;
        }
        let leaves = run.model.leaves;
        let closed = run.house.close();
        let verdict = trail::verify_directory(&closed.paths(), None, &[]).unwrap();
        assert_eq!(verdict.size, leaves + 1);
    }
    // Every act was done and was refused: the model was put to the test.
    assert_eq!(came.len(), 2 * 12 - 1, "{came:?}");
    assert!(!came.contains_key(&("list", false)));
    println!("{came:?}");
}
