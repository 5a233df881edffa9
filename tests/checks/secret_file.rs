//! Files of secrets, written as their owner would: nobody else can read them.

use std::io::Write as _;
use std::path::Path;

use breachvault::vault::private_files::make_file;

pub(crate) fn write_secret(path: impl AsRef<Path>, text: &str) {
    let mut file = make_file(path.as_ref()).unwrap();
    file.write_all(text.as_bytes()).unwrap();
}
