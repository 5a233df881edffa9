//! The vault's time. Only this file reads the machine's date and calculates the vault's time from it. All other code
//! gets the time from here.
//!
//! A machine has two clocks. The wall clock tells the date and may jump. The monotonic one only
//! tells how much time has passed. [`VaultClock`] makes one time of both:
//!
//! - While the vault runs, its time goes on with the monotonic clock, whatever the wall clock does. It moves towards
//!   the wall clock by at most half a thousandth of the time that passes. If the two differ by more than a minute, the
//!   clock is *in doubt*, and nothing changes until two people accept the wall clock's time.
//! - At a start the vault goes on from the latest time it has kept, or from the wall clock, if that is later. So its
//!   own time never goes back, and a deadline that is over stays over.
//! - Points that flow back, failed sign-ins and delays use [`VaultClock::measured`]: how long the vault has run, as it
//!   measured itself. A wall clock that is ahead makes none of them come sooner.
//! - Deadlines ([`VaultClock::in_seconds`]) are kept in the vault's own time. If two people accept another time, the
//!   time that is shown and written down changes. No deadline does: each has as long to go as before, or is over.
//! - Requests that two people decide ([`VaultClock::term`]) are the exception. If the wall clock was ahead at a start,
//!   requests are over by it; if two people then take that jump back, before the vault has run for a day with it, they
//!   live again. What has run for its whole time, as the vault measured it, stays over.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rustix::time::{ClockId, clock_gettime};
use serde::{Deserialize, Serialize};

use crate::domain::{Moment, OperatorId};

/// The two clocks of a machine.
pub trait Clock: Send + Sync {
    /// The wall clock. It may jump ahead and back.
    fn now(&self) -> Moment;

    /// The monotonic clock: the time since some fixed moment. It never goes back and never jumps.
    fn elapsed(&self) -> Duration;
}

/// The machine's clocks.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the machine's clock"
    )]
    fn now(&self) -> Moment {
        let since = match SystemTime::now().duration_since(UNIX_EPOCH) {
            Ok(since) => i64::try_from(since.as_secs()),
            Err(before) => i64::try_from(before.duration().as_secs()).map(|seconds| -seconds),
        };
        Moment::from_seconds(since.unwrap_or(i64::MAX))
    }

    /// The time since the machine was booted, including the time that it slept.
    fn elapsed(&self) -> Duration {
        let since = clock_gettime(ClockId::Boottime);
        let seconds = u64::try_from(since.tv_sec).unwrap_or_default();
        Duration::new(seconds, u32::try_from(since.tv_nsec).unwrap_or_default())
    }
}

/// Clocks that stand still until they are moved. All clones share them.
#[derive(Debug, Clone)]
pub struct ManualClock {
    wall: Arc<AtomicI64>,
    elapsed: Arc<AtomicI64>,
}

impl ManualClock {
    /// Starts at `moment`.
    pub fn new(moment: Moment) -> Self {
        Self {
            wall: Arc::new(AtomicI64::new(moment.seconds())),
            elapsed: Arc::default(),
        }
    }

    /// Moves the wall clock of this clock and all its clones to `moment`; no time passes.
    pub fn set(&self, moment: Moment) {
        self.wall.store(moment.seconds(), Ordering::SeqCst);
    }

    /// The wall clock jumps by so many seconds; no time passes.
    pub fn jump_seconds(&self, seconds: i64) {
        self.wall.fetch_add(seconds, Ordering::SeqCst);
    }

    /// Time passes, on both clocks.
    pub fn advance_seconds(&self, seconds: i64) {
        self.wall.fetch_add(seconds, Ordering::SeqCst);
        self.elapsed.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Moment {
        Moment::from_seconds(self.wall.load(Ordering::SeqCst))
    }

    fn elapsed(&self) -> Duration {
        let seconds = self.elapsed.load(Ordering::SeqCst);
        Duration::from_secs(u64::try_from(seconds).unwrap_or_default())
    }
}

/// How many seconds the wall clock may differ from the vault's time before the clock is in doubt.
pub const TOLERANCE_S: i64 = 60;
/// If the wall clock says that the vault was stopped for longer than this, two people have to accept its time.
const LONG_STOP_S: i64 = 31 * 86_400;
/// How far the time that a person states, read from their own watch, may be from the wall clock.
const STATED_WITHIN_S: i64 = 300;
/// How long the vault has to run, not in doubt, before what the wall clock jumped at its start is not taken back.
const SETTLED_S: i64 = 86_400;
/// How long one person's acceptance waits for a second person's.
pub(in crate::vault) const PROPOSAL_S: i64 = 86_400;
/// The vault's time moves towards the wall clock by at most the time that passes, divided by this.
const FOLLOWED: i128 = 2000;
/// A difference of up to this comes from the rounding to whole seconds.
const ROUNDING: i128 = 2 * SECOND;
const SECOND: i128 = 1_000_000_000;

/// The vault's clock. All parts of the vault share it.
pub(in crate::vault) struct VaultClock {
    machine: Arc<dyn Clock>,
    standing: Mutex<Standing>,
}

/// Where the clock stands. Times are nanoseconds since 1970.
#[derive(Clone)]
pub(in crate::vault) struct Standing {
    /// The vault's own time when the monotonic clock was at `at`. Never goes back.
    own: i128,
    at: Duration,
    /// What accepted times have added to the own time where it is shown. Deadlines do not use it.
    corrected_s: i64,
    measured: i128,
    /// How many seconds the own time jumped at starts, and nobody knows yet whether they have passed.
    jumped_s: i64,
    /// Since when that may settle, as `measured`.
    jumped_at: i128,
    /// How many seconds of such jumps were taken back.
    undone_s: i64,
    /// How many seconds the wall clock is ahead of the vault's time, if it is in doubt.
    off_by_s: Option<i64>,
    /// How long the vault was stopped, as the wall clock says, if that is long and not accepted yet.
    stopped_s: Option<i64>,
    proposal: Option<Proposal>,
    /// The own time, in seconds, that was last given to the store; `None` if the store needs it again.
    kept: Option<i64>,
}

/// One person's acceptance, which waits for another's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Proposal {
    operator: String,
    off_by_s: i64,
    /// In the vault's own time.
    until: i64,
}

/// What the store keeps of the clock, sealed. In seconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::vault) struct KeptClock {
    own: i64,
    measured: i64,
    jumped_s: i64,
    undone_s: i64,
    corrected_s: i64,
    stopped_s: Option<i64>,
    proposal: Option<Proposal>,
}

/// How long a request has to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::vault) struct Term {
    /// When it ends: the own time, without the jumps that were taken back.
    pub(in crate::vault) ends: Moment,
    /// When it has run for its whole time, as the vault measures time.
    pub(in crate::vault) runs_out: Moment,
}

impl Term {
    /// A term that ends so many seconds earlier.
    pub(in crate::vault) fn earlier(self, seconds: i64) -> Self {
        Self {
            ends: self.ends.plus_seconds(-seconds),
            runs_out: self.runs_out.plus_seconds(-seconds),
        }
    }
}

/// What the clocks say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockReport {
    /// The vault's time, as it is shown and written down.
    pub time: Moment,
    /// The wall clock of the machine.
    pub machine: Moment,
    /// How many seconds the wall clock is ahead of the vault's time (behind, if negative), if that is over a minute.
    pub off_by_s: Option<i64>,
    /// How many seconds the vault was stopped, as the wall clock says, if that is more than 31 days and not accepted
    /// yet.
    pub stopped_s: Option<i64>,
}

impl ClockReport {
    /// Whether two people have to accept a time.
    pub fn in_doubt(&self) -> bool {
        self.off_by_s.is_some() || self.stopped_s.is_some()
    }
}

/// What came of one person's acceptance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::vault) enum Accepted {
    /// Somebody else has to accept it too.
    Proposed,
    /// The vault's time has changed from `before` to `now`.
    Done { before: Moment, now: Moment },
}

/// Why an acceptance is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::vault) enum NotAccepted {
    /// The clock is not in doubt.
    NoDoubt,
    /// The wall clock shows another time than the one that was stated.
    OtherTime,
    /// The same person has accepted it already.
    SamePerson,
}

impl VaultClock {
    /// The clock of a new vault.
    pub(in crate::vault) fn founded(machine: Arc<dyn Clock>) -> Self {
        let now = machine.now().seconds();
        let kept = KeptClock {
            own: now,
            measured: now,
            jumped_s: 0,
            undone_s: 0,
            corrected_s: 0,
            stopped_s: None,
            proposal: None,
        };
        Self::resumed(machine, kept)
    }

    /// Goes on from what the store has kept.
    pub(in crate::vault) fn resumed(machine: Arc<dyn Clock>, kept: KeptClock) -> Self {
        let wall = machine.now().seconds().saturating_sub(kept.corrected_s);
        let stopped_s = wall.saturating_sub(kept.own);
        let long = (stopped_s > LONG_STOP_S).then_some(stopped_s);
        if long.is_some() {
            tracing::error!(
                stopped_s,
                "the clock jumped ahead, or the vault was stopped long; two people accept its time"
            );
        }
        let standing = Standing {
            own: nanos(kept.own.max(wall)),
            at: machine.elapsed(),
            corrected_s: kept.corrected_s,
            measured: nanos(kept.measured),
            jumped_s: kept.jumped_s.saturating_add(stopped_s.max(0)),
            jumped_at: nanos(kept.measured),
            undone_s: kept.undone_s,
            off_by_s: None,
            stopped_s: long.or(kept.stopped_s),
            proposal: kept.proposal,
            kept: None,
        };
        let clock = Self {
            machine,
            standing: Mutex::new(standing),
        };
        drop(clock.advanced());
        clock
    }

    /// The time as it is shown and written down. Two people can set it back, so no deadline and no delay uses it: see
    /// [`Self::in_seconds`] and [`Self::measured`].
    pub(in crate::vault) fn now(&self) -> Moment {
        self.advanced().shown()
    }

    /// A deadline: the moment in so many seconds, in the vault's own time.
    pub(in crate::vault) fn in_seconds(&self, seconds: i64) -> Moment {
        Moment::from_seconds(seconds_of(self.advanced().own)).plus_seconds(seconds)
    }

    /// Whether a deadline is over. Once it is, it stays so.
    pub(in crate::vault) fn is_over(&self, deadline: Moment) -> bool {
        deadline.seconds() <= seconds_of(self.advanced().own)
    }

    /// The term of a request that begins now.
    pub(in crate::vault) fn term(&self, seconds: i64) -> Term {
        let standing = self.advanced();
        let measured = Moment::from_seconds(seconds_of(standing.measured));
        Term {
            ends: standing.lived().plus_seconds(seconds),
            runs_out: measured.plus_seconds(seconds),
        }
    }

    /// Whether a request's term is over.
    pub(in crate::vault) fn has_ended(&self, term: Term) -> bool {
        let standing = self.advanced();
        term.ends <= standing.lived() || term.runs_out.seconds() <= seconds_of(standing.measured)
    }

    /// How many seconds a delay has to go: until both the vault's time and the time that it ran have passed its end. So
    /// neither a clock that jumps nor a vault that is stopped makes it shorter.
    pub(in crate::vault) fn left_of_delay(&self, delay: Term) -> i64 {
        let standing = self.advanced();
        let by_clock = delay.ends.seconds() - standing.lived().seconds();
        let by_running = delay.runs_out.seconds() - seconds_of(standing.measured);
        by_clock.max(by_running).max(0)
    }

    /// When a term ends, as it is shown.
    pub(in crate::vault) fn shown_end(&self, term: Term) -> Moment {
        let standing = self.advanced();
        let shift = standing.undone_s.saturating_add(standing.corrected_s);
        term.ends.plus_seconds(shift)
    }

    /// A deadline as it is shown.
    pub(in crate::vault) fn shown(&self, deadline: Moment) -> Moment {
        deadline.plus_seconds(self.advanced().corrected_s)
    }

    /// The time when the vault was founded, plus how long it has run since then, as it measured itself. Only the
    /// difference of two such moments means something. Points that flow back and all delays use it.
    pub(in crate::vault) fn measured(&self) -> Moment {
        Moment::from_seconds(seconds_of(self.advanced().measured))
    }

    /// The machine's monotonic clock. What a pause between two looks is measured by, where no time of day counts.
    pub(in crate::vault) fn elapsed(&self) -> Duration {
        self.machine.elapsed()
    }

    /// The times for which the code of a second factor is good. While they differ, nobody knows which one is right, and
    /// the people who accept one have to sign in first.
    pub(in crate::vault) fn moments_of_codes(&self) -> [Moment; 2] {
        let report = self.report();
        [report.time, report.machine]
    }

    pub(in crate::vault) fn report(&self) -> ClockReport {
        let standing = self.advanced();
        ClockReport {
            time: standing.shown(),
            machine: self.machine.now(),
            off_by_s: standing.off_by_s,
            stopped_s: standing.stopped_s,
        }
    }

    /// One person accepts the wall clock's time, and states that time themselves. When a second person accepts it
    /// too, it becomes the vault's time.
    pub(in crate::vault) fn accept(
        &self,
        operator: &OperatorId,
        stated: Moment,
    ) -> Result<Accepted, NotAccepted> {
        let mut standing = self.advanced();
        if standing.off_by_s.is_none() && standing.stopped_s.is_none() {
            return Err(NotAccepted::NoDoubt);
        }
        let wall = self.machine.now();
        if wall.seconds().abs_diff(stated.seconds()) > STATED_WITHIN_S as u64 {
            return Err(NotAccepted::OtherTime);
        }
        let before = standing.shown();
        let off_by_s = wall.seconds().saturating_sub(before.seconds());
        let own = seconds_of(standing.own);
        let same_time = standing.proposal.clone().filter(|proposal| {
            proposal.until > own && proposal.off_by_s.abs_diff(off_by_s) <= TOLERANCE_S as u64
        });
        standing.kept = None;
        match same_time {
            Some(proposal) if proposal.operator == operator.as_str() => {
                Err(NotAccepted::SamePerson)
            }
            Some(_) => {
                standing.corrected_s = standing.corrected_s.saturating_add(off_by_s);
                let back = off_by_s.saturating_neg().clamp(0, standing.jumped_s);
                standing.undone_s = standing.undone_s.saturating_add(back);
                standing.jumped_s = 0;
                standing.off_by_s = None;
                standing.stopped_s = None;
                standing.proposal = None;
                Ok(Accepted::Done { before, now: wall })
            }
            None => {
                standing.proposal = Some(Proposal {
                    operator: operator.to_string(),
                    off_by_s,
                    until: own.saturating_add(PROPOSAL_S),
                });
                Ok(Accepted::Proposed)
            }
        }
    }

    /// Whose acceptance waits for a second person's.
    pub(in crate::vault) fn proposed_by(&self) -> Option<String> {
        let standing = self.advanced();
        let own = seconds_of(standing.own);
        let proposal = standing
            .proposal
            .as_ref()
            .filter(|proposal| proposal.until > own);
        proposal.map(|proposal| proposal.operator.clone())
    }

    /// Forgets that acceptance: whoever gave it may accept no time any more.
    pub(in crate::vault) fn forget_proposal(&self) {
        let mut standing = self.advanced();
        standing.proposal = None;
        standing.kept = None;
    }

    /// Where the clock stands, to go back to it if a commit fails.
    pub(in crate::vault) fn standing(&self) -> Standing {
        self.advanced().clone()
    }

    /// Goes back to an earlier standing. No time is lost: it goes on with the monotonic clock.
    pub(in crate::vault) fn restore(&self, standing: Standing) {
        let mut held = self.standing.lock().unwrap_or_else(PoisonError::into_inner);
        *held = standing;
    }

    /// Goes on from what another node of the vault kept, which has a clock of its own. The time of this one does not go
    /// back; what people accepted there holds here.
    pub(in crate::vault) fn follow(&self, kept: KeptClock) {
        let mut standing = self.advanced();
        standing.own = standing.own.max(nanos(kept.own));
        standing.measured = standing.measured.max(nanos(kept.measured));
        standing.jumped_s = standing.jumped_s.max(kept.jumped_s);
        if kept.undone_s > standing.undone_s || kept.corrected_s != standing.corrected_s {
            standing.jumped_s = kept.jumped_s;
        }
        standing.undone_s = kept.undone_s;
        standing.corrected_s = kept.corrected_s;
        standing.stopped_s = kept.stopped_s;
        standing.proposal = kept.proposal;
        standing.kept = Some(kept.own);
        standing.advance(self.machine.now(), self.machine.elapsed());
    }

    /// What the store has to keep; `None` if it has that already.
    pub(in crate::vault) fn to_keep(&self) -> Option<KeptClock> {
        let mut standing = self.advanced();
        let own = seconds_of(standing.own);
        (standing.kept != Some(own)).then(|| {
            standing.kept = Some(own);
            KeptClock {
                own,
                measured: seconds_of(standing.measured),
                jumped_s: standing.jumped_s,
                undone_s: standing.undone_s,
                corrected_s: standing.corrected_s,
                stopped_s: standing.stopped_s,
                proposal: standing.proposal.clone(),
            }
        })
    }

    fn advanced(&self) -> MutexGuard<'_, Standing> {
        let mut standing = self.standing.lock().unwrap_or_else(PoisonError::into_inner);
        standing.advance(self.machine.now(), self.machine.elapsed());
        standing
    }
}

impl Standing {
    fn shown(&self) -> Moment {
        Moment::from_seconds(seconds_of(self.own)).plus_seconds(self.corrected_s)
    }

    /// The own time without the jumps that were taken back.
    fn lived(&self) -> Moment {
        Moment::from_seconds(seconds_of(self.own)).plus_seconds(-self.undone_s)
    }

    fn advance(&mut self, wall: Moment, elapsed: Duration) {
        let ran = elapsed.saturating_sub(self.at).as_nanos();
        let ran = i128::try_from(ran).unwrap_or_default();
        self.at = self.at.max(elapsed);
        self.measured += ran;
        self.own += ran;
        let off_by = nanos(wall.seconds()) - self.own - nanos(self.corrected_s);
        if off_by.abs() <= nanos(TOLERANCE_S) {
            if off_by.abs() > ROUNDING {
                self.own += off_by.clamp(-ran / FOLLOWED, ran / FOLLOWED);
            }
            if self.off_by_s.take().is_some() {
                tracing::warn!("the clock shows the vault's time again");
                self.jumped_at = self.measured;
            }
            let settled = self.measured - self.jumped_at >= nanos(SETTLED_S);
            if settled && self.stopped_s.is_none() {
                self.jumped_s = 0;
            }
            return;
        }
        let off_by_s = seconds_of(off_by);
        let known = self.off_by_s.replace(off_by_s);
        if known.is_none_or(|known| known.abs_diff(off_by_s) > TOLERANCE_S as u64) {
            tracing::error!(
                off_by_s,
                "the clock jumped; the vault keeps its own time until two people accept another"
            );
        }
    }
}

fn nanos(seconds: i64) -> i128 {
    i128::from(seconds) * SECOND
}

fn seconds_of(nanos: i128) -> i64 {
    i64::try_from(nanos.div_euclid(SECOND)).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const YEAR: i64 = 365 * 86_400;
    const START: i64 = 1_712_048_400;

    fn at(seconds: i64) -> Moment {
        Moment::from_seconds(START + seconds)
    }

    fn founded() -> (ManualClock, VaultClock) {
        let machine = ManualClock::new(at(0));
        let clock = VaultClock::founded(Arc::new(machine.clone()));
        (machine, clock)
    }

    /// The vault stopped, and started again when its machine shows `wall`.
    fn restarted(clock: &VaultClock, wall: Moment) -> (ManualClock, VaultClock) {
        clock.standing.lock().unwrap().kept = None;
        let kept = clock.to_keep().unwrap();
        let machine = ManualClock::new(wall);
        let clock = VaultClock::resumed(Arc::new(machine.clone()), kept);
        (machine, clock)
    }

    fn somebody(byte: u8) -> OperatorId {
        OperatorId::from_random([byte; 13])
    }

    #[test]
    fn a_manual_clock_is_moved_through_any_of_its_clones() {
        let clock = ManualClock::new(Moment::from_seconds(100));
        let shared = clock.clone();
        shared.advance_seconds(5);
        assert_eq!(clock.now(), Moment::from_seconds(105));
        assert_eq!(clock.elapsed(), Duration::from_secs(5));
        clock.set(Moment::from_seconds(7));
        shared.jump_seconds(-1);
        assert_eq!(shared.now(), Moment::from_seconds(6));
        assert_eq!(shared.elapsed(), Duration::from_secs(5));
    }

    #[test]
    fn the_system_clock_stands_after_the_incident_and_runs() {
        assert!(SystemClock.now() > Moment::from_seconds(1_711_929_600));
        let before = SystemClock.elapsed();
        std::thread::sleep(Duration::from_millis(2));
        assert!(SystemClock.elapsed() > before);
    }

    #[test]
    fn time_that_passes_is_the_same_on_every_reading() {
        let (machine, clock) = founded();
        let deadline = clock.in_seconds(60);
        machine.advance_seconds(59);
        assert!(!clock.is_over(deadline));
        machine.advance_seconds(1);
        assert!(clock.is_over(deadline));
        assert_eq!((clock.now(), clock.measured()), (at(60), at(60)));
        assert!(!clock.report().in_doubt());
    }

    #[test]
    fn a_wall_clock_that_jumps_moves_nothing() {
        let (machine, clock) = founded();
        let (over, lives) = (clock.in_seconds(100), clock.in_seconds(1000));
        machine.advance_seconds(200);
        for jump in [YEAR, -YEAR, -YEAR, 61, -61] {
            machine.jump_seconds(jump);
            assert!(clock.is_over(over) && !clock.is_over(lives), "{jump}");
            assert_eq!((clock.now(), clock.measured()), (at(200), at(200)));
        }
        machine.set(at(200).plus_seconds(YEAR));
        assert_eq!(clock.report().off_by_s, Some(YEAR));
        machine.set(at(201));
        assert!(!clock.report().in_doubt(), "it was put right");
    }

    #[test]
    fn a_small_difference_is_followed_slowly_and_gives_nothing() {
        let (machine, clock) = founded();
        for _ in 0..100 {
            machine.jump_seconds(59);
            let _ = clock.now();
            machine.jump_seconds(-59);
        }
        assert_eq!((clock.now(), clock.measured()), (at(0), at(0)));
        machine.jump_seconds(50);
        machine.advance_seconds(86_400);
        let _ = clock.now();
        assert_eq!(clock.now(), at(86_400 + 43));
        assert_eq!(clock.measured(), at(86_400));
    }

    #[test]
    fn a_stopped_vault_goes_on_from_the_later_time_and_nothing_flows_back_meanwhile() {
        let (machine, clock) = founded();
        machine.advance_seconds(500);
        let deadline = clock.in_seconds(100);
        let (_, later) = restarted(&clock, at(10_000));
        assert_eq!((later.now(), later.measured()), (at(10_000), at(500)));
        assert!(later.is_over(deadline) && !later.report().in_doubt());
        let (_, earlier) = restarted(&later, at(400));
        assert_eq!(earlier.now(), at(10_000));
        assert!(earlier.is_over(deadline), "what was over stays over");
        assert_eq!(earlier.report().off_by_s, Some(-9_600));
    }

    #[test]
    fn a_long_stop_is_told_until_two_people_accept_it() {
        let (_, clock) = founded();
        let (_, clock) = restarted(&clock, at(YEAR));
        assert_eq!(clock.report().stopped_s, Some(YEAR));
        let (_, clock) = restarted(&clock, at(YEAR));
        assert_eq!(clock.report().stopped_s, Some(YEAR));
        assert_eq!(clock.accept(&somebody(1), at(YEAR)), Ok(Accepted::Proposed));
        assert!(clock.accept(&somebody(2), at(YEAR)).is_ok());
        assert!(!clock.report().in_doubt());
    }

    #[test]
    fn two_people_accept_a_time_and_deadlines_stay() {
        let (_, ahead) = founded();
        let early = ahead.in_seconds(86_400);
        let (_, ahead) = restarted(&ahead, at(YEAR));
        let late = ahead.in_seconds(500);
        let (machine, clock) = restarted(&ahead, at(100));
        let (one, two) = (somebody(1), somebody(2));
        assert_eq!(clock.accept(&one, at(90_000)), Err(NotAccepted::OtherTime));
        assert_eq!(clock.accept(&one, at(110)), Ok(Accepted::Proposed));
        assert_eq!(clock.accept(&one, at(110)), Err(NotAccepted::SamePerson));
        assert_eq!(clock.now(), at(YEAR));
        let done = Accepted::Done {
            before: at(YEAR),
            now: at(100),
        };
        assert_eq!(clock.accept(&two, at(110)), Ok(done));
        assert_eq!((clock.now(), clock.report().in_doubt()), (at(100), false));
        assert!(clock.is_over(early), "what had ended has ended");
        assert_eq!(clock.shown(late), at(600));
        machine.advance_seconds(500);
        assert!(clock.is_over(late), "it lives no longer than it would have");
        assert_eq!(clock.accept(&one, at(600)), Err(NotAccepted::NoDoubt));
        let (_, clock) = restarted(&clock, at(700));
        assert_eq!((clock.now(), clock.report().in_doubt()), (at(700), false));
    }

    #[test]
    fn a_jump_at_a_start_that_two_people_take_back_ended_no_request_that_had_time_to_go() {
        const DAY: i64 = 86_400;
        let take_back = |clock: &VaultClock, wall| {
            for one in [1, 2] {
                clock.accept(&somebody(one), wall).unwrap();
            }
        };
        let (machine, clock) = founded();
        let (short, week) = (clock.term(DAY), clock.term(7 * DAY));
        machine.advance_seconds(DAY);
        assert!(clock.has_ended(short) && !clock.has_ended(week));
        let (machine, clock) = restarted(&clock, at(21 * DAY));
        assert!(!clock.report().in_doubt() && clock.has_ended(week));
        let ahead = clock.term(7 * DAY);
        machine.set(at(DAY));
        assert!(
            clock.has_ended(week),
            "one machine's clock takes nothing back"
        );
        take_back(&clock, at(DAY));
        assert!(clock.has_ended(short), "it had run out");
        assert!(!clock.has_ended(week) && !clock.has_ended(ahead));
        assert_eq!(clock.shown_end(week), at(7 * DAY));
        let (machine, clock) = restarted(&clock, at(DAY));
        assert!(!clock.has_ended(week));
        machine.advance_seconds(6 * DAY);
        assert!(clock.has_ended(week));
        machine.advance_seconds(DAY);
        assert!(
            clock.has_ended(ahead),
            "it lives no longer than it would have"
        );
    }

    #[test]
    fn a_request_that_ended_while_the_vault_was_stopped_stays_so_after_a_day() {
        const DAY: i64 = 86_400;
        let (_, clock) = founded();
        let week = clock.term(7 * DAY);
        let (machine, clock) = restarted(&clock, at(8 * DAY));
        assert!(clock.has_ended(week));
        machine.advance_seconds(DAY);
        assert!(!clock.report().in_doubt());
        machine.set(at(DAY));
        for one in [1, 2] {
            clock.accept(&somebody(one), at(DAY)).unwrap();
        }
        assert!(clock.has_ended(week));
    }

    #[test]
    fn two_people_who_accept_different_times_accept_none() {
        let (machine, clock) = founded();
        machine.jump_seconds(YEAR);
        assert_eq!(clock.accept(&somebody(1), at(YEAR)), Ok(Accepted::Proposed));
        machine.jump_seconds(500);
        let other = at(YEAR + 500);
        assert_eq!(clock.accept(&somebody(2), other), Ok(Accepted::Proposed));
        machine.advance_seconds(PROPOSAL_S);
        let late = other.plus_seconds(PROPOSAL_S);
        assert_eq!(clock.accept(&somebody(1), late), Ok(Accepted::Proposed));
    }

    #[test]
    fn a_commit_that_failed_accepts_nothing() {
        let (machine, clock) = founded();
        machine.jump_seconds(YEAR);
        let _ = clock.accept(&somebody(1), at(YEAR));
        let before = clock.standing();
        assert!(clock.accept(&somebody(2), at(YEAR)).is_ok());
        machine.advance_seconds(10);
        clock.restore(before);
        assert_eq!((clock.now(), clock.report().in_doubt()), (at(10), true));
        assert!(clock.to_keep().is_some());
        assert!(clock.to_keep().is_none(), "nothing is new");
    }
}
