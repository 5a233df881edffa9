//! Which key a ciphertext was sealed under, and which version of the format it has.

pub(super) const FORMAT_VERSION: u8 = 1;

/// The bit that the ids of the vault's own keys have.
const OF_VAULT: u32 = 1 << 31;

/// Tells a key from others of the same use. It is part of every ciphertext.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(u32);

impl KeyId {
    /// The id with this number.
    pub const fn new(number: u32) -> Self {
        Self(number)
    }

    /// The id of the vault's own key of this number. No key of a case has it: theirs are below.
    pub(in crate::vault) const fn of_vault(number: u32) -> Self {
        Self(OF_VAULT | number)
    }

    /// Whether it is a key of the vault itself, and of no case.
    pub fn is_of_vault(self) -> bool {
        self.0 & OF_VAULT != 0
    }

    /// The number, as it is written big-endian into ciphertexts.
    pub fn number(self) -> u32 {
        self.0
    }

    /// The id in a ciphertext. It is not authenticated until the ciphertext is opened.
    pub fn of_sealed(sealed: &[u8]) -> Option<Self> {
        let bytes = sealed.get(1..5)?.try_into().ok()?;
        (sealed.first() == Some(&FORMAT_VERSION)).then(|| Self(u32::from_be_bytes(bytes)))
    }

    /// How every ciphertext under this key begins: the version of the format and the id.
    pub fn front(self) -> [u8; 5] {
        let [a, b, c, d] = self.to_be_bytes();
        [FORMAT_VERSION, a, b, c, d]
    }

    pub(super) fn to_be_bytes(self) -> [u8; 4] {
        self.0.to_be_bytes()
    }
}
