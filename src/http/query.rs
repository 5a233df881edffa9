//! The query string of a URL, percent-decoded. It has ids, names and words only, never a phone
//! number.

use http::Uri;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::ProblemKind;
use super::problem::Problem;
use crate::domain::hex;

/// Name and value of every part, in order; `None` if it is not UTF-8 text.
pub(super) fn parse(query: &str) -> Option<Vec<(String, String)>> {
    query
        .split('&')
        .filter(|part| !part.is_empty())
        .map(|part| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            Some((decode(name)?, decode(value)?))
        })
        .collect()
}

/// The query as a JSON object, for an operation to read. It must have each of `names` once, and
/// nothing else; a name that ends in `?` may be left out. Errors never quote the query.
pub(super) fn to_json(query: &str, names: &[&str]) -> Result<Zeroizing<Vec<u8>>, Problem> {
    let malformed = || malformed(rule(names));
    let mut object = Map::new();
    for (name, value) in parse(query).ok_or_else(malformed)? {
        let known = names.iter().any(|one| one.trim_end_matches('?') == name);
        if !known || object.insert(name, Value::String(value)).is_some() {
            return Err(malformed());
        }
    }
    let missing = |name: &&str| !name.ends_with('?') && !object.contains_key(*name);
    if names.iter().any(missing) {
        return Err(malformed());
    }
    let bytes = serde_json::to_vec(&object).map_err(|_| malformed())?;
    Ok(Zeroizing::new(bytes))
}

/// Refuses a query where an address takes none. What it said is not told.
pub(super) fn none(address: &Uri) -> Result<(), Problem> {
    match address.query().unwrap_or_default() {
        "" => Ok(()),
        _ => Err(malformed("this address takes no query".to_owned())),
    }
}

fn malformed(rule: String) -> Problem {
    Problem::new(ProblemKind::MalformedQuery).at("query", rule)
}

/// What a query of these names may be, in words.
fn rule(names: &[&str]) -> String {
    let all = names.iter().map(|name| name.trim_end_matches('?'));
    let all = listed(&all.collect::<Vec<_>>());
    let needed = names.iter().filter(|name| !name.ends_with('?')).copied();
    let needed: Vec<&str> = needed.collect();
    match needed.is_empty() {
        true => format!("takes only {all}, each once"),
        false => format!("takes only {all}, each once, and needs {}", listed(&needed)),
    }
}

fn listed(names: &[&str]) -> String {
    match names.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, before)) => format!("{} and {last}", before.join(", ")),
        None => "nothing".to_owned(),
    }
}

fn decode(text: &str) -> Option<String> {
    let mut bytes = text.bytes();
    let mut decoded = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits = [bytes.next()?, bytes.next()?].map(|digit| digit.to_ascii_lowercase());
                u8::from_be_bytes(hex::decode(&digits)?)
            }
            other => other,
        });
    }
    String::from_utf8(decoded).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_values_are_decoded() {
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(
            parse("zone=America%2FNew_York&map=a+b%3Dnumber&flag"),
            Some(vec![
                pair("zone", "America/New_York"),
                pair("map", "a b=number"),
                pair("flag", ""),
            ])
        );
        assert_eq!(parse(""), Some(vec![]));
    }

    #[test]
    fn a_query_that_takes_the_place_of_a_body_names_each_member_once() {
        let bytes = to_json("against=x%5F1", &["against"]).ok().unwrap();
        assert_eq!(bytes.as_slice(), br#"{"against":"x_1"}"#);
        for query in ["", "against=a&against=b", "against=a&number=1", "against=%"] {
            let problem = to_json(query, &["against"]).err().unwrap();
            assert_eq!(problem.kind, ProblemKind::MalformedQuery, "{query}");
        }
    }

    #[test]
    fn a_query_that_is_refused_is_told_what_may_be_in_it() {
        let said = |query: &str, names: &[&str]| to_json(query, names).err().unwrap().rule.unwrap();
        assert_eq!(
            said("colour=red", &["state?", "cursor?", "limit?"]),
            "takes only state, cursor and limit, each once"
        );
        assert_eq!(
            said("", &["against"]),
            "takes only against, each once, and needs against"
        );
    }

    #[test]
    fn an_address_without_a_query_takes_none() {
        for address in ["/cases", "/cases?"] {
            assert!(none(&address.parse().unwrap()).is_ok());
        }
        let problem = none(&"/cases?number=447700900123".parse().unwrap()).err();
        let problem = problem.unwrap();
        assert_eq!(problem.kind, ProblemKind::MalformedQuery);
        assert_eq!(problem.rule.unwrap(), "this address takes no query");
    }

    #[test]
    fn a_broken_escape_is_refused() {
        for query in ["a=%", "a=%2", "a=%zz", "a=%ff", "%f0%9f=1"] {
            assert_eq!(parse(query), None, "{query}");
        }
    }
}
