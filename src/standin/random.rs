//! Random values of the shapes that the service gives.

use std::time::{SystemTime, UNIX_EPOCH};

const ALPHANUMERIC: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const LOWER: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";
const HEX: &[u8] = b"0123456789abcdef";

/// `length` characters of `A-Za-z0-9`.
pub(super) fn alphanumeric(length: usize) -> String {
    of(ALPHANUMERIC, length)
}

/// `length` characters of `a-z0-9`.
pub(super) fn lower(length: usize) -> String {
    of(LOWER, length)
}

/// `length` hexadecimal digits.
pub(super) fn hex(length: usize) -> String {
    of(HEX, length)
}

/// A version 4 UUID, RFC 9562 §5.4.
pub(super) fn uuid() -> String {
    format!("{}-{}-4{}-a{}-{}", hex(8), hex(4), hex(3), hex(3), hex(12))
}

fn of(alphabet: &[u8], length: usize) -> String {
    let mut bytes = vec![0; length];
    if getrandom::fill(&mut bytes).is_err() {
        // Different from the last one at least, which is all that a stand-in cannot do without.
        let nanos = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos().to_le_bytes();
        bytes.iter_mut().zip(nanos.iter().cycle()).for_each(|(byte, nano)| *byte = *nano);
    }
    // The remainder favours some characters a little, which is of no consequence here.
    bytes.iter().map(|byte| char::from(alphabet[usize::from(*byte) % alphabet.len()])).collect()
}
