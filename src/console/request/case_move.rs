//! Moves of a case, as their pages show them.

use super::kind::{Called, Kind};
use crate::console::visit::Visit;
use crate::vault::scope::requests::{AskedView, CaseMove, CaseMoveView};

impl Kind for CaseMove {
    const CALLED: Called = Called {
        one: "Closing of the case, or end of its hold",
        several: "Closings of the case and ends of its hold",
        asked_for: "another state of the case",
    };
    const ASKS: &'static str = "Asks to close the case, or to lift its hold.";
    const WHERE: Option<&'static str> = Some("The page of the case asks for it.");
    const DOES: &'static str = "the case has the other state: it is closed, or its hold is lifted and what the hold was in the way of can be asked \
        for anew";

    fn id(view: &CaseMoveView) -> String {
        view.id.to_string()
    }

    fn asked(view: &CaseMoveView) -> &AskedView {
        &view.asked
    }

    fn facts(view: &CaseMoveView, visit: &Visit) -> Vec<(&'static str, String)> {
        let asked = match view.to.as_str() {
            "closed" => "the case is closed",
            _ => "the hold of the case is lifted",
        };
        let mut facts = vec![
            ("What is asked", asked.to_owned()),
            ("State when it was asked", view.from.clone()),
            ("State after a yes", view.to.clone()),
        ];
        if let Some(hold) = &view.hold {
            let words = format!("{}, {}: {}", hold.by, visit.time(&hold.at), hold.reason);
            facts.push(("Put on hold by", words));
        }
        facts
    }
}
