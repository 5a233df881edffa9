//! The filter of records and of tables: in the address, each value of it a chip that can be taken away.

use crate::console::form::Field;
use crate::console::visit::Visit;

/// The members of a filter.
pub(super) const FILTER: &[Field] = &[
    Field::Optional("sent_from"),
    Field::Optional("sent_to"),
    Field::Each("country"),
    Field::Each("state"),
    Field::Each("area_state"),
    Field::Each("carrier"),
    Field::Each("kind"),
    Field::Each("account"),
    Field::Each("channel"),
    Field::Tokens("subject"),
    Field::Optional("newly_exposed_in"),
];

/// The members of the filter that a reader adds values to, as they are called on the page.
pub(super) const NAMES: [(&str, &str); 8] = [
    ("country", "Country"),
    ("state", "State as in log"),
    ("area_state", "State from area code"),
    ("carrier", "Carrier"),
    ("kind", "Kind"),
    ("account", "Account"),
    ("channel", "Channel"),
    ("subject", "Person"),
];

/// The members that have one value.
const ONCE: [(&str, &str); 3] = [
    ("sent_from", "Sent from"),
    ("sent_to", "Sent before"),
    ("newly_exposed_in", "Newly exposed in"),
];

/// One value of the filter, and the address without it.
pub(super) struct Chip {
    pub(super) name: &'static str,
    pub(super) value: String,
    pub(super) without: String,
}

/// The values of the filter in the address.
pub(super) fn chips(visit: &Visit) -> Vec<Chip> {
    let mut chips = Vec::new();
    for (name, read) in NAMES.into_iter().chain(ONCE) {
        chips.extend(visit.form.all(name).map(|value| Chip {
            name: read,
            value: match name {
                "sent_from" | "sent_to" => visit.at(value),
                _ => value.to_owned(),
            },
            without: visit.address_without(name, value),
        }));
    }
    chips
}
