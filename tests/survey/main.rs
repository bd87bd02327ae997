//! A whole model in one run: shards, merging, resuming, rows without a plan, and what sharing costs.

#![allow(clippy::unwrap_used, clippy::panic)] // a test fails by panicking

mod checked;

use assert_cmd::Command;
use polyattn::attention::EpsilonForm;
use polyattn::attention::{Scores, calibrate};
use polyattn::document::{Document, read_json};
use polyattn::plan::{EpsilonChoice, OneOrMany, Spec, SpecSource, chebyshev_error, plan};
use polyattn::real::Exact;
use polyattn::survey::{Level, PlanRow, Survey, TrainingGoal, TrainingGoals};
use rug::{Float, Rational};
use std::fs;
use std::path::Path;

/// Two layers of two heads of eight keys; the last head's scores are a hundred times as large in one row as in the others.
fn scores(folder: &Path) -> Scores {
    let score = |i: usize| {
        let wild = if (192..200).contains(&i) { 100.0 } else { 1.0 };
        f64::from((i as u32 * 2_654_435_761) >> 12) / f64::from(1u32 << 20) * wild - 0.25
    };
    let values: Vec<f64> = (0..256).map(score).collect();
    let file = fs::File::create(folder.join("scores.npy")).unwrap();
    write_npy(file, &[2, 2, 8, 8], &values);
    Scores::new([2, 2, 8, 8], values).unwrap()
}

fn write_npy(file: fs::File, shape: &[u64], values: &[f64]) {
    use npyz::WriterBuilder;
    let mut writer = npyz::WriteOptions::new().default_dtype().shape(shape).writer(file).begin_nd().unwrap();
    writer.extend(values.iter().copied()).unwrap();
    writer.finish().unwrap();
}

const SPEC: &str = r#"
[attention]
p = [2, 4]
length = 8
scores = "scores.npy"
epsilon = { form = "unit", value = ["2^-4", "2^-8"] }
[target]
max_error = "2^-8"
max_mass_lost = "0.2"
[ckks]
max_log_n = 14
scale_bits = 40
"#;

fn survey(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let mut command = Command::cargo_bin("polyattn").unwrap();
    let output = command.current_dir(folder).arg("survey").args(arguments).output().unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
}

fn made(folder: &Path, arguments: &[&str]) {
    let (code, stderr) = survey(folder, arguments);
    assert_eq!(code, 0, "{stderr}");
}

fn refused(folder: &Path, arguments: &[&str], parts: &[&str]) {
    let (code, stderr) = survey(folder, arguments);
    assert_eq!(code, 2, "{stderr}");
    assert!(parts.iter().all(|part| stderr.contains(part)), "{stderr}");
}

fn body(folder: &Path, file: &str) -> Survey {
    Document::from_value(read_json(&folder.join(file)).unwrap()).unwrap().body
}

/// A survey without its times.
fn timeless(mut survey: Survey) -> Survey {
    for row in &mut survey.rows {
        row.seconds = 0.0;
        row.validation.iter_mut().for_each(|run| run.seconds = 0.0);
    }
    survey
}

#[test]
fn shards_merge_into_the_survey_that_one_machine_makes() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let scores = scores(folder);
    fs::write(folder.join("spec.toml"), SPEC).unwrap();
    made(folder, &["spec.toml", "-o", "whole.json", "--plot", "plot.svg", "--table", "table.md"]);
    for (shard, file, missing) in [("1/2", "one.json", 3), ("2/2", "two.json", 4)] {
        made(folder, &["spec.toml", "--shard", shard, "-o", file]);
        assert_eq!(body(folder, file).missing, missing);
    }
    made(folder, &["merge", "two.json", "one.json", "-o", "merged.json"]);
    let whole = timeless(body(folder, "whole.json"));
    assert_eq!(timeless(body(folder, "merged.json")), whole);
    // A survey that has some of its groups is continued; one that has all of them is left as it is.
    made(folder, &["spec.toml", "-o", "two.json"]);
    assert_eq!(timeless(body(folder, "two.json")), whole);
    let before = fs::read_to_string(folder.join("whole.json")).unwrap();
    made(folder, &["spec.toml", "-o", "whole.json"]);
    assert_eq!(fs::read_to_string(folder.join("whole.json")).unwrap(), before);
    let plot = fs::read_to_string(folder.join("plot.svg")).unwrap();
    assert!(plot.starts_with("<svg") && plot.contains("depth of the best plan") && !plot.contains("NaN"));

    every_group_has_its_own_plan(&whole, &scores);
    sharing_is_the_difference_of_two_plans(&whole);
    misfits_are_refused(folder);
}

/// The plan of a head is the one that `plan` finds for it alone, and its means are those of `calibrate`.
fn every_group_has_its_own_plan(survey: &Survey, scores: &Scores) {
    let levels: Vec<Level> = survey.rows.iter().map(|row| row.level).collect();
    assert_eq!(levels, [[Level::Head; 4].as_slice(), &[Level::Layer; 2], &[Level::Model]].concat());
    for row in &survey.rows {
        let mut spec = Spec::from_toml(SPEC).unwrap();
        (spec.attention.layer, spec.attention.head) = (row.layer, row.head);
        match plan(&SpecSource::new(spec, Some(scores)).unwrap()) {
            Ok(alone) => assert_eq!(row.chosen, Some(PlanRow::from(&alone.chosen))),
            Err(error) => assert_eq!(row.reason, Some(error.to_string())),
        }
        if row.level == Level::Head {
            let calibration = calibrate("", scores, row.layer, row.head, &[2, 4]).unwrap();
            let [head] = calibration.heads.as_slice() else { panic!("one head") };
            assert_eq!((row.rows, &row.score_bound), (8, &head.score_bound));
            for (power, expected) in row.powers.iter().zip(&head.powers) {
                assert_eq!((power.p, power.means.log2_low), (expected.p, expected.log2_low));
                for epsilon in &power.epsilons {
                    let (e, m) = (epsilon.unit.0.to_f64(), expected.log2_smallest.unwrap().exp2());
                    assert!((epsilon.mass_lost.most - e / (e + m)).abs() < 1e-12);
                    assert!((epsilon.log2_kappa - ((1.0 + e) / e).log2()).abs() < 1e-9);
                }
            }
        }
    }
    let without: Vec<_> = survey.rows.iter().filter(|row| row.chosen.is_none()).collect();
    assert!(!without.is_empty() && without.len() < survey.rows.len(), "a head without a plan is a row like the others");
    assert!(without.iter().all(|row| row.reason.as_ref().unwrap().contains("ε takes")));
}

fn sharing_is_the_difference_of_two_plans(survey: &Survey) {
    assert!(!survey.sharing.is_empty());
    for sharing in &survey.sharing {
        let own = survey.rows.iter().find(|r| (r.level, r.layer, r.head) == (Level::Head, sharing.layer, sharing.head));
        let shared =
            survey.rows.iter().find(|r| r.level == sharing.with && (r.layer.is_none() || r.layer == sharing.layer));
        let (own, shared) = (own.unwrap().chosen.as_ref().unwrap(), shared.unwrap().chosen.as_ref().unwrap());
        assert_eq!(sharing.extra_depth, i64::from(shared.depth) - i64::from(own.depth));
        assert_eq!(sharing.extra_log_n, i64::from(shared.log_n) - i64::from(own.log_n));
    }
}

fn misfits_are_refused(folder: &Path) {
    refused(folder, &["spec.toml", "--by", "layer", "-o", "whole.json"], &["whole.json", "each head", "each layer"]);
    refused(folder, &["spec.toml", "--validate", "-o", "whole.json"], &["whole.json", "validate"]);
    refused(folder, &["spec.toml", "--by", "row"], &["head, layer or model", "row"]);
    refused(folder, &["spec.toml", "--shard", "3/2"], &["3/2", "I from 1 to N"]);
    fs::write(folder.join("other.toml"), SPEC.replace("2^-8\"\n", "2^-9\"\n")).unwrap();
    refused(folder, &["other.toml", "-o", "whole.json"], &["whole.json", "another specification"]);
    let none = SPEC.replace("scores = \"scores.npy\"", "score_bound = 4").replace("max_mass_lost = \"0.2\"", "");
    fs::write(folder.join("none.toml"), none).unwrap();
    refused(folder, &["none.toml"], &["none.toml", "attention.scores", "--scores"]);
    let mut value = read_json(&folder.join("one.json")).unwrap();
    value["rows"][0]["rows"] = 9.into();
    fs::write(folder.join("other.json"), value.to_string()).unwrap();
    refused(folder, &["merge", "one.json", "other.json", "-o", "-"], &["layer 0, head 0 differs"]);
    value["rows"][0]["head"] = 7.into();
    fs::write(folder.join("other.json"), value.to_string()).unwrap();
    refused(folder, &["spec.toml", "-o", "other.json"], &["other.json", "'rows'"]);
}

/// Chosen heads only, their plans run; what runs nothing on ciphertexts says so.
#[test]
fn plans_are_run_on_their_own_rows() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    scores(folder);
    let chosen = SPEC.replace("length = 8", "length = 8\nlayer = 0");
    fs::write(folder.join("spec.toml"), chosen).unwrap();
    let given = folder.join("scores.npy").display().to_string();
    let run = ["--scores", &given, "--validate", "--backend", "exact", "-o", "run.json", "--table", "table.md"];
    made(folder, &[["spec.toml"].as_slice(), &run].concat());
    assert!(!fs::read_to_string(folder.join("run.json")).unwrap().contains(&given), "only the file's name is kept");
    let survey = body(folder, "run.json");
    let levels: Vec<Level> = survey.rows.iter().map(|row| row.level).collect();
    assert_eq!(levels, [Level::Head, Level::Head, Level::Layer], "one layer is no model beside itself");
    for row in &survey.rows {
        assert_eq!(row.validation.is_some(), row.level == Level::Head);
        if let Some(run) = &row.validation {
            assert_eq!((run.slots_checked, run.order_violations, run.violations.len()), (64, 0, 0));
            assert!(run.slack_bits > 0.0 && run.observed_max > 0.0 && run.caveat.is_some());
        }
    }
    assert!(fs::read_to_string(folder.join("table.md")).unwrap().contains("NOT ON CIPHERTEXTS"));
    refused(folder, &["spec.toml", "--validate", "--backend", "none"], &["none"]);
}

const BUDGET: &str = r#"
[attention]
p = [2, 4]
length = 32
score_bound = 8
epsilon = { form = "mean", value = "1e-3" }
[target]
max_error = "2^-9"
[ckks]
max_log_n = 15
"#;

/// The specification that a goal answers with, its κ enlarged by `factor`.
fn answered(spec: &Spec, goal: &TrainingGoal, factor: f64) -> SpecSource {
    let mut spec = spec.clone();
    let unit = goal.epsilon.unit.as_ref().unwrap().0.clone();
    // a = m_min + ε carries κ; whichever was free takes the change.
    let a = (Rational::from(&unit + &goal.smallest_mean.0)) / Rational::from_f64(factor).unwrap();
    let (unit, smallest) = if goal.free == "epsilon" { (a, Rational::new()) } else { (unit.clone(), a - unit) };
    spec.attention.p = OneOrMany::One(goal.p);
    spec.attention.epsilon = Some(EpsilonChoice { form: EpsilonForm::Unit, value: OneOrMany::One(Exact(unit)) });
    spec.attention.smallest_mean = Exact(smallest);
    SpecSource::new(spec, None).unwrap()
}

/// Fed back into `plan`, an answer meets the target within the budget, and one with 1 % more κ does not.
#[test]
fn a_budget_is_used_up_and_kept() {
    for (spec, levels, bound_by) in [(BUDGET.to_string(), 9, "approximation"), (noisy(), 11, "noise")] {
        let spec = Spec::from_toml(&spec).unwrap();
        let found = TrainingGoals::find(spec.clone(), None, levels).unwrap();
        assert_eq!(found.goals.len(), 2 * spec.attention.p.as_slice().len());
        for goal in &found.goals {
            let planned = plan(&answered(&spec, goal, 1.0)).unwrap();
            assert!(planned.chosen.depth <= levels && planned.chosen.error.total <= spec.target.max_error);
            let row = goal.plan.as_ref().unwrap();
            assert_eq!((row.depth, &row.total), (planned.chosen.depth, &planned.chosen.error.total));
            assert!(goal.binds.contains(bound_by), "{}", goal.binds);
            let beyond = plan(&answered(&spec, goal, 1.01));
            assert!(beyond.is_err() || beyond.unwrap().chosen.depth > levels, "p = {}: 1 % more κ is met too", goal.p);
        }
    }
}

/// A scale so small that its noise keeps κ from what the approximation allows.
fn noisy() -> String {
    BUDGET.replace("max_log_n = 15", "max_log_n = 15\nscale_bits = 40").replace("2^-9", "2^-12").replace("[2, 4]", "4")
}

/// Without noise worth the name, κ is that of the closed form 1/T_{2^k}((κ + 1)/(κ − 1)) at the relative target, and the largest
/// R follows from it.
#[test]
fn a_budget_without_noise_is_the_closed_form() {
    let spec = BUDGET.replace("max_error = \"2^-9\"", "max_error = \"1/100\"\nrelative_error = \"2^-10\"");
    let spec = Spec::from_toml(&spec).unwrap();
    let found = TrainingGoals::find(spec.clone(), None, 9).unwrap();
    for goal in &found.goals {
        let doublings = if goal.p == 2 { 8 } else { 7 };
        // μ = cosh(arcosh(2^10)/2^k), κ = (μ + 1)/(μ − 1).
        let mu = ((1024f64).acosh() / f64::from(doublings as u32).exp2()).cosh();
        let expected = ((mu + 1.0) / (mu - 1.0)).log2();
        let row = goal.plan.as_ref().unwrap();
        assert!((goal.log2_kappa_without_noise.unwrap() - expected).abs() < 1e-5);
        assert!(row.log2_kappa <= expected && row.log2_kappa > expected - 0.01, "{} {expected}", row.log2_kappa);
        let (a, b) = (Rational::from(1), Rational::from_f64(row.log2_kappa.exp2()).unwrap());
        assert!(chebyshev_error(&a, &b, &Float::with_val(128, 1u32 << doublings)) < f64::from(-10).exp2());
        if let Some(bound) = &goal.score_bound_alone {
            let epsilon = 1e-3 / bound.0.to_f64().powi(goal.p as i32);
            assert!((((1.0 + epsilon) / epsilon).log2() - row.log2_kappa).abs() < 1e-6);
        } else {
            assert!(goal.free == "epsilon" || goal.smallest_mean.0 == 0);
        }
    }
    assert!(found.goals.iter().any(|goal| goal.score_bound_alone.is_some()));
}

/// A head whose largest |score| falls by the factor, while its low rows stay, has what the goal asks for.
#[test]
fn heads_are_told_how_far_to_fall() {
    let folder = tempfile::tempdir().unwrap();
    let scores = scores(folder.path());
    let spec = SPEC.replace("2^-8\"]", "2^-7\"]").replace("max_log_n = 14\nscale_bits = 40", "max_log_n = 14");
    let found = TrainingGoals::find(Spec::from_toml(&spec).unwrap(), Some(&scores), 6).unwrap();
    let mut fell = 0;
    for goal in &found.goals {
        assert_eq!(goal.heads.len(), 4);
        for head in &goal.heads {
            let (shrink, p) = (head.shrink.unwrap(), f64::from(goal.p));
            let gain = shrink.powf(p);
            let (smallest, low) = (head.log2_smallest.unwrap().exp2() * gain, head.log2_low.unwrap().exp2() * gain);
            let epsilon = goal.epsilon.unit.as_ref().unwrap().0.to_f64();
            let tight = [smallest / goal.smallest_mean.0.to_f64(), low / (4.0 * epsilon)];
            assert!(tight.iter().all(|slack| *slack > 1.0 - 1e-9), "{tight:?}");
            if shrink > 1.0 {
                fell += 1;
                assert!(tight.iter().any(|slack| (slack - 1.0).abs() < 1e-9), "no further than it must: {tight:?}");
            }
        }
    }
    assert!(fell > 0);
}

#[test]
fn a_budget_that_is_none_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("spec.toml"), BUDGET).unwrap();
    let train = |levels: &str| {
        let mut command = Command::cargo_bin("polyattn").unwrap();
        let output =
            command.current_dir(folder.path()).args(["train", "spec.toml", "--levels", levels]).output().unwrap();
        (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    for (levels, code, parts) in
        [("0", 2, ["--levels", "1 to 64"]), ("1", 3, ["p = 2 takes 1", "--levels 2"]), ("9x", 2, ["--levels", "9x"])]
    {
        let (found, stderr) = train(levels);
        assert_eq!(found, code, "{stderr}");
        assert!(parts.iter().all(|part| stderr.contains(part)), "{stderr}");
    }
}

/// The table of all heads in the documentation is that of the survey beside it: every head has a plan, and every plan held on
/// ciphertexts.
#[test]
fn the_shipped_survey_of_heads_holds() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let survey = body(&docs, "heads.json");
    assert_eq!(fs::read_to_string(docs.join("heads.md")).unwrap(), survey.markdown());
    assert_eq!(fs::read_to_string(docs.join("heads.svg")).unwrap(), survey.figure().unwrap());
    let text = fs::read_to_string(docs.join("../examples/heads.toml")).unwrap();
    let mut spec = Spec::from_toml(&text).unwrap();
    spec.attention.scores.clone_from(&survey.spec.attention.scores);
    assert_eq!((survey.by, survey.missing, &survey.spec), (Level::Head, 0, &spec));
    let heads: Vec<_> = survey.rows.iter().filter(|row| row.level == Level::Head).collect();
    assert_eq!(heads.len(), 72);
    for row in heads {
        let (plan, run) = (row.chosen.as_ref().unwrap(), row.validation.as_ref().unwrap());
        assert!(run.caveat.is_none() && run.violations.is_empty() && run.order_violations == 0);
        assert!(run.observed_max <= plan.total.to_f64() && plan.log_n <= 16 && run.slots_checked == 128 * 128);
        assert!(plan.mass_lost_low.as_ref().unwrap().to_f64() <= 0.05 && row.rows_above_bound == 0);
    }
}
