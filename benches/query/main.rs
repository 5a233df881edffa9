//! Queries over one admitted log, compared with DuckDB, SQLite and SQLCipher, and
//! `audit verify`. docs/benchmarks.md says what each figure means.
//!
//!     cargo bench --bench query -- --rows 1000000,5000000,20000000 --runs 5 --leaves 200000
//!     cargo bench --bench query -- --rows 1000000,5000000 --alone --leaves 0 --store postgresql
//!
//! The second one asks a vault whose tables a server has as well, which it starts in a folder of its own.

#![expect(
    dead_code,
    unreachable_pub,
    reason = "a module that the benchmarks share, none of which uses all of it"
)]

#[path = "../support/mod.rs"]
mod support;

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Instant;

use breachvault::operations::audit::SearchLeaves;
use breachvault::operations::record::{CountRecords, LookUp, SearchRecords};
use breachvault::synthesis::sample_numbers;
use breachvault::vault::{Paths, trail};
use serde_json::{Value, json};
use support::load::{key, load, store};
use support::server::Server;
use support::{House, Peer, Res, Words, grouped, median, member, table};

const ROWS: [&str; 3] = [
    "filter on time and kind, by country and state",
    "distinct numbers by country and state",
    "all records of one number",
];

fn main() -> Res<()> {
    let words = Words::new();
    let sizes = words.numbers("--rows", "1000000")?;
    let runs = usize::try_from(words.number("--runs", 5)?.max(1))?;
    let leaves = words.number("--leaves", 200_000)?;
    let with_server = match words.text("--store") {
        None => false,
        Some("postgresql") => true,
        Some(store) => return Err(format!("--store {store}: there is only postgresql").into()),
    };
    let mut peers = support::present();
    if words.has("--alone") {
        peers.retain(|peer| *peer == Peer::Breachvault);
    }
    let mut growth = Vec::new();
    for (at, rows) in sizes.iter().enumerate() {
        let directory = tempfile::Builder::new().prefix("query-").tempdir()?;
        let directory = directory.path();
        let csv = directory.join("log.csv");
        support::make_csv(&csv, *rows)?;
        let number = sample_numbers(&support::recipe(*rows), 1)
            .pop()
            .ok_or("a log without numbers")?;
        let house = House::found(&store(Peer::Breachvault, directory))?;
        let admitted = seconds(|| house.admit(&csv))?;
        let mut columns = Vec::new();
        for peer in &peers {
            let measured = match *peer {
                Peer::Breachvault => ask_vault(&house, &number, runs)?,
                other => {
                    load(other, &csv, directory)?;
                    ask_peer(other, directory, &number, runs)?
                }
            };
            columns.push((*peer, measured));
        }
        println!("\n{} rows, medians of {runs} runs, in ms\n", grouped(*rows));
        print(&columns);
        if with_server {
            let asked = Asked {
                csv: &csv,
                number: &number,
                runs,
            };
            ask_server(&house, admitted, directory, &asked)?;
        }
        growth.extend(columns.first().map(|(_, measured)| (*rows, *measured)));
        if at + 1 == sizes.len() {
            print_growth(&growth);
            verify(&house, leaves, runs)?;
            search_leaves(&house, runs)?;
        }
    }
    Ok(())
}

/// What both vaults are asked.
struct Asked<'a> {
    csv: &'a Path,
    number: &'a str,
    runs: usize,
}

fn seconds(act: impl FnOnce() -> Res<Value>) -> Res<f64> {
    let begun = Instant::now();
    act()?;
    Ok(begun.elapsed().as_secs_f64())
}

/// The same admission and the same queries of a vault whose tables a server has, beside the one with a file. What is
/// asked the first time comes from the server, but for what a query before it left on the machine.
fn ask_server(file: &House, admitted: f64, directory: &Path, asked: &Asked<'_>) -> Res<()> {
    let server = Server::start()?;
    let folder = directory.join("vault at a server");
    let house = House::found_at(&folder, Some(&server.address()))?;
    let with_server = seconds(|| house.admit(asked.csv))?;
    println!(
        "\nadmission: {admitted:.1} s with a file, {with_server:.1} s with PostgreSQL, ratio {:.2}\n",
        with_server / admitted
    );
    let of_server = first_and_again(&house, asked.number, asked.runs)?;
    let of_file = first_and_again(file, asked.number, asked.runs)?;
    let rows: Vec<Vec<String>> = ROWS
        .iter()
        .zip(of_server.iter().zip(&of_file))
        .map(|(name, (server, file))| {
            vec![
                (*name).to_owned(),
                format!("{:.1}", file[1]),
                format!("{:.1}", server[0]),
                format!("{:.1}", server[1]),
                format!("{:.2}", server[0] / file[1]),
                format!("{:.2}", server[1] / file[1]),
            ]
        })
        .collect();
    table(
        &[
            "ms",
            "with a file",
            "with PostgreSQL, first",
            "with PostgreSQL, again",
            "ratio, first",
            "ratio, again",
        ],
        &rows,
    );
    // The vault asks the server until it is gone.
    drop(house);
    drop(server);
    Ok(())
}

/// How the cost of each query grows with the log.
fn print_growth(growth: &[(u64, [f64; 3])]) {
    if growth.len() < 2 {
        return;
    }
    let mut head = vec!["rows".to_owned()];
    head.extend(ROWS.map(|name| format!("{name}, ms")));
    let head: Vec<&str> = head.iter().map(String::as_str).collect();
    let rows: Vec<Vec<String>> = growth
        .iter()
        .map(|(rows, measured)| {
            let mut cells = vec![grouped(*rows)];
            cells.extend(measured.map(|taken| format!("{taken:.1}")));
            cells
        })
        .collect();
    table(&head, &rows);
}

fn print(columns: &[(Peer, [f64; 3])]) {
    let ours = columns.iter().find(|(peer, _)| *peer == Peer::Breachvault);
    let mut head = vec![""];
    for (peer, _) in columns {
        head.extend([peer.name(), "ratio"]);
    }
    let rows: Vec<Vec<String>> = ROWS
        .iter()
        .enumerate()
        .map(|(at, name)| {
            let mut cells = vec![(*name).to_owned()];
            for (_, measured) in columns {
                let ratio = ours.map_or(f64::NAN, |(_, ours)| measured[at] / ours[at]);
                cells.extend([format!("{:.1}", measured[at]), format!("{ratio:.2}")]);
            }
            cells
        })
        .collect();
    table(&head, &rows);
}

/// Every query goes through the door and waits until its leaf is durable.
fn ask_vault(house: &House, number: &str, runs: usize) -> Res<[f64; 3]> {
    Ok(first_and_again(house, number, runs)?.map(|[_, again]| again))
}

/// In ms: the first run of each query, and the median of the others.
fn first_and_again(house: &House, number: &str, runs: usize) -> Res<[[f64; 2]; 3]> {
    let found = house.ask::<LookUp>(json!({
        "numbers": [number], "purpose": "scoping", "reason": REASON,
    }))?;
    let subject = member(&found["results"][0], "subject")?.to_owned();
    let filtered = json!({
        "by": ["country", "state"], "audience": "team",
        "filter": {"kind": ["sms"], "sent_from": FROM, "sent_to": TO},
    });
    let all = json!({"by": ["country", "state"], "audience": "team"});
    let one = json!({
        "filter": {"subject": [subject]}, "limit": 500, "purpose": "scoping", "reason": REASON,
    });
    Ok([
        timed(runs, || house.ask::<CountRecords>(filtered.clone()))?,
        timed(runs, || house.ask::<CountRecords>(all.clone()))?,
        timed(runs, || house.ask::<SearchRecords>(one.clone()))?,
    ])
}

/// The first run, and the median of the others, in ms.
fn timed(runs: usize, mut ask: impl FnMut() -> Res<Value>) -> Res<[f64; 2]> {
    let first = seconds(&mut ask)? * 1e3;
    let mut taken = Vec::with_capacity(runs);
    for _ in 0..runs {
        let begun = Instant::now();
        ask()?;
        taken.push(begun.elapsed().as_secs_f64() * 1e3);
    }
    Ok([first, median(&taken)])
}

fn ask_peer(peer: Peer, directory: &Path, number: &str, runs: usize) -> Res<[f64; 3]> {
    let queries = [
        format!(
            "select country, state, count(*) from m where kind = 'sms' \
             and sent_at >= '{FROM}' and sent_at < '{TO}' group by country, state"
        ),
        "select country, state, count(distinct number) from m group by country, state".to_owned(),
        format!("select * from m where number = '{number}'"),
    ];
    let mut command = Command::new(peer.command());
    let mut script = String::from(key(peer));
    if peer == Peer::DuckDb {
        command.args(["-c", DUCKDB]);
        script = queries
            .iter()
            .map(|query| format!("{query}\n").repeat(runs + 1))
            .collect();
    } else {
        script.push_str(".timer on\n.output /dev/null\n");
        for query in &queries {
            script.push_str(&format!("{query};\n").repeat(runs + 1));
        }
    }
    command.arg(store(peer, directory));
    let output = support::run(command, &script)?.output;
    // DuckDB prints seconds; the others print `Run Time: real 0.123 user …`.
    let taken: Vec<f64> = output
        .lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            match words.clone().next()? {
                "Run" => words.nth(3)?.parse().ok(),
                seconds => seconds.parse().ok(),
            }
        })
        .collect();
    // The timer is turned on after the store is opened with its key, so that this is not timed.
    if taken.len() != queries.len() * (runs + 1) {
        return Err(format!("{} told {} times", peer.name(), taken.len()).into());
    }
    let of = |at: usize| median(&taken[at * (runs + 1) + 1..(at + 1) * (runs + 1)]) * 1e3;
    Ok([of(0), of(1), of(2)])
}

/// Fills the log with cheap leaves, then verifies the whole log offline.
fn verify(house: &House, leaves: u64, runs: usize) -> Res<()> {
    let left = AtomicU64::new(leaves);
    let vault = Arc::clone(&house.vault);
    let begun = Instant::now();
    thread::scope(|threads| {
        for _ in 0..WRITERS {
            threads.spawn(|| {
                let more = |left: u64| left.checked_sub(1);
                let order = Ordering::Relaxed;
                while left.fetch_update(order, order, more).is_ok() {
                    if vault.sum_strangers(1, 0).is_err() {
                        return;
                    }
                }
            });
        }
    });
    let written = leaves as f64 / begun.elapsed().as_secs_f64();
    let paths: &Paths = house.vault.paths();
    let mut size = 0;
    let mut taken = Vec::new();
    for _ in 0..runs {
        let begun = Instant::now();
        size = trail::verify_directory(paths, None, &[])?.size;
        taken.push(begun.elapsed().as_secs_f64());
    }
    let rate = size as f64 / median(&taken);
    println!(
        "audit verify: {} leaves, {} leaves/s (written by {WRITERS} at once: {} leaves/s)",
        grouped(size),
        grouped(rate as u64),
        grouped(written as u64)
    );
    Ok(())
}

/// Searches the log as the auditor, a page of a hundred leaves at a time, once for each criterion alone and for some
/// together. The first search verifies the whole log, so it is not counted.
fn search_leaves(house: &House, runs: usize) -> Res<()> {
    let newest = house.ask_as_auditor::<SearchLeaves>(json!({ "limit": 1 }))?;
    let size = newest["leaves"][0]["seq"].as_u64().ok_or("no leaf")? + 1;
    let found = house.ask_as_auditor::<SearchLeaves>(json!({ "action": "exhibit.finish" }))?;
    let admitted = &found["leaves"][0];
    let operator = member(admitted, "operator")?;
    let (case, object) = (member(admitted, "case")?, member(admitted, "object")?);
    let (time, middle) = (member(admitted, "time")?, (size / 2).to_string());
    let mut rows = Vec::new();
    for (name, asked) in [
        ("nothing", json!({})),
        ("operator", json!({ "operator": operator })),
        ("case", json!({ "case": case })),
        ("object", json!({ "object": object })),
        ("action", json!({ "action": "exhibit.finish" })),
        ("outcome", json!({ "outcome": "denied" })),
        ("time", json!({ "to": time })),
        (
            "case and action",
            json!({ "case": case, "action": "exhibit.finish" }),
        ),
        (
            "operator, second half",
            json!({ "operator": operator, "cursor": middle }),
        ),
        (
            "an action that nobody did",
            json!({ "action": "reveal.open" }),
        ),
    ] {
        let mut taken = Vec::new();
        for _ in 0..runs.max(9) {
            let begun = Instant::now();
            house.ask_as_auditor::<SearchLeaves>(asked.clone())?;
            taken.push(begun.elapsed().as_secs_f64() * 1e3);
        }
        rows.push(vec![name.to_owned(), format!("{:.1}", median(&taken))]);
    }
    println!(
        "\naudit search of {} leaves, p50 with the search's own leaf durable\n",
        grouped(size)
    );
    table(&["by", "ms"], &rows);
    Ok(())
}

const FROM: &str = "2024-03-10T00:00:00Z";
const TO: &str = "2024-03-17T00:00:00Z";
const REASON: &str = "to be measured";
const WRITERS: usize = 128;

const DUCKDB: &str = r#"
import sys, time, duckdb
connection = duckdb.connect(sys.argv[1], config={"threads": 2}, read_only=True)
for query in sys.stdin:
    begun = time.perf_counter()
    connection.execute(query).fetchall()
    print(time.perf_counter() - begun)
"#;
