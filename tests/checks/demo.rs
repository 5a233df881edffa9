//! The program's demo, small and on a port that is free, for tests that drive the program as people do.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_breachvault");

pub(crate) struct Demo {
    process: Child,
    /// What the demo says of itself: its address, its people, numbers that occur in its log.
    pub(crate) told: Value,
}

impl Demo {
    /// Makes one in `breachvault-demo` of this directory, and returns when it is serving.
    pub(crate) fn start(room: &Path) -> Self {
        Self::with_points(room, 100_000)
    }

    /// The same with so many lookup points for everybody.
    pub(crate) fn with_points(room: &Path, points: u32) -> Self {
        let mut process = Command::new(PROGRAM)
            .args(["demo", "--json", "--rows", "3000"])
            .args(["--lookup-budget", &points.to_string()])
            .args(["--listen", "127.0.0.1:0"])
            .current_dir(room)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let told = lines.next().expect("the demo ended").unwrap();
        let told = serde_json::from_str(&told).unwrap();
        // Keeps reading, so that the demo does not find its output closed.
        std::thread::spawn(move || lines.for_each(drop));
        Self { process, told }
    }

    pub(crate) fn text(&self, member: &str) -> &str {
        self.told[member].as_str().unwrap()
    }

    /// A number that occurs in the log.
    pub(crate) fn number(&self) -> &str {
        self.told["sample_numbers"][0].as_str().unwrap()
    }

    /// What somebody signs in with.
    pub(crate) fn password(&self, name: &str) -> &str {
        let people = self.told["operators"].as_array().unwrap();
        let person = people.iter().find(|person| person["name"] == name);
        person.unwrap()["password"].as_str().unwrap()
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The path for programs, with the folder `bin` of this directory first.
#[expect(
    clippy::disallowed_methods,
    reason = "a test finds its tools by the PATH"
)]
pub(crate) fn path_with(room: &Path) -> String {
    format!(
        "{}:{}",
        room.join("bin").display(),
        std::env::var("PATH").unwrap_or_default()
    )
}

pub(crate) fn there(tool: &str) -> bool {
    Command::new("sh")
        .args(["-c", &format!("command -v {tool}")])
        .stdout(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}
