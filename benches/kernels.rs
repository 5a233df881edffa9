//! The kernels one by one: block formats, scan, distinct numbers, fingerprints, leaf
//! and proof, number parser; sealing, opening and tags with made-up keys. The counting is compared
//! with what a library would do in its place.
//!
//!     cargo bench --bench kernels --features kernels

use std::error::Error;
use std::hint::black_box;
use std::time::Duration;

use breachvault::vault::audit::{
    Hash, hashes_to_store, inclusion_proof, leaf_hash, root, verify_inclusion,
};
use breachvault::vault::columns::{
    BLOCK_ROWS, CodeBlock, Codes, DistinctBudget, DistinctByGroup, Selection, pack_codes,
    unpack_codes,
};
use breachvault::vault::plaintext::{Phone, RawNumber};
use criterion::{Criterion, Throughput};
use roaring::RoaringBitmap;

fn main() -> Result<(), Box<dyn Error>> {
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
        .configure_from_args();
    sealing::measure(&mut criterion)?;
    blocks(&mut criterion)?;
    numbers(&mut criterion)?;
    distinct(&mut criterion)?;
    fingerprints(&mut criterion);
    log(&mut criterion)?;
    let number = RawNumber::new("+447700900123");
    criterion.bench_function("parse a number", |bencher| {
        bencher.iter(|| Phone::parse_raw(black_box(number), None).is_ok());
    });
    criterion.final_summary();
    Ok(())
}

fn blocks(criterion: &mut Criterion) -> Result<(), Box<dyn Error>> {
    // A multiplicative hash spreads over 200 codes: eight bits wide.
    let codes: Vec<u32> = (0..BLOCK_ROWS as u32)
        .map(|row| row.wrapping_mul(2_654_435_761) % 200)
        .collect();
    let mut packed = Vec::new();
    CodeBlock::encode(&codes, &mut packed)?;
    let mut group = criterion.benchmark_group("block of 65,536 codes");
    group.throughput(Throughput::Elements(BLOCK_ROWS as u64));
    group.bench_function("pack", |bencher| {
        let mut out = Vec::new();
        bencher.iter(|| CodeBlock::encode(black_box(&codes), &mut out).is_ok());
    });
    group.bench_function("unpack", |bencher| {
        let mut block = CodeBlock::new();
        bencher.iter(|| block.decode(black_box(&packed)).is_ok());
    });
    group.bench_function("scan for one code", |bencher| {
        let mut kept = Selection::all(BLOCK_ROWS);
        bencher.iter(|| {
            kept.reset(BLOCK_ROWS);
            kept.keep_code(black_box(&codes), 7).is_ok()
        });
    });
    group.finish();
    Ok(())
}

/// A block's column of 700,000 different numbers: twenty bits wide.
fn numbers(criterion: &mut Criterion) -> Result<(), Box<dyn Error>> {
    const WIDTH: u8 = 20;
    let codes: Vec<u32> = (0..BLOCK_ROWS as u32).map(number_of).collect();
    let mut packed = Vec::new();
    pack_codes(&codes, 0, WIDTH, &mut packed)?;
    let mut out = vec![0; BLOCK_ROWS];
    let mut group = criterion.benchmark_group("65,536 numbers of 20 bits");
    group.throughput(Throughput::Elements(BLOCK_ROWS as u64));
    group.bench_function("unpack", |bencher| {
        bencher.iter(|| unpack_codes(black_box(&packed), 0, WIDTH, BLOCK_ROWS, &mut out).is_ok());
    });
    if out != codes {
        return Err("unpacking gave other values".into());
    }
    group.finish();
    Ok(())
}

/// A million messages of 700,000 numbers in 100 groups, each number always in the same group.
fn distinct(criterion: &mut Criterion) -> Result<(), Box<dyn Error>> {
    const ROWS: u32 = 1_000_000;
    const GROUPS: u32 = 100;
    let numbers: Vec<u32> = (0..ROWS).map(number_of).collect();
    let groups: Vec<u32> = numbers.iter().map(|number| number % GROUPS).collect();
    let all = Selection::all(ROWS as usize);
    let ours = || -> Result<Vec<u64>, Box<dyn Error>> {
        let mut counter = DistinctByGroup::new(GROUPS, NUMBERS, DistinctBudget::of(512 << 20));
        counter.add(Codes::of(&groups), Codes::of(&numbers), &all)?;
        Ok(counter.finish()?.1)
    };
    let theirs = || -> Vec<u64> {
        let mut sets = vec![RoaringBitmap::new(); GROUPS as usize];
        for (group, number) in groups.iter().zip(&numbers) {
            sets[*group as usize].insert(*number);
        }
        sets.iter().map(RoaringBitmap::len).collect()
    };
    if ours()? != theirs() {
        return Err("two ways to count, and two counts".into());
    }
    let mut group = criterion.benchmark_group("distinct numbers of a million messages");
    group
        .sample_size(10)
        .throughput(Throughput::Elements(u64::from(ROWS)));
    group.bench_function("breachvault", |bencher| {
        bencher.iter(|| ours().map_or(0, |counts| counts.len()));
    });
    group.bench_function("roaring", |bencher| bencher.iter(theirs));
    group.finish();
    Ok(())
}

/// A multiplicative hash spreads rows over all numbers.
fn number_of(row: u32) -> u32 {
    ((u64::from(row.wrapping_mul(2_654_435_761)) * u64::from(NUMBERS)) >> 32) as u32
}

const NUMBERS: u32 = 700_000;

fn fingerprints(criterion: &mut Criterion) {
    use breachvault::vault::SeenRows;
    use breachvault::vault::plaintext::Fingerprinter;

    let maker = Fingerprinter::new([1, 2, 3, 4]);
    let all: Vec<u128> = (0..1_000_000_u64).map(|row| maker.of_row(&[row])).collect();
    let mut group = criterion.benchmark_group("fingerprints");
    group
        .sample_size(10)
        .throughput(Throughput::Elements(1_000_000));
    group.bench_function("insert a million", |bencher| {
        bencher.iter_batched(
            || (SeenRows::new(), Vec::new()),
            |(mut set, mut new)| {
                set.insert_all(black_box(&all), &mut new);
                (set, new)
            },
            criterion::BatchSize::PerIteration,
        );
    });
    group.finish();
}

fn log(criterion: &mut Criterion) -> Result<(), Box<dyn Error>> {
    const SIZE: u64 = 1 << 16;
    let leaf = [b'x'; 400];
    criterion.bench_function("hash a leaf of 400 bytes", |bencher| {
        bencher.iter(|| leaf_hash(black_box(&leaf)));
    });
    let mut stored: Vec<Hash> = Vec::new();
    for index in 0..SIZE {
        let leaf = leaf_hash(&index.to_be_bytes());
        stored.extend(hashes_to_store(index, leaf, &stored)?);
    }
    criterion.bench_function("inclusion proof in 65,536 leaves", |bencher| {
        bencher.iter(|| inclusion_proof(black_box(12_345), SIZE, &stored).is_ok());
    });
    let root = root(SIZE, &stored)?;
    let proof = inclusion_proof(12_345, SIZE, &stored)?;
    let leaf = leaf_hash(&12_345_u64.to_be_bytes());
    criterion.bench_function("verify that proof", |bencher| {
        bencher.iter(|| verify_inclusion(&leaf, 12_345, SIZE, black_box(&proof), &root).is_ok());
    });
    Ok(())
}

#[cfg(not(feature = "kernels"))]
mod sealing {
    use super::*;

    pub(super) fn measure(_: &mut Criterion) -> Result<(), Box<dyn Error>> {
        println!("sealing, opening and tags are left out: they need --features kernels");
        Ok(())
    }
}

#[cfg(feature = "kernels")]
mod sealing {
    use breachvault::vault::entropy::SystemEntropy;
    use breachvault::vault::kernels::MadeUp;
    use breachvault::vault::plaintext::Nonces;

    use super::*;

    pub(super) fn measure(criterion: &mut Criterion) -> Result<(), Box<dyn Error>> {
        let keys = MadeUp::new()?;
        let entropy = SystemEntropy::new();
        let mut nonces = Nonces::new(&entropy);
        let parsed = Phone::parse_raw(RawNumber::new("+447700900123"), None);
        let phone = parsed.map_err(|_| "a number that is none")?.phone;

        let mut group = criterion.benchmark_group("one number");
        let mut sealed = Vec::with_capacity(64);
        group.bench_function("seal", |bencher| {
            bencher.iter(|| {
                sealed.clear();
                let nonce = nonces.take()?;
                let place = keys.place_of_term();
                keys.terms
                    .seal_phone(nonce, &place, black_box(&phone), &mut sealed)?;
                Ok::<_, Box<dyn Error>>(sealed.len())
            });
        });
        group.bench_function("open", |bencher| {
            bencher.iter(|| {
                keys.terms
                    .open_phone(&keys.place_of_term(), black_box(&sealed))
                    .is_ok()
            });
        });
        group.bench_function("tag", |bencher| {
            bencher.iter(|| keys.tags.tag_phone(black_box(&phone)));
        });
        group.finish();

        let block = vec![b'x'; BLOCK_ROWS];
        let mut group = criterion.benchmark_group("block of 64 KiB");
        group.throughput(Throughput::Bytes(block.len() as u64));
        let mut sealed = Vec::with_capacity(block.len() + 64);
        group.bench_function("seal", |bencher| {
            bencher.iter(|| {
                sealed.clear();
                let nonce = nonces.take()?;
                let place = keys.place_of_block(BLOCK_ROWS as u32);
                keys.blocks
                    .seal_onto(nonce, &place, black_box(&block), &mut sealed)?;
                Ok::<_, Box<dyn Error>>(sealed.len())
            });
        });
        group.bench_function("open", |bencher| {
            let mut copy = Vec::with_capacity(sealed.len());
            bencher.iter(|| {
                copy.clear();
                copy.extend_from_slice(&sealed);
                let place = keys.place_of_block(BLOCK_ROWS as u32);
                keys.blocks
                    .open_in_place(&place, black_box(&mut copy))
                    .is_ok()
            });
        });
        group.finish();
        Ok(())
    }
}
