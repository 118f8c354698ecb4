//! Long: the two tables of all names.
//!
//! The stable names in JSON documents, in one place: what scripts may rely on. The manual page prints
//! these tables.

use super::report::Warning;
use crate::clean;
use crate::selection::Note;
use crate::selection::propose::{PriceChange, role_of};
use crate::selection::successor::{Reason, Role};
use crate::selection::words::price_words;
use crate::texts::{Lang, choose, cli as text};

/// `warnings[].code`, and what it means in English and in Chinese.
pub const WARNINGS: &[(&str, &str, &str)] = &[
    (
        "catalog-fallback",
        "The models could not be listed; the built-in ones are used.",
        "无法列出模型；使用内置的模型。",
    ),
    (
        "default-not-served",
        "The default model is not served any more; a successor was taken.",
        "默认模型已下线；已改用后继模型。",
    ),
    (
        "alias-target-not-served",
        "The target of an alias is not served any more; a successor was taken.",
        "别名指向的模型已下线；已改用后继模型。",
    ),
    (
        "fallback-not-served",
        "A fallback is not served any more; it was replaced or left out.",
        "某个后备模型已下线；已替换或去掉。",
    ),
    (
        "image-model-not-served",
        "The image model is not served any more; a successor was taken.",
        "图像模型已下线；已改用后继模型。",
    ),
    (
        "successor-dearer",
        "A successor costs more than its role allows: nothing cheaper that can is served.",
        "后继模型的价格高于其用途允许的范围：没有更便宜而又能胜任的模型。",
    ),
    (
        "pool-repaired",
        "Members of a pool are not served any more; they were replaced or left out.",
        "模型池的某些成员已下线；已替换或去掉。",
    ),
    (
        "pool-member-not-served",
        "A member of a pool is not served; the others answer.",
        "模型池的某个成员已下线；由其余成员响应。",
    ),
    (
        "model-not-served",
        "A model that was asked for by name is not served; it is used all the same.",
        "按名称请求的模型未被提供；仍然使用它。",
    ),
    (
        "alias-not-set",
        "A documented alias was not set: its model carries another alias.",
        "未设置某个文档中的别名：其模型已有另一个别名。",
    ),
    ("alias-moved", "An alias was taken from another model.", "别名从另一个模型移了过来。"),
    ("aliases-repaired", "An alias written the wrong way round was put right.", "已更正写反的别名。"),
    (
        "previous-default",
        "The default was a model of another provider; the message says what became of it.",
        "原默认模型属于其他提供商；消息中说明了它的去向。",
    ),
    (
        "other-provider",
        "What was asked for is no Chutes model and no provider that is known; it is taken as written.",
        "请求的既不是 Chutes 模型，也不是已知提供商；按原样采用。",
    ),
    (
        "not-registered",
        "--models names something that is no Chutes model; it was left out.",
        "--models 中有的不是 Chutes 模型；已去掉。",
    ),
    (
        "model-left-out",
        "The service lists a model in whose name OpenClaw would expand a variable; it was left out.",
        "服务列出的某个模型，其名称会被 OpenClaw 当作变量展开；已去掉。",
    ),
    (
        "certificates-not-read",
        "SSL_CERT_FILE, SSL_CERT_DIR or NODE_EXTRA_CA_CERTS names certificates that cannot be read.",
        "SSL_CERT_FILE、SSL_CERT_DIR 或 NODE_EXTRA_CA_CERTS 所指的证书无法读取。",
    ),
    ("unverified", "The test call gave no answer to go by.", "试调用没有得到可用的响应。"),
    ("balance", "The credential works, but the account has no balance.", "凭据有效，但账户没有余额。"),
    (
        "token-expires",
        "CHUTES_OAUTH_TOKEN cannot be renewed and lives for about an hour.",
        "CHUTES_OAUTH_TOKEN 无法续期，有效期约一小时。",
    ),
    ("key-file-permissions", "Other users of this machine can read the key file.", "本机的其他用户可以读取密钥文件。"),
    (
        "file-changed-meanwhile",
        "A file changed while this ran; the change was made on the new contents.",
        "运行期间有文件被修改；更改是在新内容上进行的。",
    ),
    (
        "not-undoable",
        "Our own state has no place here, so what was written cannot be undone.",
        "本程序的状态没有可写的位置，因此写入的内容不能撤销。",
    ),
    (
        "gateway-mode-missing",
        "The config lacks gateway.mode, so the gateway will not start.",
        "配置缺少 gateway.mode，因此网关无法启动。",
    ),
    (
        "config-json-not-read",
        "Only a config.json is there, which OpenClaw never reads.",
        "只有 config.json，而 OpenClaw 从不读取它。",
    ),
    (
        "credential-replaced",
        "A stored Chutes credential of another kind was replaced.",
        "替换了已存储的另一类 Chutes 凭据。",
    ),
    ("no-image-input", "The image model takes no images.", "图像模型不支持图像输入。"),
    (
        "variable-not-set",
        "--secret-input-mode ref without CHUTES_API_KEY: the reference was written, and not tried.",
        "使用 --secret-input-mode ref 但没有 CHUTES_API_KEY：已写入引用，但未验证。",
    ),
    (
        "openclaw-not-found",
        "No OpenClaw was found; what is written is what every version reads.",
        "没有找到 OpenClaw；写入的是每个版本都能读取的内容。",
    ),
    (
        "openclaw-version-unknown",
        "The OpenClaw that was found does not tell its version; what is written is what every version reads.",
        "找到的 OpenClaw 没有给出版本；写入的是每个版本都能读取的内容。",
    ),
    ("not-renewed", "The stored sign-in has expired and could not be renewed.", "已存储的登录已过期，且无法续期。"),
    ("gateway-not-reloaded", "The running gateway did not take the new sign-in.", "正在运行的网关没有采用新的登录。"),
    (
        "renewal-job-not-added",
        "The job that renews the sign-in could not be added to OpenClaw's cron.",
        "无法把续期任务加入 OpenClaw 的 cron。",
    ),
    (
        "renewal-timer-not-started",
        "The timer that renews the sign-in was written and does not run.",
        "续期定时器已写入，但没有运行。",
    ),
    (
        "made-unheard",
        "A run that was cut off had asked Chutes for a key or an app, and never heard whether it was made.",
        "中断的运行曾请求 Chutes 创建密钥或应用，但没有得知是否已创建。",
    ),
    (
        "plugin-switched-off",
        "plugins.entries.chutes.enabled was set to false, for this gateway to start.",
        "已把 plugins.entries.chutes.enabled 设为 false，使该版本的网关能够启动。",
    ),
    (
        "plugin-installed",
        "The plugin @openclaw/chutes-provider is installed, which does some things its own way.",
        "已安装插件 @openclaw/chutes-provider，它有自己的处理方式。",
    ),
    (
        "earlier-run",
        "A run before this one was killed; the message says what was found and what became of it.",
        "之前的一次运行被强制终止；消息中说明了发现的内容及其处理结果。",
    ),
    (
        "attributes-lost",
        "Extended attributes or an access control list of a file could not be carried over to the new one.",
        "文件的扩展属性或访问控制列表未能转移到新文件。",
    ),
    (
        "hard-link-broken",
        "A file had other names, and its old content is there still.",
        "文件另有其他名称，其中仍是旧内容。",
    ),
    (
        "not-renewable",
        "OpenClaw will not be able to renew the sign-in: the message says what is missing.",
        "OpenClaw 将无法为该登录续期：消息中说明了缺少什么。",
    ),
    (
        "scopes-kept",
        "Scopes that were granted to the app before are asked for again.",
        "再次请求以前授予该应用的权限。",
    ),
    ("tokens-still-valid", "logout --local: the tokens could not be revoked.", "logout --local：无法撤销令牌。"),
    (
        "key-still-valid",
        "logout: the API key was removed here and stays valid at the service.",
        "logout：API 密钥已从本机移除，但在服务端仍然有效。",
    ),
    ("variable-still-set", "logout: a variable still holds a credential.", "logout：仍有变量保存着凭据。"),
    (
        "config-refused",
        "OpenClaw refuses something in the config: what, where, and the command that mends it.",
        "OpenClaw 拒绝配置中的某些内容：消息中说明了内容、位置和修复命令。",
    ),
    (
        "agent-has-own-model",
        "An agent has a model of its own, which the default does not reach.",
        "某个代理有自己的模型，默认模型对它不起作用。",
    ),
];

/// `error.code`, its exit code, and what it means in English and in Chinese.
pub const ERRORS: &[(&str, u8, &str, &str)] = &[
    ("usage", 2, "The command line is wrong.", "命令行有误。"),
    ("secret-in-arguments", 2, "A credential was given as an argument.", "凭据被写在了命令行参数里。"),
    ("no-terminal", 2, "The wizard needs a terminal, and there is none.", "向导需要终端，而这里没有终端。"),
    ("missing-credential", 2, "No credential was given.", "没有给出凭据。"),
    (
        "oauth-needs-person",
        2,
        "A sign-in needs a person, and CHUTES_OAUTH_TOKEN is not set.",
        "登录需要有人操作，而 CHUTES_OAUTH_TOKEN 未设置。",
    ),
    ("api-key-malformed", 2, "What was given as an API key is none.", "给出的内容不是 API 密钥。"),
    ("api-key-file", 2, "The key file cannot be read.", "无法读取密钥文件。"),
    (
        "stdin-is-terminal",
        2,
        "--api-key-stdin was given, and standard input is a terminal.",
        "给出了 --api-key-stdin，但标准输入是终端。",
    ),
    (
        "ref-without-variable",
        2,
        "--secret-input-mode ref with a key, and CHUTES_API_KEY is not set.",
        "给出了 --secret-input-mode ref 和密钥，但 CHUTES_API_KEY 未设置。",
    ),
    ("token-malformed", 2, "CHUTES_OAUTH_TOKEN does not hold an access token.", "CHUTES_OAUTH_TOKEN 中不是访问令牌。"),
    (
        "bad-endpoint",
        2,
        "CHUTES_BASE_URL or CHUTES_IDP_BASE_URL is not acceptable.",
        "CHUTES_BASE_URL 或 CHUTES_IDP_BASE_URL 的值不可接受。",
    ),
    ("missing-client-id", 2, "login start: CHUTES_CLIENT_ID is not set.", "login start：CHUTES_CLIENT_ID 未设置。"),
    (
        "missing-client-secret",
        2,
        "A sign-in needs CHUTES_CLIENT_SECRET, and it is not set.",
        "登录需要 CHUTES_CLIENT_SECRET，但它未设置。",
    ),
    (
        "redirect-not-registered",
        2,
        "login start: the app does not take the redirect address.",
        "login start：该应用不接受这个回调地址。",
    ),
    (
        "secret-needs-place",
        2,
        "login app create: neither --json nor --client-secret-file was given.",
        "login app create：既没有给出 --json，也没有给出 --client-secret-file。",
    ),
    (
        "key-may-not",
        3,
        "login app create: the key may not register apps, or is not known.",
        "login app create：该密钥无权注册应用，或不被识别。",
    ),
    (
        "app-name-taken",
        1,
        "login app create: every name that was tried is taken.",
        "login app create：尝试过的名称都已被占用。",
    ),
    (
        "app-rejected",
        1,
        "login app create: the service does not accept the app.",
        "login app create：服务不接受该应用。",
    ),
    (
        "bad-app-answer",
        1,
        "login app create: the service sent an answer without an app.",
        "login app create：服务的响应中没有应用。",
    ),
    (
        "client-secret-file",
        2,
        "login app create: the file for the secret cannot be made (1: the app exists, its secret is lost).",
        "login app create：无法创建存放密钥的文件（1：应用已存在，其密钥已丢失）。",
    ),
    (
        "redirect-stdin-is-terminal",
        2,
        "--redirect-stdin was given, and standard input is a terminal.",
        "给出了 --redirect-stdin，但标准输入是终端。",
    ),
    (
        "not-the-redirect",
        2,
        "login finish: the input is not the address that the sign-in ended on; it still waits.",
        "login finish：输入的不是登录结束时的地址；登录仍在等待。",
    ),
    ("no-login-started", 1, "login finish: no sign-in waits to be finished.", "login finish：没有等待完成的登录。"),
    (
        "login-expired",
        1,
        "login finish: the sign-in has expired (2: the answer came too late).",
        "login finish：登录已过期（2：响应来得太晚）。",
    ),
    (
        "login-not-resumable",
        1,
        "login finish: the sign-in that was begun cannot be continued.",
        "login finish：已开始的登录无法继续。",
    ),
    ("consent-denied", 3, "Access was declined in the browser.", "在浏览器中拒绝了授权。"),
    ("consent-refused", 3, "The identity provider refused the sign-in.", "身份提供商拒绝了登录。"),
    ("invalid-grant", 3, "The code was used before, or is too old.", "授权码已被使用过，或已过期。"),
    ("invalid-client", 3, "The identity provider does not accept the app.", "身份提供商不接受该应用。"),
    ("invalid-request", 3, "The identity provider did not understand the request.", "身份提供商无法理解请求。"),
    ("scope-missing", 3, "Access to chutes:invoke was not granted.", "未授予 chutes:invoke 权限。"),
    ("bad-token-answer", 1, "The identity provider sent an answer without a token.", "身份提供商的响应中没有令牌。"),
    (
        "bad-setting",
        2,
        "A variable of the sign-in (CHUTES_CLIENT_ID, CHUTES_OAUTH_REDIRECT_URI, …) is not acceptable.",
        "登录所用的某个变量（CHUTES_CLIENT_ID、CHUTES_OAUTH_REDIRECT_URI 等）的值不可接受。",
    ),
    (
        "alias-refused",
        2,
        "An alias that was asked for is not possible (1: not beside what there is).",
        "请求的别名不可用（1：与已有内容冲突）。",
    ),
    ("credential-refused", 3, "The service refused the credential.", "服务拒绝了该凭据。"),
    ("model-not-served", 1, "The default model cannot be called with this account.", "此账户无法调用默认模型。"),
    ("service", 1, "A call to Chutes failed.", "对 Chutes 的调用失败。"),
    (
        "unknown-ref",
        2,
        "An option names what is no alias, no listed model and no `provider/model`.",
        "某个选项给出的既不是别名，也不是列出的模型或 `provider/model`。",
    ),
    ("unknown-model", 1, "Neither an alias nor a model that is known.", "既不是别名，也不是已知的模型。"),
    (
        "not-a-chutes-model",
        1,
        "The model of another provider where a Chutes model is meant.",
        "此处需要 Chutes 的模型，给出的却是其他提供商的模型。",
    ),
    ("unknown-alias", 1, "There is no such alias.", "没有这个别名。"),
    (
        "unknown-fallback",
        1,
        "models fallbacks remove: it is not among the fallbacks.",
        "models fallbacks remove：不在后备模型之中。",
    ),
    (
        "fallback-is-default",
        1,
        "models fallbacks add: it is the default model.",
        "models fallbacks add：它是默认模型。",
    ),
    ("no-tee", 1, "The model does not run in a trusted execution environment.", "该模型不在可信执行环境中运行。"),
    (
        "not-revoked",
        1,
        "logout: the service did not confirm that the tokens are revoked; nothing was changed.",
        "logout：服务没有确认令牌已撤销；没有做任何更改。",
    ),
    ("unknown-account", 1, "There is no such Chutes account.", "没有这个 Chutes 账户。"),
    ("last-account", 1, "accounts remove: it is the only one.", "accounts remove：这是唯一的账户。"),
    ("pool-refused", 2, "These members make no pool.", "这些成员不能组成模型池。"),
    ("unknown-pool", 1, "There is no such pool.", "没有这个模型池。"),
    ("pool-in-use", 1, "The pool is the default model.", "该模型池是默认模型。"),
    (
        "import-refused",
        1,
        "The text is no export of this program, or of a newer one.",
        "该文本不是本程序的导出内容，或来自更新的版本。",
    ),
    ("no-such-file", 1, "A file that was named is not there.", "指定的文件不存在。"),
    ("not-configured", 1, "Chutes is not in the config yet.", "配置中还没有 Chutes。"),
    (
        "no-timers",
        1,
        "renew --timer: nothing here calls a program at times.",
        "renew --timer：此处没有可定时调用程序的机制。",
    ),
    (
        "timer-not-started",
        1,
        "renew --timer: the timer was written and does not run.",
        "renew --timer：定时器已写入，但没有运行。",
    ),
    ("no-such-openclaw", 2, "--openclaw names no program.", "--openclaw 指定的不是程序。"),
    ("no-such-path", 1, "The config has nothing at that path.", "配置中该路径下没有内容。"),
    (
        "interrupted",
        130,
        "A signal ended the run before anything was written (129, 130, 143).",
        "在写入任何内容之前，运行被信号终止（129、130、143）。",
    ),
    ("system", 1, "The operating system refused something.", "操作系统拒绝了某个操作。"),
    (
        "report-lost",
        1,
        "The files were written, and standard output took no word of it.",
        "文件已写入，但标准输出无法接收报告。",
    ),
    (
        "bad-profile-name",
        2,
        "--profile is given something that is no profile name.",
        "--profile 给出的不是配置档名称。",
    ),
    ("unknown-agent", 2, "--agent names an agent that the config does not have.", "--agent 指定的代理不在配置中。"),
    ("read-failed", 1, "A file could not be read.", "无法读取文件。"),
    ("write-failed", 1, "A file could not be written.", "无法写入文件。"),
    (
        "planted-link",
        1,
        "Run as root: a link of another user leads to what is not theirs; it is not followed.",
        "以 root 身份运行：另一个用户的链接指向不属于他的内容；不跟随该链接。",
    ),
    (
        "not-put-back",
        1,
        "A write failed half-way, and a file could not be put back; the hint says where its bytes are.",
        "写入中途失败，且有文件无法恢复；提示中说明了原内容所在位置。",
    ),
    (
        "config-malformed",
        1,
        "The config is not valid, or not of the shape that OpenClaw needs.",
        "配置无效，或结构不符合 OpenClaw 的要求。",
    ),
    (
        "config-refused",
        1,
        "--strict, and OpenClaw refuses something in the config.",
        "给出了 --strict，而 OpenClaw 拒绝配置中的某些内容。",
    ),
    ("config-not-editable", 1, "The config cannot be changed safely.", "无法安全地修改配置。"),
    ("changed-since-review", 1, "A file changed after the change was reviewed.", "查看更改之后，有文件被修改。"),
    ("config-keeps-changing", 1, "Another process kept changing the config.", "另一个进程在不断修改配置。"),
    ("include-failed", 1, "The config includes a file that cannot be used.", "配置引用了无法使用的文件。"),
    ("auth-store-malformed", 1, "The credential store is not valid.", "凭据存储文件无效。"),
    ("auth-store-symlink", 1, "The credential store is a symbolic link.", "凭据存储文件是符号链接。"),
    (
        "unsupported-openclaw-store",
        1,
        "The installed OpenClaw takes no credential of this kind from outside.",
        "已安装的 OpenClaw 不接受从外部存入这类凭据。",
    ),
    (
        "program-not-usable",
        1,
        "This OpenClaw would have to run this program, and does not as it is.",
        "此版本的 OpenClaw 需要运行本程序，而按现状它不会运行。",
    ),
    (
        "renewal-cut-off",
        3,
        "A renewal was cut off before its answer was stored: only a new sign-in helps.",
        "续期在响应存储之前被中断：只能重新登录。",
    ),
    (
        "no-refresh-token",
        3,
        "The stored sign-in cannot be renewed: it has no refresh token.",
        "已存储的登录无法续期：没有刷新令牌。",
    ),
    (
        "openclaw-refused-credential",
        1,
        "OpenClaw's own command did not store the credential.",
        "OpenClaw 自己的命令没有存入该凭据。",
    ),
    ("locked", 1, "Another process holds the lock.", "另一个进程持有锁。"),
    ("nothing-to-undo", 1, "There is no write to undo.", "没有可以撤销的写入。"),
    (
        "changed-since",
        1,
        "A file changed since the last write, so it is not undone.",
        "上次写入之后有文件被修改，因此没有撤销。",
    ),
    ("backup-gone", 1, "The backup that undo needs is gone.", "撤销所需的备份已不存在。"),
];

/// What a proposal says, as warnings. `prices`: both prices of a replacement, from the ref that is gone, its
/// successor and what it is for.
pub fn of_note(note: &Note, prices: impl Fn(&str, &str, Role) -> PriceChange, lang: Lang) -> Vec<Warning> {
    let safe = |text: &str| clean::line(text);
    let (role, wanted, taken) = match note {
        Note::Default { wanted, taken } => (Role::Main, wanted, taken),
        Note::Alias { name, wanted, taken } => (role_of(name), wanted, taken),
        Note::Fallback { wanted, taken } => (Role::Fallback, wanted, taken),
        Note::Image { wanted, taken } => (Role::Vision, wanted, taken),
        Note::ExplicitNotServed { wanted } => {
            return vec![Warning { code: "model-not-served", message: text::warn_explicit(lang, safe(wanted)) }];
        }
        Note::AliasHeld { name, target, by } => {
            let message = text::warn_alias_held(lang, safe(name), safe(target), safe(by));
            return vec![Warning { code: "alias-not-set", message }];
        }
        Note::AliasMoved { name, from } => {
            return vec![Warning {
                code: "alias-moved",
                message: text::warn_alias_moved(lang, safe(name), safe(from)),
            }];
        }
        Note::MadeRoom { before, kept: true } => {
            return vec![Warning { code: "previous-default", message: text::warn_made_room(lang, safe(before)) }];
        }
        Note::MadeRoom { before, kept: false } => {
            return vec![Warning { code: "previous-default", message: text::warn_made_way(lang, safe(before)) }];
        }
        Note::NotRegistered { wanted } => {
            return vec![Warning { code: "not-registered", message: text::warn_not_registered(lang, safe(wanted)) }];
        }
        Note::Repaired { name, target } => {
            let message = text::warn_alias_repaired(lang, safe(name), safe(target));
            return vec![Warning { code: "aliases-repaired", message }];
        }
    };
    if let Some((taken, Reason::PoolRepaired)) = taken {
        let message = choose::warn_pool_repaired(lang, safe(wanted), safe(taken));
        return vec![Warning { code: "pool-repaired", message }];
    }
    let (code, mut message) = match (note, taken) {
        (Note::Default { .. }, Some((taken, _))) => {
            ("default-not-served", text::warn_default_taken(lang, safe(wanted), safe(taken)))
        }
        (Note::Default { .. }, None) => ("default-not-served", text::warn_default_kept(lang, safe(wanted))),
        (Note::Alias { name, .. }, Some((taken, _))) => {
            ("alias-target-not-served", text::warn_alias_taken(lang, safe(name), safe(wanted), safe(taken)))
        }
        (Note::Alias { name, .. }, None) => {
            ("alias-target-not-served", text::warn_alias_dropped(lang, safe(name), safe(wanted)))
        }
        (Note::Fallback { .. }, Some((taken, _))) => {
            ("fallback-not-served", text::warn_fallback_taken(lang, safe(wanted), safe(taken)))
        }
        (Note::Fallback { .. }, None) => ("fallback-not-served", text::warn_fallback_dropped(lang, safe(wanted))),
        (_, Some((taken, _))) => ("image-model-not-served", text::warn_image_taken(lang, safe(wanted), safe(taken))),
        (_, None) => ("image-model-not-served", text::warn_image_kept(lang, safe(wanted))),
    };
    let mut warnings = Vec::new();
    if let Some((taken, _)) = taken {
        let change = prices(wanted, taken, role);
        let both = choose::both_prices(lang, price_words(change.old, lang), price_words(change.new, lang));
        if change.dearer {
            let times = format!("{}", role.price_limit());
            let message = choose::warn_dearer(lang, safe(taken), times, safe(wanted), &both);
            warnings.push(Warning { code: "successor-dearer", message });
        }
        message = format!("{message} {both}");
    }
    warnings.insert(0, Warning { code, message });
    warnings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_explained_in_both_languages() {
        let warnings = WARNINGS.iter().map(|&(_, en, zh)| (en, zh));
        for (en, zh) in ERRORS.iter().map(|&(_, _, en, zh)| (en, zh)).chain(warnings) {
            assert!(en.is_ascii() || en.contains('…'), "{en}");
            assert!(zh.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)) && zh.ends_with('。'), "{en}: {zh}");
        }
    }

    #[test]
    fn names_are_unique_and_kebab_case() {
        let mut names: Vec<&str> = WARNINGS.iter().map(|(code, ..)| *code).collect();
        names.extend(
            ERRORS.iter().map(|(code, ..)| *code).filter(|code| !["model-not-served", "config-refused"].contains(code)),
        );
        for name in &names {
            assert!(name.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{name}");
            assert_eq!(names.iter().filter(|other| *other == name).count(), 1, "{name}");
        }
    }
}
