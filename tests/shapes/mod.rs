//! The grid of plans that is run on ciphertexts: powers, lengths, variants.

/// One cell of the grid.
pub struct Cell {
    pub p: u32,
    pub length: u32,
    /// The variant, or "causal".
    pub shape: &'static str,
    /// The `[attention]` table of its specification, R = 4.
    pub attention: String,
}

impl Cell {
    pub fn name(&self) -> String {
        format!("p = {}, L = {:3}, {:15}", self.p, self.length, self.shape)
    }
}

/// Every power, length and variant, each with ε in another form; every denominator from 2^`log2_smallest` to about 1,
/// beside mean (x/R)^p.
pub fn grid(log2_smallest: i32) -> Vec<Cell> {
    let mut cells = Vec::new();
    for p in [2u32, 4, 6, 8] {
        for length in [64u32, 128, 256] {
            let epsilon = |form: &str, log2: i32| format!("epsilon = {{ form = \"{form}\", value = \"2^{log2}\" }}");
            // The same number beside the mean and beside the sum of the raw x^p, R = 4.
            let mean = log2_smallest + 2 * p as i32;
            let sum = mean + length.ilog2() as i32;
            let shapes = [
                ("length-agnostic", format!("variant = \"length-agnostic\"\n{}", epsilon("mean", mean))),
                ("lipschitz", format!("variant = \"lipschitz\"\n{}", epsilon("sum", sum))),
                ("stable", format!("variant = \"stable\"\n{}", epsilon("unit", log2_smallest))),
                ("plain", format!("variant = \"plain\"\nsmallest_mean = \"2^{log2_smallest}\"")),
                ("causal", format!("causal = true\n{}", epsilon("sum", sum))),
            ];
            for (shape, lines) in shapes {
                let attention = format!("[attention]\np = {p}\nlength = {length}\nscore_bound = \"4\"\n{lines}\n");
                cells.push(Cell { p, length, shape, attention });
            }
        }
    }
    cells
}
