//! The decision's leaf alone is believed. The rows of requests are edited here, and the control state
//! takes each edit for true: what protects the rows is out of the way, and what is refused is refused for the leaf.

use std::marker::PhantomData;

use serde_json::Value;

use super::found::{SealedOf, bound};
use super::sealed::{KeptTerm, Sealed};
use super::{
    Export, ExportWanted, Membership, MembershipWanted, Raise, RaiseWanted, RequestKind, Reveal,
    RevealWanted, Withdrawal,
};
use crate::domain::{
    CaseRole, ExhibitId, ExportId, HomeRole, LegalBasis, OperatorId, Profile, Purpose, Reason,
    RequestId, RequestIdOfKind, RevealId, hex,
};
use crate::policy::{Action, Denial, RequestState, actions};
use crate::vault::call::target::Why;
use crate::vault::records::tests::fixture::{Fixture, sent};
use crate::vault::records::{FilterInput, RecordFilter};
use crate::vault::scope::Scope;
use crate::vault::store::request_rows::RequestRow;
use crate::vault::store::{case_rows, exhibit_rows, membership_rows, request_rows};
use crate::vault::{Answer, Caller, Operation, OperationError, Receipt, Refusal, Target};

/// A case with two exhibits, and its people.
struct Scene {
    fixture: Fixture,
    exhibits: [exhibit_rows::ExhibitNumber; 2],
    lead: Caller,
    other_lead: Caller,
    investigator: Caller,
    custodian: Caller,
    /// What is asked next, so that no two requests are the same.
    next: u32,
}

fn id_of(caller: &Caller) -> &OperatorId {
    caller.operator_id().unwrap()
}

fn why() -> Why {
    Why {
        purpose: Some(Purpose::Notification),
        reason: Reason::parse("asked for by a test").unwrap(),
    }
}

/// Kinds as the tests ask for them: each request is another one.
trait Asked: RequestKind {
    fn wanted(scene: &Scene, no: u32) -> Self::Wanted;
}

impl Asked for Reveal {
    fn wanted(scene: &Scene, no: u32) -> RevealWanted {
        let keys = scene.fixture.vault.core.case_keys(&scene.fixture.case);
        RevealWanted {
            subjects: vec![keys.unwrap().tokens().token(no)],
            ticket: None,
        }
    }
}

impl Asked for Export {
    fn wanted(_: &Scene, no: u32) -> ExportWanted {
        ExportWanted {
            profile: Profile::ScopeReport,
            filter: RecordFilter::parse(FilterInput::default()).unwrap(),
            recipients: vec![format!("recipient {no}")],
            legal_basis: LegalBasis::parse("GDPR Art. 33(2)").unwrap(),
        }
    }
}

impl Asked for Withdrawal {
    fn wanted(_: &Scene, no: u32) -> ExhibitId {
        ExhibitId::from_random([u8::try_from(no % 2).unwrap() + 1; 13])
    }
}

impl Asked for Raise {
    fn wanted(scene: &Scene, no: u32) -> RaiseWanted {
        RaiseWanted {
            points: no,
            until: scene.fixture.vault.core.clock.now().plus_seconds(86_400),
        }
    }
}

impl Asked for Membership {
    fn wanted(scene: &Scene, no: u32) -> MembershipWanted {
        let roles = [CaseRole::Lead, CaseRole::Custodian];
        MembershipWanted {
            operator: id_of(&scene.investigator).clone(),
            role: roles[no as usize % 2],
            account: None,
            account_not_in_log: false,
        }
    }
}

/// An act on a request, with the facts that its row gives.
struct Act<A, F> {
    request: RequestId,
    act: F,
    action: PhantomData<fn() -> A>,
}

struct Said;

impl Answer for Said {
    type View = Value;

    fn view(self, _: &Receipt) -> Result<Value, OperationError> {
        Ok(Value::Null)
    }
}

impl<A, F> Operation for Act<A, F>
where
    A: Action,
    F: FnOnce(&mut Scope<'_, A>) -> Result<(), OperationError> + Send + 'static,
{
    type Action = A;
    type Answer = Said;

    fn target(&self) -> Target {
        Target::Request(self.request.clone())
    }

    fn run(self, scope: &mut Scope<'_, A>) -> Result<Said, OperationError> {
        (self.act)(scope).map(|()| Said)
    }
}

impl Scene {
    fn new() -> Self {
        let mut fixture = Fixture::new();
        let rows: Vec<_> = (1..30).map(|no| sent(no, "acme", i64::from(no))).collect();
        let exhibits = [fixture.admit(&rows), fixture.admit(&rows[..3])];
        let (home, role) = (HomeRole::Lead, CaseRole::Lead);
        let other_lead = fixture.member(3, home, role, None);
        let (home, role) = (HomeRole::Investigator, CaseRole::Investigator);
        let investigator = fixture.member(4, home, role, None);
        let (home, role) = (HomeRole::Custodian, CaseRole::Custodian);
        let custodian = fixture.member(5, home, role, None);
        Self {
            exhibits,
            lead: fixture.lead.clone(),
            other_lead,
            investigator,
            custodian,
            fixture,
            next: 0,
        }
    }

    fn act<A: Action>(
        &self,
        caller: &Caller,
        request: &RequestId,
        act: impl FnOnce(&mut Scope<'_, A>) -> Result<(), OperationError> + Send + 'static,
    ) -> Result<(), Refusal> {
        let act = Act {
            request: request.clone(),
            act,
            action: PhantomData,
        };
        self.fixture.vault.perform(caller, act).map(drop)
    }

    fn ask<K: Asked>(&mut self, asker: &Caller) -> K::Id {
        self.next += 1;
        let wanted = K::wanted(self, self.next);
        let asked = self
            .fixture
            .ask::<K::Ask, _>(asker, move |scope: &mut Scope<'_, K::Ask>| {
                let counted = scope.count_to_ask::<K>(&wanted)?;
                let (id, _) = scope.ask::<K>(wanted, &why(), counted.as_ref())?;
                Ok(id.of_any_kind().to_string())
            });
        asked.unwrap().as_str().unwrap().parse().ok().unwrap()
    }

    fn decide<K: Asked>(&self, decider: &Caller, id: &K::Id, yes: bool) -> Result<(), Refusal> {
        let (request, id) = (id.of_any_kind(), id.clone());
        self.act(
            decider,
            &request,
            move |scope: &mut Scope<'_, K::Decide>| scope.decide::<K>(&id, yes, &why()).map(drop),
        )
    }

    /// Asked by the investigator and approved by a lead.
    fn approved<K: Asked>(&mut self) -> K::Id {
        let id = self.ask::<K>(&self.investigator.clone());
        self.decide::<K>(&self.lead, &id, true).unwrap();
        id
    }

    fn row(&self, id: &RequestId) -> RequestRow {
        request_rows::find(&self.fixture.writer, id)
            .unwrap()
            .unwrap()
    }

    /// Changes rows beside the vault, which takes the change for its own.
    fn edit(&self, request: &RequestId, set: &str) {
        let sql = format!("UPDATE request SET {set} WHERE id = '{request}'");
        assert!(self.fixture.writer.change(&sql) > 0, "{sql}");
        let core = &self.fixture.vault.core;
        core.control.accept(&self.fixture.writer).unwrap();
    }

    /// The row says that this lead approved it, by this leaf.
    fn say_approved(&self, request: &RequestId, lead: &Caller, leaf: u64) {
        let lead = id_of(lead);
        self.edit(
            request,
            &format!(
                "state = 'approved', decider = '{lead}', decided_at = asked_at, decided_leaf = {leaf}"
            ),
        );
    }

    fn say_asked_by(&self, request: &RequestId, asker: &OperatorId) {
        self.edit(request, &format!("asker = '{asker}'"));
    }

    fn set(&self, request: &RequestId, column: &str, bytes: &[u8]) {
        self.edit(request, &format!("{column} = x'{}'", hex::encode(bytes)));
    }

    fn last_leaf(&self) -> u64 {
        self.fixture.last_leaf()["seq"].as_u64().unwrap()
    }

    /// Seals another content into the row, with the digest that belongs to it: what only a holder of the case key
    /// could write.
    fn forge<K: RequestKind>(&self, request: &RequestId, change: impl FnOnce(&mut SealedOf<K>)) {
        let core = &self.fixture.vault.core;
        let keys = core.case_keys(&self.fixture.case).unwrap();
        let row = self.row(request);
        let mut sealed: SealedOf<K> = Sealed::open(core, &keys, &row).unwrap();
        change(&mut sealed);
        let digest = bound::<K>(&keys, request, &row.asker, &sealed).unwrap();
        self.set(request, "digest", &digest);
        self.set(
            request,
            "sealed",
            &sealed.seal(core, &keys, request).unwrap(),
        );
    }
}

/// Refused for the request or its leaf, and not because the table was found to be damaged.
#[track_caller]
fn refused(ended: Result<(), Refusal>) {
    match ended {
        Err(Refusal::Failed(OperationError::Damaged { place }, _)) => {
            assert!(
                place == "request" || place.starts_with("leaf "),
                "refused at {place}"
            );
        }
        Err(other) => panic!("refused as {other:?}"),
        Ok(()) => panic!("it was done"),
    }
}

/// Every edit of a request's row that could make something of it that nobody approved. `use_up` opens the reveal or
/// builds the package.
fn only_the_leaf_counts<K: Asked>(
    use_up: impl Fn(&Scene, &Caller, &K::Id) -> Result<(), Refusal>,
    other_content: impl Fn(&mut SealedOf<K>),
) {
    let mut scene = Scene::new();
    let asker = scene.investigator.clone();
    let any = |id: &K::Id| id.of_any_kind();

    // As it is meant to be: the scene itself is right.
    let id = scene.approved::<K>();
    use_up(&scene, &asker, &id).unwrap();

    // Nobody decided, and the row names the leaf of the request, or of another act.
    let id = scene.ask::<K>(&asker);
    let asked = scene.last_leaf();
    for leaf in [asked, asked - 1, 0] {
        scene.say_approved(&any(&id), &scene.other_lead, leaf);
        refused(use_up(&scene, &asker, &id));
    }
    // A leaf that is not there yet.
    scene.say_approved(&any(&id), &scene.other_lead, 1_000_000);
    let ended = use_up(&scene, &asker, &id);
    let waits = Denial::WrongState(RequestState::Requested);
    assert!(matches!(ended, Err(Refusal::Denied(denial, _)) if denial == waits));

    // It was denied.
    let id = scene.ask::<K>(&asker);
    scene.decide::<K>(&scene.lead, &id, false).unwrap();
    let denied = scene.last_leaf();
    scene.say_approved(&any(&id), &scene.other_lead, denied);
    refused(use_up(&scene, &asker, &id));

    // Something else was approved: another request of the kind, or of another kind.
    let other = scene.approved::<K>();
    let of_other = scene.last_leaf();
    let raise = scene.ask::<Raise>(&asker);
    scene.decide::<Raise>(&scene.lead, &raise, true).unwrap();
    let of_raise = scene.last_leaf();
    let id = scene.ask::<K>(&asker);
    for leaf in [of_other, of_raise] {
        scene.say_approved(&any(&id), &scene.other_lead, leaf);
        refused(use_up(&scene, &asker, &id));
    }

    // Another content: that of another request, and one that only a holder of the key could seal.
    let content = scene.row(&any(&other));
    let id = scene.approved::<K>();
    let own = scene.row(&any(&id));
    scene.set(&any(&id), "digest", &content.digest);
    refused(use_up(&scene, &asker, &id));
    scene.set(&any(&id), "sealed", &content.sealed);
    refused(use_up(&scene, &asker, &id));
    scene.set(&any(&id), "digest", &own.digest);
    refused(use_up(&scene, &asker, &id));
    scene.set(&any(&id), "sealed", &own.sealed);
    scene.forge::<K>(&any(&id), &other_content);
    refused(use_up(&scene, &asker, &id));

    // Another asker, and then with the digest that belongs to it.
    let thief = scene.other_lead.clone();
    scene.say_asked_by(&any(&other), id_of(&thief));
    refused(use_up(&scene, &thief, &other));
    scene.forge::<K>(&any(&other), |_| {});
    refused(use_up(&scene, &thief, &other));
}

fn open_reveal(scene: &Scene, caller: &Caller, id: &RevealId) -> Result<(), Refusal> {
    let (request, id) = (id.of_any_kind(), id.clone());
    let open = move |scope: &mut Scope<'_, actions::OpenReveal>| scope.open_reveal(&id).map(drop);
    scene.act(caller, &request, open)
}

#[test]
fn a_reveal_is_opened_on_the_decisions_leaf_alone() {
    only_the_leaf_counts::<Reveal>(open_reveal, |sealed| sealed.body.subjects = vec![29]);
}

#[test]
fn how_long_a_request_lasts_follows_from_what_was_asked_and_from_the_decisions_leaf() {
    const DAY: i64 = 86_400;
    let mut scene = Scene::new();
    let asker = scene.investigator.clone();
    let far = KeptTerm::from(scene.fixture.vault.core.clock.term(10 * DAY));
    let any = |id: &RevealId| id.of_any_kind();
    let in_time = scene.approved::<Reveal>();
    let late = scene.approved::<Reveal>();
    // Nobody decides it in time.
    let undecided = scene.ask::<Reveal>(&asker);

    // The decision holds for longer, or the request waited for longer, than the leaf says.
    let held = scene.approved::<Reveal>();
    scene.forge::<Reveal>(&any(&held), |sealed| sealed.holds = Some(far));
    let waited = scene.approved::<Reveal>();
    scene.forge::<Reveal>(&any(&waited), |sealed| sealed.waits = far);
    // What was sealed before the decision, with the row that it made.
    let earlier = scene.ask::<Reveal>(&asker);
    let asked = scene.row(&any(&earlier));
    scene.decide::<Reveal>(&scene.lead, &earlier, true).unwrap();
    scene.set(&any(&earlier), "sealed", &asked.sealed);
    for id in [&held, &waited, &earlier] {
        refused(open_reveal(&scene, &asker, id));
    }

    // A request that waits for longer than its digest says.
    let longer = scene.ask::<Reveal>(&asker);
    let digest = scene.row(&any(&longer)).digest;
    scene.forge::<Reveal>(&any(&longer), |sealed| sealed.waits = far);
    scene.set(&any(&longer), "digest", &digest);

    open_reveal(&scene, &asker, &in_time).unwrap();
    scene.fixture.clock.advance_seconds(2 * DAY);
    refused(scene.decide::<Reveal>(&scene.lead, &longer, true));
    for id in [&held, &waited, &earlier] {
        assert!(open_reveal(&scene, &asker, id).is_err());
    }
    let expired =
        |ended: Result<(), Refusal>| matches!(ended, Err(Refusal::Denied(Denial::Expired, _)));
    assert!(expired(open_reveal(&scene, &asker, &late)));
    assert!(expired(scene.decide::<Reveal>(
        &scene.lead,
        &undecided,
        true
    )));
}

#[test]
fn a_package_is_built_on_the_decisions_leaf_alone() {
    let build = |scene: &Scene, _: &Caller, id: &ExportId| {
        let (request, id) = (id.of_any_kind(), id.clone());
        let open = move |scope: &mut Scope<'_, actions::BuildPackage>| {
            scope.open_contents::<Export>(&id).map(drop)
        };
        scene.act(&scene.custodian, &request, open)
    };
    only_the_leaf_counts::<Export>(build, |sealed| sealed.body.profile = Profile::Evidence);
    only_the_leaf_counts::<Export>(build, |sealed| {
        sealed.body.recipients = vec!["somebody else".to_owned()];
    });
}

/// A yes does its work in the act that decides. Whoever asked does not get to decide by an edit, nor is anything but
/// what was asked for decided.
fn nothing_is_carried_out<K: Asked>(
    asker: impl Fn(&Scene) -> Caller,
    done: impl Fn(&Scene) -> bool,
) {
    let mut scene = Scene::new();
    let asker = asker(&scene);
    let any = |id: &K::Id| id.of_any_kind();
    let other = scene.ask::<K>(&scene.other_lead.clone());
    let id = scene.ask::<K>(&asker);
    let own = scene.row(&any(&id));
    let content = scene.row(&any(&other));
    // Another asker, and the asker decides.
    for name in [&scene.lead, &scene.investigator] {
        scene.say_asked_by(&any(&id), id_of(name));
        refused(scene.decide::<K>(&asker, &id, true));
    }
    scene.say_asked_by(&any(&id), &own.asker);
    // Another content, and another lead decides.
    scene.set(&any(&id), "digest", &content.digest);
    refused(scene.decide::<K>(&scene.lead, &id, true));
    scene.set(&any(&id), "sealed", &content.sealed);
    refused(scene.decide::<K>(&scene.lead, &id, true));
    scene.set(&any(&id), "digest", &own.digest);
    refused(scene.decide::<K>(&scene.lead, &id, true));
    scene.set(&any(&id), "sealed", &own.sealed);
    // The row says that it was approved: nothing comes of that, and nobody can approve it any more.
    let leaf = scene.last_leaf();
    scene.say_approved(&any(&id), &scene.lead, leaf);
    assert!(!done(&scene), "a row was believed");
    assert!(scene.decide::<K>(&scene.lead, &id, true).is_err());
    assert!(!done(&scene));
    // As it is meant to be.
    scene.edit(
        &any(&id),
        "state = 'requested', decider = NULL, decided_at = NULL, decided_leaf = NULL",
    );
    scene.decide::<K>(&scene.lead, &id, true).unwrap();
    assert!(done(&scene), "the scene itself is wrong");
}

#[test]
fn a_withdrawal_is_carried_out_by_the_decision_of_what_was_asked_alone() {
    let done = |scene: &Scene| {
        let case = &scene.fixture.case;
        let db = &scene.fixture.writer;
        let case = case_rows::find(db, case).unwrap().unwrap();
        let all = exhibit_rows::list_all(db, case.number).unwrap();
        assert_eq!(all.len(), scene.exhibits.len());
        all.iter().any(|exhibit| exhibit.withdrawn.is_some())
    };
    nothing_is_carried_out::<Withdrawal>(|scene| scene.custodian.clone(), done);
}

#[test]
fn a_raise_is_carried_out_by_the_decision_of_what_was_asked_alone() {
    let done = |scene: &Scene| {
        let sql = "SELECT count(*) FROM budget WHERE raised > 0";
        scene.fixture.writer.number(sql) > 0
    };
    nothing_is_carried_out::<Raise>(|scene| scene.other_lead.clone(), done);
}

#[test]
fn a_membership_is_carried_out_by_the_decision_of_what_was_asked_alone() {
    let done = |scene: &Scene| {
        let db = &scene.fixture.writer;
        let case = &scene.fixture.case;
        let case = case_rows::find(db, case).unwrap().unwrap();
        let member = membership_rows::find(db, case.number, id_of(&scene.investigator));
        member.unwrap().unwrap().role != CaseRole::Investigator
    };
    let asker = |scene: &Scene| scene.other_lead.clone();
    nothing_is_carried_out::<Membership>(asker, done);
}
