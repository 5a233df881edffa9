//! Which records are meant: the filter of a search, a table or an export.

use clap::Args;
use serde_json::{Map, Value, json};

use super::failure::Failure;
use crate::domain::may_hold_number;

#[derive(Args)]
#[command(next_help_heading = "Filter")]
pub(crate) struct Filter {
    /// Only messages of this account; may be given more than once, as the options below
    #[arg(long, value_name = "A")]
    account: Vec<String>,
    /// Only numbers of this country, by code or name, such as GB
    #[arg(long, value_name = "CC")]
    country: Vec<String>,
    /// Only records with this state, by code or name, in any letter case
    #[arg(long, value_name = "S")]
    state: Vec<String>,
    /// Only numbers whose area code is of this state
    #[arg(long, value_name = "S")]
    area_state: Vec<String>,
    /// Only numbers of this carrier, in any letter case
    #[arg(long, value_name = "NAME")]
    carrier: Vec<String>,
    /// Only messages of this kind, such as sms
    #[arg(long, value_name = "K")]
    kind: Vec<String>,
    /// Only messages of this channel
    #[arg(long, value_name = "C")]
    channel: Vec<String>,
    /// Only this person, by the token that a lookup shows
    #[arg(long, value_name = "TOKEN")]
    subject: Vec<String>,
    /// Only messages sent at this time or later, such as 2024-03-21T00:00:00Z
    #[arg(long, value_name = "TIME")]
    sent_from: Option<String>,
    /// Only messages sent before this time
    #[arg(long, value_name = "TIME")]
    sent_to: Option<String>,
    /// Only people whom this exhibit exposed and no earlier one
    #[arg(long, value_name = "EXHIBIT")]
    newly_exposed_in: Option<String>,
}

impl Filter {
    /// Adds the filter, if anything is said at all. A number is not sent: the server's log would have it.
    pub(crate) fn add_to(&self, body: &mut Map<String, Value>) -> Result<(), Failure> {
        let mut filter = Map::new();
        for (name, values) in [
            ("account", &self.account),
            ("country", &self.country),
            ("state", &self.state),
            ("area_state", &self.area_state),
            ("carrier", &self.carrier),
            ("kind", &self.kind),
            ("channel", &self.channel),
            ("subject", &self.subject),
        ] {
            if values.iter().any(|value| is_number(name, value)) {
                let option = name.replace('_', "-");
                return Err(
                    Failure::usage(format!("--{option}: must hold no phone number")).way_out(
                        "look numbers up with `breachvault lookup`, which reads them from a file",
                    ),
                );
            }
            if !values.is_empty() {
                filter.insert(name.to_owned(), json!(values));
            }
        }
        for (name, value) in [
            ("sent_from", &self.sent_from),
            ("sent_to", &self.sent_to),
            ("newly_exposed_in", &self.newly_exposed_in),
        ] {
            if let Some(value) = value {
                filter.insert(name.to_owned(), json!(value));
            }
        }
        if !filter.is_empty() {
            body.insert("filter".to_owned(), Value::Object(filter));
        }
        Ok(())
    }
}

/// An account may be digits alone, as suppliers count their customers.
fn is_number(name: &str, value: &str) -> bool {
    let digits = value.trim().bytes().all(|byte| byte.is_ascii_digit());
    may_hold_number(value) && !(name == "account" && digits)
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        filter: Filter,
    }

    #[test]
    fn a_number_in_a_filter_is_not_sent() {
        let added = |words: &[&str]| {
            let line = Line::parse_from([&["x"][..], words].concat());
            let mut body = Map::new();
            line.filter.add_to(&mut body).map(|()| Value::Object(body))
        };
        for words in [
            ["--carrier", "+12025550147"],
            ["--area-state", "12025550147"],
            ["--account", "+1 202 555 0147"],
            ["--subject", "06 12 34 56 78"],
        ] {
            assert!(added(&words).is_err(), "{words:?}");
        }
        let taken = added(&["--account", "123456789012", "--country", "GB"]);
        let expected = json!({ "filter": { "account": ["123456789012"], "country": ["GB"] } });
        assert_eq!(taken.ok(), Some(expected));
    }
}
