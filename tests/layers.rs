//! Functions of one variable: their circuits, the bounds on their depth and error, their runs, and what is refused.

#![allow(clippy::unwrap_used, clippy::panic)] // a test fails by panicking

use assert_cmd::Command;
use polyattn::certify::certify;
use polyattn::circuit::{Circuit, Cost, ModulusChain, NodeId, PlacedCircuit, SlotFunction, Slotwise, Term, Visitor};
use polyattn::document::{Document, read_json};
use polyattn::encrypted::{CkksBackend, Seed};
use polyattn::fit::{FitRequest, Goal, Method, fit};
use polyattn::layer::{LayerPlan, LayerSpec, PlannedLayer, plan_layers, recheck_layers, run_layer};
use polyattn::noise::{RandomPart, RingModel, SlotDomain, analyse_slots, tail};
use polyattn::plan::chebyshev_error;
use polyattn::poly::table::{Form, Metric};
use polyattn::poly::{Basis, Polynomial, Rule};
use polyattn::real::{Exact, PRECISION, parse_exact};
use polyattn::target::Target;
use proptest::prelude::*;
use rug::{Float, Rational};
use serde_json::{Value, json};
use std::convert::Infallible;
use std::fs;
use std::path::Path;

/// Exact arithmetic on one slot.
struct Exactly(Rational);

impl Visitor for Exactly {
    type Value = Rational;
    type Error = Infallible;

    fn scores(&mut self) -> Result<Rational, Infallible> {
        Ok(self.0.clone())
    }
    fn product(&mut self, _: NodeId, left: &Rational, right: &Rational) -> Result<Rational, Infallible> {
        Ok(Rational::from(left * right))
    }
    fn times(&mut self, _: NodeId, value: &Rational, constant: &Rational) -> Result<Rational, Infallible> {
        Ok(Rational::from(value * constant))
    }
    fn plus(&mut self, _: NodeId, value: &Rational, constant: &Rational) -> Result<Rational, Infallible> {
        Ok(Rational::from(value + constant))
    }
    fn add(&mut self, _: NodeId, left: &Rational, right: &Rational) -> Result<Rational, Infallible> {
        Ok(Rational::from(left + right))
    }
    fn combination(
        &mut self,
        _: NodeId,
        terms: &[Term<Rational>],
        constant: &Rational,
    ) -> Result<Rational, Infallible> {
        Ok(terms.iter().fold(constant.clone(), |sum, term| sum + Rational::from(term.value * term.coefficient)))
    }
    fn row_sum(&mut self, _: NodeId, _: &Rational) -> Result<Rational, Infallible> {
        unreachable!("a function of one slot has no row sum")
    }
    fn refresh(&mut self, _: NodeId, value: &Rational, _: u32) -> Result<Rational, Infallible> {
        Ok(value.clone())
    }
}

fn value(circuit: &Circuit, t: Rational) -> Rational {
    circuit.visit(&mut Exactly(t)).unwrap().pop().unwrap()
}

fn exact(text: &str) -> Rational {
    parse_exact(text).unwrap()
}

fn chebyshev(lo: &str, hi: &str, coefficients: &[i64]) -> Polynomial {
    let coefficients = coefficients.iter().map(|&c| Rational::from((c, 8))).collect();
    Polynomial { basis: Basis::Chebyshev, lo: exact(lo), hi: exact(hi), coefficients }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// One polynomial on any interval: its value exactly, at depth ⌈log2 degree⌉, the least that a polynomial of its degree has.
    #[test]
    fn a_circuit_is_its_polynomial_at_the_least_depth(
        numbers in prop::collection::vec(-100i64..100, 2..70), last in 50i64..100, before in -100i64..100,
        centre in -4i32..4, width in 1u32..6, place in 0u32..=16,
    ) {
        let mut numbers = numbers;
        numbers.extend([before, last]);
        let (lo, hi) = (Rational::from(centre), Rational::from(centre) + Rational::from(width));
        let coefficients: Vec<Rational> = numbers.iter().map(|&c| Rational::from((c, 8))).collect();
        let p = Polynomial { basis: Basis::Chebyshev, lo: lo.clone(), hi: hi.clone(), coefficients };
        let bound = lo.clone().abs().max(hi.clone().abs());
        let function = SlotFunction::Polynomial(p.clone());
        let circuit = Slotwise { bound: bound.clone(), epsilon: Rational::new(), function }.circuit().unwrap();
        let x = lo + Rational::from((place, 16)) * Rational::from(width);
        prop_assert_eq!(value(&circuit, x.clone() / bound), p.value(&x));
        let depth = (p.degree() as u32).next_power_of_two().trailing_zeros();
        prop_assert_eq!(Cost::of(&circuit, 1).depth, depth, "degree {}", p.degree());
    }
}

/// Stages that are composed and stages that refine, on ranges that are wider than the intervals of their bases, and doublings.
#[test]
fn composites_are_computed_exactly() {
    let (first, last) = (chebyshev("-2", "2", &[0, 9, 0, -3]), chebyshev("-1", "1", &[0, 10, 0, -2, 0, 1]));
    let range = (exact("2^-8"), exact("5"));
    let composed = SlotFunction::Stages {
        rule: Rule::Compose,
        stages: vec![first.clone(), last.clone()],
        ranges: vec![range.clone(); 3],
    };
    let composed = Slotwise { bound: exact("2"), epsilon: Rational::new(), function: composed }.circuit().unwrap();
    let (q, r) = (chebyshev("2^-6", "1", &[20, -9, 3, -1]), chebyshev("0.5", "1", &[12, -4]));
    let ranges = vec![range; 4];
    let stages = vec![q.clone(), r.clone(), r.clone()];
    let function = SlotFunction::Stages { rule: Rule::Refine, stages, ranges };
    let epsilon = exact("2^-5");
    let refined = Slotwise { bound: exact("1"), epsilon: epsilon.clone(), function }.circuit().unwrap();
    let steps = ["1.5", "1.25", "1"].map(exact).to_vec();
    let function = SlotFunction::Doublings { start: exact("0.75"), steps: steps.clone(), residuals: vec![1.0; 4] };
    let doubled = Slotwise { bound: exact("1"), epsilon: epsilon.clone(), function }.circuit().unwrap();
    for x in ["2^-6", "1/3", "0.7", "1"].map(exact) {
        assert_eq!(value(&composed, x.clone() / 2u32), last.value(&first.value(&x)));
        let (mut y, mut w) = (Rational::from(1), Rational::from(&x + &epsilon));
        for q in [&q, &r, &r] {
            let factor = q.value(&w);
            w *= Rational::from(factor.square_ref());
            y *= factor;
        }
        assert_eq!(value(&refined, x.clone()), y);
        let mut y = exact("0.75");
        let mut residual: Rational = 1 - Rational::from(&x + &epsilon) * &y;
        for alpha in &steps {
            y *= Rational::from(&residual + 1u32) * alpha;
            residual = Rational::from(residual.square_ref()) * alpha - Rational::from(alpha - 1u32);
        }
        assert_eq!(value(&doubled, x), y);
    }
}

/// Depth and products of the circuits are what the tables state, or less.
#[test]
fn circuits_cost_no_more_than_their_tables_state() {
    for (target, intervals, metric) in [
        ("sign", vec![["-1", "-2^-5"], ["2^-5", "1"]], Metric::Absolute),
        ("inverse-sqrt", vec![["2^-14", "1"]], Metric::Relative),
    ] {
        let intervals: Vec<[Exact; 2]> = intervals.iter().map(|ends| ends.map(|end| Exact(exact(end)))).collect();
        let (function, first) = (Target::new(target, Rational::new()).unwrap(), intervals[0].clone().map(|end| end.0));
        let (metric, method) = (Some(metric), Method::Composite);
        let request =
            FitRequest { intervals, metric, method, ..FitRequest::new(function, first, Goal::MaxError(exact("2^-9"))) };
        let certified = certify(&fit(&request).unwrap()).unwrap();
        let Form::Stages { rule, stages } = &certified.table.form else { panic!("no stages") };
        let ranges = certified.certificate.ranges.iter().map(|[low, high]| (low.0.clone(), high.0.clone())).collect();
        let stages: Vec<Polynomial> = stages.iter().map(|stage| stage.polynomial()).collect();
        let function = SlotFunction::Stages { rule: *rule, stages, ranges };
        let slotwise = Slotwise { bound: Rational::from(1), epsilon: Rational::new(), function };
        let cost = Cost::of(&slotwise.circuit().unwrap(), 1);
        let stated = certified.table.evaluation;
        assert!(cost.depth <= stated.depth, "{target}: {cost:?} against {stated:?}");
    }
}

/// x² has gain 2x: its bound is that of the two sources, computed by hand at |x| = 1.
#[test]
fn the_noise_of_a_square_is_that_of_its_two_sources() {
    let function = SlotFunction::Polynomial(chebyshev("-1", "1", &[4, 0, 4]));
    let circuit = Slotwise { bound: Rational::from(1), epsilon: Rational::new(), function }.circuit().unwrap();
    assert_eq!((circuit.len(), value(&circuit, exact("2/3"))), (2, exact("4/9")));
    let chain = ModulusChain::generate(12, &[45, 40], &[50]).unwrap();
    let scale = Float::with_val(PRECISION, 1) << 40u32;
    let placed = PlacedCircuit::new(circuit, chain, 1, &scale).unwrap();
    let bound = |lo: &str, hi: &str, input_error: &str| {
        let (intervals, input_error) = ([[exact(lo), exact(hi)]], exact(input_error));
        let domain = SlotDomain {
            intervals: &intervals,
            bound: &Rational::from(1),
            input_error: &input_error,
            weight: &|_| 1.0,
        };
        analyse_slots(&placed, &domain, -40.0, 1).unwrap()
    };
    let whole = bound("-1", "1", "0");
    let (model, slots) = (RingModel::bounding(&placed), placed.chain.slots() as f64);
    // Three events for each node and one for the value, in every slot.
    let failure = -40.0 - (7.0 * slots).log2();
    let [input, output] = [0, 1].map(|node| placed.placements[node].scale.to_f64());
    let at = |part: RandomPart, scale: f64| part.scaled(1.0 / (scale * scale));
    let fresh = at(model.encryption(), input);
    let local = at(model.rounding(), output).plus(at(model.digits(1), output * placed.chain.q[1] as f64));
    let encoding = model.encoding() / input;
    let second = 2.0 * (tail(fresh, failure) + encoding).powi(2);
    let expected = |gain: f64| tail(fresh.scaled(gain * gain).plus(local), failure) + gain * encoding + second;
    for (bound, gain) in [(&whole, 2.0), (&bound("-0.5", "0.25", "0"), 1.0)] {
        let ratio = bound.rigorous / expected(gain);
        assert!((1.0 - 1e-9..1.05).contains(&ratio), "gain {gain}: {ratio}");
        assert!((2.0 * bound.worst_input.abs() - gain).abs() < 0.1 && bound.overflow.is_none());
    }
    // An error of the input comes with its gain.
    let off = bound("-1", "1", "2^-20").rigorous - whole.rigorous;
    assert!((off / (2.0 * 2f64.powi(-20)) - 1.0).abs() < 0.06, "{off}");
}

/// Four kinds of circuit in a small ring that is not secure, with errors of the input in one.
const SMALL: &str = r#"
[[layer]]
name = "gelu"
target = "gelu-tanh"
interval = [["-3", "2"]]
max_error = "2^-6"
input_error = "2^-9"

[[layer]]
name = "root"
target = "inverse-sqrt"
epsilon = "2^-6"
interval = [["0", "4"]]
relative_error = "2^-6"
form = "composite"

[[layer]]
name = "step"
target = "sign"
interval = [["-1", "-2^-3"], ["2^-3", "1"]]
max_error = "2^-5"
form = "composite"

[[layer]]
name = "inverse"
target = "reciprocal"
interval = [["2^-4", "1"]]
relative_error = "2^-8"

[ckks]
log_n = 10
scale_bits = 40
"#;

fn planned() -> LayerPlan {
    let spec = LayerSpec::from_toml(SMALL, true).unwrap();
    let mut plan = plan_layers(&spec, &|_| {}).unwrap();
    for (layer, planned) in spec.layer.iter().zip(&mut plan.layers) {
        planned.validation = Some(run_layer(&spec, layer, planned, &CkksBackend, Seed::Fixed(7)).unwrap());
    }
    plan
}

fn limit(plan: &LayerPlan, index: usize) -> Rational {
    plan.spec.layer[index].limit().unwrap().1.0.clone()
}

#[test]
fn plans_keep_their_laws_and_every_slot_its_bound() {
    let plan = planned();
    recheck_layers(&plan).unwrap();
    for (index, layer) in plan.layers.iter().enumerate() {
        let PlannedLayer { name, error, ledger, .. } = layer;
        let sum = ledger.iter().fold(Rational::new(), |sum, line| sum + &line.value.0);
        assert_eq!(sum, error.total.0, "{name}");
        assert_eq!(Rational::from(&error.approximation.0 + &error.noise.rigorous.0), error.total.0, "{name}");
        assert!(error.total.0 <= limit(&plan, index), "{name}");
        assert!(1 <= layer.depth_lower_bound && layer.depth_lower_bound <= layer.depth, "{name}");
        let run = layer.validation.as_ref().unwrap();
        assert!(run.within_bound() && run.slots_checked == 512, "{name}: {run:?}");
        // The bound on noise is near the noise; of the first layer it is that of the input's errors.
        assert!((0.0..4.0).contains(&run.noise_slack_bits), "{name}: {}", run.noise_slack_bits);
        assert!(error.noise.predicted.0 <= error.noise.rigorous.0, "{name}");
    }
    let forms: Vec<&str> = plan.layers.iter().map(|layer| layer.form.as_str()).collect();
    assert_eq!(forms, ["polynomial", "composite", "composite", "composite"]);
    // |GELU'| goes up to 1.13, and the polynomial's slope is near it.
    let noise = plan.layers[0].error.noise.rigorous.to_f64() * 512.0;
    assert!((1.0..1.4).contains(&noise), "{noise}");
}

/// For 1/x the least relative error of a degree is known in closed form.
#[test]
fn the_lower_bound_is_the_best_error_where_that_is_known() {
    let plan = planned();
    let layer = plan.layers.iter().find(|layer| layer.name == "inverse").unwrap();
    let alternation = layer.alternation.as_ref().unwrap();
    let best = chebyshev_error(&exact("2^-4"), &exact("1"), &Float::with_val(64, alternation.degree + 1)).to_f64();
    let shown = alternation.error_at_least.to_f64();
    assert!(shown <= best * (1.0 + 1e-12) && shown >= best * (1.0 - 1e-6), "{shown} {best}");
    assert_eq!(layer.depth_lower_bound, alternation.degree.ilog2() + 1);
}

/// On both sides of the pole there is no composite; the reason is on record.
#[test]
fn a_polynomial_serves_where_there_is_no_composite() {
    let text = "[[layer]]\nname = \"f\"\ntarget = \"reciprocal\"\ninterval = [[\"-2\", \"-1\"], [\"1\", \"2\"]]\n\
                relative_error = \"2^-6\"\n[ckks]\nlog_n = 10\nscale_bits = 40\n";
    let plan = plan_layers(&LayerSpec::from_toml(text, true).unwrap(), &|_| {}).unwrap();
    let [layer] = plan.layers.as_slice() else { panic!("not one layer") };
    assert_eq!(layer.form, "polynomial");
    let reason = layer.considered.iter().find_map(|row| row.reason.as_deref()).unwrap();
    assert!(reason.contains("one interval"), "{reason}");
    recheck_layers(&plan).unwrap();
}

fn command(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let output = Command::cargo_bin("polyattn").unwrap().current_dir(folder).args(arguments).output().unwrap();
    let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    (output.status.code().unwrap(), text.concat())
}

/// Every claim of a document is checked: each change is refused with its field.
#[test]
fn tampered_documents_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    fs::write(path.join("spec.toml"), SMALL).unwrap();
    let (code, text) = command(path, &["layer", "spec.toml", "--insecure", "--run", "-o", "layers.json"]);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("| gelu | gelu-tanh | [−3, 2] |") && text.contains("INSECURE"), "{text}");
    let (code, text) = command(path, &["check", "layers.json", "--insecure"]);
    assert!(code == 0 && text.contains("4 layers derived again; 4 validated on ciphertexts"), "{text}");
    let (code, text) = command(path, &["check", "layers.json"]);
    assert!(code == 4 && text.contains("--insecure"), "{text}");

    let document = read_json(&path.join("layers.json")).unwrap();
    Document::<LayerPlan>::from_value(document.clone()).unwrap();
    let layer = |field: &str| format!("/layers/1/{field}");
    let last = document.pointer("/layers/1/alternation/points").unwrap().as_array().unwrap().len() - 1;
    for (place, value, words) in [
        (layer("error/total"), json!("0.0001"), "'error'"),
        (layer("error/noise/rigorous"), json!("0"), "'error'"),
        (layer("ledger/1/value"), json!("0"), "'ledger'"),
        (layer("depth"), json!(1), "'depth_lower_bound'"),
        (layer("depth_lower_bound"), json!(1), "'depth_lower_bound'"),
        (layer("alternation"), Value::Null, "'depth_lower_bound'"),
        (layer("alternation/error_at_least"), json!("1"), "'alternation.error_at_least'"),
        (layer(&format!("alternation/points/{last}")), json!("4.5"), "'alternation'"),
        (layer("products"), json!(1), "'products'"),
        (layer("ckks/log_n"), json!(60), "'ckks'"),
        (layer("ckks/scale_bits"), json!(41), "'ckks'"),
        (layer("ckks/log_qp"), json!(1), "'log_qp'"),
        (layer("worst_input"), json!(0.5), "'worst_input'"),
        (layer("table/error/certified_upper"), json!("2^-20"), "certificate"),
        (layer("table/target/name"), json!("reciprocal"), "table"),
        (layer("certificate/certified_upper"), json!("2^-20"), "certificate"),
        (layer("validation/observed_max"), json!(0.0), "'validation."),
        (layer("validation/bound"), json!("1"), "'validation.bound'"),
        (layer("validation/observed_mean_bits"), json!(-500.0), "'validation.observed_mean_bits'"),
        (layer("validation/approximation_max"), json!(1e300), "'validation.verdict'"),
        (layer("validation/seconds/keys"), json!(-1.0), "'validation.seconds'"),
        (layer("filler"), json!("-1"), "'filler'"),
        ("/spec/layer/1/form".into(), json!("polynomial"), "'form'"),
        (layer("name"), json!("other"), "'layers'"),
        ("/spec/layer/1/relative_error".into(), json!("2^-9"), "'error.total'"),
        ("/spec/layer/1/epsilon".into(), json!("2^-5"), "'table.target'"),
    ] {
        let mut changed = document.clone();
        *changed.pointer_mut(&place).unwrap_or_else(|| panic!("no {place}")) = value;
        fs::write(path.join("changed.json"), changed.to_string()).unwrap();
        let (code, text) = command(path, &["check", "changed.json", "--insecure"]);
        assert!((code == 4 || code == 2) && text.contains(words), "{place}: {code} {text}");
    }
}

/// Beside an approximation that makes most of the total, noise above its own bound would not show in the total.
#[test]
fn noise_above_its_bound_is_outside_whatever_the_total_is() {
    let mut plan = planned();
    let layer = &mut plan.layers[0];
    let rigorous = layer.error.noise.rigorous.to_f64();
    let run = layer.validation.as_mut().unwrap();
    assert!(run.encryption_max <= rigorous && run.approximation_max + 1.1 * rigorous < 1.0);
    run.encryption_max = 1.1 * rigorous;
    run.noise_slack_bits = -1.1f64.log2();
    let error = recheck_layers(&plan).unwrap_err();
    assert!(error.exit_code() == 4 && error.to_string().contains("validation.verdict"), "{error}");
    plan.layers[0].validation.as_mut().unwrap().verdict = "outside bound".into();
    assert_eq!(recheck_layers(&plan).unwrap_err().exit_code(), 5);
}

/// All slots must hold an x of the domain; what to fill the others with is said.
#[test]
fn fillers_lie_in_the_domain() {
    let fillers: Vec<String> = planned().layers.iter().map(|layer| layer.filler.to_string()).collect();
    assert_eq!(fillers, ["0", "0", "-0.125", "0.0625"]);
}

#[test]
fn bad_specifications_are_refused_with_their_field() {
    let folder = tempfile::tempdir().unwrap();
    let layer = |lines: &str| format!("[[layer]]\nname = \"f\"\n{lines}\n");
    let interval = "interval = [[\"-1\", \"1\"]]";
    let exp = format!("target = \"exp\"\n{interval}");
    let cases = [
        (layer(&format!("target = \"expp\"\n{interval}\nmax_error = \"1e-3\"")), 2, "did you mean exp"),
        (layer(&exp), 2, "max_error is missing"),
        (layer(&format!("{exp}\nmax_error = \"1e-3\"\nrelative_error = \"1e-3\"")), 2, "expected one of them"),
        (layer(&format!("{exp}\nmax_error = \"0\"")), 2, "max_error"),
        (layer(&format!("{exp}\nmax_error = \"1e-3\"\ninput_error = \"-1\"")), 2, "input_error"),
        (layer(&format!("{exp}\nmax_error = \"1e-3\"\nepsilon = \"1\"")), 2, "epsilon belongs to"),
        (layer(&format!("{exp}\nmax_error = \"1e-3\"\nform = \"composite\"")), 2, "form"),
        (layer(&format!("{exp}\nmax_error = \"1e-3\"\nmargin = 1")), 2, "margin"),
        (layer(&format!("{exp}\nmax_error = \"100\"")), 2, "a constant meets it"),
        (layer("target = \"exp\"\ninterval = [[\"1\", \"-1\"]]\nmax_error = \"1e-3\""), 2, "interval"),
        (layer(&format!("target = \"inverse-sqrt\"\n{interval}\nrelative_error = \"1e-3\"")), 2, "interval"),
        (layer(&format!("target = \"sign\"\n{interval}\nmax_error = \"1e-3\"")), 2, "leave a gap"),
        (layer(&format!("target = \"tanh\"\n{interval}\nrelative_error = \"1e-3\"")), 2, "relative_error"),
        (String::from("layer = []\n"), 2, "layer"),
        (layer(&format!("{exp}\nmax_error = \"1e-3\"\n[ckks]\nlog_n = 40")), 2, "ckks"),
        (layer(&format!("{exp}\nmax_error = \"1e-3\"\n[ckks]\nlevels_per_bootstrap = 9")), 2, "levels_per_bootstrap"),
        (layer(&format!("{exp}\nmax_error = \"1e-3\"\n[ckks]\nscale_bits = []")), 2, "scale_bits"),
        (layer(&format!("{exp}\nmax_error = \"1e-3\"")).replace("\"f\"", "\"a|b\""), 2, "name"),
        (layer("target = \"exp\"\ninterval = [[\"0\", \"300\"]]\nrelative_error = \"1e-2\""), 3, "relative_error"),
        (
            layer("target = \"gelu-erf\"\ninterval = [[\"-30\", \"-1\"]]\nrelative_error = \"1e-2\""),
            3,
            "relative_error",
        ),
        (layer(&format!("{exp}\nmax_error = \"1e-9\"\n[ckks]\nmax_log_n = 13\nscale_bits = 30")), 3, "layer 'f'"),
    ];
    for (spec, expected, words) in cases {
        fs::write(folder.path().join("spec.toml"), &spec).unwrap();
        let (code, text) = command(folder.path(), &["layer", "spec.toml"]);
        assert!(code == expected && text.contains(words), "{spec}: {code} {text}");
        assert!(text.contains("spec.toml"), "{spec}: {text}");
    }
}
