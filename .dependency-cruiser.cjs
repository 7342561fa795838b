/**
 * The layer rule, held over the whole import graph (what eslint sees file by file). tools/nets.spec.ts proves that
 * each rule bites.
 */
const NODE_TESTS = '[.]spec[.]ts$|/testing/';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'src-is-pure',
      comment: 'src/ knows nothing but itself and valibot.',
      severity: 'error',
      from: { path: '^src/', pathNot: NODE_TESTS },
      to: { pathNot: '^src/|node_modules/valibot/' },
    },
    {
      name: 'main-never-imports-renderer',
      comment: 'main/ and renderer/ meet only in src/.',
      severity: 'error',
      from: { path: '^main/' },
      to: { path: '^renderer/|node_modules/svelte/' },
    },
    {
      name: 'renderer-knows-src-only',
      comment: 'renderer/ knows src/, itself and packages of the page.',
      severity: 'error',
      from: { path: '^renderer/', pathNot: NODE_TESTS },
      to: {
        path: '.*',
        pathNot: '^(src|renderer)/|node_modules/(svelte|uplot|@lucide/svelte|d3-[a-z]+|valibot)/',
      },
    },
    {
      name: 'viewer-core-without-svelte',
      comment: 'The viewer core must run without a framework.',
      severity: 'error',
      from: { path: '^renderer/viewer/' },
      to: { path: 'node_modules/svelte/|[.]svelte$' },
    },
    {
      name: 'only-main-electron-imports-electron',
      comment: 'Everything else must run without Electron.',
      severity: 'error',
      from: { path: '^(src|main|renderer)/', pathNot: '^main/electron/' },
      to: { path: '^electron$|node_modules/electron/|^main/electron/' },
    },
    {
      name: 'heads-contain-no-logic',
      comment: 'The command line and the bridge are heads over main/operations; nothing imports a head.',
      severity: 'error',
      from: { path: '^main/', pathNot: '^main/(cli|electron)/' },
      to: { path: '^main/(cli|electron)/' },
    },
    {
      name: 'only-training-imports-tensorflow',
      comment: 'TensorFlow lives in the training process.',
      severity: 'error',
      from: { path: '^(src|main|renderer)/', pathNot: '^main/training/' },
      to: { path: '@tensorflow/' },
    },
    {
      name: 'no-circles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^electron$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(out|dist)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'svelte', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.svelte', '.json'],
    },
  },
};
