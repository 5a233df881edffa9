//! Synthetic people and what a log says about them: the truth that an attacker wants to know.

use std::collections::{BTreeMap, BTreeSet};

/// Numbers from a seed (splitmix64).
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % end as u64) as usize
    }

    /// Mostly one of the first.
    fn skewed(&mut self, end: usize) -> usize {
        let among = 1 + self.below(end);
        self.below(among)
    }
}

/// Country, state as in log, calling and area code, state of the area code, state as a protected table says it.
pub(crate) const PLACES: [[&str; 5]; 7] = [
    ["US", "California", "+1415", "CA", "US-CA"],
    ["US", "New York", "+1212", "NY", "US-NY"],
    ["GB", "", "+4477", "", "GB"],
    ["US", "California", "+1212", "NY", "US-CA"],
    ["CA", "Ontario", "+1416", "ON", "CA-ON"],
    ["CA", "Quebec", "+1514", "QC", "CA-QC"],
    ["GB", "Wales", "+4477", "", "GB-WLS"],
];
pub(crate) const CARRIERS: [&str; 3] = ["Alpha", "Beta", "Gamma"];
/// A day and the Monday of its week.
pub(crate) const DAYS: [[&str; 2]; 4] = [
    ["2024-03-12", "2024-03-11"],
    ["2024-03-13", "2024-03-11"],
    ["2024-03-19", "2024-03-18"],
    ["2024-03-26", "2024-03-25"],
];
pub(crate) const DIMENSIONS: [&str; 6] =
    ["country", "state", "area_state", "carrier", "day", "week"];

#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) number: String,
    pub(crate) place: usize,
    /// Which exhibits they are in.
    pub(crate) exhibits: BTreeSet<usize>,
    /// Carrier and day of their messages, in each of these exhibits.
    pub(crate) messages: BTreeSet<(usize, usize)>,
}

/// Up to so many exhibits. With `once` everybody has one carrier and one day.
pub(crate) fn people(dice: &mut Dice, exhibits: usize, once: bool) -> Vec<Person> {
    let mut people: Vec<Person> = Vec::new();
    let (places, days) = (2 + dice.below(6), 1 + dice.below(4));
    for exhibit in 0..exhibits {
        for person in &mut people {
            if dice.below(8) == 0 {
                person.exhibits.insert(exhibit);
            }
        }
        for _ in 0..8 + dice.below(if exhibit == 0 { 80 } else { 30 }) {
            let place = dice.skewed(places);
            let messages = if once { 1 } else { 1 + dice.below(3) };
            let messages = (0..messages).map(|_| (dice.skewed(3), dice.skewed(days)));
            let code = PLACES[place][2];
            let digits = if code == "+4477" { "00900" } else { "5550" };
            people.push(Person {
                number: format!("{code}{digits}{:03}", people.len()),
                place,
                exhibits: [exhibit].into(),
                messages: messages.collect(),
            });
        }
    }
    people
}

pub(crate) fn csv(people: &[Person], exhibit: usize) -> Vec<u8> {
    let mut text = String::from("account,number,carrier,country,state,sent_at,kind\n");
    for person in people.iter().filter(|one| one.exhibits.contains(&exhibit)) {
        let [country, state, ..] = PLACES[person.place];
        for (carrier, day) in &person.messages {
            // No two exhibits have the same row, which would be left out as a duplicate.
            text.push_str(&format!(
                "one,{},{},{country},{state},{}T12:00:0{exhibit}Z,sms\n",
                person.number, CARRIERS[*carrier], DAYS[*day][0]
            ));
        }
    }
    text.into_bytes()
}

/// The cells that somebody is in.
pub(crate) fn cells(person: &Person, dimension: &str) -> BTreeSet<&'static str> {
    let place = PLACES[person.place];
    let messages = person.messages.iter();
    match dimension {
        "country" => [place[0]].into(),
        "state" => [place[4]].into(),
        "area_state" => [place[3]].into(),
        "carrier" => messages.map(|(carrier, _)| CARRIERS[*carrier]).collect(),
        "day" => messages.map(|(_, day)| DAYS[*day][0]).collect(),
        "week" => messages.map(|(_, day)| DAYS[*day][1]).collect(),
        other => panic!("{other}"),
    }
}

/// Who is in any of these exhibits.
pub(crate) fn within<'p>(
    people: &'p [Person],
    exhibits: &BTreeSet<usize>,
) -> impl Iterator<Item = &'p Person> {
    let exhibits = exhibits.clone();
    people
        .iter()
        .filter(move |person| !person.exhibits.is_disjoint(&exhibits))
}

/// A table as it is.
pub(crate) fn count(
    people: &[Person],
    exhibits: &BTreeSet<usize>,
    dimension: &str,
) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    for person in within(people, exhibits) {
        for cell in cells(person, dimension) {
            *counts.entry(cell.to_owned()).or_default() += 1;
        }
    }
    counts
}
