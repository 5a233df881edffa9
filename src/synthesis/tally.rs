//! The accounts in a synthetic log.

use std::collections::HashMap;
use std::io;

use super::generate::fill;
use super::people::People;
use super::recipe::Recipe;
use super::row::{Row, Shape};

/// Up to `count` accounts that occur in this recipe's log, those with the most messages first, by
/// the names that all formats but Twilio's use. Generates the whole log to count them.
pub fn sample_accounts(recipe: &Recipe, count: usize) -> io::Result<Vec<String>> {
    let mut messages = Tally(HashMap::new());
    let people = People::new(recipe)?;
    fill(recipe, people, &mut messages, &mut io::sink(), &mut |_| {})?;
    let mut accounts: Vec<_> = messages.0.into_iter().collect();
    accounts.sort_by(|(one, fewer), (other, more)| more.cmp(fewer).then(one.cmp(other)));
    accounts.truncate(count);
    Ok(accounts.into_iter().map(|(name, _)| name).collect())
}

/// A format without output that counts messages by account.
struct Tally(HashMap<String, u64>);

impl Shape for &mut Tally {
    fn open(&mut self, _: &mut Vec<u8>) {}

    fn row(&mut self, row: &Row<'_>, _: &mut Vec<u8>) {
        match self.0.get_mut(row.account) {
            Some(messages) => *messages += 1,
            None => drop(self.0.insert(row.account.to_owned(), 1)),
        }
    }

    fn close(&mut self, _: &mut Vec<u8>) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Format;
    use crate::synthesis::write;

    #[test]
    fn the_first_account_is_the_one_with_the_most_messages() {
        let recipe = Recipe {
            rows: 2000,
            seed: 3,
            format: Format::SupplierCsv,
            people: None,
        };
        let accounts = sample_accounts(&recipe, 2).unwrap();
        let mut log = Vec::new();
        write(&recipe, &mut log, &mut |_| {}).unwrap();
        let log = String::from_utf8(log).unwrap();
        let messages = |account: &str| log.lines().filter(|line| line.contains(account)).count();
        assert!(messages(&accounts[0]) >= messages(&accounts[1]));
        assert!(messages(&accounts[1]) > 0);
    }
}
