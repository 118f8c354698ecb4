//! What the commands ask of the service besides its list: side by side with it, and never in its way.

use super::context::{Context, var};
use super::error::Error;
use super::signals;
use crate::chutes::account::{self, Account};
use crate::chutes::catalog::{self, Stage};
use crate::chutes::client::Client;
use crate::chutes::endpoints::Endpoints;
use crate::chutes::failure::Failure;
use crate::chutes::health::{self, Health};
use crate::chutes::model::Catalog;
use crate::openclaw::Site;
use crate::openclaw::read::current::Current;
use crate::renewal;
use crate::secret::Secret;
use crate::time::now;

/// The service that a config is set up for: its own address, unless the environment names another.
pub fn endpoints(context: &Context, current: &Current) -> Result<Endpoints, Error> {
    Ok(context.endpoints()?.of_config(current.base_url.as_deref(), var))
}

/// The stored credential, renewed if it has to be. None: nothing usable is stored.
pub fn stored_secret(site: &Site, endpoints: &Endpoints) -> Result<Result<Option<Secret>, renewal::Error>, Error> {
    signals::until_interrupted(renewal::stored_secret(site, endpoints, var))
}

/// The public list, and what is up.
pub fn list_and_health(client: &Client) -> Result<(Result<Catalog, Failure>, Health), Error> {
    let yesterday = health::yesterday(now());
    signals::until_interrupted(async {
        tokio::join!(catalog::discover(client, None, |_: Stage| {}), health::ask(client, &yesterday))
    })
}

/// The account of a credential. None: there is nothing to tell.
pub fn account(endpoints: Endpoints, secret: &Secret) -> Result<Option<Account>, Error> {
    signals::until_interrupted(account::ask(&Client::new(endpoints), secret))
}
