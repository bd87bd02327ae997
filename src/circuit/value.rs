//! The value of a circuit on one row, in arithmetic so precise that its error takes no part in any comparison.

use super::graph::{Circuit, NodeId, Term, Visitor};
use crate::error::Error;
use crate::real::PRECISION;
use rug::{Assign, Float, Rational};

/// Evaluates a circuit on the row t_1 … t_L; every node's value in every slot, to [`PRECISION`] bits.
///
/// # Errors
/// None in practice: the operations of this visitor cannot fail.
pub fn evaluate(circuit: &Circuit, row: &[Float]) -> Result<Vec<Vec<Float>>, Error> {
    circuit.visit(&mut Values { row })
}

struct Values<'a> {
    row: &'a [Float],
}

type Slots = Vec<Float>;

fn map(values: &Slots, f: impl Fn(&Float) -> Float) -> Result<Slots, Error> {
    Ok(values.iter().map(f).collect())
}

impl Visitor for Values<'_> {
    type Value = Slots;
    type Error = Error;

    fn scores(&mut self) -> Result<Slots, Error> {
        Ok(self.row.to_vec())
    }

    fn product(&mut self, _: NodeId, left: &Slots, right: &Slots) -> Result<Slots, Error> {
        Ok(left.iter().zip(right).map(|(a, b)| Float::with_val(PRECISION, a * b)).collect())
    }

    fn times(&mut self, _: NodeId, value: &Slots, constant: &Rational) -> Result<Slots, Error> {
        map(value, |v| Float::with_val(PRECISION, v * constant))
    }

    fn plus(&mut self, _: NodeId, value: &Slots, constant: &Rational) -> Result<Slots, Error> {
        map(value, |v| Float::with_val(PRECISION, v + constant))
    }

    fn add(&mut self, _: NodeId, left: &Slots, right: &Slots) -> Result<Slots, Error> {
        Ok(left.iter().zip(right).map(|(a, b)| Float::with_val(PRECISION, a + b)).collect())
    }

    fn combination(&mut self, _: NodeId, terms: &[Term<Slots>], constant: &Rational) -> Result<Slots, Error> {
        let mut sum = vec![Float::with_val(PRECISION, constant); self.row.len()];
        for Term { value, coefficient, .. } in terms {
            sum.iter_mut().zip(*value).for_each(|(sum, v)| *sum += Float::with_val(PRECISION, v * *coefficient));
        }
        Ok(sum)
    }

    fn row_sum(&mut self, _: NodeId, value: &Slots) -> Result<Slots, Error> {
        let mut sum = Float::new(PRECISION);
        sum.assign(Float::sum(value.iter()));
        Ok(vec![sum; value.len()])
    }

    fn refresh(&mut self, _: NodeId, value: &Slots, _: u32) -> Result<Slots, Error> {
        Ok(value.clone())
    }
}
