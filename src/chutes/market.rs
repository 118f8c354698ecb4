//! What the service tells besides its list: what runs, and what the account has left. Asked beside the list and
//! in nobody's way; each answer is optional.

use super::account::{self, Account};
use super::client::Client;
use super::health::{self, Health};
use crate::secret::Secret;

/// One piece of news.
#[derive(Clone, Debug)]
pub enum News {
    Health(Health),
    Account(Account),
}

/// Ask, one question after the other, so that one connection and one handshake do for all of them. What is up
/// comes first, since a table waits for it. What the service does not say is no news. `yesterday`: as for
/// [`health::ask`].
pub async fn ask(client: &Client, credential: Option<&Secret>, yesterday: &str, mut tell: impl FnMut(News)) {
    let health = health::ask(client, yesterday).await;
    if !health.is_empty() {
        tell(News::Health(health));
    }
    if let Some(credential) = credential
        && let Some(account) = account::ask(client, credential).await
    {
        tell(News::Account(account));
    }
}
