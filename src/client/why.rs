//! What something is needed for, and why.

use clap::Args;
use serde_json::{Map, Value};

use crate::domain::Purpose;

#[derive(Args)]
pub(crate) struct Why {
    /// What it is needed for
    #[arg(long, value_name = "P", env = "BREACHVAULT_PURPOSE", hide_env_values = true,
        value_parser = purposes())]
    purpose: String,
    /// Why, in 10 to 500 characters; never with a number in it
    #[arg(
        long,
        value_name = "TEXT",
        env = "BREACHVAULT_REASON",
        hide_env_values = true
    )]
    reason: String,
}

/// The same where it may be left out.
#[derive(Args)]
pub(crate) struct WhyIfAny {
    /// What it is needed for
    #[arg(long, value_name = "P", env = "BREACHVAULT_PURPOSE", hide_env_values = true,
        value_parser = purposes())]
    purpose: Option<String>,
    /// Why, in 10 to 500 characters; never with a number in it
    #[arg(
        long,
        value_name = "TEXT",
        env = "BREACHVAULT_REASON",
        hide_env_values = true
    )]
    reason: Option<String>,
}

/// Only a reason.
#[derive(Args)]
pub(crate) struct ReasonArg {
    /// Why, in 10 to 500 characters; never with a number in it
    #[arg(
        long,
        value_name = "TEXT",
        env = "BREACHVAULT_REASON",
        hide_env_values = true
    )]
    pub(crate) reason: String,
}

impl Why {
    pub(crate) fn add_to(&self, body: &mut Map<String, Value>) {
        body.insert("purpose".to_owned(), self.purpose.clone().into());
        body.insert("reason".to_owned(), self.reason.clone().into());
    }
}

impl WhyIfAny {
    pub(crate) fn add_to(&self, body: &mut Map<String, Value>) {
        for (name, text) in [("purpose", &self.purpose), ("reason", &self.reason)] {
            if let Some(text) = text {
                body.insert(name.to_owned(), text.clone().into());
            }
        }
    }
}

fn purposes() -> clap::builder::PossibleValuesParser {
    clap::builder::PossibleValuesParser::new(Purpose::WORDS)
}
