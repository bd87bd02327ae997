//! PowerSoftmax attention in exact arithmetic: the variants, the forms of ε, domains, order, and real scores.

mod calibration;
mod domain;
mod epsilon;
mod order;
mod scores;
mod sharpness;
mod weights;

pub use calibration::{Calibration, HeadCalibration, PowerCalibration, calibrate};
#[cfg(feature = "ckks")]
pub(crate) use calibration::{quantile, row_means};
pub use domain::RowDomain;
#[cfg(feature = "ckks")]
pub(crate) use epsilon::check_power;
pub use epsilon::{Epsilon, EpsilonForm, RowShape};
pub use order::order_gap;
pub use scores::{HeadScores, Scores};
pub use sharpness::{Sharpness, sharpness};
pub use weights::{Variant, power, weights};
