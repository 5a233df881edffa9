//! The bytes of an answer. They are made under a receipt and wiped on drop.

use std::fs::File;

use serde::Serialize;
use utoipa::ToSchema;
use zeroize::Zeroizing;

use crate::domain::WipedBuffer;
use crate::domain::schema::{self, described};
use crate::vault::error::OperationError;

/// One answer, ready to be sent.
pub struct Wire {
    content_type: &'static str,
    body: Body,
}

/// The body of an answer.
pub enum Body {
    /// A body held in memory and wiped on drop.
    Bytes(Zeroizing<Vec<u8>>),
    /// A package: ciphertext on disk.
    File(SentFile),
}

/// A file on its way out, or a part of it.
pub struct SentFile {
    /// The open file.
    pub file: File,
    /// Its whole length in bytes.
    pub bytes: u64,
    /// The name under which a client stores it.
    pub name: String,
    /// Changes with its bytes.
    pub tag: String,
    /// The part that is sent; none is the whole file.
    pub part: Option<Part>,
}

/// The bytes of a file that are sent: the first and the last, counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// The first byte.
    pub first: u64,
    /// The last byte, which is sent too.
    pub last: u64,
}

/// What is shown of an answer: a value that is rendered as JSON or as a page, or bytes that are sent unchanged.
pub trait View: ToSchema {
    /// Renders the value. It fails with `Internal` if the value cannot be serialized.
    fn into_wire(self) -> Result<Wire, OperationError>;
}

impl<V: Serialize + ToSchema> View for V {
    fn into_wire(self) -> Result<Wire, OperationError> {
        Wire::json(&self)
    }
}

impl View for Wire {
    fn into_wire(self) -> Result<Wire, OperationError> {
        Ok(self)
    }
}

described! {
    Wire as "Bytes" => schema::text("The body is not JSON.");
}

impl Wire {
    /// `application/json`, in a buffer that is wiped. A line feed follows the value.
    pub fn json(value: &impl Serialize) -> Result<Self, OperationError> {
        let mut buffer = WipedBuffer::with_capacity(1024);
        serde_json::to_writer(&mut buffer, value)
            .map_err(|_| OperationError::Internal("wire::json"))?;
        // For people at a terminal.
        buffer.push(b"\n");
        Ok(Self {
            content_type: "application/json",
            body: Body::Bytes(buffer.into_bytes()),
        })
    }

    /// `text/plain` in UTF-8.
    pub fn text(text: &str) -> Self {
        Self::bytes("text/plain; charset=utf-8", text.as_bytes().to_vec())
    }

    /// Bytes of the given media type.
    pub fn bytes(content_type: &'static str, bytes: impl Into<Zeroizing<Vec<u8>>>) -> Self {
        Self {
            content_type,
            body: Body::Bytes(bytes.into()),
        }
    }

    /// Bytes of the given media type that are wiped already when they are dropped.
    pub fn wiped(content_type: &'static str, bytes: Zeroizing<Vec<u8>>) -> Self {
        Self {
            content_type,
            body: Body::Bytes(bytes),
        }
    }

    /// A file of the given media type.
    pub fn file(content_type: &'static str, file: SentFile) -> Self {
        Self {
            content_type,
            body: Body::File(file),
        }
    }

    /// The media type, as it is sent in `Content-Type`.
    pub fn content_type(&self) -> &'static str {
        self.content_type
    }

    /// Gives up the body to whoever sends it.
    pub fn into_body(self) -> Body {
        self.body
    }
}
