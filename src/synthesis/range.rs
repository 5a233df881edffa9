//! Numbers that belong to nobody.
//!
//! | numbers | range | why it is free |
//! |---|---|---|
//! | first in US, CA | +1 NPA 555 0100 to 0199, every area code | reserved for fiction |
//! | then in US, CA | +1 NPA 0XX XXXX and 1XX XXXX | no exchange may begin with 0 or 1 in the plan |
//! | first in GB | +44 7700 900000 to 900999 | reserved for drama by Ofcom |
//! | then in GB | +44 6XXXXXXXXX | 06 is not in use |
//! | first in AU | +61 491 570 156 to 159 | reserved for fiction by ACMA |
//! | then in AU, and everywhere else | the prefix in `country::COUNTRIES` | unassigned in the country's plan |
//!
//! Unassigned means: in no range, of any length, that libphonenumber's metadata know; these follow
//! the national plans. A plan may open such a range one day. Never dial or text these numbers.

use super::country::{Place, Prefix};
use super::random::{Random, Scatter};

/// The numbers of a country, or of the states that share area codes.
pub(super) struct Range {
    fiction: Vec<Prefix>,
    unassigned: Vec<Prefix>,
    /// Scatters the digits after the prefix.
    scatter: Scatter,
}

impl Range {
    pub(super) fn new(place: &Place, random: &mut Random) -> Self {
        let mut fiction = place.country.fiction.clone();
        let mut unassigned: Vec<Prefix> = place.country.unassigned.into_iter().collect();
        for code in place.area_codes() {
            let area = 1_000 + u64::from(*code);
            fiction.push(Prefix {
                digits: area * 100_000 + 55_501,
                free: 2,
            });
            unassigned.extend([0, 1].map(|exchange| Prefix {
                digits: area * 10 + exchange,
                free: 6,
            }));
        }
        let size = unassigned.first().map_or(0, Prefix::size);
        Self {
            fiction,
            unassigned,
            scatter: Scatter::new(size, random),
        }
    }

    /// The number at a position. Positions below the capacity have different numbers; beyond it
    /// there is none.
    pub(super) fn at(&self, position: u64) -> Option<u64> {
        let kept = capacity(&self.fiction);
        if position < kept {
            return pick(&self.fiction, position, |offset| offset);
        }
        if position >= self.capacity() {
            return None;
        }
        pick(&self.unassigned, position - kept, |offset| {
            self.scatter.at(offset)
        })
    }

    pub(super) fn capacity(&self) -> u64 {
        capacity(&self.fiction) + capacity(&self.unassigned)
    }

    /// How many of the first positions are in ranges reserved for fiction.
    #[cfg(test)]
    fn fictional(&self) -> u64 {
        capacity(&self.fiction)
    }
}

impl Prefix {
    fn size(&self) -> u64 {
        10u64.pow(self.free)
    }
}

fn capacity(prefixes: &[Prefix]) -> u64 {
    prefixes.iter().map(Prefix::size).sum()
}

/// All prefixes of one list have the same size.
fn pick(prefixes: &[Prefix], position: u64, mixed: impl Fn(u64) -> u64) -> Option<u64> {
    let count = prefixes.len() as u64;
    let prefix = prefixes.get(position.checked_rem(count)? as usize)?;
    Some(prefix.digits * prefix.size() + mixed(position / count))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberFormat};

    use super::*;
    use crate::synthesis::country::COUNTRIES;
    use crate::synthesis::recipe::MOST_PEOPLE;

    #[test]
    fn every_number_is_possible_and_none_outside_fiction_is_valid() {
        let mut random = Random::new(11, 0);
        for (place, _) in Place::all() {
            let range = Range::new(&place, &mut random);
            let drawn =
                (0..range.fictional()).step_by(17).chain((0..400).map(|_| {
                    range.fictional() + random.below(range.capacity() - range.fictional())
                }));
            for position in drawn {
                let text = format!("+{}", range.at(position).unwrap());
                let number = PHONE_NUMBER_UTIL.parse(&text, None).unwrap();
                let code = place.country.code;
                assert!(
                    PHONE_NUMBER_UTIL.is_possible_number(&number),
                    "{code} {text}"
                );
                assert_eq!(number.format_as(PhoneNumberFormat::E164), text, "{code}");
                if position >= range.fictional() {
                    assert!(!number.is_valid(), "{code} {text}");
                }
            }
        }
    }

    #[test]
    fn an_unassigned_prefix_is_assigned_at_no_length() {
        let mut random = Random::new(12, 0);
        for country in COUNTRIES.iter() {
            let Some(prefix) = country.unassigned else {
                continue;
            };
            for free in 2..=11 {
                for _ in 0..60 {
                    let text = format!(
                        "+{}{:0free$}",
                        prefix.digits,
                        random.below(10u64.pow(free as u32))
                    );
                    let valid = PHONE_NUMBER_UTIL
                        .parse(&text, None)
                        .is_ok_and(|number| number.is_valid());
                    assert!(!valid, "{} {text}", country.code);
                }
            }
        }
    }

    #[test]
    fn fiction_comes_first_and_no_number_comes_twice() {
        let place = Place::all().into_iter().map(|(place, _)| place);
        for place in place.filter(|place| ["US", "GB", "AU"].contains(&place.country.code)) {
            let range = Range::new(&place, &mut Random::new(13, 0));
            let numbers: Vec<u64> = (0..range.fictional() + 2_000)
                .map(|at| range.at(at).unwrap())
                .collect();
            assert_eq!(numbers.iter().collect::<HashSet<_>>().len(), numbers.len());
            for number in &numbers[..range.fictional() as usize] {
                let text = number.to_string();
                assert!(
                    text.starts_with("447700900")
                        || text.starts_with("6149157015")
                        || &text[4..9] == "55501"
                );
            }
            assert_eq!(range.at(range.capacity()), None);
        }
    }

    #[test]
    fn the_ranges_last_for_as_many_people_as_are_allowed() {
        for (place, share) in Place::all() {
            let range = Range::new(&place, &mut Random::new(14, 0));
            let expected = f64::from(MOST_PEOPLE) * f64::from(share) / 1000.0;
            // Half as many again leaves room for chance, and for the few small states that share
            // codes.
            assert!(
                range.capacity() as f64 > 1.5 * expected,
                "{}",
                place.country.code
            );
        }
    }
}
