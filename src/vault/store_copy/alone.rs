//! Whether a database is nobody else's at this moment.

use std::thread;
use std::time::{Duration, Instant};

use super::fault::CopyError;
use crate::vault::store::Database;

/// Whether nobody else works with the tables. A server forgets a connection some moments after it was closed.
pub(super) fn alone(database: &Database, served: CopyError) -> Result<(), CopyError> {
    const PATIENCE: Duration = Duration::from_secs(5);
    let since = Instant::now();
    while database.is_used_by_others()? {
        if since.elapsed() > PATIENCE {
            return Err(served);
        }
        thread::sleep(Duration::from_millis(100));
    }
    Ok(())
}
