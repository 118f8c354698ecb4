//! The way out: the tokens are revoked, and the service is asked whether they are; then the credential leaves every
//! place of this OpenClaw, and the config goes back to what works without Chutes. One step after the other, so that
//! whoever stops in between can put back what was taken.

use super::var;
use crate::chutes::client::Client;
use crate::chutes::credential_kinds::variable;
use crate::chutes::endpoints::Endpoints;
use crate::chutes::failure::Failure;
use crate::chutes::oauth::token::{Introspection, introspect, revoke};
use crate::diff::{self, FileDiff};
use crate::openclaw::plan::{self, Plan, Request, SignOut};
use crate::openclaw::program::profiles;
use crate::openclaw::read::auth_store;
use crate::openclaw::read::current::{self, Current};
use crate::openclaw::read::snapshot::Snapshot;
use crate::openclaw::types::CredentialKind;
use crate::openclaw::write;
use crate::openclaw::{Error, Site};
use crate::renewal::round;
use crate::secret::Secret;
use crate::state::State;
use crate::texts::{Lang, cli as text};
use crate::time::now;
use serde_json::{Map, Value, json};

/// A sign-out on its way. Dropped, nothing happens; what [`Departure::take_out`] took has to be put back.
pub struct Departure {
    site: Site,
    snapshot: Snapshot,
    request: Request,
    plan: Plan,
    endpoints: Endpoints,
    /// OpenClaw's database may hold a credential.
    in_database: bool,
    stored: Stored,
    /// Chutes' profiles as they were in the database.
    taken: Map<String, Value>,
}

/// What is to be forgotten.
#[derive(Default)]
struct Stored {
    profiles: Vec<String>,
    /// Of sign-ins: access and refresh tokens.
    tokens: Vec<Secret>,
    has_key: bool,
}

/// What a sign-out did.
#[derive(Clone, Debug, Default)]
pub struct SignedOut {
    /// Ids of the profiles that are gone.
    pub removed: Vec<String>,
    /// What was written.
    pub plan: Plan,
    /// An API key was among them: it goes on to be valid until somebody deletes it.
    pub key_lives: bool,
    /// Variables that still hold a credential.
    pub variables: Vec<&'static str>,
    /// The default model now.
    pub default: Option<String>,
}

/// Why a token may still be in force.
#[derive(Clone, Debug, PartialEq)]
pub enum Unrevoked {
    Failed(Failure),
    StillValid,
}

impl Unrevoked {
    pub fn message(&self, lang: Lang) -> String {
        match self {
            Unrevoked::Failed(failure) => failure.message(lang),
            Unrevoked::StillValid => text::still_valid(lang).to_owned(),
        }
    }
}

/// Why nobody was signed out. Everything is as it was.
#[derive(Clone, Debug, PartialEq)]
pub enum Problem {
    Files(Error),
    NotRevoked(Unrevoked),
}

impl Stored {
    fn add(&mut self, profile: &auth_store::Profile) {
        self.profiles.push(profile.id.clone());
        if profile.kind == CredentialKind::ApiKey {
            self.has_key = true;
        } else {
            self.tokens.extend(profile.secret.iter().chain(&profile.refresh).cloned());
        }
    }

    fn in_files(snapshot: &Snapshot) -> Stored {
        let mut stored = Stored::default();
        for store in std::iter::once(&snapshot.store).chain(&snapshot.main_store) {
            auth_store::profiles(store.seen()).iter().for_each(|profile| stored.add(profile));
        }
        if current::ours_in_dotenv(snapshot).is_some()
            && let Some((_, provider)) = current::chutes_provider(snapshot.value())
            && let Some(mut profile) = auth_store::provider_key(provider)
        {
            profile.secret = profile.env_var.as_deref().and_then(|name| snapshot.variable(name)).map(Secret::new);
            stored.add(&profile);
        }
        if let Some(kept) = current::kept(snapshot) {
            let id = kept.account.as_ref().map_or("chutes:default".to_owned(), |name| format!("chutes:{name}"));
            stored.profiles.push(id);
            stored.tokens.push(kept.access);
            stored.tokens.extend(kept.refresh);
        }
        stored
    }
}

impl Departure {
    /// Nothing is changed yet. `endpoints`: by the environment.
    pub fn plan(site: &Site, endpoints: &Endpoints, keep_models: bool) -> Result<Departure, Error> {
        let snapshot = site.read()?;
        let current = Current::of(&snapshot, now());
        let request = Request { sign_out: Some(SignOut { keep_models }), ..Request::default() };
        let plan = plan::plan(&snapshot, &request, now())?;
        let mut endpoints = endpoints.clone().of_config(current.base_url.as_deref(), var);
        // The identity provider that issued a kept sign-in is the one that can revoke it.
        if let (Some(kept), None) = (current::kept(&snapshot), var(variable::IDP_BASE_URL)) {
            endpoints.idp = kept.idp;
        }
        Ok(Departure {
            site: site.clone(),
            endpoints,
            // What a database holds is only known once it has been taken out.
            in_database: current.in_database && plan::named_mode(&snapshot).is_some(),
            stored: Stored::in_files(&snapshot),
            taken: Map::new(),
            snapshot,
            request,
            plan,
        })
    }

    /// There is something to be forgotten.
    pub fn is_needed(&self) -> bool {
        self.plan.changes_anything() || self.in_database || !self.stored.profiles.is_empty()
    }

    /// What will be written.
    pub fn files(&self) -> Vec<FileDiff> {
        diff::of(&self.plan)
    }

    /// Ids of the profiles that will go, as far as they are known.
    pub fn profiles(&self) -> &[String] {
        &self.stored.profiles
    }

    /// Out of OpenClaw's database, which alone knows the tokens there. Blocks.
    pub fn take_out(&mut self) -> Result<(), Error> {
        if self.in_database {
            self.taken = profiles::take_out(&self.site, &self.snapshot)?;
            for profile in auth_store::profiles(&json!({ "profiles": self.taken })) {
                self.stored.add(&profile);
            }
        }
        Ok(())
    }

    /// True: the service says that no token is valid any more. None: there was nothing to be revoked. The refresh
    /// tokens go last, so that a failure before leaves a sign-in that can be renewed.
    pub async fn revoke(&self) -> Result<Option<bool>, Unrevoked> {
        let tokens = &self.stored.tokens;
        if tokens.is_empty() {
            return Ok(None);
        }
        let client = Client::new(self.endpoints.clone());
        for token in tokens {
            revoke(&client, token).await.map_err(Unrevoked::Failed)?;
        }
        for token in tokens {
            match introspect(&client, token).await.map_err(Unrevoked::Failed)? {
                Introspection::Inactive => {}
                Introspection::Active { .. } => return Err(Unrevoked::StillValid),
            }
        }
        Ok(Some(true))
    }

    /// What was taken out of the database. The failure that comes next is the one to be told.
    pub fn put_back(&self) {
        if !self.taken.is_empty() {
            let _ = profiles::replace(&self.site, &self.snapshot, &self.taken);
        }
    }

    /// The files, and what else knows of the credential. Blocks.
    pub fn finish(self, state: &State) -> Result<SignedOut, Error> {
        let kept_before = current::kept(&self.snapshot);
        let written = write::commit(&self.site, &self.request, None, state, now()).inspect_err(|_| self.put_back())?;
        state.pending_login().remove();
        round::after_write(&self.site, kept_before, None, var);
        let gone = current::ours_in_dotenv(&self.snapshot);
        let is_set = |name: &str| {
            let kept = plan::gateway_variable(&self.snapshot, name).filter(|_| gone != Some(name));
            var(name).or(kept).is_some_and(|value| !value.trim().is_empty())
        };
        let variables = [variable::API_KEY, variable::OAUTH_TOKEN].into_iter().filter(|name| is_set(name)).collect();
        let after = Current::of(&self.site.read()?, now());
        Ok(SignedOut {
            removed: self.stored.profiles,
            plan: written.plan,
            key_lives: self.stored.has_key,
            variables,
            default: after.configured.primary,
        })
    }

    /// All of it. What stops it leaves everything as it was. Blocks.
    pub fn carry_out(mut self, state: &State) -> Result<SignedOut, Problem> {
        self.take_out().map_err(Problem::Files)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let revoked = match runtime {
            Ok(runtime) => runtime.block_on(self.revoke()),
            Err(_) => Err(Unrevoked::StillValid),
        };
        if let Err(problem) = revoked {
            self.put_back();
            return Err(Problem::NotRevoked(problem));
        }
        self.finish(state).map_err(Problem::Files)
    }
}
