//! The range file: what training or production saw, written by the job that saw it.

use crate::attention::{Calibration, HeadCalibration};
use crate::document::{Body, Document, SCHEMA_VERSION};
use crate::error::{Error, Result};
use crate::real::{Exact, parse_exact};
use rug::ops::Pow;
use rug::{Float, Rational};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Bits to which 2^x is taken of the logarithms in a calibration.
const PRECISION: u32 = 128;
/// Logarithms in a calibration are binary64: the mean that one stands for may be larger by this part of it.
const ROUNDING: (u64, u64) = (1, 1 << 40);

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
    #[serde(default, rename = "for", skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Where it was observed, in words: a run, an epoch, a week of production.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// How many values or rows were looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// The largest |x| of any score.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub largest_score: Option<Number>,
    /// What scores were divided by before their means were taken; 1 where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score_bound: Option<Number>,
    /// The smallest (1/L) Σ (x_i/score_bound)^p of any row, for one power or several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub smallest_mean: Vec<PowerMean>,
    /// The smallest (1/L) Σ (x_i/score_bound)² of any row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub smallest_mean_square: Option<Number>,
    /// The smallest and the largest argument: x of a table or layer, the denominator D of a plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
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

/// A number as other programs write it: JSON, taken as its shortest decimal, or text, taken exactly.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(untagged)]
pub enum Number {
    /// JSON.
    Float(f64),
    /// A decimal, `a/b`, `2^-10` or a hexadecimal float.
    Text(String),
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
            return Document::<Calibration>::from_value(value).and_then(|calibration| Self::of(&calibration.body));
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
        read.observed.iter().enumerate().try_for_each(|(index, observed)| {
            observed.check().map_err(|e| Error::input(format!("field 'observed[{index}].{e}")))
        })?;
        Ok(read)
    }

    /// Each head of a calibration is an observation of every plan.
    fn of(calibration: &Calibration) -> Result<Self> {
        let [_, _, rows, _] = calibration.shape;
        let head = |head: &HeadCalibration| Observed::of_head(head, &calibration.scores, rows as u64);
        let observed = calibration.heads.iter().map(head).collect::<Result<_>>()?;
        Ok(Self { schema_version: SCHEMA_VERSION, kind: Self::KIND.into(), provenance: None, observed })
    }
}

impl Observed {
    fn of_head(head: &HeadCalibration, scores: &str, rows: u64) -> Result<Self> {
        let text = |value: Rational| Number::Text(Exact(value).to_string());
        let mean = |log2: Option<f64>| {
            let Some(log2) = log2 else { return Ok(Rational::new()) };
            let value = Float::with_val(PRECISION, log2).exp2().to_rational();
            let value = value.ok_or_else(|| Error::input("field 'heads': a logarithm is no number"))?;
            Ok(value * (Rational::from(ROUNDING) + 1u32))
        };
        let means =
            head.powers.iter().map(|power| Ok(PowerMean { p: power.p, value: text(mean(power.log2_smallest)?) }));
        Ok(Self {
            source: Some(format!("{scores}, layer {}, head {}", head.layer, head.head)),
            count: Some(rows),
            largest_score: Some(Number::Text(head.score_bound.to_string())),
            score_bound: Some(Number::Text(head.score_bound.to_string())),
            smallest_mean: means.collect::<Result<_>>()?,
            ..Self::default()
        })
    }

    /// Every number is one, and not below 0 where that makes no sense. The message begins inside a quoted field name.
    fn check(&self) -> Result<()> {
        let number = |name: String, number: &Number| {
            let value = number.value().map_err(|e| Error::input(format!("{name}': {e}")))?;
            let found = Exact(value.clone());
            if value < 0 {
                Err(Error::input(format!("{name}': expected a number ≥ 0, found {found}")))
            } else {
                Ok(value)
            }
        };
        let single = [("largest_score", &self.largest_score), ("smallest_mean_square", &self.smallest_mean_square)];
        for (name, value) in single {
            value.as_ref().map(|value| number(name.into(), value)).transpose()?;
        }
        for (index, mean) in self.smallest_mean.iter().enumerate() {
            number(format!("smallest_mean[{index}].value"), &mean.value)?;
            if mean.p == 0 {
                return Err(Error::input(format!(
                    "smallest_mean[{index}].p': expected a power of at least 1, found 0"
                )));
            }
        }
        if let Some(bound) = &self.score_bound
            && number("score_bound".into(), bound)? == 0
        {
            return Err(Error::input("score_bound': expected a number above 0, found 0"));
        }
        let Some([low, high]) = &self.argument else { return Ok(()) };
        let ends = [low.value(), high.value()].map(|end| end.map_err(|e| Error::input(format!("argument': {e}"))));
        let [low, high] = ends;
        let (low, high) = (low?, high?);
        if low > high {
            let found = format!("[{}, {}]", Exact(low), Exact(high));
            return Err(Error::input(format!("argument': expected the smallest before the largest, found {found}")));
        }
        Ok(())
    }

    /// A lower bound on mean x^p of raw scores, and whether it was observed itself; `None` where nothing is known. Of even p.
    ///
    /// # Formula
    /// mean x^p ≥ (mean x²)^(p/2), since powers of at least 1 are convex.
    pub(super) fn smallest_raw_mean(&self, p: u32) -> Result<Option<(Rational, bool)>> {
        let unit = self.score_bound.as_ref().map_or_else(|| Ok(Rational::from(1)), Number::value)?;
        let raw = |value: &Number, power: u32| Ok(value.value()? * unit.clone().pow(power));
        if let Some(mean) = self.smallest_mean.iter().find(|mean| mean.p == p) {
            return Ok(Some((raw(&mean.value, p)?, true)));
        }
        let square = self.smallest_mean.iter().find(|mean| mean.p == 2).map(|mean| &mean.value);
        match square.or(self.smallest_mean_square.as_ref()) {
            Some(square) => Ok(Some((raw(square, 2)?.pow(p / 2), p == 2))),
            None => Ok(None),
        }
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
