//! The job in the gateway's cron that renews a sign-in: what it is called, how often it runs, what it runs.

use crate::openclaw::helper::Helper;
use crate::renewal_timer;
use serde_json::json;

/// Name and declaration key of the job: OpenClaw makes one job of all that declare the same.
pub const JOB: &str = renewal_timer::NAME;
/// How often the job looks whether a renewal is due. When none is, that takes milliseconds.
pub const EVERY: &str = "10m";

/// The command as people see it, before it is run.
pub fn job_command(helper: &Helper) -> String {
    format!("openclaw cron add --name {JOB} --every {EVERY} --command-argv '{}'", job_argv(helper))
}

/// The command of the job, as OpenClaw wants it: a JSON list.
pub fn job_argv(helper: &Helper) -> String {
    json!([helper.command.to_string_lossy(), "renew", "--scheduled"]).to_string()
}
