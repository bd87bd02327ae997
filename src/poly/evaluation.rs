//! What evaluating a polynomial costs on ciphertexts: rescalings on the longest path, and products.

use serde::{Deserialize, Serialize};

/// The cost of one evaluation. Products are ciphertext × ciphertext; constants cost neither product nor level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Evaluation {
    /// Rescalings on the longest path from x to the value.
    pub depth: u32,
    /// Products of two ciphertexts.
    pub products: u64,
}

/// Paterson–Stockmeyer at the least depth, ⌈log2 degree⌉, with the block length that takes the fewest products.
///
/// With blocks of length B: x² … x^B, then x^2B, x^4B …, and p = q·x^g + r at the largest such g below the degree,
/// again and again. The same count holds in the Chebyshev basis by T_(a+b) = 2T_aT_b − T_|a−b|.
/// (Paterson and Stockmeyer, SIAM J. Comput. 2, 1973.)
pub fn paterson_stockmeyer(degree: u64) -> Evaluation {
    let least_depth = log2_ceil(degree);
    // Longer blocks than 2√degree only add powers.
    let longest = 2 * degree.isqrt() + 2;
    let candidates = (2..=longest).map(|block| (powers(degree, block), blocks(degree, block)));
    let products = candidates
        .filter(|(_, (depth, _))| *depth <= least_depth)
        .map(|(powers, (_, joins))| powers + joins)
        .min()
        .unwrap_or(0);
    Evaluation { depth: least_depth, products }
}

/// p of a degree and x·p together, at the least depth of x·p: the powers are shared.
pub fn with_multiple(degree: u64) -> Evaluation {
    let least_depth = log2_ceil(degree + 1);
    let longest = 2 * degree.isqrt() + 3;
    let blockwise = (2..=longest).filter_map(|block| {
        let ((p_depth, p), (multiple_depth, multiple)) = (blocks(degree, block), blocks(degree + 1, block));
        let products = powers(degree + 1, block) + p + multiple;
        (p_depth.max(multiple_depth) <= least_depth).then_some(products)
    });
    let p = paterson_stockmeyer(degree);
    let by_one_product = (p.depth < least_depth).then_some(p.products + 1);
    Evaluation { depth: least_depth, products: blockwise.chain(by_one_product).min().unwrap_or(0) }
}

fn log2_ceil(n: u64) -> u32 {
    n.max(1).next_power_of_two().trailing_zeros()
}

/// Products for x² … x^B and the x^(B·2^i) below the degree.
fn powers(degree: u64, block: u64) -> u64 {
    let giants = std::iter::successors(Some(2 * block), |power| power.checked_mul(2)).take_while(|&g| g < degree);
    block.min(degree).saturating_sub(1) + giants.count() as u64
}

/// Depth, and products that join the blocks, of a polynomial of this degree.
fn blocks(degree: u64, block: u64) -> (u32, u64) {
    if degree <= block {
        return (log2_ceil(degree), 0);
    }
    let mut giant = block;
    while giant * 2 < degree {
        giant *= 2;
    }
    let (quotient_depth, quotient) = blocks(degree - giant, block);
    let (rest_depth, rest) = blocks(giant - 1, block);
    let giant_depth = log2_ceil(block) + (giant / block).trailing_zeros();
    ((quotient_depth.max(giant_depth) + 1).max(rest_depth), quotient + rest + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_the_known_ones() {
        // (degree, depth, products). Blocks of 64 take 185 products at degree 7452; blocks of 117 take one less.
        for (degree, depth, products) in
            [(0, 0, 0), (1, 0, 0), (2, 1, 1), (3, 2, 2), (4, 2, 2), (5, 3, 3), (14, 4, 7), (7452, 13, 184)]
        {
            assert_eq!(paterson_stockmeyer(degree), Evaluation { depth, products }, "degree {degree}");
        }
    }

    #[test]
    fn a_multiple_shares_the_powers() {
        // x·p of a constant is x itself; of degree 4 it is one more product; of degree 3 one more join.
        for (degree, depth, products) in [(0, 0, 0), (1, 1, 1), (2, 2, 2), (3, 2, 3), (4, 3, 3)] {
            assert_eq!(with_multiple(degree), Evaluation { depth, products }, "degree {degree}");
        }
        for degree in 1..500 {
            let (both, one) = (with_multiple(degree), paterson_stockmeyer(degree + 1));
            assert_eq!(both.depth, one.depth);
            assert!(
                both.products >= one.products && both.products <= one.products + paterson_stockmeyer(degree).products
            );
        }
    }

    #[test]
    fn products_do_not_fall_when_the_degree_doubles() {
        for degree in 1..2000 {
            assert!(paterson_stockmeyer(2 * degree).products >= paterson_stockmeyer(degree).products);
        }
    }
}
