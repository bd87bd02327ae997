//! The circuit as a graph: what is computed from the scores of a row, without saying how it is encrypted.

use crate::real::Interval;
use rug::Rational;

/// A node's place in its [`Circuit`]. Operands always come before the node that uses them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub(crate) usize);

impl NodeId {
    /// The place as an index into a visitor's results.
    pub fn index(self) -> usize {
        self.0
    }
}

/// One operation on ciphertexts.
#[derive(Debug, Clone, PartialEq)]
pub enum Op {
    /// The scores of the row as t = x/R, one a slot.
    Scores,
    /// Product of two ciphertexts, relinearised and rescaled. It costs a level.
    Product(NodeId, NodeId),
    /// Product with a real constant: the same ciphertext under another scale (negated for a negative one). Free.
    Times(NodeId, Rational),
    /// Sum with a real constant, encoded at the ciphertext's own scale.
    Plus(NodeId, Rational),
    /// Sum of two ciphertexts of one scale.
    Add(NodeId, NodeId),
    /// Σ c_i·v_i + c_0 with real constants: each c_i encoded as an integer at the scale that brings its product to the scale
    /// of the others, their sum rescaled once. It costs a level, and may end at any scale.
    Combination(Vec<(NodeId, Rational)>, Rational),
    /// The sum over the keys of the row, in every slot of the row, by rotations.
    RowSum(NodeId),
    /// The same value with all levels of the modulus chain before it again: where a bootstrap stands. The second number is
    /// its precision, in bits: no slot errs by more than 2^-bits.
    Refresh(NodeId, u32),
}

impl Op {
    /// The nodes that it is made of; a square names its operand twice.
    pub fn operands(&self) -> impl Iterator<Item = NodeId> {
        let (pair, terms): (_, &[(NodeId, Rational)]) = match self {
            Self::Scores => ([None, None], &[]),
            Self::Product(a, b) | Self::Add(a, b) => ([Some(*a), Some(*b)], &[]),
            Self::Times(of, _) | Self::Plus(of, _) | Self::RowSum(of) | Self::Refresh(of, _) => {
                ([Some(*of), None], &[])
            }
            Self::Combination(terms, _) => ([None, None], terms),
        };
        pair.into_iter().flatten().chain(terms.iter().map(|(of, _)| *of))
    }
}

/// An operation with what is known about its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// The operation.
    pub op: Op,
    /// The stage's name, where the value is one that a report shows.
    pub stage: Option<String>,
    /// What is known of the value on the whole domain.
    pub fact: Option<Fact>,
}

/// Something proved about a node's value where the circuit was built, by an argument that interval arithmetic over the
/// graph cannot see.
#[derive(Debug, Clone, PartialEq)]
pub enum Fact {
    /// It lies in this range.
    Range(Interval),
    /// It is (u/L)·(1 − R)/D, with R the value of `residual`, u = t^p in the slot and D = ε + (1/L) Σ u.
    Numerator {
        /// The node of R.
        residual: NodeId,
        /// ε beside the unit mean.
        epsilon: Rational,
    },
    /// It is (1 − R)/D, D as above.
    Reciprocal {
        /// What is known of R.
        residual: Residual,
        /// ε beside the unit mean.
        epsilon: Rational,
    },
    /// It is T_n of the value of another node, which lies in [−1, 1].
    Chebyshev {
        /// n.
        degree: u32,
        /// The node of T_1.
        argument: NodeId,
    },
}

/// What is known of the residual R = 1 − D·y of an approximation y of 1/D.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Residual {
    /// It is the value of this node.
    Node(NodeId),
    /// No |R| exceeds this on the whole domain.
    Within(f64),
}

impl Fact {
    /// The ε of the denominator that it speaks of.
    pub fn epsilon(&self) -> Option<&Rational> {
        match self {
            Self::Numerator { epsilon, .. } | Self::Reciprocal { epsilon, .. } => Some(epsilon),
            Self::Range(_) | Self::Chebyshev { .. } => None,
        }
    }
}

/// A circuit from the scores of a row to its weights. The last node is the result.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Circuit {
    nodes: Vec<Node>,
}

impl Circuit {
    /// The nodes, operands first.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The last node, which is the result.
    pub(super) fn last(&self) -> NodeId {
        NodeId(self.nodes.len().saturating_sub(1))
    }

    /// Number of nodes.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there is no node.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Appends an operation.
    pub(crate) fn push(&mut self, op: Op) -> NodeId {
        self.nodes.push(Node { op, stage: None, fact: None });
        NodeId(self.nodes.len() - 1)
    }

    /// factor·of + constant, without the operations that would do nothing.
    pub(crate) fn affine(&mut self, of: NodeId, factor: &Rational, constant: &Rational) -> NodeId {
        let scaled = if *factor == 1 { of } else { self.push(Op::Times(of, factor.clone())) };
        if *constant == 0 { scaled } else { self.push(Op::Plus(scaled, constant.clone())) }
    }

    /// Names a node as a stage, with what is known of its value.
    pub(crate) fn name(&mut self, id: NodeId, stage: impl Into<String>, fact: Option<Fact>) {
        if let Some(node) = self.nodes.get_mut(id.0) {
            node.stage = Some(stage.into());
            node.fact = fact;
        }
    }

    /// Evaluates every node with the operations of `visitor`, operands first.
    pub fn visit<V: Visitor>(&self, visitor: &mut V) -> Result<Vec<V::Value>, V::Error> {
        let mut values: Vec<V::Value> = Vec::with_capacity(self.nodes.len());
        for (index, node) in self.nodes.iter().enumerate() {
            let value = match &node.op {
                Op::Scores => visitor.scores(),
                Op::Product(left, right) => visitor.product(NodeId(index), &values[left.0], &values[right.0]),
                Op::Times(of, constant) => visitor.times(NodeId(index), &values[of.0], constant),
                Op::Plus(of, constant) => visitor.plus(NodeId(index), &values[of.0], constant),
                Op::Add(left, right) => visitor.add(NodeId(index), &values[left.0], &values[right.0]),
                Op::Combination(terms, constant) => {
                    let terms =
                        terms.iter().map(|(of, coefficient)| Term { of: *of, value: &values[of.0], coefficient });
                    let terms: Vec<Term<V::Value>> = terms.collect();
                    visitor.combination(NodeId(index), &terms, constant)
                }
                Op::RowSum(of) => visitor.row_sum(NodeId(index), &values[of.0]),
                Op::Refresh(of, bits) => visitor.refresh(NodeId(index), &values[of.0], *bits),
            }?;
            values.push(visitor.finish(NodeId(index), node, value));
        }
        Ok(values)
    }
}

/// One c_i·v_i of a combination.
#[derive(Debug, Clone, Copy)]
pub struct Term<'a, V> {
    /// The node of v_i.
    pub of: NodeId,
    /// v_i.
    pub value: &'a V,
    /// c_i.
    pub coefficient: &'a Rational,
}

/// One meaning of the operations: exact values, enclosures, levels, costs, ciphertexts.
pub trait Visitor {
    /// What a node evaluates to.
    type Value;
    /// What can go wrong.
    type Error;
    /// The scores of the row.
    fn scores(&mut self) -> Result<Self::Value, Self::Error>;
    /// Product, relinearised and rescaled.
    fn product(&mut self, id: NodeId, left: &Self::Value, right: &Self::Value) -> Result<Self::Value, Self::Error>;
    /// Product with a constant.
    fn times(&mut self, id: NodeId, value: &Self::Value, constant: &Rational) -> Result<Self::Value, Self::Error>;
    /// Sum with a constant.
    fn plus(&mut self, id: NodeId, value: &Self::Value, constant: &Rational) -> Result<Self::Value, Self::Error>;
    /// Sum of two ciphertexts.
    fn add(&mut self, id: NodeId, left: &Self::Value, right: &Self::Value) -> Result<Self::Value, Self::Error>;
    /// Linear combination, rescaled.
    fn combination(
        &mut self,
        id: NodeId,
        terms: &[Term<Self::Value>],
        constant: &Rational,
    ) -> Result<Self::Value, Self::Error>;
    /// Sum over the row.
    fn row_sum(&mut self, id: NodeId, value: &Self::Value) -> Result<Self::Value, Self::Error>;
    /// Refreshed by a bootstrap of a precision of `bits`.
    fn refresh(&mut self, id: NodeId, value: &Self::Value, bits: u32) -> Result<Self::Value, Self::Error>;
    /// Called with every node and its value before the value is used.
    fn finish(&mut self, _id: NodeId, _node: &Node, value: Self::Value) -> Self::Value {
        value
    }
}
