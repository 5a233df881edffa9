//! The blind index: finds a sealed value without opening all of them.

use ring::hmac;

use super::phone::Phone;

/// The first 16 bytes of HMAC-SHA-256(tag key, len(label) || label || value).
///
/// Equal values of one field of one case have equal tags. Therefore a tag is stored once for each distinct value, and
/// never for each record. With the tag key every possible number can be tried, so tags are personal data.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Tag([u8; 16]);

impl Tag {
    /// A tag as it was stored; it is not checked.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The 16 bytes that are stored.
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

/// The key under which the values of one field of one case are tagged (RFC 2104).
pub struct TagKey(hmac::Key);

impl TagKey {
    pub(in crate::vault) fn new(key: &[u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, key))
    }

    /// The tag of a number, over its digits as a big-endian `u64`.
    pub fn tag_phone(&self, phone: &Phone) -> Tag {
        self.tag("phone", &phone.digits().to_be_bytes())
    }

    /// The tag of a user name, byte for byte as it was logged.
    pub fn tag_user(&self, name: &str) -> Tag {
        self.tag("user", name.as_bytes())
    }

    /// The tag of a name that an operator signs in with.
    pub fn tag_operator(&self, name: &str) -> Tag {
        self.tag("operator", name.as_bytes())
    }

    fn tag(&self, label: &str, value: &[u8]) -> Tag {
        let mut context = hmac::Context::with_key(&self.0);
        context.update(&(label.len() as u32).to_be_bytes());
        context.update(label.as_bytes());
        context.update(value);
        let mut tag = [0; 16];
        for (out, byte) in tag.iter_mut().zip(context.sign().as_ref()) {
            *out = *byte;
        }
        Tag(tag)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hmac_gives_what_its_rfc_gives() {
        for case in crate::vault::plaintext::tests::vectors::cases("hmac") {
            let key = hmac::Key::new(hmac::HMAC_SHA256, &case.bytes("key"));
            let tag = hmac::sign(&key, &case.bytes("message"));
            let expected = case.bytes("tag");
            assert_eq!(tag.as_ref()[..expected.len()], expected, "{}", case.name);
        }
    }

    #[test]
    fn a_tag_is_the_head_of_the_labelled_hmac() {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &[1; 32]);
        let digits = 12_025_550_142_u64.to_be_bytes();
        let message = [&[0, 0, 0, 5][..], b"phone", &digits].concat();
        let tag = TagKey::new(&[1; 32]).tag_phone(&Phone::from_digits(12_025_550_142));
        assert_eq!(tag.as_bytes(), &hmac::sign(&key, &message).as_ref()[..16]);
    }

    #[test]
    fn a_tag_is_the_same_for_the_same_number_and_key_only() {
        let (one, other) = (TagKey::new(&[1; 32]), TagKey::new(&[2; 32]));
        let phone = Phone::from_digits(12_025_550_142);
        assert!(one.tag_phone(&phone) == one.tag_phone(&Phone::from_digits(12_025_550_142)));
        assert!(one.tag_phone(&phone) != one.tag_phone(&Phone::from_digits(12_025_550_143)));
        assert!(one.tag_phone(&phone) != other.tag_phone(&phone));
    }

    #[test]
    fn a_tag_is_bound_to_what_it_tags() {
        let key = TagKey::new(&[1; 32]);
        assert!(key.tag_user("ada") != key.tag_operator("ada"));
        let tag = key.tag_user("ada");
        assert!(Tag::from_bytes(*tag.as_bytes()) == tag);
    }
}
