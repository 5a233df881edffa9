//! Destructions, as their pages show them.

use super::kind::{Called, Kind, Steps, address};
use crate::console::count::counted;
use crate::console::visit::Visit;
use crate::policy::ActionKind;
use crate::vault::scope::requests::{AskedView, Destruction, DestructionView, ShownState};

impl Kind for Destruction {
    const CALLED: Called = Called {
        one: "Destruction of the case",
        several: "Destructions of the case",
        asked_for: "the destruction of the case",
    };
    const ASKS: &'static str = "Asks to destroy the case: its keys and its rows.";
    const HAS_FORM: bool = true;
    const DOES: &'static str = "a delay begins, in which any lead or custodian of the case can stop it. After it somebody carries it out: \
        the keys of the case leave the keyring, its rows are deleted, and nothing brings them back";

    fn id(view: &DestructionView) -> String {
        view.destruction.to_string()
    }

    fn asked(view: &DestructionView) -> &AskedView {
        &view.asked
    }

    fn facts(view: &DestructionView, visit: &Visit) -> Vec<(&'static str, String)> {
        let mut facts = vec![
            ("Exhibits that end with it", view.exhibits.len().to_string()),
            ("Delay after a yes", hours(view.delay_s)),
        ];
        if let Some(until) = &view.keep_until {
            facts.push((
                "The case is to be kept until",
                visit.time(until).to_string(),
            ));
        }
        if let Some(from) = &view.not_before {
            facts.push(("Can be carried out from", visit.time(from).to_string()));
        }
        for exhibit in &view.exhibits {
            let (messages, numbers) = (counted(&exhibit.messages), counted(&exhibit.numbers));
            let words = format!(
                "{messages} messages, {numbers} numbers: {}",
                exhibit.exhibit
            );
            facts.push(("Exhibit", words));
        }
        facts
    }

    fn steps(view: &DestructionView, visit: &Visit) -> Option<Steps> {
        let approved = matches!(view.asked.state, ShownState::Approved);
        let at = address::<Self>(&Self::id(view));
        approved.then(|| Steps {
            said: match view.due {
                true => "The delay is over. Any lead or custodian of the case can carry it out or stop it.",
                false => "The delay runs. Any lead or custodian of the case can stop it.",
            },
            first: (view.due && visit.may(ActionKind::CarryOutDestruction))
                .then(|| (format!("{at}/carrying-out"), "Destroy the case")),
            other: visit
                .may(ActionKind::StopDestruction)
                .then(|| (format!("{at}/stop"), "Stop the destruction")),
        })
    }
}

fn hours(seconds: i64) -> String {
    match seconds {
        0..120 => format!("{seconds} seconds"),
        120..7200 => format!("{} minutes", seconds / 60),
        _ => format!("{} hours", seconds / 3600),
    }
}
