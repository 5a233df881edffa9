//! Who must have a second factor, and what they are told who have none.

use serde_json::json;

use crate::support::{PASSWORD, TestVault, code};

const BY_ROLE: &str = "[identity]\nsecond_factor = \"by-role\"\n";

#[test]
fn leads_custodians_and_administrators_enrol_with_a_second_factor_only() {
    let vault = TestVault::with(BY_ROLE);
    for role in ["lead", "custodian", "administrator"] {
        let (_, enrolment) = vault.invite(&format!("a.{role}"), role);
        let mut body = json!({ "enrolment": enrolment, "password": PASSWORD });
        let refused = vault.anonymous().post("/enrolments", &body);
        let refused = refused.assert_problem(422, "invalid");
        assert_eq!(refused.json()["at"], "totp");
        body["totp"] = json!(true);
        let enrolled = vault.anonymous().post("/enrolments", &body);
        let secret = enrolled.assert_status(201).member("totp_secret");
        let name = format!("a.{role}");
        vault
            .sign_in(&name, PASSWORD)
            .assert_problem(401, "wrong-credential");
        let totp = code(&secret, vault.seconds());
        let body = json!({ "name": name, "password": PASSWORD, "totp": totp });
        vault
            .anonymous()
            .post("/sessions", &body)
            .assert_status(201);
    }
    for role in ["investigator", "liaison", "auditor"] {
        let (_, enrolment) = vault.invite(&format!("a.{role}"), role);
        let body = json!({ "enrolment": enrolment, "password": PASSWORD });
        vault
            .anonymous()
            .post("/enrolments", &body)
            .assert_status(201);
        vault
            .sign_in(&format!("a.{role}"), PASSWORD)
            .assert_status(201);
    }
}

#[test]
fn a_second_factor_may_be_required_of_everybody() {
    let vault = TestVault::with("[identity]\nsecond_factor = \"required\"\n");
    let (_, enrolment) = vault.invite("an.investigator", "investigator");
    let body = json!({ "enrolment": enrolment, "password": PASSWORD });
    let refused = vault.anonymous().post("/enrolments", &body);
    refused.assert_problem(422, "invalid");
}

#[test]
fn a_second_factor_that_is_offered_is_set_up_later_too() {
    let vault = TestVault::new();
    vault.lead();
    let asked = |name: &str, password: &str| {
        let body = json!({ "name": name, "password": password });
        vault.anonymous().post("/second-factors", &body)
    };
    let wrong = asked("lead.one", "not the password of it");
    let nobody = asked("nobody.here", PASSWORD);
    assert_eq!(wrong.problem(), "wrong-credential");
    assert_eq!(wrong.comparable(), nobody.comparable());
    asked("lead.one", PASSWORD).assert_status(201);
    // The first answer was lost; nobody has used it.
    let set = asked("lead.one", PASSWORD).assert_status(201);
    let totp = code(&set.member("totp_secret"), vault.seconds());
    vault
        .sign_in("lead.one", PASSWORD)
        .assert_problem(401, "wrong-credential");
    let body = json!({ "name": "lead.one", "password": PASSWORD, "totp": totp });
    vault
        .anonymous()
        .post("/sessions", &body)
        .assert_status(201);
    asked("lead.one", PASSWORD).assert_problem(401, "wrong-credential");
}

#[test]
fn a_liaison_by_profession_who_is_a_lead_in_a_case_neither_enters_nor_acts_by_a_password_alone() {
    let vault = TestVault::with(BY_ROLE);
    let case = vault.open_case();
    let (operator, enrolment) = vault.invite("a.liaison", "liaison");
    let body = json!({ "enrolment": enrolment, "password": PASSWORD });
    let enrolled = vault.anonymous().post("/enrolments", &body);
    enrolled.assert_status(201);
    let opened = vault.sign_in("a.liaison", PASSWORD).assert_status(201);
    let early = vault.anonymous().with_token(&opened.member("token"));
    let members = format!("/cases/{case}/members");
    early.get(&members).assert_problem(404, "not-found");
    vault.give(&case, &operator, "lead", None);
    // The session is older than the role. It still shows its holder who they are, and ends.
    early
        .get(&members)
        .assert_problem(403, "second-factor-needed");
    early
        .get("/cases")
        .assert_problem(403, "second-factor-needed");
    early.get("/me").assert_status(200);
    vault
        .sign_in("a.liaison", PASSWORD)
        .assert_problem(403, "second-factor-needed");
    let body = json!({ "name": "a.liaison", "password": PASSWORD });
    let set = vault.anonymous().post("/second-factors", &body);
    let secret = set.assert_status(201).member("totp_secret");
    let totp = code(&secret, vault.seconds());
    let body = json!({ "name": "a.liaison", "password": PASSWORD, "totp": totp });
    let opened = vault.anonymous().post("/sessions", &body);
    let proven = vault
        .anonymous()
        .with_token(&opened.assert_status(201).member("token"));
    proven.get(&members).assert_problem(403, "not-recognised");
    vault
        .recognise_by(&vault.lead(), &case, &proven)
        .assert_status(200);
    proven.get(&members).assert_status(200);
    early
        .get(&members)
        .assert_problem(403, "second-factor-needed");
}

#[test]
fn whoever_has_the_password_of_somebody_who_is_made_a_lead_is_no_lead_by_it() {
    let vault = TestVault::with(BY_ROLE);
    let case = vault.open_case();
    let (itself, members) = (format!("/cases/{case}"), format!("/cases/{case}/members"));
    let recognise = |somebody| vault.recognise_by(&vault.lead(), &case, somebody);
    // Whoever has a second factor in use stays recognised in another role.
    let careful = vault.newcomer_with_code("investigator");
    let known = careful.get("/me").member("operator");
    vault.give(&case, &known, "investigator", None);
    recognise(&careful).assert_status(200);
    vault.give(&case, &known, "custodian", None);
    careful.get(&members).assert_status(200);

    let (operator, enrolment) = vault.invite("an.investigator", "investigator");
    let body = json!({ "enrolment": enrolment, "password": PASSWORD });
    let enrolled = vault.anonymous().post("/enrolments", &body);
    enrolled.assert_status(201);
    let opened = vault.sign_in("an.investigator", PASSWORD);
    let owner = vault
        .anonymous()
        .with_token(&opened.assert_status(201).member("token"));
    vault.give(&case, &operator, "investigator", None);
    recognise(&owner).assert_status(200);
    // So does whoever has none, in a role that needs none.
    vault.give(&case, &operator, "liaison", Some("an account"));
    owner.get(&itself).assert_status(200);
    vault.give(&case, &operator, "lead", None);
    // A thief sets up the second factor that a lead needs, before the owner does.
    let body = json!({ "name": "an.investigator", "password": PASSWORD });
    let set = vault.anonymous().post("/second-factors", &body);
    let secret = set.assert_status(201).member("totp_secret");
    let totp = code(&secret, vault.seconds());
    let body = json!({ "name": "an.investigator", "password": PASSWORD, "totp": totp });
    let opened = vault.anonymous().post("/sessions", &body);
    let thief = vault
        .anonymous()
        .with_token(&opened.assert_status(201).member("token"));
    thief.get(&members).assert_problem(403, "not-recognised");
    let waits = vault.lead().get(&members).assert_status(200).json();
    let mut all = waits["members"].as_array().unwrap().iter();
    let found = all.find(|one| one["operator"] == operator.as_str());
    assert_eq!(found.unwrap()["recognised"], false, "{waits}");
    // Only whoever reads the fingerprint out to a lead is one.
    recognise(&thief).assert_status(200);
    thief.get(&members).assert_status(200);
}

#[test]
fn whoever_is_named_a_custodian_before_they_enrol_enrols_with_a_second_factor_only() {
    let vault = TestVault::with(BY_ROLE);
    let case = vault.open_case();
    let (operator, enrolment) = vault.invite("an.investigator", "investigator");
    vault.give(&case, &operator, "custodian", None);
    let mut body = json!({ "enrolment": enrolment, "password": PASSWORD });
    let refused = vault.anonymous().post("/enrolments", &body);
    let refused = refused.assert_problem(422, "invalid");
    assert_eq!(refused.json()["at"], "totp");
    body["totp"] = json!(true);
    vault
        .anonymous()
        .post("/enrolments", &body)
        .assert_status(201);
}

#[test]
fn whoever_comes_in_after_many_wrong_codes_is_told_and_so_are_those_who_list_operators() {
    let vault = TestVault::new();
    let (_, enrolment) = vault.invite("with.totp", "lead");
    let body = json!({ "enrolment": enrolment, "password": PASSWORD, "totp": true });
    let enrolled = vault.anonymous().post("/enrolments", &body);
    let secret = enrolled.assert_status(201).member("totp_secret");
    let sign_in = |off: u32| {
        let good: u32 = code(&secret, vault.seconds()).parse().unwrap();
        let typed = format!("{:06}", (good + off) % 1_000_000);
        let body = json!({ "name": "with.totp", "password": PASSWORD, "totp": typed });
        vault.anonymous().post("/sessions", &body)
    };
    let told = || {
        let listed = vault
            .administrator()
            .get("/operators")
            .assert_status(200)
            .json();
        let all = listed["operators"].as_array().unwrap().clone();
        all.into_iter()
            .filter_map(|one| Some((one["name"].clone(), one.get("wrong_codes")?.clone())))
            .collect::<Vec<_>>()
    };
    sign_in(0).assert_status(201);
    vault.clock.advance_seconds(60);
    for no in 0..5 {
        assert_eq!(told(), [], "{no}");
        sign_in(500_000 + no).assert_problem(401, "wrong-credential");
    }
    // It tells the stranger nothing, and the owner comes in from where they were before.
    vault.clock.advance_seconds(60);
    let opened = sign_in(0).assert_status(201);
    let owner = vault.anonymous().with_token(&opened.member("token"));
    let me = owner.get("/me").assert_status(200).json();
    assert_eq!(me["wrong_codes"], 5);
    assert_eq!(told(), [(json!("with.totp"), json!(5))]);
    let other = vault.administrator().get("/me").assert_status(200).json();
    assert!(other.get("wrong_codes").is_none());
}
