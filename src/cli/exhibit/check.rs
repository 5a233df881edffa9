//! `exhibit check`: reads a whole file and says what an admission would make of it. Nothing is admitted.
//!
//! For a case the custodian does it, and the check has a leaf. Without one it needs no right, because people who have
//! the file can see more of it than the report shows.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;
use serde_json::Value;

use super::options::{FileOptions, as_options, open, wrong};
use super::upload::upload;
use super::{admit, withdraw};
use crate::cli::answer;
use crate::cli::error::CliError;
use crate::cli::local::LocalIfAny;
use crate::cli::progress::{Progress, Unit};
use crate::cli::streams;
use crate::client::{Client, Output};
use crate::operations::exhibit::{AdmitRequest, Arriving, check_file};
use crate::vault::Settings;

#[derive(Args)]
#[command(
    after_help = "Examples:\n  breachvault exhibit check log.csv             # here, without a vault\n  \
                  breachvault exhibit check log.csv --case C    # at a served vault, and recorded in its log"
)]
pub(in crate::cli) struct Check {
    /// The file as received: CSV or JSON, also in gzip or zip
    file: PathBuf,
    #[command(flatten)]
    options: FileOptions,
    /// The case it would be admitted to; then the check is recorded in the vault's log
    #[arg(long, value_name = "C")]
    case: Option<String>,
    #[command(flatten)]
    local: LocalIfAny,
    #[command(flatten)]
    client: Client,
}

impl Check {
    pub(in crate::cli) fn run(self) -> Result<(), CliError> {
        let mut words = self.options.words(&self.file)?;
        let local = self.local.given();
        if let (Some(case), None) = (&self.case, &local) {
            return upload(&self.client, case, &self.file, words, true);
        }
        let output = &self.client.output;
        let (file, bytes) = open(&self.file)?;
        let arriving = Arriving::whole(Box::new(file), bytes);
        let mut progress = Progress::new("reading", bytes, Unit::Bytes);
        let Some(local) = local else {
            let most = Settings::default().max_quarantined;
            let report = check_file(&words, arriving, most, &mut |reached| {
                progress.reach(reached.bytes);
                true
            });
            progress.finish();
            let report = report.map_err(|error| wrong(error, &self.file))?;
            let shown = serde_json::to_value(&report);
            let shown = shown.map_err(|_| CliError::failed("the report could not be written"))?;
            show(&shown, output)?;
            output.words("read without a vault: nothing was admitted or recorded");
            return match report.refused {
                None => Ok(()),
                Some(why) => Err(CliError::failed(format!(
                    "it would be refused: {}",
                    as_options(&why)
                ))),
            };
        };
        let case = self.case.ok_or_else(|| {
            CliError::usage("--case: name the case that the file would be admitted to")
        })?;
        let case = withdraw::id("--case", &case)?;
        words.dry_run = Some("true".to_owned());
        let request = AdmitRequest::read(case, &words).map_err(|error| wrong(error, &self.file))?;
        let reply = local.act(|vault, caller| {
            let reply = admit(vault, caller, request, arriving, &mut progress, output.json);
            progress.finish();
            reply
        })?;
        let leaf = reply.leaf;
        show(&answer::read(reply)?, output)?;
        output.words(&format!("nothing was admitted (audit leaf {leaf})"));
        Ok(())
    }
}

/// Prints the report: all of it as JSON or CSV, else each member on a line, the rows in quarantine by reason.
fn show(report: &Value, output: &Output) -> Result<(), CliError> {
    if output.json || output.csv {
        return Ok(output.object(report)?);
    }
    let mut told = report.clone();
    let members = told.as_object_mut();
    let rejects = members.and_then(|members| {
        members.remove("rejects_more");
        members.remove("quarantined_by_kind");
        members.remove("rejects")
    });
    output.object(&told)?;
    let rejects = rejects.and_then(|rejects| rejects.as_array().cloned());
    for line in by_reason(&rejects.unwrap_or_default(), report) {
        streams::data(&line)?;
    }
    Ok(())
}

/// `quarantined: 319 (needs-region in number; first lines 8, 10, 20, …)`, a line for each reason.
fn by_reason(rejects: &[Value], report: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let mut reasons: BTreeMap<(String, Option<String>), Vec<u64>> = BTreeMap::new();
    for reject in rejects {
        let kind = text(&reject["kind"]).unwrap_or_default();
        let lines = reasons.entry((kind, text(&reject["column"]))).or_default();
        lines.extend(reject["line"].as_u64());
    }
    let counted = report["quarantined_by_kind"].as_array();
    let of_kind = |kind: &str| {
        let mut counted = counted.into_iter().flatten();
        let found = counted.find(|one| one["kind"] == kind)?;
        found["rows"].as_u64()
    };
    let told = reasons.iter().map(|((kind, column), lines)| {
        let alone = reasons.keys().filter(|(other, _)| other == kind).count() == 1;
        let listed = lines.len() as u64;
        // Of a reason in several columns only the rows that are listed are known by column.
        let rows = of_kind(kind).filter(|_| alone).unwrap_or(listed);
        let column = column
            .as_ref()
            .map_or(String::new(), |column| format!(" in {column}"));
        let first: Vec<_> = lines.iter().take(FIRST).map(u64::to_string).collect();
        let more = if rows > first.len() as u64 {
            ", …"
        } else {
            ""
        };
        format!(
            "quarantined: {rows} ({kind}{column}; first lines {}{more})",
            first.join(", ")
        )
    });
    told.collect()
}

/// How many lines are named for each reason.
const FIRST: usize = 5;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn rows_in_quarantine_are_told_by_reason() {
        let reject = |line: u64, column: &str, kind: &str| json!({"line": line, "column": column, "kind": kind});
        let rejects: Vec<_> = (1..=7)
            .map(|line| reject(line * 10, "number", "needs-region"))
            .chain([reject(9, "sent_at", "bad-time")])
            .collect();
        let report = json!({"quarantined_by_kind": [
            {"kind": "needs-region", "rows": 319}, {"kind": "bad-time", "rows": 1}]});
        assert_eq!(
            by_reason(&rejects, &report),
            [
                "quarantined: 1 (bad-time in sent_at; first lines 9)",
                "quarantined: 319 (needs-region in number; first lines 10, 20, 30, 40, 50, …)",
            ]
        );
    }
}
