//! What plans, layers and their circuits are made of, held against `tests/record/*.txt`: a change of any figure is a change that a
//! reviewer sees. Laws say what must hold of these figures; the record says which they are. Where a change is meant:
//!
//!     POLYATTN_RECORD=write cargo test --release --test record

#![allow(clippy::unwrap_used, clippy::panic)] // a test fails by panicking

mod listing;
mod specs;

use listing::Listing;
use polyattn::circuit::{ModulusChain, Op, PlacedCircuit, Secret, evaluate};
use polyattn::encrypted::draw_rows;
use polyattn::layer::{LayerSpec, plan_layers, recheck_layers};
use polyattn::noise::{
    analyse, bound_rows, floor, given_key, predict_rows, predict_slots, predict_stages, stage_bounds,
};
use polyattn::noise::{quantile_of_maximum, worst_case};
use polyattn::plan::{Job, Spec, SpecSource, plan, recheck};
use polyattn::real::PRECISION;
use rug::Float;
use serde_json::Value;

/// Fields that other tests look at, or that follow from others.
const APART: [&str; 6] = ["provenance", "certificates", "certificate", "tables", "table", "seconds"];
/// log2 of the probability with which a bound may fail.
const LOG2_FAILURE: f64 = -40.0;
const CIPHERTEXTS: usize = 3;

fn fields(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let kept = map.iter().filter(|(name, _)| !APART.contains(&name.as_str()));
            kept.map(|(name, value)| (name.clone(), fields(value))).collect()
        }
        Value::Array(items) => items.iter().map(fields).collect(),
        _ => value.clone(),
    }
}

/// Each node of a circuit with its place, and what it computes of a row.
fn circuit(listing: &mut Listing, placed: &PlacedCircuit, row: &[f64]) {
    let row: Vec<Float> = row.iter().map(|t| Float::with_val(PRECISION, t)).collect();
    let values = evaluate(&placed.circuit, &row).unwrap();
    for (index, node) in placed.circuit.nodes().iter().enumerate() {
        let (place, operation) = (&placed.placements[index], format!("{:?}", node.op));
        let kind = operation.split('(').next().unwrap();
        let operands: Vec<String> = node.op.operands().map(|of| of.index().to_string()).collect();
        let stage = node.stage.as_deref().unwrap_or("-");
        listing
            .words(&format!("node {index}"), &format!("{kind}({}) {stage}, level {}", operands.join(" "), place.level));
        listing.number(&format!("node {index} scale"), place.scale.to_f64().log2());
        for (slot, value) in values[index].iter().enumerate().take(3) {
            listing.number(&format!("node {index} slot {slot}"), value.to_f64());
        }
        if let Op::Combination(terms, _) = &node.op {
            for (of, _) in terms {
                let scale = placed.coefficient_scale(index, *of).unwrap();
                listing.number(&format!("node {index} coefficient of {}", of.index()), scale.to_f64().log2());
            }
        }
        if let Some(fact) = &node.fact {
            listing.words(&format!("node {index} fact"), format!("{fact:?}").split(['{', '(']).next().unwrap().trim());
        }
    }
}

/// The bounds and predictions of a circuit of rows, on the whole domain and on a few rows.
fn noise(listing: &mut Listing, placed: &PlacedCircuit, domain: &polyattn::attention::RowDomain, rows: &[Vec<f64>]) {
    let budget = analyse(placed, domain, LOG2_FAILURE, CIPHERTEXTS).unwrap();
    listing.number("noise rigorous", budget.rigorous);
    listing.number("noise probabilistic", budget.probabilistic);
    listing.number("noise predicted", budget.predicted);
    listing.number("noise worst denominator", budget.worst_denominator);
    for line in &budget.ledger {
        listing.number(&format!("ledger {} gain", line.source), line.gain);
        listing.number(&format!("ledger {}", line.source), line.value);
    }
    listing.words("noise overflow", budget.overflow.as_deref().unwrap_or("-"));
    listing.number("noise floor", floor(placed, domain, LOG2_FAILURE, CIPHERTEXTS).unwrap());
    match worst_case(placed, domain) {
        Ok(bound) => listing.number("noise worst case", bound),
        Err(error) => listing.words("noise worst case", &error.to_string()),
    }
    for stage in stage_bounds(placed, domain, LOG2_FAILURE, CIPHERTEXTS).unwrap() {
        listing.number(&format!("stage {} bound", stage.name), stage.bound);
    }
    for stage in predict_stages(placed, rows).unwrap() {
        listing.number(&format!("stage {} predicted", stage.name), stage.mean);
    }
    // A key of other sizes in other slots. Neither has an analysis where there are several row sums.
    let sizes: Vec<f64> = (0..placed.chain.slots()).map(|slot| 300.0 * (1 + slot % 7) as f64).collect();
    let given = given_key(placed, rows, &sizes, LOG2_FAILURE, CIPHERTEXTS);
    let of_rows = bound_rows(placed, rows, LOG2_FAILURE, CIPHERTEXTS);
    let slots = predict_slots(placed, rows).unwrap();
    for (index, row) in predict_rows(placed, rows).unwrap().iter().enumerate() {
        listing.number(&format!("row {index} predicted"), row.mean);
        listing.number(&format!("row {index} deviation"), row.largest_deviation);
        listing.number(&format!("row {index} largest"), quantile_of_maximum(&slots[index], 1e-3));
        if let Ok(of_rows) = &of_rows {
            listing.number(&format!("row {index} bound"), of_rows[index]);
        }
        if let Ok(given) = &given {
            listing.number(&format!("row {index} bound for a key"), given[index][0].bound);
            listing.number(&format!("row {index} predicted for a key"), given[index][0].predicted.mean());
        }
    }
}

fn plan_on_record(name: &str, text: &str) {
    let document = plan(&SpecSource::new(Spec::from_toml_insecure(text).unwrap(), None).unwrap()).unwrap();
    recheck(&document).unwrap();
    let mut listing = Listing::default();
    listing.fields("spec", &fields(&serde_json::to_value(&document.spec).unwrap()));
    listing.fields("", &fields(&serde_json::to_value(&document.chosen).unwrap()));
    let job = Job::of(&document.chosen, &document.spec).unwrap();
    for &length in document.spec.attention.length.as_slice() {
        let chain: ModulusChain = document.chosen.ckks.chain().unwrap();
        let placed = job.place(length, &chain, document.chosen.ckks.scale_bits).unwrap();
        let domain = job.first_domain(&document.spec, length).unwrap();
        let rows = draw_rows(&domain, job.first_power(), document.chosen.score_bound.0.to_f64(), 3, 7);
        let bound = document.chosen.score_bound.0.to_f64();
        let rows: Vec<Vec<f64>> = rows.iter().map(|row| row.iter().map(|x| x / bound).collect()).collect();
        listing.words("length", &length.to_string());
        circuit(&mut listing, &placed, &rows[0]);
        noise(&mut listing, &placed, &domain, &rows);
        noise_of_sparse_secrets(&mut listing, placed, &domain);
    }
    listing.compare(name);
}

/// The same circuit under the other kind of secret.
fn noise_of_sparse_secrets(listing: &mut Listing, placed: PlacedCircuit, domain: &polyattn::attention::RowDomain) {
    let sparse = placed.with_secret(Secret::Sparse192);
    let budget = analyse(&sparse, domain, LOG2_FAILURE, CIPHERTEXTS).unwrap();
    listing.number("sparse rigorous", budget.rigorous);
    listing.number("sparse probabilistic", budget.probabilistic);
    listing.number("sparse predicted", budget.predicted);
}

fn layers_on_record(name: &str, text: &str) {
    let document = plan_layers(&LayerSpec::from_toml(text, true).unwrap(), &|_| ()).unwrap();
    recheck_layers(&document).unwrap();
    let mut listing = Listing::default();
    listing.fields("", &fields(&serde_json::to_value(&document.layers).unwrap()));
    listing.compare(name);
}

macro_rules! on_record {
    ($with:ident: $($name:ident),+ $(,)?) => {
        $(#[test]
        fn $name() {
            $with(stringify!($name), &specs::$name());
        })+
    };
}

on_record! { plan_on_record:
    composite, composite_separate, goldschmidt, goldschmidt_mean, polynomial, start_goldschmidt, start_newton,
    squares, sixth_powers, padded_rows, two_lengths, plain, stable, refreshed, staged, staged_eighth_powers,
}
on_record! { layers_on_record: exponential, activations, roots, reciprocals, signs }
