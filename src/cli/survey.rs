//! `polyattn survey`.

use super::arguments::{Output, SpecFile, read_document};
use super::progress::Progress;
use super::validate::DEFAULT_SEED;
use crate::attention::Scores;
use crate::document::{Document, Provenance, write_whole};
use crate::error::{Error, Result};
use crate::plan::{Spec, SpecText};
use crate::study::Shard;
use crate::survey::{Level, Survey, SurveyRun, ValidatedBy, merge};
use clap::Subcommand;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The file is brought up to date this often.
const BETWEEN_WRITES: Duration = Duration::from_secs(20);

/// Calibrate, compare with softmax and plan every head, layer or a whole model in one run
///
/// Each group gets its own R, its row means, its sharpness beside softmax and a plan of its own; coarser groups show what sharing
/// one plan costs. A group that no plan serves is a row with its reason. With -o FILE a survey that was interrupted is
/// continued. Prints Markdown tables. Exit code 5 when a plan that was run lies outside its bound.
#[derive(Debug, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    after_help = "\
Examples:
  polyattn survey examples/choosing.toml -o survey.json --plot survey.svg
  polyattn survey examples/heads.toml --by model --set ckks.max_log_n=15 --json
  polyattn survey examples/heads.toml --validate -o validated.json
  polyattn survey examples/heads.toml --shard 1/2 -o shard-1.json
  polyattn survey examples/heads.toml --shard 2/2 -o shard-2.json
  polyattn survey merge shard-1.json shard-2.json -o merged.json"
)]
pub struct Args {
    #[command(subcommand)]
    merge: Option<Which>,
    #[command(flatten)]
    spec: SpecFile,
    /// Other scores than the specification's
    #[arg(long, value_name = "SCORES.npy")]
    scores: Option<PathBuf>,
    /// What has a plan of its own: head, layer or model
    #[arg(long, default_value = "head", value_name = "head|layer|model")]
    by: Level,
    /// Examine only every N-th group, beginning with the I-th (from 1): for a job scheduler; `merge` puts the shards together
    #[arg(long, help_heading = "Run", value_name = "I/N", default_value = "1/1")]
    shard: Shard,
    /// Run every plan on its own rows of the scores
    #[arg(long)]
    validate: bool,
    /// What runs them, as for `polyattn validate`
    #[arg(long, help_heading = "Run", default_value = "ckks", value_name = "NAME", requires = "validate")]
    backend: String,
    /// Seed of keys and noise
    #[arg(long, help_heading = "Run", default_value_t = DEFAULT_SEED, requires = "validate")]
    seed: u64,
    #[command(flatten)]
    drawn: Drawn,
    #[command(flatten)]
    output: Output,
}

#[derive(Debug, Subcommand)]
enum Which {
    /// Put shards of one survey together
    Merge(MergeArgs),
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  polyattn survey merge docs/heads.json -o merged.json --table merged.md")]
struct MergeArgs {
    /// The shards
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    drawn: Drawn,
    #[command(flatten)]
    output: Output,
}

/// What is made of a survey beside its document.
#[derive(Debug, Clone, clap::Args)]
struct Drawn {
    /// Draw κ, depth, mass lost and divergence of every group by power
    #[arg(long, value_name = "FILE.svg")]
    plot: Option<PathBuf>,
    /// Write the Markdown tables to FILE
    #[arg(long, value_name = "FILE.md")]
    table: Option<PathBuf>,
}

pub(super) fn run(args: &Args) -> Result<()> {
    match &args.merge {
        Some(Which::Merge(args)) => {
            let read = |file: &PathBuf| read_document(file).map(|document: Document<Survey>| document.body);
            let shards = args.files.iter().map(read).collect::<Result<Vec<_>>>()?;
            write(&args.output, &args.drawn, merge(&shards)?)
        }
        None => survey(args),
    }
}

fn survey(args: &Args) -> Result<()> {
    let text = args.spec.read()?;
    let (spec, scores) = spec_and_scores(&text, args.scores.as_deref())?;
    let without = || Error::input("a survey needs scores: give attention.scores, or --scores").at(text.name());
    let scores = scores.ok_or_else(without)?;
    let validated_by = args.validate.then(|| ValidatedBy { backend: args.backend.clone(), seed: args.seed });
    let run = SurveyRun::new(spec, &scores, args.by, validated_by).map_err(|e| text.locate(e))?;
    let kept = args.output.file();
    let mut found = match kept.filter(|file| file.exists()) {
        Some(file) => read_document(file)?.body,
        None => run.begin(),
    };
    let progress = Progress::new();
    progress.step(&format!("{} groups, {} of them missing", found.groups, found.missing));
    let mut written = Instant::now();
    let mut left_at_first = None;
    let advanced = run.advance(&mut found, |index| args.shard.has(index), &mut |so_far, left| {
        let total = *left_at_first.get_or_insert(left);
        progress.count(total - left, total, &format!("{left} groups to examine"));
        match kept {
            Some(file) if written.elapsed() >= BETWEEN_WRITES => {
                written = Instant::now();
                write_whole(file, &document(so_far.clone()).to_json()?)
            }
            _ => Ok(()),
        }
    });
    advanced.map_err(|e| match kept {
        Some(file) => e.at(file.display()),
        None => e,
    })?;
    drop(progress);
    write(&args.output, &args.drawn, found)
}

/// A specification and its scores: those that the command names, else its own, if it has any.
pub(super) fn spec_and_scores(text: &SpecText, given: Option<&Path>) -> Result<(Spec, Option<Scores>)> {
    let mut spec = Spec::from_text(text, false)?;
    let path = match (given, &spec.attention.scores) {
        (Some(given), _) => {
            // The document names the file, not where it lay.
            spec.attention.scores = given.file_name().map(PathBuf::from);
            given.to_path_buf()
        }
        (None, Some(named)) => text.folder().join(named),
        (None, None) => return Ok((spec, None)),
    };
    Ok((spec, Some(Scores::read(&path)?)))
}

fn document(survey: Survey) -> Document<Survey> {
    let config = (&survey.spec, survey.by, &survey.scores_sha256, &survey.validated_by);
    let provenance = Provenance::new(&config, survey.validated_by.as_ref().map(|by| by.seed));
    Document::new(survey, provenance)
}

fn write(output: &Output, drawn: &Drawn, survey: Survey) -> Result<()> {
    let text = survey.markdown();
    if let Some(file) = &drawn.plot {
        write_whole(file, &survey.figure()?)?;
    }
    if let Some(file) = &drawn.table {
        write_whole(file, &text)?;
    }
    let runs = survey.rows.iter().filter_map(|row| row.validation.as_ref());
    let outside = runs.filter(|run| !run.violations.is_empty()).count();
    output.write(&document(survey), &text)?;
    match outside {
        0 => Ok(()),
        count => Err(Error::OutsideBound(format!("{count} plans do not hold on their rows"))),
    }
}
