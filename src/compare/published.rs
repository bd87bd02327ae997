//! Systems of which figures are published, and not every constant that a circuit needs.

use super::system::Figures;
use crate::real::Exact;
use rug::Rational;

pub(super) fn figures() -> Vec<Figures> {
    vec![
        Figures {
            name: "THOR softmax",
            source: "THOR",
            depth: None,
            products: Some(38),
            rotations: Some(21),
            bootstraps: Some(3),
            error_bits: Exact(Rational::from((1419, 100))),
            note: "figures as published, on inputs in [−44.19, 50.25]: 3 iterations, exp of degree 15, error 2^-14.19. Its depth and \
                   coefficients are gaps, so nothing is measured here"
                .into(),
        },
        Figures {
            name: "Cho et al., normalise-and-square",
            source: "Cho et al. 2024; counts as THOR measured them again, depth as the PowerSoftmax authors count it",
            depth: Some(35),
            products: Some(53),
            rotations: Some(49),
            bootstraps: Some(8),
            error_bits: Exact(Rational::from(16)),
            note: "y = exp(x/2^k), then k times y ← (y/‖y‖)²: figures as published, 16 bits at worst and 20 on average; measured again by \
                   THOR 16.96 bits with k = 7 and 8 bootstraps. Depth 35 or more (48 in a table of the PowerSoftmax paper). Coefficients \
                   of its exp and 1/√x are gaps, so nothing is measured here"
                .into(),
        },
    ]
}
