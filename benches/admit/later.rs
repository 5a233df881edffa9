//! What an exhibit costs that comes after others: the same rows as the first exhibit of a case, and after so many
//! records of the same people, which are one exhibit or many.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use super::support::{self, House, Res, Words, grouped, make_csv, median, table};

/// Rows of the exhibit that is measured.
const ROWS: u64 = 50_000;

/// One line of the table.
struct Measured {
    what: String,
    seconds: Vec<f64>,
}

/// `--later N [--exhibits 1,232] [--runs 3]`
pub fn measure(words: &Words) -> Res<()> {
    let earlier = words.number("--later", 20_000_000)?;
    let shapes = words.numbers("--exhibits", "1,232")?;
    let runs = words.number("--runs", 3)?.max(1);
    let directory = tempfile::Builder::new().prefix("later-").tempdir()?;
    let directory = directory.path();
    let all = directory.join("all.csv");
    make_csv(&all, earlier + runs * ROWS)?;
    println!(
        "{} rows as the first exhibit, and after {} records; {runs} runs, medians\n",
        grouped(ROWS),
        grouped(earlier)
    );
    let measured: Vec<u64> = (0..runs).map(|_| ROWS).collect();
    let mut lines = Vec::new();
    for shape in shapes {
        let each = earlier / shape.max(1);
        let mut sizes = vec![each; shape.max(1) as usize];
        sizes[0] += earlier - each * sizes.len() as u64;
        let before = sizes.len();
        sizes.extend(&measured);
        let pieces = cut(&all, directory, &sizes)?;
        let (before, after) = pieces.split_at(before);
        if lines.is_empty() {
            lines.push(first(after, directory)?);
        }
        let mut files: Vec<&Path> = before.iter().map(PathBuf::as_path).collect();
        files.extend(after.iter().map(PathBuf::as_path));
        lines.push(Measured {
            what: format!("after {} exhibits", grouped(shape)),
            seconds: in_a_process(&files, after.len(), &directory.join("store"))?,
        });
        for piece in &pieces {
            fs::remove_file(piece)?;
        }
    }
    print(&lines);
    Ok(())
}

/// Each of the files as the first exhibit of a case.
fn first(files: &[PathBuf], directory: &Path) -> Res<Measured> {
    let mut seconds = Vec::new();
    for file in files {
        seconds.extend(in_a_process(&[file], 1, &directory.join("store"))?);
    }
    Ok(Measured {
        what: "the first exhibit".to_owned(),
        seconds,
    })
}

/// Cuts a CSV into files of so many rows.
fn cut(csv: &Path, directory: &Path, sizes: &[u64]) -> Res<Vec<PathBuf>> {
    let mut lines = BufReader::with_capacity(1 << 20, File::open(csv)?);
    let (mut header, mut line) = (Vec::new(), Vec::new());
    lines.read_until(b'\n', &mut header)?;
    let mut pieces = Vec::with_capacity(sizes.len());
    for (no, size) in sizes.iter().enumerate() {
        let piece = directory.join(format!("{no}.csv"));
        let mut out = BufWriter::with_capacity(1 << 20, File::create(&piece)?);
        out.write_all(&header)?;
        for _ in 0..*size {
            line.clear();
            lines.read_until(b'\n', &mut line)?;
            out.write_all(&line)?;
        }
        out.flush()?;
        pieces.push(piece);
    }
    Ok(pieces)
}

/// Admits the files to one case, in a process of its own, and answers the seconds of the last ones.
fn in_a_process(files: &[&Path], last: usize, store: &Path) -> Res<Vec<f64>> {
    if store.exists() {
        fs::remove_dir_all(store)?;
    }
    let list: Vec<String> = files
        .iter()
        .map(|file| file.display().to_string())
        .collect();
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("--admit-these").arg(last.to_string());
    command.arg("--in").arg(store);
    let ran = support::run(command, &list.join("\n"))?;
    let seconds = ran.output.split_whitespace().map(str::parse);
    Ok(seconds.collect::<Result<_, _>>()?)
}

/// The child process: its files are listed on standard input.
pub fn admit_these(last: usize, directory: &Path) -> Res<()> {
    let house = House::found(directory)?;
    let files: Vec<String> = std::io::stdin().lines().collect::<Result<_, _>>()?;
    for (no, file) in files.iter().enumerate() {
        let begun = Instant::now();
        house.admit(Path::new(file))?;
        if no + last >= files.len() {
            println!("{}", begun.elapsed().as_secs_f64());
        }
    }
    house.vault.stop().map_err(support::refused)?;
    Ok(())
}

fn print(lines: &[Measured]) {
    let first = lines.first().map(|line| median(&line.seconds));
    let rows: Vec<Vec<String>> = lines
        .iter()
        .map(|line| {
            let seconds = median(&line.seconds);
            let ratio = first.map_or(0.0, |first| seconds / first);
            vec![
                line.what.clone(),
                format!("{seconds:.3}"),
                format!("{ratio:.2}"),
            ]
        })
        .collect();
    table(&["", "seconds", "ratio"], &rows);
}
