//! `GET /console/health`: whether the vault is ready and why not, its log, its disk and its clock.

use askama::Template;

use crate::console::html::Html;
use crate::console::page::{Page, Shown};
use crate::console::refused::Refused;
use crate::console::visit::Visit;
use crate::operations::health::{HealthState, ReadHealth};
use crate::vault::OperationError;

/// How the vault stands.
pub struct HealthPage;

#[derive(Template)]
#[template(path = "health/read.html")]
struct Shows<'a> {
    visit: &'a Visit,
    health: HealthState,
}

/// The vault shows nothing any more, so there is nothing else to say.
#[derive(Template)]
#[template(path = "health/damaged.html")]
struct Damaged<'a> {
    visit: &'a Visit,
    /// The table or the kind of part.
    place: &'a str,
}

impl Page for HealthPage {
    type Operation = ReadHealth;

    fn show(health: HealthState, visit: &Visit) -> Result<Shown, OperationError> {
        Shown::page(&Shows { visit, health })
    }

    /// Of a damaged vault it says what the refusal of every request says, and no more.
    fn instead(visit: &Visit, refused: &Refused) -> Option<Result<Html, OperationError>> {
        let place = refused.at.as_deref().unwrap_or_default();
        let damaged = Damaged { visit, place };
        (refused.kind == "damaged").then(|| Html::of(&damaged))
    }
}

/// Bytes as people read them.
fn size(bytes: &u64) -> String {
    const UNITS: [&str; 5] = ["B", "kB", "MB", "GB", "TB"];
    let (mut value, mut unit) = (*bytes, 0);
    while value >= 10_000 && unit + 1 < UNITS.len() {
        value /= 1000;
        unit += 1;
    }
    format!("{value} {}", UNITS.get(unit).copied().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn sizes_are_short() {
        let told: Vec<String> = [0, 9_999, 10_000, 123_456_789, u64::MAX]
            .map(|bytes| size(&bytes))
            .into();
        assert_eq!(told, ["0 B", "9999 B", "10 kB", "123 MB", "18446744 TB"]);
    }
}
