//! How far a thread stands behind others, as Unix counts it: from 0 to 19, and most behind at 19.

/// Lowers the priority of this thread. If the system refuses, its work only comes earlier than it should.
pub fn set_nice(level: i32) {
    let this = rustix::thread::gettid();
    let _ = rustix::process::setpriority_process(Some(this), level);
}
