//! Withdrawals, as their pages show them.

use super::kind::{Called, Kind};
use crate::console::count::counted;
use crate::console::visit::Visit;
use crate::vault::scope::requests::{AskedView, Withdrawal, WithdrawalView};

impl Kind for Withdrawal {
    const CALLED: Called = Called {
        one: "Withdrawal of an exhibit",
        several: "Withdrawals of exhibits",
        asked_for: "the withdrawal of an exhibit",
    };
    const ASKS: &'static str = "Asks to take an exhibit out of all answers.";
    const WHERE: Option<&'static str> = Some("The list of exhibits asks for it.");
    const DOES: &'static str = "the exhibit counts no more: its records are in no answer";

    fn id(view: &WithdrawalView) -> String {
        view.withdrawal.to_string()
    }

    fn asked(view: &WithdrawalView) -> &AskedView {
        &view.asked
    }

    fn facts(view: &WithdrawalView, _: &Visit) -> Vec<(&'static str, String)> {
        let mut facts = vec![
            ("Exhibit", view.exhibit.clone()),
            ("Messages that would count no more", counted(&view.messages)),
            ("Distinct numbers in it", counted(&view.numbers)),
        ];
        if let Some(only) = view.numbers_only_here {
            facts.push(("Numbers that are in no other exhibit", counted(&only)));
        }
        for later in view.later_duplicates.iter().flatten() {
            let rows = format!("{} rows in {}", counted(&later.duplicates), later.exhibit);
            facts.push(("Left out elsewhere as its duplicates", rows));
        }
        facts
    }
}
