//! `[oidc]`: an OpenID provider by which people come in, such as the one of the organisation.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde::{Deserialize, Serialize, Serializer};

use super::ConfigError;
use crate::domain::HomeRole;
use crate::domain::oidc::is_at;
use crate::vault::TrustedProvider;

/// Where the provider sends browsers back to.
const BACK: &str = "/console/provider/back";
/// The longest name on the button.
const NAME_LONGEST: usize = 60;

/// The settings of `[oidc]`. Without an issuer nobody comes in by a provider.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Oidc {
    /// The provider's address, letter by letter as it names itself; empty: there is none.
    pub issuer: String,
    /// What the provider calls the vault.
    pub client_id: String,
    /// The file of the secret that the vault shows the provider, which only its owner can read.
    #[serde(serialize_with = "as_text")]
    pub client_secret_file: Option<PathBuf>,
    /// What the page to sign in calls the provider.
    pub name: String,
    /// Where the provider sends browsers back to, as it was registered there.
    pub redirect: String,
    /// What is asked for beside `openid`.
    pub scopes: Vec<String>,
    /// Claims of the ID token that must have these values.
    pub required_claims: BTreeMap<String, String>,
    /// In which claim of the ID token the groups are.
    pub groups_claim: String,
    /// The role in the vault of whoever is in a group, by the name of the group.
    pub roles: BTreeMap<String, HomeRole>,
    /// PEM, the authorities that vouch for the provider's certificate; the machine's own if absent.
    #[serde(serialize_with = "as_text")]
    pub ca_file: Option<PathBuf>,
}

/// A path as it is shown, because it need not be UTF-8.
fn as_text<S: Serializer>(path: &Option<PathBuf>, serializer: S) -> Result<S::Ok, S::Error> {
    let text = path.as_ref().map(|path| path.to_string_lossy());
    text.serialize(serializer)
}

impl Default for Oidc {
    fn default() -> Self {
        Self {
            issuer: String::new(),
            client_id: String::new(),
            client_secret_file: None,
            name: "your organisation".to_owned(),
            redirect: String::new(),
            scopes: Vec::new(),
            required_claims: BTreeMap::new(),
            groups_claim: "groups".to_owned(),
            roles: BTreeMap::new(),
            ca_file: None,
        }
    }
}

impl Oidc {
    /// Whether people come in by a provider.
    pub fn is_on(&self) -> bool {
        !self.issuer.is_empty()
    }

    /// What the vault has to know of it.
    pub(super) fn trusted(&self) -> Option<TrustedProvider> {
        self.is_on().then(|| TrustedProvider {
            issuer: self.issuer.clone(),
            roles: self.roles.clone(),
        })
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let refused = |setting, rule| Err(ConfigError::Refused { setting, rule });
        if self
            .roles
            .values()
            .any(|role| *role == HomeRole::Administrator)
        {
            return refused(
                "oidc.roles",
                "no group makes an administrator: invite each one",
            );
        }
        if !self.is_on() {
            return Ok(());
        }
        if !is_at(&self.issuer) || self.issuer.contains('?') {
            return refused("oidc.issuer", "must be https://…, without a query");
        }
        if self.client_id.is_empty() || self.client_secret_file.is_none() {
            return refused("oidc", "give client_id and client_secret_file");
        }
        let host = self.redirect.strip_suffix(BACK).unwrap_or_default();
        let host_only = host.strip_prefix("https://").unwrap_or("/");
        if !is_at(host) || host_only.contains(['/', '?']) {
            let rule = "must be https://NAME/console/provider/back or https://NAME:PORT/console/provider/back";
            return refused("oidc.redirect", rule);
        }
        let words = |text: &String| {
            let plain = |byte: u8| byte.is_ascii_graphic() && !b"\"\\".contains(&byte);
            !text.is_empty() && text.bytes().all(plain)
        };
        if !self.scopes.iter().all(words) {
            return refused("oidc.scopes", "must be words without spaces");
        }
        if self.roles.is_empty() {
            return refused(
                "oidc.roles",
                "must name a group; otherwise nobody could come in",
            );
        }
        if self.groups_claim.is_empty() {
            return refused("oidc.groups_claim", "must be the name of a claim");
        }
        // What the vault itself checks is not to be set here.
        let own = BTreeSet::from(["iss", "aud", "azp", "exp", "iat", "nbf", "nonce", "at_hash"]);
        if self
            .required_claims
            .keys()
            .any(|name| own.contains(name.as_str()))
        {
            return refused(
                "oidc.required_claims",
                "iss, aud, exp, nonce and the like are checked anyway",
            );
        }
        let shown = (1..=NAME_LONGEST).contains(&self.name.chars().count());
        match shown && !self.name.chars().any(char::is_control) {
            true => Ok(()),
            false => refused("oidc.name", "must have 1 to 60 characters"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    const SOUND: &str = r#"[oidc]
        issuer = "https://login.example/tenant"
        client_id = "vault"
        client_secret_file = "secret"
        redirect = "https://vault.example:8443/console/provider/back"
        roles = { "breach leads" = "lead", auditors = "auditor" }
    "#;

    #[test]
    fn a_provider_needs_all_that_makes_it_one() {
        let sound = Config::parse(SOUND).unwrap();
        let trusted = sound.settings().provider.unwrap();
        assert_eq!(trusted.issuer, "https://login.example/tenant");
        let groups = |names: &[&str]| {
            names
                .iter()
                .map(|name| (*name).to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(
            trusted.role_of(&groups(&["staff", "breach leads"])),
            Some(HomeRole::Lead)
        );
        assert_eq!(
            trusted.role_of(&groups(&["auditors"])),
            Some(HomeRole::Auditor)
        );
        for none in [
            &["staff"][..],
            &[],
            &["Breach leads"],
            &["breach leads", "auditors"],
        ] {
            assert_eq!(trusted.role_of(&groups(none)), None, "{none:?}");
        }
        assert!(Config::parse("").unwrap().settings().provider.is_none());
        for (line, other) in [
            ("issuer", "\"http://login.example\""),
            ("issuer", "\"https://a@login.example\""),
            ("issuer", "\"https://login.example?x\""),
            ("client_id", "\"\""),
            ("client_secret_file", ""),
            ("redirect", "\"https://vault.example\""),
            ("redirect", "\"http://vault.example/console/provider/back\""),
            (
                "redirect",
                "\"https://vault.example/x/console/provider/back\"",
            ),
            ("redirect", "\"https:///console/provider/back\""),
            ("redirect", "\"\""),
            ("roles", "{}"),
            ("roles", "{ all = \"administrator\" }"),
            ("roles", "{ all = \"root\" }"),
            ("scopes", "[\"a b\"]"),
            ("groups_claim", "\"\""),
            ("required_claims", "{ aud = \"x\" }"),
            ("name", "\"\""),
            ("name", "\"a\\nb\""),
        ] {
            let mut lines: Vec<String> = SOUND.lines().map(str::to_owned).collect();
            lines.retain(|one| !one.trim_start().starts_with(&format!("{line} =")));
            if !other.is_empty() {
                lines.push(format!("{line} = {other}"));
            }
            assert!(
                Config::parse(&lines.join("\n")).is_err(),
                "{line} = {other}"
            );
        }
    }

    #[test]
    fn no_group_makes_an_administrator_even_where_nothing_was_checked() {
        let roles = BTreeMap::from([("all".to_owned(), HomeRole::Administrator)]);
        let trusted = TrustedProvider {
            issuer: "https://login.example".to_owned(),
            roles,
        };
        assert_eq!(trusted.role_of(&["all".to_owned()]), None);
    }
}
