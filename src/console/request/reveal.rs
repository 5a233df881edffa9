//! Reveals, as their pages show them.

use super::kind::{Called, Kind};
use crate::console::count::counted;
use crate::console::visit::Visit;
use crate::policy::ActionKind;
use crate::vault::scope::requests::{AskedView, Reveal, RevealView, ShownState};

impl Kind for Reveal {
    const CALLED: Called = Called {
        one: "Reveal of numbers",
        several: "Reveals of numbers",
        asked_for: "a reveal of numbers",
    };
    const ASKS: &'static str = "Asks to see the numbers of people in the clear, once.";
    const WHERE: Option<&'static str> =
        Some("Tick people in the records, or in the results of a lookup.");
    const DOES: &'static str = "the asker, and nobody else, sees these numbers once";

    fn id(view: &RevealView) -> String {
        view.reveal.to_string()
    }

    fn asked(view: &RevealView) -> &AskedView {
        &view.asked
    }

    fn facts(view: &RevealView, _: &Visit) -> Vec<(&'static str, String)> {
        let mut facts = vec![("Numbers that would be shown", counted(&view.numbers))];
        if let Some(ticket) = &view.ticket {
            facts.push(("Ticket", ticket.clone()));
        }
        facts
    }

    fn sample(view: &RevealView) -> Vec<(String, String, u64)> {
        let sample = view.sample.iter();
        sample
            .map(|masked| {
                let (subject, mask) =
                    (masked.subject.to_string(), masked.number_masked.to_string());
                (subject, mask, masked.messages)
            })
            .collect()
    }

    fn after(view: &RevealView) -> Option<(String, &'static str, ActionKind)> {
        let open = format!("/console/reveals/{}/open", view.reveal);
        let step = (open, "Show the numbers once", ActionKind::OpenReveal);
        matches!(view.asked.state, ShownState::Approved).then_some(step)
    }
}
