//! `POST …/package/cancel`: stops a package that is being built.

use std::marker::PhantomData;

use crate::console::page::{Page, Shown, ViewOf};
use crate::console::visit::Visit;
use crate::operations::export::{Acknowledgeable, CancelBuild};
use crate::vault::OperationError;

/// Stops a package.
pub struct CancelBuildPage<K>(PhantomData<fn(K)>);

impl<K: Acknowledgeable> Page for CancelBuildPage<K> {
    type Operation = CancelBuild<K>;

    fn show(_: ViewOf<Self>, visit: &Visit) -> Result<Shown, OperationError> {
        Ok(Shown::Next(visit.done_at(&Self::form_at(visit))))
    }

    fn form_at(visit: &Visit) -> String {
        visit.path.trim_end_matches("/package/cancel").to_owned()
    }
}
