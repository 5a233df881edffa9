//! The key of a node of its own, by which other nodes know who asks them and who answers: `keys/node.key`.
//!
//! Ed25519, as PKCS #8 in PEM (RFC 8410, 7). Of no use for anything but that: nothing is sealed or signed for good with
//! it. The node's control row has SHA-256 of its public key, so whoever writes the database without the vault's keys
//! makes no key that of a node. It is made when it is needed first, and never copied: a directory that joins gets
//! another one.

use std::fs::File;
use std::io::{ErrorKind, Read as _};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{SHA256, digest};
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use rustls::pki_types::PrivatePkcs8KeyDer;
use zeroize::Zeroizing;

use super::entropy::{Entropy, draw};
use super::keyring::replace_file;
use super::paths::Paths;
use super::private_files::{OpenToOthers, check_secret};
use crate::domain::io_words;

/// Why a node has no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NodeKeyFault {
    /// The file could not be read or written.
    #[error("keys/node.key could not be read or written: {}", io_words(*.0))]
    Io(ErrorKind),
    /// Others than its owner can read it.
    #[error("keys/node.key is refused: {0}")]
    OpenToOthers(OpenToOthers),
    /// It is not what the vault writes there.
    #[error("keys/node.key is no key of a node: remove it, and the next start makes another one")]
    Form,
    /// The system gave no randomness.
    #[error("the system gave no randomness for the key of the node")]
    NoEntropy,
}

/// The key of this node.
pub(in crate::vault) struct NodeKey {
    /// PKCS #8.
    private: Zeroizing<Vec<u8>>,
    /// SubjectPublicKeyInfo.
    public: Vec<u8>,
}

impl NodeKey {
    /// The one that the directory has; where it has none, another one is made.
    pub(in crate::vault) fn of(paths: &Paths, entropy: &dyn Entropy) -> Result<Self, NodeKeyFault> {
        let file = match File::open(paths.node_key()) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Self::make(paths, entropy),
            Err(error) => return Err(NodeKeyFault::Io(error.kind())),
        };
        check_secret(&file).map_err(NodeKeyFault::OpenToOthers)?;
        let mut text = Zeroizing::new(String::with_capacity(LARGEST));
        let most = u64::try_from(LARGEST).unwrap_or(u64::MAX);
        let read = file.take(most).read_to_string(&mut text);
        read.map_err(|error| NodeKeyFault::Io(error.kind()))?;
        Self::parse(&text).ok_or(NodeKeyFault::Form)
    }

    /// Another one, in the place of whatever was there.
    pub(in crate::vault) fn make(
        paths: &Paths,
        entropy: &dyn Entropy,
    ) -> Result<Self, NodeKeyFault> {
        let seed = draw::<SEED>(entropy).map_err(|_| NodeKeyFault::NoEntropy)?;
        let seed = Zeroizing::new(seed);
        let mut private = Zeroizing::new(Vec::with_capacity(PRIVATE.len() + SEED));
        private.extend_from_slice(PRIVATE);
        private.extend_from_slice(&*seed);
        let mut text = Zeroizing::new(String::with_capacity(LARGEST));
        text.push_str(BEGIN);
        STANDARD.encode_string(&*private, &mut text);
        text.push_str(END);
        let written = replace_file(&paths.node_key(), text.as_bytes());
        written.map_err(|error| NodeKeyFault::Io(error.kind()))?;
        Self::of_private(private).ok_or(NodeKeyFault::Form)
    }

    /// SHA-256 of its public key.
    pub(in crate::vault) fn print(&self) -> [u8; 32] {
        print_of(&self.public)
    }

    /// Its public key: a SubjectPublicKeyInfo (RFC 5280, 4.1), in DER.
    pub(in crate::vault) fn public(&self) -> &[u8] {
        &self.public
    }

    /// The key itself, for the library that proves it to others.
    pub(in crate::vault) fn private(&self) -> PrivatePkcs8KeyDer<'_> {
        PrivatePkcs8KeyDer::from(&self.private[..])
    }

    fn parse(text: &str) -> Option<Self> {
        let body = text.strip_prefix(BEGIN)?.strip_suffix(END)?;
        let private = Zeroizing::new(STANDARD.decode(body).ok()?);
        Self::of_private(private)
    }

    fn of_private(private: Zeroizing<Vec<u8>>) -> Option<Self> {
        let seed = private.strip_prefix(PRIVATE)?;
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).ok()?;
        let public = [PUBLIC, pair.public_key().as_ref()].concat();
        Some(Self { private, public })
    }
}

/// SHA-256 of a public key: what tells the keys of nodes apart.
pub(in crate::vault) fn print_of(public: &[u8]) -> [u8; 32] {
    let mut print = [0; 32];
    print.copy_from_slice(digest(&SHA256, public).as_ref());
    print
}

const SEED: usize = 32;
/// The file has less.
const LARGEST: usize = 512;
const BEGIN: &str = "-----BEGIN PRIVATE KEY-----\n";
const END: &str = "\n-----END PRIVATE KEY-----\n";
/// What comes before the seed and before the public key (RFC 8410, 4 and 7).
const PRIVATE: &[u8] = b"\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20";
const PUBLIC: &[u8] = b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00";

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;
    use crate::vault::entropy::SystemEntropy;

    #[test]
    fn a_key_is_made_once_for_its_owner_alone_and_another_one_for_who_joins() {
        let folder = tempfile::tempdir().unwrap();
        let (paths, entropy) = (Paths::of(folder.path()), SystemEntropy::new());
        fs::create_dir(paths.keys()).unwrap();
        let made = NodeKey::of(&paths, &entropy).ok().unwrap().print();
        let file = paths.node_key();
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(NodeKey::of(&paths, &entropy).ok().unwrap().print(), made);
        let another = NodeKey::make(&paths, &entropy).ok().unwrap().print();
        assert_ne!(another, made);
        assert_eq!(NodeKey::of(&paths, &entropy).ok().unwrap().print(), another);
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        let refused = NodeKey::of(&paths, &entropy).err();
        assert!(matches!(refused, Some(NodeKeyFault::OpenToOthers(_))));
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        fs::write(&file, "no key").unwrap();
        assert_eq!(
            NodeKey::of(&paths, &entropy).err(),
            Some(NodeKeyFault::Form)
        );
    }

    #[test]
    fn the_key_of_rfc_8410_is_read() {
        let text =
            format!("{BEGIN}MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC{END}");
        let read = NodeKey::parse(&text).unwrap();
        let public = "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=";
        assert_eq!(STANDARD.encode(read.public()), public);
        assert!(NodeKey::parse(&text.replace("MC4", "MC5")).is_none());
    }
}
