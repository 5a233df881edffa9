//! Memberships, as their pages show them.

use super::kind::{Called, Kind};
use crate::console::visit::Visit;
use crate::vault::scope::requests::{AskedView, Membership, MembershipView};

impl Kind for Membership {
    const CALLED: Called = Called {
        one: "Role for a member",
        several: "Roles for members",
        asked_for: "a role for a member",
    };
    const ASKS: &'static str = "Asks to name somebody as a member of the case.";
    const WHERE: Option<&'static str> =
        Some("The members' page asks for it where another lead decides.");
    const DOES: &'static str =
        "the operator has the role in the case, as soon as a lead has recognised them";

    fn id(view: &MembershipView) -> String {
        view.membership.to_string()
    }

    fn asked(view: &MembershipView) -> &AskedView {
        &view.asked
    }

    fn facts(view: &MembershipView, _: &Visit) -> Vec<(&'static str, String)> {
        let mut facts = vec![
            ("Operator", view.name.clone()),
            ("Role in the case", view.role.clone()),
        ];
        if let Some(account) = &view.account {
            facts.push(("Account", account.clone()));
        }
        if view.account_not_in_log {
            facts.push(("Account in the log", "no".to_owned()));
        }
        facts
    }
}
