//! Ciphertext arithmetic beside SEAL, in one run: `cargo bench --bench vs_seal`.
//!
//! Both have the same ring, the same number of levels and primes of the same sizes; SEAL has its one special prime, and this
//! crate as many as it takes by default. Runs alternate, and the medians are compared: SEAL uses one thread, as it always
//! does. The run ends with `ratio NAME VALUE`, our time over SEAL's: `n15-l18-one` and `n15-l18-two` (threads) and
//! `n16-l29-two` for product, relinearisation and rescaling at the top level, and the same with `-rotation`. SEAL comes with
//! TenSEAL 0.3.18, installed into a virtual environment under `target/` where it is missing.

use polyattn::circuit::ModulusChain;
use polyattn::encrypted::ckks::{Context, Evaluator, GaloisKeys, PublicKey, RelinearisationKey, SecretKey};
use rand::SeedableRng;
use rug::Float;
use std::error::Error;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Instant;

/// Bits of the first prime and of special primes.
const WIDE: u32 = 54;
/// Bits of the other primes, and of the scale.
const SCALE: u32 = 45;
/// Special primes of ours for each number of levels: what a plan of that size takes.
const SIZES: [(u32, usize, usize); 2] = [(15, 18, 3), (16, 29, 3)];
/// Timed runs of each.
const RUNS: usize = 9;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let python = python()?;
    println!("{:<14} {:<9} {:>8} {:>10} {:>10} {:>7}", "size", "operation", "threads", "ours", "SEAL", "ratio");
    let mut ratios = Vec::new();
    for (log_n, levels, special) in SIZES {
        let mut seal = Seal::start(&python, log_n, levels)?;
        let ours = Ours::new(log_n, levels, special)?;
        for threads in [1, 2] {
            for operation in ["product", "rotation"] {
                let (mine, theirs) = medians(&ours, &mut seal, operation, threads)?;
                let size = format!("n{log_n}-l{levels}");
                println!(
                    "{size:<14} {operation:<9} {threads:>8} {:>7.1} ms {:>7.1} ms {:>7.3}",
                    mine * 1e3,
                    theirs * 1e3,
                    mine / theirs
                );
                let count = if threads == 1 { "one" } else { "two" };
                let suffix = if operation == "product" { "" } else { "-rotation" };
                ratios.push((format!("{size}-{count}{suffix}"), mine / theirs));
            }
        }
        println!("n{log_n}-l{levels}: largest resident set of SEAL's process {:.2} GiB", seal.memory()? / GIB);
        println!("n{log_n}-l{levels}: largest resident set of this process so far {:.2} GiB", resident()? / GIB);
    }
    for (name, ratio) in ratios {
        println!("ratio {name} {ratio:.4}");
    }
    Ok(())
}

const GIB: f64 = (1u64 << 30) as f64;

fn resident() -> Outcome<f64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no VmHWM")?;
    Ok(line.trim().trim_end_matches(" kB").parse::<f64>()? * 1024.0)
}

fn medians(ours: &Ours, seal: &mut Seal, operation: &str, threads: usize) -> Outcome<(f64, f64)> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
    let (mut mine, mut theirs) = (Vec::new(), Vec::new());
    for run in 0..=RUNS {
        let times = (pool.install(|| ours.time(operation))?, seal.time(operation)?);
        // The first run warms up.
        if run > 0 {
            mine.push(times.0);
            theirs.push(times.1);
        }
    }
    Ok((median(mine), median(theirs)))
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or(f64::NAN)
}

/// A ciphertext at the top level and what is needed to multiply and rotate it.
struct Ours {
    evaluator: Evaluator,
    ciphertext: polyattn::encrypted::ckks::Ciphertext,
    relinearisation: RelinearisationKey,
    rotation: GaloisKeys,
}

impl Ours {
    fn new(log_n: u32, levels: usize, special: usize) -> Outcome<Self> {
        let chain = ModulusChain::generate(log_n, &sizes(levels), &vec![WIDE; special])?;
        let context = Context::new(&chain)?;
        let mut rng = rand_chacha::ChaCha20Rng::seed_from_u64(1);
        let secret = SecretKey::generate(&context, &mut rng);
        let public = PublicKey::generate(&secret, &mut rng);
        let scale = Float::with_val(polyattn::real::PRECISION, 1u64 << SCALE);
        let values = vec![0.5; context.slots()];
        let ciphertext = public.encrypt(&context.encode(&values, &scale, context.top_level())?, &mut rng)?;
        Ok(Self {
            relinearisation: RelinearisationKey::generate(&secret, &mut rng),
            rotation: GaloisKeys::generate(&secret, &[1], context.top_level(), &mut rng)?,
            evaluator: Evaluator::new(&context),
            ciphertext,
        })
    }

    fn time(&self, operation: &str) -> polyattn::Result<f64> {
        let began = Instant::now();
        let result = match operation {
            "product" => self.evaluator.multiply_rescale(&self.ciphertext, &self.ciphertext, &self.relinearisation)?,
            _ => self.evaluator.rotate(&self.ciphertext, 1, &self.rotation)?,
        };
        let seconds = began.elapsed().as_secs_f64();
        drop(std::hint::black_box(result));
        Ok(seconds)
    }
}

fn sizes(levels: usize) -> Vec<u32> {
    std::iter::once(WIDE).chain(std::iter::repeat_n(SCALE, levels)).collect()
}

/// The process that runs SEAL.
struct Seal {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Seal {
    fn start(python: &PathBuf, log_n: u32, levels: usize) -> Outcome<Self> {
        let sizes: Vec<String> = sizes(levels).iter().chain([&WIDE]).map(u32::to_string).collect();
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/seal_timing.py");
        let mut command = Command::new(python);
        command.args([script, &log_n.to_string(), &sizes.join(",")]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn()?;
        let (input, output) = (child.stdin.take().ok_or("no stdin")?, child.stdout.take().ok_or("no stdout")?);
        let mut seal = Self { child, input, output: BufReader::new(output) };
        seal.answer()?;
        Ok(seal)
    }

    fn answer(&mut self) -> Outcome<serde_json::Value> {
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        Ok(serde_json::from_str(&line)?)
    }

    fn ask(&mut self, question: &str, field: &str) -> Outcome<f64> {
        writeln!(self.input, "{question}")?;
        let answer = self.answer()?;
        Ok(answer.get(field).and_then(serde_json::Value::as_f64).ok_or_else(|| format!("no {field}: {answer}"))?)
    }

    fn time(&mut self, operation: &str) -> Outcome<f64> {
        self.ask(operation, "seconds")
    }

    fn memory(&mut self) -> Outcome<f64> {
        self.ask("memory", "bytes")
    }
}

impl Drop for Seal {
    fn drop(&mut self) {
        // It ends with its input; nothing is lost where it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The interpreter of a virtual environment that has TenSEAL.
fn python() -> Outcome<PathBuf> {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/target/seal"));
    let python = folder.join("bin/python");
    let has_seal = |python: &PathBuf| {
        let tried = Command::new(python).args(["-c", "import tenseal.sealapi"]).stderr(Stdio::null()).status();
        tried.is_ok_and(|status| status.success())
    };
    if !has_seal(&python) {
        eprintln!("installing TenSEAL 0.3.18 into {}", folder.display());
        let made = Command::new("python3").args(["-m", "venv"]).arg(&folder).status()?;
        let installed = Command::new(&python).args(["-m", "pip", "install", "-q", "tenseal==0.3.18"]).status()?;
        if !made.success() || !installed.success() || !has_seal(&python) {
            return Err("TenSEAL could not be installed: it has wheels for CPython 3.8 to 3.11".into());
        }
    }
    Ok(python)
}
