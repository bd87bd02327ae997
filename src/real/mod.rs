//! Numbers: exact rationals read from and written to text, outward-rounded intervals, dyadic rounding.
//!
//! This is the only module that rounds by hand; everything above asks for a direction by name.

mod enclosure;
mod exact;
mod interval;
mod number;
mod round;

pub use enclosure::Enclosure;
pub use exact::Exact;
pub use interval::Interval;
pub(crate) use number::is_written_short;
pub use number::parse_exact;
pub use round::{
    PRECISION, ceil_decimal, decimal_above, decimal_below, dyadic_ceil, dyadic_floor, dyadic_nearest, f64_above,
    f64_below, float_to_exact, log2, rational_to_float, round_decimal,
};
