//! Running a study or a shard of one, and merging shards.

use super::attention::{MergedCircuit, Shape};
use super::document::{NoiseStudy, Samples, StudyRow};
#[cfg(feature = "plots")]
use super::figure::{Panel, draw};
use super::prediction::Prediction;
use super::primitive::{Bench, Kind, Primitive};
use super::sample::Sample;
use super::subject::{Subject, generator};
use crate::error::{Error, Result};
use rayon::prelude::*;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Instant;

/// Most runs of a study: all its samples are in one document.
pub(super) const MOST_RUNS: u64 = 1 << 20;
/// Runs between two reports.
const BATCH: usize = 16;
/// Counts the ways of drawing keys and messages that there have been: 2, messages are dithered and half of them ±1.
const RECIPE: u32 = 2;
/// Names less alike than this are not suggested for one another.
const LEAST_LIKENESS: f64 = 0.7;

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
    subjects: Vec<Studied>,
    circuits: bool,
    runs: u64,
    seed: u64,
}

/// A subject with what is predicted for it.
struct Studied {
    subject: Box<dyn Subject>,
    predicted: Prediction,
}

impl Studied {
    fn new(subject: Box<dyn Subject>) -> Result<Self> {
        Ok(Self { predicted: Prediction::new(subject.as_ref())?, subject })
    }
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
        let subjects = subjects.into_par_iter().map(Studied::new).collect::<Result<_>>()?;
        Ok(Self { subjects, circuits, runs, seed })
    }

    /// A study with no run made yet.
    pub fn begin(&self) -> NoiseStudy {
        let samples = self.names().map(Samples::new).collect();
        let (recipe, runs, seed, circuits) = (RECIPE, self.runs, self.seed, self.circuits);
        NoiseStudy { recipe, runs, seed, circuits, missing: runs, rows: Vec::new(), samples, seconds: 0.0 }
    }

    fn names(&self) -> impl Iterator<Item = String> {
        self.subjects.iter().map(|studied| studied.subject.what())
    }

    /// The places of the subjects with these names; of all where there are none.
    fn places(&self, only: &[String]) -> Result<Vec<usize>> {
        let names: Vec<String> = self.names().collect();
        let place = |name: &String| names.iter().position(|known| known == name).ok_or_else(|| unknown(name, &names));
        if only.is_empty() { Ok((0..names.len()).collect()) } else { only.iter().map(place).collect() }
    }

    /// Makes the runs of `shard` that `study` lacks, of the subjects named by `only`, or of all where it is empty; the study is
    /// extended where it was of fewer runs. `report` is called with the study so far, its rows up to date, and how many runs of
    /// the shard are still to be made; an error that it returns ends the study.
    ///
    /// # Errors
    /// [`Error::Input`] for an unknown name, a study of another configuration, or one whose runs come out differently when they
    /// are made again; those of `report`.
    pub fn advance(
        &self,
        study: &mut NoiseStudy,
        shard: Shard,
        only: &[String],
        report: &mut dyn FnMut(&NoiseStudy, usize) -> Result<()>,
    ) -> Result<()> {
        let places = self.places(only)?;
        self.check(study)?;
        study.runs = self.runs;
        let lacking = |run: u64| -> Vec<(usize, u64)> {
            let lacks = |place: &usize| study.samples.get(*place).is_some_and(|samples| !samples.has(run));
            places.iter().copied().filter(lacks).map(|place| (place, run)).collect()
        };
        let runs = (shard.first..self.runs).step_by(shard.count as usize).map(lacking);
        let runs: Vec<Vec<(usize, u64)>> = runs.filter(|run| !run.is_empty()).collect();
        let mut left = runs.len();
        for batch in runs.chunks(BATCH) {
            let began = Instant::now();
            let observe = |run: &Vec<(usize, u64)>| run.iter().map(|&(place, run)| self.observe(place, run)).collect();
            let made: Vec<Vec<Sample>> = batch.par_iter().map(observe).collect::<Result<_>>()?;
            for (&(place, run), sample) in batch.iter().flatten().zip(made.into_iter().flatten()) {
                study.samples.get_mut(place).map_or(Ok(()), |samples| samples.insert(run, sample))?;
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
    #[cfg(feature = "plots")]
    pub fn figure(&self, study: &NoiseStudy) -> Result<String> {
        self.check_configuration(study)?;
        let pairs = self.subjects.iter().zip(&study.samples);
        let panel = |(studied, samples): (&Studied, &Samples)| {
            Panel::new(studied.subject.what(), &studied.predicted.of_run, &samples.maximum)
        };
        draw(&pairs.map(panel).collect::<Result<Vec<_>>>()?)
    }

    fn observe(&self, place: usize, run: u64) -> Result<Sample> {
        let studied = self.subjects.get(place).ok_or_else(|| Error::internal("no such subject"))?;
        let errors = studied.subject.observe(&mut generator(self.seed, place, run))?;
        Ok(Sample::of(&errors, &studied.predicted.slot_quantiles))
    }

    /// Refuses a study of another configuration, one that no study wrote, and one that this program would not make: the first
    /// run of each subject is made again and must come out the same, figure by figure.
    fn check(&self, study: &NoiseStudy) -> Result<()> {
        self.check_configuration(study)?;
        study.samples.par_iter().enumerate().try_for_each(|(place, samples)| match samples.first() {
            Some((run, sample)) if self.observe(place, run)? != sample => Err(Error::input(format!(
                "run {run} of {} comes out differently now: the study was made by another version of this program, or changed; \
                 begin a new one",
                samples.what
            ))),
            _ => Ok(()),
        })
    }

    fn check_configuration(&self, study: &NoiseStudy) -> Result<()> {
        if study.recipe != RECIPE {
            let found = study.recipe;
            return Err(Error::input(format!(
                "field 'recipe': expected {RECIPE}, found {found}: this version draws otherwise; begin a new study"
            )));
        }
        if study.seed != self.seed || study.runs > self.runs {
            return Err(Error::input(format!(
                "a study of {} runs from seed {}, expected at most {} runs from seed {}",
                study.runs, study.seed, self.runs, self.seed
            )));
        }
        if !study.samples.iter().map(|samples| samples.what.clone()).eq(self.names()) {
            return Err(Error::input("field 'samples': other subjects than this version studies"));
        }
        study.samples.iter().try_for_each(|samples| samples.check(study.runs))
    }

    fn summarise(&self, study: &mut NoiseStudy) -> Result<()> {
        let made = study.samples.iter().map(|samples| samples.index.len() as u64).min();
        study.missing = self.runs - made.unwrap_or(0);
        let pairs = self.subjects.iter().zip(&study.samples).filter(|(_, samples)| !samples.index.is_empty());
        let row = |(Studied { subject, predicted }, samples): (&Studied, &Samples)| {
            StudyRow::new(subject.as_ref(), predicted, samples)
        };
        study.rows = pairs.map(row).collect::<Result<_>>()?;
        Ok(())
    }
}

fn unknown(name: &str, names: &[String]) -> Error {
    let likeness = |known: &&String| strsim::jaro_winkler(known, name);
    let nearest = names.iter().max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
    let suggestion = nearest.filter(|known| likeness(known) > LEAST_LIKENESS);
    let suggestion = suggestion.map(|known| format!(" (did you mean '{known}'?)")).unwrap_or_default();
    let all = names.join("', '");
    Error::input(format!("--only: unknown subject '{name}'{suggestion}: expected one of '{all}'"))
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
    let most = studies.iter().max_by_key(|study| study.runs);
    let most = most.ok_or_else(|| Error::input("expected at least one study, found none"))?;
    let study = Study::new(most.runs, most.seed, most.circuits)?;
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
