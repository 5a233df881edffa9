//! Countries by alpha-2 code, alpha-3 code or English name (ISO 3166-1, and `XK` for Kosovo, which
//! phone numbering uses and ISO does not have).
//!
//! Calling codes are not accepted, because `+1` alone stands for 25 countries.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::invisible::cleaned;
use super::place_name::folded as form_of;

/// The alpha-2 code of a country. `text` is an alpha-2 code, an alpha-3 code or an English name, in
/// any letter case; accents, dots, commas, hyphens, apostrophes and the word `the` do not matter.
pub fn alpha2(text: &str) -> Option<&'static str> {
    if let Some(known) = pair_of(text).and_then(|pair| PAIRS.get(pair).copied().flatten()) {
        return Some(known);
    }
    let text = cleaned(text);
    let mut folded = [0_u8; LONGEST];
    let folded = folded.get_mut(..text.len())?;
    folded.copy_from_slice(text.as_bytes());
    folded.make_ascii_lowercase();
    let known = match folded.is_ascii() {
        true => CODES.get(&*folded),
        false => CODES.get(text.to_lowercase().as_bytes()),
    };
    known
        .or_else(|| FORMS.get(form_of(&text).as_str()))
        .copied()
}

/// The English name of a country, by its alpha-2 code in capitals.
pub fn name(alpha2: &str) -> Option<&'static str> {
    NAMES.get(alpha2).copied()
}

/// Longer than any name in the table, in bytes.
const LONGEST: usize = 64;

/// One line for each country: alpha-2, alpha-3, English name, other names.
const TABLE: &str = include_str!("country.txt");

static CODES: LazyLock<HashMap<Box<[u8]>, &'static str>> = LazyLock::new(|| {
    let mut codes = HashMap::with_capacity(1024);
    for line in TABLE.lines() {
        let code = line.split('|').next().unwrap_or_default();
        for name in line.split('|') {
            codes.insert(name.to_lowercase().into_bytes().into_boxed_slice(), code);
        }
    }
    codes
});

/// The same by two letters, as nearly all logs have it: see [`pair_of`].
static PAIRS: LazyLock<[Option<&'static str>; LETTERS * LETTERS]> = LazyLock::new(|| {
    let mut pairs = [None; LETTERS * LETTERS];
    for (name, code) in CODES.iter() {
        let name = std::str::from_utf8(name).ok();
        if let Some(pair) = name.and_then(pair_of) {
            pairs[pair] = Some(*code);
        }
    }
    pairs
});

/// The letters from `a` to `z`.
const LETTERS: usize = 26;

/// The number of a pair of ASCII letters, in any case.
fn pair_of(text: &str) -> Option<usize> {
    let [first, second] = text.as_bytes() else {
        return None;
    };
    let number = |letter: &u8| {
        let letter = letter.to_ascii_lowercase();
        letter
            .is_ascii_lowercase()
            .then(|| usize::from(letter - b'a'))
    };
    Some(number(first)? * LETTERS + number(second)?)
}

/// The same by the one form of each name, for texts that are not written as in the table.
static FORMS: LazyLock<HashMap<String, &'static str>> = LazyLock::new(|| {
    let lines = TABLE.lines().filter_map(|line| line.split_once('|'));
    let names = lines.flat_map(|(code, names)| names.split('|').map(move |name| (name, code)));
    names.map(|(name, code)| (form_of(name), code)).collect()
});

static NAMES: LazyLock<HashMap<&'static str, &'static str>> = LazyLock::new(|| {
    let cells = |line: &'static str| {
        let mut cells = line.split('|');
        Some((cells.next()?, cells.nth(1)?))
    };
    TABLE.lines().filter_map(cells).collect()
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_names_in_any_case_give_alpha_2() {
        for (text, code) in [
            ("US", "US"),
            ("usa", "US"),
            ("United States", "US"),
            (" united kingdom ", "GB"),
            ("UK", "GB"),
            ("gbr", "GB"),
            ("TÜRKIYE", "TR"),
            ("Turkey", "TR"),
            ("Åland Islands", "AX"),
            ("cote d'ivoire", "CI"),
            ("Korea, Republic of", "KR"),
            ("Kosovo", "XK"),
            ("U.S.", "US"),
            ("u.s.a", "US"),
            ("The United States", "US"),
            ("U.K.", "GB"),
            ("Scotland", "GB"),
            ("Deutschland", "DE"),
            ("Korea, South", "KR"),
            ("United\u{a0}Kingdom", "GB"),
            // As the World Bank, CLDR and others write them.
            ("Gambia, The", "GM"),
            ("Bahamas (the)", "BS"),
            ("the netherlands", "NL"),
            ("Korea, Rep.", "KR"),
            ("Korea, Dem. People’s Rep.", "KP"),
            ("Hong Kong SAR China", "HK"),
            ("Hong Kong SAR, China", "HK"),
            ("Slovak Republic", "SK"),
            ("Kyrgyz Republic", "KG"),
            ("Lao PDR", "LA"),
            ("Timor Leste", "TL"),
            ("Guinea Bissau", "GW"),
            ("Faeroe Islands", "FO"),
            ("Bosnia-Herzegovina", "BA"),
            ("Perú", "PE"),
            ("Peru\u{301}", "PE"),
            ("Cote d\u{2019}Ivoire", "CI"),
            ("CÔTE D’IVOIRE", "CI"),
            ("Congo, Dem. Rep.", "CD"),
            ("Congo - Kinshasa", "CD"),
            ("Congo (the Democratic Republic of the)", "CD"),
            ("Congo, Rep.", "CG"),
            ("Egypt, Arab Rep.", "EG"),
            ("Iran, Islamic Rep.", "IR"),
            ("Micronesia, Fed. Sts.", "FM"),
            ("Venezuela, RB", "VE"),
            ("Yemen, Rep.", "YE"),
            ("St. Vincent & Grenadines", "VC"),
            ("St. Helena", "SH"),
            ("Virgin Islands (U.S.)", "VI"),
            ("U.S. Outlying Islands", "UM"),
            ("Palestinian Territories", "PS"),
            ("Czech Rep.", "CZ"),
            ("Viet-Nam", "VN"),
        ] {
            assert_eq!(alpha2(text), Some(code), "{text}");
        }
    }

    #[test]
    fn calling_codes_and_unknown_texts_are_no_country() {
        for text in [
            "",
            "+1",
            "1",
            "44",
            "ZZ",
            "Atlantis",
            "Korea",
            "Saint",
            "Republic",
            "Virgin Islands",
            "U",
            &"x".repeat(99),
        ] {
            assert_eq!(alpha2(text), None, "{text}");
        }
    }

    #[test]
    fn a_form_is_of_one_country_and_a_country_has_its_name() {
        for line in TABLE.lines() {
            let mut cells = line.split('|');
            let code = cells.next().unwrap();
            for name in cells {
                assert_eq!(FORMS[&form_of(name)], code, "{line}");
            }
        }
        assert_eq!(name("AU"), Some("Australia"));
        assert_eq!(name("au"), None);
    }

    #[test]
    fn the_table_has_every_iso_country_and_no_name_twice() {
        assert_eq!(TABLE.lines().count(), 250);
        let names: usize = TABLE.lines().map(|line| line.split('|').count()).sum();
        assert_eq!(CODES.len(), names);
        for line in TABLE.lines() {
            let cells: Vec<_> = line.split('|').collect();
            assert_eq!((cells[0].len(), cells[1].len()), (2, 3), "{line}");
            assert!(cells.iter().all(|name| name.len() < LONGEST), "{line}");
        }
    }
}
