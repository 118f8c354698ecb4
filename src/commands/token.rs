//! `token`: the access token, for OpenClaw's exec secret provider. Its protocol: one JSON document on
//! standard input, one on standard output. The token that is there is always given; a renewal that is due is
//! the work of a process of its own, which ends when its answer is stored and not when OpenClaw has waited
//! long enough.

use super::context::{Context, var};
use super::error::Error;
use super::report::Report;
use super::usage::UsageError;
use crate::openclaw::read::exec_provider::SECRET_ID;
use crate::openclaw::read::paths::Paths;
use crate::renewal::kept;
use crate::sign_in::SignIn;
use crate::time::now;
use serde_json::{Map, Value, json};
use std::io::{IsTerminal, Read};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Largest request that is read, in bytes.
const MAX_INPUT: u64 = 64 * 1024;
/// How long a renewal is waited for: a gateway that starts waits for us. OpenClaw gives us longer, see
/// [`crate::openclaw::read::exec_provider::PATIENCE_MS`].
const PATIENCE: Duration = Duration::from_secs(4);
/// After a failure, in milliseconds, a token that still lives is given without another try.
const REST: i64 = 10_000;

pub fn token(context: &Context) -> Result<Report, Error> {
    let mut stdin = std::io::stdin();
    if stdin.is_terminal() {
        return Err(UsageError::TokenFromTerminal.into());
    }
    let mut request = Vec::new();
    // A request that cannot be read is one for the usual secret.
    let _ = stdin.by_ref().take(MAX_INPUT).read_to_end(&mut request);
    let request: Value = serde_json::from_slice(&request).unwrap_or_default();
    let asked = request.get("ids").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    let asked: Vec<&str> = asked.collect();
    let ids = if asked.is_empty() { vec![SECRET_ID] } else { asked };

    let paths = Paths::resolve(var, context.target.config.as_deref(), context.target.profile.as_deref())?;
    let sign_in = current(context, &paths.sign_in);
    let (mut values, mut errors) = (Map::new(), Map::new());
    for id in ids {
        match &sign_in {
            Some(sign_in) if id == SECRET_ID => drop(values.insert(id.to_owned(), json!(sign_in.access.expose()))),
            _ => drop(errors.insert(id.to_owned(), json!({"code": "NOT_FOUND", "message": "not signed in"}))),
        }
    }
    let mut document = json!({"protocolVersion": 1, "values": values});
    if !errors.is_empty() {
        document["errors"] = Value::Object(errors);
    }
    Ok(Report::text(format!("{document}\n")))
}

/// What is kept, renewed before if it is time.
fn current(context: &Context, document: &Path) -> Option<SignIn> {
    let sign_in = kept::read(document)?;
    let now = now();
    let is_reload = sign_in.progress.taken.is_some_and(|taken| taken != sign_in.issued_at);
    if (sign_in.progress.job.is_none() || !is_reload) && is_gateway() {
        // A gateway that starts: it gets its job as soon as it answers, or again, should somebody have removed it.
        drop(renew(context, &["--when-up"]));
    }
    let rests = sign_in.progress.trouble.as_ref().is_some_and(|trouble| trouble.lasting || now - trouble.at < REST);
    if now < sign_in.due_at() || (rests && !sign_in.is_over(now)) {
        return Some(sign_in);
    }
    if let Some(mut child) = renew(context, &["--no-gateway"]) {
        let start = Instant::now();
        while start.elapsed() < PATIENCE && matches!(child.try_wait(), Ok(None)) {
            std::thread::sleep(Duration::from_millis(2));
        }
    }
    kept::read(document).or(Some(sign_in))
}

/// `renew` in a process of its own, in a group of its own: OpenClaw ends the group of a command that is late.
fn renew(context: &Context, how: &[&str]) -> Option<std::process::Child> {
    let mut command = Command::new(std::env::current_exe().ok()?);
    if let Some(config) = &context.target.config {
        command.arg("--config").arg(config);
    }
    if let Some(profile) = &context.target.profile {
        command.arg("--profile").arg(profile);
    }
    command.arg("renew").args(how).current_dir("/");
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.process_group(0).spawn().ok()
}

/// Whether who asks is a gateway, and not one of OpenClaw's short commands. Where that cannot be seen, no.
fn is_gateway() -> bool {
    let parent = rustix::process::getppid().map(|pid| pid.as_raw_nonzero().get());
    let line = parent.and_then(|pid| std::fs::read(format!("/proc/{pid}/cmdline")).ok()).unwrap_or_default();
    line.split(|byte| *byte == 0 || *byte == b' ' || *byte == b'-').any(|word| word == b"gateway")
        && line.windows(8).any(|word| word == b"openclaw")
}
