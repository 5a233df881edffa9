//! Somebody cannot act any more: a lead whose suspension nobody can lift, a second factor that was lost. And people
//! without a served vault: a clock that two of them put right, a second factor that is set up.

use std::process::{Command, Output, Stdio};
use std::sync::Arc;

use breachvault::domain::{CaseId, OperatorName, SlotLabel};
use breachvault::operations::case::{LetIn, LiftSuspension, ReadCase, RecoverCase, SuspendMember};
use breachvault::operations::membership::DecideMembership;
use breachvault::operations::only_reason;
use breachvault::operations::operator::{AddOperator, ResetSecondFactor, RevokeOperator};
use breachvault::operations::session::ReadSelf;
use breachvault::policy::Denial;
use breachvault::vault::clock::ManualClock;
use breachvault::vault::entropy::SystemEntropy;
use breachvault::vault::identity::{EnrolmentToken, Fingerprint, Password, TotpCode};
use breachvault::vault::keyring::{
    Argon2Params, Handed, LockedKeyring, Passphrase, PreparedSlot, Programs, SlotWanted,
};
use breachvault::vault::{
    Caller, OperationError, Passkeys, Refusal, SetSecondFactor, Settings, SignIn, Vault,
};
use serde_json::{Value, json};

use crate::house::{
    Closed, House, PASSPHRASE, REASON, ask, code, enter, json_of, name_member, open_with,
    recognise, said, settings,
};
use crate::secret_file::write_secret;

fn password(name: &str) -> Password {
    Password::new(format!("the long password of {name}"))
}

fn sign_in(vault: &Vault, name: &str, code: Option<&str>) -> Result<Caller, Denial> {
    let attempt = SignIn {
        name: OperatorName::parse(name).unwrap(),
        password: password(name),
        totp: code.map(|code| TotpCode::parse(code).ok().unwrap()),
        address: None,
    };
    vault.sign_in_here(attempt).unwrap()
}

fn administrator(vault: &Vault) -> Caller {
    sign_in(vault, "archibald", None).unwrap()
}

/// Sets up a second factor with the password; its secret, if that is allowed.
fn set_up(vault: &Vault, name: &str) -> Option<String> {
    let asked = SetSecondFactor {
        name: OperatorName::parse(name).unwrap(),
        password: password(name),
        address: None,
    };
    let reply = vault.set_second_factor(asked).ok().unwrap().ok()?;
    Some(json_of(reply)["totp_secret"].as_str().unwrap().to_owned())
}

/// As the command does it, which has the passphrase. Whether both people have done it.
fn reset(house: &House, by: &Caller, who: &Caller) -> Result<bool, Refusal> {
    let act = ResetSecondFactor {
        operator: who.operator_id().unwrap().clone(),
        why: only_reason(REASON).unwrap(),
    };
    let reply = house.vault.perform(by, act)?;
    Ok(json_of(reply)["reset"].as_bool().unwrap())
}

/// The investigator has a second factor in use; its secret.
fn house_with_a_factor() -> (House, String) {
    let house = House::new();
    let secret = set_up(&house.vault, "ingeborg").unwrap();
    let shown = code(&secret, &house.clock);
    sign_in(&house.vault, "ingeborg", Some(&shown)).unwrap();
    house.clock.advance_seconds(60);
    (house, secret)
}

fn id(caller: &Caller) -> String {
    caller.operator_id().unwrap().to_string()
}

fn suspend(house: &House, by: &Caller, who: &Caller) {
    let who = id(who);
    let ids = [
        ("case", house.people.case.as_str()),
        ("operator", who.as_str()),
    ];
    let body = json!({ "reason": REASON });
    house.ask::<SuspendMember>(by, &ids, body).unwrap();
}

fn lift(house: &House, by: &Caller, who: &Caller) -> Result<Value, Refusal> {
    let who = id(who);
    let ids = [
        ("case", house.people.case.as_str()),
        ("operator", who.as_str()),
    ];
    house.ask::<LiftSuspension>(by, &ids, json!({ "reason": REASON }))
}

/// As the command does it, which has the passphrase.
fn let_in(house: &House, by: &Caller, who: &Caller) -> Result<(), Refusal> {
    let who = who.operator_id().unwrap().clone();
    let act = LetIn::new(house.people.case.clone(), who, only_reason(REASON).unwrap());
    house.vault.perform(by, act).map(drop)
}

/// As the command does it, with what the new lead reads out.
fn recover(vault: &Vault, case: &CaseId, by: &Caller, who: &Caller) -> Result<(), Refusal> {
    let me = ask::<ReadSelf>(vault, who, &[], json!({})).unwrap();
    recover_by(vault, case, by, who, me["fingerprint"].as_str().unwrap())
}

fn recover_by(
    vault: &Vault,
    case: &CaseId,
    by: &Caller,
    who: &Caller,
    read_out: &str,
) -> Result<(), Refusal> {
    let who = who.operator_id().unwrap().clone();
    let typed = Fingerprint::parse(read_out).unwrap();
    let why = only_reason(REASON).unwrap();
    vault
        .perform(by, RecoverCase::with(case.clone(), who, typed, why))
        .map(drop)
}

/// Adds a slot to the keyring of a vault that is not open; its passphrase.
fn second_slot(closed: &Closed) -> String {
    let entropy = SystemEntropy::new();
    let locked = LockedKeyring::read(&closed.paths().keyring()).unwrap();
    let passphrase = Passphrase::new(PASSPHRASE.to_owned());
    let mut keyring = locked.unlock(&passphrase).ok().unwrap();
    let slot = PreparedSlot::make(
        keyring.vault(),
        SlotLabel::parse("for the safe").unwrap(),
        &SlotWanted::Passphrase,
        Argon2Params::new(8, 1, 1).unwrap(),
        &Programs::default(),
        &entropy,
    );
    let slot = slot.ok().unwrap();
    let now = "2024-04-02T09:20:00Z".parse().unwrap();
    keyring.add_slot(&slot, now, &entropy).unwrap();
    let Handed::Passphrase(other) = slot.handed else {
        panic!("no passphrase");
    };
    other.to_string()
}

/// Opens it with both slots.
fn open_by_two(closed: &Closed, other: &str) -> Vault {
    let paths = closed.paths();
    let locked = LockedKeyring::read(&paths.keyring()).unwrap();
    let unlocked = |text: &str| locked.unlock(&Passphrase::new(text.to_owned())).ok();
    let mut keyring = unlocked(PASSPHRASE).unwrap();
    keyring.joined_by(&unlocked(other).unwrap()).unwrap();
    let clock = ManualClock::new("2024-04-02T11:00:00Z".parse().unwrap());
    let (clock, entropy) = (Arc::new(clock), Arc::new(SystemEntropy::new()));
    Vault::open(&paths, keyring, settings(), clock, entropy).unwrap()
}

fn revoke(house: &House, by: &Caller, who: &Caller) {
    let act = RevokeOperator {
        operator: who.operator_id().unwrap().clone(),
        why: None,
    };
    house.vault.perform(by, act).map(drop).unwrap();
}

fn reads_the_case(house: &House, caller: &Caller) -> bool {
    let case = [("case", house.people.case.as_str())];
    house.ask::<ReadCase>(caller, &case, json!({})).is_ok()
}

#[track_caller]
fn denied<T: std::fmt::Debug>(ended: Result<T, Refusal>, wanted: Denial) {
    match ended {
        Err(Refusal::Denied(denial, _)) => assert_eq!(denial, wanted),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_lead_whom_nobody_else_can_let_in_comes_back_by_the_passphrase_and_nobody_else_does() {
    let house = House::new();
    let people = &house.people;
    let administrator = administrator(&house.vault);
    suspend(&house, &people.lead, &people.other_lead);
    suspend(&house, &people.lead, &people.investigator);
    // Whoever imposed it can act.
    let refused = let_in(&house, &administrator, &people.other_lead);
    denied(refused, Denial::NotAllowed);
    // They cannot, but they have an account.
    suspend(&house, &administrator, &people.lead);
    let refused = let_in(&house, &administrator, &people.other_lead);
    denied(refused, Denial::NotAllowed);
    revoke(&house, &administrator, &people.lead);
    let refused = lift(&house, &administrator, &people.other_lead);
    denied(refused, Denial::NotAllowed);
    for who in [&people.investigator, &people.custodian] {
        denied(let_in(&house, &administrator, who), Denial::NotAllowed);
    }
    for by in [&people.other_lead, &people.custodian, &people.auditor] {
        let refused = let_in(&house, by, &people.investigator);
        assert!(matches!(refused, Err(Refusal::Denied(..))));
    }
    assert!(!reads_the_case(&house, &people.other_lead));
    let_in(&house, &administrator, &people.other_lead).unwrap();
    assert!(reads_the_case(&house, &people.other_lead));
    assert!(!reads_the_case(&house, &people.investigator));
    // It is done, and there is a lead again.
    let refused = let_in(&house, &administrator, &people.other_lead);
    denied(refused, Denial::NotAllowed);
}

#[test]
fn a_lead_lets_in_again_whom_a_lead_suspended_whose_account_ended() {
    let house = House::new();
    let (vault, people) = (&house.vault, &house.people);
    let administrator = administrator(vault);
    let body = json!({ "name": "lothar", "role": "lead" });
    let invited = ask::<AddOperator>(vault, &administrator, &[], body).unwrap();
    let token = invited["enrolment"].as_str().unwrap();
    let third = enter(vault, "lothar", &EnrolmentToken::parse(token).unwrap());
    let role = json!({ "role": "lead", "reason": REASON });
    let asked = name_member(vault, &people.lead, &people.case, &third, role).unwrap();
    let ids = [("membership", asked["membership"].as_str().unwrap())];
    let yes = json!({ "decision": "approve", "reason": REASON });
    house
        .ask::<DecideMembership>(&people.other_lead, &ids, yes)
        .unwrap();
    recognise(vault, &people.lead, &people.case, &third).unwrap();

    suspend(&house, &people.lead, &people.other_lead);
    revoke(&house, &administrator, &people.lead);
    // A lead can act, so nobody else lets anybody in.
    let refused = let_in(&house, &administrator, &people.other_lead);
    denied(refused, Denial::NotAllowed);
    denied(
        lift(&house, &administrator, &people.other_lead),
        Denial::NotAllowed,
    );
    assert!(!reads_the_case(&house, &people.other_lead));
    lift(&house, &third, &people.other_lead).unwrap();
    assert!(reads_the_case(&house, &people.other_lead));
}

#[test]
fn two_people_with_the_passphrase_let_a_lost_second_factor_be_replaced_and_nobody_gets_in_by_it() {
    let (house, lost) = house_with_a_factor();
    let (vault, people) = (&house.vault, &house.people);
    let administrator = administrator(vault);
    let owner = &people.investigator;
    for by in [&people.custodian, &people.auditor] {
        denied(reset(&house, by, owner), Denial::NotAllowed);
    }
    let own = reset(&house, &people.lead, &people.lead);
    assert!(matches!(
        own,
        Err(Refusal::Failed(OperationError::Conflict(_), _))
    ));
    let none = reset(&house, &people.lead, &people.custodian);
    assert!(matches!(
        none,
        Err(Refusal::Failed(OperationError::Invalid { .. }, _))
    ));
    assert!(!reset(&house, &people.lead, owner).unwrap());
    denied(reset(&house, &people.lead, owner), Denial::OwnRequest);
    // One person changes nothing.
    assert!(set_up(vault, "ingeborg").is_none());
    assert!(reads_the_case(&house, owner));

    assert!(reset(&house, &administrator, owner).unwrap());
    assert!(!reads_the_case(&house, owner), "the session has ended");
    // The password alone opens no session.
    let alone = sign_in(vault, "ingeborg", None);
    assert_eq!(alone.err(), Some(Denial::WrongCredential));
    let new = set_up(vault, "ingeborg").unwrap();
    house.clock.advance_seconds(60);
    let old = sign_in(vault, "ingeborg", Some(&code(&lost, &house.clock)));
    assert_eq!(old.err(), Some(Denial::WrongCredential));
    let back = sign_in(vault, "ingeborg", Some(&code(&new, &house.clock))).unwrap();
    // It could be anybody who has the password, until a lead hears the new fingerprint.
    let case = [("case", people.case.as_str())];
    denied(
        house.ask::<ReadCase>(&back, &case, json!({})),
        Denial::NotRecognised,
    );
    recognise(vault, &people.lead, &people.case, &back).unwrap();
    assert!(reads_the_case(&house, &back));
    // It is in use.
    assert!(set_up(vault, "ingeborg").is_none());
}

#[test]
fn whoever_still_has_the_second_factor_takes_its_reset_back_by_signing_in() {
    let (house, secret) = house_with_a_factor();
    let (vault, people) = (&house.vault, &house.people);
    let owner = &people.investigator;
    let still_has_it = || {
        house.clock.advance_seconds(60);
        sign_in(vault, "ingeborg", Some(&code(&secret, &house.clock))).unwrap();
    };
    assert!(!reset(&house, &people.lead, owner).unwrap());
    still_has_it();
    // The first one's wish is gone.
    assert!(!reset(&house, &people.other_lead, owner).unwrap());
    assert!(reset(&house, &people.lead, owner).unwrap());
    still_has_it();
    assert!(set_up(vault, "ingeborg").is_none());
}

#[test]
fn a_wish_to_reset_ends_after_a_day_and_with_the_account_of_whoever_had_it() {
    let (house, _) = house_with_a_factor();
    let (vault, people) = (&house.vault, &house.people);
    let owner = &people.investigator;
    assert!(!reset(&house, &people.lead, owner).unwrap());
    revoke(&house, &administrator(vault), &people.lead);
    assert!(!reset(&house, &people.other_lead, owner).unwrap());
    house.clock.advance_seconds(86_400);
    assert!(!reset(&house, &administrator(vault), owner).unwrap());
    let other_lead = sign_in(vault, "leander", None).unwrap();
    assert!(reset(&house, &other_lead, owner).unwrap());
}

/// The files that the commands below read.
struct Files(tempfile::TempDir);

impl Files {
    fn new() -> Self {
        let files = Self(tempfile::tempdir().unwrap());
        let offered = "[identity]\nsecond_factor = \"offered\"\n";
        for (name, text) in [
            ("passphrase", PASSPHRASE),
            ("archibald", "the long password of archibald"),
            ("leopoldine", "the long password of leopoldine"),
            ("wrong", "the long password of somebody"),
            ("config", offered),
        ] {
            write_secret(files.0.path().join(name), text);
        }
        files
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).to_str().unwrap().to_owned()
    }

    /// Runs a command on the closed vault, as this person.
    fn run(&self, closed: &Closed, command: &[&str], who: &str, password: &str) -> Output {
        let vault = closed.directory.path().to_str().unwrap();
        Command::new(env!("CARGO_BIN_EXE_breachvault"))
            .args(command)
            .args(["--dir", vault, "--operator", who])
            .args(["--config", &self.path("config")])
            .args(["--passphrase-file", &self.path("passphrase")])
            .args(["--password-file", &self.path(password)])
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }

    fn doctor(&self, closed: &Closed) -> Output {
        let vault = closed.directory.path().to_str().unwrap();
        Command::new(env!("CARGO_BIN_EXE_breachvault"))
            .args(["doctor", "--dir", vault])
            .args(["--passphrase-file", &self.path("passphrase")])
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }
}

#[test]
fn the_command_lets_the_lead_in_once() {
    let house = House::new();
    let people = house.people.clone();
    let administrator = administrator(&house.vault);
    suspend(&house, &people.lead, &people.other_lead);
    revoke(&house, &administrator, &people.lead);
    let closed = house.close();
    let files = Files::new();
    let who = id(&people.other_lead);
    let command = [
        "operator",
        "let-in",
        &who,
        "--case",
        people.case.as_str(),
        "--reason",
        REASON,
    ];
    let wrong = files.run(&closed, &command, "archibald", "wrong");
    assert_eq!(wrong.status.code(), Some(1), "{}", said(&wrong));
    let done = files.run(&closed, &command, "archibald", "archibald");
    assert_eq!(done.status.code(), Some(0), "{}", said(&done));
    let again = files.run(&closed, &command, "archibald", "archibald");
    assert_eq!(again.status.code(), Some(1), "{}", said(&again));
    assert!(said(&again).contains("not-allowed"), "{}", said(&again));
}

#[test]
fn a_case_whose_leads_are_gone_is_led_again_by_whom_an_administrator_with_the_keyring_names() {
    let house = House::new();
    let (vault, people) = (&house.vault, &house.people);
    let (administrator, case) = (administrator(vault), &people.case);
    let successor = &people.investigator;
    // A lead can act.
    denied(
        recover(vault, case, &administrator, successor),
        Denial::NotAllowed,
    );
    revoke(&house, &administrator, &people.lead);
    denied(
        recover(vault, case, &administrator, successor),
        Denial::NotAllowed,
    );
    revoke(&house, &administrator, &people.other_lead);
    for by in [&people.custodian, successor, &people.auditor] {
        let refused = recover(vault, case, by, &people.custodian);
        assert!(matches!(
            refused,
            Err(Refusal::Denied(Denial::NotAllowed | Denial::Concealed, _) | Refusal::Failed(..))
        ));
    }
    // Somebody else than who reads it out, and somebody who stands outside cases.
    let wrong = recover_by(vault, case, &administrator, successor, "0000-0000-0000");
    denied(wrong, Denial::WrongFingerprint);
    let outside = recover(vault, case, &administrator, &people.auditor);
    assert!(matches!(
        outside,
        Err(Refusal::Failed(OperationError::Conflict(_), _))
    ));
    recover(vault, case, &administrator, successor).unwrap();
    // A lead decides who works on it again, alone while there is no other one.
    let body = json!({ "role": "investigator" });
    name_member(vault, successor, case, &people.custodian, body).unwrap();
    denied(
        recover(vault, case, &administrator, &people.custodian),
        Denial::NotAllowed,
    );
}

#[test]
fn a_lead_who_was_reset_and_is_alone_is_recognised_by_nobody_but_the_holders() {
    let house = House::new();
    let (vault, people) = (&house.vault, &house.people);
    let administrator = administrator(vault);
    let secret = set_up(vault, "leopoldine").unwrap();
    let shown = code(&secret, &house.clock);
    sign_in(vault, "leopoldine", Some(&shown)).unwrap();
    assert!(!reset(&house, &people.other_lead, &people.lead).unwrap());
    assert!(reset(&house, &administrator, &people.lead).unwrap());
    revoke(&house, &administrator, &people.other_lead);
    let new = set_up(vault, "leopoldine").unwrap();
    house.clock.advance_seconds(60);
    let back = sign_in(vault, "leopoldine", Some(&code(&new, &house.clock))).unwrap();
    assert!(!reads_the_case(&house, &back));
    let own = recover(vault, &people.case, &back, &back);
    assert!(own.is_err());
    recover(vault, &people.case, &administrator, &back).unwrap();
    assert!(reads_the_case(&house, &back));
}

#[test]
fn where_the_keyring_has_two_slots_it_takes_the_holders_of_both_to_recover_a_case() {
    let house = House::new();
    let (administrator, people) = (administrator(&house.vault), house.people.clone());
    revoke(&house, &administrator, &people.lead);
    revoke(&house, &administrator, &people.other_lead);
    let closed = house.close();
    let other = second_slot(&closed);
    let one = closed.open().unwrap();
    let by = sign_in(&one, "archibald", None).unwrap();
    let refused = recover(&one, &people.case, &by, &people.investigator);
    denied(refused, Denial::NotAllowed);
    one.stop().unwrap();
    drop(one);

    let two = open_by_two(&closed, &other);
    let by = sign_in(&two, "archibald", None).unwrap();
    recover(&two, &people.case, &by, &people.investigator).unwrap();
    two.stop().unwrap();
}

#[test]
fn a_case_is_not_recovered_for_somebody_without_what_a_lead_signs_in_with() {
    let house = House::new();
    let (administrator, people) = (administrator(&house.vault), house.people.clone());
    revoke(&house, &administrator, &people.lead);
    revoke(&house, &administrator, &people.other_lead);
    let closed = house.close();
    // Leads need a passkey, and whoever has the investigator's password could enrol the first one.
    let strict = Settings {
        passkeys: Passkeys::Required,
        ..settings()
    };
    let clock = ManualClock::new("2024-04-02T11:00:00Z".parse().unwrap());
    let vault = open_with(&closed.paths(), clock, strict).unwrap();
    let by = sign_in(&vault, "archibald", None).unwrap();
    let successor = sign_in(&vault, "ingeborg", None).unwrap();
    match recover(&vault, &people.case, &by, &successor) {
        Err(Refusal::Failed(OperationError::Invalid { .. }, _)) => {}
        other => panic!("{other:?}"),
    }
    vault.stop().unwrap();
}

#[test]
fn two_people_put_the_clock_right_at_the_command_line() {
    let closed = House::new().close();
    let files = Files::new();
    // The vault was made with a clock of long ago, so it was stopped for too long to be believed.
    let doctor = files.doctor(&closed);
    assert_eq!(doctor.status.code(), Some(0), "{}", said(&doctor));
    assert!(said(&doctor).contains("NOTICE"), "{}", said(&doctor));
    assert!(said(&doctor).contains("breachvault clock accept"));
    let read = files.run(
        &closed,
        &["clock", "read", "--json"],
        "archibald",
        "archibald",
    );
    let read: Value = serde_json::from_slice(&read.stdout).unwrap();
    assert_eq!(read["in_doubt"], true);
    let accept = [
        "clock",
        "accept",
        "--time",
        read["machine"].as_str().unwrap(),
        "--reason",
        REASON,
    ];
    let first = files.run(&closed, &accept, "archibald", "archibald");
    assert!(said(&first).contains("accepted: false"), "{}", said(&first));
    let same = files.run(&closed, &accept, "archibald", "archibald");
    assert_eq!(same.status.code(), Some(1), "{}", said(&same));
    let second = files.run(&closed, &accept, "leopoldine", "leopoldine");
    assert!(
        said(&second).contains("accepted: true"),
        "{}",
        said(&second)
    );
    let doctor = files.doctor(&closed);
    assert_eq!(doctor.status.code(), Some(0), "{}", said(&doctor));
    assert!(!said(&doctor).contains("NOTICE"), "{}", said(&doctor));
}

#[test]
fn a_second_factor_is_set_up_at_the_command_line_with_the_password() {
    let closed = House::new().close();
    let files = Files::new();
    let set_up = ["operator", "second-factor"];
    let wrong = files.run(&closed, &set_up, "leopoldine", "wrong");
    assert_eq!(wrong.status.code(), Some(1), "{}", said(&wrong));
    assert!(!said(&wrong).contains("totp_secret"));
    let done = files.run(&closed, &set_up, "leopoldine", "leopoldine");
    assert_eq!(done.status.code(), Some(0), "{}", said(&done));
    assert!(said(&done).contains("totp_url: otpauth://totp/"));
    // From now on the password alone does not do.
    let read = ["clock", "read"];
    let alone = files.run(&closed, &read, "leopoldine", "leopoldine");
    assert_eq!(alone.status.code(), Some(1), "{}", said(&alone));
}
