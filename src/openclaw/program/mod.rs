//! Whatever starts the program `openclaw`.

pub mod child;
pub mod gateway;
pub(crate) mod paste_key;
pub mod profiles;
pub mod run;
pub(crate) mod scratch_config;
pub mod status;
pub mod timer;
pub mod validate;

use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// Its answer takes a tenth of a second; a shim that first installs something is not waited for.
const VERSION_WITHIN: Duration = Duration::from_secs(3);

/// The version that the program itself tells, such as `2026.9.6`; for one whose package is not to be found, such as
/// the shim of a version manager. None: it does not say, or not in time.
pub fn version(program: &Path) -> Option<String> {
    let mut command = Command::new(program);
    command.arg("--version");
    let output = child::run(command, None, VERSION_WITHIN, || true).ok()?;
    let said = String::from_utf8_lossy(&output.stdout);
    let of_a_year = |word: &&str| word.starts_with("20") && word.matches('.').count() >= 2 && word.len() < 40;
    said.lines().next()?.split_whitespace().find(of_a_year).map(str::to_owned)
}
