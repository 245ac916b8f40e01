//! Figures as people read them.

use crate::store::{Counts, Finding};

/// With a comma before every third digit from the right.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number of things.
pub fn counted(number: u64, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        _ => format!("{} {noun}s", grouped(number)),
    }
}

/// What a store holds, up to which group.
pub fn contents(counts: &Counts) -> String {
    format!(
        "{}, {}{}, {} after the checkpoint, last group {}",
        counted(counts.circles, "circle"),
        counted(counts.keys, "key"),
        pictures(counts),
        counted(counts.commits, "commit"),
        grouped(counts.last)
    )
}

/// The pictures behind other figures, if there are any.
pub fn pictures(counts: &Counts) -> String {
    match counts.pictures {
        0 => String::new(),
        pictures => format!(", {}", counted(pictures, "picture")),
    }
}

/// What is wrong, one thing a line.
pub fn lines(findings: &[Finding]) -> String {
    let lines: Vec<String> = findings.iter().map(Finding::to_string).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_grouped() {
        #[track_caller]
        fn check(number: u64, expected: &str) {
            assert_eq!(counted(number, "key"), expected);
        }
        check(0, "0 keys");
        check(1, "1 key");
        check(999, "999 keys");
        check(1000, "1,000 keys");
        check(1_234_567, "1,234,567 keys");
    }
}
