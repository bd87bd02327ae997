//! The examination: pieces, witnesses, sign, order of |x|.

use super::curve::{Curve, simplest, stated};
use super::document::{Direction, Factor, Magnitude, Order, Pair, Piece, Proof, Signs, Values};
use super::gap::gap;
use super::signs::{Factored, Root};
use super::{Activation, LONGEST_VALUE_BITS, Question};
use crate::error::{Error, Result};
use crate::real::{Exact, is_written_short};
use rug::Rational;
use std::time::Instant;

/// Decides how an activation runs on an interval, exactly.
///
/// # Errors
/// Those of [`Activation::validate`]; [`Error::Input`] for an error or a width that is not positive, a width too small for the
/// degree, and an answer with numbers too long for a document; [`Error::NoSolution`] where
/// turning points lie too close together to be told apart in minutes.
pub fn examine(activation: &Activation, question: &Question) -> Result<Order> {
    let began = Instant::now();
    activation.validate(&question.interval)?;
    for (name, value) in [("width", Some(&question.width)), ("error", question.error.as_ref())] {
        if let Some(value) = value.filter(|value| ***value <= 0) {
            return Err(Error::input(format!("{name}: expected a positive number, found {value}")));
        }
    }
    let curve = Curve::new(activation, &question.interval);
    let width = &question.width.0 / Rational::from(&curve.hi - &curve.lo);
    validate_width(&width, activation.degree())?;
    let slope = Factored::of(&curve.slope());
    let pieces = match &slope {
        Some(slope) => pieces(&curve, slope, &width)?,
        None => Vec::new(),
    };
    let best = |direction| best_pair(&curve, &pieces, direction);
    let (rises, falls) = (best(Direction::Increasing), best(Direction::Decreasing));
    let (sign, function) = signs(&curve, &pieces, &width)?;
    let magnitude = magnitude(&curve, &pieces, &falls);
    let direction = direction(&pieces);
    let gap = match &question.error {
        Some(error) => gap(&curve, direction, magnitude.holds, error),
        None => None,
    };
    let order = Order {
        activation: activation.clone(),
        formula: activation.formula(),
        degree: activation.degree(),
        interval: question.interval.clone(),
        direction,
        pieces,
        rises,
        falls,
        sign,
        magnitude,
        gap,
        proof: Proof { derivative: slope.as_ref().map(stated).unwrap_or_default(), function },
        seconds: began.elapsed().as_secs_f64(),
    };
    let is_shown = order.magnitude.holds || order.magnitude.witness.is_some();
    if is_shown && order.numbers().all(|x| is_written_short(x)) {
        return Ok(order);
    }
    Err(Error::input(format!(
        "numbers of the answer would be too long for a document to be read again: expected an activation and an interval with \
         fewer digits, or a lower degree than {}",
        order.degree
    )))
}

/// Whether exact values at points this close together can be computed with; `width` is that in u.
fn validate_width(width: &Rational, degree: u64) -> Result<()> {
    let bits = width.denom().significant_bits().saturating_sub(width.numer().significant_bits());
    // A point has as many bits above as below.
    let most = LONGEST_VALUE_BITS / 2 / degree.max(1);
    if u64::from(bits) <= most {
        return Ok(());
    }
    Err(Error::input(format!(
        "width: expected at least 2^-{most} of the interval at degree {degree}, found about 2^-{bits} of it"
    )))
}

/// The direction of the whole.
pub(super) fn direction(pieces: &[Piece]) -> Direction {
    match pieces {
        [] => Direction::Constant,
        [only] => only.direction,
        _ => Direction::Neither,
    }
}

/// The parts between the places where the derivative changes its sign.
fn pieces(curve: &Curve, slope: &Factored, width: &Rational) -> Result<Vec<Piece>> {
    let turns: Vec<[Exact; 2]> =
        slope.changes(width, |root| curve.simplest_in(root))?.iter().map(|root| curve.in_x(root)).collect();
    Ok(between(curve, &turns, slope.first_sign() > 0))
}

/// The pieces that turning points make, of which the first rises or falls.
pub(super) fn between(curve: &Curve, turns: &[[Exact; 2]], mut rises: bool) -> Vec<Piece> {
    let end = |x: &Rational| [x.clone().into(), x.clone().into()];
    let from = std::iter::once(end(&curve.lo)).chain(turns.iter().cloned());
    let to = turns.iter().cloned().chain([end(&curve.hi)]);
    let piece = |(from, to)| {
        let direction = if rises { Direction::Increasing } else { Direction::Decreasing };
        rises = !rises;
        Piece { from, to, direction }
    };
    from.zip(to).map(piece).collect()
}

impl Piece {
    /// The part that surely belongs to it.
    fn inner(&self) -> (&Rational, &Rational) {
        (&self.from[1].0, &self.to[0].0)
    }
}

/// Two points of the piece of a direction on which f moves most, near its ends and with few digits.
fn best_pair(curve: &Curve, pieces: &[Piece], direction: Direction) -> Option<Pair> {
    let move_of = |piece: &&Piece| {
        let (a, b) = piece.inner();
        (curve.value(b) - curve.value(a)).abs()
    };
    let best = pieces.iter().filter(|piece| piece.direction == direction).max_by_key(move_of)?;
    let (a, b) = best.inner();
    // Any two points of the piece serve.
    let margin = Rational::from(b - a) / 64u32;
    Some(curve.pair(simplest(a, &Rational::from(a + &margin)), simplest(&Rational::from(b - &margin), b)))
}

/// What is known of the sign, with the factors of f that show it where f has not both.
fn signs(curve: &Curve, pieces: &[Piece], width: &Rational) -> Result<(Signs, Vec<Factor>)> {
    let mut signs = Signs { values: Values::Zero, positive_at: None, zero_in: None, negative_at: None };
    let Some(f) = Factored::of(&curve.numerators()) else {
        signs.zero_in = Some([curve.lo.clone().into(), curve.lo.clone().into()]);
        return Ok((signs, Vec::new()));
    };
    // Extremes lie at turning points and ends: the ends of pieces, or inside an interval about a root that the next lines find.
    let ends = pieces.iter().flat_map(|piece| [piece.inner().0, piece.inner().1]).chain([&curve.lo]);
    let mut ends: Vec<(Rational, &Rational)> = ends.map(|x| (curve.value(x), x)).collect();
    ends.sort();
    let [least, most] = [ends.first(), ends.last()];
    signs.negative_at = least.filter(|(value, _)| *value < 0).map(|(_, x)| Exact((*x).clone()));
    signs.positive_at = most.filter(|(value, _)| *value > 0).map(|(_, x)| Exact((*x).clone()));
    let guess = |root: &Root| curve.simplest_in(root);
    let changes = f.changes(width, guess)?;
    if let Some(first) = changes.first() {
        let next = changes.get(1).map_or_else(|| Rational::from(1), |root| root[0].clone());
        let before = inside(curve, &Rational::new(), &first[0]);
        let after = inside(curve, &first[1], &next);
        let (positive, negative) = if f.first_sign() > 0 { (before, after) } else { (after, before) };
        signs.positive_at = signs.positive_at.or(positive);
        signs.negative_at = signs.negative_at.or(negative);
        signs.values = Values::Both;
        return Ok((signs, Vec::new()));
    }
    let at_end = f.ends.iter().zip([&curve.lo, &curve.hi]).find(|(multiplicity, _)| **multiplicity > 0);
    signs.zero_in = match at_end {
        Some((_, x)) => Some([x.clone().into(), x.clone().into()]),
        None => f.touch(width, guess)?.map(|root| curve.in_x(&root)),
    };
    // Everything else is 0 or has this sign.
    let is_positive = f.first_sign() > 0;
    signs.values = match (is_positive, &signs.zero_in) {
        (true, None) => Values::Positive,
        (true, Some(_)) => Values::Nonnegative,
        (false, Some(_)) => Values::Nonpositive,
        (false, None) => Values::Negative,
    };
    let shown = if is_positive { &mut signs.positive_at } else { &mut signs.negative_at };
    *shown = shown.take().or_else(|| inside(curve, &Rational::new(), &Rational::from(1)));
    Ok((signs, stated(&f)))
}

/// A place between two values of u where f is not 0: it has no more zeros than its degree.
fn inside(curve: &Curve, low: &Rational, high: &Rational) -> Option<Exact> {
    let places = (2..=curve.activation.degree() + 3).map(|k| curve.x(&(Rational::from(high - low) / k + low)));
    places.into_iter().find(|x| curve.value(x) != 0).map(Exact)
}

/// Whether f orders |x|, from its pieces.
///
/// On an interval to one side of 0 that is monotonicity. Across 0 it is evenness with one turning point, at 0: were f(x) > f(−x)
/// for some x, then f(x) > f(y) for a y a little beyond −x.
fn magnitude(curve: &Curve, pieces: &[Piece], falls: &Option<Pair>) -> Magnitude {
    if orders_magnitude(curve, pieces) {
        return Magnitude { holds: true, witness: None };
    }
    let witness = if pieces.is_empty() {
        constant_pair(curve)
    } else if curve.lo >= 0 {
        falls.clone()
    } else if curve.hi <= 0 {
        best_pair(curve, pieces, Direction::Increasing)
            .map(|pair| curve.pair(pair.points[1].0.clone(), pair.points[0].0.clone()))
    } else if curve.activation.is_even() {
        contrary_piece(curve, pieces)
    } else {
        uneven_pair(curve)
    };
    Magnitude { holds: false, witness }
}

pub(super) fn orders_magnitude(curve: &Curve, pieces: &[Piece]) -> bool {
    match pieces {
        [only] if curve.lo >= 0 => only.direction == Direction::Increasing,
        [only] if curve.hi <= 0 => only.direction == Direction::Decreasing,
        [left, right] => {
            curve.activation.is_even()
                && left.direction == Direction::Decreasing
                && [&left.to, &right.from].iter().all(|end| end.iter().all(|x| **x == 0))
        }
        _ => false,
    }
}

/// Two points of a constant function with different |x|.
fn constant_pair(curve: &Curve) -> Option<Pair> {
    let middle = Rational::from(&curve.lo + &curve.hi) / 2u32;
    let mut points = [curve.lo.clone(), curve.hi.clone(), middle];
    points.sort_by(|a, b| a.cmp_abs(b));
    let [least, _, most] = points;
    Some(curve.pair(least, most))
}

/// Of an even function: a piece above 0 that falls, or one below 0 that rises.
fn contrary_piece(curve: &Curve, pieces: &[Piece]) -> Option<Pair> {
    let of_sign = |above: bool| {
        let side: Vec<Piece> = pieces.iter().filter(|piece| (*piece.inner().0 >= 0) == above).cloned().collect();
        let direction = if above { Direction::Decreasing } else { Direction::Increasing };
        best_pair(curve, &side, direction)
    };
    of_sign(true).or_else(|| of_sign(false).map(|pair| curve.pair(pair.points[1].0.clone(), pair.points[0].0.clone())))
}

/// Of a function that is not even, across 0: x and y a little further from 0 on the other side, with f(x) ≥ f(y).
fn uneven_pair(curve: &Curve) -> Option<Pair> {
    let reach = Rational::from(-&curve.lo).min(curve.hi.clone());
    // f(x) − f(−x) has at most as many zeros as its degree; the windows of the places do not overlap.
    let places = (2..=curve.activation.degree() + 3).map(|k| {
        let x = Rational::from(&reach / k);
        simplest(&x, &(&x + Rational::from(&x / (4 * k))))
    });
    let pairs = places.filter_map(|x| {
        let mirrored = Rational::from(-&x);
        let [right, left] = [&x, &mirrored].map(|x| curve.value(x));
        let size = Rational::from(&right - &left).abs();
        let [high, low] = if right > left { [x, mirrored] } else { [mirrored, x] };
        (size > 0).then_some((high, low, size))
    });
    // Where f rises least beyond y for what it has to fall short of, y may be furthest from −x, and has the fewest digits.
    let steepness =
        |(_, low, size): &(Rational, Rational, Rational)| (curve.value(&beyond(low, 2)) - curve.value(low)) / size;
    let (high, low, _) = pairs.min_by_key(steepness)?;
    let value = curve.value(&high);
    let refutes = |halvings: u32| {
        let y = beyond(&low, halvings);
        curve.holds(&y) && value >= curve.value(&y)
    };
    // A y with more digits has a value that no document can hold.
    let most = LONGEST_VALUE_BITS / curve.activation.degree().max(1);
    let mut doubled = (1..u32::BITS).map(|k| 1u32 << k).take_while(|halvings| u64::from(*halvings) <= most);
    let enough = doubled.find(|halvings| refutes(*halvings))?;
    let (mut too_few, mut enough) = (enough / 2, enough);
    while enough - too_few > 1 {
        let middle = too_few.midpoint(enough);
        if refutes(middle) { enough = middle } else { too_few = middle }
    }
    let y = beyond(&low, enough);
    Some(curve.pair(high, y))
}

/// A place a little further from 0.
fn beyond(low: &Rational, halvings: u32) -> Rational {
    Rational::from(low >> halvings) + low
}
