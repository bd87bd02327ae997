//! `polyattn-fuzz PROGRAM FOLDER` fills a folder with valid documents and prints the names of the parsers.

use polyattn_fuzz::{parsers, seeds};
use std::path::Path;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [program, folder] = arguments.as_slice() else { panic!("expected PROGRAM FOLDER") };
    seeds::make(Path::new(program), Path::new(folder));
    parsers::NAMES.iter().for_each(|name| println!("{name}"));
}
