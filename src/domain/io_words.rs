//! Errors of the file system and the network in words that say what to do.

use std::io::ErrorKind;

/// What is wrong, as the end of a sentence.
pub fn io_words(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::NotFound => "there is no such file; check its path",
        ErrorKind::PermissionDenied => "you have no right to; check who owns it and its mode",
        ErrorKind::IsADirectory => "it is a directory; name a file in it",
        ErrorKind::NotADirectory => "a part of its path is a file, not a directory",
        ErrorKind::AlreadyExists => "it exists already; choose another name or remove it",
        ErrorKind::StorageFull => "the disk is full; make room and run it again",
        ErrorKind::QuotaExceeded => "your share of the disk is used up; make room and run it again",
        ErrorKind::ReadOnlyFilesystem => "the disk is read-only; choose another place",
        ErrorKind::AddrInUse => "something listens there already; stop it or choose another port",
        ErrorKind::AddrNotAvailable => {
            "this machine does not have that address; 127.0.0.1 is for itself alone, 0.0.0.0 for all that it has"
        }
        ErrorKind::BrokenPipe => "whoever read it has gone",
        ErrorKind::TimedOut => "nothing came for too long; run it again",
        ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset => {
            "the connection broke off; run it again"
        }
        ErrorKind::UnexpectedEof => "it ends too early; fetch it again",
        ErrorKind::InvalidData => "it does not hold what it should; fetch it again",
        ErrorKind::InvalidFilename => "no file can have that name",
        ErrorKind::OutOfMemory => "there is not enough memory",
        ErrorKind::Interrupted => "it was interrupted; run it again",
        _ => "the system gave no reason; see its log",
    }
}

/// The same of an address that cannot be listened on.
pub fn listen_words(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::PermissionDenied => {
            "ports below 1024 need a right of their own; choose a higher one, such as 8443"
        }
        kind => io_words(kind),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_told_in_words_and_with_the_way_out() {
        for kind in [
            ErrorKind::NotFound,
            ErrorKind::IsADirectory,
            ErrorKind::AddrInUse,
        ] {
            let words = io_words(kind);
            assert!(words.contains(';') && !words.contains("entity"), "{words}");
        }
        assert!(!io_words(ErrorKind::Other).is_empty());
        assert!(listen_words(ErrorKind::PermissionDenied).contains("below 1024"));
        assert!(listen_words(ErrorKind::AddrNotAvailable).contains("0.0.0.0"));
    }
}
