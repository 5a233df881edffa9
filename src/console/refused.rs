//! A refusal as a page: what happened, what to do, and who can.

use askama::Template;

use super::visit::Visit;
use crate::policy::{ActionKind, who_may};

/// Why there is no answer. It holds rules and places, never what was typed.
#[derive(Debug, Clone, Default)]
pub struct Refused {
    /// The kind, as in `docs/errors.md`.
    pub kind: &'static str,
    /// What happened.
    pub title: &'static str,
    /// The status of the response.
    pub status: u16,
    /// The field that is wrong.
    pub at: Option<String>,
    /// The rule that the field broke.
    pub rule: Option<String>,
    /// The state that is in the way, and what to do.
    pub detail: Option<&'static str>,
    /// The leaf that records the refusal.
    pub leaf: Option<u64>,
    /// In how many seconds it is worth another try.
    pub retry_after: Option<u32>,
    /// Accounts that a name may have been meant for.
    pub near_misses: Vec<String>,
    /// Who may do this, by role.
    pub who_can: Vec<&'static str>,
}

/// The page of a refusal.
#[derive(Template)]
#[template(path = "refused.html")]
pub struct RefusedPage<'a> {
    /// The request.
    pub visit: &'a Visit,
    /// Why it is refused.
    pub refused: &'a Refused,
}

impl Refused {
    /// Whether it is about this field of a form, or about a value in it.
    pub fn is_at(&self, field: &str) -> bool {
        let Some(at) = self.at.as_deref() else {
            return false;
        };
        let name = at.rsplit('.').next().unwrap_or(at);
        let name = name.split('[').next().unwrap_or(name);
        name == field
    }

    /// What a person does about it.
    pub fn advice(&self) -> &'static str {
        match self.kind {
            "not-allowed" => "Ask somebody who may do it.",
            "not-found" => {
                "Check the address. If it is right, ask a lead of the case to name you as a member."
            }
            "not-recognised" => {
                "Call a lead of the case and read your fingerprint out: it is on your first page."
            }
            "wrong-fingerprint" => {
                "Let its owner read it out again. If it stays wrong, somebody else has the account: tell the other leads."
            }
            "beyond-token" => {
                "Make another token or add another machine for it, or do it in a session."
            }
            "own-request" => "Somebody else has to decide it.",
            "case-closed" => "Ask a lead to reopen the case.",
            "case-destroyed" => "Read its certificate; nothing else is left of it.",
            "delay-runs" => "Wait until the delay is over; until then it can be stopped.",
            "nothing-admitted" => "Ask the custodian of the case to admit the log.",
            "identity-refused" => {
                "Begin again on the page to sign in. If it stays, ask whoever keeps the groups of your organisation."
            }
            "provider-unreachable" => "Try again in a moment; if it stays, tell an administrator.",
            "node-silent" => {
                "Try again in a minute; if it stays, tell an administrator. Nothing was given out."
            }
            "second-factor-needed" => "Set up a second factor, then sign in with its code.",
            "passkey-needed" => "Enrol a passkey; until then nothing else can be done.",
            "assertion-needed" => {
                "Send the form again in a browser with a script, at the address of the vault that has a name."
            }
            "assertion-refused" => "Send the form again, with a passkey of yours.",
            "wrong-credential" => {
                "Check the name, the password and the code. A code works once; wait for the next one. Whoever has a passkey \
                 signs in with it, and not with a code."
            }
            "budget-spent" => {
                "Wait until the budget covers it again, or ask for a higher budget; a lead who did not ask decides."
            }
            "over-budget" => "Ask for less at a time.",
            "lookups-frozen" => "Wait, or ask another lead of the case to thaw your lookups.",
            "cross-site" => "Go back, reload the page and send the form again.",
            "throttled" => "Wait a moment and try again.",
            "invalid" | "malformed-json" | "malformed-query" => {
                "Put right what is named, and send it again."
            }
            "package-elsewhere" => "An administrator takes it from the node that built it.",
            "node-unfit" => {
                "Nothing was shown and nothing was changed. Try again in a moment, or at another node of the vault."
            }
            "unaudited" | "busy" | "stopping" | "given-up" | "unavailable" => {
                "Nothing was shown and nothing was changed. Try again in a moment; if it stays, tell an administrator."
            }
            "damaged" | "disk-full" | "internal" => "Tell an administrator.",
            _ => "What this means and what to do is on the page about errors.",
        }
    }

    /// How long to wait, in words.
    pub fn wait(&self) -> Option<String> {
        let seconds = u64::from(self.retry_after?);
        Some(match seconds {
            0..120 => format!("{seconds} seconds"),
            120..7200 => format!("{} minutes", seconds.div_ceil(60)),
            _ => format!("{} hours", seconds.div_ceil(3600)),
        })
    }
}

/// Who can do this in a case, in words, for a reader whose role cannot.
pub(super) fn who_else_can(role: Option<&'static str>, action: ActionKind) -> Option<String> {
    let can = who_may(action);
    let may = role.is_some_and(|role| can.contains(&role));
    (!may).then(|| can.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_done_says_who_can() {
        assert_eq!(who_may(ActionKind::DecideReveal), ["lead"]);
        assert_eq!(who_may(ActionKind::SearchLeaves), ["auditor"]);
        assert_eq!(
            who_may(ActionKind::SuspendMember),
            ["lead", "administrator"]
        );
    }

    #[test]
    fn a_refusal_is_at_its_field_and_at_no_other() {
        let at = |at: &str| Refused {
            at: Some(at.to_owned()),
            ..Refused::default()
        };
        assert!(at("reason").is_at("reason"));
        assert!(at("filter.country[3]").is_at("country"));
        assert!(at("recipients[0]").is_at("recipients"));
        assert!(!at("reason").is_at("purpose"));
        assert!(!Refused::default().is_at("reason"));
    }

    #[test]
    fn a_wait_is_in_words_and_never_too_short() {
        let wait = |seconds| {
            let refused = Refused {
                retry_after: Some(seconds),
                ..Refused::default()
            };
            refused.wait().unwrap()
        };
        assert_eq!(wait(5), "5 seconds");
        assert_eq!(wait(121), "3 minutes");
        assert_eq!(wait(7201), "3 hours");
    }
}
