//! Rows in quarantine: a lead asks for them, somebody else decides, and they are told in one of two forms.
//!
//! Either the lead sees them once, masked: line, column, kind, and the shape of the cell at fault. No digit and no
//! letter of a cell is in it. Or they leave as a list with the cells of mapped columns, sealed to named recipients and
//! handed out by a custodian like any package. Either says how to correct the original by line. Bound to the exhibit
//! and its parts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::asked_view::AskedView;
use super::kind::{RequestKind, Touched, seal};
use super::packaged::{Delivery, Leaving, PackageRows, Packaged};
use super::reject_list::{self, FaultCount, Faults, KeptReject, RejectList};
use super::sealed::damaged;
use crate::domain::schema::AgeRecipient;
use crate::domain::{CaseRole, ExhibitId, Field, LegalBasis, QuarantineId, Reference, hex, words};
use crate::policy::{RequestState, Reveals, Seat, Writes, actions};
use crate::vault::exhibits::description::{ExhibitDescription, open_description};
use crate::vault::keyring::RequestDigest;
use crate::vault::plaintext::{RejectKind, shape};
use crate::vault::records::Shown;
use crate::vault::scope::{Reading, Scope};
use crate::vault::store::exhibit_rows::{self, ExhibitRow};
use crate::vault::{Conflict, OperationError, Price, Settings};

/// How many rows are shown at most.
const ROWS: usize = 50_000;
/// What the package of a list says it is.
const PROFILE: &str = "quarantine-list";

/// Being told the rows of an exhibit that are in quarantine.
pub enum Quarantine {}

words! {
    /// How the rows of a quarantine are told.
    pub enum QuarantineForm {
        /// The asker sees them once, masked.
        Masked => "masked",
        /// They leave as a list with their cells, sealed to named recipients.
        List => "list",
    }
}

/// The exhibit whose rows somebody wants.
pub struct QuarantineWanted {
    /// The exhibit.
    pub exhibit: ExhibitId,
    /// To whom they leave; without it they are shown masked.
    pub list: Option<ListWanted>,
}

/// To whom a list of rows leaves, and why it may.
pub struct ListWanted {
    /// Who can open it, with keys that whoever made this has parsed.
    pub recipients: Vec<ListRecipient>,
    /// Why the data may be handed out.
    pub legal_basis: LegalBasis,
}

/// Somebody who can open a list of rows.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ListRecipient {
    /// Who it is.
    #[schema(value_type = Reference)]
    pub name: String,
    /// Their age1… public key.
    #[schema(value_type = AgeRecipient)]
    pub key: String,
}

/// What is sealed of such a request, and covered by its digest.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuarantineBody {
    exhibit: String,
    rows: u64,
    /// What leaves; nothing if the rows are shown masked.
    list: Option<ListBody>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ListBody {
    recipients: Vec<ListRecipient>,
    legal_basis: String,
    columns: Vec<String>,
    faults: Vec<FaultCount>,
}

/// A request as those see it who ask, decide and hand out.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Quarantine)]
pub struct QuarantineView {
    /// The id of the request.
    pub quarantine: QuarantineId,
    /// Who asked and who decided.
    #[serde(flatten)]
    pub asked: AskedView,
    /// The exhibit.
    pub exhibit: String,
    /// How the rows would be told.
    pub form: QuarantineForm,
    /// How many rows that are; rounded for a custodian who did not admit the exhibit.
    pub rows: Shown,
    /// What would leave, and to whom. Left out if the rows would be shown masked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub list: Option<ListView>,
}

/// A list of rows that would leave, or has left, without a cell of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RejectList)]
pub struct ListView {
    /// Who can open it.
    pub recipients: Vec<ListRecipient>,
    /// Why it may be handed out.
    #[schema(value_type = LegalBasis)]
    pub legal_basis: String,
    /// The mapped columns that have a cell in it.
    #[schema(value_type = Vec<Field>)]
    pub columns: Vec<String>,
    /// How many rows it has, by the column at fault and by kind.
    pub faults: Vec<FaultView>,
    /// SHA-256 of the package's tag manifest, in hexadecimal.
    pub tagmanifest_sha256: Option<String>,
    /// What the receiver sent back.
    pub receipt: Option<BTreeMap<String, String>>,
}

/// How many rows have one fault in one column.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = QuarantineFault)]
pub struct FaultView {
    /// The field at fault, if it is one.
    pub column: Option<String>,
    /// Why the rows were not admitted.
    #[schema(value_type = RejectKind)]
    pub kind: String,
    /// How many they are; rounded for a custodian who did not admit the exhibit.
    pub rows: Shown,
}

/// A row in quarantine, masked.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct MaskedReject {
    /// Its line, from 1.
    pub line: u64,
    /// The field at fault, if it is one.
    pub column: Option<String>,
    /// Why the row was not admitted.
    #[schema(value_type = RejectKind)]
    pub kind: String,
    /// The shape of the cell at fault: 9 for digits, A and a for letters. Left out if there is no such cell.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub shape: Option<String>,
}

impl seal::Listed for Quarantine {}

impl RequestKind for Quarantine {
    type Id = QuarantineId;
    type Ask = actions::RequestQuarantine;
    type List = actions::ListQuarantines;
    type Read = actions::ReadQuarantine;
    type Decide = actions::DecideQuarantine;
    type Wanted = QuarantineWanted;
    type Counted = Faults;
    type Body = QuarantineBody;
    type After = Delivery;
    type View = QuarantineView;

    const LEAVES: bool = true;
    const COUNTED_TO_ASK: bool = true;

    fn price_to_ask(_: &QuarantineWanted) -> Option<Price> {
        Some(Price::of_request(0))
    }

    fn seconds(settings: &Settings) -> i64 {
        settings.reveal_s
    }

    fn count(
        reading: &Reading<'_>,
        wanted: &QuarantineWanted,
    ) -> Result<Option<Faults>, OperationError> {
        if wanted.list.is_none() {
            return Ok(None);
        }
        let (exhibit, description) = counting(reading, wanted.exhibit.as_str())?;
        let keys = reading.core.case_keys(&reading.case_row()?.id)?;
        Faults::count(reading, &keys, &exhibit, &description).map(Some)
    }

    fn body(
        reading: &Reading<'_>,
        wanted: QuarantineWanted,
        counted: Option<&Faults>,
    ) -> Result<QuarantineBody, OperationError> {
        let (_, description) = counting(reading, wanted.exhibit.as_str())?;
        if description.quarantined == 0 {
            return Err(OperationError::invalid(
                "exhibit",
                "has no row in quarantine",
            ));
        }
        let list = match wanted.list {
            None => None,
            Some(ListWanted {
                recipients,
                legal_basis,
            }) => {
                let faults = counted.ok_or(OperationError::Internal("nothing was counted"))?;
                Some(ListBody {
                    recipients,
                    legal_basis: legal_basis.as_str().to_owned(),
                    columns: faults.columns.clone(),
                    faults: faults.counts.clone(),
                })
            }
        };
        Ok(QuarantineBody {
            exhibit: wanted.exhibit.to_string(),
            rows: description.quarantined,
            list,
        })
    }

    fn bind(
        reading: &Reading<'_>,
        body: &QuarantineBody,
        digest: &mut RequestDigest,
    ) -> Result<(), OperationError> {
        reading.bind_exhibits(std::slice::from_ref(&body.exhibit), digest)
    }

    fn stated(body: &QuarantineBody) -> Vec<(&'static str, String)> {
        let list = body.list.iter();
        list.flat_map(|list| {
            [
                ("profile", PROFILE.to_owned()),
                ("legal_basis", list.legal_basis.clone()),
            ]
        })
        .collect()
    }

    fn touched(body: &QuarantineBody) -> Touched<'_> {
        Touched {
            rows: body.rows,
            subjects: &[],
            detail: json!({ "exhibit": body.exhibit, "form": body.form(), "rows": body.rows }),
        }
    }

    fn waits_for_use(body: &QuarantineBody, own: bool, seat: Seat) -> bool {
        match body.form() {
            QuarantineForm::Masked => own,
            QuarantineForm::List => seat == Seat::Member(CaseRole::Custodian),
        }
    }

    fn view(
        reading: &Reading<'_>,
        id: QuarantineId,
        asked: AskedView,
        body: QuarantineBody,
        delivery: Delivery,
    ) -> Result<QuarantineView, OperationError> {
        let (_, description) = found(reading, &body.exhibit)?;
        let told = |rows: u64| reading.told_of(&description, rows);
        Ok(QuarantineView {
            quarantine: id,
            asked,
            form: body.form(),
            rows: told(body.rows),
            exhibit: body.exhibit,
            list: body.list.map(|list| ListView {
                recipients: list.recipients,
                legal_basis: list.legal_basis,
                columns: list.columns,
                faults: list
                    .faults
                    .into_iter()
                    .map(|fault| FaultView {
                        column: fault.column,
                        kind: fault.kind,
                        rows: told(fault.rows),
                    })
                    .collect(),
                tagmanifest_sha256: delivery.package.map(|digest| hex::encode(&digest)),
                receipt: delivery.receipt,
            }),
        })
    }
}

impl QuarantineBody {
    fn form(&self) -> QuarantineForm {
        match self.list {
            Some(_) => QuarantineForm::List,
            None => QuarantineForm::Masked,
        }
    }
}

impl Packaged for Quarantine {
    fn leaving(body: &QuarantineBody) -> Result<Leaving, OperationError> {
        let rule = "is shown masked to its asker, and has no package";
        let list = body.list.as_ref();
        let list = list.ok_or_else(|| OperationError::invalid("quarantine", rule))?;
        Ok(Leaving {
            profile: PROFILE,
            recipients: list.recipients.iter().map(|one| one.key.clone()).collect(),
            legal_basis: list.legal_basis.clone(),
        })
    }

    fn open<A: Reveals>(
        scope: &mut Scope<'_, A>,
        body: &QuarantineBody,
    ) -> Result<PackageRows, OperationError> {
        let columns = body.list.as_ref().map(|list| list.columns.clone());
        let (exhibit, description) = counting(scope, &body.exhibit)?;
        let keys = scope.core.case_keys(&scope.case_row()?.id)?;
        let parts = description.quarantine_parts;
        let list = RejectList::open(scope, &keys, &exhibit, parts, columns.unwrap_or_default())?;
        match list.rows() == body.rows {
            true => Ok(PackageRows::Quarantine(list)),
            false => Err(reject_list::damaged(&exhibit, 0)),
        }
    }
}

impl<A: Writes> Scope<'_, A> {
    /// Uses an approved request up and masks the rows, at most [`ROWS`] of them. Says whether there are more.
    pub fn open_quarantine(
        &mut self,
        id: &QuarantineId,
    ) -> Result<(Vec<MaskedReject>, bool), OperationError> {
        let found = self.request::<Quarantine>(id)?;
        if found.sealed.body.list.is_some() {
            let rule = "leaves as a sealed list, which a custodian hands out";
            return Err(OperationError::invalid("quarantine", rule));
        }
        self.approved(&found)?;
        self.unchanged(&found)?;
        self.advance(&found, RequestState::Approved, RequestState::Used)?;
        let (exhibit, description) = counting(self, &found.sealed.body.exhibit)?;
        let mut rows = Vec::new();
        for no in 0..description.quarantine_parts {
            let part = reject_list::open_part(self, &found.keys, &exhibit, no)?;
            for row in reject_list::rows_of(&part) {
                let kept = serde_json::from_slice(row);
                let kept = kept.map_err(|_| reject_list::damaged(&exhibit, no))?;
                rows.push(masked(&kept));
            }
            if rows.len() >= ROWS {
                break;
            }
        }
        rows.truncate(ROWS);
        rows.sort_by_key(|row| row.line);
        self.notes.rows = Some(rows.len() as u64);
        let more = description.quarantined > rows.len() as u64;
        Ok((rows, more))
    }
}

fn masked(kept: &KeptReject) -> MaskedReject {
    let cell = kept
        .column
        .as_ref()
        .and_then(|column| kept.cells.get(column));
    MaskedReject {
        line: kept.line,
        column: kept.column.clone(),
        kind: kept.kind.clone(),
        shape: cell.map(|cell| shape(cell)),
    }
}

fn found(
    reading: &Reading<'_>,
    exhibit: &str,
) -> Result<(ExhibitRow, ExhibitDescription), OperationError> {
    let case = reading.case_row()?;
    let keys = reading.core.case_keys(&case.id)?;
    let all = exhibit_rows::list_all(reading.connection, case.number)?;
    let mut all = all.into_iter();
    let row = all.find(|row| row.id.as_str() == exhibit);
    let row = row.ok_or_else(damaged)?;
    let description = open_description(&keys, &row)?;
    Ok((row, description))
}

/// The exhibit, if it counts.
fn counting(
    reading: &Reading<'_>,
    exhibit: &str,
) -> Result<(ExhibitRow, ExhibitDescription), OperationError> {
    let (row, description) = match found(reading, exhibit) {
        Err(error) if error == damaged() => return Err(OperationError::NotFound),
        found => found?,
    };
    match row.withdrawn {
        Some(_) => Err(OperationError::Conflict(Conflict::ExhibitWithdrawn)),
        None => Ok((row, description)),
    }
}
