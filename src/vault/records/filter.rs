//! The filter of a query: which records it keeps.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::invisible::cleaned;
use crate::domain::schema::FilterValue;
use crate::domain::{
    AccountName, ExhibitId, Field, Moment, MomentError, TextError, is_bare_number, may_hold_number,
};
use crate::vault::error::OperationError;
use crate::vault::plaintext::SubjectToken;

/// A filter as a client sends it. A member that is left out keeps everything.
#[derive(Default, Deserialize, ToSchema)]
#[schema(as = Filter)]
#[serde(deny_unknown_fields, default)]
pub struct FilterInput {
    /// Sent at or after this time. Records are kept by the whole second in which they were sent: of a second that is
    /// asked for in part, all are found.
    #[schema(value_type = Option<Moment>)]
    pub sent_from: Option<String>,
    /// Sent before this time. Also checked: it is later than `sent_from`.
    #[schema(value_type = Option<Moment>)]
    pub sent_to: Option<String>,
    /// Countries: alpha-2 or alpha-3 codes or English names. In this and every member below, spaces around a
    /// value and marks that nobody sees do not matter.
    #[schema(value_type = Vec<FilterValue>, max_items = 1000)]
    pub country: Vec<String>,
    /// States: as in the log, or by code (`WA`), code with country (`US-WA`) or name (`Washington`). A code alone is
    /// of every country that has it; a code with country, or a name, also keeps records without a country.
    #[schema(value_type = Vec<FilterValue>, max_items = 1000)]
    pub state: Vec<String>,
    /// The state of the area code of the number, by code or name.
    #[schema(value_type = Vec<FilterValue>, max_items = 1000)]
    pub area_state: Vec<String>,
    /// The carrier as in the log, in any letter case.
    #[schema(value_type = Vec<FilterValue>, max_items = 1000)]
    pub carrier: Vec<String>,
    /// The kind of message, in any letter case.
    #[schema(value_type = Vec<FilterValue>, max_items = 1000)]
    pub kind: Vec<String>,
    /// Names of accounts.
    #[schema(value_type = Vec<FilterValue>, max_items = 1000)]
    pub account: Vec<String>,
    /// The way the message was sent, in any letter case.
    #[schema(value_type = Vec<FilterValue>, max_items = 1000)]
    pub channel: Vec<String>,
    /// Subject tokens, `S-XXXXXXXX`.
    #[schema(value_type = Vec<SubjectToken>, max_items = 10000)]
    pub subject: Vec<String>,
    /// The id of an exhibit: keeps only numbers that were in no exhibit admitted before it.
    #[schema(value_type = Option<ExhibitId>)]
    pub newly_exposed_in: Option<String>,
}

/// A filter that was parsed. It keeps a record that matches every member that is not empty. It serialises to the form
/// that `FilterInput` reads.
#[derive(Clone, Default, PartialEq, Eq, Serialize)]
pub struct RecordFilter {
    /// Sent at or after this time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sent_from: Option<Moment>,
    /// Sent before this time, which is later than `sent_from`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sent_to: Option<Moment>,
    /// Countries, as they were written.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub country: Vec<String>,
    /// States, as they were written.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub state: Vec<String>,
    /// States of area codes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub area_state: Vec<String>,
    /// Carriers as in the log.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub carrier: Vec<String>,
    /// Kinds of message.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub kind: Vec<String>,
    /// Names of accounts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub account: Vec<String>,
    /// Ways of sending.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub channel: Vec<String>,
    /// Tokens of numbers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub subject: Vec<SubjectToken>,
    /// Keeps only numbers of this exhibit that were in no exhibit admitted before it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub newly_exposed_in: Option<ExhibitId>,
}

impl RecordFilter {
    /// Checks every member. The error names the member and its rule, never the value.
    pub fn parse(input: FilterInput) -> Result<Self, OperationError> {
        // Records are kept by the whole second in which they were sent: none of a second that is asked for in part is
        // left out.
        let sent_from = moment("filter.sent_from", &input.sent_from, str::parse::<Moment>)?;
        let sent_to = moment("filter.sent_to", &input.sent_to, Moment::not_before)?;
        if let (Some(from), Some(to)) = (&input.sent_from, &input.sent_to)
            && !Moment::is_earlier(from, to)
        {
            let rule = "must be later than sent_from";
            return Err(OperationError::invalid("filter.sent_to", rule));
        }
        if input.subject.len() > MOST_SUBJECTS {
            return Err(too_many("filter.subject", MOST_SUBJECTS));
        }
        let mut subject = Vec::with_capacity(input.subject.len());
        for (at, text) in input.subject.iter().enumerate() {
            let token = text
                .parse()
                .map_err(|error| OperationError::invalid(format!("filter.subject[{at}]"), error))?;
            subject.push(token);
        }
        Ok(Self {
            sent_from,
            sent_to,
            country: values("filter.country", input.country)?,
            state: values("filter.state", input.state)?,
            area_state: values("filter.area_state", input.area_state)?,
            carrier: values("filter.carrier", input.carrier)?,
            kind: values("filter.kind", input.kind)?,
            account: accounts(input.account)?,
            channel: values("filter.channel", input.channel)?,
            subject,
            newly_exposed_in: input
                .newly_exposed_in
                .map(|text| text.parse())
                .transpose()
                .map_err(|error| OperationError::invalid(NEWLY_EXPOSED_IN, error))?,
        })
    }

    /// What is wrong with it for this caller, whatever the records are. Which numbers are newly exposed
    /// also depends on other accounts, which a liaison must not learn about.
    pub fn check(&self, account: Option<&AccountName>) -> Result<(), OperationError> {
        match account.is_some() && self.newly_exposed_in.is_some() {
            true => {
                let rule = "must be left out by a liaison";
                Err(OperationError::invalid(NEWLY_EXPOSED_IN, rule))
            }
            false => Ok(()),
        }
    }

    /// Reads the filter that was sealed with a request.
    pub(in crate::vault) fn from_sealed(value: &serde_json::Value) -> Result<Self, OperationError> {
        let damaged = || OperationError::Damaged {
            place: "filter of a request".to_owned(),
        };
        let input = FilterInput::deserialize(value).map_err(|_| damaged())?;
        Self::parse(input).map_err(|_| damaged())
    }

    /// Whether what it keeps depends on how exhibits differ.
    pub fn compares(&self) -> bool {
        self.newly_exposed_in.is_some()
    }

    /// As the log has it. Of an account that may be a phone number it says how many digits it has: an auditor sees what
    /// was asked, and no number.
    pub fn for_log(&self) -> Self {
        let account = self.account.iter();
        let account = account.map(|account| match may_hold_number(account) {
            true => format!("({} digits)", account.trim().len()),
            false => account.clone(),
        });
        Self {
            account: account.collect(),
            ..self.clone()
        }
    }

    /// Whether it keeps every record.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The members whose values are in a dictionary.
    pub(super) fn of_dictionaries(&self) -> [(Field, &[String]); 7] {
        [
            (Field::Account, &self.account),
            (Field::Country, &self.country),
            (Field::State, &self.state),
            (Field::AreaState, &self.area_state),
            (Field::Kind, &self.kind),
            (Field::Channel, &self.channel),
            (Field::Carrier, &self.carrier),
        ]
    }
}

fn moment(
    at: &str,
    text: &Option<String>,
    read: impl Fn(&str) -> Result<Moment, MomentError>,
) -> Result<Option<Moment>, OperationError> {
    text.as_deref()
        .map(read)
        .transpose()
        .map_err(|error| OperationError::invalid(at, error))
}

/// An account may be digits alone, as suppliers count their customers. What is written as a number is none.
fn accounts(accounts: Vec<String>) -> Result<Vec<String>, OperationError> {
    let at = "filter.account";
    let number = |account: &String| {
        let digits = account.trim().bytes().all(|byte| byte.is_ascii_digit());
        !digits && may_hold_number(account)
    };
    none_is(at, bounded(at, accounts)?, number)
}

/// Whatever the case has: a country, a carrier or a kind never looks like a phone number, and what does is not looked
/// for, because the question stays in the log.
fn values(at: &str, values: Vec<String>) -> Result<Vec<String>, OperationError> {
    none_is(at, bounded(at, values)?, |value| {
        may_hold_number(value) || is_bare_number(value)
    })
}

fn none_is(
    at: &str,
    values: Vec<String>,
    number: impl Fn(&String) -> bool,
) -> Result<Vec<String>, OperationError> {
    match values.iter().position(number) {
        Some(place) => Err(OperationError::invalid(
            format!("{at}[{place}]"),
            TextError::HoldsNumber,
        )),
        None => Ok(values),
    }
}

fn bounded(at: &str, values: Vec<String>) -> Result<Vec<String>, OperationError> {
    if values.len() > MOST_VALUES {
        return Err(too_many(at, MOST_VALUES));
    }
    let long = |value: &String| value.chars().count() > MOST_CHARACTERS;
    if let Some(place) = values.iter().position(long) {
        let rule = format!("must have at most {MOST_CHARACTERS} characters");
        return Err(OperationError::invalid(format!("{at}[{place}]"), rule));
    }
    // As they are looked for and recorded: without marks that nobody sees.
    let seen = values.iter().map(|value| cleaned(value).into_owned());
    Ok(seen.collect())
}

fn too_many(at: &str, most: usize) -> OperationError {
    OperationError::invalid(at, format!("must have at most {most} values"))
}

pub(in crate::vault) const NEWLY_EXPOSED_IN: &str = "filter.newly_exposed_in";
const MOST_VALUES: usize = 1000;
const MOST_SUBJECTS: usize = 10_000;
const MOST_CHARACTERS: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn parse(value: serde_json::Value) -> Result<RecordFilter, OperationError> {
        RecordFilter::parse(serde_json::from_value(value).unwrap())
    }

    fn at(value: serde_json::Value) -> String {
        match parse(value) {
            Err(OperationError::Invalid { at, .. }) => at,
            _ => panic!("it was taken"),
        }
    }

    #[test]
    fn a_filter_reads_back_from_what_it_serialises_to() {
        let filter = parse(json!({
            "sent_from": "2024-03-01T00:00:00Z", "country": ["US"], "subject": ["S-00000000"],
            "newly_exposed_in": "x_00000000000000000000"
        }))
        .unwrap();
        let sealed = serde_json::to_value(&filter).unwrap();
        assert!(RecordFilter::from_sealed(&sealed).unwrap() == filter);
        assert!(RecordFilter::from_sealed(&json!({"number": []})).is_err());
    }

    #[test]
    fn what_is_wrong_is_named_by_its_place_and_never_quoted() {
        assert_eq!(at(json!({"sent_from": "yesterday"})), "filter.sent_from");
        assert_eq!(
            at(json!({"subject": ["S-00000000", "+447700900123"]})),
            "filter.subject[1]"
        );
        assert_eq!(
            at(json!({"sent_from": "2024-03-02T00:00:00Z", "sent_to": "2024-03-02T00:00:00Z"})),
            "filter.sent_to"
        );
        assert_eq!(
            at(json!({"sent_from": "2024-03-02T00:00:00.8Z", "sent_to": "2024-03-02T00:00:00.2Z"})),
            "filter.sent_to"
        );
        assert_eq!(at(json!({"sent_from": "2024-03-10"})), "filter.sent_from");
        assert_eq!(
            at(json!({"carrier": ["x".repeat(257)]})),
            "filter.carrier[0]"
        );
        assert_eq!(at(json!({"state": vec!["CA"; 1001]})), "filter.state");
        assert_eq!(
            at(json!({"newly_exposed_in": "+447700900123"})),
            "filter.newly_exposed_in"
        );
    }

    #[test]
    fn no_value_is_a_phone_number_and_an_account_may_be_digits() {
        for member in [
            "country",
            "state",
            "area_state",
            "carrier",
            "kind",
            "channel",
        ] {
            for number in [
                "+12025550147",
                "12025550147",
                "06 12 34 56 78",
                // They read as a date, a time since 1970, and a number of a register too.
                "20240331",
                "1711060489",
                "012345678",
                "5550147",
            ] {
                let value = json!({member: ["a", number]});
                assert_eq!(at(value), format!("filter.{member}[1]"));
            }
        }
        for number in ["+12025550147", "202-555-0147", "tel 12025550147"] {
            assert_eq!(at(json!({"account": [number]})), "filter.account[0]");
        }
        let filter = parse(json!({"account": ["acme", "123456789012", "4711"]})).unwrap();
        let said = serde_json::to_value(filter.for_log()).unwrap();
        assert_eq!(said, json!({"account": ["acme", "(12 digits)", "4711"]}));
        assert_eq!(filter.account[1], "123456789012");
    }

    #[test]
    fn members_that_are_not_known_are_refused() {
        assert!(serde_json::from_value::<FilterInput>(json!({"numbers": []})).is_err());
    }
}
