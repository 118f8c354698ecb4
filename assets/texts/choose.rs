// Choosing: successors, pools, recommendations, health, the account, costs.
texts! {
    reason_cheapest: "the cheapest that can", "能胜任的最便宜模型";
    reason_quickest: "the quickest to answer", "响应最快的模型";
    reason_nearest: "the one that reasons at the nearest price", "价格最接近的推理模型";
    reason_repaired: "the pool without what is gone", "去掉已下线成员后的模型池";

    price_in_out(input, output): "{input} in, {output} out", "输入 {input}，输出 {output}";
    both_prices(old, new): "Price per million tokens: {old} before, {new} now.", "每百万 token 的价格：原为{old}，现为{new}。";
    warn_dearer(taken, times, wanted, both): "{taken} costs more than {times} times what {wanted} did; nothing cheaper that can is served. {both}", "{taken} 的价格超过 {wanted} 的 {times} 倍；没有更便宜且能胜任的模型。{both}";
    warn_pool_repaired(wanted, taken): "The pool {wanted} has lost members; it is now {taken}.", "模型池 {wanted} 有成员已下线；现为 {taken}。";

    failure_tee_plan(host, said): "{host} runs TEE models only for accounts with a plan or a balance (402){said}.", "{host} 仅为有套餐或余额的账户运行 TEE 模型（402）{said}。";
    failure_cap(host, said): "{host} says the plan's cap is used up (402){said}.", "{host} 表示套餐额度已用完（402）{said}。";
    failure_quota(host, said): "{host} says the requests of the day are used up and there is no balance (402){said}.", "{host} 表示当日请求次数已用完，且余额不足（402）{said}。";
    failure_no_instance(host, said): "{host} has no instance of this model running (503){said}.", "{host} 目前没有运行此模型的实例（503）{said}。";
    failure_disabled(host, said): "{host} has switched this model off (503){said}.", "{host} 已停用此模型（503）{said}。";
    failure_capacity(host, said): "{host} has no room for this model just now (429){said}.", "{host} 上此模型目前已满载（429）{said}。";
    failure_free_limit(host, said): "{host} says the free calls of the day are used up (429){said}.", "{host} 表示当日免费次数已用完（429）{said}。";
    hint_402_balance(page): "Add balance or a plan at {page}, then try again.", "请在 {page} 充值或订阅套餐后重试。";
    hint_402_cap(page): "Add balance at {page} to go on at once, or wait until the cap begins anew.", "可在 {page} 充值立即继续，或等待额度重置。";
    hint_402_plan(page): "Take a plan or add balance at {page}.", "请在 {page} 订阅套餐或充值。";
    hint_402_resets(page, when): "It begins anew at {when}; add balance at {page} to go on at once.", "额度将于 {when} 重置；可在 {page} 充值立即继续。";
    hint_other_model: "Choose another model, or a pool of several: the service then goes on to the next.", "请选择其他模型，或使用由多个模型组成的模型池：服务会自动改用下一个。";

    about_recommend: "What to take for a purpose, and why: at most three models, with figures", "按用途推荐模型及理由：至多三个，附数据";
    arg_for: "What it is for [default: chat]", "用途 [默认：chat]";
    about_pools: "Several models under one ref: the service asks the next when one fails", "把多个模型合为一个引用：一个失败时服务会改用下一个";
    about_pools_list: "List the pools and how many of their members are served", "列出模型池及其在役成员数";
    about_pools_add: "Make a pool and give it an alias; one call through it comes first", "创建模型池并设置别名；写入前先试调用一次";
    about_pools_remove: "Remove a pool and its alias", "删除模型池及其别名";
    arg_pool_name: "Name of the pool: its alias", "模型池名称，即其别名";
    arg_members: "Its members: refs, ids or aliases, at least two, in this order", "成员：引用、标识或别名，至少两个，按此顺序";
    arg_latency: "Ask first the member that answers soonest", "优先使用响应最快的成员";
    arg_throughput: "Ask first the member that writes fastest", "优先使用生成速度最快的成员";
    about_verify: "Prove that a TEE model runs where it should: fresh evidence, checked here", "验证 TEE 模型的运行环境：获取最新证据并在本机检查";

    recommend_none(purpose): "No listed model is known to do for {purpose}.", "列表中没有已知适合 {purpose} 的模型。";
    recommend_context(tokens): "{tokens} context", "上下文 {tokens}";
    recommend_ttft(seconds): "first token after {seconds} s", "首个 token {seconds} 秒";
    recommend_tps(tps): "{tps} tokens/s", "每秒 {tps} 个 token";
    recommend_day(usd): "{usd} a day", "每天 {usd}";
    usage_day(input, output, calls): "A day: {input} in, {output} out, {calls} times.", "按每天 {calls} 次，每次输入 {input}、输出 {output} 计算。";
    merit_first(words, of): "{words} of {of} that can", "{of} 个可胜任模型中{words}";
    merit_next(words, place, of): "{words}, number {place} of {of} that can", "{of} 个可胜任模型中{words}，第 {place} 位";
    merit_cheapest: "cheapest", "最便宜";
    merit_longest: "longest context", "上下文最长";
    merit_most_used: "most used", "使用最多";
    merit_quickest: "quickest to answer", "响应最快";
    merit_fastest: "fastest to write", "生成最快";
    state_up: "up", "在线";
    state_crowded: "crowded", "拥挤";
    state_asleep: "asleep", "休眠";
    not_served: "not served", "已停止服务";

    pools_count(count): "Pools ({count}):", "模型池（{count}）：";
    members_served(served, all): "{served} of {all} members served", "{all} 个成员中 {served} 个在役";
    order_written: "in order", "按顺序";
    order_latency: "lowest latency first", "延迟最低优先";
    order_throughput: "most throughput first", "吞吐最高优先";
    pool_line(name, target): "Pool {name} -> {target}", "模型池 {name} -> {target}";
    pool_removed_line(name): "Pool {name} removed.", "已删除模型池 {name}。";
    warn_member_not_served(member): "{member} is not among the models that were last listed; the service passes over it.", "{member} 不在最近一次的模型列表中；服务会跳过它。";
    warn_pool_no_credential: "No usable Chutes credential is stored, so no call was made through the pool.", "没有可用的 Chutes 凭据，因此未试调用此模型池。";
    pool_too_few: "A pool needs at least two models.", "模型池至少需要两个模型。";
    pool_twice(id): "{id} is in the pool twice.", "{id} 在模型池中出现了两次。";
    pool_unusable(id): "{id} cannot be in a pool: its name would be read as another list.", "{id} 不能加入模型池：其名称会被当作另一个列表。";
    pool_unknown(name): "There is no pool {name}. Nothing was changed.", "没有模型池 {name}。没有做任何改动。";
    pool_is_default(name): "{name} is the default model. Nothing was changed.", "{name} 是默认模型。没有做任何改动。";
    pool_members_hint(program): "E.g.: {program} models pools add team zai-org/GLM-5.1-TEE moonshotai/Kimi-K2.6-TEE --latency", "例如：{program} models pools add team zai-org/GLM-5.1-TEE moonshotai/Kimi-K2.6-TEE --latency";
    pool_unknown_hint(program): "See: {program} models pools list", "请查看：{program} models pools list";
    pool_is_default_hint(program): "Choose another default first: {program} models set REF", "请先选择其他默认模型：{program} models set REF";

    report_account: "Account", "账户";
    account_balance(usd): "balance {usd}", "余额 {usd}";
    account_no_plan: "no plan", "无套餐";
    account_plan(usd): "plan {usd} a month", "套餐每月 {usd}";
    account_plan_unpriced: "plan", "套餐";
    account_four_hours: "4 h", "4 小时";
    account_month: "month", "本月";
    cap_left(name, left, cap): "{name}: {left} of {cap} left", "{name}：剩余 {left}/{cap}";
    cap_anew(when): ", anew {when}", "，{when} 重置";
    cap_uncapped(name): "{name}: no cap", "{name}：不限额";
    short_balance(page): "Calls will be refused (402): no balance and no plan. Add balance at {page}.", "调用将被拒绝（402）：没有余额也没有套餐。请在 {page} 充值。";
    short_four_hours(again, page): "Calls will be refused (402): the plan's 4-hour cap is used up{again}. Add balance at {page} to go on at once.", "调用将被拒绝（402）：套餐的 4 小时额度已用完{again}。可在 {page} 充值立即继续。";
    short_month(again, page): "Calls will be refused (402): the plan's monthly cap is used up{again}. Add balance at {page} to go on at once.", "调用将被拒绝（402）：套餐的本月额度已用完{again}。可在 {page} 充值立即继续。";
    short_anew(when): " until {when}", "，{when} 重置";

    tee_no_tee(model): "{model} does not run in a trusted execution environment, so there is nothing to prove.", "{model} 不在可信执行环境中运行，没有可验证的内容。";
    tee_no_evidence: "No instance gave evidence: nothing is proven.", "没有实例给出证据：未能证明任何内容。";
    tee_instance(id): "Instance {id}", "实例 {id}";
    tee_proven: "proven     ", "已证实";
    tee_refuted: "NOT TRUE   ", "不成立";
    tee_not_checked: "not checked", "未检查";
    tee_chain: "an Intel processor signed the quote: the chain ends at Intel's root key", "引用由英特尔处理器签名：证书链终于英特尔根密钥";
    tee_nonce: "it answers the nonce that was just made up here, and names the instance's encryption key", "引用回应了本机刚生成的随机数，并绑定实例的加密密钥";
    tee_certificate: "it names the key of the instance's certificate", "引用绑定了实例证书的密钥";
    tee_debug: "the host cannot look inside: debugging is off", "主机无法窥视：调试已关闭";
    tee_measurements: "firmware and boot are those that Chutes has published", "固件与启动过程与 Chutes 公布的一致";
    tee_silent(ids): "No evidence from: {ids}", "未给出证据的实例：{ids}";
    tee_limits: "Not checked here: whether Intel has withdrawn the certificate or wants the processor updated (that takes documents from Intel), the evidence of the GPUs, and which model weights were loaded.", "此处未检查：英特尔是否已吊销证书或要求更新处理器（需要英特尔的文件）、GPU 的证据，以及实际加载的模型权重。";

    key_mark: "mark for a pool", "标记以加入模型池";
    key_pool: "make the marked rows one pool; on a pool: another order", "把标记的行合为模型池；在模型池上：更换顺序";
    key_recommend: "go to the next recommended row", "转到下一个推荐的行";
    key_usage: "another idea of what a day is", "更换每日用量的假设";
    key_take_pool: "one pool in place of the fallbacks", "用一个模型池代替后备模型";
    notice_is_pool: "This row is a pool already: p changes its order.", "此行已是模型池：按 p 更换顺序。";
    notice_marked(count): "Marked: {count}. p makes them one pool.", "已标记 {count} 个。按 p 合为模型池。";
    notice_needs_marks: "A pool needs two marked rows at least: m marks.", "模型池至少需要标记两行：按 m 标记。";
    notice_pool(order): "A pool, {order}. Enter makes it the default, e gives it an alias, p changes its order.", "模型池，{order}。Enter 设为默认，e 设置别名，p 更换顺序。";
    notice_nothing_recommended: "Too little is known of these models to recommend one.", "对这些模型所知太少，无法推荐。";
    notice_recommended(purpose, reason): "For {purpose}: {reason}", "适合 {purpose}：{reason}";
    marked(place): "marked {place}", "标记 {place}";
    health_up(instances): "up ×{instances}", "在线 x{instances}";
    day(usage, usd): "{usage} {usd}", "{usage}{usd}";
    day_of_left(usage, usd, share): "{usage} {usd}, {share} % of what is left", "{usage}{usd}，占剩余的 {share} %";
    chain_no_help(key): "When the default fails with 404 or 503, OpenClaw 2026.5.28 never asks a Chutes fallback, and 2026.9.6 does after 86 s. {key} makes the same models one pool: the service goes on by itself.", "当默认模型返回 404 或 503 时，OpenClaw 2026.5.28 不会改用 Chutes 后备模型，2026.9.6 要等 86 秒。按 {key} 可将这些模型合为一个模型池，由服务自动切换。";
}
