// refused: E0599 no method named `decide` found
// refused: E0599 no method named `ask` found
// refused: E0599 no method named `note_rows` found
use breachvault::vault::scope::Reading;
use breachvault::vault::scope::requests::{Export, ExportWanted};
use breachvault::vault::Why;

fn prepare(reading: &Reading<'_>, export: &breachvault::domain::ExportId, why: &Why) {
    let _ = reading.decide::<Export>(export, true, why);
}

fn ask(reading: &Reading<'_>, wanted: ExportWanted, why: &Why) {
    let _ = reading.ask::<Export>(wanted, why, None);
    reading.note_rows(1);
}

fn main() {}
