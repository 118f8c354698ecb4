//! The stand-in for Chutes as a program of its own, for scripts and for tests of other programs.
//!
//! `cargo run --example standin -- [--port N] [--list FILE] [--era documented|later] [--key KEY]…
//! [--models-fault NAME] [--chat-fault NAME] [--account SHAPE] [--account-fault NAME]
//! [--health-fault NAME] [--asleep ID]… [--crowded ID]… [--record FILE]`
//!
//! Prints one JSON line, `{"api":"http://127.0.0.1:…/v1","idp":"http://127.0.0.1:…"}`, and serves until
//! standard input ends. Without `--key` it takes what the demo takes. The names of the faults are in
//! `Fault::from_name`. `--record` appends one JSON line for each request, before it is answered.

use openclaw_chutes::standin::{self, Config, Fault, Keys, Shape, sample};
use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    let served = config(std::env::args().skip(1)).and_then(|(config, record)| {
        standin::serve_until_stdin_ends(config, record.as_deref()).map_err(|error| error.to_string())
    });
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            use std::io::Write;
            // With standard error gone too, the exit code is all that is left.
            let _ = writeln!(std::io::stderr(), "standin: {problem}");
            ExitCode::from(2)
        }
    }
}

fn config(mut args: impl Iterator<Item = String>) -> Result<(Config, Option<PathBuf>), String> {
    let mut config = Config::demo();
    let mut keys = Vec::new();
    let mut record = None;
    while let Some(name) = args.next() {
        let value = args.next().ok_or_else(|| format!("{name} needs a value"))?;
        let fault = || Fault::from_name(&value).ok_or_else(|| format!("there is no fault {value}"));
        match name.as_str() {
            "--port" => config.port = value.parse().map_err(|_| format!("{value} is not a port"))?,
            "--list" => config.models = std::fs::read(&value).map_err(|error| format!("{value}: {error}"))?,
            "--era" => {
                config.models = sample::list(match value.as_str() {
                    "documented" => sample::Era::Documented,
                    "later" => sample::Era::Later,
                    _ => return Err(format!("there is no era {value}")),
                });
            }
            "--key" => keys.push(value),
            "--models-fault" => config.models_fault = fault()?,
            "--account" => {
                config.market.account =
                    Shape::from_name(&value).ok_or_else(|| format!("there is no account {value}"))?;
            }
            "--account-fault" => config.market.account_fault = fault()?,
            "--health-fault" => config.market.health_fault = fault()?,
            "--asleep" => config.market.asleep.push(value),
            "--crowded" => config.market.crowded.push(value),
            "--chat-fault" => config.chat_fault = fault()?,
            "--record" => record = Some(PathBuf::from(value)),
            _ => return Err(format!("there is no option {name}")),
        }
    }
    if !keys.is_empty() {
        config.keys = Keys::Listed(keys);
    }
    Ok((config, record))
}
