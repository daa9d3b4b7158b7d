// SPDX-License-Identifier: GPL-2.0-or-later
//! A buffer for the bytes of a state.

/// Size of the largest packed state, in bytes, rounded up.
const MOST_BYTES: usize = 4096;

/// Owns the buffer for the bytes of a state.
#[derive(Clone, Debug)]
pub(super) struct Buffer([u8; MOST_BYTES]);

impl Buffer {
    /// Starts writing at the beginning of the buffer.
    pub(super) fn writer(&mut self) -> Writer<'_> {
        Writer {
            bytes: &mut self.0,
            len: 0,
        }
    }
}

impl Default for Buffer {
    fn default() -> Self {
        Buffer([0; MOST_BYTES])
    }
}

/// Writes into a buffer. Passed by value, so that its length can stay in a register.
pub(super) struct Writer<'a> {
    bytes: &'a mut [u8; MOST_BYTES],
    len: usize,
}

impl Writer<'_> {
    #[inline(always)]
    pub(super) fn push(&mut self, byte: u8) {
        self.bytes[self.len] = byte;
        self.len += 1;
    }

    #[inline(always)]
    pub(super) fn extend_from_slice(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.push(byte);
        }
    }

    /// Returns the bytes written so far.
    pub(super) fn written(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}
