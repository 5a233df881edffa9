//! Closed lists of words: an enum whose variants each have one spelling, used in
//! requests, answers, the database and the audit log alike.

use std::fmt;

/// The text is none of the words of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownWord {
    /// All words of the list.
    pub words: &'static [&'static str],
}

impl fmt::Display for UnknownWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.words {
            [one, other] => write!(f, "must be {one} or {other}"),
            words => write!(f, "must be one of {}", words.join(", ")),
        }
    }
}

impl std::error::Error for UnknownWord {}

/// Declares such an enum: `Variant => "word"`, or `Variant = 1 => "word"` where the
/// number matters too.
///
/// It gets `ALL`, `WORDS`, `as_str`, `Display`, `FromStr`, serde's traits and the schema
/// of a string with these values, described by the enum's own doc comment. Variants after
/// a `;` have a spelling, but are not in `ALL` and are not read from a text.
macro_rules! words {
    (
        $(#[doc = $about:literal])*
        $(#[derive($($derived:ident),+)])?
        $(#[repr($repr:ident)])?
        $vis:vis enum $name:ident {
            $($(#[$doc:meta])* $variant:ident $(= $code:literal)? => $word:literal),* $(,)?
            $(; $($(#[$hidden_doc:meta])* $hidden:ident => $hidden_word:literal),* $(,)?)?
        }
    ) => {
        $(#[doc = $about])*
        $(#[derive($($derived),+)])?
        $(#[repr($repr)])?
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        $vis enum $name {
            $($(#[$doc])* $variant $(= $code)?,)*
            $($($(#[$hidden_doc])* $hidden,)*)?
        }

        impl $name {
            /// Every value that can be read from a text, in the order of declaration.
            $vis const ALL: [Self; Self::WORDS.len()] = [$(Self::$variant),*];

            /// The words of [`Self::ALL`].
            $vis const WORDS: &'static [&'static str] = &[$($word),*];

            /// The word of this value.
            $vis const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                    $($(Self::$hidden => $hidden_word,)*)?
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::domain::UnknownWord;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::ALL
                    .into_iter()
                    .find(|word| word.as_str() == text)
                    .ok_or($crate::domain::UnknownWord { words: Self::WORDS })
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Word;
                impl serde::de::Visitor<'_> for Word {
                    type Value = $name;

                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str("a word")
                    }

                    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<$name, E> {
                        text.parse().map_err(|_| E::unknown_variant(text, <$name>::WORDS))
                    }
                }
                deserializer.deserialize_str(Word)
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                const ABOUT: &str = concat!($($about),*);
                utoipa::openapi::schema::ObjectBuilder::new()
                    .description((!ABOUT.is_empty()).then(|| ABOUT.trim()))
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .enum_values(Some(Self::WORDS.iter().copied()))
                    .into()
            }
        }

        impl utoipa::ToSchema for $name {
            fn name() -> std::borrow::Cow<'static, str> {
                std::borrow::Cow::Borrowed(stringify!($name))
            }
        }
    };
}
pub(crate) use words;

#[cfg(test)]
mod tests {
    use super::UnknownWord;

    words! {
        /// What a lamp shows,
        /// or nothing.
        enum Light {
            Red => "red",
            Green = 7 => "green",
            ;
            Off => "off",
        }
    }

    #[test]
    fn a_word_is_read_and_written_in_its_one_spelling() {
        for light in Light::ALL {
            assert_eq!(light.as_str().parse(), Ok(light));
            let json = serde_json::to_string(&light).unwrap();
            assert_eq!(json, format!("\"{light}\""));
            assert_eq!(serde_json::from_str::<Light>(&json).unwrap(), light);
        }
        assert_eq!(Light::Green as u8, 7);
        assert_eq!(Light::WORDS, ["red", "green"]);
        assert_eq!(Light::Off.as_str(), "off");
    }

    #[test]
    fn any_other_text_is_refused_with_the_words() {
        let error = "off".parse::<Light>().unwrap_err();
        assert_eq!(
            error,
            UnknownWord {
                words: Light::WORDS
            }
        );
        assert_eq!(error.to_string(), "must be red or green");
        let three = UnknownWord {
            words: &["a", "b", "c"],
        };
        assert_eq!(three.to_string(), "must be one of a, b, c");
        assert!(serde_json::from_str::<Light>("\"blue\"").is_err());
    }

    #[test]
    fn the_schema_is_a_string_of_these_words() {
        let schema = serde_json::to_value(<Light as utoipa::PartialSchema>::schema()).unwrap();
        let expected = serde_json::json!({
            "type": "string",
            "description": "What a lamp shows, or nothing.",
            "enum": ["red", "green"],
        });
        assert_eq!(schema, expected);
    }
}
