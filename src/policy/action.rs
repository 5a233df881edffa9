//! The closed list of actions, and who may do each.
//!
//! The traits are sealed here. No other module can add an action, and no other module can mark an
//! action as writing, revealing or deciding. The `reveals` lines of this file are therefore the complete list
//! of what can put a number into the clear.

use std::fmt;

use super::seats::{CASE_WORKERS, EVERYBODY, Row, STRANGER, SYSTEM, home, members};

/// Whether an action changes the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Runs on a read-only snapshot, in parallel with others; only its leaf is written.
    Reading,
    /// Runs inside the ledger's transaction, in a savepoint.
    Writing,
}

mod seal {
    /// An action of the closed list.
    pub trait Listed {}
    /// An action listed as writing.
    pub trait Writing {}
    /// An action listed as revealing.
    pub trait Revealing {}
    /// An action listed as deciding.
    pub trait Deciding {}
}

/// One of the listed actions.
pub trait Action: seal::Listed + Send + Sync + 'static {
    /// The name of the action, for tables and leaves.
    const KIND: ActionKind;
}

/// An action that may change rows.
pub trait Writes: Action + seal::Writing {}

/// An action under which a number may be disclosed.
pub trait Reveals: Action + seal::Revealing {}

/// An action that decides a request of somebody else. The policy refuses it to the asker, and for a
/// request that does not wait for a decision.
pub trait Decides: Writes + seal::Deciding {}

macro_rules! list {
    ($($kind:ident $name:literal $class:ident $($right:ident)? => $row:expr;)*) => {
        /// The name of an action, used in the matrix, the routes and the leaves.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum ActionKind {
            $(
                #[doc = concat!("`", $name, "`")]
                $kind
            ),*
        }

        impl ActionKind {
            /// All actions.
            pub const ALL: &'static [Self] = &[$(Self::$kind),*];

            /// The word in the matrix and the leaves, such as `record.lookup`.
            pub fn name(self) -> &'static str {
                match self { $(Self::$kind => $name),* }
            }

            /// Whether the action reads or writes.
            pub fn class(self) -> Class {
                match self { $(Self::$kind => list!(@class $class)),* }
            }

            /// Whether the action decides a request of somebody else.
            pub fn decides(self) -> bool {
                match self { $(Self::$kind => list!(@is_deciding $($right)?)),* }
            }

            /// Whether the action asks for what somebody else decides, and does nothing more.
            pub fn asks(self) -> bool {
                match self { $(Self::$kind => list!(@is_asking $($right)?)),* }
            }

            /// Who may do the action, and when.
            pub(super) fn row(self) -> Row {
                use crate::domain::CaseRole::{Custodian as C, Investigator as I, Lead as L, Liaison as N};
                use crate::domain::HomeRole::{Administrator, Auditor, Lead};

                match self { $(Self::$kind => $row),* }
            }
        }

        /// One type for each action, for use in signatures.
        pub mod actions {
            use crate::policy::action::{Action, ActionKind, Decides, Reveals, Writes, seal};
            $(
                #[doc = concat!("The action `", $name, "`.")]
                #[derive(Debug)]
                pub enum $kind {}
                impl seal::Listed for $kind {}
                impl Action for $kind { const KIND: ActionKind = ActionKind::$kind; }
                list!(@writes $class $kind);
                $(list!(@$right $kind);)?
            )*
        }
    };
    (@class reads) => { Class::Reading };
    (@class writes) => { Class::Writing };
    (@writes reads $kind:ident) => {};
    (@writes writes $kind:ident) => {
        impl seal::Writing for $kind {}
        impl Writes for $kind {}
    };
    (@reveals $kind:ident) => {
        impl seal::Revealing for $kind {}
        impl Reveals for $kind {}
    };
    (@decides $kind:ident) => {
        impl seal::Deciding for $kind {}
        impl Decides for $kind {}
    };
    (@asks $kind:ident) => {};
    (@is_asking asks) => { true };
    (@is_asking $($other:ident)?) => { false };
    (@is_deciding decides) => { true };
    (@is_deciding $($other:ident)?) => { false };
}

// Each action: its type, its name, whether it reads or writes, what else it may, and who may do it (`seats.rs`).
list! {
    SignIn            "session.open"        writes          => STRANGER;
    SignOut           "session.close"       writes          => home(EVERYBODY);
    ReadSelf          "session.read"        reads           => home(EVERYBODY);
    ListSessions      "session.list"        reads           => home(EVERYBODY);
    EndSession        "session.end"         writes          => home(EVERYBODY);
    ChangePassword    "session.password"    writes          => home(EVERYBODY);
    ListPasskeys      "passkey.list"        reads           => home(EVERYBODY);
    BeginPasskey      "passkey.begin"       reads           => home(EVERYBODY);
    EnrolPasskey      "passkey.enrol"       writes          => home(EVERYBODY);
    RemovePasskey     "passkey.remove"      writes          => home(EVERYBODY);
    AskChallenge      "passkey.challenge"   reads           => home(EVERYBODY);
    MakeToken         "token.make"          writes          => home(EVERYBODY);
    ListTokens        "token.list"          reads           => home(EVERYBODY);
    // Administrators end those of others, and machines of others; `scope/passes.rs` checks that.
    RevokeToken       "token.revoke"        writes          => home(EVERYBODY);
    AddMachine        "machine.add"         writes          => home(EVERYBODY);
    ListMachines      "machine.list"        reads           => home(EVERYBODY);
    EndMachine        "machine.end"         writes          => home(EVERYBODY);
    ListInbox         "inbox.list"          reads           => home(EVERYBODY);
    Enrol             "operator.enrol"      writes          => STRANGER;
    SetSecondFactor   "operator.second-factor" writes          => STRANGER;
    ResetFactor       "operator.reset-factor" writes          => home(&[Administrator, Lead]);
    Recover           "session.recover"     writes          => STRANGER;
    StopRecovery      "operator.stop-recovery" writes          => home(&[Administrator, Lead]);
    AddOperator       "operator.add"        writes          => home(&[Administrator]);
    ListOperators     "operator.list"       reads           => home(&[Administrator, Lead]);
    RevokeOperator    "operator.revoke"     writes          => home(&[Administrator]);
    RegroupOperator   "operator.regroup"    writes          => SYSTEM;
    OpenCase          "case.open"           writes          => home(&[Lead]);
    ListCases         "case.list"           reads           => home(CASE_WORKERS);
    ReadCase          "case.read"           reads           => members(&[I, L, C, N]).until_the_end();
    ReadOverview      "case.overview"       reads           => members(&[I, L, C, N]).at_rest_too();
    // A lead asks to close a case, or to lift its hold, and somebody else who leads or keeps it decides. Whatever only
    // protects or goes on, one lead does: to put a hold, and to reopen what is closed.
    CloseCase         "case.close"          writes asks     => members(&[L]);
    HoldCase          "case.hold"           writes          => members(&[L]);
    ReopenCase        "case.reopen"         writes          => members(&[L]).at_rest_too();
    ListMoves         "move.list"           reads           => members(&[L, C]).at_rest_too();
    ReadMove          "move.read"           reads           => members(&[L, C]).at_rest_too();
    DecideMove        "move.decide"         writes decides  => members(&[L, C]);
    SetRetention      "case.retention"      writes          => members(&[L]).at_rest_too();
    ReadCertificate   "case.certificate"    reads           => members(&[I, L, C]).until_the_end().or_home(&[Auditor]);
    // A lead asks and a custodian decides, so two people of two roles destroy a case.
    RequestDestruction "destruction.request" writes asks     => members(&[L]).at_rest_too();
    ListDestructions  "destruction.list"    reads           => members(&[L, C]).at_rest_too();
    ReadDestruction   "destruction.read"    reads           => members(&[L, C]).at_rest_too();
    DecideDestruction "destruction.decide"  writes decides  => members(&[C]).at_rest_too();
    StopDestruction   "destruction.stop"    writes          => members(&[L, C]).at_rest_too();
    CarryOutDestruction "destruction.carry-out" writes          => members(&[L, C]).at_rest_too();
    CertifyDestruction "destruction.certify" writes          => SYSTEM;
    // Whoever works on the case passes a person's request on; somebody who leads or keeps it decides. In a closed
    // case too: a person's right does not rest.
    RequestErasure    "erasure.request"     writes asks     => members(&[I, L]).at_rest_too();
    ListErasures      "erasure.list"        reads           => members(&[I, L, C]).at_rest_too();
    ReadErasure       "erasure.read"        reads           => members(&[I, L, C]).at_rest_too();
    DecideErasure     "erasure.decide"      writes decides  => members(&[L, C]).at_rest_too();
    CarryOutErasure   "erasure.carry-out"   writes          => members(&[L, C]).at_rest_too();
    OverwriteErased   "erasure.overwrite"   writes          => SYSTEM;
    FinishErasure     "erasure.finish"      writes          => SYSTEM;
    ReapplyErasures   "erasure.reapply"     writes          => SYSTEM;
    NameMember        "member.name"         writes          => members(&[L]).at_rest_too();
    ListMembers       "member.list"         reads           => members(&[L, C]).at_rest_too();
    RecogniseMember   "member.recognise"    writes          => members(&[L]).at_rest_too();
    // With the holders of two keyring slots, in a case that no lead can act in; `scope/recovering.rs` checks that.
    RecoverCase       "case.recover"        writes          => members(&[]).at_rest_too().or_home(&[Administrator]);
    // An administrator ends rights in a case and never gives any. What leads gave can be let back in where the leads
    // themselves cannot act; `scope/cases.rs` checks that.
    SuspendMember     "member.suspend"      writes          => members(&[L]).at_rest_too().or_home(&[Administrator]);
    LiftSuspension    "member.lift"         writes          => members(&[L]).at_rest_too().or_home(&[Administrator]);
    // Of a lead only when their account has ended; `scope/cases.rs` checks that.
    RemoveMember      "member.remove"       writes          => members(&[L]).at_rest_too();
    ListMemberships   "membership.list"     reads           => members(&[L]).at_rest_too();
    ReadMembership    "membership.read"     reads           => members(&[L]).at_rest_too();
    DecideMembership  "membership.decide"   writes decides  => members(&[L]).at_rest_too();
    BeginExhibit      "exhibit.begin"       writes          => members(&[C]);
    FinishExhibit     "exhibit.finish"      writes          => members(&[C]);
    AbandonExhibit    "exhibit.abandon"     writes          => members(&[C]);
    CheckFile         "exhibit.check"       reads           => members(&[C]);
    ListExhibits      "exhibit.list"        reads           => members(&[I, L, C]).at_rest_too();
    // It compares two files, and a custodian chooses files: it would be a lookup.
    CompareExhibits   "exhibit.difference"  reads           => members(&[I, L]).at_rest_too();
    ListDuplicates    "exhibit.duplicates"  reads           => members(&[I, L, C]).at_rest_too();
    RequestWithdrawal "withdrawal.request"  writes asks     => members(&[L, C]);
    ListWithdrawals   "withdrawal.list"     reads           => members(&[L, C]).at_rest_too();
    ReadWithdrawal    "withdrawal.read"     reads           => members(&[L, C]).at_rest_too();
    DecideWithdrawal  "withdrawal.decide"   writes decides  => members(&[L, C]);
    RequestQuarantine "quarantine.request"  writes asks     => members(&[L]);
    ListQuarantines   "quarantine.list"     reads           => members(&[L, C]).at_rest_too();
    ReadQuarantine    "quarantine.read"     reads           => members(&[L, C]).at_rest_too();
    DecideQuarantine  "quarantine.decide"   writes decides  => members(&[L, C]);
    OpenQuarantine    "quarantine.open"     writes          => members(&[L]);
    // `decide` checks whose admission it is.
    ReadAdmission     "admission.read"      reads           => members(&[L, C]).at_rest_too();
    CancelAdmission   "admission.cancel"    reads           => members(&[L, C]).at_rest_too();
    LookUp            "record.lookup"       reads           => members(&[I, L, N]);
    SearchRecords     "record.search"       reads           => members(&[I, L]);
    Scope             "record.scope"        reads           => members(&[I, L, N]);
    // `decide` checks that a member may read a request of this kind.
    ListRequestLeaves "request.leaves"      reads           => members(&[I, L, C, N]).at_rest_too().or_home(&[Auditor]);
    RequestReveal     "reveal.request"      writes asks     => members(&[I, L]);
    ListReveals       "reveal.list"         reads           => members(&[I, L]).at_rest_too();
    ReadReveal        "reveal.read"         reads           => members(&[I, L]).at_rest_too();
    DecideReveal      "reveal.decide"       writes decides  => members(&[L]);
    OpenReveal        "reveal.open"         writes reveals  => members(&[I, L]);
    RequestRaise      "budget.request"      writes asks     => members(&[I, L, C, N]);
    ListRaises        "budget.list"         reads           => members(&[I, L, C, N]).at_rest_too();
    ReadRaise         "budget.read"         reads           => members(&[I, L, C, N]).at_rest_too();
    DecideRaise       "budget.decide"       writes decides  => members(&[L]);
    ThawLookups       "budget.thaw"         writes          => members(&[L]);
    RequestExport     "export.request"      writes asks     => members(&[I, L, N]);
    ListExports       "export.list"         reads           => members(&[I, L, C, N]).at_rest_too();
    ReadExport        "export.read"         reads           => members(&[I, L, C, N]).at_rest_too();
    DecideExport      "export.decide"       writes decides  => members(&[L, C]);
    // Of whatever leaves: an export, or the list of a quarantine. A liaison reaches no request but its own.
    BuildPackage      "export.build"        reads reveals   => members(&[C, N]);
    TakePackage       "export.package"      writes          => members(&[C, N]);
    // `decide` checks that it is the asker or a custodian.
    CancelBuild       "export.cancel"       reads           => members(&[I, L, C, N]).at_rest_too();
    ReadSigner        "export.signer"       reads           => home(EVERYBODY);
    AcknowledgeExport "export.acknowledge"  writes          => members(&[C, N]).at_rest_too();
    SearchLeaves      "audit.search"        reads           => home(&[Auditor]);
    CountLeaves       "audit.volume"        reads           => home(&[Auditor]);
    ReadLeaf          "audit.read"          reads           => home(&[Auditor]);
    // Operators may get the receipts of their own acts; `decide` checks that.
    ProveLeaf         "audit.prove"         reads           => home(EVERYBODY);
    ReadCheckpoint    "audit.checkpoint"    reads           => home(EVERYBODY);
    ReadVkey          "audit.vkey"          reads           => home(EVERYBODY);
    SignOff           "audit.sign-off"      writes          => home(&[Auditor]);
    ReadClock         "clock.read"          reads           => home(&[Administrator, Lead, Auditor]);
    AcceptTime        "clock.accept"        writes          => home(&[Administrator, Lead]);
    ReadHealth        "health.read"         reads           => home(&[Administrator, Lead, Auditor]);
    ReadKeys          "key.read"            reads           => home(EVERYBODY);
    KeyStatus         "key.status"          reads           => home(&[Administrator]);
    RotateKek         "key.rotate"          writes          => home(&[Administrator]);
    // A new key of a case opens nothing to anybody, so one administrator starts it, whatever state the case is in.
    RotateCaseKey     "key.rotate-case"     writes          => members(&[]).at_rest_too().or_home(&[Administrator]);
    ResealCase        "key.reseal"          writes          => SYSTEM;
    RetireCaseKey     "key.retire"          writes          => SYSTEM;
    // Two administrators; `scope/slot_changes.rs` checks that they are two.
    ListSlots         "slot.list"           reads           => home(&[Administrator]);
    RequestSlotChange "slot.request"        writes asks     => home(&[Administrator]);
    DecideSlotChange  "slot.decide"         writes          => home(&[Administrator]);
    CarryOutSlotChange "slot.carry-out"      writes          => home(&[Administrator]);
    JoinNode          "node.join"           writes          => home(&[Administrator]);
    ListNodes         "node.list"           reads           => home(&[Administrator, Auditor]);
    StrikeOffNode     "node.strike-off"     writes          => home(&[Administrator]);
    InitVault         "vault.init"          writes          => SYSTEM;
    StartVault        "vault.start"         writes          => SYSTEM;
    UnsealVault       "vault.unseal"        writes          => SYSTEM;
    StopVault         "vault.stop"          writes          => SYSTEM;
    SumStrangers      "vault.strangers"     writes          => SYSTEM;
    NoteClock         "clock.note"          writes          => SYSTEM;
    NoteBackup        "vault.backup"        writes          => SYSTEM;
    RestoreVault      "vault.restore"       writes          => SYSTEM;
    AcceptRestore     "vault.accept-restore" writes          => home(&[Administrator]);
    MoveTables        "vault.move"          writes          => SYSTEM;
}

impl ActionKind {
    /// Whether it needs nothing of what is sealed in a case's exhibits, so that a case whose exhibits are damaged can
    /// still be led: who is in it, and that nothing more is done in it.
    pub fn needs_no_records(self) -> bool {
        matches!(
            self,
            Self::CloseCase
                | Self::HoldCase
                | Self::ListMoves
                | Self::ReadMove
                | Self::DecideMove
                | Self::SetRetention
                | Self::ReadCertificate
                | Self::StopDestruction
                | Self::NameMember
                | Self::ListMembers
                | Self::RecogniseMember
                | Self::RecoverCase
                | Self::SuspendMember
                | Self::LiftSuspension
                | Self::RemoveMember
                | Self::ListMemberships
                | Self::ReadMembership
                | Self::DecideMembership
                | Self::AbandonExhibit
        )
    }
}

impl ActionKind {
    /// Whether it decides what leads alone ask for and what others lose by: a case that is closed or destroyed, a hold
    /// that is lifted. Then nobody asks under one name and decides under another, whichever of the two asks.
    pub fn ends_for_others(self) -> bool {
        matches!(self, Self::DecideMove | Self::DecideDestruction)
    }
}

impl ActionKind {
    /// Whether numbers or a package leave the vault with it, so that the nodes of a vault compare their logs before.
    pub fn gives_out(self) -> bool {
        matches!(
            self,
            Self::OpenReveal | Self::OpenQuarantine | Self::BuildPackage | Self::TakePackage
        )
    }
}

impl ActionKind {
    /// Whether somebody who has a passkey signs this act with it, each time: what gives numbers or packages out, what
    /// decides about somebody else's request, what changes people, what they sign in with, or keys, what ends a case or
    /// takes back what protects it, and the vault's time. A hold only protects, so it waits for nothing.
    pub fn needs_assertion(self) -> bool {
        self.decides()
            || matches!(
                self,
                Self::OpenReveal
                    | Self::OpenQuarantine
                    | Self::BuildPackage
                    | Self::TakePackage
                    | Self::ReopenCase
                    | Self::CloseCase
                    | Self::SetRetention
                    | Self::StopDestruction
                    | Self::CarryOutDestruction
                    | Self::CarryOutErasure
                    | Self::DecideSlotChange
                    | Self::CarryOutSlotChange
                    | Self::RotateKek
                    | Self::RotateCaseKey
                    | Self::AddOperator
                    | Self::RevokeOperator
                    | Self::ResetFactor
                    | Self::StopRecovery
                    | Self::NameMember
                    | Self::RecogniseMember
                    | Self::SuspendMember
                    | Self::LiftSuspension
                    | Self::RemoveMember
                    | Self::ThawLookups
                    | Self::ChangePassword
                    | Self::MakeToken
                    | Self::AddMachine
                    | Self::EnrolPasskey
                    | Self::RemovePasskey
                    | Self::AcceptTime
            )
    }

    /// Whether the token of a script, or a machine, may be good for it: what reads, and needs no second person. Nothing
    /// that decides, opens, hands out or changes anything, and nothing about people or keys.
    pub fn is_for_scripts(self) -> bool {
        matches!(
            self,
            Self::ListCases
                | Self::ReadCase
                | Self::ListExhibits
                | Self::CompareExhibits
                | Self::ListDuplicates
                | Self::ReadAdmission
                | Self::LookUp
                | Self::SearchRecords
                | Self::Scope
                | Self::SearchLeaves
                | Self::CountLeaves
                | Self::ReadLeaf
                | Self::ProveLeaf
                | Self::ReadCheckpoint
                | Self::ReadVkey
                | Self::ReadSigner
                | Self::ReadClock
                | Self::ReadHealth
        )
    }

    /// The action of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|one| one.name() == name)
    }

    /// Under which name it is signed: a package is built for whoever takes it, and signed for once.
    pub fn asserted_as(self) -> Self {
        match self {
            Self::BuildPackage => Self::TakePackage,
            other => other,
        }
    }
}

impl fmt::Display for ActionKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_reads_is_signed_but_the_build_of_a_package_whose_taking_is() {
        let reads = |action: &&ActionKind| action.class() == Class::Reading;
        let signed = ActionKind::ALL
            .iter()
            .filter(|action| action.needs_assertion());
        let signed: Vec<_> = signed.filter(reads).collect();
        // A reading act uses no nonce up and keeps no assertion; the taking, which writes, does it for the build.
        assert_eq!(signed, [&ActionKind::BuildPackage]);
        let taking = ActionKind::BuildPackage.asserted_as();
        assert_eq!(taking, ActionKind::TakePackage);
        assert!(taking.needs_assertion() && taking.class() == Class::Writing);
    }
}
