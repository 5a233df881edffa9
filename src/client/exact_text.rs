//! Text of the server that is used as it is, byte for byte: a checkpoint, a proof, a key.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::connection::{Answer, Connection};
use super::failure::Failure;
use super::new_file::NewFile;
use super::server::Client;

#[derive(Args)]
pub(crate) struct ExactText {
    /// Write it to this new file instead of standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    client: Client,
}

impl ExactText {
    /// Gives the text at a path out, to standard output or a new file.
    pub(crate) fn give(self, path: &str) -> Result<(), Failure> {
        self.give_from(|connection| connection.get(path))
    }

    /// The same for a path that has it as bytes, beside another form.
    pub(crate) fn give_bytes(self, path: &str) -> Result<(), Failure> {
        self.give_from(|connection| connection.get_bytes(path))
    }

    fn give_from(
        self,
        get: impl FnOnce(&Connection) -> Result<Answer, Failure>,
    ) -> Result<(), Failure> {
        let out = self.out.as_deref().map(NewFile::make).transpose()?;
        let answer = get(&self.client.connect()?)?;
        let text = answer.text()?;
        let Some(mut file) = out else {
            let output = &self.client.output;
            return match output.json || output.csv {
                true => output.object(&json!({ "text": text })),
                false => output.text(text),
            };
        };
        let path = file.path().to_owned();
        let written = file.as_file().write_all(text.as_bytes());
        written.map_err(Failure::file("write", &path))?;
        file.keep()
    }
}
