//! The kinds of tampering. Each makes a certificate that must be refused, or nothing where the kind does not fit.

use polyattn::document::{Document, Provenance};
use polyattn::poly::table::Table;
use polyattn::real::{Exact, parse_exact};
use rand::Rng;
use rand_chacha::ChaCha20Rng;
use rug::Rational;
use serde_json::{Value, json};

/// A table with its certificate, as they were published.
pub struct Original {
    pub name: String,
    pub table: Value,
    pub certificate: Value,
}

/// A certificate to be refused beside this table; one that is false refuses itself.
pub struct Forgery {
    pub certificate: Value,
    pub table: Value,
    pub is_false: bool,
}

type Forge = fn(&Original, &Original, &mut ChaCha20Rng) -> Option<Forgery>;

/// All kinds, by name.
pub const KINDS: [(&str, Forge); 28] = [
    ("bound below the largest error that is shown", |o, _, rng| o.bounded_by(&below(&o.lower(), rng))),
    ("bound of a tenth, a hundredth … a billionth", |o, _, rng| {
        o.bounded_by(&(o.lower() / Rational::from(rng.random_range(10u64..1_000_000_000))))
    }),
    ("bound of zero or below", |o, _, rng| o.bounded_by(&-(o.upper() * Rational::from(rng.random_range(0..2))))),
    ("bound raised beyond the table's", |o, _, rng| {
        o.bounded_by(&above(&o.upper(), rng)).map(Forgery::beside_its_table)
    }),
    ("bound changed in one of its three places", one_place),
    ("lower bound above the upper one", |o, _, rng| o.with(&["certified_lower"], text(&above(&o.upper(), rng)))),
    ("lower bound lowered below the table's", |o, _, rng| {
        o.with(&["certified_lower"], text(&below(&o.lower(), rng))).map(Forgery::beside_its_table)
    }),
    ("verdict \"not proved\"", |o, _, _| o.with(&["verdict"], "not proved".into())),
    ("positive, the contrary", |o, _, rng| o.flipped("positive", "not_positive", |o, rng| text(&o.inside(rng)), rng)),
    ("monotone, the contrary", |o, _, rng| {
        let pair = |o: &Original, rng: &mut ChaCha20Rng| {
            let [x, later] = [o.inside(rng), o.inside(rng)];
            json!([text(&x), text(&later)])
        };
        o.flipped("monotone", "not_monotone", pair, rng)
    }),
    ("a point against what is proved", |o, _, rng| {
        let monotone = rng.random() && !o.certificate["monotone"].eq(&json!(false));
        let (x, later) = (text(&o.inside(rng)), text(&o.inside(rng)));
        match monotone {
            true => o.with(&["witnesses", "not_monotone"], json!([x, later])),
            false if o.certificate["positive"] == json!(false) => None,
            false => o.with(&["witnesses", "not_positive"], x),
        }
    }),
    ("another metric", |o, _, _| {
        let other = if o.certificate["claim"]["metric"] == "absolute" { "relative" } else { "absolute" };
        o.with(&["claim", "metric"], other.into()).map(Forgery::beside_its_table)
    }),
    ("another function", |o, other, _| {
        let found = other.certificate["target"]["name"].clone();
        (found != o.certificate["target"]["name"])
            .then(|| o.with(&["target", "name"], found).map(Forgery::beside_its_table))?
    }),
    ("another epsilon", |o, _, rng| {
        o.with(&["target", "epsilon"], text(&above(&o.number(&["target", "epsilon"]), rng)))
            .map(Forgery::beside_its_table)
    }),
    ("intervals widened or narrowed", interval),
    ("one number of the form: last digit, sign, another place", |o, _, rng| {
        o.with_number(rng).map(Forgery::beside_its_table)
    }),
    ("numbers of the form lost, doubled or swapped", |o, _, rng| o.with_list(rng).map(Forgery::beside_its_table)),
    ("degree", |o, _, rng| {
        let degree = o.certificate["degree"].as_u64()?;
        o.with(&["degree"], (degree + [1, 2, 1 << 40][rng.random_range(0..3)]).into())
    }),
    ("method", |o, other, _| {
        let found = other.certificate["method"].clone();
        (found != o.certificate["method"]).then(|| o.with(&["method"], found))?
    }),
    ("another hash", |o, _, rng| {
        let mut hash = o.certificate["table_sha256"].as_str()?.to_owned();
        let place = rng.random_range(0..hash.len());
        let digit = if &hash[place..=place] == "0" { "1" } else { "0" };
        hash.replace_range(place..=place, digit);
        o.with(&["table_sha256"], hash.into()).map(Forgery::beside_its_table)
    }),
    ("the certificate of another table", |o, other, _| {
        let forgery = Forgery { certificate: other.certificate.clone(), table: o.table.clone(), is_false: false };
        (o.name != other.name).then_some(forgery)
    }),
    ("witness of the error outside the intervals, or none", |o, _, rng| {
        let (_, hi) = o.hull();
        let outside = if rng.random() { text(&above(&hi, rng)) } else { Value::Null };
        o.with(&["witnesses", "error"], outside)
    }),
    ("model too good, misplaced or missing", model),
    ("range of a stage lost, reversed or doubled", range),
    ("Chebyshev witness lost or without a unit", |o, _, rng| {
        o.certificate.get("chebyshev")?;
        if rng.random() { o.with(&["chebyshev", "b"], "0".into()) } else { o.with(&["chebyshev"], Value::Null) }
    }),
    ("no number, kind or version", malformed),
    ("table and certificate with a coefficient changed alike", |o, _, rng| o.forged_pair(rng)),
    ("table and certificate with a bound lowered alike", |o, _, rng| o.bounded_alike(&below(&o.lower(), rng))),
];

/// Table and certificate with twice the bound: true, if less.
pub fn weaker(original: &Original) -> Option<Forgery> {
    original.bounded_alike(&(original.upper() * 2u32))
}

fn text(value: &Rational) -> Value {
    Exact(value.clone()).to_string().into()
}

/// A number above, from a part in 2^60 to all of it and more.
fn above(value: &Rational, rng: &mut ChaCha20Rng) -> Rational {
    let size = value.clone().abs().max(Rational::from((1, 1u64 << 40)));
    value + size / Rational::from(1u64 << rng.random_range(0..60))
}

/// A number below, likewise.
fn below(value: &Rational, rng: &mut ChaCha20Rng) -> Rational {
    -above(&-value.clone(), rng)
}

impl Forgery {
    /// What may be true of some other table, and is told by this one.
    fn beside_its_table(self) -> Self {
        Self { is_false: false, ..self }
    }

    /// Beside a table whose hash the certificate names.
    fn sealed(mut self, table: Value) -> Option<Self> {
        let body = Document::<Table>::from_value(table.clone()).ok()?.body;
        self.certificate["table_sha256"] = body.sha256().into();
        Some(Self { table, ..self })
    }
}

impl Original {
    pub fn provenance(&self) -> Provenance {
        serde_json::from_value(self.certificate["provenance"].clone()).unwrap()
    }

    fn number(&self, path: &[&str]) -> Rational {
        let value = path.iter().fold(&self.certificate, |value, name| &value[name]);
        parse_exact(value.as_str().unwrap()).unwrap()
    }

    fn upper(&self) -> Rational {
        self.number(&["certified_upper"])
    }

    fn lower(&self) -> Rational {
        self.number(&["certified_lower"])
    }

    fn ends(&self) -> Vec<Rational> {
        let ends = self.certificate["intervals"].as_array().unwrap().iter().flat_map(|pair| pair.as_array().unwrap());
        ends.map(|end| parse_exact(end.as_str().unwrap()).unwrap()).collect()
    }

    fn hull(&self) -> (Rational, Rational) {
        let ends = self.ends();
        (ends[0].clone(), ends[ends.len() - 1].clone())
    }

    /// A place of the last interval.
    fn inside(&self, rng: &mut ChaCha20Rng) -> Rational {
        let ends = self.ends();
        let (lo, hi) = (&ends[ends.len() - 2], &ends[ends.len() - 1]);
        Rational::from(hi - lo) * Rational::from((rng.random_range(0..=1024), 1024)) + lo
    }

    /// The certificate with another value at one place.
    fn with(&self, path: &[&str], value: Value) -> Option<Forgery> {
        let mut certificate = self.certificate.clone();
        *path.iter().fold(&mut certificate, |value, name| &mut value[name]) = value;
        (certificate != self.certificate).then(|| Forgery { certificate, table: self.table.clone(), is_false: true })
    }

    /// Another bound, in all of its places.
    fn bounded_by(&self, bound: &Rational) -> Option<Forgery> {
        let (old, new) = (self.certificate["certified_upper"].as_str()?, text(bound));
        let words = self.certificate["claim"]["words"]
            .as_str()?
            .replace(&format!("≤ {old} for"), &format!("≤ {} for", new.as_str()?));
        let mut forgery = self.with(&["certified_upper"], new.clone())?;
        forgery.certificate["claim"]["bound"] = new;
        forgery.certificate["claim"]["words"] = words.into();
        Some(forgery)
    }

    /// Another bound, in the table too.
    fn bounded_alike(&self, bound: &Rational) -> Option<Forgery> {
        let forgery = self.bounded_by(bound)?;
        let mut table = self.table.clone();
        table["error"]["certified_upper"] = forgery.certificate["certified_upper"].clone();
        forgery.sealed(table)
    }

    /// The contrary of what is stated, with or without a witness for it.
    fn flipped(
        &self,
        field: &str,
        witness: &str,
        place: impl Fn(&Self, &mut ChaCha20Rng) -> Value,
        rng: &mut ChaCha20Rng,
    ) -> Option<Forgery> {
        let stated = self.certificate[field].as_bool()?;
        let mut forgery = self.with(&[field], (!stated).into())?;
        forgery.certificate["witnesses"][witness] = if stated && rng.random() { place(self, rng) } else { Value::Null };
        Some(forgery)
    }

    /// Where the form's lists of numbers are.
    fn lists(&self) -> Vec<&'static str> {
        ["coefficients", "steps", "stages"].into_iter().filter(|name| self.certificate.get(name).is_some()).collect()
    }

    /// One number of the form changed, in its dyadic form too.
    fn with_number(&self, rng: &mut ChaCha20Rng) -> Option<Forgery> {
        let mut certificate = self.certificate.clone();
        let list = self.lists()[0];
        let numbers = match list {
            "stages" => {
                let stages = certificate["stages"].as_array_mut()?;
                let stage = rng.random_range(0..stages.len());
                &mut stages[stage]
            }
            _ => &mut certificate,
        };
        let list = if list == "steps" { "steps" } else { "coefficients" };
        let count = numbers[list].as_array()?.len();
        let (place, other) = (rng.random_range(0..count), rng.random_range(0..count));
        let found = |place: usize| parse_exact(numbers[list][place].as_str().unwrap()).unwrap();
        let unit = Rational::from((1, 1u64 << 39));
        let new = match rng.random_range(0..4) {
            0 => found(place) + unit,
            1 => found(place) - unit,
            2 => -found(place),
            _ => found(other),
        };
        (new != found(place)).then_some(())?;
        numbers[list][place] = text(&new);
        if list == "coefficients" {
            numbers["dyadic"][place] = dyadic(&new);
        }
        Some(Forgery { certificate, table: self.table.clone(), is_false: true })
    }

    /// Whole numbers or stages lost, doubled or swapped.
    fn with_list(&self, rng: &mut ChaCha20Rng) -> Option<Forgery> {
        let mut certificate = self.certificate.clone();
        let list = self.lists()[0];
        let count = certificate[list].as_array()?.len();
        let (change, one, other) = (rng.random_range(0..4), rng.random_range(0..count), rng.random_range(0..count));
        let names: &[&str] = if list == "coefficients" { &["coefficients", "dyadic"] } else { &[list] };
        for name in names {
            let items = certificate[*name].as_array_mut()?;
            match change {
                0 => drop(items.remove(one)),
                1 => items.insert(one, items[other].clone()),
                2 => items.truncate(one),
                _ => items.swap(one, other),
            }
        }
        (certificate[list] != self.certificate[list]).then(|| Forgery {
            certificate,
            table: self.table.clone(),
            is_false: true,
        })
    }

    /// c_0 moved by more than twice the bound, in table and certificate: the error at the right end exceeds it.
    fn forged_pair(&self, rng: &mut ChaCha20Rng) -> Option<Forgery> {
        let (_, hi) = self.hull();
        let is_reciprocal = self.certificate["target"]["name"] == "reciprocal";
        // x + ε at the right end, by which a relative error of 1/(x + ε) is smaller than that of r.
        let factor = match self.certificate["claim"]["metric"].as_str()? {
            "absolute" => Rational::from(1),
            _ if is_reciprocal => hi + self.number(&["target", "epsilon"]),
            _ => return None,
        };
        let first = parse_exact(self.certificate.get("coefficients")?[0].as_str()?).ok()?;
        let units = (self.upper() * Rational::from(rng.random_range(3u64..1000)) / factor * (1u64 << 39)).ceil();
        let new = first + units / Rational::from(1u64 << 39);
        let put = |document: &Value| {
            let mut document = document.clone();
            document["coefficients"][0] = text(&new);
            document["dyadic"][0] = dyadic(&new);
            document
        };
        let (certificate, table) = (put(&self.certificate), put(&self.table));
        Forgery { certificate, table: Value::Null, is_false: true }.sealed(table)
    }
}

/// m·2^e of a dyadic number.
fn dyadic(value: &Rational) -> Value {
    let exponent = value.denom().significant_bits() as i32 - 1;
    json!([value.numer().to_string(), -exponent])
}

/// The bound, changed where it stands once alone.
fn one_place(original: &Original, _: &Original, rng: &mut ChaCha20Rng) -> Option<Forgery> {
    let upper = original.upper();
    let new = if rng.random() { above(&upper, rng) } else { below(&upper, rng) };
    let words = || original.bounded_by(&new).map(|forgery| forgery.certificate["claim"]["words"].clone());
    match rng.random_range(0..3) {
        0 => original.with(&["certified_upper"], text(&new)),
        1 => original.with(&["claim", "bound"], text(&new)),
        _ => original.with(&["claim", "words"], words()?),
    }
}

/// Another place for one end of an interval.
fn interval(original: &Original, _: &Original, rng: &mut ChaCha20Rng) -> Option<Forgery> {
    let mut certificate = original.certificate.clone();
    let ends = original.ends();
    let place = rng.random_range(0..ends.len());
    let new = if rng.random() { above(&ends[place], rng) } else { below(&ends[place], rng) };
    certificate["intervals"][place / 2][place % 2] = text(&new);
    Some(Forgery { certificate, table: original.table.clone(), is_false: false })
}

/// A model that claims too much, or does not reach from end to end.
fn model(original: &Original, _: &Original, rng: &mut ChaCha20Rng) -> Option<Forgery> {
    let mut certificate = original.certificate.clone();
    let models = certificate.get_mut("models")?.as_array_mut()?;
    let place = rng.random_range(0..models.len());
    let end = rng.random_range(0..2);
    match rng.random_range(0..6) {
        0 => drop(models.remove(place)),
        1 => models.push(models[place].clone()),
        2 => models[place]["remainder"] = "0".into(),
        3 => models[place]["magnitude"] = "0".into(),
        4 => models[place]["interval"][end] = "17".into(),
        _ => models[place]["coefficients"] = Value::Array(Vec::new()),
    }
    Some(Forgery { certificate, table: original.table.clone(), is_false: true })
}

/// A range that no longer leads from one stage to the next.
fn range(original: &Original, _: &Original, rng: &mut ChaCha20Rng) -> Option<Forgery> {
    let mut certificate = original.certificate.clone();
    let ranges = certificate.get_mut("ranges")?.as_array_mut()?;
    let place = rng.random_range(0..ranges.len());
    match rng.random_range(0..4) {
        0 => drop(ranges.remove(place)),
        1 => ranges.insert(place, ranges[place].clone()),
        2 => ranges[place].as_array_mut()?.reverse(),
        _ => ranges.clear(),
    }
    Some(Forgery { certificate, table: original.table.clone(), is_false: true })
}

/// What is no number, in the place of any, or another kind of document.
fn malformed(original: &Original, _: &Original, rng: &mut ChaCha20Rng) -> Option<Forgery> {
    let wrong = [
        json!("nan"),
        json!("inf"),
        json!(""),
        json!("1/0"),
        json!(true),
        json!([]),
        json!({}),
        json!("0,5"),
        json!("1e99999999"),
    ];
    let wrong = wrong[rng.random_range(0..wrong.len())].clone();
    let paths: [&[&str]; 8] = [
        &["certified_upper"],
        &["certified_lower"],
        &["claim", "bound"],
        &["target", "epsilon"],
        &["witnesses", "error"],
        &["kind"],
        &["schema_version"],
        &["intervals"],
    ];
    original.with(paths[rng.random_range(0..paths.len())], wrong)
}
