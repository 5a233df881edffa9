//! Mobile networks by their codes (ITU-T E.212).

/// The name of the carrier with a country code and a network code. Nothing is
/// known here yet.
pub fn carrier_name(_mcc: &str, _mnc: &str) -> Option<&'static str> {
    None
}
