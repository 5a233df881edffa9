//! The pictures of the README: the tour in ten clicks, in a demo of any size. It is a command and no test:
//!
//!     PICTURES_ROWS=5000000 cargo test --test api -- --ignored --exact console::pictures::pictures_of_the_tour
//!
//! They go to `docs/pictures/`, or to the folder in `PICTURES_TO`.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use crate::outside::setting;
use crate::support::Chromium;

/// The largest picture, in bytes.
const LARGEST: usize = 120_000;

/// The program's demo, served.
struct Demo {
    process: Child,
    origin: String,
    /// A number that occurs in its log.
    number: String,
}

impl Demo {
    fn start(room: &Path, rows: &str) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = free.local_addr().unwrap().to_string();
        drop(free);
        let mut process = Command::new(env!("CARGO_BIN_EXE_breachvault"))
            .args(["demo", "--json", "--rows", rows, "--listen", &address])
            .current_dir(room)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let told = lines.next().expect("the demo ended").unwrap();
        let told: Value = serde_json::from_str(&told).unwrap();
        std::thread::spawn(move || lines.for_each(drop));
        Self {
            process,
            origin: format!("https://{address}"),
            number: told["sample_numbers"][0].as_str().unwrap().to_owned(),
        }
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

struct Tour {
    chromium: Chromium,
    folder: PathBuf,
}

impl Tour {
    /// A picture of the window, at an element if one is named.
    fn keep(&self, name: &str, at: Option<&str>) {
        let place = at.map_or(Value::Null, Value::from);
        let scroll = "if (arguments[0]) { document.querySelector(arguments[0]).scrollIntoView(); }";
        self.chromium.run(scroll, &[place]);
        let bytes = self.chromium.photograph(false);
        println!("{name}.png: {} bytes", bytes.len());
        assert!(bytes.len() <= LARGEST, "{name}: {} bytes", bytes.len());
        fs::write(self.folder.join(format!("{name}.png")), bytes).unwrap();
    }

    /// Signs out, if somebody is in, and comes back as somebody else of the demo.
    fn come_as(&self, person: &str) {
        if self.chromium.has("nav.main") {
            self.chromium.press("Sign out");
        } else {
            self.chromium.go("/console/sign-in");
        }
        self.chromium.press(&format!("Sign in as {person}"));
        self.chromium.find("nav.main");
    }
}

#[test]
#[ignore = "makes the pictures of the README, see CONTRIBUTING.md"]
fn pictures_of_the_tour() {
    let rows = setting("PICTURES_ROWS").unwrap_or_else(|| "100000".to_owned());
    let room = tempfile::tempdir().unwrap();
    let demo = Demo::start(room.path(), &rows);
    let folder = setting("PICTURES_TO").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/pictures"),
        PathBuf::from,
    );
    fs::create_dir_all(&folder).unwrap();
    let chromium =
        Chromium::at(demo.origin.clone()).expect("Chromium and its driver are installed");
    let size = json!({ "width": 1000, "height": 720, "deviceScaleFactor": 1, "mobile": false });
    chromium.tell("Emulation.setDeviceMetricsOverride", &size);
    let tour = Tour { chromium, folder };
    let chromium = &tour.chromium;

    chromium.go("/console/sign-in");
    tour.keep("1-sign-in", Some("#made-up"));
    tour.come_as("investigator");
    chromium.click("main tbody th a");
    chromium.find("dl.facts");
    tour.keep("2-overview", None);

    chromium.follow("Scope");
    chromium.choose("purpose", "scoping");
    chromium.fill("#reason", "to see how large the incident is");
    chromium.press("Go on");
    chromium.find("svg.chart");
    tour.keep("3-scope", Some("#by-day"));
    chromium.click("#by-country svg a");
    chromium.find("#by-country a[aria-current]");
    tour.keep("4-scope-filtered", Some("#by-country"));

    chromium.follow("Look up");
    chromium.fill("#numbers", &format!("{}\n+44 7700 900999", demo.number));
    chromium.press("Look up");
    chromium.find("input[name=subjects]");
    tour.keep("5-results", None);
    chromium.click("input[name=subjects]");
    chromium.press("Ask for a reveal of those ticked");
    chromium.press("Ask");

    tour.come_as("lead.one");
    chromium.keys("w");
    chromium.find("button[value=approve]");
    chromium.fill("#reason", "they have to be called today");
    tour.keep("6-decision", None);
    chromium.press("Approve");
    chromium.find("main h1");

    tour.come_as("investigator");
    chromium.keys("w");
    chromium.find("dl.facts");
    chromium.press("Show the numbers once");
    chromium.find(".number");
    // Blurred, as it is until somebody points at it.
    tour.keep("7-reveal", None);

    tour.come_as("auditor");
    chromium.follow("Audit");
    chromium.find("main table");
    tour.keep("8-audit", None);
}
