use super::*;
use crate::attention::RowDomain;
use crate::circuit::{Division, Iteration, ModulusChain, Numerator, PlacedCircuit, Secret, Segments, Start};
use crate::real::{Interval, PRECISION};
use approx::assert_relative_eq;
use proptest::prelude::*;
use rug::ops::Pow;
use rug::{Float, Rational};

/// The merged composite for D in [ε, 1 + ε], its constants by the textbook recurrence in binary64.
fn composite(power: u32, length: u32, log2_epsilon: i32, doublings: usize) -> (Division, RowDomain) {
    let epsilon = Rational::from_f64(f64::from(log2_epsilon).exp2()).unwrap();
    let a = epsilon.to_f64();
    let mut t = 1.0 + 2.0 * a;
    let (mut steps, mut residuals) = (Vec::new(), vec![1.0 / t + 1e-12]);
    for _ in 0..doublings {
        let doubled = 2.0 * t * t - 1.0;
        steps.push(Rational::from_f64(2.0 * t * t / doubled).unwrap());
        residuals.push(1.0 / doubled + 1e-9);
        t = doubled;
    }
    let start = Start::Constant(Rational::from_f64(2.0 / (1.0 + 2.0 * a)).unwrap());
    let (numerator, iteration) = (Numerator::Merged, Iteration::Goldschmidt);
    let domain = RowDomain { length, epsilon: epsilon.clone(), smallest_mean: Rational::new() };
    (Division { power, length, epsilon, start, steps, residuals, numerator, iteration, segments: None }, domain)
}

fn placed(circuit: &Division, log_n: u32, bits: u32) -> PlacedCircuit {
    let depth = crate::circuit::Cost::of(&circuit.circuit().unwrap(), circuit.length).depth as usize;
    let depth = circuit.segments.map_or(depth, |segments| depth.min(segments.levels as usize));
    let mut q = vec![bits + 4];
    q.extend(vec![bits; depth]);
    let chain = ModulusChain::generate(log_n, &q, &[60, 60]).unwrap();
    let scale = Float::with_val(PRECISION, 1) << bits;
    PlacedCircuit::new(circuit.circuit().unwrap(), chain, circuit.length, &scale).unwrap()
}

/// (u/L)·(1 − R_k(D))/D: what the merged circuit computes from u in the slot and the row sum Σ u = L·(D − ε).
fn weight(circuit: &Division, u: &Float, sum: &Float) -> Float {
    let length = circuit.length;
    let d = Float::with_val(PRECISION, sum / length) + &circuit.epsilon;
    let Start::Constant(c) = &circuit.start else { unreachable!("a constant start") };
    let mut r = Float::with_val(PRECISION, 1) - Float::with_val(PRECISION, &d * c);
    for alpha in &circuit.steps {
        let square = Float::with_val(PRECISION, r.square_ref()) * alpha;
        r = square - Rational::from(alpha - 1u32);
    }
    Float::with_val(PRECISION, u / length) * (1u32 - r) / d
}

fn weight_gains(placed: &PlacedCircuit, sources: &sources::Sources, cell: cell::Cell) -> pass::Gains {
    pass::Pass::new(placed, sources, cell).gains(placed.circuit.len() - 1)
}

fn float(value: f64) -> Float {
    Float::with_val(PRECISION, value)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// The rows at the two ends of the domain are rows of it, whatever ε rounds to.
    #[test]
    fn the_floor_is_part_of_the_bound(power in prop_oneof![Just(2u32), Just(4)], log2_epsilon in -12.0f64..4.0) {
        let (mut circuit, _) = composite(power, 16, -3, 2);
        circuit.epsilon = Rational::from_f64(log2_epsilon.exp2()).unwrap() + Rational::from((1, 3));
        let (a, b) = (circuit.epsilon.clone(), Rational::from(&circuit.epsilon + 1u32));
        circuit.start = Start::Constant(2 / Rational::from(&a + &b));
        circuit.residuals = vec![1.0; 3];
        let domain = RowDomain { length: 16, epsilon: circuit.epsilon.clone(), smallest_mean: Rational::new() };
        let placed = placed(&circuit, 12, 45);
        let bound = analyse(&placed, &domain, -40.0, 1).unwrap().rigorous;
        prop_assert!(floor(&placed, &domain, -40.0, 1).unwrap() <= bound);
    }

    /// The adjoint of the circuit is the derivative of what it computes.
    #[test]
    fn gains_are_derivatives(log_d in -13.9f64..0.0, share in 0.0f64..1.0, half in 1u32..4, doublings in 3usize..9) {
        let (circuit, domain) = composite(2 * half, 16, -14, doublings);
        let placed = placed(&circuit, 13, 45);
        let sources = sources::Sources::bounding(&placed, -60.0).unwrap();
        let mean = log_d.exp2() - domain.epsilon.to_f64();
        let u = share * (16.0 * mean).min(1.0);
        let t = u.powf(1.0 / f64::from(2 * half));
        let cell = cell::Cell { mean: Interval::point(mean), own: Interval::point(t), row: None };
        let gains = weight_gains(&placed, &sources, cell);

        let (u, sum) = (float(t).pow(2 * half), float(mean) * 16u32);
        let step = float(2f64.powi(-90));
        let slope = |du: &Float, ds: &Float| {
            let moved = weight(&circuit, &Float::with_val(PRECISION, &u + du), &Float::with_val(PRECISION, &sum + ds));
            ((moved - weight(&circuit, &u, &sum)) / &step).to_f64()
        };
        let zero = float(0.0);
        let (own, through_sum) = (slope(&step, &zero), slope(&zero, &step));
        prop_assert!((gains.own - own.abs()).abs() <= 1e-6 * own.abs() + 1e-9, "{} {own}", gains.own);
        let tolerance = 1e-6 * through_sum.abs() + 1e-7 * own.abs();
        prop_assert!((gains.sum - through_sum.abs()).abs() <= tolerance, "{} {through_sum}", gains.sum);
    }

    /// What is said of a cell holds for every row in it.
    #[test]
    fn a_cell_encloses_its_rows(log_d in -13.9f64..-0.2, width in 0.0f64..0.2, place in 0.0f64..1.0, share in 0.0f64..1.0) {
        let (circuit, domain) = composite(4, 16, -14, 8);
        let placed = placed(&circuit, 13, 45);
        let sources = sources::Sources::bounding(&placed, -60.0).unwrap();
        let mean = |log_d: f64| log_d.exp2() - domain.epsilon.to_f64();
        let (low, high) = (mean(log_d), mean(log_d + width));
        let wide = cell::Cell::of_means(low, high, &placed, &sources);
        let inner = mean(log_d + place * width).clamp(low, high);
        let t = (share * (16.0 * inner).min(1.0)).powf(0.25);
        let narrow = cell::Cell { mean: Interval::point(inner), own: Interval::new(0.0, t), row: None };
        let (of_cell, of_row) = (weight_gains(&placed, &sources, wide), weight_gains(&placed, &sources, narrow));
        for (cell, row) in of_cell.direct.iter().zip(&of_row.direct) {
            prop_assert!(row.magnitude() <= cell.magnitude() * (1.0 + 1e-9) + 1e-12, "{row:?} {cell:?}");
        }
        let bound = |cell| pass::Pass::new(&placed, &sources, cell).of_weights().bound();
        prop_assert!(bound(narrow) <= bound(wide) * (1.0 + 1e-9));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// A refreshment computes nothing: the gains of the circuit with it are those of the circuit without it.
    #[test]
    fn refreshments_change_no_gain(log_d in -13.9f64..0.0, share in 0.0f64..1.0, half in 1u32..4, levels in 3u32..9) {
        let (whole, domain) = composite(2 * half, 16, -14, 8);
        let cut = Division { segments: Some(Segments { levels, bits: 30 }), ..whole.clone() };
        let mean = log_d.exp2() - domain.epsilon.to_f64();
        let t = (share * (16.0 * mean).min(1.0)).powf(0.5 / f64::from(half));
        let cell = cell::Cell { mean: Interval::point(mean), own: Interval::point(t), row: None };
        let gains = |circuit: &Division| {
            let placed = placed(circuit, 13, 45);
            let gains = weight_gains(&placed, &sources::Sources::bounding(&placed, -60.0).unwrap(), cell);
            let named = placed.circuit.nodes().iter().zip(&gains.direct);
            let direct = named.filter_map(|(node, gain)| Some((node.stage.clone()?, gain.magnitude())));
            (direct.collect::<std::collections::BTreeMap<_, _>>(), gains.own, gains.sum)
        };
        let ((of_whole, own, sum), (of_cut, cut_own, cut_sum)) = (gains(&whole), gains(&cut));
        let alike = |x: f64, y: f64| (x - y).abs() <= 1e-9 * x.abs() + 1e-12;
        prop_assert!(alike(own, cut_own) && alike(sum, cut_sum));
        prop_assert!(of_cut.len() > of_whole.len());
        for (stage, gain) in &of_whole {
            prop_assert!(alike(*gain, of_cut[stage]), "{stage}: {gain} {}", of_cut[stage]);
            if let Some(refreshed) = of_cut.get(&format!("{stage} refreshed")) {
                prop_assert!(alike(*gain, *refreshed), "{stage} refreshed");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// No row of the domain is noisier than the worst cell says.
    #[test]
    fn no_row_is_noisier_than_the_worst_cell(half in 1u32..4, log_epsilon in -16i32..-6, lengths in 1u32..5, shares in prop::collection::vec(0.0f64..1.0, 16)) {
        let length = 1 << lengths;
        let (circuit, domain) = composite(2 * half, length, log_epsilon, 8);
        let placed = placed(&circuit, 13, 48);
        let budget = analyse(&placed, &domain, -40.0, 1).unwrap();
        let worst = budget.predicted * std::f64::consts::SQRT_2;

        let deviation = |row: Vec<f64>| predict_rows(&placed, &[row]).unwrap()[0].largest_deviation;
        let row: Vec<f64> = shares.iter().take(length as usize).copied().collect();
        let faint: Vec<f64> = row.iter().map(|t| t * domain.epsilon.to_f64().powf(0.5 / f64::from(half))).collect();
        prop_assert!(deviation(row.clone()) <= worst * (1.0 + 1e-9));
        prop_assert!(deviation(faint.clone()) <= worst * (1.0 + 1e-9));

        // The bound of a row is between what is seen once in a million runs and the bound of all rows.
        let rows = [row, faint];
        let bounds = bound_rows(&placed, &rows, -40.0, 1).unwrap();
        let rare = predict_slots(&placed, &rows).unwrap();
        for (bound, slots) in bounds.iter().zip(rare) {
            let seen = quantile_of_maximum(&slots, 1e-6);
            prop_assert!(*bound <= budget.rigorous * (1.0 + 1e-9), "{bound} {}", budget.rigorous);
            prop_assert!(*bound >= seen, "{bound} {seen}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// What a cell says of the powers of |t| holds for every row of its means, and what a row says for each of its slots.
    #[test]
    fn sensitivities_cover_the_row(half in 1u32..5, length in 2u32..40, scale in 0.0f64..1.0, shares in prop::collection::vec(-1.0f64..1.0, 40)) {
        let power = 2 * half;
        let (circuit, _) = composite(power, length, -14, 6);
        let placed = placed(&circuit, 13, 45);
        let sources = sources::Sources::bounding(&placed, -60.0).unwrap();
        let row: Vec<f64> = shares.iter().take(length as usize).map(|t| t * scale).collect();
        let mean = row.iter().map(|t| t.powi(power as i32)).sum::<f64>() / f64::from(length);
        let of_row = cell::Cell::of_row(&row, &placed, &sources).sensitivities(&placed, &sources);
        let of_means = cell::Cell::of_means(mean, mean, &placed, &sources).sensitivities(&placed, &sources);
        for (node, (row_bound, cell_bound)) in sources.powers.iter().flatten().zip(of_row.iter().zip(&of_means)) {
            let of_slot = |t: &f64| node.factor * t.abs().powi((power - node.exponent) as i32);
            let padding = if node.exponent == power { f64::from(placed.padded_length() - length) } else { 0.0 };
            let sum = row.iter().map(of_slot).sum::<f64>() + padding;
            let squares = row.iter().map(|t| of_slot(t).powi(2)).sum::<f64>() + padding;
            let largest = row.iter().map(of_slot).fold(0.0, f64::max);
            for bound in [row_bound, cell_bound] {
                prop_assert!(largest <= bound.largest && bound.largest <= bound.own * (1.0 + 1e-9));
                prop_assert!(sum <= bound.sum * (1.0 + 1e-15) && squares <= bound.sum_of_squares * (1.0 + 1e-15));
            }
            prop_assert!(row_bound.largest <= cell_bound.largest * (1.0 + 1e-9));
        }
    }
}

/// How often each slot's key-switching noise reaches the sum of a row, by carrying the sums out.
#[test]
fn no_slot_adds_more_rotation_noise_than_its_share() {
    for log2_length in 1..=9u32 {
        let length = 1usize << log2_length;
        let (circuit, _) = composite(2, length as u32, -8, 4);
        let placed = placed(&circuit, 13, 45);
        let sources = sources::Sources::bounding(&placed, -60.0).unwrap();
        let in_rounds: Vec<Vec<usize>> = placed
            .rotation_rounds()
            .iter()
            .map(|round| round.iter().map(|&step| step as usize / placed.rows()).collect())
            .collect();
        let one_by_one: Vec<Vec<usize>> = (0..log2_length).map(|i| vec![1 << i]).collect();
        for rounds in [in_rounds, one_by_one] {
            // noise[i][j]: how often the noise of slot j is in slot i.
            let mut noise = vec![vec![0.0; length]; length];
            for round in rounds {
                let before = noise.clone();
                for (i, slot) in noise.iter_mut().enumerate() {
                    for step in &round {
                        let other = &before[(i + step) % length];
                        slot.iter_mut().zip(other).for_each(|(count, more)| *count += more);
                        slot[i] += 1.0;
                    }
                }
            }
            let (all, most) = (noise[0].iter().sum::<f64>(), noise[0].iter().copied().fold(0.0, f64::max));
            assert_eq!(all, length as f64 - 1.0);
            assert!(most <= sources.rotation_share * all * (1.0 + 1e-12), "{length}: {most}");
        }
    }
}

/// Slots of a sparse key are not taken as independent; those of a ternary key are, which gains most where the row sum dominates.
#[test]
fn only_a_ternary_key_separates_its_slots() {
    let (circuit, _) = composite(4, 64, -8, 6);
    let mut placed = placed(&circuit, 14, 40);
    let mut row = vec![0.0; 64];
    row[0] = 0.7;
    let mut over_one = |secret| {
        placed.secret = secret;
        let sources = sources::Sources::bounding(&placed, -60.0).unwrap();
        let noise = pass::Pass::new(&placed, &sources, cell::Cell::of_row(&row, &placed, &sources)).of_weights();
        tail(noise.random, -60.0) / noise.tail
    };
    assert_relative_eq!(over_one(Secret::Sparse192), 1.0, max_relative = 1e-12);
    assert!(over_one(Secret::Ternary) > 2.0);
}

/// Where the small end of the domain dominates (long rows), the bound is nearly attained there, by one score alone.
#[test]
fn the_worst_row_is_almost_as_noisy_as_the_worst_cell() {
    for (power, length, log_epsilon, doublings) in [(4, 128, -20, 12), (4, 256, -16, 10), (2, 128, -18, 11)] {
        let (circuit, domain) = composite(power, length, log_epsilon, doublings);
        let placed = placed(&circuit, 15, 48);
        let budget = analyse(&placed, &domain, -40.0, 1).unwrap();
        let mean = budget.worst_denominator - domain.epsilon.to_f64();
        let top = (mean * f64::from(length)).powf(1.0 / f64::from(power));
        let row = (0..length).map(|key| if key == 0 { top } else { 0.0 }).collect();
        let found = predict_rows(&placed, &[row]).unwrap()[0].largest_deviation;
        let worst = budget.predicted * std::f64::consts::SQRT_2;
        assert!((0.5 * worst..=1.03 * worst).contains(&found), "{found} {worst}");
    }
}

/// One more bit of scale is about one bit less noise; a smaller failure probability is a larger bound.
#[test]
fn bounds_follow_scale_and_failure_probability() {
    let (circuit, domain) = composite(4, 64, -12, 8);
    let bound = |bits, failure| analyse(&placed(&circuit, 14, bits), &domain, failure, 1).unwrap().rigorous.log2();
    for bits in [40, 45, 50] {
        let gained = bound(bits, -40.0) - bound(bits + 5, -40.0);
        assert!((4.8..5.2).contains(&gained), "{gained}");
    }
    assert!(bound(45, -80.0) > bound(45, -40.0) && bound(45, -40.0) > bound(45, -20.0));
}

/// A key that has the mean size in every slot is as noisy as keys are on average, and one twice as large no more than √2 times.
#[test]
fn a_key_of_the_mean_size_is_as_noisy_as_the_mean() {
    for (power, length) in [(2, 16), (6, 48)] {
        let (circuit, _) = composite(power, length, -8, 5);
        let placed = placed(&circuit, 13, 45);
        let rows: Vec<Vec<f64>> =
            (0..9).map(|r| (0..length).map(|i| (f64::from(i * 7 + r) * 0.37).sin()).collect()).collect();
        let size = Secret::Ternary.norm_squared(placed.chain.degree());
        let given =
            |size: f64| given_key(&placed, &rows, &vec![size; placed.chain.slots()], -40.0, 1).unwrap().concat();
        let (known, twice) = (given(size), given(2.0 * size));
        for ((known, twice), any) in known.iter().zip(&twice).zip(predict_slots(&placed, &rows).unwrap().concat()) {
            assert_relative_eq!(known.predicted.deviation(), any.deviation(), max_relative = 1e-6);
            assert!(known.bound <= twice.bound && twice.bound <= 1.42 * known.bound);
            assert!(known.bound > 5.0 * known.predicted.deviation());
        }
        let any = bound_rows(&placed, &rows, -40.0, 1).unwrap().into_iter().fold(0.0, f64::max);
        assert!(known.iter().all(|known| known.bound < any), "a known key has lighter tails");
    }
    let (circuit, _) = composite(2, 16, -8, 4);
    let placed = placed(&circuit, 13, 45);
    for sizes in [vec![1.0], vec![f64::NAN; placed.chain.slots()]] {
        assert_eq!(given_key(&placed, &[vec![0.5]], &sizes, -40.0, 1).unwrap_err().exit_code(), 2);
    }
}

/// Rows outside [−1, 1], longer than L or not numbers have no bound.
#[test]
fn rows_that_are_none_are_refused() {
    let (circuit, _) = composite(2, 16, -8, 4);
    let placed = placed(&circuit, 13, 40);
    for row in [vec![1.0 + 1e-15], vec![f64::NAN], vec![0.5; 17]] {
        assert_eq!(bound_rows(&placed, &[row], -40.0, 1).unwrap_err().exit_code(), 2);
    }
    assert!(bound_rows(&placed, &[vec![1.0; 16], Vec::new()], -40.0, 1).is_ok());
}

/// The last stage is the weights, on a coarser cover of its own, which costs less than half a bit; the deterministic worst case is far above any probable one.
#[test]
fn stages_end_in_the_weights_and_the_worst_case_is_no_better() {
    for (power, length, log_epsilon, doublings) in [(2, 16, -10, 7), (4, 100, -16, 10), (8, 64, -12, 8)] {
        let (circuit, domain) = composite(power, length, log_epsilon, doublings);
        let placed = placed(&circuit, 15, 50);
        let rigorous = analyse(&placed, &domain, -40.0, 1).unwrap().rigorous;
        let stages = stage_bounds(&placed, &domain, -40.0, 1).unwrap();
        let weights = stages.last().unwrap().bound;
        assert!(
            weights >= rigorous * (1.0 - 1e-9) && weights <= std::f64::consts::SQRT_2 * rigorous,
            "{weights} {rigorous}"
        );
        let worst = worst_case(&placed, &domain).unwrap();
        assert!(worst > 64.0 * rigorous && worst.is_finite(), "{worst} {rigorous}");
    }
}

/// The ledger's lines add up to the bound, and every stage has one.
#[test]
fn the_ledger_is_the_bound() {
    let (circuit, domain) = composite(6, 100, -16, 9);
    let budget = analyse(&placed(&circuit, 15, 50), &domain, -40.0, 1).unwrap();
    let sum: f64 = budget.ledger.iter().map(|line| line.value).sum();
    assert_relative_eq!(sum, budget.rigorous, max_relative = 1e-9);
    assert!(budget.predicted < budget.probabilistic && budget.probabilistic < budget.rigorous);
    let stages = stage_bounds(&placed(&circuit, 15, 50), &domain, -40.0, 1).unwrap();
    let names: Vec<&str> = stages.iter().map(|s| s.name.as_str()).collect();
    assert_eq!(names[..6], ["scores", "x^2", "x^4", "x^6", "row sum", "R_1"]);
    assert_eq!(names.last(), Some(&"weights"));
}

/// Scales are solved in logarithms: p·2^k squarings of a prime overflow any exponent.
#[test]
fn scales_stay_exact_for_the_deepest_circuits() {
    let (circuit, _) = composite(64, 2, -33, 20);
    let placed = placed(&circuit, 16, 50);
    let log2: Vec<f64> = placed.placements.iter().map(|p| p.scale.clone().log2().to_f64()).collect();
    assert!(log2.iter().all(|bits| (40.0..60.0).contains(bits)), "{log2:?}");
    assert!((log2[log2.len() - 1] - 50.0).abs() < 1e-9);
}

/// What one segment hands on, the next one takes at a scale of its own, and all end at the scale of the result.
#[test]
fn every_segment_ends_at_the_scale_of_the_result() {
    let (whole, _) = composite(4, 16, -14, 9);
    for levels in 2..=6 {
        let circuit = Division { segments: Some(Segments { levels, bits: 30 }), ..whole.clone() };
        let placed = placed(&circuit, 13, 45);
        assert_eq!(placed.chain.levels(), levels as usize);
        let mut ends = 0;
        for node in placed.circuit.nodes() {
            if let crate::circuit::Op::Refresh(of, _) = node.op {
                let end = &placed.placements[of.index()];
                assert_eq!(end.level, 0);
                assert!((end.scale.clone().log2().to_f64() - 45.0).abs() < 1e-9, "{levels}");
                ends += 1;
            }
        }
        assert_eq!(ends, 2 * (10 / levels), "{levels}");
    }
}

/// A q_0 without room for the result is refused: decryption would wrap around.
#[test]
fn a_result_that_overflows_its_modulus_is_refused() {
    let (circuit, domain) = composite(2, 16, -8, 4);
    let chain = ModulusChain::generate(13, &[40, 40, 40, 40, 40, 40], &[48]).unwrap();
    let scale = Float::with_val(PRECISION, 1) << 40;
    let placed = PlacedCircuit::new(circuit.circuit().unwrap(), chain, 16, &scale).unwrap();
    let overflow = analyse(&placed, &domain, -40.0, 1).unwrap().overflow.unwrap();
    assert!(overflow.contains("range overflow: weights"), "{overflow}");
}
