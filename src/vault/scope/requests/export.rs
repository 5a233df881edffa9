//! Exports: asked by one, decided by another, handed out by a custodian (`package.rs`).
//!
//! Bound to everything asked and to the exhibits that counted then. It is built over exactly those, so that no file
//! that is admitted later changes it. A liaison's export is about its account, and the liaison learns of no other
//! account's file: it is bound to the exhibits whose files name the account.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::asked_view::AskedView;
use super::kind::{RequestKind, Touched, seal};
use super::packaged::{Delivery, Leaving, PackageRows, Packaged};
use crate::domain::{AccountName, CaseRole, ExhibitId, ExportId, LegalBasis, Profile, hex};
use crate::policy::{Reveals, Seat, actions};
use crate::vault::keyring::RequestDigest;
use crate::vault::records::{ExportContents, FilterInput, Matched, RecordFilter, Release, Report};
use crate::vault::scope::{Asking, Reading, Scope};
use crate::vault::{Conflict, DataRefusal, NearMisses, OperationError, Price, Settings};

/// Handing data out.
pub enum Export {}

/// What somebody wants to have handed out.
pub struct ExportWanted {
    /// What kind of package it is.
    pub profile: Profile,
    /// Which records go into it.
    pub filter: RecordFilter,
    /// age recipients, parsed by whoever made this.
    pub recipients: Vec<String>,
    /// Why the data may be handed out.
    pub legal_basis: LegalBasis,
}

/// What a filter finds.
pub struct CountedExport {
    filter: RecordFilter,
    /// The one account it was counted for, if the caller may know no other.
    account: Option<AccountName>,
    found: Matched,
    /// Of a scope report that is asked for: its tables, and their release.
    report: Option<(Report, Option<Release>)>,
    /// The exhibits that it was counted over.
    exhibits: Vec<String>,
}

/// What is sealed of an export, and covered by its digest.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportBody {
    pub(super) profile: Profile,
    /// The filter by its members, as asked.
    filter: Value,
    pub(super) recipients: Vec<String>,
    legal_basis: String,
    /// The one account the export is about, if it is about one.
    account: Option<String>,
    /// What the asker was told would be in it.
    messages: u64,
    numbers: u64,
    /// Of a scope report: what it will hold. Counted once, when it is asked for.
    report: Option<Report>,
    /// The exhibits that it was counted over and is built over.
    exhibits: Vec<String>,
}

/// A request as those see it who ask, decide and hand out.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Export)]
pub struct ExportView {
    /// The id of the export.
    pub export: ExportId,
    /// Who asked and who decided.
    #[serde(flatten)]
    pub asked: AskedView,
    /// What kind of package it is.
    pub profile: Profile,
    /// Why the data may be handed out.
    pub legal_basis: String,
    /// The account that an account notice is about; left out for other profiles.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = AccountName, required = false)]
    pub account: Option<String>,
    /// Which records go into it. Left out for a custodian, as are the counts: they are over exhibits that it chose.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = FilterInput, required = false)]
    pub filter: Option<Value>,
    /// The age recipients it is sealed to.
    pub recipients: Vec<String>,
    /// What would be in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub messages: Option<u64>,
    /// Distinct numbers that would be in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub numbers: Option<u64>,
    /// The exhibits that a scope report counts: an earlier edition of the case if the counts of the newest could
    /// disclose people together with those given out before.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Vec<ExhibitId>, required = false)]
    pub report_exhibits: Option<Vec<String>>,
    /// SHA-256 of the package's tag manifest, in hexadecimal.
    pub tagmanifest_sha256: Option<String>,
    /// What the receiver sent back.
    pub receipt: Option<BTreeMap<String, String>>,
}

impl ExportBody {
    fn filter(&self) -> Result<RecordFilter, OperationError> {
        RecordFilter::from_sealed(&self.filter)
    }
}

impl CountedExport {
    fn of(reading: &Reading<'_>, filter: RecordFilter) -> Result<Self, OperationError> {
        let records = reading.records()?;
        Ok(Self {
            found: records.result_of(&filter)?,
            exhibits: records.rests_on()?,
            account: reading.grant.account().cloned(),
            filter,
            report: None,
        })
    }
}

/// The accounts that a lead may have meant with one that no exhibit has. A lead may know every account of its case;
/// nobody else is told any.
fn near_misses(
    reading: &Reading<'_>,
    filter: &RecordFilter,
) -> Result<Option<NearMisses>, OperationError> {
    let [account] = filter.account.as_slice() else {
        return Ok(None);
    };
    let account = AccountName::parse(account).ok();
    let account = account.filter(|_| reading.own_role() == Some(CaseRole::Lead));
    let near = match account {
        Some(account) => reading.records()?.near_misses(&account)?,
        None => None,
    };
    Ok(near.filter(|near| !near.0.is_empty()))
}

impl seal::Listed for Export {}

impl RequestKind for Export {
    type Id = ExportId;
    type Ask = actions::RequestExport;
    type List = actions::ListExports;
    type Read = actions::ReadExport;
    type Decide = actions::DecideExport;
    type Wanted = ExportWanted;
    type Counted = CountedExport;
    type Body = ExportBody;
    type After = Delivery;
    type View = ExportView;

    const LEAVES: bool = true;
    const COUNTED_TO_ASK: bool = true;

    fn price_to_ask(wanted: &ExportWanted) -> Option<Price> {
        Some(Price::of_request(0).comparing(wanted.filter.compares()))
    }

    fn check(wanted: &ExportWanted, asking: &Asking<'_>) -> Result<(), OperationError> {
        narrow(asking.account(), wanted.profile, wanted.filter.clone()).map(drop)
    }

    fn seconds(settings: &Settings) -> i64 {
        settings.export_s
    }

    fn count(
        reading: &Reading<'_>,
        wanted: &ExportWanted,
    ) -> Result<Option<CountedExport>, OperationError> {
        let (filter, _) = narrow(
            reading.grant.account(),
            wanted.profile,
            wanted.filter.clone(),
        )?;
        let mut counted = CountedExport::of(reading, filter)?;
        if wanted.profile == Profile::AccountNotice {
            // They get no row.
            let (messages, numbers) = reading.erased_of(&counted.filter)?;
            counted.found.messages = counted.found.messages.saturating_sub(messages);
            counted.found.numbers = counted.found.numbers.saturating_sub(numbers);
        }
        if wanted.profile == Profile::ScopeReport && counted.found.messages > 0 {
            let least = reading.core.settings.protected_threshold;
            counted.report = Some(Report::of(&reading.records()?, least)?);
        }
        Ok(Some(counted))
    }

    fn released(counted: &CountedExport) -> Option<Release> {
        let (_, release) = counted.report.as_ref()?;
        release.clone()
    }

    fn body(
        reading: &Reading<'_>,
        wanted: ExportWanted,
        counted: Option<&CountedExport>,
    ) -> Result<ExportBody, OperationError> {
        let (filter, account) = narrow(reading.grant.account(), wanted.profile, wanted.filter)?;
        let counted = counted.ok_or(OperationError::Internal("nothing was counted"))?;
        // The asker got another role meanwhile.
        if counted.filter != filter || counted.account.as_ref() != reading.grant.account() {
            return Err(OperationError::Conflict(Conflict::ResultChanged));
        }
        let found = counted.found;
        if found.messages == 0 {
            let account = RecordFilter {
                account: filter.account.clone(),
                ..RecordFilter::default()
            };
            let at = match filter == account && !filter.account.is_empty() {
                true => "filter.account",
                false => "filter",
            };
            return Err(match near_misses(reading, &filter)? {
                Some(near) => OperationError::NoRecordOfAccount(near),
                None => DataRefusal::NoRecord.at(at),
            });
        }
        Ok(ExportBody {
            profile: wanted.profile,
            filter: serde_json::to_value(&filter)
                .map_err(|_| OperationError::Internal("filter"))?,
            recipients: wanted.recipients,
            legal_basis: wanted.legal_basis.as_str().to_owned(),
            account: account.map(|name| name.as_str().to_owned()),
            messages: found.messages,
            numbers: found.numbers,
            report: counted.report.as_ref().map(|(report, _)| report.clone()),
            exhibits: counted.exhibits.clone(),
        })
    }

    fn account(body: &ExportBody) -> Option<&str> {
        body.account.as_deref()
    }

    fn bind(
        reading: &Reading<'_>,
        body: &ExportBody,
        digest: &mut RequestDigest,
    ) -> Result<(), OperationError> {
        reading.bind_exhibits(&body.exhibits, digest)
    }

    fn stated(body: &ExportBody) -> Vec<(&'static str, String)> {
        vec![
            ("profile", body.profile.as_str().to_owned()),
            ("legal_basis", body.legal_basis.clone()),
        ]
    }

    fn touched(body: &ExportBody) -> Touched<'_> {
        Touched {
            rows: body.messages,
            subjects: &[],
            detail: json!({ "messages": body.messages, "numbers": body.numbers }),
        }
    }

    fn waits_for_use(_: &Self::Body, own: bool, seat: Seat) -> bool {
        match seat {
            Seat::Member(CaseRole::Custodian) => true,
            Seat::Member(CaseRole::Liaison) => own,
            _ => false,
        }
    }

    fn view(
        reading: &Reading<'_>,
        id: ExportId,
        asked: AskedView,
        body: ExportBody,
        delivery: Delivery,
    ) -> Result<ExportView, OperationError> {
        let told = reading.knows_counts();
        let is_notice = body.profile == Profile::AccountNotice;
        Ok(ExportView {
            export: id,
            asked,
            profile: body.profile,
            legal_basis: body.legal_basis,
            account: body.account.filter(|_| is_notice),
            filter: told.then_some(body.filter),
            recipients: body.recipients,
            messages: told.then_some(body.messages),
            numbers: told.then_some(body.numbers),
            report_exhibits: body.report.map(|report| report.exhibits).filter(|_| told),
            tagmanifest_sha256: delivery.package.map(|digest| hex::encode(&digest)),
            receipt: delivery.receipt,
        })
    }
}

impl Packaged for Export {
    fn leaving(body: &ExportBody) -> Result<Leaving, OperationError> {
        Ok(Leaving {
            profile: body.profile.as_str(),
            recipients: body.recipients.clone(),
            legal_basis: body.legal_basis.clone(),
        })
    }

    fn open<A: Reveals>(
        scope: &mut Scope<'_, A>,
        body: &ExportBody,
    ) -> Result<PackageRows, OperationError> {
        if let Some(report) = &body.report {
            return Ok(PackageRows::Export(ExportContents::Report(report.clone())));
        }
        let records = scope.records()?.of_exhibits(&body.exhibits)?;
        let records = records.ok_or(OperationError::Conflict(Conflict::ExhibitWithdrawn))?;
        let filter = body.filter()?;
        let disclose = |no| scope.disclose(no);
        let contents = ExportContents::open(&records, body.profile, &filter, disclose)?;
        Ok(PackageRows::Export(contents))
    }
}

/// An account notice is about exactly one account; a liaison's export is about
/// its own, whatever it asked. A scope report goes to people outside the team: like a protected
/// table, it is about the whole case.
fn narrow(
    own: Option<&AccountName>,
    profile: Profile,
    mut filter: RecordFilter,
) -> Result<(RecordFilter, Option<AccountName>), OperationError> {
    filter.check(own)?;
    if let Some(own) = own {
        if profile != Profile::AccountNotice {
            return Err(OperationError::invalid("profile", "must be account-notice"));
        }
        filter.account = vec![own.as_str().to_owned()];
    }
    if profile == Profile::ScopeReport && !filter.is_empty() {
        let at = match filter.subject.is_empty() {
            true => "filter",
            false => "filter.subject",
        };
        let rule = "must be empty: a scope report is about the whole case";
        return Err(OperationError::invalid(at, rule));
    }
    let account = match filter.account.as_slice() {
        [one] => AccountName::parse(one).ok(),
        _ => None,
    };
    if profile == Profile::AccountNotice && account.is_none() {
        return Err(OperationError::invalid(
            "filter.account",
            "must name exactly one account",
        ));
    }
    Ok((filter, account))
}
