//! `polyattn run`: the main job.

use super::arguments::SpecFile;
use super::progress::Progress;
use super::style::{print, write_stdout};
use super::{plan as plan_command, validate as validate_command};
use crate::attention::{Calibration, Scores, calibrate};
use crate::document::{Document, Provenance, write_whole};
use crate::encrypted::{ScoresUsed, Seed, backend, drawn, validate};
use crate::error::{Error, Result};
use crate::export::{Format, export, export_start};
use crate::plan::{PlanDocument, SpecSource, plan_telling};
use crate::report::{ReportInput, html, report};
use std::path::{Path, PathBuf};

/// Calibrate, plan, certify, validate on ciphertexts, export and report: the main job
///
/// Writes calibration.json (where the specification names scores), plan.json, table.json, table.csv, certificate.json,
/// validation.json and report.html to DIR, which is made or reused.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  polyattn run examples/minilm.toml --out out
  polyattn run examples/minilm.toml --set target.max_error=2^-8 --backend exact --out coarser
  polyattn check out/plan.json out/certificate.json out/validation.json")]
pub struct Args {
    #[command(flatten)]
    spec: SpecFile,
    /// Where the results go
    #[arg(long, value_name = "DIR", help_heading = "Output")]
    out: PathBuf,
    /// Seed of keys, noise and drawn scores; 'system' draws keys and noise from the operating system's entropy
    #[arg(long, help_heading = "Run", default_value_t = Seed::Fixed(validate_command::DEFAULT_SEED), value_name = "N|system")]
    seed: Seed,
    /// What runs the plan, as for `polyattn validate`: ckks, simulated, exact, bfv, bfv:B or seal; only ckks and seal validate it
    #[arg(long, help_heading = "Run", default_value = "ckks", value_name = "NAME")]
    backend: String,
    /// Allow parameters above the security table, and small rings; every output is marked. The specification must name log_n
    #[arg(long)]
    insecure: bool,
    /// Print the plan's JSON document, its validation inside, on stdout, and nothing else there
    #[arg(long, help_heading = "Output")]
    json: bool,
}

pub(super) fn run(args: &Args) -> Result<()> {
    let backend = backend(&args.backend)?;
    let progress = Progress::new();
    let spec = args.spec.read()?;
    progress.step(&format!("reading {}, seed {}", spec.name(), args.seed));
    let source = SpecSource::from_text(&spec, args.insecure)?;
    let folder = Folder::make(&args.out)?;
    let calibration = calibration(spec.folder(), &source)?;
    if let Some(calibration) = &calibration {
        folder.write("calibration.json", &calibration.to_json()?)?;
    }

    progress.step("searching for a plan");
    let mut body = plan_telling(&source, &|step| progress.step(step)).map_err(|e| spec.locate(e))?;
    progress.step(&format!("keys for N = 2^{}, depth {}", body.chosen.ckks.log_n, body.chosen.depth));
    let (sets, scores) = rows(&source, &body, args.seed)?;
    let validation = validate(&body, &sets, scores, backend.as_ref(), args.seed, &|m| progress.step(m))?;
    let validation = validate_command::document(validation);

    progress.step("writing");
    let record = serde_json::to_value(&validation).map_err(|e| Error::internal(e.to_string()))?;
    body.chosen.validation = Some(record);
    let document = plan_command::document(body);
    write_plan(&folder, &document)?;
    folder.write("validation.json", &validation.to_json()?)?;
    let validations = [validation];
    let calibration = calibration.as_ref();
    let input = ReportInput { plan: &document, validations: &validations, calibration, comparison: None };
    folder.write("report.html", &html(&report(&input)?)?)?;
    drop(progress);

    let [validation] = validations;
    if args.json {
        write_stdout(document.to_json()?.as_bytes())?;
        return validation.body.check_bounds();
    }
    let text = format!(
        "{}{}report       {}\n",
        plan_command::summary(&document.body),
        validate_command::summary(&validation.body),
        folder.path.join("report.html").display()
    );
    print(&text)?;
    validation.body.check_bounds()
}

/// The output folder.
struct Folder {
    path: PathBuf,
}

impl Folder {
    fn make(path: &Path) -> Result<Self> {
        std::fs::create_dir_all(path).map_err(|e| Error::file(path, "make the folder", e))?;
        Ok(Self { path: path.to_path_buf() })
    }

    fn write(&self, name: &str, content: &str) -> Result<()> {
        write_whole(&self.path.join(name), content)
    }
}

fn calibration(folder: &Path, source: &SpecSource) -> Result<Option<Document<Calibration>>> {
    let attention = &source.spec.attention;
    let Some(file) = &attention.scores else { return Ok(None) };
    let scores = Scores::read(&folder.join(file))?;
    // The report shows what other powers would ask for.
    let mut powers = [attention.p.as_slice(), &[2, 4, 6, 8]].concat();
    powers.sort_unstable();
    powers.dedup();
    let body = calibrate(&file.display().to_string(), &scores, attention.layer, attention.head, &powers)?;
    Ok(Some(Document::new(body, Provenance::new(&source.spec, None))))
}

/// The specification's scores where it has some, else rows drawn from the domain.
fn rows(source: &SpecSource, plan: &PlanDocument, seed: Seed) -> Result<(Vec<crate::plan::Rows>, ScoresUsed)> {
    let attention = &source.spec.attention;
    match (&source.rows, &attention.scores) {
        (Some(rows), Some(file)) => {
            let file = file.display().to_string();
            let (layer, head) = (attention.layer, attention.head);
            let used = ScoresUsed { rows_below: source.skipped, ..ScoresUsed::new(file, layer, head) };
            Ok((vec![rows.clone()], used))
        }
        _ => drawn(plan, seed),
    }
}

/// The plan, and its table and certificate as documents of their own.
fn write_plan(folder: &Folder, document: &Document<PlanDocument>) -> Result<()> {
    folder.write("plan.json", &document.to_json()?)?;
    let chosen = &document.body.chosen;
    let missing = || Error::internal("a plan without a table");
    let table = chosen.tables.first().ok_or_else(missing)?;
    folder.write("table.json", &table.to_json()?)?;
    folder.write("certificate.json", &chosen.certificates.first().ok_or_else(missing)?.to_json()?)?;
    let value = serde_json::to_value(table).map_err(|e| Error::internal(e.to_string()))?;
    let csv = match chosen.steps.as_slice() {
        [] => export(&value, Format::Csv)?,
        steps => export_start(&value, steps)?,
    };
    folder.write("table.csv", &csv)
}
