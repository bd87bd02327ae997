//! How much of a row's mass ε takes, and what another ε would take and ask for.

use crate::attention::RowDomain;
use crate::error::Result;
use crate::plan::{Job, PlanDocument, absolute_lower_bound, relative_lower_bound};
use crate::real::{Exact, log2};
use crate::report::model::{Block, Section, Table};
use crate::report::number::{self, Towards};
use crate::report::plot::{Axis, Figure, Legend, Plot, PointPlot, Series, Symbol};
use rug::Rational;
use rug::ops::Pow;

/// The plan's ε is varied by factors from 2^-REACH to 2^REACH; every other octave is in the table.
const REACH: i32 = 10;

/// A row whose mass is followed, and its mean of (x/R)^p.
struct Followed {
    name: &'static str,
    symbol: Symbol,
    /// `None` for the row with one score at R, whose mean depends on the length.
    mean: Option<Rational>,
}

/// The rows' domains under the plan's ε, one for each length.
struct Sweep<'a> {
    plan: &'a PlanDocument,
    domains: Vec<RowDomain>,
}

pub(super) fn section(plan: &PlanDocument) -> Result<Section> {
    let mut blocks = vec![Block::Table(shares(plan))];
    if plan.chosen.epsilon.unit.is_some() {
        let sweep = Sweep::new(plan)?;
        let rows = sweep.followed();
        blocks.push(Block::Figure(sweep.figure(&rows)));
        blocks.push(Block::Folded(sweep.table(&rows)));
    } else {
        blocks.push(Block::text(
            "There is no ε: the rows keep all their mass, and must keep the promised smallest mean.",
        ));
    }
    Ok(Section { title: "Mass lost against ε".into(), blocks })
}

fn shares(plan: &PlanDocument) -> Table {
    let lost = &plan.chosen.mass_lost;
    let text = |share: &Option<Exact>| share.as_ref().map_or("unknown: no scores".into(), |s| number::per_cent(s));
    let target = plan.spec.target.max_mass_lost.as_ref();
    let row = |name: &str, share: String, note: String| vec![name.to_string(), share, note];
    let most = target.map_or("no target".into(), |most| format!("target: at most {}", number::per_cent(most)));
    Table::new(
        "Share of a row's mass that ε takes: the weights of the row sum to 1 less this",
        &["row", "mass lost", "note"],
        vec![
            row("one score at R, the others 0", number::per_cent(&lost.one_hot), "exact, at the worst length".into()),
            row("median row of the scores", text(&lost.median_row), String::new()),
            row("row at the 1 % quantile of the scores", text(&lost.low_row), most),
        ],
    )
}

impl<'a> Sweep<'a> {
    fn new(plan: &'a PlanDocument) -> Result<Self> {
        let job = Job::of(&plan.chosen, &plan.spec)?;
        let lengths = plan.spec.attention.length.as_slice().iter();
        let domains = lengths.map(|&length| job.row_domain(&plan.spec, length)).collect::<Result<_>>()?;
        Ok(Self { plan, domains })
    }

    /// The domains under 2^octave times that ε.
    fn at(&self, octave: i32) -> Vec<RowDomain> {
        let factor = Rational::from(2).pow(octave);
        let scaled =
            |domain: &RowDomain| RowDomain { epsilon: Rational::from(&domain.epsilon * &factor), ..domain.clone() };
        self.domains.iter().map(scaled).collect()
    }

    /// The rows whose mass the plan states. Their means follow from that: share = ε/(m + ε).
    fn followed(&self) -> Vec<Followed> {
        let epsilon = self.domains.iter().map(|domain| &domain.epsilon).max().cloned().unwrap_or_default();
        let mean = |share: &Exact| {
            let kept = Rational::from(1) - &share.0;
            (share.0 > 0 && kept >= 0).then(|| Rational::from(&epsilon * &kept) / &share.0)
        };
        let lost = &self.plan.chosen.mass_lost;
        let of = |name, symbol, share: &Option<Exact>| {
            let mean = share.as_ref().and_then(mean)?;
            Some(Followed { name, symbol, mean: Some(mean) })
        };
        let one_hot = Followed { name: "one score at R, the others 0", symbol: Symbol::Disc, mean: None };
        let low = of("row at the 1 % quantile of the scores", Symbol::Square, &lost.low_row);
        let median = of("median row of the scores", Symbol::Triangle, &lost.median_row);
        [Some(one_hot), low, median].into_iter().flatten().collect()
    }

    /// The figure in which ε is stated: its unit form at the longest length, as log2.
    fn log2_epsilon(&self, octave: i32) -> f64 {
        self.plan.chosen.epsilon.unit.as_ref().map_or(0.0, |unit| log2(&unit.0)) + f64::from(octave)
    }

    fn figure(&self, rows: &[Followed]) -> Figure {
        let point = |row: &Followed, octave| [self.log2_epsilon(octave), lost(row, &self.at(octave)).to_f64() * 100.0];
        let series = |row: &Followed| Series {
            symbol: row.symbol,
            joined: true,
            points: (-REACH..=REACH).map(|octave| point(row, octave)).collect(),
        };
        let chosen = self.log2_epsilon(0);
        let most = |most: &Exact| (format!("target {}", number::per_cent(most)), most.to_f64() * 100.0);
        let share = |row: &Followed| number::per_cent(&lost(row, &self.at(0)));
        let words: Vec<String> = rows.iter().map(|row| format!("{} loses {}", row.name, share(row))).collect();
        Figure {
            title: "The share of a row's mass, by ε".into(),
            description: format!(
                "One rising curve a row, ε/(m + ε) with m the row's mean. At the plan's ε, 2^{chosen:.2}: {}.",
                words.join("; ")
            ),
            legend: rows
                .iter()
                .map(|row| Legend::new(row.symbol, row.name))
                .chain([Legend::new(
                    Symbol::Line,
                    "upright: the plan's ε; level, where there is one: the target for the row at the 1 % quantile",
                )])
                .collect(),
            plot: Plot::Points(PointPlot {
                x: Axis::log2("ε in unit form, beside mean (x/R)^p"),
                y: Axis::linear("mass lost, per cent"),
                series: rows.iter().map(series).collect(),
                columns: vec![(format!("ε = 2^{chosen:.2}"), chosen)],
                levels: self.plan.spec.target.max_mass_lost.iter().map(most).collect(),
            }),
        }
    }

    fn table(&self, rows: &[Followed]) -> Table {
        let line = |octave: i32| {
            let domains = self.at(octave);
            let (depth, kappa) = self.asked(&domains);
            let shares = rows.iter().map(|row| number::per_cent(&lost(row, &domains)));
            let sign = if octave == 0 { "▶ " } else { "" };
            let epsilon = format!("{sign}2^{:.2}", self.log2_epsilon(octave));
            [epsilon].into_iter().chain(shares).chain([number::power_of_two(&kappa, Towards::Nearest), depth]).collect()
        };
        let columns: Vec<&str> = ["ε (unit form)"]
            .into_iter()
            .chain(rows.iter().map(|row| row.name))
            .chain(["κ = b/a of D", "depth of the reciprocal, at least (proved)"])
            .collect();
        let caption = "The mass that another ε would take, and the depth that it would ask for; ▶ the plan's";
        Table::new(caption, &columns, (-REACH..=REACH).step_by(2).map(line).collect())
    }

    /// The least depth of the reciprocal as a polynomial in D for the specification's target, and κ.
    fn asked(&self, domains: &[RowDomain]) -> (String, Rational) {
        let (depth, [a, b]) = least_depth(self.plan, domains);
        (depth.to_string(), b / a)
    }
}

/// The most mass that a row loses at any length.
fn lost(row: &Followed, domains: &[RowDomain]) -> Rational {
    let of = |domain: &RowDomain| match &row.mean {
        Some(mean) => domain.mass_lost(mean),
        None => domain.mass_lost_one_hot(),
    };
    domains.iter().map(of).max().unwrap_or_default()
}

/// The least depth of a polynomial in D that meets the specification's target on all these domains, and the ends of D over them.
pub(super) fn least_depth(plan: &PlanDocument, domains: &[RowDomain]) -> (u32, [Rational; 2]) {
    let a = domains.iter().map(RowDomain::a).min().unwrap_or_default();
    let b = domains.iter().map(RowDomain::b).max().unwrap_or_default();
    let target = &plan.spec.target;
    let depth = match &target.relative_error {
        Some(relative) => relative_lower_bound(&a, &b, relative),
        None => domains.iter().map(|d| absolute_lower_bound(d, &target.max_error)).max().unwrap_or_default(),
    };
    (depth, [a, b])
}
