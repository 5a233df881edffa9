//! The beginning of an admission: a staged exhibit, and what codes its rows.

use std::sync::Arc;

use serde_json::{Value, json};
use zeroize::Zeroize;

use super::codes::Codes;
use super::earlier::Earlier;
use super::group::{DICTIONARIES, Group, Place};
use super::numbers::Numbers;
use super::parts::Parts;
use super::quarantine::Quarantine;
use super::rows::Scratch;
use super::sealing::Sealing;
use super::seen::{EarlierExhibit, Seen};
use super::users::Users;
use crate::domain::{CaseId, ExhibitId, Field, Reference, Title};
use crate::policy::actions;
use crate::vault::Vault;
use crate::vault::caller::Caller;
use crate::vault::columns::{Fingerprinter, SubjectIndexBuilder};
use crate::vault::core::Core;
use crate::vault::exhibits::{load_dictionary, open_description};
use crate::vault::keyring::CaseKeys;
use crate::vault::ledger::Stager;
use crate::vault::operation::{Answer, Conflict, Operation, OperationError, Target};
use crate::vault::perform::Stopped;
use crate::vault::plaintext::{Region, RowBatch};
use crate::vault::receipt::Receipt;
use crate::vault::refusal::Refusal;
use crate::vault::scope::Scope;
use crate::vault::store::case_rows::CaseNumber;
use crate::vault::store::exhibit_rows::{self, ExhibitNumber};
use crate::vault::store::term_rows::Terms;
use crate::vault::under_way::{AdmissionProgress, Tracked};

/// What somebody says about an exhibit when its admission begins.
#[derive(Default)]
pub struct ExhibitFacts {
    pub name: Option<Title>,
    pub source: Option<Reference>,
    /// In which numbers without a calling code are meant.
    pub region: Option<Region>,
    /// How long the file is said to be.
    pub bytes: Option<u64>,
}

/// The right to admit one exhibit, and the work done so far. It must be finished
/// or abandoned.
pub struct Admission {
    pub(super) core: Arc<Core>,
    pub(super) keys: Arc<CaseKeys>,
    pub(super) begun: Begun,
    pub(super) facts: ExhibitFacts,
    pub(super) coder: Coder,
    pub(super) seen: Seen,
    pub(super) scratch: Scratch,
    pub(super) group: Group,
    pub(super) sealing: Sealing,
    pub(super) stager: Stager,
    prints: Arc<Fingerprinter>,
    pub(super) subjects: SubjectIndexBuilder,
    pub(super) parts: Parts,
    pub(super) quarantine: Quarantine,
    pub(super) counts: Counts,
    pub(super) tracked: Tracked,
}

/// Makes batches for one admission.
#[derive(Clone)]
pub struct Batches(Arc<Fingerprinter>);

impl Batches {
    pub fn make(&self) -> RowBatch {
        RowBatch::with_prints(Arc::clone(&self.0))
    }
}

/// What turns cells into codes and temporary numbers.
pub(super) struct Coder {
    pub(super) columns: [Codes; DICTIONARIES],
    pub(super) numbers: Numbers,
    pub(super) users: Users,
    pub(super) earlier_numbers: Earlier,
    pub(super) earlier_users: Earlier,
    /// Codes of the bases, in the order of `Basis::ALL`, for the three fields.
    pub(super) bases: [[Option<u32>; 4]; 3],
}

#[derive(Default)]
pub(super) struct Counts {
    pub(super) read: u64,
    pub(super) admitted: u64,
    pub(super) duplicates: u64,
    pub(super) blocks: u32,
    pub(super) span: Option<(i64, i64)>,
}

impl Admission {
    pub fn exhibit(&self) -> &ExhibitId {
        &self.begun.exhibit
    }

    pub fn case(&self) -> &CaseId {
        &self.begun.case
    }

    /// How many rows were read so far, rejects with them.
    pub fn rows(&self) -> u64 {
        self.counts.read
    }

    /// Makes the batches in which rows come in.
    pub fn batches(&self) -> Batches {
        Batches(Arc::clone(&self.prints))
    }

    /// Where it is told how far this is.
    pub fn progress(&self) -> AdmissionProgress {
        self.tracked.progress().clone()
    }

    pub(super) fn place(&self) -> Place<'_> {
        Place {
            core: &self.core,
            keys: &self.keys,
            case: &self.begun.case,
            exhibit: &self.begun.exhibit,
        }
    }

    /// Reads what the case has already, so that codes and duplicates carry on.
    fn prepare(
        core: &Arc<Core>,
        stager: Stager,
        begun: Begun,
        facts: ExhibitFacts,
        tracked: Tracked,
    ) -> Result<Self, (Begun, OperationError)> {
        let prepared = Prepared::load(core, &begun, facts.region).and_then(|prepared| {
            let keys = Arc::clone(&prepared.keys);
            let sealing = Sealing::start(Arc::clone(core), keys, begun.clone(), stager.clone())?;
            Ok((prepared, sealing))
        });
        match prepared {
            Ok((
                Prepared {
                    keys,
                    coder,
                    seen,
                    prints,
                },
                sealing,
            )) => Ok(Self {
                core: Arc::clone(core),
                keys,
                begun,
                facts,
                coder,
                seen,
                scratch: Scratch::default(),
                group: Group::default(),
                sealing,
                stager,
                prints,
                subjects: SubjectIndexBuilder::new(),
                parts: Parts::default(),
                quarantine: Quarantine::default(),
                counts: Counts::default(),
                tracked,
            }),
            Err(error) => Err((begun, error)),
        }
    }
}

impl Vault {
    /// Begins the admission of an exhibit. One at a time in a case.
    pub fn begin_admission(
        &self,
        caller: &Caller,
        case: &CaseId,
        facts: ExhibitFacts,
    ) -> Result<Admission, Refusal> {
        let operation = BeginExhibit {
            case: case.clone(),
            name: facts.name.clone(),
            source: facts.source.clone(),
        };
        let (receipt, ended) = self.perform_for(caller, operation)?;
        let begun = match ended {
            Ok(begun) => begun,
            Err(Stopped::Denied(denial)) => return Err(Refusal::Denied(denial, receipt)),
            Err(Stopped::Failed(error)) => return Err(Refusal::Failed(error, receipt)),
        };
        let tracked = Tracked::begin(&self.core, &begun.case, &begun.exhibit, caller, facts.bytes);
        Admission::prepare(&self.core, self.ledger.stager(), begun, facts, tracked)
            .map_err(|(begun, error)| self.abandon(caller, &begun, error))
    }
}

struct Prepared {
    keys: Arc<CaseKeys>,
    coder: Coder,
    seen: Seen,
    prints: Arc<Fingerprinter>,
}

impl Prepared {
    fn load(
        core: &Arc<Core>,
        begun: &Begun,
        region: Option<Region>,
    ) -> Result<Self, OperationError> {
        let keys = core.case_keys(&begun.case)?;
        let reader = core.readers.snapshot()?;
        let connection = reader.connection()?;
        let exhibits = exhibit_rows::list(connection, begun.case_number)?;
        let columns = Field::DICTIONARIES
            .into_iter()
            .map(|field| {
                load_dictionary(connection, core, &keys, begun.case_number, field).map(Codes::new)
            })
            .collect::<Result<Vec<_>, _>>()?;
        let columns = <[Codes; DICTIONARIES]>::try_from(columns)
            .map_err(|_| OperationError::Internal("begin::dictionaries"))?;
        let mut earlier = Vec::with_capacity(exhibits.len());
        for exhibit in &exhibits {
            earlier.push(EarlierExhibit {
                number: exhibit.number,
                id: exhibit.id.clone(),
                blocks: open_description(core, &keys, exhibit)?.blocks,
            });
        }
        let prints = Arc::new(fingerprinter(core)?);
        let seen = Seen::new(Arc::clone(&prints), earlier, begun.visible_numbers);
        let terms = |field| Terms {
            case: begun.case_number,
            field,
        };
        let (numbers, users) = (terms(Field::Number), terms(Field::User));
        let coder = Coder {
            columns,
            earlier_numbers: Earlier::load(connection, numbers, begun.visible_numbers)?,
            earlier_users: Earlier::load(connection, users, begun.visible_users)?,
            numbers: Numbers::new(words(core)?, fingerprinter(core)?, region),
            users: Users::new(),
            bases: [[None; 4]; 3],
        };
        Ok(Self {
            keys,
            coder,
            seen,
            prints,
        })
    }
}

fn fingerprinter(core: &Core) -> Result<Fingerprinter, OperationError> {
    Ok(Fingerprinter::new(words(core)?))
}

/// Random words for keys that live as long as the admission.
fn words<const N: usize>(core: &Core) -> Result<[u64; N], OperationError> {
    let mut words = [0; N];
    for word in &mut words {
        let mut bytes = core.draw::<8>()?;
        *word = u64::from_le_bytes(bytes);
        bytes.zeroize();
    }
    Ok(words)
}

struct BeginExhibit {
    case: CaseId,
    name: Option<Title>,
    source: Option<Reference>,
}

/// A staged exhibit, and what its case had when it was staged.
#[derive(Clone)]
pub(super) struct Begun {
    pub(super) case: CaseId,
    pub(super) case_number: CaseNumber,
    pub(super) exhibit: ExhibitId,
    pub(super) number: ExhibitNumber,
    /// Terms of the case that are visible.
    pub(super) visible_numbers: u32,
    pub(super) visible_users: u32,
}

impl Answer for Begun {
    type View = Value;

    fn view(self, _: &Receipt) -> Result<Value, OperationError> {
        Ok(json!({ "exhibit": self.exhibit }))
    }
}

impl Operation for BeginExhibit {
    type Action = actions::BeginExhibit;
    type Answer = Begun;

    fn target(&self) -> Target {
        Target::Case(self.case.clone())
    }

    fn detail(&self) -> serde_json::Value {
        json!({
            "name": self.name.as_ref().map(Title::as_str),
            "source": self.source.as_ref().map(Reference::as_str),
        })
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<Begun, OperationError> {
        let case = scope.case_row()?;
        if !exhibit_rows::staged(scope.connection, Some(case.number))?.is_empty() {
            return Err(OperationError::Conflict(Conflict::AdmissionInProgress));
        }
        let exhibit = ExhibitId::from_random(scope.core.draw()?);
        let number = exhibit_rows::stage(scope.connection, &exhibit, case.number, scope.now)?;
        scope.notes.object = Some(exhibit.to_string());
        Ok(Begun {
            case: case.id.clone(),
            case_number: case.number,
            exhibit,
            number,
            visible_numbers: case.numbers,
            visible_users: case.users,
        })
    }
}
