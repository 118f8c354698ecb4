//! What `--version --json` says of a build. The commit and its date come from scripts/dist; a build by hand has none.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let variable = |name: &str| std::env::var(name).unwrap_or_default();
    println!("cargo:rustc-env=OPENCLAW_CHUTES_TARGET={}", variable("TARGET"));
    let rustc = std::process::Command::new(variable("RUSTC")).arg("--version").output();
    let rustc = rustc.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default();
    println!("cargo:rustc-env=OPENCLAW_CHUTES_RUSTC={rustc}");
    // Relocations in a sixteenth of their place: half a megabyte less. A loader older than glibc 2.36 cannot read them.
    if variable("TARGET").ends_with("-linux-gnu") && variable("PROFILE") == "release" && glibc() >= Some((2, 36)) {
        println!("cargo:rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
}

/// The version of the C library of this machine, which a build by hand is for.
fn glibc() -> Option<(u32, u32)> {
    let output = std::process::Command::new("getconf").arg("GNU_LIBC_VERSION").output().ok()?;
    let said = String::from_utf8(output.stdout).ok()?;
    let (major, minor) = said.trim().strip_prefix("glibc ")?.split_once('.')?;
    Some((major.parse().ok()?, minor.split('.').next()?.parse().ok()?))
}
