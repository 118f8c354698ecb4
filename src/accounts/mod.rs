//! The Chutes credentials that are stored side by side: which there are, which of them OpenClaw uses, and the way out.
//! Where OpenClaw keeps them in a database, it is asked; that takes a second or two.

pub mod sign_out;

use crate::chutes::endpoints::Endpoints;
use crate::openclaw::plan::{AccountChange, Request};
use crate::openclaw::program::{profiles, status};
use crate::openclaw::read::current::{Current, kept};
use crate::openclaw::read::snapshot::Snapshot;
use crate::openclaw::types::StoredCredential;
use crate::openclaw::write;
use crate::openclaw::{Error, Site};
use crate::renewal::round;
use crate::state::State;
use crate::time::now;

/// OpenClaw's files, with what its database holds in the place of a store in a file.
#[derive(Clone, Debug)]
pub struct Known {
    pub snapshot: Snapshot,
    pub current: Current,
    /// OpenClaw keeps credentials in a database and did not say which.
    pub credential_unknown: bool,
}

/// What a person chooses from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Listed {
    pub stored: Vec<StoredCredential>,
    /// Index into `stored` of the one that OpenClaw uses.
    pub active: Option<usize>,
}

/// What a change did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Changed {
    /// What is stored now.
    pub listed: Listed,
    /// A file or OpenClaw's database changed.
    pub written: bool,
    /// It can be undone.
    pub undoable: bool,
}

impl Known {
    /// The accounts that OpenClaw and we know of, from the files of the site; fails where those cannot be read.
    pub fn read(site: &Site) -> Result<Known, Error> {
        let mut snapshot = site.read()?;
        let mut credential_unknown = false;
        let mut said = None;
        if snapshot.installed.generation.has_database() && snapshot.has_database {
            match profiles::look(site, &snapshot) {
                Ok(held) => snapshot.store.value = Ok(held.as_store()),
                Err(_) => {
                    said = status::credentials(site, &snapshot);
                    credential_unknown = said.is_none();
                }
            }
        }
        let mut current = Current::of(&snapshot, now());
        if let Some(said) = said.filter(|said| current.active.is_none() && !said.is_empty()) {
            current.active = Some(current.credentials.len());
            current.credentials.extend(said);
        }
        Ok(Known { snapshot, current, credential_unknown })
    }

    /// The same as a screen or a report lists them.
    pub fn listed(&self) -> Listed {
        Listed { stored: self.current.credentials.clone(), active: self.current.active }
    }
}

/// Has OpenClaw use another of them, or takes one away, through the one writer; then tells a running gateway.
/// `endpoints`: for a config that names no address. Blocks.
pub fn change(site: &Site, state: &State, endpoints: &Endpoints, change: AccountChange) -> Result<Changed, Error> {
    let known = Known::read(site)?;
    let (kept_before, current) = (kept(&known.snapshot), known.current);
    let mut stored = current.credentials.clone();
    // It stays in use when another one leaves.
    if let Some(first) = current.active.and_then(|active| stored.get_mut(..=active)) {
        first.rotate_right(1);
    }
    let request = Request {
        base_url: current.base_url.clone().unwrap_or_else(|| endpoints.api.clone()),
        selection: current.selection(),
        basis: Some(current.clone()),
        account: Some(change),
        stored,
        ..Request::default()
    };
    let written = write::commit(site, &request, None, state, now())?;
    // A running gateway goes on with what it has in memory until it is told.
    round::after_write(site, kept_before, None, var);
    let (undoable, written) = (written.undoable, written.plan.changes_anything());
    Ok(Changed { listed: Known::read(site)?.listed(), written, undoable })
}

fn var(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
