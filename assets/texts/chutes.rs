texts! {
    bad_endpoint(variable): "{variable} must be an https address, or http on a loopback host.", "{variable} 必须是 https 地址，或本机回环地址上的 http。";
    // Where a call went, inside the sentences below.
    failure_direct: "called directly", "直接连接，未经代理";
    failure_through(proxy): "called through the proxy {proxy}", "经由代理 {proxy}";
    // What the service said about it, at the end of a sentence.
    failure_said(said): ": {said}", "：{said}";

    failure_refused(host, route): "{host} refused the connection ({route}).", "{host} 拒绝连接（{route}）。";
    failure_dns(name, route): "The name {name} could not be resolved ({route}).", "无法解析域名 {name}（{route}）。";
    failure_tls(host, problem, route):
        "No secure connection to {host}: {problem} ({route}).",
        "无法与 {host} 建立安全连接：{problem}（{route}）。";
    failure_timeout(host, seconds, stage, route):
        "{host} did not answer within {seconds} s (at the stage: {stage}; {route}).",
        "{host} 在 {seconds} 秒内没有响应（停在：{stage}；{route}）。";
    failure_401(host, said): "{host} refused the credential (401){said}.", "{host} 拒绝了该凭据（401）{said}。";
    failure_402(host, said):
        "{host} says the account has no balance for this (402){said}.",
        "{host} 表示账户余额不足（402）{said}。";
    failure_403(host, route, said):
        "{host} does not allow this (403, {route}){said}.",
        "{host} 不允许此操作（403，{route}）{said}。";
    failure_404(host, said): "{host} does not know this (404){said}.", "{host} 上找不到所请求的内容（404）{said}。";
    failure_429(host, said): "{host} asks for fewer requests (429){said}.", "{host} 要求降低请求频率（429）{said}。";
    failure_5xx(host, status, said):
        "{host} has a problem of its own ({status}){said}.",
        "{host} 自身出现故障（{status}）{said}。";
    failure_status(host, status, said):
        "{host} answered with the unexpected status {status}{said}.",
        "{host} 返回了意外的状态码 {status}{said}。";
    failure_html(host, route):
        "{host} answered with a web page instead of JSON ({route}).",
        "{host} 返回的是网页而不是 JSON（{route}）。";
    failure_no_body(host): "{host} answered with nothing where JSON was expected.", "{host} 返回了空内容，而不是 JSON。";
    failure_not_json(host): "{host} answered with something that is not JSON.", "{host} 返回的内容不是 JSON。";
    failure_truncated(host): "The answer of {host} broke off before its end.", "{host} 的响应在结束前中断。";
    failure_malformed(host, detail):
        "{host} answered with JSON of an unexpected shape ({detail}).",
        "{host} 返回的 JSON 结构不符合预期（{detail}）。";
    failure_too_large(host, mebibytes):
        "The answer of {host} is larger than {mebibytes} MiB.",
        "{host} 的响应超过 {mebibytes} MiB。";
    failure_empty(host): "{host} lists no models.", "{host} 的模型列表为空。";
    failure_none_usable(host, skipped):
        "{host} lists {skipped} models, none with a usable id.",
        "{host} 列出了 {skipped} 个模型，但没有一个带有可用的标识。";
    failure_redirected(host, to):
        "{host} redirects to {to}, which was not followed.",
        "{host} 重定向到 {to}，未予跟随。";
    failure_proxy_unreachable(proxy, host):
        "The proxy {proxy}, on the way to {host}, cannot be reached.",
        "无法连接前往 {host} 所用的代理 {proxy}。";
    failure_proxy_authentication(proxy, host):
        "The proxy {proxy}, on the way to {host}, wants a user name and password.",
        "前往 {host} 所用的代理 {proxy} 要求用户名和密码。";
    failure_proxy_declined(proxy, host):
        "The proxy {proxy} did not open a connection to {host}.",
        "代理 {proxy} 未能建立到 {host} 的连接。";
    failure_proxy_setting(variable, host):
        "{variable} holds no usable proxy address, so {host} was not called.",
        "{variable} 中没有可用的代理地址，因此未访问 {host}。";
    failure_network(host, detail, route):
        "The call to {host} failed: {detail} ({route}).",
        "访问 {host} 失败：{detail}（{route}）。";
    failure_credential_malformed(host):
        "The credential for {host} holds characters that cannot be sent.",
        "发往 {host} 的凭据含有无法传输的字符。";

    stage_connect: "connecting", "建立连接";
    stage_tls: "TLS handshake", "TLS 握手";
    stage_request: "waiting for the answer", "等待响应";
    stage_parse: "reading the list", "解析列表";

    tls_unknown_issuer:
        "its certificate comes from an authority this computer does not trust",
        "其证书的签发机构不受本机信任";
    tls_expired: "its certificate has expired", "其证书已过期";
    tls_not_yet_valid: "its certificate is not valid yet", "其证书尚未生效";
    tls_wrong_name: "its certificate is for another name", "其证书属于另一个域名";
    tls_revoked: "its certificate was revoked", "其证书已被吊销";
    tls_not_tls: "the other side does not speak TLS", "对方使用的不是 TLS 协议";

    hint_refused:
        "Check the address (CHUTES_BASE_URL) and whether a firewall or a missing HTTPS_PROXY is in the way.",
        "请检查地址（CHUTES_BASE_URL），以及是否被防火墙拦截或缺少 HTTPS_PROXY 设置。";
    hint_proxy:
        "Check HTTPS_PROXY, ALL_PROXY and NO_PROXY, and whether the proxy lets this host through.",
        "请检查 HTTPS_PROXY、ALL_PROXY 和 NO_PROXY，以及代理是否放行该主机。";
    hint_dns:
        "Check the network and the DNS settings of this computer.",
        "请检查本机的网络和 DNS 设置。";
    hint_dns_proxy:
        "Check the proxy's name; with a socks5:// proxy, socks5h:// lets the proxy resolve names.",
        "请检查代理的名称；如使用 socks5:// 代理，可改用 socks5h:// 由代理解析域名。";
    hint_tls_issuer:
        "If this network inspects TLS, set SSL_CERT_FILE to a file with its authority's certificate.",
        "如果网络会检查 TLS 流量，请将 SSL_CERT_FILE 设为含有其签发机构证书的文件。";
    hint_tls_clock: "Check the date and time of this computer.", "请检查本机的日期和时间。";
    hint_tls:
        "Check the address, and whether something on the network answers in its place.",
        "请检查地址，以及网络中是否有其他设备代为响应。";
    hint_network: "Check the network and try again.", "请检查网络后重试。";
    hint_401(page):
        "Check that the credential is complete and still valid; API keys are made at {page}.",
        "请确认凭据完整且仍然有效；API 密钥可在 {page} 创建。";
    hint_403:
        "Check what the credential may do, and whether a proxy or firewall on the way forbids the call.",
        "请检查该凭据的权限，以及途中的代理或防火墙是否禁止此访问。";
    hint_404: "Check the model's name and the address (CHUTES_BASE_URL).", "请检查模型名称和地址（CHUTES_BASE_URL）。";
    hint_retry: "Wait a moment and try again.", "请稍候重试。";
    hint_retry_after(seconds): "Try again in {seconds} s.", "请在 {seconds} 秒后重试。";
    hint_html:
        "A login page of the network, a proxy or a wrong address (CHUTES_BASE_URL) may have answered.",
        "作出响应的可能是网络登录页或代理，也可能是地址（CHUTES_BASE_URL）有误。";
    hint_service:
        "Check the address (CHUTES_BASE_URL); if it is right, the service has a problem: try again later.",
        "请检查地址（CHUTES_BASE_URL）；如果无误，则是服务出现问题，请稍后重试。";
    hint_redirected:
        "If the new address is right, set CHUTES_BASE_URL to it; the credential was not sent there.",
        "如果新地址正确，请将 CHUTES_BASE_URL 设为该地址；凭据未发送到那里。";

    narrow_key_may_not:
        "This key may not make other keys. It stays as it is.",
        "该密钥不能创建其他密钥，将原样使用。";
    narrow_key_name_taken:
        "Chutes says that every name tried for the new key is taken. Try again.",
        "Chutes 表示尝试过的密钥名称都已被占用。请重试。";
    narrow_key_unreadable:
        "Chutes answered, but with no key that can be read. Look at your keys in the Chutes account.",
        "Chutes 已响应，但响应中没有可读取的密钥。请在 Chutes 账户中查看您的密钥。";
}
