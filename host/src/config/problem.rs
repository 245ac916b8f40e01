//! What is wrong with a file, all of it at once, each with its line.
//!
//! May import `config::tree`. Does not decide what is wrong, but what may be
//! shown of it.

use std::fmt;

use super::tree::{Cursor, Origin};

/// One mistake. Shown as `quanka.toml:12: card[0].slug: is missing; …`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    file: String,
    origin: Origin,
    path: String,
    message: String,
}

/// Every mistake found, in the order of the file. Shown one a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problems {
    file: String,
    list: Vec<Problem>,
}

impl Problem {
    /// Where the wrong value came from.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The value's path, like `card[0].config.options[1].id`; empty for the
    /// file as a whole.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What is wrong and what to do.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl Problems {
    pub(crate) fn new(file: impl Into<String>) -> Self {
        Self {
            file: file.into(),
            list: Vec::new(),
        }
    }

    pub(crate) fn add(&mut self, at: &Cursor<'_>, message: impl Into<String>) {
        self.add_at(at.node.origin.clone(), &at.path, message);
    }

    pub(crate) fn add_at(&mut self, origin: Origin, path: &str, message: impl Into<String>) {
        let (file, path, message) = (self.file.clone(), path.to_owned(), message.into());
        self.list.push(Problem {
            file,
            origin,
            path,
            message,
        });
    }

    /// Takes over what another check of the same file found.
    pub(crate) fn absorb(&mut self, other: Self) {
        self.list.extend(other.list);
    }

    /// In the order of the file; what came from elsewhere follows.
    pub(crate) fn sorted(mut self) -> Self {
        self.list.sort_by(|a, b| a.origin.cmp(&b.origin));
        self
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Each mistake.
    pub fn iter(&self) -> std::slice::Iter<'_, Problem> {
        self.list.iter()
    }
}

impl<'a> IntoIterator for &'a Problems {
    type Item = &'a Problem;
    type IntoIter = std::slice::Iter<'a, Problem>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.origin {
            Origin::File { line } => write!(f, "{}:{line}: ", self.file)?,
            Origin::Default => write!(f, "{}: ", self.file)?,
            elsewhere => write!(f, "{elsewhere}: ")?,
        }
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.message)
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.list.iter().enumerate() {
            let separator = if index == 0 { "" } else { "\n" };
            write!(f, "{separator}{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

/// `; did you mean `x`?` for the candidate that looks most like `wrong`, or "".
pub(crate) fn did_you_mean<'a>(
    wrong: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> String {
    match nearest(wrong, candidates) {
        Some(right) => format!("; did you mean `{right}`?"),
        None => String::new(),
    }
}

/// The candidate that looks most like `wrong`, if one does.
pub(crate) fn nearest<'a>(
    wrong: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    // Names share their units (`_bytes_max`), so that anything below this is
    // alike by its ending only.
    const ALIKE: f64 = 0.75;
    let scored = candidates
        .into_iter()
        .map(|name| (strsim::normalized_damerau_levenshtein(wrong, name), name));
    // Not `max_by`, which keeps the last of equals.
    let best = scored.fold(None, |best: Option<(f64, &str)>, next| match best {
        Some(best) if best.0 >= next.0 => Some(best),
        _ => Some(next),
    });
    best.filter(|(score, _)| *score >= ALIKE)
        .map(|(_, name)| name)
}

/// Stands where a secret would.
pub(crate) const REDACTED: &str = "(redacted)";

/// Whether a key says that its value is a secret: such values are never shown,
/// wherever they stand. The digest of a secret is none.
pub(crate) fn is_secret(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    if key.ends_with("_sha256") {
        return false;
    }
    let words = ["secret", "token", "password", "api_key", "private_key"];
    words.iter().any(|word| key.contains(word))
}
