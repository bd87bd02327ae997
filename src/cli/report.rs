//! `polyattn report`.

use super::arguments::read_document;
use crate::attention::Calibration;
use crate::compare::{Comparison, recheck_comparison};
use crate::document::{Body, Document, read_json, write_whole};
use crate::encrypted::Validation;
use crate::error::{Error, Result};
use crate::layer::{LayerPlan, recheck_layers};
use crate::plan::{PlanDocument, recheck};
use crate::poly::table::Table;
use crate::report::{Report, ReportInput, html, markdown, picture, report, report_layers, report_several};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// Write the error budget of a plan for people: HTML (one file, no network), Markdown or JSON; of several plans side by side; of
/// layers; or a table's error as a picture
///
/// The form follows the ending of FILE: .html, .md or .json, .svg for a table. Plans are proved again before they are reported. A
/// plan without a validation is shown as not validated.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  polyattn plan examples/minilm.toml -o plan.json
  polyattn calibrate examples/scores/minilm_l3_h0.npy -o calibration.json
  polyattn report plan.json calibration.json -o report.html
  polyattn report plan.json -o report.md

  Two plans side by side:
    polyattn plan examples/minilm.toml --set target.relative_error=2^-12 -o finer.json
    polyattn report plan.json finer.json -o plans.html

  A table's error as a picture:
    polyattn fit --target tanh --interval=-4,4 --degree 15 -o table.json
    polyattn report table.json -o error.svg")]
pub struct Args {
    /// A plan or several, and in any order validations of them, a calibration of their scores and a comparison of the specification
    /// of one; or a plan of layers alone; or a table alone
    #[arg(value_name = "DOCUMENT", required = true)]
    documents: Vec<PathBuf>,
    /// report.html, report.md or report.json; for a table error.svg
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

/// Which form the ending asks for.
#[derive(Clone, Copy, PartialEq)]
enum Form {
    Html,
    Markdown,
    Json,
    Picture,
}

/// A document and where it was read.
type Read<T> = (PathBuf, Document<T>);

/// The documents given, by kind.
#[derive(Default)]
struct Given {
    plans: Vec<Read<PlanDocument>>,
    validations: Vec<Read<Validation>>,
    calibration: Option<Read<Calibration>>,
    comparison: Option<Read<Comparison>>,
    layers: Option<Read<LayerPlan>>,
}

pub(super) fn run(args: &Args) -> Result<()> {
    let form = Form::of(&args.output)?;
    let text = match form {
        Form::Picture => table_picture(&args.documents)?,
        form => form.render(&Given::read(&args.documents)?.report()?)?,
    };
    write_whole(&args.output, &text)
}

impl Form {
    fn of(output: &Path) -> Result<Self> {
        match output.extension().and_then(|ending| ending.to_str()) {
            Some("html" | "htm") => Ok(Self::Html),
            Some("md") => Ok(Self::Markdown),
            Some("json") => Ok(Self::Json),
            Some("svg") => Ok(Self::Picture),
            _ => Err(Error::input(format!(
                "{}: expected a name ending in .html, .md or .json, or for a table in .svg",
                output.display()
            ))),
        }
    }

    fn render(self, report: &Document<Report>) -> Result<String> {
        match self {
            Self::Html => html(report),
            Self::Markdown => Ok(markdown(report)),
            Self::Json | Self::Picture => report.to_json(),
        }
    }
}

fn table_picture(documents: &[PathBuf]) -> Result<String> {
    match documents {
        [table] => picture(&read_document::<Table>(table)?.body).map_err(|e| e.at(table.display())),
        _ => Err(Error::input(format!("a picture (.svg) is of one table, found {} documents", documents.len()))),
    }
}

impl Given {
    fn read(paths: &[PathBuf]) -> Result<Self> {
        let mut given = Self::default();
        paths.iter().try_for_each(|path| given.add(path).map_err(|e| e.at(path.display())))?;
        given.check()?;
        Ok(given)
    }

    fn add(&mut self, path: &Path) -> Result<()> {
        let value = read_json(path)?;
        let path = path.to_path_buf();
        match value.get("kind").and_then(Value::as_str).unwrap_or("nothing") {
            PlanDocument::KIND => self.plans.push((path, Document::from_value(value)?)),
            Validation::KIND => self.validations.push((path, Document::from_value(value)?)),
            Calibration::KIND => only(&mut self.calibration, (path, Document::from_value(value)?))?,
            Comparison::KIND => only(&mut self.comparison, (path, Document::from_value(value)?))?,
            LayerPlan::KIND => only(&mut self.layers, (path, Document::from_value(value)?))?,
            Table::KIND => return Err(Error::input("a table is drawn as a picture, to a FILE ending in .svg")),
            other => {
                return Err(Error::input(format!(
                    "field 'kind': expected plan, validation, calibration, comparison or layer-plan, found \"{other}\""
                )));
            }
        }
        Ok(())
    }

    /// A report is believed, so nothing is reported that does not hold, and nothing given is passed over.
    fn check(&self) -> Result<()> {
        if let Some((path, layers)) = &self.layers {
            let others = self.plans.len() + self.validations.len();
            if others > 0 || self.calibration.is_some() || self.comparison.is_some() {
                return Err(Error::input(format!("{}: a layer-plan is reported alone", path.display())));
            }
            return recheck_layers(&layers.body).map_err(|e| e.at(path.display()));
        }
        if self.plans.is_empty() {
            return Err(Error::input("there is no plan among the documents: give one, or a layer-plan"));
        }
        for (index, (path, plan)) in self.plans.iter().enumerate() {
            recheck(&plan.body).and_then(|()| check_record(&plan.body)).map_err(|e| e.at(path.display()))?;
            let same = |(_, other): &&Read<PlanDocument>| other.body.sha256() == plan.body.sha256();
            if let Some((first, _)) = self.plans.iter().take(index).find(same) {
                return Err(Error::input(format!("{}: the same plan as {}", path.display(), first.display())));
            }
        }
        self.validations
            .iter()
            .try_for_each(|(path, run)| self.check_run(&run.body).map_err(|e| e.at(path.display())))?;
        self.comparison
            .iter()
            .try_for_each(|(path, of)| self.check_comparison(&of.body).map_err(|e| e.at(path.display())))
    }

    /// A record must not contradict itself or its plan; that it lies outside its bound is for the report to say.
    fn check_run(&self, run: &Validation) -> Result<()> {
        run.check()?;
        match self.plans.iter().find(|(_, plan)| plan.body.sha256() == run.plan_sha256) {
            Some((_, plan)) => run.check_against(&plan.body),
            None if self.plans.len() == 1 => Ok(()),
            None => Err(Error::input(format!(
                "field 'plan_sha256': expected that of one of the plans given, found {}",
                run.plan_sha256
            ))),
        }
    }

    fn check_comparison(&self, comparison: &Comparison) -> Result<()> {
        if self.plans.iter().all(|(_, plan)| plan.body.spec != comparison.spec) {
            return Err(Error::input("field 'spec': expected the specification of a plan given, found another"));
        }
        match recheck_comparison(comparison) {
            // The report says so.
            Ok(_) | Err(Error::OutsideBound(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn report(&self) -> Result<Document<Report>> {
        if let Some((path, layers)) = &self.layers {
            return report_layers(layers).map_err(|e| e.at(path.display()));
        }
        let alone = self.plans.len() == 1;
        let of = |plan: &Document<PlanDocument>| {
            let sha256 = plan.body.sha256();
            let runs = self.validations.iter().map(|(_, run)| run);
            runs.filter(|run| alone || run.body.plan_sha256 == sha256).cloned().collect()
        };
        let runs: Vec<Vec<Document<Validation>>> = self.plans.iter().map(|(_, plan)| of(plan)).collect();
        let pairs = self.plans.iter().zip(&runs);
        let inputs: Vec<_> =
            pairs.map(|((path, plan), runs)| (path.display().to_string(), self.input(plan, runs))).collect();
        match inputs.as_slice() {
            [(path, input)] => report(input).map_err(|e| e.at(path)),
            several => report_several(several),
        }
    }

    fn input<'a>(
        &'a self,
        plan: &'a Document<PlanDocument>,
        validations: &'a [Document<Validation>],
    ) -> ReportInput<'a> {
        let comparison = self.comparison.as_ref().map(|(_, comparison)| comparison);
        ReportInput {
            plan,
            validations,
            calibration: self.calibration.as_ref().map(|(_, calibration)| calibration),
            comparison: comparison.filter(|comparison| comparison.body.spec == plan.body.spec),
        }
    }
}

/// The record that a plan has of its own validation.
fn check_record(plan: &PlanDocument) -> Result<()> {
    let Some(record) = &plan.chosen.validation else { return Ok(()) };
    let run = Document::<Validation>::from_value(record.clone());
    run.and_then(|run| run.body.check().and_then(|()| run.body.check_against(plan)))
        .map_err(|e| e.at("chosen.validation"))
}

/// Takes a document of which there can be one.
fn only<T>(place: &mut Option<Read<T>>, read: Read<T>) -> Result<()> {
    match place {
        Some((first, _)) => Err(Error::input(format!("{} is of this kind too: expected one", first.display()))),
        None => {
            *place = Some(read);
            Ok(())
        }
    }
}
