use super::*;
use crate::attention::RowDomain;
use crate::circuit::{MergedComposite, ModulusChain, PlacedCircuit};
use crate::real::PRECISION;
use rug::{Float, Rational};

/// The merged composite for D in [ε, 1 + ε], its constants by the textbook recurrence in binary64.
fn composite(power: u32, length: u32, log2_epsilon: i32, doublings: usize) -> (MergedComposite, RowDomain) {
    let epsilon = Rational::from_f64(f64::from(log2_epsilon).exp2()).unwrap();
    let a = epsilon.to_f64();
    let mut t = 1.0 + 2.0 * a;
    let (mut steps, mut residuals) = (Vec::new(), vec![1.0 / t + 1e-12]);
    for _ in 0..doublings {
        let doubled = 2.0 * t * t - 1.0;
        steps.push(Rational::from_f64(2.0 * t * t / doubled).unwrap());
        residuals.push(1.0 / doubled + 1e-9);
        t = doubled;
    }
    let start = Rational::from_f64(2.0 / (1.0 + 2.0 * a)).unwrap();
    let domain = RowDomain { length, epsilon: epsilon.clone(), smallest_mean: Rational::new() };
    (MergedComposite { power, length, epsilon, start, steps, residuals }, domain)
}

fn placed(circuit: &MergedComposite, log_n: u32, bits: u32) -> PlacedCircuit {
    let depth = crate::circuit::Cost::of(&circuit.circuit(), circuit.length).depth as usize;
    let mut q = vec![bits + 4];
    q.extend(vec![bits; depth]);
    let chain = ModulusChain::generate(log_n, &q, &[60, 60]).unwrap();
    let scale = Float::with_val(PRECISION, 1) << bits;
    PlacedCircuit::new(circuit.circuit(), chain, circuit.length, &scale).unwrap()
}

#[test]
fn show() {
    for (e, k) in [(-16, 10), (-20, 12), (-20, 13)] {
        let (c, d) = composite(4, 128, e, k);
        let p = placed(&c, 15, 50);
        let t = std::time::Instant::now();
        let b = analyse(&p, &d, -40.0, 1).unwrap();
        eprintln!(
            "{e} {k}: rig 2^{:.2} prob 2^{:.2} pred 2^{:.2} at D=2^{:.2} in {:?}",
            b.rigorous.log2(),
            b.probabilistic.log2(),
            b.predicted.log2(),
            b.worst_denominator.log2(),
            t.elapsed()
        );
        let mut l = b.ledger.clone();
        l.sort_by(|x, y| y.value.total_cmp(&x.value));
        for line in l.iter().take(6) {
            eprintln!("   {} gain 2^{:.1} value 2^{:.2}", line.source, line.gain.log2(), line.value.log2());
        }
        for (n, pl) in p.circuit.nodes().iter().zip(&p.placements) {
            if let Some(s) = &n.stage {
                eprint!(" {s}:{:.2}", pl.scale.clone().log2().to_f64());
            }
        }
        eprintln!();
        for s in &b.stages {
            eprint!(" {}:{:.2}", s.name, s.bound.log2());
        }
        eprintln!();
    }
}
