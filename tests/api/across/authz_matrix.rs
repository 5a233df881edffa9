//! Who may do what, in which state of a case: the whole table, as
//! `authz_matrix.txt` spells it for people who do not read Rust, and the same
//! over HTTP for each route and each role.

use std::fmt::Write as _;

use breachvault::domain::{AccountName, CaseRole, HomeRole};
use breachvault::http::table;
use breachvault::policy::{
    ActionKind, AssertionFacts, CallerFacts, CaseFacts, CaseState, Denial, Facts, LeafFacts,
    Membership, RequestFacts, RequestState, decide, needs_case,
};

use super::routes::{IN_A_CASE_OF_ITS_OWN, IN_A_CASE_OF_THREE, ROWS, ask, client, work_on};
use crate::support::{Incident, Who};

const CHECKED_IN: &str = include_str!("../authz_matrix.txt");

#[test]
fn the_matrix_is_the_one_that_is_checked_in() {
    let spelt = spell();
    if spelt != CHECKED_IN {
        let path = concat!(env!("CARGO_TARGET_TMPDIR"), "/authz_matrix.txt");
        std::fs::write(path, &spelt).unwrap();
        let line = spelt
            .lines()
            .zip(CHECKED_IN.lines())
            .find(|(now, then)| now != then);
        panic!("the matrix changed: {line:?}; the whole of it is in {path}");
    }
}

#[test]
fn every_action_stands_in_the_matrix_once_at_least() {
    for action in ActionKind::ALL {
        let begin = format!("{:<20}", action.name());
        assert!(
            CHECKED_IN.lines().any(|line| line.starts_with(&begin)),
            "{}",
            action.name()
        );
    }
}

#[test]
fn every_route_answers_every_role_as_the_matrix_says() {
    let incident = Incident::new();
    for row in ROWS {
        let route = table()
            .into_iter()
            .find(|route| format!("{} {}", route.method, route.path) == row.route)
            .unwrap();
        // What somebody was refused is not used up, unless it is the state of the case that was made ready.
        let of_state = ["/close", "/hold", "/reopen"];
        let kept = !of_state.iter().any(|end| row.route.ends_with(end));
        let mut left = None;
        for who in Who::ALL {
            let asked = left.take().unwrap_or_else(|| ask(&incident, row.route));
            let facts = facts(&incident, row.route, who, asked.asker);
            let actions = match row.route {
                "GET /api/v1/exports/{export}/package"
                | "GET /api/v1/quarantines/{quarantine}/package" => {
                    vec![ActionKind::BuildPackage, ActionKind::TakePackage]
                }
                _ => vec![route.action.unwrap()],
            };
            let denial = actions
                .into_iter()
                .find_map(|action| decide(&facts, action).err());
            let answer = asked.send(&client(&incident, row.route, who));
            match denial {
                Some(denial) => assert_eq!(
                    (answer.status, answer.problem().as_str()),
                    (status(denial), denial.name()),
                    "{} by {}",
                    row.route,
                    who.name()
                ),
                None => assert!(
                    ![401, 403, 404].contains(&answer.status),
                    "{} by {}: {}",
                    row.route,
                    who.name(),
                    answer.text()
                ),
            }
            left = (denial.is_some() && kept).then_some(asked);
            work_on(&incident);
        }
    }
}

/// What the vault knows when `who` sends the request of a route.
fn facts(incident: &Incident, route: &str, who: Who, asker: Option<Who>) -> Facts {
    let of_case = [
        "{case}",
        "{reveal}",
        "{export}",
        "{withdrawal}",
        "{membership}",
        "{raise}",
        "{request}",
        "{quarantine}",
        "{destruction}",
        "{erasure}",
        "{move}",
    ]
    .iter()
    .any(|name| route.contains(name));
    let account = || AccountName::parse(&incident.account).unwrap();
    // In the case of its own, only the custodian is a member who is not suspended.
    let own_case = route == IN_A_CASE_OF_ITS_OWN;
    let role = who.in_case().filter(|_| !own_case || who == Who::Custodian);
    // Nobody else is a member of a case of three.
    let of_three = IN_A_CASE_OF_THREE.contains(&route);
    let three = [Who::Lead, Who::SecondLead, Who::Custodian];
    let role = role.filter(|_| !of_three || three.contains(&who));
    let membership = role.map(|role| Membership {
        role: role.parse().unwrap(),
        account: (who == Who::Liaison).then(account),
        recognised: true,
    });
    let state = match route {
        "POST /api/v1/cases/{case}/reopen" => CaseState::Closed,
        "GET /api/v1/cases/{case}/certificate" => CaseState::Destroyed,
        _ => CaseState::Open,
    };
    let request = asker.map(|asker| RequestFacts {
        state: match route {
            "POST /api/v1/destructions/{destruction}/stop"
            | "POST /api/v1/destructions/{destruction}/carrying-out"
            | "POST /api/v1/erasures/{erasure}/carrying-out"
            | "POST /api/v1/reveals/{reveal}/open"
            | "POST /api/v1/quarantines/{quarantine}/open"
            | "GET /api/v1/exports/{export}/package"
            | "GET /api/v1/quarantines/{quarantine}/package" => RequestState::Approved,
            "POST /api/v1/exports/{export}/acknowledgement"
            | "POST /api/v1/quarantines/{quarantine}/acknowledgement" => RequestState::Used,
            _ => RequestState::Requested,
        },
        asked_by_caller: asker == who,
        known_by_asker_alone: false,
        could_be_asker: false,
        expired: false,
        account: route.contains("{export}").then(account),
        // The one whose leaves are listed is a reveal.
        read_by: ActionKind::ReadReveal,
    });
    Facts {
        caller: CallerFacts::Operator(who.home().parse().unwrap()),
        lacks_factor: false,
        lacks_passkey: false,
        token: None,
        assertion: AssertionFacts::NotNeeded,
        case: of_case.then_some(CaseFacts {
            state,
            membership,
            has_exhibit: true,
        }),
        request,
        leaf: route.contains("{leaf}").then_some(LeafFacts {
            written_for_caller: false,
        }),
    }
}

fn status(denial: Denial) -> u16 {
    match denial {
        Denial::SessionEnded | Denial::WrongCredential => 401,
        Denial::NotAllowed
        | Denial::OwnRequest
        | Denial::RecognisedByAsker
        | Denial::NotTheAsker
        | Denial::IdentityRefused
        | Denial::SecondFactorNeeded
        | Denial::PasskeyNeeded
        | Denial::NotRecognised
        | Denial::BeyondToken
        | Denial::WrongFingerprint
        | Denial::AssertionNeeded
        | Denial::AssertionRefused => 403,
        Denial::Concealed => 404,
        Denial::CaseClosed
        | Denial::CaseDestroyed
        | Denial::NothingAdmitted
        | Denial::WrongState(_)
        | Denial::Expired
        | Denial::AskerGone
        | Denial::DeciderGone => 409,
        Denial::OverBudget { .. } => 422,
        Denial::BudgetSpent { .. } | Denial::LookupsFrozen { .. } | Denial::Throttled { .. } => 429,
    }
}

fn spell() -> String {
    let mut text = String::from(HEAD);
    outside(&mut text);
    for state in CaseState::ALL {
        in_case(&mut text, state);
    }
    about_requests(&mut text);
    by_sign_in(&mut text);
    text
}

/// What a lead may, by how the session was opened and by what the lead's passkey signed.
fn by_sign_in(text: &mut String) {
    use AssertionFacts as Said;
    let columns = [
        ("no code", true, false, Said::NotNeeded),
        ("no passkey", false, true, Said::NotNeeded),
        ("not signed", false, false, Said::Missing),
        ("wrongly", false, false, Said::Wrong),
        ("signed", false, false, Said::Given),
    ];
    let heads: Vec<String> = columns.iter().map(|column| column.0.to_owned()).collect();
    let title =
        "Actions of a lead whose session lacks what the role needs, and of one with a passkey";
    begin(text, title, &heads);
    for action in ActionKind::ALL {
        let case = needs_case(*action);
        let whole = |lacks_factor, lacks_passkey, assertion| Facts {
            caller: CallerFacts::Operator(HomeRole::Lead),
            lacks_factor,
            lacks_passkey,
            assertion,
            token: None,
            case: case.then(|| CaseFacts {
                state: CaseState::Open,
                membership: Some(member(CaseRole::Lead)),
                has_exhibit: true,
            }),
            request: None,
            leaf: None,
        };
        // What is not for a lead at all is in the other tables.
        if decide(&whole(false, false, Said::NotNeeded), *action).is_err() {
            continue;
        }
        let cells = columns.iter().map(|(_, factor, passkey, assertion)| {
            word(&whole(*factor, *passkey, *assertion), *action)
        });
        line(text, action.name(), cells);
    }
}

/// Actions that are about no case.
fn outside(text: &mut String) {
    let callers = [CallerFacts::Stranger, CallerFacts::System]
        .into_iter()
        .chain(HomeRole::ALL.map(CallerFacts::Operator))
        .chain([CallerFacts::Gone]);
    let callers: Vec<CallerFacts> = callers.collect();
    let mut heads = vec!["stranger".to_owned(), "vault".to_owned()];
    heads.extend(HomeRole::ALL.map(|home| home.as_str().to_owned()));
    heads.push("ended".to_owned());
    begin(text, "Actions about no case, by profession", &heads);
    for action in ActionKind::ALL
        .iter()
        .filter(|action| !needs_case(**action))
    {
        let leaf = (*action == ActionKind::ProveLeaf).then_some(LeafFacts {
            written_for_caller: false,
        });
        let cell = |caller: &CallerFacts, leaf| {
            let facts = Facts {
                caller: *caller,
                lacks_factor: false,
                lacks_passkey: false,
                token: None,
                assertion: AssertionFacts::NotNeeded,
                case: None,
                request: None,
                leaf,
            };
            word(&facts, *action)
        };
        line(
            text,
            action.name(),
            callers.iter().map(|caller| cell(caller, leaf)),
        );
        if leaf.is_some() {
            let own = Some(LeafFacts {
                written_for_caller: true,
            });
            line(
                text,
                "  of one's own leaf",
                callers.iter().map(|caller| cell(caller, own)),
            );
        }
    }
}

/// Actions about a case, by seat in it; the last columns are no members.
fn in_case(text: &mut String, state: CaseState) {
    let mut heads: Vec<String> = CaseRole::ALL.map(|role| role.as_str().to_owned()).into();
    heads.extend([
        "unbound".to_owned(),
        "no member".to_owned(),
        "auditor".to_owned(),
        "admin".to_owned(),
    ]);
    begin(
        text,
        &format!("Actions about a case that is {}", state.as_str()),
        &heads,
    );
    for action in ActionKind::ALL.iter().filter(|action| needs_case(**action)) {
        let mut seats: Vec<(HomeRole, Option<Membership>)> = CaseRole::ALL
            .map(|role| (HomeRole::Investigator, Some(member(role))))
            .into();
        let unbound = Membership {
            role: CaseRole::Liaison,
            account: None,
            recognised: true,
        };
        seats.push((HomeRole::Investigator, Some(unbound)));
        seats.push((HomeRole::Lead, None));
        // Even if somebody made them members.
        seats.push((HomeRole::Auditor, Some(member(CaseRole::Lead))));
        seats.push((HomeRole::Administrator, Some(member(CaseRole::Lead))));
        let cells = seats.into_iter().map(|(home, membership)| {
            let facts = Facts {
                caller: CallerFacts::Operator(home),
                lacks_factor: false,
                lacks_passkey: false,
                token: None,
                assertion: AssertionFacts::NotNeeded,
                case: Some(CaseFacts {
                    state,
                    membership,
                    has_exhibit: true,
                }),
                request: None,
                leaf: None,
            };
            word(&facts, *action)
        });
        line(text, action.name(), cells);
    }
}

/// Deciding, opening, building, handing out, acknowledging: whose request, in which state.
fn about_requests(text: &mut String) {
    let heads: Vec<String> = RequestState::ALL
        .iter()
        .map(|state| state.as_str().to_owned())
        .chain(["expired".to_owned()])
        .collect();
    use ActionKind as A;
    let actions = [
        (A::DecideReveal, CaseRole::Lead, RequestState::Requested),
        (
            A::OpenReveal,
            CaseRole::Investigator,
            RequestState::Approved,
        ),
        (A::OpenReveal, CaseRole::Lead, RequestState::Approved),
        (A::DecideExport, CaseRole::Lead, RequestState::Requested),
        (
            A::DecideExport,
            CaseRole::Custodian,
            RequestState::Requested,
        ),
        (A::DecideRaise, CaseRole::Lead, RequestState::Requested),
        (A::DecideWithdrawal, CaseRole::Lead, RequestState::Requested),
        (
            A::DecideWithdrawal,
            CaseRole::Custodian,
            RequestState::Requested,
        ),
        (A::DecideQuarantine, CaseRole::Lead, RequestState::Requested),
        (
            A::DecideQuarantine,
            CaseRole::Custodian,
            RequestState::Requested,
        ),
        (A::OpenQuarantine, CaseRole::Lead, RequestState::Approved),
        (
            A::CancelAdmission,
            CaseRole::Custodian,
            RequestState::Requested,
        ),
        (A::CancelAdmission, CaseRole::Lead, RequestState::Requested),
        (A::BuildPackage, CaseRole::Custodian, RequestState::Approved),
        (A::TakePackage, CaseRole::Custodian, RequestState::Approved),
        (A::TakePackage, CaseRole::Liaison, RequestState::Approved),
        (
            A::CancelBuild,
            CaseRole::Investigator,
            RequestState::Approved,
        ),
        (A::CancelBuild, CaseRole::Custodian, RequestState::Approved),
        (
            A::AcknowledgeExport,
            CaseRole::Custodian,
            RequestState::Used,
        ),
        (
            A::DecideDestruction,
            CaseRole::Custodian,
            RequestState::Requested,
        ),
        (A::StopDestruction, CaseRole::Lead, RequestState::Approved),
        (
            A::CarryOutDestruction,
            CaseRole::Lead,
            RequestState::Approved,
        ),
        (
            A::CarryOutDestruction,
            CaseRole::Custodian,
            RequestState::Approved,
        ),
        (A::DecideErasure, CaseRole::Lead, RequestState::Requested),
        (
            A::DecideErasure,
            CaseRole::Custodian,
            RequestState::Requested,
        ),
        (A::DecideMove, CaseRole::Lead, RequestState::Requested),
        (A::DecideMove, CaseRole::Custodian, RequestState::Requested),
        (A::CarryOutErasure, CaseRole::Lead, RequestState::Approved),
        (
            A::CarryOutErasure,
            CaseRole::Custodian,
            RequestState::Approved,
        ),
    ];
    begin(
        text,
        "Actions about a request in an open case, by its state",
        &heads,
    );
    for (action, role, wanted) in actions {
        for own in [true, false] {
            let states = RequestState::ALL.map(|state| (state, false));
            let cells = states
                .into_iter()
                .chain([(wanted, true)])
                .map(|(state, expired)| {
                    let facts = Facts {
                        caller: CallerFacts::Operator(HomeRole::Investigator),
                        lacks_factor: false,
                        lacks_passkey: false,
                        token: None,
                        assertion: AssertionFacts::NotNeeded,
                        case: Some(CaseFacts {
                            state: CaseState::Open,
                            membership: Some(member(role)),
                            has_exhibit: true,
                        }),
                        request: Some(RequestFacts {
                            state,
                            asked_by_caller: own,
                            known_by_asker_alone: false,
                            could_be_asker: false,
                            expired,
                            account: member(CaseRole::Liaison).account,
                            read_by: ActionKind::ReadReveal,
                        }),
                        leaf: None,
                    };
                    word(&facts, action)
                });
            let whose = if own { "own" } else { "other's" };
            let name = format!("{:<20}{} by {}", action.name(), whose, role.as_str());
            line(text, &name, cells);
        }
    }
}

fn member(role: CaseRole) -> Membership {
    Membership {
        role,
        account: (role == CaseRole::Liaison).then(|| AccountName::parse("one").unwrap()),
        recognised: true,
    }
}

fn word(facts: &Facts, action: ActionKind) -> &'static str {
    match decide(facts, action) {
        Ok(_) => "yes",
        Err(Denial::NotAllowed) => ".",
        Err(Denial::Concealed) => "?",
        Err(denial) => denial.name(),
    }
}

fn begin(text: &mut String, title: &str, heads: &[String]) {
    writeln!(text, "\n{title}\n").unwrap();
    let heads: String = heads.iter().map(|head| format!("{head:<15}")).collect();
    writeln!(text, "{:<48}{}", "", heads.trim_end()).unwrap();
}

fn line<'a>(text: &mut String, name: &str, cells: impl Iterator<Item = &'a str>) {
    let cells: String = cells.map(|cell| format!("{cell:<15}")).collect();
    writeln!(text, "{name:<48}{}", cells.trim_end()).unwrap();
}

const HEAD: &str = "\
Who may do what. Written by the tests from the policy itself; a change of the
policy is a change of this file.

  yes   allowed
  .     a known thing, not allowed: 403
  ?     not even that it exists is said: 404
  another word names the denial
";
