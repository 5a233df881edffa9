//! More lookup points for a time: asked by one, decided by another lead; and lookups that thaw.

mod decide;
mod list;
mod read;
mod request;
mod thaw;

use crate::support::{Client, Incident, Log, csv_of};

/// Two points, and a tenth of one in six minutes.
fn incident() -> Incident {
    let rows = [
        ("one", "+447700900001", "2024-03-10T12:00:00Z"),
        ("two", "+447700900002", "2024-03-10T12:00:00Z"),
    ];
    let config = "[budgets]\nlookup_points = 2\nlookup_points_per_hour = 1\n";
    Incident::with(config, Log::read_short(csv_of(&rows)))
}

fn left(client: &Client) -> u64 {
    let me = client.get("/me").assert_status(200).json();
    me["cases"][0]["lookup_budget"].as_u64().unwrap()
}
