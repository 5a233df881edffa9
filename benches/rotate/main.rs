//! A new key for a case: how fast everything is sealed again that the old one sealed, in bytes of ciphertext. It is
//! read, compared with its digest, opened, sealed, hashed and written durably, step by step with a leaf each.
//!
//!     cargo bench --bench rotate -- --rows 1000000,5000000 --runs 3

#![expect(
    dead_code,
    unreachable_pub,
    reason = "a module that the benchmarks share, none of which uses all of it"
)]

#[path = "../support/mod.rs"]
mod support;

use std::time::Instant;

use breachvault::operations::key::RotateCaseKey;
use breachvault::operations::{Ids, Request as _};
use serde_json::json;

use support::{House, Res, Words, make_csv};

fn main() -> Res<()> {
    let words = Words::new();
    let runs = words.number("--runs", 3)?;
    println!(
        "{:>12}  {:>10}  {:>8}  {:>10}",
        "records", "sealed", "seconds", "rate"
    );
    for rows in words.numbers("--rows", "1000000")? {
        let folder = tempfile::tempdir()?;
        let csv = folder.path().join("log.csv");
        make_csv(&csv, rows)?;
        let house = House::found(&folder.path().join("vault"))?;
        house.admit(&csv)?;
        std::fs::remove_file(&csv)?;
        for _ in 0..runs {
            let (bytes, seconds) = rotate(&house)?;
            let mb = bytes as f64 / 1e6;
            println!(
                "{rows:>12}  {mb:>7.0} MB  {seconds:>8.2}  {:>5.0} MB/s",
                mb / seconds
            );
        }
    }
    Ok(())
}

/// How many bytes were sealed again, and in how many seconds.
fn rotate(house: &House) -> Res<(u64, f64)> {
    let ids = Ids::new(vec![("case".to_owned(), house.case.to_string())]);
    let input = serde_json::from_value(json!({ "reason": "to be measured" }))?;
    let act = RotateCaseKey::read(&ids, input).map_err(|error| error.name())?;
    let begun = house.vault.perform(&house.administrator, act);
    begun.map_err(|_| "the case gets no new key")?;
    // No step yet; it is counted.
    house.vault.rotate_some(0)?;
    let bytes = house.vault.rotations().first().and_then(|one| one.bytes);
    let since = Instant::now();
    house.vault.rotate()?;
    Ok((
        bytes.ok_or("nothing was counted")?,
        since.elapsed().as_secs_f64(),
    ))
}
