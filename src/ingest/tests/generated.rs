//! Generated files through the reader: what was written is read, and any bytes are read or refused.

use std::io::Write;

use proptest::prelude::*;

use super::formats::GOOD;
use super::support::{fixture, read, zone};
use crate::domain::Format;
use crate::ingest::Declared;

fn row() -> impl Strategy<Value = [String; 10]> {
    // Words such as `nan` are read as blank. Four digits in a row may be a passcode.
    let word = "[a-zé]([a-z \"',;é]|[0-9]{1,2}[a-z\"';é]){0,14}x";
    let number = prop_oneof!["\\+120255501[0-9]{2}", "07700 900[0-9]{3}"];
    let time = "2024-0[1-9]-[12][0-9]T[01][0-9]:[0-5][0-9]:[0-5][0-9]Z";
    let country = prop::sample::select(vec!["", "US", "GB", "AU", "XK"]);
    (
        word,
        word,
        number,
        country,
        time,
        "[a-z]{3}x",
        "[a-f][0-9a-f]{1,32}",
    )
        .prop_map(|(account, user, number, country, time, kind, id)| {
            let [carrier, state] = ["Example Wireless", "D'Or"].map(str::to_owned);
            let channel = format!("{kind}-x");
            [
                account,
                user,
                number,
                carrier,
                country.to_owned(),
                state,
                time,
                kind,
                channel,
                id,
            ]
        })
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

const NAMES: [&str; 10] = [
    "account",
    "user",
    "number",
    "carrier",
    "country",
    "state",
    "sent_at",
    "kind",
    "channel",
    "message_ref",
];

proptest! {
    #[test]
    fn generated_csv_reads_back_equal(
        rows in prop::collection::vec(row(), 1..20),
        order in Just([0_usize, 1, 2, 3, 4, 5, 6, 7, 8, 9]).prop_shuffle(),
        delimiter in prop::sample::select(vec![b',', b';', b'\t', b'|']),
        always in any::<bool>(),
        packed in any::<bool>(),
    ) {
        let style = if always { csv::QuoteStyle::Always } else { csv::QuoteStyle::Necessary };
        let mut writer = csv::WriterBuilder::new()
            .delimiter(delimiter).quote_style(style).from_writer(Vec::new());
        writer.write_record(order.map(|at| NAMES[at])).unwrap();
        for row in &rows {
            writer.write_record(order.map(|at| &row[at])).unwrap();
        }
        let bytes = writer.into_inner().unwrap();
        let bytes = if packed { gzip(&bytes) } else { bytes };
        let read = read(bytes, Declared::default()).unwrap();
        prop_assert_eq!(read.rejects, vec![]);
        let back: Vec<_> = read.rows.iter().map(|row| row[..10].to_vec()).collect();
        let rows: Vec<_> = rows.iter().map(|row| row.to_vec()).collect();
        prop_assert_eq!(back, rows);
    }

    #[test]
    fn generated_json_reads_back_equal(
        rows in prop::collection::vec(row(), 1..20),
        envelope in any::<bool>(),
        pretty in any::<bool>(),
    ) {
        let records: Vec<_> = rows.iter().map(|row| serde_json::json!({
            "phone": row[2], "ts": row[6], "type": row[7], "context": row[8],
            "telephony_id": row[9], "body": {"text": [row[1], "}]\""]},
        })).collect();
        let file = if envelope {
            serde_json::json!({"metadata": {"items": 1}, "items": records})
        } else {
            serde_json::json!(records)
        };
        let text = if pretty { format!("{file:#}") } else { file.to_string() };
        let read = read(text.into_bytes(), Declared::default()).unwrap();
        prop_assert_eq!(read.rejects, vec![]);
        prop_assert_eq!(read.rows.len(), rows.len());
        for (back, row) in read.rows.iter().zip(&rows) {
            for at in [2, 6, 7, 8, 9] {
                prop_assert_eq!(&back[at], &row[at]);
            }
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(
        bytes in prop::collection::vec(any::<u8>(), 0..400),
        start in prop::sample::select(vec![
            "", "[", "{\"phone\":", "{\"items\":[", "account,number,sent_at\n", "\u{1f}\u{8b}",
            "\"From\",\"To\",\"SentDate\",\"Sid\"\n", "{\"response\":{",
            "{\"recipients\":{\"items\":[{\"recipient\":", "{\"target\":[{\"type\":\"User\",",
        ]),
        wanted in prop::sample::select(
            [None].into_iter().chain(Format::ALL.map(Some)).collect::<Vec<_>>()
        ),
    ) {
        let whole = [start.as_bytes(), &bytes].concat();
        let declared = || Declared { format: wanted, ..zone("Europe/London") };
        let _ = read(gzip(&whole), declared());
        let _ = read(whole, declared());
    }

    #[test]
    fn any_cuts_and_flips_of_a_good_file_are_read_or_refused(
        name in prop::sample::select(
            ["supplier-csv-good.csv", "supplier-csv-utf16-le.csv", "supplier-csv-gzip.csv.gz"]
                .into_iter().chain(GOOD.map(|(name, _)| name)).collect::<Vec<_>>()
        ),
        cut in any::<prop::sample::Index>(),
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
    ) {
        let mut bytes = fixture(name);
        bytes.truncate(cut.index(bytes.len()) + 1);
        for (at, byte) in flips {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let _ = read(bytes, Declared::default());
    }
}
