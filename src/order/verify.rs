//! The checker: proves a document again without looking for any root.
//!
//! It evaluates exactly, divides by the factors that are stated, and shows that what is left is not 0 between the places that are
//! stated by the certifier's Bernstein subdivision, which shares no code with the search for roots.

use super::curve::Curve;
use super::document::{Direction, Factor, Gap, GapAt, Order, Pair, Signs, Values};
use super::examine::{between, direction, orders_magnitude};
use super::gap::Rising;
use super::signs::Factored;
use crate::certify::Sign;
use crate::error::{Error, Result};
use crate::real::Exact;
use rug::{Integer, Rational};

/// Proves every part of an order document again.
///
/// # Errors
/// [`Error::NotCertified`] naming the field that does not hold, [`Error::Input`] when the numbers are not those of any activation.
pub fn verify(order: &Order) -> Result<()> {
    order.activation.validate(&order.interval)?;
    let curve = Curve::new(&order.activation, &order.interval);
    require(order.degree == order.activation.degree(), "degree", || "the numbers have another".into())?;
    require(order.formula == order.activation.formula(), "formula", || "the numbers have another".into())?;
    verify_pieces(order, &curve)?;
    verify_pair(order, &curve, Direction::Increasing, &order.rises, "rises")?;
    verify_pair(order, &curve, Direction::Decreasing, &order.falls, "falls")?;
    verify_sign(order, &curve)?;
    verify_magnitude(order, &curve)?;
    order.gap.as_ref().map_or(Ok(()), |gap| verify_gap(order, &curve, gap))
}

fn verify_pieces(order: &Order, curve: &Curve) -> Result<()> {
    let slope = curve.slope();
    let turns: Vec<[Exact; 2]> = order.pieces.iter().skip(1).map(|piece| piece.from.clone()).collect();
    let affordable = turns.len() <= slope.len() && turns.iter().flatten().all(|x| is_short(curve, x));
    require(affordable, "pieces", || "there are more, or longer numbers, than the degree allows".into())?;
    let shown = match factored(&slope, &order.proof.derivative)? {
        None => order.pieces.is_empty(),
        Some(slope) => {
            let roots: Vec<_> = turns.iter().map(|turn| curve.in_u(turn)).collect();
            slope.change_exactly_at(&roots) && order.pieces == between(curve, &turns, slope.first_sign() > 0)
        }
    };
    require(shown, "pieces", || "they are not shown to be those on which the function is monotone".into())?;
    require(order.direction == direction(&order.pieces), "direction", || "the pieces have another".into())
}

/// The factors of a polynomial as they are stated; `None` for the polynomial 0.
fn factored(f: &[Integer], stated: &[Factor]) -> Result<Option<Factored>> {
    if f.is_empty() {
        require(stated.is_empty(), "proof", || "0 has no factors".into())?;
        return Ok(None);
    }
    let integers = |factor: &Factor| {
        let whole = |c: &Exact| (*c.denom() == 1).then(|| c.numer().clone());
        Some((factor.multiplicity, factor.coefficients.iter().map(whole).collect::<Option<Vec<_>>>()?))
    };
    let factors: Option<Vec<_>> = stated.iter().map(integers).collect();
    let found = factors.and_then(|factors| Factored::stated(f, factors));
    require(found.is_some(), "proof", || "the factors stated do not divide the polynomial".into())?;
    Ok(found)
}

/// The points lie in the interval, and the values are those there.
fn holds(curve: &Curve, pair: &Pair) -> bool {
    let places = pair.points.iter().zip(&pair.values);
    places.clone().all(|(x, value)| curve.holds(x) && is_short(curve, x) && curve.value(x) == value.0)
}

/// Whether an exact value there can be computed with.
fn is_short(curve: &Curve, x: &Rational) -> bool {
    let bits = u64::from(x.numer().significant_bits()) + u64::from(x.denom().significant_bits());
    bits * curve.activation.degree().max(1) <= super::LONGEST_VALUE_BITS
}

fn verify_pair(order: &Order, curve: &Curve, way: Direction, pair: &Option<Pair>, name: &str) -> Result<()> {
    let wanted = order.pieces.iter().any(|piece| piece.direction == way);
    require(pair.is_some() == wanted, name, || "it is there exactly when a piece runs so".into())?;
    let Some(pair) = pair else { return Ok(()) };
    let [a, b] = &pair.values;
    let follows = if way == Direction::Increasing { a < b } else { a > b };
    require(holds(curve, pair) && pair.points[0] < pair.points[1] && follows, name, || {
        "the values do not show it".into()
    })
}

fn verify_sign(order: &Order, curve: &Curve) -> Result<()> {
    let sign = &order.sign;
    let at = |place: &Option<Exact>, wanted: i32| match place {
        Some(x) => curve.holds(x) && is_short(curve, x) && curve.value(x).cmp0() as i32 == wanted,
        None => true,
    };
    require(at(&sign.positive_at, 1), "sign.positive_at", || "the value there is not above 0".into())?;
    require(at(&sign.negative_at, -1), "sign.negative_at", || "the value there is not below 0".into())?;
    require(says_what_it_shows(sign), "sign.values", || "the points beside it are not those of this sign".into())?;
    let f = curve.numerators();
    let shown = match factored(&f, &order.proof.function)? {
        None => sign.values == Values::Zero && sign.zero_in.as_ref().is_some_and(|[a, b]| a.0 == curve.lo && a == b),
        Some(f) => {
            let keeps = |wanted: i32| f.first_sign() == wanted && f.change_exactly_at(&[]);
            let is_zero_in = |place: &[Exact; 2]| {
                let is_end = place[0] == place[1]
                    && [&curve.lo, &curve.hi].contains(&&place[0].0)
                    && curve.value(&place[0]) == 0;
                let inside = place.iter().all(|x| is_short(curve, x))
                    && curve.lo <= *place[0]
                    && place[0] <= place[1]
                    && *place[1] <= curve.hi;
                is_end || inside && f.touches(&curve.in_u(place))
            };
            let is_zero_free = || f.ends == [0, 0] && f.never_touches();
            let zero = sign.zero_in.as_ref().is_some_and(is_zero_in);
            match sign.values {
                Values::Positive => keeps(1) && is_zero_free(),
                Values::Nonnegative => keeps(1) && zero,
                Values::Zero => false,
                Values::Nonpositive => keeps(-1) && zero,
                Values::Negative => keeps(-1) && is_zero_free(),
                Values::Both => true,
            }
        }
    };
    require(shown, "sign.values", || "it is not shown".into())
}

/// Whether there are a point above 0, one of 0 and one below 0 where the sign has such, and no other.
fn says_what_it_shows(sign: &Signs) -> bool {
    let stated = [sign.positive_at.is_some(), sign.zero_in.is_some(), sign.negative_at.is_some()];
    stated
        == match sign.values {
            Values::Positive => [true, false, false],
            Values::Nonnegative => [true, true, false],
            Values::Zero => [false, true, false],
            Values::Nonpositive => [false, true, true],
            Values::Negative => [false, false, true],
            Values::Both => [true, false, true],
        }
}

fn verify_magnitude(order: &Order, curve: &Curve) -> Result<()> {
    let magnitude = &order.magnitude;
    if magnitude.holds {
        require(orders_magnitude(curve, &order.pieces), "magnitude.holds", || "the pieces do not show it".into())?;
        return require(magnitude.witness.is_none(), "magnitude.witness", || "nothing refutes what holds".into());
    }
    let refutes = |pair: &Pair| {
        let [x, y] = &pair.points;
        holds(curve, pair) && x.0.cmp_abs(&y.0).is_lt() && pair.values[0] >= pair.values[1]
    };
    require(magnitude.witness.as_ref().is_some_and(refutes), "magnitude.witness", || {
        "it does not refute the order".into()
    })
}

fn verify_gap(order: &Order, curve: &Curve, gap: &Gap) -> Result<()> {
    let rising = Rising::of(curve, order.direction, order.magnitude.holds);
    let rising = rising.filter(|rising| rising.is_of_magnitude(curve) == gap.of_magnitude && *gap.error > 0);
    let short = |at: &GapAt| [&at.at, &at.lower, &at.upper].iter().all(|x| is_short(curve, x));
    let shown = rising.is_some_and(|rising| {
        let encloses =
            |at: &GapAt| short(at) && rising.is_too_small(&at.at, &at.lower, &gap.error) && at.lower < at.upper;
        let stated = gap.places.iter().map(|at| &at.at.0);
        let places = stated.eq(rising.places(&gap.error).iter())
            && gap.places.iter().all(|at| encloses(at) && rising.is_least(at, &gap.error));
        places
            && match &gap.everywhere {
                None => !rising.tells_any(&gap.error),
                Some(at) => encloses(at) && rising.keeps_everywhere(&at.upper, &gap.error) == Sign::Holds,
            }
    });
    require(shown, "gap", || "the values do not show it".into())
}

fn require(holds: bool, name: &str, why: impl FnOnce() -> String) -> Result<()> {
    if holds { Ok(()) } else { Err(Error::NotCertified(format!("field '{name}' does not hold: {}", why()))) }
}
