//! Exports are run by programs that are not ours: Python, rustc's, g++'s and Go's, the libraries for ciphertexts by stand-ins that
//! follow their documented semantics on plain numbers (`tests/exports/`). Microsoft SEAL itself: `make seal`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking

#[path = "exports/subjects.rs"]
mod subjects;

use polyattn::export::Format;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use subjects::{Call, Export, TRAP, exports};

const STAND_INS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/exports");

/// Whether a program is there; where it is not, it is said that nothing was run.
fn has(program: &str, version: &str) -> bool {
    let found = Command::new(program).arg(version).output().is_ok_and(|output| output.status.success());
    if !found {
        eprintln!("NOT RUN: there is no {program} here, so its exports were written and not executed");
    }
    found
}

fn succeeds(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// The answers of a program to lines "ID N NUMBERS".
fn answers(command: &mut Command, calls: &[Call]) -> Vec<Vec<f64>> {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let line = |call: &Call| {
        let numbers: Vec<String> = call.input.iter().map(|x| format!("{x:e}")).collect();
        format!("{} {} {}\n", call.id, numbers.len(), numbers.join(" "))
    };
    let text: String = calls.iter().map(line).collect();
    let mut input = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || input.write_all(text.as_bytes()));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| line.split_whitespace().map(|x| x.parse().unwrap()).collect()).collect()
}

/// Runs every export and holds each answer against the exact value, the file's own tolerance and its stated bound.
fn check(exports: &[Export], command: &mut Command) {
    let calls: Vec<Call> = exports.iter().flat_map(Export::calls).collect();
    let answers = answers(command, &calls);
    assert_eq!(answers.len(), calls.len());
    for (call, found) in calls.iter().zip(&answers) {
        call.check(found);
    }
    assert!(calls.len() > 100 && calls.iter().any(|call| call.expected.len() > 1));
}

/// `match`-like lines, one for each function of each export: `case(id, module, keys)`.
fn cases(exports: &[Export], case: impl Fn(usize, &str, Option<u32>) -> String) -> String {
    let functions = exports.iter().flat_map(|export| export.functions.iter().map(move |f| (export, f)));
    functions.map(|(export, (id, keys))| case(*id, &export.module, *keys)).collect()
}

fn written(folder: &Path, format: Format, extension: &str) -> Vec<Export> {
    let exports = exports(format);
    for export in &exports {
        fs::write(folder.join(format!("{}.{extension}", export.module)), &export.text).unwrap();
    }
    exports
}

#[test]
fn python_evaluates_the_table() {
    let folder = tempfile::tempdir().unwrap();
    let exports = written(folder.path(), Format::Numpy, "py");
    let modules: String = exports.iter().map(|e| format!("import {0}\n{0}.self_test()\n", e.module)).collect();
    let functions = cases(&exports, |id, module, keys| match keys {
        None => format!("functions[{id}] = lambda x: [{module}.evaluate(x[0])]\n"),
        Some(keys) => format!("functions[{id}] = {module}.weights_{keys}\n"),
    });
    let main = format!(
        "import sys\n{modules}functions = {{}}\n{functions}\nfor line in sys.stdin:\n    id, _, *x = line.split()\n    \
         print(*[repr(y) for y in functions[int(id)]([float(value) for value in x])])\n"
    );
    fs::write(folder.path().join("main.py"), main).unwrap();
    assert!(has("python3", "--version"), "python3 is needed");
    check(&exports, Command::new("python3").arg("main.py").current_dir(folder.path()));
}

/// Arrays where NumPy is there: of any shape, and rows along the last axis.
#[test]
fn python_takes_arrays() {
    let python = ["target/seal/bin/python", "python3"].into_iter();
    let has_numpy = |python: &&str| {
        let found = Command::new(python).args(["-c", "import numpy"]).output();
        found.is_ok_and(|output| output.status.success())
    };
    let Some(python) = python.into_iter().find(has_numpy) else {
        eprintln!("NOT RUN: no Python with NumPy is here");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let exports = written(folder.path(), Format::Numpy, "py");
    let module = |e: &Export| {
        let rows = e.functions.iter().filter_map(|(_, keys)| *keys);
        let rows = rows.map(|keys| {
            format!(
                "w = {0}.weights_{keys}(numpy.array([{0}.scores_{keys}] * 2))\n\
                 assert w.shape == (2, {keys}) and (abs(w - {0}.expected_{keys}) <= {0}.tolerance_{keys}).all()\n",
                e.module
            )
        });
        format!(
            "import {0}\nx, y, t = numpy.array({0}.points).T\nassert (abs({0}.evaluate(x) - y) <= t).all()\n\
             assert {0}.evaluate(x.reshape(3, -1)).shape == (3, len(x) // 3)\n\
             assert {0}.domain[0] <= x.min() and x.max() <= {0}.domain[1]\n{1}",
            e.module,
            rows.collect::<String>()
        )
    };
    let main = format!("import numpy\n{}", exports.iter().map(module).collect::<String>());
    // Not resolved: a virtual environment is known by its own path.
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join(python);
    let python = if here.exists() { here } else { python.into() };
    succeeds(Command::new(python).args(["-c", &main]).current_dir(folder.path()));
}

#[test]
fn rust_evaluates_the_table() {
    let folder = tempfile::tempdir().unwrap();
    let exports = written(folder.path(), Format::Rust, "rs");
    let modules: String = exports.iter().map(|e| format!("mod {};\n", e.module)).collect();
    let tests: String = exports.iter().map(|e| format!("    {}::self_test().unwrap();\n", e.module)).collect();
    let functions = cases(&exports, |id, module, keys| match keys {
        None => format!("            {id} => vec![{module}::evaluate(x[0])],\n"),
        Some(keys) => format!("            {id} => {module}::weights_{keys}(&x),\n"),
    });
    let main = format!(
        "{modules}\nfn main() {{\n{tests}    for line in std::io::stdin().lines() {{\n        let line = line.unwrap();\n        \
         let mut words = line.split_whitespace();\n        let id: usize = words.next().unwrap().parse().unwrap();\n        \
         let x: Vec<f64> = words.skip(1).map(|x| x.parse().unwrap()).collect();\n        let found = match id {{\n{functions}            \
         _ => unreachable!(),\n        }};\n        \
         println!(\"{{}}\", found.iter().map(|y| format!(\"{{y:e}} \")).collect::<String>());\n    }}\n}}\n"
    );
    fs::write(folder.path().join("main.rs"), main).unwrap();
    let arguments = ["--edition", "2021", "-D", "warnings", "-o", "main", "main.rs"];
    succeeds(Command::new("rustc").args(arguments).current_dir(folder.path()));
    check(&exports, &mut Command::new(folder.path().join("main")));
}

/// Compiles the headers with a stand-in and a main program that answers by `encrypt` and `open`.
fn cpp(format: Format, library: &str, encrypt: &str, call: [&str; 2]) {
    let folder = tempfile::tempdir().unwrap();
    let exports = written(folder.path(), format, "hpp");
    if !has("g++", "--version") {
        return;
    }
    let includes = |e: &Export| format!("#define POLYATTN_NAMESPACE {0}\n#include \"{0}.hpp\"\n", e.module);
    let functions = cases(&exports, |id, module, keys| match keys {
        None => {
            let value = call[0].replace("MODULE", module);
            format!("    if (id == {id}) return opened({value});\n")
        }
        Some(keys) => {
            let value = call[1].replace("MODULE", module).replace("KEYS", &keys.to_string());
            format!(
                "    if (id == {id}) {{\n        const auto layout = {module}::layout_{keys};\n        \
                 const auto slots = opened({value});\n        std::vector<double> row;\n        \
                 for (size_t key = 0; key < {keys}; ++key) row.push_back(slots.at(key * layout.stride));\n        return row;\n    }}\n"
            )
        }
    });
    let main = format!(
        "{}{encrypt}std::vector<double> answer(size_t id, const std::vector<double>& x) {{\n{functions}    \
         throw std::invalid_argument(\"no such function\");\n}}\n#include \"main.cpp\"\n",
        exports.iter().map(includes).collect::<String>()
    );
    fs::write(folder.path().join("all.cpp"), main).unwrap();
    let stand_ins = [format!("-I{STAND_INS}/{library}"), format!("-I{STAND_INS}")];
    let arguments = ["-std=c++17", "-Wall", "-Wextra", "-Werror", "-o", "main", "all.cpp"];
    succeeds(Command::new("g++").args(arguments).args(stand_ins).current_dir(folder.path()));
    check(&exports, &mut Command::new(folder.path().join("main")));
}

#[test]
fn openfhe_evaluates_the_table() {
    let encrypt = "using Context = lbcrypto::CryptoContextImpl<lbcrypto::DCRTPoly>;\nstatic auto context = std::make_shared<Context>();\n\
                   e0::Value encrypted(std::vector<double> slots) {\n    \
                   auto out = std::make_shared<lbcrypto::CiphertextImpl<lbcrypto::DCRTPoly>>();\n    out->context = context;\n    \
                   out->slots = std::move(slots);\n    return out;\n}\n\
                   std::vector<double> opened(const e0::Value& value, uint32_t depth = 99) {\n    \
                   if (value->level > depth) throw std::runtime_error(\"deeper than it says\");\n    return value->slots;\n}\n";
    let row = "MODULE::weights_KEYS(encrypted(layout.pack({x}))), MODULE::depth_KEYS";
    cpp(Format::Openfhe, "openfhe", encrypt, ["MODULE::evaluate(encrypted(x))", row]);
}

#[test]
fn heaan_evaluates_the_table() {
    // As many levels as the file says, so that one more would throw.
    let encrypt = "e0::Value encrypted(std::vector<double> slots, uint32_t level) {\n    e0::Value out{HEaaN::Context{}};\n    \
                   out.slots = std::move(slots);\n    out.level = level;\n    return out;\n}\n\
                   std::vector<double> opened(const e0::Value& value) { return value.slots; }\nstatic const HEaaN::HomEvaluator eval;\n\
                   static HEaaN::Bootstrapper bootstrapper;\n\
                   HEaaN::Bootstrapper* fresh(uint32_t level) {\n    bootstrapper.fresh = level;\n    return &bootstrapper;\n}\n";
    let row = "MODULE::weights_KEYS(eval, encrypted(layout.pack({x}), MODULE::depth_KEYS), fresh(MODULE::depth_KEYS))";
    cpp(Format::Heaan, "heaan", encrypt, ["MODULE::evaluate(eval, encrypted(x, MODULE::depth))", row]);
}

#[test]
fn lattigo_evaluates_the_table() {
    let folder = tempfile::tempdir().unwrap();
    let exports = exports(Format::Lattigo);
    for export in &exports {
        let package = folder.path().join(&export.module);
        fs::create_dir(&package).unwrap();
        fs::write(package.join("table.go"), &export.text).unwrap();
    }
    if !has("go", "version") {
        return;
    }
    let imports: String = exports.iter().map(|e| format!("\t{0} \"run/{0}\"\n", e.module)).collect();
    let functions = cases(&exports, |id, module, keys| match keys {
        None => format!(
            "\tcase {id}:\n\t\treturn opened({module}.Evaluate(ckks.Parameters{{}}, eval, encrypted(x, LEVELS{module})))\n"
        ),
        Some(keys) => format!(
            "\tcase {id}:\n\t\tslots := opened({module}.Weights{keys}(eval, bootstrapper{{{module}.Depth{keys}}}, \
             encrypted({module}.Layout{keys}.Pack([][]float64{{x}}), {module}.Depth{keys})))\n\t\trow := make([]float64, {keys})\n\
             \t\tfor key := range row {{\n\t\t\trow[key] = slots[key*{module}.Layout{keys}.Stride]\n\t\t}}\n\t\treturn row\n"
        ),
    });
    // A series says nothing of its levels: Lattigo's evaluator counts them.
    let levels = |text: String, e: &Export| {
        let levels = if e.text.contains("const Depth = ") { format!("{}.Depth", e.module) } else { "12".into() };
        text.replace(&format!("LEVELS{})", e.module), &format!("{levels})"))
    };
    let functions = exports.iter().fold(functions, levels);
    let template = fs::read_to_string(format!("{STAND_INS}/main.go.in")).unwrap();
    let main = template.replace("IMPORTS", &imports).replace("CASES", &functions);
    fs::write(folder.path().join("main.go"), main).unwrap();
    let lattigo = "github.com/tuneinsight/lattigo/v6";
    let module =
        format!("module run\n\ngo 1.18\n\nrequire {lattigo} v6.1.0\n\nreplace {lattigo} => {STAND_INS}/lattigo\n");
    fs::write(folder.path().join("go.mod"), module).unwrap();
    let environment = [("GOFLAGS", "-mod=mod"), ("GOPROXY", "off"), ("GOSUMDB", "off"), ("GOTOOLCHAIN", "local")];
    succeeds(Command::new("go").args(["vet", "./..."]).envs(environment).current_dir(folder.path()));
    succeeds(Command::new("go").args(["build", "-o", "main", "."]).envs(environment).current_dir(folder.path()));
    check(&exports, &mut Command::new(folder.path().join("main")));
}

/// What goes wrong elsewhere, in the text of each form.
#[test]
fn traps_are_written_out() {
    let text = |format: Format, name: &str| exports(format).into_iter().find(|e| e.name == name).unwrap().text;
    let first = |text: &str, list: &str| -> f64 {
        let (_, rest) = text.split_once(list).unwrap();
        rest.lines().nth(1).unwrap().trim().trim_end_matches(',').parse().unwrap()
    };
    let full = first(&text(Format::Numpy, TRAP), "coefficients = [");
    // OpenFHE halves c_0, and is asked for a series on [-1, 1] alone: its own map of this interval is wrong.
    let openfhe = text(Format::Openfhe, TRAP);
    let doublings = openfhe.split_once("doublings = ").unwrap().1.split_once(';').unwrap().0;
    let doublings: i32 = doublings.parse().unwrap();
    assert_eq!(first(&openfhe, "coefficients = {") * 2f64.powi(doublings), 2.0 * full);
    assert!(openfhe.contains("EvalChebyshevSeries(t, coefficients, -1.0, 1.0)"));
    // Lattigo takes c_0 as it is, of a series in t.
    let lattigo = text(Format::Lattigo, TRAP);
    assert_eq!(first(&lattigo, "Coefficients = []float64{"), full);
    assert!(
        lattigo.contains("t := c.plus(c.scaled(x, 9.52380952380952")
            && lattigo.contains("NewEvaluator(params, eval).Evaluate(t,")
    );
    // HEaaN-math would drop what is at most 1e-8, and mult would round it: neither is called.
    let heaan = text(Format::Heaan, TRAP);
    let numbers = heaan.lines().filter_map(|line| line.trim().trim_end_matches(',').parse::<f64>().ok());
    let small = numbers.filter(|c| c.abs() <= 1e-8).count();
    assert!(small > 0 && heaan.contains(&format!("would leave out {small} of these coefficients")));
    assert!(!heaan.contains("evaluateChebyshevExpansion(") && !heaan.contains("eval.mult(a, constant"));
    // Zeros in unused slots may lie outside: a series of high degree then outgrows the modulus.
    for format in [Format::Openfhe, Format::Lattigo, Format::Heaan, Format::Seal] {
        assert!(text(format, "tanh_d15").contains("every slot must hold an x inside"));
    }
    // Zeros between are kept, those at the end left out.
    let odd = text(Format::Openfhe, "tanh_d15");
    let (_, list) = odd.split_once("coefficients = {\n").unwrap();
    let list: Vec<f64> =
        list.split_once('}').unwrap().0.lines().map(|c| c.trim().trim_end_matches(',').parse().unwrap()).collect();
    // OpenFHE loses digits where coefficients are large beside 1.
    assert!(list.iter().all(|c| c.abs() <= 0.5) && list.iter().any(|c| c.abs() > 0.25));
    assert!(list.len() == 16 && list[15] != 0.0 && list.iter().step_by(2).all(|c| *c == 0.0));
}

/// Runs exports on a library's ciphertexts by a Python program, function by function. What errs in one slot shows in all others by
/// `spread` times the square of the largest value, as noise in D errs in 1/D.
fn on_ciphertexts(format: Format, extension: &str, python: &str, driver: &str, spread: f64) {
    let folder = tempfile::tempdir().unwrap();
    let exports = written(folder.path(), format, extension);
    let mut checked = 0;
    for export in exports.iter().filter(|export| !export.is_refreshed()) {
        for (id, keys) in &export.functions {
            // A recipe for weights is a plan's; its first table has none of its own.
            if keys.is_none() && export.functions.len() > 1 {
                continue;
            }
            let calls: Vec<Call> = export.calls().into_iter().filter(|call| call.id == *id).collect();
            let inputs: Vec<&[f64]> = calls.iter().map(|call| call.input.as_slice()).collect();
            let job = serde_json::to_string(&(&export.module, keys, inputs)).unwrap();
            let mut command = Command::new(python);
            let command = command.arg(format!("{STAND_INS}/{driver}")).current_dir(folder.path());
            let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
            writeln!(child.stdin.take().unwrap(), "{job}").unwrap();
            let output = child.wait_with_output().unwrap();
            let found: Vec<Vec<f64>> =
                serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", export.name));
            let values = calls.iter().flat_map(|call| &call.expected);
            let size = values.fold(0.0f64, |size, value| size.max(value.abs()));
            let off = |(call, found): (&Call, &Vec<f64>)| {
                call.check_encrypted(found, spread * size * size);
                let pairs = found.iter().zip(&call.expected);
                pairs.map(|(a, b)| (a - b).abs() / b.abs().max(1.0)).fold(0.0, f64::max)
            };
            let largest = calls.iter().zip(&found).map(off).fold(0.0, f64::max);
            eprintln!("{driver}: {}, {keys:?} keys: within 2^{:.1}", export.name, largest.log2());
            assert_eq!(found.len(), calls.len());
            checked += found.len();
        }
    }
    assert!(checked > 100);
}

#[test]
#[ignore = "needs TenSEAL, and two minutes: make seal"]
fn seal_follows_the_recipes() {
    let python = std::env::var("POLYATTN_SEAL_PYTHON").expect("POLYATTN_SEAL_PYTHON names a Python with TenSEAL");
    on_ciphertexts(Format::Seal, "py", &python, "follow_seal.py", 0.0);
}

#[test]
#[ignore = "needs OpenFHE's Python package: make openfhe"]
fn openfhe_follows_the_headers() {
    let python = std::env::var("POLYATTN_OPENFHE_PYTHON").expect("POLYATTN_OPENFHE_PYTHON names a Python with openfhe");
    // It adds noise to what it decrypts, of the size of the error that it sees anywhere in the ciphertext.
    on_ciphertexts(Format::Openfhe, "hpp", &python, "follow_openfhe.py", 2f64.powi(-36));
}
