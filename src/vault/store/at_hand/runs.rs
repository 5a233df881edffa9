//! Runs of terms that lookups read last, in memory and still sealed, so that the next lookup asks the server for none.
//!
//! A run is given out only to whoever sees the same case, the same exhibits and the same erasures as the one who read
//! it. So what an admission adds, an erasure overwrites or a rotation seals again is read anew.

use std::sync::Arc;

use zeroize::ZeroizeOnDrop;

use super::bounded::Bounded;

/// All together take so many bytes: the runs of two million numbers.
const MOST_BYTES: usize = 64 << 20;

/// Which run it is: of a case and the code of a field, and the number of its first term.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::vault::store) struct RunAt {
    pub(in crate::vault::store) case: i64,
    pub(in crate::vault::store) field: u8,
    pub(in crate::vault::store) first: u32,
}

/// What the rows of the case, of its exhibits and of its erasures were.
pub(in crate::vault::store) type RunMark = [[u8; 32]; 3];

/// A run, sealed. Of what was erased or destroyed nothing stays, although it is sealed.
#[derive(ZeroizeOnDrop)]
pub(in crate::vault::store) struct KeptRun {
    pub(in crate::vault::store) tags: Vec<u8>,
    pub(in crate::vault::store) terms: Vec<u8>,
}

pub(super) struct Runs(Bounded<RunAt, (RunMark, Arc<KeptRun>)>);

impl Default for Runs {
    fn default() -> Self {
        Self(Bounded::new(MOST_BYTES))
    }
}

impl Runs {
    pub(super) fn find(&self, at: RunAt, mark: &RunMark) -> Option<Arc<KeptRun>> {
        let found = self.0.find(&at)?;
        let (of, run) = &*found;
        (of == mark).then(|| Arc::clone(run))
    }

    pub(super) fn put(&self, at: RunAt, mark: RunMark, run: &Arc<KeptRun>) {
        let bytes = run.tags.capacity() + run.terms.capacity() + size_of::<RunMark>();
        self.0.put(at, Arc::new((mark, Arc::clone(run))), bytes);
    }

    pub(super) fn forget(&self, is_gone: impl Fn(&RunAt) -> bool) {
        self.0.forget(is_gone);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_for_those_who_see_the_same_case_exhibits_and_erasures() {
        let (runs, at) = (Runs::default(), |first| RunAt {
            case: 1,
            field: 1,
            first,
        });
        let run = Arc::new(KeptRun {
            tags: vec![1; 100],
            terms: vec![2; 100],
        });
        let mark = [[1; 32], [2; 32], [3; 32]];
        runs.put(at(1), mark, &run);
        assert!(runs.find(at(1), &mark).is_some());
        assert!(runs.find(at(2), &mark).is_none());
        for no in 0..3 {
            let mut other = mark;
            other[no] = [9; 32];
            assert!(runs.find(at(1), &other).is_none());
        }
        runs.forget(|at| at.case == 2);
        assert!(runs.find(at(1), &mark).is_some());
        runs.forget(|at| at.case == 1);
        assert!(runs.find(at(1), &mark).is_none());
    }
}
