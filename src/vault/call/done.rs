//! The answer of acts that return nothing.

use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};
use utoipa::openapi::schema::{ObjectBuilder, Type};

use crate::domain::schema::described;

/// It was done; serialized as an empty object.
pub struct Done;

impl Serialize for Done {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_map(Some(0))?.end()
    }
}

described! {
    Done as "Done" => ObjectBuilder::new()
        .schema_type(Type::Object)
        .description(Some("Empty: the operation was done."))
        .max_properties(Some(0_usize));
}
