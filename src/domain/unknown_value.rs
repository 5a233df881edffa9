//! What is said of a value that a filter has and the searched records do not.
//!
//! A name that is no country's is most likely spelt wrong; a country that the case lacks is not. So the two are told
//! apart, by the public lists alone.

use super::{country, subdivision};

/// Sentences about the unknown values of one member of a filter, such as `country`.
pub fn unknown_value_words(member: &str, values: &[impl AsRef<str>]) -> Vec<String> {
    let is_listed = |value: &&str| match member {
        "country" => value.is_empty() || country::alpha2(value).is_some(),
        "state" => value.is_empty() || !subdivision::named(value).is_empty(),
        "area_state" => value.is_empty() || subdivision::with_area_codes(value).is_some(),
        _ => true,
    };
    let all = values.iter().map(AsRef::as_ref);
    let (listed, unlisted): (Vec<&str>, Vec<&str>) = all.partition(is_listed);
    let joined = |values: &[&str]| {
        let told = values.iter().map(|value| match *value {
            "" => "without a value",
            value => value,
        });
        told.collect::<Vec<_>>().join(", ")
    };
    let mut words = Vec::new();
    if !listed.is_empty() {
        let member = member.replace('_', " ");
        words.push(format!(
            "the case has no such {member}: {}",
            joined(&listed)
        ));
    }
    if !unlisted.is_empty() {
        let unlisted = joined(&unlisted);
        words.push(match member {
            "country" => format!(
                "no country is called {unlisted}: give its code or its English name, such as GB"
            ),
            "area_state" => format!(
                "no state with area codes is called {unlisted}: give its code or its English name, such as TX"
            ),
            _ => format!(
                "no list of states has {unlisted}, and no record that was searched has it"
            ),
        });
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_no_country_is_told_apart_from_a_country_that_the_case_lacks() {
        let told = unknown_value_words("country", &["Brazil", "Atlantis", "Gambia, The", ""]);
        assert_eq!(
            told,
            [
                "the case has no such country: Brazil, Gambia, The, without a value",
                "no country is called Atlantis: give its code or its English name, such as GB",
            ]
        );
        let told = unknown_value_words("state", &["Texas", "Nowhere"]);
        assert_eq!(told[0], "the case has no such state: Texas");
        assert!(told[1].starts_with("no list of states has Nowhere,"));
        let told = unknown_value_words("area_state", &["TX", "Wales"]);
        assert_eq!(told[0], "the case has no such area state: TX");
        assert!(told[1].starts_with("no state with area codes is called Wales:"));
        let told = unknown_value_words("carrier", &["T-Mobile"]);
        assert_eq!(told, ["the case has no such carrier: T-Mobile"]);
    }
}
