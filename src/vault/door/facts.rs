//! The facts a decision rests on, read from the snapshot the act itself uses.
//!
//! Sees rows and, for a liaison's account, the case key. Called by `perform`
//! twice for a reading act: before it, and in the ledger's transaction after it. Whose a leaf is comes from the leaf,
//! which is proved into the root of `tip`; the tip is taken before the snapshot.

use crate::domain::{CaseId, CaseRole, Moment};
use crate::policy::{
    AssertionFacts, CallerFacts, CaseFacts, CaseState, Facts, LeafFacts, Membership, RequestFacts,
    Seat, TokenFacts,
};
use crate::vault::audit::{Leaf, Tip};
use crate::vault::call::caller::{Caller, Who};
use crate::vault::call::target::Target;
use crate::vault::core::Core;
use crate::vault::error::OperationError;
use crate::vault::exhibits::under_way::FoundAdmission;
use crate::vault::ledger::proven_leaf;
use crate::vault::scope::requests::{Outline, read_by};
use crate::vault::scope::{TokenScope, could_be_one_person, is_known_by_alone, open_account};
use crate::vault::settings::Passkeys;
use crate::vault::store::case_rows::{self, CaseRow};
use crate::vault::store::operator_rows;
use crate::vault::store::session_rows::SessionMeans;
use crate::vault::store::{
    Snapshot, Transaction, exhibit_rows, membership_rows, request_rows, session_rows,
};

/// How often it is written down that a script's token was used.
const USED_STEP_S: i64 = 60;

/// Facts, and the rows found on the way.
pub(in crate::vault) struct Situation {
    pub(in crate::vault) facts: Facts,
    pub(in crate::vault) case: Option<CaseRow>,
    /// The admission that the target is, if one is under way.
    pub(in crate::vault) admission: Option<FoundAdmission>,
    /// Whether what the target names is there.
    known: bool,
    /// When the caller's session ends, if it has one that lives.
    session_ends: Option<Moment>,
    /// When that session ends if it is not used before.
    idle_at: Option<Moment>,
    /// When a script's token was used before, if the caller came with one.
    script_used: Option<Option<Moment>>,
    /// Whether the caller's session was opened with a passkey.
    pub(in crate::vault) by_passkey: bool,
}

impl Situation {
    pub(in crate::vault) fn case_id(&self) -> Option<CaseId> {
        self.case.as_ref().map(|row| row.id.clone())
    }

    /// Whether the facts are still these, if nothing was written since. True only of targets whose facts are rows
    /// without a time.
    pub(in crate::vault) fn holds_still(&self, target: &Target, core: &Core) -> bool {
        matches!(target, Target::Vault | Target::Case(_))
            && self
                .session_ends
                .is_none_or(|ends| !core.clock.is_over(ends))
    }

    /// Writes down that the caller's session is used, if it lives and that moves its end by a step.
    pub(in crate::vault) fn note_use(
        &self,
        core: &Core,
        transaction: &Transaction,
        caller: &Caller,
    ) -> Result<(), OperationError> {
        let (Some(idle_at), Some(session)) = (self.idle_at, caller.session_id()) else {
            return Ok(());
        };
        if let Some(before) = self.script_used {
            let now = core.clock.now();
            let recent =
                before.is_some_and(|before| now.seconds() - before.seconds() < USED_STEP_S);
            return match recent {
                true => Ok(()),
                false => Ok(session_rows::used_at(transaction, session, now)?),
            };
        }
        let then = core.used_until(idle_at);
        if then == idle_at {
            return Ok(());
        }
        Ok(session_rows::use_until(transaction, session, then)?)
    }

    /// What the leaf names as its object: only what is there. Anybody can ask for
    /// an identifier of their own making, and its digits could be a number's.
    pub(in crate::vault) fn object(&self, target: &Target) -> Option<String> {
        target.object().filter(|_| self.known)
    }

    /// The caller's role as the leaf names it.
    pub(in crate::vault) fn role(&self) -> Option<&'static str> {
        let membership = self
            .facts
            .case
            .as_ref()
            .and_then(|case| case.membership.as_ref());
        match (membership, self.facts.caller) {
            (Some(membership), CallerFacts::Operator(home)) if !home.stays_outside_cases() => {
                Some(membership.role.as_str())
            }
            (_, CallerFacts::Operator(home)) => Some(home.as_str()),
            (_, CallerFacts::System) => Some("system"),
            (_, CallerFacts::Stranger | CallerFacts::Gone) => None,
        }
    }
}

pub(in crate::vault) fn load(
    core: &Core,
    connection: &Snapshot,
    caller: &Caller,
    target: &Target,
    tip: Tip,
) -> Result<Situation, OperationError> {
    core.control.intact()?;
    let standing = who(core, connection, caller)?;
    let script_used = standing.script.is_some().then_some(standing.used_at);
    let token = standing.script.as_ref().map(|scope| TokenFacts {
        actions: scope.actions(),
        // Another case is refused alike, whether it is there or not.
        reaches: scope.case.is_none()
            || scope.case.as_deref() == target.named_case().map(CaseId::as_str),
    });
    let mut situation = Situation {
        facts: Facts {
            caller: standing.caller,
            lacks_factor: false,
            lacks_passkey: false,
            assertion: AssertionFacts::NotNeeded,
            token,
            case: None,
            request: None,
            leaf: None,
        },
        case: None,
        admission: None,
        known: false,
        session_ends: standing.session_ends,
        idle_at: standing.idle_at,
        script_used,
        by_passkey: standing.means == Some(SessionMeans::Passkey),
    };
    match target {
        Target::Vault => {}
        Target::Operator(operator) => {
            situation.known = operator_rows::find(connection, operator)?.is_some();
        }
        // Somebody else's session is like one that is not there.
        Target::Session(session) => {
            let found = session_rows::standing(connection, session)?;
            let own = found.map(|found| found.operator);
            situation.known = own.is_some() && own.as_ref() == caller.operator_id();
        }
        Target::Case(case) => situation.case = case_rows::find(connection, case)?,
        Target::Member(case, operator) => {
            situation.case = case_rows::find(connection, case)?;
            situation.known = operator_rows::find(connection, operator)?.is_some();
        }
        // Drawn by the vault when the admission began.
        Target::Exhibit(case, _) => {
            situation.case = case_rows::find(connection, case)?;
            situation.known = situation.case.is_some();
        }
        Target::NamedExhibit(case, exhibit) => {
            situation.case = case_rows::find(connection, case)?;
            if let Some(case) = &situation.case {
                situation.known = exhibit_rows::exists(connection, case.number, exhibit)?;
            }
        }
        Target::Admission(case) => {
            situation.case = case_rows::find(connection, case)?;
            situation.admission = core.admissions.find(case);
            let found = situation.admission.as_ref();
            situation.facts.request = found.map(|found| found.facts(caller));
        }
        Target::Request(id) => {
            if let Some(row) = request_rows::find(connection, id)? {
                situation.case = case_rows::find_by_number(connection, row.case)?;
                // Of a request of a destroyed case nothing opens any more, and nothing is done on it.
                let case = situation.case.as_ref();
                let outline = match case.filter(|case| !core.is_destroyed(case)) {
                    Some(case) => Some(Outline::of(core, case, &row)?),
                    None => None,
                };
                let term = outline.as_ref().map(|outline| outline.term);
                let (known_by_asker_alone, could_be_asker) = match caller.operator_id() {
                    Some(caller) => (
                        is_known_by_alone(connection, row.case, caller, &row.asker)?,
                        could_be_one_person(connection, row.case, &row.asker, caller)?,
                    ),
                    None => (false, false),
                };
                situation.facts.request = Some(RequestFacts {
                    state: row.state,
                    asked_by_caller: Some(&row.asker) == caller.operator_id(),
                    known_by_asker_alone,
                    could_be_asker,
                    expired: term.is_none_or(|term| core.clock.has_ended(term)),
                    account: outline.and_then(|outline| outline.account),
                    read_by: read_by(&row.kind)?,
                });
            }
        }
        Target::Leaf(seq) => {
            situation.facts.leaf = leaf(core, connection, caller, tip, *seq)?;
        }
    }
    situation.known |= situation.facts.request.is_some() || situation.facts.leaf.is_some();
    if let Some(case) = &situation.case {
        let state = match core.is_destroyed(case) {
            true => CaseState::Destroyed,
            false => case.state,
        };
        situation.facts.case = Some(CaseFacts {
            state,
            membership: member(core, connection, caller, case)?,
            has_exhibit: match target {
                Target::Case(_) if state != CaseState::Destroyed => {
                    // Where this fails the act fails as well, when it reads the records; acts that read none go on.
                    let keys = core.case_keys(&case.id)?;
                    match core.known_cases.of(connection, &keys, case.number) {
                        Ok(known) => known.has_exhibit(),
                        Err(_) => true,
                    }
                }
                _ => true,
            },
        });
    }
    lacks(core, connection, caller, &standing, &mut situation.facts)?;
    Ok(situation)
}

/// Whose leaf it is, as its own bytes say, which are proved. `None` beyond the end of the log.
fn leaf(
    core: &Core,
    connection: &Snapshot,
    caller: &Caller,
    tip: Tip,
    seq: u64,
) -> Result<Option<LeafFacts>, OperationError> {
    let Some(bytes) = proven_leaf(core, connection, tip, seq)? else {
        return Ok(None);
    };
    let told = Leaf::parse(&bytes).map_err(|_| OperationError::Damaged {
        place: format!("leaf {seq}"),
    })?;
    let written_for = told.operator.as_deref();
    Ok(Some(LeafFacts {
        written_for_caller: written_for.is_some()
            && written_for == caller.operator_id().map(|id| id.as_str()),
    }))
}

/// Whether what the caller is needs a second factor or a passkey that the session was opened without: in the vault, in
/// the case, and in any case if the act is about none, such as the list of their cases. The vault's own command line
/// has no authenticator; whoever is there has the vault's passphrase.
fn lacks(
    core: &Core,
    connection: &Snapshot,
    caller: &Caller,
    standing: &Present,
    facts: &mut Facts,
) -> Result<(), OperationError> {
    if standing.means == Some(SessionMeans::Recovery) {
        // Whatever the role needs: it enrols a passkey and does nothing else.
        facts.lacks_passkey = true;
        return Ok(());
    }
    let by_password = match &standing.script {
        Some(scope) => !scope.by_passkey,
        None => standing.means == Some(SessionMeans::Password),
    };
    let may_lack_passkey = by_password && core.settings.passkeys == Passkeys::Required;
    if standing.second_factor && !may_lack_passkey {
        return Ok(());
    }
    let (CallerFacts::Operator(home), Some(operator)) = (facts.caller, caller.operator_id()) else {
        return Ok(());
    };
    let roles: Vec<CaseRole> = match &facts.case {
        Some(case) => case.membership.iter().map(|member| member.role).collect(),
        None => membership_rows::roles_of(connection, operator)?,
    };
    let seats = roles.into_iter().map(Seat::Member);
    let needed = core.settings.needed(seats.chain([Seat::Home(home)]));
    if standing.means == Some(SessionMeans::Provider) {
        facts.lacks_passkey = needed.by_provider().passkey;
        return Ok(());
    }
    facts.lacks_factor = !standing.second_factor && needed.factor;
    facts.lacks_passkey = may_lack_passkey && needed.passkey;
    Ok(())
}

/// Who the caller is now.
struct Present {
    caller: CallerFacts,
    session_ends: Option<Moment>,
    idle_at: Option<Moment>,
    second_factor: bool,
    means: Option<SessionMeans>,
    script: Option<TokenScope>,
    used_at: Option<Moment>,
}

fn who(core: &Core, connection: &Snapshot, caller: &Caller) -> Result<Present, OperationError> {
    let without_session = |caller| Present {
        caller,
        session_ends: None,
        idle_at: None,
        second_factor: false,
        means: None,
        script: None,
        used_at: None,
    };
    let (operator, session) = match caller.who() {
        Who::Stranger => return Ok(without_session(CallerFacts::Stranger)),
        Who::System => return Ok(without_session(CallerFacts::System)),
        Who::Operator { operator, session } => (operator, session),
    };
    let standing = session_rows::standing(connection, session)?.filter(|standing| {
        !standing.revoked
            && !core
                .clock
                .is_over(standing.expires_at.min(standing.idle_at))
            && standing.operator == *operator
            && standing.active
    });
    Ok(match standing {
        Some(standing) => Present {
            caller: CallerFacts::Operator(standing.home),
            session_ends: Some(standing.expires_at.min(standing.idle_at)),
            idle_at: Some(standing.idle_at),
            second_factor: standing.second_factor,
            means: Some(standing.means),
            script: match &standing.scope {
                Some(sealed) => Some(TokenScope::open(core, session, sealed)?),
                None => None,
            },
            used_at: standing.used_at,
        },
        None => without_session(CallerFacts::Gone),
    })
}

fn member(
    core: &Core,
    connection: &Snapshot,
    caller: &Caller,
    case: &CaseRow,
) -> Result<Option<Membership>, OperationError> {
    let Some(operator) = caller.operator_id() else {
        return Ok(None);
    };
    let row = membership_rows::find(connection, case.number, operator)?;
    let Some(row) = row.filter(|row| !row.suspended) else {
        return Ok(None);
    };
    let account = match &row.account {
        Some(sealed) if !core.is_destroyed(case) => {
            Some(open_account(core, case, operator, sealed)?)
        }
        _ => None,
    };
    Ok(Some(Membership {
        role: row.role,
        account,
        recognised: row.recognised,
    }))
}
