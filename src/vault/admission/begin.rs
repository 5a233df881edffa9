//! Begins an admission: stages an exhibit and loads what is needed to code its rows.

use std::sync::{Arc, OnceLock};

use serde_json::json;
use zeroize::Zeroize;

use super::begun::Begun;
use super::case_prints::ComingPrints;
use super::coder::Coder;
use super::codes::Codes;
use super::earlier::Earlier;
use super::earlier_exhibit::EarlierExhibit;
use super::erased_numbers::ErasedNumbers;
use super::exhibit_stager::ExhibitStager;
use super::group::{DICTIONARIES, Group};
use super::in_case::InCase;
use super::in_progress::{Admission, ExhibitFacts};
use super::intake::Intake;
use super::numbers::Numbers;
use super::part_digests::PartDigests;
use super::sealing::Sealing;
use super::users::Users;
use super::waiting::Waiting;
use crate::domain::{CaseId, ExhibitId, Field, Reference, Title};
use crate::policy::actions;
use crate::vault::Vault;
use crate::vault::call::caller::Caller;
use crate::vault::call::refusal::Refusal;
use crate::vault::call::target::Target;
use crate::vault::columns::{Dictionary, SubjectIndexBuilder};
use crate::vault::core::Core;
use crate::vault::door::Operation;
use crate::vault::entropy::{Entropy, draw};
use crate::vault::error::Stopped;
use crate::vault::error::{Conflict, OperationError};
use crate::vault::exhibits::added_terms::AddedTerms;
use crate::vault::exhibits::description::{load_dictionaries, open_description};
use crate::vault::exhibits::erasures::Erasures;
use crate::vault::exhibits::leftovers::Leftover;
use crate::vault::exhibits::under_way::Tracked;
use crate::vault::keyring::CaseKeys;
use crate::vault::plaintext::{Fingerprinter, Region};
use crate::vault::scope::Scope;
use crate::vault::store::exhibit_rows;

impl Admission {
    /// Loads what the case has already, so that codes continue and duplicates are found.
    fn prepare(
        core: &Arc<Core>,
        stager: ExhibitStager,
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
            Ok((Prepared { keys, intake }, sealing)) => Ok(Self {
                core: Arc::clone(core),
                keys,
                begun,
                facts,
                intake,
                group: Group::default(),
                sealing,
                stager,
                subjects: SubjectIndexBuilder::new(),
                parts: PartDigests::default(),
                tracked,
                waiting: Waiting::default(),
            }),
            Err(error) => Err((begun, error)),
        }
    }
}

impl Vault {
    /// Begins the admission of an exhibit. A case has at most one admission at a time.
    pub fn begin_admission(
        &self,
        caller: &Caller,
        case: &CaseId,
        facts: ExhibitFacts,
    ) -> Result<Admission, Refusal> {
        let staged = Arc::new(OnceLock::new());
        let operation = BeginExhibit {
            case: case.clone(),
            name: facts.name.clone(),
            source: facts.source.clone(),
            staged: Arc::clone(&staged),
        };
        let performed = self.perform_for(caller, operation);
        if let (Err(_), Some(exhibit)) = (&performed, staged.get()) {
            // The commit may have been made all the same. Then the next one removes what nobody goes on with.
            self.core.leftovers.put(Leftover(exhibit.clone()));
        }
        let (receipt, ended) = performed?;
        let begun = match ended {
            Ok(begun) => begun,
            Err(Stopped::Denied(denial)) => return Err(Refusal::Denied(denial, receipt)),
            Err(Stopped::Failed(error)) => return Err(Refusal::Failed(error, receipt)),
        };
        let tracked = Tracked::begin(
            &self.core.admissions,
            &begun.case,
            &begun.exhibit,
            caller,
            facts.bytes,
        );
        let stager = ExhibitStager::new(self.ledger.stager(), begun.exhibit.clone());
        Admission::prepare(&self.core, stager, begun, facts, tracked)
            .map_err(|(begun, error)| self.abandon(caller, &begun, error))
    }
}

struct Prepared {
    keys: Arc<CaseKeys>,
    intake: Intake,
}

impl Prepared {
    fn load(
        core: &Arc<Core>,
        begun: &Begun,
        region: Option<Region>,
    ) -> Result<Self, OperationError> {
        let keys = core.case_keys(&begun.case)?;
        let exhibits = {
            let reader = core.readers.snapshot()?;
            let rows = exhibit_rows::list_all(reader.connection()?, begun.case_number)?;
            let rows = rows.into_iter().map(|row| {
                let description = open_description(&keys, &row)?;
                Ok((row, description))
            });
            rows.collect::<Result<Vec<_>, OperationError>>()?
        };
        let mut earlier = Vec::with_capacity(exhibits.len());
        for (exhibit, description) in &exhibits {
            if exhibit.withdrawn.is_none() && description.blocks > 0 {
                earlier.push(EarlierExhibit {
                    number: exhibit.number,
                    id: exhibit.id.clone(),
                    blocks: description.blocks,
                    ids: description.references_are_ids,
                    minutes: description.times_to_the_minute,
                });
            }
        }
        let in_case = match earlier.is_empty() {
            true => None,
            false => {
                let (core, keys) = (Arc::clone(core), Arc::clone(&keys));
                let coming = ComingPrints::of(core, keys, earlier.clone())?;
                Some(InCase::new(earlier, coming, begun.visible_numbers))
            }
        };
        // Dropped before `in_case`, whose thread may wait for a reader.
        let reader = core.readers.snapshot()?;
        let list = Erasures::load(reader.connection()?, &keys, begun.case_number)?;
        let list = Arc::new(list);
        let erased = ErasedNumbers::of(Arc::clone(&list), &keys, &core.entropy)?;
        let columns = load_dictionaries(reader.connection()?, &keys, &exhibits)?.into_iter();
        let columns =
            <[Codes; DICTIONARIES]>::try_from(columns.map(Codes::new).collect::<Vec<_>>())
                .map_err(|_| OperationError::Internal("begin::dictionaries"))?;
        let added = AddedTerms::of(exhibits.iter().map(|(row, description)| (row, description)));
        let added = Arc::new(added);
        let of_earlier =
            |field, visible| Earlier::new(begun.case_number, field, Arc::clone(&added), visible);
        let prints = Arc::new(keys.prints());
        let coder = Coder {
            columns,
            earlier_numbers: of_earlier(Field::Number, begun.visible_numbers),
            earlier_users: of_earlier(Field::User, begun.visible_users),
            numbers: Numbers::new(
                prints.keys_of_numbers(),
                fingerprinter(&*core.entropy)?,
                region,
                erased,
            ),
            users: Users::new(),
            bases: [[None; 4]; 3],
        };
        let mut intake = Intake::new(coder, in_case, prints);
        intake.quarantine.leave_out(list, Arc::clone(&keys));
        Ok(Self { keys, intake })
    }
}

impl Intake {
    /// For a file that is compared with itself only.
    pub(super) fn of_file_alone(
        entropy: &dyn Entropy,
        region: Option<Region>,
    ) -> Result<Self, OperationError> {
        let prints = Arc::new(fingerprinter(entropy)?);
        let coder = Coder {
            columns: std::array::from_fn(|_| Codes::new(Dictionary::new())),
            earlier_numbers: Earlier::none(Field::Number),
            earlier_users: Earlier::none(Field::User),
            numbers: Numbers::new(
                prints.keys_of_numbers(),
                fingerprinter(entropy)?,
                region,
                None,
            ),
            users: Users::new(),
            bases: [[None; 4]; 3],
        };
        Ok(Self::new(coder, None, prints))
    }
}

/// With random keys, which are used for this file only.
fn fingerprinter(entropy: &dyn Entropy) -> Result<Fingerprinter, OperationError> {
    let mut words = [0; 4];
    for word in &mut words {
        let mut bytes = draw::<8>(entropy)?;
        *word = u64::from_le_bytes(bytes);
        bytes.zeroize();
    }
    Ok(Fingerprinter::new(words))
}

struct BeginExhibit {
    case: CaseId,
    name: Option<Title>,
    source: Option<Reference>,
    /// Gets the exhibit, for whoever learns nothing of the commit.
    staged: Arc<OnceLock<ExhibitId>>,
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
        let _ = self.staged.set(exhibit.clone());
        let node = scope.core.node.as_ref().map(|node| &node.id);
        let (transaction, now) = (scope.transaction()?, scope.now);
        let number = exhibit_rows::stage(transaction, &exhibit, case.number, node, now)?;
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
