//! What is made at the service and stays there, told step by step: who is cut off in between still knows its name.

use super::failure::{Failure, Kind, Stage};

/// A step of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Making<'a> {
    /// The request goes out now.
    Asked {
        name: &'a str,
    },
    /// There is nothing of this name.
    NotMade {
        name: &'a str,
    },
    Made {
        name: &'a str,
        id: &'a str,
    },
}

/// Whether a request that failed like this may have been carried out all the same.
pub fn may_be_made(failure: &Failure) -> bool {
    !matches!(
        failure.kind,
        Kind::Status { .. }
            | Kind::ConnectionRefused
            | Kind::Dns { .. }
            | Kind::Tls(_)
            | Kind::Proxy(_)
            | Kind::Timeout { stage: Stage::Connect | Stage::Tls, .. }
    )
}
