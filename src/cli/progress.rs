//! Progress on stderr: a spinner on a terminal, a line for each step elsewhere.

use indicatif::{ProgressBar, ProgressDrawTarget};
use std::io::IsTerminal;
use std::time::{Duration, Instant};

/// Tells what is being done.
pub(super) struct Progress {
    bar: ProgressBar,
    began: Instant,
    terminal: bool,
}

impl Progress {
    pub(super) fn new() -> Self {
        let terminal = std::io::stderr().is_terminal();
        let bar = ProgressBar::new_spinner();
        if terminal {
            bar.enable_steady_tick(Duration::from_millis(120));
        } else {
            bar.set_draw_target(ProgressDrawTarget::hidden());
        }
        Self { bar, began: Instant::now(), terminal }
    }

    /// Names the step that begins.
    pub(super) fn step(&self, message: &str) {
        if self.terminal {
            self.bar.set_message(message.to_string());
        } else {
            eprintln!("[{:6.1} s] {message}", self.began.elapsed().as_secs_f64());
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
