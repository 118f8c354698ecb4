//! Refs of models as OpenClaw reads them, whoever's they are.

/// The provider that OpenClaw gives a ref without one.
pub const DEFAULT_PROVIDER: &str = "openai";

/// A ref as OpenClaw normalises it: trimmed, the provider in lower case and not doubled. What has no
/// provider stays as it is.
pub fn normalize(text: &str) -> String {
    let text = text.trim();
    let Some((provider, id)) = text.split_once('/').filter(|(p, id)| !p.is_empty() && !id.is_empty()) else {
        return text.to_owned();
    };
    let provider = provider.trim().to_lowercase();
    let id = id.trim();
    let doubled = id.get(..=provider.len()).is_some_and(|start| start.eq_ignore_ascii_case(&format!("{provider}/")));
    if doubled { id.to_owned() } else { format!("{provider}/{id}") }
}

/// [`normalize`], with `provider` for what has none.
pub fn full(text: &str, provider: &str) -> String {
    let text = text.trim();
    if text.is_empty() || text.contains('/') { normalize(text) } else { format!("{provider}/{text}") }
}

/// The provider of a full ref.
pub fn provider_of(reference: &str) -> Option<&str> {
    reference.split_once('/').map(|(provider, _)| provider.trim()).filter(|provider| !provider.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ref_belongs_to_the_provider_that_it_names() {
        for (text, reference) in [
            (" Google/gemini-3-pro ", "google/gemini-3-pro"),
            ("Chutes/chutes/c", "chutes/c"),
            ("openrouter/qwen/qwen3-8b", "openrouter/qwen/qwen3-8b"),
            ("gpt-5.2", "openai/gpt-5.2"),
            ("gpt-5.2@work", "openai/gpt-5.2@work"),
            ("", ""),
        ] {
            assert_eq!(full(text, DEFAULT_PROVIDER), reference);
        }
        assert_eq!(provider_of("openrouter/qwen/qwen3-8b"), Some("openrouter"));
        assert_eq!(provider_of("gpt"), None);
    }
}
