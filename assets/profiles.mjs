// Run by OpenClaw's own Node: puts Chutes' profiles into OpenClaw's credential database, through the SDK that
// OpenClaw documents for plugins. Input: {"sdk", "agentDir", "shared", "put": {id: credential}}. All Chutes
// profiles that are not in `put` are removed. Output: {"before": {id: credential}, "after": [id]}.
import { pathToFileURL } from "node:url";

let input = "";
for await (const chunk of process.stdin) input += chunk;
const { sdk: path, agentDir, shared, put } = JSON.parse(input);
// Whatever a module prints of its own is not the answer.
console.log = console.info = console.warn = console.error;
const sdk = await import(pathToFileURL(path).href);

const provider = "chutes";
const places = shared ? [{ agentDir }, {}] : [{ agentDir }];
const found = () => {
  const all = {};
  for (const place of places) {
    const { profiles } = sdk.ensureAuthProfileStoreForLocalUpdate(place.agentDir);
    for (const [id, credential] of Object.entries(profiles)) {
      if (String(credential.provider).toLowerCase() === provider) all[id] = credential;
    }
  }
  return all;
};
const before = found();
const same = (id) => JSON.stringify(before[id]) === JSON.stringify(put[id]);
const ids = [...new Set([...Object.keys(before), ...Object.keys(put)])];
if (!ids.every(same)) {
  if (Object.keys(before).length > 0) {
    for (const place of places) await sdk.removeProviderAuthProfilesWithLock({ provider, ...place });
  }
  for (const [profileId, credential] of Object.entries(put)) {
    const place = places[places.length - 1];
    const stored = await sdk.upsertAuthProfileWithLock({ profileId, credential, ...place });
    if (!stored) throw new Error(`${profileId} was not stored`);
  }
}
process.stdout.write(JSON.stringify({ before, after: Object.keys(found()) }) + "\n");
