//! Every parser of the program, valid documents for it, and changes to them.

pub mod mutate;
pub mod parsers;
pub mod seeds;
