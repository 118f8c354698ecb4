pub mod browser;
pub mod clipboard;
pub mod qr;
