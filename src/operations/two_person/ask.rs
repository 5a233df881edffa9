//! A new request: one person asks.

use serde_json::Value;

use super::{Requested, TwoPerson};
use crate::operations::{Docs, Ids, Request};
use crate::vault::scope::{Reading, Scope};
use crate::vault::{Asking, Operation, OperationError, Price, Target, Why};

/// Makes a request of this kind; it waits for the decision of somebody else.
pub struct Ask<K: TwoPerson> {
    about: Target,
    wanted: K::Wanted,
    why: Why,
    /// Counted before the ledger's transaction begins.
    counted: Option<K::Counted>,
}

impl<K: TwoPerson> Ask<K> {
    pub(in crate::operations) fn new(about: Target, wanted: K::Wanted, why: Why) -> Self {
        Self {
            about,
            wanted,
            why,
            counted: None,
        }
    }
}

impl<K: TwoPerson> Operation for Ask<K> {
    type Action = K::Ask;
    type Answer = K::Requested;

    fn target(&self) -> Target {
        self.about.clone()
    }

    fn why(&self) -> Option<&Why> {
        Some(&self.why)
    }

    fn detail(&self) -> Value {
        K::detail(&self.wanted)
    }

    fn price(&self) -> Option<Price> {
        K::price_to_ask(&self.wanted)
    }

    fn check(&self, asking: &Asking<'_>) -> Result<(), OperationError> {
        K::check(&self.wanted, asking)?;
        asking.room_for::<K>()
    }

    const PREPARES: bool = K::COUNTED_TO_ASK;

    fn prepare(&mut self, reading: &Reading<'_>) -> Result<(), OperationError> {
        self.counted = reading.count_to_ask::<K>(&self.wanted)?;
        Ok(())
    }

    fn run(self, scope: &mut Scope<'_, K::Ask>) -> Result<K::Requested, OperationError> {
        let (id, expires_at) = scope.ask::<K>(self.wanted, &self.why, self.counted.as_ref())?;
        Ok(Requested { id, expires_at }.into())
    }
}

impl<K: TwoPerson> Request for Ask<K> {
    type Input = K::Input;
    const DOCS: Docs = K::DOCS.ask;

    fn target(ids: &Ids) -> Result<Target, OperationError> {
        K::about(ids)
    }

    fn read(ids: &Ids, input: K::Input) -> Result<Self, OperationError> {
        let (wanted, why) = K::wanted(ids, input)?;
        Ok(Self::new(K::about(ids)?, wanted, why))
    }
}
