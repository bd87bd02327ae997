//! `polyattn study precision`.

use super::arguments::{Output, read_document};
use super::progress::Progress;
use super::validate::DEFAULT_SEED;
use crate::document::{Document, Provenance, write_whole};
use crate::error::{Error, Result};
use crate::study::{PrecisionGrid, PrecisionStudy, Sequence};

/// Tabulate bits of precision by depth and scale, predicted and measured on fresh keys
///
/// `products` multiplies by a fresh ciphertext of signs at every step, `squarings` squares signs: values keep their size. Prints
/// Markdown tables. Cells that FILE already has are not measured again; a study that was interrupted is continued. Cells that
/// 128 bits of security do not allow are left out.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  polyattn study precision --log-n 14 --depth 1,2,4 --scale 30,40
  polyattn study precision -o docs/precision.json")]
pub(super) struct PrecisionArgs {
    /// What is done at every step
    #[arg(long, value_delimiter = ',', default_value = "products,squarings", value_name = "NAME")]
    sequence: Vec<Sequence>,
    /// log2 N
    #[arg(long, value_delimiter = ',', default_value = "15,16")]
    log_n: Vec<u32>,
    /// Rescalings
    #[arg(long, value_delimiter = ',', default_value = "1,2,4,8,12,16,24,32")]
    depth: Vec<u32>,
    /// Bits of the scale and of the rescaling primes
    #[arg(long, value_delimiter = ',', default_value = "30,35,40,45,50,55")]
    scale: Vec<u32>,
    /// Runs of each cell
    #[arg(long, help_heading = "Run", default_value_t = 2, value_name = "R")]
    runs: u64,
    /// Seed of keys, messages and noise
    #[arg(long, help_heading = "Run", default_value_t = DEFAULT_SEED)]
    seed: u64,
    /// Measure cells above the security table too, and mark them
    #[arg(long)]
    insecure: bool,
    #[command(flatten)]
    output: Output,
}

pub(super) fn run(args: &PrecisionArgs) -> Result<()> {
    let grid = PrecisionGrid {
        sequences: args.sequence.clone(),
        log_n: args.log_n.clone(),
        depths: args.depth.clone(),
        scale_bits: args.scale.clone(),
        runs: args.runs,
        seed: args.seed,
        insecure: args.insecure,
    };
    let file = args.output.file();
    let mut study = match file.filter(|file| file.exists()) {
        Some(file) => read_document(file)?.body,
        None => grid.begin(),
    };
    let progress = Progress::new();
    let advanced = grid.advance(&mut study, &mut |so_far, cell| {
        let (name, log_n) = (cell.sequence.name(), cell.log_n);
        progress.step(&format!("{} {name} at N = 2^{log_n}, scale 2^{}", cell.depth, cell.scale_bits));
        match file {
            Some(file) => write_whole(file, &document(so_far.clone()).to_json()?),
            None => Ok(()),
        }
    });
    advanced.map_err(|e: Error| match file {
        Some(file) => e.at(file.display()),
        None => e,
    })?;
    drop(progress);
    let tables = study.markdown();
    args.output.write(&document(study), &tables)
}

fn document(study: PrecisionStudy) -> Document<PrecisionStudy> {
    let cells: Vec<_> = study.rows.iter().map(|row| row.cell).collect();
    let left_out: Vec<_> = study.left_out.iter().map(|left| left.cell).collect();
    let provenance = Provenance::new(&(study.runs, study.seed, cells, left_out), Some(study.seed));
    Document::new(study, provenance)
}
