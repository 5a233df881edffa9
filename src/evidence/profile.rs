//! The BagIt profile that our packages declare.
//!
//! The identifier is only a name; nothing is fetched from it.

/// The profile as JSON (BagIt Profiles 1.3.0), as `docs/bagit-profile.json` has it.
pub const PROFILE: &str = include_str!("../../docs/bagit-profile.json");

/// The identifier of the profile, a name that is never fetched.
pub const PROFILE_IDENTIFIER: &str = "https://breachvault.example/profiles/evidence-v1.json";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::bag;

    #[test]
    fn the_profile_is_the_one_packages_name() {
        let profile: serde_json::Value = serde_json::from_str(PROFILE).unwrap();
        let info = &profile["BagIt-Profile-Info"];
        assert_eq!(info["BagIt-Profile-Identifier"], PROFILE_IDENTIFIER);
    }

    #[test]
    fn the_profile_requires_the_tags_the_verifier_requires() {
        let profile: serde_json::Value = serde_json::from_str(PROFILE).unwrap();
        let mut required: Vec<&str> = profile["Bag-Info"]
            .as_object()
            .unwrap()
            .iter()
            .filter(|(_, rule)| rule["required"] == true)
            .map(|(label, _)| label.as_str())
            .collect();
        required.sort_unstable();
        let mut ours = bag::REQUIRED.to_vec();
        ours.sort_unstable();
        assert_eq!(required, ours);
    }
}
