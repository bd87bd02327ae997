//! `polyattn layer`.

use super::arguments::{Output, SpecFile};
use super::progress::Progress;
use super::validate::DEFAULT_SEED;
use crate::document::{Document, Provenance};
use crate::encrypted::{CkksBackend, Seed};
use crate::error::{Error, Result};
use crate::layer::{LayerPlan, LayerSpec, plan_layers, run_layer};

/// Plan functions of one variable: GELU, ReLU, exp, 1/√x, sign and others, each in every slot alone
///
/// Each layer gets a certified table, its circuit (one polynomial or a composite: least depth, then fewest products), a proven lower
/// bound on its depth, CKKS parameters and a rigorous bound on its error over the whole domain. Prints a Markdown table. With
/// --run every layer runs on one full ciphertext and every slot is compared with the bound; exit code 5 when one lies outside.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  polyattn layer examples/layers.toml
  polyattn layer examples/layers.toml --run -o layers.json
  polyattn layer --set 'layer=[{name=\"x\", target=\"tanh\", interval=[[-4,4]], max_error=0.01}]'")]
pub struct Args {
    #[command(flatten)]
    spec: SpecFile,
    /// Run every layer on this program's own ciphertexts
    #[arg(long, help_heading = "Run")]
    run: bool,
    /// Seed of keys, noise and arguments; 'system' draws keys and noise from the operating system's entropy
    #[arg(long, help_heading = "Run", default_value_t = Seed::Fixed(DEFAULT_SEED), value_name = "N|system", requires = "run")]
    seed: Seed,
    /// Allow parameters above the security table, and small rings; every output is marked. The specification must name log_n
    #[arg(long)]
    insecure: bool,
    #[command(flatten)]
    output: Output,
}

pub(super) fn run(args: &Args) -> Result<()> {
    let text = args.spec.read()?;
    let spec = LayerSpec::from_text(&text, args.insecure)?;
    let progress = Progress::new();
    let mut plan =
        plan_layers(&spec, &|name| progress.step(&format!("{name}: planning"))).map_err(|e| text.locate(e))?;
    if args.run {
        for (index, (layer, planned)) in spec.layer.iter().zip(&mut plan.layers).enumerate() {
            let (name, log_n) = (&layer.name, planned.ckks.log_n);
            progress.step(&format!("{index}/{} layers run; {name} on ciphertexts, N = 2^{log_n}", spec.layer.len()));
            planned.validation = Some(run_layer(&spec, layer, planned, &CkksBackend, args.seed)?);
        }
    }
    drop(progress);
    let mut text = plan.markdown();
    for warning in plan.warnings() {
        text += &format!("\nWARNING      {warning}\n");
    }
    let provenance = Provenance::new(&spec, args.seed.number().filter(|_| args.run));
    let document = Document::new(plan, provenance);
    args.output.write(&document, &text)?;
    verdict(&document.body)
}

/// Exit code 5 outside a bound.
fn verdict(plan: &LayerPlan) -> Result<()> {
    let outside = |run: &crate::layer::LayerRun| !run.within_bound();
    let layers = plan.layers.iter().filter(|layer| layer.validation.as_ref().is_some_and(outside));
    let names: Vec<&str> = layers.map(|layer| layer.name.as_str()).collect();
    if names.is_empty() {
        return Ok(());
    }
    Err(Error::OutsideBound(format!("outside their bounds on ciphertexts: {}", names.join(", "))))
}
