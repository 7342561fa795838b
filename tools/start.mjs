/** `npm start`: makes the machine ready, builds and opens the app. */
import { electronCommand } from './electron.mjs';
import { run } from './run.mjs';
import { build, display } from './setup.mjs';

await display();
await build();
const { executable, args } = await electronCommand();
// Chromium refuses to run its sandbox as root.
const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
const { code } = await run(executable, [...args, ...asRoot, ...process.argv.slice(2)], {
  allowFailure: true,
});
process.exitCode = code;
