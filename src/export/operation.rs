//! One operation of a plan's circuit, as documents carry it.

use super::number::decimal;
use super::recipe::Constant;
use crate::circuit::{Node, NodeId, Op, Placement};
use crate::real::float_to_exact;
use serde::Serialize;
use std::fmt;

/// What is done with the results of earlier operations, and where its own sits in the modulus chain.
#[derive(Serialize, schemars::JsonSchema)]
pub(super) struct Operation {
    pub op: &'static str,
    /// Places of its operands.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub of: Vec<usize>,
    /// What each operand of a combination, or the one of a product with a constant, is multiplied by.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub factors: Vec<Constant>,
    /// What is added.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub constant: Option<Constant>,
    pub level: usize,
    pub scale: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

impl Operation {
    pub(super) fn new(node: &Node, place: &Placement) -> Self {
        let op = match &node.op {
            Op::Scores => "scores",
            Op::Product(..) => "product",
            Op::Times(..) => "times",
            Op::Plus(..) => "plus",
            Op::Add(..) => "add",
            Op::Combination(..) => "combination",
            Op::RowSum(_) => "row-sum",
            Op::Refresh(..) => "refresh",
        };
        let factors = match &node.op {
            Op::Times(_, c) => vec![Constant::new(c)],
            Op::Combination(terms, _) => terms.iter().map(|(_, c)| Constant::new(c)).collect(),
            _ => Vec::new(),
        };
        let constant = match &node.op {
            Op::Plus(_, c) | Op::Combination(_, c) => Some(Constant::new(c)),
            _ => None,
        };
        Self {
            op,
            of: node.op.operands().map(NodeId::index).collect(),
            factors,
            constant,
            level: place.level,
            scale: decimal(&float_to_exact(&place.scale)),
            name: node.stage.clone(),
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?}", self.op, self.of)?;
        for (name, constant) in
            self.factors.iter().map(|c| ("times", c)).chain(self.constant.iter().map(|c| ("plus", c)))
        {
            write!(f, " {name} {}", constant.decimal)?;
        }
        write!(f, "; level {}, scale {}", self.level, self.scale)?;
        self.name.iter().try_for_each(|name| write!(f, "; {name}"))
    }
}
