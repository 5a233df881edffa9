//! The lists of exhibits' parts that a server gives, each known by the digest over it, and kept in memory.

use std::sync::Arc;

use super::at_hand::AtHand;
use super::error::StoreError;
use super::exhibit_rows::ExhibitNumber;
use super::part_list::PartList;
use super::snapshot::Snapshot;

/// The list of an exhibit's parts that has this digest; `None` if the server has another list.
pub(crate) fn find(
    connection: &Snapshot,
    at_hand: &AtHand,
    exhibit: ExhibitNumber,
    digest: [u8; 32],
) -> Result<Option<Arc<PartList>>, StoreError> {
    if let Some(list) = at_hand.list(exhibit.0, &digest) {
        return Ok(Some(list));
    }
    connection.begin_if_late()?;
    let said = connection.session().part_digests(exhibit.0)?;
    let list = said.map(PartList::of);
    let list = list.filter(|list| list.digest() == digest).map(Arc::new);
    if let Some(list) = &list {
        at_hand.keep_list((exhibit.0, connection.age()), digest, list);
    }
    Ok(list)
}
