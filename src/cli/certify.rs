//! `polyattn certify`: a proof of a table's error, positivity and monotonicity.

use super::style::{print, write_stdout};
use crate::certify::{Certificate, Certified, Verdict, certify, coq};
use crate::document::{Document, Provenance, read_json, write_whole};
use crate::error::{Error, Result};
use crate::poly::table::Table;
use crate::real::Exact;
use std::path::{Path, PathBuf};

const EXAMPLES: &str = "\
Examples:
  Prove a table and keep the proof:
    polyattn fit --target reciprocal --epsilon 2^-8 --interval 0,1 --degree 15 -o table.json
    polyattn certify table.json -o certificate.json

  The proof for Coq as well, and the table with its proved error:
    polyattn certify table.json -o certificate.json --table proved.json --coq proof.v

  Straight from the fit, as JSON:
    polyattn fit --target reciprocal --interval 0.01,1 --degree 31 --json | \\
      polyattn certify - --json

The exit code is 4 when the table's error cannot be proved, or when the table states something that is false.
`polyattn check` proves a certificate again later, without the search.";

/// Prove a table's error, positivity and monotonicity
///
/// The proof is about the exact numbers in the table and shares no algorithm with the fit that made them: polynomial
/// inequalities over big integers, and intervals with outward rounding for functions such as exp that are not algebraic.
/// It does not cover the noise of an encrypted evaluation. `docs/certificates.md` says how to check a certificate by hand.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The table, as `polyattn fit` writes it (`-`: stdin)
    #[arg(value_name = "TABLE")]
    table: PathBuf,
    /// Write the certificate to CERT, whole or not at all (`-`: stdout)
    #[arg(short, long, value_name = "CERT", help_heading = "Output")]
    output: Option<PathBuf>,
    /// Write the table with what was proved filled in to FILE
    #[arg(long = "table", value_name = "FILE", help_heading = "Output")]
    proved_table: Option<PathBuf>,
    /// Write the proof as a file for Coq to FILE; `proofs/README.md` says how to check it
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    coq: Option<PathBuf>,
    /// Print the certificate as JSON on stdout, and nothing else there
    #[arg(long, help_heading = "Output")]
    json: bool,
}

/// Runs the command.
///
/// # Errors
/// [`Error::NotCertified`] when the table is not proved (the certificate that says so is written all the same), and
/// those of reading the table and writing the certificate.
pub fn run(args: &Args) -> Result<()> {
    let Proof { given, certified: Certified { table, certificate } } = Proof::of(&args.table)?;
    let is_proved = certificate.verdict == Verdict::Proved;
    let proof =
        args.coq.as_ref().filter(|_| is_proved).map(|path| Ok((path, coq(&certificate).map_err(|e| e.at("--coq"))?)));
    let proof = proof.transpose()?;
    let text = Document::new(certificate.clone(), Provenance::new(&certificate.table_sha256, None)).to_json()?;
    let file = args.output.as_deref().filter(|file| *file != Path::new("-"));
    if let Some(path) = file {
        write_whole(path, &text)?;
    }
    if args.json || args.output.is_some() && file.is_none() {
        write_stdout(text.as_bytes())?;
    }
    if !is_proved {
        return Err(Error::NotCertified(format!("{}: not proved: {}", args.table.display(), certificate.claim.words)));
    }
    if let Some(path) = &args.proved_table {
        write_whole(path, &Document::new(table, Provenance::new(&given, None)).to_json()?)?;
    }
    if let Some((path, text)) = proof {
        write_whole(path, &text)?;
    }
    if !args.json && args.output.is_none() {
        print(&summary(&certificate))?;
    }
    Ok(())
}

/// A proof that names the table it was given, without what that claimed to be proved.
struct Proof {
    given: String,
    certified: Certified,
}

impl Proof {
    fn of(path: &Path) -> Result<Self> {
        let in_file = |e: Error| e.at(path.display());
        let table = Document::<Table>::from_value(read_json(path)?).map_err(in_file)?.body;
        let mut certified = certify(&table).map_err(in_file)?;
        // Without what it may have claimed before: that is how the certificate knows it again.
        let given = table.without_proofs().sha256();
        certified.certificate.table_sha256.clone_from(&given);
        Ok(Self { given, certified })
    }
}

/// The certificate in a few lines.
fn summary(c: &Certificate) -> String {
    let answer = |value| match value {
        Some(true) => "yes",
        Some(false) => "no, refuted at an exact point",
        None => "not shown",
    };
    let figure = |value: &Option<Exact>| value.as_ref().map_or_else(String::new, ToString::to_string);
    format!(
        "proved     {}\nerror      between {} and {}\npositive   {}\nmonotone   {}\nmethod     {}, {:.3} s\n",
        c.claim.words,
        figure(&c.certified_lower),
        figure(&c.certified_upper),
        answer(c.positive),
        answer(c.monotone),
        c.method,
        c.seconds
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::certify::{verify, verify_against};
    use crate::fit::{FitRequest, Goal, Method, fit};
    use crate::poly::Basis;
    use crate::target::Target;
    use rug::Rational;

    fn table() -> Table {
        fit(&FitRequest {
            target: Target::new("reciprocal", Rational::from((1, 16))).unwrap(),
            intervals: vec![[Exact(Rational::new()), Exact(Rational::from(1))]],
            goal: Goal::Degree(15),
            metric: None,
            method: Method::Auto,
            basis: Basis::Chebyshev,
            parity: None,
            scale_bits: None,
            constraints: crate::fit::Constraints::default(),
        })
        .unwrap()
    }

    /// Certifies `table` from a file to a file.
    fn certified(table: &Table) -> (Result<()>, Option<Document<Certificate>>) {
        let folder = tempfile::tempdir().unwrap();
        let (input, output) = (folder.path().join("table.json"), folder.path().join("certificate.json"));
        let document = Document::new(table.clone(), Provenance::new(&(), None));
        write_whole(&input, &document.to_json().unwrap()).unwrap();
        let outcome =
            run(&Args { table: input, output: Some(output.clone()), proved_table: None, coq: None, json: false });
        let certificate = read_json(&output).ok().map(|value| Document::from_value(value).unwrap());
        (outcome, certificate)
    }

    #[test]
    fn a_table_goes_in_and_a_certificate_that_checks_comes_out() {
        let table = table();
        let (outcome, certificate) = certified(&table);
        outcome.unwrap();
        let certificate = certificate.unwrap().body;
        assert_eq!(certificate.table_sha256, table.sha256());
        verify(&certificate).unwrap();
        verify_against(&certificate, &table).unwrap();
        assert!(summary(&certificate).contains("proved     |(x + 0.0625)·r(x) − 1| ≤ 0.0"));
    }

    #[test]
    fn a_false_statement_ends_with_exit_code_4_and_a_certificate_that_says_so() {
        let mut table = table();
        table.error.certified_upper = Some(Exact(Rational::from((1, 100_000))));
        let (outcome, certificate) = certified(&table);
        let error = outcome.unwrap_err();
        assert_eq!(error.exit_code(), 4);
        assert!(error.to_string().contains("error.certified_upper"), "{error}");
        assert_eq!(certificate.unwrap().body.verdict, Verdict::NotProved);
    }

    #[test]
    fn a_malformed_table_is_named_with_its_file_and_field() {
        let mut table = table();
        table.degree = 14;
        let (outcome, certificate) = certified(&table);
        let error = outcome.unwrap_err();
        assert_eq!(error.exit_code(), 2);
        assert!(error.to_string().contains("table.json: field 'degree'"), "{error}");
        assert!(certificate.is_none());
    }
}
