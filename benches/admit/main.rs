//! Loading one file: breachvault, DuckDB, SQLite and SQLCipher, each in a process of
//! its own. docs/benchmarks.md says what each figure means.
//!
//!     cargo bench --bench admit -- --rows 1000000,5000000 --runs 3 [--keep]
//!     cargo bench --bench admit -- --later 20000000 --exhibits 1,232 --runs 3

#![expect(
    dead_code,
    unreachable_pub,
    reason = "a module that the benchmarks share, none of which uses all of it"
)]

mod later;
#[path = "../support/mod.rs"]
mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use support::{House, Peer, Res, Words, grouped, load, median, table};

struct Measured {
    peer: Peer,
    seconds: Vec<f64>,
    peaks: Vec<f64>,
    bytes: u64,
}

fn main() -> Res<()> {
    let words = Words::new();
    if let Some(csv) = words.text("--admit-here") {
        let directory = words.text("--in").ok_or("--in is needed")?;
        return admit_here(Path::new(csv), Path::new(directory));
    }
    if words.has("--admit-these") {
        let directory = words.text("--in").ok_or("--in is needed")?;
        let last = words.number("--admit-these", 1)?;
        return later::admit_these(last as usize, Path::new(directory));
    }
    if words.has("--later") {
        return later::measure(&words);
    }
    let sizes = words.numbers("--rows", "1000000,5000000")?;
    let runs = words.number("--runs", 1)?.max(1);
    let directory = tempfile::Builder::new().prefix("admit-").tempdir()?;
    let peers = support::present();
    println!("runs: {runs}, interleaved; medians\n");
    let mut growth = Vec::new();
    for rows in sizes {
        let csv = directory.path().join(format!("{rows}.csv"));
        let bytes = support::make_csv(&csv, rows)?;
        let measured = measure(&peers, &csv, directory.path(), runs)?;
        print(&measured, rows, bytes);
        growth.push((rows, measured));
        if !words.has("--keep") {
            fs::remove_file(&csv)?;
        }
    }
    print_growth(&peers, &growth);
    if words.has("--keep") {
        println!("kept: {}", directory.keep().display());
    }
    Ok(())
}

fn measure(peers: &[Peer], csv: &Path, directory: &Path, runs: u64) -> Res<Vec<Measured>> {
    let mut measured: Vec<Measured> = peers
        .iter()
        .map(|peer| Measured {
            peer: *peer,
            seconds: Vec::new(),
            peaks: Vec::new(),
            bytes: 0,
        })
        .collect();
    // Read once beforehand, so that no program has to wait for the disk.
    fs::read(csv)?;
    for _ in 0..runs {
        for one in &mut measured {
            let store = load::store(one.peer, directory);
            remove(&store)?;
            let (seconds, ran) = match one.peer {
                Peer::Breachvault => admit_in_a_process(csv, &store)?,
                other => load::load(other, csv, directory)?,
            };
            one.seconds.push(seconds);
            one.peaks.push(ran.peak_kib as f64 / 1024.0);
            one.bytes = support::size_of(&store)?;
            remove(&store)?;
        }
    }
    Ok(measured)
}

fn remove(store: &PathBuf) -> Res<()> {
    if store.is_dir() {
        fs::remove_dir_all(store)?;
    } else if store.exists() {
        fs::remove_file(store)?;
    }
    Ok(())
}

fn admit_in_a_process(csv: &Path, store: &Path) -> Res<(f64, support::Ran)> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("--admit-here").arg(csv).arg("--in").arg(store);
    let ran = support::run(command, "")?;
    Ok((ran.seconds()?, ran))
}

/// The child process: makes the vault, then times the admission alone.
fn admit_here(csv: &Path, directory: &Path) -> Res<()> {
    let house = House::found(directory)?;
    let begun = Instant::now();
    house.admit(csv)?;
    let seconds = begun.elapsed().as_secs_f64();
    house.vault.stop().map_err(support::refused)?;
    println!("{seconds}");
    Ok(())
}

fn print(measured: &[Measured], rows: u64, csv: u64) {
    println!(
        "{} rows, a CSV of {:.1} MB\n",
        grouped(rows),
        csv as f64 / 1e6
    );
    let ours = measured.iter().find(|one| one.peer == Peer::Breachvault);
    let rows: Vec<Vec<String>> = measured
        .iter()
        .map(|one| {
            let (seconds, peak) = (median(&one.seconds), median(&one.peaks));
            let ratio = |value: f64, ours: Option<f64>| {
                ours.map_or_else(|| "-".to_owned(), |ours| format!("{:.2}", value / ours))
            };
            vec![
                one.peer.name().to_owned(),
                format!("{seconds:.2}"),
                grouped((rows as f64 / seconds) as u64),
                format!("{peak:.0}"),
                format!("{:.1}", one.bytes as f64 / 1e6),
                format!("{:.3}", one.bytes as f64 / csv as f64),
                ratio(seconds, ours.map(|ours| median(&ours.seconds))),
                ratio(peak, ours.map(|ours| median(&ours.peaks))),
                ratio(one.bytes as f64, ours.map(|ours| ours.bytes as f64)),
            ]
        })
        .collect();
    table(
        &[
            "",
            "seconds",
            "rows/s",
            "peak MiB",
            "disk MB",
            "of the CSV",
            "time ratio",
            "memory ratio",
            "disk ratio",
        ],
        &rows,
    );
}

/// How each cost grows with the rows.
fn print_growth(peers: &[Peer], growth: &[(u64, Vec<Measured>)]) {
    println!("seconds for each million rows\n");
    let mut head = vec![String::new()];
    head.extend(growth.iter().map(|(rows, _)| grouped(*rows)));
    let rows: Vec<Vec<String>> = peers
        .iter()
        .enumerate()
        .map(|(at, peer)| {
            let mut cells = vec![peer.name().to_owned()];
            cells.extend(growth.iter().map(|(rows, measured)| {
                let seconds = median(&measured[at].seconds);
                format!("{:.2}", seconds / (*rows as f64 / 1e6))
            }));
            cells
        })
        .collect();
    let head: Vec<&str> = head.iter().map(String::as_str).collect();
    table(&head, &rows);
}
