//! Our own state: small JSON documents under `$XDG_STATE_HOME/openclaw-chutes`, directory 0700, files
//! 0600. Secrets in it: those of a pending login, which is single-use and expires; a sign-in that we keep
//! ([`crate::sign_in`]); and the profiles that the last write replaced in OpenClaw's database, for `undo`.

pub mod journal;
pub mod made;

use crate::chutes::catalog;
use crate::chutes::model::{Catalog, Model};
use crate::chutes::oauth::attempt::{ClientId, Pending};
use crate::files::{self, Error};
use crate::time::UnixMillis;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::fs::File;
use std::io::BufReader;
use std::marker::PhantomData;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Name of the kept list of models.
const CATALOG: &str = "catalog";
const REGISTERED: &str = "registered";

/// The directory of our own state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    dir: PathBuf,
}

impl State {
    /// `$XDG_STATE_HOME/openclaw-chutes` when that variable is an absolute path, else
    /// `~/.local/state/openclaw-chutes`.
    pub fn resolve(env: impl Fn(&str) -> Option<String>) -> Self {
        let absolute = |name| env(name).map(PathBuf::from).filter(|path: &PathBuf| path.is_absolute());
        let base = absolute("XDG_STATE_HOME").unwrap_or_else(|| {
            absolute("HOME").or_else(std::env::home_dir).unwrap_or_else(|| PathBuf::from("/")).join(".local/state")
        });
        Self { dir: base.join("openclaw-chutes") }
    }

    /// State in a given directory, for tests and the demo.
    pub fn at(dir: impl Into<PathBuf>) -> Self {
        Self { dir: dir.into() }
    }

    /// The directory of these documents; it need not exist yet.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The sign-in that waits for its answer.
    pub fn pending_login(&self) -> Document<Pending> {
        self.document("pending-login")
    }

    /// The app that the last sign-in was made with.
    pub fn client(&self) -> Document<RememberedClient> {
        self.document("client")
    }

    /// References of the models that are marked as favourites.
    pub fn favourites(&self) -> Document<Vec<String>> {
        self.document("favourites")
    }

    /// Keys and apps that we made at Chutes.
    pub fn made(&self) -> Document<Vec<made::Made>> {
        self.document("made-at-chutes")
    }

    /// What the last write did to users' files.
    pub fn undo_record(&self) -> Document<UndoRecord> {
        self.document("undo")
    }

    /// What we wrote into `.env` beside one config, each by the mark that `openclaw::read::dotenv::mark` makes of it;
    /// `name` stands for the config.
    pub fn variables(&self, name: &str) -> Document<Vec<String>> {
        self.document(&format!("variables-{name}"))
    }

    /// What writes to one config put beside users' files; `name` stands for the config.
    pub fn journal(&self, name: &str) -> Document<journal::Journal> {
        self.document(&format!("writes-{name}"))
    }

    /// The last list the service gave us.
    pub fn catalog(&self) -> Option<Catalog> {
        catalog::from_json(BufReader::new(File::open(self.file(CATALOG)).ok()?))
    }

    /// Keep a live list for later. A failure to write it is nobody's trouble.
    pub fn keep_catalog(&self, live: &Catalog) {
        let _ = files::write_private_with(&self.file(CATALOG), &|file| catalog::to_json(live, file));
    }

    /// The models as they were written into a config last: what differs there since is somebody else's doing.
    pub fn registered(&self) -> Option<Catalog> {
        catalog::from_json(BufReader::new(File::open(self.file(REGISTERED)).ok()?))
    }

    /// Keep what was written. A failure to do so is nobody's trouble: all that is there counts as somebody's.
    pub fn keep_registered(&self, models: &[Arc<Model>]) {
        let written = Catalog { models: models.to_vec(), ..Catalog::default() };
        let _ = files::write_private_with(&self.file(REGISTERED), &|file| catalog::to_json(&written, file));
    }

    /// Ids of the models that somebody has decided about: what of them is not registered was left out.
    pub fn decided(&self) -> Document<Vec<Box<str>>> {
        self.document("decided")
    }

    /// The choices were confirmed with this list in sight. A failure to keep that is nobody's trouble.
    pub fn decide(&self, list: &Catalog) {
        let _ = self.decided().write(&list.models.iter().map(|model| model.id.clone()).collect());
    }

    fn document<T>(&self, name: &str) -> Document<T> {
        Document { path: self.file(name), shape: PhantomData }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.dir.join(format!("{name}.json"))
    }
}

/// One JSON document of our own state, of one shape.
pub struct Document<T> {
    path: PathBuf,
    shape: PhantomData<T>,
}

impl<T: Serialize + DeserializeOwned> Document<T> {
    /// None when it is missing or of another shape: our own state is a convenience, never a reason to fail.
    pub fn read(&self) -> Option<T> {
        // A pipe in its place would be waited for; a link of somebody else's is not followed.
        let file = files::open_file(&self.path).ok()??;
        serde_json::from_reader(BufReader::new(file)).ok()
    }

    /// [`Document::read`] for whom it matters that a document which is there cannot be read.
    pub fn find(&self) -> Result<Option<T>, Error> {
        let Some(file) = files::open_file(&self.path)? else { return Ok(None) };
        Ok(serde_json::from_reader(BufReader::new(file)).ok())
    }

    /// Replaces the document as a whole; one that says the same already is not written again.
    pub fn write(&self, value: &T) -> Result<(), Error> {
        let mut bytes = serde_json::to_vec_pretty(value).unwrap_or_default();
        bytes.push(b'\n');
        if std::fs::read(&self.path).is_ok_and(|old| old == bytes) {
            return Ok(());
        }
        files::write_private(&self.path, &bytes)
    }

    /// Removes the document, for whoever may use it only once. False: it is gone already, another process was first.
    pub fn claim(&self) -> Result<bool, Error> {
        match std::fs::remove_file(&self.path) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(Error::io(files::Doing::Write, &self.path, &error)),
        }
    }

    /// Removes the document. Missing already is as good as removed.
    pub fn remove(&self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

/// The app of a sign-in, for the next one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RememberedClient {
    pub client_id: String,
    /// What was granted to it last: the next sign-in asks for no less.
    #[serde(default)]
    pub scopes: Vec<String>,
}

impl RememberedClient {
    /// What is remembered of an app that a sign-in worked with.
    pub fn of(client_id: &ClientId, scopes: &[String]) -> RememberedClient {
        RememberedClient { client_id: client_id.as_str().to_owned(), scopes: scopes.to_vec() }
    }
}

/// The last write, without a byte of its contents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UndoRecord {
    /// Unix time in milliseconds.
    pub at: UnixMillis,
    /// The config that was meant, links unresolved: names the lock and the journal. None in older records.
    #[serde(default)]
    pub config: Option<PathBuf>,
    /// In the order they were written.
    pub files: Vec<UndoFile>,
    /// Id of a credential that was handed to OpenClaw.
    #[serde(default)]
    pub handed_over: Option<String>,
    /// The Chutes profiles that were in OpenClaw's database, when the write replaced them.
    #[serde(default)]
    pub database: Option<Profiles>,
}

/// Profiles of OpenClaw's, secrets included, by id. `Debug` says only that they are there.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Profiles(pub serde_json::Map<String, serde_json::Value>);

impl Eq for Profiles {}

impl std::fmt::Debug for Profiles {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Profiles({} …)", self.0.len())
    }
}

/// One file of an [`UndoRecord`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UndoFile {
    pub path: PathBuf,
    /// SHA-256; None: there was no file.
    pub before: Option<String>,
    pub after: String,
    pub backup: Option<PathBuf>,
    pub mode: u32,
    /// The sign-in that we keep: renewals change it, and that is no reason to refuse.
    #[serde(default)]
    pub renews: bool,
}
