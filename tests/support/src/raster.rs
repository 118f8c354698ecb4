//! stub
/// Theme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// d
    Dark,
    /// l
    Light,
}
impl Theme {
    /// f
    pub fn foreground(self) -> (u8, u8, u8) {
        (0, 0, 0)
    }
    /// b
    pub fn background(self) -> (u8, u8, u8) {
        (0, 0, 0)
    }
}
