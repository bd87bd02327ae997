use super::pull::{Pull, Tally};
use super::stage::Stage;
use super::sums::{PowerSums, RowSums};
use crate::attention::RowDomain;
use crate::circuit::{
    Circuit, Division, Iteration, ModulusChain, Node, NodeId, Numerator, PlacedCircuit, StagedComposite, Start, Term,
    Visitor,
};
use crate::error::Error;
use crate::noise::sources::{Size, Sources};
use crate::noise::{analyse, predict_slots, predict_stages, stage_bounds};
use crate::real::{Interval, PRECISION};
use proptest::prelude::*;
use rug::{Float, Rational};

/// How many deviations of the worst row the bound may be.
const MOST_DEVIATIONS: f64 = 512.0;

/// The merged composite for a mean of squares in [a, b], its constants by the textbook recurrence in binary64.
fn composite(length: u32, a: f64, b: f64, doublings: usize) -> Division {
    let mut t = (b + a) / (b - a);
    let (mut steps, mut residuals) = (Vec::new(), vec![1.0 / t + 1e-12]);
    for _ in 0..doublings {
        let doubled = 2.0 * t * t - 1.0;
        steps.push(Rational::from_f64(2.0 * t * t / doubled).unwrap());
        residuals.push(1.0 / doubled + 1e-9);
        t = doubled;
    }
    Division {
        power: 2,
        length,
        epsilon: Rational::new(),
        start: Start::Constant(Rational::from_f64(2.0 / (a + b)).unwrap()),
        steps,
        residuals,
        numerator: Numerator::Merged,
        iteration: Iteration::Goldschmidt,
        segments: None,
    }
}

/// x^(2^s)/Σ for s = number of `doublings`, rows with mean square at least `smallest`.
fn staged(length: u32, smallest: f64, doublings: &[usize]) -> StagedComposite {
    let l = f64::from(length);
    let (mut a, mut b) = (smallest, 1.0);
    let mut stages = Vec::new();
    for &k in doublings {
        let stage = composite(length, a, b, k);
        let eta = stage.residuals.last().unwrap();
        // With a margin above, as plans have it.
        (a, b) = ((1.0 - eta).powi(2) / (l * l), 1.125 * (1.0 + eta).powi(2) / l);
        stages.push(stage);
    }
    StagedComposite { stages }
}

fn placed(circuit: &StagedComposite, length: u32, log_n: u32, bits: u32) -> PlacedCircuit {
    let circuit = circuit.circuit();
    let depth = *crate::circuit::depths(&circuit).last().unwrap() as usize;
    let mut q = vec![bits + 4];
    q.extend(vec![bits; depth]);
    let chain = ModulusChain::generate(log_n, &q, &[60, 60]).unwrap();
    PlacedCircuit::new(circuit, chain, length, &(Float::with_val(PRECISION, 1) << bits)).unwrap()
}

fn domain(length: u32, smallest: f64) -> RowDomain {
    RowDomain { length, epsilon: Rational::new(), smallest_mean: Rational::from_f64(smallest).unwrap() }
}

/// A row with a mean square of about 2^log2, from any numbers.
fn row(seeds: &[f64], log2: f64) -> Vec<f64> {
    let mean = seeds.iter().map(|t| t * t).sum::<f64>() / seeds.len() as f64;
    let factor = (log2.exp2() / mean).sqrt();
    seeds.iter().map(|t| (t * factor).clamp(-1.0, 1.0)).collect()
}

/// The circuit's values with `added` in one slot of one node; slots beyond the row are padding.
struct Disturbed<'a> {
    row: &'a [f64],
    node: usize,
    slot: usize,
    added: f64,
}

impl Visitor for Disturbed<'_> {
    type Value = Vec<Float>;
    type Error = Error;

    fn scores(&mut self) -> Result<Vec<Float>, Error> {
        Ok(self.row.iter().map(|t| Float::with_val(PRECISION, *t)).collect())
    }
    fn product(&mut self, _: NodeId, a: &Vec<Float>, b: &Vec<Float>) -> Result<Vec<Float>, Error> {
        Ok(a.iter().zip(b).map(|(a, b)| Float::with_val(PRECISION, a * b)).collect())
    }
    fn times(&mut self, _: NodeId, value: &Vec<Float>, constant: &Rational) -> Result<Vec<Float>, Error> {
        Ok(value.iter().map(|v| Float::with_val(PRECISION, v * constant)).collect())
    }
    fn plus(&mut self, _: NodeId, value: &Vec<Float>, constant: &Rational) -> Result<Vec<Float>, Error> {
        Ok(value.iter().map(|v| Float::with_val(PRECISION, v + constant)).collect())
    }
    fn add(&mut self, _: NodeId, a: &Vec<Float>, b: &Vec<Float>) -> Result<Vec<Float>, Error> {
        Ok(a.iter().zip(b).map(|(a, b)| Float::with_val(PRECISION, a + b)).collect())
    }
    fn combination(&mut self, _: NodeId, _: &[Term<Vec<Float>>], _: &Rational) -> Result<Vec<Float>, Error> {
        Err(Error::internal("staged circuits have no combinations"))
    }
    fn row_sum(&mut self, _: NodeId, value: &Vec<Float>) -> Result<Vec<Float>, Error> {
        let sum = Float::with_val(PRECISION, Float::sum(value.iter()));
        Ok(vec![sum; value.len()])
    }
    fn refresh(&mut self, _: NodeId, value: &Vec<Float>, _: u32) -> Result<Vec<Float>, Error> {
        Ok(value.clone())
    }
    fn finish(&mut self, id: NodeId, _: &Node, mut value: Vec<Float>) -> Vec<Float> {
        if id.index() == self.node {
            value[self.slot] += self.added;
        }
        value
    }
}

/// ∂(target node in `slot`)/∂(node in `at`).
fn derivative(circuit: &Circuit, row: &[f64], target: (usize, usize), (node, at): (usize, usize)) -> f64 {
    let step = 2f64.powi(-60);
    let value = |added| {
        let values = circuit.visit(&mut Disturbed { row, node, slot: at, added }).unwrap();
        values[target.0][target.1].clone()
    };
    ((value(step) - value(-step)) / (2.0 * step)).to_f64()
}

/// What each source brings to a target, by the pulls.
fn pulled(
    stages: &[Stage],
    rows: &[Vec<f64>],
    padded: usize,
    target: (usize, usize, usize),
    only: (usize, usize),
) -> f64 {
    let (index, node, slot) = target;
    let mut w: Vec<f64> = rows[0].iter().map(|t| t.abs()).collect();
    let (mut cells, mut values) = (Vec::new(), Vec::new());
    for stage in stages {
        let mean = w.iter().map(|w| w * w).sum::<f64>() / stage.length();
        let cell = stage.cell(Interval::point(mean));
        let ratio = 0.5 * (cell.ratio.lo + cell.ratio.hi);
        w = w.iter().map(|w| ratio * w * w).collect();
        values.push(w.clone());
        cells.push(cell);
    }
    let gains = stages[index].gains(&cells[index], node);
    let mut pull = Pull::slot(Interval::point(values[index][slot]), gains.halves);
    let mut found = 0.0;
    for stage in (0..=index).rev() {
        let gains = if stage == index { &gains } else { &cells[stage].gains };
        let sums = PowerSums::new(&values[stage]);
        let sums = RowSums { values: &values[stage], sums: &sums, padded, rounds: &[padded - 1], slot: Some(slot) };
        let mut tally = Tally { lines: Some(Vec::new()), ..Tally::default() };
        pull = pull.through(&mut tally, &stages[stage], &cells[stage], gains, &sums, &[]);
        let lines = tally.lines.unwrap();
        for (source, line) in stages[stage].sources.list.iter().zip(lines) {
            if let Size::Random(part) = source.size
                && (stage, source.node) == only
            {
                found = line.variance / part.variance();
            }
        }
    }
    found
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// The pulls are the derivatives of what the circuit computes, squared and summed over the row.
    #[test]
    fn pulls_are_the_derivatives(
        seeds in prop::collection::vec(0.05f64..1.0, 8),
        log2 in -5.0f64..-0.5,
        three in any::<bool>(),
        pick in any::<prop::sample::Index>(),
        slot in 0usize..8,
    ) {
        let row = row(&seeds, log2);
        let circuit = if three { staged(8, 2f64.powi(-6), &[3, 3, 3]) } else { staged(8, 2f64.powi(-6), &[3, 4]) };
        let placed = placed(&circuit, 8, 13, 45);
        let stages = Stage::all(&placed, Sources::expected).unwrap();
        let last = stages.len() - 1;
        let all: Vec<(usize, usize)> = stages.iter().enumerate()
            .flat_map(|(index, stage)| stage.sources.list.iter()
                .filter(|s| matches!(s.size, Size::Random(_))).map(move |s| (index, s.node)))
            .collect();
        let only = all[pick.index(all.len())];
        let target = (last, stages[last].result(), slot);
        let found = pulled(&stages, std::slice::from_ref(&row), 8, target, only);
        let whole = (stages[only.0].circuit.first + only.1, placed.circuit.len() - 1);
        let exact: f64 = (0..8)
            .map(|at| derivative(&placed.circuit, &row, (whole.1, slot), (whole.0, at)).powi(2))
            .sum();
        prop_assert!((found - exact).abs() <= 1e-6 * exact + 1e-18, "{only:?}: {found} against {exact}");
    }

    /// The bound of a row is above its predictions, and that of the domain above that of its rows.
    #[test]
    fn bounds_are_above_predictions(seeds in prop::collection::vec(0.001f64..1.0, 16), log2 in -9.9f64..-0.5) {
        let smallest = 2f64.powi(-10);
        let row = row(&seeds, log2);
        let mean = row.iter().map(|t| t * t).sum::<f64>() / 16.0;
        prop_assume!(mean >= smallest);
        let placed = placed(&staged(16, smallest, &[5, 6]), 16, 13, 45);
        let largest = predict_slots(&placed, std::slice::from_ref(&row)).unwrap()[0]
            .iter().map(|slot| slot.deviation()).fold(0.0, f64::max);
        let domain = analyse(&placed, &domain(16, smallest), -40.0, 1).unwrap().rigorous;
        prop_assert!(domain > 5.0 * largest, "{domain} against a deviation of {largest}");
        prop_assert!(domain < 2e4 * largest, "{domain} against a deviation of {largest}");
    }
}

/// The worst rows of the domain are not far below the bound: a Laplace tail at the failure probability of one event is 2^4.7
/// deviations, and cells, own slot and row sum lose a few bits more.
#[test]
fn the_bound_is_near_the_noise_of_the_worst_row() {
    for (log2_smallest, doublings) in [(-12, &[6usize, 7][..]), (-8, &[4, 4, 7])] {
        let smallest = f64::from(log2_smallest).exp2();
        let placed = placed(&staged(128, smallest, doublings), 128, 15, 54);
        let budget = analyse(&placed, &domain(128, smallest), -40.0, 1).unwrap();
        let mut worst: f64 = 0.0;
        for heads in [1usize, 2, 3, 4, 8, 16, 32, 64, 128] {
            for (share, log2) in [0.0, 0.05, 0.2, 0.5].into_iter().flat_map(|s| (0..12).map(move |log2| (s, log2))) {
                let seeds: Vec<f64> = (0..128).map(|i| if i < heads { 1.0 } else { share }).collect();
                let row = row(&seeds, -f64::from(log2));
                if row.iter().map(|t| t * t).sum::<f64>() / 128.0 >= smallest {
                    let slots = predict_slots(&placed, &[row]).unwrap();
                    worst = slots[0].iter().map(|slot| slot.deviation()).fold(worst, f64::max);
                }
            }
        }
        let (bound, most) = (budget.rigorous, MOST_DEVIATIONS);
        println!("{doublings:?}: {:.2} bits above the worst deviation", (bound / worst).log2());
        assert!(bound > 5.0 * worst && bound < most * worst, "{doublings:?}: {bound} against a deviation of {worst}");
        let stages = stage_bounds(&placed, &domain(128, smallest), -40.0, 1).unwrap();
        assert!(stages.last().unwrap().bound >= 0.5 * bound);
        assert!(stages.iter().all(|stage| stage.bound.is_finite()));
    }
}

/// Weights of almost 1 need the bits of their scale and one more; where q_0 has fewer, it is said which value is too large.
#[test]
fn staged_weights_that_overflow_their_modulus_are_refused() {
    let circuit = staged(16, 2f64.powi(-6), &[4, 5]);
    let roomy = placed(&circuit, 16, 13, 45);
    let overflow = |bits: u32| {
        let mut chain = roomy.chain.clone();
        chain.q[0] = (1 << bits) - 1;
        let placed = PlacedCircuit { chain, ..roomy.clone() };
        analyse(&placed, &domain(16, 2f64.powi(-6)), -40.0, 1).unwrap().overflow
    };
    assert_eq!(overflow(47), None);
    let said = overflow(46).unwrap();
    assert!(said.contains("range overflow: ") && said.contains("its level has 46.0"), "{said}");
    // A middle level without room is found as well.
    let mut chain = roomy.chain.clone();
    chain.q.iter_mut().take(3).for_each(|q| *q = 1 << 15);
    let placed = PlacedCircuit { chain, ..roomy.clone() };
    assert!(analyse(&placed, &domain(16, 2f64.powi(-6)), -40.0, 1).unwrap().overflow.is_some());
}

/// Bounds and predictions of a stage are of the same node.
#[test]
fn bounds_and_predictions_name_the_same_nodes() {
    let placed = placed(&staged(16, 2f64.powi(-6), &[3, 4]), 16, 13, 45);
    let bounds = stage_bounds(&placed, &domain(16, 2f64.powi(-6)), -40.0, 1).unwrap();
    let rows = [row(&[0.3; 16], -2.0)];
    let predictions = predict_stages(&placed, &rows).unwrap();
    assert!(bounds.len() > 8);
    assert_eq!(
        bounds.iter().map(|bound| (bound.node, &bound.name)).collect::<Vec<_>>(),
        predictions.iter().map(|stage| (stage.node, &stage.name)).collect::<Vec<_>>()
    );
    let named = placed.circuit.nodes().iter().enumerate().filter_map(|(node, n)| Some((node, n.stage.as_ref()?)));
    assert_eq!(named.collect::<Vec<_>>(), bounds.iter().map(|bound| (bound.node, &bound.name)).collect::<Vec<_>>());
}
