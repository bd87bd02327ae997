//! A recipe for Microsoft SEAL: every operation with its level and exact scale, and a Python program that follows it.
//!
//! SEAL evaluates no polynomials and lets the caller set scales, so here the circuit stands as it was planned: a constant factor
//! changes a scale and costs nothing.

use super::Source;
use super::function::{circuit, levels};
use super::listing::{column, header};
use super::number::literal;
use super::row::Row;
use super::subject::Subject;
use crate::circuit::{ModulusChain, PlacedCircuit, Secret};
use crate::encrypted::seal_recipe;
use crate::error::{Error, Result};
use crate::plan::{SecurityTable, security};
use crate::real::PRECISION;
use rug::{Float, Rational};

const FUNCTIONS: &str = include_str!("templates/seal.py");
const LIBRARY: &str = "Microsoft SEAL 4.1, read through TenSEAL 0.3.18 (tenseal.sealapi), whose names are SEAL's own; SEAL has no \
                       polynomial evaluator, so each recipe lists the operations with levels and scales";
/// Sizes of primes that are tried for a table, whose parameters are not planned.
const PRIME_BITS: [u32; 3] = [50, 45, 40];
const RINGS: std::ops::RangeInclusive<u32> = 13..=16;
const SECURITY_BITS: u32 = 128;
/// The first prime and the special one: SEAL's largest.
const END_BITS: u32 = 60;
/// Room of the first prime above the largest value, and for its sign.
const ROOM_BITS: u32 = 3;

pub(super) fn write(source: &Source) -> Result<String> {
    let subject = Subject::as_planned(source)?;
    let mut own = subject.encrypted_lines("a recipe, and a program that follows it", LIBRARY);
    let mut text = String::new();
    if source.plan.is_none() {
        let largest = subject.probes.iter().fold(1.0f64, |largest, probe| largest.max(probe.value.abs()));
        let (circuit, bound) = circuit(&source.table)?;
        let (chain, scale_bits) = parameters(levels(&circuit), largest)?;
        own.push((
            "parameters",
            format!(
                "not planned: the smallest ring of 128 bits by ePrint 2024/463 for this depth, N = 2^{}, log QP = {:.0}; the value has \
                 the scale 2^{scale_bits}. The noise is not bounded here: plan for that",
                chain.log_n,
                chain.log_qp()
            ),
        ));
        let scale = Float::with_val(PRECISION, 1) << scale_bits;
        let placed = PlacedCircuit::new(circuit, chain, 1, &scale)?;
        text += &assigned("recipe", &placed, &bound)?;
    }
    text += "\n# (x, the table's value, how far binary64 may be from it)\n";
    text += &format!("points = [\n{}]\n", subject.probe_rows(["(", ")"], "    "));
    let plan = source.plan.as_ref();
    for row in &subject.rows {
        let bound = plan.map(|plan| plan.chosen.score_bound.0.clone()).unwrap_or_default();
        text += &self::row(row, &bound)?;
    }
    Ok(header(source, "#", &own) + FUNCTIONS + &text)
}

/// A chain for so many levels, and the result's scale: 2^50 or what the first prime has room for.
fn parameters(levels: usize, largest: f64) -> Result<(ModulusChain, u32)> {
    let room = END_BITS.saturating_sub(ROOM_BITS + largest.log2().ceil().max(0.0) as u32);
    for bits in PRIME_BITS {
        for log_n in RINGS {
            let sizes: Vec<u32> = std::iter::once(END_BITS).chain(std::iter::repeat_n(bits, levels)).collect();
            let log_qp = sizes.iter().sum::<u32>() + END_BITS;
            let row = security(SecurityTable::Guidelines2024, Secret::Ternary, log_n, SECURITY_BITS)?;
            if row.is_some_and(|row| row.max_log_qp >= log_qp) {
                return Ok((ModulusChain::generate(log_n, &sizes, &[END_BITS])?, room.min(bits)));
            }
        }
    }
    Err(Error::NoSolution(format!(
        "--to seal: {levels} levels fit no ring up to N = 2^16 of 128 bits: plan with bootstraps, and export the plan"
    )))
}

/// A recipe as a Python value, which JSON without truth values is.
fn assigned(name: &str, placed: &PlacedCircuit, bound: &Rational) -> Result<String> {
    let value = seal_recipe(placed, bound)?;
    let text = serde_json::to_string(&value).map_err(|e| Error::internal(e.to_string()))?;
    Ok(format!("\n{name} = json.loads(\n    '''{}'''\n)\n", text.replace("},{", "},\n{")))
}

fn row(row: &Row, bound: &Rational) -> Result<String> {
    let Row { keys, stride, .. } = row;
    let recipe = assigned(&format!("recipe_{keys}"), &row.placed, bound)?;
    Ok(format!(
        "\n# Rows of {keys} scores, {stride} in a ciphertext: slot = key*{stride} + row, other slots 0.{recipe}\nstride_{keys} = {stride}\n\
         scores_{keys} = [\n{}]\n# The exact circuit's weights.\nexpected_{keys} = [\n{}]\ntolerance_{keys} = {}\n",
        column(row.scores.iter().copied(), "    "),
        column(row.weights.iter().copied(), "    "),
        literal(row.tolerance_as_planned),
    ))
}
