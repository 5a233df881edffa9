//! Text of the server that is used as it is, byte for byte: a checkpoint, a proof, a key.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use serde_json::json;

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
        let out = self.out.as_deref().map(NewFile::make).transpose()?;
        let answer = self.client.connect()?.get(path)?;
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
