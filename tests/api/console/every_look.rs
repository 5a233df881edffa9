//! Every page in a real browser, as everybody who gets it sees it: wide and light, narrow and dark, and at 400 %.
//!
//! axe finds nothing that keeps people out, nothing is wider than the window or cut off, every target has 24 pixels and
//! gets the focus, no page writes to the console or asks for anything but its style sheet and script. Pictures of all
//! pages are in `target/screenshots`, for whoever built them to look at.
//!
//! Each page is loaded once, and the look is changed around it. What axe says follows from the elements of a page,
//! their classes and where they stand, so it is asked where a page has one that no page before it had, in each look.

use std::cell::RefCell;
use std::collections::BTreeSet;

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
        judged: RefCell::default(),
        wrong: RefCell::default(),
    };
    sight.see("stranger", "sign-in", "/console/sign-in", 200);
    sight.see("stranger", "invitation", "/console/invitation", 200);
    sight.see("stranger", "second-factor", "/console/second-factor", 200);
    sight.see("stranger", "recovery", "/console/recovery", 200);
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
    let destruction = incident.approved_destruction(&incident.case);
    let closing = incident.ask_move(&incident.case, "close");
    let destroyed = format!("/console/cases/{}", incident.destroyed_case());
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
        ("moves", in_case("/moves")),
        ("move", format!("/console/moves/{closing}")),
        ("destructions", in_case("/destructions")),
        ("destruction-new", in_case("/destructions/new")),
        (
            "destruction",
            format!("/console/destructions/{destruction}"),
        ),
        ("certificate", format!("{destroyed}/certificate")),
        ("operators", "/console/operators".to_owned()),
        ("operators-next", "/console/operators?limit=2".to_owned()),
        ("sessions", "/console/sessions".to_owned()),
        ("passkeys", "/console/passkeys".to_owned()),
        ("budgets", "/console/budgets".to_owned()),
        ("keys", "/console/keys".to_owned()),
        ("health", "/console/health".to_owned()),
        ("clock", "/console/clock".to_owned()),
        (
            "request-leaves",
            format!("/console/requests/{approved}/leaves"),
        ),
    ] {
        sight.see("lead", name, &path, 200);
    }
    sight.see("lead", "audit-refused", "/console/audit", 403);
    sight.see("lead", "case-destroyed", &destroyed, 409);
    let difference = in_case(&format!("/exhibits/{exhibit}/difference"));
    sight.chromium.go(&difference);
    sight.chromium.press("Compare for 100 points");
    sight.chromium.find("dl.facts");
    sight.look("lead-differs", &[]);

    sight.enter(Who::Investigator);
    sight.see("investigator", "home", "/console", 200);
    sight.see("investigator", "budgets", "/console/budgets", 200);
    sight.see("investigator", "health-refused", "/console/health", 403);
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
        (
            "timeline",
            in_case(&format!("/timeline?subject={}", subjects[0])),
        ),
        ("scope-charts", in_case("/scope")),
        (
            "scope-charts-filtered",
            in_case(
                "/scope?country=US&sent_from=2024-03-10T00:00:00Z&sent_to=2024-03-11T00:00:00Z",
            ),
        ),
        (
            "scope-charts-none",
            in_case("/scope?country=US&carrier=No%20Such%20Carrier"),
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
    // The report that was approved above is of other exhibits.
    let protected = in_case("/scope?audience=protected&by=country&rule=nhs");
    sight.see("investigator", "scope-protected-refused", &protected, 409);
    sight.see("investigator", "members-refused", &in_case("/members"), 403);

    sight.enter(Who::Custodian);
    sight.see("custodian", "home", "/console", 200);
    sight.see("custodian", "case", &case, 200);
    sight.see("custodian", "admit", &in_case("/exhibits/new"), 200);
    sight.see("custodian", "exhibits", &in_case("/exhibits"), 200);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("log.csv");
    std::fs::write(&file, fresh_csv_with_a_reject()).unwrap();
    for (name, step) in [("columns", "Look at its columns"), ("report", "Check it")] {
        sight.chromium.go(&in_case("/exhibits/new"));
        sight
            .chromium
            .send("input[type=file]", file.to_str().unwrap());
        sight.chromium.press(step);
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
    for (name, path) in [
        ("timeline", "/console/audit/timeline".to_owned()),
        (
            "timeline-case",
            format!("/console/audit/timeline?case={}", incident.case),
        ),
        ("volume", "/console/audit/volume".to_owned()),
        (
            "volume-none",
            "/console/audit/volume?to=2001-01-01T00:00:00Z".to_owned(),
        ),
        ("request", format!("/console/requests/{approved}/leaves")),
    ] {
        sight.see("auditor", name, &path, 200);
    }
    sight.see(
        "auditor",
        "volume-wrong",
        "/console/audit/volume?from=yesterday",
        422,
    );
    sight.see("auditor", "sign-off", "/console/audit/sign-off", 200);
    sight.see("auditor", "case-refused", &case, 404);

    sight.enter(Who::Administrator);
    sight.see("administrator", "home", "/console", 200);
    sight.see("administrator", "operators", "/console/operators", 200);
    sight.see("administrator", "keys", "/console/keys", 200);
    let slots = "/console/keys/slots";
    sight.see("administrator", "slots", slots, 200);
    let shares = json!({
        "change": "add", "kind": "shares", "label": "board", "needed": 2, "shares": 3, "reason": body::REASON,
    });
    let asked = incident.other_administrator();
    asked.post("/keys/slots/change", &shares).assert_status(201);
    sight.see("administrator", "slots-to-decide", slots, 200);
    // Somebody whom another administrator suspended, and a clock that jumped.
    incident.case_of_suspended_leads();
    incident.clock.jump_seconds(86_400);
    sight.see("administrator", "home-tasks", "/console", 200);
    sight.see("administrator", "clock-in-doubt", "/console/clock", 200);

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
    /// Elements with their class and place, on pages that axe looked at.
    judged: RefCell<BTreeSet<String>>,
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
        let new = self.has_new_elements();
        for look in [Look::WIDE, Look::NARROW, Look::ZOOMED] {
            self.chromium.see_as(look);
            for found in texts(&self.chromium.run(MISPLACED, &[])) {
                say(format!("{look:?}: {found}"));
            }
            if look.zoom == 1 {
                self.chromium.picture(&format!("{what}-{}", look.width));
                for found in self.judge(new) {
                    say(format!("{look:?}: {found:#}"));
                }
            }
        }
        for found in texts(&self.chromium.run(OUT_OF_REACH, &[])) {
            say(format!("by keyboard: {found}"));
        }
        // What axe itself did is none of the page's.
        self.chromium.wrong(refused);
        self.chromium.see_as(Look::WIDE);
    }

    /// Whether an element of the page stands on no page before it, by its class, its attributes and what it stands in.
    fn has_new_elements(&self) -> bool {
        let seen = texts(&self.chromium.run(ELEMENTS, &[]));
        assert!(!seen.is_empty());
        let mut judged = self.judged.borrow_mut();
        let before = judged.len();
        judged.extend(seen);
        judged.len() > before
    }

    /// What axe says against the page as it is shown, if it is asked.
    fn judge(&self, asked: bool) -> Vec<Value> {
        if !asked {
            return Vec::new();
        }
        // It stays on the page once it is there.
        if self.chromium.run("return typeof axe", &[]) == "undefined" {
            let define = format!("{}; window.axe = axe;", self.axe);
            self.chromium.run(&define, &[]);
        }
        let script = "const done = arguments[arguments.length - 1];
            const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
            axe.run(document, { runOnly: tags, resultTypes: ['violations'] }).then(
              (found) => done(found.violations.map((one) => ({
                rule: one.id, help: one.help,
                at: one.nodes.map((node) => node.html + ' ' + node.failureSummary),
              }))),
              (error) => done([String(error)]));";
        let found = self.chromium.run_async(script, &[]);
        found.as_array().cloned().unwrap_or_default()
    }
}

fn texts(value: &Value) -> Vec<String> {
    let all = value.as_array().into_iter().flatten();
    all.map(|one| one.as_str().unwrap().to_owned()).collect()
}

/// The elements of the page, each with its class, its attributes and what it stands in.
const ELEMENTS: &str = "
    const name = (one) => one ? `${one.tagName}.${[...one.classList].sort().join('.')}` : '';
    const all = [...document.querySelectorAll('*')].map((one) =>
      `${name(one.parentElement)}>${name(one)}[${one.getAttributeNames().sort()}]`);
    return [...new Set(all)];";

/// What is wider than the window, cut off, or too small to be hit. What scrolls by itself, as a table does, may be
/// wider inside; a link within a sentence may be as narrow as its word.
const MISPLACED: &str = "
    const wrong = [];
    const told = (one) => `${one.tagName} ${one.className} ${(one.textContent || one.name || '').trim().slice(0, 40)}`;
    const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
    if (wide > 0) { wrong.push(`${wide} too wide`); }
    const head = document.querySelector('header.top');
    if (innerWidth === 1280 && head && head.offsetHeight > 80) { wrong.push(`the head has two rows: ${head.offsetHeight}`); }
    for (const one of document.querySelectorAll('body *')) {
      if (one.closest('.hide, .skip, svg, dialog, script') || !one.checkVisibility()) { continue; }
      const box = one.getBoundingClientRect();
      if (!box.width || !box.height) { continue; }
      const scroller = one.closest('.wide');
      if (!scroller && (box.left < -1 || box.right > innerWidth + 1)) { wrong.push(`outside: ${told(one)}`); }
      const hides = !one.matches('input') && ['hidden', 'clip'].includes(getComputedStyle(one).overflowX);
      if (hides && one.scrollWidth > one.clientWidth + 1) { wrong.push(`cut off: ${told(one)}`); }
      const control = one.matches('a[href], button, input, select, textarea, summary');
      // A link in a sentence may be as narrow as its word, and is as high as any other.
      const inSentence = one.matches('a') && getComputedStyle(one).display === 'inline';
      if (control && ((!inSentence && box.width < 23.9) || box.height < 23.9)) {
        wrong.push(`${Math.round(box.width)} x ${Math.round(box.height)}: ${told(one)}`);
      }
    }
    return wrong.slice(0, 10);";

/// What the keyboard does not reach, or only out of its order.
const OUT_OF_REACH: &str = "
    const wrong = [];
    for (const one of document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')) {
      if (!one.checkVisibility() || one.disabled || one.closest('dialog')) { continue; }
      one.focus();
      if (document.activeElement !== one || one.tabIndex !== 0) { wrong.push(one.outerHTML.slice(0, 200)); }
    }
    for (const one of document.querySelectorAll('.wide')) {
      if (one.scrollWidth > one.clientWidth && one.tabIndex !== 0) { wrong.push(`cannot be scrolled: ${one.className}`); }
    }
    return wrong.slice(0, 10);";
