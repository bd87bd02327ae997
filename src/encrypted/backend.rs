//! Running a placed circuit on ciphertexts.

use super::bfv::BfvBackend;
use super::ckks::{Ciphertext, Context, Evaluator, GaloisKeys, PublicKey, RelinearisationKey, SecretKey};
use super::evidence::Evidence;
use super::exact::ExactBackend;
use super::quantiser::Quantiser;
use super::seal::SealBackend;
use super::seed::Seed;
use super::simulated::SimulatedBackend;
use crate::circuit::{Node, NodeId, Op, PlacedCircuit, Placement, SPARSE_WEIGHT, Secret, Term, Visitor};
use crate::error::{Error, Result, did_you_mean};
use crate::real::{PRECISION, rational_to_float};
use rand::Rng;
use rand_chacha::ChaCha20Rng;
use rug::{Float, Rational};
use std::sync::Arc;
use std::time::Instant;
use zeroize::Zeroizing;

/// A stage's values as they were decrypted, slot by slot.
#[derive(Debug, Clone, PartialEq)]
pub struct StageValues {
    /// The stage.
    pub name: String,
    /// The node that holds it.
    pub node: usize,
    /// Where in the modulus chain it was opened.
    pub level: usize,
    /// One value a slot.
    pub slots: Vec<f64>,
}

/// One ciphertext of scores run through a circuit: every named stage, the weights last.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// The stages in the order of the circuit.
    pub stages: Vec<StageValues>,
}

/// Wall time of a run.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct RunSeconds {
    /// Making the context and the keys.
    pub keys: f64,
    /// Evaluating, without encrypting and without opening stages.
    pub evaluate: f64,
}

/// Something that runs circuits on encrypted scores.
pub trait Backend {
    /// Its name on the command line and in documents.
    fn name(&self) -> &'static str;

    /// What a run of it says about a plan.
    fn evidence(&self) -> Evidence {
        Evidence::Ciphertexts
    }

    /// What ran in place of the plan's primes, in words; nothing where they ran themselves.
    ///
    /// # Errors
    /// [`Error::Input`] for primes that it cannot run with.
    fn substitution(&self, _placed: &PlacedCircuit) -> Result<Option<String>> {
        Ok(None)
    }

    /// What keys and noise are drawn with, in words.
    fn generator(&self, seed: Seed) -> &'static str {
        seed.description()
    }

    /// Encrypts each batch of raw scores (one value a slot), runs the circuit on x/R and opens every named stage.
    /// `progress` is called after each batch.
    ///
    /// # Errors
    /// [`Error::Input`] or [`Error::Internal`] when the circuit does not fit the parameters.
    fn run(
        &self,
        placed: &PlacedCircuit,
        bound: &Rational,
        batches: &[Vec<f64>],
        seed: Seed,
        progress: &dyn Fn(usize),
    ) -> Result<(Vec<Run>, RunSeconds)>;
}

/// A backend by its name.
///
/// # Errors
/// [`Error::Input`] listing the names that there are.
pub fn backend(name: &str) -> Result<Box<dyn Backend>> {
    if let Some(bits) = name.strip_prefix("bfv:") {
        let bits = bits
            .parse()
            .map_err(|_| Error::input(format!("--backend bfv:B: expected a number of bits, found '{bits}'")));
        return Ok(Box::new(BfvBackend::new(Quantiser::new(bits?)?)));
    }
    match name {
        "bfv" => Ok(Box::new(BfvBackend::default())),
        "ckks" => Ok(Box::new(CkksBackend)),
        "exact" => Ok(Box::new(ExactBackend)),
        "seal" => Ok(Box::new(SealBackend)),
        "simulated" => Ok(Box::new(SimulatedBackend)),
        other => Err(Error::input(format!(
            "--backend: expected one of bfv, bfv:BITS, ckks, exact, seal, simulated, found '{other}'{}",
            did_you_mean(other, ["bfv", "ckks", "exact", "seal", "simulated"])
        ))),
    }
}

/// This crate's own RNS-CKKS layer. Keys are drawn from the seed for the run and dropped with it.
#[derive(Debug, Clone, Copy)]
pub struct CkksBackend;

impl Backend for CkksBackend {
    fn name(&self) -> &'static str {
        "ckks"
    }

    fn run(
        &self,
        placed: &PlacedCircuit,
        bound: &Rational,
        batches: &[Vec<f64>],
        seed: Seed,
        progress: &dyn Fn(usize),
    ) -> Result<(Vec<Run>, RunSeconds)> {
        let mut rng = seed.generator(u64::from(placed.length))?;
        let began = Instant::now();
        let context = Context::new(&placed.chain)?;
        let secret = draw_secret(placed, &context, &mut rng)?;
        let public = PublicKey::generate(&secret, &mut rng);
        let relinearisation = RelinearisationKey::generate(&secret, &mut rng);
        let rounds = placed.rotation_rounds();
        let galois = GaloisKeys::generate(&secret, &rounds.concat(), sum_level(placed), &mut rng)?;
        let mut seconds = RunSeconds { keys: began.elapsed().as_secs_f64(), evaluate: 0.0 };

        let input = placed.placements.first().ok_or_else(|| Error::internal("an empty circuit"))?;
        let bound = rational_to_float(bound);
        let raw_scale = Float::with_val(PRECISION, &input.scale / &bound);
        let mut runs = Vec::with_capacity(batches.len());
        for (index, batch) in batches.iter().enumerate() {
            let plaintext = context.encode(batch, &raw_scale, input.level)?;
            // x at scale s/R is t = x/R at scale s: the same ciphertext.
            let scores = public.encrypt(&plaintext, &mut rng)?.rescaled_value(&bound.clone().recip())?;
            let mut evaluation = Evaluation {
                evaluator: Evaluator::new(&context),
                relinearisation: &relinearisation,
                galois: &galois,
                rounds: &rounds,
                placed,
                scores,
                secret: &secret,
                public: &public,
                rng: &mut rng,
                opened: Vec::new(),
                spared_seconds: 0.0,
            };
            let began = Instant::now();
            placed.circuit.visit(&mut evaluation)?;
            seconds.evaluate += began.elapsed().as_secs_f64() - evaluation.spared_seconds;
            runs.push(Run { stages: evaluation.opened.into_iter().collect::<Result<_>>()? });
            progress(index + 1);
        }
        Ok((runs, seconds))
    }
}

/// The secret comes first from the generator of a run.
fn draw_secret(placed: &PlacedCircuit, context: &Arc<Context>, rng: &mut ChaCha20Rng) -> Result<SecretKey> {
    match placed.secret {
        Secret::Ternary => Ok(SecretKey::generate(context, rng)),
        Secret::Sparse192 => SecretKey::generate_sparse(context, SPARSE_WEIGHT, rng),
    }
}

/// |s(ζ_j)|² in every slot for the secret that [`CkksBackend`] draws from `seed`: secret material, for the figures of a study, and
/// never to be written slot by slot.
///
/// # Errors
/// [`Error::Input`] for keys from the operating system's entropy, which cannot be drawn again.
pub(super) fn slot_sizes(placed: &PlacedCircuit, seed: Seed) -> Result<Zeroizing<Vec<f64>>> {
    if seed == Seed::System {
        return Err(Error::input("--key-aware: expected a seed that is a number, found 'system': its keys are gone"));
    }
    let secret = draw_secret(placed, &Context::new(&placed.chain)?, &mut seed.generator(u64::from(placed.length))?)?;
    Ok(secret.slot_sizes())
}

/// The error of what stands in for a bootstrap of a precision of `bits`: at most 2^-bits, and nearly Gaussian, as the sum of
/// three uniform numbers.
pub(super) fn bootstrap_error(bits: u32, rng: &mut ChaCha20Rng) -> f64 {
    let third = (-f64::from(bits)).exp2() / 3.0;
    (0..3).map(|_| rng.random_range(-third..=third)).sum()
}

/// The level at which the row sum is taken.
pub(super) fn sum_level(placed: &PlacedCircuit) -> usize {
    let nodes = placed.circuit.nodes().iter().zip(&placed.placements);
    let level = nodes.filter(|(node, _)| matches!(node.op, Op::RowSum(_))).map(|(_, p)| p.level).max();
    level.unwrap_or(0)
}

struct Evaluation<'a> {
    evaluator: Evaluator,
    relinearisation: &'a RelinearisationKey,
    galois: &'a GaloisKeys,
    rounds: &'a [Vec<i64>],
    placed: &'a PlacedCircuit,
    scores: Ciphertext,
    secret: &'a SecretKey,
    public: &'a PublicKey,
    rng: &'a mut ChaCha20Rng,
    opened: Vec<Result<StageValues>>,
    /// What a deployment would not do: opening stages, standing in for bootstraps.
    spared_seconds: f64,
}

impl Evaluation<'_> {
    fn open(&self, name: &str, node: usize, ciphertext: &Ciphertext) -> Result<StageValues> {
        let slots = self.evaluator.context().decode(&self.secret.decrypt(ciphertext)?)?;
        Ok(StageValues { name: name.into(), node, level: ciphertext.level(), slots })
    }

    /// What stands in for a bootstrap: decrypts, errs by up to 2^-bits in each slot, and encrypts at the node's place.
    fn encrypted_anew(&mut self, node: usize, value: &Ciphertext, bits: u32) -> Result<Ciphertext> {
        let place = place(self.placed, node)?;
        let context = self.evaluator.context();
        let mut slots = context.decode(&self.secret.decrypt(value)?)?;
        slots.iter_mut().for_each(|slot| *slot += bootstrap_error(bits, self.rng));
        self.public.encrypt(&context.encode(&slots, &place.scale, place.level)?, self.rng)
    }

    /// The planner and the evaluator must agree on level and scale, or every bound is about something else.
    fn agree(&self, node: usize, ciphertext: &Ciphertext) -> Result<()> {
        let planned = place(self.placed, node)?;
        let ratio = Float::with_val(PRECISION, ciphertext.scale() / &planned.scale) - 1u32;
        if ciphertext.level() != planned.level || ratio.abs() > 2f64.powi(-180) {
            return Err(Error::internal(format!(
                "node {node} was planned at level {} and evaluated at level {}, or their scales differ",
                planned.level,
                ciphertext.level()
            )));
        }
        Ok(())
    }
}

fn place(placed: &PlacedCircuit, node: usize) -> Result<&Placement> {
    placed.placements.get(node).ok_or_else(|| Error::internal("a node without a place"))
}

impl Visitor for Evaluation<'_> {
    type Value = Ciphertext;
    type Error = Error;

    fn scores(&mut self) -> Result<Ciphertext> {
        Ok(self.scores.clone())
    }

    fn product(&mut self, _: NodeId, left: &Ciphertext, right: &Ciphertext) -> Result<Ciphertext> {
        self.evaluator.multiply_rescale(left, right, self.relinearisation)
    }

    fn times(&mut self, _: NodeId, value: &Ciphertext, constant: &Rational) -> Result<Ciphertext> {
        let mut value = value.clone();
        if *constant < 0 {
            self.evaluator.negate(&mut value)?;
        }
        value.rescaled_value(&rational_to_float(constant).abs())
    }

    fn plus(&mut self, _: NodeId, value: &Ciphertext, constant: &Rational) -> Result<Ciphertext> {
        let mut value = value.clone();
        self.evaluator.add_constant(&mut value, &rational_to_float(constant))?;
        Ok(value)
    }

    fn add(&mut self, _: NodeId, left: &Ciphertext, right: &Ciphertext) -> Result<Ciphertext> {
        self.evaluator.add(left, right)
    }

    fn combination(&mut self, id: NodeId, terms: &[Term<Ciphertext>], constant: &Rational) -> Result<Ciphertext> {
        let place = place(self.placed, id.index())?;
        let terms: Vec<(&Ciphertext, Float)> =
            terms.iter().map(|term| (term.value, rational_to_float(term.coefficient))).collect();
        self.evaluator.combination(&terms, &rational_to_float(constant), &place.scale, place.level)
    }

    fn row_sum(&mut self, _: NodeId, value: &Ciphertext) -> Result<Ciphertext> {
        let mut sum = value.clone();
        for steps in self.rounds {
            sum = self.evaluator.rotate_sum(&sum, steps, self.galois)?;
        }
        Ok(sum)
    }

    fn refresh(&mut self, id: NodeId, value: &Ciphertext, bits: u32) -> Result<Ciphertext> {
        let began = Instant::now();
        let fresh = self.encrypted_anew(id.index(), value, bits);
        self.spared_seconds += began.elapsed().as_secs_f64();
        fresh
    }

    fn finish(&mut self, id: NodeId, node: &Node, value: Ciphertext) -> Ciphertext {
        let began = Instant::now();
        if let Some(name) = &node.stage {
            let opened = self.agree(id.index(), &value).and_then(|()| self.open(name, id.index(), &value));
            self.opened.push(opened);
        }
        self.spared_seconds += began.elapsed().as_secs_f64();
        value
    }
}
