//! Manifests (RFC 8493 §2.1.3): a digest and a path on each line.
//!
//! Written as `sha256sum` writes them and read as strictly as they are written:
//! lower-case hex, two spaces, a plain path, LF, no path twice.

use std::collections::BTreeMap;

use crate::domain::hex;
use crate::evidence::name::is_plain_path;

/// Digests in hex, by path.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Manifest(BTreeMap<String, String>);

/// The first malformed line of a manifest, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BadLine(pub(super) usize);

impl Manifest {
    pub(super) fn add(&mut self, path: &str, digest: &[u8]) {
        self.0.insert(path.to_owned(), hex::encode(digest));
    }

    pub(super) fn digest(&self, path: &str) -> Option<&str> {
        self.0.get(path).map(String::as_str)
    }

    pub(super) fn paths(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    pub(super) fn render(&self) -> String {
        self.0
            .iter()
            .map(|(path, digest)| format!("{digest}  {path}\n"))
            .collect()
    }

    /// Parses a manifest; `digest_bytes` is the length of its algorithm's digests.
    pub(super) fn parse(bytes: &[u8], digest_bytes: usize) -> Result<Self, BadLine> {
        let text = std::str::from_utf8(bytes).map_err(|_| BadLine(1))?;
        let mut manifest = Self::default();
        let mut line_number = 0;
        for line in text.split_inclusive('\n') {
            line_number += 1;
            let bad = BadLine(line_number);
            let (digest, path) = line
                .strip_suffix('\n')
                .and_then(|line| line.split_once("  "))
                .ok_or(bad)?;
            if digest.len() != digest_bytes * 2 || !digest.bytes().all(is_hex) {
                return Err(bad);
            }
            if !is_plain_path(path) {
                return Err(bad);
            }
            if manifest
                .0
                .insert(path.to_owned(), digest.to_owned())
                .is_some()
            {
                return Err(bad);
            }
        }
        Ok(manifest)
    }
}

fn is_hex(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'a'..=b'f')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_manifest_is_written_as_sha256sum_writes_it() {
        let mut manifest = Manifest::default();
        manifest.add("data/b", &[0xab; 32]);
        manifest.add("data/a", &[1; 32]);
        let text = manifest.render();
        assert_eq!(
            text,
            format!("{}  data/a\n{}  data/b\n", "01".repeat(32), "ab".repeat(32))
        );
        assert_eq!(Manifest::parse(text.as_bytes(), 32), Ok(manifest));
    }

    #[test]
    fn a_line_that_is_not_of_a_manifest_is_named() {
        let good = format!("{}  data/a\n", "ab".repeat(32));
        let bad = [
            "x\n".to_owned(),
            "\n".to_owned(),
            good.trim_end().to_owned(),
            good.replace("ab", "AB"),
            good.replace("  ", " "),
            good.replace("  ", " *"),
            good.replace("data", ".."),
            good.replace("data", ""),
            good.replace('\n', "\r\n"),
            good.clone(),
        ];
        for line in bad {
            let text = format!("{good}{line}");
            assert_eq!(
                Manifest::parse(text.as_bytes(), 32),
                Err(BadLine(2)),
                "{line:?}"
            );
        }
        assert_eq!(Manifest::parse(good.as_bytes(), 64), Err(BadLine(1)));
        assert_eq!(Manifest::parse(&[0xff], 32), Err(BadLine(1)));
    }

    proptest! {
        #[test]
        fn parsing_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = Manifest::parse(&bytes, 32);
        }

        #[test]
        fn what_is_rendered_is_read_back(
            files in proptest::collection::btree_map("data/[a-z0-9][A-Za-z0-9._-]{0,20}", any::<[u8; 32]>(), 0..20)
        ) {
            let mut manifest = Manifest::default();
            for (path, digest) in &files {
                manifest.add(path, digest);
            }
            prop_assert_eq!(Manifest::parse(manifest.render().as_bytes(), 32), Ok(manifest));
        }
    }
}
