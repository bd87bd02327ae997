//! Microsoft SEAL as a backend: a Python program on TenSEAL, started here, that speaks JSON.

use super::backend::{Backend, Run, RunSeconds, StageValues};
use super::seed::Seed;
use crate::circuit::{self, ModulusChain, NodeId, Op, PlacedCircuit, Placement, Secret};
use crate::error::{Error, Result};
use crate::real::rational_to_float;
use rug::{Float, Rational};
use serde::{Deserialize, Serialize};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// The program.
const PROGRAM: &str = include_str!("seal.py");
/// Which Python has TenSEAL.
const PYTHON: &str = "POLYATTN_SEAL_PYTHON";
/// SEAL's largest prime.
const LARGEST_PRIME_BITS: u32 = 60;

/// Microsoft SEAL through TenSEAL. It has one special prime where the plan may have several, and primes of at most 60 bits:
/// where the plan's differ, the record says which ran, and they never have more bits than the plan's. Keys and noise come from
/// SEAL's own generator: no seed has a part in them.
///
/// Its digits of key switching lie in [0, q), not around 0. Their mean, q/(2P)·Σe_i·(1 + X + …), reaches 2N/π times its usual
/// size in the slots next to X = 1, so that a rotation is noisier there than the plan's bound says unless P/q is well above
/// √N/8: plan for SEAL with `log_p = [60]` and primes of at most 46 bits.
#[derive(Debug, Clone, Copy)]
pub struct SealBackend;

#[derive(Serialize)]
struct Job {
    log_n: u32,
    moduli: Vec<String>,
    special: String,
    nodes: Vec<Node>,
    stages: Vec<usize>,
    raw_scale: f64,
}

#[derive(Serialize)]
struct Node {
    level: usize,
    scale: f64,
    #[serde(flatten)]
    action: Action,
}

#[derive(Serialize)]
#[serde(tag = "op", rename_all = "kebab-case")]
enum Action {
    Scores,
    Product { left: usize, right: usize },
    Times { value: usize, negative: bool },
    Plus { value: usize, constant: f64 },
    Add { left: usize, right: usize },
    Combination { terms: Vec<Multiple>, constant: f64, raised: f64 },
    RowSum { value: usize, steps: Vec<i64> },
    Refresh { value: usize, most: f64 },
}

/// A term of a combination, its coefficient to be encoded at a scale.
#[derive(Serialize)]
struct Multiple {
    value: usize,
    coefficient: f64,
    scale: f64,
}

#[derive(Serialize)]
struct Batch<'a> {
    slots: &'a [f64],
}

#[derive(Deserialize)]
struct Answer {
    seconds: Option<f64>,
    #[serde(default)]
    stages: Vec<Vec<f64>>,
    error: Option<String>,
}

impl Backend for SealBackend {
    fn name(&self) -> &'static str {
        "seal"
    }

    fn substitution(&self, placed: &PlacedCircuit) -> Result<Option<String>> {
        let (q, special) = primes(&placed.chain)?;
        if q == placed.chain.q && placed.chain.p == [special] {
            return Ok(None);
        }
        let bits = |prime: u64| (prime as f64).log2();
        let planned: Vec<String> = placed.chain.p.iter().map(|&p| format!("{:.0}", bits(p))).collect();
        Ok(Some(format!(
            "OTHER PRIMES THAN THE PLAN'S: SEAL ran with one special prime of {:.0} bits in place of [{}], q_0 of {:.0} bits",
            bits(special),
            planned.join(", "),
            q.first().map_or(0.0, |&q| bits(q))
        )))
    }

    fn generator(&self, _: Seed) -> &'static str {
        "SEAL's own, from the operating system's entropy"
    }

    fn run(
        &self,
        placed: &PlacedCircuit,
        bound: &Rational,
        batches: &[Vec<f64>],
        _seed: Seed,
        progress: &dyn Fn(usize),
    ) -> Result<(Vec<Run>, RunSeconds)> {
        require_ternary(placed)?;
        let job = Job::new(placed, bound)?;
        let mut process = Process::start()?;
        let mut seconds = RunSeconds { keys: process.ask(&job)?.seconds.unwrap_or(0.0), evaluate: 0.0 };
        let mut runs = Vec::with_capacity(batches.len());
        for (index, batch) in batches.iter().enumerate() {
            let answer = process.ask(&Batch { slots: batch })?;
            seconds.evaluate += answer.seconds.unwrap_or(0.0);
            runs.push(opened(placed, &job.stages, answer.stages)?);
            progress(index + 1);
        }
        Ok((runs, seconds))
    }
}

/// The circuit as its Python program reads it, for one that runs it elsewhere.
///
/// # Errors
/// [`Error::Input`] for primes that SEAL does not take or a secret that it does not draw.
pub(crate) fn recipe(placed: &PlacedCircuit, bound: &Rational) -> Result<serde_json::Value> {
    require_ternary(placed)?;
    serde_json::to_value(Job::new(placed, bound)?).map_err(|e| Error::internal(e.to_string()))
}

fn require_ternary(placed: &PlacedCircuit) -> Result<()> {
    if placed.secret != Secret::Ternary {
        return Err(Error::input(format!(
            "Microsoft SEAL's secrets are ternary, the plan's is {}: validate with --backend ckks, or export for another library",
            placed.secret.name()
        )));
    }
    Ok(())
}

/// The answer's slots under the names of the stages.
fn opened(placed: &PlacedCircuit, stages: &[usize], slots: Vec<Vec<f64>>) -> Result<Run> {
    let count = placed.chain.slots();
    if slots.len() != stages.len() || slots.iter().any(|values| values.len() != count) {
        return Err(Error::internal(format!(
            "SEAL's program answered other than {} stages of {count} slots",
            stages.len()
        )));
    }
    let named = stages.iter().zip(slots).filter_map(|(&node, slots)| {
        let name = placed.circuit.nodes().get(node)?.stage.clone()?;
        Some(StageValues { name, node, level: placed.placements.get(node)?.level, slots })
    });
    Ok(Run { stages: named.collect() })
}

impl Job {
    fn new(placed: &PlacedCircuit, bound: &Rational) -> Result<Self> {
        let stride = placed.rows() as i64;
        let steps: Vec<i64> = (0..placed.padded_length().trailing_zeros()).map(|i| stride << i).collect();
        let node = |(index, (node, place)): (usize, (&circuit::Node, &Placement))| -> Result<Node> {
            let action = match &node.op {
                Op::Scores => Action::Scores,
                Op::Product(left, right) => Action::Product { left: left.index(), right: right.index() },
                Op::Times(value, constant) => Action::Times { value: value.index(), negative: *constant < 0 },
                Op::Plus(value, constant) => Action::Plus { value: value.index(), constant: nearest(constant) },
                Op::Add(left, right) => Action::Add { left: left.index(), right: right.index() },
                Op::Combination(terms, constant) => combination(placed, index, terms, constant)?,
                Op::RowSum(value) => Action::RowSum { value: value.index(), steps: steps.clone() },
                Op::Refresh(value, bits) => Action::Refresh { value: value.index(), most: (-f64::from(*bits)).exp2() },
            };
            Ok(Node { level: place.level, scale: place.scale.to_f64(), action })
        };
        let nodes = placed.circuit.nodes().iter().zip(&placed.placements).enumerate().map(node);
        let stages = placed.circuit.nodes().iter().enumerate().filter(|(_, node)| node.stage.is_some());
        let input = placed.placements.first().ok_or_else(|| Error::internal("an empty circuit"))?;
        let (moduli, special) = primes(&placed.chain)?;
        Ok(Self {
            log_n: placed.chain.log_n,
            moduli: moduli.iter().map(u64::to_string).collect(),
            special: special.to_string(),
            nodes: nodes.collect::<Result<_>>()?,
            stages: stages.map(|(index, _)| index).collect(),
            raw_scale: Float::with_val(input.scale.prec(), &input.scale / rational_to_float(bound)).to_f64(),
        })
    }
}

/// The nearest binary64.
fn nearest(value: &Rational) -> f64 {
    rational_to_float(value).to_f64()
}

/// A combination: SEAL adds its terms at one scale, `raised`, and rescales.
fn combination(
    placed: &PlacedCircuit,
    index: usize,
    terms: &[(NodeId, Rational)],
    constant: &Rational,
) -> Result<Action> {
    let mut raised = 0.0;
    let mut multiple = |(of, coefficient): &(NodeId, Rational)| {
        let scale = placed.coefficient_scale(index, *of)?;
        let term = placed.placements.get(of.index()).ok_or_else(|| Error::internal("a node without a place"))?;
        raised = Float::with_val(scale.prec(), &scale * &term.scale).to_f64();
        Ok(Multiple { value: of.index(), coefficient: nearest(coefficient), scale: scale.to_f64() })
    };
    let terms = terms.iter().map(&mut multiple).collect::<Result<_>>()?;
    Ok(Action::Combination { terms, constant: nearest(constant), raised })
}

/// The plan's q with a q_0 that SEAL takes, and one special prime: the plan's where it has one that SEAL takes, else the largest
/// that SEAL takes. No rescaling divides by q_0, so the scales stay.
fn primes(chain: &ModulusChain) -> Result<(Vec<u64>, u64)> {
    let is_too_large = |q: &u64| *q >> LARGEST_PRIME_BITS != 0;
    if let Some(q) = chain.q.iter().skip(1).find(|q| is_too_large(q)) {
        return Err(Error::input(format!(
            "Microsoft SEAL's primes have at most {LARGEST_PRIME_BITS} bits, the plan's modulus chain has {q}: plan with \
             a smaller scale_bits"
        )));
    }
    // More than enough to find two that the chain does not have.
    let own = ModulusChain::generate(chain.log_n, &[LARGEST_PRIME_BITS; 2], &vec![LARGEST_PRIME_BITS; chain.q.len()])?;
    let mut free = own.q.into_iter().chain(own.p).filter(|prime| !chain.q.contains(prime));
    let mut take = || free.next().ok_or_else(|| Error::internal("no 60-bit prime is left"));
    let special = match chain.p.as_slice() {
        [only] if !is_too_large(only) => *only,
        _ => take()?,
    };
    let mut q = chain.q.clone();
    if let Some(first) = q.first_mut().filter(|q| is_too_large(q)) {
        *first = take()?;
    }
    Ok((q, special))
}

/// The program while it runs.
struct Process {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Process {
    fn start() -> Result<Self> {
        let python = std::env::var(PYTHON).unwrap_or_else(|_| "python3".into());
        let failed = |reason: String| {
            Error::input(format!(
                "--backend seal: '{python}' does not run ({reason}); it needs a Python with tenseal 0.3.18 (pip install \
                 tenseal==0.3.18), named by {PYTHON} where it is not python3"
            ))
        };
        let mut command = Command::new(&python);
        command.args(["-c", PROGRAM]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().map_err(|e| failed(e.to_string()))?;
        match (child.stdin.take(), child.stdout.take()) {
            (Some(input), Some(output)) => Ok(Self { child, input, output: BufReader::new(output) }),
            _ => Err(failed("no pipes".into())),
        }
    }

    fn ask(&mut self, question: &impl Serialize) -> Result<Answer> {
        let ended = |e: std::io::Error| {
            Error::input(format!("--backend seal: the Python program ended ({e}): see what it printed above"))
        };
        let text = serde_json::to_string(question).map_err(|e| Error::internal(e.to_string()))?;
        writeln!(self.input, "{text}").map_err(ended)?;
        let mut line = String::new();
        if self.output.read_line(&mut line).map_err(ended)? == 0 {
            return Err(ended(std::io::ErrorKind::UnexpectedEof.into()));
        }
        let answer: Answer =
            serde_json::from_str(&line).map_err(|e| Error::internal(format!("SEAL's program: {e}")))?;
        match answer.error {
            Some(error) if error.starts_with("ModuleNotFoundError") || error.starts_with("ImportError") => {
                Err(Error::input(format!(
                    "--backend seal: {error}; install it by pip install tenseal==0.3.18 (wheels for CPython 3.8 to 3.11) and \
                     name that Python by {PYTHON} where it is not python3"
                )))
            }
            Some(error) => Err(Error::internal(format!("SEAL's program: {error}"))),
            None => Ok(answer),
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Nothing is lost where it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seal_gets_primes_that_it_takes() {
        let chain = ModulusChain::generate(13, &[61, 50, 60], &[61, 61]).unwrap();
        let (q, special) = primes(&chain).unwrap();
        assert_eq!(q[1..], chain.q[1..]);
        let mut all = [q.as_slice(), &[special]].concat();
        assert!(all.iter().all(|prime| prime >> LARGEST_PRIME_BITS == 0 && prime % (1 << 14) == 1));
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 4);
        let own = ModulusChain::generate(13, &[54, 46], &[53]).unwrap();
        assert_eq!(primes(&own).unwrap(), (own.q.clone(), own.p[0]));
        let wide = ModulusChain::generate(13, &[50, 61], &[50]).unwrap();
        let error = primes(&wide).unwrap_err();
        assert!(error.exit_code() == 2 && error.to_string().contains("at most 60 bits"), "{error}");
    }
}
