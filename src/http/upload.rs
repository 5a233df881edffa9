//! Uploads: the body of a request as a file, never held in memory as a whole.
//!
//! The pieces of the body go through a short channel to a thread that reads them as a file. If the
//! client disconnects, pauses too long or sends too much, that read fails, so that a part of a
//! file is never admitted as a whole one.

use std::collections::HashSet;
use std::io::{self, Read};
use std::sync::{Arc, Weak};
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::{Buf, Bytes};
use http::request::Parts;
use http::{HeaderMap, StatusCode, header};
use http_body_util::BodyExt;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::sync::oneshot;
use utoipa::ToSchema;

use super::ProblemKind;
use super::answer::respond;
use super::app::{App, blocking};
use super::authenticate::authenticate;
use super::problem::Problem;
use super::run::ids;
use super::turns::Slot;
use super::{body, query};
use crate::config::Limits;
use crate::domain::schema::{RegionCode, also, described, one_of, pattern};
use crate::domain::{AccountName, CaseId, Field, Format};
use crate::ingest::Quotes;
use crate::operations::Ids;
use crate::operations::exhibit::{self, AdmitRequest, AdmitWords, Arriving};
use crate::policy::actions;
use crate::vault::{Caller, OperationError, Refusal, Reply, Target, Vault};

/// The operation that admits a file; it writes its own leaves.
pub(super) type Admit = fn(&Vault, &Caller, Asked, Arriving) -> Result<Reply, Refusal>;

/// The query of an upload, as text.
#[derive(Debug, Clone, PartialEq, Eq, ToSchema)]
pub struct UploadQuery {
    /// The format of the file; `auto` if not given. Leave it out if a mapping is given.
    #[schema(value_type = Option<FormatOrAuto>)]
    pub format: String,
    /// The zone of times that have none.
    #[schema(value_type = Option<ZoneOrOffset>)]
    pub zone: Option<String>,
    /// The account of all records, if the file has no such column.
    #[schema(value_type = Option<AccountName>)]
    pub account: Option<String>,
    /// The region of numbers without a calling code, such as `GB`.
    #[schema(value_type = Option<RegionCode>)]
    pub region: Option<String>,
    /// A mapped column, as `field=column`. It may be given several times.
    #[schema(value_type = Vec<FieldAndColumn>, required = false)]
    pub map: Vec<String>,
    /// A column that looks like the country of each row and is none, by its name. It may be given several times.
    #[schema(value_type = Vec<ColumnName>, required = false)]
    pub drop: Vec<String>,
    /// How quotes in a CSV are read. `none`: each line is a record, whatever quotes it has.
    #[schema(value_type = Option<Quotes>)]
    pub quotes: Option<String>,
    /// The sheet of a workbook; the first one if not given.
    #[schema(value_type = Option<SheetName>)]
    pub sheet: Option<String>,
    /// Whether the file is only read and reported on, and nothing of it admitted.
    #[schema(value_type = Option<bool>)]
    pub dry_run: Option<String>,
    /// Whether only its beginning is looked at, for the names of its columns and the kinds of their values.
    #[schema(value_type = Option<bool>)]
    pub preview: Option<String>,
    /// Whether it is admitted even if little of it can be read.
    #[schema(value_type = Option<bool>)]
    pub accept_quarantined: Option<String>,
}

/// The headers of an upload, for the API's description.
#[derive(ToSchema)]
#[expect(dead_code, reason = "its fields describe the headers")]
pub(super) struct UploadHeaders {
    /// A name for the exhibit.
    #[schema(value_type = HeaderText, required = false, rename = "Exhibit-Name")]
    name: String,
    /// Where the file came from.
    #[schema(value_type = HeaderText, required = false, rename = "Exhibit-Source")]
    source: String,
    /// How the file is read, as a mapping (TOML) in base64.
    #[schema(value_type = Base64, required = false, rename = "Exhibit-Mapping")]
    mapping: String,
}

enum FormatOrAuto {}
enum ZoneOrOffset {}
enum FieldAndColumn {}
enum ColumnName {}
enum SheetName {}
enum HeaderText {}
enum Base64 {}

described! {
    FormatOrAuto as "FormatOrAuto" => also(
        one_of(
            "The shape of a file, or that it is to be found out.",
            ["auto"].into_iter().chain(Format::ALL.map(Format::as_str)),
        ),
        "a mapping does not say it too",
    );
    ZoneOrOffset as "ZoneOrOffset" => also(
        pattern("A zone of the IANA list, or an offset.", "^([A-Za-z][A-Za-z0-9_+/-]{0,63}|[+-][01][0-9]:[0-5][0-9])$"),
        "the name is in the IANA list, and a mapping does not say it too",
    );
    FieldAndColumn as "FieldAndColumn" => also(
        pattern(
            "A field of a record and the column it is in.",
            &format!("^({})=[ -~]{{1,128}}$", Field::ALL.map(Field::label).join("|")),
        ),
        "the field can be mapped, and a mapping does not say it too",
    );
    ColumnName as "ColumnName" => also(
        pattern("The name of a column.", "^[ -~]{1,128}$"),
        "the file has a column of this name",
    );
    SheetName as "SheetName" => also(
        pattern("The name of a sheet.", "^[ -~]{1,31}$"),
        "the file is a workbook that has this sheet",
    );
    HeaderText as "HeaderText" => pattern("A text, printable.", "^[!-~]([ -~]{0,198}[!-~])?$");
    Base64 as "Base64" => also(
        pattern("Base64 of a text.", "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$")
            .min_length(Some(4_usize)),
        "it is base64 of a mapping",
    );
}

/// Base64 of a mapping.
const MAPPING: &str = "Exhibit-Mapping";

/// Reads the query and headers of an upload, and admits the file.
pub(super) fn admit(
    vault: &Vault,
    caller: &Caller,
    asked: Asked,
    arriving: Arriving,
) -> Result<Reply, Refusal> {
    let Asked {
        case,
        query,
        name,
        source,
        mapping,
        bytes: _,
    } = asked;
    let words = AdmitWords {
        format: Some(query.format),
        zone: query.zone,
        account: query.account,
        region: query.region,
        map: query.map,
        drop: query.drop,
        mapping,
        quotes: query.quotes,
        sheet: query.sheet,
        name: Some(name),
        source,
        dry_run: query.dry_run,
        preview: query.preview,
        accept_quarantined: query.accept_quarantined,
    };
    admit_words(vault, caller, case, &words, arriving)
}

/// The same for words that came in another way, such as a form.
pub(super) fn admit_words(
    vault: &Vault,
    caller: &Caller,
    case: CaseId,
    words: &AdmitWords,
    arriving: Arriving,
) -> Result<Reply, Refusal> {
    let target = Target::Case(case.clone());
    match AdmitRequest::read(case, words) {
        Ok(request) => exhibit::admit(vault, caller, request, arriving, &mut |_| true),
        Err(error) => Err(vault.turn_away::<actions::BeginExhibit>(caller, target, error)),
    }
}

/// How many pieces wait between the connection and the reader.
const PIECES: usize = 16;

pub(super) async fn upload(
    app: Arc<App>,
    request: Request,
    admit: Admit,
) -> Result<Response, Problem> {
    let (mut parts, body) = request.into_parts();
    let caller = authenticate(&app, &parts).await?;
    let turn = app.turns.enter(&caller)?;
    let ids = ids(&mut parts).await;
    let asked = match Asked::read(&ids, &parts, &app.limits) {
        Ok(asked) => asked,
        Err(unread) => {
            let (target, error, problem) = *unread;
            return Err(turn_away(&app, caller, target, error, problem).await);
        }
    };
    // Nothing is made by a dry run or a preview.
    let nothing = [&asked.query.dry_run, &asked.query.preview];
    let nothing = nothing.iter().any(|said| said.as_deref() == Some("true"));
    let status = match nothing {
        true => StatusCode::OK,
        false => StatusCode::CREATED,
    };
    let bytes = asked.bytes;
    let admit =
        move |vault: &Vault, caller: &Caller, arriving| admit(vault, caller, asked, arriving);
    let slot = turn.upload_slot().await;
    let reply = take_in(&app, caller, slot, body, bytes, admit).await?;
    respond(reply, status)
}

/// Streams a body to what admits it as a file.
pub(super) async fn take_in(
    app: &App,
    caller: Caller,
    slot: Slot,
    body: Body,
    bytes: Option<u64>,
    admit: impl FnOnce(&Vault, &Caller, Arriving) -> Result<Reply, Refusal> + Send + 'static,
) -> Result<Reply, Problem> {
    let (pieces, incoming) = channel(PIECES);
    let (stop, stopped) = oneshot::channel();
    let (want, wanted) = oneshot::channel();
    // Dropped with this request, also if its sender goes away.
    let here = Arc::new(());
    let sender = Arc::downgrade(&here);
    let vault = Arc::clone(&app.vault);
    let admitted = tokio::task::spawn_blocking(move || {
        let arriving = Arriving {
            file: Box::new(Incoming {
                pieces: incoming,
                rest: Bytes::new(),
                ended: false,
                want: Some(want),
                sender,
            }),
            bytes,
            stop: Some(Box::new(move || {
                // The feeding task may have ended already.
                let _ = stop.send(());
            })),
        };
        let admitted = admit(&vault, &caller, arriving);
        drop(slot);
        admitted
    });
    // The file is read once its admission has begun. Until then, and if it is refused, the sender
    // is not told to go on.
    let cut = match wanted.await {
        Ok(()) => feed(body, &pieces, &app.limits, stopped).await,
        Err(_) => None,
    };
    drop(pieces);
    let admitted = admitted
        .await
        .map_err(|_| Problem::new(ProblemKind::Internal))?;
    drop(here);
    match (admitted, cut) {
        (Ok(reply), _) => Ok(reply),
        (Err(Refusal::Failed(_, receipt)), Some(kind)) => {
            Err(Problem::new(kind).with_leaf(receipt.leaf()))
        }
        (Err(refusal), _) => Err(refusal.into()),
    }
}

/// The query and headers of an upload, read.
pub(super) struct Asked {
    pub(super) case: CaseId,
    pub(super) query: UploadQuery,
    pub(super) name: String,
    pub(super) source: Option<String>,
    /// The text of a mapping.
    mapping: Option<String>,
    /// The length of the file in bytes, as `Content-Length` says it.
    bytes: Option<u64>,
}

impl Asked {
    fn read(
        ids: &Ids,
        parts: &Parts,
        limits: &Limits,
    ) -> Result<Self, Box<(Target, OperationError, Problem)>> {
        let case = ids
            .case()
            .map_err(|error| Box::new((Target::Vault, error.clone(), error.into())))?;
        let refuse = |problem: Problem| {
            let error = OperationError::invalid("upload", problem.kind.name());
            Box::new((Target::Case(case.clone()), error, problem))
        };
        body::not_coded(&parts.headers).map_err(refuse)?;
        let query = UploadQuery::read(parts.uri.query().unwrap_or_default()).map_err(refuse)?;
        let name = text(&parts.headers, "exhibit-name").map_err(refuse)?;
        let source = text(&parts.headers, "exhibit-source").map_err(refuse)?;
        let mapping = mapping(&parts.headers).map_err(refuse)?;
        let length = parts
            .headers
            .get(header::CONTENT_LENGTH)
            .and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
        if length.is_some_and(|length| length > limits.upload_bytes) {
            return Err(refuse(Problem::new(ProblemKind::TooLarge)));
        }
        Ok(Self {
            name: name.unwrap_or_else(|| "unnamed".to_owned()),
            source,
            mapping,
            query,
            case,
            bytes: length,
        })
    }
}

impl UploadQuery {
    fn read(query: &str) -> Result<Self, Problem> {
        let malformed = |rule: &str| Problem::new(ProblemKind::MalformedQuery).at("query", rule);
        let mut read = Self {
            format: "auto".to_owned(),
            zone: None,
            quotes: None,
            sheet: None,
            account: None,
            region: None,
            map: Vec::new(),
            drop: Vec::new(),
            dry_run: None,
            preview: None,
            accept_quarantined: None,
        };
        let parts = query::parse(query).ok_or_else(|| malformed("not percent-encoded text"))?;
        let mut said = HashSet::new();
        for (name, value) in parts {
            if !["map", "map[]", "drop", "drop[]"].contains(&name.as_str())
                && !said.insert(name.clone())
            {
                return Err(malformed("a name is there twice; only map and drop may be"));
            }
            match name.as_str() {
                "format" => read.format = value,
                "zone" => read.zone = Some(value),
                "quotes" => read.quotes = Some(value),
                "sheet" => read.sheet = Some(value),
                "account" => read.account = Some(value),
                "region" => read.region = Some(value),
                "map" | "map[]" => read.map.push(value),
                "drop" | "drop[]" => read.drop.push(value),
                "dry_run" => read.dry_run = Some(value),
                "preview" => read.preview = Some(value),
                "accept_quarantined" => read.accept_quarantined = Some(value),
                _ => {
                    return Err(malformed(
                        "format, zone, account, region, map, drop, quotes, sheet, dry_run, preview \
                         and accept_quarantined are known",
                    ));
                }
            }
        }
        Ok(read)
    }
}

fn text(headers: &HeaderMap, name: &'static str) -> Result<Option<String>, Problem> {
    headers
        .get(name)
        .map(|value| std::str::from_utf8(value.as_bytes()).map(str::to_owned))
        .transpose()
        .map_err(|_| Problem::new(ProblemKind::Invalid).at(name, "must be UTF-8"))
}

fn mapping(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let wrong = || Problem::new(ProblemKind::Invalid).at(MAPPING, "must be base64 of a mapping");
    let Some(value) = headers.get(MAPPING) else {
        return Ok(None);
    };
    let bytes = STANDARD.decode(value.as_bytes()).map_err(|_| wrong())?;
    String::from_utf8(bytes).map(Some).map_err(|_| wrong())
}

pub(super) async fn turn_away(
    app: &App,
    caller: Caller,
    target: Target,
    error: OperationError,
    problem: Problem,
) -> Problem {
    let vault = Arc::clone(&app.vault);
    let refused =
        blocking(move || vault.turn_away::<actions::BeginExhibit>(&caller, target, error)).await;
    match refused {
        Ok(Refusal::Failed(_, receipt)) => problem.with_leaf(receipt.leaf()),
        Ok(refusal) => refusal.into(),
        Err(broken) => broken,
    }
}

/// A piece of a body. If the channel closes without `End`, the file is incomplete.
enum Piece {
    Data(Bytes),
    End,
    Cut(io::ErrorKind),
}

/// Moves the body into the channel, and returns why it stopped before the end. If the reader has
/// ended or the admission was cancelled, the rest is left unread.
async fn feed(
    mut body: Body,
    pieces: &Sender<Piece>,
    limits: &Limits,
    mut stopped: oneshot::Receiver<()>,
) -> Option<ProblemKind> {
    let idle = Duration::from_secs(limits.upload_idle_s);
    let mut bytes = 0_u64;
    loop {
        let frame = tokio::select! {
            () = pieces.closed() => return None,
            // Cancelled, or (if the sender was dropped) the admission was refused.
            _ = &mut stopped => return None,
            frame = tokio::time::timeout(idle, body.frame()) => frame,
        };
        let (piece, ended) = match frame {
            Err(_) => (
                Piece::Cut(io::ErrorKind::TimedOut),
                Some(Some(ProblemKind::Timeout)),
            ),
            Ok(None) => (Piece::End, Some(None)),
            Ok(Some(Err(error))) => (
                Piece::Cut(io::ErrorKind::ConnectionAborted),
                Some(Some(body::broken_off(&error))),
            ),
            Ok(Some(Ok(frame))) => {
                let Ok(data) = frame.into_data() else {
                    continue;
                };
                bytes = bytes.saturating_add(data.len() as u64);
                if bytes > limits.upload_bytes {
                    (
                        Piece::Cut(io::ErrorKind::FileTooLarge),
                        Some(Some(ProblemKind::TooLarge)),
                    )
                } else {
                    (Piece::Data(data), None)
                }
            }
        };
        if pieces.send(piece).await.is_err() {
            return None;
        }
        if let Some(why) = ended {
            return why;
        }
    }
}

/// The body as a file. Reading blocks, so it needs its own thread.
struct Incoming {
    pieces: Receiver<Piece>,
    rest: Bytes,
    ended: bool,
    /// Told at the first read.
    want: Option<oneshot::Sender<()>>,
    /// The request that sends the file. Nobody waits for what becomes of it once that has gone.
    sender: Weak<()>,
}

impl Read for Incoming {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if let Some(want) = self.want.take() {
            // Whoever sent the file may be gone; then the pieces end.
            let _ = want.send(());
        }
        if self.sender.strong_count() == 0 {
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        while self.rest.is_empty() && !self.ended && !out.is_empty() {
            match self.pieces.blocking_recv() {
                Some(Piece::Data(data)) => self.rest = data,
                Some(Piece::End) => self.ended = true,
                Some(Piece::Cut(kind)) => return Err(kind.into()),
                None => return Err(io::ErrorKind::ConnectionAborted.into()),
            }
        }
        let taken = self.rest.len().min(out.len());
        self.rest.copy_to_slice(&mut out[..taken]);
        Ok(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_query_of_an_upload_is_read_and_nothing_else_is_taken() {
        let query =
            UploadQuery::read("format=auto&zone=UTC&map=Tel%3Dnumber&map[]=x=kind").unwrap();
        assert_eq!(query.zone.as_deref(), Some("UTC"));
        assert_eq!(query.map, ["Tel=number", "x=kind"]);
        let problem = UploadQuery::read("number=%2B447700900123").err().unwrap();
        assert!(
            !String::from_utf8(problem.to_json("r"))
                .unwrap()
                .contains("7700")
        );
    }

    #[test]
    fn a_body_that_was_cut_off_is_an_error_and_not_an_end() {
        let (pieces, incoming) = channel(4);
        let here = Arc::new(());
        let mut file = Incoming {
            pieces: incoming,
            rest: Bytes::new(),
            ended: false,
            want: None,
            sender: Arc::downgrade(&here),
        };
        pieces
            .blocking_send(Piece::Data(Bytes::from_static(b"half a ")))
            .ok()
            .unwrap();
        drop(pieces);
        let mut text = String::new();
        let error = file.read_to_string(&mut text).err().unwrap();
        assert_eq!(error.kind(), io::ErrorKind::ConnectionAborted);
    }

    #[test]
    fn a_whole_body_ends_and_stays_ended() {
        let (pieces, incoming) = channel(4);
        let here = Arc::new(());
        let mut file = Incoming {
            pieces: incoming,
            rest: Bytes::new(),
            ended: false,
            want: None,
            sender: Arc::downgrade(&here),
        };
        for piece in [Piece::Data(Bytes::from_static(b"whole")), Piece::End] {
            pieces.blocking_send(piece).ok().unwrap();
        }
        drop(pieces);
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        assert_eq!(text, "whole");
        assert_eq!(file.read(&mut [0; 4]).unwrap(), 0);
        // A whole file that nobody waits for is not worked on: a read of no byte tells it.
        assert_eq!(file.read(&mut []).unwrap(), 0);
        drop(here);
        let gone = file.read(&mut []).err().unwrap();
        assert_eq!(gone.kind(), io::ErrorKind::ConnectionAborted);
    }
}
