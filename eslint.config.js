import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import tseslint from 'typescript-eslint';

/** A module pattern with the sentence that says why it is forbidden here. */
const forbid = (group, message) => ({ group, message });

const node = forbid(
  ['node:*', 'fs', 'path', 'os', 'crypto', 'worker_threads', 'child_process', 'stream', 'zlib', 'util'],
  'src/ and renderer/ know no Node: pass the data in.',
);
const electron = forbid(['electron', 'electron/*'], 'Only main/electron/ may know Electron.');
const tensorflow = forbid(['@tensorflow/*'], 'Only main/training/ may know TensorFlow.');
// The pattern is a gitignore pattern, where a bare # starts a comment.
const main = forbid([String.raw`\#main/*`, '**/main/*'], 'src/ and renderer/ never import main/.');
const renderer = forbid(['**/renderer/*'], 'src/ and main/ never import renderer/.');
const svelteModule = forbid(
  ['svelte', 'svelte/*'],
  'Only renderer/ knows Svelte; renderer/viewer/ not even that.',
);

const imports = (...patterns) => ['error', { patterns }];

export default tseslint.config(
  {
    ignores: [
      'out/',
      'dist/',
      'node_modules/',
      'coverage/',
      'test-results/',
      'playwright-report/',
      '**/fixtures/',
    ],
  },
  js.configs.recommended,
  ...tseslint.configs.strict,
  ...svelte.configs.recommended,
  {
    languageOptions: { parserOptions: { extraFileExtensions: ['.svelte'] } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/ban-ts-comment': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'prefer-const': 'error',
      'no-console': 'off',
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: tseslint.parser }, globals: globals.browser },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    // TypeScript checks names; the plain rules do not know the types of the page and bindable properties.
    rules: { 'no-undef': 'off', 'prefer-const': 'off', 'svelte/prefer-const': 'error' },
  },
  {
    files: ['src/**/*.ts'],
    rules: { 'no-restricted-imports': imports(node, electron, tensorflow, main, renderer, svelteModule) },
  },
  {
    files: ['src/**/*.spec.ts'],
    rules: { 'no-restricted-imports': imports(electron, tensorflow, main, renderer, svelteModule) },
  },
  {
    files: ['main/**/*.ts'],
    rules: { 'no-restricted-imports': imports(electron, tensorflow, renderer, svelteModule) },
  },
  {
    files: ['main/training/**/*.ts'],
    rules: { 'no-restricted-imports': imports(electron, renderer, svelteModule) },
  },
  {
    files: ['main/electron/**/*.ts'],
    rules: { 'no-restricted-imports': imports(tensorflow, renderer, svelteModule) },
  },
  {
    files: ['renderer/**/*.ts', 'renderer/**/*.svelte'],
    rules: { 'no-restricted-imports': imports(node, electron, tensorflow, main) },
  },
  {
    files: ['renderer/viewer/**/*.ts'],
    rules: { 'no-restricted-imports': imports(node, electron, tensorflow, main, svelteModule) },
  },
  {
    files: ['renderer/**/*.spec.ts'],
    rules: { 'no-restricted-imports': imports(electron, tensorflow, main) },
  },
  {
    files: ['tools/**/*.mjs', 'bin/**/*.mjs', '*.js', '*.cjs', 'bench/**/*.mjs'],
    languageOptions: { globals: globals.node },
  },
);
