//! The routes of the API, one on each line.

use bytes::Bytes;
use http::{Method, StatusCode};

use super::mount::Routes;
use super::route::{PageRoute, Route};
use super::sessions::{OpenSession, RecoverAccount, SetUpSecondFactor, UseInvitation};
use super::upload;
use super::{openapi, pages, plain};
use crate::operations::Ids;
use crate::operations::audit::{
    CountLeaves, ListRequestLeaves, ProveLeaf, ReadCheckpoint, ReadLeaf, ReadLeafBytes, ReadVkey,
    SearchLeaves, SearchLeavesCsv, SignOff,
};
use crate::operations::case::{
    CloseCase, HoldCase, LiftSuspension, ListCases, ListMembers, NameMember, OpenCase, ReadCase,
    ReadOverview, RecogniseMember, RemoveMember, ReopenCase, SetRetention, SuspendMember,
};
use crate::operations::clock::{AcceptTime, ReadClock};
use crate::operations::destruction::{
    CarryOutDestruction, ReadCertificate, ReadCertificateText, StopDestruction,
};
use crate::operations::erasure::CarryOutErasure;
use crate::operations::exhibit::docs as exhibit;
use crate::operations::exhibit::{
    CancelAdmission, Checked, CompareExhibits, ListDuplicates, ListExhibits, ReadAdmission,
};
use crate::operations::export::docs as export;
use crate::operations::export::{AcknowledgeExport, CancelPackage, ReadSigner, take_package};
use crate::operations::health::ReadHealth;
use crate::operations::inbox::ListInbox;
use crate::operations::key::{
    CarryOutSlotChange, DecideSlotChange, KeyStatus, ListSlots, ReadKeys, RequestSlotChange,
    RotateCaseKey,
};
use crate::operations::machine::{AddMachine, EndMachine, ListMachines};
use crate::operations::node::ListNodes;
use crate::operations::operator::{AddOperator, ListOperators, RevokeOperator};
use crate::operations::passkey::{BeginPasskey, EnrolPasskey, ListPasskeys, RemovePasskey};
use crate::operations::quarantine::docs as quarantine;
use crate::operations::quarantine::{AcknowledgeList, CancelList, OpenQuarantine, take_list};
use crate::operations::raise::ThawLookups;
use crate::operations::record::{CountRecords, LookUp, SearchRecords, csv_of};
use crate::operations::recovery::StopRecovery;
use crate::operations::reveal::OpenReveal;
use crate::operations::session::{
    ChangePassword, CloseSession, EndSession, ListSessions, ReadSelf,
};
use crate::operations::token::{ListTokens, MakeToken, RevokeToken};
use crate::vault::{AdmittedView, SignInChallenge};

/// The query of a list.
const PAGE: &[&str] = &["limit?", "after?"];

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
    let (csv, octets) = ("text/csv", "application/octet-stream");
    let routes = Routes::new("/api/v1")
        .mount_open::<OpenSession>      (post.clone(),   "/sessions",                         created)
        .mount_open::<UseInvitation>    (post.clone(),   "/enrolments",                       created)
        .mount_open::<SetUpSecondFactor>(post.clone(),   "/second-factors",                   created)
        .mount_open::<RecoverAccount>   (post.clone(),   "/recoveries",                       created)
        .mount::<CloseSession>          (delete.clone(), "/sessions/current",                 ok)
        .mount::<EndSession>            (delete.clone(), "/sessions/{session}",               ok)
        .mount_list::<ListSessions>     ("/sessions",                       PAGE)
        .mount_list::<ReadSelf>         ("/me",                             PAGE)
        .mount_signed::<ChangePassword> (put.clone(),    "/me/password",                      ok)
        .mount::<ListPasskeys>          (get.clone(),    "/me/passkeys",                      ok)
        .mount::<BeginPasskey>          (post.clone(),   "/me/passkeys/challenge",            ok)
        .mount_signed::<EnrolPasskey>   (post.clone(),   "/me/passkeys",                      created)
        .mount_signed::<RemovePasskey>  (delete.clone(), "/me/passkeys/{passkey}",            ok)
        .mount_signed::<MakeToken>      (post.clone(),   "/tokens",                           created)
        .mount_list::<ListTokens>       ("/tokens",                         PAGE)
        .mount::<RevokeToken>           (delete.clone(), "/tokens/{token}",                   ok)
        .mount_signed::<AddMachine>     (post.clone(),   "/machines",                         created)
        .mount_list::<ListMachines>     ("/machines",                       PAGE)
        .mount::<EndMachine>            (delete.clone(), "/machines/{machine}",               ok)
        .mount_list::<ListInbox>        ("/inbox",                          PAGE)

        .mount_signed::<AddOperator>    (post.clone(),   "/operators",                        created)
        .mount_list::<ListOperators>    ("/operators",                      PAGE)
        .mount_signed::<RevokeOperator> (delete.clone(), "/operators/{operator}",             ok)
        .mount_signed::<StopRecovery>   (delete.clone(), "/operators/{operator}/recovery",    ok)
        .mount::<ReadHealth>            (get.clone(),    "/health",                           ok)
        .mount::<ListNodes>             (get.clone(),    "/nodes",                            ok)
        .mount::<ReadKeys>              (get.clone(),    "/keys",                             ok)
        .mount::<KeyStatus>             (get.clone(),    "/keys/status",                      ok)
        .mount::<ListSlots>             (get.clone(),    "/keys/slots",                       ok)
        .mount::<RequestSlotChange>     (post.clone(),   "/keys/slots/change",                created)
        .mount_signed::<DecideSlotChange> (post.clone(),   "/keys/slots/change/decision",       ok)
        .mount_signed::<CarryOutSlotChange> (post.clone(),   "/keys/slots/change/carrying-out",   ok)
        .mount::<ReadClock>             (get.clone(),    "/clock",                            ok)
        .mount_signed::<AcceptTime>     (post.clone(),   "/clock/acceptance",                 ok)

        .mount::<OpenCase>              (post.clone(),   "/cases",                            created)
        .mount_list::<ListCases>        ("/cases",                          PAGE)
        .mount::<ReadCase>              (get.clone(),    "/cases/{case}",                     ok)
        .mount::<ReadOverview>          (get.clone(),    "/cases/{case}/overview",            ok)
        .mount_signed::<CloseCase>      (post.clone(),   "/cases/{case}/close",               ok)
        .mount::<HoldCase>              (post.clone(),   "/cases/{case}/hold",                ok)
        .mount_signed::<ReopenCase>     (post.clone(),   "/cases/{case}/reopen",              ok)
        .mount_signed::<RotateCaseKey>  (post.clone(),   "/cases/{case}/key/rotation",        ok)
        .mount_signed::<SetRetention>   (put.clone(),    "/cases/{case}/retention",           ok)
        .mount_signed::<StopDestruction> (post.clone(),   "/destructions/{destruction}/stop",  ok)
        .mount_signed::<CarryOutDestruction> (post.clone(),   "/destructions/{destruction}/carrying-out", ok)
        .mount_signed::<CarryOutErasure> (post.clone(),  "/erasures/{erasure}/carrying-out",  ok)
        .mount_by_accept::<ReadCertificate, ReadCertificateText>(get.clone(), "/cases/{case}/certificate", ok, text)
        .mount_list::<ListMembers>      ("/cases/{case}/members",           PAGE)
        .mount_signed::<NameMember>     (put.clone(),    "/cases/{case}/members/{operator}",  ok)
        .mount_signed::<RemoveMember>   (delete.clone(), "/cases/{case}/members/{operator}",  ok)
        .mount_signed::<RecogniseMember> (post.clone(),   "/cases/{case}/members/{operator}/recognition", ok)
        .mount_signed::<SuspendMember>  (post.clone(),   "/cases/{case}/members/{operator}/suspension", ok)
        .mount_signed::<LiftSuspension> (delete.clone(), "/cases/{case}/members/{operator}/suspension", ok)

        .requests()

        .mount_upload::<AdmittedView, Checked>("/cases/{case}/exhibits", exhibit::ADMIT, exhibit::DRY_RUN, upload::admit)
        .mount_list::<ListExhibits>     ("/cases/{case}/exhibits",          PAGE)
        .mount_query::<CompareExhibits> ("/cases/{case}/exhibits/{exhibit}/difference", &["against"])
        .mount_query::<ListDuplicates>  ("/cases/{case}/exhibits/{exhibit}/duplicates", &["part?", "of?"])
        .mount::<ReadAdmission>         (get.clone(),    "/cases/{case}/admissions/current",  ok)
        .mount::<CancelAdmission>       (delete.clone(), "/cases/{case}/admissions/current",  ok)

        .mount_signed::<OpenQuarantine> (post.clone(),   "/quarantines/{quarantine}/open",    ok)
        .mount_download                 ("/quarantines/{quarantine}/package", quarantine::TAKE, tar, Ids::quarantine, take_list)
        .mount::<CancelList>            (delete.clone(), "/quarantines/{quarantine}/package", ok)
        .mount::<AcknowledgeList>       (post.clone(),   "/quarantines/{quarantine}/acknowledgement", ok)

        .mount::<LookUp>                (post.clone(),   "/cases/{case}/lookups",             ok)
        .mount::<SearchRecords>         (post.clone(),   "/cases/{case}/records/search",      ok)
        .mount_csv::<CountRecords>      (post.clone(),   "/cases/{case}/scope",               ok, csv_of)

        .mount_signed::<OpenReveal>     (post.clone(),   "/reveals/{reveal}/open",            ok)

        .mount_signed::<ThawLookups>    (post.clone(),   "/cases/{case}/members/{operator}/thaw", ok)

        .mount_download                 ("/exports/{export}/package", export::TAKE, tar, Ids::export, take_package)
        .mount::<CancelPackage>         (delete.clone(), "/exports/{export}/package",         ok)
        .mount::<AcknowledgeExport>     (post.clone(),   "/exports/{export}/acknowledgement", ok)

        .mount_as::<ReadSigner>         (get.clone(),    "/evidence/signer",                  ok, text)

        .mount_by_accept::<SearchLeaves, SearchLeavesCsv>(post.clone(), "/audit/leaves/search", ok, csv)
        .mount::<CountLeaves>           (post.clone(),   "/audit/volume",                     ok)
        .mount_list::<ListRequestLeaves>("/requests/{request}/leaves",  PAGE)
        .mount_by_accept::<ReadLeaf, ReadLeafBytes>(get.clone(), "/audit/leaves/{leaf}",      ok, octets)
        .mount_as::<ProveLeaf>          (get.clone(),    "/audit/leaves/{leaf}/proof",        ok, text)
        .mount_as::<ReadCheckpoint>     (get.clone(),    "/audit/checkpoint",                 ok, text)
        .mount_as::<ReadVkey>           (get,            "/audit/vkey",                       ok, text)
        .mount::<SignOff>               (post,           "/audit/sign-offs",                  created)

        .plain_here::<SignInChallenge, _, _>("/sessions/challenge", plain::CHALLENGE, plain::challenge)
        .plain("/openapi.json", plain::OPENAPI, &["application/json"],        plain::description)
        .plain("/errors",       plain::ERRORS,  &["text/plain", "text/html"], plain::errors)
        .plain("/healthz",      plain::HEALTHZ, &["text/plain"],              plain::healthz)
        .plain("/readyz",       plain::READYZ,  &["text/plain"],              plain::readyz)
        .plain("/metrics",      plain::METRICS, &["text/plain"],              plain::metrics);
    pages::mount(routes)
}
