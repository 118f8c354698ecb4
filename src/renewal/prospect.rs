//! What the next renewal of the stored sign-in will come to, told without spending anything.

use crate::chutes::client::Client;
use crate::chutes::oauth::attempt::INVOKE;
use crate::chutes::oauth::renewal_terms::{self, Missing, Stored};
use crate::chutes::oauth::token::{self, Introspection};
use crate::openclaw::plan;
use crate::openclaw::read::auth_store::{self, Profile};
use crate::openclaw::read::current::{self, active_oauth};
use crate::openclaw::read::snapshot::Snapshot;
use crate::openclaw::types::{CredentialKind, StoredCredential};
use crate::time::now;

/// The outlook of a stored sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prospect {
    /// The service says that the refresh token is good, and gives what models need.
    Proven,
    /// All that a renewal takes is there; the service did not say more.
    Likely,
    /// Something is missing where the renewing process looks for it.
    Missing(Missing),
    /// The refresh token was used, has expired or was revoked.
    Spent,
    /// The latest consent left out `chutes:invoke`: the next token will not call models.
    Weakened,
}

impl Prospect {
    /// Stable name in JSON documents.
    pub fn name(self) -> &'static str {
        match self {
            Prospect::Proven => "proven",
            Prospect::Likely => "likely",
            Prospect::Missing(Missing::RefreshToken) => "no-refresh-token",
            Prospect::Missing(Missing::ClientId) => "no-client-id",
            Prospect::Missing(Missing::ClientSecret) => "no-client-secret",
            Prospect::Spent => "refused",
            Prospect::Weakened => "scope-missing",
        }
    }
}

/// `active`: the credential in force. None: it is no sign-in.
pub async fn prospect(client: &Client, snapshot: &Snapshot, active: &StoredCredential) -> Option<Prospect> {
    if active.kind != CredentialKind::OAuth {
        return None;
    }
    // What the shell of this run has is of no help to a gateway.
    let mut surroundings = plan::gateway_surroundings(snapshot);
    let stored = match (current::kept(snapshot), active_oauth(snapshot, now())) {
        (Some(kept), _) => {
            surroundings.client_secret = kept.client_secret.or(surroundings.client_secret);
            Stored { client_id: Some(kept.client_id), refresh: kept.refresh }
        }
        (None, Some(profile)) => Stored { client_id: profile.client_id, refresh: profile.refresh },
        (None, None) => match in_database(snapshot, &active.profile_id) {
            Some(profile) => Stored { client_id: profile.client_id, refresh: profile.refresh },
            // It says whether there is a refresh token and not which.
            None => {
                return Some(match (active.refreshable, surroundings.client_secret) {
                    (false, _) => Prospect::Missing(Missing::RefreshToken),
                    (true, None) => Prospect::Missing(Missing::ClientSecret),
                    (true, Some(_)) => Prospect::Likely,
                });
            }
        },
    };
    if let Some(missing) = renewal_terms::missing(&stored, &surroundings) {
        return Some(Prospect::Missing(missing));
    }
    let refresh = stored.refresh?;
    Some(match token::introspect(client, &refresh).await {
        Ok(Introspection::Active { scopes, .. }) if scopes.iter().any(|scope| scope == INVOKE) => Prospect::Proven,
        Ok(Introspection::Active { .. }) => Prospect::Weakened,
        Ok(Introspection::Inactive) => Prospect::Spent,
        Err(_) => Prospect::Likely,
    })
}

/// The profile in OpenClaw's database, for who had OpenClaw say what is there.
fn in_database(snapshot: &Snapshot, id: &str) -> Option<Profile> {
    auth_store::profiles(snapshot.store.seen()).into_iter().find(|profile| profile.id == id)
}
