//! Shows progress: a bar on a terminal, plain lines elsewhere.

use std::io::{self, IsTerminal};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::streams;

pub(super) struct Progress {
    what: String,
    total: Option<u64>,
    bar: Option<ProgressBar>,
    /// How many tenths were printed, where there is no terminal.
    told: u64,
}

/// What is counted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Bytes,
    Rows,
}

impl Progress {
    pub(super) fn new(what: &str, total: Option<u64>, unit: Unit) -> Self {
        let bar = io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::with_draw_target(total, ProgressDrawTarget::stderr());
            let counts = match unit {
                Unit::Bytes => "{bytes}/{total_bytes} {bytes_per_sec}",
                Unit::Rows => "{human_pos}/{human_len} {per_sec}",
            };
            let template = format!("{{msg}} [{{bar:30}}] {counts} {{eta}}");
            if let Ok(style) = ProgressStyle::with_template(&template) {
                bar.set_style(style.progress_chars("=> "));
            }
            bar.set_message(what.to_owned());
            bar
        });
        Self {
            what: what.to_owned(),
            total,
            bar,
            told: 0,
        }
    }

    pub(super) fn reach(&mut self, position: u64) {
        match (&self.bar, self.total) {
            (Some(bar), _) => bar.set_position(position),
            (None, Some(total)) if total > 0 => {
                let tenths = position.saturating_mul(10) / total;
                if tenths > self.told {
                    self.told = tenths;
                    streams::words(&format!("{}: {} %", self.what, (tenths * 10).min(100)));
                }
            }
            (None, _) => {}
        }
    }

    pub(super) fn finish(self) {
        if let Some(bar) = self.bar {
            bar.finish();
        }
    }
}
