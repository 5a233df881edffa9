//! A leaf before it has its place in the log.

use serde_json::Value;
use zeroize::Zeroizing;

use crate::domain::{CaseId, OperatorId, Purpose};
use crate::policy::{ActionKind, Class};
use crate::vault::audit::{Decision, SALT_BYTES};
use crate::vault::budget::alarm::Alarm;
use crate::vault::call::caller::Caller;

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ActOutcome {
    Done,
    Denied(&'static str),
    Failed(&'static str),
}

impl ActOutcome {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Denied(_) => "denied",
            Self::Failed(_) => "failed",
        }
    }

    pub(crate) fn kind(self) -> Option<&'static str> {
        match self {
            Self::Done => None,
            Self::Denied(kind) | Self::Failed(kind) => Some(kind),
        }
    }
}

/// What the leaf of a decision says: yes or no, to whom, and to what.
#[derive(Debug, Clone)]
pub(crate) struct StatedDecision {
    pub(crate) decision: Decision,
    pub(crate) asker: OperatorId,
    /// The digest of what was decided.
    pub(crate) decided: String,
}

/// What the leaf will say, all but its position.
pub(crate) struct Draft {
    pub(crate) action: ActionKind,
    pub(crate) caller: Caller,
    /// The caller's role in the case, or by profession.
    pub(crate) role: Option<&'static str>,
    pub(crate) case: Option<CaseId>,
    pub(crate) object: Option<String>,
    pub(crate) purpose: Option<Purpose>,
    pub(crate) outcome: ActOutcome,
    pub(crate) rows: Option<u64>,
    /// A token or a keyed digest of who was touched; never a number.
    pub(crate) subjects: Option<String>,
    pub(crate) digest: Option<String>,
    /// The digest of the assertion by the caller's passkey.
    pub(crate) assertion: Option<String>,
    pub(crate) generation: Option<u64>,
    /// Whether the vault has new signing keys from this leaf on, if the act was done.
    pub(crate) succeeds: bool,
    pub(crate) alarm: Option<&'static str>,
    /// What was decided; nothing unless it was done.
    pub(crate) verdict: Option<StatedDecision>,
    /// Sealed beside the leaf; the leaf holds a salted commitment to it. Without one
    /// there is no leaf.
    pub(crate) detail: Option<Detail>,
}

impl Draft {
    /// Whether the answer must not go out before the high-water mark has this leaf: the act ended or gave rights or
    /// gave something out, or a refusal froze somebody's lookups.
    pub(super) fn is_marked_at_once(&self) -> bool {
        match self.outcome {
            ActOutcome::Done => is_marked(self.action) || self.alarm == Some(FREEZES),
            ActOutcome::Denied(_) | ActOutcome::Failed(_) => {
                self.alarm == Some(FREEZES) || self.generation.is_some()
            }
        }
    }
}

/// The alarm of a refusal that freezes somebody's lookups.
const FREEZES: &str = Alarm::RepeatedRefusals.as_str();

/// Whether the high-water mark has to have the leaf of this act before anybody gets the answer, so that nobody undoes
/// the act unseen by putting the database back. The others are above the mark for a minute or a hundred points at most.
fn is_marked(action: ActionKind) -> bool {
    use ActionKind as Kind;
    match action {
        // It reads, and gives something out.
        Kind::BuildPackage => true,
        // An admission that is not finished counts for nothing.
        Kind::BeginExhibit | Kind::AbandonExhibit => false,
        // What was sealed again is the same, under a key that the keyring has.
        Kind::ResealCase => false,
        // The vault's own notes; its stop writes the mark when all is written.
        Kind::StopVault | Kind::SumStrangers | Kind::NoteClock | Kind::NoteBackup => false,
        // Whatever else changes something, but for requests: they give nothing until somebody decides. Questions that
        // are charged are marked by their points.
        _ => action.class() == Class::Writing && !action.asks(),
    }
}

/// A detail as canonical JSON (RFC 8785): what is committed to and what is sealed.
/// Whoever runs an act beside others makes it there and not on the ledger's thread.
pub(crate) struct Detail(Zeroizing<Vec<u8>>);

impl Detail {
    pub(crate) fn of(detail: &Value) -> Option<Self> {
        let json = serde_json_canonicalizer::to_vec(detail).ok()?;
        Some(Self(Zeroizing::new(json)))
    }

    pub(super) fn json(&self) -> &[u8] {
        &self.0
    }

    /// What is kept, sealed: the detail, and the salt of the commitment to it.
    pub(super) fn with_salt(&self, salt: &[u8; SALT_BYTES]) -> Zeroizing<Vec<u8>> {
        let mut kept = Zeroizing::new(Vec::with_capacity(self.0.len() + 4 * SALT_BYTES + 24));
        kept.extend_from_slice(b"{\"detail\":");
        kept.extend_from_slice(&self.0);
        kept.extend_from_slice(b",\"salt\":[");
        for (place, byte) in salt.iter().enumerate() {
            if place > 0 {
                kept.push(b',');
            }
            let (hundreds, tens) = (byte / 100, byte / 10 % 10);
            if hundreds > 0 {
                kept.push(b'0' + hundreds);
            }
            if hundreds > 0 || tens > 0 {
                kept.push(b'0' + tens);
            }
            kept.push(b'0' + byte % 10);
        }
        kept.extend_from_slice(b"]}");
        kept
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_sealed_is_the_detail_and_its_salt() {
        let detail = json!({ "reason": "a caller \u{e9} \"asks\"", "asked": { "numbers": 2 } });
        let mut salt = [0; SALT_BYTES];
        for (place, byte) in (0..).zip(&mut salt) {
            *byte = place * 8 + 5;
        }
        let kept = Detail::of(&detail).unwrap().with_salt(&salt);
        let expected = serde_json::to_vec(&json!({ "salt": salt.to_vec(), "detail": detail }));
        let read = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).unwrap();
        assert_eq!(read(&kept), read(&expected.unwrap()));
    }

    fn draft(action: ActionKind, outcome: ActOutcome, alarm: Option<Alarm>) -> Draft {
        Draft {
            action,
            caller: Caller::stranger(),
            role: None,
            case: None,
            object: None,
            purpose: None,
            outcome,
            rows: None,
            subjects: None,
            digest: None,
            assertion: None,
            generation: None,
            succeeds: false,
            alarm: alarm.map(Alarm::as_str),
            verdict: None,
            detail: None,
        }
    }

    #[test]
    fn what_ends_or_gives_rights_and_what_freezes_is_marked_at_once_and_a_lookup_is_not() {
        let ends = [
            ActionKind::RevokeOperator,
            ActionKind::RecogniseMember,
            ActionKind::SuspendMember,
            ActionKind::LiftSuspension,
            ActionKind::RemoveMember,
            ActionKind::ChangePassword,
            ActionKind::SignOut,
            ActionKind::MakeToken,
            ActionKind::RevokeToken,
            ActionKind::AddMachine,
            ActionKind::EndMachine,
            ActionKind::ResetFactor,
            ActionKind::HoldCase,
            ActionKind::NameMember,
            ActionKind::ThawLookups,
            ActionKind::AcceptTime,
            ActionKind::RotateKek,
            ActionKind::DecideSlotChange,
            ActionKind::CarryOutSlotChange,
        ];
        /// What changes something, and is above the mark for a minute or a hundred points at most.
        const NOT: [ActionKind; 7] = [
            ActionKind::BeginExhibit,
            ActionKind::AbandonExhibit,
            ActionKind::ResealCase,
            ActionKind::StopVault,
            ActionKind::SumStrangers,
            ActionKind::NoteClock,
            ActionKind::NoteBackup,
        ];
        for action in ActionKind::ALL {
            let done = draft(*action, ActOutcome::Done, None).is_marked_at_once();
            let wanted = ends.contains(action) || action.decides();
            assert!(done || !wanted, "{action}");
            let marked =
                action.class() == Class::Writing && !action.asks() && !NOT.contains(action);
            assert_eq!(
                done,
                marked || *action == ActionKind::BuildPackage,
                "{action}"
            );
            let refused = draft(*action, ActOutcome::Denied("not-allowed"), None);
            assert!(!refused.is_marked_at_once(), "{action}");
        }
        let lookup = |outcome, alarm| draft(ActionKind::LookUp, outcome, alarm).is_marked_at_once();
        assert!(!lookup(ActOutcome::Done, None));
        let denied = ActOutcome::Denied("lookups-frozen");
        assert!(!lookup(denied, Some(Alarm::OffHours)));
        assert!(lookup(denied, Some(Alarm::RepeatedRefusals)));
    }
}
