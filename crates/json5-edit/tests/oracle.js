// Reads JSON strings, one a line; answers each with the value npm json5 reads, or null when it refuses.
// argv[2] is the folder of the json5 package.
const JSON5 = require(process.argv[2]);
console.warn = () => {};
const plain = (value) => {
  if (typeof value === 'number') return Number.isFinite(value) ? { n: (Object.is(value, -0) ? 0 : value).toString() } : null;
  if (typeof value === 'string') return value.toWellFormed();
  if (Array.isArray(value)) return value.map(plain);
  if (value && typeof value === 'object') {
    return { o: Object.keys(value).map((key) => [key.toWellFormed(), plain(value[key])]) };
  }
  return value;
};
let rest = '';
const out = [];
process.stdin.setEncoding('utf8');
process.stdin.on('data', (chunk) => (rest += chunk));
process.stdin.on('end', () => {
  for (const line of rest.split('\n')) {
    if (line === '') continue;
    let answer = null;
    try {
      answer = { v: plain(JSON5.parse(JSON.parse(line))) };
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
    out.push(JSON.stringify(answer));
  }
  process.stdout.write(out.join('\n') + '\n');
});
