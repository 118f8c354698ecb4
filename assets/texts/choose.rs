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
}
