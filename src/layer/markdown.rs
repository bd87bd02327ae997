//! A plan of layers as a table for people.

use super::document::{LayerPlan, PlannedLayer};
use super::spec::Layer;
use crate::poly::table::Metric;
use crate::real::Exact;

/// Numbers of more characters are rounded.
const LONGEST_NUMBER: usize = 10;

const HEAD: &str = "\
| layer | function | domain | error | form | degree | depth (at least) | products | N | log QP | bound | observed | noise bound | observed | slack | s |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
";

impl LayerPlan {
    /// One row for each layer: what is asked for, what it takes, the bound and what was observed on ciphertexts.
    pub fn markdown(&self) -> String {
        let rows = self.spec.layer.iter().zip(&self.layers).map(|(layer, planned)| row(layer, planned));
        HEAD.to_string() + &rows.collect::<String>()
    }
}

fn row(layer: &Layer, planned: &PlannedLayer) -> String {
    let domain: Vec<String> = layer.interval.iter().map(|[lo, hi]| format!("[{}, {}]", short(lo), short(hi))).collect();
    let (metric, limit) = match (&layer.max_error, &layer.relative_error) {
        (_, Some(limit)) => (Metric::Relative, limit.to_f64()),
        (limit, None) => (Metric::Absolute, limit.as_ref().map_or(0.0, |limit| limit.to_f64())),
    };
    let [observed, noise, slack, seconds] = planned.validation.as_ref().map_or_else(
        || ["not run", "–", "–", "–"].map(String::from),
        |run| {
            let decimals = |value: f64| format!("{value:.1}");
            let [slack, seconds] = [run.noise_slack_bits, run.seconds.evaluate].map(decimals);
            [bits(run.observed_max), bits(run.encryption_max), slack, seconds]
        },
    );
    let error = &planned.error;
    format!(
        "| {} | {} | {} | {} {metric} | {} | {} | {} ({}) | {} | 2^{} | {} | {} | {observed} | {} | {noise} | {slack} | {seconds} |\n",
        layer.name,
        layer.target,
        domain.join(" ∪ "),
        bits(limit),
        planned.form,
        planned.degree,
        planned.depth,
        planned.depth_lower_bound,
        planned.products,
        planned.ckks.log_n,
        planned.ckks.log_qp,
        bits(error.total.to_f64()),
        bits(error.noise.rigorous.to_f64()),
    )
}

/// A power of two as one, any other number in a few digits.
fn short(value: &Exact) -> String {
    let log2 = value.to_f64().abs().log2();
    let sign = if value.0 < 0 { "−" } else { "" };
    let size = Exact(value.0.clone().abs()).to_string();
    match () {
        () if log2.fract() == 0.0 && log2 < 0.0 => format!("{sign}2^{log2}"),
        () if size.len() <= LONGEST_NUMBER => sign.to_string() + &size,
        () => format!("{sign}{:.5}", value.to_f64().abs()),
    }
}

fn bits(value: f64) -> String {
    format!("2^{:.1}", value.log2())
}
