//! How the API's description shows the domain's values: patterns, lengths, words.
//!
//! A schema has the rules of its type's constructor. A rule that no schema can express, such as a
//! right checksum, is in the extension `x-also-checked`.

use utoipa::openapi::extensions::{Extensions, ExtensionsBuilder};
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{RefOr, Schema};

use super::{
    AccountName, Format, LegalBasis, Moment, OperatorName, Reason, Reference, SlotLabel, Ticket,
    Title,
};

/// Gives types a schema of their own name.
macro_rules! described {
    ($($described:ty as $name:expr => $schema:expr;)*) => {$(
        impl utoipa::PartialSchema for $described {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                $schema.into()
            }
        }

        impl utoipa::ToSchema for $described {
            fn name() -> std::borrow::Cow<'static, str> {
                std::borrow::Cow::Borrowed($name)
            }
        }
    )*};
}
pub(crate) use described;

/// The extension for a rule that a schema cannot express.
pub(crate) const ALSO_CHECKED: &str = "x-also-checked";

/// A text of any length.
pub(crate) fn text(description: &str) -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .description(Some(description))
}

/// A text that matches a regular expression.
pub(crate) fn pattern(description: &str, pattern: &str) -> ObjectBuilder {
    text(description).pattern(Some(pattern))
}

/// One of the words of a closed list.
pub(crate) fn one_of(
    description: &str,
    words: impl IntoIterator<Item = &'static str>,
) -> ObjectBuilder {
    text(description).enum_values(Some(words))
}

/// A text that people type: printable, no blank at either end, bounded in characters.
pub(crate) fn typed(description: &str, min: usize, max: usize) -> ObjectBuilder {
    const END: &str = r"[^\s\x00-\x1f\x7f-\x9f]";
    const WITHIN: &str = r"[^\x00-\x1f\x7f-\x9f]";
    let most = max - 2;
    let spelt = match min.checked_sub(2) {
        Some(least) => format!("^{END}{WITHIN}{{{least},{most}}}{END}$"),
        None => format!("^{END}({WITHIN}{{0,{most}}}{END})?$"),
    };
    pattern(description, &spelt)
        .min_length(Some(min))
        .max_length(Some(max))
}

/// Adds a rule that a schema cannot express.
pub(crate) fn also(schema: ObjectBuilder, rule: &str) -> ObjectBuilder {
    schema.extensions(Some(also_checked(rule)))
}

/// The extension that names a rule which a schema cannot express.
pub(crate) fn also_checked(rule: &str) -> Extensions {
    ExtensionsBuilder::new().add(ALSO_CHECKED, rule).build()
}

/// An identifier that begins with one of these letters.
pub(super) fn id(description: &str, letters: &str) -> ObjectBuilder {
    let first = match letters {
        one if one.len() == 1 => one.to_owned(),
        several => format!("[{several}]"),
    };
    let spelt = format!("^{first}_[0-9a-hjkmnp-tv-z]{{20}}$");
    let example = letters.chars().take(1).collect::<String>() + "_0123456789abcdefghjk";
    pattern(description.trim_start(), &spelt).examples([example])
}

fn moment() -> RefOr<Schema> {
    text("A time, RFC 3339, to the second.")
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
        .examples(["2024-03-21T22:34:49Z"])
        .into()
}

described! {
    Moment as "Moment" => moment();
    Reason as "Reason" => typed("Why somebody asks or decides.", 10, 500);
    Title as "Title" => typed("What a case or a file is called.", 1, 200);
    Reference as "Reference" => typed("A number in another system, or where a file came from.", 1, 200);
    Ticket as "Ticket" => typed("The number of a ticket.", 1, 100);
    SlotLabel as "SlotLabel" => typed("What people call a slot of the keyring.", 1, 40);
    LegalBasis as "LegalBasis" => typed("The law an export rests on.", 3, 500);
    AccountName as "AccountName" => typed("The customer account a message was sent for.", 1, 128);
    OperatorName as "OperatorName" => pattern(
        "The name an operator signs in with.",
        "^[a-z][a-z0-9._-]{1,63}$",
    );
}

/// Kinds of text that have no type of their own: named in `value_type` only.
macro_rules! kinds_of_text {
    ($($name:ident => $schema:expr;)*) => {
        $(pub(crate) enum $name {})*
        described! { $($name as (stringify!($name)) => $schema;)* }
    };
}

kinds_of_text! {
    Digest => pattern("SHA-256, base64.", "^[A-Za-z0-9+/]{43}=$");
    HexDigest => pattern("SHA-256, in hexadecimal.", "^[0-9a-fA-F]{64}$");
    Token => pattern("32 random bytes, base64 for addresses.", "^[A-Za-z0-9_-]{43}$");
    TokenId => id("One token of a script.", "t");
    MachineId => id("One machine.", "k");
    MachineCertificateText => also(
        text("The certificate of a machine: X.509 in PEM, or its DER in base64.")
            .min_length(Some(1))
            .max_length(Some(16_384)),
        "it is one certificate, without a private key; the server verifies its kind of key; it is good today; and no \
         machine here has its key",
    );
    ScriptSecret => also(
        pattern("What a script sends.", "^bvt_[0-9a-hjkmnp-tv-z]{58}$"),
        "the last six characters are the checksum of the others",
    );
    SpokenFingerprint => also(
        pattern(
            "The fingerprint of an account, in groups or not and in any letter case.",
            "^[ -]*([0-9A-Za-z][ -]*){12}$",
        )
        .max_length(Some(64))
        .examples(["7K3M-9QTX-2BWD"]),
        "no character is a U: base32 has none",
    );
    E164 => pattern("A phone number as E.164 writes it.", "^\\+[1-9][0-9]{4,17}$");
    Zone => also(
        pattern("A zone of the IANA list, such as Europe/London.", "^[A-Za-z][A-Za-z0-9_+/-]{0,63}$"),
        "the name is in the IANA list",
    );
    RegionCode => also(
        text("A country or territory: an ISO 3166-1 code or an English name, in any letter case.")
            .min_length(Some(2))
            .max_length(Some(64))
            .examples(["GB"]),
        "the region has a numbering plan",
    );
    FilterValue => also(
        text("A value as the log says it.").max_length(Some(256)),
        "it does not read as a phone number",
    );
    PageCursor => also(
        pattern("The `next` of the page before.", "^[A-Za-z0-9_-]{1,400}$"),
        "it is the `next` of a page of the same question",
    );
    LeafCursor => pattern("The `next` of the page before.", "^(0|[1-9][0-9]{0,17})$");
    FormatName => one_of(
        "The shape of a file: that of a supplier, or what a mapping says.",
        Format::ALL.into_iter().chain([Format::Mapped]).map(Format::as_str),
    );
    AgeRecipient => also(
        pattern("A public key of age (X25519).", "^age1[02-9ac-hj-np-z]{58}$"),
        "the checksum is right, and no recipient is named twice",
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typed_text_has_its_lengths_in_the_pattern_too() {
        let spelt = |min, max| {
            let Schema::Object(object) = typed("", min, max).build().into() else {
                panic!("it is an object");
            };
            object.pattern.unwrap()
        };
        assert!(spelt(10, 500).contains("{8,498}"));
        assert!(spelt(1, 200).ends_with("{0,198}[^\\s\\x00-\\x1f\\x7f-\\x9f])?$"));
    }
}
