//! Whether a text that somebody types holds what reads as a phone number.
//!
//! Reasons, titles and notes are shown to many people and stay in the log's sealed details, so no number belongs in
//! them. It looks at how numbers are written, not at numbering plans: it refuses a little more than there is. Not
//! promised: that a number somebody wants to hide, such as one in words, is found.

/// A run of digits in a text.
struct Group {
    /// Whether a plus stands before it.
    plus: bool,
    digits: String,
    /// Whether only what people write within one number is between it and the group before.
    joined: bool,
}

/// Whether the text has a number with its calling code, or one as it is written within a country.
pub(super) fn reads_as_number(text: &str) -> bool {
    let groups = groups(text);
    (0..groups.len()).any(|at| begins_number(&groups[at..]))
}

/// Whether the text has so many digits in a row that they may be a number without any mark. A time without marks, as
/// names of files have it, is none.
pub(super) fn has_long_run(text: &str) -> bool {
    groups(text)
        .iter()
        .any(|group| (9..=15).contains(&group.digits.len()) && !is_time(&group.digits))
}

/// Whether it is a year of this century, a month, a day, an hour, a minute, and perhaps a second.
fn is_time(digits: &str) -> bool {
    let part = |from: usize, most: u32| {
        let part = digits
            .get(from..from + 2)
            .and_then(|part| part.parse().ok());
        part.is_some_and(|part: u32| part <= most)
    };
    let shape = matches!(digits.len(), 12 | 14) && digits.starts_with("20");
    shape && part(4, 12) && part(6, 31) && part(8, 23) && part(10, 59)
}

fn begins_number(groups: &[Group]) -> bool {
    let Some(first) = groups.first() else {
        return false;
    };
    let chain = groups
        .iter()
        .enumerate()
        .take_while(|(at, group)| *at == 0 || (group.joined && !group.plus))
        .map(|(_, group)| group.digits.as_str());
    let chain: Vec<&str> = chain.collect();
    let is_international = match first.digits.strip_prefix("00") {
        Some(rest) => !rest.starts_with('0') && reaches(&chain, 9..=17),
        None => first.plus && !first.digits.starts_with('0') && reaches(&chain, 7..=15),
    };
    let whole: Vec<&str> = chain
        .iter()
        .copied()
        .take_while(|part| part.len() >= 3)
        .collect();
    let is_national = first.digits.starts_with('0') && reaches(&whole, 9..=12);
    is_international || is_national || is_north_american(&chain)
}

/// Whether the digits of some first groups together are so many.
fn reaches(chain: &[&str], length: std::ops::RangeInclusive<usize>) -> bool {
    let mut sum = 0;
    chain.iter().any(|part| {
        sum += part.len();
        length.contains(&sum)
    })
}

fn is_north_american(chain: &[&str]) -> bool {
    let place = |part: &str| part.len() == 3 && part.starts_with(|digit| digit >= '2');
    matches!(chain, [area, exchange, line, ..] if place(area) && place(exchange) && line.len() == 4)
}

fn groups(text: &str) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut between = String::new();
    let mut in_group = false;
    for letter in text.chars() {
        match (digit(letter), groups.last_mut()) {
            (Some(digit), Some(group)) if in_group => group.digits.push(digit),
            (Some(digit), before) => {
                let within = |letter| " -./()\u{a0}\u{2010}\u{2011}\u{2013}".contains(letter);
                let joined = before.is_some() && between.chars().count() <= 3;
                groups.push(Group {
                    plus: between.trim_end_matches([' ', '(']).ends_with(['+', '＋']),
                    digits: digit.to_string(),
                    joined: joined && between.chars().all(within),
                });
                in_group = true;
            }
            (None, _) => {
                if in_group {
                    between.clear();
                }
                in_group = false;
                between.push(letter);
            }
        }
    }
    groups
}

/// The digit in ASCII, whichever script it is of that people type numbers in.
fn digit(letter: char) -> Option<char> {
    let zero = match letter {
        '0'..='9' => '0',
        '\u{ff10}'..='\u{ff19}' => '\u{ff10}',
        '\u{660}'..='\u{669}' => '\u{660}',
        '\u{6f0}'..='\u{6f9}' => '\u{6f0}',
        '\u{966}'..='\u{96f}' => '\u{966}',
        _ => return None,
    };
    char::from_digit(u32::from(letter) - u32::from(zero), 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_found_as_people_write_them() {
        for text in [
            "call +12025550101 today",
            "call + 1 (202) 555-0101",
            "they wrote +44 1632 960001.",
            "+44-1632-960-001",
            "0044 1632 960001 is theirs",
            "(202) 555-0101",
            "202.555.0101 and others",
            "1-202-555-0101",
            "01632 960001",
            "fullwidth ＋１ ２０２ ５５５ ０１０１",
            "\u{0660}\u{0661}\u{0666}\u{0663}\u{0662} \u{0669}\u{0666}\u{0660}\u{0660}\u{0660}\u{0661}",
        ] {
            assert!(reads_as_number(text), "{text}");
        }
        assert!(has_long_run("the one with 12025550101"));
    }

    #[test]
    fn dates_counts_tickets_and_laws_are_none() {
        for text in [
            "sent on 2024-03-31 at 22:14 (UTC)",
            "from 2024-03-01T00:00:00+01:00 to 2024-03-31T00:00:00Z",
            "between 01.03.2024 and 31.03.2024",
            "ticket INC-2024-0331, 700,000 people",
            "GDPR Art. 33(2), CCPA 1798.82",
            "700 000 numbers in 5 000 000 messages",
            "about 100 200 300 of them",
            "192.168.100.200",
            "+5 more of them",
            "log-20240331221400.csv",
        ] {
            assert!(!reads_as_number(text), "{text}");
            assert!(!has_long_run(text), "{text}");
        }
    }
}
