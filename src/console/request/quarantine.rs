//! Quarantines, as their pages show them.

use super::kind::{Called, Kind};
use crate::console::count::counted;
use crate::console::visit::Visit;
use crate::policy::ActionKind;
use crate::vault::scope::requests::{
    AskedView, Quarantine, QuarantineForm, QuarantineView, ShownState,
};

impl Kind for Quarantine {
    const CALLED: Called = Called {
        one: "Look at rows in quarantine",
        several: "Looks at rows in quarantine",
        asked_for: "a look at rows in quarantine",
    };
    const ASKS: &'static str = "Asks for rows of an exhibit that could not be admitted.";
    const WHERE: Option<&'static str> = Some("The list of exhibits asks for it.");
    const DOES: &'static str = "the asker sees the rows once, masked; or they leave as a sealed list, if that was asked for";

    fn id(view: &QuarantineView) -> String {
        view.quarantine.to_string()
    }

    fn asked(view: &QuarantineView) -> &AskedView {
        &view.asked
    }

    fn facts(view: &QuarantineView, _: &Visit) -> Vec<(&'static str, String)> {
        let rows = match view.form {
            QuarantineForm::Masked => "Rows that would be shown, masked",
            QuarantineForm::List => "Rows that would leave, with their cells",
        };
        let mut facts = vec![
            ("Exhibit", view.exhibit.clone()),
            (rows, counted(&view.rows)),
        ];
        let Some(list) = &view.list else {
            return facts;
        };
        for one in &list.recipients {
            facts.push(("Recipient", format!("{}, {}", one.name, one.key)));
        }
        facts.push(("Legal basis", list.legal_basis.clone()));
        facts.push(("Columns that leave", list.columns.join(", ")));
        for fault in &list.faults {
            let column = fault.column.as_deref().unwrap_or("the row");
            let rows = format!("{} in {column}: {}", fault.kind, counted(&fault.rows));
            facts.push(("Rows by fault", rows));
        }
        if let Some(manifest) = &list.tagmanifest_sha256 {
            facts.push(("SHA-256 of the package's tag manifest", manifest.clone()));
        }
        if list.receipt.is_some() {
            facts.push(("Receipt of the receiver", "acknowledged".to_owned()));
        }
        facts
    }

    fn after(view: &QuarantineView) -> Option<(String, &'static str, ActionKind)> {
        let open = format!("/console/quarantines/{}/open", view.quarantine);
        let shown =
            view.form == QuarantineForm::Masked && matches!(view.asked.state, ShownState::Approved);
        shown.then_some((open, "Show the rows once", ActionKind::OpenQuarantine))
    }

    fn package(view: &QuarantineView) -> Option<String> {
        let leaves = view.list.is_some() && view.asked.state.hands_out();
        leaves.then(|| format!("/console/quarantines/{}", view.quarantine))
    }
}
