//! What an act costs: known from the request, before anything is read.

/// Points, and the budget they come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Price {
    pub(in crate::vault) kind: BudgetKind,
    pub(in crate::vault) points: u32,
}

/// The budgets that an operator has in a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(in crate::vault) enum BudgetKind {
    /// Asking whether numbers are in the case, and other questions that come near that.
    Lookups,
    /// Pages of masked records, timelines, tables.
    Views,
}

impl BudgetKind {
    /// The word in the table.
    pub(in crate::vault) fn as_str(self) -> &'static str {
        match self {
            Self::Lookups => "lookups",
            Self::Views => "views",
        }
    }
}

/// The points of a difference of two exhibits.
const DIFFERENCE: u32 = 100;
/// The points of a request for which records are counted.
const REQUEST: u32 = 10;
/// The view points of a table, whatever it shows.
const TABLE: u32 = 100;
/// The view points of a list of requests with masked subjects.
const LIST: u32 = 500;

impl Price {
    /// One point for each of so many numbers.
    pub fn of_numbers(numbers: u32) -> Self {
        Self::lookups(numbers)
    }

    /// How many points it is.
    pub const fn points(self) -> u32 {
        self.points
    }

    /// The difference of two exhibits.
    pub fn of_difference() -> Self {
        Self::lookups(DIFFERENCE)
    }

    /// Making a request for which records are counted, and which shows so many masked subjects.
    pub fn of_request(masked: u32) -> Self {
        Self::lookups(REQUEST.saturating_add(masked))
    }

    /// Reading a request in which records are counted, and which shows at most so many masked subjects.
    pub const fn of_reading_request(masked: u32) -> Self {
        Self::views(REQUEST.saturating_add(masked))
    }

    /// A list of such requests.
    pub const fn of_request_list() -> Self {
        Self::views(LIST)
    }

    /// A page with room for so many records.
    pub fn of_page(records: u32) -> Self {
        Self::views(records)
    }

    /// A table, whatever it shows.
    pub fn of_table() -> Self {
        Self::views(TABLE)
    }

    /// The same act over a filter that compares exhibits with each other. Its counts are those of a difference, so it
    /// costs one, and a view comes with it.
    pub fn comparing(self, compares: bool) -> Self {
        match (compares, self.kind) {
            (false, _) => self,
            (true, BudgetKind::Views) => Self::of_difference(),
            (true, BudgetKind::Lookups) => Self::lookups(self.points.saturating_add(DIFFERENCE)),
        }
    }

    const fn lookups(points: u32) -> Self {
        Self {
            kind: BudgetKind::Lookups,
            points,
        }
    }

    const fn views(points: u32) -> Self {
        Self {
            kind: BudgetKind::Views,
            points,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_that_compares_exhibits_costs_a_difference_wherever_it_is_accepted() {
        for view in [Price::of_page(1), Price::of_page(500), Price::of_table()] {
            assert_eq!(view.comparing(true), Price::of_difference());
            assert_eq!(view.comparing(false), view);
        }
        let request = Price::of_request(0);
        assert_eq!(
            request.comparing(true),
            Price::lookups(REQUEST + DIFFERENCE)
        );
        assert_eq!(request.comparing(false), request);
    }
}
