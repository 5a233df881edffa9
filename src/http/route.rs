//! One route, as the API's description and the tests see it: its input and its answers.

use std::borrow::Cow;

use http::{Method, StatusCode};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::console::Field;
use crate::operations::Docs;
use crate::policy::ActionKind;

/// One route of the API.
#[derive(Clone)]
pub struct Route {
    /// The HTTP method.
    pub method: Method,
    /// The path with its prefix; a parameter is a segment such as `{case}`.
    pub path: String,
    /// The action that the policy decides and the leaf names; `None` if anybody may read it.
    pub action: Option<ActionKind>,
    /// The texts and examples of the API's description.
    pub docs: Docs,
    /// The status of a successful answer.
    pub status: StatusCode,
    /// Whether it needs the token of a session.
    pub session: bool,
    /// Whether it can be asked what the caller's passkey is to sign for it.
    pub signed: bool,
    /// Whether the same route is also at the root.
    pub(super) again: bool,
    pub(super) takes: Takes,
    /// Media types of the answer, and the shape of those that are JSON.
    pub(super) gives: Vec<(&'static str, Option<Shape>)>,
    /// Another successful answer, in JSON, with its status and an example.
    pub(super) also: Option<(StatusCode, Shape, &'static str)>,
}

impl Route {
    /// A route with a session and without a body; `mount` sets its path and its answers.
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
            signed: false,
            again: false,
            takes: Takes::Nothing,
            gives: Vec::new(),
            also: None,
        }
    }

    /// The `operationId`. The second of two routes with the same operation has `V1` after it.
    pub fn id(&self) -> String {
        match self.again {
            true => format!("{}V1", self.docs.id),
            false => self.docs.id.to_owned(),
        }
    }
}

/// One page.
#[derive(Debug, Clone)]
pub struct PageRoute {
    /// The HTTP method.
    pub method: Method,
    /// The path; a parameter is a segment such as `{case}`.
    pub path: String,
    /// The action of its operation; `None` for a page without a session.
    pub action: Option<ActionKind>,
    /// Whether the act of its form is one that a passkey signs.
    pub signed: bool,
    /// The fields of its form that outlive an expired session.
    pub(super) kept: &'static [Field],
}

impl PageRoute {
    /// Whether a form that was sent to this path is this one.
    pub(super) fn takes_form_at(&self, path: &str) -> bool {
        let mut parts = path.split('/');
        let mut known = self.path.split('/');
        let is_at = |part: &str, known: &str| part == known || known.starts_with('{');
        let alike = known.all(|known| parts.next().is_some_and(|part| is_at(part, known)));
        self.method == Method::POST && alike && parts.next().is_none()
    }
}

/// Where the input of a route comes from.
#[derive(Clone, Copy)]
pub(super) enum Takes {
    Nothing,
    /// The headers that ask for a part of a file.
    Part,
    Json(Shape),
    /// The members of the query.
    Query(Shape),
    File,
}

/// The schema of a type, for the API's description.
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
