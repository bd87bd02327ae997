//! One layer of a plan.

use crate::certify;
use crate::error::Result;
use crate::layer::{Layer, LayerPlan, LayerRun, PlannedLayer};
use crate::real::{Exact, f64_above};
use crate::report::model::{Fact, Verdict};
use crate::report::number::{self, Towards};

/// A layer with its specification and the run of it, where there is one.
pub(super) struct Case<'a> {
    pub layer: &'a Layer,
    pub planned: &'a PlannedLayer,
    pub limit: &'a Exact,
    pub run: Option<&'a LayerRun>,
    /// Whether a record is there that is of another plan.
    pub is_strange: bool,
}

impl<'a> Case<'a> {
    pub fn new(layer: &'a Layer, planned: &'a PlannedLayer, plan: &LayerPlan) -> Result<Self> {
        let of_this = |run: &&LayerRun| run.layer_sha256 == planned.sha256(&plan.spec);
        let run = planned.validation.as_ref().filter(of_this);
        let (_, limit) = layer.limit()?;
        Ok(Self { layer, planned, limit, run, is_strange: planned.validation.is_some() && run.is_none() })
    }

    pub fn total(&self) -> &Exact {
        &self.planned.error.total
    }

    /// The run's own verdict is not taken on trust; a comparison with NaN is false.
    pub fn verdict(&self) -> Verdict {
        let holds = |run: &LayerRun| run.within_bound() && run.observed_max <= f64_above(&self.total().0);
        Verdict::of(usize::from(self.run.is_some()), !self.run.is_none_or(holds))
    }

    pub fn warnings(&self) -> Vec<String> {
        let name = &self.planned.name;
        let unproved = self.planned.certificate.body.verdict != certify::Verdict::Proved;
        let warnings = [
            (self.verdict() == Verdict::OutsideBound).then_some("a slot was off by more than its bound on ciphertexts"),
            self.is_strange.then_some("its record is of another plan and says nothing about this one"),
            unproved.then_some("its certificate says \"not proved\": its approximation error is unproved"),
        ];
        warnings.into_iter().flatten().map(|warning| format!("{name}: {warning}.")).collect()
    }

    pub fn observed(&self) -> String {
        self.run.map_or("none: not validated".into(), |run| number::measured(run.observed_max))
    }

    pub fn slack(&self) -> String {
        self.run.map_or("unknown: not validated".into(), |run| number::bits(run.slack_bits))
    }

    pub fn domain(&self) -> String {
        let interval = |[lo, hi]: &[Exact; 2]| format!("[{}, {}]", number::short(lo), number::short(hi));
        self.layer.interval.iter().map(interval).collect::<Vec<_>>().join(" ∪ ")
    }

    pub fn answer(&self) -> Fact {
        let (planned, verdict) = (self.planned, self.verdict());
        Fact::new(
            &format!("{}: {} on {}", planned.name, self.layer.target, self.domain()),
            format!("depth {}, error ≤ {}", planned.depth, number::bound(self.total())),
            format!(
                "{} {}, slack {}; {} error, {} of degree {}, N = 2^{}, log QP = {}, {} products",
                verdict.sign(),
                verdict.shout(),
                self.slack(),
                planned.metric,
                planned.form,
                planned.degree,
                planned.ckks.log_n,
                planned.ckks.log_qp,
                planned.products
            ),
        )
    }

    pub fn row(&self) -> Vec<String> {
        let planned = self.planned;
        vec![
            planned.name.clone(),
            self.layer.target.clone(),
            self.domain(),
            format!("{} {}", number::power_of_two(self.limit, Towards::Below), planned.metric),
            number::bound(self.total()),
            self.observed(),
            self.slack(),
            planned.depth.to_string(),
            planned.depth_lower_bound.to_string(),
            planned.form.clone(),
            planned.degree.to_string(),
            planned.products.to_string(),
            format!("2^{}", planned.ckks.log_n),
            planned.ckks.log_qp.to_string(),
        ]
    }
}
