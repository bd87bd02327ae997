//! Which cells are measured, and measuring them.

use super::bench::Bench;
use super::{LeftOut, PrecisionCell, PrecisionRow, PrecisionStudy, Reason, Sequence};
use crate::error::{Error, Result};
use crate::plan::{Ckks, Sizes};
use crate::study::subject::generator;
use std::time::Instant;

/// A largest error above this is not small beside values of size 1: terms of second order count.
const LARGEST_ERROR: f64 = 0.125;

/// The cells that are asked for: every combination of what is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrecisionGrid {
    /// What is done.
    pub sequences: Vec<Sequence>,
    /// log2 N, from 10 to 16.
    pub log_n: Vec<u32>,
    /// Rescalings, from 1 to 64.
    pub depths: Vec<u32>,
    /// Bits of the scale, from 25 to 57.
    pub scale_bits: Vec<u32>,
    /// Runs of each cell.
    pub runs: u64,
    /// The seed of keys, messages and noise.
    pub seed: u64,
    /// Whether cells above the security table are measured too.
    pub insecure: bool,
}

impl PrecisionGrid {
    /// A study with no cell in it yet.
    pub fn begin(&self) -> PrecisionStudy {
        PrecisionStudy { runs: self.runs, seed: self.seed, rows: Vec::new(), left_out: Vec::new() }
    }

    /// Adds the cells that `study` lacks. `report` is called before each with the study so far and the cell; an error that it
    /// returns ends the study.
    ///
    /// # Errors
    /// [`Error::Input`] for a number outside its range or a study of other runs; [`Error::NoSolution`] where a ring has too few
    /// primes of a size; those of `report`.
    pub fn advance(
        &self,
        study: &mut PrecisionStudy,
        report: &mut dyn FnMut(&PrecisionStudy, PrecisionCell) -> Result<()>,
    ) -> Result<()> {
        self.check()?;
        study.check(self.runs, self.seed)?;
        // Those above the table are not in the way of measuring them where that is now asked for.
        study.left_out.retain(|left| !(self.insecure && left.reason == Reason::Security));
        for cell in self.cells() {
            if !study.has(cell) {
                report(study, cell)?;
                self.add(study, cell)?;
                study.sort();
            }
        }
        Ok(())
    }

    fn cells(&self) -> Vec<PrecisionCell> {
        let mut cells = Vec::new();
        for &sequence in &self.sequences {
            for &log_n in &self.log_n {
                for &depth in &self.depths {
                    let of_scale = |&scale_bits| PrecisionCell { sequence, log_n, depth, scale_bits };
                    cells.extend(self.scale_bits.iter().map(of_scale));
                }
            }
        }
        cells
    }

    fn check(&self) -> Result<()> {
        let lists = [
            ("--log-n", &self.log_n, 10..=16),
            ("--depth", &self.depths, 1..=64),
            ("--scale", &self.scale_bits, 25..=57),
        ];
        for (option, values, range) in lists {
            if let Some(value) = values.iter().find(|value| !range.contains(*value)) {
                let (low, high) = range.into_inner();
                return Err(Error::input(format!("{option}: expected numbers from {low} to {high}, found {value}")));
            }
        }
        if (1..=1 << 20).contains(&self.runs) {
            return Ok(());
        }
        Err(Error::input(format!("--runs: expected 1 to 2^20, found {}", self.runs)))
    }

    fn add(&self, study: &mut PrecisionStudy, cell: PrecisionCell) -> Result<()> {
        let ckks = Ckks { insecure: self.insecure, ..Ckks::default() };
        let Some(sizes) = Sizes::of_ring(&ckks, cell.log_n, cell.scale_bits, vec![0; cell.depth as usize])? else {
            study.left_out.push(LeftOut { cell, reason: Reason::Security });
            return Ok(());
        };
        let bench = Bench::new(cell, &sizes)?;
        let predicted = bench.predicted(self.runs);
        if predicted.largest > LARGEST_ERROR {
            study.left_out.push(LeftOut { cell, reason: Reason::Noise });
            return Ok(());
        }
        let began = Instant::now();
        let measured = bench.measured((0..self.runs).map(|run| generator(self.seed, cell.index(), run)))?;
        study.rows.push(PrecisionRow {
            cell,
            log_qp: sizes.log_qp(),
            security_bits: if sizes.is_secure() { ckks.security_bits } else { 0 },
            log_q: sizes.log_q,
            log_p: sizes.log_p,
            predicted_mean_bits: -predicted.mean.log2(),
            measured_mean_bits: -measured.mean.log2(),
            predicted_largest_bits: -predicted.largest.log2(),
            measured_largest_bits: -measured.largest.log2(),
            seconds: began.elapsed().as_secs_f64(),
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid() -> PrecisionGrid {
        PrecisionGrid {
            sequences: vec![Sequence::Products, Sequence::Squarings],
            log_n: vec![12],
            depths: vec![1, 6],
            scale_bits: vec![30, 45],
            runs: 8,
            seed: 5,
            insecure: true,
        }
    }

    #[test]
    fn means_are_predicted_to_a_tenth_of_a_bit() {
        let grid = grid();
        let mut study = grid.begin();
        grid.advance(&mut study, &mut |_, _| Ok(())).unwrap();
        assert_eq!((study.rows.len(), study.left_out.len()), (8, 0));
        for row in &study.rows {
            let off = |predicted: f64, measured: f64| (predicted - measured).abs();
            let mean = off(row.predicted_mean_bits, row.measured_mean_bits);
            assert!(mean <= 0.1, "{:?}: {mean} bits", row.cell);
            // The largest of 2^14 Laplace variables of scale b is b·(9.7 + G), G of a Gumbel law: between −1.7 and 6 in all
            // but a part in 200.
            let largest = off(row.predicted_largest_bits, row.measured_largest_bits);
            assert!(largest <= 0.7, "{:?}: {largest} bits", row.cell);
        }
        // A study that has its cells is left as it is; a cell's figures do not depend on those beside it.
        let before = study.clone();
        grid.advance(&mut study, &mut |_, cell| panic!("{cell:?} is measured again")).unwrap();
        assert_eq!(study, before);
        let alone =
            PrecisionGrid { sequences: vec![Sequence::Squarings], depths: vec![6], scale_bits: vec![45], ..grid };
        let mut one = alone.begin();
        alone.advance(&mut one, &mut |_, _| Ok(())).unwrap();
        let same = before.rows.iter().find(|row| row.cell == one.rows[0].cell).unwrap();
        assert_eq!(one.rows[0].measured_mean_bits, same.measured_mean_bits);
    }

    #[test]
    fn cells_without_security_or_without_precision_are_left_out() {
        let grid =
            PrecisionGrid { sequences: vec![Sequence::Squarings], depths: vec![20], scale_bits: vec![30], ..grid() };
        let reasons = |grid: &PrecisionGrid| {
            let mut study = grid.begin();
            grid.advance(&mut study, &mut |_, _| Ok(())).unwrap();
            assert!(study.rows.is_empty());
            study.left_out.iter().map(|left| left.reason).collect::<Vec<_>>()
        };
        // Twenty doublings leave 30 − 20 bits less those of the noise, about 9 at N = 2^12.
        assert_eq!(reasons(&grid), [Reason::Noise]);
        assert_eq!(reasons(&PrecisionGrid { insecure: false, log_n: vec![13], ..grid }), [Reason::Security]);
    }
}
