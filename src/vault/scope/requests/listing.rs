//! Lists of requests: narrowed to what the caller may see, then cut into pages.
//!
//! Nobody's requests push others out of a list: those that a liaison did not ask are not even read, and what a page has
//! no room for is on the next one.

use std::sync::Arc;

use super::asked_view::ShownState;
use super::found::{Found, SealedOf};
use super::kind::RequestKind;
use super::sealed::{Sealed, damaged, parsed};
use crate::policy::Action;
use crate::vault::OperationError;
use crate::vault::scope::{Scope, WantedRows};
use crate::vault::store::request_rows;

/// Which requests of a kind are wanted.
pub struct WantedPage {
    /// Only those in this state; all if it is left out.
    pub state: Option<ShownState>,
    /// Which of them.
    pub rows: WantedRows,
}

/// A page of requests, newest first.
pub struct RequestPage<V> {
    /// The requests.
    pub requests: Vec<V>,
    /// What the next page begins after; none on the last one.
    pub next: Option<String>,
}

impl<A: Action> Scope<'_, A> {
    /// A page of the requests of the case; a liaison sees those alone that it asked about its account.
    pub fn list_requests<K: RequestKind<List = A>>(
        &mut self,
        wanted: &WantedPage,
    ) -> Result<RequestPage<K::View>, OperationError> {
        let case = self.case_row()?;
        let keys = self.core.case_keys(&case.id)?;
        let own = self.grant.account().cloned();
        let asker = match own {
            Some(_) => Some(self.operator()?),
            None => None,
        };
        let rows = request_rows::list(self.connection, case.number, K::NAME, asker)?;
        // Which rows are on the page is known once they are opened: it is cut below.
        let rest = WantedRows {
            after: wanted.rows.after.clone(),
            limit: usize::MAX,
        };
        let rows = rest.cut(rows, |row| row.id.to_string())?.rows;
        let (mut requests, mut last, mut next) = (Vec::new(), None, None);
        for row in rows {
            let sealed: SealedOf<K> = Sealed::open(self.core, &keys, &row)?;
            let keys = Arc::clone(&keys);
            let Found { row, sealed, .. } = Found::<K> { row, keys, sealed }.sound()?;
            let state = ShownState::of(row.state, K::AT_ONCE, sealed.term(), &self.core.clock);
            let about_own = own.is_none() || parsed(sealed.account.as_deref())? == own;
            if !about_own || wanted.state.is_some_and(|wanted| wanted != state) {
                continue;
            }
            if requests.len() == wanted.rows.limit {
                next = last;
                break;
            }
            last = Some(row.id.to_string());
            let id = row.id.as_str().parse().map_err(|_| damaged())?;
            requests.push(self.view::<K>(id, &row, sealed)?);
        }
        self.note_rows(requests.len() as u64);
        Ok(RequestPage { requests, next })
    }
}
