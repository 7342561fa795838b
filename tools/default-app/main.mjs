/**
 * What the fallback Electron lacks: opens the app in the folder that is named as its first argument, after any
 * module named by `-r`, as Electron's own default app does.
 */
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { app } from 'electron';

const require = createRequire(import.meta.url);
const words = process.argv.slice(1);
let folder;
while (folder === undefined && words.length > 0) {
  const word = words.shift();
  if (word === '-r') require(resolve(words.shift() ?? ''));
  else if (!word.startsWith('-')) folder = resolve(word);
}
if (folder === undefined) {
  console.error('Name the folder of an app.');
  process.exit(2);
}
const { main, name, productName, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
app.setVersion(version);
app.setName(productName ?? name);
app.setPath('userData', join(app.getPath('appData'), app.getName()));
app.setAppPath(folder);
await import(pathToFileURL(join(folder, main)).href);
