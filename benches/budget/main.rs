//! What a malicious investigator learns under the default budgets: a simulation.
//!
//! The investigator has full rights, and knows which prefixes are in use and whose they are. What is seen costs views
//! only and is taken as seen at once, which is more than the budget of views gives in a day: `people.rs` lists it.
//! Every lookup is spent where a hit is likeliest, none twice, and each answer is taken into account. Nothing else is
//! bought with the same points: a difference (100) and a request (10 and one a masked subject) show what views show for
//! nothing, and refusals tell nothing. The excess is what is hit above what as many guesses score from public density
//! alone.
//!
//! A number after `--` is how many worlds are made of each spread; the worst one is printed. Without one, `cargo bench`
//! makes five, and `cargo test`, which runs this too, makes one. It fails if people with independent numbers lose more
//! than they may, if anything is hit beyond the month's lookups, or if the mask alone tells a number. That views show
//! what is modelled here and no more is tested beside them, in `src/vault/records/tests/simulated.rs`.

mod cells;
mod companies;
mod people;
mod random;

use std::process::ExitCode;

use breachvault::domain::{Bucket, Daily, Moment};
use breachvault::vault::Settings;

use crate::companies::Mask;
use crate::people::Spread;
use crate::random::Random;

const EXPOSED: usize = 100_000;
const START: i64 = 1_712_048_400;
const MOST_EXCESS: f64 = 0.005;
const TIMES: [(&str, i64); 3] = [("day", 24), ("week", 168), ("month", 720)];

/// How many numbers can be asked about within so many hours, spending whatever there is at once.
fn guesses(hours: i64) -> u32 {
    let budget = Settings::default().lookup_budget;
    let bucket = Bucket {
        capacity: f64::from(budget.capacity),
        leaks: f64::from(budget.per_hour),
        seconds: 3600.0,
    };
    let (mut level, mut days, mut all) = (0.0, Daily::default(), 0);
    for hour in 0..hours {
        let now = Moment::from_seconds(START + hour * 3600);
        level = bucket.leaked(level, if hour == 0 { 0.0 } else { 3600.0 });
        let month = u64::from(budget.per_month).saturating_sub(days.sum(now));
        let fits = ((bucket.capacity - level) as u32).min(month as u32);
        level += f64::from(fits);
        days.add(now, fits);
        all += fits;
    }
    all
}

/// The most that can be asked, and so hit, in a month.
fn cap() -> u32 {
    Settings::default().lookup_budget.per_month
}

/// People whose numbers are independent; whether the excess stays below what it may be.
fn independent(worlds: u64) -> bool {
    let spreads = [
        Spread {
            name: "one state, one area code",
            states: vec![1],
        },
        Spread {
            name: "one state, forty area codes",
            states: vec![40],
        },
        Spread {
            name: "all states, 370 area codes",
            states: (0..50).map(|no| [1, 2, 4, 8, 22][no % 5]).collect(),
        },
    ];
    println!(
        "| spread | density | time | guesses | hits | from density alone | excess | of the exposed |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    let mut holds = true;
    for spread in &spreads {
        for (time, hours) in TIMES {
            let guesses = guesses(hours);
            let mut worst: Option<(f64, u32, f64)> = None;
            for seed in 1..=worlds {
                let mut random = Random(seed);
                let mut world = people::World::of(spread, &mut random);
                let hits = world.attack(guesses, &mut random);
                let excess = f64::from(hits) - f64::from(guesses) * world.density;
                if worst.is_none_or(|(before, ..)| excess > before) {
                    worst = Some((excess, hits, world.density));
                }
            }
            let Some((excess, hits, density)) = worst else {
                continue;
            };
            let share = excess / EXPOSED as f64;
            holds &= share < MOST_EXCESS && guesses <= cap() && hits <= cap();
            let expected = f64::from(guesses) * density;
            println!(
                "| {} | {:.3} % | {time} | {guesses} | {hits} | {expected:.0} | {excess:.0} | {:.3} % |",
                spread.name,
                density * 100.0,
                share * 100.0,
            );
        }
    }
    holds
}

/// People in blocks of consecutive numbers that their companies hold, under several masks; whether no more is hit than
/// is asked, and the mask that is shown tells nobody's number.
fn in_blocks(worlds: u64) -> bool {
    println!(
        "| mask | time | guesses | hits | from the density of all numbers | excess | of the exposed | from the density of \
         the blocks | excess | of the exposed | known without a lookup |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|---|");
    let mut holds = true;
    for (name, mask) in [
        ("two last digits", Mask::Last(2)),
        ("one last digit", Mask::Last(1)),
        ("two, in accounts of 1,000 and more", Mask::TwoOfLarge(1000)),
        ("no digit, as shown", Mask::Last(0)),
    ] {
        for (time, hours) in TIMES {
            let guesses = guesses(hours);
            let made = (1..=worlds).map(|seed| {
                let mut random = Random(seed);
                let world = companies::World::of(&mut random);
                let mut seen = world.seen(mask);
                let certain = seen.certain();
                let hits = (0..guesses).filter(|_| seen.guess(&mut random).is_some());
                (hits.count() as u32, world, certain)
            });
            let Some((hits, world, certain)) = made.max_by_key(|(hits, ..)| *hits) else {
                continue;
            };
            holds &= guesses <= cap() && hits <= cap();
            holds &= !matches!(mask, Mask::Last(0)) || certain == 0;
            let [all, blocks] = [world.density, world.density_of_blocks].map(|density| {
                let expected = f64::from(guesses) * density;
                let excess = f64::from(hits) - expected;
                let share = excess / EXPOSED as f64 * 100.0;
                format!("{expected:.0} | {excess:.0} | {share:.3} %")
            });
            println!("| {name} | {time} | {guesses} | {hits} | {all} | {blocks} | {certain} |");
        }
    }
    holds
}

fn main() -> ExitCode {
    let worlds = std::env::args().find_map(|word| word.parse().ok());
    let usual = match std::env::args().any(|word| word == "--bench") {
        true => 5,
        false => 1,
    };
    let worlds: u64 = worlds.unwrap_or(usual);
    println!("Independent numbers, the worst of {worlds} worlds\n");
    let holds = independent(worlds);
    println!("\nNumbers in companies' blocks of 100, whose holders are known\n");
    let shown_tells_nothing = in_blocks(worlds);
    println!(
        "\nWhoever knows a company's blocks needs no vault to hit as often as the blocks are dense; no budget of 2,000 \
         lookups keeps those below 0.5 %. What the mask adds to that is the second excess, and the numbers that are \
         known without a lookup."
    );
    let cap = cap();
    match holds {
        true => println!("\nindependent numbers: below 0.5 % everywhere, and at most {cap} hits"),
        false => println!("\nindependent numbers: more than 0.5 % of the exposed, or than {cap}"),
    }
    match shown_tells_nothing {
        true => println!("blocks: at most {cap} hits, and no number is known by the mask alone"),
        false => println!("blocks: more hits than {cap}, or numbers known by the mask alone"),
    }
    match holds && shown_tells_nothing {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}
