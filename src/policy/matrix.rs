//! The matrix: which seat may do which action, in which state of the case.
//!
//! There is one row for each action. `tests/api/authz_matrix.txt` writes this table out for people
//! who do not read Rust.

use super::{ActionKind, CaseState};
use crate::domain::{CaseRole, HomeRole};

/// The capacity in which somebody acts: as a stranger, as the vault, by their role in the vault, or
/// as a member of the case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Seat {
    /// Somebody without a session.
    Stranger,
    /// The vault itself.
    System,
    /// An operator, by their role in the vault.
    Home(HomeRole),
    /// A member of the case, by their role in it.
    Member(CaseRole),
}

/// True if the action is about one case, so that a membership decides, or for some actions the role
/// in the vault.
pub fn needs_case(action: ActionKind) -> bool {
    row(action).case
}

/// True if the seat may do the action.
pub fn allows_seat(action: ActionKind, seat: Seat) -> bool {
    let row = row(action);
    match seat {
        Seat::Stranger => row.stranger,
        Seat::System => row.system,
        Seat::Home(role) => row.home.contains(&role),
        Seat::Member(role) => row.members.contains(&role),
    }
}

/// A closed case can be read and reopened, its members named, and handed-out packages acknowledged. Of a destroyed one
/// there is its certificate.
pub fn allows_state(action: ActionKind, state: CaseState) -> bool {
    match state {
        CaseState::Open | CaseState::Held => true,
        CaseState::Closed => row(action).when_closed,
        CaseState::Destroyed => row(action).when_destroyed,
    }
}

struct Row {
    case: bool,
    stranger: bool,
    system: bool,
    home: &'static [HomeRole],
    members: &'static [CaseRole],
    when_closed: bool,
    when_destroyed: bool,
}

fn row(action: ActionKind) -> Row {
    use ActionKind as A;
    use CaseRole::{Custodian as C, Investigator as I, Lead as L, Liaison as N};
    use HomeRole::{Administrator, Auditor, Custodian, Investigator, Lead, Liaison};

    const EVERYBODY: &[HomeRole] = &HomeRole::ALL;
    const CASE_WORKERS: &[HomeRole] = &[Investigator, Lead, Custodian, Liaison];
    const fn home(home: &'static [HomeRole]) -> Row {
        Row {
            case: false,
            stranger: false,
            system: false,
            home,
            members: &[],
            when_closed: true,
            when_destroyed: true,
        }
    }
    const fn members(members: &'static [CaseRole]) -> Row {
        Row {
            case: true,
            stranger: false,
            system: false,
            home: &[],
            members,
            when_closed: false,
            when_destroyed: false,
        }
    }
    const fn at_rest_too(row: Row) -> Row {
        Row {
            when_closed: true,
            ..row
        }
    }
    const fn to_the_end(row: Row) -> Row {
        Row {
            when_closed: true,
            when_destroyed: true,
            ..row
        }
    }
    const STRANGER: Row = Row {
        case: false,
        stranger: true,
        system: false,
        home: &[],
        members: &[],
        when_closed: true,
        when_destroyed: true,
    };
    const SYSTEM: Row = Row {
        case: false,
        stranger: false,
        system: true,
        home: &[],
        members: &[],
        when_closed: true,
        when_destroyed: true,
    };

    match action {
        A::SignIn | A::Enrol | A::SetSecondFactor | A::Recover => STRANGER,
        A::SignOut
        | A::ReadSelf
        | A::ListSessions
        | A::EndSession
        | A::ChangePassword
        | A::ListPasskeys
        | A::BeginPasskey
        | A::EnrolPasskey
        | A::RemovePasskey
        | A::AskChallenge
        | A::MakeToken
        | A::ListTokens
        | A::AddMachine
        | A::ListMachines
        // Administrators end those of others; `scope/tokens.rs` checks that.
        | A::RevokeToken
        | A::EndMachine
        | A::ListInbox
        | A::ReadKeys
        | A::ReadCheckpoint
        | A::ReadVkey
        | A::ReadSigner => home(EVERYBODY),
        A::AddOperator | A::RevokeOperator | A::KeyStatus | A::RotateKek => home(&[Administrator]),
        // A new key of a case opens nothing to anybody, so one administrator starts it, whatever state the case is in.
        A::RotateCaseKey => Row {
            home: &[Administrator],
            ..at_rest_too(members(&[]))
        },
        // Two administrators; `scope/slot_changes.rs` checks that they are two.
        A::ListSlots | A::RequestSlotChange | A::DecideSlotChange | A::CarryOutSlotChange => {
            home(&[Administrator])
        }
        A::ListOperators | A::AcceptTime | A::ResetFactor | A::StopRecovery => {
            home(&[Administrator, Lead])
        }
        A::ReadClock | A::ReadHealth => home(&[Administrator, Lead, Auditor]),
        A::OpenCase => home(&[Lead]),
        A::ListCases => home(CASE_WORKERS),
        A::ReadCase => to_the_end(members(&[I, L, C, N])),
        A::ReadOverview => at_rest_too(members(&[I, L, C, N])),
        A::CloseCase | A::HoldCase => members(&[L]),
        A::SetRetention => at_rest_too(members(&[L])),
        // A lead asks and a custodian decides, so two people of two roles destroy a case.
        A::RequestDestruction => at_rest_too(members(&[L])),
        A::DecideDestruction => at_rest_too(members(&[C])),
        A::ListDestructions | A::ReadDestruction | A::StopDestruction | A::CarryOutDestruction => {
            at_rest_too(members(&[L, C]))
        }
        // Whoever works on the case passes a person's request on; somebody who leads or keeps it decides. In a closed
        // case too: a person's right does not rest.
        A::RequestErasure => at_rest_too(members(&[I, L])),
        A::DecideErasure | A::CarryOutErasure => at_rest_too(members(&[L, C])),
        A::ListErasures | A::ReadErasure => at_rest_too(members(&[I, L, C])),
        A::ReadCertificate => Row {
            home: &[Auditor],
            ..to_the_end(members(&[I, L, C]))
        },
        A::ReopenCase | A::NameMember | A::RecogniseMember => at_rest_too(members(&[L])),
        // An administrator ends rights in a case and never gives any. What leads gave can be let back in
        // where the leads themselves cannot act; `scope/cases.rs` checks that.
        A::SuspendMember | A::LiftSuspension => Row {
            home: &[Administrator],
            ..at_rest_too(members(&[L]))
        },
        // With the holders of two slots of the keyring, in a case that no lead can act in; `scope/recovering.rs`
        // checks that.
        A::RecoverCase => Row {
            home: &[Administrator],
            ..at_rest_too(members(&[]))
        },
        // Of a lead only when their account has ended; `scope/cases.rs` checks that.
        A::RemoveMember => at_rest_too(members(&[L])),
        A::ListMemberships | A::ReadMembership | A::DecideMembership => at_rest_too(members(&[L])),
        A::ListMembers => at_rest_too(members(&[L, C])),
        A::BeginExhibit | A::FinishExhibit | A::AbandonExhibit | A::CheckFile => members(&[C]),
        A::ListExhibits | A::ListDuplicates => at_rest_too(members(&[I, L, C])),
        // It compares two files, and a custodian chooses files: it would be a lookup.
        A::CompareExhibits => at_rest_too(members(&[I, L])),
        A::RequestWithdrawal | A::DecideWithdrawal => members(&[L, C]),
        A::ListWithdrawals | A::ReadWithdrawal => at_rest_too(members(&[L, C])),
        A::RequestQuarantine | A::OpenQuarantine => members(&[L]),
        A::DecideQuarantine => members(&[L, C]),
        A::ListQuarantines | A::ReadQuarantine => at_rest_too(members(&[L, C])),
        // `decide` checks whose admission it is.
        A::ReadAdmission | A::CancelAdmission => at_rest_too(members(&[L, C])),
        A::LookUp | A::Scope => members(&[I, L, N]),
        A::SearchRecords => members(&[I, L]),
        // `decide` checks that a member may read a request of this kind.
        A::ListRequestLeaves => Row {
            home: &[Auditor],
            ..at_rest_too(members(&[I, L, C, N]))
        },
        A::RequestReveal | A::OpenReveal => members(&[I, L]),
        A::ListReveals | A::ReadReveal => at_rest_too(members(&[I, L])),
        A::DecideReveal => members(&[L]),
        A::RequestRaise => members(&[I, L, C, N]),
        A::ListRaises | A::ReadRaise => at_rest_too(members(&[I, L, C, N])),
        A::DecideRaise | A::ThawLookups => members(&[L]),
        A::RequestExport => members(&[I, L, N]),
        A::ListExports | A::ReadExport => at_rest_too(members(&[I, L, C, N])),
        A::DecideExport => members(&[L, C]),
        // Of whatever leaves: an export, or the list of a quarantine. A liaison reaches no request but its own.
        A::BuildPackage | A::TakePackage => members(&[C, N]),
        // `decide` checks that it is the asker or a custodian.
        A::CancelBuild => at_rest_too(members(&[I, L, C, N])),
        A::AcknowledgeExport => at_rest_too(members(&[C, N])),
        A::SearchLeaves | A::CountLeaves | A::ReadLeaf | A::SignOff => home(&[Auditor]),
        // Operators may get the receipts of their own acts; `decide` checks that.
        A::ProveLeaf => home(EVERYBODY),
        A::AcceptRestore => home(&[Administrator]),
        A::InitVault
        | A::StartVault
        | A::UnsealVault
        | A::StopVault
        | A::SumStrangers
        | A::NoteClock
        | A::CertifyDestruction
        | A::OverwriteErased
        | A::ResealCase
        | A::RetireCaseKey
        | A::FinishErasure
        | A::ReapplyErasures
        | A::NoteBackup
        | A::RegroupOperator
        | A::RestoreVault
        | A::MoveTables => SYSTEM,
    }
}
