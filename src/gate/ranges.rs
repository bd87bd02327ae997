//! The range file: what training or production saw, written by the job that saw it.

use super::unread;
use crate::attention::{Calibration, HeadCalibration, check_power};
use crate::document::{Body, SCHEMA_VERSION};
use crate::error::{Error, Result};
use crate::real::{Exact, parse_exact};
use rug::ops::Pow;
use rug::{Float, Rational};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

/// Bits to which 2^x is taken of the logarithms in a calibration.
const PRECISION: u32 = 128;
/// Logarithms in a calibration are binary64: the mean that one stands for may be larger by this part of it.
const ROUNDING: (u64, u64) = (1, 1 << 40);
/// Least logarithm of a mean: no exact number of a document is smaller than 2^-20000.
const LEAST_LOG2: f64 = -20_000.0;
/// Programs round what they see, in binary32 or to a few digits: numbers of one entry contradict each other only where they differ by
/// more than this part. Domains are compared without it.
const CONTRADICTION: (u64, u64) = (1, 1 << 10);

/// A range file. Unlike other documents it needs no provenance: other programs write it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ranges {
    /// [`SCHEMA_VERSION`].
    pub schema_version: u32,
    /// "ranges".
    pub kind: String,
    /// Whatever the writer wants to say of itself; not looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provenance: Option<Value>,
    /// What was observed.
    pub observed: Vec<Observed>,
}

/// What was observed of one table, plan or layer, or of all.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Observed {
    /// Of which: a file as it is given to the gate, its name without folder or ending, the SHA-256 of a document (or its first
    /// twelve digits or more), or the name of a layer. Where it is left out: scores of every plan, arguments of every table and layer.
    #[serde(default, deserialize_with = "stated", rename = "for", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub subject: Option<String>,
    /// Where it was observed, in words: a run, an epoch, a week of production.
    #[serde(default, deserialize_with = "stated", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub source: Option<String>,
    /// How many values or rows were looked at.
    #[serde(default, deserialize_with = "stated", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "u64")]
    pub count: Option<u64>,
    /// The largest |x| of any score.
    #[serde(default, deserialize_with = "stated", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Number")]
    pub largest_score: Option<Number>,
    /// What scores were divided by before their means were taken; 1 where it is left out.
    #[serde(default, deserialize_with = "stated", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Number")]
    pub score_bound: Option<Number>,
    /// The smallest (1/L) Σ (x_i/score_bound)^p of any row, for one power or several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub smallest_mean: Vec<PowerMean>,
    /// The smallest (1/L) Σ (x_i/score_bound)² of any row.
    #[serde(default, deserialize_with = "stated", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Number")]
    pub smallest_mean_square: Option<Number>,
    /// The smallest and the largest argument: x of a table or layer, the denominator D of a plan.
    #[serde(default, deserialize_with = "stated", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "[Number; 2]")]
    pub argument: Option<[Number; 2]>,
}

/// The smallest row mean of one power.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PowerMean {
    /// The power.
    pub p: u32,
    /// The mean.
    pub value: Number,
}

/// A field that may be left out. Where it is written it has a value: null is what a job writes that looked at nothing.
fn stated<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// A number as other programs write it: JSON, read as binary64 and taken as its shortest decimal, or text, taken exactly.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
#[serde(untagged)]
pub enum Number {
    /// JSON.
    Float(f64),
    /// A decimal, `a/b`, `2^-10` or a hexadecimal float.
    Text(String),
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        match &value {
            Value::String(text) => Ok(Self::Text(text.clone())),
            other => other
                .as_f64()
                .map(Self::Float)
                .ok_or_else(|| D::Error::custom(format!("expected a number, in JSON or as text, found {other}"))),
        }
    }
}

impl Number {
    /// The number that is meant, exactly.
    ///
    /// # Errors
    /// [`Error::Input`] for text that is no number.
    pub fn value(&self) -> Result<Rational> {
        match self {
            Self::Float(value) => parse_exact(&value.to_string()),
            Self::Text(text) => parse_exact(text),
        }
    }
}

impl Ranges {
    /// The value of `kind`.
    pub const KIND: &'static str = "ranges";

    /// Reads a range file, or a calibration as one.
    ///
    /// # Errors
    /// [`Error::Input`] naming the field, what was expected and what was found.
    pub fn from_value(value: Value) -> Result<Self> {
        let kind = value.get("kind").and_then(Value::as_str).unwrap_or("nothing");
        if kind == Calibration::KIND {
            return unread::read::<Calibration>(value).and_then(|calibration| Self::of(&calibration.body));
        }
        if kind != Self::KIND {
            let expected = format!("\"{}\" or \"{}\"", Self::KIND, Calibration::KIND);
            return Err(Error::input(format!("field 'kind': expected {expected}, found \"{kind}\"")));
        }
        let read: Self = serde_path_to_error::deserialize(value).map_err(|e| {
            let path = e.path().to_string();
            Error::input(format!("field '{path}': {}", e.into_inner()))
        })?;
        if read.schema_version != SCHEMA_VERSION {
            let found = read.schema_version;
            return Err(Error::input(format!("field 'schema_version': expected {SCHEMA_VERSION}, found {found}")));
        }
        if read.observed.is_empty() {
            return Err(wrong("observed", "expected at least one entry, found none"));
        }
        let mut entries = read.observed.iter().enumerate();
        entries.try_for_each(|(index, observed)| observed.check(&format!("observed[{index}]")))?;
        Ok(read)
    }

    /// Each head of a calibration is an observation of every plan.
    fn of(calibration: &Calibration) -> Result<Self> {
        let Some(largest) = calibration.heads.iter().map(|head| &head.score_bound).max() else {
            return Err(wrong("heads", "expected at least one head, found none"));
        };
        if calibration.score_bound != *largest {
            let message = format!("expected that of the largest head, {largest}, found {}", calibration.score_bound);
            return Err(wrong("score_bound", message));
        }
        let [_, _, rows, _] = calibration.shape;
        let head = |(index, head): (usize, &HeadCalibration)| {
            let place = format!("heads[{index}]");
            let observed = Observed::of_head(head, &calibration.scores, rows as u64, &place)?;
            observed.check(&place).map(|()| observed)
        };
        let observed = calibration.heads.iter().enumerate().map(head).collect::<Result<_>>()?;
        Ok(Self { schema_version: SCHEMA_VERSION, kind: Self::KIND.into(), provenance: None, observed })
    }
}

impl Observed {
    fn of_head(head: &HeadCalibration, scores: &str, rows: u64, place: &str) -> Result<Self> {
        let text = |value: Rational| Number::Text(Exact(value).to_string());
        if head.score_bound.0 <= 0 {
            let message = format!("expected a number above 0, found {}", head.score_bound);
            return Err(wrong(&format!("{place}.score_bound"), message));
        }
        let mean = |(index, log2): (usize, Option<f64>)| {
            let Some(log2) = log2 else { return Ok(Rational::new()) };
            let value = Float::with_val(PRECISION, log2).exp2().to_rational();
            match value.filter(|_| (LEAST_LOG2..=0.0).contains(&log2)) {
                Some(value) => Ok(value * (Rational::from(ROUNDING) + 1u32)),
                None => {
                    let message = format!("expected the logarithm of a mean, {LEAST_LOG2} to 0, found {log2}");
                    Err(wrong(&format!("{place}.powers[{index}].log2_smallest"), message))
                }
            }
        };
        let means = head.powers.iter().enumerate();
        let means =
            means.map(|(index, power)| Ok(PowerMean { p: power.p, value: text(mean((index, power.log2_smallest))?) }));
        Ok(Self {
            source: Some(format!("{scores}, layer {}, head {}", head.layer, head.head)),
            count: Some(rows),
            largest_score: Some(Number::Text(head.score_bound.to_string())),
            score_bound: Some(Number::Text(head.score_bound.to_string())),
            smallest_mean: means.collect::<Result<_>>()?,
            ..Self::default()
        })
    }

    /// Refuses an entry that observes nothing, or numbers that no scores have. `place` is where it stands in its file.
    fn check(&self, place: &str) -> Result<()> {
        self.check_means(place)?;
        if !self.is_of_scores() && self.argument.is_none() {
            let expected =
                "expected 'largest_score', 'smallest_mean', 'smallest_mean_square' or 'argument', found none";
            return Err(wrong(place, expected));
        }
        if self.count == Some(0) {
            return Err(wrong(&format!("{place}.count"), "expected at least 1, found 0: nothing was looked at"));
        }
        let Some([low, high]) = &self.argument else { return Ok(()) };
        let field = format!("{place}.argument");
        let [low, high] = [low, high].map(|end| end.value().map_err(|e| wrong(&field, e)));
        let (low, high) = (low?, high?);
        if low > high {
            let found = format!("[{}, {}]", Exact(low), Exact(high));
            return Err(wrong(&field, format!("expected the smallest before the largest, found {found}")));
        }
        Ok(())
    }

    /// The largest score and the means, which bound each other.
    ///
    /// # Formula
    /// (mean x²)^(p/2) ≤ mean x^p ≤ max |x|^p
    fn check_means(&self, place: &str) -> Result<()> {
        let largest = self.largest_score.as_ref();
        let largest = largest.map(|score| not_negative(score, &format!("{place}.largest_score"))).transpose()?;
        let means = self.raw_means(place)?;
        let slack = Rational::from(CONTRADICTION) + 1u32;
        for (field, p, mean) in &means {
            if let Some(largest) = &largest
                && *mean > largest.clone().pow(*p) * &slack
            {
                let (mean, largest) = (mean.to_f64(), Exact(largest.clone()));
                let message = format!(
                    "the mean x^{p} of raw scores would be {mean:.6e}, above largest_score^{p}, of {largest}: score_bound is what x \
                     was divided by"
                );
                return Err(wrong(field, message));
            }
            let mut squares = means.iter().filter(|(_, power, _)| *power == 2 && *p > 2);
            if squares.any(|(_, _, square)| mean.clone() * &slack < square.clone().pow(p / 2)) {
                let message =
                    format!("expected at least the mean of squares to the power {}: they contradict each other", p / 2);
                return Err(wrong(field, message));
            }
        }
        Ok(())
    }

    /// Every mean that is stated: its field, its power, and the mean of raw scores.
    fn raw_means(&self, place: &str) -> Result<Vec<(String, u32, Rational)>> {
        let field = format!("{place}.score_bound");
        let unit =
            self.score_bound.as_ref().map_or_else(|| Ok(Rational::from(1)), |bound| not_negative(bound, &field))?;
        if unit == 0 {
            return Err(wrong(&field, "expected a number above 0, found 0"));
        }
        let mut means: Vec<(String, u32, Rational)> = Vec::new();
        for (index, PowerMean { p, value }) in self.smallest_mean.iter().enumerate() {
            let field = format!("{place}.smallest_mean[{index}]");
            if check_power(*p).is_err() {
                return Err(wrong(&format!("{field}.p"), format!("expected an even power from 2 to 64, found {p}")));
            }
            if means.iter().any(|(_, known, _)| known == p) {
                return Err(wrong(&format!("{field}.p"), format!("expected each power once, found {p} again")));
            }
            let field = format!("{field}.value");
            let mean = not_negative(value, &field)? * unit.clone().pow(*p);
            means.push((field, *p, mean));
        }
        if let Some(square) = &self.smallest_mean_square {
            let field = format!("{place}.smallest_mean_square");
            let mean = not_negative(square, &field)? * unit.pow(2);
            means.push((field, 2, mean));
        }
        Ok(means)
    }

    /// A lower bound on mean x^p of raw scores, and whether it was observed itself; `None` where nothing is known. Of even p. Where
    /// mean x² is stated twice, the smaller one is taken.
    ///
    /// # Formula
    /// mean x^p ≥ (mean x²)^(p/2), since powers of at least 1 are convex.
    pub(super) fn smallest_raw_mean(&self, p: u32) -> Result<Option<(Rational, bool)>> {
        let unit = self.score_bound.as_ref().map_or_else(|| Ok(Rational::from(1)), Number::value)?;
        let raw = |value: &Number, power: u32| Ok(value.value()? * unit.clone().pow(power));
        let stated = |power: u32| self.smallest_mean.iter().find(|mean| mean.p == power).map(|mean| &mean.value);
        if p != 2
            && let Some(mean) = stated(p)
        {
            return Ok(Some((raw(mean, p)?, true)));
        }
        let squares = [stated(2), self.smallest_mean_square.as_ref()].into_iter().flatten();
        let squares = squares.map(|square| raw(square, 2)).collect::<Result<Vec<_>>>()?;
        Ok(squares.into_iter().min().map(|square| (square.pow(p / 2), p == 2)))
    }

    /// Whether it says anything about scores.
    pub(super) fn is_of_scores(&self) -> bool {
        self.largest_score.is_some() || self.smallest_mean_square.is_some() || !self.smallest_mean.is_empty()
    }

    /// Where it comes from, in brackets; empty where that is not said.
    pub(super) fn origin(&self) -> String {
        let count = self.count.map(|count| format!("{count} seen"));
        let parts: Vec<String> = self.source.clone().into_iter().chain(count).collect();
        if parts.is_empty() { String::new() } else { format!(" ({})", parts.join(", ")) }
    }
}

fn wrong(field: &str, message: impl std::fmt::Display) -> Error {
    Error::input(format!("field '{field}': {message}"))
}

fn not_negative(number: &Number, field: &str) -> Result<Rational> {
    let value = number.value().map_err(|e| wrong(field, e))?;
    if value < 0 {
        return Err(wrong(field, format!("expected a number ≥ 0, found {}", Exact(value))));
    }
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(observed: Value) -> Result<Ranges> {
        Ranges::from_value(json!({"schema_version": 1, "kind": "ranges", "observed": [observed]}))
    }

    #[test]
    fn numbers_are_the_decimals_that_were_written() {
        let ranges = read(json!({"largest_score": 3.9, "argument": ["-1/3", 1e-3]})).unwrap();
        let observed = &ranges.observed[0];
        assert_eq!(observed.largest_score.as_ref().unwrap().value().unwrap(), Rational::from((39, 10)));
        let [low, high] = observed.argument.as_ref().unwrap();
        assert_eq!((low.value().unwrap(), high.value().unwrap()), (Rational::from((-1, 3)), Rational::from((1, 1000))));
    }

    #[test]
    fn means_are_those_of_raw_scores() {
        let observed = |value| read(value).unwrap().observed.remove(0);
        // mean (x/2)^4 = 1/8: mean x^4 = 2.
        let of_four = observed(json!({"score_bound": 2, "smallest_mean": [{"p": 4, "value": 0.125}]}));
        assert_eq!(of_four.smallest_raw_mean(4).unwrap(), Some((Rational::from(2), true)));
        assert_eq!(of_four.smallest_raw_mean(2).unwrap(), None);
        // mean (x/2)² = 1/8: mean x² = 1/2, mean x^4 at least 1/4.
        let of_two = observed(json!({"score_bound": 2, "smallest_mean_square": 0.125}));
        assert_eq!(of_two.smallest_raw_mean(2).unwrap(), Some((Rational::from((1, 2)), true)));
        assert_eq!(of_two.smallest_raw_mean(4).unwrap(), Some((Rational::from((1, 4)), false)));
    }

    #[test]
    fn what_is_no_range_is_refused_with_its_field() {
        for (observed, message) in [
            (json!({"largest": 4}), "observed[0]"),
            (json!({"largest_score": "four"}), "field 'observed[0].largest_score': "),
            (json!({"largest_score": -1}), "field 'observed[0].largest_score': expected a number ≥ 0, found -1"),
            (
                json!({"argument": [2, 1]}),
                "field 'observed[0].argument': expected the smallest before the largest, found [2, 1]",
            ),
            (json!({"smallest_mean": [{"p": 0, "value": 1}]}), "'observed[0].smallest_mean[0].p'"),
            (json!({"score_bound": 0}), "field 'observed[0].score_bound': expected a number above 0"),
        ] {
            let error = read(observed.clone()).unwrap_err();
            assert!(error.exit_code() == 2 && error.to_string().contains(message), "{observed}: {error}");
        }
        let other = json!({"schema_version": 2, "kind": "ranges", "observed": []});
        assert!(Ranges::from_value(other).unwrap_err().to_string().contains("'schema_version': expected 1, found 2"));
        assert!(Ranges::from_value(json!({"kind": "plan"})).unwrap_err().to_string().contains("found \"plan\""));
    }
}
