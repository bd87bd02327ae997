//! Which order of |x| survives an error of the weights.

/// The smallest gap g such that |x_i| ≥ v + g keeps y_i above y_j = the weight of |x_j| = v, when every weight is
/// within `error` of its exact value.
///
/// # Formula
/// Weights keep the order when u_i − u_j > 2·e·L·b, worst at D = b; so g = (v^p + 2·e·L·b·R^p)^(1/p) − v.
///
/// `None` when v + g would exceed R: then no score of the domain is surely above v.
pub fn order_gap(v: f64, error: f64, length: u32, largest_denominator: f64, bound: f64, power: u32) -> Option<f64> {
    let p = f64::from(power);
    let margin = 2.0 * error * f64::from(length) * largest_denominator;
    let unit = v / bound;
    let above = (unit.powf(p) + margin).powf(1.0 / p);
    // One part in 10^9 more than computed: the gap is a promise, the powers are rounded.
    let gap = (above - unit) * bound * (1.0 + 1e-9) + bound * 1e-15;
    (v + gap <= bound).then_some(gap)
}
