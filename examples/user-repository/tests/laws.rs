//! The laws of this repository's table, and of its own code that uses it.

use polyattn::attention::{Epsilon, RowShape};
use polyattn::laws::proptest::prelude::*;
use polyattn::laws::{self, Suite, TableWeights, strategy};
use rug::Rational;
use std::path::Path;

// A #[test] for every law of the table, whose certificate must be about it.
laws::suite!("tables/reciprocal.json", certificate = "certificates/reciprocal.json");

fn table_weights() -> TableWeights {
    let path = |folder: &str| Path::new(env!("CARGO_MANIFEST_DIR")).join(folder).join("reciprocal.json");
    let (table, certificate) = (path("tables"), path("certificates"));
    let suite = Suite::read(&table, Some(&certificate), laws::Config::default()).unwrap();
    TableWeights::of(suite.table()).unwrap().unwrap()
}

/// What this repository might do with the table: all heads of a row in one call, the sign of the score put back.
fn signed_weights(table: &TableWeights, scores: &[Rational], shape: &RowShape) -> Vec<Rational> {
    let y = table.weights(scores, shape, &table.epsilon()).unwrap();
    y.into_iter().zip(scores).map(|(y, x)| if *x < 0 { -y } else { y }).collect()
}

proptest! {
    /// A law for code of one's own, on rows that the strategy draws: without its signs it is the map that the laws are about.
    #[test]
    fn without_signs_the_weights_keep_their_mass(row in strategy::rows()) {
        let table = table_weights();
        let row = table.row(row);
        let unsigned = |scores: &[Rational], shape: &RowShape, _: &Epsilon| {
            Ok(signed_weights(&table, scores, shape).into_iter().map(Rational::abs).collect())
        };
        laws::mass(&unsigned, &row, table.delta())?;
        laws::ordered_by_magnitude(&unsigned, &row)?;
    }
}
