//! Mobile networks: from country code (MCC) and network code (MNC) to the operator's name (ITU-T
//! E.212).
//!
//! The codes come from the log and are never guessed from a number, because numbers move between
//! operators. The table is from the npm package `mcc-mnc-list` 1.1.11 (MIT, Peter Bakondy). It has
//! operational networks only, without test networks and two ambiguous codes; `docs/data-sources.md`
//! has the licence and how the table is made. A network may have had another name on the day of a
//! message.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::invisible::trim;

/// The operator's name. `mnc` is text with its leading zero, `05`, or without it, `5`, where a log
/// stored it as an integer. `None` for a network that is not in the table, and for 0 and 0, which
/// stand for a failed delivery.
pub fn carrier_name(mcc: &str, mnc: &str) -> Option<&'static str> {
    let (mcc, mnc) = (trim(mcc), trim(mnc));
    if mcc.len() != 3 {
        return None;
    }
    let network = NETWORKS.get(&(integer(mcc)?, integer(mnc)?))?;
    // A leading zero is significant: `026` is not `26`.
    let as_integer = !mnc.starts_with('0');
    (mnc.len() == network.mnc.len() || as_integer).then_some(network.name)
}

/// True if a network of the table has this country code (MCC).
pub fn is_mobile_country(mcc: &str) -> bool {
    let countries = integer(trim(mcc)).and_then(|mcc| COUNTRIES.get(usize::from(mcc)));
    countries == Some(&true)
}

/// Splits a joined code into MCC and MNC: `23415`, `310260`.
pub fn split_joined(code: &str) -> Option<(&str, &str)> {
    let code = trim(code);
    let digits = code.bytes().all(|byte| byte.is_ascii_digit());
    let joined = digits && matches!(code.len(), 5 | 6);
    joined.then(|| code.split_at_checked(3)).flatten()
}

/// By country code: some network has it.
static COUNTRIES: LazyLock<Vec<bool>> = LazyLock::new(|| {
    let mut countries = vec![false; 1000];
    for (mcc, _) in NETWORKS.keys() {
        if let Some(known) = countries.get_mut(usize::from(*mcc)) {
            *known = true;
        }
    }
    countries
});

fn integer(digits: &str) -> Option<u16> {
    let three = matches!(digits.len(), 1..=3) && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| three)
}

struct Network {
    mnc: &'static str,
    name: &'static str,
}

/// One line for each network: MCC, MNC, name.
const TABLE: &str = include_str!("network.txt");

/// Networks by MCC and MNC as integers, which are unique except for test networks.
static NETWORKS: LazyLock<HashMap<(u16, u16), Network>> = LazyLock::new(|| {
    let mut networks = HashMap::with_capacity(2048);
    for line in TABLE.lines() {
        let mut cells = line.splitn(3, '|');
        if let (Some(mcc), Some(mnc), Some(name)) = (cells.next(), cells.next(), cells.next())
            && let (Some(country), Some(network)) = (integer(mcc), integer(mnc))
        {
            networks.insert((country, network), Network { mnc, name });
        }
    }
    networks
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_has_the_name_of_its_operator() {
        for (mcc, mnc, name) in [
            ("234", "15", "Vodafone UK"),
            ("234", "30", "EE"),
            ("310", "260", "T-Mobile"),
            ("311", "480", "Verizon"),
            // The source has several networks here; the name is that of the MCC's own country.
            ("310", "410", "AT&T"),
            ("202", "05", "Vodafone"),
            ("262", "01", "Telekom"),
            (" 262 ", "01", "Telekom"),
        ] {
            assert_eq!(carrier_name(mcc, mnc), Some(name), "{mcc} {mnc}");
        }
    }

    #[test]
    fn an_mnc_that_was_an_integer_is_found_and_one_of_another_width_is_not() {
        assert_eq!(carrier_name("202", "5"), Some("Vodafone"));
        assert_eq!(carrier_name("262", "1"), Some("Telekom"));
        assert_eq!(carrier_name("310", "32"), carrier_name("310", "032"));
        assert!(carrier_name("310", "032").is_some());
        for (mcc, mnc) in [("202", "005"), ("262", "001"), ("234", "015")] {
            assert_eq!(carrier_name(mcc, mnc), None, "{mcc} {mnc}");
        }
    }

    #[test]
    fn what_is_no_network_has_no_name() {
        for (mcc, mnc) in [
            ("0", "0"),
            ("000", "00"),
            ("000", "000"),
            ("", ""),
            ("310", ""),
            ("", "260"),
            ("31", "260"),
            ("0310", "260"),
            ("310", "0260"),
            ("310", "+26"),
            ("310", "abc"),
            ("310", "٢"),
            // Test networks: 001/01 and 001/001 are one as integers.
            ("001", "01"),
            ("001", "001"),
            ("999", "99"),
            // The source names two operators of one country, or none of the MCC's country.
            ("432", "93"),
            ("338", "050"),
            // In the source, but not operational.
            ("310", "270"),
        ] {
            assert_eq!(carrier_name(mcc, mnc), None, "{mcc} {mnc}");
        }
    }

    #[test]
    fn a_joined_code_falls_into_three_digits_and_the_rest() {
        assert_eq!(split_joined("23415"), Some(("234", "15")));
        assert_eq!(split_joined("310260"), Some(("310", "260")));
        for code in ["", "0", "2341", "3102600", "310-26", "+31026", "٣10"] {
            assert_eq!(split_joined(code), None, "{code}");
        }
        let (mcc, mnc) = split_joined("20205").unwrap();
        assert_eq!(carrier_name(mcc, mnc), Some("Vodafone"));
    }

    #[test]
    fn every_line_is_well_formed_and_every_network_is_told_apart_as_integers() {
        for line in TABLE.lines() {
            let cells: Vec<_> = line.split('|').collect();
            let [mcc, mnc, name] = cells[..] else {
                panic!("{line}");
            };
            let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
            assert!(mcc.len() == 3 && digits(mcc), "{line}");
            assert!(matches!(mnc.len(), 2 | 3) && digits(mnc), "{line}");
            assert!(!name.is_empty() && name.trim() == name, "{line}");
            assert!(name.chars().count() <= 64, "{line}");
            assert!(!name.chars().any(char::is_control), "{line}");
            assert_eq!(carrier_name(mcc, mnc), Some(name));
            let shortened = mnc.trim_start_matches('0');
            let as_integer = if shortened.is_empty() { mnc } else { shortened };
            assert_eq!(carrier_name(mcc, as_integer), Some(name), "{line}");
        }
        assert_eq!(NETWORKS.len(), TABLE.lines().count());
        assert_eq!(NETWORKS.len(), 1588);
    }
}
