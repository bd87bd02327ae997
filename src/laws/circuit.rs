//! The circuit of a table computes the table.

use super::table::value;
use super::{Outcome, asked, require};
use crate::certify::Certificate;
use crate::circuit::{Circuit, Slotwise, evaluate};
use crate::error::{Error, Result};
use crate::poly::table::Table;
use crate::real::{Exact, float_to_exact, rational_to_float};
use rug::Rational;

/// Bits to which a circuit's value at 256 bits is held against the exact one.
const BITS: u32 = 128;

/// A table with a circuit that is to compute it from t = x/R.
#[derive(Debug, Clone)]
pub struct TableCircuit {
    table: Table,
    bound: Rational,
    circuit: Circuit,
}

impl TableCircuit {
    /// The circuit that computes a certified table on ciphertexts, with R the largest |x| of the table.
    ///
    /// # Errors
    /// [`Error::Input`] for a table that is constant.
    pub fn of(table: &Table, certificate: &Certificate) -> Result<Self> {
        let bound = table.intervals.iter().flatten().map(|x| x.0.clone().abs()).max().unwrap_or_default();
        if table.degree == 0 {
            return Err(Error::input("field 'degree': a constant has no circuit"));
        }
        let circuit = Slotwise::of(table, certificate, bound.clone())?.circuit()?;
        Ok(Self::new(table, circuit, bound))
    }

    /// Any circuit that is said to compute a table from t = x/`bound`.
    pub fn new(table: &Table, circuit: Circuit, bound: Rational) -> Self {
        Self { table: table.clone(), bound, circuit }
    }

    /// The table.
    pub fn table(&self) -> &Table {
        &self.table
    }

    /// The circuit.
    pub fn circuit(&self) -> &Circuit {
        &self.circuit
    }
}

/// The circuit's value at t = x/R, in 256 bits, is within 2^-128·(1 + |r(x)|) of the exact r(x).
///
/// # Errors
/// Where it is not.
pub fn circuit_agrees(circuit: &TableCircuit, x: &Rational) -> Outcome {
    let law = "circuit computes the table";
    let exact = asked(value(&circuit.table, x), law)?;
    let t = rational_to_float(&Rational::from(x / &circuit.bound));
    let nodes = asked(evaluate(&circuit.circuit, &[t]), law)?;
    let computed = nodes.last().and_then(|slots| slots.first()).map(float_to_exact).unwrap_or_default();
    let allowed = (exact.clone().abs() + 1u32) >> BITS;
    require(Rational::from(&computed - &exact).abs() <= allowed, law, || {
        format!("at x = {} it gives {:e} for {:e}", Exact(x.clone()).typed(), computed.to_f64(), exact.to_f64())
    })
}
