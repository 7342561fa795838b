/**
 * Proves that each net of the layer rule bites: every forbidden import is written to a file and must fail, next to
 * an allowed one that must pass.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { ESLint } from 'eslint';
import { afterAll, describe, expect, it } from 'vitest';

const root = resolve('.');

/** What each layer must not import, and one thing that it may. */
const forbidden: readonly [file: string, imported: string][] = [
  ['src/imaging/forbidden.ts', 'node:fs'],
  ['src/imaging/forbidden.ts', 'electron'],
  ['src/imaging/forbidden.ts', '@tensorflow/tfjs-node-gpu'],
  ['src/imaging/forbidden.ts', '#main/jobs/context'],
  ['src/imaging/forbidden.ts', '../../main/jobs/context'],
  ['src/imaging/forbidden.ts', '../../renderer/helper'],
  ['src/imaging/forbidden.ts', 'svelte'],
  ['main/store/forbidden.ts', 'electron'],
  ['main/store/forbidden.ts', '../../renderer/helper'],
  ['main/store/forbidden.ts', '@tensorflow/tfjs-node-gpu'],
  ['main/electron/forbidden.ts', '@tensorflow/tfjs-node-gpu'],
  ['renderer/screens/forbidden.ts', 'node:fs'],
  ['renderer/screens/forbidden.ts', 'electron'],
  ['renderer/screens/forbidden.ts', '#main/jobs/context'],
  ['renderer/screens/forbidden.ts', '../../main/jobs/context'],
  ['renderer/viewer/forbidden.ts', 'svelte'],
];
const allowed: readonly [file: string, imported: string][] = [
  ['src/imaging/allowed.ts', '#src/contracts/failure'],
  ['main/store/allowed.ts', 'node:fs'],
  ['main/electron/allowed.ts', 'electron'],
  ['main/training/allowed.ts', '@tensorflow/tfjs-node-gpu'],
  ['renderer/screens/allowed.ts', '#src/contracts/failure'],
];

const code = (imported: string) => `import * as it from '${imported}';\nexport default it;\n`;

describe('eslint import rules', () => {
  const eslint = new ESLint({ cwd: root });
  const broken = async (file: string, imported: string) => {
    const [result] = await eslint.lintText(code(imported), { filePath: join(root, file) });
    return (result?.messages ?? []).filter((message) => message.ruleId === 'no-restricted-imports').length;
  };

  it.each(forbidden)('%s must not import %s', async (file, imported) => {
    expect(await broken(file, imported)).toBe(1);
  });
  it.each(allowed)('%s may import %s', async (file, imported) => {
    expect(await broken(file, imported)).toBe(0);
  });
});

describe('dependency-cruiser rules', () => {
  const folder = mkdtempSync(join(tmpdir(), 'heldout-nets-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  for (const file of ['.dependency-cruiser.cjs', 'tsconfig.base.json', 'package.json'])
    cpSync(join(root, file), join(folder, file));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  };
  write('renderer/helper.ts', 'export const helper = 1;\n');
  write('main/jobs/context.ts', 'export const context = 1;\n');
  write('src/contracts/failure.ts', 'export const failure = 1;\n');
  // One file for each import, so that each must be named in the report.
  const numbered = (file: string, index: number) => file.replace('.ts', `-${index}.ts`);
  forbidden.forEach(([file, imported], index) => write(numbered(file, index), code(imported)));
  allowed.forEach(([file, imported], index) => write(numbered(file, index), code(imported)));
  const cruise = spawnSync(
    process.execPath,
    [
      join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs'),
      ...['src', 'main', 'renderer', '--config', '.dependency-cruiser.cjs', '--output-type', 'json'],
    ],
    { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 28 },
  );
  const report = JSON.parse(cruise.stdout) as {
    summary: { violations: { from: string; rule: { name: string } }[] };
  };
  const violations = (file: string) => report.summary.violations.filter((found) => found.from === file);

  it.each(forbidden.map(([file, imported], index) => [numbered(file, index), imported]))(
    '%s must not import %s',
    (file) => {
      expect(violations(file).length).toBeGreaterThan(0);
    },
  );
  it.each(allowed.map(([file, imported], index) => [numbered(file, index), imported]))(
    '%s may import %s',
    (file) => {
      expect(violations(file)).toEqual([]);
    },
  );
});

describe('one tsconfig for each runtime', () => {
  const folder = mkdtempSync(join(root, 'node_modules', '.nets-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const errors = (layer: string, text: string) => {
    const place = join(folder, layer);
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, 'probe.ts'), text);
    writeFileSync(
      join(place, 'tsconfig.json'),
      JSON.stringify({ extends: join(root, layer, 'tsconfig.json'), include: ['probe.ts'], exclude: [] }),
    );
    try {
      execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', place], {
        encoding: 'utf8',
      });
      return '';
    } catch (error) {
      return String((error as { stdout: string }).stdout);
    }
  };

  it.each([
    ['src', 'export const page = document.title;\n', 'document'],
    ['src', 'export const here = process.cwd();\n', 'process'],
    ['main', 'export const page = document.title;\n', 'document'],
    ['renderer', 'export const here = process.cwd();\n', 'process'],
  ])('%s does not compile %s', (layer, text, name) => {
    expect(errors(layer, text)).toContain(`Cannot find name '${name}'`);
  });

  it.each([
    ['src', 'export const two = 1 + 1;\n'],
    ['main', 'export const here = process.cwd();\n'],
    ['renderer', 'export const page = document.title;\n'],
  ])('%s compiles %s', (layer, text) => {
    expect(errors(layer, text)).toBe('');
  });
});
