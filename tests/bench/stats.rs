//! Medians and ranges, and the lines they are printed as.

/// What was seen of one thing, a figure a turn.
#[derive(Clone, Debug, Default)]
pub struct Samples(Vec<f64>);

impl Samples {
    /// Adds a turn's figure.
    pub fn add(&mut self, sample: f64) {
        self.0.push(sample);
    }

    /// The middle one; of an even number, the mean of the two in the middle.
    pub fn median(&self) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let middle = sorted.len() / 2;
        match sorted.len() {
            0 => f64::NAN,
            length if length % 2 == 1 => sorted[middle],
            _ => f64::midpoint(sorted[middle - 1], sorted[middle]),
        }
    }

    /// The least and the most.
    pub fn range(&self) -> (f64, f64) {
        self.0
            .iter()
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &seen| {
                (low.min(seen), high.max(seen))
            })
    }

    /// The median and, in brackets, the range.
    pub fn with_range(&self, decimals: usize) -> String {
        let (low, high) = self.range();
        format!(
            "{:.decimals$} ({low:.decimals$}–{high:.decimals$})",
            self.median()
        )
    }

    /// Turn by turn, how many times the other it is. Turns of one round stand
    /// beside each other in time, so what slows the machine slows both.
    pub fn over(&self, other: &Samples) -> Samples {
        let ratios = self.0.iter().zip(&other.0);
        Samples(ratios.map(|(ours, theirs)| ours / theirs).collect())
    }

    /// Turn by turn, what is left of it without the other.
    pub fn less(&self, other: &Samples) -> Samples {
        let pairs = self.0.iter().zip(&other.0);
        Samples(pairs.map(|(whole, part)| whole - part).collect())
    }
}

/// A figure to reach.
#[derive(Clone, Copy, Debug)]
pub enum Target {
    /// There is none.
    None,
    /// So much or more.
    AtLeast(f64),
    /// So much or less.
    AtMost(f64),
}

impl Target {
    /// The target, and whether a figure reaches it.
    pub fn verdict(self, figure: f64) -> String {
        let (sign, bound, reached) = match self {
            Target::None => return String::new(),
            Target::AtLeast(bound) => ("≥", bound, figure >= bound),
            Target::AtMost(bound) => ("≤", bound, figure <= bound),
        };
        let word = if reached { "reached" } else { "missed" };
        format!("{sign} {bound}  {word}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(figures: &[f64]) -> Samples {
        Samples(figures.to_vec())
    }

    #[test]
    fn a_median_is_the_middle() {
        let check = |figures: &[f64], median: f64| assert_eq!(samples(figures).median(), median);
        check(&[3.0], 3.0);
        check(&[9.0, 1.0, 2.0], 2.0);
        check(&[4.0, 1.0, 2.0, 9.0], 3.0);
        assert!(samples(&[]).median().is_nan());
    }

    #[test]
    fn a_figure_stands_before_its_range() {
        assert_eq!(samples(&[1.0, 2.26, 3.0]).with_range(1), "2.3 (1.0–3.0)");
    }

    #[test]
    fn turns_are_held_beside_each_other() {
        let (ours, theirs) = (samples(&[10.0, 30.0]), samples(&[5.0, 10.0]));
        assert_eq!(ours.over(&theirs).range(), (2.0, 3.0));
        assert_eq!(ours.less(&theirs).range(), (5.0, 20.0));
    }

    #[test]
    fn a_target_is_reached_or_missed() {
        let check = |target: Target, figure, said: &str| assert_eq!(target.verdict(figure), said);
        check(Target::AtLeast(1.2), 1.2, "≥ 1.2  reached");
        check(Target::AtLeast(1.2), 1.1, "≥ 1.2  missed");
        check(Target::AtMost(12.0), 12.5, "≤ 12  missed");
        check(Target::None, 1.0, "");
    }
}
