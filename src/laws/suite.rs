//! All laws of one table file, for CI.

use super::attention::{
    bounded, epsilon_conversion, length_agnostic, mass, order_preserved, ordered_by_magnitude, padding, scale_invariant,
};
use super::forms::{Forms, are_comparable, forms_agree, rounding};
use super::table::{certificate_sound, monotone, positive};
use super::{Outcome, TableWeights, strategy};
use crate::attention::{Epsilon, RowShape};
use crate::certify::{Certificate, Certified, Verdict, certify, verify_against};
use crate::document::{Document, read_json};
use crate::error::{Error, Result};
use crate::poly::table::Table;
use proptest::strategy::Strategy;
use proptest::test_runner::{Config as RunnerConfig, RngAlgorithm, TestError, TestRng, TestRunner};
use rug::Rational;
use std::fmt::Debug;
use std::path::Path;

/// How many cases are drawn, and from what.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// Cases of each law.
    pub cases: u32,
    /// The seed of all draws: the same seed draws the same cases.
    pub seed: u64,
    /// What the order of the weights must survive, as an absolute error of each.
    pub error: Rational,
}

impl Default for Config {
    /// 64 cases, seed 0, an error of 2^-20.
    fn default() -> Self {
        Self { cases: 64, seed: 0, error: Rational::from(1) >> 20 }
    }
}

/// A law of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Law {
    /// The certificate is about this table and is proved again; no error drawn exceeds its bound.
    CertificateSound,
    /// r > 0.
    Positive,
    /// r runs as the function does.
    Monotone,
    /// Clenshaw, Horner, Paterson–Stockmeyer and the composite recursion agree exactly.
    FormsAgree,
    /// They agree within the stated rounding in double precision.
    Rounding,
    /// The circuit computes the table.
    #[cfg(feature = "ckks")]
    Circuit,
    /// Weights are from 0 to 1 + δ.
    Bounded,
    /// Σ y is m/D within δ.
    Mass,
    /// Weights are ordered as |x|.
    Ordered,
    /// The order survives errors of the weights, up to the gap.
    OrderPreserved,
    /// A common factor of scores and bound changes nothing.
    ScaleInvariant,
    /// The mean form is the sum form.
    LengthAgnostic,
    /// Zeros after the scores change nothing.
    Padding,
    /// The three forms of ε are one.
    EpsilonConversion,
}

impl Law {
    /// All laws.
    pub const ALL: &[Self] = &[
        Self::CertificateSound,
        Self::Positive,
        Self::Monotone,
        Self::FormsAgree,
        Self::Rounding,
        #[cfg(feature = "ckks")]
        Self::Circuit,
        Self::Bounded,
        Self::Mass,
        Self::Ordered,
        Self::OrderPreserved,
        Self::ScaleInvariant,
        Self::LengthAgnostic,
        Self::Padding,
        Self::EpsilonConversion,
    ];
}

/// A table with its proof, and what its laws need.
#[derive(Debug, Clone)]
pub struct Suite {
    certified: Certified,
    weights: Option<TableWeights>,
    config: Config,
}

impl Suite {
    /// The table in a file, held against its certificate where that is given and certified anew where not.
    ///
    /// # Errors
    /// [`Error::Input`] naming the file that cannot be read, [`Error::NotCertified`] where the certificate is not proved or is not
    /// about this table, or the table says what is not so.
    pub fn read(table: &Path, certificate: Option<&Path>, config: Config) -> Result<Self> {
        let body = Document::<Table>::from_value(read_json(table)?).map_err(|e| e.at(table.display()))?.body;
        body.validate().map_err(|e| e.at(table.display()))?;
        let certificate = match certificate {
            None => None,
            Some(path) => {
                let document = Document::<Certificate>::from_value(read_json(path)?);
                Some(document.map_err(|e| e.at(path.display()))?.body)
            }
        };
        Self::new(body, certificate, config).map_err(|e| e.at(table.display()))
    }

    /// A table, likewise.
    ///
    /// # Errors
    /// As [`Suite::read`].
    pub fn new(table: Table, certificate: Option<Certificate>, config: Config) -> Result<Self> {
        let certified = match certificate {
            Some(certificate) => {
                verify_against(&certificate, &table)?;
                Certified { table: proved(table, &certificate), certificate }
            }
            None => certify(&table)?,
        };
        if certified.certificate.verdict != Verdict::Proved {
            return Err(Error::NotCertified(certified.certificate.claim.words));
        }
        let weights = TableWeights::of(&certified.table)?;
        Ok(Self { certified, weights, config })
    }

    /// The table with what is proved of it.
    pub fn table(&self) -> &Table {
        &self.certified.table
    }

    /// Draws cases of a law; `false` where the law does not speak about this table.
    ///
    /// # Errors
    /// [`Error::NotCertified`] with the least case found that breaks the law.
    pub fn check(&self, law: Law) -> Result<bool> {
        let table = &self.certified.table;
        match law {
            Law::CertificateSound => self.points(|x| certificate_sound(table, x)),
            Law::Positive if table.positive == Some(true) => self.points(|x| positive(table, x)),
            Law::Monotone if table.monotone == Some(true) => {
                self.run(&strategy::pairs(table), |(a, b)| monotone(table, &a, &b))
            }
            Law::Positive | Law::Monotone => Ok(false),
            Law::FormsAgree | Law::Rounding if !are_comparable(table) => Ok(false),
            Law::FormsAgree => {
                let forms = Forms::of(table)?;
                self.points(|x| forms_agree(&forms, x))
            }
            Law::Rounding => {
                let forms = Forms::of(table)?;
                self.points(|x| rounding(&forms, x))
            }
            #[cfg(feature = "ckks")]
            Law::Circuit if table.degree == 0 => Ok(false),
            #[cfg(feature = "ckks")]
            Law::Circuit => {
                let circuit = super::TableCircuit::of(table, &self.certified.certificate)?;
                self.points(|x| super::circuit_agrees(&circuit, x))
            }
            of_rows => self.weights.as_ref().map_or(Ok(false), |weights| self.rows(of_rows, weights)),
        }
    }

    fn points(&self, law: impl Fn(&Rational) -> Outcome) -> Result<bool> {
        self.run(&strategy::points(&self.certified.table), |x| law(&x))
    }

    fn rows(&self, law: Law, weights: &TableWeights) -> Result<bool> {
        let map = |scores: &[Rational], shape: &RowShape, epsilon: &Epsilon| weights.weights(scores, shape, epsilon);
        let (delta, error) = (weights.delta(), &self.config.error);
        let cases = (strategy::rows().prop_map(|row| weights.row(row)), 1i64..50);
        self.run(&cases, |(row, sevenths)| match law {
            Law::Bounded => bounded(&map, &row, delta),
            Law::Mass => mass(&map, &row, delta),
            Law::Ordered => ordered_by_magnitude(&map, &row),
            Law::OrderPreserved => order_preserved(&map, &row, error, delta),
            Law::ScaleInvariant => scale_invariant(&map, &row, &Rational::from((sevenths, 7))),
            Law::LengthAgnostic => length_agnostic(&map, &row, delta),
            Law::Padding => padding(&map, &row),
            _ => epsilon_conversion(&map, &row),
        })
    }

    fn run<S: Strategy>(&self, cases: &S, law: impl Fn(S::Value) -> Outcome) -> Result<bool>
    where
        S::Value: Debug,
    {
        let config = RunnerConfig { cases: self.config.cases, failure_persistence: None, ..RunnerConfig::default() };
        let mut seed = [0; 32];
        seed.iter_mut().zip(self.config.seed.to_le_bytes()).for_each(|(to, byte)| *to = byte);
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
        match TestRunner::new_with_rng(config, rng).run(cases, law) {
            Ok(()) => Ok(true),
            Err(TestError::Fail(reason, _)) => Err(Error::NotCertified(reason.message().into())),
            Err(TestError::Abort(reason)) => Err(Error::NotCertified(format!("too few cases: {}", reason.message()))),
        }
    }
}

/// The table with what its certificate proves filled in.
fn proved(table: Table, certificate: &Certificate) -> Table {
    let mut table = table;
    table.error.certified_upper.clone_from(&certificate.certified_upper);
    table.error.certified_lower.clone_from(&certificate.certified_lower);
    (table.positive, table.monotone) = (certificate.positive, certificate.monotone);
    table
}

/// Draws cases of every law of the table in a file; the laws that speak about it.
///
/// # Errors
/// As [`Suite::read`] and [`Suite::check`], for the first law that does not hold.
pub fn check_table(table: &Path, certificate: Option<&Path>, config: Config) -> Result<Vec<Law>> {
    let suite = Suite::read(table, certificate, config)?;
    let mut held = Vec::new();
    for law in Law::ALL {
        if suite.check(*law)? {
            held.push(*law);
        }
    }
    Ok(held)
}

/// Makes a `#[test]` for every law of the table in a file, whose path is relative to the package that uses it. A test fails with
/// the least case found that breaks its law; one whose law does not speak about the table says so and passes.
///
/// `suite!("table.json")`, with `certificate = "certificate.json"` for the proof that the table must have, and with
/// `config = EXPRESSION` for a [`Config`] other than the default.
#[doc(hidden)]
#[macro_export]
macro_rules! laws_suite {
    ($table:literal) => {
        $crate::laws::suite!(@tests $table, None, $crate::laws::Config::default());
    };
    ($table:literal, certificate = $certificate:literal) => {
        $crate::laws::suite!(@tests $table, Some($certificate), $crate::laws::Config::default());
    };
    ($table:literal, config = $config:expr) => {
        $crate::laws::suite!(@tests $table, None, $config);
    };
    ($table:literal, certificate = $certificate:literal, config = $config:expr) => {
        $crate::laws::suite!(@tests $table, Some($certificate), $config);
    };
    (@tests $table:literal, $certificate:expr, $config:expr) => {
        fn check_law(law: $crate::laws::Law) {
            let package = ::std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
            let certificate: Option<&str> = $certificate;
            let certificate = certificate.map(|file| package.join(file));
            let suite = $crate::laws::Suite::read(&package.join($table), certificate.as_deref(), $config);
            match suite.and_then(|suite| suite.check(law)) {
                Ok(true) => {}
                Ok(false) => println!("{law:?} does not speak about {}", $table),
                Err(error) => panic!("{error}"),
            }
        }
        $crate::laws::suite!(@test certificate_is_sound, CertificateSound);
        $crate::laws::suite!(@test positive, Positive);
        $crate::laws::suite!(@test monotone, Monotone);
        $crate::laws::suite!(@test forms_agree, FormsAgree);
        $crate::laws::suite!(@test rounding, Rounding);
        $crate::laws::suite!(@test bounded, Bounded);
        $crate::laws::suite!(@test mass, Mass);
        $crate::laws::suite!(@test ordered, Ordered);
        $crate::laws::suite!(@test order_preserved, OrderPreserved);
        $crate::laws::suite!(@test scale_invariant, ScaleInvariant);
        $crate::laws::suite!(@test length_agnostic, LengthAgnostic);
        $crate::laws::suite!(@test padding, Padding);
        $crate::laws::suite!(@test epsilon_conversion, EpsilonConversion);
    };
    (@test $name:ident, $law:ident) => {
        #[test]
        fn $name() {
            check_law($crate::laws::Law::$law);
        }
    };
}
