//! The query string of a URL, percent-decoded. It has ids, names and words only, never a phone
//! number.

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
    let malformed = || {
        let rule = format!("must name once: {}", names.join(", "));
        Problem::new(ProblemKind::MalformedQuery).at("query", rule)
    };
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
    fn a_broken_escape_is_refused() {
        for query in ["a=%", "a=%2", "a=%zz", "a=%ff", "%f0%9f=1"] {
            assert_eq!(parse(query), None, "{query}");
        }
    }
}
