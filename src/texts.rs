//! What people read, in English and Simplified Chinese. The sentences are data, in `assets/texts/`.
//!
//! Each entry becomes a function; a placeholder that one language has and the other lacks does not
//! compile, so the two can never drift apart.

/// Language of every text on screen, error and help.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lang {
    #[default]
    En,
    ZhCn,
}

impl Lang {
    /// `en`, `zh-CN` and what environments write for them: `zh_CN.UTF-8`, `zh`, `en_US`, `C`.
    /// None when the tag names a language we do not have.
    pub fn from_tag(tag: &str) -> Option<Lang> {
        let tag = tag.split(['.', '@']).next().unwrap_or_default().to_ascii_lowercase();
        match tag.split(['_', '-']).next().unwrap_or_default() {
            // Traditional Chinese is another script: English is read more easily than the wrong one.
            "zh" if ["tw", "hk", "mo", "hant"].iter().any(|tag_part| tag.split(['_', '-']).any(|p| p == *tag_part)) => {
                Some(Lang::En)
            }
            "zh" => Some(Lang::ZhCn),
            "en" | "c" | "posix" => Some(Lang::En),
            _ => None,
        }
    }

    /// The language of an environment: the first of `OPENCLAW_LOCALE`, `LC_ALL`, `LC_MESSAGES`, `LANG`
    /// that is set and not empty decides; English otherwise.
    pub fn from_env(var: impl Fn(&str) -> Option<String>) -> Lang {
        ["OPENCLAW_LOCALE", "LC_ALL", "LC_MESSAGES", "LANG"]
            .into_iter()
            .find_map(|name| var(name).filter(|value| !value.is_empty()))
            // What we write is UTF-8: in another charset only ASCII comes out right.
            .filter(|tag| tag.split_once('.').is_none_or(|(_, charset)| is_utf8(charset)))
            .and_then(|tag| Lang::from_tag(&tag))
            .unwrap_or_default()
    }
}

fn is_utf8(charset: &str) -> bool {
    let charset = charset.split('@').next().unwrap_or_default().to_ascii_lowercase();
    charset == "utf-8" || charset == "utf8"
}

/// The terminal can be expected to show more than ASCII, and each sign as wide as we think: the charset of the
/// first of `LC_ALL`, `LC_CTYPE` and `LANG` that is set is UTF-8, its language is none whose terminals make some
/// signs twice as wide, and this is not the console of Linux, whose font has few.
pub fn shows_unicode(var: impl Fn(&str) -> Option<String>) -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(|name| var(name).filter(|v| !v.is_empty()));
    let is_wide = |locale: &str| ["ja", "ko", "zh"].iter().any(|language| locale.starts_with(language));
    let is_console = var("TERM").as_deref() == Some("linux");
    let in_utf8 = |locale: &String| locale.split_once('.').is_some_and(|(_, charset)| is_utf8(charset));
    locale.is_some_and(|locale| in_utf8(&locale) && !is_wide(&locale) && !is_console)
}

/// `texts! { name(a, b): "English {a} {b}", "中文 {b} {a}"; plain: "English", "中文"; }`
macro_rules! texts {
    ($($name:ident $(($($arg:ident),+))? : $en:literal, $zh:literal;)*) => {
        $($crate::texts::text! { $name $(($($arg),+))? : $en, $zh })*
    };
}

macro_rules! text {
    ($name:ident : $en:literal, $zh:literal) => {
        /// The sentence in this language.
        pub const fn $name(lang: $crate::texts::Lang) -> &'static str {
            match lang {
                $crate::texts::Lang::En => $en,
                $crate::texts::Lang::ZhCn => $zh,
            }
        }
    };
    ($name:ident ($($arg:ident),+) : $en:literal, $zh:literal) => {
        /// The sentence in this language, with these in its gaps.
        pub fn $name(lang: $crate::texts::Lang, $($arg: impl std::fmt::Display),+) -> String {
            #[deny(unused_variables)]
            fn en($($arg: impl std::fmt::Display),+) -> String { format!($en) }
            #[deny(unused_variables)]
            fn zh($($arg: impl std::fmt::Display),+) -> String { format!($zh) }
            match lang {
                $crate::texts::Lang::En => en($($arg),+),
                $crate::texts::Lang::ZhCn => zh($($arg),+),
            }
        }
    };
}
pub(crate) use text;

#[path = "../assets/texts/choose.rs"]
pub mod choose;
#[path = "../assets/texts/chutes.rs"]
pub mod chutes;
#[path = "../assets/texts/cli.rs"]
pub mod cli;
#[path = "../assets/texts/doctor.rs"]
pub mod doctor;
#[path = "../assets/texts/json5.rs"]
pub mod json5;
#[path = "../assets/texts/manual.rs"]
pub mod manual;
#[path = "../assets/texts/openclaw.rs"]
pub mod openclaw;
#[path = "../assets/texts/renewal.rs"]
pub mod renewal;
#[path = "../assets/texts/signin.rs"]
pub mod signin;
#[path = "../assets/texts/wizard.rs"]
pub mod wizard;

#[cfg(test)]
mod tests {
    use super::{Lang, shows_unicode};

    fn env(pairs: &[(&str, &str)]) -> impl Fn(&str) -> Option<String> {
        move |name| pairs.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned())
    }

    #[test]
    fn the_environment_decides_in_openclaws_order() {
        assert_eq!(Lang::from_env(env(&[])), Lang::En);
        assert_eq!(Lang::from_env(env(&[("LANG", "zh_CN.UTF-8")])), Lang::ZhCn);
        assert_eq!(Lang::from_env(env(&[("LANG", "zh_CN.UTF-8"), ("LC_ALL", "C")])), Lang::En);
        assert_eq!(Lang::from_env(env(&[("LC_ALL", ""), ("LC_MESSAGES", "zh-TW")])), Lang::En);
        assert_eq!(Lang::from_env(env(&[("LANG", "zh_HK.UTF-8")])), Lang::En);
        assert_eq!(Lang::from_env(env(&[("LANG", "zh_Hans_CN")])), Lang::ZhCn);
        assert_eq!(Lang::from_env(env(&[("LANG", "zh_CN.GBK")])), Lang::En, "its bytes would be another charset's");
        assert_eq!(Lang::from_env(env(&[("OPENCLAW_LOCALE", "zh-CN"), ("LC_ALL", "en_US")])), Lang::ZhCn);
        assert_eq!(Lang::from_env(env(&[("LANG", "fr_FR.UTF-8")])), Lang::En);
    }

    #[test]
    fn only_ascii_where_other_signs_are_missing_or_of_another_width() {
        for (set, shows) in [
            (&[("LANG", "en_US.UTF-8"), ("TERM", "xterm-256color")][..], true),
            (&[("LANG", "C.utf8")], true),
            (&[("LANG", "C")], false),
            (&[], false),
            (&[("LANG", "zh_CN.GB18030")], false),
            (&[("LANG", "en_US.UTF-8"), ("TERM", "linux")], false),
            (&[("LANG", "ja_JP.UTF-8")], false),
            (&[("LANG", "ko_KR.UTF-8")], false),
            (&[("LANG", "zh_TW.UTF-8")], false),
            (&[("LC_ALL", "en_US.UTF-8"), ("LANG", "ja_JP.UTF-8")], true),
        ] {
            assert_eq!(shows_unicode(env(set)), shows, "{set:?}");
        }
    }
}
