/** The repository's promises about itself, held by machine. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const tracked = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
  encoding: 'utf8',
})
  .split('\0')
  .filter((file) => file !== '');
const texts = tracked.filter((file) => /\.(ts|svelte|mjs|cjs|js|json|md|yml|html|css|py|npmrc)$/u.test(file));

/** Lines of tracked text files that match, as `file:line`. */
function lines(pattern: RegExp, files = texts): string[] {
  const found: string[] = [];
  for (const file of files)
    readFileSync(file, 'utf8')
      .split('\n')
      .forEach((line, index) => {
        if (pattern.test(line)) found.push(`${file}:${index + 1}`);
      });
  return found;
}

describe('the repository', () => {
  it('locks dependencies without download addresses', () => {
    const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
      packages: Record<string, { resolved?: string }>;
    };
    const resolved = Object.values(lock.packages).filter((entry) => entry.resolved?.includes('://'));
    expect(resolved).toEqual([]);
  });

  it('names no host of a package registry', () => {
    const hosts = ['registry\\.npmjs\\.org', 'pypi\\.org', 'pythonhosted\\.org', 'deb\\.debian\\.org'].join(
      '|',
    );
    expect(
      lines(new RegExp(hosts, 'u')).filter((place) => !place.startsWith('tools/promises.spec.ts')),
    ).toEqual([]);
  });

  it('names no path of a machine', () => {
    const places = lines(/(^|[\s'"`(=])\/(home|Users|root|work)\/[a-z]/u);
    expect(places.filter((place) => !place.startsWith('tools/promises.spec.ts'))).toEqual([]);
  });

  it('holds no image of a set that may not be passed on', () => {
    expect(tracked.filter((file) => /acdc.*\.(nii|gz|zip|hvx)|patient\d{3}/iu.test(file))).toEqual([]);
  });

  it('uses the words of the field', () => {
    const forbidden = /\b(ground[ -]truth|whitelist|blacklist)\b/iu;
    expect(lines(forbidden).filter((place) => !place.startsWith('tools/promises.spec.ts'))).toEqual([]);
  });

  it('silences no check', () => {
    const silence = /eslint-disable|@ts-(ignore|expect-error|nocheck)|\bas any\b|\.(only|skip)\(/u;
    expect(lines(silence).filter((place) => /^(src|main|renderer|e2e|bench)\//u.test(place))).toEqual([]);
  });
});
