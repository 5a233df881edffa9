//! What an act reads where the vault has many cases.

use super::fixture::{Fixture, MARCH};
use crate::domain::{CaseId, CaseRole, HomeRole, Moment};
use crate::policy::actions;
use crate::vault::Caller;
use crate::vault::scope::WantedRows;
use crate::vault::store::{case_rows, membership_rows, take_statements};

/// Cases beside the fixture's, whose member `of` is.
fn add_cases(fixture: &Fixture, of: &Caller, cases: std::ops::Range<u8>) {
    let db = fixture.writer.each_alone();
    for no in cases {
        let case = CaseId::from_random([no; 13]);
        let number = case_rows::insert(db, &case, b"", Moment::from_seconds(MARCH)).unwrap();
        let operator = of.operator_id().unwrap();
        membership_rows::upsert(db, number, operator, CaseRole::Lead, None).unwrap();
        let now = Moment::from_seconds(MARCH);
        membership_rows::recognise(db, number, operator, operator, now).unwrap();
    }
    fixture.vault.core.control.accept(db).unwrap();
}

/// A page of the lead's cases: their ids, the cursor behind them, and the statements that ran.
fn page(fixture: &Fixture, after: Option<String>) -> (Vec<String>, Option<String>, Vec<String>) {
    let wanted = WantedRows { after, limit: 5 };
    let asked = fixture.ask::<actions::ReadCase, _>(&fixture.lead, move |scope| {
        take_statements();
        let page = scope.own_cases(&wanted)?;
        let ids: Vec<String> = page.rows.iter().map(|case| case.id.to_string()).collect();
        Ok((ids, page.next, take_statements()))
    });
    serde_json::from_value(asked.unwrap()).unwrap()
}

#[test]
fn a_page_of_ones_cases_reads_the_cases_of_that_page_alone() {
    let fixture = Fixture::new();
    let somebody = fixture.member(9, HomeRole::Lead, CaseRole::Lead, None);
    add_cases(&fixture, &fixture.lead, 20..32);
    let (first, next, statements) = page(&fixture, None);
    assert_eq!(first.len(), 5);
    assert_eq!(next.as_ref(), first.last());
    // The list of memberships, and each case of the page that is not kept in memory.
    assert!((2..=6).contains(&statements.len()), "{statements:?}");
    // Neither more cases of one's own nor those of others are read.
    add_cases(&fixture, &somebody, 40..90);
    let (again, next_again, statements) = page(&fixture, None);
    assert_eq!((again, next_again), (first, next));
    assert!((1..=6).contains(&statements.len()), "{statements:?}");
    add_cases(&fixture, &fixture.lead, 100..150);
    let (_, _, statements) = page(&fixture, None);
    assert!((1..=6).contains(&statements.len()), "{statements:?}");
    // The pages have all of them, each once.
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let (rows, next, _) = page(&fixture, after);
        all.extend(rows);
        after = next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(all.len(), 1 + 12 + 50);
    let mut once = all.clone();
    once.sort();
    once.dedup();
    assert_eq!(once.len(), all.len());
    let foreign = CaseId::from_random([40; 13]).to_string();
    let refused = fixture.ask::<actions::ReadCase, _>(&fixture.lead, move |scope| {
        let after = Some(foreign);
        Ok(scope.own_cases(&WantedRows { after, limit: 5 })?.next)
    });
    assert!(refused.is_err(), "{refused:?}");
}

#[test]
fn an_inbox_reads_no_requests_of_cases_in_which_nobody_asked() {
    let fixture = Fixture::new();
    add_cases(&fixture, &fixture.lead, 20..32);
    for no in 20..32 {
        let case = CaseId::from_random([no; 13]);
        let core = &fixture.vault.core;
        let mut keyring = core.keyring.write().unwrap();
        keyring.add_case(&case, &*core.entropy).unwrap();
    }
    let inbox = || -> (usize, Vec<String>) {
        let asked = fixture.ask::<actions::ReadCase, _>(&fixture.lead, |scope| {
            take_statements();
            let waiting = scope.list_inbox(&WantedRows::ALL)?.rows.len();
            Ok((waiting, take_statements()))
        });
        serde_json::from_value(asked.unwrap()).unwrap()
    };
    let (waiting, statements) = inbox();
    assert_eq!(waiting, 0);
    let of_requests = statements.iter().filter(|sql| sql.contains("FROM request"));
    assert_eq!(of_requests.count(), 0, "{statements:?}");
    // The memberships at once, and of each case its row and the membership.
    assert!(statements.len() <= 1 + 2 * 13, "{statements:?}");
}
