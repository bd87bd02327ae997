//! What is exported in the tests, and what its answers must be.

use polyattn::certify::certify;
use polyattn::circuit::evaluate;
use polyattn::document::{Document, Provenance};
use polyattn::export::{Format, export};
use polyattn::fit::{FitRequest, Goal, fit};
use polyattn::plan::{Job, PlanDocument, Spec, SpecSource, plan};
use polyattn::poly::table::{Metric, Table};
use polyattn::real::parse_exact;
use polyattn::target::Target;
use rug::{Float, Rational};
use serde_json::Value;
use std::fs;
use std::sync::LazyLock;

/// Bits of the exact values.
const BITS: u32 = 256;
/// Places of each interval at which a stated bound is asked.
const PLACES: u32 = 33;

/// Degree 15; a composite of k = 12; one with zero coefficients; the monomial basis; a degree above 63; stages of both rules.
const TABLES: [&str; 8] = [
    "relative_e4_d15",
    "composite_e20_b10",
    "tanh_d15",
    "relative_e4_d7_monomial",
    "absolute_e10_d127",
    "gelu_erf_d16",
    "sign_t8_b10",
    "root_e8_b10",
];
/// Every method of the planner.
const METHODS: [&str; 7] = [
    "composite",
    "composite-separate",
    "polynomial",
    "goldschmidt",
    "goldschmidt-mean",
    "start-goldschmidt",
    "start-newton",
];

/// One exported document with its functions: their number among all, and for weights the number of keys.
pub struct Export {
    pub name: &'static str,
    pub module: String,
    pub text: String,
    pub functions: Vec<(usize, Option<u32>)>,
    table: Table,
    plan: Option<PlanDocument>,
}

/// One call of a function and what it must answer.
pub struct Call {
    pub id: usize,
    pub input: Vec<f64>,
    pub expected: Vec<f64>,
    tolerance: f64,
    /// Another value that must be answered, within another distance: what the certificate speaks of.
    claimed: Vec<f64>,
    bound: f64,
    /// What encryption may add: of a plan its bound.
    noise: f64,
    what: String,
}

impl Call {
    pub fn check(&self, found: &[f64]) {
        self.check_within(found, 0.0);
    }

    /// The answer of a program that encrypts, in which something from elsewhere may be off by so much more.
    pub fn check_encrypted(&self, found: &[f64], spread: f64) {
        self.check_within(found, self.noise + spread);
    }

    fn check_within(&self, found: &[f64], noise: f64) {
        assert_eq!(found.len(), self.expected.len(), "{}", self.what);
        let pairs = [(&self.expected, self.tolerance + noise), (&self.claimed, self.bound + noise)];
        for (expected, most) in pairs {
            for (found, expected) in found.iter().zip(expected) {
                let off = (found - expected).abs();
                assert!(off <= most, "{}: found {found:e}, expected {expected:e} within {most:e}", self.what);
            }
        }
    }
}

/// e^x where OpenFHE leaves out its map of the interval, and with coefficients that HEaaN-math drops.
fn trap() -> (String, Value) {
    let interval = ["-1.4", "0.7"].map(|end| parse_exact(end).unwrap());
    let request = FitRequest::new(Target::new("exp", Rational::new()).unwrap(), interval, Goal::Degree(14));
    let table = certify(&fit(&request).unwrap()).unwrap().table;
    (TRAP.into(), serde_json::to_value(Document::new(table, Provenance::new(&(), None))).unwrap())
}

pub const TRAP: &str = "exp on [-1.4, 0.7]";

static DOCUMENTS: LazyLock<Vec<(String, Value)>> = LazyLock::new(|| {
    let table = |name: &&str| {
        let path = format!("{}/tables/{name}/table.json", env!("CARGO_MANIFEST_DIR"));
        (name.to_string(), serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap())
    };
    let direct = |method: &&str| {
        planned(method, &format!("reciprocal = \"{method}\"\nepsilon = {EPSILON}\n"), "scale_bits = [45, 50]\n")
    };
    let bootstrapped = |method: &str| {
        let attention = format!("reciprocal = \"{method}\"\nepsilon = {EPSILON}\n");
        planned(&format!("{method}, bootstrapped"), &attention, OWN_PRIMES)
    };
    let staged = planned(
        "staged",
        "variant = \"plain\"\nnormalisation = \"staged\"\nsmallest_mean_square = \"2^-6\"\n",
        "scale_bits = 30\n",
    );
    let tables = TABLES.iter().map(table);
    let plans = METHODS.iter().map(direct);
    tables
        .chain([trap()])
        .chain(plans)
        .chain([staged, bootstrapped("composite"), bootstrapped("composite-separate")])
        .collect()
});

/// With room in q_0 for what is near 1/D.
const OWN_PRIMES: &str =
    "log_n = 14\nlog_q = [55, 40, 40, 40, 40]\nlog_p = [56]\nlevels_per_bootstrap = 4\nbootstrap_bits = 40\n";
const EPSILON: &str = "{ form = \"unit\", value = \"2^-6\" }";

fn planned(name: &str, attention: &str, ckks: &str) -> (String, Value) {
    let spec = format!(
        "[attention]\np = 4\nlength = [3, 8]\nscore_bound = \"3.7\"\n{attention}[target]\nmax_error = \"2^-7\"\n[ckks]\n\
         {ckks}"
    );
    let source = SpecSource::new(Spec::from_toml(&spec).unwrap(), None).unwrap();
    let plan = plan(&source).unwrap_or_else(|error| panic!("{name}: {error}"));
    (name.into(), serde_json::to_value(Document::new(plan, Provenance::new(&(), None))).unwrap())
}

/// Every document in one form.
pub fn exports(format: Format) -> Vec<Export> {
    let mut next = 0;
    let mut exports = Vec::new();
    for (index, (name, value)) in DOCUMENTS.iter().enumerate() {
        let plan = Document::<PlanDocument>::from_value(value.clone()).ok().map(|plan| plan.body);
        let table = match &plan {
            Some(plan) => plan.chosen.tables[0].body.clone(),
            None => Document::<Table>::from_value(value.clone()).unwrap().body,
        };
        let lengths = plan.iter().flat_map(|plan| plan.spec.attention.length.as_slice().iter().map(|l| Some(*l)));
        let functions = [None].into_iter().chain(lengths).map(|keys| {
            next += 1;
            (next - 1, keys)
        });
        let functions = functions.collect();
        let text = export(value, format).unwrap_or_else(|error| panic!("{name}: {error}"));
        exports.push(Export { name, module: format!("e{index}"), text, functions, table, plan });
    }
    exports
}

impl Export {
    /// Whether something is to be bootstrapped.
    pub fn is_refreshed(&self) -> bool {
        self.plan.as_ref().is_some_and(|plan| plan.chosen.refreshed > 0)
    }

    /// Calls at the file's own points and at others.
    pub fn calls(&self) -> Vec<Call> {
        let of = |&(id, keys): &(usize, Option<u32>)| match keys {
            None => self.evaluations(id),
            Some(keys) => self.rows(id, keys),
        };
        self.functions.iter().flat_map(of).collect()
    }

    fn evaluations(&self, id: usize) -> Vec<Call> {
        let function = self.table.function(BITS).unwrap();
        let value = |x: f64| function.value(&Float::with_val(BITS, x)).to_f64();
        let points: Vec<[f64; 3]> = self.text.lines().filter_map(point).collect();
        assert!(points.len() >= 9, "{}", self.module);
        let own = points.iter().map(|&[x, stated, tolerance]| {
            assert!((stated - value(x)).abs() <= stated.abs() * 1e-15, "{}: {stated:e} at {x:e}", self.module);
            let claimed = vec![value(x)];
            Call { claimed, bound: tolerance, ..self.call(id, vec![x], vec![value(x)], tolerance) }
        });
        let bound = self.stated_bound();
        let places = self.table.intervals.iter().flat_map(|[lo, hi]| {
            let width = Rational::from(&hi.0 - &lo.0);
            (0..=PLACES).map(move |i| (Rational::from(&width * i) / PLACES + &lo.0).to_f64())
        });
        let is_reciprocal = self.table.target.name == "reciprocal";
        let wider = places.filter(|_| is_reciprocal).map(|x| {
            let d = x + self.table.target.epsilon.to_f64();
            let size = if self.table.error.metric == Metric::Relative { 1.0 / d } else { 1.0 };
            let call = self.call(id, vec![x], vec![value(x)], 2.0 * bound * size);
            Call { claimed: vec![1.0 / d], bound: bound * size * (1.0 + 1e-12), ..call }
        });
        own.chain(wider).collect()
    }

    fn call(&self, id: usize, input: Vec<f64>, expected: Vec<f64>, tolerance: f64) -> Call {
        let what = format!("{} at {input:?}", self.name);
        let size = expected.iter().fold(1.0f64, |size, value| size.max(value.abs()));
        // A table brings no bound for noise: with scales near 2^50 far less than 2^-16 of the value is expected.
        let noise = self
            .plan
            .as_ref()
            .filter(|_| input.len() > 1)
            .map_or(size * 2f64.powi(-16), |plan| plan.chosen.error.noise.rigorous.to_f64());
        Call { id, input, claimed: expected.clone(), bound: tolerance, expected, tolerance, noise, what }
    }

    /// The error that the header claims with evaluation in binary64.
    fn stated_bound(&self) -> f64 {
        let line = self.text.lines().find(|line| line.contains(" as written: ")).unwrap();
        let (_, number) = line.rsplit_once(' ').unwrap();
        number.parse().unwrap_or_else(|_| panic!("no bound in '{line}'"))
    }

    /// Rows with few and with many large scores.
    fn rows(&self, id: usize, keys: u32) -> Vec<Call> {
        let plan = self.plan.as_ref().unwrap();
        let job = Job::of(&plan.chosen, &plan.spec).unwrap();
        let circuit = job.circuit(keys).unwrap();
        let tolerance = self.stated_distance(keys);
        // What is approximated is certified; what the literals add is stated.
        let bound = plan.chosen.error.approximation.to_f64() + tolerance;
        let epsilon = plan.chosen.epsilon.unit.as_ref().map_or(0.0, |e| e.to_f64());
        let row = |spread: u32| {
            let score =
                |key: u32| 3.7 * (1.0 - f64::from(key * spread) / f64::from(16 * keys)) * [1.0, -1.0][key as usize % 2];
            let scores: Vec<f64> = (0..keys).map(score).collect();
            let unit: Vec<Float> = scores.iter().map(|x| Float::with_val(BITS, x) / &job.bound).collect();
            let values = evaluate(&circuit, &unit).unwrap();
            let expected = values.last().unwrap().iter().map(Float::to_f64).collect();
            let powers: Vec<f64> = scores.iter().map(|x| (x / 3.7).powi(4)).collect();
            // ε stands beside the mean at the longest length; as a unit form it is the same at every one.
            let d = powers.iter().sum::<f64>() + f64::from(keys) * epsilon;
            let claimed = powers.iter().map(|u| u / d).collect();
            Call { claimed, bound: bound + 1e-12, ..self.call(id, scores, expected, tolerance) }
        };
        [0, 5, 15].map(row).into()
    }

    /// How far the header says that any row's weights may be.
    fn stated_distance(&self, keys: u32) -> f64 {
        let of_length = format!("{keys} keys, padded");
        let line = self.text.lines().find(|line| line.contains(&of_length)).unwrap();
        let (_, number) = line.rsplit_once("included by at most ").unwrap();
        let distance: f64 = number.parse().unwrap();
        assert!(distance < 1e-6, "{}: {distance:e} says nothing", self.module);
        distance
    }
}

/// A line of three numbers between brackets.
fn point(line: &str) -> Option<[f64; 3]> {
    let inner = line.trim().strip_prefix(['(', '[', '{'])?.trim_end_matches(',').strip_suffix([')', ']', '}'])?;
    let numbers: Vec<f64> = inner.split(", ").map(|x| x.parse().ok()).collect::<Option<_>>()?;
    numbers.try_into().ok()
}
