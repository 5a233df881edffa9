//! The shape of a cell: which kinds of characters are where, and none of its digits and letters.

use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

use crate::domain::invisible::{is_blank, is_mark};

/// `+9 999-999-9999` for a number: 9 for each digit, A and a for letters, punctuation as it is. A character that nobody
/// sees is `¤`, and any other is `?`. At most 64 characters.
pub(in crate::vault) fn shape(text: &str) -> String {
    let mut shape = String::with_capacity(text.len().min(LONGEST) + 4);
    for (at, c) in text.chars().enumerate() {
        if at == LONGEST {
            shape.push('…');
            break;
        }
        shape.push(match c {
            ' ' => ' ',
            c if c.is_ascii_punctuation() => c,
            c if is_mark(c) || is_blank(c) || c.is_control() => '¤',
            c if c.is_uppercase() => 'A',
            c => match c.general_category_group() {
                GeneralCategoryGroup::Number => '9',
                GeneralCategoryGroup::Letter => 'a',
                _ => '?',
            },
        });
    }
    shape
}

const LONGEST: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shape_has_no_digit_and_no_letter_of_its_cell() {
        for (cell, expected) in [
            ("2025550142", "9999999999"),
            ("+1 (202) 555-0142", "+9 (999) 999-9999"),
            ("1.20255E+10", "9.99999A+99"),
            ("+1202555****", "+9999999****"),
            ("Ann é", "Aaa a"),
            ("٢٠٢\u{200e}\u{a0}５", "999¤¤9"),
            ("\u{1f600}", "?"),
            ("", ""),
        ] {
            assert_eq!(shape(cell), expected);
        }
        let long = shape(&"7".repeat(500));
        assert_eq!(long.chars().count(), 65);
        assert!(!long.contains('7'));
    }
}
