//! The one error type of the crate. Its kind decides the exit code of the command line.

use std::path::Path;

/// What went wrong, in a sentence that names the file, field or number, what was expected and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Wrong use, unreadable or malformed input, or an impossible request. Exit code 2.
    #[error("{0}")]
    Input(String),
    /// An iteration did not converge, or no plan meets the specification. Exit code 3.
    #[error("{0}")]
    NoSolution(String),
    /// A claim could not be proved, or a check failed. Exit code 4.
    #[error("{0}")]
    NotCertified(String),
    /// A measurement lies outside its bound. Exit code 5.
    #[error("{0}")]
    OutsideBound(String),
    /// A fault of the program itself. Exit code 1.
    #[error("internal error: {0} (this is a bug in polyattn; please report it)")]
    Internal(String),
}

/// The result type used throughout the crate.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// An [`Error::Input`] from anything that can be shown.
    pub fn input(message: impl Into<String>) -> Self {
        Self::Input(message.into())
    }

    /// An [`Error::Internal`] from anything that can be shown.
    pub fn internal(message: impl Into<String>) -> Self {
        Self::Internal(message.into())
    }

    /// An [`Error::Input`] for a file that could not be read or written.
    pub fn file(path: &Path, action: &str, cause: impl std::fmt::Display) -> Self {
        Self::Input(format!("{}: cannot {action}: {cause}", path.display()))
    }

    /// The exit code of the command line for this error.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Internal(_) => 1,
            Self::Input(_) => 2,
            Self::NoSolution(_) => 3,
            Self::NotCertified(_) => 4,
            Self::OutsideBound(_) => 5,
        }
    }

    /// The same error with `place` (a file, a field) put before its message.
    #[must_use]
    pub fn at(self, place: impl std::fmt::Display) -> Self {
        match self {
            Self::Input(m) => Self::Input(format!("{place}: {m}")),
            Self::NoSolution(m) => Self::NoSolution(format!("{place}: {m}")),
            Self::NotCertified(m) => Self::NotCertified(format!("{place}: {m}")),
            Self::OutsideBound(m) => Self::OutsideBound(format!("{place}: {m}")),
            Self::Internal(m) => Self::Internal(format!("{place}: {m}")),
        }
    }
}

/// Names less alike than this (Jaro-Winkler) are no slips of the keyboard.
const LEAST_LIKENESS: f64 = 0.75;

/// `; did you mean 'NAME'?` for the name most like `word`, or nothing where none is like it.
pub fn did_you_mean<'a>(word: &str, names: impl IntoIterator<Item = &'a str>) -> String {
    let word = word.to_lowercase();
    let likeness = |name: &str| strsim::jaro_winkler(&name.to_lowercase(), &word);
    let nearest = names.into_iter().map(|name| (likeness(name), name)).max_by(|a, b| a.0.total_cmp(&b.0));
    match nearest {
        Some((likeness, name)) if likeness > LEAST_LIKENESS => format!("; did you mean '{name}'?"),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_put_right_and_a_stranger_is_not() {
        let names = ["length", "score_bound", "length-agnostic"];
        assert_eq!(did_you_mean("lenght", names), "; did you mean 'length'?");
        assert_eq!(did_you_mean("LENGTH-AGNOSTC", names), "; did you mean 'length-agnostic'?");
        assert_eq!(did_you_mean("xyz", names), "");
        assert_eq!(did_you_mean("xyz", []), "");
    }
}
