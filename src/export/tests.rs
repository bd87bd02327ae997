use super::points::{points, value};
use super::*;
use crate::fit::{FitRequest, Goal, Method, fit};
use crate::poly::table::{ErrorStatement, FitRecord, Form, Metric, TargetName};
use crate::poly::{Basis, Polynomial, Stage};
use crate::real::{Exact, parse_exact};
use rug::Rational;

fn exact(text: &str) -> Exact {
    Exact(parse_exact(text).unwrap())
}

fn chebyshev(coefficients: &[&str]) -> Table {
    let coefficients = coefficients.iter().map(|c| exact(c).0).collect();
    let form = Form::polynomial(Basis::Chebyshev, coefficients, 80).unwrap();
    Table {
        degree: form.degree(),
        evaluation: form.evaluation(),
        form,
        target: TargetName { name: "reciprocal".into(), epsilon: exact("0") },
        intervals: vec![[exact("-1/2"), exact("3/7")]],
        error: ErrorStatement {
            metric: Metric::Absolute,
            estimated: exact("0.1"),
            certified_upper: None,
            certified_lower: None,
        },
        positive: None,
        monotone: None,
        fit: FitRecord {
            method: "\ntest".into(),
            status: "converged".into(),
            iterations: 0,
            precision_bits: 53,
            seconds: 0.0,
            exchange: None,
        },
    }
}

fn composed() -> Table {
    let target = crate::target::Target::new("reciprocal", exact("2^-9").0).unwrap();
    let request = FitRequest::new(target, [exact("0").0, exact("1").0], Goal::Degree(63));
    let request = FitRequest { method: Method::Composite, ..request };
    fit(&request).unwrap()
}

fn staged(name: &str) -> Table {
    let target = crate::target::Target::new(name, exact("0").0).unwrap();
    let request = FitRequest::new(target, [exact("2^-6").0, exact("1").0], Goal::MaxError(exact("2^-12").0));
    let request = FitRequest { method: Method::Composite, ..request };
    fit(&request).unwrap()
}

fn written(table: &Table, format: Format) -> String {
    let document = Document::new(table.clone(), crate::document::Provenance::new(&(), None));
    export(&serde_json::to_value(document).unwrap(), format).unwrap()
}

/// The rows of a CSV without its comments and head: name (or stage and index), decimal, exact.
fn rows(csv: &str) -> Vec<[String; 3]> {
    let lines = csv.lines().filter(|line| !line.starts_with('#')).skip(1);
    let fields = |line: &str| {
        let mut fields: Vec<String> = line.rsplitn(3, ',').map(String::from).collect();
        fields.reverse();
        fields.try_into().unwrap()
    };
    lines.map(fields).collect()
}

fn close(left: &Rational, right: &Rational) -> bool {
    let scale = Rational::from(right.abs_ref()) + Rational::from((1, 1000));
    Rational::from(left - right).abs() <= scale * exact("1e-30").0
}

/// The table that a reader of the decimals makes.
fn reread(table: &Table, csv: &str) -> Table {
    let numbers: Vec<Rational> = rows(csv).iter().map(|[_, decimal, _]| parse_exact(decimal).unwrap()).collect();
    let numbers: Vec<Exact> = numbers.into_iter().map(Exact).collect();
    let form = match &table.form {
        Form::Polynomial { basis, dyadic, .. } => {
            Form::Polynomial { basis: *basis, coefficients: numbers, dyadic: dyadic.clone() }
        }
        Form::Composite { .. } => Form::Composite { start: numbers[0].clone(), steps: numbers[1..].to_vec() },
        Form::Stages { rule, stages } => {
            let mut rest = numbers.into_iter();
            let stage = |stage: &Stage| {
                let coefficients = rest.by_ref().take(stage.coefficients.len()).collect();
                Stage { coefficients, ..stage.clone() }
            };
            Form::Stages { rule: *rule, stages: stages.iter().map(stage).collect() }
        }
    };
    Table { form, ..table.clone() }
}

fn tables() -> [Table; 5] {
    let polynomials = [chebyshev(&["1.25", "-3*2^-70", "0", "2^-3"]), chebyshev(&["1", "0", "-2^-20"])];
    let [mixed, even] = polynomials;
    [mixed, even, composed(), staged("sign"), staged("inverse-sqrt")]
}

#[test]
fn numbers_read_back_give_the_same_function() {
    for table in tables() {
        let csv = written(&table, Format::Csv);
        let again = reread(&table, &csv);
        let read = value(&again).unwrap();
        for point in points(&table).unwrap() {
            assert!(close(&read(&point.x), &point.value), "at {}", point.x);
        }
        let tests = csv.lines().filter_map(|line| line.strip_prefix("# self-test x,value: "));
        let checked = tests.map(|line| {
            let (x, y) = line.split_once(',').unwrap();
            assert!(close(&read(&parse_exact(x).unwrap()), &parse_exact(y).unwrap()), "{line}");
        });
        assert!(checked.count() >= 9);
        for [name, decimal, exact] in rows(&csv) {
            let digits = decimal.split('e').next().unwrap().chars().filter(char::is_ascii_digit).count();
            assert!(digits >= 17, "{name}: {decimal}");
            assert!(close(&parse_exact(&decimal).unwrap(), &parse_exact(&exact).unwrap()));
        }
    }
}

#[test]
fn self_tests_lie_inside_and_are_floats() {
    for table in tables() {
        let (lo, hi) = table.hull().unwrap();
        for point in points(&table).unwrap() {
            assert!(lo <= point.x.0 && point.x.0 <= hi);
            assert_eq!(Rational::from_f64(point.x.to_f64()).unwrap(), point.x.0);
        }
    }
}

#[test]
fn json_and_csv_agree_and_describe_themselves() {
    for table in tables() {
        let json: Value = serde_json::from_str(&written(&table, Format::Json)).unwrap();
        let csv = written(&table, Format::Csv);
        assert_eq!(json["kind"], "export");
        assert_eq!(json["schema_version"], 1);
        for (name, text) in json["description"].as_object().unwrap() {
            assert!(csv.contains(&format!("# {name}: {}\n", text.as_str().unwrap())), "{name}");
        }
        let numbers: Vec<&Value> = match json["form"].as_str().unwrap() {
            "polynomial" => json["coefficients"].as_array().unwrap().iter().collect(),
            _ if json["rule"].is_string() => {
                let stages = json["stages"].as_array().unwrap().iter();
                stages.flat_map(|stage| stage["coefficients"].as_array().unwrap()).collect()
            }
            _ => [&json["start"]].into_iter().chain(json["steps"].as_array().unwrap()).collect(),
        };
        let rows = rows(&csv);
        assert_eq!(numbers.len(), rows.len());
        for (number, [_, decimal, exact]) in numbers.iter().zip(&rows) {
            assert_eq!((number["decimal"].as_str(), number["exact"].as_str()), (Some(&**decimal), Some(&**exact)));
        }
    }
}

#[test]
fn what_goes_wrong_elsewhere_is_said() {
    let [mixed, even, composed, sign, root] = tables().map(|table| written(&table, Format::Csv));
    assert!(mixed.contains("# c0: full c0") && mixed.contains("NOT CERTIFIED"));
    assert!(mixed.contains("neither even nor odd in t") && even.contains("even in t"));
    assert!(mixed.contains("t = (2*x - lo - hi)/(hi - lo)"));
    assert!(even.contains("1 of them 0"));
    assert!(sign.contains("s = f(s)") && sign.contains("\nstage,index,coefficient,exact\n1,0,"));
    assert!(root.contains("w = w*q(w)^2, both with the old w"));
    assert!(composed.contains("\nconstant,value,exact\nstart,") && composed.contains("\nalpha_6,"));
}

#[test]
fn other_documents_are_refused() {
    let refused = |value: Value| export(&value, Format::Csv).unwrap_err().to_string();
    assert!(refused(serde_json::json!({"kind": "calibration"})).contains("expected \"table\" or \"plan\""));
    assert!(refused(serde_json::json!([])).contains("found \"nothing\""));
    let mut table = composed();
    table.degree += 1;
    let document = Document::new(table, crate::document::Provenance::new(&(), None));
    assert!(refused(serde_json::to_value(document).unwrap()).contains("field 'degree'"));
}

#[test]
fn a_plan_brings_its_circuit() {
    let text = "[attention]\np = 4\nlength = [3, 8]\nscore_bound = \"4\"\nepsilon = { form = \"sum\", value = \"2\" }\n\
                [target]\nmax_error = \"2^-6\"\n[ckks]\nscale_bits = 45\n";
    let source = crate::plan::SpecSource::new(crate::plan::Spec::from_toml(text).unwrap(), None).unwrap();
    let plan = Document::new(crate::plan::plan(&source).unwrap(), crate::document::Provenance::new(&(), None));
    let value = serde_json::to_value(&plan).unwrap();
    let json: Value = serde_json::from_str(&export(&value, Format::Json).unwrap()).unwrap();
    let lengths = json["plan"]["lengths"].as_array().unwrap();
    assert_eq!(lengths.len(), 2);
    assert_eq!(lengths[0]["padded_keys"], 4);
    let stages = lengths[1]["stages"].as_array().unwrap();
    assert_eq!(stages.first().unwrap()["level"], plan.body.chosen.depth);
    assert_eq!(stages.last().unwrap()["level"], 0);
    let csv = export(&value, Format::Csv).unwrap();
    assert!(csv.contains("NOT VALIDATED") && csv.contains("constants for 3 keys"));
}

/// A start as CSV is refined by the doublings below it to what its plan states.
#[test]
fn a_start_brings_its_doublings() {
    let text = "[attention]\np = 4\nlength = 8\nscore_bound = \"4\"\nreciprocal = \"start-goldschmidt\"\n\
                epsilon = { form = \"unit\", value = \"2^-5\" }\n[target]\nmax_error = \"2^-9\"\n[ckks]\nscale_bits = 45\n";
    let source = crate::plan::SpecSource::new(crate::plan::Spec::from_toml(text).unwrap(), None).unwrap();
    let chosen = crate::plan::plan(&source).unwrap().chosen;
    let value = serde_json::to_value(&chosen.tables[0]).unwrap();
    let csv = export_start(&value, &chosen.steps).unwrap();
    assert!(csv.contains("# WARNING: the coefficients are those of a start"));
    let (alphas, start): (Vec<_>, Vec<_>) = rows(&csv).into_iter().partition(|[name, ..]| name.starts_with("alpha_"));
    let number = |[_, decimal, _]: &[String; 3]| parse_exact(decimal).unwrap();
    let [a, b] = &chosen.domain;
    let start = Polynomial {
        basis: Basis::Chebyshev,
        lo: a.0.clone(),
        hi: b.0.clone(),
        coefficients: start.iter().map(number).collect(),
    };
    // The largest weight of 8 keys is 1/(1 + 8ε).
    let relative = chosen.error.approximation.0.clone() * (Rational::from(8) / 32u32 + 1u32);
    for place in 0..=64 {
        let d = Rational::from(&b.0 - &a.0) * Rational::from((place, 64)) + &a.0;
        let mut y = start.value(&d);
        for alpha in &alphas {
            let residual = Rational::from(1) - Rational::from(&d * &y);
            y *= number(alpha) * (residual + 1u32);
        }
        let error = (Rational::from(1) - d * y).abs();
        assert!(error <= relative.clone() * Rational::from((101, 100)), "{}", error.to_f64());
    }
}

fn refusal(table: &Table, format: Format) -> Error {
    let document = Document::new(table.clone(), crate::document::Provenance::new(&(), None));
    export(&serde_json::to_value(document).unwrap(), format).unwrap_err()
}

/// A bound that is not the table's would be believed by whoever compiles the file.
#[test]
fn claims_that_do_not_hold_are_not_exported() {
    let proved = certify(&composed()).unwrap().table;
    assert!(written(&proved, Format::Numpy).contains("certified"));
    let forged = Table {
        error: ErrorStatement { certified_upper: Some(exact("2^-200")), ..proved.error.clone() },
        ..proved.clone()
    };
    assert_eq!(refusal(&forged, Format::Numpy).exit_code(), 4);
    assert_eq!(refusal(&Table { positive: Some(false), ..proved }, Format::Csv).exit_code(), 4);
}

/// Where the interval is far narrower than it is from 0, the rounded map leaves [−1, 1], where T_n grows without a bound like n².
#[test]
fn a_map_that_rounding_moves_far_has_no_bound() {
    let narrow = |lo: &str, hi: &str| Table {
        intervals: vec![[exact(lo), exact(hi)]],
        ..chebyshev(&["1", "1/2", "1/4", "1/8", "1/16", "1/32", "1/64", "1/128", "1/256"])
    };
    let far = narrow("4503599627370495", "4503599627370496");
    assert!(written(&far, Format::Numpy).contains("NO BOUND"));
    assert!(!written(&narrow("4095", "4096"), Format::Numpy).contains("NO BOUND"));
}

#[test]
fn numbers_beyond_binary64_are_refused_in_source_text() {
    let series = |first: &str| chebyshev(&[first, "1", "1"]);
    for format in [Format::Openfhe, Format::Lattigo, Format::Heaan, Format::Numpy, Format::Rust] {
        let error = refusal(&series("2^1024"), format);
        assert!(error.exit_code() == 2 && error.to_string().contains("--to json"), "{error}");
    }
    // Twice this is not finite, half of it is.
    assert!(written(&series("2^1023"), Format::Openfhe).contains("doublings = 1025"));
    assert!(
        written(&series("2^1024"), Format::Json)
            .contains("179769313486231590772930519078902473361797697894230657273430081157")
    );
}

#[test]
fn comments_keep_to_their_order() {
    let mut table = chebyshev(&["1", "1"]);
    table.target.name = "a\u{202e}b\u{2028}c".into();
    for format in [Format::Csv, Format::Numpy] {
        assert!(!written(&table, format).contains(['\u{202e}', '\u{2028}']));
    }
}
