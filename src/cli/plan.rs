//! `polyattn plan`.

use super::arguments::{Output, SpecFile, bits};
use super::progress::Progress;
use crate::document::{Document, Provenance};
use crate::encrypted::Validation;
use crate::error::{Error, Result};
use crate::plan::{Normalisation, Plan, PlanDocument, Remedy, SpecSource, dominant, plan_telling};

/// Find p, ε, the reciprocal, the depth and the CKKS parameters that meet a specification
///
/// The plan carries its error budget, its certificates and a proven lower bound on its depth. It is not validated: run
/// `polyattn validate` on it, or `polyattn run` for the whole way.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  polyattn plan examples/minilm.toml -o plan.json

  The same with another power and a coarser target:
    polyattn plan examples/minilm.toml --set attention.p=2 --set target.max_error=2^-8

  Without any file:
    polyattn plan --set attention.p=2 --set attention.length=64 --set attention.score_bound=4 \\
      --set 'attention.epsilon={form=\"unit\", value=\"2^-8\"}' --set target.max_error=2^-8 --json

  From another program:
    polyattn plan - < examples/paper.toml")]
pub struct Args {
    #[command(flatten)]
    spec: SpecFile,
    /// Allow parameters above the security table, and small rings; every output is marked. The specification must name log_n
    #[arg(long)]
    insecure: bool,
    /// State the deterministic worst case of the noise as well: every rounding at its largest and in the worst direction. It is
    /// hundreds of times the rigorous bound and takes no part in the choice
    #[arg(long)]
    worst_case: bool,
    #[command(flatten)]
    output: Output,
}

pub(super) fn run(args: &Args) -> Result<()> {
    let text = args.spec.read()?;
    let source = SpecSource::from_text(&text, args.insecure)?;
    if args.worst_case && source.spec.attention.normalisation != Normalisation::Direct {
        return Err(Error::input("--worst-case: only plans with normalisation = \"direct\" have one").at(text.name()));
    }
    let progress = Progress::new();
    progress.step("searching for a plan");
    let mut body = plan_telling(&source, &|step| progress.step(step)).map_err(|e| text.locate(e))?;
    if args.worst_case {
        body.state_worst_case().map_err(|e| text.locate(e))?;
    }
    drop(progress);
    let summary = summary(&body);
    args.output.write(&document(body), &summary)
}

/// The plan as a document, its configuration the specification.
pub(super) fn document(body: PlanDocument) -> Document<PlanDocument> {
    let provenance = Provenance::new(&body.spec, None);
    Document::new(body, provenance)
}

/// A plan for people.
pub(super) fn summary(document: &PlanDocument) -> String {
    let plan = &document.chosen;
    let fallen: u64 = document.rejected.values().sum();
    let mut text = answer(plan, Validation::validates(document));
    if let Some(worst) = &plan.error.noise.worst_case {
        let worst = bits(worst.to_f64());
        text += &format!(
            "worst case   {worst} deterministic worst case of the noise: no probability in it, no part of the total\n"
        );
    }
    text += &remedies(document);
    for caveat in document.caveats() {
        text += &format!("WARNING      {caveat}\n");
    }
    text += &format!("candidates   {} looked at, {fallen} fell\n", document.candidates);
    for (reason, count) in &document.rejected {
        text += &format!("             {count:5}  {reason}\n");
    }
    text
}

/// The largest source of the error bound, and what would lower it.
fn remedies(document: &PlanDocument) -> String {
    // Of a plan that was just made they can be worked out; without them the plan is the same.
    let Ok(dominant) = dominant(document) else { return String::new() };
    let line = |remedy: &Remedy| format!("             {}\n", remedy.in_words(&dominant));
    let head = format!("largest      {}, {:.0} % of the error bound\n", dominant.source, dominant.share() * 100.0);
    head + &dominant.remedies.iter().map(line).collect::<String>()
}

fn answer(plan: &Plan, validated: bool) -> String {
    let ckks = &plan.ckks;
    let epsilon = plan.epsilon.unit.as_ref().map_or("none".into(), |e| bits(e.to_f64()));
    let validated = if validated { "validated on ciphertexts" } else { "NOT VALIDATED on ciphertexts" };
    format!(
        "plan         p = {}, ε = {epsilon} (unit form), R = {}, κ = {}; {validated}\n\
         reciprocal   {}, degree {}, depth {} (lower bound {}, {} metric)\n\
         depth        {} rescalings from scores to weights, {} products, {} rotations, {} bootstraps\n\
         parameters   N = 2^{}, scale 2^{}, log QP = {}, {} bits ({})\n\
         error        {} total = {} approximation (certified) + {} noise (rigorous, fails with {})\n",
        plan.p,
        plan.score_bound.to_f64(),
        bits(plan.kappa.to_f64()),
        plan.method,
        plan.degree,
        plan.reciprocal_depth,
        plan.depth_lower_bound,
        plan.lower_bound_metric,
        plan.depth,
        plan.products,
        plan.rotations,
        plan.bootstraps,
        ckks.log_n,
        ckks.scale_bits,
        ckks.log_qp,
        ckks.security_bits,
        ckks.security_source,
        bits(plan.error.total.to_f64()),
        bits(plan.error.approximation.to_f64()),
        bits(plan.error.noise.rigorous.to_f64()),
        bits(plan.error.noise.failure_probability.to_f64()),
    )
}
