//! The best polynomial under constraints: fixed coefficients, and r > 0.
//!
//! A semi-infinite linear program. It is solved on finitely many points, and the extrema at which its solution breaks an
//! inequality join them, until there are none. Every solution's λ is a lower bound, as the levelled error of an exchange
//! is, and there is no Haar condition: with fixed coefficients there may be fewer extrema than coefficients.

use super::assess::chebyshev_coefficients;
use super::constraints::{Constraints, fits};
use super::domain::{Domain, Place, Sample};
use super::exchange::{FIRST_PRECISION, Minimax, TOLERANCE};
use super::maxima::{extrema, fine_grid, grid, maxima};
use super::problem::Problem;
use super::simplex::{Floor, Outcome, Point, Side, Simplex};
use super::trial::clenshaw;
use crate::error::{Error, Result};
use crate::poly::{Basis, Polynomial};
use crate::real::{Exact, float_to_exact};
use rayon::prelude::*;
use rug::{Float, Rational};

/// The work grows with the cube of the degree.
pub(in crate::fit) const LARGEST_CONSTRAINED_DEGREE: u64 = 255;
/// Bits for each degree that the powers of x may cancel.
const BITS_PER_POWER: u32 = 4;
/// More precision is given up.
const LAST_PRECISION: u32 = 8192;
/// By how much a basis may miss its own equalities, as a part of λ or of a floor's tolerance.
const LARGEST_DEVIATION: f64 = 1e-12;
/// The floor of a positive polynomial over the least value of the function.
const FLOOR_BITS: u32 = 16;
/// The part of the floor by which a polynomial may fall below it.
const FLOOR_TOLERANCE: f64 = 1.0 / 1024.0;
/// Points of each segment for each degree: where the program begins, and where extrema are looked for.
const FIRST_PARTS: u64 = 2;
const SCAN_PARTS: u64 = 4;
/// More programs are given up.
const LARGEST_ITERATIONS: u64 = 100;

/// The best polynomial under constraints.
pub struct Constrained {
    /// The state of the iteration, and the Chebyshev coefficients.
    pub best: Minimax,
    /// The same polynomial in the basis that was asked for, with its fixed coefficients exact.
    pub polynomial: Polynomial,
}

/// The polynomial of degree at most `degree` with the least weighted error under `constraints`, which are meant in `basis`.
///
/// # Errors
/// As [`super::minimax`]; [`Error::Input`] for constraints that the problem cannot have, and [`Error::NoSolution`] when no
/// polynomial satisfies them.
pub fn constrained_minimax(
    problem: &Problem,
    constraints: &Constraints,
    basis: Basis,
    degree: u64,
) -> Result<Constrained> {
    if degree > LARGEST_CONSTRAINED_DEGREE {
        return Err(Error::input(format!(
            "--degree: with --fix, or with --positive where that is not so by itself, the degree is at most \
             {LARGEST_CONSTRAINED_DEGREE}, found {degree}"
        )));
    }
    let mut program = Program::new(problem, constraints, basis, degree)?;
    let mut simplex = program.simplex(Vec::new())?;
    loop {
        simplex = program.solved(simplex)?;
        let trial = program.trial(&simplex);
        let extrema = program.extrema(&trial)?;
        let spread = extrema.spread();
        let broken = extrema.broken();
        if broken.is_empty() {
            return Ok(program.finish(&simplex, trial, spread));
        }
        program.iterations += 1;
        if program.iterations >= LARGEST_ITERATIONS {
            return Err(program.not_converged("extrema keep coming", &trial.level));
        }
        for place in broken {
            simplex.add(program.point(place)?);
            program.places.push(place);
        }
    }
}

/// 2^-16·min f, which a positive polynomial keeps to.
///
/// # Errors
/// [`Error::Input`] where the function is not positive.
pub(in crate::fit) fn positive_floor(problem: &Problem, degree: u64) -> Result<Float> {
    let domain = Domain::without_parity(problem)?;
    let zero = problem.intervals.iter().find_map(|[lo, hi]| problem.function.zero_in(lo, hi));
    let refused = |value: f64, x: String| {
        Error::input(format!("--positive: expected a function above 0 on the intervals, found {value:e} at x = {x}"))
    };
    if let Some(zero) = zero {
        return Err(refused(0.0, Exact(zero).to_string()));
    }
    let values = grid(&domain, (SCAN_PARTS * (degree + 1)) as usize, &[]).into_par_iter().map(|place| {
        let x = domain.x(&domain.y(place), FIRST_PRECISION);
        let value = domain.function_at(&x)?.value;
        if value > 0 { Ok(value) } else { Err(refused(value.to_f64(), format!("{:e}", x.to_f64()))) }
    });
    let least = values.collect::<Result<Vec<Float>>>()?.into_iter().reduce(|a, b| a.min(&b));
    least.map(|least| least >> FLOOR_BITS).ok_or_else(|| Error::internal("intervals without points"))
}

/// A polynomial that the program tries.
struct Trial {
    coefficients: Vec<Float>,
    level: Float,
}

/// The program's unknowns and points.
struct Program<'a> {
    domain: Domain<'a>,
    basis: Basis,
    hull: [Rational; 2],
    /// Each coefficient's value, where it is fixed.
    fixed: Vec<Option<Exact>>,
    /// The indices of the others.
    free: Vec<usize>,
    floor: Option<Float>,
    places: Vec<Place>,
    precision: u32,
    iterations: u64,
}

impl<'a> Program<'a> {
    fn new(problem: &Problem<'a>, constraints: &Constraints, basis: Basis, degree: u64) -> Result<Self> {
        let parity = problem.usable_parity(degree)?;
        let parity = if problem.parity.is_some() || constraints.allow(parity) { parity } else { None };
        let domain = Domain::folded(problem, parity)?;
        let fixed = constraints.coefficients(basis, degree, parity)?;
        let is_free = |(k, fixed): (usize, &Option<Exact>)| (fixed.is_none() && fits(k as u64, parity)).then_some(k);
        let free = fixed.iter().enumerate().filter_map(is_free).collect();
        let floor = constraints.positive.then(|| positive_floor(problem, degree)).transpose()?;
        let places = grid(&domain, (FIRST_PARTS * (degree + 1)) as usize, &[]);
        let precision = match basis {
            Basis::Chebyshev => FIRST_PRECISION,
            Basis::Monomial => FIRST_PRECISION + BITS_PER_POWER * degree as u32,
        };
        Ok(Self { domain, basis, hull: problem.hull(), fixed, free, floor, places, precision, iterations: 0 })
    }

    /// The values of all basis functions at x.
    fn functions(&self, x: &Float) -> Vec<Float> {
        let precision = self.precision;
        let mut values = vec![Float::with_val(precision, 1)];
        match self.basis {
            Basis::Monomial => {
                let power = |value: &Float| Some(Float::with_val(precision, value * x));
                values = std::iter::successors(values.pop(), power).take(self.fixed.len()).collect();
            }
            Basis::Chebyshev => {
                let y = self.unit(x);
                let (mut now, mut next) = (Float::with_val(precision, 1), y.clone());
                for _ in 1..self.fixed.len() {
                    values.push(next.clone());
                    let after = Float::with_val(precision, &next * &y) * 2u32 - &now;
                    (now, next) = (next, after);
                }
            }
        }
        values
    }

    /// x on the hull, mapped to [−1, 1].
    fn unit(&self, x: &Float) -> Float {
        let [lo, hi] = &self.hull;
        Float::with_val(self.precision, x - lo) * 2u32 / Rational::from(hi - lo) - 1u32
    }

    /// The inequalities of a place, the fixed part of the polynomial taken to the other side.
    fn point(&self, place: Place) -> Result<Point> {
        let x = self.domain.x(&self.domain.y(place), self.precision);
        let Sample { mut value, weight } = self.domain.function_at(&x)?;
        let all = self.functions(&x);
        let mut given = Float::new(self.precision);
        for (fixed, function) in self.fixed.iter().zip(&all) {
            if let Some(fixed) = fixed {
                given += Float::with_val(self.precision, function * &fixed.0);
            }
        }
        value -= &given;
        let functions = self.free.iter().filter_map(|k| all.get(*k).cloned()).collect();
        let floor = self.floor.as_ref().map(|floor| Floor {
            bound: Float::with_val(self.precision, floor - &given),
            tolerance: Float::with_val(64, floor * FLOOR_TOLERANCE) / 2u32,
        });
        Ok(Point { functions, weight, value, floor })
    }

    fn points(&self) -> Result<Vec<Point>> {
        self.places.par_iter().map(|place| self.point(*place)).collect()
    }

    /// A program with this basis; with a basis of its own where this one is none at the present precision.
    fn simplex(&mut self, basis: Vec<(usize, Side)>) -> Result<Simplex> {
        loop {
            if let Some(simplex) = Simplex::new(self.points()?, basis.clone(), self.precision) {
                return Ok(simplex);
            }
            if let Some(simplex) = Simplex::started(self.points()?, self.precision) {
                return Ok(simplex);
            }
            self.raise_precision(&Float::new(64))?;
        }
    }

    /// The program's solution, at a precision that reproduces its basis.
    fn solved(&mut self, mut simplex: Simplex) -> Result<Simplex> {
        loop {
            let outcome = simplex.solve();
            let level = simplex.level();
            let is_precise = simplex.deviation() <= LARGEST_DEVIATION;
            match outcome {
                Outcome::Optimal if is_precise && self.is_resolved(&simplex) => return Ok(simplex),
                Outcome::Infeasible if is_precise => return Err(self.infeasible()),
                Outcome::Stalled if self.precision > LAST_PRECISION / 2 => {
                    return Err(self.not_converged("the linear program goes in circles", &level));
                }
                _ => self.raise_precision(&level)?,
            }
            simplex = self.simplex(simplex.basis)?;
        }
    }

    fn infeasible(&self) -> Error {
        Error::NoSolution(format!(
            "no polynomial of degree {} keeps the fixed coefficients and is positive: fix fewer, or take a larger degree",
            self.fixed.len().saturating_sub(1)
        ))
    }

    fn not_converged(&self, reason: &str, level: &Float) -> Error {
        Error::NoSolution(format!(
            "the constrained exchange did not converge: {reason}, levelled error {:.6e}, {} iterations, {} bits; try \
             another degree, a smaller interval or fewer constraints",
            level.to_f64(),
            self.iterations,
            self.precision
        ))
    }

    /// Whether λ stands out from the rounding of the largest weighted value.
    fn is_resolved(&self, simplex: &Simplex) -> bool {
        let level = simplex.level();
        let noise = simplex.largest_value() >> (self.precision / 2);
        level > noise
    }

    fn raise_precision(&mut self, level: &Float) -> Result<()> {
        self.precision *= 2;
        if self.precision <= LAST_PRECISION {
            return Ok(());
        }
        Err(Error::input(format!(
            "--degree: under these constraints the error of the best polynomial lies below 2^-{} of the function, found \
             {:.3e}, or the function is such a polynomial itself: take a smaller degree, or the Chebyshev basis",
            LAST_PRECISION / 2,
            level.to_f64()
        )))
    }

    fn trial(&self, simplex: &Simplex) -> Trial {
        let mut coefficients: Vec<Float> = self
            .fixed
            .iter()
            .map(|fixed| fixed.as_ref().map_or(Float::new(self.precision), |f| Float::with_val(self.precision, &f.0)))
            .collect();
        for (k, value) in self.free.iter().zip(&simplex.solution) {
            if let Some(c) = coefficients.get_mut(*k) {
                c.clone_from(value);
            }
        }
        Trial { coefficients, level: simplex.level() }
    }

    fn value(&self, trial: &Trial, x: &Float) -> Float {
        match self.basis {
            Basis::Chebyshev => clenshaw(&trial.coefficients, &self.unit(x)),
            Basis::Monomial => trial.coefficients.iter().rev().fold(Float::new(self.precision), |sum, c| sum * x + c),
        }
    }

    /// The extrema of the error, over λ, and those at which the trial is below its floor.
    fn extrema(&self, trial: &Trial) -> Result<Extrema> {
        let grid = fine_grid(&self.domain, SCAN_PARTS as usize * self.fixed.len(), &self.places);
        let errors = extrema(&grid, 1.0 - TOLERANCE, |place| {
            let x = self.domain.x(&self.domain.y(place), self.precision);
            let Sample { value, weight } = self.domain.function_at(&x)?;
            Ok(((value - self.value(trial, &x)) * weight / &trial.level).to_f64())
        })?;
        let low = self.floor.as_ref().map(|floor| {
            let lacking = |place: Place| {
                let x = self.domain.x(&self.domain.y(place), self.precision);
                Ok((1u32 - self.value(trial, &x) / floor).to_f64())
            };
            maxima(&grid, FLOOR_TOLERANCE, lacking)
        });
        let low = low.transpose()?.unwrap_or_default();
        Ok(Extrema { errors, low: low.into_iter().map(|(place, _)| place).collect() })
    }

    fn finish(&self, simplex: &Simplex, trial: Trial, spread: f64) -> Constrained {
        let active = simplex.basis.iter().filter_map(|(i, _)| self.places.get(*i)).map(|place| self.domain.y(*place));
        let active: Vec<Float> = active.collect();
        let weight = active.iter().map(|y| self.domain.weight(y, self.precision));
        let exact = |(c, fixed): (&Float, &Option<Exact>)| fixed.as_ref().map_or(float_to_exact(c), |f| f.0.clone());
        let [lo, hi] = self.hull.clone();
        let coefficients = trial.coefficients.iter().zip(&self.fixed).map(exact).collect();
        let polynomial = Polynomial { basis: self.basis, lo, hi, coefficients };
        let best = Minimax {
            coefficients: chebyshev_coefficients(&polynomial, self.precision),
            parity: self.domain.parity,
            error: Float::with_val(self.precision, &trial.level * spread),
            level: trial.level,
            spread,
            iterations: self.iterations + 1,
            precision: self.precision,
            weight: weight.fold(Float::new(self.precision), |largest, weight| largest.max(&weight)),
            reference: self.domain.mirrored(active.iter().map(|y| self.domain.x(y, self.precision)).collect()),
        };
        Constrained { best, polynomial }
    }
}

/// Where a trial is as bad as its λ says, or worse.
struct Extrema {
    errors: Vec<(Place, f64)>,
    low: Vec<Place>,
}

impl Extrema {
    /// The largest error over λ.
    fn spread(&self) -> f64 {
        self.errors.iter().map(|(_, ratio)| ratio.abs()).fold(1.0, f64::max)
    }

    /// The places that the program has missed.
    fn broken(self) -> Vec<Place> {
        let above = self.errors.into_iter().filter(|(_, ratio)| ratio.abs() > 1.0 + TOLERANCE);
        above.map(|(place, _)| place).chain(self.low).collect()
    }
}

#[cfg(test)]
#[path = "constrained_tests.rs"]
mod tests;
