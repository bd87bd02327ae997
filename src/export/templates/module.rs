
fn holds(found: f64, expected: f64, tolerance: f64) -> Result<(), String> {
    if (found - expected).abs() <= tolerance {
        Ok(())
    } else {
        Err(format!("expected {expected:e} within {tolerance:e}, found {found:e}"))
    }
}

fn clenshaw(coefficients: &[f64], t: f64) -> f64 {
    let (mut one, mut two) = (0.0, 0.0);
    for c in coefficients.iter().skip(1).rev() {
        (one, two) = (c + 2.0 * t * one - two, one);
    }
    coefficients[0] + t * one - two
}

fn horner(coefficients: &[f64], x: f64) -> f64 {
    coefficients.iter().rev().fold(0.0, |value, c| c + x * value)
}

fn product(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a * b).collect()
}

fn sum(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a + b).collect()
}

fn plus(a: &[f64], constant: f64) -> Vec<f64> {
    a.iter().map(|a| a + constant).collect()
}

fn scaled(a: &[f64], constant: f64) -> Vec<f64> {
    a.iter().map(|a| a * constant).collect()
}

fn negated(a: &[f64]) -> Vec<f64> {
    scaled(a, -1.0)
}

fn refreshed(a: &[f64]) -> Vec<f64> {
    a.to_vec()
}

fn combination(values: &[&Vec<f64>], factors: &[f64], constant: f64) -> Vec<f64> {
    let zero = vec![constant; values[0].len()];
    values.iter().zip(factors).fold(zero, |total, (value, factor)| sum(&total, &scaled(value, *factor)))
}

fn row_sum(a: &[f64]) -> Vec<f64> {
    vec![a.iter().sum(); a.len()]
}
