//! Progress on stderr: a spinner or a bar on a terminal, lines elsewhere. Counted work tells how much time is left.

use indicatif::{HumanDuration, ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Where nobody watches a spinner turn, a line at least this often says that the work goes on.
const SILENCE: Duration = Duration::from_secs(10);

/// Tells what is being done.
pub(super) struct Progress {
    bar: ProgressBar,
    began: Instant,
    /// When the count that runs began, and how much was done already.
    counting: Mutex<Option<(Instant, u64)>>,
    /// Hears every line where stderr is no terminal, and ends with this.
    lines: Option<Sender<String>>,
}

impl Progress {
    pub(super) fn new() -> Self {
        let (bar, began) = (ProgressBar::new_spinner(), Instant::now());
        let lines = if std::io::stderr().is_terminal() {
            bar.enable_steady_tick(Duration::from_millis(120));
            None
        } else {
            bar.set_draw_target(ProgressDrawTarget::hidden());
            Some(break_silence(began))
        };
        Self { bar, began, counting: Mutex::new(None), lines }
    }

    /// Names the step that begins. A message that begins with `done/total ` is one of a count, and is given the time that is left.
    pub(super) fn step(&self, message: &str) {
        self.tell(message, count(message));
    }

    /// Says that `done` of `total` are done.
    pub(super) fn count(&self, done: usize, total: usize, message: &str) {
        self.tell(message, Some((done as u64, total as u64)));
    }

    fn tell(&self, message: &str, count: Option<(u64, u64)>) {
        let left = self.time_left(count);
        let left = left.map(|left| format!(", about {:#} left", HumanDuration(left))).unwrap_or_default();
        let message = format!("{message}{left}");
        let Some(lines) = &self.lines else {
            return self.draw(message, count);
        };
        say(self.began, &message);
        // A thread that is gone has nothing to break.
        let _ = lines.send(message);
    }

    fn draw(&self, message: String, count: Option<(u64, u64)>) {
        let template = match count {
            Some((done, total)) => {
                self.bar.set_length(total);
                self.bar.set_position(done);
                "{spinner} [{elapsed}] {bar:30} {msg}"
            }
            None => "{spinner} [{elapsed}] {msg}",
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            self.bar.set_style(style);
        }
        self.bar.set_message(message);
    }

    /// From the time that the count took so far.
    fn time_left(&self, count: Option<(u64, u64)>) -> Option<Duration> {
        let mut counting = self.counting.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((done, total)) = count else {
            *counting = Some((Instant::now(), 0));
            return None;
        };
        let (began, at_first) = counting.get_or_insert((Instant::now(), done));
        if done <= *at_first {
            *counting = Some((Instant::now(), done));
            return None;
        }
        remaining(began.elapsed(), done - *at_first, total.saturating_sub(done))
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// Work that is left at the pace of the work done.
fn remaining(elapsed: Duration, done: u64, left: u64) -> Option<Duration> {
    (done > 0 && left > 0).then(|| Duration::from_secs_f64(elapsed.as_secs_f64() * left as f64 / done as f64))
}

/// The count that a message begins with.
fn count(message: &str) -> Option<(u64, u64)> {
    let (done, total) = message.split(' ').next()?.split_once('/')?;
    Some((done.parse().ok()?, total.parse().ok()?))
}

fn say(began: Instant, message: &str) {
    eprintln!("[{:6.1} s] {message}", began.elapsed().as_secs_f64());
}

/// A thread that says again what is being done when nothing was said for a while.
fn break_silence(began: Instant) -> Sender<String> {
    let (sender, receiver) = channel::<String>();
    std::thread::spawn(move || {
        let mut last = String::from("working");
        loop {
            match receiver.recv_timeout(SILENCE) {
                Ok(message) => last = message,
                Err(RecvTimeoutError::Timeout) => say(began, &format!("still: {last}")),
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    });
    sender
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_is_known_by_its_beginning() {
        assert_eq!(count("3/16 ciphertexts of 128 keys"), Some((3, 16)));
        assert_eq!(count("searching for 1/D"), None);
        assert_eq!(count("1/x is fitted"), None);
    }

    #[test]
    fn time_left_follows_the_pace() {
        assert_eq!(remaining(Duration::from_secs(6), 3, 5), Some(Duration::from_secs(10)));
        assert_eq!(remaining(Duration::from_secs(6), 0, 5), None);
        assert_eq!(remaining(Duration::from_secs(6), 3, 0), None);
    }
}
