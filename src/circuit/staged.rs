//! Staged normalisation: powers by squaring, with a rough division by the row sum between.

use super::division::{Builder, Division};
use super::graph::{Circuit, Fact, Node, NodeId, Op, Residual};
use super::placed::PlacedCircuit;
use crate::error::{Error, Result};

/// The constants of a staged circuit for one length: V_0 = t, and V_i = V_{i−1}²·r_i(row sum of V_{i−1}²).
///
/// A factor that a whole row has in common cancels in the last division, so all but the last r may be crude. With s stages
/// the weights are x^p / Σ x^p, p = 2^s.
#[derive(Debug, Clone, PartialEq)]
pub struct StagedComposite {
    /// First to last; each squares, and divides by the mean of the squares.
    pub stages: Vec<Division>,
}

impl StagedComposite {
    /// The circuit from t = x/R to the weights.
    pub fn circuit(&self) -> Circuit {
        let mut circuit = Circuit::default();
        let mut value = circuit.push(Op::Scores);
        circuit.name(value, "scores", None);
        for (index, stage) in self.stages.iter().enumerate() {
            let number = index + 1;
            let is_last = number == self.stages.len();
            let result = if is_last { "weights".into() } else { format!("stage {number}: V") };
            circuit = Builder::on(stage, circuit, value, &format!("stage {number}: "), &result).built();
            value = circuit.last();
        }
        circuit
    }
}

/// One normalisation of a placed circuit, as a circuit of its own whose scores are what the one before it computes.
#[derive(Debug, Clone)]
pub struct StageCircuit {
    /// The stage; node 0 is its input.
    pub placed: PlacedCircuit,
    /// The place of that input in the whole circuit: node k here is node `first` + k there.
    pub first: usize,
}

impl PlacedCircuit {
    /// Number of normalisations: of row sums.
    pub fn normalisations(&self) -> usize {
        self.circuit.nodes().iter().filter(|node| matches!(node.op, Op::RowSum(_))).count()
    }

    /// The normalisations one by one.
    ///
    /// # Errors
    /// [`Error::Internal`] for a circuit that is not a chain of them, each beginning with a square.
    pub fn stages(&self) -> Result<Vec<StageCircuit>> {
        let nodes = self.circuit.nodes();
        let sums = nodes.iter().filter_map(|node| match node.op {
            Op::RowSum(NodeId(u)) => Some(u),
            _ => None,
        });
        let mut firsts = vec![0];
        for u in sums.skip(1) {
            match nodes.get(u).map(|node| &node.op) {
                Some(Op::Product(NodeId(a), NodeId(b))) if a == b && a + 1 == u => firsts.push(*a),
                _ => return Err(Error::internal("a later normalisation that does not begin with a square")),
            }
        }
        let lasts = firsts.iter().skip(1).copied().chain([nodes.len().saturating_sub(1)]);
        firsts.iter().zip(lasts).map(|(&first, last)| self.stage(first, last)).collect()
    }

    /// The nodes from the input `first` to `last`.
    fn stage(&self, first: usize, last: usize) -> Result<StageCircuit> {
        let mut circuit = Circuit::default();
        for (index, node) in self.circuit.nodes().iter().enumerate().take(last + 1).skip(first) {
            let moved = if index == first { Some(input(node)) } else { shifted(node, first) };
            let node = moved.ok_or_else(|| Error::internal("a normalisation that uses more than its input"))?;
            let id = circuit.push(node.op);
            if let Some(stage) = node.stage {
                circuit.name(id, stage, node.fact);
            }
        }
        let placements = self.placements.get(first..=last).unwrap_or_default().to_vec();
        let placed = PlacedCircuit { circuit, placements, ..self.clone() };
        Ok(StageCircuit { placed, first })
    }
}

fn input(node: &Node) -> Node {
    Node { op: Op::Scores, stage: node.stage.clone(), fact: None }
}

/// The node with every operand `by` places earlier; `None` where one would be before the first.
fn shifted(node: &Node, by: usize) -> Option<Node> {
    let id = |id: &NodeId| id.0.checked_sub(by).map(NodeId);
    let op = match &node.op {
        Op::Scores => return None,
        Op::Product(a, b) => Op::Product(id(a)?, id(b)?),
        Op::Times(of, c) => Op::Times(id(of)?, c.clone()),
        Op::Plus(of, c) => Op::Plus(id(of)?, c.clone()),
        Op::Add(a, b) => Op::Add(id(a)?, id(b)?),
        Op::Combination(terms, constant) => {
            let moved = terms.iter().map(|(of, c)| Some((id(of)?, c.clone())));
            Op::Combination(moved.collect::<Option<_>>()?, constant.clone())
        }
        Op::RowSum(of) => Op::RowSum(id(of)?),
        Op::Refresh(of, bits) => Op::Refresh(id(of)?, *bits),
    };
    let fact = match &node.fact {
        Some(Fact::Numerator { residual, epsilon }) => {
            Some(Fact::Numerator { residual: id(residual)?, epsilon: epsilon.clone() })
        }
        Some(Fact::Reciprocal { residual: Residual::Node(residual), epsilon }) => {
            Some(Fact::Reciprocal { residual: Residual::Node(id(residual)?), epsilon: epsilon.clone() })
        }
        Some(Fact::Chebyshev { degree, argument }) => {
            Some(Fact::Chebyshev { degree: *degree, argument: id(argument)? })
        }
        other => other.clone(),
    };
    Some(Node { op, stage: node.stage.clone(), fact })
}
