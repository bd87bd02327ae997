//! The parsers: what each reads, and the cheap checks that a command makes of it before it computes anything.

use super::mutate::Seed;
use super::seeds::{LAYERS, SPEC, documents, npy};
use polyattn::attention::{Calibration, Scores};
use polyattn::certify::{Certificate, verify};
use polyattn::circuit::ModulusChain;
use polyattn::compare::Comparison;
use polyattn::document::{Body, Document, parse_json};
use polyattn::encrypted::Validation;
use polyattn::encrypted::ckks::{Ciphertext, Context, GaloisKeys, Plaintext, PublicKey, RelinearisationKey, SecretKey};
use polyattn::gate::{self, Check, Ranges, Request};
use polyattn::layer::{LayerPlan, LayerSpec};
use polyattn::order::Order;
use polyattn::plan::{PlanDocument, Spec, recheck_chosen};
use polyattn::poly::table::Table;
use polyattn::real::{Exact, PRECISION, parse_exact};
use polyattn::study::{NoiseStudy, PrecisionStudy};
use polyattn::survey::{Survey, TrainingGoals};
use polyattn::{Error, Result};
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::NamedTempFile;

/// Where valid documents are.
pub struct Places {
    /// The repository.
    pub root: PathBuf,
    /// What [`super::seeds::make`] filled.
    pub made: PathBuf,
}

/// Reads an input.
pub type Read = Box<dyn Fn(&[u8]) -> Result<()>>;

/// A parser with valid input for it.
pub struct Parser {
    pub name: &'static str,
    pub seeds: Vec<Seed>,
    pub read: Read,
}

/// A fault of the program, not of the input: what no input may lead to.
fn is_fault(error: &Error) -> bool {
    matches!(error, Error::Internal(_))
}

impl Parser {
    /// Reads an input.
    ///
    /// # Panics
    /// When the parser does, or calls an input a fault of the program.
    pub fn check(&self, input: &[u8]) -> bool {
        let outcome = (self.read)(input);
        let fault = outcome.as_ref().err().filter(|error| is_fault(error));
        assert!(fault.is_none(), "{}: {fault:?}", self.name);
        outcome.is_ok()
    }
}

/// The names of all parsers.
pub const NAMES: [&str; 25] = [
    "number",
    "specification",
    "layer-specification",
    "npy",
    "table",
    "certificate",
    "plan",
    "validation",
    "calibration",
    "layer-plan",
    "survey",
    "training-goals",
    "comparison",
    "order",
    "ranges",
    "check",
    "export",
    "noise-study",
    "precision-study",
    "ciphertext",
    "plaintext",
    "public-key",
    "relinearisation-key",
    "rotation-keys",
    "secret-key",
];

/// The parser of a name.
pub fn parser(name: &str, places: &Places) -> Parser {
    let name = NAMES.into_iter().find(|known| *known == name).unwrap_or_else(|| panic!("no parser '{name}'"));
    let made = || documents(&places.made, [format!("{name}.json").as_str()]);
    let tables = |file: &str| {
        let names =
            ["relative_e4_d7", "relative_e4_d7_monomial", "composite_e4_b10", "sign_t2_d15", "sign_t4_b10", "exp_d7"];
        documents(&places.root, names.map(|name| format!("tables/{name}/{file}")).iter().map(String::as_str))
    };
    let text = |texts: &[&str]| texts.iter().map(|text| Seed::Bytes(text.as_bytes().to_vec())).collect();
    let toml = |text: &str| vec![Seed::Toml(toml::from_str(text).unwrap())];
    let (seeds, read): (Vec<Seed>, Read) = match name {
        "number" => (text(&NUMBERS), Box::new(number)),
        "specification" => (toml(SPEC), Box::new(|input| Spec::from_toml(utf8(input)?).map(drop))),
        "layer-specification" => (toml(LAYERS), Box::new(|input| LayerSpec::from_toml(utf8(input)?, false).map(drop))),
        "npy" => (vec![Seed::Bytes(npy())], scores()),
        "table" => (tables("table.json"), document(|table: Table| table.validate().map(|()| drop(table.sha256())))),
        "certificate" => (tables("certificate.json"), document(|certificate: Certificate| verify(&certificate))),
        "plan" => (made().into_iter().map(chosen_alone).collect(), document(plan)),
        "validation" => (made(), document(validation)),
        "calibration" => (made(), document(|_: Calibration| Ok(()))),
        "layer-plan" => (made(), document(layer_plan)),
        "survey" => (made(), document(|survey: Survey| survey.spec.check().map(|()| drop(survey.markdown())))),
        "training-goals" => (made(), document(|goals: TrainingGoals| goals.spec.check())),
        "comparison" => (made(), document(|comparison: Comparison| comparison.spec.check())),
        "order" => (
            documents(&places.made, ["order-power.json", "order-coefficients.json"]),
            // What follows is a proof, which may take its whole budget: seconds.
            document(|_: Order| Ok(())),
        ),
        "ranges" => (
            documents(&places.root, ["examples/user-repository/ranges.json"]),
            Box::new(|input| Ranges::from_value(json(input)?).map(drop)),
        ),
        "check" => (made(), document(|check: Check| check.verdict())),
        "export" => (exports(places), export()),
        "noise-study" => (made(), document(|_: NoiseStudy| Ok(()))),
        "precision-study" => (
            made(),
            document(|study: PrecisionStudy| {
                drop(study.markdown());
                Ok(())
            }),
        ),
        _ => binary(name),
    };
    Parser { name, seeds, read }
}

/// A number of every form that is read.
const NUMBERS: [&str; 10] = [
    "0.001",
    "-1.5e-3",
    "2^-10",
    "-3*2^5",
    "1/3",
    "-22/7",
    "0x1.8p-3",
    "+4",
    ".5",
    "123456789012345678901234567890e-40",
];

/// What is read is written and read again as the same number.
fn number(input: &[u8]) -> Result<()> {
    let value = Exact(parse_exact(utf8(input)?)?);
    assert_eq!(parse_exact(&value.to_string()).ok().as_ref(), Some(&value.0), "{value} is another number");
    Ok(())
}

fn utf8(input: &[u8]) -> Result<&str> {
    std::str::from_utf8(input).map_err(|e| Error::input(e.to_string()))
}

fn json(input: &[u8]) -> Result<Value> {
    parse_json(Path::new("input"), utf8(input)?)
}

/// Reads a document as the commands do, then looks at it.
fn document<T: Body>(look: impl Fn(T) -> Result<()> + 'static) -> Read {
    Box::new(move |input| {
        let document = Document::<T>::from_value(json(input)?)?;
        document.to_json()?;
        look(document.body)
    })
}

/// A plan without those beside it, which only repeat its fields.
fn chosen_alone(mut plan: Seed) -> Seed {
    if let Seed::Json(value) = &mut plan {
        value["pareto"] = serde_json::json!([]);
        value["best_per_p"] = serde_json::json!([]);
    }
    plan
}

/// Proving a plan again takes milliseconds: of those that are well formed it is done for one in sixteen, chosen by its hash.
fn plan(plan: PlanDocument) -> Result<()> {
    plan.refuse_insecure()?;
    plan.caveats();
    Validation::validates(&plan);
    plan.spec.check()?;
    if plan.sha256().starts_with('0') { recheck_chosen(&plan) } else { Ok(()) }
}

fn validation(validation: Validation) -> Result<()> {
    validation.warnings();
    validation.caveat();
    validation.violations();
    validation.check()
}

fn layer_plan(plan: LayerPlan) -> Result<()> {
    plan.refuse_insecure()?;
    plan.warnings();
    plan.spec.check()
}

/// Where inputs are put that are read from a file.
fn file() -> NamedTempFile {
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() { memory.to_path_buf() } else { std::env::temp_dir() };
    NamedTempFile::new_in(folder).unwrap()
}

fn exports(places: &Places) -> Vec<Seed> {
    let read =
        |name: &str| Seed::Bytes(fs::read(places.root.join("examples/user-repository/exports").join(name)).unwrap());
    let programs = ["gelu.py", "reciprocal.hpp"].map(read);
    documents(&places.made, ["export.json"]).into_iter().chain(programs).collect()
}

/// What the gate recognises as an export is valid; without its table beside it there is nothing to compare.
fn export() -> Read {
    let file = file();
    Box::new(move |input| {
        fs::write(file.path(), input).unwrap();
        let check = gate::check(&Request { files: vec![file.path().into()], ..Request::default() });
        drop((gate::text(&check), gate::junit(&check), gate::sarif(&check)?));
        let is_recognised = check.files.iter().any(|file| file.kind.is_some());
        if is_recognised { Ok(()) } else { check.verdict() }
    })
}

/// NumPy files are read from a file.
fn scores() -> Read {
    let file = file();
    Box::new(move |input| {
        fs::write(file.path(), input).unwrap();
        let scores = Scores::read(file.path())?;
        scores.select(None, None)?.into_iter().try_for_each(|(layer, head)| scores.head(layer, head).map(drop))
    })
}

type Reader = fn(&Arc<Context>, &[u8]) -> Result<()>;

/// Keys and ciphertexts of a small ring.
fn binary(name: &str) -> (Vec<Seed>, Read) {
    let chain = ModulusChain::generate(4, &[54, 50, 50], &[54, 54]).unwrap();
    let context = Context::new(&chain).unwrap();
    let rng = &mut ChaCha20Rng::seed_from_u64(7);
    let secret = SecretKey::generate(&context, rng);
    let public = PublicKey::generate(&secret, rng);
    let scale = rug::Float::with_val(PRECISION, (1u64 << 45) / 3);
    let plaintext = context.encode(&[0.5, -0.25], &scale, 1).unwrap();
    let mut bytes = Vec::new();
    let sink = &mut bytes;
    let (written, read): (Result<()>, Reader) = match name {
        "ciphertext" => (public.encrypt(&plaintext, rng).unwrap().write_to(sink), |c, mut b| {
            Ciphertext::read_from(c, &mut b).map(drop)
        }),
        "plaintext" => (plaintext.write_to(sink), |c, mut b| Plaintext::read_from(c, &mut b).map(drop)),
        "public-key" => (public.write_to(sink), |c, mut b| PublicKey::read_from(c, &mut b).map(drop)),
        "relinearisation-key" => {
            let key = RelinearisationKey::generate(&secret, rng);
            (key.write_to(sink), |c, mut b| RelinearisationKey::read_from(c, &mut b).map(drop))
        }
        "rotation-keys" => {
            let mut keys = GaloisKeys::generate(&secret, &[1, -2], 1, rng).unwrap();
            keys.add_conjugation(&secret, rng).unwrap();
            (keys.write_to(sink), |c, mut b| GaloisKeys::read_from(c, &mut b).map(drop))
        }
        _ => (secret.export_secret(sink), |c, mut b| SecretKey::import_secret(c, &mut b).map(drop)),
    };
    written.unwrap();
    (vec![Seed::Sealed(bytes.clone()), Seed::Bytes(bytes)], Box::new(move |input| read(&context, input)))
}
