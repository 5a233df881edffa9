//! What an installation may configure. `config` reads it; each setting has a default.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::domain::{CaseRole, HomeRole, Moment, RelyingParty, words};
use crate::policy::Seat;
use crate::vault::argon2id::Argon2Params;
use crate::vault::key_ages::KeyAges;
use crate::vault::program::Programs;

words! {
    /// Who must have a second factor; everybody else may.
    pub enum SecondFactor {
        /// Leads, custodians and administrators must, and whoever is a lead or custodian in a case.
        ByRole => "by-role",
        /// Everybody must.
        Required => "required",
        /// Nobody must.
        Offered => "offered",
    }
}

impl SecondFactor {
    /// Whether an operator of this home role needs a second factor, to sign in and to act.
    pub fn is_needed_by(self, role: HomeRole) -> bool {
        match self {
            Self::ByRole => matches!(
                role,
                HomeRole::Lead | HomeRole::Custodian | HomeRole::Administrator
            ),
            Self::Required => true,
            Self::Offered => false,
        }
    }

    /// Whether a member of a case needs one in this role, whatever their home role is.
    pub fn is_needed_in(self, role: CaseRole) -> bool {
        match self {
            Self::ByRole => matches!(role, CaseRole::Lead | CaseRole::Custodian),
            Self::Required => true,
            Self::Offered => false,
        }
    }
}

words! {
    /// Who must have a passkey, to do anything in a vault that is served; everybody else may.
    pub enum Passkeys {
        /// Leads, custodians and administrators must, and whoever is a lead or custodian in a case.
        Required => "required",
        /// Nobody must.
        Offered => "offered",
    }
}

impl Passkeys {
    /// Whether an operator of this home role needs a passkey to act.
    pub fn is_needed_by(self, role: HomeRole) -> bool {
        self == Self::Required && SecondFactor::ByRole.is_needed_by(role)
    }

    /// Whether a member of a case needs one in this role, whatever their home role is.
    pub fn is_needed_in(self, role: CaseRole) -> bool {
        self == Self::Required && SecondFactor::ByRole.is_needed_in(role)
    }
}

/// What somebody must have to act in what they are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::vault) struct Needed {
    /// A second factor: a code, or a passkey.
    pub(in crate::vault) factor: bool,
    /// A passkey.
    pub(in crate::vault) passkey: bool,
}

impl Needed {
    /// The same for somebody who comes in by a provider. They have no password, so no code either: their second factor
    /// is a passkey.
    pub(in crate::vault) fn by_provider(self) -> Self {
        Self {
            factor: false,
            passkey: self.factor || self.passkey,
        }
    }
}

/// Limits and lifetimes. Units are in the names.
#[derive(Debug, Clone, Serialize)]
pub struct Settings {
    /// How long a session lasts, in seconds.
    pub session_s: i64,
    /// How long a session may be unused, in seconds. If that is not shorter than it lasts, it may be unused all the
    /// time.
    pub idle_s: i64,
    /// How long an invitation can be used, in seconds.
    pub enrolment_s: i64,
    /// How long a request waits for a decision, and an approved reveal for its opening, in seconds.
    pub reveal_s: i64,
    /// The same for exports, and how long a destruction waits for its decision.
    pub export_s: i64,
    /// How long a destruction waits between its approval and the moment when somebody can carry it out.
    pub destruction_delay_s: i64,
    /// How long somebody who lost their passkeys waits, and can be stopped, before they enrol a new one, in seconds.
    pub recovery_s: i64,
    /// What hashing an operator's password costs. No configuration sets it.
    pub password_cost: Argon2Params,
    /// Who must have a second factor.
    pub second_factor: SecondFactor,
    /// Who must have a passkey.
    pub passkeys: Passkeys,
    /// At which address people open the vault.
    pub relying_party: RelyingParty,
    /// The OpenID provider by which people come in, if there is one.
    pub provider: Option<TrustedProvider>,
    /// How many requests of one kind one operator may have waiting for a decision in a case.
    pub open_requests: usize,
    /// How many subjects one reveal may name.
    pub reveal_subjects: usize,
    /// The largest number of phone numbers in one lookup.
    pub lookup_numbers: usize,
    /// The lookup budget of an operator in a case.
    pub lookup_budget: Budget,
    /// The budget of an operator in a case for pages of records, timelines and tables.
    pub view_budget: Budget,
    /// Lookup points that all operators together may spend in a case in 30 days before everybody is slowed down.
    pub case_points: u32,
    /// Lookup points of an operator in a day while everybody is slowed down.
    pub slowed_points: u32,
    /// How many cases one lead may open in a day.
    pub cases_per_day: usize,
    /// Hours of a day, UTC, in which lookups are usual.
    pub work_hours: WorkHours,
    /// How many snapshots may be read at the same time.
    pub readers: usize,
    /// How many bytes of parts one step of the rotation of a case's key writes. No configuration sets it.
    pub rotation_step_bytes: usize,
    /// The smallest count that a protected table shows. A rule may have a higher one of its own.
    pub protected_threshold: u64,
    /// The memory in bytes that one table may use to count distinct numbers, in addition to two or four bytes for each
    /// number of the case in each thread.
    pub table_bytes: usize,
    /// How many bytes of sealed parts a machine keeps on its own disk, if a server has the tables; 0 is none.
    pub cache_bytes: u64,
    /// Where other nodes of the vault ask this one, if they do. Of no use where a file has the tables.
    pub nodes: Option<NodeAddress>,
    /// The folder for packages, which all nodes may share; the vault directory has one, if none is named.
    pub packages: Option<PathBuf>,
    /// The largest share of a file's rows that may be in quarantine; with more, and at least a hundred, it is refused.
    pub max_quarantined: f64,
    /// With how many kept checkpoints the log was compared before the vault was opened.
    pub kept_checkpoints: usize,
    /// How old each kind of key may be.
    pub key_ages: KeyAges,
    /// The programs for slots of the keyring.
    #[serde(skip)]
    pub programs: Programs,
    /// The whole configuration that these settings are of, with what is about the network and the log. The
    /// vault does not read it: the leaf of a start states it.
    pub configuration: Value,
}

/// Where other nodes ask one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NodeAddress {
    /// Address and port that it listens on.
    pub listen: SocketAddr,
    /// The host and the port by which others reach it; empty if that is what it listens on.
    pub address: String,
}

/// An OpenID provider, and what its groups are in the vault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TrustedProvider {
    /// As it names itself.
    pub issuer: String,
    /// The role of whoever is in a group, by the name of the group.
    pub roles: BTreeMap<String, HomeRole>,
}

impl TrustedProvider {
    /// The one role that these groups give. None gives a role, or they give more than one: nobody is let in. No group
    /// makes an administrator, whatever was configured.
    pub fn role_of(&self, groups: &[String]) -> Option<HomeRole> {
        let mut found = groups.iter().filter_map(|group| self.roles.get(group));
        let role = *found.next()?;
        let is_one = found.all(|other| *other == role);
        (is_one && role != HomeRole::Administrator).then_some(role)
    }
}

/// What an operator may spend in a case: a leaking bucket, and a limit over 30 days.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Budget {
    /// Points of a full bucket: the most that can be spent at once.
    pub capacity: u32,
    /// Points that flow back in an hour.
    pub per_hour: u32,
    /// The most in 30 days.
    pub per_month: u32,
}

/// A part of the day, in whole hours of UTC. It may go over midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct WorkHours {
    /// The first hour.
    pub from: u8,
    /// The hour at which it ends, which is not part of it.
    pub to: u8,
}

impl WorkHours {
    /// Whether a moment is in them.
    pub fn cover(self, at: Moment) -> bool {
        let hour = at.seconds().rem_euclid(86_400) / 3600;
        self.has(u8::try_from(hour).unwrap_or_default())
    }

    /// Whether an hour of the day is one of them.
    fn has(self, hour: u8) -> bool {
        match self.from <= self.to {
            true => (self.from..self.to).contains(&hour),
            false => hour >= self.from || hour < self.to,
        }
    }
}

impl Settings {
    /// What somebody needs who is all of this, in the vault and in cases.
    pub(in crate::vault) fn needed(&self, seats: impl IntoIterator<Item = Seat>) -> Needed {
        seats.into_iter().fold(Needed::default(), |needed, seat| {
            let (factor, passkey) = match seat {
                Seat::Home(role) => (
                    self.second_factor.is_needed_by(role),
                    self.passkeys.is_needed_by(role),
                ),
                Seat::Member(role) => (
                    self.second_factor.is_needed_in(role),
                    self.passkeys.is_needed_in(role),
                ),
                Seat::Stranger | Seat::System => (false, false),
            };
            Needed {
                factor: needed.factor || factor,
                passkey: needed.passkey || passkey,
            }
        })
    }

    /// How long a session may be unused, in seconds, if that is shorter than it lasts; and in which steps it is written
    /// down that it was used. It may end by one step earlier.
    pub fn idle(&self) -> Option<(i64, i64)> {
        (self.idle_s < self.session_s).then(|| (self.idle_s, (self.idle_s / 10).clamp(1, 60)))
    }

    /// Raises the limits on lookups and views to at least so many points. It is for data about made-up people.
    pub fn allow_lookups(&mut self, points: u32) {
        self.lookup_budget = Budget {
            capacity: points,
            per_hour: points.max(self.lookup_budget.per_hour),
            per_month: u32::MAX,
        };
        self.view_budget.capacity = points.max(self.view_budget.capacity);
        self.view_budget.per_hour = points.max(self.view_budget.per_hour);
        self.view_budget.per_month = u32::MAX;
        self.case_points = u32::MAX;
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            session_s: 8 * 3600,
            idle_s: 30 * 60,
            enrolment_s: 3 * 86_400,
            reveal_s: 24 * 3600,
            export_s: 7 * 86_400,
            destruction_delay_s: 72 * 3600,
            recovery_s: 24 * 3600,
            password_cost: Argon2Params::PASSWORD,
            second_factor: SecondFactor::ByRole,
            passkeys: Passkeys::Required,
            provider: None,
            relying_party: RelyingParty::localhost(),
            open_requests: 50,
            reveal_subjects: 1000,
            lookup_numbers: 1000,
            lookup_budget: Budget {
                capacity: 250,
                per_hour: 15,
                per_month: 2000,
            },
            view_budget: Budget {
                capacity: 20_000,
                per_hour: 2000,
                per_month: 400_000,
            },
            case_points: 10_000,
            slowed_points: 50,
            cases_per_day: 100,
            work_hours: WorkHours { from: 6, to: 20 },
            readers: 8,
            rotation_step_bytes: 8 << 20,
            protected_threshold: 8,
            table_bytes: 512 << 20,
            cache_bytes: 4 << 30,
            nodes: None,
            packages: None,
            max_quarantined: 0.05,
            kept_checkpoints: 0,
            key_ages: KeyAges::default(),
            programs: Programs::default(),
            configuration: Value::Null,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_role_needs_follows_from_both_settings() {
        let lead = [Seat::Home(HomeRole::Lead)];
        let in_case = [
            Seat::Home(HomeRole::Investigator),
            Seat::Member(CaseRole::Custodian),
        ];
        let neither = [
            Seat::Home(HomeRole::Auditor),
            Seat::Member(CaseRole::Liaison),
        ];
        for (second_factor, passkeys, of_lead, of_others) in [
            (
                SecondFactor::ByRole,
                Passkeys::Required,
                (true, true),
                (false, false),
            ),
            (
                SecondFactor::ByRole,
                Passkeys::Offered,
                (true, false),
                (false, false),
            ),
            (
                SecondFactor::Required,
                Passkeys::Required,
                (true, true),
                (true, false),
            ),
            (
                SecondFactor::Required,
                Passkeys::Offered,
                (true, false),
                (true, false),
            ),
            (
                SecondFactor::Offered,
                Passkeys::Required,
                (false, true),
                (false, false),
            ),
            (
                SecondFactor::Offered,
                Passkeys::Offered,
                (false, false),
                (false, false),
            ),
        ] {
            let settings = Settings {
                second_factor,
                passkeys,
                ..Settings::default()
            };
            let told = |needed: Needed| (needed.factor, needed.passkey);
            assert_eq!(told(settings.needed(lead)), of_lead);
            assert_eq!(told(settings.needed(in_case)), of_lead);
            assert_eq!(told(settings.needed(neither)), of_others);
            let (factor, passkey) = of_lead;
            let by_provider = settings.needed(lead).by_provider();
            assert_eq!(told(by_provider), (false, factor || passkey));
        }
        assert_eq!(Settings::default().needed([]), Needed::default());
    }

    #[test]
    fn work_hours_may_go_over_midnight() {
        let day = WorkHours { from: 6, to: 20 };
        assert!(day.has(6) && day.has(19) && !day.has(20) && !day.has(5));
        let at = |hour: i64| Moment::from_seconds(1_712_016_000 + hour * 3600 + 59);
        assert!(day.cover(at(6)) && !day.cover(at(20)) && !day.cover(at(-1)));
        let night = WorkHours { from: 20, to: 6 };
        assert!(night.has(23) && night.has(0) && !night.has(6) && !night.has(12));
    }
}
