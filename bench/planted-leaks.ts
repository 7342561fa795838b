/**
 * Does the audit find the same images under two patients? Takes every NIfTI image below the folders (what lies inside a
 * folder is a patient; label files are left out; DICOM goes through `heldout convert` first), plants 100 copies of each
 * kind under other patients and looks each up among all images. Prints a line of JSON for the clean pairs, one for each
 * kind, and one for the time that 10,000 scans (100,000 slices) take. An import looks by fingerprints alone, an audit by
 * portraits; both are measured.
 *
 *   node bench/run.mjs planted-leaks FOLDER… [--scans N]
 *
 * `found`: the pair is a strong suggestion (warnings rest on it); `weak`: it is only shown. `falsePairs`: pairs of
 * different patients among the suggestions; `atImport`: what the fingerprint alone finds. `--scans` is the number of scans
 * for the time.
 */
import { CopyFinder } from '#src/imaging/copies/copy-finder';
import { portraitOf } from '#src/imaging/copies/portrait';
import { copiesOf, fingerprintOf, printOf, SURE_COPY_DISTANCE } from '#src/imaging/fingerprint';
import type { Volume } from '#src/imaging/volume';
import { integerBelow, randomStream } from '#src/models/random';
import { numberArgument } from './support/numbers';
import { imagesBelow, inventedScan, PLANTED } from './support/planted-copies';

const PLANT = 100;
const SEED = 1;

const folders = process.argv
  .slice(2)
  .filter((argument, at, all) => !argument.startsWith('--') && all[at - 1] !== '--scans');
const images = (await Promise.all(folders.map(imagesBelow))).flat();
const rounded = (value: number) => Number(value.toFixed(4));
const say = (line: object) => {
  console.log(JSON.stringify(line));
};

const isStrong = (distance: number) => distance <= SURE_COPY_DISTANCE;
const portraits = images.map(({ volume }) => portraitOf(volume));
const finder = new CopyFinder((index) => portraits[index] ?? new Uint8Array());
for (const [index, { volume }] of images.entries())
  finder.add(portraits[index] ?? new Uint8Array(), volume.geometry);

// A portrait begins with the fingerprint.
const prints = images.map(({ volume }, index) =>
  printOf(portraits[index] ?? new Uint8Array(), volume.geometry),
);

type Found = readonly (readonly [index: number, distance: number])[];

/** Suggestions for an image, counted by whether they are of the right patient. */
function counted(found: Found, patient: string) {
  const own = found.filter(([index]) => images[index]?.patient === patient);
  const others = found.filter(([index]) => images[index]?.patient !== patient);
  return {
    strong: own.some(([, distance]) => isStrong(distance)),
    weak: own.length > 0,
    falseStrong: others.filter(([, distance]) => isStrong(distance)).length,
    falseWeak: others.filter(([, distance]) => !isStrong(distance)).length,
  };
}

/** What the audit finds of an image, and what an import does. */
function lookUp(volume: Volume, patient: string) {
  const portrait = portraitOf(volume);
  return {
    ...counted(finder.copiesOf(portrait, volume.geometry), patient),
    atImport: counted(copiesOf(printOf(portrait, volume.geometry), prints), patient),
  };
}

let [pairs, falseStrong, falseWeak, falseAtImport] = [0, 0, 0, 0];
for (const { volume, patient } of images) {
  pairs += images.filter((other) => other.patient !== patient).length / 2;
  const found = lookUp(volume, patient);
  falseStrong += found.falseStrong / 2;
  falseWeak += found.falseWeak / 2;
  falseAtImport += found.atImport.falseStrong / 2;
}
say({
  scans: images.length,
  cleanPairs: pairs,
  falsePairs: falseStrong,
  weakFalsePairs: falseWeak,
  falsePairsAtImport: falseAtImport,
});

for (const [kind, [name, copyOf]] of Object.entries(PLANTED).entries()) {
  let [found, weak, wrong, weakWrong, clean, atImport] = [0, 0, 0, 0, 0, 0];
  for (let n = 0; n < PLANT; n++) {
    const random = randomStream(SEED, kind, n);
    const image = images[integerBelow(random, images.length)];
    if (image === undefined) throw new Error('There are no NIfTI images below these folders.');
    const result = lookUp(copyOf(image.volume, random), image.patient);
    found += Number(result.strong);
    weak += Number(result.weak && !result.strong);
    atImport += Number(result.atImport.strong);
    wrong += result.falseStrong;
    weakWrong += result.falseWeak;
    clean += images.filter((other) => other.patient !== image.patient).length;
  }
  say({
    kind: name,
    of: PLANT,
    found,
    weak,
    atImport,
    cleanPairs: clean,
    falsePairs: wrong,
    weakFalsePairs: weakWrong,
  });
}

const scans = numberArgument('scans', 10_000);
const volumes = images.map(({ volume }) => volume);
const start = performance.now();
for (const volume of volumes) portraitOf(volume);
const msPerScan = (performance.now() - start) / volumes.length;
const startPrints = performance.now();
for (const volume of volumes) fingerprintOf(volume);
const msPerFingerprint = (performance.now() - startPrints) / volumes.length;
const many = Array.from({ length: scans }, (_, index) => {
  const invented = inventedScan(volumes, randomStream(SEED, 99, index));
  return { portrait: portraitOf(invented), geometry: invented.geometry };
});
const growing = new CopyFinder((index) => many[index]?.portrait ?? new Uint8Array());
const [begin, { user }] = [performance.now(), process.cpuUsage()];
for (const { portrait, geometry } of many) {
  growing.copiesOf(portrait, geometry);
  growing.add(portrait, geometry);
}
const secondsForComparing = (performance.now() - begin) / 1000;
const processorSeconds = (process.cpuUsage().user - user) / 1e6;
const manyPrints = many.map(({ portrait, geometry }) => printOf(portrait, geometry));
const beginPrints = performance.now();
for (const [index, print] of manyPrints.entries()) copiesOf(print, manyPrints.slice(index + 1));
say({
  scans,
  msPerFingerprint: rounded(msPerFingerprint),
  secondsForComparingFingerprints: rounded((performance.now() - beginPrints) / 1000),
  msPerPortrait: rounded(msPerScan),
  secondsForPortraits: rounded((msPerScan * scans) / 1000),
  secondsForComparing: rounded(secondsForComparing),
  processorSeconds: rounded(processorSeconds),
});
