//! The schema: numbered steps, the same as SQLite's in the server's words.
//!
//! Steps are applied by whoever may make tables, in one transaction; a vault that is served needs no such right.

use std::sync::LazyLock;

use ring::digest::{SHA256, digest};

use super::link::Link;
use super::schema;
use crate::domain::Moment;
use crate::vault::store::error::{StoreError, StoreFault, one};
use crate::vault::store::schema::{Object, SchemaFault, compare};

pub(super) const STEPS: [(&str, &str); 5] = [
    (
        "0001_vault",
        include_str!("../../../../migrations/postgresql/0001_vault.sql"),
    ),
    (
        "0002_cases",
        include_str!("../../../../migrations/postgresql/0002_cases.sql"),
    ),
    (
        "0003_columns",
        include_str!("../../../../migrations/postgresql/0003_columns.sql"),
    ),
    (
        "0004_requests",
        include_str!("../../../../migrations/postgresql/0004_requests.sql"),
    ),
    (
        "0005_audit",
        include_str!("../../../../migrations/postgresql/0005_audit.sql"),
    ),
];

const TABLE: &str = "CREATE TABLE migration (
    number     BIGINT PRIMARY KEY,
    name       TEXT NOT NULL,
    sha256     BYTEA NOT NULL,
    applied_at BIGINT NOT NULL
)";

/// What a server says of the schema that all steps make.
const MADE: &str = include_str!("../../../../migrations/postgresql/schema.txt");
static EXPECTED: LazyLock<Vec<Object>> = LazyLock::new(|| schema::kept(MADE));

/// Applies the missing steps, all or none.
pub(super) fn apply(link: &Link, now: Moment) -> Result<(), SchemaFault> {
    let at = "migrations::apply";
    let is_new = schema::read(link)?.is_empty();
    let applied = if is_new { 0 } else { applied(link)? };
    if applied == STEPS.len() {
        return check_all(link);
    }
    link.run(at, "BEGIN")?;
    let made = make(link, is_new, applied, now);
    let made = made.and_then(|()| check_all(link));
    match made {
        Ok(()) => Ok(link.run(at, "COMMIT")?),
        Err(fault) => {
            // The first fault is the one to tell of.
            let _ = link.run(at, "ROLLBACK");
            Err(match fault {
                SchemaFault::Store(StoreError {
                    fault: StoreFault::Unauthorised,
                    ..
                }) => SchemaFault::NotOwner,
                fault => fault,
            })
        }
    }
}

fn make(link: &Link, is_new: bool, applied: usize, now: Moment) -> Result<(), SchemaFault> {
    let at = "migrations::apply";
    if is_new {
        link.run(at, TABLE)?;
    }
    for (index, (name, text)) in STEPS.iter().enumerate().skip(applied) {
        link.run(at, text)?;
        let number = i64::try_from(index + 1).unwrap_or(i64::MAX);
        let hash = sha256(text);
        let values = [
            number.into(),
            (*name).into(),
            (&hash).into(),
            now.seconds().into(),
        ];
        let sql = "-- migrations::record
            INSERT INTO migration (number, name, sha256, applied_at) VALUES (?1, ?2, ?3, ?4)";
        one(at, link.execute(at, sql, &values)?)?;
    }
    Ok(())
}

/// Compares the applied steps with the known ones, and the schema with the one that they make.
pub(super) fn check_all(link: &Link) -> Result<(), SchemaFault> {
    let found = schema::read(link)?;
    if found.iter().any(|object| object.is_table("migration")) && applied(link)? != STEPS.len() {
        return Err(SchemaFault::Steps);
    }
    compare(&EXPECTED, &found)
}

/// How many steps the database says were applied, if they are the known ones.
fn applied(link: &Link) -> Result<usize, SchemaFault> {
    let at = "migrations::applied";
    let sql = "-- migrations::list\nSELECT number, name, sha256 FROM migration ORDER BY number";
    let all = link.query(at, sql, &[], |mut rows| {
        let broken = |_| StoreError::inconsistent(at);
        let mut all = Vec::new();
        while let Some(cells) = rows.next()? {
            all.push((
                cells.get(at, 0)?.as_integer().map_err(broken)?,
                cells.get(at, 1)?.as_text().map_err(broken)?.to_owned(),
                cells.get(at, 2)?.as_blob().map_err(broken)?.to_vec(),
            ));
        }
        Ok(all)
    })?;
    for (index, (number, name, hash)) in all.iter().enumerate() {
        let (known, text) = STEPS.get(index).ok_or(SchemaFault::Newer)?;
        let follows = usize::try_from(*number) == Ok(index + 1);
        if !follows || name != known || hash[..] != sha256(text) {
            return Err(SchemaFault::Steps);
        }
    }
    Ok(all.len())
}

fn sha256(text: &str) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, text.as_bytes()).as_ref());
    hash
}

/// The schema without a comparison, for the test that writes down what a server says of it.
#[cfg(test)]
pub(super) fn make_all(link: &Link, now: Moment) -> Result<(), SchemaFault> {
    make(link, true, 0, now)
}
