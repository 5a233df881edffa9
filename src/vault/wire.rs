//! Bytes that may leave the house: made under a receipt, wiped when dropped.

use std::fs::File;
use std::io::Write as _;

use serde::Serialize;
use utoipa::ToSchema;
use zeroize::Zeroizing;

use super::operation::OperationError;
use crate::domain::schema::{self, described};

/// One answer, ready to be sent.
pub struct Wire {
    content_type: &'static str,
    body: Body,
}

/// What `Wire` carries.
pub enum Body {
    Bytes(Zeroizing<Vec<u8>>),
    /// A package: ciphertext on disk, its length in bytes, and its file name.
    File {
        file: File,
        bytes: u64,
        name: String,
    },
}

/// What is shown of an answer: a value that becomes JSON here and a page elsewhere, or
/// bytes as they are.
pub trait View: ToSchema {
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
    pub fn json(value: &impl Serialize) -> Result<Self, OperationError> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(1024));
        serde_json::to_writer(Growing(&mut bytes), value)
            .map_err(|_| OperationError::Internal("wire::json"))?;
        // For people at a terminal.
        Growing(&mut bytes)
            .write_all(b"\n")
            .map_err(|_| OperationError::Internal("wire::json"))?;
        Ok(Self {
            content_type: "application/json",
            body: Body::Bytes(bytes),
        })
    }

    pub fn text(text: &str) -> Self {
        Self::bytes("text/plain; charset=utf-8", text.as_bytes().to_vec())
    }

    pub fn bytes(content_type: &'static str, bytes: Vec<u8>) -> Self {
        Self {
            content_type,
            body: Body::Bytes(Zeroizing::new(bytes)),
        }
    }

    pub fn file(content_type: &'static str, file: File, bytes: u64, name: String) -> Self {
        Self {
            content_type,
            body: Body::File { file, bytes, name },
        }
    }

    pub fn content_type(&self) -> &'static str {
        self.content_type
    }

    pub fn into_body(self) -> Body {
        self.body
    }
}

/// Writes into a buffer that is wiped when it must move to grow.
struct Growing<'b>(&'b mut Zeroizing<Vec<u8>>);

impl std::io::Write for Growing<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let needed = self.0.len() + bytes.len();
        if needed > self.0.capacity() {
            let mut larger = Zeroizing::new(Vec::with_capacity(needed.next_power_of_two()));
            larger.extend_from_slice(self.0);
            *self.0 = larger;
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
