//! An API key that may do everything, and the narrow one that it can be traded for.

use super::protocol::{Attempt, Effect};
use crate::chutes::key_management::{NarrowKey, NarrowKeyError};
use crate::secret::Secret;

/// How far the trade is. The key that may do everything is kept only to delete the narrow one again.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Trade {
    /// Not known to be an admin key.
    #[default]
    None,
    /// Being asked about.
    Asking {
        attempt: Attempt,
        key: Secret,
    },
    /// It may do everything.
    Offered {
        admin: Secret,
    },
    Running {
        attempt: Attempt,
        admin: Secret,
    },
    Done {
        admin: Secret,
        narrow: NarrowKey,
    },
    Failed {
        admin: Secret,
        error: NarrowKeyError,
    },
    /// What was written with the narrow key was undone, and the key deleted.
    GivenBack {
        name: String,
    },
}

impl Trade {
    /// Ask what this key may do, once for each key.
    pub fn ask(&mut self, key: &Secret, attempt: Attempt) -> Vec<Effect> {
        let known = match self {
            Trade::None | Trade::GivenBack { .. } => false,
            Trade::Asking { key: asked, .. } => asked == key,
            Trade::Offered { admin } | Trade::Running { admin, .. } | Trade::Failed { admin, .. } => admin == key,
            Trade::Done { admin, narrow } => admin == key || narrow.secret == *key,
        };
        if known {
            return Vec::new();
        }
        let mut effects = self.give_back();
        *self = Trade::Asking { attempt, key: key.clone() };
        effects.push(Effect::AskKeyRights { attempt, key: key.clone() });
        effects
    }

    pub fn answered(&mut self, answered: Attempt, is_admin: bool) {
        if let Trade::Asking { attempt, key } = self
            && *attempt == answered
        {
            *self = if is_admin { Trade::Offered { admin: key.clone() } } else { Trade::None };
        }
    }

    pub fn is_offered(&self) -> bool {
        matches!(self, Trade::Offered { .. } | Trade::Failed { .. })
    }

    pub fn begin(&mut self, attempt: Attempt) -> Vec<Effect> {
        let (Trade::Offered { admin } | Trade::Failed { admin, .. }) = self else { return Vec::new() };
        let admin = admin.clone();
        *self = Trade::Running { attempt, admin: admin.clone() };
        vec![Effect::MakeNarrowKey { attempt, admin }]
    }

    /// The key that is being made is wanted no more.
    pub fn give_up(&mut self, made: Attempt) {
        if matches!(self, Trade::Running { attempt, .. } if *attempt == made) {
            *self = Trade::None;
        }
    }

    /// Some: the key to work with from now on.
    pub fn made(&mut self, made: Attempt, result: Result<NarrowKey, NarrowKeyError>) -> Option<Secret> {
        let Trade::Running { attempt, admin } = self else { return None };
        if *attempt != made {
            return None;
        }
        let admin = admin.clone();
        match result {
            Ok(narrow) => {
                let secret = narrow.secret.clone();
                *self = Trade::Done { admin, narrow };
                Some(secret)
            }
            Err(error) => {
                *self = Trade::Failed { admin, error };
                None
            }
        }
    }

    /// Nothing will be written with the narrow key: it is deleted.
    pub fn give_back(&mut self) -> Vec<Effect> {
        match std::mem::take(self) {
            Trade::Done { admin, narrow } => {
                *self = Trade::GivenBack { name: narrow.name };
                vec![Effect::DeleteKey { admin, id: narrow.id }]
            }
            _ => Vec::new(),
        }
    }
}
