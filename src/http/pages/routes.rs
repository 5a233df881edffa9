//! The pages, one on each line.

use http::Method;

use super::super::mount::Routes;
use super::{open, plain, provider};
use crate::console::audit::{
    AuditCsv, AuditLines, AuditPage, LeafPage, LeafTimelinePage, RequestLeavesPage, SignOffForm,
    SignOffPage, VolumePage,
};
use crate::console::case::{
    CasePage, CasesPage, CertificateFile, CertificatePage, CloseCasePage, HoldCasePage, LiftPage,
    MembersPage, NameMemberForm, NameMemberPage, NewCase, OpenCasePage, RecognisePage, RemovePage,
    ReopenCasePage, RetentionPage, SuspendPage, ThawPage,
};
use crate::console::clock::{AcceptTimePage, ClockPage};
use crate::console::exhibit::{
    AdmissionPage, AdmitForm, CancelAdmissionPage, DifferenceForm, DifferencePage, ExhibitsPage,
    QuarantineForm, QuarantinePage, WithdrawalForm, WithdrawalPage,
};
use crate::console::export::{AcknowledgePage, CancelBuildPage};
use crate::console::health::{HealthPage, NodesPage};
use crate::console::key::{
    AskSlotChangePage, CarryOutSlotChangePage, DecideSlotChangePage, KeysPage, RotateCasePage,
    SlotsPage,
};
use crate::console::machine::{AddMachinePage, EndMachinePage, MachinesPage};
use crate::console::operator::{InvitePage, OperatorsPage, RevokePage, StopRecoveryPage};
use crate::console::record::{
    LookUpForm, LookUpPage, RecordsPage, ScopeCsv, ScopePage, ScopeSvg, TimelinePage,
};
use crate::console::request::{
    CarryOutErasurePage, CarryOutPage, DestructionForm, DestructionPage, ErasureForm, ErasurePage,
    ExportForm, ExportPage, KindsPage, OpenQuarantinePage, OpenRevealPage, RaiseForm, RaisePage,
    RevealForm, RevealPage, StopPage,
};
use crate::console::session::{
    BeginPasskeyPage, BudgetsPage, EndSessionPage, EnrolPasskeyPage, Home, PasskeysPage,
    PasswordForm, PasswordPage, RemovePasskeyPage, SessionsPage, SignOut, SittingForm, SittingPage,
};
use crate::console::token::{MakeTokenPage, RevokeTokenPage, TokensPage};
use crate::operations::Ids;
use crate::operations::export::take_package;
use crate::operations::quarantine::take_list;
use crate::vault::scope::requests::{Export, Quarantine};

#[rustfmt::skip]
pub(in crate::http) fn mount(routes: Routes) -> Routes {
    let (get, post) = (Method::GET, Method::POST);
    routes
        .open_page("/",                              get.clone(),  plain::front)
        .open_page("/console/style.css",             get.clone(),  plain::style)
        .open_page("/console/script.js",             get.clone(),  plain::script)
        .open_page("/console/sign-in",               get.clone(),  open::sign_in_page)
        .open_page("/console/sign-in",               post.clone(), open::sign_in)
        .open_page("/console/provider",              get.clone(),  provider::begin)
        .open_page("/console/provider/back",         get.clone(),  provider::back)
        .open_page("/console/provider/back",         post.clone(), provider::finish)
        .open_page("/console/invitation",            get.clone(),  open::invitation_page)
        .open_page("/console/invitation",            post.clone(), open::invitation)
        .open_page("/console/second-factor",         get.clone(),  open::second_factor_page)
        .open_page("/console/second-factor",         post.clone(), open::second_factor)
        .open_page("/console/recovery",              get.clone(),  open::recovery_page)
        .open_page("/console/recovery",              post.clone(), open::recovery)
        .open_page("/console/zone",                  post.clone(), open::zone)
        .page::<Home>          ("/console",                        get.clone())
        .page::<SignOut>       ("/console/sign-out",               post.clone())
        .page::<SittingForm>   ("/console/sitting",                get.clone())
        .page::<SittingPage>   ("/console/sitting",                post.clone())

        .page::<SessionsPage>  ("/console/sessions",               get.clone())
        .page::<EndSessionPage>("/console/sessions/{session}/end", post.clone())
        .page::<TokensPage>    ("/console/tokens",                 get.clone())
        .signed_page::<MakeTokenPage>("/console/tokens",           post.clone())
        .page::<RevokeTokenPage>("/console/tokens/{token}/revocation", post.clone())
        .page::<MachinesPage>  ("/console/machines",               get.clone())
        .signed_page::<AddMachinePage>("/console/machines",        post.clone())
        .page::<EndMachinePage>("/console/machines/{machine}/end", post.clone())
        .page::<PasswordForm>  ("/console/password",               get.clone())
        .page::<PasskeysPage>     ("/console/passkeys",            get.clone())
        .signed_page::<EnrolPasskeyPage>("/console/passkeys",      post.clone())
        .page::<BeginPasskeyPage> ("/console/passkeys/challenge",  post.clone())
        .signed_page::<RemovePasskeyPage>("/console/passkeys/{passkey}/removal", post.clone())
        .signed_page::<PasswordPage> ("/console/password",               post.clone())
        .page::<BudgetsPage>   ("/console/budgets",                get.clone())
        .page::<KeysPage>      ("/console/keys",                   get.clone())
        .page::<SlotsPage>     ("/console/keys/slots",             get.clone())
        .page::<AskSlotChangePage>("/console/keys/slots/change",   post.clone())
        .signed_page::<DecideSlotChangePage>("/console/keys/slots/change/decision", post.clone())
        .signed_page::<CarryOutSlotChangePage>("/console/keys/slots/change/carrying-out", post.clone())
        .signed_page::<RotateCasePage>("/console/cases/{case}/key/rotation", post.clone())
        .page::<HealthPage>    ("/console/health",                 get.clone())
        .page::<NodesPage>     ("/console/nodes",                   get.clone())
        .page::<ClockPage>     ("/console/clock",                  get.clone())
        .signed_page::<AcceptTimePage>("/console/clock",                  post.clone())

        .page::<OperatorsPage> ("/console/operators",              get.clone())
        .signed_page::<InvitePage> ("/console/operators",              post.clone())
        .signed_page::<RevokePage> ("/console/operators/{operator}/revoke", post.clone())
        .signed_page::<StopRecoveryPage>("/console/operators/{operator}/recovery", post.clone())

        .page::<CasesPage>     ("/console/cases",                  get.clone())
        .page::<NewCase>       ("/console/cases/new",              get.clone())
        .page::<OpenCasePage>  ("/console/cases/new",              post.clone())
        .page::<CasePage>      ("/console/cases/{case}",           get.clone())
        .signed_page::<CloseCasePage> ("/console/cases/{case}/close",     post.clone())
        .page::<HoldCasePage>  ("/console/cases/{case}/hold",      post.clone())
        .signed_page::<ReopenCasePage>("/console/cases/{case}/reopen",    post.clone())
        .signed_page::<RetentionPage> ("/console/cases/{case}/retention", post.clone())
        .page::<CertificatePage>("/console/cases/{case}/certificate", get.clone())
        .page::<CertificateFile>("/console/cases/{case}/certificate.txt", get.clone())
        .page::<MembersPage>   ("/console/cases/{case}/members",   get.clone())
        .page::<NameMemberForm>("/console/cases/{case}/members/new", get.clone())
        .signed_page::<NameMemberPage>("/console/cases/{case}/members/{operator}", post.clone())
        .signed_page::<RecognisePage> ("/console/cases/{case}/members/{operator}/recognition", post.clone())
        .signed_page::<ThawPage> ("/console/cases/{case}/members/{operator}/thaw", post.clone())
        .signed_page::<SuspendPage> ("/console/cases/{case}/members/{operator}/suspension", post.clone())
        .signed_page::<RemovePage> ("/console/cases/{case}/members/{operator}/removal", post.clone())
        .signed_page::<LiftPage> ("/console/cases/{case}/members/{operator}/lift", post.clone())
        .page::<ExhibitsPage>  ("/console/cases/{case}/exhibits",  get.clone())
        .page::<AdmitForm>     ("/console/cases/{case}/exhibits/new", get.clone())
        .upload_page           ("/console/cases/{case}/exhibits/new")
        .page::<AdmissionPage> ("/console/cases/{case}/admissions/current", get.clone())
        .page::<CancelAdmissionPage>("/console/cases/{case}/admissions/current", post.clone())
        .page::<DifferenceForm>("/console/cases/{case}/exhibits/{exhibit}/difference", get.clone())
        .page::<DifferencePage>("/console/cases/{case}/exhibits/{exhibit}/difference", post.clone())
        .page::<WithdrawalForm>("/console/cases/{case}/exhibits/{exhibit}/withdrawal", get.clone())
        .page::<WithdrawalPage>("/console/cases/{case}/exhibits/{exhibit}/withdrawal", post.clone())
        .page::<QuarantineForm>("/console/cases/{case}/exhibits/{exhibit}/quarantine", get.clone())
        .page::<QuarantinePage>("/console/cases/{case}/exhibits/{exhibit}/quarantine", post.clone())

        .page::<LookUpForm>    ("/console/cases/{case}/lookup",    get.clone())
        .page::<LookUpPage>    ("/console/cases/{case}/lookup",    post.clone())
        .page::<RecordsPage>   ("/console/cases/{case}/records",   get.clone())

        .page::<TimelinePage>  ("/console/cases/{case}/timeline",  get.clone())
        .page::<ScopePage>     ("/console/cases/{case}/scope",     get.clone())
        .page::<ScopeCsv>      ("/console/cases/{case}/scope.csv", get.clone())
        .page::<ScopeSvg>      ("/console/cases/{case}/scope.svg", get.clone())

        .page::<KindsPage>     ("/console/cases/{case}/requests",  get.clone())
        .page::<RevealForm>            ("/console/cases/{case}/reveals/new",  get.clone())
        .page::<RevealPage>            ("/console/cases/{case}/reveals/new",  post.clone())
        .signed_page::<OpenRevealPage> ("/console/reveals/{reveal}/open",     post.clone())
        .page::<ExportForm>            ("/console/cases/{case}/exports/new",  get.clone())
        .page::<ExportPage>            ("/console/cases/{case}/exports/new",  post.clone())
        .package_page                  ("/console/exports/{export}/package",  Ids::export, take_package)
        .page::<CancelBuildPage<Export>>("/console/exports/{export}/package/cancel", post.clone())
        .page::<AcknowledgePage<Export>>("/console/exports/{export}/acknowledgement", post.clone())
        .page::<RaiseForm>             ("/console/cases/{case}/raises/new",   get.clone())
        .page::<RaisePage>             ("/console/cases/{case}/raises/new",   post.clone())
        .signed_page::<OpenQuarantinePage> ("/console/quarantines/{quarantine}/open", post.clone())
        .package_page                  ("/console/quarantines/{quarantine}/package", Ids::quarantine, take_list)
        .page::<CancelBuildPage<Quarantine>>("/console/quarantines/{quarantine}/package/cancel", post.clone())
        .page::<AcknowledgePage<Quarantine>>("/console/quarantines/{quarantine}/acknowledgement", post.clone())

        .page::<DestructionForm>        ("/console/cases/{case}/destructions/new", get.clone())
        .page::<DestructionPage>        ("/console/cases/{case}/destructions/new", post.clone())
        .signed_page::<StopPage>        ("/console/destructions/{destruction}/stop", post.clone())
        .signed_page::<CarryOutPage>    ("/console/destructions/{destruction}/carrying-out", post.clone())

        .page::<ErasureForm>            ("/console/cases/{case}/erasures/new", get.clone())
        .page::<ErasurePage>            ("/console/cases/{case}/erasures/new", post.clone())
        .signed_page::<CarryOutErasurePage>("/console/erasures/{erasure}/carrying-out", post.clone())

        .page::<RequestLeavesPage>     ("/console/requests/{request}/leaves", get.clone())

        .page::<AuditPage>     ("/console/audit",                  get.clone())
        .page::<LeafTimelinePage>  ("/console/audit/timeline",         get.clone())
        .page::<VolumePage>    ("/console/audit/volume",           get.clone())
        .page::<AuditCsv>      ("/console/audit/leaves.csv",       get.clone())
        .page::<AuditLines>    ("/console/audit/leaves.ndjson",    get.clone())
        .page::<LeafPage>      ("/console/audit/leaves/{leaf}",    get.clone())
        .page::<SignOffForm>   ("/console/audit/sign-off",         get)
        .page::<SignOffPage>   ("/console/audit/sign-off",         post)
}
