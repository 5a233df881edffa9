//! `POST /console/cases/{case}/exhibits/new`: a file in a form, streamed like a file that comes by the API.
//!
//! The file is the last field. What is before it is small, and read first; the file is read once its admission has
//! begun. What is to be done with it is in the address, because buttons are behind the file.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::request::Parts;
use http::{HeaderValue, StatusCode};
use multer::{Constraints, Field, Multipart, SizeLimit};
use zeroize::Zeroizing;

use super::super::ProblemKind;
use super::super::app::{App, blocking};
use super::super::authenticate::{address, authenticate_as, stranger};
use super::super::problem::Problem;
use super::super::upload::{admit_words, take_in, turn_away};
use super::before_file::{BeforeFile, Progress};
use super::page::{has_token, needs_session, sign_in_first};
use super::{arrival, cookie, respond, visit};
use crate::console::exhibit::{AdmitPage, AdmittedPage, Preview, Report, UPLOADED};
use crate::console::{Form, Html, RefusedPage, Visit};
use crate::domain::CaseId;
use crate::ingest::Mapping;
use crate::operations::exhibit::AdmitWords;
use crate::policy::{ActionKind, actions};
use crate::vault::{self, Caller, OperationError, Target};

/// The most bytes of a field that is no file.
const FIELD: u64 = 8 * 1024;
/// The most bytes of a part that is no file, with its head: a mapping is the largest.
const PART: usize = Mapping::BYTES + 8 * 1024;
/// The most fields before the file.
const FIELDS: usize = 20;
/// How long is waited for them if nobody is signed in, in seconds.
const STRANGER_S: u64 = 2;
/// What a form may have beside its file, in bytes.
const BESIDE: u64 = 1 << 20;
/// How much of what was said waits in an address for somebody to sign in again, in bytes. A long mapping does not.
const WAITS: usize = 2000;

/// What became of a file.
enum Told {
    Admitted(Report),
    Reported(Report),
    Looked(Preview),
}

/// What a form has before its file, and the file.
struct Sent {
    form: Form,
    file: Option<Field<'static>>,
}

pub(in crate::http) async fn upload(app: Arc<App>, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    let mut visit = visit::begin(&app, &mut parts).await;
    match take(&app, &parts, body, &mut visit).await {
        Ok(told) => {
            let page = match told {
                Told::Admitted(report) => Html::of(&AdmittedPage {
                    visit: &visit,
                    case: visit.case().unwrap_or_default(),
                    report,
                }),
                Told::Reported(report) => Html::of(&AdmitPage::reported(&visit, report)),
                Told::Looked(preview) => Html::of(&AdmitPage::looked(&visit, preview)),
            };
            respond::html(StatusCode::OK, page, &visit)
        }
        Err(problem) if needs_session(&problem) => {
            let mut kept = visit.form.kept(UPLOADED);
            let mut room = WAITS;
            kept.retain(|(_, value)| {
                let fits = value.len() <= room;
                room -= if fits { value.len() } else { 0 };
                fits
            });
            sign_in_first(&app, &parts, &problem, &visit, &visit.path, &kept)
        }
        Err(problem) => refuse(&problem, &visit),
    }
}

async fn take(
    app: &Arc<App>,
    parts: &Parts,
    body: Body,
    visit: &mut Visit,
) -> Result<Told, Problem> {
    if !arrival::is_own(parts) {
        let problem = Problem::new(ProblemKind::CrossSite);
        return Err(stranger(app, address(parts), problem));
    }
    let token = cookie::session(&parts.headers).map(|(token, _)| token);
    let caller = match authenticate_as(app, parts, token).await {
        Ok(caller) => caller,
        Err(problem) => {
            // What was said about the file goes along.
            let within = Duration::from_secs(STRANGER_S);
            if let Ok(Ok(sent)) = tokio::time::timeout(within, read(parts, body)).await {
                visit.form = sent.form;
                visit.form.forget_numbers(UPLOADED);
            }
            return Err(problem);
        }
    };
    let turn = app.turns.enter(&caller)?;
    visit.rights = visit::rights(app, &caller, visit, Ok(Target::Vault)).await;
    let case = match visit.ids.case() {
        Ok(case) => case,
        Err(error) => {
            let problem = Problem::from(error.clone());
            return Err(turn_away(app, caller, Target::Vault, error, problem).await);
        }
    };
    may_admit(app, &caller, &case).await?;
    let slot = turn.upload_slot().await;
    let within = Duration::from_secs(app.limits.request_s);
    let sent = match tokio::time::timeout(within, read(parts, body)).await {
        Ok(sent) => sent,
        Err(_) => Err(Problem::new(ProblemKind::Timeout)),
    };
    let sent = match sent {
        Ok(sent) => sent,
        Err(problem) => return Err(unread(app, caller, &case, problem).await),
    };
    let file_name = sent.file.as_ref().and_then(|file| file.file_name());
    let words = words(&sent.form, file_name);
    let does = sent.form.text("dry_run").to_owned();
    visit.form = sent.form;
    let own = has_token(visit);
    visit.form.forget_numbers(UPLOADED);
    if !own {
        let problem = Problem::new(ProblemKind::CrossSite);
        return Err(unread(app, caller, &case, problem).await);
    }
    let Some(file) = sent.file else {
        let problem = Problem::new(ProblemKind::Invalid).at("file", "must be the last field");
        return Err(unread(app, caller, &case, problem).await);
    };
    let length = parts.headers.get(CONTENT_LENGTH);
    let length = length.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if length.is_some_and(|length| length > app.limits.upload_bytes.saturating_add(BESIDE)) {
        let problem = Problem::new(ProblemKind::TooLarge);
        return Err(unread(app, caller, &case, problem).await);
    }
    let admit = move |vault: &vault::Vault, caller: &Caller, arriving| {
        admit_words(vault, caller, case, &words, arriving)
    };
    let file = Body::from_stream(file);
    let reply = take_in(app, caller, slot, file, length, admit).await?;
    let broken = Problem::new(ProblemKind::Internal).with_leaf(reply.leaf);
    let _ = visit.leaf.set(reply.leaf);
    match reply.wire.into_body() {
        vault::Body::Bytes(bytes) => told(&does, &bytes).ok_or(broken),
        vault::Body::File(_) => Err(broken),
    }
}

/// The answer, by what was to be done.
fn told(does: &str, bytes: &[u8]) -> Option<Told> {
    Some(match does {
        COLUMNS => Told::Looked(serde_json::from_slice(bytes).ok()?),
        "true" => Told::Reported(serde_json::from_slice(bytes).ok()?),
        _ => Told::Admitted(serde_json::from_slice(bytes).ok()?),
    })
}

/// Decides the right before anything of the body is read. The admission is decided anew.
async fn may_admit(app: &App, caller: &Caller, case: &CaseId) -> Result<(), Problem> {
    let (vault, caller) = (Arc::clone(&app.vault), caller.clone());
    let target = Target::Case(case.clone());
    let permitted = blocking(move || vault.permit::<actions::BeginExhibit>(&caller, &target));
    Ok(permitted.await??)
}

/// A request of somebody with a session that cannot be read has a leaf.
async fn unread(app: &App, caller: Caller, case: &CaseId, problem: Problem) -> Problem {
    let error = OperationError::invalid("upload", problem.kind.name());
    turn_away(app, caller, Target::Case(case.clone()), error, problem).await
}

/// Reads what is before the file.
async fn read(parts: &Parts, body: Body) -> Result<Sent, Problem> {
    let media = parts.headers.get(CONTENT_TYPE).map(HeaderValue::to_str);
    let boundary = match media {
        Some(Ok(media)) => multer::parse_boundary(media).ok(),
        _ => None,
    };
    let boundary = boundary.ok_or(Problem::new(ProblemKind::UnsupportedMediaType))?;
    let sizes = SizeLimit::new()
        .per_field(FIELD)
        .for_field("mapping", Mapping::BYTES as u64 + 1)
        .for_field("file", u64::MAX);
    let constraints = Constraints::new().size_limit(sizes);
    let progress = Arc::new(Progress::default());
    let body = BeforeFile::new(body, PART, Arc::clone(&progress));
    let stream = Body::new(body).into_data_stream();
    let mut multipart = Multipart::with_constraints(stream, boundary, constraints);
    let wrong = || Problem::new(ProblemKind::Invalid).at("form", "must be a form with a file");
    let mut fields = Vec::new();
    let mut file = None;
    while let Some(field) = multipart.next_field().await.map_err(|_| wrong())? {
        let name = field.name().unwrap_or_default().to_owned();
        if name == "file" {
            progress.file_begins();
            file = Some(field);
            break;
        }
        if fields.len() == FIELDS {
            return Err(wrong());
        }
        let text = field.text().await.map_err(|_| wrong())?;
        progress.part_is_read();
        fields.push((name, Zeroizing::new(text)));
    }
    let mut form = Form::of(fields);
    // The button that was pressed stands behind the file, so it says in the address what it does.
    let pressed = Form::parse(parts.uri.query().unwrap_or_default().as_bytes());
    if let Some(pressed) = pressed.filter(|pressed| pressed.has("dry_run")) {
        form.put("dry_run", pressed.text("dry_run"));
    }
    Ok(Sent { form, file })
}

/// What a form says where the file is only to be looked at.
const COLUMNS: &str = "columns";

fn words(form: &Form, file_name: Option<&str>) -> AdmitWords {
    let text = |name: &str| Some(form.text(name).to_owned()).filter(|text| !text.is_empty());
    let lines = |name: &str| {
        let lines = form.exactly(name).lines().map(str::trim);
        let filled = lines.filter(|line| !line.is_empty());
        filled.map(str::to_owned).collect()
    };
    let does = text("dry_run");
    let looks = does.as_deref() == Some(COLUMNS);
    AdmitWords {
        format: text("format"),
        zone: text("zone"),
        account: text("account"),
        region: text("region"),
        map: lines("map"),
        drop: lines("drop"),
        mapping: form
            .has("mapped")
            .then(|| form.exactly("mapping").to_owned()),
        quotes: text("quotes"),
        sheet: text("sheet"),
        name: text("name").or_else(|| file_name.map(str::to_owned).filter(|name| !name.is_empty())),
        source: text("source"),
        dry_run: does.filter(|_| !looks),
        preview: looks.then(|| "true".to_owned()),
        accept_quarantined: text("accept_quarantined"),
    }
}

fn refuse(problem: &Problem, visit: &Visit) -> Response {
    let refused = respond::told(problem, Some(ActionKind::BeginExhibit));
    let report = problem.report.as_deref().cloned();
    let report = report.and_then(|report| serde_json::from_value(report).ok());
    let page = match refused.status {
        401 | 403 | 404 => Html::of(&RefusedPage {
            visit,
            refused: &refused,
        }),
        _ => Html::of(&AdmitPage::again(visit, &refused, report)),
    };
    respond::refusal(problem, page, visit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_with_a_file_is_read_as_the_api_reads_its_query() {
        let form = "format=auto&zone=&map=number%3DTel%0D%0A%0D%0Akind%3DArt&dry_run=true";
        let form = Form::parse(form.as_bytes()).unwrap();
        let words = words(&form, Some("log.csv"));
        assert_eq!(words.format.as_deref(), Some("auto"));
        assert_eq!(words.zone, None);
        assert_eq!(words.map, ["number=Tel", "kind=Art"]);
        assert_eq!(words.name.as_deref(), Some("log.csv"));
        assert_eq!(words.dry_run.as_deref(), Some("true"));
        assert_eq!(words.accept_quarantined, None);
        assert_eq!((words.mapping, words.preview), (None, None));
        let form = "dry_run=columns&mapping=a&mapped=true&drop=Ctry&quotes=none";
        let form = Form::parse(form.as_bytes()).unwrap();
        let words = super::words(&form, None);
        assert_eq!(
            (words.dry_run, words.preview.as_deref()),
            (None, Some("true"))
        );
        assert_eq!(
            (words.mapping.as_deref(), words.quotes.as_deref()),
            (Some("a"), Some("none"))
        );
        assert_eq!(words.drop, ["Ctry"]);
    }
}
