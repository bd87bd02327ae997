//! A survey as Markdown tables.

use super::document::{EpsilonRow, Level, PlanRow, PowerRow, Sharing, Survey, SurveyRow, ValidatedBy};
use crate::real::{Exact, log2};
use std::fmt::Write;

const PLAN_HEADER: &str = "
| layer | head | R | p | ε (unit) | κ | depth | log N | log QP | bound | observed | slack, bits | order violations \
| order gap at R/2 | mass lost at 1 % | KL, nats |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
";
const PLAN_LEGEND: &str = "
A row \"all\" is one plan for its layer, or for the model. KL is the mean over the rows of the divergence of the PowerSoftmax
weights from the softmax whose temperature fits them best. A score that exceeds R/2 by the order gap surely outweighs one at R/2.
";
const POWER_LEGEND: &str = "
An even power orders |x|, so the share of rows whose largest weight is that of softmax is the same for each. κ at 1 % is 1/m at
the 1 % quantile of the row means, in the row's own R.
";
const CHOICE_HEADER: &str = "
| p | groups with a plan | depth: least, median, most | log N, most | κ at 1 %: least, median, most | KL from the fitted softmax: \
least, median, most | KL from the model's own softmax: median |
| --- | --- | --- | --- | --- | --- | --- |
";
const EPSILON_HEADER: &str = "
## What each ε takes

| p | ε | κ over the groups | mass lost: median row of the median group | 1 % row of the median group | 1 % row of the worst group \
| groups within max_mass_lost |
| --- | --- | --- | --- | --- | --- | --- |
";
const SHARING_HEADER: &str = "
## What sharing one plan costs

| shared by | plans compared | more depth: mean, most | more bits of error: mean, most | more mass lost at 1 %: mean, most |
| --- | --- | --- | --- | --- |
";

impl Survey {
    /// The plans, the powers beside softmax, what sharing costs, and what is not promised.
    pub fn markdown(&self) -> String {
        let scores = self.spec.attention.scores.as_ref().map(|file| file.display().to_string());
        let mut text = format!("# Survey of {}, by {}\n\n", scores.unwrap_or_default(), self.by.name());
        text += &self.answer();
        text += PLAN_HEADER;
        text.extend(self.rows.iter().map(plan_line));
        text += PLAN_LEGEND;
        text += &self.powers();
        text += &self.epsilons();
        text += &self.shared();
        text += "\n## What this does not promise\n\n";
        for note in &self.notes {
            let _ = writeln!(text, "- {note}");
        }
        text
    }

    /// How many have a plan, where, and what ran.
    fn answer(&self) -> String {
        let finest: Vec<&SurveyRow> = self.rows.iter().filter(|row| row.level == self.by).collect();
        let plans: Vec<&PlanRow> = finest.iter().filter_map(|row| row.chosen.as_ref()).collect();
        let name = self.by.name();
        let mut text = format!("{} of {} {name}s examined have a plan of their own", plans.len(), finest.len());
        for log_n in 13..=17 {
            let count = plans.iter().filter(|plan| plan.log_n == log_n).count();
            if count > 0 {
                let _ = write!(text, "; {count} at N = 2^{log_n}");
            }
        }
        text += ".\n";
        if self.missing > 0 {
            let _ = writeln!(text, "{} groups are still missing.", self.missing);
        }
        let runs: Vec<_> = finest.iter().filter_map(|row| row.validation.as_ref()).collect();
        if let Some(by) = &self.validated_by {
            let within = runs.iter().filter(|run| run.violations.is_empty()).count();
            let slots: u64 = runs.iter().map(|run| run.slots_checked).sum();
            let caveat =
                runs.iter().find_map(|run| run.caveat.clone()).map_or(String::new(), |caveat| format!(" {caveat}."));
            let (runs, ValidatedBy { backend: name, seed }) = (runs.len(), by);
            let _ = writeln!(
                text,
                "Run on '{name}' with seed {seed}: {within} of {runs} within their bounds, {slots} weights compared.{caveat}"
            );
        }
        text
    }

    fn powers(&self) -> String {
        let powers = self.spec.attention.p.as_slice();
        let mut text = String::from("\n## The powers beside softmax\n\n| layer | head | largest weight agrees |");
        for p in powers {
            let _ = write!(text, " p = {p}: KL | 1/temperature | κ at 1 % | depth |");
        }
        let _ = write!(text, "\n| --- | --- | --- |{}\n", " --- | --- | --- | --- |".repeat(powers.len()));
        for row in &self.rows {
            let agreement = row
                .powers
                .iter()
                .find_map(|power| power.sharpness)
                .map(|s| format!("{:.0} %", s.top_agreement * 100.0));
            let _ = write!(text, "| {} | {} | {} |", index(row.layer), index(row.head), agreement.unwrap_or_default());
            text.extend(row.powers.iter().map(power_cells));
            text.push('\n');
        }
        text + POWER_LEGEND + &self.choice()
    }

    /// Each power over the groups of the finest level.
    fn choice(&self) -> String {
        let finest: Vec<&SurveyRow> = self.rows.iter().filter(|row| row.level == self.by).collect();
        let mut text = String::from(CHOICE_HEADER);
        for &p in self.spec.attention.p.as_slice() {
            let powers: Vec<&PowerRow> = finest.iter().filter_map(|row| of_power(row, p)).collect();
            let of = |value: &dyn Fn(&PowerRow) -> Option<f64>| spread(powers.iter().filter_map(|power| value(power)));
            let three = |values: [f64; 3], places: usize| values.map(|value| shown(value, places)).join(", ");
            let depth = of(&|power| Some(f64::from(power.plan.as_ref()?.depth)));
            let log_n = of(&|power| Some(f64::from(power.plan.as_ref()?.log_n)));
            let kappa = of(&|power| Some(-power.means.log2_low?)).map(bits).join(", ");
            let divergence = of(&|power| Some(power.sharpness?.divergence));
            let own = of(&|power| Some(power.sharpness?.divergence_untempered));
            let planned = powers.iter().filter(|power| power.plan.is_some()).count();
            let (all, depth, log_n) = (powers.len(), three(depth, 0), shown(log_n[2], 0));
            let (divergence, own) = (three(divergence, 2), shown(own[1], 2));
            let _ = writeln!(text, "| {p} | {planned} of {all} | {depth} | {log_n} | {kappa} | {divergence} | {own} |");
        }
        text
    }

    /// What each ε takes, over the groups of the finest level.
    fn epsilons(&self) -> String {
        let Some(choice) = &self.spec.attention.epsilon else { return String::new() };
        let finest: Vec<&SurveyRow> = self.rows.iter().filter(|row| row.level == self.by).collect();
        let most = self.spec.target.max_mass_lost.as_ref().map(|most| most.to_f64());
        let mut text = String::from(EPSILON_HEADER);
        for &p in self.spec.attention.p.as_slice() {
            for (place, value) in choice.value.as_slice().iter().enumerate() {
                text += &epsilon_line(&finest, p, place, &bits(log2(&value.0)), most);
            }
        }
        let form = format!("{:?}", choice.form).to_lowercase();
        text + &format!("\nε is in {form} form.\n")
    }

    fn shared(&self) -> String {
        if self.sharing.is_empty() {
            return String::new();
        }
        let mut text = String::from(SHARING_HEADER);
        for with in [Level::Layer, Level::Model] {
            let each: Vec<&Sharing> = self.sharing.iter().filter(|sharing| sharing.with == with).collect();
            if each.is_empty() {
                continue;
            }
            let figure = |of: &dyn Fn(&Sharing) -> f64, places: usize| {
                let values: Vec<f64> = each.iter().map(|sharing| of(sharing)).collect();
                let mean = values.iter().sum::<f64>() / values.len() as f64;
                format!("{mean:+.places$}, {:+.places$}", values.iter().copied().fold(f64::NEG_INFINITY, f64::max))
            };
            let depth = figure(&|s| s.extra_depth as f64, 1);
            let error = figure(&|s| s.extra_error_bits, 1);
            let mass = figure(&|s| s.extra_mass_lost.unwrap_or_default() * 100.0, 1);
            let _ = writeln!(text, "| the {} | {} | {depth} | {error} | {mass} points |", with.name(), each.len());
        }
        text
    }
}

fn index(index: Option<usize>) -> String {
    index.map_or("all".into(), |index| index.to_string())
}

fn bits(log2: f64) -> String {
    if log2.is_nan() { "–".into() } else { format!("2^{log2:.1}") }
}

fn shown(value: f64, places: usize) -> String {
    if value.is_nan() { "–".into() } else { format!("{value:.places$}") }
}

fn percent(share: &Exact) -> String {
    format!("{:.1} %", share.to_f64() * 100.0)
}

/// Why there is no plan, on one line; what would make one is in the document.
fn why_none(row: &SurveyRow) -> String {
    let reason = row.reason.as_deref().unwrap_or("not examined");
    let said = reason.lines().take_while(|line| !line.starts_with("there is one"));
    let said: Vec<&str> = said.map(|line| line.trim_start_matches([' ', '-'])).collect();
    said.join(" ").replace('|', "\\|")
}

fn plan_line(row: &SurveyRow) -> String {
    let place = format!("| {} | {} | {:.2}", index(row.layer), index(row.head), row.score_bound.to_f64());
    let Some(plan) = &row.chosen else {
        return format!("{place} | {} |{}\n", why_none(row), " |".repeat(12));
    };
    let epsilon = plan.epsilon.unit.as_ref().map_or("none".into(), |unit| bits(log2(&unit.0)));
    let [observed, slack, order] = match &row.validation {
        Some(run) => {
            [bits(run.observed_max.log2()), format!("{:.1}", run.slack_bits), run.order_violations.to_string()]
        }
        None => ["", "", ""].map(String::from),
    };
    let sharpness = of_power(row, plan.p).and_then(|power| power.sharpness);
    format!(
        "{place} | {} | {epsilon} | {} | {} | {} | {} | {} | {observed} | {slack} | {order} | {} | {} | {} |\n",
        plan.p,
        bits(plan.log2_kappa),
        plan.depth,
        plan.log_n,
        plan.log_qp,
        bits(log2(&plan.total.0)),
        order_gap(row, plan),
        plan.mass_lost_low.as_ref().map(percent).unwrap_or_default(),
        sharpness.map(|s| format!("{:.3}", s.divergence)).unwrap_or_default(),
    )
}

/// The gap at R/2; none where the domain has no room for it.
fn order_gap(row: &SurveyRow, plan: &PlanRow) -> String {
    let half = row.score_bound.to_f64() / 2.0;
    let gap = plan.order_gap.iter().find(|[x, _]| (x.to_f64() - half).abs() <= half * 1e-9);
    gap.map_or("–".into(), |[_, gap]| format!("{:.2}", gap.to_f64()))
}

/// The least, the median and the largest; NaN where there is none.
fn spread(values: impl Iterator<Item = f64>) -> [f64; 3] {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    [values.first(), values.get(values.len() / 2), values.last()].map(|value| value.copied().unwrap_or(f64::NAN))
}

/// One ε of one power over all groups.
fn epsilon_line(finest: &[&SurveyRow], p: u32, place: usize, name: &str, most: Option<f64>) -> String {
    let of_row = |row: &&SurveyRow| of_power(row, p)?.epsilons.get(place).cloned();
    let each: Vec<EpsilonRow> = finest.iter().filter_map(of_row).collect();
    let range = |of: fn(&EpsilonRow) -> f64| spread(each.iter().map(of));
    let [least, _, largest] = range(|e| e.log2_kappa);
    let [_, low, worst] = range(|e| e.mass_lost.low * 100.0);
    let [_, median, _] = range(|e| e.mass_lost.median * 100.0);
    let within = most.map(|most| each.iter().filter(|e| e.mass_lost.low <= most).count().to_string());
    format!(
        "| {p} | {name} | {} to {} | {median:.1} % | {low:.1} % | {worst:.1} % | {} |\n",
        bits(least),
        bits(largest),
        within.unwrap_or_default()
    )
}

fn of_power(row: &SurveyRow, p: u32) -> Option<&PowerRow> {
    row.powers.iter().find(|power| power.p == p)
}

fn power_cells(power: &PowerRow) -> String {
    let kappa = power.means.log2_low.map_or("–".into(), |log2| bits(-log2));
    let depth = power.plan.as_ref().map_or("–".into(), |plan| plan.depth.to_string());
    let sharpness = power.sharpness.map(|s| (format!("{:.3}", s.divergence), format!("{:.3}", s.inverse_temperature)));
    let (divergence, beta) = sharpness.unwrap_or_default();
    format!(" {divergence} | {beta} | {kappa} | {depth} |")
}
