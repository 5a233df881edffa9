//! The carrier of a record that names none but has the codes of a mobile network.

use crate::domain::network;

/// The name of the network; its codes (`234-15`) if no name is known; nothing if there are no
/// codes. Both codes may be in the first.
pub(super) fn of_network<'a>(codes: [&'a str; 2], room: &'a mut String) -> &'a str {
    // A data frame adds `.0` to a number.
    let [mcc, mnc] = codes.map(|code| code.strip_suffix(".0").unwrap_or(code));
    let joined = mnc.is_empty() && mcc.len() > MCC;
    let (country, of_carrier) = match joined {
        true => mcc.split_at_checked(MCC).unwrap_or_default(),
        false => (mcc, mnc),
    };
    let between = |c: char| matches!(c, '-' | '/' | '_' | ' ' | ':' | '.');
    let of_carrier = of_carrier.trim_start_matches(between);
    let is_code = |code: &str| {
        (1..=3).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_digit())
    };
    if !is_code(country) || !is_code(of_carrier) {
        // Some suppliers put a name of their own in place of the codes.
        let named = joined && mcc.bytes().any(|byte| byte.is_ascii_alphabetic());
        return if named { mcc } else { "" };
    }
    // Failed messages have codes of zeros.
    if country.bytes().all(|digit| digit == b'0') {
        return "";
    }
    network::carrier_name(country, of_carrier).unwrap_or_else(|| {
        room.clear();
        room.push_str(country);
        room.push('-');
        room.push_str(of_carrier);
        room
    })
}

/// A mobile country code has three digits (ITU-T E.212).
const MCC: usize = 3;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_apart_and_joined_give_one_carrier_and_zeros_give_none() {
        let carrier = |mcc, mnc| of_network([mcc, mnc], &mut String::new()).to_owned();
        for (mcc, mnc) in [
            ("999", "05"),
            ("99905", ""),
            ("999-05", ""),
            ("999/05", ""),
            ("999 05", ""),
            ("99905.0", ""),
            ("999.0", "05"),
        ] {
            assert_eq!(carrier(mcc, mnc), "999-05");
        }
        assert_eq!(carrier("999999", ""), "999-999");
        assert_eq!(carrier("GB-FIXED", ""), "GB-FIXED");
        for (mcc, mnc) in [
            ("", ""),
            ("0", "0"),
            ("000", "000"),
            ("00000", ""),
            ("310", ""),
            ("", "260"),
            ("9990", "x"),
            ("9990555", ""),
            ("n/a", "260"),
        ] {
            assert_eq!(carrier(mcc, mnc), "", "{mcc} {mnc}");
        }
    }
}
