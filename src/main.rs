use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(openclaw_chutes::commands::run(std::env::args_os().collect()))
}
