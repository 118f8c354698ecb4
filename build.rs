//! What `--version --json` says of a build. The commit and its date come from scripts/dist; a build by hand has none.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let variable = |name: &str| std::env::var(name).unwrap_or_default();
    println!("cargo:rustc-env=OPENCLAW_CHUTES_TARGET={}", variable("TARGET"));
    let rustc = std::process::Command::new(variable("RUSTC")).arg("--version").output();
    let rustc = rustc.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default();
    println!("cargo:rustc-env=OPENCLAW_CHUTES_RUSTC={rustc}");
}
