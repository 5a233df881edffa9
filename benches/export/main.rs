//! Packages and the `age` command on the same bytes.
//!
//!     cargo bench --bench export -- --numbers 700000 --rows 5000000 --runs 5
//!
//! First the writer alone: both seal one CSV of the given count of numbers to one
//! recipient, from memory to a file. A package has more in it: SHA-256 of the plaintext,
//! SHA-256 and SHA-512 of the ciphertext, manifests, a signature and one tar that is
//! durable when the writer returns. Then a package that has the same rows as a spreadsheet
//! too. Then the whole act: a vault with a log of `--rows` rows, all of one account, exports
//! the people whom that account has to tell, as CSV, JSON and spreadsheet.

#![expect(
    dead_code,
    unreachable_pub,
    reason = "a module that the benchmarks share, none of which uses all of it"
)]

#[path = "../support/mod.rs"]
mod support;

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, BufWriter, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use age::secrecy::ExposeSecret as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use breachvault::domain::Moment;
use breachvault::evidence::{
    BagInfo, PackageName, PackageWriter, Recipient, SealedFile, Spreadsheet,
};
use ring::digest::{Context, SHA256, SHA512, digest};
use ring::signature::{Ed25519KeyPair, KeyPair as _};

use serde_json::json;
use support::{House, Res, Words, grouped, median};

fn main() -> Res<()> {
    let words = Words::new();
    let numbers = words.number("--numbers", 700_000)?;
    let rows = words.number("--rows", 5_000_000)?;
    let runs = words.number("--runs", 5)?.max(1) as usize;
    let identity = age::x25519::Identity::generate();
    let recipient = identity.to_public().to_string();
    let csv = csv(numbers);
    let directory = tempfile::tempdir()?;
    let mut taken = [const { Vec::new() }; 4];
    let mut bytes = [0; 2];
    for run in 0..=runs {
        let place = directory.path().join(format!("{run}"));
        let (alone, alone_bytes) = package(&csv, false, &recipient, &place)?;
        let (with_sheet, with_sheet_bytes) = package(&csv, true, &recipient, &place)?;
        let theirs = age(&csv, &recipient, &place.with_extension("age"))?;
        let seconds = [alone, with_sheet, theirs, digests(&csv)];
        bytes = [alone_bytes, with_sheet_bytes];
        // The first run is not counted.
        for (taken, seconds) in taken.iter_mut().zip(seconds).filter(|_| run > 0) {
            taken.push(seconds);
        }
    }
    let [alone, with_sheet, age, digests] = taken.map(|taken| median(&taken));
    let rate = |seconds: f64| csv.len() as f64 / seconds / 1e6;
    println!(
        "{} numbers, {} bytes, medians of {runs} runs\n",
        grouped(numbers),
        grouped(csv.len() as u64)
    );
    println!("|  | seconds | MB/s | ratio |\n| --- | ---: | ---: | ---: |");
    for (name, seconds) in [
        ("breachvault, a package", alone),
        ("age, the command", age),
        ("its three digests alone, on one core", digests),
    ] {
        let ratio = seconds / alone;
        println!(
            "| {name} | {seconds:.3} | {:.0} | {ratio:.2} |",
            rate(seconds)
        );
    }
    println!("\n| a package with | bytes | seconds | rows/s | ratio |");
    println!("| --- | ---: | ---: | ---: | ---: |");
    for (name, seconds, bytes) in [
        ("the CSV", alone, bytes[0]),
        ("the CSV and a spreadsheet", with_sheet, bytes[1]),
    ] {
        let (rate, ratio) = (numbers as f64 / seconds, seconds / alone);
        println!(
            "| {name} | {} | {seconds:.3} | {} | {ratio:.2} |",
            grouped(bytes),
            grouped(rate as u64)
        );
    }
    match rows {
        0 => Ok(()),
        rows => whole_act(rows, runs),
    }
}

/// From the vault to the taken package, and `age` on the plaintexts in it.
fn whole_act(rows: u64, runs: usize) -> Res<()> {
    let identity = age::x25519::Identity::generate();
    let recipient = identity.to_public().to_string();
    let directory = tempfile::tempdir()?;
    let (log, csv) = (
        directory.path().join("log.csv"),
        directory.path().join("one.csv"),
    );
    support::make_csv(&log, rows)?;
    of_one_account(&log, &csv)?;
    let house = House::found(&directory.path().join("vault"))?;
    let numbers = house.admit(&csv)?["numbers"].as_u64().unwrap_or_default();
    let mut taken = [Vec::new(), Vec::new()];
    let mut bytes = 0;
    for run in 0..=runs {
        let (tar, ours) = house.export(json!({
            "profile": "account-notice", "filter": {"account": [ACCOUNT]},
            "recipients": [recipient], "purpose": "notification",
            "reason": "to be measured", "legal_basis": "to be measured",
        }))?;
        let place = directory.path().join(format!("{run}.tar"));
        fs::write(&place, tar)?;
        let opened = directory.path().join(format!("{run}"));
        let secret = identity.to_string();
        let files = breachvault::evidence::open(&place, secret.expose_secret(), &opened)?.files;
        let (mut theirs, mut plain) = (0.0, 0);
        for file in &files {
            let content = fs::read(file)?;
            plain += content.len() as u64;
            theirs += age(&content, &recipient, &place.with_extension("age"))?;
        }
        fs::remove_dir_all(opened)?;
        fs::remove_file(place)?;
        bytes = plain;
        for (taken, seconds) in taken.iter_mut().zip([ours, theirs]).filter(|_| run > 0) {
            taken.push(seconds);
        }
    }
    let [ours, theirs] = taken.map(|taken| median(&taken));
    println!(
        "\n{} numbers out of {} records, {} bytes as CSV, JSON and spreadsheet, \
         medians of {runs} runs\n",
        grouped(numbers),
        grouped(rows),
        grouped(bytes)
    );
    println!("|  | seconds | ratio |\n| --- | ---: | ---: |");
    println!("| breachvault, the whole act | {ours:.2} | 1.00 |");
    println!(
        "| age, the command, on the plaintexts | {theirs:.2} | {:.2} |",
        theirs / ours
    );
    Ok(())
}

/// The same log with one account in every row.
fn of_one_account(log: &Path, out: &Path) -> Res<()> {
    let mut lines = BufReader::new(File::open(log)?).lines();
    let mut out = BufWriter::new(File::create(out)?);
    let header = lines.next().ok_or("an empty log")??;
    writeln!(out, "{header}")?;
    for line in lines {
        let line = line?;
        let (_, rest) = line.split_once(',').ok_or("a log without accounts")?;
        writeln!(out, "{ACCOUNT},{rest}")?;
    }
    out.flush()?;
    Ok(())
}

const ACCOUNT: &str = "BENCH-0001";

/// A row for each number; the numbers belong to nobody.
fn csv(numbers: u64) -> Vec<u8> {
    let mut text = String::from("number,users,messages,first,last,kinds\n");
    for number in 0..numbers {
        text.push_str(&format!(
            "'+4477009{number:06},u{number:07}@example.org,7,2024-03-01T00:00:00Z,2024-03-31T23:59:59Z,sms\n"
        ));
    }
    text.into_bytes()
}

/// The seconds that it takes to make a package of the CSV, maybe with a spreadsheet of its rows, and its bytes.
fn package(csv: &[u8], sheet: bool, recipient: &str, place: &Path) -> Res<(f64, u64)> {
    let seed = [7; 32];
    let signer = Ed25519KeyPair::from_seed_unchecked(&seed).map_err(|_| "no signing key")?;
    let mut public = [0; 32];
    public.copy_from_slice(signer.public_key().as_ref());
    let sign = |message: &[u8]| {
        let mut signature = [0; 64];
        signature.copy_from_slice(signer.sign(message).as_ref());
        signature
    };
    let label = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let info = BagInfo {
        source_organization: "breachvault".to_owned(),
        external_description: "A package to be measured".to_owned(),
        external_identifier: "BENCH".to_owned(),
        bagged_at: Moment::from_seconds(1_712_048_400),
        extra: vec![
            label("Audit-Origin", "log.example/bench"),
            label("Audit-Index", "0"),
            label("Audit-Checkpoint-Root", "none"),
            label("Export-Profile", "account-notice"),
            label("Legal-Basis", "to be measured"),
        ],
    };
    let tar = place.with_extension("tar");
    let recipients = [recipient.parse::<Recipient>()?];
    let begun = Instant::now();
    let mut writer = PackageWriter::begin(place, &PackageName::parse("BENCH")?, &recipients)?;
    approve(&mut writer)?;
    let mut sealed = writer.seal("export.csv")?;
    for piece in csv.chunks(1 << 16) {
        sealed.write_all(piece)?;
    }
    sealed.finish()?;
    if sheet {
        spreadsheet(csv, writer.seal("export.xlsx")?)?.finish()?;
    }
    writer.finish(&info, &sign, public, &tar)?;
    let seconds = begun.elapsed().as_secs_f64();
    let bytes = fs::metadata(&tar)?.len();
    fs::remove_file(tar)?;
    Ok((seconds, bytes))
}

/// Attaches the decision that approved the package, without which none is made.
fn approve(writer: &mut PackageWriter) -> Res<()> {
    let decided = json!({
        "kind": "export", "request": "BENCH", "profile": "account-notice",
        "legal_basis": "to be measured",
    });
    let decided = decided.to_string();
    let digest = STANDARD.encode(digest(&SHA256, decided.as_bytes()));
    let leaf = json!({
        "action": "export.decide", "outcome": "done", "decision": "approve", "object": "BENCH",
        "asker": "o_asker", "operator": "o_decider", "origin": "log.example/bench", "seq": 0,
        "decided": digest,
    });
    let proof = "c2sp.org/tlog-proof@v1\nindex 0\n\nlog.example/bench\n1\nnone\n";
    writer.attach("decided.json", decided.as_bytes())?;
    writer.attach("entry.json", leaf.to_string().as_bytes())?;
    writer.attach("BENCH.tlog-proof", proof.as_bytes())?;
    Ok(())
}

/// Writes the rows of the CSV as a spreadsheet.
fn spreadsheet(csv: &[u8], out: SealedFile) -> Res<SealedFile> {
    let mut rows = std::str::from_utf8(csv)?.lines().map(|line| {
        let cells = line.split(',');
        cells.map(|cell| cell.strip_prefix('\'').unwrap_or(cell))
    });
    let header: Vec<&str> = rows.next().ok_or("a CSV without a header")?.collect();
    let mut sheet = Spreadsheet::begin(out, &header)?;
    for row in rows {
        sheet.row(&row.collect::<Vec<_>>())?;
    }
    match sheet.is_whole() {
        true => Ok(sheet.finish("")?),
        false => Err("more numbers than a sheet has rows".into()),
    }
}

fn age(csv: &[u8], recipient: &str, out: &Path) -> Res<f64> {
    let begun = Instant::now();
    let mut child = Command::new("age")
        .args(["-r", recipient, "-o"])
        .arg(out)
        .stdin(Stdio::piped())
        .spawn()?;
    let mut input = child.stdin.take().ok_or("no way into age")?;
    input.write_all(csv)?;
    drop(input);
    if !child.wait()?.success() {
        return Err("age failed".into());
    }
    // A package is durable when its writer returns, so this file must be too.
    File::open(out)?.sync_all()?;
    let seconds = begun.elapsed().as_secs_f64();
    fs::remove_file(out)?;
    Ok(seconds)
}

fn digests(csv: &[u8]) -> f64 {
    let begun = Instant::now();
    for algorithm in [&SHA256, &SHA256, &SHA512] {
        let mut context = Context::new(algorithm);
        context.update(csv);
        std::hint::black_box(context.finish());
    }
    begun.elapsed().as_secs_f64()
}
