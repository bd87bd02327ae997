//! The coverage experiment: the noise of primitives and of the PowerSoftmax circuit over many fresh keys, beside what the
//! noise models say of it.
//!
//! One run draws keys, messages and noise from the seed and the run's index, so that shards of a study can be run
//! anywhere and merged: a merged study is the study that one machine would have made, but for its times.

mod attention;
mod document;
mod effect;
#[cfg(feature = "plots")]
mod figure;
mod laplace_sum;
mod law;
mod message;
mod precision;
mod prediction;
mod primitive;
mod run;
mod sample;
mod subject;

pub use document::{Coverage, GoodnessOfFit, NoiseStudy, Quantile, Samples, SlotQuantile, StudyRow};
pub use laplace_sum::LaplaceSum;
pub use law::MaximumLaw;
pub use precision::{LeftOut, PrecisionCell, PrecisionGrid, PrecisionRow, PrecisionStudy, Reason, Sequence};
pub use run::{Shard, Study, merge};
