//! Erasures, as their pages show them.

use super::kind::{Called, Kind, Steps, address};
use crate::console::visit::Visit;
use crate::policy::ActionKind;
use crate::vault::scope::requests::{AskedView, Erasure, ErasureView, NamedBy, ShownState};

impl Kind for Erasure {
    const CALLED: Called = Called {
        one: "Erasure of a number",
        several: "Erasures of numbers",
        asked_for: "the erasure of a number",
    };
    const ASKS: &'static str = "Asks that the case forgets one person's number.";
    const HAS_FORM: bool = true;
    const DOES: &'static str = "a lead or a custodian carries it out: from then on the number is answered as \
        absent, and the vault overwrites what it stored of it. The records stay, with an anonymous code";

    fn id(view: &ErasureView) -> String {
        view.erasure.to_string()
    }

    fn asked(view: &ErasureView) -> &AskedView {
        &view.asked
    }

    fn facts(view: &ErasureView, _: &Visit) -> Vec<(&'static str, String)> {
        let named = match view.named_by {
            NamedBy::Number => "the number",
            NamedBy::Subject => "the token of a subject",
        };
        let mut facts = vec![("Named by", named.to_owned())];
        if let Some(exposed) = view.exposed {
            let words = match exposed {
                true => "exposed when this was asked",
                false => "not exposed when this was asked",
            };
            facts.push(("Number", words.to_owned()));
        }
        if let Some(subject) = &view.subject {
            facts.push(("Subject", subject.to_string()));
        }
        facts
    }

    fn done(view: &ErasureView, visit: &Visit) -> Option<String> {
        let done = view.carried_out.as_ref()?;
        let overwriting = match done.overwritten {
            true => "overwriting has finished",
            false => "overwriting has not finished yet",
        };
        Some(format!(
            "Carried out by {}, {}; {overwriting}. Copies from before still have the number: back up the erasure lists \
             now, with `breachvault backup --erasures`.",
            done.by,
            visit.time(&done.at)
        ))
    }

    fn steps(view: &ErasureView, visit: &Visit) -> Option<Steps> {
        let approved = matches!(view.asked.state, ShownState::Approved);
        let at = address::<Self>(&Self::id(view));
        approved.then(|| Steps {
            said: "It is approved. A lead or a custodian of the case carries it out.",
            first: visit
                .may(ActionKind::CarryOutErasure)
                .then(|| (format!("{at}/carrying-out"), "Erase the number")),
            other: None,
        })
    }
}
