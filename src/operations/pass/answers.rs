//! What a list of tokens or machines tells: the same members for both, but for names.

use std::borrow::Cow;
use std::marker::PhantomData;

use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, OneOfBuilder, Type};
use utoipa::openapi::{Ref, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::Passes;
use crate::domain::schema::PageCursor;
use crate::domain::{CaseId, Moment, OperatorId, OperatorName, Title};
use crate::operations::Sheet;
use crate::policy::ActionKind;
use crate::vault::scope::{Pass, RowsOf};

/// A page of the tokens, or the machines, that are good.
pub struct PassList<K> {
    /// Those of the page, newest first; for an administrator owner by owner.
    pub passes: Vec<Pass>,
    /// The `after` of the next page; none on the last one.
    pub next: Option<String>,
    kind: PhantomData<fn(K)>,
}

impl<K> From<RowsOf<Pass>> for PassList<K> {
    fn from(page: RowsOf<Pass>) -> Self {
        Self {
            passes: page.rows,
            next: page.next,
            kind: PhantomData,
        }
    }
}

/// One of them, with the names of its kind.
struct Row<'p, K>(&'p Pass, PhantomData<fn(K)>);

impl<K: Passes> Serialize for Row<'_, K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(pass, _) = self;
        let mut members = serializer.serialize_map(Some(9))?;
        members.serialize_entry(K::WORDS.one, &pass.id)?;
        members.serialize_entry("label", &pass.label)?;
        members.serialize_entry("operator", &pass.operator)?;
        members.serialize_entry("owner", &pass.owner)?;
        members.serialize_entry("actions", &pass.actions)?;
        members.serialize_entry("case", &pass.case)?;
        members.serialize_entry(K::WORDS.since, &pass.since)?;
        members.serialize_entry("expires_at", &pass.expires_at)?;
        members.serialize_entry("used_at", &pass.used_at)?;
        members.end()
    }
}

impl<K: Passes> Serialize for PassList<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let row = |pass| Row::<K>(pass, PhantomData);
        let rows: Vec<_> = self.passes.iter().map(row).collect();
        let mut members = serializer.serialize_map(Some(2))?;
        members.serialize_entry(K::WORDS.many, &rows)?;
        members.serialize_entry("next", &self.next)?;
        members.end()
    }
}

impl<K: Passes> Sheet for PassList<K> {
    const ROWS: &'static str = K::WORDS.many;
    const COLUMNS: &'static [&'static str] = K::COLUMNS;
}

impl<K: Passes> PartialSchema for PassList<K> {
    fn schema() -> RefOr<Schema> {
        let many = K::WORDS.many;
        let rows = ArrayBuilder::new()
            .items(Ref::from_schema_name(K::WORDS.row[0]))
            .description(Some(format!(
                "The {many}, newest first; for an administrator owner by owner."
            )));
        let next = "The `after` of the next page; null on the last one.";
        ObjectBuilder::new()
            .schema_type(Type::Object)
            .description(Some(format!("A page of the {many} that are good.")))
            .property(many, rows)
            .property("next", or_null::<PageCursor>(next))
            .required(many)
            .into()
    }
}

impl<K: Passes> ToSchema for PassList<K> {
    fn name() -> Cow<'static, str> {
        K::WORDS.list.into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((K::WORDS.row[0].to_owned(), row_schema::<K>()));
        let (name, schema) = K::id_schema();
        schemas.push((name.into_owned(), schema));
        add::<Title>(schemas);
        add::<OperatorId>(schemas);
        add::<OperatorName>(schemas);
        add::<ActionKind>(schemas);
        add::<CaseId>(schemas);
        add::<Moment>(schemas);
        add::<PageCursor>(schemas);
    }
}

fn row_schema<K: Passes>() -> RefOr<Schema> {
    let words = K::WORDS;
    let id = "Its id, as leaves have it in the place of a session's.";
    let actions = ArrayBuilder::new()
        .items(Ref::from_schema_name(<ActionKind as ToSchema>::name()))
        .description(Some("What it is for."));
    let case = "The one case that it is for; null if it is for all of its owner's.";
    let used = "When it was used last, to a minute; null if it never was.";
    let row = ObjectBuilder::new()
        .schema_type(Type::Object)
        .description(Some(words.row[1]))
        .property(words.one, described(K::id_schema().0, id))
        .property("label", named::<Title>("What its owner calls it."))
        .property("operator", named::<OperatorId>("Whose it is."))
        .property(
            "owner",
            named::<OperatorName>("The name its owner signs in with."),
        )
        .property("actions", actions)
        .property("case", or_null::<CaseId>(case))
        .property(words.since, named::<Moment>(words.since_words))
        .property("expires_at", named::<Moment>("When it ends by itself."))
        .property("used_at", or_null::<Moment>(used));
    [
        words.one,
        "label",
        "operator",
        "owner",
        "actions",
        words.since,
        "expires_at",
    ]
    .into_iter()
    .fold(row, ObjectBuilder::required)
    .into()
}

fn add<T: ToSchema>(schemas: &mut Vec<(String, RefOr<Schema>)>) {
    schemas.push((T::name().into_owned(), T::schema()));
}

/// A member that the schema of this name describes.
fn described(schema: impl Into<String>, description: &str) -> Ref {
    let mut described = Ref::from_schema_name(schema);
    described.description = description.to_owned();
    described
}

/// The same for the schema of a type.
fn named<T: ToSchema>(description: &str) -> Ref {
    described(T::name(), description)
}

/// The same for a member that may be null.
fn or_null<T: ToSchema>(description: &str) -> OneOfBuilder {
    OneOfBuilder::new()
        .item(named::<T>(description))
        .item(ObjectBuilder::new().schema_type(Type::Null))
}
