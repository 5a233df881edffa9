//! The row of the log's head, which each process that writes locks before it goes on from there.

/// What the row says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) size: u64,
    /// The signed checkpoint.
    pub(crate) note: String,
    /// The seal over the control rows.
    pub(crate) control: Vec<u8>,
}

impl Head {
    /// What a head is known by: no two seals begin alike, because each has a random nonce.
    pub(super) fn name_of(control: &[u8]) -> Vec<u8> {
        control.iter().take(NAME).copied().collect()
    }
}

const NAME: usize = 32;
