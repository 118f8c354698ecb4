texts! {
    cut_off(at):
        "A renewal was sent at {at} and cut off before its answer was stored: the refresh token that it sent is spent, and the new one is lost. Sign in again.",
        "{at} 发出的续期请求在其响应保存之前中断：发出的刷新令牌已失效，新令牌已丢失。请重新登录。";

    helper_unknown:
        "This OpenClaw runs this program for the access token, and it is not known where this program is. Nothing was touched",
        "此版本的 OpenClaw 通过运行本程序来获取访问令牌，但无法确定本程序的位置。没有改动任何内容";
    helper_symlink(path):
        "This OpenClaw runs this program for the access token, and it does not run a symbolic link: {path}. Nothing was touched",
        "此版本的 OpenClaw 通过运行本程序来获取访问令牌，但不会运行符号链接：{path}。没有改动任何内容";
    helper_writable(path, mode):
        "This OpenClaw runs this program for the access token, and it runs nothing that others may write: {path} has mode {mode}. Nothing was touched",
        "此版本的 OpenClaw 通过运行本程序来获取访问令牌，但不会运行他人可写的文件：{path} 的权限为 {mode}。没有改动任何内容";
    helper_owner(path, uid):
        "This OpenClaw runs this program for the access token, and only if it belongs to you: {path} belongs to uid {uid}. Nothing was touched",
        "此版本的 OpenClaw 通过运行本程序来获取访问令牌，并且要求它属于您本人：{path} 属于 uid {uid}。没有改动任何内容";
    helper_passing(path):
        "This OpenClaw runs this program for the access token, and {path} goes away with the next upgrade or clean-up. Nothing was touched",
        "此版本的 OpenClaw 通过运行本程序来获取访问令牌，而 {path} 会在下次升级或清理时消失。没有改动任何内容";
    helper_chmod(path):
        "Take that right away (chmod go-w {path}), then run this again.",
        "请收回该权限（chmod go-w {path}），然后重新运行。";
    helper_install(path):
        "Put a copy of your own where it stays, and run that one: install -D -m 755 {path} ~/.local/bin/openclaw-chutes && ~/.local/bin/openclaw-chutes",
        "请把它复制到固定位置，并运行该副本：install -D -m 755 {path} ~/.local/bin/openclaw-chutes && ~/.local/bin/openclaw-chutes";

    about_renew: "Renew the stored sign-in when it is time, and have a running gateway take it", "到期前续期已存储的登录，并让运行中的网关使用新令牌";
    about_token: "The access token, for OpenClaw's exec secret provider", "访问令牌，供 OpenClaw 的 exec 密钥提供程序使用";
    arg_timer: "Have systemd, launchd or cron call this every 10 minutes, for as long as no gateway's cron does", "在没有网关的 cron 负责期间，由 systemd、launchd 或 cron 每 10 分钟调用一次";
    arg_no_timer: "Take that timer away", "移除该定时器";
    arg_login_timer: "Also make a timer that renews, where no gateway runs yet", "尚无网关运行时，同时创建续期定时器";
    arg_watch: "Go on for ever, where no timer calls this", "持续运行，用于没有定时器的环境";
    token_from_terminal: "token is what OpenClaw runs: it reads a request on standard input", "token 由 OpenClaw 运行：它从标准输入读取请求";
    token_from_terminal_hint(program): "To see how the sign-in stands: {program} models status", "查看登录状态：{program} models status";

    renewed(end, next): "Renewed. The access token is good until {end}; the next renewal is due at {next}.", "已续期。访问令牌有效期至 {end}；下次续期时间 {next}。";
    not_due(end, next): "Nothing to do: the access token is good until {end}, and its renewal is due at {next}.", "无需操作：访问令牌有效期至 {end}，续期时间 {next}。";
    is_over(end): "The access token ended at {end}.", "访问令牌已于 {end} 失效。";
    renewed_in_store: "Renewed in OpenClaw's store.", "已在 OpenClaw 的存储中续期。";
    core_renews: "Nothing to do: this OpenClaw renews the sign-in by itself, before a request.", "无需操作：此版本的 OpenClaw 会在请求之前自行续期登录。";
    nothing_to_renew: "Nothing to do: the stored credential needs no renewal.", "无需操作：已存储的凭据不需要续期。";
    no_credential: "There is no Chutes sign-in here to be renewed.", "这里没有需要续期的 Chutes 登录。";
    gateway_took: "The running gateway has taken it.", "运行中的网关已使用新令牌。";
    gateway_not_running: "No gateway runs here; it gets the token when it starts.", "此处没有运行中的网关；网关启动时会获取令牌。";
    gateway_failed(why): "The running gateway did not take it ({why}); the old token stays in use until it ends. To try by hand: openclaw secrets reload", "运行中的网关没有使用新令牌（{why}）；旧令牌在失效前继续使用。手动尝试：openclaw secrets reload";
    job_added(every): "OpenClaw's cron now looks every {every} whether it is time.", "OpenClaw 的 cron 现在每 {every} 检查一次是否需要续期。";
    job_later: "The job that renews is added to OpenClaw's cron when the gateway first runs.", "网关首次运行时，续期任务会加入 OpenClaw 的 cron。";
    timer_there(by, every): "{by} looks every {every}, until a gateway's cron does.", "{by} 每 {every} 检查一次，直到由网关的 cron 接替。";
    timer_hint(program): "Until then: {program} renew --timer has a timer of this machine look.", "在此之前：{program} renew --timer 可由本机的定时器检查。";
    timer_removed(by): "The {by} timer has gone: there is no need of it any more.", "{by} 定时器已移除：不再需要它。";
    timer_stays(by, why): "The {by} timer could not be taken away ({why}).", "无法移除 {by} 定时器（{why}）。";
    timer_failed(why): "The timer that renews was written and does not run ({why}).", "续期定时器已写入，但没有运行（{why}）。";
    timer_file_changed(paths): "changed by somebody, so left there: {paths}", "已被他人修改，因此保留：{paths}";
    timer_not_needed: "No timer was made: OpenClaw's cron does it for as long as the gateway runs.", "没有创建定时器：网关运行期间由 OpenClaw 的 cron 负责。";
    no_timers: "Nothing here calls a program at times: no systemd manager of this user, no launchd, no crontab", "此处没有可定时调用程序的机制：没有该用户的 systemd、launchd 或 crontab";
    no_timers_hint(program): "Leave {program} renew --watch running instead.", "请改为保持 {program} renew --watch 运行。";
    job_disabled: "OpenClaw's cron is switched off (cron.enabled): call this from another timer at least every 10 minutes, or leave it running with --watch.", "OpenClaw 的 cron 已关闭（cron.enabled）：请用其他定时器至少每 10 分钟调用一次，或以 --watch 持续运行。";
    job_failed(why): "The job that renews could not be added to OpenClaw's cron ({why}).", "无法将续期任务加入 OpenClaw 的 cron（{why}）。";

    plugin_switched_off:
        "The gateway of this OpenClaw does not start on a config that names Chutes while Chutes' plugin is not installed. So plugins.entries.chutes.enabled is set to false; the models work without the plugin.",
        "配置中使用 Chutes 而未安装 Chutes 插件时，此版本 OpenClaw 的网关无法启动，因此将 plugins.entries.chutes.enabled 设为 false；没有该插件，模型照常可用。";
    plugin_installed:
        "The plugin @openclaw/chutes-provider is installed: it lists models of its own and renews a sign-in of its own, which one failure of the token endpoint ends for good. What is written here works beside it.",
        "已安装插件 @openclaw/chutes-provider：它有自己的模型列表，并自行续期它的登录；令牌端点一次出错就会使该登录永久失效。这里写入的内容可与之并存。";
    way_openclaw:
        "OpenClaw renews the sign-in itself, before a request, about once an hour.",
        "OpenClaw 会在请求之前自行续期登录，大约每小时一次。";
    way_kept(every, stop):
        "This OpenClaw renews no sign-in, so this program does: it keeps the refresh token, and OpenClaw asks it for the access token. A job in OpenClaw's own cron looks every {every}. {stop}",
        "此版本的 OpenClaw 不会续期登录，因此由本程序续期：本程序保存刷新令牌，OpenClaw 向它获取访问令牌。OpenClaw 自己的 cron 任务每 {every} 检查一次。{stop}";
    way_kept_job(command): "The job: {command}", "该任务：{command}";
    way_kept_by_hand(stop):
        "This OpenClaw renews no sign-in, so this program does, and OpenClaw's cron is switched off (cron.enabled): call `openclaw-chutes renew` from another timer at least every 10 minutes, or leave `openclaw-chutes renew --watch` running. {stop}",
        "此版本的 OpenClaw 不会续期登录，因此由本程序续期，而 OpenClaw 的 cron 已关闭（cron.enabled）：请用其他定时器至少每 10 分钟调用一次 `openclaw-chutes renew`，或保持 `openclaw-chutes renew --watch` 运行。{stop}";
    way_kept_timer(stop):
        "This OpenClaw renews no sign-in, so this program does, and OpenClaw's cron is switched off (cron.enabled). {stop}",
        "此版本的 OpenClaw 不会续期登录，因此由本程序续期，而 OpenClaw 的 cron 已关闭（cron.enabled）。{stop}";
    timer_systemd(name, every): "A systemd timer of yours, {name}.timer, looks every {every}", "您的 systemd 定时器 {name}.timer 每 {every} 检查一次";
    timer_launchd(name, every): "A launchd agent of yours, {name}, looks every {every}", "您的 launchd 代理 {name} 每 {every} 检查一次";
    timer_crontab(entry): "Your crontab gets this line: {entry}", "您的 crontab 会增加这一行：{entry}";
    timer_lingers: ", also while you are logged out (loginctl enable-linger)", "，注销后也继续（loginctl enable-linger）";
    timer_until: "; it goes when a gateway's cron does it, and with undo or logout.", "；网关的 cron 接替时，以及 undo 或 logout 时会移除。";
    timer_offered(key, by, every):
        "No gateway's cron does that now. {key}: have {by} look every {every} until one does.",
        "目前没有网关的 cron 负责此事。{key}：由 {by} 每 {every} 检查一次，直到由网关的 cron 接替。";
    way_stop:
        "When that stops, requests fail once the access token ends, within an hour; the next renewal, or a gateway that starts, puts it right.",
        "如果停止续期，访问令牌到期后（一小时内）请求会失败；下一次续期或网关启动时即可恢复。";

    status_renewal: "Renewal", "续期";
    status_next(at, every): "by openclaw-chutes, next at {at}; OpenClaw's cron looks every {every}", "由 openclaw-chutes 续期，下次 {at}；OpenClaw 的 cron 每 {every} 检查一次";
    status_next_no_job(at): "by openclaw-chutes, next at {at}; the job in OpenClaw's cron is added when a gateway runs", "由 openclaw-chutes 续期，下次 {at}；网关运行时会在 OpenClaw 的 cron 中加入任务";
    status_next_timer(at, by, every): "by openclaw-chutes, next at {at}; {by} looks every {every}", "由 openclaw-chutes 续期，下次 {at}；{by} 每 {every} 检查一次";
    status_trouble(at, why): "failed at {at}: {why}", "{at} 失败：{why}";
}
