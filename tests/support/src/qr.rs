//! Reading QR codes off a picture, by zbar.

use crate::raster::Image;

/// The texts of every QR code that zbar finds on the picture.
///
/// # Panics
/// When `zbarimg` is not there; `scripts/test` installs it.
pub fn decode(image: &Image) -> Vec<String> {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let path = dir.path().join("screen.png");
    image.save(&path);
    let mut command = std::process::Command::new("zbarimg");
    command.args(["--raw", "--quiet", "--set", "*.enable=0", "--set", "qrcode.enable=1"]).arg(&path);
    // zbarimg ends with 4 when there is no code on the picture.
    let ran = crate::home::run(command, b"", crate::timeout());
    assert!(matches!(ran.code, 0 | 4), "zbarimg: {ran:?}");
    ran.stdout.lines().map(str::to_owned).collect()
}
