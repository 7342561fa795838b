/**
 * Checks what `heldout convert` makes of folders with DICOM files against dcm2niix: the same 3-D volumes, with the same
 * voxels (relative tolerance 1e-5) at the same place (1e-3 mm), whatever the order of axes. Prints one line for each
 * difference; ends with 1 when one of them is not explained in bench/convert-differences.json.
 *
 *   node bench/run.mjs convert-against-dcm2niix FOLDER… [--json FILE]
 *
 * dcm2niix is taken from $DCM2NIIX or the path. Each folder is one set, named by its last part.
 */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { compareSet } from './support/compare-set';
import { readKnownDifferences, reasonFor } from './support/known-differences';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { json: { type: 'string' } } });
if (positionals.length === 0) throw new Error('name the folders to compare');
const known = await readKnownDifferences('bench/convert-differences.json');
const sets = [];
for (const folder of positionals) {
  const { differences, ...counts } = await compareSet(folder.replace(/\/+$/u, ''));
  const explained = differences.map((difference) => ({
    ...difference,
    reason: reasonFor(difference, known),
  }));
  const open = explained.filter(({ reason }) => reason === null);
  const { set, ours, theirs, equal } = counts;
  console.log(`${set}: ${ours} volumes, dcm2niix ${theirs}, equal ${equal}, unexplained ${open.length}`);
  for (const { series, kind, volumes, detail, file, leftOut, reason } of explained)
    console.log(
      `  ${reason === null ? '!' : '-'} series ${series}, ${kind} (${volumes}): ${detail} [${file}]` +
        leftOut.map((why) => ` left out: ${why}`).join('') +
        (reason === null ? '' : ` = ${reason}`),
    );
  sets.push({ ...counts, differences: explained });
}
const passed = sets.every(({ differences }) => differences.every(({ reason }) => reason !== null));
if (values.json !== undefined)
  await writeFile(values.json, JSON.stringify({ name: 'convert-against-dcm2niix', passed, sets }, null, 2));
if (!passed) process.exitCode = 1;
