//! Turns a reply into a response. The bytes are wiped when the connection drops them.

use std::io::{Seek as _, SeekFrom};

use axum::body::Body as HttpBody;
use axum::response::Response;
use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};
use tokio::io::AsyncReadExt as _;
use tokio_util::io::ReaderStream;

use super::ProblemKind;
use super::problem::Problem;
use crate::vault::{Body, Part, Reply, SentFile};

/// How much of a file is read at once.
const CHUNK: usize = 64 * 1024;

pub(super) fn respond(reply: Reply, status: StatusCode) -> Result<Response, Problem> {
    let broken = Problem::new(ProblemKind::Internal).with_leaf(reply.leaf);
    let mut response = Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, reply.wire.content_type())
        .header("audit-leaf", reply.leaf);
    let body = match reply.wire.into_body() {
        Body::Bytes(bytes) => HttpBody::from(Bytes::from_owner(bytes)),
        Body::File(SentFile {
            mut file,
            bytes,
            name,
            tag,
            part,
        }) => {
            let (first, length) = match part {
                Some(Part { first, last }) => {
                    let range = format!("bytes {first}-{last}/{bytes}");
                    response = response
                        .status(StatusCode::PARTIAL_CONTENT)
                        .header(header::CONTENT_RANGE, range);
                    (first, last - first + 1)
                }
                None => (0, bytes),
            };
            response = response
                .header(header::CONTENT_LENGTH, length)
                .header(header::ACCEPT_RANGES, "bytes")
                .header(header::ETAG, format!("\"{tag}\""))
                .header(header::CONTENT_DISPOSITION, attachment(&name));
            if file.seek(SeekFrom::Start(first)).is_err() {
                return Err(broken);
            }
            let file = tokio::fs::File::from_std(file).take(length);
            HttpBody::from_stream(ReaderStream::with_capacity(file, CHUNK))
        }
    };
    response.body(body).map_err(|_| broken)
}

/// A file name of letters, digits and `._-` only.
fn attachment(name: &str) -> HeaderValue {
    let plain: String = name
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || "._-".contains(*c))
        .collect();
    HeaderValue::from_str(&format!("attachment; filename=\"{plain}\""))
        .unwrap_or(HeaderValue::from_static("attachment"))
}
