//! The query of an address, percent-decoded. Only ids, names and words stand
//! there; nothing that is looked for.

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

fn decode(text: &str) -> Option<String> {
    let mut bytes = text.bytes();
    let mut decoded = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => hex(bytes.next()?)? << 4 | hex(bytes.next()?)?,
            other => other,
        });
    }
    String::from_utf8(decoded).ok()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
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
    fn a_broken_escape_is_refused() {
        for query in ["a=%", "a=%2", "a=%zz", "a=%ff", "%f0%9f=1"] {
            assert_eq!(parse(query), None, "{query}");
        }
    }
}
