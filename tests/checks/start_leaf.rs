//! The leaf of a start states every setting, those of the network too.

use breachvault::config::Config;
use breachvault::operations::audit::ReadLeaf;
use breachvault::vault::Settings;
use breachvault::vault::clock::ManualClock;
use serde_json::json;

use crate::house::{self, House};
use crate::tables::only_on_sqlite;

const OTHER: &str = "[serve]\nproxies = [\"192.0.2.0/24\"]\n[tls]\nallow_tls_1_2 = true\n[limits]\n\
    address_connections = 7\nidle_s = 11\n[budgets]\nlookup_points = 13\n[identity]\n\
    second_factor = \"offered\"\n";

#[test]
fn the_leaf_of_a_start_states_every_setting() {
    only_on_sqlite!();
    let closed = House::new().close();
    let config = Config::parse(OTHER).unwrap();
    let settings = Settings {
        kept_checkpoints: 2,
        ..config.settings()
    };
    let clock = ManualClock::new("2024-04-02T09:30:00Z".parse().unwrap());
    let vault = house::open_with(&closed.paths(), clock, settings).unwrap();
    let sql = "SELECT max(seq) FROM leaf WHERE action = 'vault.start'";
    let row = closed
        .database()
        .query_row(sql, [], |row| row.get::<_, i64>(0));
    let seq = row.unwrap().to_string();
    let auditor = &closed.people.auditor;
    let read = house::ask::<ReadLeaf>(&vault, auditor, &[("leaf", &seq)], json!({})).unwrap();
    let stated = &read["detail"]["detail"]["found"]["settings"];
    assert_eq!(stated["kept_checkpoints"], 2, "{read}");
    assert_eq!(stated["lookup_budget"]["capacity"], 13);
    let configuration = &stated["configuration"];
    assert_eq!(*configuration, config.stated());
    assert_eq!(configuration["serve"]["proxies"], json!(["192.0.2.0/24"]));
    assert_eq!(configuration["limits"]["address_connections"], 7);
    assert_eq!(configuration["limits"]["idle_s"], 11);
    assert_eq!(configuration["tls"]["allow_tls_1_2"], true);
    assert_eq!(configuration["identity"]["second_factor"], "offered");
}
