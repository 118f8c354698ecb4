//! A running gateway: whether there is one, that it takes the current secrets, and the job in its cron that
//! renews. A gateway that does not run is no error.

use super::run::{self, Ran};
use crate::openclaw::Site;
use crate::openclaw::helper::Helper;
use crate::openclaw::plan::renewal_job::{EVERY, JOB, job_argv};
use crate::openclaw::read::paths::Paths;
use crate::openclaw::value::at;
use serde_json::Value;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::Path;
use std::time::Duration;

/// OpenClaw takes 1 to 4 s to answer, under load ten times as long.
const LONGEST: Duration = Duration::from_secs(60);
const DEFAULT_PORT: u16 = 18789;

/// How a request to the gateway ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer<T = ()> {
    Done(T),
    /// No gateway runs here.
    NotRunning,
    /// It did not do it; what was said about that, safe to print.
    Failed(String),
}

/// Whether anything listens where the gateway would. A look that takes no time; None: it may listen elsewhere.
pub fn listens(config: &Value, env: impl Fn(&str) -> Option<String>) -> Option<bool> {
    let text = |name: &str| at(config, &["gateway", name]).and_then(Value::as_str);
    if matches!(text("bind"), Some("tailnet" | "custom")) || text("mode") == Some("remote") {
        return None;
    }
    let of_env = env("OPENCLAW_GATEWAY_PORT").and_then(|port| port.trim().parse().ok());
    let of_config = at(config, &["gateway", "port"]).and_then(Value::as_u64).and_then(|port| u16::try_from(port).ok());
    let port = of_env.or(of_config).unwrap_or(DEFAULT_PORT);
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    Some(TcpStream::connect_timeout(&address, Duration::from_secs(1)).is_ok())
}

/// Has it read its secrets again. `Done(false)`: it kept some old one.
pub fn reload(site: &Site, search: Option<&str>) -> Answer<bool> {
    ask(site, search, &["secrets", "reload", "--json"], |document| {
        document.get("warningCount").and_then(Value::as_u64).is_none_or(|count| count == 0)
    })
}

/// Adds the job that renews, or finds the one that is there. Its id.
pub fn add_job(site: &Site, search: Option<&str>, helper: &Helper) -> Answer<String> {
    let argv = job_argv(helper);
    let mut args = vec!["cron", "add", "--name", JOB, "--declaration-key", JOB, "--every", EVERY];
    args.extend(["--command-argv", &argv, "--no-deliver", "--json"]);
    let told = told(&site.paths);
    args.extend(told.iter().flat_map(|variable| ["--command-env", variable]));
    let id = |document: &Value| {
        let id = document.get("job").and_then(|job| job.get("id")).or_else(|| document.get("id"));
        id.and_then(Value::as_str).map(str::to_owned)
    };
    match ask(site, search, &args, id) {
        Answer::Done(Some(id)) => Answer::Done(id),
        Answer::Done(None) => Answer::Failed(String::new()),
        Answer::NotRunning => Answer::NotRunning,
        Answer::Failed(said) => Answer::Failed(said),
    }
}

/// Whether its cron has the job with this id.
pub fn has_job(site: &Site, search: Option<&str>, id: &str) -> Answer<bool> {
    ask(site, search, &["cron", "list", "--json"], |document| {
        let jobs = document.get("jobs").unwrap_or(document).as_array();
        // An answer of another shape says nothing.
        jobs.is_none_or(|jobs| jobs.iter().any(|job| job.get("id").and_then(Value::as_str) == Some(id)))
    })
}

/// Takes the job away. One that is gone already is as good.
pub fn remove_job(site: &Site, search: Option<&str>, id: &str) -> Answer {
    match ask(site, search, &["cron", "remove", id, "--json"], |_| ()) {
        Answer::Failed(said) if said.contains("not found") => Answer::Done(()),
        other => other,
    }
}

fn told(paths: &Paths) -> Vec<String> {
    let of = |(name, path): &(&str, std::path::PathBuf)| format!("{name}={}", Path::new(path).display());
    paths.told.iter().map(of).collect()
}

fn ask<T>(site: &Site, search: Option<&str>, args: &[&str], read: impl Fn(&Value) -> T) -> Answer<T> {
    let Some(mut command) = run::openclaw(site, search) else { return Answer::NotRunning };
    command.args(args);
    let ran = match run::run(command, None, LONGEST) {
        Ok(ran) => ran,
        Err(error) => return Answer::Failed(error.to_string()),
    };
    if ran.succeeded() {
        return Answer::Done(read(&ran.document().unwrap_or(Value::Null)));
    }
    if is_not_running(&ran) {
        return Answer::NotRunning;
    }
    Answer::Failed(crate::clean::excerpt(ran.said().trim(), 300))
}

fn is_not_running(ran: &Ran) -> bool {
    [&ran.err, &ran.out].iter().any(|said| said.contains("not reachable") || said.contains("ECONNREFUSED"))
}
