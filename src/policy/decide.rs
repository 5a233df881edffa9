//! The decision: a pure function from facts and an action to a grant or a denial.

use super::matrix::{allows_seat, allows_state, needs_case};
use super::seats::Seat;
use super::{
    ActionKind, AssertionFacts, CallerFacts, CaseFacts, CaseState, Denial, Facts, Membership,
    RequestFacts, RequestState,
};
use crate::domain::{AccountName, CaseRole, HomeRole};

/// Proof that an action was allowed on these facts. It can only be made here and cannot be copied;
/// the act it allows consumes it.
#[derive(Debug)]
pub struct Grant {
    membership: Option<Membership>,
}

impl Grant {
    /// The only account the caller may learn about; `None` means the whole case.
    pub fn account(&self) -> Option<&AccountName> {
        self.membership
            .as_ref()
            .and_then(|membership| membership.account.as_ref())
    }

    /// The caller's role in the case, if the action is about a case.
    pub fn role(&self) -> Option<CaseRole> {
        self.membership.as_ref().map(|membership| membership.role)
    }
}

/// Decides whether `action` is allowed on these facts. Whether the caller's passkey agreed is looked at last, so that a
/// refusal for want of it tells nothing but that.
pub fn decide(facts: &Facts, action: ActionKind) -> Result<Grant, Denial> {
    let grant = by_right(facts, action)?;
    match facts.assertion {
        _ if !action.needs_assertion() => Ok(grant),
        AssertionFacts::NotNeeded | AssertionFacts::Given => Ok(grant),
        AssertionFacts::Missing => Err(Denial::AssertionNeeded),
        AssertionFacts::Wrong => Err(Denial::AssertionRefused),
    }
}

/// The same without a look at what the caller's passkey said: before a challenge is given for the act.
pub fn decide_unasserted(facts: &Facts, action: ActionKind) -> Result<Grant, Denial> {
    by_right(facts, action)
}

fn by_right(facts: &Facts, action: ActionKind) -> Result<Grant, Denial> {
    let home = match facts.caller {
        CallerFacts::Gone => return Err(Denial::SessionEnded),
        CallerFacts::Stranger => return without_case(action, Seat::Stranger),
        CallerFacts::System => return without_case(action, Seat::System),
        CallerFacts::Operator(home) => home,
    };
    if let Some(token) = &facts.token
        && !(action.is_for_scripts() && token.reaches && token.actions.contains(&action))
    {
        return Err(Denial::BeyondToken);
    }
    if !needs_case(action) {
        return by_profession(facts, action, home);
    }
    if facts.case.is_some() && allows_seat(action, Seat::Home(home)) {
        has_factor(facts)?;
        return Ok(Grant { membership: None });
    }
    let (case, membership) = match &facts.case {
        Some(case) => match &case.membership {
            Some(membership) if !home.stays_outside_cases() => (case, membership),
            _ => return Err(Denial::Concealed),
        },
        None => return Err(Denial::Concealed),
    };
    if let Some(request) = &facts.request
        && membership.recognised
        && !within_reach(membership, request, action)
    {
        return Err(Denial::Concealed);
    }
    has_factor(facts)?;
    // Before all that the case is: whoever is not recognised may be somebody else than who was named. After the factor,
    // because a first passkey changes the fingerprint.
    if !membership.recognised {
        return Err(Denial::NotRecognised);
    }
    // Before the role: of a destroyed case nobody has anything but its certificate, a liaison not even an account.
    if case.state == CaseState::Destroyed && !allows_state(action, case.state) {
        return Err(Denial::CaseDestroyed);
    }
    if !allows_seat(action, Seat::Member(membership.role))
        || !reads_request(membership, facts.request.as_ref(), action)
    {
        return Err(Denial::NotAllowed);
    }
    // With a destroyed case the accounts of its liaisons ended too; what is left has nothing of an account.
    let ended = case.state == CaseState::Destroyed;
    if membership.role == CaseRole::Liaison && membership.account.is_none() && !ended {
        return Err(Denial::NotAllowed);
    }
    if !allows_state(action, case.state) {
        return Err(Denial::CaseClosed);
    }
    if lacks_exhibit(case, action) {
        return Err(Denial::NothingAdmitted);
    }
    about_request(facts.request.as_ref(), action, membership.role)?;
    Ok(Grant {
        membership: Some(membership.clone()),
    })
}

fn without_case(action: ActionKind, seat: Seat) -> Result<Grant, Denial> {
    if allows_seat(action, seat) {
        Ok(Grant { membership: None })
    } else {
        Err(Denial::NotAllowed)
    }
}

/// Whoever has a session sees what they are, and ends it.
fn by_profession(facts: &Facts, action: ActionKind, home: HomeRole) -> Result<Grant, Denial> {
    match action {
        ActionKind::ReadSelf | ActionKind::SignOut => {}
        // Whoever still has to enrol a passkey does nothing else.
        ActionKind::ListPasskeys | ActionKind::BeginPasskey | ActionKind::EnrolPasskey => {
            has_code(facts)?;
        }
        _ => has_factor(facts)?,
    }
    if action == ActionKind::ProveLeaf && home != HomeRole::Auditor {
        let own = facts.leaf.is_some_and(|leaf| leaf.written_for_caller);
        return if own {
            Ok(Grant { membership: None })
        } else {
            Err(Denial::Concealed)
        };
    }
    without_case(action, Seat::Home(home))
}

/// The session was opened with a second factor, and with a passkey, or needs none for this.
fn has_factor(facts: &Facts) -> Result<(), Denial> {
    has_code(facts)?;
    match facts.lacks_passkey {
        true => Err(Denial::PasskeyNeeded),
        false => Ok(()),
    }
}

/// The session was opened with a second factor of any kind, or needs none for this.
fn has_code(facts: &Facts) -> Result<(), Denial> {
    match facts.lacks_factor {
        true => Err(Denial::SecondFactorNeeded),
        false => Ok(()),
    }
}

/// A liaison reaches only what they asked themselves about their own account: nobody else's request,
/// reason, purpose or package, whoever it is about. An admission is not such a request:
/// whether one is running changes no answer to a liaison.
fn within_reach(membership: &Membership, request: &RequestFacts, action: ActionKind) -> bool {
    membership.role != CaseRole::Liaison
        || matches!(
            action,
            ActionKind::ReadAdmission | ActionKind::CancelAdmission
        )
        || (request.asked_by_caller
            && membership.account.is_some()
            && request.account == membership.account)
}

/// What was done under a request is told to the members who may read it.
fn reads_request(
    membership: &Membership,
    request: Option<&RequestFacts>,
    action: ActionKind,
) -> bool {
    action != ActionKind::ListRequestLeaves
        || request.is_none_or(|request| allows_seat(request.read_by, Seat::Member(membership.role)))
}

/// In a case where nothing has been admitted every number would be `not_exposed`, so nothing is looked up. It is the
/// same for everybody: a liaison learns that the case is empty, and nothing of any account.
fn lacks_exhibit(case: &CaseFacts, action: ActionKind) -> bool {
    action == ActionKind::LookUp && !case.has_exhibit
}

fn about_request(
    request: Option<&RequestFacts>,
    action: ActionKind,
    role: CaseRole,
) -> Result<(), Denial> {
    let Some(request) = request else {
        return Ok(());
    };
    let wanted = match action {
        _ if action.decides() => {
            if request.asked_by_caller {
                return Err(Denial::OwnRequest);
            }
            let either_way = action.ends_for_others();
            if request.known_by_asker_alone || (either_way && request.could_be_asker) {
                return Err(Denial::RecognisedByAsker);
            }
            &[RequestState::Requested][..]
        }
        // A lead may cancel any admission, anybody else only their own.
        ActionKind::CancelAdmission => {
            return if request.asked_by_caller || role == CaseRole::Lead {
                Ok(())
            } else {
                Err(Denial::NotAllowed)
            };
        }
        // Whoever asked for a package stops its building, and whoever hands packages out.
        ActionKind::CancelBuild => {
            return if request.asked_by_caller || role == CaseRole::Custodian {
                Ok(())
            } else {
                Err(Denial::NotAllowed)
            };
        }
        ActionKind::OpenReveal | ActionKind::OpenQuarantine => {
            if !request.asked_by_caller {
                return Err(Denial::NotTheAsker);
            }
            &[RequestState::Approved]
        }
        ActionKind::BuildPackage
        | ActionKind::CarryOutDestruction
        | ActionKind::StopDestruction
        | ActionKind::CarryOutErasure => &[RequestState::Approved],
        ActionKind::TakePackage => &[RequestState::Approved, RequestState::Used],
        ActionKind::AcknowledgeExport => &[RequestState::Used],
        _ => return Ok(()),
    };
    if !wanted.contains(&request.state) {
        return Err(Denial::WrongState(request.state));
    }
    if request.expired && action != ActionKind::AcknowledgeExport {
        return Err(Denial::Expired);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::TokenFacts;

    fn facts(role: CaseRole, account: Option<&str>) -> Facts {
        Facts {
            caller: CallerFacts::Operator(HomeRole::Investigator),
            lacks_factor: false,
            lacks_passkey: false,
            assertion: AssertionFacts::NotNeeded,
            token: None,
            case: Some(CaseFacts {
                state: CaseState::Open,
                membership: Some(Membership {
                    role,
                    account: account.and_then(|name| AccountName::parse(name).ok()),
                    recognised: true,
                }),
                has_exhibit: true,
            }),
            request: None,
            leaf: None,
        }
    }

    fn request(asked_by_caller: bool, state: RequestState) -> RequestFacts {
        RequestFacts {
            state,
            asked_by_caller,
            known_by_asker_alone: false,
            could_be_asker: false,
            expired: false,
            account: None,
            read_by: ActionKind::ReadReveal,
        }
    }

    #[test]
    fn the_leaves_of_a_request_are_for_those_who_may_read_it_and_for_auditors() {
        let action = ActionKind::ListRequestLeaves;
        for (role, read_by, allowed) in [
            (CaseRole::Investigator, ActionKind::ReadReveal, true),
            (CaseRole::Investigator, ActionKind::ReadWithdrawal, false),
            (CaseRole::Custodian, ActionKind::ReadReveal, false),
            (CaseRole::Custodian, ActionKind::ReadWithdrawal, true),
        ] {
            let mut facts = facts(role, None);
            facts.request = Some(RequestFacts {
                read_by,
                ..request(false, RequestState::Used)
            });
            let refused = decide(&facts, action).err();
            let expected = (!allowed).then_some(Denial::NotAllowed);
            assert_eq!(refused, expected, "{role:?} {read_by}");
            assert_eq!(decide(&facts, read_by).is_ok(), allowed);
            facts.case.as_mut().unwrap().membership = None;
            assert_eq!(decide(&facts, action).err(), Some(Denial::Concealed));
            facts.caller = CallerFacts::Operator(HomeRole::Auditor);
            assert!(decide(&facts, action).is_ok());
            assert_eq!(decide(&facts, read_by).err(), Some(Denial::Concealed));
        }
        let mut facts = facts(CaseRole::Liaison, Some("one"));
        for own in [true, false] {
            facts.request = Some(RequestFacts {
                account: AccountName::parse("one").ok(),
                read_by: ActionKind::ReadExport,
                ..request(own, RequestState::Used)
            });
            assert_eq!(decide(&facts, action).is_ok(), own);
        }
    }

    #[test]
    fn whoever_is_not_recognised_does_nothing_in_the_case_whatever_else_is_amiss() {
        for (role, account) in [
            (CaseRole::Investigator, None),
            (CaseRole::Lead, None),
            (CaseRole::Custodian, None),
            (CaseRole::Liaison, Some("one")),
        ] {
            for state in [CaseState::Open, CaseState::Closed, CaseState::Destroyed] {
                let mut facts = facts(role, account);
                let case = facts.case.as_mut().unwrap();
                case.state = state;
                case.membership.as_mut().unwrap().recognised = false;
                facts.request = Some(request(false, RequestState::Used));
                for action in ActionKind::ALL.iter().filter(|action| needs_case(**action)) {
                    let refused = decide(&facts, *action).err();
                    assert_eq!(refused, Some(Denial::NotRecognised), "{role:?} {action}");
                }
                // Whoever stands outside cases does there what they could.
                facts.caller = CallerFacts::Operator(HomeRole::Administrator);
                assert!(decide(&facts, ActionKind::SuspendMember).is_ok());
            }
        }
    }

    #[test]
    fn the_token_of_a_script_does_what_it_is_for_and_its_owner_could_and_nothing_else() {
        let mut facts = facts(CaseRole::Investigator, None);
        let without: Vec<_> = ActionKind::ALL
            .iter()
            .map(|action| decide(&facts, *action).is_ok())
            .collect();
        // Whatever somebody writes into it: what decides, opens, changes or writes is for no script.
        facts.token = Some(TokenFacts {
            actions: ActionKind::ALL.to_vec(),
            reaches: true,
        });
        for (action, could) in ActionKind::ALL.iter().zip(without) {
            let decided = decide(&facts, *action);
            assert_eq!(
                decided.is_ok(),
                could && action.is_for_scripts(),
                "{action}"
            );
            if !action.is_for_scripts() {
                assert_eq!(decided.err(), Some(Denial::BeyondToken), "{action}");
            } else {
                assert_eq!(action.class(), crate::policy::Class::Reading, "{action}");
                assert!(!action.needs_assertion() && !action.decides(), "{action}");
            }
        }
        facts.token = Some(TokenFacts {
            actions: vec![ActionKind::LookUp],
            reaches: true,
        });
        assert!(decide(&facts, ActionKind::LookUp).is_ok());
        let refused = |facts: &Facts, action| decide(facts, action).err();
        let beyond = Some(Denial::BeyondToken);
        assert_eq!(refused(&facts, ActionKind::SearchRecords), beyond);
        // Another case, whether it is there or not.
        facts.token = Some(TokenFacts {
            actions: vec![ActionKind::LookUp],
            reaches: false,
        });
        assert_eq!(refused(&facts, ActionKind::LookUp), beyond);
        facts.case = None;
        assert_eq!(refused(&facts, ActionKind::LookUp), beyond);
        facts.caller = CallerFacts::Gone;
        assert_eq!(
            refused(&facts, ActionKind::LookUp),
            Some(Denial::SessionEnded)
        );
    }

    #[test]
    fn an_administrator_ends_rights_in_a_case_and_gives_none() {
        let mut facts = facts(CaseRole::Lead, None);
        facts.caller = CallerFacts::Operator(HomeRole::Administrator);
        for membership in [true, false] {
            if !membership {
                facts.case.as_mut().unwrap().membership = None;
            }
            // To recover a case takes the holders of two slots of the keyring beside. A new key opens nothing to
            // anybody.
            let ends = [
                ActionKind::SuspendMember,
                ActionKind::LiftSuspension,
                ActionKind::RecoverCase,
                ActionKind::RotateCaseKey,
            ];
            assert!(
                ends.into_iter()
                    .all(|action| decide(&facts, action).is_ok())
            );
            for action in ActionKind::ALL {
                if needs_case(*action) && !ends.contains(action) {
                    let refused = decide(&facts, *action).err();
                    assert_eq!(refused, Some(Denial::Concealed), "{action}");
                }
            }
        }
        facts.case = None;
        let refused = decide(&facts, ActionKind::SuspendMember).err();
        assert_eq!(refused, Some(Denial::Concealed));
    }

    #[test]
    fn a_session_without_the_factor_that_its_seat_needs_does_nothing_in_it() {
        let mut facts = facts(CaseRole::Lead, None);
        facts.lacks_factor = true;
        let needed = Some(Denial::SecondFactorNeeded);
        for action in ActionKind::ALL {
            let refused = decide(&facts, *action).err();
            let may = [ActionKind::ReadSelf, ActionKind::SignOut].contains(action);
            match may {
                true => assert_eq!(refused, None, "{action}"),
                false => assert_eq!(refused, needed, "{action}"),
            }
        }
        // Whoever is no member does not learn that there is a case.
        facts.case.as_mut().unwrap().membership = None;
        let refused = decide(&facts, ActionKind::LookUp).err();
        assert_eq!(refused, Some(Denial::Concealed));
        facts.caller = CallerFacts::Operator(HomeRole::Administrator);
        assert_eq!(decide(&facts, ActionKind::SuspendMember).err(), needed);
    }

    #[test]
    fn a_session_without_the_passkey_that_its_seat_needs_enrols_one_and_does_nothing_else() {
        let mut facts = facts(CaseRole::Lead, None);
        facts.lacks_passkey = true;
        for action in ActionKind::ALL {
            let refused = decide(&facts, *action).err();
            let may = [
                ActionKind::ReadSelf,
                ActionKind::SignOut,
                ActionKind::ListPasskeys,
                ActionKind::BeginPasskey,
                ActionKind::EnrolPasskey,
            ];
            match may.contains(action) {
                true => assert_eq!(refused, None, "{action}"),
                false => assert_eq!(refused, Some(Denial::PasskeyNeeded), "{action}"),
            }
        }
        // A code is needed for that.
        facts.lacks_factor = true;
        let refused = decide(&facts, ActionKind::EnrolPasskey).err();
        assert_eq!(refused, Some(Denial::SecondFactorNeeded));
        // Whoever is no member does not learn that there is a case.
        facts.case.as_mut().unwrap().membership = None;
        let refused = decide(&facts, ActionKind::LookUp).err();
        assert_eq!(refused, Some(Denial::Concealed));
    }

    #[test]
    fn what_needs_an_assertion_is_refused_without_one_and_only_to_who_may_do_it() {
        let mut facts = facts(CaseRole::Lead, None);
        facts.request = Some(request(false, RequestState::Requested));
        for (assertion, refused) in [
            (AssertionFacts::NotNeeded, None),
            (AssertionFacts::Given, None),
            (AssertionFacts::Missing, Some(Denial::AssertionNeeded)),
            (AssertionFacts::Wrong, Some(Denial::AssertionRefused)),
        ] {
            facts.assertion = assertion;
            for action in ActionKind::ALL {
                let without = decide_unasserted(&facts, *action).err();
                let expected = without.or(refused.filter(|_| action.needs_assertion()));
                assert_eq!(decide(&facts, *action).err(), expected, "{action}");
            }
            assert_eq!(decide(&facts, ActionKind::DecideReveal).err(), refused);
            assert!(decide(&facts, ActionKind::LookUp).is_ok());
        }
        // Every decision is among them.
        for action in ActionKind::ALL {
            assert!(!action.decides() || action.needs_assertion(), "{action}");
        }
    }

    #[test]
    fn nothing_is_looked_up_where_nothing_was_admitted_whoever_asks() {
        for (role, account) in [
            (CaseRole::Investigator, None),
            (CaseRole::Lead, None),
            (CaseRole::Liaison, Some("one")),
            (CaseRole::Liaison, Some("another")),
        ] {
            let mut facts = facts(role, account);
            assert!(decide(&facts, ActionKind::LookUp).is_ok());
            facts.case.as_mut().unwrap().has_exhibit = false;
            let denied = decide(&facts, ActionKind::LookUp).err();
            assert_eq!(denied, Some(Denial::NothingAdmitted), "{role:?}");
            assert!(decide(&facts, ActionKind::Scope).is_ok());
        }
    }

    #[test]
    fn a_lead_does_not_decide_its_own_request() {
        let mut facts = facts(CaseRole::Lead, None);
        facts.request = Some(request(true, RequestState::Requested));
        assert_eq!(
            decide(&facts, ActionKind::DecideReveal).err(),
            Some(Denial::OwnRequest)
        );
        facts.request = Some(request(false, RequestState::Requested));
        assert!(decide(&facts, ActionKind::DecideReveal).is_ok());
    }

    #[test]
    fn a_lead_asks_for_a_destruction_and_a_custodian_decides_it() {
        let may = |role, action, own, state| {
            let mut facts = facts(role, None);
            facts.request = Some(request(own, state));
            decide(&facts, action).map(drop)
        };
        let (asked, approved) = (RequestState::Requested, RequestState::Approved);
        for role in CaseRole::ALL {
            let account = (role == CaseRole::Liaison).then_some("one");
            let ask = decide(&facts(role, account), ActionKind::RequestDestruction);
            assert_eq!(ask.is_ok(), role == CaseRole::Lead, "{role:?}");
        }
        let decides = |role, own| may(role, ActionKind::DecideDestruction, own, asked);
        assert_eq!(decides(CaseRole::Custodian, false), Ok(()));
        assert_eq!(decides(CaseRole::Custodian, true), Err(Denial::OwnRequest));
        assert_eq!(decides(CaseRole::Lead, false), Err(Denial::NotAllowed));
        for action in [ActionKind::StopDestruction, ActionKind::CarryOutDestruction] {
            for (role, own, allowed) in [
                (CaseRole::Lead, true, Ok(())),
                (CaseRole::Lead, false, Ok(())),
                (CaseRole::Custodian, false, Ok(())),
                (CaseRole::Investigator, false, Err(Denial::NotAllowed)),
            ] {
                assert_eq!(
                    may(role, action, own, approved),
                    allowed,
                    "{role:?} {action}"
                );
            }
            let waits = Err(Denial::WrongState(asked));
            assert_eq!(may(CaseRole::Lead, action, false, asked), waits);
        }
    }

    #[test]
    fn of_a_destroyed_case_there_is_its_certificate_and_nothing_else() {
        for role in CaseRole::ALL {
            let mut facts = facts(role, None);
            facts.case.as_mut().unwrap().state = CaseState::Destroyed;
            for action in ActionKind::ALL {
                let decided = decide(&facts, *action).err();
                if !needs_case(*action) {
                    continue;
                }
                match action {
                    ActionKind::ReadCase | ActionKind::ReadCertificate => {
                        assert_ne!(decided, Some(Denial::CaseDestroyed), "{action}");
                    }
                    _ => assert_eq!(decided, Some(Denial::CaseDestroyed), "{role:?} {action}"),
                }
            }
            facts.case.as_mut().unwrap().membership = None;
            let refused = decide(&facts, ActionKind::LookUp).err();
            assert_eq!(refused, Some(Denial::Concealed));
        }
    }

    #[test]
    fn nobody_decides_for_whoever_alone_says_whose_account_they_have() {
        let mut facts = facts(CaseRole::Lead, None);
        let known_by_asker = RequestFacts {
            known_by_asker_alone: true,
            ..request(false, RequestState::Requested)
        };
        facts.request = Some(known_by_asker.clone());
        for action in ActionKind::ALL.iter().filter(|action| action.decides()) {
            let refused = decide(&facts, *action).err();
            let expected = match allows_seat(*action, Seat::Member(CaseRole::Lead)) {
                true => Denial::RecognisedByAsker,
                false => Denial::NotAllowed,
            };
            assert_eq!(refused, Some(expected), "{action}");
        }
        // It may be read, and what they asked for themselves is refused as that.
        assert!(decide(&facts, ActionKind::ReadReveal).is_ok());
        // The other way round it is refused where a case ends or a hold is lifted, and nowhere else.
        facts.request = Some(RequestFacts {
            could_be_asker: true,
            ..request(false, RequestState::Requested)
        });
        for role in [CaseRole::Lead, CaseRole::Custodian] {
            facts
                .case
                .as_mut()
                .unwrap()
                .membership
                .as_mut()
                .unwrap()
                .role = role;
            for action in ActionKind::ALL.iter().filter(|action| action.decides()) {
                let either_way = [ActionKind::DecideMove, ActionKind::DecideDestruction];
                let either_way = either_way.contains(action);
                let expected = match (allows_seat(*action, Seat::Member(role)), either_way) {
                    (false, _) => Some(Denial::NotAllowed),
                    (true, true) => Some(Denial::RecognisedByAsker),
                    (true, false) => None,
                };
                assert_eq!(decide(&facts, *action).err(), expected, "{role:?} {action}");
            }
        }
        facts
            .case
            .as_mut()
            .unwrap()
            .membership
            .as_mut()
            .unwrap()
            .role = CaseRole::Lead;
        facts.request = Some(RequestFacts {
            asked_by_caller: true,
            ..known_by_asker
        });
        let own = decide(&facts, ActionKind::DecideReveal).err();
        assert_eq!(own, Some(Denial::OwnRequest));
    }

    #[test]
    fn a_custodian_cancels_its_own_admission_and_a_lead_any() {
        for (role, own, allowed) in [
            (CaseRole::Custodian, true, true),
            (CaseRole::Custodian, false, false),
            (CaseRole::Lead, false, true),
            (CaseRole::Investigator, true, false),
        ] {
            let mut facts = facts(role, None);
            facts.request = Some(request(own, RequestState::Requested));
            let decided = decide(&facts, ActionKind::CancelAdmission);
            assert_eq!(decided.is_ok(), allowed, "{role:?} {own}");
        }
    }

    #[test]
    fn the_asker_and_a_custodian_stop_a_package_and_nobody_else() {
        for state in [RequestState::Approved, RequestState::Used] {
            for (role, account, own, denial) in [
                (CaseRole::Custodian, None, false, None),
                (CaseRole::Investigator, None, true, None),
                (
                    CaseRole::Investigator,
                    None,
                    false,
                    Some(Denial::NotAllowed),
                ),
                (CaseRole::Lead, None, true, None),
                (CaseRole::Lead, None, false, Some(Denial::NotAllowed)),
                (
                    CaseRole::Liaison,
                    Some("one"),
                    false,
                    Some(Denial::Concealed),
                ),
            ] {
                let mut facts = facts(role, account);
                facts.request = Some(request(own, state));
                let decided = decide(&facts, ActionKind::CancelBuild);
                assert_eq!(decided.err(), denial, "{role:?} {own}");
            }
        }
    }

    #[test]
    fn a_quarantine_opens_once_and_only_for_the_lead_who_asked() {
        let mut facts = facts(CaseRole::Lead, None);
        facts.request = Some(request(true, RequestState::Approved));
        assert!(decide(&facts, ActionKind::OpenQuarantine).is_ok());
        for (own, state, denial) in [
            (
                true,
                RequestState::Requested,
                Denial::WrongState(RequestState::Requested),
            ),
            (
                true,
                RequestState::Used,
                Denial::WrongState(RequestState::Used),
            ),
            (false, RequestState::Approved, Denial::NotTheAsker),
        ] {
            facts.request = Some(request(own, state));
            let decided = decide(&facts, ActionKind::OpenQuarantine);
            assert_eq!(decided.err(), Some(denial));
        }
    }

    #[test]
    fn a_reveal_opens_once_and_only_for_its_asker() {
        let mut facts = facts(CaseRole::Investigator, None);
        facts.request = Some(request(true, RequestState::Approved));
        assert!(decide(&facts, ActionKind::OpenReveal).is_ok());
        facts.request = Some(request(true, RequestState::Used));
        assert_eq!(
            decide(&facts, ActionKind::OpenReveal).err(),
            Some(Denial::WrongState(RequestState::Used))
        );
        facts.request = Some(request(false, RequestState::Approved));
        assert_eq!(
            decide(&facts, ActionKind::OpenReveal).err(),
            Some(Denial::NotTheAsker)
        );
    }

    #[test]
    fn a_member_who_is_by_profession_outside_cases_sees_none() {
        let mut facts = facts(CaseRole::Investigator, None);
        facts.caller = CallerFacts::Operator(HomeRole::Auditor);
        assert_eq!(
            decide(&facts, ActionKind::LookUp).err(),
            Some(Denial::Concealed)
        );
    }

    #[test]
    fn a_liaison_without_an_account_may_nothing() {
        let facts = facts(CaseRole::Liaison, None);
        assert_eq!(
            decide(&facts, ActionKind::LookUp).err(),
            Some(Denial::NotAllowed)
        );
    }

    #[test]
    fn a_liaison_reaches_no_request_of_another_account() {
        let mut facts = facts(CaseRole::Liaison, Some("one"));
        let mut other = request(true, RequestState::Approved);
        other.account = AccountName::parse("two").ok();
        facts.request = Some(other);
        assert_eq!(
            decide(&facts, ActionKind::TakePackage).err(),
            Some(Denial::Concealed)
        );
    }

    #[test]
    fn a_liaison_reaches_no_request_that_somebody_else_asked_about_its_account() {
        let mut facts = facts(CaseRole::Liaison, Some("one"));
        let actions = [
            (ActionKind::ReadExport, RequestState::Requested),
            (ActionKind::BuildPackage, RequestState::Approved),
            (ActionKind::TakePackage, RequestState::Used),
            (ActionKind::AcknowledgeExport, RequestState::Used),
        ];
        for (action, state) in actions {
            for own in [true, false] {
                let mut asked = request(own, state);
                asked.account = AccountName::parse("one").ok();
                facts.request = Some(asked);
                let refused = decide(&facts, action).err();
                assert_eq!(refused, (!own).then_some(Denial::Concealed), "{action}");
            }
        }
    }
}
