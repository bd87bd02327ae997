//! Predictions and bounds against what was seen on ciphertexts.

use crate::encrypted::{ScoresUsed, StageRecord, Validation};
use crate::plan::Plan;
use crate::report::evidence::Evidence;
use crate::report::model::{Block, Section, Table};
use crate::report::number::{self, Towards};
use crate::report::plot::{Axis, Figure, Legend, Plot, Row, RowPlot, Symbol};
use rug::Rational;

/// One figure of the weights' noise.
struct Line {
    name: &'static str,
    kind: &'static str,
    symbol: Symbol,
    /// `None` where nothing was measured.
    value: Option<f64>,
    text: String,
}

/// One stage over all runs.
struct StageLine {
    name: String,
    bound: Rational,
    observed: Option<f64>,
    /// Means of |error|, observed and predicted, in the run that erred most.
    means: Option<(f64, f64)>,
}

pub(super) fn section(plan: &Plan, evidence: &Evidence) -> Section {
    let lines = lines(plan, evidence);
    let stages = stages(plan, evidence);
    let rows = lines.iter().map(|line| vec![line.name.into(), line.text.clone(), line.kind.into()]).collect();
    let mut blocks = vec![
        Block::text(
            "Three figures of the noise are never confused: a rigorous bound, a heuristic bound at the worst row, and a \
             prediction of the mean. Measurements stand beside them.",
        ),
        Block::Figure(weights_figure(&lines)),
        Block::Table(Table::new("Error of the weights", &["figure", "value", "kind"], rows)),
    ];
    if !stages.is_empty() {
        blocks.push(Block::Figure(stages_figure(&stages)));
        blocks.push(Block::Folded(Table::new(
            "Noise of each stage, against the circuit in exact arithmetic",
            &[
                "stage",
                "observed mean (measured)",
                "predicted mean",
                "observed maximum (measured)",
                "bound (rigorous)",
                "slack",
            ],
            stages.iter().map(stage_row).collect(),
        )));
    }
    blocks.push(match evidence.runs.as_slice() {
        [] => Block::text("NOT VALIDATED: no run of this plan on ciphertexts is recorded here."),
        runs => Block::Table(runs_table(runs)),
    });
    Section { title: "Prediction against measurement".into(), blocks }
}

fn lines(plan: &Plan, evidence: &Evidence) -> Vec<Line> {
    let noise = &plan.error.noise;
    let planned = |name, kind, symbol, value: &Rational, towards| Line {
        name,
        kind,
        symbol,
        value: Some(value.to_f64()),
        text: number::both(value, towards),
    };
    let seen = |name, figure: fn(&Validation) -> f64| {
        let value = evidence.largest(figure);
        let text = value.map_or("not measured".into(), number::measured);
        Line { name, kind: "measured", symbol: Symbol::Disc, value, text }
    };
    vec![
        planned("predicted mean, noise", "predicted", Symbol::Ring, &noise.predicted, Towards::Nearest),
        seen("mean, noise", |run| run.encryption_mean),
        seen("maximum, noise", |run| run.encryption_max),
        planned("heuristic bound, noise", "probabilistic", Symbol::Tick, &noise.probabilistic, Towards::Above),
        planned("rigorous bound, noise", "rigorous", Symbol::Tick, &noise.rigorous, Towards::Above),
        seen("maximum, approximation", |run| run.approximation_max),
        planned("bound, approximation", "certified", Symbol::Tick, &plan.error.approximation, Towards::Above),
        seen("maximum, everything", |run| run.observed_max),
        planned("bound, everything", "rigorous", Symbol::Tick, &plan.error.total, Towards::Above),
    ]
}

fn weights_figure(lines: &[Line]) -> Figure {
    let row = |line: &Line| Row {
        label: line.name.into(),
        note: line.value.map_or("–".into(), |value| match Rational::from_f64(value) {
            Some(value) => {
                let towards = if line.symbol == Symbol::Tick { Towards::Above } else { Towards::Nearest };
                number::power_of_two(&value, towards)
            }
            None => "?".into(),
        }),
        marks: line.value.and_then(number::log2_f64).map(|log| (line.symbol, log)).into_iter().collect(),
    };
    let words: Vec<String> = lines.iter().map(|l| format!("{} {} ({})", l.name, l.text, l.kind)).collect();
    Figure {
        title: "Error of the weights: predicted, measured, bounded".into(),
        description: format!("Marks on a logarithmic axis: {}.", words.join("; ")),
        legend: marks_legend(),
        plot: Plot::Rows(RowPlot {
            axis: Axis::log2("absolute error of a weight"),
            rows: lines.iter().map(row).collect(),
            lines: Vec::new(),
        }),
    }
}

fn marks_legend() -> Vec<Legend> {
    vec![
        Legend::new(Symbol::Ring, "predicted"),
        Legend::new(Symbol::Disc, "measured"),
        Legend::new(Symbol::Tick, "bound"),
    ]
}

/// The plan's stages with the largest error seen in each.
fn stages(plan: &Plan, evidence: &Evidence) -> Vec<StageLine> {
    let worst = |name: &str| {
        let records = evidence.runs.iter().flat_map(|run| &run.stages).filter(|stage| stage.name == name);
        // A NaN is worse than any number.
        let larger = |x: &StageRecord, y: &StageRecord| y.observed_max.is_nan() || y.observed_max > x.observed_max;
        records.reduce(|most, x| if larger(most, x) { x } else { most })
    };
    let line = |stage: &crate::plan::Stage| {
        let worst = worst(&stage.name);
        StageLine {
            name: stage.name.clone(),
            bound: stage.bound.0.clone(),
            observed: worst.map(|record| record.observed_max),
            means: worst.map(|record| (record.observed_mean, record.predicted_mean)),
        }
    };
    plan.stages.iter().map(line).collect()
}

fn slack(stage: &StageLine) -> String {
    stage.observed.map_or("–".into(), |seen| number::bits((stage.bound.to_f64() / seen).log2()))
}

fn stage_row(stage: &StageLine) -> Vec<String> {
    let text = |figure: Option<f64>| figure.map_or("not measured".into(), number::measured);
    let (mean, predicted) = stage.means.unzip();
    vec![
        stage.name.clone(),
        text(mean),
        text(predicted),
        text(stage.observed),
        number::bound(&stage.bound),
        slack(stage),
    ]
}

fn stages_figure(stages: &[StageLine]) -> Figure {
    let row = |stage: &StageLine| {
        let (mean, predicted) = stage.means.unzip();
        let at = |figure: Option<f64>, symbol| figure.and_then(number::log2_f64).map(|log| (symbol, log));
        let seen = [
            at(stage.observed, Symbol::Disc),
            at(predicted, Symbol::Ring),
            at(mean, Symbol::Cross),
            number::log2_exact(&stage.bound).map(|log| (Symbol::Tick, log)),
        ];
        let note = match stage.observed {
            Some(_) => slack(stage),
            None => number::power_of_two(&stage.bound, Towards::Above),
        };
        Row { label: stage.name.clone(), note, marks: seen.into_iter().flatten().collect() }
    };
    let measured = stages.iter().any(|stage| stage.observed.is_some());
    let end = if measured { "slack between observation and bound" } else { "bound (nothing was measured)" };
    let words: Vec<String> = stages.iter().map(|stage| format!("{} {}", stage.name, row(stage).note)).collect();
    Figure {
        title: "Noise of each stage: predicted, measured, bounded".into(),
        description: format!("One row a stage, from scores to weights; at its end the {end}: {}.", words.join(", ")),
        legend: vec![
            Legend::new(Symbol::Ring, "mean predicted (predicted)"),
            Legend::new(Symbol::Cross, "mean observed (measured)"),
            Legend::new(Symbol::Disc, "largest error observed (measured)"),
            Legend::new(Symbol::Tick, &format!("bound for any row of the domain (rigorous); at the right: {end}")),
        ],
        plot: Plot::Rows(RowPlot {
            axis: Axis::log2("absolute error of the stage's value"),
            rows: stages.iter().map(row).collect(),
            lines: Vec::new(),
        }),
    }
}

/// One column a run: few runs, many figures.
fn runs_table(runs: &[Validation]) -> Table {
    let head = (1..=runs.len()).map(|index| format!("run {index}"));
    let row = |name: &str, figure: &dyn Fn(&Validation) -> String| {
        [name.to_string()].into_iter().chain(runs.iter().map(figure)).collect::<Vec<_>>()
    };
    Table {
        caption: "Runs of this plan on ciphertexts (measured)".into(),
        columns: ["".to_string()].into_iter().chain(head).collect(),
        rows: vec![
            row("verdict on the weights", &|run| run.verdict.clone()),
            row("observed maximum", &|run| number::measured(run.observed_max)),
            row("bound", &|run| number::bound(&run.bound)),
            row("slack", &|run| number::bits(run.slack_bits)),
            row("mean error", &|run| format!("2^-{:.2}", run.observed_mean_bits)),
            row("order violations", &|run| run.order_violations.to_string()),
            row("weights compared", &|run| run.slots_checked.to_string()),
            row("scores", &|run| scores(&run.scores)),
            row("backend", &|run| run.backend.clone()),
            row("seed", &|run| run.seed_text()),
            row("generator", &|run| run.generator.clone()),
            row("seconds, keys", &|run| format!("{:.1}", run.seconds.keys)),
            row("seconds, evaluation", &|run| format!("{:.1}", run.seconds.evaluate)),
        ],
    }
}

fn scores(used: &ScoresUsed) -> String {
    let of = |name: &str, index: Option<usize>| index.map_or(String::new(), |i| format!(", {name} {i}"));
    let lengths: Vec<String> = used.lengths.iter().map(u32::to_string).collect();
    let (layer, head) = (of("layer", used.layer), of("head", used.head));
    format!("{}{layer}{head}: {} rows of {} keys", used.file, used.rows, lengths.join(", "))
}
