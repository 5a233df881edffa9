//! Cells made of templates, by a generator that always gives the same.

use crate::domain::Field;

/// A text with places to fill, and the fields whose cells it may be.
pub(super) type Template = (&'static [Field], &'static [&'static str]);

/// A cell of a corpus.
pub(super) struct Cell {
    pub(super) field: Field,
    pub(super) text: String,
    pub(super) template: &'static str,
}

/// So many cells: each group of templates as often as the others, each template of a group too.
pub(super) fn cells(templates: &[Template], count: usize) -> Vec<Cell> {
    let mut random = Random(0x5eed_c0de);
    let made = (0..count).map(|at| {
        let (fields, texts) = templates[at % templates.len()];
        let template = *random.of(texts);
        Cell {
            field: *random.of(fields),
            text: fill(template, &mut random),
            template,
        }
    });
    made.collect()
}

/// Fills the places of a template: `{name}` is one of a pool, `{999}` three digits, `{AAA}` three
/// capitals and digits.
fn fill(template: &str, random: &mut Random) -> String {
    let mut text = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (place, after) = after.split_once('}').unwrap();
        text += before;
        match place {
            _ if place.bytes().all(|b| b == b'9') => {
                text.extend(place.bytes().map(|_| random.digit()));
            }
            _ if place.bytes().all(|b| b == b'A') => {
                // At least two of them are digits.
                let mut code: Vec<char> = place.bytes().map(|_| random.capital()).collect();
                let size = code.len();
                code[size - 1] = random.digit();
                code[size / 2] = random.digit();
                text.extend(code);
            }
            _ if place.bytes().all(|b| b == b'f') => {
                text.extend(place.bytes().map(|_| *random.of(&HEX)));
            }
            name => {
                let (_, pool) = POOLS.iter().find(|(of, _)| *of == name).expect(name);
                let chosen = random.of::<&str>(pool);
                let chosen = fill(chosen, random);
                text += &chosen;
            }
        }
        rest = after;
    }
    text + rest
}

/// SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 8) as usize
    }

    fn of<'t, T>(&mut self, all: &'t [T]) -> &'t T {
        &all[self.next() % all.len()]
    }

    fn digit(&mut self) -> char {
        char::from(b'0' + (self.next() % 10) as u8)
    }

    fn capital(&mut self) -> char {
        *self.of(&[
            'A', 'C', 'E', 'F', 'H', 'K', 'M', 'P', 'R', 'T', 'X', 'Y', '3', '4', '7', '9',
        ])
    }
}

const HEX: [char; 16] = [
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f',
];

/// What places are filled with.
const POOLS: &[(&str, &[&str])] = &[
    // Codes of mobile networks that exist.
    (
        "net",
        &[
            "310260", "310410", "311480", "310120", "23415", "23410", "23430", "26201", "26207",
            "26202", "20801", "20815", "22210", "21407", "24007", "26002", "25002", "25001",
            "44010", "44020", "45005", "45006", "46000", "46001", "40410", "40445", "50218",
            "52001", "45201", "65501", "62130", "72405", "33402", "302720", "50501",
        ],
    ),
    (
        "year",
        &["2019", "2020", "2021", "2022", "2023", "2024", "2025"],
    ),
    (
        "month",
        &[
            "01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12",
        ],
    ),
    (
        "brand",
        &[
            "Acme",
            "Northwind",
            "Contoso",
            "Globex",
            "Initech",
            "Umbra Bank",
            "PayFast",
            "Chatter",
            "RideNow",
            "Duo",
            "Okta",
            "Fabrikam",
            "MyGov",
            "HealthPlus",
            "QuickBank",
            "Parcelio",
        ],
    ),
    (
        "first",
        &[
            "Anna", "Omar", "Li", "Jonas", "Maria", "Priya", "Ivan", "Kofi", "Yuki", "Sara", "Tom",
            "Elif",
        ],
    ),
    (
        "last",
        &[
            "Meier", "Haddad", "Wang", "Silva", "Novak", "O'Brien", "Okafor", "Tanaka", "Smith",
            "García",
        ],
    ),
    (
        "link",
        &[
            "https://example.com/v/{fff}",
            "http://exmpl.co/{AAAAA}",
            "bit.ly/{fffff}",
            "t.example.org/{9999}",
            "www.example.net/go",
            "https://ex.am/{AAAA}?u={999}",
        ],
    ),
    (
        "time",
        &["7:30", "18:45", "9am", "3pm", "10:15", "4:05 PM", "11:00"],
    ),
    ("day", &["Monday", "Tuesday", "Friday", "Sunday"]),
    (
        "sum",
        &["$25.00", "€30", "£9.99", "₹1,499", "$1,250", "¥3000"],
    ),
    (
        "code",
        &[
            "{9999}",
            "{99999}",
            "{999999}",
            "{999999}",
            "{999999}",
            "{99999999}",
            "{999} {999}",
            "{999}-{999}",
            "{AAAAAA}",
        ],
    ),
    (
        "digits",
        &[
            "{9999}",
            "{99999}",
            "{999999}",
            "{999999}",
            "{9999999}",
            "{99999999}",
        ],
    ),
    (
        "secret",
        &[
            "Xk{99}Lm{9}",
            "sun{9999}shine",
            "Blue-{999}-river",
            "aB{9}dE{9}",
            "P@ss{999}w",
            "q{9}W{9}e{9}r",
            "Winter{9999}",
            "kT-{99}-xz",
        ],
    ),
    (
        "pin",
        &["1{99999}", "4{99999}", "560{999}", "7{99999}", "682 {999}"],
    ),
    ("zip", &["{99999}", "{99999}", "{99999}-{9999}"]),
];
