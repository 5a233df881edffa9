//! Runs a program that was configured: bytes go to its standard input, bytes come from its standard output.
//!
//! Never a shell; the environment is cleared, so that nothing of it reaches the program, but for a fixed `PATH`. Time
//! and output are bounded. What it says on standard error is dropped, because nobody knows what is in it.

use std::io::{Read, Write};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

/// The most bytes that are read of a program.
const MOST_OUTPUT: usize = 64 * 1024;
/// The programs that a plugin or a wrapper finds.
const SEARCHED: &str = "/usr/local/bin:/usr/bin:/bin";
/// How long a program that needs nobody may run.
const ALONE: Duration = Duration::from_secs(30);
/// How long one may run that waits for somebody: to touch a key, to type a number.
const WITH_A_PERSON: Duration = Duration::from_secs(180);
/// How often it is looked whether a program that said all has ended.
const LOOK: Duration = Duration::from_millis(20);

/// A program and its arguments, as the configuration has them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    path: PathBuf,
    arguments: Vec<String>,
    limit: Duration,
    /// In a process group of its own, so that what it starts is ended with it. Not where it speaks to the terminal.
    grouped: bool,
}

/// Why a program gave nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProgramFault {
    /// The configuration names none, or none by its whole path.
    #[error("no program is named by its whole path")]
    NotNamed,
    /// It could not be started.
    #[error("it could not be started")]
    NotStarted,
    /// It took too long and was ended.
    #[error("it took too long and was ended")]
    TookTooLong,
    /// It said more than is read.
    #[error("it wrote more than 64 KiB")]
    TooMuch,
    /// It ended with a failure.
    #[error("it ended with a failure")]
    Failed,
}

/// The programs that the configuration names for slots of the keyring.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Programs {
    /// The `age` command.
    pub age: Option<Program>,
    /// Wraps an unseal key.
    pub wrap: Option<Program>,
    /// Gives an unseal key back.
    pub open: Option<Program>,
}

impl Program {
    /// The program of a list: its whole path, then its arguments.
    pub fn new(words: &[String]) -> Result<Self, ProgramFault> {
        let (path, arguments) = words.split_first().ok_or(ProgramFault::NotNamed)?;
        if !Path::new(path).is_absolute() {
            return Err(ProgramFault::NotNamed);
        }
        Ok(Self {
            path: path.into(),
            arguments: arguments.to_vec(),
            limit: ALONE,
            grouped: true,
        })
    }

    /// The same with more arguments, where somebody may have to do something at the terminal or to a key.
    pub(in crate::vault) fn with_a_person(&self, arguments: &[&str]) -> Self {
        let more = arguments.iter().map(|&one| one.to_owned());
        Self {
            path: self.path.clone(),
            arguments: self.arguments.iter().cloned().chain(more).collect(),
            limit: WITH_A_PERSON,
            grouped: false,
        }
    }

    /// What it says when it is given these bytes.
    pub(in crate::vault) fn run(&self, input: &[u8]) -> Result<Zeroizing<Vec<u8>>, ProgramFault> {
        let mut command = Command::new(&self.path);
        command
            .args(&self.arguments)
            .env_clear()
            .env("PATH", SEARCHED)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        if self.grouped {
            command.process_group(0);
        }
        // One time for all of it: to say everything and to end.
        let until = Instant::now() + self.limit;
        let mut child = command.spawn().map_err(|_| ProgramFault::NotStarted)?;
        let said = self.speak(&mut child, input, until);
        if said.is_err() {
            self.end(&mut child);
        }
        let said = said?;
        match self.ends_well(&mut child, until) {
            true => Ok(said),
            false => Err(ProgramFault::Failed),
        }
    }

    fn speak(
        &self,
        child: &mut Child,
        input: &[u8],
        until: Instant,
    ) -> Result<Zeroizing<Vec<u8>>, ProgramFault> {
        let (mut stdin, stdout) = child
            .stdin
            .take()
            .zip(child.stdout.take())
            .ok_or(ProgramFault::NotStarted)?;
        let input = Zeroizing::new(input.to_vec());
        // On threads of their own: a program may read nothing, or say nothing, and still hold its ends open.
        thread::spawn(move || stdin.write_all(&input));
        let (send, said) = mpsc::channel();
        thread::spawn(move || {
            // At its full size at once, because a growing buffer would leave copies behind.
            let mut bytes = Zeroizing::new(Vec::with_capacity(MOST_OUTPUT + 1));
            let read = stdout.take(MOST_OUTPUT as u64 + 1).read_to_end(&mut bytes);
            let _ = send.send(read.map(|_| bytes));
        });
        let said = said.recv_timeout(until.saturating_duration_since(Instant::now()));
        let said = said.map_err(|_| ProgramFault::TookTooLong)?;
        let bytes = said.map_err(|_| ProgramFault::Failed)?;
        match bytes.len() > MOST_OUTPUT {
            true => Err(ProgramFault::TooMuch),
            false => Ok(bytes),
        }
    }

    /// Waits until it has ended, for as long as it may.
    fn ends_well(&self, child: &mut Child, until: Instant) -> bool {
        loop {
            match child.try_wait() {
                Ok(Some(status)) => return status.success(),
                Ok(None) if Instant::now() < until => thread::sleep(LOOK),
                Ok(None) | Err(_) => break,
            }
        }
        self.end(child);
        false
    }

    fn end(&self, child: &mut Child) {
        let group = i32::try_from(child.id())
            .ok()
            .and_then(rustix::process::Pid::from_raw);
        if let Some(group) = group.filter(|_| self.grouped) {
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
        let _ = child.kill();
        let _ = child.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn program(words: &[&str]) -> Program {
        let words: Vec<String> = words.iter().map(|&word| word.to_owned()).collect();
        Program::new(&words).unwrap()
    }

    fn sh(script: &str) -> Program {
        program(&["/bin/sh", "-c", script])
    }

    #[test]
    fn a_program_gets_the_bytes_and_gives_others() {
        assert_eq!(
            *program(&["/bin/cat"]).run(b"in and out").unwrap(),
            b"in and out"
        );
        assert_eq!(*sh("tr a-z A-Z").run(b"abc").unwrap(), b"ABC");
        // It reads nothing of what does not fit into the pipe.
        let long = vec![b'x'; 300_000];
        assert_eq!(*sh("echo ok").run(&long).unwrap(), b"ok\n");
    }

    #[test]
    fn no_shell_and_no_environment_are_between() {
        assert_eq!(
            *program(&["/bin/echo", "$HOME;", "*"]).run(b"").unwrap(),
            b"$HOME; *\n"
        );
        let all = sh("env").run(b"").unwrap();
        let all = String::from_utf8_lossy(&all);
        for line in all.lines() {
            let (name, _) = line.split_once('=').unwrap();
            // The shell makes these itself.
            assert!(
                ["PATH", "PWD", "OLDPWD", "SHLVL", "_"].contains(&name),
                "{line}"
            );
        }
        assert!(all.contains(SEARCHED));
    }

    #[test]
    fn only_a_whole_path_names_a_program() {
        for words in [
            &[][..],
            &["cat".to_owned()],
            &["./cat".to_owned()],
            &[String::new()],
        ] {
            assert_eq!(Program::new(words).err(), Some(ProgramFault::NotNamed));
        }
        let none = program(&["/nonexistent/program"]);
        assert_eq!(none.run(b"").err(), Some(ProgramFault::NotStarted));
    }

    #[test]
    fn a_failure_too_much_output_and_a_program_that_does_not_end_give_nothing() {
        assert_eq!(
            sh("echo key; exit 3").run(b"").err(),
            Some(ProgramFault::Failed)
        );
        assert_eq!(sh("yes").run(b"").err(), Some(ProgramFault::TooMuch));
        let short = |script: &str| Program {
            limit: Duration::from_millis(300),
            ..sh(script)
        };
        assert_eq!(
            short("sleep 60").run(b"").err(),
            Some(ProgramFault::TookTooLong)
        );
        // What it started holds the pipe open, and is ended too.
        assert_eq!(
            short("sleep 60 & wait").run(b"").err(),
            Some(ProgramFault::TookTooLong)
        );
        let closed = short("exec >&-; sleep 60").run(b"");
        assert_eq!(closed.err(), Some(ProgramFault::Failed));
    }

    #[test]
    fn a_program_has_one_time_to_say_all_and_to_end_not_one_for_each() {
        let slow = Program {
            limit: Duration::from_secs(6),
            ..sh("sleep 4; exec >&-; sleep 60")
        };
        let begun = Instant::now();
        assert_eq!(slow.run(b"").err(), Some(ProgramFault::Failed));
        // With a second time it would be ten.
        assert!(begun.elapsed() < Duration::from_secs(9));
    }
}
