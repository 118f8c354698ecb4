//! The content of a file, shared by all who look at it.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

/// What a file holds. Text is known as such, so that nobody has to look again or make a copy.
#[derive(Clone)]
pub enum Bytes {
    Text(Arc<String>),
    /// Not UTF-8.
    Other(Arc<Vec<u8>>),
}

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        match String::from_utf8(bytes) {
            Ok(text) => Self::Text(Arc::new(text)),
            Err(error) => Self::Other(Arc::new(error.into_bytes())),
        }
    }
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Text(text) => text.as_bytes(),
            Self::Other(bytes) => bytes,
        }
    }
}

impl PartialEq for Bytes {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Bytes {}

/// Files hold secrets: how many bytes, and none of them.
impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.len())
    }
}
