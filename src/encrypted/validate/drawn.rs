//! Rows for a plan that comes without scores.

use super::record::ScoresUsed;
use crate::circuit::padded_length;
use crate::encrypted::draw::draw_rows;
use crate::encrypted::seed::Seed;
use crate::error::Result;
use crate::plan::{Job, PlanDocument, Rows};

/// Rows drawn for each length: one ciphertext full, but no more than this.
const MOST_DRAWN: usize = 128;
/// The seed of rows where keys come from the operating system.
const DEFAULT_SEED: u64 = 1;

/// Rows drawn from the domain of each length of a plan, its corners included, for [`validate`](super::validate).
///
/// # Errors
/// [`Error::Input`](crate::Error::Input) for a plan without its tables.
pub fn drawn(plan: &PlanDocument, seed: Seed) -> Result<(Vec<Rows>, ScoresUsed)> {
    let job = Job::of(&plan.chosen, &plan.spec)?;
    let mut sets = Vec::new();
    for &length in plan.spec.attention.length.as_slice() {
        let slots = 1usize << (plan.chosen.ckks.log_n - 1);
        let count = (slots / padded_length(length) as usize).clamp(1, MOST_DRAWN);
        sets.push(drawn_rows(&job, plan, length, count, seed.number().unwrap_or(DEFAULT_SEED))?);
    }
    Ok((sets, ScoresUsed::new("drawn", None, None)))
}

/// Rows of one length that keep every promise: drawn by what the circuit divides by first, and by mean (x/R)^p where that is another
/// promise.
fn drawn_rows(job: &Job, plan: &PlanDocument, length: u32, count: usize, seed: u64) -> Result<Rows> {
    let (first, whole) = (job.first_domain(&plan.spec, length)?, job.row_domain(&plan.spec, length)?);
    let draw = |domain, power| draw_rows(domain, power, job.bound.to_f64(), count, seed);
    let mut rows = draw(&first, job.first_power());
    if job.first_power() != job.power {
        rows.extend(draw(&whole, job.power));
    }
    let rows = Rows { keys: length as usize, rows };
    let (rows, _) = rows.above(&job.bound, job.first_power(), &first.smallest_mean);
    let (mut rows, _) = rows.above(&job.bound, job.power, &whole.smallest_mean);
    rows.rows.truncate(count);
    Ok(rows)
}
