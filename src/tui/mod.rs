

/// Placeholder until the event loop is here.
pub fn run(_: &crate::commands::Invocation) -> Result<crate::commands::Report, crate::commands::error::Error> {
    Err(crate::commands::error::Error::System(std::io::ErrorKind::Unsupported.into()))
}
