//! Real attention scores from a NumPy file.

use crate::error::{Error, Result};
use npyz::{DType, Deserialize, NpyFile, Order};
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

/// Bytes of a header, at most: it names one type and one shape.
const LONGEST_HEADER: u32 = 1 << 16;
/// Scores that come from a stream are held twice: those that are larger are read from a file.
const LARGEST_STREAM: u64 = 256 << 20;

/// Scores `[layer, head, query, key]`.
#[derive(Debug, Clone)]
pub struct Scores {
    /// Number of layers, heads, queries, keys.
    pub shape: [usize; 4],
    values: Vec<f64>,
}

/// The scores of one head: rows of queries over keys.
#[derive(Debug, Clone, Copy)]
pub struct HeadScores<'a> {
    /// Number of keys in each row.
    pub keys: usize,
    values: &'a [f64],
}

impl Scores {
    /// Reads a `.npy` file (`-`: standard input) of float32 or float64, C order, axes `[layer, head, query, key]`.
    ///
    /// # Errors
    /// [`Error::Input`] naming the file and what is wrong: missing, truncated, wrong type, order or rank, an empty
    /// axis, a score that is NaN or infinite (with its place).
    pub fn read(path: &Path) -> Result<Self> {
        if path == Path::new("-") {
            let mut npy = Vec::new();
            let read = std::io::stdin().lock().take(LARGEST_STREAM + 1).read_to_end(&mut npy);
            read.map_err(|e| Error::file(path, "read it", e))?;
            if npy.len() as u64 > LARGEST_STREAM {
                return Err(Error::file(path, "read it", "larger than 256 MiB: name a file"));
            }
            return Self::from_npy(path, npy.as_slice(), npy.len() as u64);
        }
        let file = File::open(path).map_err(|e| Error::file(path, "read it", e))?;
        let bytes = file.metadata().map_err(|e| Error::file(path, "read it", e))?.len();
        Self::from_npy(path, BufReader::new(file), bytes)
    }

    /// Scores from what a file of `bytes` bytes holds.
    fn from_npy(path: &Path, content: impl Read, bytes: u64) -> Result<Self> {
        let npy = with_short_header(content).map_err(|e| Error::file(path, "read its .npy header", e))?;
        let wrong =
            |what: &str, found: &str| Error::file(path, "use it as scores", format!("expected {what}, found {found}"));
        let shape = npy.shape().to_vec();
        let shape: [usize; 4] = shape
            .iter()
            .map(|&n| usize::try_from(n).unwrap_or(usize::MAX))
            .collect::<Vec<_>>()
            .try_into()
            .map_err(|_| wrong("4 axes [layer, head, query, key]", &format!("shape {shape:?}")))?;
        if shape.contains(&0) {
            return Err(wrong("non-empty axes", &format!("shape {shape:?}")));
        }
        if npy.order() != Order::C {
            return Err(wrong("C order (save numpy.ascontiguousarray of it)", "Fortran order"));
        }
        let DType::Plain(dtype) = npy.dtype() else {
            return Err(wrong("float32 or float64", "a structured type"));
        };
        let count = shape.iter().try_fold(1u64, |product, &n| product.checked_mul(n as u64));
        let width: u64 = match dtype.to_string().trim_start_matches(['<', '>']) {
            "f4" => 4,
            "f8" => 8,
            other => return Err(wrong("float32 or float64", &format!("type '{other}'"))),
        };
        // Before anything is allocated: a header may promise more than the file holds.
        let promised = count.and_then(|n| n.checked_mul(width));
        if promised.is_none_or(|promised| promised > bytes) {
            return Err(wrong(&format!("{shape:?} scores of {width} bytes"), &format!("a file of {bytes} bytes")));
        }
        let count = count.and_then(|n| usize::try_from(n).ok()).unwrap_or(usize::MAX);
        let values = match width {
            4 => collected::<f32>(npy, count),
            _ => collected::<f64>(npy, count),
        };
        let expected = format!("{shape:?} scores of {width} bytes");
        let values = values.map_err(|e| match e.kind() {
            io::ErrorKind::UnexpectedEof => wrong(&expected, &format!("a file of {bytes} bytes, cut short ({e})")),
            _ => Error::file(path, &format!("read {expected}"), e),
        })?;
        Self::new(shape, values).map_err(|e| e.at(path.display()))
    }

    /// Scores from values in C order.
    ///
    /// # Errors
    /// [`Error::Input`] when their number does not match the shape or one is not finite.
    pub fn new(shape: [usize; 4], values: Vec<f64>) -> Result<Self> {
        let count: usize = shape.iter().product();
        if values.len() != count {
            return Err(Error::input(format!("expected {count} scores for shape {shape:?}, found {}", values.len())));
        }
        if let Some(place) = values.iter().position(|x| !x.is_finite()) {
            let [_, heads, queries, keys] = shape;
            let (row, key) = (place / keys, place % keys);
            let (head, query) = (row / queries, row % queries);
            return Err(Error::input(format!(
                "expected finite scores, found a NaN or infinite one at [layer {}, head {}, query {query}, key {key}]",
                head / heads,
                head % heads
            )));
        }
        Ok(Self { shape, values })
    }

    /// The scores of one head.
    ///
    /// # Errors
    /// [`Error::Input`] when there is no such layer or head.
    pub fn head(&self, layer: usize, head: usize) -> Result<HeadScores<'_>> {
        let [layers, heads, queries, keys] = self.shape;
        if layer >= layers || head >= heads {
            return Err(Error::input(format!(
                "expected layer < {layers} and head < {heads}, found layer {layer}, head {head}"
            )));
        }
        let size = queries * keys;
        let start = (layer * heads + head) * size;
        let values = self.values.get(start..start + size).ok_or_else(|| Error::internal("scores out of shape"))?;
        Ok(HeadScores { keys, values })
    }

    /// Layers and heads chosen by `layer` and `head`, or all where left out.
    ///
    /// # Errors
    /// [`Error::Input`] when there is no such layer or head.
    pub fn select(&self, layer: Option<usize>, head: Option<usize>) -> Result<Vec<(usize, usize)>> {
        let [layers, heads, ..] = self.shape;
        if layer.is_some_and(|l| l >= layers) || head.is_some_and(|h| h >= heads) {
            self.head(layer.unwrap_or(0), head.unwrap_or(0))?;
        }
        let layers = layer.map_or(0..layers, |l| l..l + 1);
        Ok(layers.flat_map(|l| head.map_or(0..heads, |h| h..h + 1).map(move |h| (l, h))).collect())
    }
}

/// A file with its header read; the header's length is looked at before memory is taken for it.
fn with_short_header<R: Read>(mut content: R) -> io::Result<NpyFile<io::Chain<io::Cursor<Vec<u8>>, R>>> {
    let mut beginning = Vec::new();
    content.by_ref().take(12).read_to_end(&mut beginning)?;
    // Version 1 has a length of 16 bits there, which cannot be too large.
    if let [_, _, _, _, _, _, version, _, a, b, c, d] = beginning[..]
        && version > 1
        && u32::from_le_bytes([a, b, c, d]) > LONGEST_HEADER
    {
        return Err(io::Error::other(format!("it is longer than {LONGEST_HEADER} bytes")));
    }
    NpyFile::new(io::Cursor::new(beginning).chain(content))
}

/// All values of a file, where there is memory for them.
fn collected<T: Deserialize + Into<f64>>(npy: NpyFile<impl Read>, count: usize) -> io::Result<Vec<f64>> {
    let mut values = Vec::new();
    values.try_reserve_exact(count).map_err(io::Error::other)?;
    for value in npy.data::<T>().map_err(io::Error::other)? {
        values.push(value?.into());
    }
    Ok(values)
}

impl<'a> HeadScores<'a> {
    /// The rows, one a query.
    pub fn rows(self) -> impl ExactSizeIterator<Item = &'a [f64]> {
        self.values.chunks_exact(self.keys)
    }

    /// The largest |score|.
    pub fn largest(self) -> f64 {
        self.values.iter().fold(0.0, |largest, x| x.abs().max(largest))
    }
}
