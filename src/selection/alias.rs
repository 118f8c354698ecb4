//! Which names OpenClaw accepts as an alias, and which would not mean what they say.

use super::Alias;
use crate::clean;
use crate::texts::{Lang, cli as text};

/// Why a name cannot be an alias.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// Only letters, digits, `_`, `.`, `:` and `-` are allowed; this one is not.
    Character(char),
    TooLong,
    /// The name belongs to this model already (upper and lower case are the same).
    Duplicate {
        target: String,
    },
    /// A provider is called so.
    Provider(String),
    /// A model is called so.
    Model(String),
    /// OpenClaw's chat command `/model` takes this word for something else: `list`, `status`, `default`
    /// or a number.
    Command(String),
}

impl Problem {
    /// Why `name` cannot be an alias.
    pub fn message(&self, name: &str, lang: Lang) -> String {
        if name.trim().is_empty() {
            return text::alias_empty(lang).to_owned();
        }
        let name = clean::excerpt(name, 80);
        match self {
            Problem::Character(c) => text::alias_character(lang, name, clean::line(&c.to_string())),
            Problem::TooLong => text::alias_too_long(lang, name, MAX_LEN),
            Problem::Duplicate { target } => text::alias_duplicate(lang, name, clean::line(target)),
            Problem::Provider(provider) => text::alias_is_provider(lang, name, clean::line(provider)),
            Problem::Model(model) => text::alias_is_model(lang, name, clean::line(model)),
            Problem::Command(word) => text::alias_is_command(lang, name, clean::line(word)),
        }
    }
}

/// Longest alias, in characters. OpenClaw sets no limit; a name is typed after `/model`.
pub const MAX_LEN: usize = 64;

/// Check the characters and length alone.
pub fn check_form(name: &str) -> Result<(), Problem> {
    if let Some(c) = name.chars().find(|c| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | ':' | '-'))) {
        return Err(Problem::Character(c));
    }
    if name.chars().count() > MAX_LEN {
        return Err(Problem::TooLong);
    }
    Ok(())
}

/// Check `name` as the alias of `target` beside the aliases, providers and model ids there are.
pub fn check<'a>(
    name: &str,
    target: &str,
    aliases: &[Alias],
    providers: &[String],
    model_ids: impl IntoIterator<Item = &'a str>,
) -> Result<(), Problem> {
    check_form(name)?;
    if let Some(other) = aliases.iter().find(|a| a.target != target && same_name(&a.name, name)) {
        return Err(Problem::Duplicate { target: other.target.clone() });
    }
    if name.eq_ignore_ascii_case("chutes") || providers.iter().any(|p| p.eq_ignore_ascii_case(name)) {
        return Err(Problem::Provider(name.to_owned()));
    }
    if taken_by_command(name) {
        return Err(Problem::Command(name.to_owned()));
    }
    if let Some(id) = model_ids.into_iter().find(|id| id.eq_ignore_ascii_case(name)) {
        return Err(Problem::Model(id.to_owned()));
    }
    Ok(())
}

/// Words that never reach the aliases after `/model` in a chat.
fn taken_by_command(name: &str) -> bool {
    ["list", "status", "default"].iter().any(|word| name.eq_ignore_ascii_case(word))
        || (!name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit()))
}

/// OpenClaw looks aliases up trimmed and without regard to case.
pub fn same_name(a: &str, b: &str) -> bool {
    a.trim().eq_ignore_ascii_case(b.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_openclaws_rules() {
        let aliases = [Alias { name: "chutes-fast".into(), target: "chutes/a".into() }];
        let providers = ["anthropic".to_owned()];
        let ids = ["Nemotron-3-Nano", "zai-org/GLM-5"];
        let check = |name: &str, target: &str| check(name, target, &aliases, &providers, ids);
        for good in ["glm", "GLM_5.2:fast-1", "chutes-pro", ""] {
            assert_eq!(check(good, "chutes/b"), Ok(()), "{good}");
        }
        assert_eq!(check("chutes-fast", "chutes/a"), Ok(()), "its own name");
        assert_eq!(check("Chutes-FAST", "chutes/b"), Err(Problem::Duplicate { target: "chutes/a".into() }));
        assert_eq!(check("a b", "chutes/b"), Err(Problem::Character(' ')));
        assert_eq!(check("a/b", "chutes/b"), Err(Problem::Character('/')));
        assert_eq!(check("快", "chutes/b"), Err(Problem::Character('快')));
        assert_eq!(check("Anthropic", "chutes/b"), Err(Problem::Provider("Anthropic".into())));
        assert_eq!(check("chutes", "chutes/b"), Err(Problem::Provider("chutes".into())));
        assert_eq!(check("nemotron-3-nano", "chutes/b"), Err(Problem::Model("Nemotron-3-Nano".into())));
        for word in ["status", "List", "default", "7"] {
            assert_eq!(check(word, "chutes/b"), Err(Problem::Command(word.into())));
        }
        assert_eq!(check("4.7", "chutes/b"), Ok(()));
        assert_eq!(check(&"a".repeat(65), "chutes/b"), Err(Problem::TooLong));
    }
}
