//! Every page in a real browser, as everybody who gets it sees it: wide and light, narrow and dark.
//!
//! axe finds nothing that keeps people out, nothing is wider than the window, no page writes to the console or asks for
//! anything but its style sheet and script. Pictures of all pages are in `target/screenshots`, for whoever built them
//! to look at.

use std::cell::RefCell;

use serde_json::{Value, json};

use crate::support::{Chromium, Incident, Look, Who, axe, body, fresh_csv_with_a_reject};

/// The most bytes of a page.
const LARGEST: usize = 150_000;

/// What an identity that nobody keeps was made with.
const RECIPIENT: &str = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";

#[test]
fn every_page_is_for_everybody_in_both_themes_and_on_a_small_screen() {
    let incident = Incident::new();
    let (Some(axe), Some(chromium)) = (axe(), Chromium::start(&incident)) else {
        return;
    };
    let sight = Sight {
        incident: &incident,
        chromium,
        axe,
        wrong: RefCell::default(),
    };
    sight.see("stranger", "sign-in", "/console/sign-in", 200);
    sight.see("stranger", "invitation", "/console/invitation", 200);
    sight.see("stranger", "second-factor", "/console/second-factor", 200);
    sight.see("stranger", "errors", "/errors", 200);

    let numbers: Vec<_> = incident.log.messages.iter().take(3).collect();
    let subjects: Vec<String> = numbers
        .iter()
        .map(|message| incident.subject(&message.number))
        .collect();
    let waiting = incident.ask_reveal(&incident.investigator(), &subjects);
    let approved = incident.approved_reveal(&subjects[..1]);
    let asked = body::export("scope-report", &json!({}), RECIPIENT);
    let export = incident.approved_export(&asked);
    let raise = incident.ask_raise(&incident.investigator(), 100);
    let withdrawal = incident.ask_withdrawal_of_a_fresh_one();
    let quarantine = incident.ask_quarantine_of_a_fresh_one();
    let list = incident.approved_list(RECIPIENT);
    let membership = incident.ask_membership("somebody.new");
    let case = format!("/console{}", incident.of_case(""));
    let exhibit = incident.first_exhibit();
    let in_case = |rest: &str| format!("{case}{rest}");

    sight.enter(Who::Lead);
    for (name, path) in [
        ("home", "/console".to_owned()),
        ("cases", "/console/cases".to_owned()),
        ("cases-new", "/console/cases/new".to_owned()),
        ("case", case.clone()),
        ("members", in_case("/members")),
        ("members-new", in_case("/members/new")),
        ("exhibits", in_case("/exhibits")),
        ("admission-none", in_case("/admissions/current")),
        (
            "ask-withdrawal",
            in_case(&format!("/exhibits/{exhibit}/withdrawal")),
        ),
        (
            "difference",
            in_case(&format!("/exhibits/{exhibit}/difference")),
        ),
        ("requests", in_case("/requests")),
        ("reveals", in_case("/reveals")),
        ("exports", in_case("/exports")),
        ("export-new", in_case("/exports/new")),
        ("raises", in_case("/raises")),
        ("withdrawals", in_case("/withdrawals")),
        ("quarantines", in_case("/quarantines")),
        ("memberships", in_case("/memberships")),
        (
            "ask-quarantine",
            in_case(&format!("/exhibits/{exhibit}/quarantine")),
        ),
        ("reveal", format!("/console/reveals/{waiting}")),
        ("export", format!("/console/exports/{export}")),
        ("raise", format!("/console/raises/{raise}")),
        ("withdrawal", format!("/console/withdrawals/{withdrawal}")),
        ("quarantine", format!("/console/quarantines/{quarantine}")),
        ("quarantine-list", format!("/console/quarantines/{list}")),
        ("membership", format!("/console/memberships/{membership}")),
        ("operators", "/console/operators".to_owned()),
    ] {
        sight.see("lead", name, &path, 200);
    }
    sight.see("lead", "audit-refused", "/console/audit", 403);
    let difference = in_case(&format!("/exhibits/{exhibit}/difference"));
    sight.chromium.go(&difference);
    sight.chromium.press("Compare for 100 points");
    sight.chromium.find("dl.facts");
    sight.look("lead-differs", &[]);

    sight.enter(Who::Investigator);
    sight.see("investigator", "home", "/console", 200);
    sight.see("investigator", "lookup", &in_case("/lookup"), 200);
    sight.see("investigator", "sitting", "/console/sitting", 200);
    sight.chromium.choose("purpose", "scoping");
    sight
        .chromium
        .fill("#reason", "to see how large the incident is");
    sight.chromium.press("Go on");
    // Home, where something waits.
    sight.chromium.find("h2");
    let scope = in_case("/scope?audience=team&by=");
    for (name, path) in [
        ("records", in_case("/records")),
        ("records-filtered", in_case("/records?country=US&kind=sms")),
        (
            "records-none",
            in_case("/records?country=US&sent_to=2001-01-01T00:00:00Z"),
        ),
        ("records-wrong", in_case("/records?sent_from=yesterday")),
        (
            "person",
            in_case(&format!("/records?subject={}&order=time", subjects[0])),
        ),
        ("scope", format!("{scope}country")),
        ("scope-states", format!("{scope}state")),
        ("scope-days", format!("{scope}day")),
        ("scope-two", format!("{scope}kind&by=carrier")),
        (
            "reveal-new",
            in_case(&format!("/reveals/new?subjects={}", subjects[1])),
        ),
        ("reveal-new-nobody", in_case("/reveals/new")),
        ("reveal-approved", format!("/console/reveals/{approved}")),
        ("raise-new", in_case("/raises/new")),
    ] {
        let status = if name == "records-wrong" { 422 } else { 200 };
        sight.see("investigator", name, &path, status);
    }
    sight.see("investigator", "members-refused", &in_case("/members"), 403);

    sight.enter(Who::Custodian);
    sight.see("custodian", "home", "/console", 200);
    sight.see("custodian", "case", &case, 200);
    sight.see("custodian", "admit", &in_case("/exhibits/new"), 200);
    sight.see("custodian", "exhibits", &in_case("/exhibits"), 200);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("log.csv");
    std::fs::write(&file, fresh_csv_with_a_reject()).unwrap();
    for (name, does) in [("columns", "columns"), ("report", "true")] {
        sight.chromium.go(&in_case("/exhibits/new"));
        sight
            .chromium
            .send("input[type=file]", file.to_str().unwrap());
        sight
            .chromium
            .click(&format!("input[name=dry_run][value={does}]"));
        sight.chromium.press("Go on");
        sight.chromium.find("main table td");
        sight.look(&format!("custodian-{name}"), &[]);
    }
    sight.see("custodian", "lookup-cannot", &in_case("/lookup"), 200);

    sight.enter(Who::Liaison);
    sight.see("liaison", "home", "/console", 200);
    sight.see("liaison", "case", &case, 200);
    sight.see("liaison", "requests", &in_case("/requests"), 200);
    sight.see("liaison", "records-refused", &in_case("/reveals"), 403);

    sight.enter(Who::Auditor);
    sight.see("auditor", "home", "/console", 200);
    sight.see("auditor", "audit", "/console/audit", 200);
    sight.see(
        "auditor",
        "audit-none",
        "/console/audit?to=2001-01-01T00:00:00Z",
        200,
    );
    sight.see("auditor", "leaf", "/console/audit/leaves/3", 200);
    sight.see("auditor", "sign-off", "/console/audit/sign-off", 200);
    sight.see("auditor", "case-refused", &case, 404);

    sight.enter(Who::Administrator);
    sight.see("administrator", "home", "/console", 200);
    sight.see("administrator", "operators", "/console/operators", 200);

    sight.enter(Who::Outsider);
    sight.see("outsider", "home", "/console", 200);
    sight.see("outsider", "cases", "/console/cases", 200);
    let wrong = sight.wrong.take();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

struct Sight<'i> {
    incident: &'i Incident,
    chromium: Chromium,
    axe: String,
    /// All that is wrong with any page, so that one run says it all.
    wrong: RefCell<Vec<String>>,
}

impl Sight<'_> {
    fn enter(&self, who: Who) {
        self.chromium.sign_in(self.incident, who);
        assert_eq!(self.chromium.wrong(&[]), Vec::<String>::new(), "{who:?}");
    }

    /// Goes to a page, and looks at it wide and light, then narrow and dark.
    fn see(&self, who: &str, name: &str, path: &str, status: u64) {
        let what = format!("{who}-{name}");
        self.chromium.go(path);
        let refused = [status].map(|status| if status == 200 { 0 } else { status });
        assert_eq!(self.chromium.place(), path, "{what}");
        self.look(&what, &refused);
    }

    /// Looks at the page that is shown.
    fn look(&self, what: &str, refused: &[u64]) {
        let say = |wrong: String| self.wrong.borrow_mut().push(format!("{what}: {wrong}"));
        self.chromium.wrong(refused).into_iter().for_each(&say);
        let html = self.chromium.html();
        assert!(html.len() <= LARGEST, "{what}: {} bytes", html.len());
        assert!(self.chromium.has("main h1"), "{what}: {html}");
        for look in [Look::WIDE, Look::NARROW] {
            self.chromium.see_as(look);
            let wider = "return document.documentElement.scrollWidth - window.innerWidth";
            let wider = self.chromium.run(wider, &[]);
            self.chromium.picture(&format!("{what}-{}", look.width));
            if wider.as_i64() > Some(0) {
                say(format!("{wider} too wide at {look:?}"));
            }
            for found in self.judge() {
                say(format!("{look:?}: {found:#}"));
            }
            // What axe itself did is none of the page's.
            self.chromium.wrong(refused);
        }
        self.chromium.see_as(Look::WIDE);
    }

    /// What axe says against the page as it is shown.
    fn judge(&self) -> Vec<Value> {
        let script = format!(
            "{};
            const done = arguments[arguments.length - 1];
            const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
            axe.run(document, {{ runOnly: tags, resultTypes: ['violations'] }}).then(
              (found) => done(found.violations.map((one) => ({{
                rule: one.id, help: one.help,
                at: one.nodes.map((node) => node.html + ' ' + node.failureSummary),
              }}))),
              (error) => done([String(error)]));",
            self.axe
        );
        let found = self.chromium.run_async(&script, &[]);
        found.as_array().cloned().unwrap_or_default()
    }
}
