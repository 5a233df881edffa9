//! What nodes say to each other: one question and one answer on a connection, and nothing else.
//!
//! A question is one line. An answer is `1 || length (4, big-endian) || bytes`, or `0` if there is none. Each has its
//! own most bytes, so that neither side keeps more for the other.

use std::io::{self, ErrorKind, Read, Write};

/// What a node may ask another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Question {
    /// The newest signed checkpoint that it knows.
    Checkpoint,
    /// The file of its keyring, as it is on the disk, if it is of this generation.
    Keyring(u64),
}

impl Question {
    /// The most bytes of its answer.
    pub(super) fn most(self) -> usize {
        match self {
            Self::Checkpoint => 16 << 10,
            // As large as a keyring that is read from the disk.
            Self::Keyring(_) => 16 << 20,
        }
    }

    fn line(self) -> String {
        match self {
            Self::Checkpoint => format!("{GREETING}{CHECKPOINT}\n"),
            Self::Keyring(generation) => format!("{GREETING}{KEYRING}{generation}\n"),
        }
    }

    fn parse(line: &str) -> Option<Self> {
        let asked = line.strip_prefix(GREETING)?;
        let question = match asked.strip_prefix(KEYRING) {
            Some(generation) => Self::Keyring(generation.parse().ok()?),
            None if asked == CHECKPOINT => Self::Checkpoint,
            None => return None,
        };
        // There is one way to write each.
        (question.line().strip_suffix('\n') == Some(line)).then_some(question)
    }

    pub(super) fn write(self, to: &mut impl Write) -> io::Result<()> {
        to.write_all(self.line().as_bytes())?;
        to.flush()
    }

    pub(super) fn read(from: &mut impl Read) -> io::Result<Self> {
        let mut line = Vec::with_capacity(LONGEST);
        loop {
            let mut byte = [0];
            from.read_exact(&mut byte)?;
            match byte {
                [b'\n'] => break,
                _ if line.len() >= LONGEST => return Err(not_ours()),
                [other] => line.push(other),
            }
        }
        let line = std::str::from_utf8(&line).map_err(|_| not_ours())?;
        Self::parse(line).ok_or_else(not_ours)
    }
}

pub(super) fn write_answer(to: &mut impl Write, answer: Option<&[u8]>) -> io::Result<()> {
    match answer {
        None => to.write_all(&[0])?,
        Some(bytes) => {
            let length = u32::try_from(bytes.len()).map_err(|_| not_ours())?;
            to.write_all(&[1])?;
            to.write_all(&length.to_be_bytes())?;
            to.write_all(bytes)?;
        }
    }
    to.flush()
}

/// An answer of so many bytes at most.
pub(super) fn read_answer(from: &mut impl Read, most: usize) -> io::Result<Option<Vec<u8>>> {
    let mut there = [0];
    from.read_exact(&mut there)?;
    match there {
        [0] => return Ok(None),
        [1] => {}
        _ => return Err(not_ours()),
    }
    let mut length = [0; 4];
    from.read_exact(&mut length)?;
    let length = u32::from_be_bytes(length);
    if usize::try_from(length).map_or(true, |length| length > most) {
        return Err(not_ours());
    }
    // It grows with what comes, and not with what was said.
    let mut bytes = Vec::new();
    from.take(u64::from(length)).read_to_end(&mut bytes)?;
    match u32::try_from(bytes.len()) == Ok(length) {
        true => Ok(Some(bytes)),
        false => Err(ErrorKind::UnexpectedEof.into()),
    }
}

fn not_ours() -> io::Error {
    ErrorKind::InvalidData.into()
}

const GREETING: &str = "breachvault nodes 1 ";
const CHECKPOINT: &str = "checkpoint";
const KEYRING: &str = "keyring ";
const LONGEST: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn answered(answer: Option<&[u8]>, most: usize) -> io::Result<Option<Vec<u8>>> {
        let mut bytes = Vec::new();
        write_answer(&mut bytes, answer).unwrap();
        read_answer(&mut &bytes[..], most)
    }

    #[test]
    fn what_is_longer_than_it_may_be_or_ends_early_is_refused() {
        assert_eq!(answered(None, 0).unwrap(), None);
        assert_eq!(answered(Some(b"abc"), 3).unwrap().unwrap(), b"abc");
        assert!(answered(Some(b"abc"), 2).is_err());
        for cut in [
            &b""[..],
            b"\x01\x00\x00\x00",
            b"\x01\x00\x00\x00\x02a",
            b"\x02\x00\x00\x00\x00",
            b"\x01\xff\xff\xff\xff",
        ] {
            assert!(read_answer(&mut &cut[..], 1 << 20).is_err(), "{cut:?}");
        }
        for line in [
            "",
            "\n",
            "breachvault nodes 1 checkpoint",
            "breachvault nodes 1 checkpoint \n",
            "breachvault nodes 1 keyring 07\n",
            "breachvault nodes 1 keyring +7\n",
            "breachvault nodes 1 keyring -7\n",
            "breachvault nodes 2 checkpoint\n",
            "GET / HTTP/1.1\r\n\r\n",
        ] {
            assert!(Question::read(&mut line.as_bytes()).is_err(), "{line:?}");
        }
        let long = [b'a'; LONGEST + 1];
        assert!(Question::read(&mut &long[..]).is_err());
    }

    proptest! {
        #[test]
        fn a_question_and_an_answer_read_back(
            generation: u64,
            bytes in proptest::collection::vec(any::<u8>(), 0..300),
        ) {
            for question in [Question::Checkpoint, Question::Keyring(generation)] {
                let mut line = Vec::new();
                question.write(&mut line).unwrap();
                prop_assert!(line.len() <= LONGEST);
                prop_assert_eq!(Question::read(&mut &line[..]).unwrap(), question);
            }
            prop_assert_eq!(answered(Some(&bytes), 300).unwrap(), Some(bytes));
        }

        #[test]
        fn whatever_comes_is_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = Question::read(&mut &bytes[..]);
            let read = read_answer(&mut &bytes[..], 100);
            prop_assert!(read.ok().flatten().is_none_or(|read| read.len() <= 100));
        }
    }
}
