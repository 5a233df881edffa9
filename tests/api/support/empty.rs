//! A vault with a case that has no exhibits.

use serde_json::{Value, json};

use super::{Answer, TestVault, Who};

pub struct Empty {
    pub vault: TestVault,
    pub case: String,
}

impl Empty {
    pub fn new() -> Self {
        Self::with("")
    }

    pub fn with(toml: &str) -> Self {
        let vault = TestVault::with(toml);
        let case = vault.open_case();
        vault.name_member(&case, Who::Custodian, "custodian", None);
        Self { vault, case }
    }

    pub fn upload(&self, query: &str, bytes: &[u8]) -> Answer {
        let path = format!("/cases/{}/exhibits{query}", self.case);
        self.vault.custodian().upload(&path, bytes)
    }

    /// Refused as a file that cannot be admitted, for this reason.
    #[track_caller]
    pub fn refuse(&self, query: &str, bytes: &[u8], kind: &str) -> Answer {
        let answer = self.upload(query, bytes).assert_problem(422, "unreadable");
        assert_eq!(answer.json()["at"], kind, "{}", answer.text());
        assert!(!answer.text().contains("7700900"), "{}", answer.text());
        assert_eq!(self.exhibits().len(), 0, "nothing is visible");
        answer
    }

    pub fn exhibits(&self) -> Vec<Value> {
        let answer = self
            .vault
            .lead()
            .get(&format!("/cases/{}/exhibits", self.case));
        answer.assert_status(200).json()["exhibits"]
            .as_array()
            .unwrap()
            .clone()
    }

    pub fn totals(&self) -> Value {
        let path = format!("/cases/{}/scope", self.case);
        let answer = self
            .vault
            .lead()
            .post(&path, &json!({ "by": [], "audience": "team" }));
        answer.assert_status(200).json()["totals"].clone()
    }
}
