// Asks OpenClaw's own code which models an agent may use: one process for many configs. Its modules have
// hashed names, so they are found by what they declare.
//   node allowed.mjs DIST FILE, which holds [{"config": …, "pairs": [[agent, ref], …]}, …]  →  [[true, …], …]
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const dist = process.argv[2];

async function load(name) {
  for (const file of fs.readdirSync(dist)) {
    if (!/\.m?js$/.test(file)) continue;
    const text = fs.readFileSync(path.join(dist, file), "utf8");
    const exported = new RegExp(`${name} as (\\w+)`).exec(text.slice(text.lastIndexOf("export {")));
    if (!text.includes(`function ${name}(`) || !exported) continue;
    return (await import(pathToFileURL(path.join(dist, file)).href))[exported[1]];
  }
  throw new Error(`no ${name} in ${dist}`);
}

const policyOf = await load("createModelVisibilityPolicyWithFallbacks");
const defaultOf = await load("resolveConfiguredModelRef");
const refOf = await load("resolveModelRefFromString");
const aliasesOf = await load("buildModelAliasIndex");

function entryOf(config, agent) {
  const listed = (config.agents?.list ?? []).find((entry) => entry?.id === agent);
  return listed ?? config.agents?.entries?.[agent] ?? {};
}

function policy(config, agent) {
  const own = entryOf(config, agent).model;
  const defaults = config.agents?.defaults;
  const primary = typeof own === "string" ? own : own?.primary;
  // As its own callers do: the agent's model in the place of the default.
  const cfg = primary
    ? { ...config, agents: { ...config.agents, defaults: { ...defaults, model: { ...defaults?.model, primary } } } }
    : config;
  const model = { provider: "openai", model: "gpt-5.5", ...defaultOf({ cfg, defaultProvider: "openai", defaultModel: "gpt-5.5", manifestPlugins: [] }) };
  const fallbacks = own?.fallbacks ?? defaults?.model?.fallbacks ?? [];
  const params = { cfg: config, catalog: [], defaultProvider: model.provider, defaultModel: model.model, manifestPlugins: [] };
  const made = policyOf({ ...params, agentId: agent, fallbackModels: fallbacks, additionalConfiguredModelRefs: [] });
  const aliasIndex = aliasesOf({ cfg: config, defaultProvider: model.provider, manifestPlugins: [] });
  return (raw) => {
    const found = refOf({ cfg: config, raw, defaultProvider: model.provider, aliasIndex, manifestPlugins: [] });
    const same = found && found.ref.provider === model.provider && found.ref.model === model.model;
    // From 2026.8.1 on the default runs whatever the policy says.
    return Boolean(found && (made.allows(found.ref) || same));
  };
}

const cases = JSON.parse(fs.readFileSync(process.argv[3], "utf8"));
const answers = cases.map(({ config, pairs }) => pairs.map(([agent, ref]) => policy(config, agent)(ref)));
fs.writeSync(1, JSON.stringify(answers));
process.exit(0);
