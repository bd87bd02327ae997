//! From a specification to a plan: which p, which ε, which depth, which parameters, and why not less.

mod candidate;
mod ckks;
mod document;
mod infeasible;
mod judge;
mod lower_bound;
mod map;
mod method;
mod one_or_many;
mod parameters;
mod preset;
mod recheck;
mod relax;
mod remedy;
mod rows;
mod search;
mod security;
mod source;
mod spec;
mod spec_place;
mod spec_text;
mod staged;
mod ways;
mod worst_case;
mod write;

pub use candidate::{Division, Job};
pub use ckks::Ckks;
pub use document::{
    CkksParameters, EpsilonForms, ErrorBudget, LedgerEntry, MassLost, NoiseFigures, Plan, PlanDocument, Primes, Stage,
};
pub use lower_bound::{absolute_lower_bound, chebyshev_error, forced_weight_error, relative_lower_bound};
pub use method::{Method, Reciprocal};
pub use one_or_many::OneOrMany;
pub(crate) use parameters::LARGEST_PRIME_BITS;
pub use parameters::Sizes;
pub use preset::Preset;
pub use recheck::{recheck, recheck_chosen};
pub use remedy::{Dominant, Remedy, dominant};
pub use rows::Rows;
pub use search::{plan, plan_telling};
pub use security::{Security, SecurityTable, security};
pub use source::SpecSource;
pub use spec::{Attention, EpsilonChoice, Normalisation, RowsBelow, Spec, Target};
pub use spec_text::SpecText;
