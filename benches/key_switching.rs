//! What key switching costs: `cargo bench --bench key_switching`, or with `-- memory`, `-- sums` or `-- digits` one part.
//!
//! - *memory*: bytes of tables and keys at N = 2^16, 29 levels, 3 special primes, beside the largest resident set.
//! - *sums*: the row sum over 64, 128 and 256 keys by single rotations and by hoisted rounds of radix 4, 8 and 16.
//! - *digits*: product, relinearisation and rescaling with 1 to 6 special primes, the unit costs that fit
//!   these times best, in which `circuit::LimbCounts` counts, and the prediction beside each time. The constants of
//!   `circuit::key_switch_cost` are the ratios printed here.
//!
//! Times are processor time on one thread and wall time on two, each the least of five runs. Linux is needed.
//! The security of these chains is no concern here: with many special primes Q·P is longer than the ring allows.

use polyattn::circuit::{LimbCounts, ModulusChain};
use polyattn::encrypted::ckks::{
    Ciphertext, Context, Evaluator, GaloisKeys, PublicKey, RelinearisationKey, SecretKey, secure_generator,
};
use rand_chacha::ChaCha20Rng;
use rug::Float;
use std::error::Error;
use std::sync::Arc;
use std::time::Instant;

/// Bits of the first prime and of special primes.
const WIDE: u32 = 54;
/// Bits of the other primes, and of the scale.
const SCALE: u32 = 45;
/// Rings and levels of the cost model.
const SIZES: [(u32, usize); 4] = [(15, 12), (15, 14), (15, 18), (16, 29)];
const MOST_SPECIAL: usize = 6;
const RUNS: usize = 5;

type Outcome<T> = Result<T, Box<dyn Error>>;
type Part = fn() -> Outcome<()>;

fn main() -> Outcome<()> {
    let asked: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    let parts: [(&str, Part); 3] = [("memory", memory), ("sums", sums), ("digits", digits)];
    for (name, part) in parts {
        if asked.is_empty() || asked.iter().any(|argument| argument == name) {
            part()?;
        }
    }
    Ok(())
}

/// A secret, an evaluator and a ciphertext at the top level.
struct Ring {
    context: Arc<Context>,
    rng: ChaCha20Rng,
    secret: SecretKey,
    public: PublicKey,
    evaluator: Evaluator,
    ciphertext: Ciphertext,
}

impl Ring {
    fn new(log_n: u32, levels: usize, special: usize) -> Outcome<Self> {
        let sizes: Vec<u32> = std::iter::once(WIDE).chain(std::iter::repeat_n(SCALE, levels)).collect();
        let context = Context::new(&ModulusChain::generate(log_n, &sizes, &vec![WIDE; special])?)?;
        let mut rng = secure_generator()?;
        let secret = SecretKey::generate(&context, &mut rng);
        let public = PublicKey::generate(&secret, &mut rng);
        let scale = Float::with_val(polyattn::real::PRECISION, 1u64 << SCALE);
        let plaintext = context.encode(&vec![0.5; context.slots()], &scale, context.top_level())?;
        let ciphertext = public.encrypt(&plaintext, &mut rng)?;
        Ok(Self { evaluator: Evaluator::new(&context), context, rng, secret, public, ciphertext })
    }
}

/// Of [`RUNS`] runs: the least processor time on one thread, which other processes on the machine disturb little, and
/// the least wall time on two.
struct Times {
    processor: f64,
    wall: f64,
}

impl Times {
    fn of(action: impl Fn() -> polyattn::Result<Ciphertext> + Sync) -> Outcome<Self> {
        let pool = |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        let (one, two) = (pool(1)?, pool(2)?);
        let mut times = Self { processor: f64::INFINITY, wall: f64::INFINITY };
        for _ in 0..RUNS {
            let (result, spent) = one.install(|| {
                let began = processor_time();
                (action(), processor_time().zip(began).map(|(end, began)| end - began))
            });
            std::hint::black_box(result?);
            times.processor = times.processor.min(spent.ok_or("no /proc/thread-self/schedstat")?);
            let began = Instant::now();
            std::hint::black_box(two.install(&action)?);
            times.wall = times.wall.min(began.elapsed().as_secs_f64());
        }
        Ok(times)
    }
}

/// Processor time of this thread, in seconds: what Linux's scheduler counts, in nanoseconds.
fn processor_time() -> Option<f64> {
    // The scheduler brings its count up to date when a thread yields.
    std::thread::yield_now();
    let line = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(line.split_whitespace().next()?.parse::<f64>().ok()? * 1e-9)
}

const GIB: f64 = (1u64 << 30) as f64;

fn memory() -> Outcome<()> {
    let mut ring = Ring::new(16, 29, 3)?;
    let relinearisation = RelinearisationKey::generate(&ring.secret, &mut ring.rng);
    let steps: Vec<i64> = (0..8).map(|i| 1 << i).collect();
    let rotations = GaloisKeys::generate(&ring.secret, &steps, ring.context.top_level(), &mut ring.rng)?;
    let square = ring.evaluator.square_rescale(&ring.ciphertext, &relinearisation)?;
    std::hint::black_box(ring.evaluator.rotate(&square, 1, &rotations)?);
    let sizes = [
        ("tables", ring.context.bytes()),
        ("secret key", ring.secret.bytes()),
        ("public key", ring.public.bytes()),
        ("relinearisation key", relinearisation.bytes()),
        ("8 rotation keys", rotations.bytes()),
        ("a ciphertext", ring.ciphertext.bytes()),
    ];
    println!("N = 2^16, 29 levels, 3 special primes");
    for (what, bytes) in sizes {
        println!("  {what:<22} {:>7.3} GiB", bytes as f64 / GIB);
    }
    println!("  {:<22} {:>7.3} GiB", "together", sizes.iter().map(|(_, bytes)| *bytes as f64).sum::<f64>() / GIB);
    println!("  {:<22} {:>7.3} GiB", "largest resident set", resident()? / GIB);
    Ok(())
}

/// The largest resident set of this process so far.
fn resident() -> Outcome<f64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no VmHWM")?;
    Ok(line.trim().trim_end_matches(" kB").parse::<f64>()? * 1024.0)
}

fn sums() -> Outcome<()> {
    println!(
        "\nrow sum, N = 2^15, 3 special primes: ms of one processor / ms of wall time on two threads (rotation keys)"
    );
    println!("{:>6} {:>5} {:>22} {:>22} {:>22} {:>22}", "levels", "keys", "single", "radix 4", "radix 8", "radix 16");
    for levels in [12, 18] {
        let mut ring = Ring::new(15, levels, 3)?;
        for log_keys in [6, 7, 8] {
            let stride = ring.context.slots() as i64 >> log_keys;
            let plans: Vec<Vec<Vec<i64>>> = (1..=4).map(|bits| rounds(log_keys, bits, stride)).collect();
            let all: Vec<i64> = plans.iter().flatten().flatten().copied().collect();
            let keys = GaloisKeys::generate(&ring.secret, &all, levels, &mut ring.rng)?;
            print!("{levels:>6} {:>5}", 1 << log_keys);
            for plan in &plans {
                let sum = |sum: Ciphertext, steps: &Vec<i64>| match steps.as_slice() {
                    &[step] => ring.evaluator.add(&sum, &ring.evaluator.rotate(&sum, step, &keys)?),
                    steps => ring.evaluator.rotate_sum(&sum, steps, &keys),
                };
                let times = Times::of(|| plan.iter().try_fold(ring.ciphertext.clone(), sum))?;
                let steps: usize = plan.iter().map(Vec::len).sum();
                print!(" {:>8.1} /{:>7.1} ({steps:>2})", times.processor * 1e3, times.wall * 1e3);
            }
            println!();
        }
    }
    Ok(())
}

/// The steps of rounds that double at most `bits` times each, as evenly as possible: of radix 2^bits.
fn rounds(log_keys: u32, bits: u32, stride: i64) -> Vec<Vec<i64>> {
    let count = log_keys.div_ceil(bits);
    let mut first = stride;
    let round = |index: u32| {
        let radix = 1 << (log_keys / count + u32::from(index < log_keys % count));
        let steps = (1..radix).map(|i| i * first).collect();
        first *= radix;
        steps
    };
    (0..count).map(round).collect()
}

/// What was measured, and its counts.
struct Sample {
    name: &'static str,
    log_n: u32,
    levels: usize,
    special: usize,
    counts: LimbCounts,
    times: Times,
}

impl Sample {
    /// Layers of transforms, rows of inner products and rows of conversions, each a coefficient at a time.
    fn operations(&self) -> [f64; 3] {
        let layers = self.counts.transforms * self.log_n as usize;
        [layers, self.counts.products, self.counts.conversions].map(|count| count as f64 * f64::from(self.log_n).exp2())
    }

    fn predicted(&self, units: [f64; 3]) -> f64 {
        self.operations().iter().zip(units).map(|(count, unit)| count * unit).sum()
    }
}

/// Products of every size and, in the smaller ring, hoisted sums of 3 rotations, in which products with keys weigh more.
fn samples() -> Outcome<Vec<Sample>> {
    let mut samples = Vec::new();
    for (log_n, levels) in SIZES {
        for special in 1..=MOST_SPECIAL {
            let mut ring = Ring::new(log_n, levels, special)?;
            let key = RelinearisationKey::generate(&ring.secret, &mut ring.rng);
            let times = Times::of(|| ring.evaluator.square_rescale(&ring.ciphertext, &key))?;
            let counts = LimbCounts::of_product(levels, special);
            samples.push(Sample { name: "product", log_n, levels, special, counts, times });
            drop(key);
            if log_n == 15 {
                let steps = [1, 2, 3];
                let keys = GaloisKeys::generate(&ring.secret, &steps, levels, &mut ring.rng)?;
                let times = Times::of(|| ring.evaluator.rotate_sum(&ring.ciphertext, &steps, &keys))?;
                let counts = LimbCounts::of_rotations(levels, special, steps.len());
                samples.push(Sample { name: "3 rotations", log_n, levels, special, counts, times });
            }
        }
    }
    Ok(samples)
}

fn digits() -> Outcome<()> {
    let samples = samples()?;
    let units = least_squares(&samples).ok_or("the counts do not determine the unit costs")?;
    println!(
        "\nproduct with relinearisation and rescaling, and hoisted sum of 3 rotations: ms of one processor, beside"
    );
    println!("the prediction, and ms of wall time on two threads");
    println!(
        "{:<12} {:>5} {:>6} {:>7} {:>9} {:>9} {:>7} {:>9}",
        "", "log N", "levels", "special", "measured", "predicted", "ratio", "two"
    );
    for name in ["product", "3 rotations"] {
        for (log_n, levels) in SIZES {
            let size: Vec<&Sample> =
                samples.iter().filter(|s| s.name == name && s.log_n == log_n && s.levels == levels).collect();
            print_size(&size, units);
        }
    }
    let [layer, product, conversion] = units;
    let [a, b, c] = units.map(|unit| unit * 1e9);
    println!("unit costs, ns a coefficient: transform layer {a:.4}, product row {b:.4}, conversion row {c:.4}");
    println!(
        "over the product row: transform layer {:.3}, conversion row {:.3}",
        layer / product,
        conversion / product
    );
    Ok(())
}

fn print_size(size: &[&Sample], units: [f64; 3]) {
    for sample in size {
        let (measured, predicted) = (sample.times.processor, sample.predicted(units));
        println!(
            "{:<12} {:>5} {:>6} {:>7} {:>9.1} {:>9.1} {:>7.3} {:>9.1}",
            sample.name,
            sample.log_n,
            sample.levels,
            sample.special,
            measured * 1e3,
            predicted * 1e3,
            predicted / measured,
            sample.times.wall * 1e3
        );
    }
    let best = |time: &dyn Fn(&Sample) -> f64| {
        size.iter().min_by(|a, b| time(a).total_cmp(&time(b))).map_or(0, |sample| sample.special)
    };
    let (measured, predicted) = (best(&|sample| sample.times.processor), best(&|sample| sample.predicted(units)));
    if measured > 0 {
        println!("  best: measured {measured}, predicted {predicted}");
    }
}

/// The unit costs with the least squares of relative errors: Cramer's rule on the normal equations.
fn least_squares(samples: &[Sample]) -> Option<[f64; 3]> {
    let (mut matrix, mut right) = ([[0.0; 3]; 3], [0.0; 3]);
    for sample in samples {
        let row = sample.operations().map(|count| count / sample.times.processor);
        for i in 0..3 {
            right[i] += row[i];
            for j in 0..3 {
                matrix[i][j] += row[i] * row[j];
            }
        }
    }
    let all = determinant(matrix);
    let unit = |column: usize| {
        let mut replaced = matrix;
        replaced.iter_mut().zip(right).for_each(|(row, value)| row[column] = value);
        determinant(replaced) / all
    };
    (all != 0.0).then(|| [0, 1, 2].map(unit))
}

fn determinant([a, b, c]: [[f64; 3]; 3]) -> f64 {
    a[0] * (b[1] * c[2] - b[2] * c[1]) - a[1] * (b[0] * c[2] - b[2] * c[0]) + a[2] * (b[0] * c[1] - b[1] * c[0])
}
