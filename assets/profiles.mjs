// Run by OpenClaw's own Node: Chutes' profiles in OpenClaw's credential database, through the SDK that OpenClaw
// documents for plugins. Input: {"sdk", "agentDir", "shared"} and at most one of
//   "put": {id: credential}             these become the only Chutes profiles;
//   "without": id                       this one leaves;
//   "unmark": {"id", "names": [name]}   these notes about the use of one go.
// "scrub": [database] goes with any of them: what was deleted there is not to be found in the bytes of the file.
// Output: {"before": {id: credential}, "after": [id], "usage": {id: notes}, "order": [id] or null}, the last two as
// they were before.
import { pathToFileURL } from "node:url";

let input = "";
for await (const chunk of process.stdin) input += chunk;
const { sdk: path, agentDir, shared, put, without, unmark, scrub = [] } = JSON.parse(input);
// Whatever a module prints of its own is not the answer.
console.log = console.info = console.warn = console.error;
const sdk = await import(pathToFileURL(path).href);

const provider = "chutes";
const places = shared ? [{ agentDir }, {}] : [{ agentDir }];
const stores = () => places.map((place) => sdk.ensureAuthProfileStoreForLocalUpdate(place.agentDir));
const found = () => {
  const all = {};
  for (const { profiles } of stores()) {
    for (const [id, credential] of Object.entries(profiles)) {
      if (String(credential.provider).toLowerCase() === provider) all[id] = credential;
    }
  }
  return all;
};
const update = async (updater) => {
  for (const place of places) await sdk.updateAuthProfileStoreWithLock({ ...place, updater });
};

const before = found();
const usage = Object.assign({}, ...stores().map((store) => store.usageStats ?? {}).reverse());
const order = stores().map((store) => store.order?.[provider]).find(Boolean) ?? null;
if (put) {
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
}
if (without) {
  await update((store) => {
    if (!store.profiles[without]) return false;
    delete store.profiles[without];
    delete store.usageStats?.[without];
    const list = store.order?.[provider];
    if (list) store.order[provider] = list.filter((id) => id !== without);
    return true;
  });
}
if (unmark) {
  await update((store) => {
    const notes = store.usageStats?.[unmark.id];
    if (!notes) return false;
    for (const name of unmark.names) delete notes[name];
    return true;
  });
}
if (scrub.length > 0) {
  const { DatabaseSync } = await import("node:sqlite");
  for (const file of scrub) {
    const database = new DatabaseSync(file);
    database.exec("PRAGMA busy_timeout = 5000; VACUUM; PRAGMA wal_checkpoint(TRUNCATE);");
    database.close();
  }
}
process.stdout.write(JSON.stringify({ before, after: Object.keys(found()), usage, order }) + "\n");
