//! Withdrawals: a wrong exhibit is taken out of the answers by two people, and
//! stays in the file as evidence.
//!
//! A request is bound by a digest to what would go and to the exhibits it was
//! counted over. The decision that approves is the withdrawal. Counts are shown
//! here, no number and no mask.

use std::sync::Arc;

use serde::Serialize;
use utoipa::ToSchema;

use serde_json::json;

use super::Scope;
use super::requests::{AskedView, same_result};
use crate::domain::{ExhibitId, Moment, WithdrawalId};
use crate::policy::{Action, RequestState, Writes};
use crate::vault::exhibits::open_description;
use crate::vault::keyring::CaseKeys;
use crate::vault::operation::{Conflict, OperationError, Why};
use crate::vault::records::Share;
use crate::vault::requests::{self, RequestDigest, WithdrawalBody};
use crate::vault::store::exhibit_rows;
use crate::vault::store::request_rows::NewRequest;
use crate::vault::store::withdrawal_rows::{self, WithdrawalRow};

/// A request as those see it who ask and decide.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Withdrawal)]
pub struct WithdrawalView {
    pub withdrawal: WithdrawalId,
    #[serde(flatten)]
    pub asked: AskedView,
    pub exhibit: String,
    pub reason: String,
    pub decision_reason: Option<String>,
    /// What goes with the exhibit.
    pub messages: u64,
    pub numbers: u64,
    /// Those of the numbers that no other exhibit had that counted.
    pub numbers_only_here: u64,
    /// Exhibits that were admitted after it and left out rows as duplicates: some
    /// may have been duplicates of this one's, and would be missing without it.
    pub later_duplicates: Vec<LaterDuplicates>,
}

/// What a later exhibit left out.
#[derive(Debug, Serialize, ToSchema)]
pub struct LaterDuplicates {
    pub exhibit: String,
    pub duplicates: u64,
}

/// What would go with an exhibit, counted on a snapshot before the request has its
/// turn in the ledger.
pub struct CountedWithdrawal {
    share: Share,
    edition: [u8; 32],
}

impl<A: Writes> Scope<'_, A> {
    /// Counts what would go with an exhibit.
    pub fn count_withdrawal(
        &self,
        exhibit: &ExhibitId,
    ) -> Result<CountedWithdrawal, OperationError> {
        let records = self.records()?;
        let row = records.exhibit(exhibit).ok_or(OperationError::NotFound)?;
        if row.withdrawn.is_some() {
            return Err(OperationError::Conflict(Conflict::ExhibitWithdrawn));
        }
        Ok(CountedWithdrawal {
            share: records.share_of(row)?,
            edition: records.edition(),
        })
    }

    pub fn request_withdrawal(
        &mut self,
        exhibit: &ExhibitId,
        why: &Why,
        counted: &CountedWithdrawal,
    ) -> Result<(WithdrawalId, Moment), OperationError> {
        let case = self.case_row()?;
        let keys = self.core.case_keys(&case.id)?;
        let records = self.records()?;
        let row = records.exhibit(exhibit).ok_or(OperationError::NotFound)?;
        if row.withdrawn.is_some() {
            return Err(OperationError::Conflict(Conflict::ExhibitWithdrawn));
        }
        if counted.edition != records.edition() {
            return Err(OperationError::Conflict(Conflict::ResultChanged));
        }
        let share = counted.share;
        let id = WithdrawalId::from_random(self.core.draw()?);
        let body = WithdrawalBody {
            exhibit: exhibit.to_string(),
            reason: why.reason.as_str().to_owned(),
            messages: share.messages,
            numbers: share.numbers,
            numbers_only_here: share.numbers_only_here,
            decision_reason: None,
        };
        let expires_at = self.now.plus_seconds(self.core.settings.reveal_s);
        withdrawal_rows::TABLE.insert(
            self.connection,
            &NewRequest {
                id: id.as_str(),
                case: case.number,
                asker: self.operator()?,
                asked_at: self.now,
                expires_at,
                digest: &withdrawal_digest(&keys, &id, &body, &records.edition()),
                sealed: &requests::seal(self.core, &keys, &id, &body)?,
            },
            &[&row.number.0],
        )?;
        self.notes.rows = Some(body.messages);
        self.notes.object = Some(id.to_string());
        Ok((id, expires_at))
    }

    /// A yes withdraws the exhibit in this act.
    pub fn decide_withdrawal(
        &mut self,
        id: &WithdrawalId,
        approve: bool,
        why: &Why,
    ) -> Result<RequestState, OperationError> {
        let (row, keys) = self.withdrawal_row(id)?;
        let mut body: WithdrawalBody = requests::open(self.core, &keys, &row.request)?;
        if approve {
            self.withdraw(id, &row, &keys, &body)?;
        }
        body.decision_reason = Some(why.reason.as_str().to_owned());
        let state = RequestState::decided(approve);
        let sealed = requests::seal(self.core, &keys, id, &body)?;
        let decision = self.decision(state, self.core.settings.reveal_s, &sealed)?;
        withdrawal_rows::TABLE.decide(self.connection, id.as_str(), &decision, &[])?;
        self.notes.rows = Some(body.messages);
        self.notes.detail = json!({ "exhibit": body.exhibit });
        Ok(state)
    }

    fn withdraw(
        &mut self,
        id: &WithdrawalId,
        row: &WithdrawalRow,
        keys: &CaseKeys,
        body: &WithdrawalBody,
    ) -> Result<(), OperationError> {
        let case = self.case_row()?;
        // It has left out what it took for duplicates of this exhibit.
        if !exhibit_rows::staged(self.connection, Some(case.number))?.is_empty() {
            return Err(OperationError::Conflict(Conflict::AdmissionInProgress));
        }
        let records = self.records()?;
        let digest = withdrawal_digest(keys, id, body, &records.edition());
        same_result(&row.request, digest)?;
        let exhibits = records.exhibits().iter();
        let exhibit = exhibits
            .into_iter()
            .find(|exhibit| exhibit.number == row.exhibit && exhibit.id.as_str() == body.exhibit)
            .ok_or_else(|| OperationError::Damaged {
                place: "withdrawal request".to_owned(),
            })?;
        let leaf = self
            .leaf
            .ok_or(OperationError::Internal("a decision without a leaf"))?;
        exhibit_rows::withdraw(self.connection, exhibit.number, self.now, leaf)?;
        // Binds the leaf to the exhibit: `doctor` compares the two.
        let description = open_description(self.core, keys, exhibit)?;
        self.notes.digest = Some(description.blocks_digest);
        Ok(())
    }
}

impl<A: Action> Scope<'_, A> {
    pub fn read_withdrawal(&mut self, id: &WithdrawalId) -> Result<WithdrawalView, OperationError> {
        let (row, keys) = self.withdrawal_row(id)?;
        self.view_withdrawal(row, &keys)
    }

    pub fn list_withdrawals(&mut self) -> Result<Vec<WithdrawalView>, OperationError> {
        let case = self.case_row()?;
        let keys = self.core.case_keys(&case.id)?;
        withdrawal_rows::TABLE
            .list(self.connection, case.number, withdrawal_rows::read)?
            .into_iter()
            .map(|row| self.view_withdrawal(row, &keys))
            .collect()
    }

    fn view_withdrawal(
        &self,
        row: WithdrawalRow,
        keys: &CaseKeys,
    ) -> Result<WithdrawalView, OperationError> {
        let body: WithdrawalBody = requests::open(self.core, keys, &row.request)?;
        let mut later_duplicates = Vec::new();
        for later in exhibit_rows::list(self.connection, row.request.case)? {
            if later.number.0 <= row.exhibit.0 {
                continue;
            }
            let duplicates = open_description(self.core, keys, &later)?.duplicates;
            if duplicates > 0 {
                later_duplicates.push(LaterDuplicates {
                    exhibit: later.id.to_string(),
                    duplicates,
                });
            }
        }
        Ok(WithdrawalView {
            asked: self.view_asked(&row.request)?,
            withdrawal: row.request.id,
            exhibit: body.exhibit,
            reason: body.reason,
            decision_reason: body.decision_reason,
            messages: body.messages,
            numbers: body.numbers,
            numbers_only_here: body.numbers_only_here,
            later_duplicates,
        })
    }

    fn withdrawal_row(
        &self,
        id: &WithdrawalId,
    ) -> Result<(WithdrawalRow, Arc<CaseKeys>), OperationError> {
        let case = self.case_row()?;
        let row = withdrawal_rows::TABLE
            .find(self.connection, id.as_str(), withdrawal_rows::read)?
            .filter(|row| row.request.case == case.number)
            .ok_or(OperationError::NotFound)?;
        Ok((row, self.core.case_keys(&case.id)?))
    }
}

/// Binds a request to what would go, and to the exhibits it was counted over.
fn withdrawal_digest(
    keys: &CaseKeys,
    id: &WithdrawalId,
    body: &WithdrawalBody,
    edition: &[u8; 32],
) -> [u8; 32] {
    let mut digest = RequestDigest::of(keys, "withdrawal");
    digest.part(id.as_str().as_bytes());
    digest.part(body.exhibit.as_bytes());
    digest.part(body.reason.as_bytes());
    digest.part(edition);
    for count in [body.messages, body.numbers, body.numbers_only_here] {
        digest.part(&count.to_be_bytes());
    }
    digest.finish()
}
