//! Raises, as their pages show them.

use super::kind::{Called, Kind};
use crate::console::count::counted;
use crate::console::visit::Visit;
use crate::vault::scope::requests::{AskedView, Raise, RaiseView};

impl Kind for Raise {
    const CALLED: Called = Called {
        one: "More lookup points",
        several: "More lookup points",
        asked_for: "more lookup points",
    };
    const ASKS: &'static str = "Asks for more lookup points.";
    const HAS_FORM: bool = true;
    const DOES: &'static str = "the asker has this many more lookup points until then";

    fn id(view: &RaiseView) -> String {
        view.raise.to_string()
    }

    fn asked(view: &RaiseView) -> &AskedView {
        &view.asked
    }

    fn facts(view: &RaiseView, visit: &Visit) -> Vec<(&'static str, String)> {
        vec![
            ("Lookup points more", counted(&view.points)),
            ("Until", visit.time(&view.until).to_string()),
        ]
    }
}
