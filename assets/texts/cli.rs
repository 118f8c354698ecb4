// Help: headings and commands.
texts! {
    about: "Sign in to Chutes and set up its models in OpenClaw", "登录 Chutes，并在 OpenClaw 中配置它的模型";
    usage: "Usage:", "用法：";
    commands: "Commands", "命令";
    arguments: "Arguments", "参数";
    options: "Options", "选项";
    global_options: "Options of every command", "所有命令通用的选项";
    heading_credential: "Credential", "凭据";
    heading_choices: "Choices made in advance", "预先做出的选择";
    heading_sign_in: "Sign-in", "登录方式";
    heading_automation: "Without a person", "无人值守";
    usage_options: "[options]", "[选项]";
    usage_command: "<command>", "<命令>";
    usage_optional_command: "[command]", "[命令]";
    exit_codes_list:
        "0  done, or nothing to do\n1  failed, with nothing half-written\n2  usage, or input is missing\n3  credential or consent refused\n4  --check: something would change",
        "0  完成，或无事可做\n1  失败，没有留下写了一半的文件\n2  用法错误，或缺少输入\n3  凭据或授权被拒绝\n4  --check：会有改动";

    about_onboard: "The wizard: credential, models, aliases, review, write", "向导：凭据、模型、别名、核对、写入";
    about_demo: "The wizard against a built-in stand-in for Chutes; touches nothing of yours",
        "使用内置 Chutes 替身运行向导，不改动您的任何文件";
    about_models: "Models and aliases; alone: the model screen", "模型与别名；单独运行时打开模型界面";
    about_models_list: "List models with context, input, price and tags", "列出模型及其上下文、输入类型、价格和标签";
    about_models_status: "What is configured, the credential, the age of the catalog", "当前配置、凭据以及目录的时间";
    about_models_set: "Set the default model", "设置默认模型";
    about_set_image: "Set the image model", "设置图像模型";
    about_fallbacks: "List, add, remove and clear fallback models", "列出、添加、删除和清空后备模型";
    about_fallbacks_list: "List fallback models", "列出后备模型";
    about_fallbacks_add: "Add a model at the end of the fallbacks", "在后备模型末尾添加一个模型";
    about_fallbacks_remove: "Remove a fallback model", "删除一个后备模型";
    about_fallbacks_clear: "Remove all fallback models", "清空后备模型";
    about_aliases: "List, add and remove aliases", "列出、添加和删除别名";
    about_aliases_list: "List aliases", "列出别名";
    about_aliases_add: "Point an alias at a model", "让别名指向某个模型";
    about_aliases_remove: "Remove an alias", "删除别名";
    about_models_refresh: "Query the catalog again and update the registered models", "重新查询目录并更新已注册的模型";
    about_config: "Read OpenClaw's config", "读取 OpenClaw 的配置";
    about_config_get: "Print the value at a path", "打印某个路径的值";
    about_login: "The OAuth sign-in in two processes", "分两个进程完成的 OAuth 登录";
    about_login_app: "The OAuth app that sign-ins go through", "登录所用的 OAuth 应用";
    about_login_app_create: "Register an OAuth app with an API key that may", "用有权限的 API 密钥注册 OAuth 应用";
    arg_keep_secret: "Keep the client secret with the waiting sign-in, for login finish", "将客户端密钥与等待中的登录一起保存，供 login finish 使用";
    arg_client_secret_file: "Write the new client secret to this new file (mode 0600) instead of printing it", "把新的客户端密钥写入此新文件（权限 0600），而不打印";
    arg_app_key_stdin: "Read the API key from standard input; it is used once and not stored", "从标准输入读取 API 密钥；只用一次，不会存储";
    arg_app_key_file: "Read the API key from this file; it is used once and not stored", "从此文件读取 API 密钥；只用一次，不会存储";
    app_created(name): "Registered the app {name}.", "已注册应用 {name}。";
    app_secret_needs_place: "The new client secret is shown only once: say where it goes with --json or --client-secret-file PATH.", "新的客户端密钥只显示一次：请用 --json 或 --client-secret-file PATH 指定去处。";
    app_secret_saved(path): "The client secret is in {path}.", "客户端密钥已保存到 {path}。";
    app_no_secret_file(path, why): "The client secret cannot go to {path}: {why}. No app was registered.", "客户端密钥无法写入 {path}：{why}。没有注册应用。";
    app_secret_not_saved(path, why): "The app was registered, but its client secret could not be written to {path}: {why}.", "应用已注册，但其客户端密钥无法写入 {path}：{why}。";
    app_secret_not_saved_hint: "Make a new secret on the app's page in your Chutes account, or register another app.", "请在 Chutes 账户的应用页面重新生成客户端密钥，或另行注册应用。";
    app_next(program): "Next, with CHUTES_CLIENT_ID and CHUTES_CLIENT_SECRET set: {program} login start", "然后设置 CHUTES_CLIENT_ID 与 CHUTES_CLIENT_SECRET，运行：{program} login start";
    about_login_start: "Begin a sign-in and print its link", "开始登录并打印链接";
    about_login_finish: "Finish a sign-in with the address the browser ended on", "用浏览器最后停留的地址完成登录";
    about_undo: "Put back exactly the bytes the last write replaced", "原样恢复上次写入所替换的内容";
    about_completions: "Print a completion script for a shell", "打印 shell 补全脚本";
    about_man: "Print the manual page", "打印手册页";
    about_help: "Print help for a command", "打印某个命令的帮助";
}

// Help: arguments and options.
texts! {
    arg_help: "Print help", "打印帮助";
    arg_version: "Print the version; with --json after it, the whole build", "打印版本；后接 --json 时打印完整的构建信息";
    arg_lang: "Language: en or zh-CN", "语言：en 或 zh-CN";
    arg_plain: "Line by line, for screen readers, TERM=dumb and logs", "逐行输出，适合读屏软件、TERM=dumb 和日志";
    arg_no_color: "No colours", "不使用颜色";
    arg_agent: "Which agent's credential store", "使用哪个智能体的凭据库";
    arg_config: "Which OpenClaw config file", "使用哪个 OpenClaw 配置文件";
    arg_openclaw: "The openclaw program, where it is not in PATH or a usual place", "openclaw 程序的位置（不在 PATH 或常见位置时）";
    arg_profile: "Which OpenClaw profile", "使用哪个 OpenClaw profile";

    arg_auth_choice: "chutes (OAuth) or chutes-api-key: skips the first screen", "chutes（OAuth）或 chutes-api-key：跳过第一屏";
    arg_api_key_stdin: "Read the API key from standard input", "从标准输入读取 API 密钥";
    arg_api_key_file: "Read the API key from a file", "从文件读取 API 密钥";
    arg_secret_input_mode: "Store the key (plaintext) or a reference to CHUTES_API_KEY (ref)",
        "保存密钥本身（plaintext），或保存对 CHUTES_API_KEY 的引用（ref）";
    arg_model: "Default model", "默认模型";
    arg_fallback: "Fallback model; may be repeated, tried in this order", "后备模型；可重复，按给出的顺序尝试";
    arg_image_model: "Image model", "图像模型";
    arg_alias: "Alias and its target; may be repeated", "别名及其目标；可重复";
    arg_models: "Which models to register: all, or ids separated by commas", "注册哪些模型：all，或用逗号分隔的 id";
    arg_browser: "Sign in with a browser on this machine", "用本机浏览器登录";
    arg_headless: "Open no browser: link, QR code or paste", "不打开浏览器：使用链接、二维码或粘贴";
    arg_qr: "Show the sign-in link as a QR code", "以二维码显示登录链接";
    arg_link_file: "Write the sign-in link to a file", "把登录链接写入文件";
    arg_qr_file: "Write the QR code as a PNG file", "把二维码写成 PNG 文件";
    arg_non_interactive: "Never read the terminal", "绝不读取终端";
    arg_json: "One JSON document on stdout, everything else on stderr", "标准输出只有一个 JSON 文档，其余都在标准错误";
    arg_strict: "Fail on what OpenClaw refuses in the config, asking the installed one", "配置中若有 OpenClaw 会拒绝的内容则失败（会询问已安装的 OpenClaw）";
    arg_check: "Show the diff, write nothing; exit 4 if something would change", "显示差异但不写入；若会有改动则退出码为 4";
    arg_skip_verify: "No test call", "不做试调用";

    arg_json_short: "Print JSON", "输出 JSON";
    arg_plain_list: "One per line, nothing else", "每行一个，不输出其他内容";
    arg_list_all: "Also models of the catalog that are not registered", "同时列出目录中未注册的模型";
    arg_status_check: "Exit 0 usable (also if it renews itself), 1 missing, expired or refused, or a model in use is not served, 2 stops within 24 hours",
        "退出码：0 可用（包括可自动续期），1 缺失、过期、被拒绝，或在用的模型已下线，2 将在 24 小时内停用";
    arg_repair: "Put a successor in the place of what is not served any more", "用后继模型替换已下线的模型";
    arg_refresh_check: "Write nothing; exit 4 if something would change or a model in use is not served", "不写入任何内容；若会有改动，或在用的模型已下线，退出码为 4";
    arg_quiet: "Print nothing when nothing changed", "没有改动时不输出任何内容";
    arg_status_probe: "Make a one-token call with the credential", "用该凭据做一次 1 个 token 的调用";
    arg_reference: "Model ref (chutes/<id>) or alias", "模型引用（chutes/<id>）或别名";
    arg_alias_name: "Alias", "别名";
    arg_path: "Dots and brackets: models.providers.chutes.models[0].id", "用点和方括号：models.providers.chutes.models[0].id";
    arg_redirect_stdin: "Read the address from standard input", "从标准输入读取地址";
    arg_shell: "bash, zsh, fish, elvish or powershell", "bash、zsh、fish、elvish 或 powershell";
    arg_help_command: "Command", "命令";
}

// Usage errors.
texts! {
    usage_error: "error", "错误";
    unknown_option(arg): "There is no option {arg}.", "没有选项 {arg}。";
    unknown_command(name): "There is no command {name}.", "没有命令 {name}。";
    unexpected_argument: "There is an argument too many.", "多了一个参数。";
    did_you_mean(name): "Did you mean {name}?", "您是想用 {name} 吗？";
    value_missing(arg): "{arg} needs a value.", "{arg} 需要一个值。";
    value_invalid(arg, valid): "{arg} takes one of: {valid}.", "{arg} 的值必须是以下之一：{valid}。";
    value_refused(arg): "The value of {arg} is not valid.", "{arg} 的值无效。";
    value_unwanted(arg): "{arg} takes no value.", "{arg} 不接受值。";
    argument_missing(args): "Missing: {args}.", "缺少：{args}。";
    command_missing(commands): "A command is missing: {commands}.", "缺少命令：{commands}。";
    conflict(a, b): "{a} and {b} exclude each other.", "{a} 与 {b} 不能同时使用。";
    not_utf8: "An argument is not valid UTF-8.", "有一个参数不是有效的 UTF-8。";
    usage_other: "The command line could not be read.", "无法理解这条命令行。";
    try_help(command): "Try: {command} --help", "请尝试：{command} --help";
    secret_in_argv:
        "A credential was given as an argument. Arguments are visible to every user of this machine (ps, shell history), so it was not used.",
        "参数中含有凭据。参数对本机所有用户可见（ps、shell 历史），因此没有使用它。";
    secret_in_argv_hint:
        "Give it with --api-key-stdin or --api-key-file PATH, and revoke the one that was shown: https://chutes.ai/app/settings/api-keys",
        "请用 --api-key-stdin 或 --api-key-file PATH 提供，并吊销已暴露的那个：https://chutes.ai/app/settings/api-keys";
    alias_shape: "--alias takes NAME=REF, e.g. chutes-fast=chutes/zai-org/GLM-4.7-TEE.",
        "--alias 的格式为 NAME=REF，例如 chutes-fast=chutes/zai-org/GLM-4.7-TEE。";
    no_terminal: "The wizard needs a terminal, and there is none.", "向导需要终端，但当前没有终端。";
    no_terminal_hint:
        "Without a person: openclaw-chutes onboard --non-interactive with one of --api-key-stdin, --api-key-file PATH, or CHUTES_API_KEY in the environment; to sign in, openclaw-chutes login start. With a terminal: ssh -t, docker run -it. The configured models: openclaw-chutes models list.",
        "无人值守：openclaw-chutes onboard --non-interactive，并提供 --api-key-stdin、--api-key-file PATH 或环境变量 CHUTES_API_KEY 之一；登录请用 openclaw-chutes login start。需要终端时：ssh -t、docker run -it。查看已配置的模型：openclaw-chutes models list。";
}

// Credential of a run without a person.
texts! {
    origin_stdin: "standard input", "标准输入";
    key_malformed(origin, problem): "There is no usable API key in {origin}: {problem}.", "{origin} 中没有可用的 API 密钥：{problem}。";
    key_hint(page): "A key begins with cpk_ and has two dots. Keys are made at {page}", "密钥以 cpk_ 开头，并含有两个点。创建密钥：{page}";
    key_empty: "it is empty", "内容为空";
    key_too_long: "it is longer than any key", "比任何密钥都长";
    key_white_space: "there is a space or a line break inside", "中间有空格或换行";
    key_character: "it contains a character that no key has", "包含密钥中不会出现的字符";
    key_is_access_token: "this is an OAuth access token (cak_), not an API key", "这是 OAuth 访问令牌（cak_），不是 API 密钥";
    key_is_refresh_token: "this is an OAuth refresh token (crt_), not an API key", "这是 OAuth 刷新令牌（crt_），不是 API 密钥";
    key_is_client_id: "this is an OAuth client id (cid_), not an API key", "这是 OAuth 客户端 ID（cid_），不是 API 密钥";
    key_is_client_secret: "this is an OAuth client secret (csc_), not an API key", "这是 OAuth 客户端密钥（csc_），不是 API 密钥";
    key_prefix: "it does not begin with cpk_", "不是以 cpk_ 开头";
    key_fingerprint: "it looks like the fingerprint of an account, which opens everything in it: give it to nobody, and use an API key",
        "它看起来是账户的指纹（fingerprint），可打开账户中的一切：不要交给任何人，请使用 API 密钥";
    key_length(count, whole): "it has {count} characters of {whole}", "长度为 {count} / {whole} 个字符";
    key_parts: "it does not have the three parts of a key (cpk_….….…); it may be cut off", "不是由三部分组成（cpk_….….…），可能被截断";
    key_not_text(origin): "{origin} does not hold text.", "{origin} 的内容不是文本。";
    key_too_large(origin, limit): "{origin} holds more than {limit} KiB; that is no key.", "{origin} 超过 {limit} KiB，不可能是密钥。";
    key_unreadable(origin, error): "{origin} could not be read: {error}.", "无法读取 {origin}：{error}。";
    key_file_not_regular(path): "{path} is not a regular file.", "{path} 不是普通文件。";
    key_file_hint: "Give a file that holds the key and nothing else, or pipe the key to --api-key-stdin.",
        "请提供只含密钥的文件，或通过管道把密钥传给 --api-key-stdin。";
    stdin_is_terminal: "--api-key-stdin was given, but standard input is a terminal, which is never read here.",
        "指定了 --api-key-stdin，但标准输入是终端，而此处绝不读取终端。";
    stdin_is_terminal_hint: "Pipe the key in, e.g. --api-key-stdin < key.txt, or use --api-key-file PATH.",
        "请用管道或重定向提供密钥，例如 --api-key-stdin < key.txt，或使用 --api-key-file PATH。";
    warn_no_image_input(model):
        "{model} takes no images, so it cannot be an image model.",
        "{model} 不支持图像输入，不能用作图像模型。";
    warn_variable_not_set(name):
        "{name} is not set here, so the key was not tried. It has to be set where the gateway runs.",
        "此处未设置 {name}，因此没有验证密钥。网关运行的环境中必须设置它。";
    ref_without_variable: "--secret-input-mode ref stores a reference to CHUTES_API_KEY, not the key that was given, and that variable is not set.",
        "--secret-input-mode ref 保存的是对 CHUTES_API_KEY 的引用，而不是所给的密钥，但该变量未设置。";
    ref_without_variable_hint: "Give no key, and set CHUTES_API_KEY where the gateway runs; or use --secret-input-mode plaintext.",
        "请不要提供密钥，并在网关运行的环境中设置 CHUTES_API_KEY；或使用 --secret-input-mode plaintext。";
    token_malformed: "CHUTES_OAUTH_TOKEN does not hold an access token.", "CHUTES_OAUTH_TOKEN 中不是访问令牌。";
    token_hint: "An access token begins with cak_. An API key belongs in CHUTES_API_KEY.", "访问令牌以 cak_ 开头。API 密钥应放在 CHUTES_API_KEY 中。";
    config_refused: "OpenClaw refuses the config; nothing was written.", "OpenClaw 会拒绝此配置；没有写入任何内容。";
    config_refused_hint(commands): "Mend it first, then run this again: {commands}", "请先修正，然后重新运行：{commands}";
    missing_credential: "No credential was given, and nobody can be asked for one here.", "没有提供凭据，而此处无法询问任何人。";
    missing_credential_hint: "Give one of: --api-key-stdin, --api-key-file PATH, or CHUTES_API_KEY in the environment; for OAuth --auth-choice chutes with CHUTES_OAUTH_TOKEN.",
        "请提供以下之一：--api-key-stdin、--api-key-file PATH，或环境变量 CHUTES_API_KEY；使用 OAuth 时为 --auth-choice chutes 加 CHUTES_OAUTH_TOKEN。";
    oauth_needs_person: "Signing in with OAuth needs a person at a browser, and CHUTES_OAUTH_TOKEN is not set.",
        "OAuth 登录需要有人操作浏览器，且 CHUTES_OAUTH_TOKEN 未设置。";
    oauth_needs_person_hint(program): "Run {program} login start --json, open its link, then {program} login finish --redirect-stdin; or set CHUTES_OAUTH_TOKEN; or use --auth-choice chutes-api-key with --api-key-stdin or --api-key-file PATH.",
        "请运行 {program} login start --json，打开其中的链接，再运行 {program} login finish --redirect-stdin；或设置 CHUTES_OAUTH_TOKEN；或使用 --auth-choice chutes-api-key 加 --api-key-stdin 或 --api-key-file PATH。";
}

// Failures.
texts! {
    bad_endpoint_hint: "Correct the variable or unset it.", "请更正该变量，或取消设置。";
    credential_refused(why): "The credential was refused; nothing was written. {why}", "凭据被拒绝；没有写入任何内容。{why}";
    verify_not_served(model, why): "{model} cannot be called with this account; nothing was written. {why}", "此账户无法调用 {model}；没有写入任何内容。{why}";
    verify_not_served_hint: "Choose another with --model, or skip the test call with --skip-verify.", "请用 --model 选择其他模型，或用 --skip-verify 跳过试调用。";
    unknown_ref(option, name): "{option} names {name}, which is no alias, no listed model and no provider/model",
        "{option} 指定的 {name} 不是别名、不在模型列表中，也不是 provider/model 形式";
    unknown_model(name): "{name} is neither an alias nor a model that is known here. Nothing was changed.", "{name} 既不是别名，也不是已知的模型。没有做任何改动。";
    unknown_model_hint(program): "See: {program} models list --all", "请查看：{program} models list --all";
    not_chutes(reference): "{reference} is not a Chutes model; aliases of other providers are OpenClaw's own matter.", "{reference} 不是 Chutes 模型；其他提供商的别名由 OpenClaw 自己管理。";
    unknown_alias(name): "There is no alias {name}. Nothing was changed.", "没有别名 {name}。没有做任何改动。";
    unknown_alias_hint(program): "See: {program} models aliases list", "请查看：{program} models aliases list";
    unknown_fallback(name): "{name} is not among the fallbacks. Nothing was changed.", "{name} 不在后备模型之中。没有做任何改动。";
    unknown_fallback_hint(program): "See: {program} models fallbacks list", "请查看：{program} models fallbacks list";
    fallback_is_default(reference): "{reference} is the default model, so it cannot be its own fallback. Nothing was changed.", "{reference} 是默认模型，不能作为自己的后备模型。没有做任何改动。";
    not_configured: "Chutes is not set up in this OpenClaw config yet.", "此 OpenClaw 配置中尚未设置 Chutes。";
    not_configured_hint(program): "Run: {program} onboard", "请运行：{program} onboard";
    no_such_openclaw(path): "--openclaw names {path}, which is no program", "--openclaw 指定的 {path} 不是可运行的程序";
    no_such_openclaw_hint: "Give the path of the openclaw program itself, or leave the option out.",
        "请给出 openclaw 程序本身的路径，或不使用此选项。";
    no_such_path(path): "Config path not found: {path}.", "找不到配置路径：{path}。";
    no_such_path_hint(program): "See what there is: {program} config get models", "查看现有内容：{program} config get models";
    variable_not_utf8(name): "{name} is not UTF-8 text; nothing was touched.", "{name} 不是 UTF-8 文本；没有改动任何内容。";
    interrupted: "Interrupted; nothing was written.", "已中断；没有写入任何内容。";
    system(error): "The operating system refused: {error}", "操作系统拒绝：{error}";
    report_lost(error): "Everything was written, but the report of it was not: standard output refused it ({error})", "所有文件均已写入，但报告未能输出：标准输出拒绝了它（{error}）";
    report_lost_hint(program): "See what is in force: {program} models status. To take it back: {program} undo", "查看当前生效的配置：{program} models status。如需撤销：{program} undo";
    alias_character(name, c): "{name} cannot be an alias: the character {c} is not allowed (letters, digits, _ . : - are).", "{name} 不能作为别名：不允许字符 {c}（可用字母、数字和 _ . : -）。";
    alias_empty: "An alias needs a name.", "别名不能为空。";
    alias_too_long(name, limit): "{name} cannot be an alias: it is longer than {limit} characters.", "{name} 不能作为别名：超过 {limit} 个字符。";
    alias_duplicate(name, target): "The alias {name} already points to {target}.", "别名 {name} 已经指向 {target}。";
    alias_is_provider(name, provider): "{name} cannot be an alias: a provider is called {provider}.", "{name} 不能作为别名：有名为 {provider} 的提供商。";
    alias_is_model(name, model): "{name} cannot be an alias: a model is called {model}.", "{name} 不能作为别名：有名为 {model} 的模型。";
    alias_is_command(name, word): "{name} cannot be an alias: in a chat, /model {word} means something else.", "{name} 不能作为别名：聊天中的 /model {word} 另有含义。";
    two_aliases(target, one, other): "{one} and {other} both name {target}; OpenClaw holds one alias per model.", "{one} 和 {other} 都指向 {target}；OpenClaw 每个模型只能有一个别名。";
}

// Warnings.
texts! {
    warning_line(message): "warning: {message}", "警告：{message}";
    warn_key_file_permissions(path, mode): "{path} can be read by other users of this machine (mode {mode}); chmod 600 it.", "本机其他用户可以读取 {path}（权限 {mode}）；请执行 chmod 600。";
    warn_catalog_fallback(why, count): "The models could not be listed, so the {count} built-in ones are used. {why}", "无法获取模型列表，因此使用 {count} 个内置模型。{why}";
    warn_default_taken(wanted, taken): "{wanted}, the default, is not served any more; {taken} is taken.", "默认模型 {wanted} 已下线；改用 {taken}。";
    warn_default_kept(wanted): "{wanted}, the default, is not served any more, and nothing takes its place.", "默认模型 {wanted} 已下线，且没有可替代的模型。";
    warn_alias_taken(name, wanted, taken): "The alias {name} meant {wanted}, which is not served any more; it now means {taken}.", "别名 {name} 原指向 {wanted}，它已下线；现指向 {taken}。";
    warn_alias_dropped(name, wanted): "The alias {name} means {wanted}, which is not served any more, and nothing takes its place.", "别名 {name} 指向 {wanted}，它已下线，且没有可替代的模型。";
    warn_fallback_taken(wanted, taken): "The fallback {wanted} is not served any more; {taken} is taken.", "后备模型 {wanted} 已下线；改用 {taken}。";
    warn_fallback_dropped(wanted): "The fallback {wanted} is not served any more and was left out.", "后备模型 {wanted} 已下线，已被移除。";
    warn_image_taken(wanted, taken): "The image model {wanted} is not served any more; {taken} is taken.", "图像模型 {wanted} 已下线；改用 {taken}。";
    warn_image_kept(wanted): "The image model {wanted} is not served any more, and nothing takes its place.", "图像模型 {wanted} 已下线，且没有可替代的模型。";
    warn_explicit(wanted): "{wanted} is not among the models that are served; it is used because you asked for it.", "{wanted} 不在所提供的模型之中；因为您指定了它，所以仍然使用。";
    warn_alias_held(name, target, by): "The alias {name} was not set: {target} already has the alias {by}, and OpenClaw holds one per model.", "没有设置别名 {name}：{target} 已有别名 {by}，而 OpenClaw 每个模型只能有一个别名。";
    warn_alias_moved(name, from): "The alias {name} does not belong to {from} any more.", "别名 {name} 不再属于 {from}。";
    warn_alias_repaired(name, target): "The alias {name} was written the wrong way round; it now names {target}.", "别名 {name} 原先写反了；现在指向 {target}。";
    warn_made_room(before): "{before} was the default; it is the first fallback now.", "{before} 原为默认模型；现在是第一个后备模型。";
    warn_made_way(before): "{before} was the default; it is not among the fallbacks that you asked for, but stays allowed.", "{before} 原为默认模型；它不在您指定的后备模型之中，但仍允许使用。";
    warn_not_registered(wanted): "{wanted} is no Chutes model, so it is not registered.", "{wanted} 不是 Chutes 模型，因此没有登记。";
    warn_other_provider(wanted, provider): "{wanted} is no Chutes model that is known; it is taken as written, and OpenClaw looks for it at the provider {provider}. Write chutes/… for a Chutes model.", "{wanted} 不是已知的 Chutes 模型；按原样采用，OpenClaw 会向提供商 {provider} 请求。Chutes 模型请写作 chutes/…。";
    warn_left_out(ids): "Left out, because OpenClaw would expand the variable in the name and send it to the service: {ids}.", "已略过：OpenClaw 会展开其名称中的变量并发送给服务方：{ids}。";
    warn_certificates(variable, path): "{variable} names certificates that cannot be read, so they do not count, here or in OpenClaw: {path}", "{variable} 所指的证书无法读取，因此在此处和 OpenClaw 中均不起作用：{path}";
    warn_unverified(why): "The test call gave no answer to go by, so this is not verified. {why}", "试调用没有得到可供判断的响应，因此未经验证。{why}";
    warn_balance(why): "The credential works, but the account has no balance. {why}", "凭据有效，但账户余额不足。{why}";
    warn_token_expires: "CHUTES_OAUTH_TOKEN lives for about an hour and cannot be renewed; sign in with OAuth for a login that lasts.", "CHUTES_OAUTH_TOKEN 有效期约一小时且无法续期；要长期使用，请通过 OAuth 登录。";
    warn_changed_meanwhile(paths):
        "{paths} changed while this ran; the change is made on the new contents.",
        "运行期间 {paths} 被改动；本次修改基于新的内容。";
    warn_not_served_now(wanted): "{wanted} is not served any more.", "{wanted} 已下线。";
}

// Signing out, and several accounts.
texts! {
    about_logout: "Revoke and remove the Chutes credential", "吊销并删除 Chutes 凭据";
    arg_keep_models: "Leave the models and aliases in the config", "在配置中保留模型和别名";
    arg_local: "Remove it here, also when it cannot be revoked", "即使无法吊销也在本机删除";
    arg_yes: "Do not ask", "不再询问";
    about_accounts: "The stored Chutes accounts", "已存储的 Chutes 账户";
    about_accounts_list: "List them; * is the one in use", "列出账户；* 为当前使用的账户";
    about_accounts_use: "Have OpenClaw use this one", "让 OpenClaw 使用此账户";
    about_accounts_remove: "Remove this one; the others stay", "删除此账户，其余保留";
    arg_account: "Profile id or account name", "配置文件 ID 或账户名";
    logged_out(profiles): "Removed: {profiles}", "已删除：{profiles}";
    logged_out_nothing: "No Chutes credential is stored here.", "本机没有存储 Chutes 凭据。";
    revoked: "The service confirms that the tokens are no longer valid.", "服务已确认令牌不再有效。";
    not_revoked(message): "The tokens could not be revoked: {message} Nothing was changed.", "无法吊销令牌：{message} 没有更改任何内容。";
    not_revoked_hint(program): "Try again later, or remove the credential here only: `{program} logout --local`. Access can also be withdrawn in the account settings at chutes.ai.",
        "请稍后重试，或仅在本机删除凭据：`{program} logout --local`。也可以在 chutes.ai 的账户设置中撤销访问权限。";
    still_valid: "The service still accepts a token that was revoked.", "服务仍接受已吊销的令牌。";
    warn_not_revoked(message): "The tokens stay valid until they expire: {message}", "令牌在过期之前仍然有效：{message}";
    warn_key_lives: "An API key stays valid: delete it in the account settings at chutes.ai if nobody else uses it.", "API 密钥仍然有效：如果没有其他用途，请在 chutes.ai 的账户设置中删除。";
    warn_variable_set(name): "{name} is still set in the environment or in OpenClaw's .env file.", "环境或 OpenClaw 的 .env 文件中仍设置了 {name}。";
    default_now(reference): "Default model now: {reference}", "当前默认模型：{reference}";
    default_none: "No default model is set now.", "当前没有设置默认模型。";
    account_used(id): "In use: {id}", "正在使用：{id}";
    account_removed(id): "Removed: {id}", "已删除：{id}";
    unknown_account(name): "There is no Chutes account {name} here.", "本机没有名为 {name} 的 Chutes 账户。";
    unknown_account_hint(program): "`{program} accounts list` shows them.", "`{program} accounts list` 会列出账户。";
    last_account(id): "{id} is the only Chutes account here.", "{id} 是本机唯一的 Chutes 账户。";
    last_account_hint(program): "`{program} logout` signs it out.", "请用 `{program} logout` 退出登录。";
}

// Carrying a setup elsewhere.
texts! {
    about_export: "Print the choices (models, aliases, pools) as a small text", "将所选内容（模型、别名、池）打印为短文本";
    about_import: "Take over the choices that export printed", "采用 export 打印的所选内容";
    arg_import_source: "The text; - is standard input", "文本文件；- 表示标准输入";
    imported(reference): "The choices are in force; default: {reference}", "所选内容已生效；默认模型：{reference}";
    confirm_question: "Write this? [y/N]", "写入吗？[y/N]";
    confirm_left: "Left as it was. Nothing was written.", "保持原样，没有写入任何内容。";
    import_empty: "There is no text to import.", "没有可导入的文本。";
    import_too_long(kib): "The text is longer than {kib} KiB, so it is no export of this program.", "文本超过 {kib} KiB，不是本程序导出的内容。";
    import_malformed(line, column): "The text is no JSON: line {line}, column {column}. It may have been cut.", "文本不是 JSON：第 {line} 行，第 {column} 列。可能被截断了。";
    import_foreign: "The text is no export of openclaw-chutes.", "该文本不是 openclaw-chutes 导出的内容。";
    import_newer(version): "The text was made by a newer openclaw-chutes (format {version}); update this one first.", "该文本由更新版本的 openclaw-chutes 生成（格式 {version}）；请先更新本程序。";
    import_shape(detail): "The text has something that no export has: {detail}.", "文本中有导出内容不应包含的部分：{detail}。";
    import_secret: "The text holds something that looks like a Chutes credential, which an export never does. Nothing was imported.", "文本中含有疑似 Chutes 凭据的内容，而导出文本从不包含凭据。没有导入任何内容。";
    import_no_ref(found): "No model reference (provider/model): {found}.", "不是模型引用（提供商/模型）：{found}。";
    import_hint(program): "`{program} export` prints such a text on the machine that has the setup.", "请在已有配置的机器上用 `{program} export` 打印这段文本。";
    ask_doctor(program): "`{program} doctor` looks for the cause.", "运行 `{program} doctor` 可查找原因。";
    no_such_file_hint: "Name a file that is there, or - for standard input.", "请指定存在的文件，或用 - 表示标准输入。";
    no_such_file(path): "There is no file {path}.", "文件 {path} 不存在。";
}

// Reports.
texts! {
    report_done: "Chutes is set up in OpenClaw.", "OpenClaw 中的 Chutes 已配置完成。";
    report_unchanged: "Nothing to do: OpenClaw is already set up this way.", "无需改动：OpenClaw 已是这样配置的。";
    report_default: "Default", "默认";
    report_fallbacks: "Fallbacks", "后备";
    report_image: "Image", "图像";
    report_aliases: "Aliases", "别名";
    report_models: "Models", "模型";
    report_config: "Config", "配置";
    report_credential: "Credential", "凭据";
    report_store: "Store", "凭据库";
    report_catalog: "Catalog", "目录";
    report_reverted: "OpenClaw took our config back, see", "OpenClaw 撤回了我们写入的配置，见";
    report_openclaw: "OpenClaw", "OpenClaw";
    report_probe: "Test call", "试调用";
    report_none: "none", "无";
    report_answered(ms): "answered in {ms} ms", "{ms} 毫秒内响应";
    report_unverified: "not verified", "未验证";
    source_live(count): "{count}, live", "{count} 个，实时";
    source_cache(count, time): "{count}, as of {time}", "{count} 个，截至 {time}";
    source_bundled(count): "{count}, built in", "{count} 个，内置";
    backup_of(path): "backup: {path}", "备份：{path}";
    new_file: "new file", "新文件";
    updated(path): "Updated config: {path}", "已更新配置：{path}";
    backup_line(path): "  Backup: {path}", "  备份：{path}";
    default_line(reference): "Default model: {reference}", "默认模型：{reference}";
    image_line(reference): "Image model: {reference}", "图像模型：{reference}";
    fallbacks_count(count): "Fallbacks ({count}):", "后备模型（{count}）：";
    fallback_added_line(reference): "Fallback: {reference}", "后备模型：{reference}";
    fallback_removed_line(reference): "Fallback {reference} removed.", "已删除后备模型 {reference}。";
    fallbacks_cleared_line: "No fallbacks.", "没有后备模型。";
    alias_line(name, target): "Alias {name} -> {target}", "别名 {name} -> {target}";
    alias_removed_line(name): "Alias {name} removed.", "已删除别名 {name}。";
    alias_replaced(target, old): "{target} had the alias {old}; OpenClaw holds one per model.", "{target} 原有别名 {old}；OpenClaw 每个模型只能有一个别名。";
    no_change: "No change.", "没有改动。";
    aliases_count(count): "Aliases ({count}):", "别名（{count}）：";
    refresh_changed(id, fields): "changed by the service: {id} ({fields})", "服务方已更改：{id}（{fields}）";
    refresh_kept(id, fields): "kept as set by hand: {id} ({fields})", "保留手动设置：{id}（{fields}）";
    refreshed(count, added, removed): "{count} models served; {added} added, {removed} removed.", "提供 {count} 个模型；新增 {added}，移除 {removed}。";
    stays(id):
        "The credential {id} stays in OpenClaw's database. To take it out: openclaw models auth logout {id} --yes",
        "凭据 {id} 仍保存在 OpenClaw 的数据库中。移除命令：openclaw models auth logout {id} --yes";
    restored(path): "Restored {path}", "已恢复 {path}";
    removed(path): "Removed {path}", "已删除 {path}";
    column_model: "Model", "模型";
    column_input: "Input", "输入";
    column_context: "Ctx", "上下文";
    column_price_in: "In", "输入价";
    column_price_out: "Out", "输出价";
    column_tags: "Tags", "标签";
    models_none: "No models are configured. Run: openclaw-chutes onboard", "尚未配置模型。请运行：openclaw-chutes onboard";
    kind_api_key: "API key", "API 密钥";
    kind_token: "access token", "访问令牌";
    kind_oauth: "OAuth", "OAuth";
    status_ok: "usable", "可用";
    status_missing: "missing", "缺失";
    status_expired: "expired", "已过期";
    status_expiring: "expires soon", "即将过期";
    renewal_proven: "it renews itself: Chutes says that its refresh token is good", "可自动续期：Chutes 确认其刷新令牌有效";
    renewal_refused: "it cannot be renewed any more: Chutes says that its refresh token was used, has expired or was revoked. Sign in again.", "无法再续期：Chutes 表示其刷新令牌已被使用、已过期或已撤销。请重新登录。";
    renewal_weakened: "its next renewal will lose chutes:invoke, because a later sign-in with the same app did not ask for it. Sign in again.", "下次续期将失去 chutes:invoke，因为之后用同一应用的登录没有请求它。请重新登录。";
    status_refused: "refused", "被拒绝";
    status_in_database: "kept in OpenClaw's database, which did not answer", "保存在 OpenClaw 的数据库中，未能读取";
    expires(time): "expires {time}", "{time} 过期";
    renewable: "renewed by OpenClaw", "由 OpenClaw 续期";
    from_variable(name): "from {name}", "来自 {name}";

    login_open: "Open this link in any browser, and allow access:", "在任意浏览器中打开此链接并允许访问：";
    login_then: "Then pass the address that the browser ends on to:", "然后把浏览器最后停留的地址传给：";
    login_no_client_id: "No OAuth app is named, and none was used before.", "没有指定 OAuth 应用，也没有使用过的应用。";
    login_no_client_id_hint(program): "Set CHUTES_CLIENT_ID to the client id of a registered app (cid_…), or register one: {program} login app create --api-key-stdin --json",
        "请将 CHUTES_CLIENT_ID 设为已注册应用的客户端 ID（cid_…），或注册一个：{program} login app create --api-key-stdin --json";
    login_no_client_secret: "CHUTES_CLIENT_SECRET is not set, and Chutes signs nobody in without the app's client secret.",
        "没有设置 CHUTES_CLIENT_SECRET，而缺少应用的客户端密钥，Chutes 不会完成登录。";
    login_no_client_secret_hint(program): "Set CHUTES_CLIENT_SECRET (csc_…) for this command. It was shown when the app was made; {program} login app create --api-key-stdin --json makes a new app.",
        "请为此命令设置 CHUTES_CLIENT_SECRET（csc_…）。它在创建应用时显示过；{program} login app create --api-key-stdin --json 可创建新应用。";
    login_nothing_begun: "No sign-in is waiting to be finished.", "没有等待完成的登录。";
    login_start_again(program): "Start a new one: {program} login start --json", "请重新开始：{program} login start --json";
    login_still_waiting: "The sign-in is still waiting: run this again with the whole address.", "登录仍在等待：请用完整地址重新运行。";
    login_terminal: "--redirect-stdin was given, but standard input is a terminal, which is never read here.",
        "指定了 --redirect-stdin，但标准输入是终端，而此处绝不读取终端。";
    login_terminal_hint(program): "Pipe the address in: {program} login finish --redirect-stdin < address.txt; or use the wizard: {program} onboard --auth-choice chutes",
        "请通过管道传入地址：{program} login finish --redirect-stdin < address.txt；或使用向导：{program} onboard --auth-choice chutes";
}
