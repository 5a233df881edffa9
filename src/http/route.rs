//! One route as the API's description and the tests see it: what is asked, what is answered.

use std::borrow::Cow;

use http::{Method, StatusCode};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::operations::Docs;
use crate::policy::ActionKind;

/// One route, for the API's description and for tests.
#[derive(Clone)]
pub struct Route {
    /// The HTTP method.
    pub method: Method,
    /// The path with its prefix; a parameter is a segment such as `{case}`.
    pub path: String,
    /// The action it is decided and recorded as; none for what anybody may read.
    pub action: Option<ActionKind>,
    /// The texts and examples of the API's description.
    pub docs: Docs,
    /// The status of a successful answer.
    pub status: StatusCode,
    /// Whether it takes a session's token.
    pub session: bool,
    /// Stands for the same route at the root.
    pub(super) again: bool,
    pub(super) takes: Takes,
    /// Media types of the answer, and the shape of those that are JSON.
    pub(super) gives: Vec<(&'static str, Option<Shape>)>,
}

impl Route {
    /// One that takes a session and no body; the mounting says its path and what it gives.
    pub(super) fn of(
        method: Method,
        action: Option<ActionKind>,
        docs: Docs,
        status: StatusCode,
    ) -> Self {
        Self {
            method,
            path: String::new(),
            action,
            docs,
            status,
            session: true,
            again: false,
            takes: Takes::Nothing,
            gives: Vec::new(),
        }
    }

    /// The `operationId`. A route that is there twice has it twice: once as it is.
    pub fn id(&self) -> String {
        match self.again {
            true => format!("{}V1", self.docs.id),
            false => self.docs.id.to_owned(),
        }
    }
}

/// What the body is.
#[derive(Clone, Copy)]
pub(super) enum Takes {
    Nothing,
    Json(Shape),
    /// Members of the query, each a text that must be there.
    Query(Shape),
    File,
}

/// A type as the API's description shows it.
#[derive(Clone, Copy)]
pub(super) struct Shape {
    pub(super) name: fn() -> Cow<'static, str>,
    pub(super) schema: fn() -> RefOr<Schema>,
    pub(super) nested: fn(&mut Vec<(String, RefOr<Schema>)>),
}

impl Shape {
    pub(super) fn of<T: ToSchema>() -> Self {
        Self {
            name: <T as ToSchema>::name,
            schema: <T as PartialSchema>::schema,
            nested: <T as ToSchema>::schemas,
        }
    }
}
