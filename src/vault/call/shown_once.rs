//! A text that an answer shows and that is wiped after it: a token, a number in the clear.

use serde::{Serialize, Serializer};
use zeroize::Zeroizing;

use crate::domain::schema::{self, described};

/// Holds the text until the answer is written. It has no `Debug`.
pub struct ShownOnce(Zeroizing<String>);

impl ShownOnce {
    /// The text in the clear. Copies of it are not wiped.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<Zeroizing<String>> for ShownOnce {
    fn from(text: Zeroizing<String>) -> Self {
        Self(text)
    }
}

impl Serialize for ShownOnce {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

described! {
    ShownOnce as "ShownOnce" => schema::text("Shown in this answer only.");
}
