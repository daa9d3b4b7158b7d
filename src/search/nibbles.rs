// SPDX-License-Identifier: GPL-2.0-or-later
//! Packs states into half their size. Most of their bytes are small numbers or
//! [`NONE`](spec::kernel::NONE).

use spec::kernel::NONE;

/// The nibble for [`NONE`].
const NO: u8 = 15;
/// The nibble that announces a byte in the next two nibbles.
const BYTE: u8 = 14;

/// Appends the number of bytes, in the form that [`decode`] expects, and then the bytes as nibbles.
pub(super) fn encode(bytes: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(&(bytes.len() as u16).to_le_bytes());
    let mut half: Option<u8> = None;
    let mut push = |nibble: u8| {
        half = match half {
            None => Some(nibble),
            Some(high) => {
                out.push(high << 4 | nibble);
                None
            }
        }
    };
    for &byte in bytes {
        match byte {
            NONE => push(NO),
            0..BYTE => push(byte),
            _ => {
                push(BYTE);
                push(byte >> 4);
                push(byte & 15);
            }
        }
    }
    if let Some(high) = half {
        out.push(high << 4);
    }
}

/// Decodes the first item into `out`, replacing its contents. Returns the rest of `encoded`.
pub(super) fn decode<'a>(encoded: &'a [u8], out: &mut Vec<u8>) -> &'a [u8] {
    let (length, encoded) = encoded.split_first_chunk().expect("a length");
    let length = usize::from(u16::from_le_bytes(*length));
    out.clear();
    let mut at = 0;
    let mut next = || {
        let byte = encoded[at / 2];
        let nibble = if at % 2 == 0 { byte >> 4 } else { byte & 15 };
        at += 1;
        nibble
    };
    while out.len() < length {
        let byte = match next() {
            NO => NONE,
            BYTE => next() << 4 | next(),
            small => small,
        };
        out.push(byte);
    }
    &encoded[at.div_ceil(2)..]
}

#[cfg(test)]
mod tests {
    use super::{decode, encode};

    #[test]
    fn bytes_are_read_again_one_after_the_other() {
        let all: Vec<u8> = (0..=255).collect();
        let states = [&all[..], &[], &[3], &[255, 14], &[15; 9]];
        let mut encoded = Vec::new();
        states.iter().for_each(|state| encode(state, &mut encoded));
        let (mut rest, mut decoded) = (&encoded[..], Vec::new());
        for state in states {
            rest = decode(rest, &mut decoded);
            assert_eq!(decoded, state);
        }
        assert!(rest.is_empty());
    }

    #[test]
    fn small_numbers_take_half() {
        let mut encoded = Vec::new();
        encode(&[1; 100], &mut encoded);
        assert_eq!(encoded.len(), 52);
    }
}
