//! A page as bytes, which are wiped when the connection drops them.

use askama::Template;
use zeroize::Zeroizing;

use crate::domain::WipedBuffer;
use crate::vault::OperationError;

/// A rendered page.
pub struct Html(Zeroizing<Vec<u8>>);

impl Html {
    /// Renders a template.
    ///
    /// # Errors
    ///
    /// `Internal` if a value of it cannot be written.
    pub fn of(template: &impl Template) -> Result<Self, OperationError> {
        let mut buffer = WipedBuffer::with_capacity(16 * 1024);
        Template::write_into(template, &mut buffer)
            .map_err(|_| OperationError::Internal("html::of"))?;
        Ok(Self(buffer.into_bytes()))
    }

    /// The bytes; they are still wiped when dropped.
    pub fn into_bytes(self) -> Zeroizing<Vec<u8>> {
        self.0
    }
}
