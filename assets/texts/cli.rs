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
    examples: "Examples", "示例";
    exit_codes: "Exit codes", "退出码";
    exit_codes_list:
        "0  done, or nothing to do\n1  failed, with nothing half-written\n2  usage, or input is missing\n3  credential or consent refused",
        "0  完成，或无事可做\n1  失败，没有留下写了一半的文件\n2  用法错误，或缺少输入\n3  凭据或授权被拒绝";

    about_onboard: "The wizard: credential, models, aliases, review, write", "向导：凭据、模型、别名、核对、写入";
    about_demo: "The wizard against a built-in stand-in for Chutes; touches nothing of yours",
        "使用内置 Chutes 替身运行向导，不改动您的任何文件";
    about_models: "Models and aliases; alone: the model screen", "模型与别名；单独运行时打开模型界面";
    about_models_list: "List models with context, input, price and tags", "列出模型及其上下文、输入类型、价格和标签";
    about_models_status: "What is configured, the credential, the age of the catalog", "当前配置、凭据以及目录的时间";
    about_models_set: "Set the default model", "设置默认模型";
    about_aliases: "List, add and remove aliases", "列出、添加和删除别名";
    about_aliases_list: "List aliases", "列出别名";
    about_aliases_add: "Point an alias at a model", "让别名指向某个模型";
    about_aliases_remove: "Remove an alias", "删除别名";
    about_models_refresh: "Query the catalog again and update the registered models", "重新查询目录并更新已注册的模型";
    about_config: "Read OpenClaw's config", "读取 OpenClaw 的配置";
    about_config_get: "Print the value at a path", "打印某个路径的值";
    about_login: "The OAuth sign-in in two processes", "分两个进程完成的 OAuth 登录";
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
    arg_version: "Print the version", "打印版本";
    arg_lang: "Language: en or zh-CN", "语言：en 或 zh-CN";
    arg_plain: "Line by line, for screen readers, TERM=dumb and logs", "逐行输出，适合读屏软件、TERM=dumb 和日志";
    arg_no_color: "No colours", "不使用颜色";
    arg_agent: "Which agent's credential store", "使用哪个 agent 的凭据库";
    arg_config: "Which OpenClaw config file", "使用哪个 OpenClaw 配置文件";
    arg_profile: "Which OpenClaw profile", "使用哪个 OpenClaw profile";

    arg_auth_choice: "chutes (OAuth) or chutes-api-key: skips the first screen", "chutes（OAuth）或 chutes-api-key：跳过第一屏";
    arg_api_key_stdin: "Read the API key from standard input", "从标准输入读取 API Key";
    arg_api_key_file: "Read the API key from a file", "从文件读取 API Key";
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
    arg_check: "Show the diff, write nothing; exit 1 if something would change", "显示差异但不写入；若会有改动则退出码为 1";
    arg_skip_verify: "No test call", "不做测试调用";

    arg_json_short: "Print JSON", "输出 JSON";
    arg_plain_list: "One per line, nothing else", "每行一个，不输出其他内容";
    arg_list_all: "Also models of the catalog that are not registered", "同时列出目录中未注册的模型";
    arg_status_check: "Exit 0 usable, 1 missing, expired or refused, 2 expires within 24 hours",
        "退出码：0 可用，1 缺失、过期或被拒绝，2 将在 24 小时内过期";
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
    repeated(arg): "{arg} can be given once only.", "{arg} 只能给出一次。";
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
        "Without a person: openclaw-chutes onboard --non-interactive with one of --api-key-stdin, --api-key-file PATH, or CHUTES_API_KEY in the environment. The configured models: openclaw-chutes models list.",
        "无人值守：openclaw-chutes onboard --non-interactive，并提供 --api-key-stdin、--api-key-file PATH 或环境变量 CHUTES_API_KEY 之一。查看已配置的模型：openclaw-chutes models list。";
}
