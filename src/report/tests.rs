//! What every report must hold to, whatever the plan.

use super::*;
use crate::attention::{Scores, calibrate};
use crate::encrypted::{ScoresUsed, StageRecord, ValidationSeconds};
use crate::plan::{Spec, SpecSource, plan};
use std::sync::OnceLock;

const HOSTILE: &str = "<script>alert(1)</script>\" onload='x' & \u{202e}| `";

fn planned() -> &'static Document<PlanDocument> {
    static PLAN: OnceLock<Document<PlanDocument>> = OnceLock::new();
    PLAN.get_or_init(|| {
        let text = "[attention]\np = [2, 4]\nlength = [4, 8]\nscore_bound = \"4\"\n\
                    epsilon = { form = \"sum\", value = [\"1\", \"2\"] }\n[target]\nmax_error = \"2^-6\"\n\
                    [ckks]\nscale_bits = [45, 50]\n";
        let source = SpecSource::new(Spec::from_toml(text).unwrap(), None).unwrap();
        Document::new(plan(&source).unwrap(), Provenance::new(&text, None))
    })
}

/// A run with half the bound everywhere.
fn run() -> Document<Validation> {
    let plan = &planned().body;
    let chosen = &plan.chosen;
    let half = |bound: &crate::real::Exact| bound.to_f64() / 2.0;
    let stage = |s: &crate::plan::Stage| StageRecord {
        name: s.name.clone(),
        level: 1,
        observed_max: half(&s.bound),
        observed_mean: half(&s.bound) / 8.0,
        predicted_mean: half(&s.bound) / 8.0,
        bound: s.bound.clone(),
    };
    let body = Validation {
        plan_sha256: plan.sha256(),
        backend: "ckks".into(),
        parameters: chosen.ckks.clone(),
        seed: Some(7),
        generator: "ChaCha20 from the seed".into(),
        substitution: None,
        refreshed: 0,
        scores: ScoresUsed {
            file: HOSTILE.into(),
            layer: Some(3),
            head: None,
            rows: 16,
            rows_below: 0,
            lengths: vec![4, 8],
        },
        slots_checked: 96,
        observed_max: half(&chosen.error.total),
        observed_mean_bits: 17.25,
        approximation_max: half(&chosen.error.approximation),
        encryption_max: half(&chosen.error.noise.rigorous),
        encryption_mean: half(&chosen.error.noise.predicted),
        bound: chosen.error.total.clone(),
        slack_bits: 1.0,
        verdict: "within bound".into(),
        order_violations: 0,
        stages: chosen.stages.iter().map(stage).collect(),
        key_aware: None,
        powers: None,
        seconds: ValidationSeconds { keys: 0.5, evaluate: 1.5 },
    };
    Document::new(body, Provenance::new(&(), Some(7)))
}

fn calibrated() -> Document<Calibration> {
    let values = (0..64).map(|i| f64::from(i) / 16.0 - 2.0).collect();
    let scores = Scores::new([1, 2, 4, 8], values).unwrap();
    Document::new(calibrate(HOSTILE, &scores, None, None, &[2, 4, 8]).unwrap(), Provenance::new(&(), None))
}

fn made(validations: &[Document<Validation>]) -> (String, String, String, Report) {
    let calibration = calibrated();
    let input = ReportInput { plan: planned(), validations, calibration: Some(&calibration) };
    (html(&input).unwrap(), markdown(&input).unwrap(), json(&input).unwrap(), report(&input).unwrap())
}

/// Every tag closed in order, every attribute quoted, nothing left over.
fn assert_well_formed(html: &str) {
    let mut open: Vec<String> = Vec::new();
    for piece in html.split('<').skip(1) {
        let (tag, _) = piece.split_once('>').unwrap_or_else(|| panic!("'<{piece}' has no '>'"));
        assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
        let name: String = tag.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '/').collect();
        match name.strip_prefix('/') {
            Some(name) => assert_eq!(open.pop().as_deref(), Some(name), "</{name}>"),
            None if tag.ends_with('/') || tag.starts_with('!') || name == "meta" => {}
            None => open.push(name),
        }
    }
    assert!(open.is_empty(), "{open:?}");
}

#[test]
fn html_is_one_inert_well_formed_file() {
    let (html, ..) = made(&[run()]);
    assert_well_formed(&html);
    for forbidden in ["http://", "https://", "<script", "onload='", "src=", "@import", "url(", "\u{202e}"] {
        assert!(!html.contains(forbidden), "{forbidden}");
    }
    assert!(html.contains("&lt;script&gt;alert(1)"));
}

#[test]
fn figures_have_words_and_only_numbers() {
    let (html, _, json, report) = made(&[run()]);
    let figures: Vec<&str> = html.split("<svg").skip(1).filter_map(|rest| rest.split("</svg>").next()).collect();
    assert_eq!(figures.len(), 6);
    for figure in figures {
        assert!(figure.contains("role=\"img\"") && figure.contains("<title ") && figure.contains("<desc "));
        let drawing = figure.split("</desc>").nth(1).unwrap();
        assert!(!drawing.contains("NaN") && !drawing.contains("inf"), "{drawing}");
        assert!(!drawing.contains("=\"#"), "a colour that does not follow the theme: {drawing}");
    }
    for figure in report.sections.iter().flat_map(|s| &s.blocks).filter_map(|block| match block {
        Block::Figure(figure) => Some(figure),
        _ => None,
    }) {
        assert!(!figure.description.is_empty() && !figure.legend.is_empty());
        if let Plot::Band(band) = &figure.plot {
            let outside = |[_, least, most]: &[f64; 3]| least.abs().max(most.abs()) > band.unit * (1.0 + 1e-9);
            assert!(!band.columns.iter().any(outside), "the error leaves its certified bound");
        }
    }
    assert!(!json.contains("null,\n          null"));
}

#[test]
fn the_three_forms_say_the_same() {
    let (html, markdown, json, report) = made(&[run()]);
    let read = Document::<Report>::from_value(serde_json::from_str(&json).unwrap()).unwrap();
    assert_eq!(read.body, report);
    let mut texts: Vec<&String> = report.answer.iter().flat_map(|fact| [&fact.name, &fact.value, &fact.note]).collect();
    for block in report.sections.iter().flat_map(|section| &section.blocks) {
        match block {
            Block::Table(table) | Block::Folded(table) => texts.extend(table.rows.iter().flatten()),
            Block::Text(words) => texts.push(words),
            Block::List(points) => texts.extend(points),
            Block::Figure(figure) => texts.push(&figure.description),
            Block::Code { .. } => {}
        }
    }
    assert!(texts.len() > 300);
    for words in texts {
        assert!(html.contains(&text::html(words)), "HTML lacks {words}");
        assert!(markdown.contains(&text::markdown(words)), "Markdown lacks {words}");
    }
}

#[test]
fn a_plan_without_a_run_says_so() {
    let (html, markdown, json, report) = made(&[]);
    assert_eq!(report.verdict, Verdict::NotValidated);
    assert!(html.contains("NOT VALIDATED") && markdown.contains("NOT VALIDATED"));
    assert!(json.contains("\"verdict\": \"not validated\""));
    assert!(report.answer.iter().any(|f| f.value == "none: not validated"));
}

#[test]
fn a_run_of_another_plan_counts_for_nothing() {
    let mut stranger = run();
    stranger.body.plan_sha256 = "0123".into();
    let (html, .., report) = made(&[stranger]);
    assert_eq!(report.verdict, Verdict::NotValidated);
    assert!(report.warnings.iter().any(|w| w.contains("another plan") && w.contains("0123")));
    assert!(html.contains("another plan"));
}

#[test]
fn a_run_of_anything_but_the_circuit_on_ciphertexts_counts_for_nothing() {
    for (backend, caveat) in [
        ("exact", "NOT ON CIPHERTEXTS: exact arithmetic"),
        ("simulated", "NOT ON CIPHERTEXTS: simulated noise"),
        ("bfv", "NOT THIS CIRCUIT: powers of quantised scores by BFV, division in the clear"),
        ("unheard-of", "NOT ON CIPHERTEXTS: unknown backend"),
    ] {
        let mut plain = run();
        plain.body.backend = backend.into();
        let (html, markdown, _, report) = made(&[plain]);
        assert_eq!(report.verdict, Verdict::NotValidated, "{backend}");
        for text in [&html, &markdown] {
            assert!(text.contains("NOT VALIDATED") && text.contains(caveat), "{backend}");
        }
    }
}

#[test]
fn a_measurement_outside_its_bound_is_loud_whatever_its_verdict_says() {
    let good = run();
    assert_eq!(made(std::slice::from_ref(&good)).3.verdict, Verdict::Validated);
    let breaks: [fn(&mut Validation); 5] = [
        |v| v.observed_max *= 3.0,
        |v| v.observed_max = f64::NAN,
        |v| v.stages[1].observed_max *= 3.0,
        |v| v.verdict = "outside bound".into(),
        |v| v.order_violations = 1,
    ];
    for break_it in breaks {
        let mut bad = run();
        break_it(&mut bad.body);
        let (html, markdown, _, report) = made(&[good.clone(), bad]);
        assert_eq!(report.verdict, Verdict::OutsideBound);
        assert!(!report.warnings.is_empty());
        assert!(html.contains("OUTSIDE BOUND") && markdown.contains("OUTSIDE BOUND"));
        assert!(!html.contains("✔"));
        assert_well_formed(&html);
    }
}

#[test]
fn the_record_in_the_plan_counts_once() {
    let mut document = planned().clone();
    let validation = run();
    document.body.chosen.validation = Some(serde_json::to_value(&validation).unwrap());
    let of = |validations: &[Document<Validation>]| {
        report(&ReportInput { plan: &document, validations, calibration: None }).unwrap()
    };
    assert_eq!(of(&[]).verdict, Verdict::Validated);
    assert_eq!(of(&[]).statement, of(&[validation]).statement);
}

#[test]
fn the_specification_is_there_to_be_run_again() {
    let (.., report) = made(&[]);
    let spec = report.sections.iter().flat_map(|s| &s.blocks).find_map(|block| match block {
        Block::Code { text, .. } => Some(text.clone()),
        _ => None,
    });
    assert_eq!(Spec::from_toml(&spec.unwrap()).unwrap(), planned().body.spec);
}
