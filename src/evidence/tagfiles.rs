//! The tag files of a package that is being made, and the tag manifest.

use crate::evidence::bag::{DECLARATION, Oxum};
use crate::evidence::digest::{Digests, sha256};
use crate::evidence::manifest::Manifest;
use crate::evidence::{BagInfo, EvidenceError};

/// The tag files by name, and the tag manifest that lists exactly these.
pub(super) struct TagFiles {
    pub(super) listed: [(&'static str, String); 4],
    pub(super) tagmanifest: String,
}

impl TagFiles {
    /// Makes the tag files; `payload` has every file of `data/`, by its name there.
    pub(super) fn of(payload: &[(String, Digests)], info: &BagInfo) -> Result<Self, EvidenceError> {
        let (mut manifest_256, mut manifest_512) = (Manifest::default(), Manifest::default());
        let mut oxum = Oxum::default();
        for (name, digests) in payload {
            manifest_256.add(&format!("data/{name}"), &digests.sha256);
            manifest_512.add(&format!("data/{name}"), &digests.sha512);
            oxum.count(digests.bytes);
        }
        let listed = [
            ("bagit.txt", DECLARATION.to_owned()),
            ("bag-info.txt", info.render(oxum)?),
            ("manifest-sha256.txt", manifest_256.render()),
            ("manifest-sha512.txt", manifest_512.render()),
        ];
        let mut over = Manifest::default();
        for (name, text) in &listed {
            over.add(name, &sha256(text.as_bytes()));
        }
        Ok(Self {
            tagmanifest: over.render(),
            listed,
        })
    }
}
