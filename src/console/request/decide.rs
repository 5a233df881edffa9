//! `POST /console/{kind}/{id}`: a yes or a no.

use std::marker::PhantomData;

use askama::Template;

use super::kind::Kind;
use crate::console::form::Field;
use crate::console::html::Html;
use crate::console::page::{Page, Shown};
use crate::console::refused::Refused;
use crate::console::visit::Visit;
use crate::operations::DecidedBody;
use crate::operations::two_person::Decide;
use crate::vault::OperationError;

/// The decision about a request.
pub struct DecidePage<K>(PhantomData<fn(K)>);

#[derive(Template)]
#[template(path = "request/decide.html")]
struct Again<'a> {
    visit: &'a Visit,
    refused: Option<&'a Refused>,
    called: &'static str,
}

impl<K: Kind> Page for DecidePage<K> {
    type Operation = Decide<K>;
    const FIELDS: &'static [Field] = &[Field::Text("decision"), Field::Text("reason")];

    fn show(_: DecidedBody, visit: &Visit) -> Result<Shown, OperationError> {
        Ok(Shown::Next(visit.done_at(&visit.path)))
    }

    fn again(visit: &Visit, refused: &Refused) -> Option<Result<Html, OperationError>> {
        Some(Html::of(&Again {
            visit,
            refused: Some(refused),
            called: K::WORDS.one,
        }))
    }
}
