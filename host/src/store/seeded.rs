//! Bugs that tests plant, to see that the checks which should find them do. In
//! the shipped program there are none: [`Seeded`] is empty there, and every
//! question about it is answered `false` by the compiler.

/// The bug planted in a store, if any.
#[derive(Clone, Copy, Debug, Default)]
pub struct Seeded {
    #[cfg(test)]
    bug: Option<SeededBug>,
}

/// What can be planted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum SeededBug {
    /// A commit is acknowledged before its group is written and synced.
    AcknowledgeEarly,
    /// The last commit of a group is left out of the journal.
    WriteHalfAGroup,
    /// Ranges that were read are not looked at when a commit is validated.
    SkipRangeCheck,
    /// Validation does not see the earlier commits of the same group.
    SkipGroupCheck,
    /// The window lets versions go that an open snapshot shows.
    ForgetVersionsEarly,
    /// The journal is cut before the dump that makes it superfluous.
    CutBeforeDump,
}

impl Seeded {
    /// Plants a bug.
    #[cfg(test)]
    pub(in crate::store) fn with(bug: SeededBug) -> Seeded {
        Seeded { bug: Some(bug) }
    }

    /// Whether this bug is planted.
    #[cfg(test)]
    pub(in crate::store) fn has(self, bug: SeededBug) -> bool {
        self.bug == Some(bug)
    }

    /// Whether this bug is planted: it is not.
    #[cfg(not(test))]
    #[inline]
    #[expect(clippy::unused_self, reason = "in tests it has an answer of its own")]
    pub(in crate::store) const fn has(self, _: SeededBug) -> bool {
        false
    }
}
