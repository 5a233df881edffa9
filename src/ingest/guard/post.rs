//! Codes of the post: a ZIP code is no passcode, whatever it is called.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::parts::Parts;
use crate::domain::subdivision;

/// True for a word that makes a code beside it one of the post: `postal`, `posta`, `bưu`. A word for the code may stand
/// before it or behind it.
pub(super) fn is_postal(word: &str) -> bool {
    WORDS.contains(word)
}

/// True if the text has such a word in a script without capitals, in which the word for a code may be joined with it.
pub(super) fn has_postal_part(text: &str) -> bool {
    PARTS.are_in(text)
}

/// True for the words with which India calls its ZIP codes.
pub(super) fn is_pin(word: &str) -> bool {
    matches!(
        word,
        "pin"
            | "pincode"
            | "पिन"
            | "पिनकोड"
            | "পিন"
            | "பின்"
            | "పిన్"
            | "ಪಿನ್"
            | "പിൻ"
            | "પિન"
            | "ਪਿੰਨ"
            | "پن"
    )
}

/// True for a state or a large city of India, or for India.
pub(super) fn is_of_india(place: &str) -> bool {
    let place = place.strip_suffix("india").unwrap_or(place).trim_end();
    let is_state = |place| {
        let parts = subdivision::named(place).iter();
        parts.into_iter().any(|part| part.key().starts_with("IN-"))
    };
    place.is_empty() || CITIES.split(", ").any(|city| place.starts_with(city)) || is_state(place)
}

const CITIES: &str = "\
    mumbai, delhi, bengaluru, bangalore, chennai, kolkata, hyderabad, pune, ahmedabad, jaipur, lucknow, kanpur, \
    nagpur, indore, bhopal, patna, surat, vadodara, kochi, coimbatore, visakhapatnam, thane, noida, gurgaon, gurugram, \
    chandigarh, mysuru, mysore, madurai, ludhiana, agra, varanasi, ranchi, guwahati, bhubaneswar, thiruvananthapuram";

static PARTS: LazyLock<Parts> = LazyLock::new(|| Parts::of(POSTAL_PARTS));

static WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| POSTAL.split(", ").collect());

const POSTAL: &str = "\
    zip, zipcode, plz, psč, psc, cep, c.p, post, postal, postale, postali, postais, postales, postaux, poste, posta, \
    postar, postës, postei, posti, postcode, postkode, poskod, poskode, pos, poso, poist, poștal, poştal, poștale, \
    pošta, pošte, poštanski, poštni, poštna, poštová, poštové, poštovní, pašto, pasta, poczta, pocztowy, pocztowe, \
    poczty, pochta, poçt, poçta, почта, почты, почтовый, почтового, пошта, пошти, поштовий, пощенски, поштански, \
    поштенски, паштовы, шуудангийн, ταχυδρομικός, ταχυδρομικος, ταχυδρομείου, bưu, buu, yeposi, leposi, boostada, \
    eircode, postnumber, پستی, پوسٹل, پوسٹ, ڈاک, پوستي, البريدي, بريدي, البريد, डाक, पोस्ट, पोस्टल, हुलाक, टपाल, \
    পোস্ট, পোস্টাল, ডাক, அஞ்சல், తపాలా, పోస్టల్, ಅಂಚೆ, തപാൽ, ટપાલ, ਡਾਕ, තැපැල්, საფოსტო, փոստային, የፖስታ";

const POSTAL_PARTS: &str = "\
    البريدي, رمز بريدي, كود بريدي, پستی, پوسٹ, ڈاک, מיקוד, ไปรษณีย์, ໄປສະນີ, ប្រៃសណីយ, စာတိုက်, စာပို့, 邮编, 邮政, 郵便, \
    郵遞, 郵政, 우편, डाक, पोस्ट, हुलाक, टपाल, পোস্ট, ডাক, அஞ்சல், తపాలా, పోస్ట, ಅಂಚೆ, തപാൽ, ટપાલ, ਡਾਕ, තැපැල්, საფოსტო, \
    փոստ, ፖስታ";
