//! Linear programs: the least and the greatest value of a sum of unknowns that are not negative, if
//! other sums of them lie within known bounds. A dense simplex; the programs here have some hundred
//! unknowns.

pub(crate) struct Program {
    unknowns: usize,
    rows: Vec<Row>,
}

struct Row {
    /// Unknown and factor.
    terms: Vec<(usize, f64)>,
    least: f64,
    most: f64,
}

impl Program {
    pub(crate) fn new(unknowns: usize) -> Self {
        Self {
            unknowns,
            rows: Vec::new(),
        }
    }

    /// `least <= sum of terms <= most`; either may be infinite.
    pub(crate) fn hold(&mut self, terms: Vec<(usize, f64)>, least: f64, most: f64) {
        assert!(terms.iter().all(|(unknown, _)| *unknown < self.unknowns));
        self.rows.push(Row { terms, least, most });
    }

    /// A point within all bounds, to go on from; `None` if there is none.
    pub(crate) fn solve(&self) -> Option<Feasible> {
        let sides = self.rows.iter().flat_map(|row| {
            // All as `terms <= side`.
            let upper = row.most.is_finite().then_some((&row.terms, 1.0, row.most));
            let lower = row
                .least
                .is_finite()
                .then_some((&row.terms, -1.0, -row.least));
            [upper, lower].into_iter().flatten()
        });
        let sides: Vec<_> = sides.collect();
        let slack = self.unknowns;
        let artificial = slack + sides.len();
        let needed = sides.iter().filter(|(_, _, side)| *side < 0.0).count();
        let width = artificial + needed + 1;
        let mut tableau = Tableau {
            rows: Vec::with_capacity(sides.len()),
            basis: Vec::with_capacity(sides.len()),
            goal: vec![0.0; width],
        };
        let mut next = artificial;
        for (at, (terms, sign, side)) in sides.iter().enumerate() {
            let mut row = vec![0.0; width];
            let turn = if *side < 0.0 { -1.0 } else { 1.0 };
            for (unknown, factor) in *terms {
                row[*unknown] += factor * sign * turn;
            }
            row[slack + at] = turn;
            row[width - 1] = side * turn;
            if *side < 0.0 {
                row[next] = 1.0;
                // The sum of what is artificial, to be made nothing.
                for (goal, value) in tableau.goal.iter_mut().zip(&row) {
                    *goal -= value;
                }
                tableau.goal[next] = 0.0;
                tableau.basis.push(next);
                next += 1;
            } else {
                tableau.basis.push(slack + at);
            }
            tableau.rows.push(row);
        }
        tableau.descend(width - 1);
        if tableau.goal[width - 1].abs() > TOLERANCE {
            return None;
        }
        tableau.leave_out(artificial);
        Some(Feasible { tableau })
    }
}

pub(crate) struct Feasible {
    tableau: Tableau,
}

impl Feasible {
    /// The least and the most of a sum of unknowns. What has no end is infinite.
    pub(crate) fn range(&mut self, unknowns: &[usize]) -> (f64, f64) {
        let least = self.least(unknowns, 1.0);
        let most = -self.least(unknowns, -1.0);
        (least, most)
    }

    fn least(&mut self, unknowns: &[usize], sign: f64) -> f64 {
        let tableau = &mut self.tableau;
        let width = tableau.goal.len();
        let mut goal = vec![0.0; width];
        for unknown in unknowns {
            goal[*unknown] += sign;
        }
        for (row, basic) in tableau.rows.iter().zip(&tableau.basis) {
            let factor = goal[*basic];
            if factor != 0.0 {
                for (goal, value) in goal.iter_mut().zip(row) {
                    *goal -= factor * value;
                }
            }
        }
        tableau.goal = goal;
        match tableau.descend(width - 1) {
            true => -tableau.goal[width - 1],
            false => f64::NEG_INFINITY,
        }
    }
}

struct Tableau {
    rows: Vec<Vec<f64>>,
    basis: Vec<usize>,
    goal: Vec<f64>,
}

impl Tableau {
    /// To the least of the goal; false if it has none.
    fn descend(&mut self, columns: usize) -> bool {
        for turn in 0.. {
            // The steepest; after long, the first, which cannot go in a circle.
            let falling = (0..columns).filter(|at| self.goal[*at] < -TOLERANCE);
            let entering = if turn < 500 {
                falling.min_by(|a, b| self.goal[*a].total_cmp(&self.goal[*b]))
            } else {
                falling.min()
            };
            let Some(entering) = entering else {
                return true;
            };
            let bound = |row: &Vec<f64>| row[columns] / row[entering];
            let leaving = (0..self.rows.len())
                .filter(|at| self.rows[*at][entering] > TOLERANCE)
                .min_by(|a, b| {
                    let (first, second) = (bound(&self.rows[*a]), bound(&self.rows[*b]));
                    first
                        .total_cmp(&second)
                        .then(self.basis[*a].cmp(&self.basis[*b]))
                });
            let Some(leaving) = leaving else {
                return false;
            };
            self.pivot(leaving, entering);
        }
        true
    }

    fn pivot(&mut self, leaving: usize, entering: usize) {
        let mut pivot = std::mem::take(&mut self.rows[leaving]);
        let by = pivot[entering];
        pivot.iter_mut().for_each(|value| *value /= by);
        let others = self.rows.iter_mut().filter(|row| !row.is_empty());
        for row in others.chain([&mut self.goal]) {
            let factor = row[entering];
            if factor != 0.0 {
                for (value, pivot) in row.iter_mut().zip(&pivot) {
                    *value -= factor * pivot;
                }
                row[entering] = 0.0;
            }
        }
        self.rows[leaving] = pivot;
        self.basis[leaving] = entering;
    }

    /// Takes away the columns from `first` on but the last, which are all nothing.
    fn leave_out(&mut self, first: usize) {
        for at in 0..self.rows.len() {
            if self.basis[at] >= first {
                let kept = (0..first).find(|column| self.rows[at][*column].abs() > TOLERANCE);
                if let Some(kept) = kept {
                    self.pivot(at, kept);
                }
            }
        }
        // A row that is artificial still says nothing that others do not.
        let said: Vec<bool> = self.basis.iter().map(|basic| *basic < first).collect();
        let mut said_of = said.iter();
        self.rows.retain(|_| *said_of.next().unwrap());
        self.basis.retain(|basic| *basic < first);
        for row in self.rows.iter_mut().chain([&mut self.goal]) {
            let side = row[row.len() - 1];
            row.truncate(first);
            row.push(side);
        }
    }
}

const TOLERANCE: f64 = 1e-7;

#[test]
fn a_program_has_the_range_that_can_be_read_off() {
    // x + y in 3..5, y at most 2, x - y at least 0.
    let mut program = Program::new(2);
    program.hold(vec![(0, 1.0), (1, 1.0)], 3.0, 5.0);
    program.hold(vec![(1, 1.0)], f64::NEG_INFINITY, 2.0);
    program.hold(vec![(0, 1.0), (1, -1.0)], 0.0, f64::INFINITY);
    let mut found = program.solve().unwrap();
    let close = |(a, b): (f64, f64), (c, d): (f64, f64)| {
        assert!((a - c).abs() < 1e-6 && (b - d).abs() < 1e-6, "{a} {b}");
    };
    close(found.range(&[0]), (1.5, 5.0));
    close(found.range(&[1]), (0.0, 2.0));
    close(found.range(&[0, 1]), (3.0, 5.0));
    program.hold(vec![(0, 1.0)], f64::NEG_INFINITY, 1.0);
    assert!(program.solve().is_none(), "x at most 1 leaves nothing");
    let mut open = Program::new(2);
    open.hold(vec![(0, 1.0)], 1.0, f64::INFINITY);
    assert_eq!(open.solve().unwrap().range(&[1]), (0.0, f64::INFINITY));
}
