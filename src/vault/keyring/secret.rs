//! Bytes that must not reach the disk and are wiped after use.

use zeroize::Zeroize;

use crate::vault::entropy::{Entropy, EntropyError};

/// `N` secret bytes, alone on a page that is locked in memory where the system allows it, and wiped
/// on drop. They cannot be printed, copied or compared.
///
/// They are alone on the page because unlocking one secret would unlock the others on it.
pub struct Secret<const N: usize> {
    /// Declared before the page, so that the page is unlocked before it is freed.
    _lock: Option<region::LockGuard>,
    page: Box<Page<N>>,
}

#[repr(align(4096))]
struct Page<const N: usize>([u8; N]);

impl<const N: usize> Secret<N> {
    /// Lets `write` fill the bytes in place; bytes it does not write are zero.
    pub(in crate::vault) fn filled<E>(
        write: impl FnOnce(&mut [u8; N]) -> Result<(), E>,
    ) -> Result<Self, E> {
        let page = Box::new(Page([0; N]));
        // Locking fails where it is not allowed or its limit is used up. Then the bytes can be
        // swapped out, which is worse, but no reason to stop.
        let lock = region::lock(page.0.as_ptr(), N).ok();
        let mut secret = Self { _lock: lock, page };
        write(&mut secret.page.0)?;
        Ok(secret)
    }

    pub(in crate::vault) fn random(entropy: &dyn Entropy) -> Result<Self, EntropyError> {
        Self::filled(|bytes| entropy.fill(bytes))
    }

    /// A copy of `bytes`; `None` if there are not `N`.
    pub(in crate::vault) fn copied(bytes: &[u8]) -> Option<Self> {
        let bytes: &[u8; N] = bytes.try_into().ok()?;
        Self::filled(|own| {
            own.copy_from_slice(bytes);
            Ok::<(), std::convert::Infallible>(())
        })
        .ok()
    }

    pub(in crate::vault) fn bytes(&self) -> &[u8; N] {
        &self.page.0
    }
}

impl<const N: usize> Drop for Secret<N> {
    fn drop(&mut self) {
        self.page.0.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::entropy::SystemEntropy;

    #[test]
    fn a_secret_keeps_what_it_was_given() {
        let secret = Secret::<4>::copied(&[1, 2, 3, 4]).unwrap();
        assert_eq!(secret.bytes(), &[1, 2, 3, 4]);
        assert!(Secret::<4>::copied(&[1, 2, 3]).is_none());
    }

    #[test]
    fn two_secrets_never_share_a_page() {
        let entropy = SystemEntropy::new();
        let (one, other) = (
            Secret::<32>::random(&entropy).unwrap(),
            Secret::<32>::random(&entropy).unwrap(),
        );
        assert_ne!(one.bytes(), other.bytes());
        let page = |secret: &Secret<32>| secret.bytes().as_ptr() as usize;
        assert_eq!(page(&one) % 4096, 0);
        assert_ne!(page(&one), page(&other));
    }
}
