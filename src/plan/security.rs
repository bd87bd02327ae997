//! The largest log2(QP) for a security level, from published tables.

use crate::circuit::Secret;
use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};

const TABLE: &str = include_str!("../../data/security/max_log_qp.csv");

/// Which published table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema)]
pub enum SecurityTable {
    /// Bossuat et al., "Security Guidelines for Implementing Homomorphic Encryption", ePrint 2024/463, table 5.2.
    #[default]
    #[serde(rename = "2024/463")]
    Guidelines2024,
    /// The homomorphic encryption standard of 2018.
    #[serde(rename = "2018")]
    Standard2018,
}

impl SecurityTable {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Guidelines2024, Self::Standard2018];
}

/// A row of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Security {
    /// The largest log2(QP).
    pub max_log_qp: u32,
    /// Where it was published.
    pub source: String,
}

impl Security {
    /// That of a ring which no table has anything for.
    pub fn none() -> Self {
        Self { max_log_qp: 0, source: "no table".into() }
    }
}

/// The largest log2(QP) for ring degree 2^log_n; `None` where the table says nothing. For sparse secrets there is one source
/// only, whatever `table` is.
///
/// # Errors
/// [`Error::Internal`] if the embedded table is malformed, which a test rules out.
pub fn security(table: SecurityTable, secret: Secret, log_n: u32, bits: u32) -> Result<Option<Security>> {
    let prefix = match table {
        SecurityTable::Guidelines2024 => "ePrint 2024/463",
        SecurityTable::Standard2018 => "HE standard 2018",
    };
    for line in TABLE.lines().filter(|line| !line.starts_with('#')).skip(1) {
        let fields: Vec<&str> = line.splitn(6, ',').collect();
        let &[row_log_n, row_secret, row_bits, _model, max_log_qp, source] = fields.as_slice() else {
            return Err(Error::internal(format!("security table: malformed line '{line}'")));
        };
        let matches = row_log_n == log_n.to_string() && row_bits == bits.to_string();
        let from_table = secret == Secret::Sparse192 || source.starts_with(prefix);
        if matches && row_secret == secret.name() && from_table {
            let max_log_qp = max_log_qp.parse().map_err(|_| Error::internal(format!("security table: '{line}'")))?;
            return Ok(Some(Security { max_log_qp, source: source.into() }));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_read() {
        let at = |table, log_n, bits| security(table, Secret::Ternary, log_n, bits).unwrap().map(|s| s.max_log_qp);
        assert_eq!(at(SecurityTable::Guidelines2024, 15, 128), Some(868));
        assert_eq!(at(SecurityTable::Standard2018, 15, 128), Some(881));
        assert_eq!(at(SecurityTable::Guidelines2024, 16, 256), Some(929));
        assert_eq!(at(SecurityTable::Standard2018, 16, 128), None);
        for table in [SecurityTable::Guidelines2024, SecurityTable::Standard2018] {
            let sparse = security(table, Secret::Sparse192, 15, 128).unwrap().unwrap();
            assert_eq!((sparse.max_log_qp, sparse.source.contains("2026/279")), (739, true));
        }
    }
}
