//! Logs to admit, and the same log read plainly, to count beside the vault.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};

use breachvault::domain::Format;
use breachvault::synthesis::{Recipe, write};

/// A supplier's log and its messages.
pub struct Log {
    pub csv: Vec<u8>,
    pub messages: Vec<Message>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Message {
    pub account: String,
    pub user: String,
    pub number: String,
    pub carrier: String,
    pub country: String,
    pub state: String,
    pub sent_at: String,
    pub kind: String,
    pub channel: String,
}

/// Made up, the same for the same seed.
pub fn invented(rows: u64, seed: u64) -> Log {
    let recipe = Recipe {
        rows,
        seed,
        format: Format::SupplierCsv,
        people: None,
    };
    let mut csv = Vec::new();
    write(&recipe, &mut csv, &mut |_| {}).unwrap();
    Log::read(csv)
}

impl Log {
    /// A log as `csv_of` makes it.
    pub fn read_short(csv: Vec<u8>) -> Self {
        let mut reader = csv::Reader::from_reader(&csv[..]);
        let messages = reader
            .records()
            .map(|record| {
                let record = record.unwrap();
                let text = |at: usize| record[at].to_owned();
                Message {
                    account: text(0),
                    user: String::new(),
                    number: text(1),
                    carrier: text(2),
                    country: text(3),
                    state: text(4),
                    sent_at: text(5),
                    kind: text(6),
                    channel: String::new(),
                }
            })
            .collect();
        Self { csv, messages }
    }

    pub fn read(csv: Vec<u8>) -> Self {
        let mut reader = csv::Reader::from_reader(&csv[..]);
        let messages = reader
            .records()
            .map(|record| {
                let record = record.unwrap();
                let text = |at: usize| record[at].to_owned();
                Message {
                    account: text(0),
                    user: text(1),
                    number: text(2),
                    carrier: text(3),
                    country: text(4),
                    state: text(5),
                    sent_at: text(6),
                    kind: text(7),
                    channel: text(8),
                }
            })
            .collect();
        Self { csv, messages }
    }

    pub fn numbers_of(&self, keep: impl Fn(&Message) -> bool) -> BTreeSet<&str> {
        let kept = self.messages.iter().filter(|message| keep(message));
        kept.map(|message| message.number.as_str()).collect()
    }

    pub fn count(&self, keep: impl Fn(&Message) -> bool) -> u64 {
        self.messages.iter().filter(|message| keep(message)).count() as u64
    }

    /// The account with the most messages, and the next one.
    pub fn accounts(&self) -> (String, String) {
        let names: BTreeSet<_> = self
            .messages
            .iter()
            .map(|message| &message.account)
            .collect();
        let mut counted: Vec<_> = names
            .into_iter()
            .map(|name| (self.count(|message| message.account == *name), name.clone()))
            .collect();
        counted.sort_by(|a, b| b.cmp(a));
        let next = counted.get(1).map(|(_, name)| name.clone());
        // Of a log with one account the next is one that the log does not have.
        (
            counted[0].1.clone(),
            next.unwrap_or_else(|| "another account".to_owned()),
        )
    }
}

/// Supplier CSV of account, number and time; the rest is the same for all.
pub fn csv_of(rows: &[(&str, &str, &str)]) -> Vec<u8> {
    let mut text = String::from("account,number,carrier,country,state,sent_at,kind\n");
    for (account, number, at) in rows {
        text.push_str(&format!("{account},{number},Carrier,GB,,{at},sms\n"));
    }
    text.into_bytes()
}

/// Supplier CSV of account, number, country and state; the rest is the same for all.
pub fn csv_of_places(rows: &[[&str; 4]]) -> Vec<u8> {
    let mut text = String::from("account,number,carrier,country,state,sent_at,kind\n");
    for (at, [account, number, country, state]) in rows.iter().enumerate() {
        let sent_at = format!("2024-03-10T12:00:{at:02}Z");
        text.push_str(&format!(
            "{account},{number},Carrier,{country},{state},{sent_at},sms\n"
        ));
    }
    text.into_bytes()
}

/// A small log that no other call made.
pub fn fresh_csv() -> Vec<u8> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let next = NEXT.fetch_add(1, Ordering::Relaxed);
    let at = format!(
        "2024-03-{:02}T{:02}:{:02}:{:02}Z",
        next / 86_400 % 28 + 1,
        next / 3600 % 24,
        next / 60 % 60,
        next % 60
    );
    csv_of(&[("fresh", "+447700900001", &at)])
}

/// The same with a row more, whose number is none.
pub fn fresh_csv_with_a_reject() -> Vec<u8> {
    let mut file = fresh_csv();
    file.extend(b"fresh,abc123,Carrier,GB,,2024-03-10T12:00:00Z,sms\n");
    file
}
