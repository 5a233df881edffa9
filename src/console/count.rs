//! Counts as people read them.

use serde::Serialize;
use serde_json::Value;

/// With a comma between thousands.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// The same for a count that may be hidden or absent: what is no number is as it is.
pub(super) fn counted(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(text)) => text,
        Ok(Value::Number(number)) => match number.as_u64() {
            Some(number) => grouped(number),
            None => number.to_string(),
        },
        Ok(_) | Err(_) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_apart_and_what_is_hidden_stays_hidden() {
        let told = [0, 999, 1000, 65_536, 5_000_000].map(|number| counted(&number));
        assert_eq!(told, ["0", "999", "1,000", "65,536", "5,000,000"]);
        assert_eq!(counted(&"*"), "*");
        assert_eq!(counted(&None::<u64>), "");
    }
}
