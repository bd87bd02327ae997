//! `polyattn study`.

use super::arguments::{Output, read_document};
use super::precision::{self, PrecisionArgs};
use super::progress::Progress;
use super::validate::DEFAULT_SEED;
use crate::document::{Document, Provenance, write_whole};
use crate::error::{Error, Result};
use crate::study::{Coverage, NoiseStudy, Shard, SlotQuantile, Study, StudyRow, merge};
use clap::Subcommand;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// The file is brought up to date this often.
const BETWEEN_WRITES: Duration = Duration::from_secs(20);

/// Measure the noise over fresh keys beside what the noise models say
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  polyattn study noise --runs 20 --only encryption -o noise.json
  polyattn study precision --log-n 14 --depth 1,2 --scale 40")]
pub struct Args {
    #[command(subcommand)]
    study: Which,
}

#[derive(Debug, Subcommand)]
enum Which {
    Noise(NoiseArgs),
    Precision(PrecisionArgs),
    Merge(MergeArgs),
}

/// Run primitives and the PowerSoftmax circuit on fresh keys, many times, and compare every slot with its predictions
///
/// Each run draws its keys, messages and noise from the seed and its own index. With -o FILE a study that was interrupted is
/// continued, and one of fewer runs extended. Exit code 5 when an error lies outside the rigorous bound.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  polyattn study noise --runs 20 --only encryption --only x^4 -o study.json
  polyattn study noise --runs 100 --only rescaling --shard 1/2 -o shard-1.json
  polyattn study noise --runs 100 --only rescaling --shard 2/2 -o shard-2.json
  polyattn study merge shard-1.json shard-2.json -o merged.json
  polyattn study noise --runs 1000 -o long.json")]
struct NoiseArgs {
    /// Runs of the whole study
    #[arg(long, help_heading = "Run", default_value_t = 1000, value_name = "N")]
    runs: u64,
    /// Make only every N-th run, beginning with the I-th (from 1): for a job scheduler; `merge` puts the shards together
    #[arg(long, help_heading = "Run", value_name = "I/N", default_value = "1/1")]
    shard: Shard,
    /// Make the runs of this primitive or circuit alone; may be given several times. Study the others with more or fewer runs
    #[arg(long, help_heading = "Run", value_name = "WHAT")]
    only: Vec<String>,
    /// Seed of keys, messages and noise
    #[arg(long, help_heading = "Run", default_value_t = DEFAULT_SEED)]
    seed: u64,
    /// Run merged circuits with p = 2 to 8 and 3 to 12 doublings, at N = 2^14 and 2^15, in place of the primitives
    #[arg(long)]
    circuits: bool,
    #[command(flatten)]
    output: Output,
}

/// Put shards of one study together: the study that one machine would have made
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  polyattn study merge docs/noise-study.json -o merged.json --plot merged.svg")]
struct MergeArgs {
    /// The shards
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Draw the largest errors of the runs over their predicted quantiles
    #[arg(long, value_name = "FILE.svg")]
    plot: Option<PathBuf>,
    #[command(flatten)]
    output: Output,
}

pub(super) fn run(args: &Args) -> Result<()> {
    match &args.study {
        Which::Noise(args) => noise(args),
        Which::Precision(args) => precision::run(args),
        Which::Merge(args) => {
            let read = |file: &PathBuf| read_document(file).map(|document: Document<NoiseStudy>| document.body);
            let shards = args.files.iter().map(read).collect::<Result<Vec<_>>>()?;
            let merged = merge(&shards)?;
            if let Some(file) = &args.plot {
                write_whole(file, &Study::new(merged.runs, merged.seed, merged.circuits)?.figure(&merged)?)?;
            }
            write(&args.output, merged)
        }
    }
}

fn noise(args: &NoiseArgs) -> Result<()> {
    let study = Study::new(args.runs, args.seed, args.circuits)?;
    let file = args.output.file();
    let mut found = match file.filter(|file| file.exists()) {
        Some(file) => read_document(file)?.body,
        None => study.begin(),
    };
    let progress = Progress::new();
    progress.step(&format!("seed {}, {} runs, {} of them missing", args.seed, args.runs, found.missing));
    let (mut written, mut left_at_first) = (Instant::now(), None);
    let advanced = study.advance(&mut found, args.shard, &args.only, &mut |so_far, left| {
        let total = *left_at_first.get_or_insert(left);
        progress.count(total - left, total, &format!("{left} runs to make"));
        match file {
            Some(file) if written.elapsed() >= BETWEEN_WRITES => {
                written = Instant::now();
                write_whole(file, &document(so_far.clone()).to_json()?)
            }
            _ => Ok(()),
        }
    });
    advanced.map_err(|e| match file {
        Some(file) => e.at(file.display()),
        None => e,
    })?;
    drop(progress);
    write(&args.output, found)
}

fn document(study: NoiseStudy) -> Document<NoiseStudy> {
    let what: Vec<&str> = study.samples.iter().map(|samples| samples.what.as_str()).collect();
    let provenance = Provenance::new(&(study.runs, study.seed, what), Some(study.seed));
    Document::new(study, provenance)
}

fn write(output: &Output, study: NoiseStudy) -> Result<()> {
    let violations: u64 = study.rows.iter().map(|row| row.rigorous_violations).sum();
    let text = summary(&study);
    output.write(&document(study), &text)?;
    if violations == 0 {
        return Ok(());
    }
    Err(Error::OutsideBound(format!("{violations} slots lie outside the rigorous bound")))
}

/// A study for people.
fn summary(study: &NoiseStudy) -> String {
    let mut text = format!("study        {} runs, seed {}\n{HEADER}", study.runs, study.seed);
    text.extend(study.rows.iter().map(line));
    text += SLOT_HEADER;
    text.extend(study.rows.iter().map(slot_line));
    text
}

const HEADER: &str = concat!(
    "                                runs   mean |error|, bits   measured over predicted    within the 0.99       χ²      outside  slack, bits\n",
    "                                       predicted  measured  quantile, bits, at         quantile              p-value bound    at the   by\n",
    "                                                            0.1     0.01    0.001      [95 %]                                 largest  slot\n",
);

fn line(row: &StudyRow) -> String {
    let quantiles: String =
        row.quantiles.iter().map(|q| format!("{:<+8.3}", (q.measured / q.predicted).log2())).collect();
    let Coverage { observed, interval: [low, high], .. } = row.coverage;
    format!(
        "{:30}  {:<5}  {:<9.3}  {:<8.3}  {quantiles:25}  {observed:.3} [{low:.3}, {high:.3}]  {:<7.3} {:<8} {:<7.2} {:.2}\n",
        row.what,
        row.runs,
        row.predicted_mean_bits,
        row.measured_mean_bits,
        row.goodness_of_fit.p_value,
        row.rigorous_violations,
        row.rigorous_slack_bits,
        row.closest_slot_bits
    )
}

const SLOT_HEADER: &str = concat!(
    "\n                                error of a slot beyond its predicted quantile: share, and errors over predicted in bits, at\n",
    "                                0.1                0.01               0.001\n",
);

fn slot_line(row: &StudyRow) -> String {
    let quantile = |q: &SlotQuantile| format!("{:<9.6} {:<+7.3}  ", q.observed, q.bits);
    format!("{:30}  {}\n", row.what, row.slot_quantiles.iter().map(quantile).collect::<String>().trim_end())
}
