//! Destructions: the end of a case. A lead asks, a custodian decides, and a delay runs before anybody can carry it out.
//!
//! A hold stops what was asked for before it, approved or not, and is in the way of asking. While the delay runs, and
//! after it until somebody carries it out, any lead or custodian of the case stops it. Bound to the exhibits of the
//! case, so that nothing is destroyed that nobody looked at. Carrying it out ends the case in one commit: from then on
//! no act reads it. The vault then takes the keys away and deletes the rows (`vault/shred.rs`), however often it is
//! interrupted.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::asked_view::AskedView;
use super::found::{Found, left_of_delay};
use super::kind::{RequestKind, Touched, seal};
use super::packaged::Packaged;
use super::sealed::{Sealed, damaged};
use super::{Export, Quarantine};
use crate::domain::{
    CaseId, CaseRole, DestructionId, ExhibitId, Moment, OperatorId, RequestIdOfKind as _, hex,
};
use crate::policy::{CaseState, RequestState, Seat, Writes, actions};
use crate::vault::call::receipt::Receipt;
use crate::vault::core::Core;
use crate::vault::exhibits::description::open_description;
use crate::vault::keyring::RequestDigest;
use crate::vault::records::{Shown, protect};
use crate::vault::scope::remains::{
    ActOf, DestroyedExhibit, DestructionFacts, HandedOut, Remains, listed,
};
use crate::vault::scope::{Reading, Scope};
use crate::vault::store::case_rows::{self, CaseRow};
use crate::vault::store::{erasure_rows, exhibit_rows, request_rows};
use crate::vault::{Conflict, OperationError, Settings, Why};

/// How long a destruction can be carried out after its delay, in seconds.
const OPEN_S: i64 = 30 * 86_400;

/// The end of a case.
pub enum Destruction {}

/// What is sealed of a destruction, and covered by its digest.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DestructionBody {
    /// How long it waits after the approval.
    delay_s: i64,
    /// Every exhibit of the case, the withdrawn ones too.
    exhibits: Vec<String>,
}

/// A request as leads and custodians see it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Destruction)]
pub struct DestructionView {
    /// The id of the destruction.
    pub destruction: DestructionId,
    /// The case that ends.
    pub case: CaseId,
    /// Who asked and who decided.
    #[serde(flatten)]
    pub asked: AskedView,
    /// How long it waits after an approval, in seconds.
    pub delay_s: i64,
    /// From when it can be carried out, once it is approved. While the vault is stopped the delay stands still.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub not_before: Option<Moment>,
    /// Until when the case is to be kept, if somebody set that date.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub keep_until: Option<Moment>,
    /// Whether the delay is over, and somebody can carry it out now.
    pub due: bool,
    /// The exhibits that end with the case.
    pub exhibits: Vec<EndingExhibit>,
}

/// An exhibit that would end. Counts are of its file alone, rounded for a custodian who did not admit it.
#[derive(Debug, Serialize, ToSchema)]
pub struct EndingExhibit {
    /// The exhibit.
    pub exhibit: ExhibitId,
    /// Messages of its file.
    pub messages: Shown,
    /// Distinct numbers in its file.
    pub numbers: Shown,
}

/// A destruction that was approved and is not over, as the page of its case says it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ComingDestruction)]
pub struct ComingDestruction {
    /// The destruction.
    pub destruction: DestructionId,
    /// From when it can be carried out.
    pub not_before: Moment,
    /// Until when.
    pub expires_at: Moment,
    /// Whether the delay is over.
    pub due: bool,
}

/// A case that was ended by an act whose leaf is durable once there is a receipt.
pub struct EndedCase {
    core: Arc<Core>,
    case: CaseRow,
}

impl EndedCase {
    /// Takes the keys of the case out of the keyring at once. If that fails, whoever goes on with the destruction does
    /// it: the server within a minute, or the next start. So it is where other nodes write too, because the keyring
    /// changes only with the lock of the log's head there.
    pub fn shred_keys(self, _: &Receipt) -> CaseId {
        self.core.shred_due.store(true, Ordering::Release);
        self.core.admissions.end(&self.case.id);
        if !self.core.has_server && self.core.destroy_keys(&self.case).is_err() {
            tracing::error!(
                "the keys of a destroyed case could not be taken out of the keyring yet"
            );
        }
        self.case.id
    }
}

impl seal::Listed for Destruction {}

impl RequestKind for Destruction {
    type Id = DestructionId;
    type Ask = actions::RequestDestruction;
    type List = actions::ListDestructions;
    type Read = actions::ReadDestruction;
    type Decide = actions::DecideDestruction;
    type Wanted = ();
    type Counted = ();
    type Body = DestructionBody;
    type After = ();
    type View = DestructionView;

    fn seconds(settings: &Settings) -> i64 {
        settings.export_s
    }

    fn seconds_held(body: &DestructionBody, _: &Settings) -> i64 {
        body.delay_s.saturating_add(OPEN_S)
    }

    const USED_AT_THE_END_S: Option<i64> = Some(OPEN_S);

    fn body(
        reading: &Reading<'_>,
        (): (),
        _: Option<&()>,
    ) -> Result<DestructionBody, OperationError> {
        let case = reading.not_held()?;
        let exhibits = exhibit_rows::list_all(reading.connection, case.number)?;
        Ok(DestructionBody {
            delay_s: reading.core.settings.destruction_delay_s,
            exhibits: exhibits.iter().map(|one| one.id.to_string()).collect(),
        })
    }

    fn bind(
        reading: &Reading<'_>,
        _: &DestructionBody,
        digest: &mut RequestDigest,
    ) -> Result<(), OperationError> {
        // Which exhibits there are, leads and custodians know.
        for exhibit in exhibit_rows::list_all(reading.connection, reading.case_row()?.number)? {
            digest.part(exhibit.id.as_str().as_bytes());
        }
        Ok(())
    }

    fn stated(body: &DestructionBody) -> Vec<(&'static str, String)> {
        vec![("delay_s", body.delay_s.to_string())]
    }

    fn touched(body: &DestructionBody) -> Touched<'_> {
        Touched {
            rows: body.exhibits.len() as u64,
            subjects: &[],
            detail: json!({ "delay_s": body.delay_s }),
        }
    }

    fn waits_for_use(_: &DestructionBody, _: bool, seat: Seat) -> bool {
        let seats = [CaseRole::Lead, CaseRole::Custodian].map(Seat::Member);
        seats.contains(&seat)
    }

    fn approve(
        scope: &mut Scope<'_, actions::DecideDestruction>,
        _: &DestructionBody,
    ) -> Result<(), OperationError> {
        scope.not_held().map(drop)
    }

    fn view(
        reading: &Reading<'_>,
        id: DestructionId,
        asked: AskedView,
        body: DestructionBody,
        (): (),
    ) -> Result<DestructionView, OperationError> {
        let case = reading.case_row()?;
        let keys = reading.core.case_keys(&case.id)?;
        let mut exhibits = Vec::with_capacity(body.exhibits.len());
        for exhibit in exhibit_rows::list_all(reading.connection, case.number)? {
            let description = open_description(&keys, &exhibit)?;
            exhibits.push(EndingExhibit {
                messages: reading.told_of(&description, description.admitted_alone()),
                numbers: reading.told_of(&description, u64::from(description.file_numbers)),
                exhibit: exhibit.id,
            });
        }
        exhibits.retain(|one| body.exhibits.iter().any(|id| id == one.exhibit.as_str()));
        let mut view = DestructionView {
            destruction: id,
            case: case.id.clone(),
            asked,
            delay_s: body.delay_s,
            not_before: None,
            keep_until: reading.describe(case)?.keep_until.map(Moment::from_seconds),
            due: false,
            exhibits,
        };
        if let Some(coming) = reading.coming_destruction(Some(&view.destruction))? {
            view.not_before = Some(coming.not_before);
            view.due = coming.due;
        }
        Ok(view)
    }
}

impl<'v> Reading<'v> {
    /// The case, unless it is on hold.
    pub(super) fn not_held(&self) -> Result<&'v CaseRow, OperationError> {
        let case = self.case_row()?;
        match case.state {
            CaseState::Held => Err(OperationError::Conflict(Conflict::CaseState(case.state))),
            _ => Ok(case),
        }
    }

    /// The destruction of the case that was approved and is neither carried out, stopped nor expired: this one, or any.
    pub(in crate::vault::scope) fn coming_destruction(
        &self,
        wanted: Option<&DestructionId>,
    ) -> Result<Option<ComingDestruction>, OperationError> {
        let case = self.case_row()?;
        let keys = self.core.case_keys(&case.id)?;
        let rows = request_rows::list(self.connection, case.number, Destruction::NAME, None)?;
        for row in rows {
            if row.state != RequestState::Approved
                || wanted.is_some_and(|id| id.of_any_kind() != row.id)
            {
                continue;
            }
            let sealed = Sealed::<DestructionBody, ()>::open(self.core, &keys, &row)?;
            let keys = Arc::clone(&keys);
            let found = Found::<Destruction> { row, keys, sealed }.sound()?;
            let term = found.sealed.term();
            if self.core.clock.has_ended(term) {
                continue;
            }
            let left = left_of_delay::<Destruction>(term, &self.core.clock);
            let destruction = found.row.id.as_str().parse().map_err(|_| damaged())?;
            let expires_at = self.core.clock.shown_end(term);
            return Ok(Some(ComingDestruction {
                destruction,
                not_before: match left {
                    // It is over: the time stays the one at which it was.
                    0 => expires_at.plus_seconds(-OPEN_S).min(self.now),
                    _ => self.now.plus_seconds(left),
                },
                expires_at,
                due: left == 0,
            }));
        }
        Ok(None)
    }
}

impl<A: Writes> Scope<'_, A> {
    /// Stops an approved destruction, before it is carried out. It can be asked for anew.
    pub fn stop_destruction(
        &mut self,
        id: &DestructionId,
        why: &Why,
    ) -> Result<(), OperationError> {
        let found = self.request::<Destruction>(id)?;
        self.stop(found, RequestState::Approved, why)
    }

    /// Ends the case. From the commit on no act reads anything of it but what is left: the certificate to come.
    pub fn carry_out_destruction(
        &mut self,
        id: &DestructionId,
    ) -> Result<EndedCase, OperationError> {
        let found = self.request::<Destruction>(id)?;
        let approval = self.approved(&found)?;
        let case = self.not_held()?.clone();
        let left = left_of_delay::<Destruction>(found.sealed.term(), &self.core.clock);
        if left > 0 {
            let retry_after = u32::try_from(left).unwrap_or(u32::MAX);
            let conflict = Conflict::DelayRuns { retry_after };
            return Err(OperationError::Conflict(conflict));
        }
        self.unchanged(&found)?;
        let facts = self.destruction_facts(&case, &found, approval.seq)?;
        let (title, reference) = self.named(&case)?;
        let remains = Remains {
            title,
            reference,
            facts: Some(facts),
            keyless_since: None,
            certificate: None,
        };
        self.advance(&found, RequestState::Approved, RequestState::Used)?;
        let sealed = self.seal_remains(&case, &remains)?;
        case_rows::destroy(self.transaction()?, case.number, &sealed)?;
        self.note_request::<Destruction>(&found.sealed.body);
        Ok(EndedCase {
            core: Arc::clone(self.core),
            case,
        })
    }

    fn destruction_facts(
        &self,
        case: &CaseRow,
        found: &Found<Destruction>,
        approved: u64,
    ) -> Result<DestructionFacts, OperationError> {
        let keys = &found.keys;
        let all = exhibit_rows::list_all(self.connection, case.number)?;
        let exhibits_in_all = all.len() as u64;
        let mut exhibits = Vec::new();
        for exhibit in listed(all) {
            let description = open_description(keys, &exhibit)?;
            exhibits.push(DestroyedExhibit {
                exhibit: exhibit.id.to_string(),
                admitted_at: exhibit.admitted_at.to_string(),
                commitment: description.commitment(),
                messages: description.admitted_alone(),
                numbers: u64::from(description.file_numbers),
                quarantined: description.quarantined,
                withdrawn: exhibit.withdrawn.is_some(),
            });
        }
        let mut packages = self.handed_out::<Export>(case)?;
        packages.extend(self.handed_out::<Quarantine>(case)?);
        let erased = erasure_rows::TABLE
            .list(self.connection, case.number)?
            .len() as u64;
        let least = self.core.settings.protected_threshold;
        let row = &found.row;
        let act = |operator: &OperatorId, at: Moment, leaf: Option<u64>| {
            Ok::<_, OperationError>(ActOf {
                operator: operator.to_string(),
                name: self.operator_name(operator)?,
                at: at.to_string(),
                leaf,
            })
        };
        let (decider, decided_at) = row
            .decider
            .as_ref()
            .zip(row.decided_at)
            .ok_or_else(damaged)?;
        Ok(DestructionFacts {
            opened_at: case.opened_at.to_string(),
            request: row.id.to_string(),
            asked: act(&row.asker, row.asked_at, None)?,
            approved: act(decider, decided_at, Some(approved))?,
            carried_out: act(self.operator()?, self.now, self.leaf)?,
            delay_s: found.sealed.body.delay_s,
            exhibits,
            exhibits_in_all,
            packages_in_all: packages.len() as u64,
            packages: listed(packages),
            erasures: (erased > 0).then(|| protect(erased, least)),
        })
    }

    /// The packages of a kind of request that were handed out in a case.
    fn handed_out<K: Packaged>(&self, case: &CaseRow) -> Result<Vec<HandedOut>, OperationError> {
        let keys = self.core.case_keys(&case.id)?;
        let mut all = Vec::new();
        for row in request_rows::list(self.connection, case.number, K::NAME, None)? {
            if !matches!(row.state, RequestState::Used | RequestState::Acknowledged) {
                continue;
            }
            let sealed = Sealed::<K::Body, K::After>::open(self.core, &keys, &row)?;
            // A list of rows that was shown and not handed out has no package.
            let Some(package) = sealed.after.package else {
                continue;
            };
            let leaving = K::leaving(&sealed.body)?;
            all.push(HandedOut {
                request: row.id.to_string(),
                profile: leaving.profile.to_owned(),
                recipients: leaving.recipients.len() as u64,
                tagmanifest_sha256: hex::encode(&package),
            });
        }
        Ok(all)
    }
}
