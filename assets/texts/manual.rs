// The manual page: its headings, variables, files and examples.
texts! {
    name: "NAME", "名称";
    synopsis: "SYNOPSIS", "概要";
    description: "DESCRIPTION", "说明";
    long_description:
        "A terminal wizard that takes someone from nothing to a working Chutes setup in OpenClaw: sign in, discover the models, choose a default, fallbacks and aliases, look at the exact diff, write, and prove that it works. Without a command it is the wizard. The same without a person: onboard --non-interactive --json. Nothing is written before it is confirmed; a config keeps every byte that is not meant to change, and undo puts the old bytes back.",
        "一个终端向导，从零开始在 OpenClaw 中配置好 Chutes：登录、发现模型、选择默认模型、后备模型和别名，查看精确的差异，写入，并证明它可用。不带命令时运行向导；无人值守时使用 onboard --non-interactive --json。确认之前不写入任何内容；配置文件中不该改的字节一个都不改，undo 可以恢复原来的内容。";
    commands: "COMMANDS", "命令";
    exit_status: "EXIT STATUS", "退出码";
    exit_signals: "Hung up, Ctrl-C, terminated: nothing is half-written", "断线、Ctrl-C、被终止：没有写到一半的内容";
    environment: "ENVIRONMENT", "环境变量";
    files: "FILES", "文件";
    examples: "EXAMPLES", "示例";
    error_codes: "ERROR CODES", "错误代码";
    warning_codes: "WARNING CODES", "警告代码";
    see_also: "SEE ALSO", "另见";
}

// Environment variables.
texts! {
    env_api_key: "An API key: used without a person, offered by the wizard", "API 密钥：无人值守时使用，向导中可选";
    env_oauth_token: "An access token of a sign-in made elsewhere; it cannot be renewed", "在别处登录得到的访问令牌；无法续期";
    env_client: "The OAuth app: client id, its secret if it has one, its redirect address, the scopes",
        "OAuth 应用：客户端 ID、密钥（如有）、回调地址、权限范围";
    env_base_url: "Where the service and its identity provider are; https, or http on this machine",
        "服务及其身份提供商的地址；必须是 https，或本机的 http";
    env_openclaw: "Where OpenClaw's files are, as OpenClaw reads them", "OpenClaw 文件的位置，与 OpenClaw 的读法相同";
    env_proxy: "Proxies, http, https and socks5", "代理：http、https 和 socks5";
    env_tls: "More certificate authorities", "额外的证书颁发机构";
    env_lang: "The language; the first that is set decides", "语言；第一个已设置的变量生效";
    env_terminal: "No colours; nothing that moves by itself; line by line for screen readers; what the terminal can do",
        "不使用颜色；不显示会自行变化的内容；为读屏软件逐行输出；终端的能力";
    env_state: "Where our own state is: $XDG_STATE_HOME/openclaw-chutes", "本程序状态的位置：$XDG_STATE_HOME/openclaw-chutes";
}

// Files.
texts! {
    file_config: "OpenClaw's config: the provider, the models, the default, fallbacks and aliases",
        "OpenClaw 的配置：提供商、模型、默认模型、后备模型和别名";
    file_store: "The credential, where OpenClaw is 2026.6.4 or older; newer ones keep it in a database, and its own commands write it",
        "凭据（OpenClaw 2026.6.4 或更早）；更新的版本保存在数据库中，由它自己的命令写入";
    file_dotenv: "Variables that OpenClaw reads; a client secret is kept here", "OpenClaw 读取的变量；客户端密钥保存在这里";
    file_backup: "The bytes before a write", "写入之前的内容";
    file_state: "The last list of models, favourites, what undo needs; deleting it loses no setting",
        "上次的模型列表、收藏、撤销所需的内容；删除它不会丢失任何设置";
}

// Examples.
texts! {
    example_wizard: "The wizard", "向导";
    example_demo: "Try everything without an account and without touching a file of yours",
        "不用账号、不改动您的任何文件，试用全部功能";
    example_automation: "Set up without a person; the outcome is one JSON document", "无人值守地完成设置；结果是一个 JSON 文档";
    example_check: "What would change, without changing it", "只显示会有什么变化，不做更改";
    example_alias: "A short name for a model, and the default by that name", "给模型起一个短名，并用它设置默认模型";
    example_cron: "For cron: take up new prices and models", "用于 cron：更新价格和模型";
    example_undo: "Put back what the last write replaced", "恢复上次写入所替换的内容";
}
