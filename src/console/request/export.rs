//! Exports, as their pages show them.

use serde_json::Value;

use super::ask_export::PROFILES;
use super::kind::{Called, Kind};
use crate::console::count::counted;
use crate::console::visit::{Visit, word};
use crate::vault::scope::requests::{AskedView, Export, ExportView};

impl Kind for Export {
    const CALLED: Called = Called {
        one: "Export",
        several: "Exports",
        asked_for: "an export",
    };
    const ASKS: &'static str = "Asks for a package of data, sealed to whoever it is for.";
    const HAS_FORM: bool = true;
    const DOES: &'static str =
        "a package with this data is sealed to the recipients named here, and to nobody else";

    fn id(view: &ExportView) -> String {
        view.export.to_string()
    }

    fn asked(view: &ExportView) -> &AskedView {
        &view.asked
    }

    fn facts(view: &ExportView, visit: &Visit) -> Vec<(&'static str, String)> {
        let mut facts = vec![("Profile", profile(view.profile.as_str()))];
        if let Some(messages) = view.messages {
            facts.push(("Messages that would leave", counted(&messages)));
        }
        if let Some(numbers) = view.numbers {
            facts.push(("Distinct numbers that would leave", counted(&numbers)));
        }
        if let Some(account) = &view.account {
            facts.push(("Account", account.clone()));
        }
        if let Some(filter) = &view.filter {
            facts.push(("Filter", filter_in_words(filter, |time| visit.at(time))));
        }
        facts.extend(view.recipients.iter().map(|key| ("Recipient", key.clone())));
        facts.push(("Legal basis", view.legal_basis.clone()));
        if let Some(manifest) = &view.tagmanifest_sha256 {
            facts.push(("SHA-256 of the package's tag manifest", manifest.clone()));
        }
        if view.receipt.is_some() {
            facts.push(("Receipt of the receiver", "acknowledged".to_owned()));
        }
        facts
    }

    fn package(view: &ExportView) -> Option<String> {
        let leaves = view.asked.state.hands_out();
        leaves.then(|| format!("/console/exports/{}", view.export))
    }
}

/// What a profile is called.
fn profile(word: &str) -> String {
    let called = PROFILES.iter().find(|(known, _)| *known == word);
    called.map_or(word, |(_, called)| called).to_owned()
}

/// The members of a filter with their values.
fn filter_in_words(filter: &Value, at: impl Fn(&str) -> String) -> String {
    let members = filter.as_object().into_iter().flatten();
    let words = members.map(|(name, value)| match value {
        Value::Array(values) => {
            let values: Vec<_> = values.iter().map(word).collect();
            format!("{name}: {}", values.join(", "))
        }
        other => format!("{name}: {}", at(&word(other))),
    });
    let words: Vec<String> = words.collect();
    match words.is_empty() {
        true => "everything".to_owned(),
        false => words.join("; "),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_filter_reads_as_words() {
        assert_eq!(filter_in_words(&json!({}), str::to_owned), "everything");
        let filter = json!({ "country": ["US", "GB"], "sent_from": "2024-03-01T00:00:00Z" });
        assert_eq!(
            filter_in_words(&filter, str::to_owned),
            "country: US, GB; sent_from: 2024-03-01T00:00:00Z"
        );
    }
}
