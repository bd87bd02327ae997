//! A certificate on standard output as a Coq file.
//!
//!     cargo run --release --example coq_certificate -- certificate.json > proofs/certificates/name.v

use polyattn::certify::{Certificate, coq};
use polyattn::document::{Document, read_json};
use polyattn::{Error, Result};
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    match std::env::args().nth(1).ok_or_else(|| Error::input("expected a certificate")).and_then(|path| run(&path)) {
        Ok(text) => {
            print!("{text}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("coq_certificate: {error}");
            ExitCode::from(error.exit_code())
        }
    }
}

fn run(path: &str) -> Result<String> {
    let document = Document::<Certificate>::from_value(read_json(Path::new(path))?)?;
    coq(&document.body).map_err(|e| e.at(path))
}
