//! The grammar: every command and option, described once. Help, completions and the manual page come
//! from the same description.

use crate::texts::{Lang, choose, cli as text, doctor, renewal};
use clap::builder::{NonEmptyStringValueParser, PossibleValuesParser, ValueParser};
use clap::{Arg, ArgAction, Command};

/// Options of OpenClaw's own `onboard` that people copy from its documentation and that change nothing
/// here: accepted, ignored, not shown.
const IGNORED_FLAGS: [&str; 9] = [
    "accept-risk",
    "skip-channels",
    "skip-skills",
    "skip-daemon",
    "skip-health",
    "skip-ui",
    "skip-search",
    "skip-hooks",
    "skip-bootstrap",
];

/// Options before the subcommand that take a value; needed to find the subcommand.
pub const GLOBAL_WITH_VALUE: [&str; 5] = ["--lang", "--agent", "--config", "--openclaw", "--profile"];
/// Options before the subcommand that take none.
pub const GLOBAL_FLAGS: [&str; 2] = ["--plain", "--no-color"];

/// The whole command line for a program called `name`, in `lang`, with its help texts rendered.
pub fn command(name: &'static str, lang: Lang) -> Command {
    let with_ignored = |sub: Command| match sub.get_name() {
        "onboard" => sub
            .args(IGNORED_FLAGS.map(|name| Arg::new(name).long(name).action(ArgAction::SetTrue).hide(true)))
            .arg(Arg::new("flow").long("flow").num_args(1).hide(true)),
        _ => sub,
    };
    super::help::render_all(documented(name, lang).mut_subcommands(with_ignored), lang)
}

/// What the help, the completions and the manual page show.
pub fn documented(name: &'static str, lang: Lang) -> Command {
    base(name, text::about(lang), lang)
        .version(env!("CARGO_PKG_VERSION"))
        .disable_version_flag(true)
        .args_override_self(true)
        .arg(
            Arg::new("version")
                .short('V')
                .long("version")
                .action(ArgAction::Version)
                .help(text::arg_version(lang))
                .help_heading(text::global_options(lang)),
        )
        .args([
            global("lang", lang).value_name("LANG").help(text::arg_lang(lang)).value_parser(choice(["en", "zh-CN"])),
            global("plain", lang).action(ArgAction::SetTrue).help(text::arg_plain(lang)),
            global("no-color", lang).action(ArgAction::SetTrue).help(text::arg_no_color(lang)),
            global("agent", lang).value_name("ID").help(text::arg_agent(lang)),
            global("config", lang).value_name("PATH").help(text::arg_config(lang)).value_parser(path()),
            global("openclaw", lang).value_name("PATH").help(text::arg_openclaw(lang)).value_parser(path()),
            global("profile", lang).value_name("NAME").help(text::arg_profile(lang)),
        ])
        .subcommand(onboard(lang))
        .subcommand(base("demo", text::about_demo(lang), lang))
        .subcommand(models(lang))
        .subcommand(
            group("config", text::about_config(lang), lang).subcommand(
                base("get", text::about_config_get(lang), lang)
                    .arg(positional("path").value_name("PATH").help(text::arg_path(lang)))
                    .arg(json(lang)),
            ),
        )
        .subcommand(login(lang))
        .subcommand(renew(lang))
        .subcommand(base("token", renewal::about_token(lang), lang))
        .subcommand(base("logout", text::about_logout(lang), lang).args([
            flag("keep-models", text::arg_keep_models(lang)),
            flag("local", text::arg_local(lang)),
            flag("yes", text::arg_yes(lang)),
            flag("check", text::arg_check(lang)),
            json(lang),
        ]))
        .subcommand(accounts(lang))
        .subcommand(base("export", text::about_export(lang), lang))
        .subcommand(base("import", text::about_import(lang), lang).args([
            positional("source").value_name("FILE").help(text::arg_import_source(lang)).value_parser(path()),
            flag("check", text::arg_check(lang)),
            json(lang),
        ]))
        .subcommand(base("doctor", doctor::about(lang), lang).args([flag("fix", doctor::arg_fix(lang)), json(lang)]))
        .subcommand(base("undo", text::about_undo(lang), lang).arg(json(lang)))
        .subcommand(base("completions", text::about_completions(lang), lang).arg(
            positional("shell").value_name("SHELL").help(text::arg_shell(lang)).value_parser(choice([
                "bash",
                "zsh",
                "fish",
                "elvish",
                "powershell",
            ])),
        ))
        .subcommand(base("man", text::about_man(lang), lang))
        .subcommand(
            base("help", text::about_help(lang), lang)
                .arg(Arg::new("command").num_args(0..).value_name("COMMAND").help(text::arg_help_command(lang))),
        )
}

fn onboard(lang: Lang) -> Command {
    let credential = text::heading_credential(lang);
    let choices = text::heading_choices(lang);
    let sign_in = text::heading_sign_in(lang);
    let automation = text::heading_automation(lang);
    base("onboard", text::about_onboard(lang), lang)
        .next_help_heading(credential)
        .args([
            value("auth-choice", "CHOICE", text::arg_auth_choice(lang))
                .value_parser(choice(["chutes", "chutes-api-key"])),
            flag("api-key-stdin", text::arg_api_key_stdin(lang)).conflicts_with("api-key-file"),
            value("api-key-file", "PATH", text::arg_api_key_file(lang)).value_parser(path()),
            value("secret-input-mode", "MODE", text::arg_secret_input_mode(lang))
                .value_parser(choice(["plaintext", "ref"])),
        ])
        .next_help_heading(choices)
        .args([
            value("model", "REF", text::arg_model(lang)),
            value("fallback", "REF", text::arg_fallback(lang)).action(ArgAction::Append),
            value("image-model", "REF", text::arg_image_model(lang)),
            value("alias", "NAME=REF", text::arg_alias(lang)).action(ArgAction::Append),
            value("models", "LIST", text::arg_models(lang)).action(ArgAction::Append),
        ])
        .next_help_heading(sign_in)
        .args([
            flag("browser", text::arg_browser(lang)).conflicts_with("headless"),
            flag("headless", text::arg_headless(lang)),
            flag("qr", text::arg_qr(lang)),
            value("link-file", "PATH", text::arg_link_file(lang)).value_parser(path()),
            value("qr-file", "PATH.png", text::arg_qr_file(lang)).value_parser(path()),
        ])
        .next_help_heading(automation)
        .args([
            flag("non-interactive", text::arg_non_interactive(lang)),
            flag("json", text::arg_json(lang)),
            flag("check", text::arg_check(lang)),
            flag("strict", text::arg_strict(lang)),
            flag("skip-verify", text::arg_skip_verify(lang)),
        ])
}

fn models(lang: Lang) -> Command {
    let reference = || positional("reference").value_name("REF").help(text::arg_reference(lang));
    let aliases = group("aliases", text::about_aliases(lang), lang)
        .subcommand(base("list", text::about_aliases_list(lang), lang).args([json(lang), plain_list(lang)]))
        .subcommand(base("add", text::about_aliases_add(lang), lang).args([
            positional("alias").value_name("ALIAS").help(text::arg_alias_name(lang)),
            reference(),
            json(lang),
        ]))
        .subcommand(
            base("remove", text::about_aliases_remove(lang), lang)
                .args([positional("alias").value_name("ALIAS").help(text::arg_alias_name(lang)), json(lang)]),
        );
    let fallbacks = group("fallbacks", text::about_fallbacks(lang), lang)
        .subcommand(base("list", text::about_fallbacks_list(lang), lang).args([json(lang), plain_list(lang)]))
        .subcommand(base("add", text::about_fallbacks_add(lang), lang).args([reference(), json(lang)]))
        .subcommand(base("remove", text::about_fallbacks_remove(lang), lang).args([reference(), json(lang)]))
        .subcommand(base("clear", text::about_fallbacks_clear(lang), lang).arg(json(lang)));
    base("models", text::about_models(lang), lang)
        .subcommand_value_name(text::usage_optional_command(lang))
        .subcommand(base("list", text::about_models_list(lang), lang).args([
            flag("all", text::arg_list_all(lang)),
            json(lang),
            plain_list(lang),
        ]))
        .subcommand(base("status", text::about_models_status(lang), lang).args([
            flag("check", text::arg_status_check(lang)),
            flag("probe", text::arg_status_probe(lang)),
            json(lang),
        ]))
        .subcommand(base("set", text::about_models_set(lang), lang).args([reference(), json(lang)]))
        .subcommand(base("set-image", text::about_set_image(lang), lang).args([reference(), json(lang)]))
        .subcommand(fallbacks)
        .subcommand(aliases)
        .subcommand(pools(lang))
        .subcommand(
            base("recommend", choose::about_recommend(lang), lang).args([
                value("for", "PURPOSE", choose::arg_for(lang))
                    .value_parser(choice(["chat", "code", "vision", "cheap", "long"])),
                json(lang),
                plain_list(lang),
            ]),
        )
        .subcommand(base("verify", choose::about_verify(lang), lang).args([reference(), json(lang)]))
        .subcommand(base("refresh", text::about_models_refresh(lang), lang).args([
            flag("repair", text::arg_repair(lang)),
            flag("check", text::arg_refresh_check(lang)),
            flag("quiet", text::arg_quiet(lang)),
            json(lang),
        ]))
}

fn pools(lang: Lang) -> Command {
    let name = || positional("name").value_name("NAME").help(choose::arg_pool_name(lang));
    group("pools", choose::about_pools(lang), lang)
        .subcommand(base("list", choose::about_pools_list(lang), lang).args([json(lang), plain_list(lang)]))
        .subcommand(base("add", choose::about_pools_add(lang), lang).args([
            name(),
            positional("members").num_args(1..).value_name("REF").help(choose::arg_members(lang)),
            flag("latency", choose::arg_latency(lang)).conflicts_with("throughput"),
            flag("throughput", choose::arg_throughput(lang)),
            json(lang),
        ]))
        .subcommand(base("remove", choose::about_pools_remove(lang), lang).args([name(), json(lang)]))
}

fn renew(lang: Lang) -> Command {
    base("renew", renewal::about_renew(lang), lang).args([
        flag("watch", renewal::arg_watch(lang)),
        flag("timer", renewal::arg_timer(lang)).conflicts_with_all(["watch", "no-timer"]),
        flag("no-timer", renewal::arg_no_timer(lang)),
        json(lang),
        // How OpenClaw's cron and `token` call it.
        Arg::new("scheduled").long("scheduled").action(ArgAction::SetTrue).hide(true),
        Arg::new("no-gateway").long("no-gateway").action(ArgAction::SetTrue).hide(true),
        Arg::new("when-up").long("when-up").action(ArgAction::SetTrue).hide(true),
    ])
}

fn accounts(lang: Lang) -> Command {
    let account = || positional("account").value_name("NAME").help(text::arg_account(lang));
    group("accounts", text::about_accounts(lang), lang)
        .subcommand(base("list", text::about_accounts_list(lang), lang).arg(json(lang)))
        .subcommand(base("use", text::about_accounts_use(lang), lang).args([account(), json(lang)]))
        .subcommand(base("remove", text::about_accounts_remove(lang), lang).args([account(), json(lang)]))
}

fn login(lang: Lang) -> Command {
    let app = group("app", text::about_login_app(lang), lang).subcommand(
        base("create", text::about_login_app_create(lang), lang).args([
            flag("api-key-stdin", text::arg_app_key_stdin(lang)).conflicts_with("api-key-file"),
            value("api-key-file", "PATH", text::arg_app_key_file(lang)).value_parser(path()),
            value("client-secret-file", "PATH", text::arg_client_secret_file(lang)).value_parser(path()),
            json(lang),
        ]),
    );
    group("login", text::about_login(lang), lang)
        .subcommand(
            base("start", text::about_login_start(lang), lang)
                .args([flag("keep-secret", text::arg_keep_secret(lang)), json(lang)]),
        )
        .subcommand(base("finish", text::about_login_finish(lang), lang).args([
            flag("redirect-stdin", text::arg_redirect_stdin(lang)),
            flag("timer", renewal::arg_login_timer(lang)),
            json(lang),
        ]))
        .subcommand(app)
}

/// A command with the `--help` of ours, in place of clap's English one.
fn base(name: &'static str, about: &'static str, lang: Lang) -> Command {
    Command::new(name).about(about).disable_help_flag(true).disable_help_subcommand(true).arg(
        Arg::new("help")
            .short('h')
            .long("help")
            .action(ArgAction::Help)
            .help(text::arg_help(lang))
            .help_heading(text::global_options(lang)),
    )
}

/// A command that only exists through its subcommands.
fn group(name: &'static str, about: &'static str, lang: Lang) -> Command {
    base(name, about, lang).subcommand_required(true).subcommand_value_name(text::usage_command(lang))
}

fn global(name: &'static str, lang: Lang) -> Arg {
    Arg::new(name).long(name).global(true).help_heading(text::global_options(lang))
}

fn flag(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).action(ArgAction::SetTrue).help(help)
}

fn value(name: &'static str, value_name: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).num_args(1).value_name(value_name).help(help)
}

fn positional(name: &'static str) -> Arg {
    // One that is empty comes from a variable that was not set.
    Arg::new(name).required(true).value_parser(NonEmptyStringValueParser::new())
}

fn json(lang: Lang) -> Arg {
    flag("json", text::arg_json_short(lang))
}

/// `--plain` of a list; elsewhere the same option asks for line-by-line prompts.
fn plain_list(lang: Lang) -> Arg {
    flag("plain", text::arg_plain_list(lang))
}

fn choice<const N: usize>(values: [&'static str; N]) -> ValueParser {
    PossibleValuesParser::new(values).into()
}

fn path() -> ValueParser {
    ValueParser::path_buf()
}
