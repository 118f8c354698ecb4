// The app and its settings. What a person can do ends each message.
texts! {
    client_id_empty: "Enter the client id of your app: cid_ and 24 letters or digits.", "请输入应用的客户端 ID：cid_ 加 24 位小写字母或数字。";
    client_id_is_secret: "That is the client secret. The client id begins with cid_: copy that one from the app's page.", "这是客户端密钥。客户端 ID 以 cid_ 开头，请从应用页面复制它。";
    client_id_is_key: "That is a key or a token, not a client id. To use an API key, go back and choose API key.", "这是密钥或令牌，不是客户端 ID。要用 API 密钥，请返回并选择“API 密钥”。";
    client_id_no_prefix: "A client id begins with cid_. Copy it from the app's page once more.", "客户端 ID 以 cid_ 开头。请从应用页面重新复制。";
    client_id_length(count): "A client id has 24 characters after cid_, this one has {count}. Copy it once more, whole.", "客户端 ID 在 cid_ 之后有 24 个字符，这里有 {count} 个。请完整地重新复制。";
    client_id_character: "After cid_ come only lower-case letters and digits. Copy the client id once more.", "cid_ 之后只有小写字母和数字。请重新复制客户端 ID。";
    client_secret_empty: "Enter the client secret of your app: csc_ and 48 letters or digits. Chutes signs nobody in without it.", "请输入应用的客户端密钥：csc_ 加 48 位字母或数字。没有它 Chutes 不会完成登录。";
    client_secret_is_id: "That is the client id. The client secret begins with csc_: it is shown when the app is made.", "这是客户端 ID。客户端密钥以 csc_ 开头，在创建应用时显示。";
    client_secret_is_key: "That is a key or a token, not a client secret. A client secret begins with csc_.", "这是密钥或令牌，不是客户端密钥。客户端密钥以 csc_ 开头。";
    client_secret_no_prefix: "A client secret begins with csc_. Copy it from the app's page once more.", "客户端密钥以 csc_ 开头。请从应用页面重新复制。";
    client_secret_length(count): "A client secret has 48 characters after csc_, this one has {count}. Copy it once more, whole.", "客户端密钥在 csc_ 之后有 48 个字符，这里有 {count} 个。请完整地重新复制。";
    client_secret_character: "After csc_ come only letters and digits. Copy the client secret once more.", "csc_ 之后只有字母和数字。请重新复制客户端密钥。";

    app_key_may_not: "This key may not register apps: Chutes takes only an admin key for that, or does not know the key. Enter the client id and secret of an app instead.", "该密钥不能注册应用：Chutes 只接受管理员密钥，或不认识该密钥。请改为填写已有应用的客户端 ID 和客户端密钥。";
    app_name_taken: "Chutes says that every name tried for the app is taken. Try again, or register the app in the browser.", "Chutes 表示尝试过的应用名称都已被占用。请重试，或在浏览器中注册应用。";
    app_rejected(said): "Chutes does not accept the app ({said}). Register it in the browser and enter its client id and secret.", "Chutes 不接受该应用（{said}）。请在浏览器中注册，再填写其客户端 ID 和客户端密钥。";
    app_unreadable: "Chutes registered an app but its answer cannot be read. Look for it in your Chutes account, and enter its client id and secret.", "Chutes 的响应无法读取，应用可能已注册。请在您的 Chutes 账户中查看，并填写其客户端 ID 和客户端密钥。";
    app_redirect_missing(uri): "The app does not have this redirect address, so Chutes would show an error page. Register exactly {uri} with it, then start again.", "该应用没有注册这个重定向地址，Chutes 会显示错误页面。请为它准确注册 {uri}，然后重新开始。";
    page_says(uri): "If the page says “Redirect URI not registered”, register exactly {uri} with the app; if it says “Unknown client_id”, check the client id. Nothing comes back here in either case.", "如果页面显示 “Redirect URI not registered”，请为应用准确注册 {uri}；如果显示 “Unknown client_id”，请检查客户端 ID。这两种情况下这里都不会收到任何结果。";
    scopes_kept(scopes): "{scopes} is asked for as well, as before: with less, the sign-in that a gateway uses would lose it at its next renewal.", "还会像以前一样请求 {scopes}：若请求更少，网关正在使用的登录会在下次续期时失去它。";

    in_variable(variable, message): "{variable}: {message}", "{variable}：{message}";

    redirect_scheme(value): "{value} is refused: the sign-in may only return to http:// on this machine. Unset the variable to use the default.", "拒绝 {value}：登录只能回到本机的 http:// 地址。取消该变量即可使用默认值。";
    redirect_user_info(value): "{value} is refused: it carries a user name. Unset the variable to use the default.", "拒绝 {value}：地址中带有用户名。取消该变量即可使用默认值。";
    redirect_host(value, host): "{value} is refused: {host} is not this machine; only 127.0.0.1, [::1] and localhost are. Unset the variable to use the default.", "拒绝 {value}：{host} 不是本机，只接受 127.0.0.1、[::1] 和 localhost。取消该变量即可使用默认值。";
    redirect_port(value): "{value} is refused: it needs a port, as in http://127.0.0.1:1456/oauth-callback. Add the registered port.", "拒绝 {value}：需要端口，例如 http://127.0.0.1:1456/oauth-callback。请补上注册时的端口。";
    redirect_path(value): "{value} is refused: it needs a plain path, as in http://127.0.0.1:1456/oauth-callback. Write it as registered.", "拒绝 {value}：需要简单的路径，例如 http://127.0.0.1:1456/oauth-callback。请写成注册时的样子。";
    scope_refused(scope): "“{scope}” is no scope. List scopes separated by spaces.", "“{scope}”不是有效的权限范围。请用空格分隔各个范围。";
    resume_expired(at): "The sign-in that was begun earlier expired at {at}. Start a new one.", "先前开始的登录已于 {at} 过期。请重新开始。";
    resume_other_service: "The sign-in that was begun earlier belongs to another service address. Start a new one.", "先前开始的登录属于另一个服务地址。请重新开始。";
    resume_damaged: "The record of the earlier sign-in cannot be read. Start a new one.", "先前登录的记录无法读取。请重新开始。";
}

// What was pasted, or what a callback brought.
texts! {
    paste_empty: "Nothing was pasted. Paste the whole address your browser ended on.", "没有粘贴任何内容。请粘贴浏览器最后停留的完整地址。";
    paste_too_long(size): "That is {size} bytes, far more than an address. Copy only the address bar and paste again.", "内容有 {size} 字节，远超一个地址。请只复制地址栏再粘贴。";
    paste_only_code: "That is only the code. Paste the whole address: it begins with http:// and also holds state=.", "这只是 code。请粘贴完整地址：以 http:// 开头，并且包含 state=。";
    paste_authorize_link: "That is the link to sign in, not where it leads. Open it, allow access, then paste the address you end on.", "这是登录链接，不是登录后的地址。请打开它并允许访问，再粘贴最后停留的地址。";
    paste_other_attempt: "That address belongs to another attempt. Open the link shown here, then paste its address.", "该地址属于另一次登录。请打开这里显示的链接，再粘贴得到的地址。";
    paste_no_state: "That address holds no state. Copy the whole address bar, to its very end, and paste again.", "该地址中没有 state。请把地址栏复制到末尾再粘贴。";
    paste_no_code: "That address was cut: the code is missing. Copy the whole address bar and paste again.", "该地址不完整，缺少 code。请复制整个地址栏再粘贴。";
    paste_ambiguous: "That address says the same thing twice, differently. Copy it once more from the address bar and paste it alone.", "该地址中有重复且不一致的参数。请从地址栏重新复制，单独粘贴。";
    paste_expired(at): "The answer is right, but the time ran out at {at}. Start again with a new link.", "内容正确，但已于 {at} 过期。请用新链接重新开始。";
    paste_other_site(host): "That is an address on {host}. Finish there, until the browser ends on http://127.0.0.1, and paste that address.", "这是 {host} 上的地址。请在那里完成操作，直到浏览器停在 http://127.0.0.1，再粘贴那个地址。";
    paste_unrecognised: "No sign-in address is in that text. Paste the address your browser ended on; it holds code= and state=.", "这段文字里没有登录地址。请粘贴浏览器最后停留的地址，其中有 code= 和 state=。";

    refused_denied: "Access was declined in the browser. Nothing was changed; start again to get a new link.", "您在浏览器中拒绝了访问。没有任何更改；重新开始可获得新链接。";
    refused_denied_because(reason): "Access was declined: {reason}. Nothing was changed; start again to get a new link.", "访问被拒绝：{reason}。没有任何更改；重新开始可获得新链接。";
    refused_scope: "Chutes does not grant one of the scopes asked for. Take it out of CHUTES_OAUTH_SCOPES, or unset that variable, and start again.", "Chutes 不授予所请求的某个权限范围。请从 CHUTES_OAUTH_SCOPES 中去掉它，或取消该变量，然后重新开始。";
    refused_scope_because(reason): "Chutes does not grant one of the scopes asked for: {reason}. Take it out of CHUTES_OAUTH_SCOPES, or unset that variable, and start again.", "Chutes 不授予所请求的某个权限范围：{reason}。请从 CHUTES_OAUTH_SCOPES 中去掉它，或取消该变量，然后重新开始。";
    refused_other(error): "Chutes refused the sign-in ({error}). Start again to get a new link.", "Chutes 拒绝了登录（{error}）。重新开始可获得新链接。";
    refused_other_because(error, reason): "Chutes refused the sign-in ({error}: {reason}). Start again to get a new link.", "Chutes 拒绝了登录（{error}：{reason}）。重新开始可获得新链接。";
}

// The token endpoint.
texts! {
    token_spent: "The code was used already, or is too old. Start again with a new link.", "该 code 已被使用或已过期。请用新链接重新开始。";
    token_refresh_spent: "The stored sign-in cannot be renewed any more: its refresh token was used or has expired. Sign in again.", "已存储的登录无法再续期：刷新令牌已被使用或已过期。请重新登录。";
    token_client: "Chutes does not accept this app: the client id or secret is wrong. Check both, and start again.", "Chutes 不接受该应用：客户端 ID 或客户端密钥有误。请检查两者后重新开始。";
    token_client_secret_missing: "No client secret was sent, and Chutes neither completes nor renews a sign-in without it. Set CHUTES_CLIENT_SECRET, or enter it when asked, and try again.", "没有发送客户端密钥，而缺少它 Chutes 既不完成也不续期登录。请设置 CHUTES_CLIENT_SECRET，或在询问时输入，然后重试。";
    token_request: "Chutes did not understand the request. Check that the redirect address is registered exactly as used, and start again.", "Chutes 无法处理该请求。请确认重定向地址与注册的完全一致，然后重新开始。";
    token_scope(scope): "Access to {scope} was not granted, and without it no model can be called. Sign in again and allow it.", "没有获得 {scope} 权限，缺少它就无法调用模型。请重新登录并允许该权限。";
    token_unreadable: "The sign-in service sent an answer that cannot be read. Check CHUTES_IDP_BASE_URL and try again.", "登录服务返回了无法读取的内容。请检查 CHUTES_IDP_BASE_URL 后重试。";
}

// Renewal.
texts! {
    renewal_no_refresh: "No refresh token is stored, so this sign-in ends when its access token does. Sign in again to get one.", "没有存储刷新令牌，访问令牌到期后登录即失效。请重新登录以获取。";
    renewal_no_client_id: "No client id is stored or set, so the sign-in cannot be renewed. Set CHUTES_CLIENT_ID.", "没有存储或设置客户端 ID，登录无法续期。请设置 CHUTES_CLIENT_ID。";
    renewal_failed(why): "The stored sign-in could not be renewed. {why}", "已存储的登录未能续期。{why}";
    renewal_no_secret: "OpenClaw will not have CHUTES_CLIENT_SECRET when it renews, about an hour from now, and Chutes will refuse. Put it in OpenClaw's .env file.", "约一小时后 OpenClaw 续期时读不到 CHUTES_CLIENT_SECRET，Chutes 会拒绝。请把它写入 OpenClaw 的 .env 文件。";
}

// The callback: the listener, and the pages it answers with. Pages are constants: no placeholders.
texts! {
    port_busy(port): "Port {port} is in use by another program, so the browser cannot report back by itself. Paste the address it ends on.", "端口 {port} 被其他程序占用，浏览器无法自动返回结果。请粘贴浏览器最后停留的地址。";
    port_busy_by(port, holder): "Port {port} is in use by {holder}, so the browser cannot report back by itself. Paste the address it ends on.", "端口 {port} 被 {holder} 占用，浏览器无法自动返回结果。请粘贴浏览器最后停留的地址。";
    no_listener(port, reason): "Nothing can listen on port {port} here ({reason}). Paste the address your browser ends on.", "这里无法监听端口 {port}（{reason}）。请粘贴浏览器最后停留的地址。";

    page_stored_title: "You are signed in", "登录成功";
    page_stored_text: "Chutes is set up in OpenClaw, and the credential is stored.", "Chutes 已在 OpenClaw 中设置好，凭据已保存。";
    page_stored_next: "You can close this tab.", "可以关闭此标签页。";
    page_signed_in_title: "You are signed in", "登录成功";
    page_signed_in_text: "Chutes accepted the sign-in. Nothing is stored yet.", "Chutes 已接受登录，尚未保存任何内容。";
    page_signed_in_next: "Go back to the terminal to finish. You can close this tab.", "请回到终端完成设置。可以关闭此标签页。";
    page_denied_title: "Access was declined", "访问被拒绝";
    page_denied_text: "Nothing was changed or stored.", "没有任何更改，也没有保存任何内容。";
    page_denied_next: "The terminal offers to start again. You can close this tab.", "可在终端中重新开始。可以关闭此标签页。";
    page_refused_title: "Chutes refused the sign-in", "Chutes 拒绝了登录";
    page_refused_text: "Nothing was changed or stored. The terminal says why.", "没有任何更改。原因显示在终端中。";
    page_refused_next: "Go back to the terminal.", "请回到终端。";
    page_exchange_title: "The sign-in could not be finished", "登录未能完成";
    page_exchange_text: "Chutes did not accept the code. Nothing was stored.", "Chutes 没有接受该 code，没有保存任何内容。";
    page_exchange_next: "Go back to the terminal and start again with a new link.", "请回到终端，用新链接重新开始。";
    page_network_title: "The sign-in could not be finished", "登录未能完成";
    page_network_text: "The terminal could not reach Chutes. Nothing was stored.", "终端无法连接 Chutes，没有保存任何内容。";
    page_network_next: "Go back to the terminal; it says what went wrong.", "请回到终端查看具体原因。";
    page_scope_title: "A permission is missing", "缺少权限";
    page_scope_text: "Calling models (chutes:invoke) was not allowed. Nothing was stored.", "未允许调用模型（chutes:invoke），没有保存任何内容。";
    page_scope_next: "Go back to the terminal, start again and allow it.", "请回到终端重新开始，并允许该权限。";
    page_store_title: "The credential could not be stored", "凭据未能保存";
    page_store_text: "Chutes accepted the sign-in, but it could not be written to OpenClaw.", "Chutes 已接受登录，但未能写入 OpenClaw。";
    page_store_next: "Go back to the terminal; it says what went wrong.", "请回到终端查看具体原因。";
    page_ended_title: "This sign-in has ended", "本次登录已结束";
    page_ended_text: "The terminal stopped waiting before it was finished. Nothing was stored.", "终端在完成前停止了等待，没有保存任何内容。";
    page_ended_next: "Start again in the terminal to get a new link.", "请在终端重新开始以获得新链接。";
    page_expired_title: "The time ran out", "已超时";
    page_expired_text: "This answer came after the sign-in expired. Nothing was stored.", "登录过期后才收到结果，没有保存任何内容。";
    page_expired_next: "Start again in the terminal to get a new link.", "请在终端重新开始以获得新链接。";
    page_not_ours_title: "This is not the sign-in we are waiting for", "这不是正在等待的登录";
    page_not_ours_text: "The link is from an earlier attempt, or the address is not complete. The terminal is still waiting.", "该链接来自先前的登录，或地址不完整。终端仍在等待。";
    page_not_ours_next: "Open the link that the terminal shows now.", "请打开终端当前显示的链接。";
    page_not_found_title: "Nothing is here", "这里没有内容";
    page_not_found_text: "This address only waits for the end of a sign-in with Chutes.", "此地址只用于等待 Chutes 登录完成。";
    page_not_found_next: "Open the link that the terminal shows.", "请打开终端显示的链接。";
}

// Clipboard, browser, host.
texts! {
    copied: "Copied.", "已复制。";
    copy_sent_tmux: "Sent to tmux and through it to your terminal. Whether it arrived cannot be known here; v shows the bare link.", "已发送到 tmux 并由它转给终端。这里无法确认是否到达；按 v 显示单行链接。";
    copy_sent_terminal: "Sent to your terminal. Whether it accepted cannot be known here; v shows the bare link.", "已发送到终端。这里无法确认终端是否接受；按 v 显示单行链接。";

    no_state(dir): "{dir} cannot be written, so this sign-in cannot be continued by another run. XDG_STATE_HOME names another place.", "无法写入 {dir}，因此本次登录不能在另一次运行中继续。可用 XDG_STATE_HOME 指定其他位置。";
    browser_opened: "Asked your browser to open the link. If no page appears, use the link.", "已请求浏览器打开链接。如果没有出现页面，请使用该链接。";
    browser_remote: "No browser is opened here: this is a remote host. Open the link on your own machine.", "这是远程主机，不会在这里打开浏览器。请在自己的电脑上打开链接。";
    browser_none: "No browser was found here. Open the link on any machine.", "这里没有找到浏览器。请在任意设备上打开链接。";
    browser_text(name): "{name} is a text browser and is not started. Open the link on any machine.", "{name} 是文本浏览器，不会启动。请在任意设备上打开链接。";
    browser_unsafe: "The link does not lead to Chutes, so it is not opened.", "该链接不指向 Chutes，因此不会打开。";
    browser_failed(name): "{name} could not be started. Open the link on any machine.", "无法启动 {name}。请在任意设备上打开链接。";

    host_local(reason): "Local: {reason}.", "本机：{reason}。";
    host_remote(reason): "Remote host: {reason}.", "远程主机：{reason}。";
    reason_set(variable): "{variable} is set", "已设置 {variable}";
    reason_sshd: "this shell descends from sshd", "当前 shell 由 sshd 启动";
    reason_container(kind): "running in a container ({kind})", "运行在容器中（{kind}）";
    reason_no_display: "no display is available", "没有可用的图形界面";
    reason_display(variable): "a display is available ({variable})", "有可用的图形界面（{variable}）";
    reason_wsl: "Windows Subsystem for Linux, Windows opens the link", "Windows 的 Linux 子系统，由 Windows 打开链接";
    reason_macos: "macOS", "macOS";
    reason_asked: "you asked for it", "由您指定";
    ssh_server_unknown: "Replace USER@HOST by what you type after ssh to get here.", "请把 USER@HOST 换成您平时 ssh 连接到这里时输入的内容。";
    qr_too_small(needs, has): "The QR code needs {needs} characters, the window has {has}. Enlarge it, or press f to write the link to a file.", "二维码需要 {needs} 个字符的窗口，当前为 {has}。请放大窗口，或按 f 把链接写入文件。";
    qr_too_long: "The link is too long for a QR code. Press c to copy it, or f to write it to a file.", "链接太长，无法生成二维码。请按 c 复制，或按 f 写入文件。";
    qr_gaps: "Gaps between the rows? Press f and open the file instead.", "行与行之间有缝隙？请按 f，改用文件。";
    qr_phone: "The phone will end on a page that cannot load: copy its address and paste it here.", "手机最后会停在打不开的页面：复制它的地址，粘贴到这里。";
}

// The stand-in's own pages.
texts! {
    login_title: "Sign in to Chutes", "登录 Chutes";
    login_text(app): "{app} sends you here to sign in.", "{app} 请您在此登录。";
    login_submit(user): "Sign in as {user}", "以 {user} 的身份登录";
    consent_title: "Allow access to Chutes?", "允许访问 Chutes 吗？";
    consent_text(app): "{app} asks for:", "{app} 请求以下权限：";
    consent_allow: "Allow", "允许";
    consent_deny: "Deny", "拒绝";
    consent_standin: "Stand-in for Chutes on this machine. No account is involved.", "本机上的 Chutes 替身，不涉及任何账户。";
    consent_error_title: "This sign-in cannot start", "无法开始登录";
}

// The wizard: choosing, the app screen, the sign-in screen.
texts! {
    auth_oauth: "Sign in with Chutes", "用 Chutes 账号登录";
    auth_oauth_about: "OAuth, in any browser, here or elsewhere", "OAuth，可在任意设备的浏览器中完成";
    auth_continue: "Continue the sign-in", "继续上次的登录";
    auth_continue_about(at, minutes): "begun at {at}, {minutes} min left", "开始于 {at}，还剩 {minutes} 分钟";

    app_title: "Which OAuth app signs in?", "用哪个 OAuth 应用登录？";
    app_secret_title: "The app's client secret", "应用的客户端密钥";
    app_id: "Client id", "客户端 ID";
    app_secret: "Client secret", "客户端密钥";
    app_needed: "csc_…, needed", "csc_…，必填";
    app_api_key: "or API key", "或 API 密钥";
    app_api_key_about: "registers an app for you", "为您注册应用";
    app_characters(count, whole): "{count} of {whole}", "{count} / {whole}";
    app_from_file(hint, file): "{hint} from {file}", "{hint} 来自 {file}";
    app_secret_length(count, whole): "A client secret has {whole} characters, this has {count} of {whole}: copy it once more, whole. ^U clears the field.", "客户端密钥有 {whole} 个字符，这里是 {count} / {whole}：请完整地重新复制。^U 清空输入框。";
    app_key_for: "Chutes registers an app with an API key that may do everything (an admin key). It is used this once and stored nowhere; the new app's client id and secret come back, and the sign-in goes on.", "Chutes 用拥有全部权限的 API 密钥（管理员密钥）注册应用。该密钥只用这一次，不会存储；随后会得到新应用的客户端 ID 和客户端密钥，登录继续进行。";
    app_registering: "Registering an app with Chutes…", "正在向 Chutes 注册应用…";
    app_made(name): "Registered the app {name}.", "已注册应用 {name}。";
    app_from_environment(hint): "{hint} in the environment", "{hint} 来自环境变量";
    app_demo_secret(hint): "{hint}, the demo's own", "{hint}，演示自带";
    app_secret_for(file): "Chutes asks for the secret now, and again about every hour when OpenClaw renews the sign-in: Review puts it into {file}. It was shown when the app was made.", "Chutes 现在需要客户端密钥，之后 OpenClaw 约每小时续期时也需要：核对页会将它写入 {file}。它在创建应用时显示过。";
    app_secret_kept: "Chutes asks for the secret now, and again about every half hour when this program renews the sign-in, which OpenClaw does not: it is kept in this program's own state, for you alone. It was shown when the app was made.", "Chutes 现在需要客户端密钥，之后本程序约每半小时续期时也需要（此版本的 OpenClaw 不会续期）：它保存在本程序自己的状态目录中，仅您可读。它在创建应用时显示过。";
    app_register: "No app yet? Paste an API key into the third field, or register one in the browser:", "还没有应用？在第三个输入框粘贴 API 密钥，或在浏览器中注册：";
    app_docs: "How", "方法";
    app_redirect: "Redirect URI", "重定向地址";
    app_redirect_exact: "exactly as shown", "必须完全一致";
    app_scopes: "Scopes", "权限范围";
    app_demo: "The demo brings an app of its own; Enter takes it.", "演示自带一个应用，按 Enter 即可。";

    ways_title: "Open this link in any browser", "在任意浏览器中打开此链接";
    ways_left(time): "{time} left", "剩余 {time}";
    ways_until(time): "until {time}", "{time} 截止";
    ways_time_up: "time is up", "已超时";
    ways_expired: "The time ran out. Enter makes a new link, + gives this one more time.", "已超时。按 Enter 生成新链接，按 + 延长此链接。";
    ways_open(host): "open {host}", "打开 {host}";
    ways_error_page(uri): "The page says “Unknown client_id”? Esc, and check it. “Redirect URI not registered”? Register exactly {uri}", "页面显示 “Unknown client_id”？请按 Esc 并检查它。显示 “Redirect URI not registered”？请准确注册 {uri}";
    ways_finish: "Then any one of these finishes it", "然后用以下任一方式完成";
    ways_paste: "paste the address your browser ends on", "粘贴浏览器最后停留的地址";
    ways_demo: "or, as this is the demo: Enter, with nothing pasted, allows it for you", "或者，因为这是演示：不粘贴任何内容，直接按 Enter，即代您允许访问";
    ways_wait: "or just wait: the browser reports back by itself", "或等待：浏览器会自动返回结果";
    ways_tunnel: "or forward the port from your machine, and it finishes by itself", "或从您的电脑转发端口，之后会自动完成";
    ways_workspace(port): "or forward port {port} in your editor (Ports), and it finishes by itself", "或在编辑器的 “端口” 面板中转发端口 {port}，之后会自动完成";
    ways_container: "or, on the host of this container, with that address for ADDRESS", "或在此容器的宿主机上执行（ADDRESS 换成该地址）";
    ways_container_port: "or, on your machine, and it finishes by itself", "或在您的电脑上执行，之后会自动完成";
    ways_characters(count): "{count} characters", "{count} 个字符";
    ways_listening(address): "Listening on {address}.", "正在监听 {address}。";
    ways_preparing: "Preparing the link", "正在准备链接";
    ways_exchanging(host): "The answer is here. Asking {host} for the token", "已收到结果，正在向 {host} 换取令牌";
    over_title: "The sign-in did not finish", "登录未完成";
    over_nothing: "Nothing was written.", "没有写入任何内容。";

    bare_back: "Press any key to go back.", "按任意键返回。";
    link_saved(path): "Written to {path}, readable by you alone. It is removed when the sign-in ends.", "已写入 {path}，仅您可读。登录结束后会删除。";
    link_not_saved(path, reason): "{path} was not written: {reason}.", "未能写入 {path}：{reason}。";
    qr_title: "Scan it with your phone", "用手机扫描";
    qr_ask_finer: "Press q for a finer code, which needs a font that has it.", "按 q 显示更细的二维码，需要字体支持。";

    key_next: "go on", "继续";
    key_other_field: "next field", "下一个输入框";
    key_previous_field: "field before", "上一个输入框";
    key_new_link: "new link", "新链接";
    key_other_host: "browser here or not", "本机或远程浏览器";
    key_more_time: "more time", "延长时间";
    key_copy: "copy", "复制";
    key_copy_tunnel: "copy the ssh line", "复制 ssh 命令";
    key_bare: "bare link", "单行链接";
    key_save: "save to file", "存为文件";
    key_qr: "QR code", "二维码";
    key_qr_finer: "finer, or close", "更精细，或关闭";
    key_save_qr: "save as picture", "存为图片";
    key_any: "back", "返回";
    key_renewal_timer: "timer", "定时器";
    key_trade: "narrow key", "换受限密钥";
    trade_offered: "This key may do everything on the account, moving its balance included. x has Chutes make one for OpenClaw that may only call models.", "该密钥可操作账户的一切，包括转出余额。按 x 让 Chutes 为 OpenClaw 创建一个只能调用模型的密钥。";
    trade_running: "Chutes is making a key that may only call models…", "Chutes 正在创建只能调用模型的密钥…";
    made_key(name): "The key “{name}” was made at Chutes for this; u deletes it again. Later: chutes.ai, Settings, API keys.", "为此在 Chutes 创建了密钥“{name}”；按 u 会将其删除。以后删除：chutes.ai，Settings，API keys。";
    made_key_deleted(name): "The key “{name}” is deleted at Chutes, too.", "Chutes 上的密钥“{name}”也已删除。";
    made_app(name): "The OAuth app “{name}” was registered at Chutes for this, and stays there. To delete it: chutes.ai, Settings, OAuth apps.", "为此在 Chutes 注册了 OAuth 应用“{name}”，它会保留。删除方法：chutes.ai，Settings，OAuth apps。";
    trade_done(name): "Now with the new key “{name}”, which may only call models; undo deletes it.", "现在使用新密钥“{name}”，它只能调用模型；撤销会删除它。";
    key_client_secret: "client secret", "客户端密钥";
}
