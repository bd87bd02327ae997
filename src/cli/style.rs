//! Colours, which a terminal gets and files and pipes do not; `NO_COLOR` and `CLICOLOR_FORCE` are honoured.

use crate::error::{Error, Result};
use anstyle::{AnsiColor, Style};
use clap::builder::Styles;
use std::io::Write;

const GOOD: Style = AnsiColor::Green.on_default().bold();
const CARE: Style = AnsiColor::Yellow.on_default().bold();
const BAD: Style = AnsiColor::Red.on_default().bold();

/// The words of a summary that decide something. None is a part of another.
const WORDS: [(&str, Style); 6] = [
    ("within bound", GOOD),
    ("validated on ciphertexts", GOOD),
    ("NOT VALIDATED", CARE),
    ("WARNING", CARE),
    ("outside bound", BAD),
    ("FAILED", BAD),
];

/// The colours of `--help`.
pub(super) const HELP: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default())
    .error(BAD);

/// Tells on stderr what went wrong.
pub fn print_error(error: &Error) {
    anstream::eprintln!("{BAD}error:{BAD:#} {error}");
}

/// Writes text for people to stdout, its verdicts coloured on a terminal. A reader that closed its end early (`| head`) is no error.
pub(super) fn print(text: &str) -> Result<()> {
    write_to(&mut anstream::stdout().lock(), coloured(text).as_bytes())
}

/// Writes data to stdout as it is.
pub(super) fn write_stdout(bytes: &[u8]) -> Result<()> {
    write_to(&mut std::io::stdout().lock(), bytes)
}

fn coloured(text: &str) -> String {
    WORDS.iter().fold(text.into(), |text: String, (word, style)| text.replace(word, &format!("{style}{word}{style:#}")))
}

fn write_to(out: &mut impl Write, bytes: &[u8]) -> Result<()> {
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(e) if e.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        Err(e) => Err(Error::input(format!("stdout: cannot write: {e}"))),
        Ok(()) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_coloured_once_and_no_word_is_a_part_of_another() {
        for (word, style) in WORDS {
            assert_eq!(coloured(&format!("a {word} b")), format!("a {style}{word}{style:#} b"));
            assert_eq!(WORDS.iter().filter(|(other, _)| other.contains(word)).count(), 1);
        }
    }
}
