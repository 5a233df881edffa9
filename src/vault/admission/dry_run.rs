//! A dry run: reads a whole file as an admission would, compares it with itself only, and keeps nothing.

use serde_json::{Value, json};

use super::file_facts::FileFacts;
use super::file_report::FileReport;
use super::intake::{Batches, Intake, TakesRows};
use crate::domain::CaseId;
use crate::policy::actions;
use crate::vault::Vault;
use crate::vault::call::caller::Caller;
use crate::vault::call::refusal::Refusal;
use crate::vault::call::target::Target;
use crate::vault::door::{Operation, Reply};
use crate::vault::entropy::Entropy;
use crate::vault::error::OperationError;
use crate::vault::exhibits::checks_under_way::TrackedCheck;
use crate::vault::exhibits::under_way::AdmissionProgress;
use crate::vault::plaintext::{Region, RowBatch};
use crate::vault::scope::Scope;

/// A file that is being read without being admitted.
pub struct DryRun {
    intake: Intake,
    progress: AdmissionProgress,
    /// Its entry in the list, if a vault has it.
    tracked: Option<TrackedCheck>,
}

impl DryRun {
    /// A dry run of a file. `region` is that of numbers without a calling code.
    pub fn new(entropy: &dyn Entropy, region: Option<Region>) -> Result<Self, OperationError> {
        Ok(Self {
            intake: Intake::of_file_alone(entropy, region)?,
            progress: AdmissionProgress::new(),
            tracked: None,
        })
    }

    /// What was read. `most` is the largest share of rows in quarantine that an admission takes.
    pub fn report(self, file: &FileFacts, most: f64, accepted: bool) -> FileReport {
        FileReport::of(&self.intake, file, most, accepted).with_duplicates(&self.intake, file)
    }
}

impl TakesRows for DryRun {
    fn take(&mut self, batch: &mut RowBatch) -> Result<(), OperationError> {
        self.intake.read(batch)?;
        self.intake.leave_duplicates_out(batch);
        drop(self.intake.quarantine.take_parts(false));
        drop(self.intake.duplicates.take_parts(false));
        Ok(())
    }

    fn end(&mut self) -> Result<(), OperationError> {
        Ok(())
    }

    fn rows(&self) -> u64 {
        self.intake.counts.read
    }

    fn batches(&self) -> Batches {
        self.intake.batches()
    }

    fn progress(&self) -> AdmissionProgress {
        self.progress.clone()
    }
}

impl Vault {
    /// Begins a dry run, if the caller may admit exhibits to the case; `bytes` is the length of the file if it is
    /// known. A refusal has its leaf.
    pub fn begin_dry_run(
        &self,
        caller: &Caller,
        case: &CaseId,
        region: Option<Region>,
        bytes: Option<u64>,
    ) -> Result<DryRun, Refusal> {
        let target = Target::Case(case.clone());
        self.permit::<actions::CheckFile>(caller, &target)?;
        let mut run = DryRun::new(&*self.core.entropy, region)
            .map_err(|error| self.turn_away::<actions::CheckFile>(caller, target, error))?;
        let (checks, now) = (&self.core.checks, self.core.clock.now());
        run.tracked = Some(TrackedCheck::begin(
            checks,
            case,
            caller,
            now,
            bytes,
            &run.progress,
        ));
        Ok(run)
    }

    /// Ends a dry run with its report, which has a leaf.
    pub fn finish_dry_run(
        &self,
        caller: &Caller,
        case: CaseId,
        run: DryRun,
        file: &FileFacts,
        accepted: bool,
    ) -> Result<Reply, Refusal> {
        let report = run.report(file, self.core.settings.max_quarantined, accepted);
        self.perform(caller, CheckFile { case, report })
    }

    /// Ends a dry run of a file that cannot be read.
    pub fn fail_dry_run(&self, caller: &Caller, case: CaseId, error: OperationError) -> Refusal {
        self.turn_away::<actions::CheckFile>(caller, Target::Case(case), error)
    }
}

struct CheckFile {
    case: CaseId,
    report: FileReport,
}

impl Operation for CheckFile {
    type Action = actions::CheckFile;
    type Answer = FileReport;

    fn target(&self) -> Target {
        Target::Case(self.case.clone())
    }

    fn detail(&self) -> Value {
        json!({
            "format": self.report.format,
            "rows": self.report.rows,
            "readable": self.report.readable,
            "quarantined": self.report.quarantined,
        })
    }

    fn run(self, _: &mut Scope<'_, Self::Action>) -> Result<FileReport, OperationError> {
        Ok(self.report)
    }
}
