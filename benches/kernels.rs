//! The kernels one by one, as far as the library shows them: sealing, opening and
//! tags are behind the vault's door, and their tests measure them in place.
//!
//!     cargo bench --bench kernels

use std::error::Error;
use std::hint::black_box;

use breachvault::vault::audit::{
    Hash, hashes_to_store, inclusion_proof, leaf_hash, root, verify_inclusion,
};
use breachvault::vault::columns::{
    BLOCK_ROWS, CodeBlock, FingerprintSet, Fingerprinter, Selection,
};
use breachvault::vault::plaintext::{Phone, RawNumber};
use criterion::{BatchSize, Criterion, Throughput};

fn main() -> Result<(), Box<dyn Error>> {
    let mut criterion = Criterion::default().configure_from_args();
    blocks(&mut criterion)?;
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

fn fingerprints(criterion: &mut Criterion) {
    let maker = Fingerprinter::new([1, 2, 3, 4]);
    let all: Vec<u128> = (0..1_000_000_u64).map(|row| maker.of_row(&[row])).collect();
    let mut group = criterion.benchmark_group("fingerprints");
    group
        .sample_size(10)
        .throughput(Throughput::Elements(1_000_000));
    group.bench_function("insert a million", |bencher| {
        bencher.iter_batched(
            || (FingerprintSet::new(), Vec::new()),
            |(mut set, mut new)| {
                set.insert_all(black_box(&all), &mut new);
                (set, new)
            },
            BatchSize::PerIteration,
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
