//! The manual page in roff: every command and option from the grammar, variables, files, examples and codes.

use super::codes::{ERRORS, WARNINGS};
use super::{cli, help};
use crate::texts::{Lang, cli as text, manual as words};
use crate::tui::format::may_break;
use clap::{Arg, Command};
use std::fmt::Write;
use unicode_width::UnicodeWidthChar;

/// The date of the page in a build by hand; a release says the date of its commit.
const WRITTEN: &str = "2026-11-25";
/// Bytes in a line of the source: what linters of manual pages want.
const WIDTH: usize = 78;

type Words = fn(Lang) -> &'static str;

/// Environment variables, in groups.
const ENVIRONMENT: [(&str, Words); 10] = [
    ("CHUTES_API_KEY", words::env_api_key),
    ("CHUTES_OAUTH_TOKEN", words::env_oauth_token),
    ("CHUTES_CLIENT_ID, CHUTES_CLIENT_SECRET, CHUTES_OAUTH_REDIRECT_URI, CHUTES_OAUTH_SCOPES", words::env_client),
    ("CHUTES_BASE_URL, CHUTES_IDP_BASE_URL", words::env_base_url),
    ("OPENCLAW_HOME, OPENCLAW_STATE_DIR, OPENCLAW_CONFIG_PATH, OPENCLAW_PROFILE", words::env_openclaw),
    ("HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY", words::env_proxy),
    ("SSL_CERT_FILE, SSL_CERT_DIR", words::env_tls),
    ("OPENCLAW_LOCALE, LC_ALL, LC_MESSAGES, LANG", words::env_lang),
    ("NO_COLOR, NO_MOTION, ACCESSIBLE, TERM, COLORTERM", words::env_terminal),
    ("XDG_STATE_HOME", words::env_state),
];

const FILES: [(&str, Words); 5] = [
    ("~/.openclaw/openclaw.json", words::file_config),
    ("~/.openclaw/agents/AGENT/agent/auth-profiles.json", words::file_store),
    ("~/.openclaw/.env", words::file_dotenv),
    ("~/.openclaw/openclaw.json.chutes-backup-*", words::file_backup),
    ("~/.local/state/openclaw-chutes/", words::file_state),
];

const EXAMPLES: [(&str, Words); 7] = [
    ("", words::example_wizard),
    ("demo", words::example_demo),
    ("onboard --non-interactive --json --api-key-file key.txt", words::example_automation),
    ("onboard --non-interactive --check --api-key-file key.txt", words::example_check),
    ("models aliases add glm chutes/zai-org/GLM-4.7-TEE\nopenclaw-chutes models set glm", words::example_alias),
    ("models refresh", words::example_cron),
    ("undo", words::example_undo),
];

/// The page for a program called `name`.
pub fn page(name: &'static str, lang: Lang) -> String {
    let grammar = cli::documented(name, lang);
    let globals: Vec<Arg> = grammar.get_arguments().filter(|arg| arg.is_global_set()).cloned().collect();
    let mut page = Page(String::new());
    let version = env!("CARGO_PKG_VERSION");
    let date = option_env!("OPENCLAW_CHUTES_DATE").and_then(|date| date.get(..10)).unwrap_or(WRITTEN);
    page.line(&format!(".TH {} 1 {date} \"{name} {version}\"", name.to_uppercase()));
    page.line(".nh\n.ad l");
    page.section(words::name(lang));
    page.line(&format!("{name} \\- {}", escape(text::about(lang))));
    page.section(words::synopsis(lang));
    page.line(&format!(".B {name}"));
    page.text(&format!("{} {}", text::usage_optional_command(lang), text::usage_options(lang)));
    page.section(words::description(lang));
    page.text(words::long_description(lang));
    page.section(&text::global_options(lang).to_uppercase());
    page.rows(&help::everywhere(&grammar, &globals, lang));
    page.section(words::commands(lang));
    page.commands(&grammar, name, lang);
    page.section(words::exit_status(lang));
    for line in text::exit_codes_list(lang).lines() {
        let (code, meaning) = line.split_once("  ").unwrap_or((line, ""));
        page.item(code, meaning);
    }
    page.item("129, 130, 143", words::exit_signals(lang));
    page.section(words::environment(lang));
    page.list(&ENVIRONMENT, lang);
    page.section(words::files(lang));
    page.list(&FILES, lang);
    page.section(words::examples(lang));
    for (at, (typed, meaning)) in EXAMPLES.into_iter().enumerate() {
        if at > 0 {
            page.line(".PP");
        }
        page.text(&format!("{}:", meaning(lang)));
        page.line(".PP\n.RS 4\n.nf");
        page.text(format!("{name} {typed}").trim_end());
        page.line(".fi\n.RE");
    }
    page.section(words::error_codes(lang));
    let in_words = |en, zh| match lang {
        Lang::En => en,
        Lang::ZhCn => zh,
    };
    for &(code, exit, en, zh) in ERRORS {
        page.item(&format!("{code} ({exit})"), in_words(en, zh));
    }
    page.section(words::warning_codes(lang));
    for &(code, en, zh) in WARNINGS {
        page.item(code, in_words(en, zh));
    }
    page.section(words::see_also(lang));
    page.text("openclaw(1)");
    page.0
}

struct Page(String);

impl Page {
    /// A line of roff as it is.
    fn line(&mut self, line: &str) {
        let _ = writeln!(self.0, "{line}");
    }

    /// Words: every line as text, whatever it begins with. Long ones are broken at blanks, which changes nothing.
    fn text(&mut self, text: &str) {
        for line in text.lines() {
            let mut short = String::new();
            for word in line.split(' ').map(escape) {
                if !short.is_empty() && short.len() + 1 + word.len() > WIDTH {
                    self.words(&std::mem::take(&mut short));
                }
                if !short.is_empty() {
                    short.push(' ');
                }
                short.push_str(&word);
            }
            self.words(&short);
        }
    }

    /// One line of escaped words: no request, whatever it begins with.
    fn words(&mut self, line: &str) {
        let guard = if line.starts_with(['.', '\'']) { "\\&" } else { "" };
        self.line(&format!("{guard}{line}"));
    }

    fn section(&mut self, title: &str) {
        self.line(&format!(".SH \"{}\"", escape(title)));
    }

    fn item(&mut self, term: &str, meaning: &str) {
        self.line(&format!(".TP\n\\fB{}\\fR", escape(term)));
        self.text(meaning);
    }

    fn rows(&mut self, rows: &[help::Row]) {
        for (typed, meaning) in rows {
            self.item(typed, meaning);
        }
    }

    fn list(&mut self, list: &[(&str, Words)], lang: Lang) {
        for (term, meaning) in list {
            self.item(term, meaning(lang));
        }
    }

    /// Every command below `command`, in the order of the help.
    fn commands(&mut self, command: &Command, path: &str, lang: Lang) {
        for sub in command.get_subcommands().filter(|sub| !sub.is_hide_set()) {
            let path = format!("{path} {}", sub.get_name());
            // A command that only exists through its subcommands is named by them.
            if !sub.is_subcommand_required_set() {
                self.line(&format!(".SS \"{}\"", escape(&help::usage(sub, &path, lang))));
                self.text(&sub.get_about().map(ToString::to_string).unwrap_or_default());
                for (_, rows) in help::sections(sub, lang) {
                    self.rows(&rows);
                }
            }
            self.commands(sub, &path, lang);
        }
    }
}

/// Text that no formatter takes for an escape, in ASCII only. A hyphen stays one that can be copied.
fn escape(text: &str) -> String {
    let mut out = String::new();
    let mut signs = text.chars().peekable();
    while let Some(c) = signs.next() {
        match c {
            '\\' => out.push_str("\\e"),
            '-' => out.push_str("\\-"),
            '"' => out.push_str("\\(dq"),
            ' '..='~' => out.push(c),
            c => {
                let _ = write!(out, "\\[u{:04X}]", u32::from(c));
                // A line may end after every wide character, unless what follows cannot begin one.
                if c.width().unwrap_or(0) > 1 && may_break(c, signs.peek().copied()) {
                    out.push_str("\\:");
                }
            }
        }
    }
    out
}
