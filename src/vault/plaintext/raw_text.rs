//! A text as a client sent it, not parsed yet, and wiped on drop.

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Unexpected, Visitor};
use zeroize::Zeroizing;

/// A text that may be a phone number. It cannot be printed, copied or serialized.
pub struct RawText(Zeroizing<String>);

impl RawText {
    /// Takes the text over, to wipe it on drop.
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    pub(in crate::vault) fn text(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for RawText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // With `deserialize_string`, serde_json would quote a JSON number that it finds instead.
        deserializer.deserialize_any(TextVisitor)
    }
}

/// serde's own visitor would quote a value of a wrong type (``invalid type: integer `447700…` ``), so each other type
/// is refused here.
struct TextVisitor;

macro_rules! refuse {
    ($($method:ident($kind:ty);)*) => {$(
        fn $method<E: Error>(self, _: $kind) -> Result<RawText, E> {
            Err(not_a_text())
        }
    )*};
}

impl<'de> Visitor<'de> for TextVisitor {
    type Value = RawText;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a text")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<RawText, E> {
        Ok(RawText::new(text.to_owned()))
    }

    fn visit_string<E: Error>(self, text: String) -> Result<RawText, E> {
        Ok(RawText::new(text))
    }

    refuse! {
        visit_bool(bool);
        visit_i64(i64);
        visit_i128(i128);
        visit_u64(u64);
        visit_u128(u128);
        visit_f64(f64);
        visit_bytes(&[u8]);
    }

    fn visit_seq<A: SeqAccess<'de>>(self, _: A) -> Result<RawText, A::Error> {
        Err(not_a_text())
    }

    fn visit_map<A: MapAccess<'de>>(self, _: A) -> Result<RawText, A::Error> {
        Err(not_a_text())
    }
}

fn not_a_text<E: Error>() -> E {
    E::invalid_type(Unexpected::Other("something else"), &"a text")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_json_string_is_read() {
        let text: RawText = serde_json::from_str(r#""+44 7700 900123""#).unwrap();
        assert_eq!(text.text(), "+44 7700 900123");
        let escaped: RawText = serde_json::from_str(r#""\u002b447700900123""#).unwrap();
        assert_eq!(escaped.text(), "+447700900123");
    }

    #[test]
    fn an_error_never_names_the_value() {
        for json in [
            "447700900123",
            "-447700900123",
            "4477009001.23",
            "[447700900123]",
            r#"{"447700900123":1}"#,
            "true",
            "null",
        ] {
            let error = serde_json::from_str::<RawText>(json).err().unwrap();
            assert!(!error.to_string().contains("4477"), "{json}");
        }
    }
}
