//! A key that authenticates bytes: HMAC-SHA-256 (RFC 2104).

use ring::hmac;

/// Makes a keyed digest of bytes. Whoever does not have the key can neither make nor check one.
#[derive(Clone)]
pub(in crate::vault) struct MacKey(hmac::Key);

impl MacKey {
    pub(in crate::vault) fn new(key: &[u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, key))
    }

    /// The digest of a label and bytes. No label is the beginning of another.
    pub(in crate::vault) fn mac(&self, label: &[u8], bytes: &[u8]) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.0);
        context.update(label);
        context.update(bytes);
        let mut mac = [0; 32];
        for (out, byte) in mac.iter_mut().zip(context.sign().as_ref()) {
            *out = *byte;
        }
        mac
    }
}
