//! Divisions that published systems and their users do, planned: the depth of each is the least that there is.

#![allow(clippy::unwrap_used, clippy::panic)] // a test fails by panicking

use polyattn::fit::{FitRequest, Goal, Method, fit};
use polyattn::plan::{PlanDocument, Spec, SpecSource, chebyshev_error, plan, relative_lower_bound};
use polyattn::poly::table::Form;
use polyattn::real::{PRECISION, parse_exact};
use rug::{Float, Rational};
use std::path::Path;

/// A division to a relative error, and what is known of it.
struct Workload {
    name: &'static str,
    /// What gives rows this b/a.
    rows: &'static str,
    /// b/a.
    ratio: &'static str,
    relative_error: &'static str,
    goldschmidt: usize,
    depth: u32,
    /// Of the best polynomial.
    degree: u32,
}

/// A domain [s, 1], which is any other with the same b/a in other units.
macro_rules! plain {
    ($smallest_mean:literal) => {
        concat!("variant = \"plain\"\np = 2\nscore_bound = \"1\"\nsmallest_mean = \"", $smallest_mean, "\"\n")
    };
}

#[rustfmt::skip]
const WORKLOADS: [Workload; 8] = [
    Workload { name: "row sums of a TenSEAL user, [2.947, 46.01]", rows: plain!("2947/46010"), ratio: "46010/2947",
        relative_error: "1e-2", goldschmidt: 7, depth: 4, degree: 10 },
    Workload { name: "HETAL, [1, 100]", rows: plain!("1/100"), ratio: "100",
        relative_error: "2^-30", goldschmidt: 12, depth: 7, degree: 107 },
    Workload { name: "THOR, from 2^-11", rows: plain!("2^-11"), ratio: "2^11",
        relative_error: "1e-3", goldschmidt: 14, depth: 8, degree: 171 },
    Workload { name: "THOR, from 2^-18", rows: plain!("2^-18"), ratio: "2^18",
        relative_error: "1e-3", goldschmidt: 21, depth: 11, degree: 1945 },
    Workload { name: "HEIR NS-softmax, n = 32, [1/(4n), 2n]", rows: plain!("1/8192"), ratio: "8192",
        relative_error: "1e-3", goldschmidt: 16, depth: 9, degree: 343 },
    Workload { name: "an OpenFHE user, [1e-5, 1]", rows: plain!("1e-5"), ratio: "1e5",
        relative_error: "1e-3", goldschmidt: 20, depth: 11, degree: 1201 },
    Workload { name: "PowerSoftmax, ε = 1e-3 beside the mean, R = 1",
        rows: "p = 4\nscore_bound = \"1\"\nepsilon = { form = \"mean\", value = \"1e-3\" }\n", ratio: "1001",
        relative_error: "1e-3", goldschmidt: 13, depth: 7, degree: 120 },
    Workload { name: "PowerSoftmax, ε = 1e-3 beside the mean, R = 4, p = 4",
        rows: "p = 4\nscore_bound = \"4\"\nepsilon = { form = \"mean\", value = \"1e-3\" }\n", ratio: "256001",
        relative_error: "2^-20", goldschmidt: 22, depth: 12, degree: 3682 },
];

impl Workload {
    fn ends(&self) -> (Rational, Rational, Rational) {
        (Rational::from(1), parse_exact(self.ratio).unwrap(), parse_exact(self.relative_error).unwrap())
    }

    /// The plan for rows with this denominator, whose weights may err by as much as noise leaves at one scale.
    fn planned(&self) -> PlanDocument {
        let text = format!(
            "[attention]\nlength = 16\n{}[target]\nmax_error = \"2^-3\"\nrelative_error = \"{}\"\n[ckks]\nscale_bits = 50\n",
            self.rows, self.relative_error
        );
        plan(&SpecSource::new(Spec::from_toml(&text).unwrap(), None).unwrap()).unwrap()
    }

    /// Doublings of Goldschmidt's iteration from 1/b.
    fn goldschmidt(&self) -> usize {
        let (a, b, error) = self.ends();
        let table = fit(&FitRequest::reciprocal(Method::Goldschmidt, a, b, Goal::MaxError(error))).unwrap();
        let Form::Composite { steps, .. } = table.form else { panic!("Goldschmidt's iteration is a composite") };
        steps.len()
    }
}

/// One ciphertext product a level, from the denominator to the weights with the numerator merged.
#[test]
fn the_planned_depth_of_every_workload_is_the_least() {
    println!("| workload | b/a | relative error | Goldschmidt | planned | none below |");
    for workload in &WORKLOADS {
        let chosen = workload.planned().chosen;
        let [a, b] = &chosen.domain;
        assert_eq!(Rational::from(&b.0 / &a.0), workload.ends().1, "{}", workload.name);
        let (goldschmidt, bound) = (workload.goldschmidt(), chosen.depth_lower_bound);
        println!(
            "| {} | {} | {} | {goldschmidt} | {} | {bound} |",
            workload.name, workload.ratio, workload.relative_error, chosen.reciprocal_depth
        );
        assert_eq!(goldschmidt, workload.goldschmidt, "{}", workload.name);
        assert_eq!((chosen.reciprocal_depth, bound), (workload.depth, workload.depth), "{}", workload.name);
        assert_eq!(chosen.lower_bound_metric, "relative");
    }
}

/// The bound and the best degree by the fit layer alone, for the intervals as they are published.
#[test]
fn the_least_degree_and_depth_of_every_workload() {
    for workload in &WORKLOADS {
        let (a, b, error) = workload.ends();
        assert_eq!(relative_lower_bound(&a, &b, &error), workload.depth, "{}", workload.name);
        let reached = |degree: u32| chebyshev_error(&a, &b, &Float::with_val(PRECISION, degree + 1)) <= error;
        assert!(reached(workload.degree) && !reached(workload.degree - 1), "{}", workload.name);
    }
}

/// The paper's 22 steps, two levels for x^4 and three products with scalars are 27; the plan takes 14, and two bootstraps for three.
#[test]
fn the_question_of_the_paper_takes_fourteen_levels() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/paper.toml");
    let document = plan(&SpecSource::read(&file, false).unwrap()).unwrap();
    let (chosen, paper) = (&document.chosen, WORKLOADS.last().unwrap());
    let published = 2 + paper.goldschmidt() as u32 + 3;
    assert_eq!((chosen.depth, chosen.depth_lower_bound, chosen.bootstraps), (14, 12, 2));
    assert_eq!((published, published.div_ceil(document.spec.ckks.levels_per_bootstrap)), (27, 3));
}
