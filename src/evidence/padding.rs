//! Random lengths for sealed files, so that the length of one does not show how many rows it has.
//!
//! A custodian who hands packages out sees the length of every sealed file, and chooses files that are admitted:
//! without padding, a package that grew by one row would tell it that a number was new. Each plaintext gets up to
//! 64 KiB that no reader takes for data: blank lines at the end of the CSV and of the JSON, properties of the
//! spreadsheet's document. A row of a hundred bytes more or less then changes the odds of any length by 0.2 %. Not
//! promised: that a file of many megabytes looks like a small one.

use std::io::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use ring::digest::{SHA256, digest};

/// How much is added to each of the files of a package.
pub struct Padding {
    seed: [u8; 32],
    csv: usize,
    json: usize,
    xlsx: usize,
}

impl Padding {
    /// Of random bytes, which must be new for each package.
    pub fn of(seed: [u8; 32]) -> Self {
        let lengths = block(&seed, 0);
        let length = |at: usize| {
            let [high, low] = [at, at + 1].map(|at| lengths.get(at).copied().unwrap_or_default());
            usize::from(u16::from_be_bytes([high, low]))
        };
        Self {
            seed,
            csv: length(0),
            json: length(2),
            xlsx: length(4),
        }
    }

    /// Ends a CSV with blank lines.
    pub fn end_csv(&self, out: &mut impl Write) -> io::Result<()> {
        out.write_all(&b"\r\n".repeat(self.csv / 2))
    }

    /// Ends a JSON text with blank lines.
    pub fn end_json(&self, out: &mut impl Write) -> io::Result<()> {
        out.write_all(&b"\n".repeat(self.json))
    }

    /// Text that cannot be packed much shorter than three quarters of its length.
    pub fn for_xlsx(&self) -> String {
        let mut text = String::with_capacity(self.xlsx + 43);
        let mut no = 1;
        while text.len() < self.xlsx {
            text.push_str(&STANDARD_NO_PAD.encode(block(&self.seed, no)));
            no += 1;
        }
        text.truncate(self.xlsx);
        text
    }
}

fn block(seed: &[u8; 32], no: u32) -> Vec<u8> {
    let input = [&seed[..], &no.to_be_bytes()].concat();
    digest(&SHA256, &input).as_ref().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lengths(seed: u8) -> [usize; 3] {
        let padding = Padding::of([seed; 32]);
        let (mut csv, mut json) = (Vec::new(), Vec::new());
        padding.end_csv(&mut csv).unwrap();
        padding.end_json(&mut json).unwrap();
        assert!(csv.iter().chain(&json).all(|byte| b"\r\n".contains(byte)));
        [csv.len(), json.len(), padding.for_xlsx().len()]
    }

    #[test]
    fn lengths_are_spread_over_64_kib_and_differ_from_file_to_file() {
        let all: Vec<[usize; 3]> = (0..=255).map(lengths).collect();
        for file in 0..3 {
            let mut one: Vec<usize> = all.iter().map(|lengths| lengths[file]).collect();
            one.sort_unstable();
            // The mean and the quarters of 256 draws, with more than four standard deviations of room.
            let mean = one.iter().sum::<usize>() / one.len();
            assert!((27_000..38_500).contains(&mean), "{mean}");
            assert!(one[64] < 25_000 && one[192] > 40_000, "{one:?}");
            assert!(one[255] < 65_536);
            one.dedup();
            assert!(one.len() > 250, "{}", one.len());
        }
        assert!(
            all.iter()
                .all(|[csv, json, xlsx]| csv != json && json != xlsx)
        );
    }
}
