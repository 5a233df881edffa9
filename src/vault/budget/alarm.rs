//! The alarms. Questions, refusals and sign-ins that fail raise them, answers never do. The leaf names the alarm. Only
//! the alarm for repeated refusals has a consequence for the caller.

/// A closed list, the gravest last: a leaf has room for one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::vault) enum Alarm {
    /// The first lookup of an operator in a case.
    FirstUse,
    /// Outside the usual hours.
    OffHours,
    /// Many numbers that differ in their last four digits only.
    SampledRange,
    /// Number after number.
    ConsecutiveNumbers,
    /// All operators together have spent what a case allows in 30 days.
    CaseBudget,
    /// Ten calls within an hour could not be paid: the operator's lookups are frozen.
    RepeatedRefusals,
    /// Somebody gave the right password of an operator who has a passkey, and not what the passkey signs.
    PasswordKnown,
    /// The fingerprint that a lead typed is not that of the account: it may be somebody else's.
    WrongFingerprint,
    /// Somebody who has the right password of an operator tries codes of the second factor.
    WrongCodes,
    /// Somebody recovers an account whose passkeys are said to be lost.
    RecoveryBegun,
    /// The counter of a passkey did not rise: somebody has a copy of it.
    PasskeyCopied,
    /// The holders of two slots of the keyring named a lead of a case that had none who could act.
    CaseRecovered,
    /// The machine's clock jumped, or has been in doubt since the start.
    ClockJumped,
}

impl Alarm {
    /// The word in leaves.
    pub(in crate::vault) const fn as_str(self) -> &'static str {
        match self {
            Self::FirstUse => "first-use",
            Self::OffHours => "off-hours",
            Self::SampledRange => "sampled-range",
            Self::ConsecutiveNumbers => "consecutive-numbers",
            Self::CaseBudget => "case-budget",
            Self::RepeatedRefusals => "repeated-refusals",
            Self::PasswordKnown => "password-known",
            Self::WrongFingerprint => "wrong-fingerprint",
            Self::WrongCodes => "wrong-codes",
            Self::RecoveryBegun => "recovery-begun",
            Self::PasskeyCopied => "passkey-copied",
            Self::CaseRecovered => "case-recovered",
            Self::ClockJumped => "clock-jumped",
        }
    }
}
