//! The wizard: rail, screens, keys.

texts! {
    app_name: "openclaw-chutes", "openclaw-chutes";
    demo_badge: "demo: nothing of yours is touched", "演示：不会改动您的任何文件";
    too_small(width, height, has_width, has_height):
        "This needs a window of {width}x{height}; it has {has_width}x{has_height}. Make it larger: nothing is lost. Ctrl-C leaves.",
        "需要 {width}x{height} 的窗口，现在是 {has_width}x{has_height}。请放大窗口，内容不会丢失。Ctrl-C 退出。";

    // Rail
    rail_auth: "Auth", "认证";
    rail_key: "API key", "密钥";
    rail_signin: "Sign in", "登录";
    rail_discover: "Discover", "发现模型";
    rail_models: "Models", "选择模型";
    rail_review: "Review", "核对";
    rail_done: "Done", "完成";

    // Auth
    auth_title: "How should OpenClaw sign in to Chutes?", "OpenClaw 用哪种方式登录 Chutes?";
    auth_api_key: "API key", "API 密钥";
    auth_api_key_about: "paste a key from chutes.ai", "粘贴在 chutes.ai 创建的密钥";
    auth_env_key(hint): "CHUTES_API_KEY {hint}", "CHUTES_API_KEY {hint}";
    auth_env_key_about: "found in the environment", "在环境变量中找到";
    auth_stored: "Keep what is stored", "保留已有凭据";
    auth_stored_api_key(hint): "API key {hint}", "API 密钥 {hint}";
    auth_stored_env(var): "API key from ${var}", "来自 ${var} 的 API 密钥";
    auth_stored_oauth(account): "OAuth, {account}", "OAuth，{account}";
    auth_stored_token: "access token", "访问令牌";
    auth_accounts: "Accounts", "账户";
    auth_accounts_about: "use another that is stored, remove one, sign out", "改用已存储的其他账户、移除账户或退出登录";
    accounts_title: "What OpenClaw has for Chutes", "OpenClaw 中的 Chutes 凭据";
    accounts_asking: "asking OpenClaw what is stored", "正在询问 OpenClaw 存储了什么";
    accounts_in_use(what): "{what}, in use", "{what}，使用中";
    accounts_way_out: "Signing out revokes the tokens, proves it, and writes this:", "退出登录将撤销令牌并验证，然后写入：";
    accounts_leaving: "revoking the tokens, then writing", "正在撤销令牌，随后写入";
    key_use: "use it", "使用";
    key_remove: "remove it", "移除";
    key_sign_out: "sign out", "退出登录";
    auth_now: "Now", "现状";
    auth_now_loading: "reading …", "读取中";
    auth_now_nothing: "Chutes is not set up in OpenClaw yet", "OpenClaw 还没有设置 Chutes";
    auth_now_database: "credentials are kept in OpenClaw's database", "凭据保存在 OpenClaw 的数据库中";
    auth_now_default(model): "default {model}", "默认模型 {model}";
    auth_now_registered(count): "{count} Chutes models registered", "已注册 {count} 个 Chutes 模型";
    auth_replaces(what): "a new credential replaces it: {what}", "新凭据将取代：{what}";
    auth_sudo(user, home): "sudo: this sets up the OpenClaw of {home}, not {user}'s. For that one, run this without sudo.",
        "通过 sudo 运行：将设置 {home} 的 OpenClaw，而不是 {user} 的。要设置后者，请不用 sudo 运行。";
    auth_writes: "Writes", "写入";
    auth_writes_when: "after Review, not before", "仅在核对并确认之后";

    // API key
    key_title: "Paste your Chutes API key", "请粘贴您的 Chutes API 密钥";
    key_count(count, whole): "{count} of {whole}", "{count} / {whole}";
    key_where: "Create one at", "创建密钥：";
    key_form: "It starts with cpk_ and has two dots. Only OpenClaw's auth store keeps it.",
        "密钥以 cpk_ 开头，含两个点。它只保存在 OpenClaw 的认证存储中。";
    key_env_default(hint): "Empty: Enter takes CHUTES_API_KEY {hint}", "留空按 Enter 使用 CHUTES_API_KEY {hint}";
    key_demo_default: "Empty: Enter takes a key for the demo. Any key of the real form works here, also to register an app; one that ends in bad is refused.",
        "留空按 Enter 使用演示密钥。演示中任何形式正确的密钥都可用，也可用来注册应用；以 bad 结尾的会被拒绝。";
    key_refused(hint): "Chutes refused the key {hint}. Enter another one.", "Chutes 拒绝了密钥 {hint}。请输入另一个。";
    key_empty: "There is no key yet: paste it here.", "还没有密钥，请粘贴到这里。";
    key_too_long: "That is too long for a key. ^U clears the field.", "内容过长，不像密钥。^U 清空输入框。";
    key_white_space: "There is white space inside: only the key itself belongs here. ^U clears the field.",
        "中间有空白字符：这里只放密钥本身。^U 清空输入框。";
    key_character: "There is a character in it that no key has. Copy it again; ^U clears the field.",
        "含有密钥不会有的字符。请重新复制，^U 清空输入框。";
    key_access_token: "This is an OAuth access token (cak_), not an API key (cpk_).",
        "这是 OAuth 访问令牌（cak_），不是 API 密钥（cpk_）。";
    key_refresh_token: "This is an OAuth refresh token (crt_), not an API key (cpk_).",
        "这是 OAuth 刷新令牌（crt_），不是 API 密钥（cpk_）。";
    key_client_id: "This is an OAuth client id (cid_), not an API key (cpk_).",
        "这是 OAuth 客户端 ID（cid_），不是 API 密钥（cpk_）。";
    key_client_secret: "This is an OAuth client secret (csc_), not an API key (cpk_).",
        "这是 OAuth 客户端密钥（csc_），不是 API 密钥（cpk_）。";
    key_prefix: "A Chutes API key starts with cpk_. This one does not.", "Chutes API 密钥以 cpk_ 开头，这个不是。";
    key_fingerprint: "This looks like the fingerprint of your account, which opens everything in it. It was cleared; never give it to anybody. An API key starts with cpk_.",
        "这看起来是您账户的指纹（fingerprint），可打开账户中的一切。已清除；请勿交给任何人。API 密钥以 cpk_ 开头。";
    key_length(count, whole): "A key has {whole} characters, this has {count} of {whole}: copy the whole key. ^U clears the field.",
        "密钥有 {whole} 个字符，这里是 {count} / {whole}：请复制完整的密钥。^U 清空输入框。";
    key_parts: "The key is not complete, or two run together: it has three parts with two dots between them.",
        "密钥不完整，或粘贴了两次：应由两个点分成三部分。";

    // Discover
    discover_title(host): "Asking {host} for its models", "正在向 {host} 查询模型";
    discover_connect: "connect", "连接";
    discover_tls: "TLS", "TLS";
    discover_request: "request", "请求";
    discover_parse: "read", "读取";
    discover_compare: "compare", "比较";
    discover_ms(ms): "{ms} ms", "{ms} 毫秒";
    discover_seconds(seconds): "{seconds} s", "{seconds} 秒";
    discover_fallback(count): "Enter goes on with the {count} built-in models. The live list can be fetched later with: openclaw-chutes models refresh",
        "按 Enter 使用内置的 {count} 个模型继续。以后可用 openclaw-chutes models refresh 获取最新列表";
    discover_refused(hint): "Chutes refused the key {hint}. k enters another one; with this one OpenClaw will get no answer.",
        "Chutes 拒绝了密钥 {hint}。按 k 换一个；用这个密钥 OpenClaw 将得不到响应。";

    // Models
    models_loading: "reading OpenClaw's files", "正在读取 OpenClaw 的文件";
    models_source_live(count, time): "{count} models, live {time}", "{count} 个模型，实时 {time}";
    models_source_cache(count, age): "{count} models, saved {age}, unverified", "{count} 个模型，保存于 {age}，未验证";
    models_source_bundled(count): "{count} built-in models, unverified", "{count} 个内置模型，未验证";
    models_source_own(count): "{count} models, configured or built in, unverified", "{count} 个已配置或内置的模型，未验证";
    models_source_gone(source, count): "{source}, {count} more not served", "{source}，另有 {count} 个已下线";
    models_source_asking(source): "{source}, asking Chutes", "{source}，正在询问 Chutes";
    models_filter: "filter", "筛选";
    models_filter_hint: "text, tools vision reasoning tee, ctx>200k in<0.5 out<2", "文字，tools vision reasoning tee，ctx>200k in<0.5 out<2";
    models_sort(by): "sort: {by}", "排序：{by}";
    models_sort_name: "name", "名称";
    models_sort_alias: "alias", "别名";
    models_sort_context: "context", "上下文";
    models_sort_output: "output", "最大输出";
    models_sort_in: "price in", "输入价";
    models_sort_out: "price out", "输出价";
    models_sort_cache: "price cache", "缓存价";
    models_shown(shown, total): "{shown} of {total}", "{shown} / {total}";
    models_hidden(shown, total, hidden): "{shown} of {total} shown, {hidden} hidden by the filter", "显示 {shown} / {total}，{hidden} 个被筛选隐藏";
    models_revealed(total): "all {total} shown, the filter is off", "显示全部 {total} 个，筛选已暂停";
    models_column_model: "model", "模型";
    models_column_role: "use", "用途";
    models_column_alias: "alias", "别名";
    models_column_context: "ctx", "窗口";
    models_column_output: "max", "上限";
    models_column_in: "in", "输入";
    models_column_out: "out", "输出";
    models_column_cache: "cache", "缓存";
    models_column_can: "can", "能力";
    models_default: "default", "默认";
    models_default_short: "def", "默";
    models_image_short: "img", "图";
    models_fallback(place): "fallback {place}", "后备 {place}";
    models_left_out: "left out", "不注册";
    models_left_out_short: "off", "不";
    models_above(count): "{count} above", "上方还有 {count} 个";
    models_below(count): "{count} below", "下方还有 {count} 个";
    models_favourite: "favourite", "收藏";
    models_no_match: "No model matches. a shows all, Esc clears the filter.", "没有匹配的模型。按 a 显示全部，按 Esc 清除筛选。";
    models_no_match_typing: "No model matches. Esc clears the filter.", "没有匹配的模型。按 Esc 清除筛选。";
    models_not_understood(word): "\"{word}\" is taken as text: numbers are compared as in ctx>200k, max>8k, in<0.5, out<2.", "“{word}”按文字处理：数值的写法是 ctx>200k、max>8k、in<0.5、out<2。";
    models_did_you_mean(word): "No model matches. Did you mean {word}?", "没有匹配的模型。您是指 {word} 吗？";
    models_not_served: "not served any more", "已下线";
    models_served: "served", "服务中";
    models_unverified: "not verified", "未验证";
    models_detail_context(tokens): "context {tokens}", "上下文 {tokens}";
    models_detail_output(tokens): "output {tokens}", "输出 {tokens}";
    models_detail_price(input, output, cache): "per million tokens: in {input} out {output} cache {cache}",
        "每百万 token：输入 {input} 输出 {output} 缓存 {cache}";
    models_detail_price_brief(input, output, cache): "{input} in, {output} out, {cache} cache", "输入 {input}，输出 {output}，缓存 {cache}";
    models_detail_no_price: "price unknown", "价格未知";
    models_detail_reasoning: "reasoning", "推理";
    models_detail_tools: "tools", "工具";
    models_detail_json: "JSON", "JSON";
    models_detail_unknown: "limits and capabilities unknown", "上限与能力未知";
    models_detail_alias(alias): "alias {alias}", "别名 {alias}";
    models_detail_alias_documented(alias): "alias {alias}, documented by OpenClaw", "别名 {alias}，OpenClaw 文档所列";
    models_detail_alias_repaired(alias): "alias {alias}, was written backwards", "别名 {alias}，原先写反了";
    models_detail_chain(models): "then {models}", "其后 {models}";
    models_detail_image: "image model", "图像模型";
    models_detail_left_out: "will not be registered", "不会注册";
    models_detail_tested(ms): "answered in {ms} ms", "{ms} 毫秒内响应";
    models_proposal_documented(wanted): "{wanted}, the documented default, is not served any more.", "文档中的默认模型 {wanted} 已下线。";
    models_proposal_default(wanted): "{wanted}, your default, is not served any more.", "您的默认模型 {wanted} 已下线。";
    models_proposal_alias(alias, wanted): "{alias}: {wanted} is gone.", "{alias}：{wanted} 已下线。";
    models_proposal_fallback(wanted): "The fallback {wanted} is gone.", "后备模型 {wanted} 已下线。";
    models_proposal_image(wanted): "The image model {wanted} is gone.", "图像模型 {wanted} 已下线。";
    models_proposal_taken(taken, reason): "{taken} is {reason}", "{taken} 是{reason}";
    models_proposal_step(old, new): "${old} → ${new}", "${old} → ${new}";
    models_proposal_dearer(input, output): ", dearer: in {input}, out {output}", "，更贵：输入 {input}，输出 {output}";
    models_proposal_too_dear(times, input, output): ", for want of anything cheaper, and more than {times} times as dear: in {input}, out {output}", "，没有更便宜的可选，价格超过原来的 {times} 倍：输入 {input}，输出 {output}";
    models_proposal_cheaper(input, output): ", cheaper: in {input}, out {output}", "，更便宜：输入 {input}，输出 {output}";
    models_proposal_nothing: "Nothing like it is served", "没有相近的模型";
    models_reason_family: "the newest of its family", "同系列中最新的";
    models_reason_built_in: "the first of the built-in models still served", "仍在服务的第一个内置模型";
    models_reason_tools: "the cheapest with tools", "支持工具的最便宜模型";
    models_reason_images: "the cheapest with images", "支持图像的最便宜模型";
    models_take: "y take it", "y 采纳";
    models_take_removal: "y remove it", "y 移除";
    models_take_all(count): "Y all {count}", "Y 采纳全部 {count} 项";
    models_pending_one: "One proposal waits on another row: y takes it.", "另一行有 1 项建议：按 y 采纳。";
    models_pending(count): "{count} proposals wait on other rows: Y takes them all.", "其他行有 {count} 项建议：按 Y 全部采纳。";
    models_asking(open): "y takes what is still proposed and goes on; Enter goes on without: new aliases stay unset, the rest as configured. Proposed: {open}",
        "按 y 采纳剩余建议并继续；按 Enter 不采纳：新别名不设置，其余保持现有配置。建议：{open}";
    models_open_default(taken): "default {taken}", "默认模型 {taken}";
    models_open_fallback(taken): "fallback {taken}", "后备模型 {taken}";
    models_open_image(taken): "image model {taken}", "图像模型 {taken}";
    models_open_alias(alias, taken): "{alias} = {taken}", "{alias} = {taken}";
    models_open_nothing: "nothing", "无";
    models_no_credential: "Chutes is not set up here: no credential is stored. Run: openclaw-chutes", "此处尚未设置 Chutes：没有存储凭据。请运行：openclaw-chutes";
    models_note_repaired(aliases): "Written backwards in the config, put right at Review: {aliases}", "配置中写反的别名，核对时会显示修复：{aliases}";
    models_note_held(alias, target, by): "{alias} is not set: {target} has your alias {by}",
        "未设置 {alias}：{target} 已有您的别名 {by}";
    models_note_explicit(target): "{target} is not in the list; taken because you asked for it",
        "{target} 不在列表中；因您指定而采用";
    models_note_made_room(before): "{before} was the default; it is the first fallback.", "{before} 原为默认模型；现为第一个后备模型。";
    models_note_moved(alias, from): "{alias} was taken from {from}", "{alias} 已从 {from} 移走";
    models_notice_no_image: "This model is not known to take images.", "此模型不支持图像输入。";
    models_notice_in_use: "It is in use as default, fallback, image model or alias, so it stays registered.", "正用作默认、后备、图像模型或别名，必须注册。";
    models_notice_is_default: "The default cannot be its own fallback.", "默认模型不能作为自己的后备。";
    models_notice_no_proposal: "There is no proposal for this row.", "这一行没有建议。";
    models_notice_not_served: "Chutes does not serve this model: OpenClaw would get no answer from it.",
        "此模型已在 Chutes 下线：OpenClaw 将得不到响应。";
    models_notice_nothing_shown: "The filter shows no model. a shows all, Esc clears it.", "筛选后没有模型。按 a 显示全部，按 Esc 清除。";
    models_notice_enter_again(id): "Enter once more makes {id} the default; w goes on.", "再按一次 Enter 将 {id} 设为默认；按 w 继续。";
    models_notice_leave: "Nothing is written yet. Esc again leaves and forgets your changes.", "尚未写入任何内容。再按一次 Esc 将退出并放弃更改。";
    models_notice_alias_set(alias): "{alias} is set.", "已设置 {alias}。";
    models_notice_alias_removed(alias): "{alias} is removed.", "已移除 {alias}。";
    models_notice_alias_moved(alias, from): "{alias} moved here from {from}.", "{alias} 已从 {from} 移到这里。";
    models_notice_default(before): "This is the default now, before it was {before}.", "现在它是默认模型，之前是 {before}。";
    models_notice_took(count): "Taken: {count}.", "已采纳 {count} 项。";
    models_testing(id): "asking {id} for one token", "正在用 {id} 试调用（1 个 token）";
    models_tested_works(id, ms): "{id} answered in {ms} ms.", "{id} 在 {ms} 毫秒内响应。";
    models_tested_price(price): "This call: ${price}", "本次调用：${price}";
    models_tested_failed(layer, id, why): "{layer}: {id}: {why}", "{layer}：{id}：{why}";
    models_layer_key: "key", "密钥";
    models_layer_balance: "balance", "余额";
    models_layer_model: "model", "模型";
    models_layer_network: "network", "网络";
    models_layer_service: "service", "服务";
    alias_rules: "letters, digits, _ . : -", "字母、数字和 _ . : -";
    alias_character(c): "{c} cannot be in an alias: letters, digits, _ . : - only", "别名不能含 {c}：只能用字母、数字和 _ . : -";
    alias_too_long: "That is too long for an alias.", "别名过长。";
    alias_duplicate(target): "it names {target} already; Tab moves it here", "它已是 {target} 的别名；按 Tab 移到这里";
    alias_duplicate_foreign(target): "it names {target} already", "它已是 {target} 的别名";
    alias_provider(name): "{name} is the name of a provider", "{name} 是提供商的名称";
    alias_model(id): "{id} is the name of a model", "{id} 是模型的名称";
    alias_command(word): "/model {word} means something else in a chat", "聊天中的 /model {word} 另有含义";

    // Review
    review_title: "This is what will be written", "将要写入的内容";
    review_title_nothing: "Nothing was written", "没有写入任何内容";
    review_title_same: "Nothing has to change", "无需更改";
    review_changed(paths): "Changed while you were reading: {paths}. Nothing was written; this is the new diff.",
        "查看期间被修改：{paths}。没有写入任何内容；以下是新的差异。";
    review_from_to(before, after): "{before} → {after}", "{before} -> {after}";
    review_folded(models, lines): "... {models} models, {lines} lines; o shows them", "... {models} 个模型，{lines} 行；按 o 显示";
    review_credential: "Credential", "凭据";
    review_models: "Models", "模型";
    review_registered(count): "{count} registered", "注册 {count} 个";
    review_planning: "working it out", "正在计算";
    review_unchanged: "Nothing has to change: OpenClaw is set up this way already.", "无需更改：OpenClaw 已经是这样设置的。";
    review_new_file: "new file", "新文件";
    review_mode(mode): "mode {mode}", "权限 {mode}";
    review_link(link): "through the link {link}", "经由链接 {link}";
    review_backup(name): "backup {name}", "备份 {name}";
    review_handover(command): "The key goes to OpenClaw's own store, on the standard input of: {command}",
        "密钥将通过标准输入交给 OpenClaw 自己的存储：{command}";
    review_lines(first, last, total): "lines {first}-{last} of {total}", "第 {first}-{last} 行，共 {total} 行";
    review_wider: "Right shows the rest of long lines", "按 Right 查看长行的后半部分";
    review_no_credential: "no test call: no Chutes credential is stored, so OpenClaw will get no answer. openclaw-chutes sets one up.",
        "未做试调用：尚未存储 Chutes 凭据，OpenClaw 将得不到响应。请运行 openclaw-chutes 进行设置。";
    review_verify_running(model): "asking {model} for one token", "正在用 {model} 试调用（1 个 token）";
    review_verify_works(model, ms): "{model} answered in {ms} ms", "{model} 在 {ms} 毫秒内响应";
    review_unserved(names): "Not served now: {names}.", "当前已下线：{names}。";
    review_unverified: "The list of models is unverified: it is not a live one.", "模型列表未验证：不是实时列表。";
    review_verify_price(price): ", this call: ${price}", "，本次调用：${price}";
    review_verify_skipped: "no test call", "不做试调用";
    review_verify_no_balance: "the key works, but the account has no balance", "密钥有效，但账户没有余额";
    review_verify_unverified(why): "not verified: {why}", "未验证：{why}";
    review_waiting_verify: "waiting for the test call", "等待试调用";
    review_waiting_plan: "waiting for the diff", "等待差异计算";
    review_writing: "writing", "正在写入";

    // Done
    doctor_title: "Doctor", "诊断";
    doctor_looking: "looking at OpenClaw's files and asking the service", "正在检查 OpenClaw 的文件并询问服务";
    doctor_changes: "What Enter changes", "按 Enter 将做的更改";
    doctor_changes_below: "What Enter changes (Down shows the rest)", "按 Enter 将做的更改（按 Down 查看其余部分）";
    doctor_mended: "Repaired", "已修复";
    doctor_mended_but(count): "Repaired what needs no person; faults left: {count}", "已修复无需人工的部分；剩余故障：{count}";
    doctor_gone(what): "repaired: {what}", "已修复：{what}";
    key_doctor: "doctor", "诊断";
    key_mend: "repair", "修复";
    key_look_again: "look again", "重新检查";
    done_title: "OpenClaw is set up for Chutes", "OpenClaw 已设置好 Chutes";
    done_unchanged: "Nothing had to change", "无需更改";
    done_unchanged_more: "OpenClaw was set up this way already; no file was written.", "OpenClaw 已经是这样设置的，没有写入文件。";
    done_wrote: "Wrote", "已写入";
    done_default: "Default", "默认";
    done_fallbacks: "Fallbacks", "后备";
    done_image: "Image", "图像";
    done_aliases: "Aliases", "别名";
    done_models(count): "{count} models registered", "已注册 {count} 个模型";
    done_test_call: "Test call", "试调用";
    done_no_credential: "No Chutes credential is stored yet, so OpenClaw gets no answer. Run: openclaw-chutes", "尚未存储 Chutes 凭据，OpenClaw 得不到响应。请运行：openclaw-chutes";
    done_title_stops: "OpenClaw is set up for Chutes, and stops in about an hour", "OpenClaw 已设置好 Chutes，但约一小时后会停止";
    renewal_stops_review(key, file): "The sign-in stops in about an hour: Chutes renews it only with the client secret. {key} keeps the secret in {file}.",
        "登录将在约一小时后停止：Chutes 续期时需要客户端密钥。按 {key} 将其保存到 {file}。";
    renewal_stops_done(file): "To keep the sign-in alive, put a line CHUTES_CLIENT_SECRET=… into {file}, or sign in again and leave the secret in.",
        "要保持登录，请在 {file} 中加入一行 CHUTES_CLIENT_SECRET=…，或重新登录并保留客户端密钥。";
    done_openclaw: "OpenClaw", "OpenClaw";
    done_reading: "reading it", "正在读取";
    done_reads(count): "reads it: the default and {count} aliases resolve", "已读取：默认模型和 {count} 个别名均可解析";
    done_reads_silent: "did not say how it reads this; ask it: openclaw models status", "没有说明如何读取；可运行：openclaw models status";
    done_reads_default(found, wanted): "OpenClaw takes {found} for the default, not {wanted}.", "OpenClaw 认为默认模型是 {found}，而不是 {wanted}。";
    done_reads_alias(alias, found, wanted): "OpenClaw takes {alias} for {found}, not {wanted}.", "OpenClaw 认为 {alias} 是 {found}，而不是 {wanted}。";
    done_reads_nothing: "nothing", "未知";
    done_next: "Next", "下一步";
    done_next_ask: "ask it something", "问它一个问题";
    done_next_status: "what OpenClaw sees", "OpenClaw 的状态";
    done_next_models: "change models later", "以后更改模型";
    done_next_gateway: "start the gateway", "启动网关";
    done_next_undo: "put the old files back", "恢复原来的文件";
    done_no_undo: "Our own state cannot be written, so this cannot be undone. XDG_STATE_HOME names another place for it.", "无法写入本程序的状态目录，因此不能撤销。可用 XDG_STATE_HOME 指定其他位置。";
    done_undoing: "Putting the old bytes back", "正在恢复原来的内容";
    done_undone: "Undone: every file is as it was before.", "已撤销：所有文件恢复原样。";

    after_changed: "Left. What was confirmed is written; `openclaw-chutes undo` puts the files back.", "已退出。已确认的更改均已写入；运行 `openclaw-chutes undo` 可恢复文件。";
    after_cancelled: "Left. Nothing was written.", "已退出，没有写入任何内容。";

    // Line by line
    plain_how: "Answer with a key's name, a number to choose a row, or text where text is asked for. An empty line is Enter; back goes back, quit leaves, ? lists the keys.",
        "请输入按键名称、行号或要求的文字。空行表示 Enter，back 返回，quit 退出，? 列出按键。";
    plain_error: "Error: ", "错误：";
    plain_warning: "Warning: ", "注意：";
    plain_labelled(label, text): "{label}: {text}", "{label}：{text}";
    plain_back: "back", "back";
    plain_quit: "quit", "quit";
    plain_more(count): "and {count} more; / TEXT filters", "还有 {count} 个，用 / 文字 筛选";
    plain_from_to(before, after): "{after}, before it was {before}", "{after}，之前是 {before}";
    plain_nothing_new: "Nothing has changed.", "没有变化。";
    plain_no_row(number, rows): "There is no row {number}: 1 to {rows} are there.", "没有第 {number} 行：可选 1 到 {rows}。";
    plain_unknown(word): "{word} is no key here. ? lists the keys.", "这里没有 {word} 这个按键。输入 ? 查看按键。";
    plain_here(row): "Cursor: {row}", "当前行：{row}";
    plain_context(tokens): "context {tokens}", "上下文 {tokens}";
    plain_thousand(count): "{count} thousand", "{count} 千";
    plain_million(count): "{count} million", "{count} 百万";
    plain_in(usd): "${usd} in", "输入 ${usd}";
    plain_out(usd): "${usd} out", "输出 ${usd}";
    plain_vision: "vision", "视觉";
    plain_row(number, what): "{number}. {what}", "{number}. {what}";

    // Trouble
    trouble_title: "OpenClaw's files cannot be used as they are", "OpenClaw 的文件目前无法使用";
    trouble_options_title: "The options cannot be carried out", "这些选项无法执行";

    // Keys
    help_title: "Keys", "按键";
    help_filter: "Filter: text, tools vision reasoning tee or +tvre, !tee, ctx>200k max>8k in<0.5 out<2 cache<0.1, sort:in", "筛选：文字，tools vision reasoning tee 或 +tvre，!tee，ctx>200k max>8k in<0.5 out<2 cache<0.1，sort:in";
    help_can: "can: r reasoning, v vision, t tools, e TEE; — unknown", "能力：r 推理，v 视觉，t 工具，e TEE；— 未知";
    key_name_space: "Space", "空格";
    key_choose: "choose", "选择";
    key_submit: "submit", "提交";
    key_go_on_built_in: "use built-in models", "用内置模型";
    key_another_key: "another key", "换密钥";
    key_retry: "try again", "重试";
    key_make_default: "default", "设为默认";
    key_go_on: "go on", "继续";
    key_go_to_default: "to the default", "跳到默认模型";
    key_sort_column: "sort by the column of this place", "按该列排序";
    key_take_proposal: "take the proposal of this row", "采纳此行的建议";
    key_take_all: "take all proposals", "采纳全部建议";
    key_filter: "filter", "筛选";
    key_edit_alias: "alias", "别名";
    key_fallback: "fallback", "后备";
    key_fallback_earlier: "fallback: earlier", "后备：提前";
    key_fallback_later: "fallback: later", "后备：推后";
    key_image: "image", "图像";
    key_leave_out: "leave out", "不注册";
    key_sort: "sort", "排序";
    key_sort_reverse: "reverse the sort", "反向排序";
    key_reveal: "show what the filter hides", "显示被隐藏的模型";
    key_refresh: "ask for the list again", "重新获取列表";
    key_test: "test", "测试";
    key_favourite: "favourite", "收藏";
    key_keep_filter: "keep the filter", "保留筛选";
    key_clear_filter: "clear", "清除";
    key_set_alias: "set (empty removes)", "设定（空则移除）";
    key_take_alias: "move it here", "移到这里";
    key_keep_alias: "leave it", "保持原样";
    key_take_and_go_on: "take them and go on", "采纳并继续";
    key_leave_and_go_on: "leave them out and go on", "不采纳并继续";
    key_write: "write", "写入";
    key_unfold: "whole diff", "完整差异";
    key_next_file: "next file", "下一个文件";
    key_previous_file: "previous file", "上一个文件";
    key_scroll_right: "rest of long lines", "长行的后半部分";
    key_scroll_left: "back to their start", "回到行首部分";
    key_check_again: "check again", "重新检查";
    key_choose_other: "choose another", "另选一个";
    key_finish: "finish", "完成";
    key_undo: "undo", "撤销";
    key_leave: "leave", "退出";
    key_close_help: "close", "关闭";
    key_up: "up", "上移";
    key_down: "down", "下移";
    key_page_up: "page up", "上一页";
    key_page_down: "page down", "下一页";
    key_first: "first", "第一个";
    key_last: "last", "最后一个";
    key_left: "left", "左移";
    key_right: "right", "右移";
    key_word_left: "word left", "左移一词";
    key_word_right: "word right", "右移一词";
    key_line_start: "start of line", "行首";
    key_line_end: "end of line", "行尾";
    key_delete_back: "delete back", "删除前一个字符";
    key_delete_forward: "delete forward", "删除后一个字符";
    key_delete_word: "delete word", "删除一词";
    key_delete_to_start: "clear to start", "删至行首";
    key_delete_to_end: "clear to end", "删至行尾";
    key_back: "back", "返回";
    key_help: "keys", "按键";
    key_quit: "leave", "退出";
}
