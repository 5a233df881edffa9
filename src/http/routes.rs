//! The routes of the API, one on each line.

use bytes::Bytes;
use http::{Method, StatusCode};

use super::mount::Routes;
use super::route::{PageRoute, Route};
use super::sessions::{OpenSession, SetUpSecondFactor, UseInvitation};
use super::upload;
use super::{openapi, pages, plain};
use crate::operations::Ids;
use crate::operations::audit::{
    ProveLeaf, ReadCheckpoint, ReadLeaf, ReadLeafBytes, ReadVkey, SearchLeaves, SignOff,
};
use crate::operations::case::{
    CloseCase, HoldCase, LiftSuspension, ListCases, ListMembers, NameMember, OpenCase, ReadCase,
    ReadOverview, ReopenCase, SuspendMember,
};
use crate::operations::clock::{AcceptTime, ReadClock};
use crate::operations::exhibit::docs as exhibit;
use crate::operations::exhibit::{
    CancelAdmission, Checked, CompareExhibits, ListDuplicates, ListExhibits, ReadAdmission,
};
use crate::operations::export::docs as export;
use crate::operations::export::{
    AcknowledgeExport, DecideExport, ListExports, ReadExport, ReadSigner, RequestExport,
    take_package,
};
use crate::operations::inbox::ListInbox;
use crate::operations::key::KeyStatus;
use crate::operations::membership::{DecideMembership, ListMemberships, ReadMembership};
use crate::operations::operator::{AddOperator, ListOperators, RevokeOperator};
use crate::operations::quarantine::docs as quarantine;
use crate::operations::quarantine::{
    AcknowledgeList, DecideQuarantine, ListQuarantines, OpenQuarantine, ReadQuarantine,
    RequestQuarantine, take_list,
};
use crate::operations::raise::{DecideRaise, ListRaises, ReadRaise, RequestRaise, ThawLookups};
use crate::operations::record::{LookUp, Scope, SearchRecords};
use crate::operations::reveal::{DecideReveal, ListReveals, OpenReveal, ReadReveal, RequestReveal};
use crate::operations::session::{CloseSession, ReadSelf};
use crate::operations::withdrawal::{
    DecideWithdrawal, ListWithdrawals, ReadWithdrawal, RequestWithdrawal,
};
use crate::vault::AdmittedView;

/// The query of a list of requests.
const PAGE: &[&str] = &["state?", "cursor?", "limit?"];

/// All routes, for the description and for tests; no vault is needed.
pub fn table() -> Vec<Route> {
    routes().into_table()
}

/// All pages, for tests; no vault is needed.
pub fn page_table() -> Vec<PageRoute> {
    routes().into_page_table()
}

/// The API's description, made of the table.
pub(super) fn description() -> Bytes {
    Bytes::from(openapi::document(&table()))
}

#[rustfmt::skip]
pub(super) fn routes() -> Routes {
    let (ok, created) = (StatusCode::OK, StatusCode::CREATED);
    let (get, post, put, delete) = (Method::GET, Method::POST, Method::PUT, Method::DELETE);
    let (text, tar) = ("text/plain", "application/x-tar");
    let routes = Routes::new("/api/v1")
        .mount_open::<OpenSession>      (post.clone(),   "/sessions",                         created)
        .mount_open::<UseInvitation>    (post.clone(),   "/enrolments",                       created)
        .mount_open::<SetUpSecondFactor>(post.clone(),   "/second-factors",                   created)
        .mount::<CloseSession>          (delete.clone(), "/sessions/current",                 ok)
        .mount::<ReadSelf>              (get.clone(),    "/me",                               ok)
        .mount::<ListInbox>             (get.clone(),    "/inbox",                            ok)

        .mount::<AddOperator>           (post.clone(),   "/operators",                        created)
        .mount::<ListOperators>         (get.clone(),    "/operators",                        ok)
        .mount::<RevokeOperator>        (delete.clone(), "/operators/{operator}",             ok)
        .mount::<KeyStatus>             (get.clone(),    "/keys/status",                      ok)
        .mount::<ReadClock>             (get.clone(),    "/clock",                            ok)
        .mount::<AcceptTime>            (post.clone(),   "/clock/acceptance",                 ok)

        .mount::<OpenCase>              (post.clone(),   "/cases",                            created)
        .mount::<ListCases>             (get.clone(),    "/cases",                            ok)
        .mount::<ReadCase>              (get.clone(),    "/cases/{case}",                     ok)
        .mount::<ReadOverview>          (get.clone(),    "/cases/{case}/overview",            ok)
        .mount::<CloseCase>             (post.clone(),   "/cases/{case}/close",               ok)
        .mount::<HoldCase>              (post.clone(),   "/cases/{case}/hold",                ok)
        .mount::<ReopenCase>            (post.clone(),   "/cases/{case}/reopen",              ok)
        .mount::<ListMembers>           (get.clone(),    "/cases/{case}/members",             ok)
        .mount::<NameMember>            (put.clone(),    "/cases/{case}/members/{operator}",  ok)
        .mount::<SuspendMember>         (post.clone(),   "/cases/{case}/members/{operator}/suspension", ok)
        .mount::<LiftSuspension>        (delete.clone(), "/cases/{case}/members/{operator}/suspension", ok)
        .mount_query::<ListMemberships> ("/cases/{case}/memberships",     PAGE)
        .mount::<ReadMembership>        (get.clone(),    "/memberships/{membership}",         ok)
        .mount::<DecideMembership>      (post.clone(),   "/memberships/{membership}/decision", ok)

        .mount_upload::<AdmittedView, Checked>("/cases/{case}/exhibits", exhibit::ADMIT, exhibit::DRY_RUN, upload::admit)
        .mount::<ListExhibits>          (get.clone(),    "/cases/{case}/exhibits",            ok)
        .mount_query::<CompareExhibits> ("/cases/{case}/exhibits/{exhibit}/difference", &["against"])
        .mount_query::<ListDuplicates>  ("/cases/{case}/exhibits/{exhibit}/duplicates", &["part?", "of?"])
        .mount::<ReadAdmission>         (get.clone(),    "/cases/{case}/admissions/current",  ok)
        .mount::<CancelAdmission>       (delete.clone(), "/cases/{case}/admissions/current",  ok)

        .mount::<RequestWithdrawal>     (post.clone(),   "/cases/{case}/exhibits/{exhibit}/withdrawal", created)
        .mount_query::<ListWithdrawals> ("/cases/{case}/withdrawals",     PAGE)
        .mount::<ReadWithdrawal>        (get.clone(),    "/withdrawals/{withdrawal}",         ok)
        .mount::<DecideWithdrawal>      (post.clone(),   "/withdrawals/{withdrawal}/decision", ok)

        .mount::<RequestQuarantine>     (post.clone(),   "/cases/{case}/exhibits/{exhibit}/quarantine", created)
        .mount_query::<ListQuarantines> ("/cases/{case}/quarantines",     PAGE)
        .mount::<ReadQuarantine>        (get.clone(),    "/quarantines/{quarantine}",         ok)
        .mount::<DecideQuarantine>      (post.clone(),   "/quarantines/{quarantine}/decision", ok)
        .mount::<OpenQuarantine>        (post.clone(),   "/quarantines/{quarantine}/open",    ok)
        .mount_download                 ("/quarantines/{quarantine}/package", quarantine::TAKE, tar, Ids::quarantine, take_list)
        .mount::<AcknowledgeList>       (post.clone(),   "/quarantines/{quarantine}/acknowledgement", ok)

        .mount::<LookUp>                (post.clone(),   "/cases/{case}/lookups",             ok)
        .mount::<SearchRecords>         (post.clone(),   "/cases/{case}/records/search",      ok)
        .mount::<Scope>                 (post.clone(),   "/cases/{case}/scope",               ok)

        .mount::<RequestReveal>         (post.clone(),   "/cases/{case}/reveals",             created)
        .mount_query::<ListReveals>     ("/cases/{case}/reveals",         PAGE)
        .mount::<ReadReveal>            (get.clone(),    "/reveals/{reveal}",                 ok)
        .mount::<DecideReveal>          (post.clone(),   "/reveals/{reveal}/decision",        ok)
        .mount::<OpenReveal>            (post.clone(),   "/reveals/{reveal}/open",            ok)

        .mount::<RequestRaise>          (post.clone(),   "/cases/{case}/raises",              created)
        .mount_query::<ListRaises>      ("/cases/{case}/raises",          PAGE)
        .mount::<ReadRaise>             (get.clone(),    "/raises/{raise}",                   ok)
        .mount::<DecideRaise>           (post.clone(),   "/raises/{raise}/decision",          ok)
        .mount::<ThawLookups>           (post.clone(),   "/cases/{case}/members/{operator}/thaw", ok)

        .mount::<RequestExport>         (post.clone(),   "/cases/{case}/exports",             created)
        .mount_query::<ListExports>     ("/cases/{case}/exports",         PAGE)
        .mount::<ReadExport>            (get.clone(),    "/exports/{export}",                 ok)
        .mount::<DecideExport>          (post.clone(),   "/exports/{export}/decision",        ok)
        .mount_download                 ("/exports/{export}/package", export::TAKE, tar, Ids::export, take_package)
        .mount::<AcknowledgeExport>     (post.clone(),   "/exports/{export}/acknowledgement", ok)

        .mount_as::<ReadSigner>         (get.clone(),    "/evidence/signer",                  ok, text)

        .mount::<SearchLeaves>          (post.clone(),   "/audit/leaves/search",              ok)
        .mount_by_accept::<ReadLeaf, ReadLeafBytes>(get.clone(), "/audit/leaves/{leaf}",      ok)
        .mount_as::<ProveLeaf>          (get.clone(),    "/audit/leaves/{leaf}/proof",        ok, text)
        .mount_as::<ReadCheckpoint>     (get.clone(),    "/audit/checkpoint",                 ok, text)
        .mount_as::<ReadVkey>           (get,            "/audit/vkey",                       ok, text)
        .mount::<SignOff>               (post,           "/audit/sign-offs",                  created)

        .plain("/openapi.json", plain::OPENAPI, "application/json", plain::description)
        .plain("/errors",       plain::ERRORS,  text,               plain::errors)
        .plain("/healthz",      plain::HEALTHZ, text,               plain::healthz)
        .plain("/readyz",       plain::READYZ,  text,               plain::readyz)
        .plain("/metrics",      plain::METRICS, text,               plain::metrics);
    pages::mount(routes)
}
