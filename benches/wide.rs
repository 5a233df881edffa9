//! Reading JSON with many members in each record: how fast, by how many members there are, with
//! the same names in each record and with names that change, with the record inside another object, and with as many
//! objects beside it there. The cost should be linear in the members, so the rate should stay the same.
//!
//!     cargo bench --bench wide

use std::error::Error;
use std::fmt::Write as _;
use std::io::Cursor;
use std::time::Instant;

use breachvault::ingest::{Declared, LogReader};
use breachvault::vault::plaintext::RowBatch;

/// The size of each file, in bytes.
const BYTES: usize = 64 << 20;
/// How often each file is read. The best counts.
const RUNS: usize = 3;

fn main() -> Result<(), Box<dyn Error>> {
    println!(
        "{:>8}  {:>12}  {:>12}  {:>12}  {:>12}",
        "members", "same names", "other names", "inside", "beside"
    );
    for members in [5, 50, 500, 5_000] {
        print!("{members:>8}");
        for shape in [Shape::Same, Shape::Changing, Shape::Inside, Shape::Beside] {
            print!("  {:>7.0} MB/s", rate(&file(members, shape)?)?);
        }
        println!();
    }
    Ok(())
}

/// Where the members are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Same,
    Changing,
    /// The record is in the member `result` of another object.
    Inside,
    /// So is it, and the members are objects beside it.
    Beside,
}

/// Records of Duo with so many members that are dropped.
fn file(members: usize, shape: Shape) -> Result<String, std::fmt::Error> {
    let mut text = String::with_capacity(BYTES + (256 << 10));
    let mut record = 0;
    while text.len() < BYTES {
        if matches!(shape, Shape::Inside | Shape::Beside) {
            text.push_str(r#"{"preview": false, "result": "#);
        }
        write!(
            text,
            r#"{{"phone": "+1202555{:04}", "ts": "2024-03-10T10:00:00Z", "type": "sms", "telephony_id": "k{record}""#,
            record % 10_000
        )?;
        if shape == Shape::Beside {
            text.push('}');
        }
        let of = if shape == Shape::Changing { record } else { 0 };
        for member in 0..members {
            let (of, name) = (letters(of), letters(member));
            match shape {
                Shape::Beside => write!(text, r#", "w_{of}_{name}": {{"n": [{member}]}}"#)?,
                _ => write!(text, r#", "w_{of}_{name}": {member}"#)?,
            }
        }
        text.push_str(if shape == Shape::Inside {
            "}}\n"
        } else {
            "}\n"
        });
        record += 1;
    }
    Ok(text)
}

/// A number in letters, so that names are names.
fn letters(mut number: usize) -> String {
    let mut text = String::new();
    loop {
        text.push(char::from(b'a' + (number % 26) as u8));
        number /= 26;
        if number == 0 {
            return text;
        }
    }
}

/// The rate at which a file is read on one thread, in MB a second.
fn rate(file: &str) -> Result<f64, Box<dyn Error>> {
    let mut best = f64::MAX;
    for _ in 0..RUNS {
        let source = Box::new(Cursor::new(file.to_owned()));
        let begun = Instant::now();
        let mut reader = LogReader::open(source, Declared::default())?;
        let mut batch = RowBatch::new();
        let mut rows = 0;
        loop {
            let more = reader.read_batch(&mut batch)?;
            rows += batch.len();
            if !more {
                break;
            }
        }
        best = best.min(begun.elapsed().as_secs_f64());
        if rows == 0 {
            return Err("no row was read".into());
        }
    }
    Ok(file.len() as f64 / 1e6 / best)
}
