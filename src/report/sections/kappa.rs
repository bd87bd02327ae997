//! κ by power: what the domain asks for, and what the scores do.

use super::mass::least_depth;
use crate::attention::{Calibration, PowerCalibration, RowShape};
use crate::error::Result;
use crate::plan::{Job, PlanDocument};
use crate::report::answer::{epsilon, power_depth};
use crate::report::model::{Block, Section, Table};
use crate::report::number::{self, Towards};
use crate::report::plot::{Axis, Figure, Legend, Plot, Row, RowPlot, Symbol};
use rug::Rational;

/// Powers that are shown beside those of the specification.
const POWERS: [u32; 4] = [2, 4, 6, 8];

/// What one power asks for.
struct Power {
    p: u32,
    /// κ of D over the specification's domain.
    domain: Rational,
    /// The least depth of the reciprocal there.
    depth: u32,
    /// log2 κ of the scores, every row inside and 1 % of them outside; `None` where they were not calibrated for this power.
    scores: Option<[Quantiles; 2]>,
}

/// Least, median and largest over the heads that have a value.
struct Quantiles {
    sorted: Vec<f64>,
    missing: usize,
}

impl Quantiles {
    fn of(values: impl Iterator<Item = Option<f64>>) -> Self {
        let values: Vec<Option<f64>> = values.collect();
        let mut sorted: Vec<f64> = values.iter().flatten().copied().filter(|v| v.is_finite()).collect();
        sorted.sort_by(f64::total_cmp);
        Self { missing: values.len() - sorted.len(), sorted }
    }

    fn text(&self) -> String {
        let middle = self.sorted.get(self.sorted.len() / 2);
        let missing = match self.missing {
            0 => String::new(),
            heads => format!("; no bound in {heads} heads, where a mean is 0"),
        };
        match (self.sorted.first(), middle, self.sorted.last()) {
            (Some(least), _, Some(most)) if least == most => format!("2^{least:.2}{missing}"),
            (Some(least), Some(middle), Some(most)) => format!("2^{least:.2} … 2^{middle:.2} … 2^{most:.2}{missing}"),
            _ => "no bound: a mean is 0".into(),
        }
    }
}

pub(super) fn section(plan: &PlanDocument, calibration: Option<&Calibration>) -> Result<Section> {
    let powers = powers(plan, calibration)?;
    let epsilon = epsilon(plan).value;
    let mut blocks = vec![Block::text(format!(
        "The larger κ = b/a of D, the deeper the reciprocal. Here every power has the plan's R and ε ({epsilon}), which is \
         another map for each, and the rows that the specification promises."
    ))];
    blocks.extend(calibration.map(|calibration| Block::text(measured_on(calibration, plan))));
    blocks.push(Block::Figure(figure(&powers)));
    blocks.push(Block::Table(table(&powers)));
    Ok(Section { title: "κ by power".into(), blocks })
}

fn measured_on(calibration: &Calibration, plan: &PlanDocument) -> String {
    let [layers, heads, queries, keys] = calibration.shape;
    let (bound, planned) = (number::short(&calibration.score_bound), number::short(&plan.chosen.score_bound));
    format!(
        "Measured on {} (layers × heads × queries × keys: {layers} × {heads} × {queries} × {keys}; heads chosen: {}): the largest \
         |x| is {bound}, the plan's R is {planned}. The measured κ is what the rows of these scores need when ε is negligible \
         and each head has its own R; it describes these rows and promises nothing about others.",
        calibration.scores,
        calibration.heads.len()
    )
}

fn powers(plan: &PlanDocument, calibration: Option<&Calibration>) -> Result<Vec<Power>> {
    let mut powers: Vec<u32> = POWERS.iter().chain(plan.spec.attention.p.as_slice()).copied().collect();
    powers.sort_unstable();
    powers.dedup();
    let epsilon = Job::of(&plan.chosen, &plan.spec)?.epsilon;
    let power = |p: u32| {
        let domain = |&length: &u32| {
            let shape = RowShape::new(length, plan.chosen.score_bound.0.clone(), p)?;
            plan.spec.domain(&shape, epsilon.as_ref())
        };
        let domains = plan.spec.attention.length.as_slice().iter().map(domain).collect::<Result<Vec<_>>>()?;
        let (depth, [a, b]) = least_depth(plan, &domains);
        Ok(Power { p, domain: b / a, depth, scores: calibration.and_then(|calibration| of_scores(calibration, p)) })
    };
    powers.into_iter().map(power).collect()
}

fn of_scores(calibration: &Calibration, power: u32) -> Option<[Quantiles; 2]> {
    let of = || calibration.heads.iter().flat_map(|head| &head.powers).filter(|p| p.p == power);
    let over = |figure: fn(&PowerCalibration) -> Option<f64>| Quantiles::of(of().map(figure));
    of().next().map(|_| [over(|p| p.log2_kappa_all), over(|p| p.log2_kappa_low)])
}

fn table(powers: &[Power]) -> Table {
    let has_scores = powers.iter().any(|power| power.scores.is_some());
    let row = |power: &Power| {
        let scores = match &power.scores {
            Some(both) => both.each_ref().map(Quantiles::text),
            None => ["not calibrated", "not calibrated"].map(String::from),
        };
        let own = [
            power.p.to_string(),
            number::power_of_two(&power.domain, Towards::Nearest),
            (power_depth(power.p) + power.depth).to_string(),
        ];
        own.into_iter().chain(scores.into_iter().filter(|_| has_scores)).collect()
    };
    let own = ["p", "κ of the domain (exact)", "depth, at least: x^p and a reciprocal in D"];
    let scores = ["κ of the scores, every row inside (measured)", "1 % of the rows outside (measured)"];
    let columns: Vec<&str> = own.into_iter().chain(scores.into_iter().filter(|_| has_scores)).collect();
    let caption = match has_scores {
        true => "κ by power; over several heads: least … median … largest",
        false => "κ by power",
    };
    Table::new(caption, &columns, powers.iter().map(row).collect())
}

fn figure(powers: &[Power]) -> Figure {
    let largest = |scores: &Quantiles, symbol| scores.sorted.last().map(|&log| (symbol, log));
    let row = |power: &Power| {
        let [all, low] = match &power.scores {
            Some([all, low]) => [largest(all, Symbol::Disc), largest(low, Symbol::Ring)],
            None => [None, None],
        };
        let domain = number::log2_exact(&power.domain).map(|log| (Symbol::Tick, log));
        Row {
            label: format!("p = {}", power.p),
            note: number::power_of_two(&power.domain, Towards::Nearest),
            marks: [low, all, domain].into_iter().flatten().collect(),
        }
    };
    let words = |power: &Power| {
        let domain = number::power_of_two(&power.domain, Towards::Nearest);
        let scores = power.scores.as_ref().map_or(String::new(), |[all, low]| {
            format!("; the scores need {} for every row, {} with 1 % outside", all.text(), low.text())
        });
        format!("p = {}: {domain} over the domain{scores}", power.p)
    };
    let words: Vec<String> = powers.iter().map(words).collect();
    let legend = [
        Legend::new(Symbol::Tick, "κ of the domain (exact; printed at the right)"),
        Legend::new(Symbol::Disc, "κ of the scores at the head that needs most, every row inside (measured)"),
        Legend::new(Symbol::Ring, "the same with 1 % of the rows outside (measured)"),
    ];
    let has_scores = powers.iter().any(|power| power.scores.is_some());
    Figure {
        title: "κ by power".into(),
        description: format!("{}.", words.join(". ")),
        legend: legend.into_iter().take(if has_scores { 3 } else { 1 }).collect(),
        plot: Plot::Rows(RowPlot {
            axis: Axis::log2("κ = b/a"),
            rows: powers.iter().map(row).collect(),
            lines: Vec::new(),
        }),
    }
}
