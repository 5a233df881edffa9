//! How the token of a script is spelt: `bvt_`, 52 characters of Crockford's base32 for its 32 bytes, and six characters
//! of a checksum. So a scanner for secrets finds it by its beginning and knows a mistyped one without asking anybody.

use ring::digest::{SHA256, digest};
use zeroize::Zeroizing;

use super::token::{SessionToken, TokenError};

const PREFIX: &str = "bvt_";
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// For 256 bits; the last four bits of the last one are 0.
const BODY: usize = 52;
const CHECKSUM: usize = 6;

impl SessionToken {
    /// Reads what came as `Authorization: Bearer`: the token of a session, or that of a script.
    pub fn parse_bearer(text: &str) -> Result<Self, TokenError> {
        match text.strip_prefix(PREFIX) {
            Some(rest) => read(rest),
            None => Self::parse(text),
        }
    }

    /// The text of a script's token, for its owner only.
    pub fn expose_script_once(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(PREFIX.len() + BODY + CHECKSUM));
        text.push_str(PREFIX);
        let (mut bits, mut held) = (0_u32, 0);
        for byte in self.bytes() {
            bits = (bits << 8) | u32::from(*byte);
            held += 8;
            while held >= 5 {
                held -= 5;
                text.push(character(bits >> held));
            }
        }
        text.push(character(bits << (5 - held)));
        let checksum = checksum(&text);
        text.push_str(&checksum);
        text
    }
}

fn read(rest: &str) -> Result<SessionToken, TokenError> {
    if rest.len() != BODY + CHECKSUM || !rest.is_ascii() {
        return Err(TokenError);
    }
    let (body, told) = rest.split_at(BODY);
    let whole = Zeroizing::new(format!("{PREFIX}{body}"));
    // It is no secret: whoever has the text can compute it.
    if checksum(&whole) != told {
        return Err(TokenError);
    }
    let mut bytes = Zeroizing::new([0; 32]);
    let mut places = bytes.iter_mut();
    let (mut bits, mut held) = (0_u32, 0);
    for letter in body.bytes() {
        let value = ALPHABET.iter().position(|known| *known == letter);
        let value = value.and_then(|value| u32::try_from(value).ok());
        bits = ((bits << 5) | value.ok_or(TokenError)?) & 0xfff;
        held += 5;
        if held >= 8 {
            held -= 8;
            let byte = places.next().ok_or(TokenError)?;
            *byte = u8::try_from((bits >> held) & 0xff).map_err(|_| TokenError)?;
        }
    }
    // One token has one spelling.
    match bits & ((1 << held) - 1) {
        0 => Ok(SessionToken::script_of(bytes)),
        _ => Err(TokenError),
    }
}

fn character(bits: u32) -> char {
    char::from(ALPHABET[(bits & 31) as usize])
}

/// 30 bits of SHA-256 over prefix and body.
fn checksum(text: &str) -> String {
    let digest = digest(&SHA256, text.as_bytes());
    let bits = digest.as_ref().iter().take(4);
    let bits = bits.fold(0_u32, |sum, byte| (sum << 8) | u32::from(*byte));
    (0..CHECKSUM)
        .map(|place| character(bits >> (27 - 5 * place)))
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::vault::entropy::SystemEntropy;
    use crate::vault::keyring::MacKey;

    #[test]
    fn a_token_is_found_by_its_beginning_and_reads_back() {
        let key = MacKey::new(&[1; 32]);
        for _ in 0..100 {
            let token = SessionToken::draw(&SystemEntropy::new())
                .unwrap()
                .of_script();
            let text = token.expose_script_once();
            assert!(text.starts_with("bvt_") && text.len() == 62, "{}", *text);
            let back = SessionToken::parse_bearer(&text).ok().unwrap();
            assert!(back.tag(&key) == token.tag(&key));
            // It is not the token of a session in another spelling.
            assert!(SessionToken::parse(&text).is_err());
            let session = SessionToken::parse_bearer(&token.expose_once())
                .ok()
                .unwrap();
            assert!(session.tag(&key) != token.tag(&key));
        }
    }

    #[test]
    fn any_character_that_is_changed_left_out_or_added_is_noticed() {
        let token = SessionToken::draw(&SystemEntropy::new())
            .unwrap()
            .of_script();
        let text = token.expose_script_once();
        for place in 0..text.len() {
            let mut other = text.as_bytes().to_vec();
            other[place] = if other[place] == b'q' { b'r' } else { b'q' };
            let other = String::from_utf8(other).unwrap();
            assert!(SessionToken::parse_bearer(&other).is_err(), "{place}");
        }
        for other in [
            text[..61].to_owned(),
            format!("{}0", *text),
            text.to_uppercase(),
            text.replace("bvt_", "bvt-"),
            "bvt_".to_owned(),
            format!("bvt_{}", "\u{e9}".repeat(29)),
        ] {
            assert!(SessionToken::parse_bearer(&other).is_err(), "{other}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "(bvt_)?[0-9a-z_]{0,70}|\\PC{0,70}") {
            let _ = SessionToken::parse_bearer(&text);
        }
    }
}
