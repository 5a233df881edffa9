//! One route as the API's description and the tests see it: what is asked, what is answered.

use http::{Method, StatusCode};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::policy::ActionKind;

/// One route, for the API's description and for tests.
#[derive(Clone)]
pub struct Route {
    pub method: Method,
    pub path: String,
    /// The action it is decided and recorded as; none for what anybody may read.
    pub action: Option<ActionKind>,
    pub summary: &'static str,
    pub status: StatusCode,
    /// Whether it takes a session's token.
    pub session: bool,
    pub(super) takes: Takes,
    /// Media types of the answer, and the shape of those that are JSON.
    pub(super) gives: Vec<(&'static str, Option<Shape>)>,
}

/// What the body is.
#[derive(Clone, Copy)]
pub(super) enum Takes {
    Nothing,
    Json(Shape),
    /// Members of the query, each a text that must be there.
    Query(&'static [&'static str]),
    File,
}

/// A type as the API's description shows it.
#[derive(Clone, Copy)]
pub(super) struct Shape {
    pub(super) schema: fn() -> RefOr<Schema>,
    pub(super) nested: fn(&mut Vec<(String, RefOr<Schema>)>),
}

impl Shape {
    pub(super) fn of<T: ToSchema>() -> Self {
        Self {
            schema: <T as PartialSchema>::schema,
            nested: <T as ToSchema>::schemas,
        }
    }
}
