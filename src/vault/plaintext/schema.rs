//! The schemas of tokens and masks, which the API shows in place of numbers.

use super::{MaskedPhone, RawText, SubjectToken};
use crate::domain::schema::{described, pattern, text};

described! {
    SubjectToken as "SubjectToken" => pattern(
        "Stands for one number of one case.",
        "^[Ss]-[0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{8}$",
    );
    MaskedPhone as "MaskedPhone" => text("The calling code; no other digit.")
        .examples(["+1 \u{2022}\u{2022}\u{2022} \u{2022}\u{2022}\u{2022} \u{2022}\u{2022}42"]);
    RawText as "WrittenNumber" => text("A number as somebody writes it.");
}
