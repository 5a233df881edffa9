//! Raises, as their pages show them.

use super::kind::Kind;
use crate::operations::raise::RaiseList;
use crate::vault::scope::requests::{AskedView, Raise, RaiseView};

impl Kind for Raise {
    const PLURAL: &'static str = "raises";
    const CALLED: &'static str = "raise";
    const DOES: &'static str = "The asker has this many more lookup points until then.";

    fn listing(listed: RaiseList) -> (Vec<RaiseView>, Option<String>) {
        (listed.raises, listed.next)
    }

    fn id(view: &RaiseView) -> String {
        view.raise.to_string()
    }

    fn asked(view: &RaiseView) -> &AskedView {
        &view.asked
    }

    fn facts(view: &RaiseView) -> Vec<(&'static str, String)> {
        vec![
            ("Lookup points more", view.points.to_string()),
            ("Until", view.until.to_string()),
        ]
    }
}
