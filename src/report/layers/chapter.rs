//! A layer by itself: its budget, its approximation, what was measured, what else was looked at.

use super::case::Case;
use crate::error::Result;
use crate::layer::{Considered, LayerRun};
use crate::report::curve::Curve;
use crate::report::model::{Block, Chapter, Section, Table};
use crate::report::number::{self, Towards};
use crate::report::plot::Figure;
use crate::report::sections;

impl Case<'_> {
    pub fn chapter(&self) -> Result<Chapter> {
        let planned = self.planned;
        let value = format!("a value ({})", planned.metric);
        let budget = sections::ledger(&planned.ledger, self.total(), self.limit, &value);
        let mut curve = Vec::from_iter(self.curve()?.map(Block::Figure));
        curve.push(Block::Table(self.proved()));
        Ok(Chapter {
            title: format!("{}: {} on {}", planned.name, self.layer.target, self.domain()),
            sections: vec![
                Section { title: "What the error bound is made of".into(), blocks: budget },
                Section { title: "The approximation".into(), blocks: curve },
                Section { title: "Prediction against measurement".into(), blocks: vec![Block::Table(self.figures())] },
                Section { title: "Alternatives".into(), blocks: vec![Block::Table(considered(&planned.considered))] },
            ],
        })
    }

    fn curve(&self) -> Result<Option<Figure>> {
        let table = &self.planned.table.body;
        let bound = table.error.certified_upper.as_ref().map(|upper| upper.0.clone());
        let title = format!("{} error of the approximation over the domain", capital(&table.error.metric.to_string()));
        Curve { title, variable: "x", table, steps: &[], bound }.figure()
    }

    fn proved(&self) -> Table {
        let certificate = &self.planned.certificate.body;
        let row = |name: &str, value: String, kind: &str| vec![name.to_string(), value, kind.to_string()];
        let upper = certificate.certified_upper.as_ref().map_or("not proved".into(), |e| number::bound(e));
        let lower =
            certificate.certified_lower.as_ref().map_or("not shown".into(), |e| number::both(e, Towards::Below));
        let alternation = self.planned.alternation.as_ref().map_or("nothing".into(), |points| {
            let (degree, least) = (points.degree, number::both(&points.error_at_least, Towards::Below));
            format!("any polynomial of degree {degree} errs by at least {least}: {} points", points.points.len())
        });
        let rows = vec![
            row("error by approximation, at most", upper, "certified"),
            row("error by approximation, somewhere at least", lower, "certified"),
            row("how it is proved", certificate.method.clone(), ""),
            row("depth (rescalings)", self.planned.depth.to_string(), ""),
            row("lower bound of that depth", self.planned.depth_lower_bound.to_string(), "proved"),
            row("what shows it", alternation, "proved"),
        ];
        Table::new("The approximation and what is proved of it", &["quantity", "value", "kind"], rows)
    }

    fn figures(&self) -> Table {
        let noise = &self.planned.error.noise;
        let seen =
            |figure: fn(&LayerRun) -> f64| self.run.map_or("not measured".into(), |run| number::measured(figure(run)));
        let told = |text: fn(&LayerRun) -> String| self.run.map_or("not run".into(), text);
        let row = |name: &str, value: String, kind: &str| vec![name.to_string(), value, kind.to_string()];
        let rows = vec![
            row("predicted mean, noise", number::about(&noise.predicted), "predicted"),
            row("maximum, noise", seen(|run| run.encryption_max), "measured"),
            row("heuristic bound, noise", number::bound(&noise.probabilistic), "probabilistic"),
            row("rigorous bound, noise", number::bound(&noise.rigorous), "rigorous"),
            row("maximum, approximation", seen(|run| run.approximation_max), "measured"),
            row("bound, approximation", number::bound(&self.planned.error.approximation), "certified"),
            row("maximum, everything", self.observed(), "measured"),
            row("bound, everything", number::bound(self.total()), "rigorous"),
            row("slack", self.slack(), "measured"),
            row("slack of the noise alone", told(|run| number::bits(run.noise_slack_bits)), "measured"),
            row("slots compared", told(|run| run.slots_checked.to_string()), "measured"),
            row("seed", told(|run| run.seed.map_or("system".into(), |seed| seed.to_string())), ""),
            row("seconds, evaluation", told(|run| format!("{:.2}", run.seconds.evaluate)), "measured"),
        ];
        Table::new("Error of a slot", &["figure", "value", "kind"], rows)
    }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

fn considered(all: &[Considered]) -> Table {
    let count = |value: Option<u32>| value.map_or("–".into(), |value| value.to_string());
    let row = |one: &Considered| {
        vec![
            one.form.clone(),
            one.degree.map_or("–".into(), |degree| degree.to_string()),
            count(one.depth),
            count(one.products),
            one.log_n.map_or("–".into(), |log_n| format!("2^{log_n}")),
            one.total.as_ref().map_or("–".into(), |total| number::bound(total)),
            one.reason.clone().unwrap_or_else(|| "meets the layer's error".into()),
        ]
    };
    let heads = ["form", "degree", "depth", "products", "N", "error bound (rigorous)", "outcome"];
    Table::new("What the search looked at, best first", &heads, all.iter().map(row).collect())
}
