//! What is kept of a run, and how it is written.

use super::prediction::ALPHAS;
use super::run::MOST_RUNS;
use serde::{Deserialize, Deserializer, Serializer, de};

/// The errors of one run. Figures are kept to five digits, so that a study of many runs stays small.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Sample {
    /// Σ |error| over the slots compared.
    pub sum: f64,
    /// The largest |error|.
    pub maximum: f64,
    /// The largest |error| of a slot over the rigorous bound for its own inputs.
    pub closest: f64,
    /// Slots beyond each predicted quantile of a slot's error.
    pub beyond: [u64; ALPHAS.len()],
    /// Slots outside the rigorous bound.
    pub violations: u64,
}

impl Sample {
    /// From each slot's error and its bound, and the predicted quantiles.
    pub(super) fn of(errors: &[(f64, f64)], quantiles: &[f64; ALPHAS.len()]) -> Self {
        // A NaN is the largest of all.
        let larger = |a: f64, b: f64| if b > a || b.is_nan() { b } else { a };
        let none = Self { sum: 0.0, maximum: 0.0, closest: 0.0, beyond: [0; ALPHAS.len()], violations: 0 };
        let mut sample = errors.iter().fold(none, |mut sample, &(error, bound)| {
            let (error, ratio) = (error.abs(), error.abs() / bound);
            sample.sum += error;
            sample.maximum = larger(sample.maximum, error);
            sample.closest = larger(sample.closest, ratio);
            sample.violations += u64::from(ratio.is_nan() || ratio > 1.0);
            sample.beyond.iter_mut().zip(quantiles).for_each(|(count, t)| *count += u64::from(error > *t));
            sample
        });
        for figure in [&mut sample.sum, &mut sample.maximum, &mut sample.closest] {
            *figure = five_digits(*figure);
        }
        sample
    }
}

fn five_digits(x: f64) -> f64 {
    format!("{x:.4e}").parse().unwrap_or(f64::NAN)
}

/// A figure in a list that is written as one string.
pub(super) trait Figure: Sized {
    fn write(&self) -> String;
    fn read(text: &str) -> Option<Self>;
}

impl Figure for f64 {
    fn write(&self) -> String {
        format!("{self:e}")
    }

    fn read(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

impl Figure for u64 {
    fn write(&self) -> String {
        self.to_string()
    }

    fn read(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

impl<const N: usize> Figure for [u64; N] {
    fn write(&self) -> String {
        self.map(|count| count.to_string()).join("/")
    }

    fn read(text: &str) -> Option<Self> {
        let counts: Vec<u64> = text.split('/').map(|count| count.parse().ok()).collect::<Option<_>>()?;
        counts.try_into().ok()
    }
}

/// Figures with a blank between: a fifth of the size of a list in indented JSON.
pub(super) mod figures {
    use super::*;

    pub fn serialize<T: Figure, S: Serializer>(figures: &[T], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&figures.iter().map(Figure::write).collect::<Vec<_>>().join(" "))
    }

    pub fn deserialize<'de, T: Figure, D: Deserializer<'de>>(from: D) -> Result<Vec<T>, D::Error> {
        let text = String::deserialize(from)?;
        let figure = |text: &str| T::read(text).ok_or_else(|| de::Error::custom(format!("'{text}' is no figure")));
        if text.split_whitespace().nth(MOST_RUNS as usize).is_some() {
            return Err(de::Error::custom(format!("more than {MOST_RUNS} figures")));
        }
        text.split_whitespace().map(figure).collect()
    }
}

/// Indices of runs, those that follow each other as one range: `0-99 104`.
pub(super) mod runs {
    use super::*;

    pub fn serialize<S: Serializer>(runs: &[u64], to: S) -> Result<S::Ok, S::Error> {
        let ranges = runs.chunk_by(|a, b| a + 1 == *b).filter_map(|range| Some((range.first()?, range.last()?)));
        let text = ranges.map(|(first, last)| if first == last { first.write() } else { format!("{first}-{last}") });
        to.serialize_str(&text.collect::<Vec<_>>().join(" "))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u64>, D::Error> {
        let text = String::deserialize(from)?;
        let mut runs = Vec::new();
        for part in text.split_whitespace() {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            match (u64::read(first), u64::read(last)) {
                // Ascending, or a short text could name more runs than fit in memory.
                (Some(first), Some(last))
                    if first <= last && last < MOST_RUNS && runs.last().is_none_or(|&before| before < first) =>
                {
                    runs.extend(first..=last);
                }
                _ => {
                    return Err(de::Error::custom(format!(
                        "'{part}' is no range of runs below {MOST_RUNS}, ascending"
                    )));
                }
            }
        }
        Ok(runs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_that_is_no_number_is_a_violation() {
        let sample = Sample::of(&[(0.5, 1.0), (-2.0, 4.0), (3.0, 2.0)], &[0.1, 1.0, 2.5]);
        assert_eq!(sample, Sample { sum: 5.5, maximum: 3.0, closest: 1.5, beyond: [3, 2, 1], violations: 1 });
        let sample = Sample::of(&[(f64::NAN, 1.0), (0.5, 1.0)], &[0.1, 1.0, 2.5]);
        assert!(sample.maximum.is_nan() && sample.closest.is_nan() && sample.violations == 1);
    }

    #[test]
    fn figures_are_read_as_they_were_written() {
        for figure in [0.0, 1.0, five_digits(std::f64::consts::PI * 1e-9), f64::MIN_POSITIVE] {
            assert_eq!(f64::read(&figure.write()), Some(figure));
        }
        assert_eq!(five_digits(1.234_561e-9), 1.2346e-9);
        assert_eq!(<[u64; 3]>::read(&[410, 41, 4].write()), Some([410, 41, 4]));
        assert_eq!(<[u64; 3]>::read("1/2"), None);
    }
}
