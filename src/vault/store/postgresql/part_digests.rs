//! The digests of an exhibit's parts. The server makes them as it stores the parts, so that all of them are read
//! without the parts. They are worth no more than the server's word, until somebody compares the digest over all of
//! them.

use super::link::Link;
use crate::vault::store::error::StoreError;
use crate::vault::store::part_list::{PartDigest, PartKind, PartPlace};

const AT: &str = "part_digests::list";

/// The codes of the kinds are those of [`PartKind`].
const LIST: &str = "-- part_digests::list
    SELECT 1, field, no, digest FROM block WHERE exhibit = ?1
    UNION ALL SELECT 2, 0, no, digest FROM statistics WHERE exhibit = ?1
    UNION ALL SELECT 3, field, 0, digest FROM dictionary WHERE exhibit = ?1
    UNION ALL SELECT 4, 0, range, digest FROM subject_index WHERE exhibit = ?1
    UNION ALL SELECT 5, 0, no, digest FROM quarantine WHERE exhibit = ?1
    UNION ALL SELECT 6, 0, no, digest FROM duplicate WHERE exhibit = ?1
    UNION ALL SELECT 7, 0, no, digest FROM seen WHERE exhibit = ?1";

pub(super) fn list(link: &Link, exhibit: i64) -> Result<Vec<(PartPlace, PartDigest)>, StoreError> {
    link.query(AT, LIST, &[exhibit.into()], |mut rows| {
        let mut all = Vec::new();
        while let Some(cells) = rows.next()? {
            let number = |no| {
                let number = cells.get(AT, no)?.as_integer();
                number.map_err(|_| StoreError::inconsistent(AT))
            };
            let digest = cells.get(AT, 3)?.as_blob().ok();
            let digest = digest.and_then(|digest| digest.try_into().ok());
            let place = place([number(0)?, number(1)?, number(2)?]);
            let part = place.zip(digest);
            all.push(part.ok_or(StoreError::inconsistent(AT))?);
        }
        Ok(all)
    })
}

fn place([kind, field, no]: [i64; 3]) -> Option<PartPlace> {
    let kind = PartKind::of(u8::try_from(kind).ok()?)?;
    Some((kind, u8::try_from(field).ok()?, u32::try_from(no).ok()?))
}
