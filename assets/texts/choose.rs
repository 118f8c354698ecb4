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
}
