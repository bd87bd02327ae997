//! `polyattn calibrate`.

use super::arguments::Output;
use crate::attention::{Calibration, Scores, calibrate};
use crate::document::{Document, Provenance};
use crate::error::Result;
use std::fmt::Write;
use std::path::PathBuf;

/// Ranges, quantiles and κ of real scores, for each power
///
/// Reads attention scores before the softmax from a .npy file (float32 or float64, axes [layer, head, query, key]) and
/// tells what a plan for them must cover. What it finds describes these rows and promises nothing about others.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  polyattn calibrate examples/scores/minilm_l3_h0.npy
  polyattn calibrate examples/scores/minilm_l3_h0.npy --p 4,8 -o calibration.json
  polyattn calibrate - < examples/scores/minilm_l3_h0.npy")]
pub struct Args {
    /// The scores (`-`: stdin)
    #[arg(value_name = "SCORES.npy")]
    scores: PathBuf,
    /// One layer, from 0; all where left out
    #[arg(long)]
    layer: Option<usize>,
    /// One head of each layer, from 0; all where left out
    #[arg(long)]
    head: Option<usize>,
    /// The even powers to look at
    #[arg(long, value_delimiter = ',', default_value = "2,4,6,8")]
    p: Vec<u32>,
    #[command(flatten)]
    output: Output,
}

pub(super) fn run(args: &Args) -> Result<()> {
    let scores = Scores::read(&args.scores)?;
    let name = args.scores.display().to_string();
    let body = calibrate(&name, &scores, args.layer, args.head, &args.p).map_err(|e| e.at(&name))?;
    let config = (&name, args.layer, args.head, &args.p);
    let text = summary(&body);
    args.output.write(&Document::new(body, Provenance::new(&config, None)), &text)
}

fn summary(calibration: &Calibration) -> String {
    let mut text = format!("score bound R = {} over the chosen heads\n", calibration.score_bound.to_f64());
    let _ = writeln!(text, "layer head     R   p  log2 m: smallest    1 %  median largest");
    let show = |value: Option<f64>| value.map_or("zero".into(), |v| format!("{v:.1}"));
    for head in &calibration.heads {
        for power in &head.powers {
            let _ = writeln!(
                text,
                "{:5} {:4} {:5.1} {:3} {:>17} {:>6} {:>7} {:>7}",
                head.layer,
                head.head,
                head.score_bound.to_f64(),
                power.p,
                show(power.log2_smallest),
                show(power.log2_low),
                show(power.log2_median),
                show(power.log2_largest)
            );
        }
    }
    text
}
