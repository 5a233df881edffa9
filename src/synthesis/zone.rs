//! Local time in March 2024: offsets and the clock changes that fall in it.
//!
//! A state or country in several zones is put in the one where most people live.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Zone {
    Eastern,
    Central,
    Pacific,
    Mountain,
    Britain,
    Europe,
    EasternEurope,
    Atlantic,
    Newfoundland,
    /// Mountain time all year: Arizona, and Yukon under its own name.
    Arizona,
    /// Central time all year: Saskatchewan, Mexico.
    CentralFixed,
    Alaska,
    Hawaii,
    Brazil,
    Israel,
    SouthAfrica,
    Gulf,
    India,
    China,
    Japan,
    Darwin,
    Adelaide,
    Brisbane,
    Sydney,
    NewZealand,
}

impl Zone {
    pub(super) const ALL: [Self; 25] = [
        Self::Eastern,
        Self::Central,
        Self::Pacific,
        Self::Mountain,
        Self::Britain,
        Self::Europe,
        Self::EasternEurope,
        Self::Atlantic,
        Self::Newfoundland,
        Self::Arizona,
        Self::CentralFixed,
        Self::Alaska,
        Self::Hawaii,
        Self::Brazil,
        Self::Israel,
        Self::SouthAfrica,
        Self::Gulf,
        Self::India,
        Self::China,
        Self::Japan,
        Self::Darwin,
        Self::Adelaide,
        Self::Brisbane,
        Self::Sydney,
        Self::NewZealand,
    ];

    /// Minutes to add to UTC, at so many minutes after 2024-03-01T00:00Z.
    pub(super) fn offset(self, minute: i64) -> i64 {
        match self {
            Self::Eastern => american(-300, minute),
            Self::Central => american(-360, minute),
            Self::Pacific => american(-480, minute),
            Self::Mountain => american(-420, minute),
            Self::Atlantic => american(-240, minute),
            Self::Newfoundland => american(-210, minute),
            Self::Alaska => american(-540, minute),
            Self::Britain => european(0, minute),
            Self::Europe => european(60, minute),
            Self::EasternEurope => european(120, minute),
            Self::Israel => changed(120, minute, at(29, 0)),
            Self::Arizona => -420,
            Self::CentralFixed => -360,
            Self::Hawaii => -600,
            Self::Brazil => -180,
            Self::SouthAfrica => 120,
            Self::Gulf => 240,
            Self::India => 330,
            Self::China => 480,
            Self::Japan => 540,
            Self::Darwin => 570,
            Self::Brisbane => 600,
            // Summer time in the south lasts until April.
            Self::Adelaide => 630,
            Self::Sydney => 660,
            Self::NewZealand => 780,
        }
    }

    /// How many days the working week starts before Monday.
    pub(super) fn week_starts_early(self) -> i64 {
        i64::from(self == Self::Israel)
    }
}

/// 10 March, 02:00 standard time.
fn american(standard: i64, minute: i64) -> i64 {
    changed(standard, minute, at(10, 2) - standard)
}

/// 31 March, 01:00 UTC.
fn european(standard: i64, minute: i64) -> i64 {
    changed(standard, minute, at(31, 1))
}

fn changed(standard: i64, minute: i64, change: i64) -> i64 {
    if minute < change {
        standard
    } else {
        standard + 60
    }
}

const fn at(day: i64, hour: i64) -> i64 {
    ((day - 1) * 24 + hour) * 60
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_change_when_they_did_in_march_2024() {
        assert_eq!(Zone::Eastern.offset(at(10, 7) - 1), -300);
        assert_eq!(Zone::Eastern.offset(at(10, 7)), -240);
        assert_eq!(Zone::Pacific.offset(at(10, 10) - 1), -480);
        assert_eq!(Zone::Pacific.offset(at(10, 10)), -420);
        assert_eq!(Zone::Europe.offset(at(31, 1) - 1), 60);
        assert_eq!(Zone::Europe.offset(at(31, 1)), 120);
        assert_eq!(Zone::Israel.offset(at(29, 0)), 180);
        assert_eq!(Zone::Arizona.offset(at(31, 23)), -420);
    }

    #[test]
    fn every_zone_stands_at_its_own_place_in_the_list() {
        for (at, zone) in Zone::ALL.into_iter().enumerate() {
            assert_eq!(zone as usize, at);
        }
    }
}
