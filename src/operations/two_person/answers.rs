//! What comes back to whoever asks or lists: the same members for every kind, named by its words.

use std::borrow::Cow;

use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, OneOfBuilder, Type};
use utoipa::openapi::{Ref, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::TwoPerson;
use crate::domain::schema::PageCursor;
use crate::domain::{Moment, RequestIdOfKind as _};
use crate::operations::Sheet;
use crate::vault::scope::requests::{RequestKind, RequestPage, ShownState};

/// A request that was made and is not decided yet.
pub struct Requested<K: RequestKind> {
    /// The id of the request.
    pub id: K::Id,
    /// When the request expires if nobody decides it.
    pub expires_at: Moment,
}

/// A page of the requests of a kind in a case.
pub struct Listed<K: RequestKind> {
    /// The requests, newest first.
    pub requests: Vec<K::View>,
    /// The `after` of the next page; none on the last one.
    pub next: Option<String>,
}

impl<K: RequestKind> From<RequestPage<K::View>> for Listed<K> {
    fn from(page: RequestPage<K::View>) -> Self {
        Self {
            requests: page.requests,
            next: page.next,
        }
    }
}

impl<K: RequestKind> Serialize for Requested<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut members = serializer.serialize_map(Some(3))?;
        members.serialize_entry(K::WORDS.one, self.id.of_any_kind().as_str())?;
        members.serialize_entry("state", &ShownState::Requested)?;
        members.serialize_entry("expires_at", &self.expires_at)?;
        members.end()
    }
}

impl<K: RequestKind> Serialize for Listed<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut members = serializer.serialize_map(Some(2))?;
        members.serialize_entry(K::WORDS.many, &self.requests)?;
        members.serialize_entry("next", &self.next)?;
        members.end()
    }
}

impl<K: TwoPerson> Sheet for Listed<K> {
    const ROWS: &'static str = K::WORDS.many;
    const COLUMNS: &'static [&'static str] = K::COLUMNS;
}

impl<K: RequestKind> PartialSchema for Requested<K> {
    fn schema() -> RefOr<Schema> {
        let words = K::WORDS;
        let id = format!("The id of the {}.", words.one);
        let until = "When the request expires if nobody decides it.";
        ObjectBuilder::new()
            .schema_type(Type::Object)
            .description(Some("A request that was made and is not decided yet."))
            .property(words.one, named(words.id, &id))
            .property(
                "state",
                named(ShownState::name(), "Its state: `requested`."),
            )
            .property("expires_at", named(Moment::name(), until))
            .required(words.one)
            .required("state")
            .required("expires_at")
            .into()
    }
}

impl<K: RequestKind> ToSchema for Requested<K> {
    fn name() -> Cow<'static, str> {
        format!("Requested{}", bare::<K>()).into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((K::WORDS.id.to_owned(), K::WORDS.schema().into()));
        schemas.push((ShownState::name().into_owned(), ShownState::schema()));
        schemas.push((Moment::name().into_owned(), Moment::schema()));
    }
}

impl<K: RequestKind> PartialSchema for Listed<K> {
    fn schema() -> RefOr<Schema> {
        let many = K::WORDS.many;
        let rows = ArrayBuilder::new()
            .items(Ref::from_schema_name(K::View::name()))
            .description(Some(format!("The {many}, newest first.")));
        let next = "The `after` of the next page; null on the last one.";
        let next = OneOfBuilder::new()
            .item(named(PageCursor::name(), next))
            .item(ObjectBuilder::new().schema_type(Type::Null));
        ObjectBuilder::new()
            .schema_type(Type::Object)
            .description(Some(format!("The {many} of a case.")))
            .property(many, rows)
            .property("next", next)
            .required(many)
            .into()
    }
}

impl<K: RequestKind> ToSchema for Listed<K> {
    fn name() -> Cow<'static, str> {
        format!("{}List", bare::<K>()).into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((K::View::name().into_owned(), K::View::schema()));
        K::View::schemas(schemas);
        schemas.push((PageCursor::name().into_owned(), PageCursor::schema()));
    }
}

/// A member that another schema describes.
fn named(schema: impl Into<String>, description: &str) -> Ref {
    let mut named = Ref::from_schema_name(schema);
    named.description = description.to_owned();
    named
}

/// The kind as the names of schemas have it, such as `Reveal`.
fn bare<K: RequestKind>() -> &'static str {
    K::WORDS.id.trim_end_matches("Id")
}
