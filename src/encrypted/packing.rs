//! Key-major packing of rows into slots.
//!
//! Slot = key·stride + row with stride = slots/L_pad, keys padded with zeros to the power of two L_pad (0^p adds
//! nothing). Rotations by stride·2^i then leave the row sum in every slot: no mask, no level.

use crate::circuit::PlacedCircuit;

/// Packs up to `placed.rows()` rows. Rows that are not there are copies of those that are, so that no slot leaves the
/// domain.
pub(crate) fn pack(placed: &PlacedCircuit, rows: &[Vec<f64>]) -> Vec<f64> {
    let stride = placed.rows();
    let mut slots = vec![0.0; placed.chain.slots()];
    for (row, values) in rows.iter().cycle().take(stride).enumerate() {
        for (key, value) in values.iter().enumerate() {
            if let Some(slot) = slots.get_mut(key * stride + row) {
                *slot = *value;
            }
        }
    }
    slots
}

/// The slots of one row, for its `keys` keys.
pub(crate) fn unpack(slots: &[f64], stride: usize, row: usize, keys: usize) -> Vec<f64> {
    slots.iter().skip(row).step_by(stride).take(keys).copied().collect()
}
