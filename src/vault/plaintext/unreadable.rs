//! Why a text was not read as a phone number.

use crate::domain::words;

words! {
    /// Why a text was not read as a phone number. It depends on the text and on what was declared, never on what is in
    /// the vault.
    pub enum Unreadable {
        /// The text is blank, or it is not written like a phone number: it has words, for instance.
        NoNumber => "no-number",
        /// There is more than one number in the text.
        SeveralNumbers => "several-numbers",
        /// Digits are replaced by stars or the like.
        Masked => "masked",
        /// Digits are lost, as in `1.20255E+10`.
        Damaged => "damaged",
        /// It has no plus, so it can only be read in a region, and none is given.
        NeedsRegion => "needs-region",
        /// It has no plus and is no number of the region given.
        NotInRegion => "not-in-region",
        /// It is written like the numbers of two people: with a calling code and without one, or with a zero and
        /// without it.
        Ambiguous => "ambiguous",
        /// It has fewer digits than a number of its plan.
        TooShort => "too-short",
        /// It has more digits than a number of its plan.
        TooLong => "too-long",
        /// No numbering plan has such a number.
        NotAssigned => "not-assigned",
        ;
        /// Only of rows: it was read without a plus, and its calling code is not that of the row's country.
        OtherCountry => "other-country",
    }
}
