//! What every report must hold to, whatever the plan.

use super::*;
use crate::attention::{Scores, calibrate};
use crate::encrypted::{ScoresUsed, StageRecord, ValidationSeconds};
use crate::layer::{LayerPlan, LayerSpec, plan_layers};
use crate::plan::{Spec, SpecSource, plan};
use std::collections::HashSet;
use std::sync::OnceLock;

const HOSTILE: &str = "<script>alert(1)</script>\" onload='x' & \u{202e}| `";

fn planned_for(change: impl Fn(&str) -> String) -> Document<PlanDocument> {
    let text = "[attention]\np = [2, 4]\nlength = [4, 8]\nscore_bound = \"4\"\n\
                epsilon = { form = \"sum\", value = [\"1\", \"2\"] }\n[target]\nmax_error = \"2^-6\"\n\
                [ckks]\nscale_bits = [45, 50]\n";
    let text = change(text);
    let source = SpecSource::new(Spec::from_toml(&text).unwrap(), None).unwrap();
    Document::new(plan(&source).unwrap(), Provenance::new(&text, None))
}

fn planned() -> &'static Document<PlanDocument> {
    static PLAN: OnceLock<Document<PlanDocument>> = OnceLock::new();
    PLAN.get_or_init(|| planned_for(str::to_string))
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

fn input<'a>(plan: &'a Document<PlanDocument>, validations: &'a [Document<Validation>]) -> ReportInput<'a> {
    ReportInput { plan, validations, calibration: None, comparison: None }
}

fn written(report: Document<Report>) -> (String, String, String, Report) {
    (html(&report).unwrap(), markdown(&report), report.to_json().unwrap(), report.body)
}

fn made(validations: &[Document<Validation>]) -> (String, String, String, Report) {
    let calibration = calibrated();
    written(report(&ReportInput { calibration: Some(&calibration), ..input(planned(), validations) }).unwrap())
}

/// Three plans of other specifications, one of them with a run.
fn several() -> Report {
    let others = [
        planned_for(|text| text.replace("[2, 4]", "4").replace("2^-6", "2^-9")),
        planned_for(|text| {
            text.replace("[2, 4]", "4").replace("[target]", "reciprocal = \"start-goldschmidt\"\n[target]")
        }),
    ];
    let runs = [run()];
    let named = |name: &str, input| (name.to_string(), input);
    let plans = [
        named(HOSTILE, input(planned(), &runs)),
        named("second", input(&others[0], &[])),
        named("third", input(&others[1], &[])),
    ];
    report_several(&plans).unwrap().body
}

fn layers() -> Document<LayerPlan> {
    let text = "[[layer]]\nname = \"<exp>\"\ntarget = \"exp\"\ninterval = [[\"-2\", \"0\"]]\nmax_error = \"2^-6\"\n\
                [[layer]]\nname = \"sign\"\ntarget = \"sign\"\ninterval = [[\"-1\", \"-1/4\"], [\"1/4\", \"1\"]]\nmax_error = \"2^-5\"\n";
    let spec = LayerSpec::from_toml(text, false).unwrap();
    Document::new(plan_layers(&spec, &|_| ()).unwrap(), Provenance::new(&text, None))
}

fn all_sections(report: &Report) -> impl Iterator<Item = &Section> {
    report.sections.iter().chain(report.chapters.iter().flat_map(|chapter| &chapter.sections))
}

fn all_figures(report: &Report) -> Vec<&Figure> {
    let blocks = all_sections(report).flat_map(|section| &section.blocks);
    blocks.filter_map(|block| if let Block::Figure(figure) = block { Some(figure) } else { None }).collect()
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

/// Loads nothing, runs nothing, and headings go down one step at a time.
fn assert_inert(html: &str) {
    assert_well_formed(html);
    for forbidden in ["http://", "https://", "<script", "onload='", "src=", "@import", "url(", "\u{202e}"] {
        assert!(!html.contains(forbidden), "{forbidden}");
    }
    let levels: Vec<u32> =
        html.split("<h").skip(1).filter_map(|rest| rest.chars().next().and_then(|c| c.to_digit(10))).collect();
    assert_eq!(levels.iter().filter(|level| **level == 1).count(), 1);
    assert!(levels.windows(2).all(|pair| pair[1] <= pair[0] + 1), "{levels:?}");
}

/// Every drawing has its words, follows the theme and holds only numbers; every mark of a figure is in its key, and no two series
/// have the same.
fn assert_figures(html: &str, report: &Report) {
    let drawn: Vec<&str> = html.split("<svg").skip(1).filter_map(|rest| rest.split("</svg>").next()).collect();
    let figures = all_figures(report);
    assert_eq!(drawn.len(), figures.len());
    for (figure, drawn) in figures.iter().zip(drawn) {
        let title = &figure.title;
        assert!(drawn.contains("role=\"img\"") && drawn.contains("<title ") && drawn.contains("<desc "));
        let drawing = drawn.split("</desc>").nth(1).unwrap();
        assert!(!drawing.contains("NaN") && !drawing.contains("inf"), "{title}: {drawing}");
        assert!(!drawing.contains("=\"#"), "{title}: a colour that does not follow the theme");
        assert!(!figure.description.is_empty() && !figure.legend.is_empty(), "{title}");
        let keyed: HashSet<char> = figure.legend.iter().map(|entry| entry.symbol.character()).collect();
        assert_eq!(keyed.len(), figure.legend.len(), "{title}: two meanings of one mark");
        let marks: Vec<Symbol> = match &figure.plot {
            Plot::Rows(plot) => plot.rows.iter().flat_map(|row| row.marks.iter().map(|(symbol, _)| *symbol)).collect(),
            Plot::Points(plot) => plot.series.iter().map(|series| series.symbol).collect(),
            Plot::Band(band) => {
                let outside = |[_, least, most]: &[f64; 3]| least.abs().max(most.abs()) > band.unit * (1.0 + 1e-9);
                assert!(!band.columns.iter().any(outside), "{title}: the error leaves its certified bound");
                vec![Symbol::Area, Symbol::Line]
            }
        };
        assert!(marks.iter().all(|mark| keyed.contains(&mark.character())), "{title}: a mark without a meaning");
        if let Plot::Points(plot) = &figure.plot {
            let distinct: HashSet<char> = marks.iter().map(|mark| mark.character()).collect();
            assert_eq!(distinct.len(), plot.series.len(), "{title}: two series with one mark");
        }
    }
}

/// HTML, Markdown and JSON hold the same.
fn assert_same((html, markdown, json, report): &(String, String, String, Report)) {
    let read = Document::<Report>::from_value(serde_json::from_str(json).unwrap()).unwrap();
    assert_eq!(read.body, *report);
    let of_fact = |fact: &'_ Fact| [fact.name.clone(), fact.value.clone(), fact.note.clone()];
    let mut texts: Vec<String> = report.answer.iter().flat_map(of_fact).collect();
    texts.extend([report.title.clone(), report.statement.clone(), report.verdict.shout().into()]);
    texts.extend(report.warnings.iter().chain(report.chapters.iter().map(|chapter| &chapter.title)).cloned());
    texts.extend(report.subjects.iter().flat_map(|subject| [subject.name.clone(), subject.sha256.clone()]));
    for section in all_sections(report) {
        texts.push(section.title.clone());
        for block in &section.blocks {
            match block {
                Block::Table(table) | Block::Folded(table) => {
                    texts.extend(table.rows.iter().flatten().chain(&table.columns).cloned());
                    texts.push(table.caption.clone());
                    assert!(table.rows.iter().all(|row| row.len() == table.columns.len()), "{}", table.caption);
                }
                Block::Text(words) => texts.push(words.clone()),
                Block::List(points) => texts.extend(points.iter().cloned()),
                Block::Facts(facts) => texts.extend(facts.iter().flat_map(of_fact)),
                Block::Figure(figure) => texts.push(figure.description.clone()),
                Block::Code { .. } => {}
            }
        }
    }
    assert!(texts.len() > 100);
    for words in &texts {
        assert!(html.contains(&text::html(words)), "HTML lacks {words}");
        assert!(markdown.contains(&text::markdown(words)), "Markdown lacks {words}");
    }
}

#[test]
fn every_report_is_inert_says_the_same_in_three_forms_and_has_words_for_its_figures() {
    let several = written(Document::new(several(), Provenance::new(&(), None)));
    for made in [made(&[run()]), made(&[]), several, written(report_layers(&layers()).unwrap())] {
        assert_inert(&made.0);
        assert_figures(&made.0, &made.3);
        assert_same(&made);
    }
    assert!(made(&[run()]).0.contains("&lt;script&gt;alert(1)"));
}

#[test]
fn several_plans_are_no_better_than_the_worst() {
    let report = several();
    assert_eq!(report.verdict, Verdict::NotValidated);
    assert!(report.statement.contains("validated A; not validated B, C"), "{}", report.statement);
    assert!(report.warnings.iter().any(|w| w.contains("not for the same task") && w.contains("target")));
    assert_eq!((report.answer.len(), report.chapters.len(), report.subjects.len()), (3, 3, 3));
    assert!(report.answer[0].note.contains("✔ VALIDATED") && report.answer[1].note.contains("⚠ NOT VALIDATED"));

    let mut bad = run();
    bad.body.observed_max *= 3.0;
    let (bad, other) = ([bad], planned_for(|text| text.replace("2^-6", "2^-9")));
    let plans = [("a".to_string(), input(planned(), &bad)), ("b".to_string(), input(&other, &[]))];
    let report = report_several(&plans).unwrap().body;
    assert_eq!(report.verdict, Verdict::OutsideBound);
    assert!(report.warnings.iter().any(|w| w.starts_with("A: ") && w.contains("outside the bound")));
}

#[test]
fn as_many_plans_as_there_are_marks_stand_side_by_side() {
    let plans = |count: usize| vec![("plan".to_string(), input(planned(), &[])); count];
    for count in [0, 1, Symbol::OF_SERIES.len() + 1] {
        let error = report_several(&plans(count)).unwrap_err();
        assert!(error.to_string().contains(&format!("found {count}")), "{error}");
    }
}

#[test]
fn a_layer_outside_its_bound_is_loud_and_a_strange_record_counts_for_nothing() {
    let mut document = layers();
    let verdict = |document: &Document<LayerPlan>| report_layers(document).unwrap().body.verdict;
    assert_eq!(verdict(&document), Verdict::NotValidated);
    let spec = document.body.spec.clone();
    for planned in &mut document.body.layers {
        let half = planned.error.total.to_f64() / 2.0;
        planned.validation = Some(crate::layer::LayerRun {
            layer_sha256: planned.sha256(&spec),
            backend: "ckks".into(),
            seed: Some(1),
            generator: "ChaCha20".into(),
            slots_checked: 4096,
            observed_max: half,
            observed_mean_bits: 20.0,
            approximation_max: half,
            encryption_max: 0.0,
            bound: planned.error.total.clone(),
            slack_bits: 1.0,
            noise_slack_bits: f64::INFINITY,
            verdict: "within bound".into(),
            seconds: crate::layer::LayerSeconds { keys: 0.1, evaluate: 0.1 },
        });
    }
    assert_eq!(verdict(&document), Verdict::Validated);
    let record = |document: &mut Document<LayerPlan>| document.body.layers[0].validation.clone().unwrap();
    let good = record(&mut document);
    for observed_max in [good.observed_max * 3.0, f64::NAN] {
        document.body.layers[0].validation = Some(crate::layer::LayerRun { observed_max, ..good.clone() });
        let report = report_layers(&document).unwrap();
        assert_eq!(report.body.verdict, Verdict::OutsideBound);
        assert!(html(&report).unwrap().contains("OUTSIDE BOUND"));
    }
    document.body.layers[0].validation = Some(crate::layer::LayerRun { layer_sha256: "0123".into(), ..good });
    let report = report_layers(&document).unwrap().body;
    assert_eq!(report.verdict, Verdict::NotValidated);
    assert!(report.warnings.iter().any(|w| w.contains("of another plan")));
}

/// WCAG's relative luminance.
fn luminance(colour: &str) -> f64 {
    let digits = colour.trim_start_matches('#');
    let wide: String = if digits.len() == 3 { digits.chars().flat_map(|c| [c, c]).collect() } else { digits.into() };
    let channel = |at: usize| {
        let value = f64::from(u8::from_str_radix(&wide[at..at + 2], 16).unwrap()) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * channel(0) + 0.7152 * channel(2) + 0.0722 * channel(4)
}

#[test]
fn every_theme_has_contrast() {
    let style = include_str!("style.css");
    let themes: Vec<&str> = style.split(":root {").skip(1).filter_map(|rest| rest.split('}').next()).collect();
    assert_eq!(themes.len(), 3);
    for theme in themes {
        let colour = |name: &str| {
            let value = theme.split(&format!("--{name}: ")).nth(1).unwrap_or_else(|| panic!("{name} in {theme}"));
            luminance(value.split(';').next().unwrap())
        };
        let contrast = |x: f64, y: f64| (x.max(y) + 0.05) / (x.min(y) + 0.05);
        for text in ["ink", "soft", "bound", "good", "open", "bad"] {
            for ground in ["paper", "panel"] {
                assert!(contrast(colour(text), colour(ground)) >= 4.5, "{text} on {ground}: {theme}");
            }
        }
        // Marks and bars are no text: 3 is what they need.
        for mark in ["measured", "bar"] {
            assert!(contrast(colour(mark), colour("paper")) >= 3.0, "{mark}: {theme}");
        }
    }
}

/// The folded table of a section whose caption begins so.
fn table<'a>(report: &'a Report, caption: &str) -> &'a Table {
    let tables = all_sections(report).flat_map(|section| &section.blocks).filter_map(|block| match block {
        Block::Table(table) | Block::Folded(table) => Some(table),
        _ => None,
    });
    tables.into_iter().find(|table| table.caption.starts_with(caption)).unwrap()
}

#[test]
fn the_mass_lost_grows_with_epsilon_and_is_the_plans_at_its_own() {
    let (.., report) = made(&[]);
    let rows = &table(&report, "The mass that another ε").rows;
    let stated = &table(&report, "Share of a row's mass").rows[0][1];
    let own = rows.iter().find(|row| row[0].starts_with('▶')).unwrap();
    assert_eq!(own[1], *stated);
    let depths: Vec<u32> = rows.iter().map(|row| row[3].parse().unwrap()).collect();
    assert!(depths.windows(2).all(|pair| pair[0] >= pair[1]), "a larger ε asks for no more depth: {depths:?}");
    let mass = all_figures(&report).into_iter().find(|figure| figure.title.contains("by ε")).unwrap();
    let Plot::Points(plot) = &mass.plot else { panic!("no points") };
    assert!(plot.series[0].points.windows(2).all(|pair| pair[0][0] < pair[1][0] && pair[0][1] < pair[1][1]));
}

#[test]
fn the_depth_by_power_is_that_of_the_plan_at_its_own() {
    let (.., report) = made(&[]);
    let chosen = &planned().body.chosen;
    let rows = &table(&report, "κ by power").rows;
    let own = rows.iter().find(|row| row[0] == chosen.p.to_string()).unwrap();
    assert_eq!(own[2], (answer::power_depth(chosen.p) + chosen.depth_lower_bound).to_string());
    assert_eq!(own[1], number::power_of_two(&chosen.kappa, number::Towards::Nearest));
}

#[test]
fn the_pareto_figure_has_every_plan_of_the_front() {
    let (.., report) = made(&[]);
    let front = all_figures(&report).into_iter().find(|figure| figure.title.starts_with("The Pareto front")).unwrap();
    let Plot::Points(plot) = &front.plot else { panic!("no points") };
    let points: usize = plot.series.iter().map(|series| series.points.len()).sum();
    assert_eq!(points, planned().body.pareto.len());
    assert_eq!(table(&report, "The Pareto front").rows.len(), points);
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
    let of = |validations: &[Document<Validation>]| report(&input(&document, validations)).unwrap().body;
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
