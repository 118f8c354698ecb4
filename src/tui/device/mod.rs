//! What lies outside the terminal: the clipboard, the browser, the camera that reads a QR code.

pub mod browser;
pub mod clipboard;
pub mod qr;
