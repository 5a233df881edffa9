//! A page without its type: what answers a request for one is compiled once, and not for each page.

use std::sync::Arc;

use super::super::body;
use super::super::run::{Act, Permit, permit};
use crate::console::{Field, Form, Html, Page, Refused, Shown, Visit};
use crate::operations::{Ids, Request};
use crate::policy::{Action, ActionKind};
use crate::vault::{Operation, OperationError, Target};

/// What a page says to a refusal, if it says anything.
type Says = fn(&Visit, &Refused) -> Option<Result<Html, OperationError>>;

/// The members of a `Page`.
#[derive(Clone, Copy)]
pub(in crate::http) struct PageKind {
    pub(super) fields: &'static [Field],
    pub(super) kept: &'static [Field],
    pub(super) asks: Option<&'static str>,
    pub(super) action: ActionKind,
    pub(super) usual: fn(&Form) -> Vec<(&'static str, &'static str)>,
    pub(super) wrong: fn(&Form) -> Option<(&'static str, &'static str)>,
    pub(super) form_at: fn(&Visit) -> String,
    pub(super) instead: Says,
    pub(super) again: Says,
    pub(super) target: fn(&Ids) -> Result<Target, OperationError>,
    pub(super) permit: Permit,
    /// Whether the operation has a price; its input is given in JSON.
    pub(super) has_price: fn(&Ids, &[u8]) -> bool,
    /// The operation, whose view is rendered for this visit.
    pub(super) act: fn(Arc<Visit>) -> Act<Shown>,
}

impl PageKind {
    pub(in crate::http) fn of<P: Page>() -> Self {
        Self {
            fields: P::FIELDS,
            kept: P::KEPT,
            asks: P::ASKS,
            action: <<P::Operation as Operation>::Action as Action>::KIND,
            usual: P::usual,
            wrong: P::wrong,
            form_at: P::form_at,
            instead: P::instead,
            again: P::again,
            target: <P::Operation as Request>::target,
            permit: permit::<P::Operation>,
            has_price: has_price::<P>,
            act: act::<P>,
        }
    }
}

fn has_price<P: Page>(ids: &Ids, json: &[u8]) -> bool {
    let input = body::decode::<<P::Operation as Request>::Input>(json);
    let read = input.map(|input| <P::Operation as Request>::read(ids, input));
    matches!(read, Ok(Ok(operation)) if operation.price().is_some())
}

fn act<P: Page>(visit: Arc<Visit>) -> Act<Shown> {
    Act::of::<P::Operation>(false, move |ended| {
        let (_, made) = ended.render(|view, leaf| {
            let _ = visit.leaf.set(leaf);
            P::show(view, &visit)
        })?;
        Ok(made)
    })
}
