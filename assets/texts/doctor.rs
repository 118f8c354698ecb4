// What `doctor` finds: the cause with its evidence, then what to do.
texts! {
    about: "What is wrong with the setup, and its repair", "找出配置中的问题并修复";
    arg_fix: "Carry out the repairs that need no person", "执行无需人工的修复";

    healthy: "Nothing is wrong.", "一切正常。";
    counted(faults, notices): "Faults: {faults} · notices: {notices}", "故障：{faults} · 提示：{notices}";
    checked_live(reference, ms): "{reference} answered in {ms} ms.", "{reference} 在 {ms} 毫秒内响应。";
    fault: "fault", "故障";
    notice: "notice", "提示";
    fixed: "repaired", "已修复";
    would_change: "What --fix changes:", "--fix 将做的更改：";
    changed: "Changed:", "已更改：";
    permissions_line(path, old, new): "{path}: {old} to {new}", "{path}：{old} 改为 {new}";

    account(words): "Account: {words}", "账户：{words}";
    database_line: "OpenClaw's database: the marks of past failures go", "OpenClaw 的数据库：清除过去失败的标记";

    role_default: "the default model", "默认模型";
    role_fallback(place): "fallback {place}", "后备模型 {place}";
    role_image: "the image model", "图像模型";
    role_alias(name): "the target of {name}", "{name} 的目标";

    only_config_json(path): "Only {path} is there, and OpenClaw never reads it.", "只有 {path}，而 OpenClaw 从不读取它。";
    not_configured: "Chutes is not set up in this OpenClaw: no default model is set.", "此 OpenClaw 尚未配置 Chutes：没有设置默认模型。";
    no_credential: "No Chutes credential is stored.", "没有存储 Chutes 凭据。";
    key_malformed(profile, length): "The key of {profile} is not a whole Chutes API key: it has {length} of 102 characters, or an unknown form.",
        "{profile} 的密钥不是完整的 Chutes API 密钥：有 {length} 个字符（应为 102 个），或格式未知。";
    variable_unset(profile, variable): "{profile} refers to {variable}, which the gateway does not find in .env or the config.",
        "{profile} 引用了 {variable}，但网关在 .env 和配置中都找不到它。";
    mode_mismatch(profile, named, stored): "auth.profiles says that {profile} is {named}, and {stored} is stored: OpenClaw passes it over without a word.",
        "auth.profiles 将 {profile} 标为 {named}，而存储的是 {stored}：OpenClaw 会静默跳过它。";
    expired(profile, at): "{profile} was over at {at} and cannot be renewed.", "{profile} 已于 {at} 失效，且无法续期。";
    cannot_renew(profile, missing): "{profile} will not be renewed: {missing}", "{profile} 无法续期：{missing}";
    several_credentials(used, others): "OpenClaw uses {used}; also stored: {others}.", "OpenClaw 使用 {used}；另外还存储了：{others}。";
    cooldown(profile, until, reason): "OpenClaw passes {profile} over until {until} ({reason}).", "OpenClaw 在 {until} 之前会跳过 {profile}（{reason}）。";
    reason_unknown: "no reason is noted", "未记录原因";
    aliases_backwards(names): "Written the wrong way round, so OpenClaw does not resolve them: {names}.", "写反了，OpenClaw 无法解析：{names}。";
    not_allowed(role, reference): "{reference} ({role}) is not in agents.defaults.models: OpenClaw takes another model without a word.",
        "{reference}（{role}）不在 agents.defaults.models 中：OpenClaw 会静默改用其他模型。";
    not_served(role, reference): "{reference} ({role}) is not served any more.", "{reference}（{role}）已下线。";
    not_served_successor(role, reference, successor): "{reference} ({role}) is not served any more; its successor is {successor}.",
        "{reference}（{role}）已下线；后继模型是 {successor}。";
    agent_has_own_model(agent, model): "Agent {agent} has a model of its own, {model}; the default does not reach it.",
        "智能体 {agent} 有自己的模型 {model}；默认模型对它不起作用。";
    session_pinned(agent, sessions, model): "Sessions of agent {agent} in which somebody chose {model}: {sessions}; the default does not reach them.",
        "智能体 {agent} 有 {sessions} 个会话选用了 {model}；默认模型对它们不起作用。";
    shadowed(by): "OpenClaw uses {by} and not the credential that was set up.", "OpenClaw 使用的是 {by}，而不是所设置的凭据。";
    sign_in_spent(profile): "The service says that the refresh token of {profile} was used, has expired or was revoked.", "服务表示 {profile} 的刷新令牌已被使用、已过期或已被撤销。";
    sign_in_weakened(profile): "The latest consent for the app of {profile} leaves out chutes:invoke: its next token may not call models.", "{profile} 所用应用的最近一次授权缺少 chutes:invoke：下一个令牌将不能调用模型。";
    clock_ahead(minutes): "The clock of this machine is {minutes} minutes ahead of the service's: tokens seem to be over too early.", "本机时钟比服务快 {minutes} 分钟：令牌会显得过早失效。";
    clock_behind(minutes): "The clock of this machine is {minutes} minutes behind the service's: tokens are renewed too late.", "本机时钟比服务慢 {minutes} 分钟：令牌会过晚续期。";
    remote_gateway: "gateway.mode is remote: the config of the other machine counts.", "gateway.mode 为 remote：以另一台机器上的配置为准。";
    gateway_mode_missing: "gateway.mode is not set, so `openclaw gateway run` does not start.", "未设置 gateway.mode，因此 `openclaw gateway run` 无法启动。";
    config_reverted(path): "OpenClaw went back to an older config; what was written last is in {path}.", "OpenClaw 恢复了旧配置；上次写入的内容在 {path} 中。";
    legacy_store(path): "{path} stands beside OpenClaw's database; this version refuses every turn until it is migrated.",
        "{path} 与 OpenClaw 的数据库并存；在迁移之前，此版本会拒绝所有请求。";
    permissions(path, mode): "Other users can read {path} (mode {mode}).", "其他用户可以读取 {path}（权限 {mode}）。";
    owner(path, uid): "{path} belongs to user {uid}, not to the owner of the home.", "{path} 属于用户 {uid}，而不是主目录的所有者。";
    renewal_trouble(at, message): "The renewal at {at} failed: {message}", "{at} 的续期失败：{message}";
    renewal_job_gone: "The running gateway has no job any more that renews the sign-in: requests fail when the access token ends.", "运行中的网关已没有续期登录的任务：访问令牌到期后请求会失败。";
    no_renewal_job: "No job in OpenClaw's cron renews the sign-in yet; it is added when a gateway runs.", "OpenClaw 的 cron 中还没有续期任务；网关运行后会自动添加。";
    gateway_has_old_token: "A running gateway has not taken the newest token yet.", "正在运行的网关还没有取得最新的令牌。";
    plugin_stops_gateway: "The config names Chutes and its plugin is not installed: a gateway of this version does not start.", "配置中有 Chutes，但没有安装它的插件：此版本的网关无法启动。";
    plugin_installed: "OpenClaw's own Chutes plugin is installed: it renews by itself and registers models of its own.", "已安装 OpenClaw 自带的 Chutes 插件：它会自行续期，并注册自己的模型。";
    openclaw_not_found: "No OpenClaw was found, in PATH or where it is usually installed.", "在 PATH 和常见安装位置都没有找到 OpenClaw。";

    run_onboard(program): "Run `{program}`.", "请运行 `{program}`。";
    another_key(program): "Run `{program} onboard --auth-choice chutes-api-key` and paste the whole key.", "请运行 `{program} onboard --auth-choice chutes-api-key` 并粘贴完整的密钥。";
    set_variable(variable): "Put a line {variable}=… into the .env of OpenClaw's state directory.", "请在 OpenClaw 状态目录的 .env 中加入一行 {variable}=…。";
    sign_in_again(program): "Sign in again: `{program} onboard --auth-choice chutes`.", "请重新登录：`{program} onboard --auth-choice chutes`。";
    run_renew(program): "Run `{program} renew` while the gateway runs.", "请在网关运行时执行 `{program} renew`。";
    run_command(command): "Run `{command}`.", "请运行 `{command}`。";
    run_fix(program): "`{program} doctor --fix` mends it.", "`{program} doctor --fix` 可以修复。";
    choose_another(program): "Choose another one: `{program} models`.", "请另选一个：`{program} models`。";
    clear_cooldown(program): "`{program} doctor --fix` clears it after one live call proved the credential.", "`{program} doctor --fix` 会在一次实时调用证明凭据有效后清除它。";
    take_away(name): "Take {name} away, or run `openclaw-chutes onboard` with it.", "请移除 {name}，或用它运行 `openclaw-chutes onboard`。";
    set_clock: "Set the clock: `timedatectl set-ntp true`.", "请校准时钟：`timedatectl set-ntp true`。";
    unpin: "In such a session, `/model default` goes back to the default.", "在该会话中输入 `/model default` 可恢复默认模型。";
    run_there: "Run this program on the machine of the gateway.", "请在网关所在的机器上运行本程序。";
    set_gateway_mode: "Run `openclaw config set gateway.mode local`.", "请运行 `openclaw config set gateway.mode local`。";
    run_openclaw_doctor(program): "See what OpenClaw refuses with `openclaw config validate`, then run `{program}` again.", "请用 `openclaw config validate` 查看 OpenClaw 拒绝的内容，然后再次运行 `{program}`。";
    migrate_store: "Stop the gateway and run `openclaw doctor --fix`.", "请停止网关并运行 `openclaw doctor --fix`。";
    change_owner(path): "Give it back with `chown` as an administrator: {path}.", "请以管理员身份用 `chown` 归还：{path}。";
}
