//! Carriers of a country with their shares of subscribers, in per cent.
//!
//! Approximate. Only Verizon (Statista's summary of the companies' reports, Q2
//! 2024) and India (TRAI, October 2022) were set against a published figure; the
//! others are the rough picture that the body named at the line publishes, not
//! checked figure by figure. Customers of resellers are counted with their
//! network unless the reseller is named. docs/synthetic-data.md says the same.

/// In the order of `country::COUNTRIES`.
pub(super) static CARRIERS: [(&str, &[Carrier]); 31] = [
    // Company reports, 2023-2024
    (
        "US",
        &[
            ("Verizon", 37),
            ("T-Mobile", 31),
            ("AT&T", 29),
            ("UScellular", 2),
            ("Cellcom", 1),
        ],
    ),
    // Ofcom, 2023
    (
        "GB",
        &[
            ("EE", 28),
            ("O2", 27),
            ("Vodafone", 22),
            ("Three", 14),
            ("Tesco Mobile", 6),
            ("Sky Mobile", 3),
        ],
    ),
    // CRTC, 2023
    (
        "CA",
        &[
            ("Rogers", 32),
            ("Telus", 28),
            ("Bell", 28),
            ("Videotron", 10),
            ("SaskTel", 2),
        ],
    ),
    // Bundesnetzagentur, 2023
    (
        "DE",
        &[("Telekom", 36), ("Vodafone", 36), ("O2", 26), ("1&1", 2)],
    ),
    // Arcep, 2023
    (
        "FR",
        &[("Orange", 36), ("SFR", 26), ("Bouygues", 19), ("Free", 19)],
    ),
    // ACCC, 2023
    ("AU", &[("Telstra", 46), ("Optus", 31), ("Vodafone", 23)]),
    // TRAI, October 2022
    (
        "IN",
        &[("Jio", 37), ("Airtel", 32), ("Vi", 21), ("BSNL", 10)],
    ),
    // ACM, 2023
    ("NL", &[("KPN", 38), ("Odido", 34), ("Vodafone", 28)]),
    // MIC, 2023
    (
        "JP",
        &[
            ("NTT Docomo", 41),
            ("KDDI", 31),
            ("SoftBank", 25),
            ("Rakuten", 3),
        ],
    ),
    // AGCOM, 2023
    (
        "IT",
        &[
            ("TIM", 26),
            ("WindTre", 26),
            ("Vodafone", 23),
            ("Iliad", 14),
            ("PosteMobile", 6),
            ("Fastweb", 5),
        ],
    ),
    // CNMC, 2023
    (
        "ES",
        &[
            ("Movistar", 27),
            ("Orange", 23),
            ("Yoigo", 22),
            ("Vodafone", 21),
            ("Digi", 7),
        ],
    ),
    // Anatel, 2023
    (
        "BR",
        &[("Vivo", 39), ("Claro", 33), ("TIM", 25), ("Algar", 3)],
    ),
    // IFT, 2023
    (
        "MX",
        &[("Telcel", 58), ("Movistar", 16), ("AT&T", 16), ("Bait", 10)],
    ),
    // ComCom, 2023
    ("CH", &[("Swisscom", 56), ("Sunrise", 26), ("Salt", 18)]),
    // PTS, 2023
    (
        "SE",
        &[("Telia", 36), ("Tele2", 27), ("Telenor", 19), ("Tre", 18)],
    ),
    // ComReg, 2023
    (
        "IE",
        &[
            ("Three", 37),
            ("Vodafone", 29),
            ("Eir", 23),
            ("Tesco Mobile", 11),
        ],
    ),
    // IMDA and company reports, 2023
    (
        "SG",
        &[("Singtel", 45), ("StarHub", 24), ("M1", 24), ("Simba", 7)],
    ),
    // BIPT, 2023
    ("BE", &[("Proximus", 41), ("Orange", 31), ("Base", 28)]),
    // Nkom, 2023
    ("NO", &[("Telenor", 48), ("Telia", 36), ("Ice", 16)]),
    // Danish Agency for Digital Government, 2023
    (
        "DK",
        &[("TDC", 39), ("Telenor", 23), ("3", 20), ("Telia", 18)],
    ),
    // UKE, 2023
    (
        "PL",
        &[("Orange", 29), ("Play", 27), ("T-Mobile", 22), ("Plus", 22)],
    ),
    // RTR, 2023
    ("AT", &[("A1", 40), ("Magenta", 33), ("Drei", 27)]),
    // Company reports, 2023
    (
        "IL",
        &[
            ("Cellcom", 31),
            ("Pelephone", 26),
            ("Partner", 25),
            ("HOT Mobile", 18),
        ],
    ),
    // Traficom, 2023
    ("FI", &[("Elisa", 40), ("Telia", 31), ("DNA", 29)]),
    // Commerce Commission, 2023
    ("NZ", &[("Spark", 40), ("One NZ", 38), ("2degrees", 22)]),
    // MSIT, 2023
    ("KR", &[("SK Telecom", 48), ("KT", 28), ("LG U+", 24)]),
    // TDRA and company reports, 2023
    ("AE", &[("Etisalat", 62), ("du", 38)]),
    // Anacom, 2023
    ("PT", &[("MEO", 41), ("Vodafone", 30), ("NOS", 29)]),
    // ICASA and company reports, 2023
    (
        "ZA",
        &[("Vodacom", 43), ("MTN", 33), ("Telkom", 16), ("Cell C", 8)],
    ),
    // Company reports, 2023
    (
        "HK",
        &[
            ("CSL", 30),
            ("3", 27),
            ("China Mobile", 24),
            ("SmarTone", 19),
        ],
    ),
    // Company reports, 2023
    ("PH", &[("Smart", 47), ("Globe", 44), ("DITO", 9)]),
];

/// A name that needs no quotes in CSV or JSON, and its per cent.
pub(super) type Carrier = (&'static str, u8);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthesis::country::COUNTRIES;

    #[test]
    fn every_country_has_its_carriers_and_their_shares_add_up() {
        for (country, (code, carriers)) in COUNTRIES.iter().zip(&CARRIERS) {
            assert_eq!(country.code, *code);
            assert_eq!(
                carriers
                    .iter()
                    .map(|(_, share)| u32::from(*share))
                    .sum::<u32>(),
                100,
                "{code}"
            );
            assert!(
                carriers
                    .iter()
                    .all(|(name, _)| !name.contains([',', '"', '\n']))
            );
        }
    }
}
