//! Every fixture, changed at random and with a number planted in it: no panic, no more rows than the
//! bytes could hold, and the number in no error or report. The targets in `fuzz/` do the same at
//! length.

use std::fs;
use std::path::Path;

use proptest::prelude::*;

use super::support::{read, zone};
use crate::domain::{AccountName, Format};
use crate::ingest::{Declared, IngestError};

const CANARY: &[u8] = b"+447700900123";
const DIGITS: &str = "7700900123";

#[derive(Debug, Clone)]
enum Hurt {
    Flip(prop::sample::Index, u8),
    Cut(prop::sample::Index),
    /// A part of one fixture goes into another.
    Splice(prop::sample::Index, prop::sample::Index, usize),
    /// A part comes twice.
    Repeat(prop::sample::Index, prop::sample::Index),
}

fn hurt() -> impl Strategy<Value = Hurt> {
    let at = any::<prop::sample::Index>;
    prop_oneof![
        4 => (at(), any::<u8>()).prop_map(|(at, byte)| Hurt::Flip(at, byte)),
        1 => at().prop_map(Hurt::Cut),
        1 => (at(), at(), 0_usize..4096).prop_map(|(from, to, size)| Hurt::Splice(from, to, size)),
        1 => (at(), at()).prop_map(|(from, to)| Hurt::Repeat(from, to)),
    ]
}

fn fixtures() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/ingest");
    let mut paths: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    paths.iter().map(|path| fs::read(path).unwrap()).collect()
}

fn apply(bytes: &mut Vec<u8>, other: &[u8], hurt: Hurt) {
    match hurt {
        Hurt::Flip(at, byte) if !bytes.is_empty() => {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        Hurt::Flip(..) => {}
        Hurt::Cut(at) => bytes.truncate(at.index(bytes.len() + 1)),
        Hurt::Splice(from, to, size) => {
            let from = from.index(other.len() + 1);
            let part = &other[from..other.len().min(from + size)];
            let to = to.index(bytes.len() + 1);
            bytes.splice(to..to, part.iter().copied());
        }
        Hurt::Repeat(from, to) => {
            let (from, to) = (from.index(bytes.len() + 1), to.index(bytes.len() + 1));
            let part = bytes[from.min(to)..from.max(to)].to_vec();
            bytes.extend(part);
        }
    }
}

/// Reads a file. Gives how many rows came, if it could be read.
fn rows(bytes: Vec<u8>, declared: Declared) -> Option<usize> {
    let said = |error: IngestError| format!("{error} {error:?}");
    match read(bytes, declared) {
        Ok(read) => {
            let said = format!("{} {:?} {:?}", read.evidence, read.dropped, read.rejects);
            assert!(!said.contains(DIGITS), "{said}");
            Some(read.rows.len() + read.rejects.len())
        }
        Err(error) => {
            let said = said(error);
            assert!(!said.contains(DIGITS), "{said}");
            None
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn a_hurt_file_is_read_or_refused_and_never_quoted(
        picked in any::<prop::sample::Index>(),
        other in any::<prop::sample::Index>(),
        hurts in prop::collection::vec(hurt(), 0..5),
        place in any::<prop::sample::Index>(),
        format in prop::option::of(prop::sample::select(Format::ALL.to_vec())),
    ) {
        let all = fixtures();
        let mut bytes = all[picked.index(all.len())].clone();
        for hurt in hurts {
            apply(&mut bytes, &all[other.index(all.len())], hurt);
        }
        let declared = || Declared {
            format,
            account: AccountName::parse("an account").ok(),
            ..zone("Europe/London")
        };
        let planted = place.index(bytes.len() + 1);
        let mut with = bytes.clone();
        with.splice(planted..planted, CANARY.iter().copied());
        for bytes in [bytes, with] {
            // A record has at least one byte; packed, one byte may hold a thousand records.
            let most = bytes.len() * 1032;
            prop_assert!(rows(bytes, declared()).unwrap_or_default() <= most);
        }
    }
}
