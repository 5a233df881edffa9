//! Quarantines, as their pages show them.

use super::kind::Kind;
use crate::console::visit::word;
use crate::operations::quarantine::QuarantineList;
use crate::vault::scope::requests::{AskedView, Quarantine, QuarantineView, ShownState};

impl Kind for Quarantine {
    const PLURAL: &'static str = "quarantines";
    const CALLED: &'static str = "quarantine";
    const DOES: &'static str = "The asker sees the rows in quarantine once, masked.";

    fn views(listed: QuarantineList) -> Vec<QuarantineView> {
        listed.quarantines
    }

    fn id(view: &QuarantineView) -> String {
        view.quarantine.to_string()
    }

    fn asked(view: &QuarantineView) -> &AskedView {
        &view.asked
    }

    fn facts(view: &QuarantineView) -> Vec<(&'static str, String)> {
        vec![
            ("Exhibit", view.exhibit.clone()),
            ("Rows that would be shown, masked", word(&view.rows)),
        ]
    }

    fn after(view: &QuarantineView) -> Option<(String, &'static str)> {
        let open = format!("/console/quarantines/{}/open", view.quarantine);
        matches!(view.asked.state, ShownState::Approved).then_some((open, "Show the rows once"))
    }
}
