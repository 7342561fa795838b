/** `npm run demo`: the whole main job on the shipped sample, without a display. */
import { run } from './run.mjs';
import { tensorflow } from './setup.mjs';

await tensorflow();
await run(process.execPath, ['bin/heldout.mjs', 'demo', ...process.argv.slice(2)]);
