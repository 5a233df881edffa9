//! Inviting people and naming members on pages.

use crate::support::{Browser, Incident, PASSWORD, Who};

#[test]
fn an_administrator_invites_somebody_whom_a_lead_names() {
    let incident = Incident::new();
    let administrator = Browser::signed_in(&incident, Who::Administrator);
    let fields = [("name", "new.investigator"), ("role", "investigator")];
    let invited = administrator
        .submit("/console/operators", &fields)
        .assert_status(200)
        .text();
    let (_, after) = invited.split_once("class=\"enrolment\">").unwrap();
    let (enrolment, _) = after.split_once("</code>").unwrap();
    let taken = administrator
        .submit("/console/operators", &fields)
        .assert_status(409)
        .text();
    assert!(
        taken.contains("An operator of this name exists already."),
        "{taken}"
    );
    assert!(taken.contains("value=\"new.investigator\""), "{taken}");

    let somebody = Browser::of(&incident);
    let fields = [
        ("enrolment", enrolment),
        ("password", PASSWORD),
        ("again", PASSWORD),
    ];
    somebody
        .submit("/console/invitation", &fields)
        .assert_status(200);
    let fields = [("name", "new.investigator"), ("password", PASSWORD)];
    somebody
        .submit("/console/sign-in", &fields)
        .assert_status(303);
    let home = somebody.get("/console").assert_status(200).text();
    assert!(
        home.contains("tell them your name, new.investigator"),
        "{home}"
    );

    let lead = Browser::signed_in(&incident, Who::Lead);
    let page = lead.get(&format!("/console{}", incident.of_case("/members/new")));
    let page = page.assert_status(200).text();
    let (before, _) = page.split_once("Name new.investigator</button>").unwrap();
    let (_, form) = before.rsplit_once("action=\"").unwrap();
    let (action, _) = form.split_once('"').unwrap();
    // The role in the vault is chosen beforehand.
    let (other, _) = page.split_once("Name lead.two</button>").unwrap();
    let (_, other) = other.rsplit_once("action=\"").unwrap();
    for (form, role) in [(form, "investigator"), (other, "lead")] {
        let chosen = format!("<option value=\"{role}\" selected>");
        assert!(form.contains(&chosen), "{form}");
        assert_eq!(form.matches(" selected>").count(), 1, "{form}");
    }
    let named = lead
        .submit(action, &[("role", "investigator")])
        .assert_status(303);
    let to = named.header("location").unwrap().to_owned();
    assert!(to.starts_with("/console/memberships/"), "{to}");
    let path = to.split_once('?').unwrap().0;
    let second = Browser::signed_in(&incident, Who::SecondLead);
    let page = second.get(path).assert_status(200).text();
    assert!(
        page.contains("new.investigator") && page.contains("Role in the case"),
        "{page}"
    );
    let yes = [
        ("decision", "approve"),
        ("reason", "they help from today on"),
    ];
    second.submit(path, &yes).assert_status(303);
    // The yes itself did it, so nothing is left to be used.
    let page = second.get(path).assert_status(200).text();
    assert!(page.contains("approved and done"), "{page}");
    assert!(
        page.contains("as soon as a lead has recognised them"),
        "{page}"
    );
    assert!(!page.contains("To be used by"), "{page}");
    // Until a lead knows whose account it is, they are told what to do and see nothing of the case.
    let home = somebody.get("/console").assert_status(200).text();
    assert!(!home.contains("SMS logs of March"), "{home}");
    assert!(home.contains("No lead has recognised you yet"), "{home}");
    let case = format!("/console{}", incident.of_case(""));
    let refused = somebody.get(&case).assert_status(403).text();
    assert!(refused.contains("read your fingerprint out"), "{refused}");
    let (_, after) = home
        .split_once("read out: <strong class=\"mono\">")
        .unwrap();
    let (fingerprint, _) = after.split_once('<').unwrap();
    // A lead finds them on the first page and on that of the members.
    let home = lead.get("/console").assert_status(200).text();
    assert!(home.contains("A member is not recognised yet"), "{home}");
    let members = format!("{case}/members");
    let page = lead.get(&members).assert_status(200).text();
    assert!(page.contains("not recognised yet"), "{page}");
    let (before, _) = page
        .split_once("Recognise new.investigator</button>")
        .unwrap();
    let (_, form) = before.rsplit_once("action=\"").unwrap();
    let (action, _) = form.split_once('"').unwrap();
    let why = ("reason", "she read it out by telephone");
    let wrong = lead.submit(action, &[("fingerprint", "0000-0000-0000"), why]);
    let wrong = wrong.assert_status(403).text();
    assert!(wrong.contains("not the fingerprint"), "{wrong}");
    assert!(
        wrong.contains(&format!("href=\"{case}/members\"")),
        "{wrong}"
    );
    let page = lead.get(&members).assert_status(200).text();
    assert!(page.contains("wrong fingerprints: 1"), "{page}");
    lead.submit(action, &[("fingerprint", fingerprint), why])
        .assert_status(303);
    let home = somebody.get("/console").assert_status(200).text();
    assert!(home.contains("SMS logs of March"), "{home}");
    assert!(!home.contains("No lead has recognised you yet"), "{home}");
}

#[test]
fn a_lead_ends_a_membership_and_no_other_leads() {
    let incident = Incident::new();
    let lead = Browser::signed_in(&incident, Who::Lead);
    let members = format!("/console{}", incident.of_case("/members"));
    let page = lead.get(&members).assert_status(200).text();
    let removal = |who: Who| format!("{members}/{}/removal", incident.operator(who));
    assert!(page.contains(&removal(Who::Investigator)), "{page}");
    assert!(!page.contains(&removal(Who::SecondLead)), "{page}");
    let why = [("reason", "she works on another case now")];
    lead.submit(&removal(Who::Investigator), &why)
        .assert_status(303);
    let page = lead.get(&members).assert_status(200).text();
    assert!(!page.contains(&removal(Who::Investigator)), "{page}");
    lead.submit(&removal(Who::SecondLead), &why)
        .assert_status(403);
}
