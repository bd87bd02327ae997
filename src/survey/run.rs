//! Running a survey or a shard of one, and merging shards.

use super::document::{Level, Survey, SurveyRow, ValidatedBy};
use super::group::{Examined, Group};
use super::notes::notes;
use super::sharing::sharing;
use crate::attention::Scores;
use crate::encrypted::{Backend, backend};
use crate::error::{Error, Result};
use crate::plan::Spec;
use rayon::prelude::*;
use sha2::{Digest, Sha256};

/// Groups examined between two reports.
const BATCH: usize = 8;

/// A survey's configuration, its scores and its groups.
pub struct SurveyRun<'a> {
    empty: Survey,
    scores: &'a Scores,
    groups: Vec<Group>,
    backend: Option<Box<dyn Backend>>,
}

impl<'a> SurveyRun<'a> {
    /// The survey of the heads that `spec` chooses among `scores` (all where it names none).
    ///
    /// # Errors
    /// [`Error::Input`] for a layer or head that is not there, and for an unknown backend.
    pub fn new(spec: Spec, scores: &'a Scores, by: Level, validated_by: Option<ValidatedBy>) -> Result<Self> {
        let chosen = scores.select(spec.attention.layer, spec.attention.head)?;
        let backend = validated_by.as_ref().map(|by| backend(&by.backend)).transpose()?;
        let groups = Group::all(&chosen, by);
        let empty = Survey {
            spec,
            by,
            shape: scores.shape,
            scores_sha256: hash(scores, &chosen)?,
            validated_by,
            groups: groups.len() as u64,
            missing: groups.len() as u64,
            rows: Vec::new(),
            sharing: Vec::new(),
            notes: Vec::new(),
        };
        Ok(Self { empty, scores, groups, backend })
    }

    /// A survey with no group examined yet.
    pub fn begin(&self) -> Survey {
        self.empty.clone()
    }

    /// Examines the groups that `survey` lacks and whose index `is_mine` accepts. `report` is called with the survey so far and how
    /// many groups are still to be examined; an error that it returns ends the survey.
    ///
    /// # Errors
    /// [`Error::Input`] for a survey of another configuration; those of `report` and of the backend.
    pub fn advance(
        &self,
        survey: &mut Survey,
        is_mine: impl Fn(u64) -> bool,
        report: &mut dyn FnMut(&Survey, usize) -> Result<()>,
    ) -> Result<()> {
        same_configuration(&self.empty, survey)?;
        if survey.rows.iter().any(|row| !self.groups.iter().any(|group| group.is_of(row))) {
            return Err(Error::input("field 'rows': a group that this survey does not have"));
        }
        let (spec, scores) = (&self.empty.spec, self.scores);
        let lacking = |group: &Group| !survey.rows.iter().any(|row| group.is_of(row));
        let mine = self.groups.iter().enumerate().filter(|(index, _)| is_mine(*index as u64)).map(|(_, group)| *group);
        let groups: Vec<Group> = mine.filter(lacking).collect();
        let mut left = groups.len();
        for batch in groups.chunks(BATCH) {
            let examine = |group: &Group| group.examine(spec, scores).map_err(|e| e.at(group.name()));
            let examined: Vec<Examined> = batch.par_iter().map(examine).collect::<Result<_>>()?;
            // One at a time: the keys of one plan may fill the memory of a small machine.
            for (group, examined) in batch.iter().zip(examined) {
                survey.rows.push(self.validated(*group, examined).map_err(|e| e.at(group.name()))?);
            }
            left -= batch.len();
            summarise(survey);
            report(survey, left)?;
        }
        summarise(survey);
        Ok(())
    }

    fn validated(&self, group: Group, examined: Examined) -> Result<SurveyRow> {
        match (&self.backend, &self.empty.validated_by) {
            (Some(backend), Some(by)) if group.level == self.empty.by => examined.validated(backend.as_ref(), by.seed),
            _ => Ok(examined.row),
        }
    }
}

/// Puts the groups of several shards of one survey together.
///
/// # Errors
/// [`Error::Input`] for no survey, surveys of different configurations, or groups that differ between them.
pub fn merge(surveys: &[Survey]) -> Result<Survey> {
    let first = surveys.first().ok_or_else(|| Error::input("expected at least one survey, found none"))?;
    let mut merged = Survey { rows: Vec::new(), ..first.clone() };
    for survey in surveys {
        same_configuration(first, survey)?;
        for row in &survey.rows {
            insert(&mut merged.rows, row)?;
        }
    }
    summarise(&mut merged);
    Ok(merged)
}

fn insert(rows: &mut Vec<SurveyRow>, row: &SurveyRow) -> Result<()> {
    let group = Group { level: row.level, layer: row.layer, head: row.head };
    let timeless = |row: &SurveyRow| {
        let mut row = SurveyRow { seconds: 0.0, ..row.clone() };
        row.validation.iter_mut().for_each(|run| run.seconds = 0.0);
        row
    };
    match rows.iter().find(|known| group.is_of(known)) {
        Some(known) if timeless(known) == timeless(row) => Ok(()),
        Some(_) => Err(Error::input(format!("{} differs between the surveys", group.name()))),
        None => {
            rows.push(row.clone());
            Ok(())
        }
    }
}

/// Puts the rows in order and brings everything that follows from them up to date.
fn summarise(survey: &mut Survey) {
    survey.rows.sort_by_key(|row| (row.level, row.layer, row.head));
    survey.missing = survey.groups.saturating_sub(survey.rows.len() as u64);
    survey.sharing = sharing(survey);
    survey.notes = notes(survey);
}

fn same_configuration(expected: &Survey, found: &Survey) -> Result<()> {
    let differs = |what: &str| Err(Error::input(format!("a survey of {what}: name another file, or remove it")));
    if found.spec != expected.spec {
        return differs("another specification");
    }
    if found.by != expected.by {
        return differs(&format!("each {}, expected each {}", found.by.name(), expected.by.name()));
    }
    if (found.shape, &found.scores_sha256, found.groups) != (expected.shape, &expected.scores_sha256, expected.groups) {
        return differs("other scores");
    }
    if found.validated_by != expected.validated_by {
        return differs("plans that other backends or seeds validate");
    }
    Ok(())
}

fn hash(scores: &Scores, chosen: &[(usize, usize)]) -> Result<String> {
    let mut hash = Sha256::new();
    for &(layer, head) in chosen {
        for x in scores.head(layer, head)?.rows().flatten() {
            hash.update(x.to_le_bytes());
        }
    }
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}
