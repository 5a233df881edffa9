//! Writes log lines to standard error on a thread of its own.
//!
//! The reader of standard error may stop, such as a paused terminal or a collector that hangs.
//! Requests and the ledger must not wait for it. So lines go through a bounded queue. If it is
//! full, lines are dropped and counted, and the count is logged as soon as there is room again.

use std::fs::File;
use std::io::{self, Write};
use std::os::fd::AsFd as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use tracing_subscriber::fmt::MakeWriter;

/// How many lines may wait.
const WAITING: usize = 4096;

/// The queue of lines; cheap to clone.
#[derive(Clone)]
pub(super) struct LogThread(Arc<Lines>);

struct Lines {
    queue: SyncSender<Vec<u8>>,
    taken: AtomicU64,
    written: AtomicU64,
    dropped: AtomicU64,
}

/// The log of this process, once it was started.
static LOG: OnceLock<LogThread> = OnceLock::new();

impl LogThread {
    /// Starts the thread that writes to standard error. A second call returns the first one's queue.
    pub(super) fn of_process() -> io::Result<Self> {
        if let Some(log) = LOG.get() {
            return Ok(log.clone());
        }
        // A descriptor of its own: a writer holds the lock of the standard library's handle, and
        // others must not wait for it.
        let stderr = File::from(io::stderr().as_fd().try_clone_to_owned()?);
        let log = Self::start(stderr, WAITING)?;
        Ok(LOG.get_or_init(|| log).clone())
    }

    fn start(out: impl Write + Send + 'static, waiting: usize) -> io::Result<Self> {
        let (queue, lines) = sync_channel(waiting);
        let log = Self(Arc::new(Lines {
            queue,
            taken: AtomicU64::new(0),
            written: AtomicU64::new(0),
            dropped: AtomicU64::new(0),
        }));
        let told = log.clone();
        std::thread::Builder::new()
            .name("log".to_owned())
            .spawn(move || told.write_out(out, &lines))?;
        Ok(log)
    }

    fn put(&self, line: &[u8]) {
        match self.0.queue.try_send(line.to_vec()) {
            Ok(()) => self.0.taken.fetch_add(1, Ordering::Relaxed),
            Err(_) => self.0.dropped.fetch_add(1, Ordering::Relaxed),
        };
    }

    fn write_out(&self, mut out: impl Write, lines: &Receiver<Vec<u8>>) {
        let mut said = 0;
        for line in lines {
            let dropped = self.0.dropped.load(Ordering::Relaxed);
            if dropped > said {
                let new = dropped - said;
                let _ = writeln!(out, "{new} lines of the log were dropped: nobody took them");
                said = dropped;
            }
            // If the log cannot be written, there is no place to report it.
            let _ = out.write_all(&line);
            self.0.written.fetch_add(1, Ordering::Release);
        }
    }

    fn flush(&self, within: Duration) {
        let until = Instant::now() + within;
        while self.0.written.load(Ordering::Acquire) < self.0.taken.load(Ordering::Relaxed)
            && Instant::now() < until
        {
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

/// Lines that were dropped since the start.
pub(super) fn dropped() -> u64 {
    LOG.get()
        .map_or(0, |log| log.0.dropped.load(Ordering::Relaxed))
}

/// Waits until all lines are written, for a bounded time.
pub(super) fn flush() {
    if let Some(log) = LOG.get() {
        log.flush(Duration::from_millis(500));
    }
}

/// A writer for one line; the log writes it in one call.
pub(super) struct Line(LogThread);

impl Write for Line {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.put(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for LogThread {
    type Writer = Line;

    fn make_writer(&self) -> Line {
        Line(self.clone())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::sync::mpsc;

    use super::*;

    /// Takes a line only when it is let.
    struct Slow {
        let_through: Receiver<()>,
        out: Arc<Mutex<Vec<u8>>>,
    }

    impl Write for Slow {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let _ = self.let_through.recv();
            self.out.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn who_logs_never_waits_and_what_was_dropped_is_said() {
        let (let_one, let_through) = mpsc::channel();
        let out = Arc::new(Mutex::new(Vec::new()));
        let slow = Slow {
            let_through,
            out: Arc::clone(&out),
        };
        let log = LogThread::start(slow, 4).unwrap();
        for no in 0..1000 {
            log.make_writer()
                .write_all(format!("line {no}\n").as_bytes())
                .unwrap();
        }
        let dropped = log.0.dropped.load(Ordering::Relaxed);
        // Four wait, and one may be on its way.
        assert!((995..=996).contains(&dropped), "{dropped}");
        drop(let_one);
        log.flush(Duration::from_secs(10));
        log.put(b"after\n");
        log.flush(Duration::from_secs(10));
        let text = String::from_utf8(out.lock().unwrap().clone()).unwrap();
        // Where it is said depends on when the thread wakes; the order of lines does not.
        let (told, lines): (Vec<&str>, Vec<&str>) = text
            .lines()
            .partition(|line| line.ends_with("lines of the log were dropped: nobody took them"));
        assert_eq!(lines[..4], ["line 0", "line 1", "line 2", "line 3"]);
        assert_eq!(lines.last(), Some(&"after"));
        let told: u64 = told
            .iter()
            .map(|line| line.split(' ').next().unwrap().parse::<u64>().unwrap())
            .sum();
        assert_eq!(told, dropped);
    }
}
