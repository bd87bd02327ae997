//! Where noise enters a placed circuit, and how a row's u = t^p depends on what comes before it.

use super::chernoff::{KeyedPart, tail, tail_over_slots};
use super::model::{Elementary, RandomPart, RingModel};
use crate::circuit::{Node, NodeId, Op, PlacedCircuit, Secret};
use crate::error::{Error, Result};
use crate::real::Interval;

/// What kind of event a source is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Encryption,
    Encoding,
    Rescaling,
    Relinearisation,
    Rotation,
    Constants,
    Bootstrap,
    Input,
}

impl Kind {
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Encryption => "encryption",
            Self::Encoding => "encoding",
            Self::Rescaling => "rescaling",
            Self::Relinearisation | Self::Rotation => "key switching",
            Self::Constants => "constants",
            Self::Bootstrap => "bootstrap",
            Self::Input => "error",
        }
    }
}

/// A noise that enters at a node, in units of the node's value.
#[derive(Debug, Clone, Copy)]
pub(super) enum Size {
    /// Random, the same in every slot of the row and independent between them.
    Random(RandomPart),
    /// Random, already summed over the row: what rotations add to a row sum.
    Spread(RandomPart),
    /// Bounded in every slot, of unknown sign; the variance is for predictions alone.
    Bounded { bound: f64, variance: f64 },
}

impl Size {
    /// Anything in [−bound, bound] alike.
    pub(super) fn uniform(bound: f64) -> Self {
        Self::Bounded { bound, variance: bound * bound / 3.0 }
    }
}

/// One source.
#[derive(Debug, Clone, Copy)]
pub(super) struct Source {
    pub node: usize,
    pub kind: Kind,
    pub size: Size,
    /// Another node whose value it comes with, as the rounding of a coefficient does; `size` is then that of the factor.
    pub times: Option<usize>,
}

/// The keyed part of a noise by the slots whose keys it follows.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Slots {
    /// Of the slot itself.
    pub own: f64,
    /// Of the others of the row.
    pub others: KeyedPart,
}

impl Slots {
    /// Adds noise that follows the keys of the same slots.
    pub(super) fn add(&mut self, own: f64, others: f64, largest: f64) {
        self.own += own;
        self.others.total += others;
        self.others.largest += largest;
    }
}

/// A node that feeds the row sum: its value is t^exponent, and ∂u/∂node = factor·t^(p − exponent).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct PowerNode {
    pub exponent: u32,
    pub factor: f64,
}

/// The sources of a placed circuit and the shape of its power part.
#[derive(Debug)]
pub(super) struct Sources {
    pub list: Vec<Source>,
    /// For each node, its place in x^p, where it has one; empty for a circuit without a row sum.
    pub powers: Vec<Option<PowerNode>>,
    /// The node u = t^p that the row sum adds up, and the row sum.
    pub u: usize,
    pub sum: usize,
    /// Each node's stage, or the stage that it is the raw product of.
    pub stages: Vec<String>,
    /// log2 of the failure probability of every bound that is made of them.
    pub log2_failure: f64,
    /// The random noise that enters at each node.
    pub local: Vec<RandomPart>,
    /// The bounded noise that enters there.
    pub bounded: Vec<f64>,
    /// A bound on both.
    pub entering: Vec<f64>,
    /// Each node's constant factor or summand, enclosed once.
    pub constants: Vec<Interval>,
    /// Each combination's coefficients, enclosed once.
    pub coefficients: Vec<Vec<Interval>>,
    /// The ε of the denominator, enclosed once.
    pub epsilon: Interval,
    /// The most of a row sum's rotation noise that one slot has.
    pub rotation_share: f64,
    /// Whether slots may be taken as independent: whether the key's coefficients are independent.
    separable: bool,
}

impl Sources {
    /// p.
    pub(super) fn power(&self) -> u32 {
        self.powers.get(self.u).copied().flatten().map_or(2, |u| u.exponent)
    }

    /// ∂u/∂node in a slot with |t| = `own`, for a node of x^p; 0 behind it.
    pub(super) fn derivative(&self, node: usize, own: f64) -> f64 {
        let power = self.powers.get(node).copied().flatten();
        power.map_or(0.0, |p| p.factor * own.powi((self.power() - p.exponent) as i32))
    }

    /// The sources of the deterministic worst case: every rounding at its largest, in the worst direction.
    pub(super) fn worst_case(placed: &PlacedCircuit) -> Result<Self> {
        let model = RingModel::bounding(placed);
        let largest = |elementary, factor| Size::Bounded {
            bound: model.largest(elementary, placed.secret) * factor,
            variance: 0.0,
        };
        let row_sum = |level, factor| largest(Elementary::KeySwitch(level), factor * rotations(placed));
        // Nothing fails, so the probability plays no part.
        Self::of(placed, sources(placed, &model, &Sizes { elementary: &largest, row_sum: &row_sum }), 0.0)
    }

    /// The sources that bounds are made of, each of which fails with probability 2^`log2_failure`. Of the row sum it is not
    /// assumed that rotations are hoisted.
    pub(super) fn bounding(placed: &PlacedCircuit, log2_failure: f64) -> Result<Self> {
        Self::bounding_by(&RingModel::bounding(placed), placed, log2_failure)
    }

    /// As [`Sources::bounding`] where the key's |s(ζ)|² is known. What is still random are the errors in the other keys, whose
    /// coefficients are independent.
    pub(super) fn bounding_given(placed: &PlacedCircuit, log2_failure: f64, squared_size: f64) -> Result<Self> {
        let model = RingModel::given_secret(&placed.chain, squared_size);
        Ok(Self { separable: true, ..Self::bounding_by(&model, placed, log2_failure)? })
    }

    fn bounding_by(model: &RingModel, placed: &PlacedCircuit, log2_failure: f64) -> Result<Self> {
        let random = |elementary, factor: f64| Size::Random(model.random(elementary).scaled(factor * factor));
        let row_sum = |level, factor: f64| {
            Size::Spread(model.key_switch(level).scaled(rotations(placed)).scaled(factor * factor))
        };
        Self::of(placed, sources(placed, model, &Sizes { elementary: &random, row_sum: &row_sum }), log2_failure)
    }

    /// The sources that predictions are made of: rotations are hoisted, with one rounding a round.
    pub(super) fn expected(placed: &PlacedCircuit) -> Result<Self> {
        Self::expected_by(&RingModel::expected(placed), placed)
    }

    /// As [`Sources::expected`] where the key's |s(ζ)|² is known.
    pub(super) fn expected_given(placed: &PlacedCircuit, squared_size: f64) -> Result<Self> {
        Self::expected_by(&RingModel::given_secret(&placed.chain, squared_size), placed)
    }

    fn expected_by(model: &RingModel, placed: &PlacedCircuit) -> Result<Self> {
        let random = |elementary, factor: f64| Size::Random(model.random(elementary).scaled(factor * factor));
        let row_sum = |level, factor: f64| {
            let digits = model.digits(level).scaled(rotations(placed));
            Size::Spread(model.rounding().scaled(roundings(placed)).plus(digits).scaled(factor * factor))
        };
        // No bound is made of them.
        Self::of(placed, sources(placed, model, &Sizes { elementary: &random, row_sum: &row_sum }), 0.0)
    }

    /// The same without what enters at the scores: for a circuit whose scores another one computes.
    pub(super) fn inherited(mut self) -> Self {
        self.list.retain(|source| source.node != 0);
        self.local[0] = RandomPart::default();
        self.bounded[0] = 0.0;
        self.entering[0] = 0.0;
        self
    }

    fn of(placed: &PlacedCircuit, list: Vec<Source>, log2_failure: f64) -> Result<Self> {
        let nodes = placed.circuit.nodes();
        let mut sums = nodes.iter().enumerate().filter_map(|(index, node)| match node.op {
            Op::RowSum(of) => Some((index, of.index())),
            _ => None,
        });
        let (Some((sum, u)), None) = (sums.next(), sums.next()) else {
            return Err(Error::internal("only a circuit with one row sum can be analysed"));
        };
        // Of x^p only u itself may be used again: gains to what comes before it go through u.
        if nodes.iter().skip(u + 1).flat_map(|node| node.op.operands()).any(|operand| operand.index() < u) {
            return Err(Error::internal("only the power that is added up may be used after it"));
        }
        let powers = power_part(placed, u)?;
        Ok(Self::assembled(placed, list, log2_failure, powers, (u, sum)))
    }

    /// Those of a list; `u` and `sum` are the node that is added up and the row sum, or (0, 0) where there is none.
    pub(super) fn assembled(
        placed: &PlacedCircuit,
        list: Vec<Source>,
        log2_failure: f64,
        powers: Vec<Option<PowerNode>>,
        (u, sum): (usize, usize),
    ) -> Self {
        let nodes = placed.circuit.nodes();
        let mut local = vec![RandomPart::default(); nodes.len()];
        let mut bounded = vec![0.0; nodes.len()];
        for source in &list {
            match source.size {
                Size::Random(part) | Size::Spread(part) => local[source.node] = local[source.node].plus(part),
                Size::Bounded { bound, .. } if source.times.is_none() => bounded[source.node] += bound,
                Size::Bounded { .. } => {}
            }
        }
        let epsilon = nodes.iter().find_map(|node| node.fact.as_ref()?.epsilon());
        let epsilon = epsilon.map_or(Interval::ZERO, Interval::around);
        let entering = local.iter().zip(&bounded).map(|(part, bounded)| tail(*part, log2_failure) + bounded).collect();
        Self {
            list,
            powers,
            u,
            sum,
            stages: stage_names(placed),
            log2_failure,
            local,
            bounded,
            entering,
            constants: nodes.iter().map(constant).collect(),
            coefficients: nodes.iter().map(coefficients).collect(),
            epsilon,
            rotation_share: rotation_share(placed),
            separable: placed.secret == Secret::Ternary,
        }
    }

    /// Whether there is a row sum. Where there is none, `powers` is empty, and all gains begin at the input, node 0.
    pub(super) fn has_row_sum(&self) -> bool {
        !self.powers.is_empty()
    }

    /// A bound on the random noise `total`; `slots` says whose keys it follows.
    pub(super) fn tail(&self, total: RandomPart, slots: Slots) -> f64 {
        if self.separable {
            tail_over_slots(total.plain, &[KeyedPart::alike(slots.own, 1.0), slots.others], self.log2_failure)
        } else {
            tail(total, self.log2_failure)
        }
    }
}

fn constant(node: &Node) -> Interval {
    match &node.op {
        Op::Times(_, constant) | Op::Plus(_, constant) | Op::Combination(_, constant) => Interval::around(constant),
        _ => Interval::ZERO,
    }
}

fn coefficients(node: &Node) -> Vec<Interval> {
    match &node.op {
        Op::Combination(terms, _) => terms.iter().map(|(_, coefficient)| Interval::around(coefficient)).collect(),
        _ => Vec::new(),
    }
}

/// How large noises are, times a factor.
pub(super) struct Sizes<'a> {
    pub elementary: &'a dyn Fn(Elementary, f64) -> Size,
    /// What the rotations of a row sum at a level bring.
    pub row_sum: &'a dyn Fn(usize, f64) -> Size,
}

/// The slots that a row sum takes from others: the noise of a rotation is added as often as rotations after it repeat it, from
/// different slots, L − 1 times in all.
fn rotations(placed: &PlacedCircuit) -> f64 {
    f64::from(placed.padded_length() - 1)
}

/// A slot adds the noise of a rotation at most once for each rotation, whether they are made one by one or in rounds.
fn rotation_share(placed: &PlacedCircuit) -> f64 {
    let made: usize = placed.rotation_rounds().iter().map(Vec::len).sum();
    made as f64 / rotations(placed).max(1.0)
}

/// Roundings that reach a row sum in rounds: one of each round, repeated by the rounds after it.
fn roundings(placed: &PlacedCircuit) -> f64 {
    placed.rotation_rounds().iter().fold(0.0, |sum, round| sum * (round.len() + 1) as f64 + 1.0)
}

/// Every source of the circuit.
pub(super) fn sources(placed: &PlacedCircuit, model: &RingModel, sizes: &Sizes) -> Vec<Source> {
    let mut list = Vec::new();
    for (node, (op, placement)) in placed.circuit.nodes().iter().map(|n| &n.op).zip(&placed.placements).enumerate() {
        let (scale, level) = (placement.scale.to_f64(), placement.level);
        let encoding =
            Size::Bounded { bound: model.encoding() / scale, variance: model.encoding_variance() / (scale * scale) };
        let mut add = |kind, size| list.push(Source { node, kind, size, times: None });
        match op {
            Op::Scores => {
                add(Kind::Encryption, (sizes.elementary)(Elementary::Encryption, 1.0 / scale));
                add(Kind::Encoding, encoding);
            }
            Op::Refresh(_, bits) => {
                // What stands in for a bootstrap decrypts, errs by as much as the bootstrap may, and encrypts anew.
                // Its error is the sum of three uniform ones.
                let bound = (-f64::from(*bits)).exp2();
                add(Kind::Bootstrap, Size::Bounded { bound, variance: bound * bound / 9.0 });
                add(Kind::Encryption, (sizes.elementary)(Elementary::Encryption, 1.0 / scale));
                add(Kind::Encoding, encoding);
            }
            Op::Product(..) => {
                // The product is divided by P·q in one step, so of its key switching only the digits are left.
                let dropped = placed.chain.q.get(level + 1).map_or(1.0, |&q| q as f64);
                add(Kind::Rescaling, (sizes.elementary)(Elementary::Rounding, 1.0 / scale));
                add(Kind::Relinearisation, (sizes.elementary)(Elementary::Digits(level + 1), 1.0 / (dropped * scale)));
            }
            Op::Plus(..) => add(Kind::Constants, Size::uniform(0.5 / scale)),
            Op::Combination(terms, _) => {
                // Its constant is added before it is rescaled.
                let dropped = placed.chain.q.get(level + 1).map_or(1.0, |&q| q as f64);
                add(Kind::Rescaling, (sizes.elementary)(Elementary::Rounding, 1.0 / scale));
                add(Kind::Constants, Size::uniform(0.5 / (dropped * scale)));
                list.extend(terms.iter().map(|(of, _)| {
                    // A plaintext at the scale s·q/s_i: an error of s_i/(2s·q) in the coefficient.
                    let term = placed.placements.get(of.index()).map_or(f64::INFINITY, |p| p.scale.to_f64());
                    let size = Size::uniform(0.5 * term / (dropped * scale) * (1.0 + 1e-12));
                    Source { node, kind: Kind::Constants, size, times: Some(of.index()) }
                }));
            }
            Op::RowSum(_) => add(Kind::Rotation, (sizes.row_sum)(level, 1.0 / scale)),
            Op::Times(..) | Op::Add(..) => {}
        }
    }
    list
}

/// Walks x^p: exponents forwards, ∂u/∂node backwards. By homogeneity each derivative is one monomial.
fn power_part(placed: &PlacedCircuit, u: usize) -> Result<Vec<Option<PowerNode>>> {
    let nodes = placed.circuit.nodes();
    let mut exponents = vec![0u32; nodes.len()];
    let mut factors = vec![0.0; nodes.len()];
    let malformed = || Error::internal("the row sum must add up a power of the scores");
    for (index, node) in nodes.iter().enumerate().take(u + 1) {
        exponents[index] = match node.op {
            Op::Scores => 1,
            Op::Product(NodeId(a), NodeId(b)) => exponents[a] + exponents[b],
            _ => return Err(malformed()),
        };
    }
    factors[u] = 1.0;
    for index in (0..=u).rev() {
        if let Op::Product(NodeId(a), NodeId(b)) = nodes[index].op {
            factors[a] += factors[index];
            factors[b] += factors[index];
        }
    }
    let found = exponents.iter().zip(&factors).enumerate();
    Ok(found.map(|(i, (&exponent, &factor))| (i <= u).then_some(PowerNode { exponent, factor })).collect())
}

/// A product is scaled and shifted before it gets its name; its noise is known by that name.
fn stage_names(placed: &PlacedCircuit) -> Vec<String> {
    let nodes = placed.circuit.nodes();
    let mut names: Vec<String> = nodes.iter().map(|n| n.stage.clone().unwrap_or_default()).collect();
    for index in (0..nodes.len()).rev() {
        if let Op::Times(..) | Op::Plus(..) | Op::Add(..) = &nodes[index].op {
            for of in nodes[index].op.operands().map(NodeId::index) {
                if names[of].is_empty() {
                    names[of] = names[index].clone();
                }
            }
        }
    }
    // 1 + R and T_1 + s are used at once and have no name of their own; a mean + ε has one: D.
    for index in 0..nodes.len() {
        if let Op::Plus(of, constant) = &nodes[index].op
            && names[index].is_empty()
        {
            names[index] = match names[of.index()].as_str() {
                "" => "D".into(),
                name if *constant == 1 => format!("1 + {name}"),
                name => format!("{name} + constant"),
            };
        }
    }
    names
}
