//! eˣ.

use super::Function;
use rug::Float;

/// eˣ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exp;

impl Exp {
    /// The name in tables and on the command line.
    pub const NAME: &str = "exp";
}

impl Function for Exp {
    fn value(&self, x: &Float) -> Float {
        x.clone().exp()
    }

    fn derivative(&self, x: &Float) -> Option<Float> {
        Some(self.value(x))
    }

    fn second_derivative(&self, x: &Float) -> Option<Float> {
        Some(self.value(x))
    }
}
