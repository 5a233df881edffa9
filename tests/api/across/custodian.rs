//! A custodian never looks anybody up. Two cases that differ only in who is in the file that somebody else admitted
//! are the same in everything that a custodian can see, whatever it admits itself, for points and without.

use serde_json::{Value, json};

use crate::support::{Answer, Client, Incident, Log, Who, body, csv_of};

pub(super) const AT: &str = "2024-03-10T12:00:00Z";
/// In the first case; in the second another number is in its place.
pub(super) const TARGET: &str = "+447700900001";
const OTHER: &str = "+447700900777";
const KEY: &str = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";

/// Two cases that another custodian loaded.
pub(super) fn pair() -> [Incident; 2] {
    [TARGET, OTHER].map(|number| {
        let rows: Vec<String> = (100..111).map(|no| format!("+447700900{no}")).collect();
        let mut rows: Vec<_> = rows.iter().map(|no| ("one", no.as_str(), AT)).collect();
        rows.push(("one", number, AT));
        rows.push(("two", number, AT));
        let incident = Incident::with("", Log::read_short(csv_of(&rows)));
        incident.name_member(&incident.case, Who::Outsider, "custodian", None);
        incident
    })
}

/// What was asked for, and the status, the headers and the body of the answer.
type Seen = (String, u16, Vec<(String, Vec<u8>)>, Value);

/// What the custodian saw, in order. Ids and digests, which no two cases have in common, are replaced by their place
/// among those that it saw.
pub(super) struct Watch<'i> {
    pub(super) incident: &'i Incident,
    custodian: Client,
    names: Vec<String>,
    pub(super) seen: Vec<Seen>,
}

fn is_random(text: &str) -> bool {
    let is_id = text.len() == 22 && text.as_bytes()[1] == b'_';
    let is_digest = text.len() == 44 && text.ends_with('=');
    let is_hex = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let groups: Vec<&str> = text.split('-').collect();
    let is_fingerprint = groups.len() == 3
        && groups.iter().all(|group| {
            let in_capitals = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
            group.len() == 4 && group.bytes().all(in_capitals)
        });
    is_id || is_digest || is_hex || is_fingerprint
}

fn without_ids(value: &Value) -> Value {
    match value {
        Value::String(text) if is_random(text) => Value::Null,
        Value::Array(list) => list.iter().map(without_ids).collect(),
        Value::Object(members) => {
            let members = members.iter();
            members
                .map(|(name, value)| (name.clone(), without_ids(value)))
                .collect()
        }
        other => other.clone(),
    }
}

impl<'i> Watch<'i> {
    fn new(incident: &'i Incident) -> Self {
        Self {
            incident,
            custodian: incident.outsider(),
            names: Vec::new(),
            seen: Vec::new(),
        }
    }

    pub(super) fn note(&mut self, what: &str, answer: Answer) -> Answer {
        let (status, headers, body) = answer.comparable();
        let mut body = serde_json::from_str(&body).unwrap_or(Value::Null);
        self.replace(&mut body);
        self.seen.push((what.to_owned(), status, headers, body));
        answer
    }

    fn replace(&mut self, value: &mut Value) {
        match value {
            Value::String(text) if is_random(text) => {
                let known = self.names.iter().position(|name| name == text);
                let place = known.unwrap_or_else(|| {
                    self.names.push(text.clone());
                    self.names.len() - 1
                });
                *text = format!("name {place}");
            }
            Value::Array(list) => {
                // Some lists are in the order of ids, which are random.
                list.sort_by_key(|one| without_ids(one).to_string());
                list.iter_mut().for_each(|one| self.replace(one));
                // What differs in ids alone that were seen before comes in their order.
                list.sort_by_key(ToString::to_string);
            }
            Value::Object(members) => members.values_mut().for_each(|one| self.replace(one)),
            _ => {}
        }
    }

    fn get(&mut self, path: &str) -> Answer {
        let answer = self.custodian.get(path);
        let what = path.split('/').nth(1).unwrap();
        self.note(what, answer)
    }

    /// Everything that can be read for nothing and is no refusal.
    fn look(&mut self) {
        self.get("/cases");
        self.get("/me");
        self.get("/inbox");
        for rest in [
            "",
            "/exhibits",
            "/members",
            "/admissions/current",
            "/withdrawals",
            "/exports",
            "/quarantines",
            "/raises",
        ] {
            let answer = self.custodian.get(&self.incident.of_case(rest));
            self.note(rest, answer).assert_status(200);
        }
    }

    /// Admits a file of these rows.
    pub(super) fn send(&mut self, rows: &[(&str, &str, &str)]) -> String {
        let path = self.incident.of_case("/exhibits");
        let answer = self.custodian.upload(&path, &csv_of(rows));
        self.note("admit", answer)
            .assert_status(201)
            .member("exhibit")
    }

    /// The same, and looks at everything afterwards.
    fn admit(&mut self, rows: &[(&str, &str, &str)]) -> String {
        let exhibit = self.send(rows);
        let answer = self.custodian.get(
            &self
                .incident
                .of_case(&format!("/exhibits/{exhibit}/duplicates")),
        );
        self.note("duplicates", answer).assert_status(200);
        self.look();
        exhibit
    }

    /// Asks for the withdrawal of an exhibit, reads what would go, and looks at everything afterwards.
    fn ask_withdrawal(&mut self, exhibit: &str) -> String {
        let withdrawal = self.send_withdrawal(exhibit);
        self.look();
        withdrawal
    }

    fn send_withdrawal(&mut self, exhibit: &str) -> String {
        let path = self
            .incident
            .of_case(&format!("/exhibits/{exhibit}/withdrawal"));
        let answer = self.custodian.post(&path, &body::reason());
        let asked = self.note("ask", answer).assert_status(201);
        let withdrawal = asked.member("withdrawal");
        let answer = self.custodian.get(&format!("/withdrawals/{withdrawal}"));
        self.note("withdrawal", answer).assert_status(200);
        withdrawal
    }
}

/// The two cases are told apart by nothing that was seen, and by a lead.
#[track_caller]
pub(super) fn alike(incidents: &[Incident; 2], act: impl Fn(&mut Watch<'_>)) {
    let [one, other] = incidents.each_ref().map(|incident| {
        let mut watch = Watch::new(incident);
        watch.look();
        act(&mut watch);
        watch.seen
    });
    assert_eq!(one.len(), other.len());
    for (one, other) in one.iter().zip(&other) {
        assert_eq!(one, other);
    }
}

/// How many numbers the case has, as a lead is told who pays for a table.
pub(super) fn numbers(incident: &Incident) -> Value {
    let table = json!({ "by": [], "audience": "team" });
    let table = incident.lead().post(&incident.of_case("/scope"), &table);
    table.assert_status(200).json()["totals"]["numbers"].clone()
}

/// How many rows of an exhibit the case had, as a lead is told who pays for a difference.
pub(super) fn duplicates_of_case(incident: &Incident, exhibit: &str) -> u64 {
    let path = format!("/exhibits/{exhibit}/duplicates?of=case");
    let answer = incident.lead().get(&incident.of_case(&path));
    let rules = answer.assert_status(200).json()["by_rule"].clone();
    let rules = rules.as_array().unwrap().iter();
    rules.map(|rule| rule["rows"].as_u64().unwrap()).sum()
}

#[test]
fn counts_of_the_case_before_and_after_own_files_find_no_number() {
    let incidents = pair();
    alike(&incidents, |watch| {
        // Wherever a rounded count would turn, one of these steps is there.
        for no in 0..6 {
            watch.admit(&[("one", &format!("+4477009002{no:02}"), AT)]);
            watch.admit(&[("one", TARGET, &format!("2024-03-11T12:00:0{no}Z"))]);
        }
    });
    let [with, without] = incidents.each_ref().map(numbers);
    assert_eq!((with, without), (json!(18), json!(19)));
}

#[test]
fn a_file_of_guessed_messages_is_not_told_which_were_there() {
    let incidents = pair();
    let guess = ("one", TARGET, AT);
    alike(&incidents, |watch| {
        let later = ("one", TARGET, "2024-03-12T12:00:00Z");
        for rows in [
            vec![guess],
            vec![guess, later],
            vec![guess, guess],
            vec![("two", TARGET, AT), ("one", "+447700900300", AT)],
        ] {
            watch.admit(&rows);
            // The same bytes again are refused, though no row of them may be a record.
            let path = watch.incident.of_case("/exhibits");
            let answer = watch.custodian.upload(&path, &csv_of(&rows));
            watch
                .note("again", answer)
                .assert_problem(409, "already-admitted");
        }
    });
    let seen = incidents.each_ref().map(|incident| {
        let exhibits = incident.exhibits();
        duplicates_of_case(incident, exhibits[1]["exhibit"].as_str().unwrap())
    });
    assert_eq!(seen, [1, 0]);
}

#[test]
fn a_withdrawal_of_an_own_file_compares_it_with_nothing() {
    let incidents = pair();
    alike(&incidents, |watch| {
        let fill = ("one", "+447700900400", AT);
        let own = [
            watch.admit(&[("one", TARGET, "2024-03-12T12:00:00Z")]),
            watch.admit(&[fill, ("one", TARGET, AT)]),
        ];
        watch.admit(&[("one", TARGET, "2024-03-12T12:00:00Z"), fill]);
        for exhibit in own {
            let withdrawal = watch.ask_withdrawal(&exhibit);
            let path = format!("/withdrawals/{withdrawal}/decision");
            let lead = watch.incident.lead();
            lead.post(&path, &body::approve()).assert_status(200);
            watch.look();
        }
        // Another one's, which it may read and decide.
        let first = watch.incident.first_exhibit();
        let asked = watch
            .incident
            .ask_withdrawal(&watch.incident.lead(), &first);
        watch
            .get(&format!("/withdrawals/{asked}"))
            .assert_status(200);
        let answer = watch
            .custodian
            .post(&format!("/withdrawals/{asked}/decision"), &body::deny());
        watch.note("decide", answer).assert_status(200);
        watch.look();
    });
}

#[test]
fn an_export_that_others_ask_for_tells_nothing_of_what_a_custodian_put_there() {
    let incidents = pair();
    alike(&incidents, |watch| {
        let ask = |watch: &mut Watch<'_>| {
            let filter = json!({ "account": ["one"] });
            let wanted = body::export("account-notice", &filter, KEY);
            let asked = watch
                .incident
                .ask_export(&watch.incident.investigator(), &wanted);
            watch.get(&format!("/exports/{asked}")).assert_status(200);
            watch.look();
            asked
        };
        ask(watch);
        watch.admit(&[("one", TARGET, AT)]);
        let asked = ask(watch);
        let answer = watch
            .custodian
            .post(&format!("/exports/{asked}/decision"), &body::approve());
        watch.note("decide", answer).assert_status(200);
        watch.look();
    });
}

#[test]
fn what_compares_files_is_refused_alike_and_before_it_reads() {
    let incidents = pair();
    alike(&incidents, |watch| {
        let own = watch.admit(&[("one", TARGET, AT)]);
        let first = watch.incident.first_exhibit();
        for rest in [
            format!("/exhibits/{own}/difference?against={first}"),
            format!("/exhibits/{own}/duplicates?of=case"),
            format!("/exhibits/{first}/duplicates"),
        ] {
            let answer = watch.custodian.get(&watch.incident.of_case(&rest));
            watch
                .note("refused", answer)
                .assert_problem(403, "not-allowed");
        }
        let scope = json!({ "by": ["country"], "audience": "protected" });
        for (rest, asked) in [
            ("/scope", scope),
            ("/lookups", body::look_up(&[TARGET])),
            ("/records/search", body::search(&json!({}))),
        ] {
            let answer = watch.custodian.post(&watch.incident.of_case(rest), &asked);
            watch.note(rest, answer).assert_problem(403, "not-allowed");
        }
        watch.look();
    });
}

#[test]
fn a_scope_report_decided_and_taken_does_not_tell_whether_an_own_number_was_there() {
    for earlier in [false, true] {
        let incidents = pair();
        alike(&incidents, |watch| {
            let ask = |watch: &mut Watch<'_>| {
                let wanted = body::export("scope-report", &json!({}), KEY);
                let lead = watch.incident.lead();
                let asked = watch.incident.ask_export(&lead, &wanted);
                watch.get(&format!("/exports/{asked}")).assert_status(200);
                let path = format!("/exports/{asked}/decision");
                let answer = watch.custodian.post(&path, &body::approve());
                watch.note("decide", answer).assert_status(200);
                let answer = watch.custodian.get(&format!("/exports/{asked}/package"));
                // Its tag is a digest of ciphertexts.
                answer.assert_status(200);
                watch.get(&format!("/exports/{asked}")).assert_status(200);
                watch.look();
            };
            if earlier {
                ask(watch);
            }
            watch.admit(&[("one", TARGET, "2024-03-12T12:00:00Z")]);
            ask(watch);
        });
    }
}

/// Two cases with other hidden people in each: the first number in the first case, the second one in the second.
fn hidden(no: usize) -> [String; 2] {
    [500, 600].map(|from| format!("+447700900{}", from + no))
}

/// The people of which a custodian guesses one in each round.
const ROUNDS: usize = 90;

fn pair_with_many() -> [Incident; 2] {
    [0, 1].map(|which| {
        let mut numbers: Vec<String> = (0..ROUNDS).map(|no| hidden(no)[which].clone()).collect();
        numbers.extend((100..111).map(|no| format!("+447700900{no}")));
        let mut rows: Vec<_> = numbers.iter().map(|no| ("one", no.as_str(), AT)).collect();
        rows.push(("two", "+447700900100", AT));
        let incident = Incident::with("", Log::read_short(csv_of(&rows)));
        incident.name_member(&incident.case, Who::Outsider, "custodian", None);
        incident
    })
}

/// A request, and who asks for it.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Asked {
    Reveal,
    Evidence,
    Notice,
    Everything,
    Report,
    OfLiaison,
    /// Of a file of the custodian's, which it asks for itself.
    Withdrawal,
    /// The same, asked by a lead and decided by the custodian.
    WithdrawalByLead,
    Quarantine,
    List,
    Membership,
    Raise,
}

/// When the custodian does something.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Before {
    Decided,
    Taken,
    TakenAgain,
}

/// What the custodian does.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Change {
    /// Admits the message that it guesses, with another one that is new.
    Message,
    /// Admits another message of the number that it guesses.
    Number,
    /// Has a file withdrawn, in which it guessed the message before this was asked.
    Withdrawal,
}

/// A request on its way, of the round's hidden person where it is about one.
struct Round<'w, 'i> {
    watch: &'w mut Watch<'i>,
    no: usize,
    asked: Asked,
    /// Its path.
    path: String,
}

impl Watch<'_> {
    /// What others do is told to the custodian by its status at most.
    fn note_status(&mut self, what: &str, answer: &Answer) {
        let seen = (what.to_owned(), answer.status, Vec::new(), Value::Null);
        self.seen.push(seen);
    }

    fn admit_guess(&mut self, no: usize, change: Change) -> String {
        let [guess, _] = hidden(no);
        let at = |hour: u8| format!("2024-03-13T{hour:02}:{:02}:{:02}Z", no / 60, no % 60);
        match change {
            Change::Number => self.send(&[("one", &guess, &at(10))]),
            Change::Message => self.send(&[("one", &guess, AT), ("two", "+447700900100", &at(11))]),
            Change::Withdrawal => {
                self.send(&[("one", &guess, AT), ("two", "+447700900100", &at(12))])
            }
        }
    }

    fn withdraw(&mut self, exhibit: &str) {
        let withdrawal = self.send_withdrawal(exhibit);
        let path = format!("/withdrawals/{withdrawal}/decision");
        let decided = self.incident.lead().post(&path, &body::approve());
        self.note_status("withdrawn", &decided.assert_status(200));
    }
}

impl<'w, 'i> Round<'w, 'i> {
    fn ask(watch: &'w mut Watch<'i>, no: usize, asked: Asked) -> Self {
        let incident = watch.incident;
        let (lead, investigator) = (incident.lead(), incident.investigator());
        // No two requests are of one second, so that lists have one order.
        incident.clock.advance_seconds(1);
        // Whoever asks knows whom the request is about.
        let subject = || {
            let messages = &incident.log.messages;
            let here = |number: &String| messages.iter().any(|one| one.number == *number);
            incident.subject(&hidden(no).into_iter().find(here).unwrap())
        };
        let export = |profile: &str, filter: &Value| {
            let wanted = body::export(profile, filter, KEY);
            incident.ask_export(&investigator, &wanted)
        };
        let own = |watch: &mut Watch<'_>| {
            let [guess, _] = hidden(no);
            let at = format!("2024-03-14T09:{:02}:{:02}Z", no / 60, no % 60);
            watch.send(&[("one", &guess, &at)])
        };
        let (kind, id) = match asked {
            Asked::Reveal => ("reveals", incident.ask_reveal(&investigator, &[subject()])),
            Asked::Evidence => {
                let filter = json!({ "subject": [subject()] });
                ("exports", export("evidence", &filter))
            }
            Asked::Notice => {
                let filter = json!({ "account": ["one"], "subject": [subject()] });
                ("exports", export("account-notice", &filter))
            }
            Asked::Everything => ("exports", export("evidence", &json!({}))),
            Asked::Report => ("exports", export("scope-report", &json!({}))),
            Asked::OfLiaison => {
                let wanted = body::export("account-notice", &json!({}), KEY);
                ("exports", incident.ask_export(&incident.liaison(), &wanted))
            }
            Asked::Withdrawal => {
                let exhibit = own(watch);
                ("withdrawals", watch.send_withdrawal(&exhibit))
            }
            Asked::WithdrawalByLead => {
                let exhibit = own(watch);
                ("withdrawals", incident.ask_withdrawal(&lead, &exhibit))
            }
            Asked::Quarantine => ("quarantines", incident.ask_quarantine_of_a_fresh_one()),
            Asked::List => ("quarantines", incident.ask_list(&lead, KEY)),
            Asked::Membership => {
                let name = format!("person.{no}");
                ("memberships", incident.ask_membership(&name))
            }
            Asked::Raise => ("raises", incident.ask_raise(&investigator, 10)),
        };
        let path = format!("/{kind}/{id}");
        Self {
            watch,
            no,
            asked,
            path,
        }
    }

    /// Whether the custodian decides it, and hands out what leaves.
    fn is_custodians(&self) -> bool {
        match self.asked {
            Asked::Reveal | Asked::Withdrawal | Asked::Membership | Asked::Raise => false,
            Asked::Evidence
            | Asked::Notice
            | Asked::Everything
            | Asked::Report
            | Asked::OfLiaison
            | Asked::WithdrawalByLead
            | Asked::Quarantine
            | Asked::List => true,
        }
    }

    fn read(&mut self) {
        let answer = self.watch.custodian.get(&self.path);
        self.watch.note("read", answer);
    }

    fn decide(&mut self) -> u16 {
        let path = format!("{}/decision", self.path);
        let answer = match (self.is_custodians(), self.asked) {
            (true, _) => self.watch.custodian.post(&path, &body::approve()),
            (_, Asked::Membership) => {
                let lead = self.watch.incident.second_lead();
                lead.post(&path, &body::approve())
            }
            _ => self.watch.incident.lead().post(&path, &body::approve()),
        };
        let status = answer.status;
        match self.is_custodians() {
            true => drop(self.watch.note("decide", answer)),
            false => self.watch.note_status("decide", &answer),
        }
        if status != 200 {
            let second = self.watch.incident.second_lead();
            second.post(&path, &body::deny()).assert_status(200);
        }
        status
    }

    /// Opens it or takes its package; the status, if there is something to take.
    fn take(&mut self) -> Option<u16> {
        let incident = self.watch.incident;
        let open = format!("{}/open", self.path);
        let answer = match self.asked {
            Asked::Reveal => incident.investigator().post(&open, &json!({})),
            Asked::Quarantine => incident.lead().post(&open, &json!({})),
            Asked::Withdrawal | Asked::WithdrawalByLead | Asked::Membership | Asked::Raise => {
                return None;
            }
            _ => {
                let package = format!("{}/package", self.path);
                let answer = self.watch.custodian.get(&package);
                // A package differs by its ciphertexts; a refusal is compared whole.
                if answer.status != 200 {
                    let status = answer.status;
                    self.watch.note("take", answer);
                    return Some(status);
                }
                answer
            }
        };
        self.watch.note_status("take", &answer);
        Some(answer.status)
    }
}

/// What may end a request: only that an exhibit is withdrawn on which it rests.
fn ends(asked: Asked, change: Change) -> bool {
    let is_export = match asked {
        Asked::Evidence | Asked::Notice | Asked::Everything | Asked::Report | Asked::OfLiaison => {
            true
        }
        Asked::Reveal
        | Asked::Withdrawal
        | Asked::WithdrawalByLead
        | Asked::Quarantine
        | Asked::List
        | Asked::Membership
        | Asked::Raise => false,
    };
    is_export && change == Change::Withdrawal
}

/// In each round the custodian guesses somebody, who is hidden in the first case and is not in the second one. What the
/// request is about differs too: it is about whoever is hidden.
fn guess_while_it_is_decided_and_taken(kinds: &[Asked]) {
    let incidents = pair_with_many();
    alike(&incidents, |watch| {
        let mut no = 0;
        for asked in kinds.iter().copied() {
            for when in [Before::Decided, Before::Taken, Before::TakenAgain] {
                for change in [Change::Message, Change::Number, Change::Withdrawal] {
                    let file =
                        (change == Change::Withdrawal).then(|| watch.admit_guess(no, change));
                    let mut round = Round::ask(watch, no, asked);
                    round.read();
                    let now = |round: &mut Round<'_, '_>| match &file {
                        Some(file) => round.watch.withdraw(file),
                        None => drop(round.watch.admit_guess(round.no, change)),
                    };
                    let mut ended = false;
                    if when == Before::Decided {
                        now(&mut round);
                        ended = ends(asked, change);
                    }
                    let label = format!("{asked:?}, {when:?}, {change:?}");
                    let wanted = |ended: bool| if ended { 409 } else { 200 };
                    assert_eq!(round.decide(), wanted(ended), "{label}");
                    round.read();
                    if when == Before::Taken {
                        now(&mut round);
                        ended = ends(asked, change);
                    }
                    let first = round.take();
                    assert!(
                        first.is_none_or(|status| status == wanted(ended)),
                        "{label}: {first:?}"
                    );
                    if when == Before::TakenAgain {
                        now(&mut round);
                        ended = ends(asked, change);
                    }
                    // What is opened is opened once.
                    let once = [Asked::Reveal, Asked::Quarantine].contains(&asked);
                    let again = round.take();
                    assert!(
                        again.is_none_or(|status| status == wanted(ended || once)),
                        "{label}: {again:?}"
                    );
                    round.read();
                    round.watch.look();
                    no += 1;
                }
            }
        }
        assert!(no <= ROUNDS);
    });
}

#[test]
fn what_becomes_of_an_export_does_not_tell_whether_a_guess_is_there_or_whom_it_is_about() {
    guess_while_it_is_decided_and_taken(&[
        Asked::Evidence,
        Asked::Notice,
        Asked::Everything,
        Asked::Report,
        Asked::OfLiaison,
    ]);
}

#[test]
fn what_becomes_of_any_other_request_does_not_tell_whether_a_guess_is_there() {
    guess_while_it_is_decided_and_taken(&[
        Asked::Reveal,
        Asked::Withdrawal,
        Asked::WithdrawalByLead,
        Asked::Quarantine,
        Asked::List,
        Asked::Membership,
        Asked::Raise,
    ]);
}

#[test]
fn the_whole_file_of_somebody_else_is_taken_like_any_other() {
    let incidents = pair();
    let rows: Vec<String> = (100..111).map(|no| format!("+447700900{no}")).collect();
    alike(&incidents, |watch| {
        // Byte for byte the file that the other custodian admitted to the first case.
        let mut rows: Vec<_> = rows.iter().map(|no| ("one", no.as_str(), AT)).collect();
        rows.push(("one", TARGET, AT));
        rows.push(("two", TARGET, AT));
        let own = watch.admit(&rows);
        let path = watch.incident.of_case("/exhibits");
        let again = watch.custodian.upload(&path, &csv_of(&rows));
        let again = watch.note("again", again);
        let again = again.assert_problem(409, "already-admitted").json();
        assert_eq!(again["exhibit"], own.as_str());
    });
    // Nothing is doubled.
    let [same, other] = incidents.each_ref().map(|incident| {
        let exhibits = incident.exhibits();
        duplicates_of_case(incident, exhibits[1]["exhibit"].as_str().unwrap())
    });
    assert_eq!((same, other), (13, 11));
    let [same, _] = incidents.each_ref().map(numbers);
    assert_eq!(same, json!(12));
}
