//! Running a study or a shard of one, and merging shards.

use super::attention::{MergedCircuit, Shape};
use super::document::{NoiseStudy, Samples, StudyRow};
use super::figure::{Panel, draw};
use super::primitive::{Bench, Kind, Primitive};
use super::subject::{Sample, Subject, generator};
use crate::error::{Error, Result};
use rayon::prelude::*;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Instant;

/// Most runs of a study: all its samples are in one document.
const MOST_RUNS: u64 = 1 << 20;
/// Runs between two reports.
const BATCH: usize = 16;

/// Every n-th run: those of index i, i + n, i + 2n, … counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    first: u64,
    count: u64,
}

impl Default for Shard {
    fn default() -> Self {
        Self { first: 0, count: 1 }
    }
}

impl Shard {
    /// Whether the run of this index, counted from 0, belongs to it.
    pub fn has(&self, index: u64) -> bool {
        index % self.count == self.first
    }
}

impl FromStr for Shard {
    type Err = String;

    /// From "i/n", i from 1 to n.
    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let parts = text.split_once('/').and_then(|(i, n)| Some((i.parse::<u64>().ok()?, n.parse::<u64>().ok()?)));
        match parts {
            Some((i, n)) if (1..=n).contains(&i) => Ok(Self { first: i - 1, count: n }),
            _ => Err(format!("expected I/N with I from 1 to N, such as 2/8, found '{text}'")),
        }
    }
}

/// The subjects of a study and its configuration.
pub struct Study {
    subjects: Vec<Box<dyn Subject>>,
    circuits: bool,
    runs: u64,
    seed: u64,
}

impl Study {
    /// The study of every primitive and one merged circuit over `runs` runs; with `circuits`, of merged circuits of every p
    /// from 2 to 8 and of several depths.
    ///
    /// # Errors
    /// [`Error::Input`] for no runs or more than 2^20.
    pub fn new(runs: u64, seed: u64, circuits: bool) -> Result<Self> {
        if !(1..=MOST_RUNS).contains(&runs) {
            return Err(Error::input(format!("--runs: expected 1 to 2^20, found {runs}")));
        }
        let subjects = if circuits { merged_circuits()? } else { primitives()? };
        Ok(Self { subjects, circuits, runs, seed })
    }

    /// A study with no run made yet.
    pub fn begin(&self) -> NoiseStudy {
        let samples = self.subjects.iter().map(|subject| Samples::new(subject.what())).collect();
        let (runs, seed, circuits) = (self.runs, self.seed, self.circuits);
        NoiseStudy { runs, seed, circuits, missing: runs, rows: Vec::new(), samples, seconds: 0.0 }
    }

    /// Makes the runs of `shard` that `study` lacks. `report` is called with the study so far, its rows up to date, and how
    /// many runs of the shard are still to be made; an error that it returns ends the study.
    ///
    /// # Errors
    /// [`Error::Input`] for a study of another configuration; those of `report`.
    pub fn advance(
        &self,
        study: &mut NoiseStudy,
        shard: Shard,
        report: &mut dyn FnMut(&NoiseStudy, usize) -> Result<()>,
    ) -> Result<()> {
        self.check(study)?;
        let is_missing = |run: &u64| study.samples.iter().any(|samples| !samples.has(*run));
        let runs: Vec<u64> = (shard.first..self.runs).step_by(shard.count as usize).filter(is_missing).collect();
        let mut left = runs.len();
        for batch in runs.chunks(BATCH) {
            let began = Instant::now();
            let made: Vec<Vec<Sample>> = batch.par_iter().map(|&run| self.observe(run)).collect::<Result<_>>()?;
            for (&run, observed) in batch.iter().zip(made) {
                for (samples, sample) in study.samples.iter_mut().zip(observed) {
                    samples.insert(run, sample)?;
                }
            }
            study.seconds += began.elapsed().as_secs_f64();
            left -= batch.len();
            self.summarise(study)?;
            report(study, left)?;
        }
        self.summarise(study)
    }

    /// The largest errors of the runs over their predicted quantiles, one panel for each subject, as an SVG file.
    ///
    /// # Errors
    /// [`Error::Input`] for a study of another configuration.
    pub fn figure(&self, study: &NoiseStudy) -> Result<String> {
        self.check(study)?;
        let pairs = self.subjects.iter().zip(&study.samples);
        let panels = pairs.map(|(subject, samples)| Panel::new(subject.what(), &subject.law()?, &samples.maximum));
        draw(&panels.collect::<Result<Vec<_>>>()?)
    }

    fn observe(&self, run: u64) -> Result<Vec<Sample>> {
        let each = self.subjects.iter().enumerate();
        each.map(|(index, subject)| subject.observe(&mut generator(self.seed, index, run))).collect()
    }

    /// Refuses a study of another configuration, or one that no study wrote.
    fn check(&self, study: &NoiseStudy) -> Result<()> {
        if (study.runs, study.seed) != (self.runs, self.seed) {
            return Err(Error::input(format!(
                "a study of {} runs from seed {}, expected {} runs from seed {}",
                study.runs, study.seed, self.runs, self.seed
            )));
        }
        let names = study.samples.iter().map(|samples| samples.what.clone());
        if !names.eq(self.subjects.iter().map(|subject| subject.what())) {
            return Err(Error::input("field 'samples': other subjects than this version studies"));
        }
        study.samples.iter().try_for_each(|samples| samples.check(self.runs))
    }

    fn summarise(&self, study: &mut NoiseStudy) -> Result<()> {
        let made = study.samples.iter().map(|samples| samples.index.len() as u64).min();
        study.missing = self.runs - made.unwrap_or(0);
        let pairs = self.subjects.iter().zip(&study.samples).filter(|(_, samples)| !samples.index.is_empty());
        study.rows = pairs.map(|(subject, samples)| StudyRow::new(subject.as_ref(), samples)).collect::<Result<_>>()?;
        Ok(())
    }
}

/// Every primitive, and the merged circuit.
fn primitives() -> Result<Vec<Box<dyn Subject>>> {
    let bench = Bench::new()?;
    let primitive = |kind| Box::new(Primitive { kind, bench: Arc::clone(&bench) }) as Box<dyn Subject>;
    let mut subjects: Vec<_> = Kind::ALL.into_iter().map(primitive).collect();
    subjects.push(Box::new(MergedCircuit::new(Shape::DEFAULT, "merged circuit, p = 4, L = 64".into())?));
    Ok(subjects)
}

fn merged_circuits() -> Result<Vec<Box<dyn Subject>>> {
    let circuit = |shape: Shape| {
        let what = format!("merged circuit, p = {}, k = {}", shape.power, shape.doublings);
        MergedCircuit::new(shape, what).map(|circuit| Box::new(circuit) as Box<dyn Subject>)
    };
    Shape::circuits().map(circuit).collect()
}

/// Puts the runs of several shards of one study together.
///
/// # Errors
/// [`Error::Input`] for no study, studies of different configurations, or runs that differ between them.
pub fn merge(studies: &[NoiseStudy]) -> Result<NoiseStudy> {
    let first = studies.first().ok_or_else(|| Error::input("expected at least one study, found none"))?;
    let study = Study::new(first.runs, first.seed, first.circuits)?;
    let mut merged = study.begin();
    for shard in studies {
        study.check(shard)?;
        for (samples, more) in merged.samples.iter_mut().zip(&shard.samples) {
            more.iter().try_for_each(|(run, sample)| samples.insert(run, sample))?;
        }
        merged.seconds += shard.seconds;
    }
    study.summarise(&mut merged)?;
    Ok(merged)
}
