//! The closed list of actions.
//!
//! The traits are sealed here. No other module can add an action, and no other module can mark an
//! action as writing, revealing or deciding. The `reveals` lines of this file are therefore the complete list
//! of what can put a number into the clear.

use std::fmt;

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
    ($($kind:ident $name:literal $class:ident $($right:ident)?;)*) => {
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

list! {
    SignIn            "session.open"        writes;
    SignOut           "session.close"       writes;
    ReadSelf          "session.read"        reads;
    ListSessions      "session.list"        reads;
    EndSession        "session.end"         writes;
    ChangePassword    "session.password"    writes;
    ListPasskeys      "passkey.list"        reads;
    BeginPasskey      "passkey.begin"       reads;
    EnrolPasskey      "passkey.enrol"       writes;
    RemovePasskey     "passkey.remove"      writes;
    AskChallenge      "passkey.challenge"   reads;
    MakeToken         "token.make"          writes;
    ListTokens        "token.list"          reads;
    RevokeToken       "token.revoke"        writes;
    AddMachine        "machine.add"         writes;
    ListMachines      "machine.list"        reads;
    EndMachine        "machine.end"         writes;
    ListInbox         "inbox.list"          reads;
    Enrol             "operator.enrol"      writes;
    SetSecondFactor   "operator.second-factor" writes;
    ResetFactor       "operator.reset-factor" writes;
    Recover           "session.recover"     writes;
    StopRecovery      "operator.stop-recovery" writes;
    AddOperator       "operator.add"        writes;
    ListOperators     "operator.list"       reads;
    RevokeOperator    "operator.revoke"     writes;
    RegroupOperator   "operator.regroup"    writes;
    OpenCase          "case.open"           writes;
    ListCases         "case.list"           reads;
    ReadCase          "case.read"           reads;
    ReadOverview      "case.overview"       reads;
    CloseCase         "case.close"          writes;
    HoldCase          "case.hold"           writes;
    ReopenCase        "case.reopen"         writes;
    SetRetention      "case.retention"      writes;
    ReadCertificate   "case.certificate"    reads;
    RequestDestruction "destruction.request" writes asks;
    ListDestructions  "destruction.list"    reads;
    ReadDestruction   "destruction.read"    reads;
    DecideDestruction "destruction.decide"  writes decides;
    StopDestruction   "destruction.stop"    writes;
    CarryOutDestruction "destruction.carry-out" writes;
    CertifyDestruction "destruction.certify" writes;
    RequestErasure    "erasure.request"     writes asks;
    ListErasures      "erasure.list"        reads;
    ReadErasure       "erasure.read"        reads;
    DecideErasure     "erasure.decide"      writes decides;
    CarryOutErasure   "erasure.carry-out"   writes;
    OverwriteErased   "erasure.overwrite"   writes;
    FinishErasure     "erasure.finish"      writes;
    ReapplyErasures   "erasure.reapply"     writes;
    NameMember        "member.name"         writes;
    ListMembers       "member.list"         reads;
    RecogniseMember   "member.recognise"    writes;
    RecoverCase       "case.recover"        writes;
    SuspendMember     "member.suspend"      writes;
    LiftSuspension    "member.lift"         writes;
    RemoveMember      "member.remove"       writes;
    ListMemberships   "membership.list"     reads;
    ReadMembership    "membership.read"     reads;
    DecideMembership  "membership.decide"   writes decides;
    BeginExhibit      "exhibit.begin"       writes;
    FinishExhibit     "exhibit.finish"      writes;
    AbandonExhibit    "exhibit.abandon"     writes;
    CheckFile         "exhibit.check"       reads;
    ListExhibits      "exhibit.list"        reads;
    CompareExhibits   "exhibit.difference"  reads;
    ListDuplicates    "exhibit.duplicates"  reads;
    RequestWithdrawal "withdrawal.request"  writes asks;
    ListWithdrawals   "withdrawal.list"     reads;
    ReadWithdrawal    "withdrawal.read"     reads;
    DecideWithdrawal  "withdrawal.decide"   writes decides;
    RequestQuarantine "quarantine.request"  writes asks;
    ListQuarantines   "quarantine.list"     reads;
    ReadQuarantine    "quarantine.read"     reads;
    DecideQuarantine  "quarantine.decide"   writes decides;
    OpenQuarantine    "quarantine.open"     writes;
    ReadAdmission     "admission.read"      reads;
    CancelAdmission   "admission.cancel"    reads;
    LookUp            "record.lookup"       reads;
    SearchRecords     "record.search"       reads;
    Scope             "record.scope"        reads;
    ListRequestLeaves "request.leaves"      reads;
    RequestReveal     "reveal.request"      writes asks;
    ListReveals       "reveal.list"         reads;
    ReadReveal        "reveal.read"         reads;
    DecideReveal      "reveal.decide"       writes decides;
    OpenReveal        "reveal.open"         writes reveals;
    RequestRaise      "budget.request"      writes asks;
    ListRaises        "budget.list"         reads;
    ReadRaise         "budget.read"         reads;
    DecideRaise       "budget.decide"       writes decides;
    ThawLookups       "budget.thaw"         writes;
    RequestExport     "export.request"      writes asks;
    ListExports       "export.list"         reads;
    ReadExport        "export.read"         reads;
    DecideExport      "export.decide"       writes decides;
    BuildPackage      "export.build"        reads reveals;
    TakePackage       "export.package"      writes;
    CancelBuild       "export.cancel"       reads;
    ReadSigner        "export.signer"       reads;
    AcknowledgeExport "export.acknowledge"  writes;
    SearchLeaves      "audit.search"        reads;
    CountLeaves       "audit.volume"        reads;
    ReadLeaf          "audit.read"          reads;
    ProveLeaf         "audit.prove"         reads;
    ReadCheckpoint    "audit.checkpoint"    reads;
    ReadVkey          "audit.vkey"          reads;
    SignOff           "audit.sign-off"      writes;
    ReadClock         "clock.read"          reads;
    AcceptTime        "clock.accept"        writes;
    ReadHealth        "health.read"         reads;
    ReadKeys          "key.read"            reads;
    KeyStatus         "key.status"          reads;
    RotateKek         "key.rotate"          writes;
    RotateCaseKey     "key.rotate-case"     writes;
    ResealCase        "key.reseal"          writes;
    RetireCaseKey     "key.retire"          writes;
    ListSlots         "slot.list"           reads;
    RequestSlotChange "slot.request"        writes asks;
    DecideSlotChange  "slot.decide"         writes;
    CarryOutSlotChange "slot.carry-out"     writes;
    InitVault         "vault.init"          writes;
    StartVault        "vault.start"         writes;
    UnsealVault       "vault.unseal"        writes;
    StopVault         "vault.stop"          writes;
    SumStrangers      "vault.strangers"     writes;
    NoteClock         "clock.note"          writes;
    NoteBackup        "vault.backup"        writes;
    RestoreVault      "vault.restore"       writes;
    AcceptRestore     "vault.accept-restore" writes;
    MoveTables        "vault.move"          writes;
}

impl ActionKind {
    /// Whether it needs nothing of what is sealed in a case's exhibits, so that a case whose exhibits are damaged can
    /// still be led: who is in it, and that nothing more is done in it.
    pub fn needs_no_records(self) -> bool {
        matches!(
            self,
            Self::CloseCase
                | Self::HoldCase
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
