//! Argon2id (RFC 9106, version 0x13) with checked parameters.

use argon2::{Algorithm, Argon2, Params, Version};
use serde::{Deserialize, Serialize};

/// The parameters of Argon2id: memory in KiB, passes, lanes.
///
/// They are limited, so that an altered file or hash cannot exhaust the machine: at most 1 GiB, ten
/// passes, four lanes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Costs")]
pub struct Argon2Params {
    m: u32,
    t: u32,
    p: u32,
}

/// The parameters are outside the limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Argon2id needs 8 KiB a lane to 1 GiB, 1 to 10 passes, 1 to 4 lanes")]
pub struct Argon2ParamsError;

/// Argon2id failed because memory was not available.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Argon2id could not run")]
pub(in crate::vault) struct Argon2Error;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Costs {
    m: u32,
    t: u32,
    p: u32,
}

impl Argon2Params {
    /// For the keyring's passphrase; takes about a quarter of a second.
    pub const KEYRING: Self = Self {
        m: 64 * 1024,
        t: 3,
        p: 1,
    };

    /// For operators' passwords (OWASP, Password Storage Cheat Sheet).
    pub const PASSWORD: Self = Self {
        m: 19 * 1024,
        t: 2,
        p: 1,
    };

    /// Checks the limits: memory in KiB, passes, lanes.
    pub fn new(m_kib: u32, t: u32, p: u32) -> Result<Self, Argon2ParamsError> {
        let within =
            (1..=4).contains(&p) && (1..=10).contains(&t) && (8 * p..=1024 * 1024).contains(&m_kib);
        let params = Self { m: m_kib, t, p };
        within.then_some(params).ok_or(Argon2ParamsError)
    }

    /// Memory in KiB.
    pub fn memory_kib(self) -> u32 {
        self.m
    }

    /// The number of passes.
    pub fn passes(self) -> u32 {
        self.t
    }

    /// The number of lanes.
    pub fn lanes(self) -> u32 {
        self.p
    }

    pub(in crate::vault) fn derive(
        self,
        secret: &[u8],
        salt: &[u8],
        out: &mut [u8],
    ) -> Result<(), Argon2Error> {
        let params =
            Params::new(self.m, self.t, self.p, Some(out.len())).map_err(|_| Argon2Error)?;
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(secret, salt, out)
            .map_err(|_| Argon2Error)
    }
}

impl TryFrom<Costs> for Argon2Params {
    type Error = Argon2ParamsError;

    fn try_from(costs: Costs) -> Result<Self, Argon2ParamsError> {
        Self::new(costs.m, costs.t, costs.p)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn argon2id_gives_what_the_published_vectors_give() {
        for case in crate::vault::plaintext::tests::vectors::cases("argon2id") {
            let (password, salt) = (case.bytes("password"), case.bytes("salt"));
            let (m, t, p) = (
                case.number("memory_kib"),
                case.number("passes"),
                case.number("lanes"),
            );
            let mut output = [0; 32];
            if case.has("secret") {
                let params = argon2::ParamsBuilder::new()
                    .m_cost(m)
                    .t_cost(t)
                    .p_cost(p)
                    .data(argon2::AssociatedData::new(&case.bytes("associated")).unwrap())
                    .build()
                    .unwrap();
                let secret = case.bytes("secret");
                Argon2::new_with_secret(&secret, Algorithm::Argon2id, Version::V0x13, params)
                    .unwrap()
                    .hash_password_into(&password, &salt, &mut output)
                    .unwrap();
            } else {
                let params = Argon2Params::new(m, t, p).unwrap();
                params.derive(&password, &salt, &mut output).unwrap();
            }
            assert_eq!(output, case.array("output"), "{}", case.name);
        }
    }

    #[test]
    fn costs_outside_the_bounds_are_refused() {
        assert!(Argon2Params::new(8, 1, 1).is_ok());
        assert!(Argon2Params::new(1024 * 1024, 10, 4).is_ok());
        for (m, t, p) in [
            (7, 1, 1),
            (31, 1, 4),
            (1024 * 1024 + 1, 1, 1),
            (64, 0, 1),
            (64, 11, 1),
            (64, 1, 0),
            (64, 1, 5),
            (u32::MAX, u32::MAX, u32::MAX),
        ] {
            assert_eq!(Argon2Params::new(m, t, p), Err(Argon2ParamsError));
            let json = format!(r#"{{"m":{m},"t":{t},"p":{p}}}"#);
            assert!(serde_json::from_str::<Argon2Params>(&json).is_err());
        }
    }

    #[test]
    fn the_bounds_hold_the_defaults() {
        for params in [Argon2Params::KEYRING, Argon2Params::PASSWORD] {
            assert_eq!(Argon2Params::new(params.m, params.t, params.p), Ok(params));
        }
    }
}
